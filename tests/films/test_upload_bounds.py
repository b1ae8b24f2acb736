"""What an upload may cost: each in a process of its own, whose memory is measured."""

import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from films.images import FORMATS
from tests.benchmarks.pictures import photograph
from tests.films.test_boxes import AVIF, box, places, within
from tests.films.test_images import saved
from tests.films.test_parts import (
    GIF,
    PLAIN,
    PNG,
    after_first_scan,
    after_header,
    after_ihdr,
    after_table,
    chunk,
    segment,
)

REST_OF_THE_SITE_MB = 60  # which is not loaded here
MOST_MB = 400 - REST_OF_THE_SITE_MB
MOST_SECONDS = 5  # of processor time: the machine that tests may be busy
MOST_SECONDS_OF_A_PADDED_FILE = 2  # on a busy machine; they took 3 to 137
MOST_MB_OF_A_PHOTOGRAPH = 300 - REST_OF_THE_SITE_MB
MOST_SECONDS_OF_A_PHOTOGRAPH = 4

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the peak is told by Linux"
)

SCRIPT = """
import json, re, sys, time
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import InMemoryStorage
from films.images import Credit, inspect, write_derivatives
from films.metadata import read
start, said = time.process_time(), {}
with open(sys.argv[1], "rb") as file:
    read(file)
    try:
        picture = inspect(file)
        files = write_derivatives(picture, Credit("T", "C", "CC0"), InMemoryStorage(), "a")
        said = {"size": [picture.width, picture.height], "files": len(files),
                "animated": picture.is_animated}
    except ValidationError as error:
        said = {"refused": error.code}
said["seconds"] = time.process_time() - start
# The peak of this program; `resource` would tell that of the test's process, from before `exec`.
said["mb"] = int(re.search("VmHWM:\\s+([0-9]+)", open("/proc/self/status").read())[1]) / 1024
print(json.dumps(said))
"""


def cost(path):
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-c", SCRIPT, str(path)]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=True)
    return json.loads(done.stdout)


def png_of_zeros(width, height, depth=8, kind=6):
    """Large and smooth; written row by row, since Pillow would hold it whole."""

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    channels = {0: 1, 2: 3, 6: 4}[kind]
    row = b"\0" * (1 + width * channels * depth // 8)
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(*part) for part in ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    )


def gif_of(frames):
    first = Image.new("P", (64, 48))
    first.putpalette([90, 90, 90, 20, 20, 20])
    others = [Image.new("P", (64, 48), n % 2) for n in range(1, frames)]
    return saved(first, "GIF", save_all=True, append_images=others)


def test_a_photograph_of_24_megapixels(tmp_path):
    file = tmp_path / "photograph.jpg"
    file.write_bytes(photograph().getvalue())
    said = cost(file)
    assert said["size"] == [6000, 4000]
    assert said["files"] == 10
    assert said["mb"] < MOST_MB_OF_A_PHOTOGRAPH
    assert said["seconds"] < MOST_SECONDS_OF_A_PHOTOGRAPH


@pytest.mark.skipif("HEIF" not in FORMATS, reason="pillow-heif is not installed")
@pytest.mark.parametrize(
    ("mode", "size", "chroma", "most"),
    [
        ("RGB", (5712, 4284), 420, MOST_MB_OF_A_PHOTOGRAPH),  # as phones write it
        ("RGB", (6000, 5000), 444, MOST_MB),
        ("RGBA", (4000, 3500), 444, MOST_MB),
    ],
)
@pytest.mark.parametrize("tile", [0, 512], ids=["whole", "tiles"])
def test_a_heic(tmp_path, mode, size, chroma, most, tile):
    file = tmp_path / "photograph.heic"
    fast = {"preset": "ultrafast"}
    smooth = Image.linear_gradient("L").resize(size).convert(mode)
    file.write_bytes(saved(smooth, "HEIF", chroma=chroma, tile_size=tile, enc_params=fast))
    said = cost(file)
    assert said["size"] == list(size)
    assert said["mb"] < most
    assert said["seconds"] < MOST_SECONDS_OF_A_PHOTOGRAPH


