"""Pictures: what is let in, and the files that are served.

`inspect` turns hostile bytes into a plain RGB or RGBA picture, or says why not.
`write_derivatives` alone writes files that others can see; nothing uploaded is ever served.
"""

import hashlib
import math
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, PngImagePlugin, UnidentifiedImageError

from films import av1
from films.boxes import TooMany
from films.credit import Credit, exif_in, written
from films.looks import look_of
from films.parts import checked, scans

MAX_BYTES = 20 * 1024 * 1024
MAX_SIDE = 12_000
MAX_PIXELS = 50_000_000
# What decoding costs differs: a format may have so many million pixels, that no upload takes more
# than 400 MB. A JPEG of several scans is decoded as a whole before the first row comes out.
MEGAPIXELS = {"JPEG": 50, "PNG": 36, "GIF": 36, "AVIF": 20, "HEIF": 30, "WEBP": 16}
MEGAPIXELS_IN_SCANS = 30
MEGAPIXELS_OF_A_WIDE_HEIF = 14  # of more than 8 bits or with transparency: held at 20 bytes each
MAX_SCANS = 32
MAX_PROFILE_BYTES = 4 * 1024 * 1024
PngImagePlugin.MAX_TEXT_MEMORY = 8 * 1024 * 1024  # of 64, each of up to four bytes in Python
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
if find_spec("pillow_heif"):  # whoever runs the site may install it
    import pillow_heif

    pillow_heif.register_heif_opener()
    FORMATS = (*FORMATS, "HEIF")
WIDTHS = (320, 640, 960, 1280, 1920)
MAX_WRITTEN_PIXELS = 3_000_000  # of one file: a tall picture stays narrower
SEEN = "images"  # the folder that everybody may fetch files of
QUOTED_SIDE = 800  # of a film still that is quoted, at most
INLINE = ("webp", "jpeg")  # written during the upload; AVIF takes too long for that
SAVING = {
    "webp": {"quality": 82, "method": 4},
    "jpeg": {"quality": 84, "optimize": True, "progressive": True},
    "avif": {"quality": 62, "speed": 8},
}
ENDINGS = {"webp": "webp", "jpeg": "jpg", "avif": "avif"}
ORIENTATION = 0x0112
UPRIGHT = dict(enumerate(
    (
        Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180,
        Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.TRANSPOSE, Image.Transpose.ROTATE_270,
        Image.Transpose.TRANSVERSE, Image.Transpose.ROTATE_90,
    ),
    start=2,
))  # fmt: skip
BAND = 64  # rows, after scaling, that are worked at together
PAPER = (255, 255, 255)  # behind a transparent picture where the format knows no transparency


@dataclass(frozen=True)
class Picture:
    """A still in RGB or RGBA and sRGB, upright, without metadata, scaled down to about what the
    widest file needs."""

    image: Image.Image
    width: int  # of the original, upright
    height: int
    format: str  # of the original: JPEG, PNG, WEBP, AVIF, GIF or HEIF
    sha256: str  # of the original bytes
    bytes: int
    is_animated: bool = False  # of which this is the first frame

    @property
    def color(self) -> str:
        """Its mean, as #rrggbb: what stands in its place until it is there. Empty where something
        else may be seen through it."""
        if self.image.mode == "RGBA":
            return ""
        pixel = self.image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
        return "#{:02x}{:02x}{:02x}".format(*pixel)

    @property
    def look(self) -> tuple[int, ...]:
        return look_of(self.image)

    @property
    def changes(self) -> str:
        """What happens to it here, for its credit; in English like the credit in the files."""
        is_scaled = _sizes(self.width, self.height)[-1][0] < self.width
        said = [
            "first frame of an animation" if self.is_animated else "",
            "scaled down" if is_scaled else "",
        ]
        return ", ".join(filter(None, said))


# Letting in


