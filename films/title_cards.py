"""Title cards: the typographic poster every film gets, so that no page needs a copyrighted one.

A card is made in two steps. `derive` picks five words from a film's data, once, when the film is
created or by command; they are stored with the film, so a vote or a renaming changes no card.
The drawing functions turn the stored words into HTML: same film in, same card out, for ever.
No randomness, no ids and no inline style, so a card may stand in a page any number of times.
"""

import hashlib
import math
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from itertools import accumulate, pairwise

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from films.motifs import MOTIFS, num
from films.scripts import script_of

# What a card, its caption and its link print.
CARD_FIELDS = (
    "slug", "title", "year", "original_title", "original_language", "status", "card_seed", "card_country", "card_director", "card_motif", "card_ground", "card_figure",
    "card_tone", "card_composition",
)  # fmt: skip

# These lists are a published format: another order would change every film's card.
INKS = (
    "vermilion",
    "rust",
    "ochre",
    "lemon",
    "moss",
    "bottle",
    "teal",
    "sky",
    "blue",
    "plum",
    "rose",
    "silver",
)
TONES = ("deep", "bright", "pale", "night")
DEFAULT_MOTIF, DEFAULT_INK = "leader", "silver"
# The motifs that survive a circular crop.
ROUND = frozenset(MOTIFS) - {"alone", "balance", "beam", "growth", "lean", "open", "steps"}


@dataclass(frozen=True)
class Layout:
    """How a composition sets its title, and the size of its picture in card units (200 x 300)."""

    picture: tuple[int, int]
    box: int  # width for the title, in hundredths of the card
    rows: int  # most lines
    width: float  # how wide its face runs against the estimate of `ems`
    largest: int = 0  # index in SIZES


COMPOSITIONS = {
    "head": Layout((200, 172), 84, 3, 1.1),
    "foot": Layout((200, 190), 84, 3, 0.97),
    "subtitle": Layout((200, 124), 86, 2, 1.06, 4),
    "spine": Layout((142, 300), 104, 1, 0.9),
    "script": Layout((200, 118), 84, 3, 1.02, 5),
    "woodtype": Layout((200, 300), 84, 1, 1),
    "label": Layout((148, 111), 78, 2, 0.98, 4),
    "numeral": Layout((200, 300), 84, 2, 1.1, 2),
    "split": Layout((128, 128), 84, 2, 1.02, 3),
    "credits": Layout((76, 76), 84, 3, 1.16, 3),
    "bleed": Layout((200, 220), 74, 3, 0.96, 1),
}
CAPITALS = frozenset(("foot", "spine", "credits"))  # set by the style sheet, measured here
NEEDY = frozenset(("numeral", "script", "woodtype"))  # cannot be drawn without what they show

# Classes s-1 ... s-8, in hundredths of the card; s-9 and s-10 only where nothing else fits.
SIZES = (20, 18, 16, 14.5, 13, 11.5, 10, 9, 8, 7)
USUAL = 8


@dataclass(frozen=True)
class Design:
    motif: str
    ground: str
    figure: str
    tone: str
    composition: str

    @property
    def classes(self) -> str:
        return f"t-{self.tone} g-{self.ground} i-{self.figure}"


def digest(seed: str) -> bytes:
    return hashlib.sha256(seed.encode()).digest()


# Measuring


def ems(text: str) -> float:
    """Estimated set width in em. Coarse on purpose: it only picks a size class."""
    total = 0.0
    for char in text:
        if unicodedata.east_asian_width(char) in "WF":
            total += 1.0
        elif unicodedata.combining(char):
            continue
        elif "\u0b80" <= char <= "\u0dff":  # Tamil to Sinhala: round letters, signs beside them
            total += 0.9
        elif char in "iIjl.,:;'’!|ft ":
            total += 0.31
        elif char in "mwMW@—":
            total += 0.88
        elif char.isupper():
            total += 0.68
        else:
            total += 0.52
    return total


