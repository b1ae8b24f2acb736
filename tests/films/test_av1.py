"""How large the pictures in an AVIF file are in truth, whatever its boxes say."""

import random
import struct
import tracemalloc
from contextlib import suppress

import pytest
from PIL import Image

from films import av1, boxes
from tests.films.test_boxes import SAMPLES, SEQUENCE, box, places, within
from tests.films.test_images import inspected, refused, saved

NOISE = Image.effect_noise((64, 48), 60)
STILL = saved(NOISE, "AVIF")
CLEAR = Image.merge("RGBA", [NOISE] * 4)


def said_to_be(data, width, height):
    """With another size in every box that has one."""
    before, *others = data.split(b"ispe")
    size = struct.pack(">III", 0, width, height)
    return b"ispe".join([before, *(size + other[12:] for other in others)])


def held_in_idat(data, method=1):
    """The same picture, which lies among the boxes that describe it."""
    coded = data[data.index(b"mdat") + 4 :]
    row = struct.pack(">HHHHII", 1, method, 0, 1, 0, len(coded))
    place = box("iloc", b"\1\0\0\0\x44\0" + struct.pack(">H", 1) + row)
    start = data.index(b"iloc") - 4
    length = int.from_bytes(data[start : start + 4])
    old = data[start : start + length]
    more = place + box("idat", coded)
    whole = within(data, ("meta",), more).replace(old, box("free", old[8:]), 1)
    return whole[: whole.index(b"mdat") - 4]


@pytest.mark.parametrize(
    ("data", "sizes"),
    [
        (STILL, [(64, 48)]),
        (saved(Image.new("RGB", (641, 3)), "AVIF"), [(641, 3)]),
        (saved(CLEAR, "AVIF"), [(64, 48), (64, 48)]),
        (SEQUENCE, [(64, 48), (64, 48)]),
        (said_to_be(STILL, 8, 6), [(64, 48)]),
        (held_in_idat(STILL), [(64, 48)]),
        (saved(NOISE, "JPEG"), []),
    ],
    ids=["still", "long", "clear", "sequence", "lie", "inside", "jpeg"],
)
def test_the_header_of_each_coded_picture_is_read(data, sizes):
    assert list(av1.sizes(data)) == sizes


def test_a_picture_that_is_larger_than_its_file_says_is_refused():
    data = saved(Image.new("L", (5000, 4200)), "AVIF", speed=10)
    assert refused(data) == "too_many_pixels"
    assert refused(said_to_be(data, 64, 64)) == "too_many_pixels"


def unit(kind, bits):
    """A unit of AV1 with this content, and its length."""
    bits = bits.replace(" ", "")
    length = -(-len(bits) // 8)
    content = int(bits.ljust(8 * length, "0"), 2).to_bytes(length)
    return bytes([kind << 3 | 2, len(content)]) + content


# Profile, not one picture, not reduced; no times, no delay, one point of level 0; 16 and 16 bits
# for 64 by 48; keys of three bits; seven tools and no order; no choice about screens.
SEQUENCE_OF_64 = unit(
    1, f"000 0 0 0 0 00000 {0:012b} 00000 1111 1111 {63:016b} {47:016b} 1 0000 000 0000000 0 0 0"
)


@pytest.mark.parametrize(
    ("frame", "others"),
    [
        ("0 00 1 0 000 0", []),  # a key frame as large as all
        ("0 00 1 0 000 1", [(32768, 32768)]),  # of a size of its own
        ("0 00 0 1 0 0 000 1", [(32768, 32768)]),  # not shown yet
        ("0 11 1 0 000 0", [(32768, 32768)]),  # which always has one
        ("1 111 1111", []),  # shown again
    ],
)
@pytest.mark.parametrize("kind", [3, 6])
def test_a_frame_with_a_size_of_its_own_counts_as_what_it_may_be(monkeypatch, frame, others, kind):
    payload = unit(2, "0") + SEQUENCE_OF_64 + unit(kind, frame)
    monkeypatch.setattr("films.av1.items", lambda data: [payload])
    assert list(av1.sizes(STILL)) == [(64, 48), *others]


def test_many_pictures_that_are_as_large_as_one_may_be_are_refused(monkeypatch):
    monkeypatch.setattr("films.images.MEGAPIXELS", {"JPEG": 50, "AVIF": 0.003072})
    assert inspected(saved(CLEAR, "AVIF")).width == 64
    monkeypatch.setattr("films.av1.sizes", lambda data: [(64, 48)] * 3)
    assert refused(saved(CLEAR, "AVIF")) == "too_many_pixels"


def test_a_picture_among_its_boxes_is_let_in():
    assert inspected(held_in_idat(STILL)).width == 64
    with pytest.raises(boxes.TooMany):
        list(av1.sizes(held_in_idat(STILL, method=2)))


def test_one_that_lies_where_no_decoder_should_look_is_refused():
    twice = within(SEQUENCE, SAMPLES, box("stco", struct.pack(">III", 0, 1, 40)))
    with pytest.raises(boxes.TooMany):
        list(av1.sizes(twice))
    assert list(av1.sizes(places(1, 60_000, sizes=0x44))) == []  # claims more than there is


@pytest.mark.parametrize(("items", "parts"), [(1, 1000), (1000, 1)])
def test_parts_that_each_are_the_whole_file_take_no_room(items, parts):
    item = box("infe", b"\2\0\0\0\0\1\0\0av01\0")
    row = struct.pack(">HHHH", 1, 0, 0, parts) + struct.pack(">II", 0, 2**20) * parts
    place = box("iloc", b"\1\0\0\0\x44\0" + struct.pack(">H", items) + row * items)
    meta = box("meta", bytes(4) + box("iinf", b"\0\0\0\0\0\1" + item) + place)
    data = meta + box("mdat", bytes(2**20))
    tracemalloc.start()
    with pytest.raises(boxes.TooMany):
        list(av1.sizes(data))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * av1.MAX_CODED


def test_broken_bytes_are_no_error():
    chance = random.Random(6)
    for _round in range(300):
        data = bytearray(chance.choice([SEQUENCE, STILL]))
        for _byte in range(6):
            data[chance.randrange(len(data) - 1)] = chance.choice([0, 1, 127, 255])
        with suppress(boxes.TooMany):
            boxes.check(data)
            assert all(min(size) > 0 for size in av1.sizes(bytes(data)))
