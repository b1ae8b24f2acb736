"""The picture that goes with a link to a film: its title card as a PNG, and its facts beside it.

A card is HTML that the style sheet sets (title_cards.py). Here the same eleven compositions are
set in SVG, in the same units: a card is 200 wide and 300 high, one hundredth of its width is 2.
Nothing but the film's facts in the catalogue is printed.
"""

import hashlib
from dataclasses import replace

import resvg_py

from films import title_cards
from films.lettering import Text, can_write, faces_for, height_of, stack
from films.motifs import MOTIFS, num
from films.scripts import script_of
from films.title_cards import COMPOSITIONS, SIZES, design_of, digest
from users.addresses import address
from users.site_settings import SiteSettings

WIDTH, HEIGHT = 1200, 630
# To be raised whenever the same film comes out otherwise.
EDITION = 1

# The style sheet's: deep, bright and pale of each ink.
INKS = {
    "vermilion": ("#7a1b10", "#ee5237", "#fadcd2"),
    "rust": ("#54260f", "#d67a3b", "#f5e0cd"),
    "ochre": ("#553c02", "#e0a426", "#f8e7c2"),
    "lemon": ("#4a4300", "#ffdc32", "#fbf3c2"),
    "moss": ("#33400d", "#9fb53d", "#e8eecb"),
    "bottle": ("#0c432d", "#38a474", "#d2ecde"),
    "teal": ("#093f46", "#38acb0", "#cfeaea"),
    "sky": ("#0d3a5e", "#61abe2", "#d5e8f7"),
    "blue": ("#0f2578", "#5b82f2", "#dbe3fc"),
    "plum": ("#451a49", "#bb7cbb", "#efdcef"),
    "rose": ("#6c193b", "#f07c9b", "#fadae3"),
    "silver": ("#2f3439", "#a3abb1", "#e3e7e8"),
}
PAPER, INK, SOFT, MARK = "#f3f5f5", "#131518", "#43484f", "#ffdc32"
BLACK, LEMON, WHITE, GREY = "#08090a", "#ffdc32", "#ffffff", "#c4c6c8"
GAP = 4.8
# Of the card in the picture, and of the text beside it.
CARD_X, CARD_Y, SCALE = 72, 45, 1.8
SHADOW = 14
LEFT, MEASURE = 512, 616
TITLE_SIZES = (84, 74, 66, 58, 51, 45, 40, 35)
LABELS_SHOWN = 3


def version(film) -> str:
    """Changes with whatever of the film the picture shows. For its printed address."""
    design = design_of(film)
    shown = (
        EDITION, film.title, film.original_title, film.original_language, film.year,
        film.card_seed, film.card_country, film.card_director, design,
    )  # fmt: skip
    return hashlib.blake2b(repr(shown).encode(errors="replace"), digest_size=8).hexdigest()


def address_of(film) -> str:
    return f"{address('films:film_card', film.slug)}?v={version(film)}"


def png(film, cinemas) -> bytes:
    """`cinemas` are what the cinemas of its countries are called, the first one first."""
    return resvg_py.svg_to_bytes(picture(film, cinemas), serif_family="Noto Serif")


def picture(film, cinemas) -> str:
    beside = panel(film, cinemas) if can_write("A") else ""
    x = CARD_X if beside else (WIDTH - 200 * SCALE) / 2
    width, height = num(200 * SCALE), num(300 * SCALE)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>'
        f'<rect x="{num(x + SHADOW)}" y="{CARD_Y + SHADOW}" width="{width}" height="{height}" '
        f'fill="{MARK}"/><svg x="{num(x)}" y="{CARD_Y}" width="{width}" height="{height}" '
        f'viewBox="0 0 200 300">{Card(film).draw()}</svg>{beside}</svg>'
    )


# Beside the card


