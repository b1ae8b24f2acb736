"""How large the pictures in an AVIF file are by their own headers. The boxes around them may say
less; decoders decode what the headers say, and scale it then."""

from itertools import chain

from films.boxes import TooMany, beginning, boxes, number_at

MAX_UNITS = 20_000  # a picture has two or three, and one for each part of it
MAX_CODED = 80 * 1024 * 1024  # bytes; equal parts of a picture may lie in one place
LONGEST_HEADER = 512
SEQUENCE_HEADER, FRAME_HEADERS = 1, (3, 6)
KEY, SWITCH = 0, 3  # kinds of frames
CHOSEN = 2  # by each frame
TRACK = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
TABLES = (b"stco", b"co64", b"stsz")


def sizes(data):
    """(width, height) of each coded picture; of a sequence, of the first. Raises TooMany."""
    units, coded, sequence = 0, 0, None
    for payload in chain(items(data), first_samples(data)):
        coded += len(payload)
        for kind, content in units_of(payload):
            units += 1
            if units > MAX_UNITS or coded > MAX_CODED:
                raise TooMany("units")
            if kind == SEQUENCE_HEADER:
                sequence = Sequence(content)
                yield sequence.size
            elif kind in FRAME_HEADERS and sequence and sequence.lets_differ(content):
                yield sequence.half_the_largest


def within(data, path, span=None):
    """(where the content of each box at this path starts, where it ends)"""
    kind, *rest = path
    for found, start, end in boxes(data, *(span or (0, len(data)))):
        if found == kind:
            inner = start + beginning(kind, data, start) if rest else start
            yield from within(data, rest, (inner, end)) if rest else [(start, end)]


def items(data):
    """The bytes of each item that is coded in AV1."""
    kinds = {}
    for start, _end in within(data, (b"meta", b"iinf", b"infe")):
        wide = 4 if data[start : start + 1] == b"\3" else 2
        key = int.from_bytes(data[start + 4 : start + 4 + wide])
        kinds[key] = data[start + 6 + wide : start + 10 + wide]
    idat = next((start for start, _end in within(data, (b"meta", b"idat"))), 0)
    for start, end in within(data, (b"meta", b"iloc")):
        for key, method, extents in places(Numbers(data[start:end])):
            if kinds.get(key) == b"av01":
                if method > 1:  # in another item
                    raise TooMany("places")
                base = idat if method else 0
                yield joined(data, base, extents)


def joined(data, base, extents):
    """Raises TooMany before it takes more room: each part may be the whole file once more."""
    whole = bytearray()
    for at, length in extents:
        whole += data[base + at : base + at + length]
        if len(whole) > MAX_CODED:
            raise TooMany("extents")
    return bytes(whole)


def places(numbers):
    """(key, in what its bytes lie, [(where, how many)]) of each row of an `iloc`."""
    version, _flags = numbers.take(8), numbers.take(24)
    offset, length, base, index = (8 * numbers.take(4) for _ in range(4))
    for _row in range(numbers.take(32 if version == 2 else 16)):
        if numbers.are_over:
            return
        key = numbers.take(32 if version == 2 else 16)
        method = numbers.take(16) & 15 if version else 0
        numbers.take(16)
        start, extents = numbers.take(base), []
        for _extent in range(numbers.take(16)):
            if numbers.are_over:
                return
            if version:
                numbers.take(index)
            extents.append((start + numbers.take(offset), numbers.take(length)))
        yield key, method, extents


def first_samples(data):
    for start, end in within(data, TRACK):
        if data.find(b"av01", start, end) < 0:
            continue
        tables = [(kind, at) for kind, at, _end in boxes(data, start, end) if kind in TABLES]
        there = dict(tables)
        if len(tables) > 2:
            raise TooMany("tables")
        at = there.get(b"stco") or there.get(b"co64")
        if at and (sized := there.get(b"stsz")):
            wide = 4 if b"stco" in there else 8
            where = int.from_bytes(data[at + 8 : at + 8 + wide])
            yield data[where : where + (number_at(data, sized + 4) or number_at(data, sized + 12))]