def split(words: list[str], n: int) -> list[str]:
    """Words in n lines, the longest line as short as can be; of equals the earliest break wins."""
    count = len(words)
    if n <= 1 or count < n:
        return [" ".join(words)]
    space = ems(" ")
    ends = [0.0, *accumulate(ems(word) + space for word in words)]

    @cache
    def broken(start: int, lines: int) -> tuple[float, tuple[int, ...]]:
        if lines == 1:
            return ends[count] - ends[start] - space, ()
        longest, cuts = math.inf, ()
        for cut in range(start + 1, count - lines + 2):
            first = ends[cut] - ends[start] - space
            if first >= longest - 1e-9:
                break
            rest, later = broken(cut, lines - 1)
            if max(first, rest) < longest - 1e-9:
                longest, cuts = max(first, rest), (cut, *later)
        return longest, cuts

    cuts = (0, *broken(0, n)[1], count)
    return [" ".join(words[a:b]) for a, b in pairwise(cuts)]


def fit(text: str, box: float, rows: int, width: float = 1.0, largest: int = 0):
    """(class number, lines): the largest size at which the text goes into `rows` lines of `box`.

    No line may be less than 0.3 of the longest. Where that finds nothing, a short line is allowed
    and the two last sizes are tried; then two lines more, from s-8 down. Only a word wider than
    the box at s-10 is left to break: then there are no lines.
    """
    words = text.split()

    @cache
    def broken(n: int) -> tuple[list[str], float, float]:
        lines = split(words, n)
        wide = [ems(line) for line in lines]
        return lines, max(wide), min(wide)

    tries = (
        (largest, USUAL, rows, 0.3),
        (largest, len(SIZES), rows, 0),
        (USUAL - 1, len(SIZES), rows + 2, 0),
    )
    for first, last, most, least in tries:
        for i in range(first, last):
            for n in range(1, min(most, len(words)) + 1):
                lines, longest, shortest = broken(n)
                if longest <= box / SIZES[i] / width and shortest >= least * longest:
                    return i + 1, lines
    return len(SIZES), []


ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L")),
    *((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)


def roman(number: int) -> str:
    out = ""
    for value, sign in ROMAN:
        out += sign * (number // value)
        number %= value
    return out


# Deriving


def _able(title: str, original_title: str, year: int | None, motif: str) -> list[str]:
    """The compositions that this title can be set in."""
    words = title.split()
    conditions = {
        "numeral": bool(year),
        "spine": ems(title.upper()) <= 11.5,
        "script": script_of(original_title) != "latin",
        "woodtype": script_of(title) == "latin"
        and 1 <= len(words) <= 6
        and max(map(ems, words)) <= 5.6
        and 3 <= ems(title) <= 15,
        "split": ems(title) <= 14 and motif in ROUND,
    }
    return [name for name in COMPOSITIONS if conditions.get(name, True)]


def derive(card_seed: str, title: str, original_title: str, year: int | None, themes) -> Design:
    """The five words of a film's card.

    `themes` are pairs (theme, strength); of equally strong ones the earlier leads. The strongest
    gives the motif and the ground's ink, the next the figure's ink, from their `card_motif` and
    `card_ink` (inherited already, or empty).
    """
    seed = digest(card_seed)
    ranked = [theme for theme, strength in sorted(themes, key=lambda pair: -pair[1])]
    first, second = (*ranked[:2], None, None)[:2]
    motif = (first and first.card_motif) or DEFAULT_MOTIF
    ground = (first and first.card_ink) or DEFAULT_INK
    able = _able(title, original_title, year, motif)
    return Design(
        motif=motif,
        ground=ground,
        figure=(second and second.card_ink) or ground,
        tone=TONES[seed[0] % len(TONES)],
        composition=able[seed[1] % len(able)],
    )


def _known(word: str, words, default: str) -> str:
    return word if word in words else default


def design_of(film) -> Design:
    """The film's stored words, with a plain stand-in for a word that cannot be drawn (any more)."""
    motif = _known(film.card_motif, MOTIFS, DEFAULT_MOTIF)
    ground = _known(film.card_ground, INKS, DEFAULT_INK)
    composition = _known(film.card_composition, COMPOSITIONS, "head")
    if composition in NEEDY and composition not in _able(
        film.title, film.original_title, film.year, motif
    ):
        composition = "head"
    return Design(
        motif=motif,
        ground=ground,
        figure=_known(film.card_figure, INKS, ground),
        tone=_known(film.card_tone, TONES, TONES[0]),
        composition=composition,
    )


# Drawing


@lru_cache(maxsize=2048)
def _art(motif: str, width: int, height: int, seed: bytes) -> str:
    return (
        f'<svg class="tc-art" viewBox="0 0 {width} {height}" preserveAspectRatio="xMidYMid slice" '
        f'aria-hidden="true">{MOTIFS[motif](width, height, seed)}</svg>'
    )


def _bill(title: str) -> list[str]:
    """Capitals in two to four lines of about equal length, or one line for one word."""
    words = title.upper().split()
    n = min(len(words), max(2, min(4, round(ems(title.upper()) / 4.2))))
    target = sum(ems(word) for word in words) / n
    lines, line = [], ""
    for word in words:
        if line and ems(line) + ems(word) * 0.5 > target and len(lines) < n - 1:
            lines.append(line)
            line = word
        else:
            line = (line + " " + word).strip()
    return [*lines, line]


def woodtype(title: str, motif: str, seed: bytes) -> str:
    """Words set to the full measure, like a bill in wood type; the motif takes what they leave."""
    lines = _bill(title)
    heights = [min(104.0, max(28.0, 176 / (ems(line) * 0.82))) for line in lines]
    stretch = min(2.0, 212 / sum(height * 0.82 for height in heights))
    accent = seed[2] % len(lines) if len(lines) > 1 else None
    y, out = 12.0, ""
    for i, (line, height) in enumerate(zip(lines, heights, strict=True)):
        y += height * stretch * 0.73
        out += (
            f'<text class="{"tc-wood a" if i == accent else "tc-wood"}" '
            f'transform="translate(14 {num(y)}) scale(1 {num(stretch * 10 // 1 / 10)})" '
            f'font-size="{num(height)}" textLength="172" lengthAdjust="spacingAndGlyphs">'
            f"{escape(line)}</text>"
        )
        y += height * stretch * 0.1
    rest = 240 - y
    if rest >= 56:
        out += (
            f'<svg x="14" y="{num(y + 4)}" width="172" height="{num(rest - 4)}" '
            f'viewBox="0 0 172 {num(rest - 4)}">{MOTIFS[motif](172, round(rest - 4), seed)}</svg>'
        )
    return f'<svg class="tc-art" viewBox="0 0 200 300" aria-hidden="true">{out}</svg>'


def numeral(year: int) -> str:
    return (
        '<svg class="tc-art" viewBox="0 0 200 300" aria-hidden="true">'
        '<text class="tc-num" x="100" y="248" text-anchor="middle" font-size="204" '
        f'textLength="184" lengthAdjust="spacingAndGlyphs">{year % 100:02d}</text></svg>'
    )


def _picture(film, design: Design) -> str:
    seed = digest(film.card_seed)
    width, height = COMPOSITIONS[design.composition].picture
    if design.composition == "woodtype":
        return woodtype(film.title, design.motif, seed)
    if design.composition == "numeral":
        return numeral(film.year)
    if design.composition == "script" and script_of(film.original_title) == "cjk":
        width, height = {1: (104, 108), 2: (128, 108)}.get(columns(film), (140, 108))
    return _art(design.motif, width, height, seed)


def columns(film) -> int:
    """The size class of a vertical original title, by how many signs it has."""
    return min(6, max(1, math.ceil(len(film.original_title) / 2) - 1))


def native_size(film) -> int:
    """The size class of an original title that leads."""
    if script_of(film.original_title) == "cjk":
        return columns(film)
    return min(8, fit(film.original_title, 84, 2)[0])


def title_lines(film, composition: str) -> tuple[int, list[str]]:
    if composition == "woodtype":  # its words are drawn, the text is hidden
        return 1, [film.title]
    layout = COMPOSITIONS[composition]
    box, rows = layout.box, layout.rows
    if composition == "script" and script_of(film.original_title) == "cjk":
        box, rows = 46, 5  # beside the vertical title
    shown = film.title.upper() if composition in CAPITALS else film.title
    return fit(shown, box, rows, layout.width, layout.largest)


def _original(film) -> str:
    if not film.original_title or film.original_title == film.title:
        return ""
    lang = f' lang="{escape(film.original_language)}"' if film.original_language else ""
    rtl = ' dir="rtl"' if script_of(film.original_title) == "rtl" else ""
    return f'<p class="tc-orig"{lang}{rtl}>{escape(film.original_title)}</p>'


def place_and_year(film, composition: str) -> str:
    year = ""
    if film.year:
        year = roman(film.year) if composition == "credits" else str(film.year)
    return ", ".join(filter(None, (film.card_country, year)))


def _credits(film, composition: str) -> str:
    place = place_and_year(film, composition)
    return (
        f'<p class="tc-bill"><span>{escape(film.card_director)}</span> '
        f"<span>{escape(place)}</span></p>"
    )


def title_card(film) -> SafeString:
    """The full card, 2:3, at any width from 120 px. The page gives the caption: it may not miss."""
    design = design_of(film)
    size, lines = title_lines(film, design.composition)
    classes = f"tc-face tc-{design.composition} {design.classes} s-{size}"
    if not lines:
        classes += " tc-long"
    if design.composition == "script":
        classes += f" tc-{script_of(film.original_title)} n-{native_size(film)}"
    title = "<br>".join(map(escape, lines)) or escape(film.title)
    way = "rtl" if script_of(film.title) == "rtl" else "ltr"
    return mark_safe(  # noqa: S308 - every text in it is escaped
        f'<div class="tc" dir="{way}" aria-hidden="true"><div class="{classes}">'
        f'{_picture(film, design)}<div class="tc-text"><p class="tc-title">{title}</p>'
        f"{_original(film)}{_credits(film, design.composition)}</div></div></div>"
    )


def captioned(film, meta="") -> SafeString:
    """A card in a list, with what stands under it: `meta`, or year and country."""
    facts = meta or ", ".join(str(fact) for fact in (film.year, film.card_country) if fact)
    return mark_safe(  # noqa: S308 - every text in it is escaped
        f'<li class="film">{title_card(film)}\n'
        '  <div class="caption">\n'
        f'    <p class="name"><a href="{escape(film.get_absolute_url())}">{escape(film.title)}</a></p>\n'
        f'    <p class="meta">{conditional_escape(facts)}</p>\n'
        "  </div>\n"
        "</li>\n"
    )


def mini(film) -> SafeString:
    """The small card: motif only, 3:4."""
    design = design_of(film)
    return mark_safe(  # noqa: S308
        f'<span class="mini {design.classes}" aria-hidden="true">'
        f"{_art(design.motif, 120, 160, digest(film.card_seed))}</span>"
    )


def spine(film) -> SafeString:
    """The film as it stands on a shelf."""
    return mark_safe(  # noqa: S308 - both texts are escaped
        f'<span class="spine {design_of(film).classes}">'
        f'<span class="spine-title">{escape(film.title)}</span>'
        f'<span class="spine-year">{film.year or ""}</span></span>'
    )


def _theme_words(theme) -> tuple[str, str]:
    motif = _known(theme.card_motif, MOTIFS, DEFAULT_MOTIF)
    return motif, _known(theme.card_ink, INKS, DEFAULT_INK)


def glyph(theme) -> SafeString:
    """A theme's square sign."""
    motif, ink = _theme_words(theme)
    return mark_safe(  # noqa: S308
        f'<span class="glyph t-bright g-{ink} i-{ink}" aria-hidden="true">'
        f"{_glyph_art(motif, theme.slug)}</span>"
    )


def _glyph_art(motif, slug):
    return _art(motif, 200, 200, digest(slug))


def banner(theme) -> SafeString:
    """The motif at the full width of a theme's page."""
    motif, ink = _theme_words(theme)
    drawn = MOTIFS[motif](1280, 240, digest(theme.slug))
    return mark_safe(  # noqa: S308
        f'<div class="banner t-bright g-{ink} i-{ink}" aria-hidden="true">'
        '<svg viewBox="0 0 1280 240" preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
        f"{drawn}</svg></div>"
    )
