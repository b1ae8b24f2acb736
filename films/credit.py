"""Who made a picture and on what terms, and how that is written into its files and read back."""

from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from films import xmp
from users.atom import clean

ARTIST, COPYRIGHT = 0x013B, 0x8298
EXIF_NAMES = {ARTIST: "EXIF Artist", COPYRIGHT: "EXIF Copyright"}
# What else Pillow hands out of a file, and none of ours has.
STRANGERS = ("comment", "icc_profile", "photoshop", "iptc")


@dataclass(frozen=True)
class Credit:
    """`creator` is empty only where the source names nobody, and then `is_creator_known` must
    say so."""

    title: str
    creator: str
    license_name: str
    license_url: str = ""
    creator_url: str = ""
    source_url: str = ""
    changes: str = ""
    is_creator_known: bool = True

    def __post_init__(self):
        if not self.title.strip():
            raise ValueError("A credit needs the picture's title.")
        if not self.license_name.strip():
            raise ValueError("A credit needs a license.")
        if self.is_creator_known != bool(self.creator.strip()):
            raise ValueError("A credit needs a creator, or is_creator_known=False.")

    @property
    def rights(self):
        """One line, in English like the names of the licenses."""
        maker = self.creator or "Maker not known"
        return ", ".join(part for part in (maker, self.license_name, self.changes) if part)


def xmp_of(credit):
    """{XMP property: text}. docs/pictures.md has the table."""
    return {
        "dc:creator": credit.creator,
        "dc:title": credit.title,
        "dc:rights": credit.rights,
        "photoshop:Credit": f"{credit.title}. {credit.rights}",
        "photoshop:Source": credit.source_url,
        "xmpRights:WebStatement": credit.license_url or credit.source_url,
        "xmpRights:UsageTerms": credit.license_name,
        "cc:license": credit.license_url,
        "cc:attributionName": credit.creator,
        "cc:attributionURL": credit.creator_url,
    }


def exif_of(credit):
    return {ARTIST: credit.creator, COPYRIGHT: credit.rights}


def written(credit):
    """The arguments of Pillow's `save` that put the credit into a JPEG, WebP or AVIF file."""
    exif = Image.Exif()
    for tag, text in exif_of(credit).items():
        if text:
            exif[tag] = clean(text).encode()  # as text, Pillow would write ASCII alone
    return {"exif": exif.tobytes(), "xmp": xmp.packet(xmp_of(credit))}


def read_back(data):
    """{name of the field: its text} of everything that a file of ours says of itself, and of
    what it should not say."""
    with Image.open(BytesIO(data), formats=("JPEG", "WEBP", "AVIF")) as image:
        found = {
            name: ", ".join(texts) for name, texts in xmp.properties(image.info.get("xmp")).items()
        }
        exif = exif_in(image.info.get("exif"))
        found |= {EXIF_NAMES.get(tag, f"EXIF {tag:#06x}"): value for tag, value in exif.items()}
        found |= {name: "…" for name in STRANGERS if image.info.get(name)}
    return found


def exif_in(data):
    """{tag: text} of the first directory."""
    found = {}
    if not data or len(data) > xmp.MAX_BYTES:
        return found
    with suppress(Exception):
        exif = Image.Exif()
        exif.load(data)
        for tag in exif:
            found[tag] = text_of(exif[tag])
    return found


def text_of(value):
    """What a camera or a program wrote, in UTF-8 or else in Latin-1."""
    if isinstance(value, str):  # Pillow reads EXIF as Latin-1
        value = value.encode("latin-1", "replace")
    if not isinstance(value, bytes):
        return str(value)
    try:
        return value.decode().strip("\0 ")
    except UnicodeDecodeError:
        return value.decode("latin-1").strip("\0 ")


def differences(credit, data):
    """Lines that say what the file of this picture does not say as the record does."""
    expected = {name: clean(text) for name, text in xmp_of(credit).items()}
    expected |= {EXIF_NAMES[tag]: clean(text) for tag, text in exif_of(credit).items()}
    expected = {name: text.strip() for name, text in expected.items() if text}
    try:
        found = read_back(data)
    except Exception as error:  # what is no picture raises whatever it likes
        yield f"cannot be read: {type(error).__name__}"
        return
    for name in sorted(expected.keys() | found.keys()):
        says, should = found.get(name, "").strip(), expected.get(name, "")
        if says != should:
            yield f"{name} is {says!r}, should be {should!r}"
