"""What an uploaded picture says of itself, to begin its credit with: never believed unasked."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from PIL import IptcImagePlugin

from films import xmp
from films.credit import ARTIST, COPYRIGHT, exif_in, text_of
from films.images import MAX_BYTES, opened
from films.normalize import clean_name

GIF_EXTENSION, GIF_TRAILER = b"\x21\xff\x0bXMP DataXMP", b"\x01\xff\xfe\xfd"
GPS = 0x8825  # of the directory that EXIF has for places
# IPTC's own numbers, of record 2.
OBJECT_NAME, BYLINE, SOURCE, COPYRIGHT_NOTICE = (2, 5), (2, 80), (2, 115), (2, 116)
LICENSE = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(licenses|publicdomain)/([a-z-]{2,12})/(\d\.\d)", re.I
)


# Of these a file has one for each language, the first of which is for all.
TRANSLATED = {"dc:title", "dc:rights", "xmpRights:UsageTerms"}


@dataclass(frozen=True)
class Found:
    """Each is empty where the file says nothing, and no longer than the record's field."""

    title: str = ""
    creator: str = ""
    creator_url: str = ""
    source_url: str = ""
    license_url: str = ""  # as `License.url` spells it
    rights: str = ""
    has_place: bool = field(default=False, compare=False)  # where the camera was

    def __bool__(self):
        return self != Found()


def of_original(image) -> Found:
    """Of a picture that is here, as its member sent it; nothing where that is gone."""
    with suppress(OSError), image.original.open("rb") as file:
        return read(file)
    return Found()


def read(file) -> Found:
    """Never raises, whatever `file` is; reads no pixels."""
    with suppress(Exception):
        file.seek(0)
        data = file.read(MAX_BYTES + 1)
        file.seek(0)
        if len(data) <= MAX_BYTES:
            with opened(data) as image:
                return found_in(image, packet_in(image, data))
    return Found()


def packet_in(image, data):
    """A decoder knows of none in a GIF: there it is an extension in one piece, not in blocks, so
    that bytes which no text has end it."""
    if image.format != "GIF":
        return as_bytes(image.info.get("xmp"))
    _before, mark, rest = data.partition(GIF_EXTENSION)
    packet, end, _trailer = rest[: xmp.MAX_BYTES + len(GIF_TRAILER)].partition(GIF_TRAILER)
    return packet if mark and end else b""


def found_in(image, packet):
    said = xmp.properties(packet)
    exif = exif_in(image.info.get("exif"))
    iptc = iptc_in(image)

    def first(*texts, longest=200):
        return next(filter(None, (clean_name(text or "")[:longest] for text in texts)), "")

    def xmp_text(name):
        texts = said.get(name, [])
        if name in TRANSLATED:
            texts = texts[:1]
        return ", ".join(texts)

    rights = (xmp_text("dc:rights"), xmp_text("xmpRights:UsageTerms"),
              iptc.get(COPYRIGHT_NOTICE), exif.get(COPYRIGHT))  # fmt: skip
    creators = (xmp_text("dc:creator"), iptc.get(BYLINE), exif.get(ARTIST))
    stated = (xmp_text("cc:license"), xmp_text("xmpRights:WebStatement"), *rights)
    sources = (xmp_text("photoshop:Source"), xmp_text("dc:source"), iptc.get(SOURCE))
    makers = (xmp_text("cc:attributionURL"), xmp_text("Iptc4xmpCore:CiUrlWork"))
    return Found(
        title=first(xmp_text("dc:title"), iptc.get(OBJECT_NAME), xmp_text("photoshop:Headline")),
        creator=first(*creators, xmp_text("cc:attributionName"), longest=120),
        creator_url=first(*map(web_address, makers), longest=500),
        source_url=first(*map(web_address, sources), longest=500),
        license_url=first(*map(license_address, stated)),
        rights=first(*rights, longest=1000),
        has_place=GPS in exif,
    )


def as_bytes(packet):
    return packet.encode() if isinstance(packet, str) else packet  # a PNG's comes as text


def iptc_in(image):
    found = {}
    with suppress(Exception):
        for key, value in (IptcImagePlugin.getiptcinfo(image) or {}).items():
            values = value if isinstance(value, list) else [value]
            found[key] = ", ".join(text_of(one[: xmp.MAX_TEXT]) for one in values[: xmp.MAX_ITEMS])
    return found


def web_address(text):
    """The text where it is an address that a page may link, else nothing."""
    text = (text or "").strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    is_one = parts.scheme in ("http", "https") and "." in parts.netloc
    return text if is_one and len(text) <= 500 and not re.search(r"[\s<>\"]", text) else ""


def license_address(text):
    """The address of the Creative Commons license or mark that a text names, in its one form."""
    match = LICENSE.search(text or "")
    return "https://creativecommons.org/{}/{}/{}/".format(*match.groups()).lower() if match else ""