def panel(film, cinemas) -> str:
    texts = [headline(film.title, film.original_language)] if can_write(film.title) else []
    if has_original(film):
        original = Text((film.original_title,), 36, 1.25, color=SOFT, weight=500,
                        language=film.original_language)  # fmt: skip
        texts.append(original.balanced(MEASURE, 2))
    facts = Text((), 27, 1.35, "sans", SOFT)
    texts.append(replace(facts, lines=fact_lines(film.year, cinemas[:LABELS_SHOWN], facts)))
    name = Text((SiteSettings.site_name(),), 38, 1, color=INK, tracking=-0.02)
    foot = CARD_Y + 300 * SCALE - 31
    discs = (
        f'<circle cx="{LEFT + 28}" cy="{num(foot + 18)}" r="15" fill="{MARK}"/>'
        f'<circle cx="{LEFT + 15}" cy="{num(foot + 18)}" r="15" fill="{INK}"/>'
    )
    top = CARD_Y - 8
    return stack(texts, LEFT, top, 20) + discs + name.draw(LEFT + 58, foot)


def headline(title: str, language: str) -> Text:
    for size in TITLE_SIZES:
        for rows in range(1, 5):
            lines = tuple(title_cards.split(title.split(), rows))
            text = Text(lines, size, 1.04, color=INK, weight=700, tracking=-0.014)
            if text.width <= MEASURE and text.height <= 350:
                return text
    return text.within(MEASURE, 8)


def fact_lines(year, cinemas, text: Text) -> tuple[str, ...]:
    """ "1982 · Turkish cinema, Swiss cinema": a cinema's name is not broken."""
    lines = [str(year)] if year else []
    for number, cinema in enumerate(cinemas):
        longer = f"{lines[-1]}{', ' if number else ' · '}{cinema}" if lines else cinema
        if replace(text, lines=(longer,)).width <= MEASURE:
            lines[-1:] = [longer]
        else:
            lines.append(cinema)
    return tuple(lines)


def has_original(film) -> bool:
    return (
        film.original_title not in ("", film.title)
        and can_write(film.original_title, film.original_language)
    )  # fmt: skip


# The card


# For compositions whose style sheet's face differs from the usual bold serif.
NARROW = {"face": "narrow", "is_narrow": True, "tracking": -0.005, "leading": 0.93}


def rect(x, y, width, height, color) -> str:
    return (
        f'<rect x="{num(x)}" y="{num(y)}" width="{num(width)}" height="{num(height)}" '
        f'fill="{color}"/>'
    )


