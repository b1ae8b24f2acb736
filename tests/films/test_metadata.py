from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from films import xmp
from films.credit import ARTIST, COPYRIGHT, Credit, written
from films.images import inspect
from films.metadata import Found, license_address, read
from tests.films.test_images import saved

TRAILER = b"\1" + bytes(range(255, -1, -1)) + b"\0"
BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "{text}">{entities}]>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>&i;</dc:creator>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
CREDIT = Credit(
    "창가의 빛",
    "Věra Ärlig",
    "CC BY-SA 4.0",
    license_url="https://creativecommons.org/licenses/by-sa/4.0/",
    creator_url="https://example.org/vera",
    source_url="https://example.org/window",
)


def picture(format_="JPEG", **options):
    return saved(Image.new("RGB", (64, 48)), format_, **options)


def found(data):
    return read(ContentFile(data))


def described(**attributes):
    """An XMP packet as cameras write them: properties as attributes."""
    names = " ".join(f'xmlns:{prefix}="{at}"' for prefix, at in xmp.NAMESPACES.items())
    said = " ".join(f'{name.replace("_", ":")}="{text}"' for name, text in attributes.items())
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{xmp.RDF}">'
        f"<rdf:Description {names} {said}/></rdf:RDF></x:xmpmeta>"
    ).encode()


def iptc(*entries, encoding="utf-8"):
    data = b"".join(
        b"\x1c\x02"
        + bytes([number])
        + len(text.encode(encoding)).to_bytes(2)
        + text.encode(encoding)
        for number, text in entries
    )
    block = b"8BIM\x04\x04\0\0" + len(data).to_bytes(4) + data + b"\0" * (len(data) % 2)
    segment = b"Photoshop 3.0\0" + block
    jpeg = picture()
    return jpeg[:2] + b"\xff\xed" + (len(segment) + 2).to_bytes(2) + segment + jpeg[2:]


@pytest.mark.parametrize("format_", ["JPEG", "WEBP", "AVIF"])
def test_what_our_own_files_say_is_read_again(format_):
    assert found(picture(format_, **written(CREDIT))) == Found(
        title="창가의 빛",
        creator="Věra Ärlig",
        creator_url="https://example.org/vera",
        source_url="https://example.org/window",
        license_url="https://creativecommons.org/licenses/by-sa/4.0/",
        rights="Věra Ärlig, CC BY-SA 4.0",
    )


def test_properties_may_be_attributes_as_well():
    data = picture(xmp=described(photoshop_Headline="Dusk", photoshop_Source="https://a.example/p"))
    assert found(data) == Found(title="Dusk", source_url="https://a.example/p")


def test_exif_alone_names_maker_and_rights():
    exif = Image.Exif()
    exif[ARTIST] = "사진가".encode()
    exif[COPYRIGHT] = "© 2020, http://creativecommons.org/licenses/by/2.0/deed.ko".encode()
    said = found(picture(exif=exif))
    assert said.creator == "사진가"
    assert said.rights.startswith("© 2020")
    assert said.license_url == "https://creativecommons.org/licenses/by/2.0/"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_iptc_is_read_in_either_encoding(encoding):
    data = iptc((5, "Fenêtre"), (80, "Zoé Ärlig"), (116, "© Zoé"), encoding=encoding)
    assert found(data) == Found(title="Fenêtre", creator="Zoé Ärlig", rights="© Zoé")


def test_a_png_says_it_in_text():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp.packet({"dc:creator": "Zoé"}).decode())
    assert found(picture("PNG", pnginfo=info)).creator == "Zoé"


def gif(packet, trailer=TRAILER):
    """With XMP as programs put it there: in one piece, and what leads a decoder out of it."""
    data = picture("GIF")
    start = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    return data[:start] + b"\x21\xff\x0bXMP DataXMP" + packet + trailer + data[start:]


def test_a_gif_says_it_in_an_extension():
    said = found(gif(described(dc_title="Window", photoshop_Source="https://example.org/w")))
    assert (said.title, said.source_url) == ("Window", "https://example.org/w")
    whole = found(gif(written(CREDIT)["xmp"]))
    assert (whole.creator, whole.license_url) == ("Věra Ärlig", CREDIT.license_url)
    assert inspect(ContentFile(gif(described(dc_title="Window")))).width == 64


