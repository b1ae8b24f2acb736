"""Text in pictures: lines of SVG in the faces that the machine has, drawn by resvg.

No face comes with the site. Each text names what the style sheet names, and before that the Noto
face of its own script; what the machine cannot write is left out, so nobody sees empty boxes.
"""

import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

import resvg_py
from django.utils.html import escape

from films.motifs import num
from films.scripts import script_of
from films.title_cards import ems, split
from users.atom import clean

# As --serif, --sans and --narrow in the style sheet, and what most machines have of each.
FACES = {
    "serif": (
        "Iowan Old Style", "Palatino Linotype", "Palatino", "P052", "URW Palladio L",
        "Noto Serif", "Georgia", "DejaVu Serif", "Liberation Serif", "Times New Roman",
    ),
    "sans": (
        "Helvetica Neue", "Segoe UI", "Roboto", "Nimbus Sans", "Liberation Sans", "Arial",
        "Noto Sans", "DejaVu Sans",
    ),
    "narrow": (
        "Avenir Next Condensed", "Roboto Condensed", "Nimbus Sans Narrow",
        "Liberation Sans Narrow", "Arial Narrow", "Noto Sans", "Liberation Sans", "Arial",
        "DejaVu Sans Condensed", "DejaVu Sans",
    ),
}  # fmt: skip
# How far below the middle of its line a face's letters stand, in em.
BASELINES = {"serif": 0.388, "sans": 0.3465, "narrow": 0.3465}
HAN_OF = {"ja": "JP", "ko": "KR", "zh-hk": "HK", "yue": "HK", "zh-tw": "TC", "zh-hant": "TC"}
CJK = ("HANGUL", "CJK", "HIRAGANA", "KATAKANA")
NOBODYS = "\U0010fffd"  # for private use: no face has it


def script_name(text: str) -> str:
    """Of the first letter that is not Latin, as Unicode names it: HANGUL, DEVANAGARI."""
    for char in text:
        word = unicodedata.name(char, "").partition(" ")[0] if char.isalpha() else "LATIN"
        if word not in ("LATIN", "FULLWIDTH", "MODIFIER", "FEMININE", "MASCULINE"):
            return word
    return "LATIN"


def faces_for(text: str, face: str, language: str = "") -> str:
    """What goes into `font-family`."""
    script = script_name(text)
    own = ()
    if script in CJK:
        default = {"HANGUL": "KR", "CJK": "SC"}.get(script, "JP")
        part = HAN_OF.get(language.lower()) or HAN_OF.get(language.lower()[:2]) or default
        own = f"Noto Serif CJK {part}", f"Noto Sans CJK {part}"
        own = own if face == "serif" else own[::-1]
    elif script == "ARABIC":
        own = "Noto Naskh Arabic", "Noto Sans Arabic", "DejaVu Sans"
    elif script not in ("LATIN", "GREEK", "CYRILLIC"):
        own = f"Noto Serif {script.title()}", f"Noto Sans {script.title()}"
    return ", ".join(f"'{name}'" for name in (*own, *FACES[face]))


@lru_cache(maxsize=256)
def _writes(sample: str, faces: str) -> bool:
    def drawn(char):
        return resvg_py.svg_to_bytes(
            '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30">'
            f'<text x="4" y="24" font-size="20" font-family="{faces}">{char}</text></svg>'
        )

    return drawn(sample) != drawn(NOBODYS)


def can_write(text: str, language: str = "") -> bool:
    """Whether the machine has a face for the text's script. Asked once for each script."""
    script = script_name(text)
    sample = next((c for c in text if c.isalpha() and script_name(c) == script), "A")
    # Any letter of an alphabet stands for all of them.
    sample = {"LATIN": "A", "HANGUL": "한", "ARABIC": "ع", "CYRILLIC": "Ж"}.get(script, sample)
    return _writes(sample, faces_for(text, "serif", language))


