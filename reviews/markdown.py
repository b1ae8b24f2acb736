from dataclasses import dataclass

RENDERER_VERSION = 1


@dataclass
class Rendered:
    html: str = ""
    safe_text: str = ""
    contents: tuple = ()
    image_keys: tuple = ()
    has_spoilers: bool = False
    word_count: int = 0


def render(s, **k):
    return Rendered("<p>x</p>", s, (), (), False, len(s.split()))


render_comment = render


def excerpt(s, n):
    return s[:n]


def problems(s):
    return []
