"""What the files of one photograph of 24 megapixels cost, while it is uploaded and afterwards."""

import sys
import time
from io import BytesIO

from django.core.files.storage import InMemoryStorage
from PIL import Image

from films.images import INLINE, Credit, inspect, write_derivatives

CREDIT = Credit("A photograph", "Nobody", "CC0 1.0", source_url="https://example.org/")


def photograph(width=6000, height=4000):
    """Structure of every size, as photographs have it, and some grain."""
    parts = [Image.effect_noise((width // n, height // n), 70) for n in (64, 16, 4)]
    layers = [part.resize((width, height), Image.Resampling.BICUBIC) for part in parts]
    out = BytesIO()
    Image.merge("RGB", layers).save(out, "JPEG", quality=90)
    return out


def measure():
    """{format or "inline": figures}; `saved` is of the widest file against the original."""
    file = photograph()
    start = time.process_time()
    picture = inspect(file)
    figures = {"inspect": {"seconds": time.process_time() - start, "files": 0}}
    for name, formats in {"inline": INLINE, "avif": ["avif"]}.items():
        start = time.process_time()
        files = write_derivatives(picture, CREDIT, InMemoryStorage(), "bench", formats)
        seconds = time.process_time() - start
        figures[name] = {"seconds": seconds, "files": len(files)}
        for format_ in formats:
            bytes_ = max(row["bytes"] for row in files if row["format"] == format_)
            figures[format_] = figures.get(format_, {}) | {"saved": 1 - bytes_ / picture.bytes}
    return figures


def print_pictures(figures):
    inspected = figures["inspect"]["seconds"]
    inline, avif = figures["inline"], figures["avif"]
    lines = [
        f"A photograph of 24 megapixels: {inspected:.2f} s to let in, "
        f"{inline['seconds']:.2f} s for {inline['files']} files inline, "
        f"{avif['seconds']:.2f} s for {avif['files']} of AVIF (processor time)",
        f"files a minute: {per_minute(inline)} inline, {per_minute(avif)} of AVIF",
        "bytes saved by the widest file against the original: "
        + ", ".join(f"{name} {figures[name]['saved']:.0%}" for name in ("webp", "jpeg", "avif")),
    ]
    sys.stdout.write("\n" + "\n".join(lines) + "\n")


def per_minute(figure):
    return round(60 * figure["files"] / figure["seconds"])
