"""The parts that a picture's file is made of, counted before any decoder sees it.

Decoders go from part to part, some in Python and byte by byte: a file of a million empty parts, or
of padding, takes them minutes. `checked` refuses such a file at the price of one look.
"""

import re
import struct
import zlib
from contextlib import suppress

from films import boxes

MAX_PARTS = 2_000  # a camera writes about 20, and a profile or XMP some hundreds at most
MAX_DATA_PARTS = 20_000  # of a PNG or WebP, those with pixels included
MAX_BLOCKS = 250_000  # of a GIF: 20 MB have 82,000 full ones
MAX_FILL = 64  # bytes between two parts
FILL = b"\xff" * MAX_FILL
MAX_UNPACKED = 1024 * 1024  # of a PNG's profile; Pillow takes no more
MAX_RESOURCES = 20_000  # of Photoshop
MAX_EXIF_SEGMENTS = 16  # which Pillow joins one by one

PNG, JPEG, GIF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", (b"GIF87a", b"GIF89a")
START_OF_SCAN, END_OF_IMAGE, APP1 = 0xDA, 0xD9, 0xE1
# Frames, tables and scans, restart interval, what programs add, comments.
SEGMENTS = {*range(0xC0, 0xD0), *range(0xDA, 0xDE), *range(0xE0, 0xF0), 0xFE} - {0xC8}
# In the data of a scan, where 00 is no marker, and a restart ends nothing.
MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
WITH_PIXELS = {b"IDAT", b"fdAT", b"fcTL", b"ANMF"}


class Malformed(ValueError):
    pass


def checked(data: bytes) -> bytes:
    """The file as a decoder may have it: without a profile that none can use. Raises Malformed."""
    if data.startswith(JPEG):
        starts = (at + 2 for marker, at in segments(data) if marker == APP1)
        if sum(data.startswith(b"Exif\0\0", at) for at in starts) > MAX_EXIF_SEGMENTS:
            raise Malformed("exif")
        if data.count(b"8BIM") > MAX_RESOURCES:
            raise Malformed("resources")
    elif data.startswith(PNG):
        return without_bad_profiles(data)
    elif data.startswith(GIF):
        check_gif(data)
    elif data[:4] == b"RIFF":
        riff = memoryview(data)[: 8 + int.from_bytes(data[4:8], "little")]
        count_chunks(kind for kind, _start, _end in chunks(riff, 12, "<4sL", 8))
    elif data[4:8] == b"ftyp":
        boxes.check(data)
    return data


def count_chunks(kinds):
    others = 0
    for every, kind in enumerate(kinds, start=1):
        others += kind not in WITH_PIXELS
        if others > MAX_PARTS or every > MAX_DATA_PARTS:
            raise Malformed("chunks")


# JPEG


def segments(data):
    """(marker, where its length stands) of each up to the picture's end, a thumbnail or a second
    picture behind it not included. Raises Malformed."""
    at, scans = 2, 0
    for _count in range(MAX_PARTS):
        at = _marker(data, at)
        if at + 2 >= len(data) or (data[at] == END_OF_IMAGE and scans):
            return
        marker, length = data[at], int.from_bytes(data[at + 1 : at + 3])
        if marker not in SEGMENTS or length < 2:
            raise Malformed("marker")
        yield marker, at + 1
        at += 1 + length
        if marker == START_OF_SCAN:
            scans += 1
            found = MARKER.search(data, at)
            end = found.start() if found else len(data)
            if data.find(FILL, at, end) >= 0:
                raise Malformed("fill")
            at = end
    raise Malformed("segments")


def _marker(data, at):
    """Where the marker's second byte is; it may have a few fill bytes before it."""
    here = data[at : at + MAX_FILL]
    code = here.lstrip(b"\xff")
    if here and (code == here or (not code and len(here) == MAX_FILL)):
        raise Malformed("junk")
    return at + len(here) - len(code)


def scans(jpeg: bytes) -> int:
    """How often a decoder goes over the picture, at most; 2 if it is decoded as a whole."""
    components = count = 0
    is_whole = False
    for marker, at in segments(jpeg):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xCC):
            components = jpeg[at + 7] if at + 7 < len(jpeg) else 0
            is_whole |= marker & 3 == 2
        elif marker == START_OF_SCAN:
            count += 1
            if not components or jpeg[at + 2 : at + 3] != bytes([components]):
                is_whole = True
    return max(count, 2) if is_whole else max(count, 1)


# PNG and WebP


def chunks(data, at, header, around):
    """(kind, start, end) of each chunk; `around` is how long one without data is."""
    read = struct.Struct(header)
    while at + 8 <= len(data):
        first, second = read.unpack_from(data, at)
        kind, length = (first, second) if isinstance(first, bytes) else (second, first)
        end = at + around + length + (length & 1 if around == 8 else 0)
        yield kind, at, end
        at = end


def without_bad_profiles(data):
    """One profile at most has a meaning; a second is only work."""
    spans, kinds = [], []
    for kind, start, end in chunks(data, len(PNG), ">L4s", 12):
        if kind == b"iCCP" and (kind in kinds or is_bad(data[start + 8 : end - 4])):
            spans.append((start, end))
        kinds.append(kind)
        if kind == b"IEND" or len(kinds) > MAX_DATA_PARTS:
            break
    count_chunks(kinds)
    return without(spans, data) if spans else data


def without(spans, data):
    starts = [0, *(end for _start, end in spans)]
    ends = [*(start for start, _end in spans), len(data)]
    return b"".join(data[start:end] for start, end in zip(starts, ends, strict=True))


def is_bad(profile):
    """Of another form than a decoder knows, or longer."""
    _name, _zero, packed = profile.partition(b"\0")
    with suppress(zlib.error):
        unpacked = zlib.decompressobj().decompress(packed[1:], MAX_UNPACKED)
        return packed[:1] != b"\0" or len(unpacked) == MAX_UNPACKED
    return True


# GIF


def check_gif(data):
    """Up to the second picture: nobody looks further. Raises Malformed."""
    at = 13 + table_length(data, 10)
    fill = extensions = images = blocks = count = 0
    while at < len(data) and data[at] != 0x3B and images < 2:
        if data[at] == 0x21:
            extensions += 1
            at, count = after_blocks(data, at + 2)
        elif data[at] == 0x2C:
            images += 1
            at, count = after_blocks(data, at + 11 + table_length(data, at + 9))
        else:
            fill += 1
            at, count = at + 1, 0
        blocks += count
        if extensions > MAX_PARTS or blocks > MAX_BLOCKS or fill > MAX_FILL:
            raise Malformed("blocks")


def table_length(data, at):
    flags = data[at] if at < len(data) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def after_blocks(data, at):
    """(where they end, how many they are)"""
    count = 0
    while at < len(data) and data[at]:
        at += 1 + data[at]
        count += 1
        if count > MAX_BLOCKS:
            raise Malformed("blocks")
    return at + 1, count
