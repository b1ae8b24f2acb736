"""AVIF files as programs write them, and files of more boxes and rows than any picture has."""

import struct

import pytest
from PIL import Image

from films import boxes
from tests.films.test_images import inspected, refused, saved

SMALL = Image.effect_noise((64, 48), 60).convert("RGB")
AVIF = saved(SMALL, "AVIF")
SEQUENCE = saved(SMALL, "AVIF", save_all=True, append_images=[SMALL.rotate(n) for n in (90, 180)])


def box(kind, content=b""):
    return struct.pack(">I", len(content) + 8) + kind.encode() + content


def within(data, path, more):
    """With `more` at the end of the box at this path, and every length put right."""
    kind, *rest = path
    start = data.index(kind.encode()) - 4
    length = int.from_bytes(data[start : start + 4])
    old = data[start : start + length]
    content = within(old[8:], rest, more) if rest else old[8:] + more
    return data[:start] + box(kind, content) + data[start + length :]


def places(items, extents, sizes=0):
    """Of a file whose pictures lie in so many parts, each of which takes no byte to name."""
    row = struct.pack(">HHHH", 0, 0, 0, extents)
    start = b"\1\0\0\0" + bytes([sizes, 0]) + struct.pack(">H", min(items, 65_535))
    return AVIF[:32] + box("meta", b"\0" * 4 + box("iloc", start + row * items)) + AVIF[32:]


@pytest.mark.parametrize(
    "data",
    [
        AVIF,
        SEQUENCE,
        AVIF + b"\0" * 5000,
        AVIF + box("free") * 500,
        saved(SMALL, "AVIF", xmp=b"x" * 60_000),
        saved(SMALL, "AVIF", icc_profile=b"x" * 100_000),
    ],
    ids=["still", "sequence", "rest", "behind", "xmp", "profile"],
)
def test_an_avif_as_programs_write_it_is_let_in(data):
    assert (inspected(data).width, inspected(data).format) == (64, "AVIF")


SAMPLES = ("moov", "trak", "mdia", "minf", "stbl")


def in_chunks(chunks, rows):
    """A sequence whose samples lie in so many chunks, described in so many rows."""
    rows = b"".join(struct.pack(">III", row or 1, 1, 1) for row in range(rows))
    table = box("stsc", b"\0" * 8 + rows)
    return within(SEQUENCE, SAMPLES, table + box("stco", struct.pack(">II", 0, chunks)))


@pytest.mark.parametrize(
    "data",
    [
        AVIF + box("free") * 2001,
        AVIF[:32] + box("free") * 2001 + AVIF[32:],
        within(AVIF, ("meta", "iprp", "ipco"), box("free") * 2001),
        within(AVIF, ("meta", "iinf"), box("infe", b"\2" + b"\0" * 11) * 2001),
        within(AVIF, ("meta", "iprp", "ipma"), b"\0\1\1\1" * 20_000),
        within(AVIF, ("meta",), box("iref", b"\0" * 4 + box("cdsc", b"\0" * 70_000))),
        within(AVIF, ("meta",), box("iprp") * 2001),
        places(9000, 1, sizes=0x44),
        AVIF + box("meta", bytes(4) + box("iloc", b"\0\0\0\0\x44" + bytes(8_000))) * 9,
        places(1, 9000),
        within(SEQUENCE, SAMPLES, box("stsc", b"\0" * 7 + b"\1" + struct.pack(">III", 1, 2**20, 1))),
        in_chunks(20_000, 20_000),
        within(SEQUENCE, (*SAMPLES, "stsd"), box("zzzz") * 2001),
        within(SEQUENCE, (*SAMPLES, "stsd", "av01"), box("free") * 2001),
    ],
    ids=["behind", "before", "properties", "items", "links", "references", "nested", "rows",
         "tables", "extents", "samples", "chunks", "kinds", "kind"],
)  # fmt: skip
def test_a_padded_avif_is_refused(data):
    with pytest.raises(boxes.TooMany):
        boxes.check(data)
    assert refused(data) == "broken"


@pytest.mark.parametrize("data", [AVIF, SEQUENCE])
def test_an_avif_that_ends_anywhere_is_no_error(data):
    for end in range(1, len(data) - 40, 5):
        assert refused(data[:end]) in ("broken", "not_a_picture")