@dataclass(frozen=True)
class Text:
    """Lines set alike. `size` is in units of the picture, `leading` in lines of that size."""

    lines: tuple[str, ...]
    size: float
    leading: float = 1.0
    face: str = "serif"
    color: str = "#000"
    weight: int = 400
    tracking: float = 0  # em
    is_narrow: bool = False
    is_italic: bool = False
    language: str = ""

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * self.leading

    @property
    def width(self) -> float:
        """Estimated, as `ems` is."""
        face = 1.12 if self.weight >= 600 else 1.04
        # Chinese, Japanese and Korean have no narrow faces.
        is_narrow = self.is_narrow or self.face == "narrow"
        if is_narrow and script_of(" ".join(self.lines)) != "cjk":
            face = 0.82
        return max(map(ems, self.lines), default=0) * self.size * (face + self.tracking)

    @property
    def width_in_a_row(self) -> float:
        return replace(self, lines=(" ".join(self.lines),)).width

    def draw(self, x: float, y: float, anchor: str = "start") -> str:
        """With the top of the first line at y; `anchor` is the side of the text at x."""
        step = self.size * self.leading
        base = y + step / 2 + self.size * BASELINES[self.face]
        return "".join(
            self._line(line, f'x="{num(x)}" y="{num(base + step * i)}" text-anchor="{anchor}"')
            for i, line in enumerate(self.lines)
        )

    def draw_down(self, x: float, y: float) -> str:
        """One line that runs down with its middle at x: signs upright, letters on their side."""
        line = " ".join(self.lines)
        if script_of(line) != "cjk":
            turned = f'transform="translate({num(x)} {num(y)}) rotate(90)"'
            return self._line(line, f'{turned} y="{num(self.size * BASELINES[self.face])}"')
        out, top = "", y
        for sign in line:
            if sign.isspace():
                top += self.size * 0.45
                continue
            place = f'x="{num(x)}" y="{num(top + self.size * 0.88)}" text-anchor="middle"'
            out += self._line(sign, place)
            top += self.size
        return out

    def _line(self, line: str, place: str) -> str:
        how = f'font-size="{num(self.size)}" font-weight="{self.weight}" fill="{self.color}"'
        if self.tracking:
            how += f' letter-spacing="{self.size * self.tracking:.2f}"'
        if self.is_narrow:
            how += ' font-stretch="condensed"'
        if self.is_italic:
            how += ' font-style="italic"'
        faces = faces_for(" ".join(self.lines), self.face, self.language)
        return f'<text {place} font-family="{faces}" {how}>{escape(clean(line))}</text>'

    def within(self, width: float, rows: int) -> "Text":
        """The same text in at most so many lines of `width`; what is left over is cut off."""
        return replace(self, lines=wrapped(self, width, rows))

    def balanced(self, width: float, rows: int) -> "Text":
        """As `within`, with lines of about one length."""
        text = self.within(width, rows)
        even = replace(text, lines=tuple(split(" ".join(text.lines).split(), len(text.lines))))
        return even if even.width <= width else text


def wrapped(text: Text, width: float, rows: int) -> tuple[str, ...]:
    def is_too_wide(line):
        return replace(text, lines=(line,)).width > width

    lines, rest = [], " ".join(text.lines).split()
    while rest and len(lines) < rows:
        line = rest.pop(0)
        while rest and not is_too_wide(f"{line} {rest[0]}"):
            line = f"{line} {rest.pop(0)}"
        if is_too_wide(line):  # one long word
            cut = next(n for n in range(len(line), 0, -1) if n == 1 or not is_too_wide(line[:n]))
            rest.insert(0, line[cut:])
            line = line[:cut]
        lines.append(line)
    if rest:
        while len(lines[-1]) > 1 and is_too_wide(lines[-1] + "…"):
            lines[-1] = lines[-1][:-1]
        lines[-1] = lines[-1].rstrip() + "…"
    return tuple(lines)


def stack(texts, x: float, y: float, gap: float, anchor: str = "start") -> str:
    """Texts below one another, from y on."""
    out = ""
    for text in texts:
        out += text.draw(x, y, anchor)
        y += text.height + gap
    return out


def height_of(texts, gap: float) -> float:
    return sum(text.height for text in texts) + gap * max(0, len(texts) - 1)