@pytest.mark.parametrize(
    "data",
    [
        gif(described(dc_title="Window"), b"\0"),
        gif(b"<x>" + b" " * xmp.MAX_BYTES + described(dc_title="Window")),
        gif(BOMB.format(text="x", entities="").replace("&i;", "&a;").encode()),
        gif(b"\xff\xfe no XML"),
        gif(b""),
    ],
    ids=["no-trailer", "long", "entities", "junk", "empty"],
)
def test_hostile_xmp_in_a_gif_says_nothing(data):
    assert found(data) == Found()


def test_nothing_is_found_where_nothing_is_said():
    assert found(picture()) == Found()
    assert not Found()
    assert Found(title="T")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://creativecommons.org/licenses/by/4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("See https://www.creativecommons.org/licenses/BY-NC/3.0/de/ .",
         "https://creativecommons.org/licenses/by-nc/3.0/"),
        ("https://creativecommons.org/publicdomain/zero/1.0/legalcode",
         "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("https://creativecommons.org.evil.example/licenses/by/4.0/", ""),
        ("All rights reserved", ""),
        (None, ""),
    ],
)  # fmt: skip
def test_license_is_told_by_its_address(text, address):
    assert license_address(text) == address


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://a", "https://a.b/ x", "http://[", "IMG_1.JPG"]
)
def test_what_is_no_address_is_not_taken_for_one(address):
    assert found(picture(xmp=described(photoshop_Source=address))).source_url == ""


# Hostile


def test_no_longer_than_the_record_and_without_what_turns_lines():
    data = picture(xmp=xmp.packet({"dc:title": "A\u202eb" * 400, "dc:creator": "x" * 3000}))
    said = found(data)
    assert len(said.title) <= 200
    assert "\u202e" not in said.title
    assert len(said.creator) == 120


def laughs(depth=9):
    entities = "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return BOMB.format(text="ha" * 10, entities=entities).encode()


@pytest.mark.parametrize(
    "packet",
    [
        laughs(),
        BOMB.format(text="x", entities='<!ENTITY i SYSTEM "file:///etc/passwd">').encode(),
        b"<" * 60_000,
        b"<a>" * 20_000 + b"</a>" * 20_000,
        b"\xff\xfe<\0a\0",
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
        xmp.packet({"dc:creator": "x"})[:-60],
    ],
)
@pytest.mark.parametrize("format_", ["JPEG", "WEBP"])
def test_hostile_xmp_says_nothing_and_is_no_obstacle(format_, packet):
    if format_ == "JPEG" and len(packet) > 65_000:
        pytest.skip("a JPEG has no room for it")
    data = picture(format_, xmp=packet)
    assert found(data) == Found()
    assert inspect(ContentFile(data)).width == 64


def test_ten_megabytes_of_xmp_are_not_parsed(monkeypatch):
    parsed = []
    monkeypatch.setattr(xmp.ElementTree, "fromstring", lambda *a, **k: parsed.append(a))
    data = picture("WEBP", xmp=xmp.packet({"dc:creator": "x" * 10_000_000}))
    assert found(data) == Found()
    assert parsed == []
    assert inspect(ContentFile(data)).width == 64


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x3b\x01\x02\0\xff\xff\xff\x7f\x08\0\0\0" * 900,
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x08",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x3b\x01\x02\0\x04\0\0\0\xff\xfe\x80\0",
    ],
)
@pytest.mark.filterwarnings(
    "ignore:Corrupt EXIF", "ignore:Truncated", "ignore:Possibly corrupt", "ignore:Tag data larger"
)
def test_hostile_exif_is_no_obstacle(exif):
    data = picture(exif=exif)
    assert isinstance(found(data).creator, str)
    assert inspect(ContentFile(data)).width == 64


@pytest.mark.parametrize(
    "data", [b"", b"x", b"\xff\xd8\xff\xe1\xff\xff", b"RIFF\0\0\0\0WEBP", b"GIF89a"]
)
def test_what_is_no_picture_says_nothing(data):
    assert found(data) == Found()


def test_a_file_that_cannot_be_read_says_nothing():
    class Gone(BytesIO):
        def read(self, *args):
            raise OSError

    assert read(Gone()) == Found()


def test_of_a_title_in_several_languages_the_first_counts():
    languages = "".join(
        f'<rdf:li xml:lang="{code}">{text}</rdf:li>'
        for code, text in [("x-default", "Dusk"), ("de", "Abend"), ("fr", "Crépuscule")]
    )
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
        'syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title><rdf:Alt>{languages}</rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    assert read(BytesIO(picture(xmp=packet.encode()))).title == "Dusk"