def inspect(file) -> Picture:
    """The picture in an uploaded file; raises ValidationError with a code and a plain reason."""
    data = _read(file)
    with _open(data) as image:
        _check_size(image, data)
        # A camera's JPEG with a preview behind it calls itself MPO as soon as it is open.
        format_ = "JPEG" if image.format == "MPO" else image.format
        is_animated = format_ != "JPEG" and _is_animated(image)
        if format_ == "PNG":  # which may say behind its pixels how it is turned
            _load(image)
        orientation = _orientation(image)
        width, height = image.size[::-1] if orientation >= 5 else image.size
        plain = _normalized(image, orientation, width // _sizes(width, height)[-1][0])
    digest = hashlib.sha256(data).hexdigest()
    return Picture(plain, width, height, format_, digest, len(data), is_animated)


def _read(file) -> bytes:
    file.seek(0)
    data = file.read(MAX_BYTES + 1)
    file.seek(0)
    check_length(len(data))
    return data


def check_length(length: int) -> None:
    """Which costs nothing. Raises ValidationError like `inspect`."""
    if not length:
        raise ValidationError(_("The file is empty."), code="empty")
    if length > MAX_BYTES:
        raise ValidationError(
            _("The file is too large: a picture may have 20 MB at most."), code="too_large"
        )


def opened(data: bytes) -> Image.Image:
    """The one way to open what was sent: its parts are counted first. Raises whatever it likes."""
    return Image.open(BytesIO(checked(data)), formats=FORMATS)


def _open(data: bytes) -> Image.Image:
    try:
        return opened(data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        raise ValidationError(
            _("This is not a picture that can be used. Send a JPEG, PNG, WebP, AVIF or GIF file."),
            code="not_a_picture",
        ) from error
    except Exception as error:  # decoders fed hostile bytes raise whatever they like
        raise _broken() from error


def _check_size(image: Image.Image, data: bytes) -> None:
    """Before anything is decoded, and stricter than Pillow's own limit, whose warning a server
    with threads cannot turn into an error."""
    if max(image.size) > MAX_SIDE:
        raise ValidationError(
            _("The picture’s longer side may have 12,000 pixels at most."), code="side_too_long"
        )
    most = MEGAPIXELS.get(image.format, MEGAPIXELS["JPEG"])
    if image.format == "HEIF" and not (image.mode in ("L", "RGB") and image.info["bit_depth"] == 8):
        most = MEGAPIXELS_OF_A_WIDE_HEIF
    if image.format in ("JPEG", "MPO") and (count := scans(data)) > 1:
        if count > MAX_SCANS:
            raise _broken()
        most = MEGAPIXELS_IN_SCANS
    if image.width * image.height > most * 1_000_000:
        raise _too_many_pixels(most)
    if image.format in ("AVIF", "HEIF"):
        _check_coded(data, most)


def _check_coded(data: bytes, most: int) -> None:
    """A file of 3 kB that said it was 64 pixels wide had 256 million decoded."""
    try:
        pixels = [width * height for width, height in av1.sizes(data)]
    except TooMany as error:
        raise _broken() from error
    # Transparency is a picture of its own, and a preview may be one.
    if max(pixels, default=0) > most * 1_000_000 or sum(pixels) > 2.5 * most * 1_000_000:
        raise _too_many_pixels(most)


def _too_many_pixels(most=None) -> ValidationError:
    return ValidationError(
        _("The picture may have %(count)s million pixels at most."),
        code="too_many_pixels",
        params={"count": most or MEGAPIXELS["JPEG"]},
    )


def _broken() -> ValidationError:
    return ValidationError(
        _("The file is damaged or incomplete, so the picture cannot be read."), code="broken"
    )


def _is_animated(image: Image.Image) -> bool:
    with suppress(Exception):  # of a second frame that is broken
        return bool(getattr(image, "is_animated", False))
    return False


def _load(image: Image.Image) -> None:
    try:
        image.seek(0)
        image.load()
    except Exception as error:  # see _open
        raise _broken() from error


def _orientation(image: Image.Image) -> int:
    """1 to 8 as in EXIF; a broken one is 1."""
    said = exif_in(image.info.get("exif")).get(ORIENTATION, "1")
    return int(said) if said in "12345678" and len(said) == 1 else 1


def _normalized(image: Image.Image, orientation: int, factor: int) -> Image.Image:
    """The first frame, decoded to the last row, scaled down by up to `factor`, upright, in sRGB,
    without metadata."""
    try:
        image.seek(0)
        if image.format in ("JPEG", "MPO"):
            factor = _decode_smaller(image, factor)
        image.load()
        profile = image.info.get("icc_profile")
        plain = _in_srgb(_reduced(image, factor), profile)
        if orientation in UPRIGHT:
            plain = plain.transpose(UPRIGHT[orientation])
    except Exception as error:  # see _open
        raise _broken() from error
    plain.info = {}
    return plain


def _decode_smaller(image: Image.Image, factor: int) -> int:
    """Let libjpeg scale by what it can; gives what is left."""
    before = image.width
    image.draft(None, (math.ceil(image.width / factor), math.ceil(image.height / factor)))
    return max(1, factor * image.width // before)


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """In one of the modes of `_plain`, and smaller by the factor; a second picture of the full
    size is never held."""
    if factor == 1:
        return _plain(image)
    size = math.ceil(image.width / factor), math.ceil(image.height / factor)
    reduced = None
    for top in range(0, size[1], BAND):
        below = min(image.height, (top + BAND) * factor)
        band = _plain(image.crop((0, top * factor, image.width, below))).reduce(factor)
        if reduced is None:
            reduced = Image.new(band.mode, size)
        reduced.paste(band, (0, top))
    return reduced


def _plain(image: Image.Image) -> Image.Image:
    """Colors, with an alpha channel or without, in a mode that a profile may describe: L, RGB,
    RGBA or CMYK."""
    if image.mode.startswith("I;16"):
        return _from_sixteen_bits(image)
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if image.mode in ("1", "LA", "La") else "RGB")


def _from_sixteen_bits(image: Image.Image) -> Image.Image:
    """Pillow's own conversion would clip the gray, not scale it."""
    wide = image.convert("I")
    gray = wide.point(lambda value: value * (1 / 256) + 0).convert("L")
    clear = image.info.get("transparency")
    if not isinstance(clear, int):
        return gray
    seen = bytearray(b"\xff") * 65_536
    seen[clear & 0xFFFF] = 0
    return Image.merge("RGBA", (gray, gray, gray, wide.point(seen, "L")))


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    alpha = None
    if image.mode == "RGBA":
        alpha = image.getchannel("A")
        if alpha.getextrema() == (255, 255):
            alpha = None
        image = image.convert("RGB")
    if profile and len(profile) <= MAX_PROFILE_BYTES:
        image = _without_profile(image, profile)
    image = image.convert("RGB")
    if alpha:
        image.putalpha(alpha)
    return image


def _without_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Converted as the profile says; a profile that is broken or of another mode is dropped."""
    with suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    return image


PREVIEW_SIDE = 480


def preview(picture: Picture) -> bytes:
    """A small JPEG for whoever sent the file. It bears no credit: readers never get it."""
    image = _on_paper(picture.image).copy()
    image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    out = BytesIO()
    image.save(out, "jpeg", quality=80)
    return out.getvalue()


# Giving out


def write_derivatives(
    picture: Picture,
    credit: Credit,
    storage,
    name: str,
    formats=INLINE,
    folder=SEEN,
    longest=MAX_SIDE,
) -> list[dict]:
    """Write the files that are served, and return what to store about each.

    `name` is the picture's public key. Addresses are hashes of it, the bytes and the credit: they
    may be cached for ever, and no two records share a file even if their bytes are the same.
    No file has a side of more than `longest` pixels.
    Either all files are written or none.
    """
    if not isinstance(credit, Credit):
        raise TypeError("A picture is written with its Credit.")
    start, metadata = address_start(picture.sha256, credit, name), written(credit)
    made = [
        (format_, image.size, _encoded(image, format_, metadata))
        for image in _scaled(picture, longest)
        for format_ in formats
    ]
    done = []
    try:
        for format_, (width, height), data in made:
            path = f"{folder}/{start}-{width}.{ENDINGS[format_]}"
            saved = storage.save(path, ContentFile(data))
            done.append({"format": format_, "width": width, "height": height,
                         "name": saved, "bytes": len(data),
                         "sha256": hashlib.sha256(data).hexdigest()})  # fmt: skip
    except BaseException:
        for file in done:
            with suppress(OSError):
                storage.delete(file["name"])
        raise
    return sorted(done, key=lambda file: file["width"])


def address_start(sha256: str, credit: Credit, name: str) -> str:
    """What the names of all files begin with that bear this credit, inside of their folder."""
    key = hashlib.sha256(f"{name}\n{sha256}\n{credit}".encode()).hexdigest()[:32]
    return f"{key[:2]}/{key}"


def _sizes(width: int, height: int, longest=MAX_SIDE) -> list[tuple[int, int]]:
    widest = min(width, math.isqrt(MAX_WRITTEN_PIXELS * width // height))
    widest = max(1, min(widest, longest * width // max(width, height)))
    widths = sorted({min(step, widest) for step in WIDTHS})
    return [(step, max(1, round(height * step / width))) for step in widths]


def _scaled(picture: Picture, longest: int):
    """In every size, the largest first: each is made of the one before."""
    image = picture.image
    for size in reversed(_sizes(picture.width, picture.height, longest)):
        if image.size != size:
            image = image.resize(size, Image.Resampling.LANCZOS)
        yield image


def _encoded(image: Image.Image, format_: str, metadata: dict) -> bytes:
    out = BytesIO()
    if format_ == "jpeg":
        image = _on_paper(image)
    image.save(out, format_, **SAVING[format_], **metadata)
    return out.getvalue()


def _on_paper(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, PAPER)
    paper.paste(image, mask=image.getchannel("A"))
    return paper