def units_of(payload):
    """(kind, content) of each unit of AV1."""
    at = 0
    while at < len(payload):
        head = payload[at]
        at += 2 if head & 4 else 1
        length = len(payload) - at
        if head & 2:
            length = 0
            for place in range(8):
                byte = payload[at] if at < len(payload) else 0
                at += 1
                length |= (byte & 127) << 7 * place
                if byte < 128:
                    break
        yield head >> 3 & 15, payload[at : at + min(length, LONGEST_HEADER)]
        at += length


class Sequence:
    """A sequence header, as the AV1 specification has it in 5.5."""

    def __init__(self, header):
        numbers = Numbers(header)
        numbers.take(4)
        self.is_reduced = numbers.take(1)
        self.time_bits = 0
        if self.is_reduced:
            numbers.take(5)
        else:
            self.pass_operating_points(numbers)
        self.wide, self.high = numbers.take(4) + 1, numbers.take(4) + 1
        self.size = numbers.take(self.wide) + 1, numbers.take(self.high) + 1
        if not self.is_reduced:
            self.read_what_frames_choose(numbers)

    @property
    def half_the_largest(self):
        """Half of what a frame with a size of its own could say, in both ways: programs take as
        many bits as their size needs, so that this is no more than it."""
        return 1 << self.wide - 1, 1 << self.high - 1

    def pass_operating_points(self, numbers):
        delay = 0
        if numbers.take(1):  # how long a frame is shown
            numbers.take(64)
            if is_equal := numbers.take(1):
                zeros = 0
                while zeros < 32 and not numbers.take(1):
                    zeros += 1
                numbers.take(zeros)
            if numbers.take(1):
                delay = numbers.take(5) + 1
                numbers.take(37)
                bits = numbers.take(5) + 1
                self.time_bits = 0 if is_equal else bits
        has_display_delay = numbers.take(1)
        for _point in range(numbers.take(5) + 1):
            numbers.take(12)
            if numbers.take(5) > 7:
                numbers.take(1)
            if delay and numbers.take(1):
                numbers.take(2 * delay + 1)
            if has_display_delay and numbers.take(1):
                numbers.take(4)

    def read_what_frames_choose(self, numbers):
        self.key_bits = numbers.take(4) + 2 + numbers.take(3) + 1 if numbers.take(1) else 0
        numbers.take(7)
        if numbers.take(1):  # their order
            numbers.take(2)
        self.screen = CHOSEN if numbers.take(1) else numbers.take(1)
        self.whole = CHOSEN
        if self.screen and not numbers.take(1):
            self.whole = numbers.take(1)

    def lets_differ(self, header):
        """Whether a frame has a size of its own, by the header that it begins with (5.9.2)."""
        numbers = Numbers(header)
        if self.is_reduced or numbers.take(1):  # a frame that is there is shown
            return False
        kind, is_shown = numbers.take(2), numbers.take(1)
        numbers.take(self.time_bits if is_shown else 1)
        if kind != SWITCH and not (kind == KEY and is_shown):
            numbers.take(1)
        numbers.take(1)
        is_screen = numbers.take(1) if self.screen == CHOSEN else self.screen
        if is_screen and self.whole == CHOSEN:
            numbers.take(1)
        numbers.take(self.key_bits)
        return kind == SWITCH or bool(numbers.take(1))


class Numbers:
    """Bits, the first one first; behind the end there are none but zeros."""

    def __init__(self, data):
        self.data, self.at = data, 0

    @property
    def are_over(self):
        return self.at >= 8 * len(self.data)

    def take(self, bits):
        first, last = self.at // 8, (self.at + bits + 7) // 8
        chunk = self.data[first:last].ljust(last - first, b"\0")
        over = 8 * last - self.at - bits
        self.at += bits
        return int.from_bytes(chunk) >> over & (1 << bits) - 1
