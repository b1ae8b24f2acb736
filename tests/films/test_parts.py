"""Files as cameras and programs write them, whose parts are counted, and files that are padded."""

import struct
import zlib

import pytest
from PIL import Image, ImageCms

from films.parts import MAX_FILL, MAX_PARTS, scans
from tests.films.test_images import camera_jpeg, inspected, refused, saved

SMALL = Image.effect_noise((64, 48), 60)
SCAN, END = b"\xff\xda", b"\xff\xd9"


def segment(marker, body=b""):
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2) + body


def after_header(jpeg, parts):
    """With parts behind its first segment."""
    end = 4 + int.from_bytes(jpeg[4:6])
    return jpeg[:end] + parts + jpeg[end:]


def after_first_scan(jpeg, parts, more_scans=0):
    """With parts between its scans, and its last scan so many times more."""
    end, last = jpeg.rindex(END), jpeg.rindex(SCAN)
    second = jpeg.index(b"\xff\xc4", jpeg.index(SCAN))
    return jpeg[:second] + parts + jpeg[second:end] + jpeg[last:end] * more_scans + jpeg[end:]


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def after_ihdr(png, chunks):
    return png[:33] + chunks + png[33:]


def after_table(gif, blocks):
    start = 13 + (3 << (gif[10] & 7) + 1)
    return gif[:start] + blocks + gif[start:]


PLAIN, PROGRESSIVE = saved(SMALL), saved(SMALL, progressive=True)
PNG, GIF, WEBP = (saved(SMALL.convert("P"), "PNG"), saved(SMALL.convert("P"), "GIF"),
                  saved(SMALL.convert("RGB"), "WEBP"))  # fmt: skip


# As they are


def big_profile(most=60_000):
    """Of as many segments as there may be."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    body = profile.ljust(254 * most, b"\xff")
    parts = [body[at : at + most] for at in range(0, len(body), most)]
    name = b"ICC_PROFILE\0"
    return b"".join(
        segment(0xE2, name + bytes([number, len(parts)]) + part)
        for number, part in enumerate(parts, start=1)
    )


@pytest.mark.parametrize(
    "data",
    [
        PLAIN + PLAIN,
        camera_jpeg((64, 48)) + b"\0" * 100 + b"\0\0\0\x18ftypmp42" * 10_000,
        after_header(PLAIN, segment(0xE1, b"Exif\0\0" + b"MM\0\x2a\0\0\0\x08\0\0\0\0" + PLAIN)),
        after_header(PLAIN, segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + b"x" * 999)
                     * 300),
        after_header(PLAIN, big_profile(600)),
        after_header(PLAIN, segment(0xFE, END) * 3),
        after_header(PLAIN, b"\xff" * 3),
        saved(SMALL, restart_marker_blocks=1),
        saved(SMALL.convert("RGB"), progressive=True, restart_marker_blocks=1),
        after_first_scan(PROGRESSIVE, segment(0xFE, END)),
        saved(SMALL, "MPO", save_all=True, append_images=[SMALL]),
    ],
    ids=["two", "motion", "thumbnail", "xmp", "profile", "comments", "fill", "restart",
         "restart-progressive", "comment-between-scans", "mpo"],
)  # fmt: skip
def test_a_jpeg_as_cameras_write_it_is_let_in(data):
    assert (inspected(data).width, inspected(data).format) == (64, "JPEG")


@pytest.mark.parametrize(
    "data",
    [
        after_ihdr(PNG, chunk(b"tEXt", b"Comment\0x") * 500),
        PNG + b"\0" * 5000,
        PNG[:-12] + chunk(b"IDAT") * 3000 + PNG[-12:],
        saved(SMALL, "PNG", save_all=True, append_images=[SMALL.rotate(n) for n in range(1, 40)]),
        after_table(GIF, b"\x21\xfe\x02hi\0" * 500),
        after_table(GIF, b"\0" * 3),
        GIF + b"\0" * 5000,
        WEBP + b"\0" * 50_000,
    ],
    ids=["texts", "png-rest", "many-idat", "apng", "comments", "zeros", "gif-rest", "webp-rest"],
)
def test_other_formats_as_programs_write_them_are_let_in(data):
    assert inspected(data).width == 64


def test_scans_are_counted_up_to_the_pictures_end():
    once, often = scans(PLAIN + PROGRESSIVE), scans(PROGRESSIVE + PLAIN)
    assert (once, often) == (1, PROGRESSIVE.count(SCAN))
    assert scans(saved(SMALL, restart_marker_blocks=1)) == 1


# As they are made to cost


@pytest.mark.parametrize(
    "data",
    [
        after_first_scan(PROGRESSIVE, segment(0xFE, END), 40),
        after_first_scan(PROGRESSIVE, segment(0xFE) + b"\1"),
        after_first_scan(PROGRESSIVE, segment(0xFE), 40),
        after_header(PLAIN, b"\xff" * (MAX_FILL + 1)),
        PLAIN[:-2] + b"\xff" * 1000 + END,
        after_header(PLAIN, segment(0xEF) * MAX_PARTS),
        after_header(PLAIN, END + b"\0" * 1000),
        after_header(PLAIN, segment(0xF0, b"\0" * 1000)),
        after_header(PLAIN, b"\xff\xef\0\0"),
        after_header(PLAIN, b"\0"),
        after_header(PLAIN, b"\xff\xd8"),
        after_header(PLAIN, segment(0xED, b"Photoshop 3.0\0" + b"8BIM\4\5\0\0\0\0\0\0" * 5000) * 5),
        after_header(PLAIN, segment(0xE1, b"Exif\0\0" + b"x" * 1000) * 20),
        after_ihdr(PNG, chunk(b"prVt") * (MAX_PARTS + 1)),
        PNG[:-12] + chunk(b"prVt") * (MAX_PARTS + 1) + PNG[-12:],
        PNG[:-12] + chunk(b"IDAT") * 21_000 + PNG[-12:],
        after_table(GIF, b"\x21\xfe\1a\0" * (MAX_PARTS + 1)),
        after_table(GIF, b"\x21\xf9\4\0\0\0\0\0" * (MAX_PARTS + 1)),
        after_table(GIF, b"\x21\xfe" + b"\1a" * 300_000 + b"\0"),
        after_table(GIF, b"\0" * (MAX_FILL + 1)),
        GIF[:-2] + b"\1a" * 300_000 + GIF[-2:],
        b"RIFF" + struct.pack("<L", len(WEBP) - 8 + 8 * 2001) + WEBP[8:] + b"abcd\0\0\0\0" * 2001,
    ],
    ids=["comment-hides-scans", "junk-between-scans", "scans", "fill", "fill-in-scan", "segments",
         "end-in-header", "unknown", "no-length", "junk", "second-start", "photoshop", "exif",
         "chunks", "late-chunks", "idat", "comments", "controls", "blocks", "gif-junk",
         "pixel-blocks", "webp"],
)  # fmt: skip
def test_a_padded_file_is_refused(data):
    assert refused(data) == "broken"


@pytest.mark.parametrize("data", [PLAIN, PROGRESSIVE, PNG, GIF, WEBP])
def test_a_file_that_ends_anywhere_is_no_error(data):
    for end in range(1, len(data) - 40, 7):
        assert refused(data[:end]) in ("broken", "not_a_picture")
