"""The boxes of an AVIF or HEIC file, counted before any decoder sees it, as films.parts does it.

Decoders keep what each box says and look up one in another: a file of a million boxes, or of a
table with as many rows, takes them minutes.
"""

import struct

MAX_BOXES = 2_000  # a phone writes about 200, one or two for each tile
MAX_TABLES = 64 * 1024  # bytes of all together; a phone's have 4 kB
MAX_SAMPLES = 250_000  # of a sequence, as its tables claim
MAX_STEPS = 5_000_000  # for each chunk of samples its row is looked for, one after the other
# What they hold begins so many bytes behind their header.
CONTAINERS = {
    b"meta": 4, b"iprp": 0, b"ipco": 0, b"iinf": 6, b"iref": 4, b"grpl": 0, b"moov": 0, b"trak": 0,
    b"edts": 0, b"mdia": 0, b"minf": 0, b"dinf": 0, b"stbl": 0, b"stsd": 8,
    # How samples are coded, with boxes that say more of it.
    b"av01": 78, b"avc1": 78, b"hev1": 78, b"hvc1": 78, b"j2ki": 78, b"mjpg": 78, b"vvc1": 78,
}  # fmt: skip
TABLES = {b"iloc", b"ipma", b"iref", b"grpl", b"pitm", b"elst"}
WHOLE = struct.Struct(">I4s")


class TooMany(ValueError):
    pass


def check(data):
    """Raises TooMany. What is no box ends the search: a decoder stops there too."""
    spans, count, tables = [(0, len(data))], 0, 0
    per_chunk, rows, chunks = 0, 0, 0
    while spans:
        for kind, start, end in boxes(data, *spans.pop()):
            count += 1
            tables += end - start if kind in TABLES else 0
            if count > MAX_BOXES or tables > MAX_TABLES:
                raise TooMany(kind)
            if kind in CONTAINERS:
                spans.append((start + beginning(kind, data, start), end))
            elif kind == b"iloc":
                check_extents(data, start)
            elif kind == b"stsc":
                per_chunk = max(per_chunk, most_per_chunk(data, start, end))
                rows += (end - start) // 12
            elif kind in (b"stco", b"co64"):
                chunks += number_at(data, start + 4)
            if per_chunk * chunks > MAX_SAMPLES or rows * chunks > MAX_STEPS:
                raise TooMany(kind)


def boxes(data, at, end):
    """(kind, where its content starts, where it ends)"""
    while at + WHOLE.size <= end:
        length, kind = WHOLE.unpack_from(data, at)
        header = WHOLE.size
        if length == 1:
            length, header = int.from_bytes(data[at + 8 : at + 16]), 16
        elif length == 0:
            length = end - at
        if length < header:
            return
        yield kind, at + header, min(at + length, end)
        at += length


def beginning(kind, data, start):
    """A list of items counts them in two bytes, or in four."""
    longer = kind == b"iinf" and data[start : start + 1] != b"\0"
    return CONTAINERS[kind] + (2 if longer else 0)


def check_extents(data, start):
    """Parts of an item whose length takes no byte could be as many as one likes."""
    if data[start + 4 : start + 5] and data[start + 4] & 15 not in (4, 8):
        raise TooMany("extents")


def most_per_chunk(data, start, end):
    return max((number_at(data, at + 4) for at in range(start + 8, end - 11, 12)), default=0)


def number_at(data, at):
    return int.from_bytes(data[at : at + 4])
