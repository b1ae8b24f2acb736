"""How a picture looks, as 64 bits that stay nearly the same when it is scaled, compressed or
recolored: for each of 8 × 8 places, whether it gets clearly brighter to the right (a "difference
hash").

The bits are kept as four numbers of 16, each taken from all over the picture. Two pictures that
differ in up to three bits have one of the four in common, so an ordinary index finds them; of those
that differ in four to six it finds most. Where very many share a number (dark pictures do), only
some of them are looked at.
"""

from PIL import Image

SIDE = 8
BANDS = 4
NEAR = 6  # so many bits of 64 may differ
CLEARLY = 2  # of 255: less is noise
PLAIN = (0,) * BANDS  # of one color, or nearly: that says nothing


def look_of(image: Image.Image) -> tuple[int, ...]:
    """Four numbers below 65,536."""
    small = image.convert("L").resize((SIDE + 1, SIDE), Image.Resampling.BOX)
    rows = [small.crop((0, y, SIDE + 1, y + 1)).tobytes() for y in range(SIDE)]
    bits = [row[x + 1] > row[x] + CLEARLY for row in rows for x in range(SIDE)]
    return tuple(
        sum(bit << place for place, bit in enumerate(bits[band::BANDS])) for band in range(BANDS)
    )


def distance(look, other) -> int:
    """In how many bits they differ."""
    return sum((a ^ b).bit_count() for a, b in zip(look, other, strict=True))