class Card:
    """One film's card. Each method named for a composition sets it, on the ground."""

    def __init__(self, film):
        self.film = film
        self.design = design_of(film)
        self.seed = digest(film.card_seed)
        self.is_rtl = script_of(film.title) == "rtl"
        ground, figure = INKS[self.design.ground], INKS[self.design.figure]
        self.ground, self.figure, self.accent, self.text = {
            "deep": (ground[0], figure[1], figure[2], ground[2]),
            "bright": (ground[1], figure[0], ground[2], "#0d0e10"),
            "pale": (ground[2], ground[1], figure[0], ground[0]),
            "night": ("#1b1d21", ground[1], figure[2], ground[2]),
        }[self.design.tone]

    def draw(self) -> str:
        set_it = getattr(self, self.design.composition)
        if not can_write(self.film.title):
            set_it = self.wordless
        return f"<style>{self._style()}</style>{rect(0, 0, 200, 300, self.ground)}{set_it()}"

    def _style(self) -> str:
        return (
            f".f{{fill:{self.figure}}}.a{{fill:{self.accent}}}.g{{fill:{self.ground}}}"
            f".l{{fill:none;stroke:{self.figure}}}.la{{fill:none;stroke:{self.accent}}}"
            f".tc-wood{{fill:{self.text};font-family:{faces_for('', 'narrow')};font-weight:700;"
            f"font-stretch:condensed}}.tc-wood.a{{fill:{self.figure}}}"
            f".tc-num{{fill:{self.figure};font-family:{faces_for('', 'serif')};font-weight:700}}"
        )

    # Its parts

    def art(self, x, y, width, height, box=None) -> str:
        """The motif, drawn for its box in the composition, filling the place that it gets."""
        box = box or COMPOSITIONS[self.design.composition].picture
        return (
            f'<svg x="{num(x)}" y="{num(y)}" width="{num(width)}" height="{num(height)}" '
            f'viewBox="0 0 {box[0]} {box[1]}" preserveAspectRatio="xMidYMid slice">'
            f"{MOTIFS[self.design.motif](*box, self.seed)}</svg>"
        )

    def title(self, **how) -> Text:
        size, lines = title_cards.title_lines(self.film, self.design.composition)
        shown = self.film.title
        if self.design.composition in title_cards.CAPITALS:
            shown = shown.upper()
        usual = {"leading": 0.98, "color": self.text, "weight": 700, "tracking": -0.014}
        text = Text(tuple(lines) or (shown,), SIZES[size - 1] * 2, **usual | how)
        return text if lines else text.within(168, 9)

    def original(self, size=15.2, **how) -> list[Text]:
        if not has_original(self.film):
            return []
        usual = {"leading": 1.18, "color": self.text, "weight": 500}
        language = self.film.original_language
        text = Text((self.film.original_title,), size, language=language, **usual | how)
        return [text.balanced(168, 6)]

    def bill(self, size=11.2, width=168, lines=None, **how) -> list[Text]:
        """Director, then country and year: a line or more for each."""
        composition = self.design.composition
        place = title_cards.place_and_year(self.film, composition)
        usual = {"leading": 1.25, "face": "narrow", "color": self.text, "weight": 500}
        text = Text((), size, **usual | how)
        said = [line for line in lines or (self.film.card_director, place) if can_write(line)]
        if composition == "credits":
            said = [line.upper() for line in said]
        shown = [
            row for line in said for row in replace(text, lines=(line,)).within(width, 3).lines
        ]
        return [replace(text, lines=tuple(shown))] if shown else []

    def column(self, y, texts, gap=GAP) -> str:
        """Texts from y on, each from the side on which its script begins."""
        out = ""
        for text in texts:
            is_rtl = self.is_rtl or script_of(" ".join(text.lines)) == "rtl"
            out += text.draw(*((184, y, "end") if is_rtl else (16, y, "start")))
            y += text.height + gap
        return out

    # The compositions

    def wordless(self) -> str:
        return self.art(0, 0, 200, 300, (200, 300))

    def head(self) -> str:
        texts = [*self.bill(), self.title(), *self.original()]
        top = height_of(texts, GAP) + 30
        return self.art(0, top, 200, 300 - top) + self.column(15, texts)

    def foot(self) -> str:
        texts = [self.title(**NARROW), *self.original(), *self.bill()]
        height = height_of(texts, GAP) + 25
        return self.art(0, 0, 200, 300 - height) + self.column(310 - height, texts)

    def subtitle(self) -> str:
        title = self.title(face="sans", weight=600, color=LEMON, leading=1.1, tracking=0)
        texts = [title, *self.original(13.6, color=WHITE)]
        bill = self.bill(color=GREY)
        return (
            rect(0, 0, 200, 300, BLACK)
            + rect(0, 28, 200, 124, self.ground)
            + self.art(0, 28, 200, 124)
            + stack(texts, 100, 164, GAP, "middle")
            + stack(bill, 100, 288 - height_of(bill, 0), 0, "middle")
        )

    def spine(self) -> str:
        left, art = (138, 0) if self.is_rtl else (0, 62)
        middle = left + 31
        place = title_cards.place_and_year(self.film, "spine")
        bill = self.bill(width=90, lines=[place], color=self.ground)
        down = sum(line.width for line in bill)
        title = self.title(**NARROW | {"color": self.ground})
        title = replace(title, size=title.size * min(1, (258 - down) / title.width_in_a_row))
        return (
            self.art(art, 0, 138, 300)
            + rect(left, 0, 62, 300, self.text)
            + title.draw_down(middle, 16)
            + "".join(line.draw_down(middle, 286 - down) for line in bill)
        )

    def script(self) -> str:
        number = title_cards.native_size(self.film)
        title, bill = self.title(leading=1.05), self.bill()
        if script_of(self.film.original_title) != "cjk":
            size = (38, 34, 31, 28, 26, 22, 20, 20)[number - 1]
            texts = [*self.original(size, weight=700, leading=1.1), title, *bill]
            top = height_of(texts, GAP) + 30
            return self.art(0, top, 200, 300 - top) + self.column(15, texts)
        width = {1: 104, 2: 128}.get(number, 140)
        texts = [title, *self.bill(width=92)]
        drawn = self.art(0, 192, width, 108, (width, 108)) + self.column(15, texts, 6)
        size = (68, 44, 32, 26, 23, 20)[number - 1]
        for text in self.original(size, weight=700):
            signs = len(self.film.original_title)
            text = replace(text, lines=(self.film.original_title,), size=min(size, 280 / signs))
            drawn += text.draw_down(186 - size / 2, 16)
        return drawn

    def woodtype(self) -> str:
        texts = [*self.original(12.8), *self.bill()]
        drawn = title_cards.woodtype(self.film.title, self.design.motif, self.seed)
        return drawn + self.column(290 - height_of(texts, 2), texts, 2)

    def label(self) -> str:
        title = self.title(weight=400, is_italic=True, leading=1.02)
        texts = [title, *self.original(), *self.bill()]
        frame = (
            '<rect x="19.3" y="19.3" width="161.4" height="124.4" fill="none" '
            f'stroke="{self.text}" stroke-width="1.4"/>'
        )
        top = 286 - height_of(texts, GAP)
        return self.art(26, 26, 148, 111) + frame + stack(texts, 100, top, GAP, "middle")

    def numeral(self) -> str:
        texts, bill = [self.title(), *self.original()], self.bill()
        drawn = title_cards.numeral(self.film.year) + self.column(15, texts)
        return drawn + self.column(285 - height_of(bill, 0), bill)

    def split(self) -> str:
        bill = self.bill()
        x = 34
        disc = f'<clipPath id="disc"><circle cx="{x + 66}" cy="160" r="66"/></clipPath>'
        return (
            rect(0, 156, 200, 102, self.figure)
            + disc
            + f'<g clip-path="url(#disc)">{rect(x, 94, 132, 132, self.ground)}'
            + f"{self.art(x, 94, 132, 132)}</g>"
            + self.column(15, [self.title(weight=400), *self.original(13.6)])
            + self.column(279 - height_of(bill, 0) / 2, bill)
        )

    def credits(self) -> str:
        title = self.title(weight=400, tracking=0.09, leading=1.14)
        bill = self.bill(10, leading=1.4, tracking=0.06)
        return (
            self.art(64, 30, 72, 72)
            + stack([title, *self.original(13.6)], 100, 120, GAP, "middle")
            + stack(bill, 100, 284 - height_of(bill, 0), 0, "middle")
        )

    def bleed(self) -> str:
        own = {"color": self.ground}
        texts = [
            self.title(**NARROW | own),
            *self.original(13.2, **own),
            *self.bill(width=150, **own),
        ]
        height = height_of(texts, 3.6) + 23
        width = min(180, max(text.width for text in texts) + 30)
        left = 200 - width if self.is_rtl else 0
        return (
            rect(0, 0, 200, 300, self.figure)
            + rect(0, 0, 200, 324 - height, self.ground)
            + self.art(0, 0, 200, 324 - height)
            + rect(left, 300 - height, width, height, self.text)
            + self.column(311 - height, texts, 3.6)
        )