@pytest.mark.parametrize(
    ("make", "size"),
    [
        (lambda: png_of_zeros(6000, 6000), [6000, 6000]),
        (lambda: png_of_zeros(6000, 6000, depth=16), [6000, 6000]),
        (lambda: png_of_zeros(6000, 6000, depth=16, kind=0), [6000, 6000]),
        (lambda: saved(Image.new("L", (5000, 3200)), "WEBP", method=0), [5000, 3200]),
        (lambda: saved(Image.new("L", (5000, 4000)), "AVIF", speed=10), [5000, 4000]),
        (lambda: saved(Image.new("CMYK", (7500, 4000)), progressive=True), [7500, 4000]),
        (lambda: saved(Image.new("CMYK", (8300, 6000))), [8300, 6000]),
        (lambda: saved(Image.new("P", (6000, 6000)), "GIF"), [6000, 6000]),
        (lambda: saved(Image.new("L", (12_000, 10)), "PNG"), [12_000, 10]),
        (lambda: saved(Image.new("L", (10, 12_000)), "PNG"), [10, 12_000]),
        (lambda: saved(Image.new("RGB", (1, 1)), "PNG"), [1, 1]),
        (lambda: gif_of(3000), [64, 48]),
    ],
    ids=["png", "png-16", "gray-16", "webp", "avif", "cmyk-progressive", "cmyk", "gif",
         "wide", "tall", "one-pixel", "3000-frames"],
)  # fmt: skip
def test_the_dearest_that_is_let_in(tmp_path, make, size):
    file = tmp_path / "picture"
    file.write_bytes(make())
    said = cost(file)
    assert said["size"] == size
    assert said["animated"] == (size == [64, 48])
    assert said["mb"] < MOST_MB
    assert said["seconds"] < MOST_SECONDS


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: png_of_zeros(40_000, 10), "side_too_long"),
        (lambda: png_of_zeros(12_000, 9000, depth=16), "too_many_pixels"),
        (lambda: photograph(3000, 2000).getvalue()[:-100_000], "broken"),
        (lambda: saved(Image.effect_noise((1500, 1000), 70), "WEBP")[:-20_000], "broken"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
    ],
    ids=["wide", "bomb", "cut-jpeg", "cut-webp", "svg"],
)
def test_what_is_refused_costs_no_more(tmp_path, make, code):
    file = tmp_path / "picture"
    file.write_bytes(make())
    said = cost(file)
    assert said["refused"] == code
    assert said["mb"] < MOST_MB
    assert said["seconds"] < MOST_SECONDS


def endless_scans(between, size=(7000, 7000), mode="L", more=6000):
    return after_first_scan(saved(Image.new(mode, size), progressive=True), between, more)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: endless_scans(segment(0xFE, b"\xff\xd9")), "broken"),
        (lambda: endless_scans(b"\1"), "broken"),
        (lambda: endless_scans(segment(0xFE, b"\xff\xd9"), (7070, 7070), "CMYK", 1),
         "too_many_pixels"),
        (lambda: after_header(PLAIN, b"\xff" * 19_000_000), "broken"),
        (lambda: after_header(PLAIN, segment(0xEF) * 5_000_000), "broken"),
        (lambda: PLAIN[:-2] + b"\xff" * 19_000_000 + PLAIN[-2:], "broken"),
        (lambda: after_ihdr(PNG, chunk(b"prVt") * 1_600_000), "broken"),
        (lambda: after_table(GIF, b"\x21\xfe\1a\0" * 4_000_000), "broken"),
        (lambda: after_table(GIF, b"\x21\xfe" + b"\1a" * 9_500_000 + b"\0"), "broken"),
        (lambda: within(AVIF, ("meta", "iprp", "ipco"), box("free") * 2_000_000), "broken"),
        (lambda: places(200_000, 0), "broken"),
        (lambda: places(2000, 65_535), "broken"),
    ],
    ids=["scans", "scans-and-junk", "cmyk", "fill", "segments", "fill-in-scan", "chunks",
         "comments", "blocks", "boxes", "items", "extents"],
)  # fmt: skip
def test_a_padded_file_costs_one_look(tmp_path, make, code):
    file = tmp_path / "picture"
    file.write_bytes(make())
    said = cost(file)
    assert said["refused"] == code
    assert said["mb"] < MOST_MB
    assert said["seconds"] < MOST_SECONDS_OF_A_PADDED_FILE
