"""Pictures: what is let in, and the files that are served.

`inspect` turns hostile bytes into a plain RGB or RGBA picture, or says why not.
`write_derivatives` alone writes files that others can see; nothing uploaded is ever served.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

MAX_BYTES = 20 * 1024 * 1024
MAX_SIDE = 12_000
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
WIDTHS = (480, 960, 1600)
QUALITY = {"webp": 82, "jpeg": 84}
ENDINGS = {"webp": "webp", "jpeg": "jpg"}
PAPER = (255, 255, 255)  # behind a transparent picture where the format knows no transparency


@dataclass(frozen=True)
class Picture:
    """A still in RGB or RGBA and sRGB, upright, without metadata."""

    image: Image.Image
    format: str  # of the original: JPEG, PNG, WEBP, AVIF or GIF
    sha256: str  # of the original bytes
    bytes: int

    @property
    def width(self) -> int:
        return self.image.width

    @property
    def height(self) -> int:
        return self.image.height


@dataclass(frozen=True)
class Credit:
    """Who made a picture, and on what terms. `creator` is empty only where the source names
    nobody, and then `is_creator_known` must say so."""

    title: str
    creator: str
    license_name: str
    license_url: str = ""
    creator_url: str = ""
    source_url: str = ""
    changes: str = ""
    is_creator_known: bool = True

    def __post_init__(self):
        if not self.title.strip():
            raise ValueError("A credit needs the picture's title.")
        if not self.license_name.strip():
            raise ValueError("A credit needs a license.")
        if self.is_creator_known != bool(self.creator.strip()):
            raise ValueError("A credit needs a creator, or is_creator_known=False.")


# Letting in


def inspect(file) -> Picture:
    """The picture in an uploaded file; raises ValidationError with a code and a plain reason."""
    data = _read(file)
    image = _open(data)
    _check_size(image)
    # A camera's JPEG with a preview behind it calls itself MPO as soon as it is open.
    format_ = "JPEG" if image.format == "MPO" else image.format
    return Picture(_normalized(image), format_, hashlib.sha256(data).hexdigest(), len(data))


def _read(file) -> bytes:
    file.seek(0)
    data = file.read(MAX_BYTES + 1)
    file.seek(0)
    if not data:
        raise ValidationError(_("The file is empty."), code="empty")
    if len(data) > MAX_BYTES:
        raise ValidationError(
            _("The file is too large: a picture may have 20 MB at most."), code="too_large"
        )
    return data


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        raise ValidationError(
            _("This is not a picture that can be used. Send a JPEG, PNG, WebP, AVIF or GIF file."),
            code="not_a_picture",
        ) from error
    except Exception as error:  # decoders fed hostile bytes raise whatever they like
        raise _broken() from error


def _check_size(image: Image.Image) -> None:
    if max(image.size) > MAX_SIDE:
        raise ValidationError(
            _("The picture’s longer side may have 12,000 pixels at most."), code="side_too_long"
        )
    # Stricter than Pillow's own limit, whose warning a server with threads cannot turn into an
    # error; and it comes before anything is decoded.
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("The picture may have 50 million pixels at most."), code="too_many_pixels"
    )


def _broken() -> ValidationError:
    return ValidationError(
        _("The file is damaged or incomplete, so the picture cannot be read."), code="broken"
    )


def _normalized(image: Image.Image) -> Image.Image:
    """The first frame, decoded to the last row, upright, in sRGB, without metadata."""
    try:
        image.seek(0)
        image.load()
        profile = image.info.get("icc_profile")
        plain = _in_srgb(_upright(image), profile)
    except Exception as error:  # see _open
        raise _broken() from error
    plain.info = {}
    return plain


def _upright(image: Image.Image) -> Image.Image:
    with suppress(Exception):  # a broken orientation is none
        return ImageOps.exif_transpose(image)
    return image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    alpha = None
    if image.has_transparency_data:
        alpha = image.convert("RGBA").getchannel("A")
        if alpha.getextrema() == (255, 255):
            alpha = None
    colors = _colors(image)
    if profile:
        colors = _without_profile(colors, profile)
    colors = colors.convert("RGB")
    if alpha:
        colors.putalpha(alpha)
    return colors


def _colors(image: Image.Image) -> Image.Image:
    """The colors alone, in a mode that a profile may describe: L, RGB or CMYK."""
    if image.mode.startswith("I;16"):  # Pillow's own conversion would clip, not scale
        return image.convert("I").point(lambda value: value * (1 / 256) + 0).convert("L")
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if image.mode in ("1", "LA", "La") else "RGB")


def _without_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Converted as the profile says; a profile that is broken or of another mode is dropped."""
    with suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    return image


# Giving out


def write_derivatives(picture: Picture, credit: Credit, storage, name: str) -> list[dict]:
    """Write the files that are served, and return what to store about each.

    `name` is the picture's public key. Addresses are hashes of it, the bytes and the credit: they
    may be cached for ever, and no two records share a file even if their bytes are the same.
    Either all files are written or none.
    """
    if not isinstance(credit, Credit):
        raise TypeError("A picture is written with its Credit.")
    key = hashlib.sha256(f"{name}\n{picture.sha256}\n{credit}".encode()).hexdigest()[:32]
    made = [
        (format_, size, _encoded(_resized(picture.image, size), format_, credit))
        for size in _sizes(picture)
        for format_ in ("webp", "jpeg")
    ]
    written = []
    try:
        for format_, (width, height), data in made:
            path = f"images/{key[:2]}/{key}-{width}.{ENDINGS[format_]}"
            written.append(
                {
                    "format": format_,
                    "width": width,
                    "height": height,
                    "name": storage.save(path, ContentFile(data)),
                    "bytes": len(data),
                }
            )
    except BaseException:
        for file in written:
            with suppress(OSError):
                storage.delete(file["name"])
        raise
    return written


def _sizes(picture: Picture) -> list[tuple[int, int]]:
    widths = sorted({min(width, picture.width) for width in WIDTHS})
    return [(width, max(1, round(picture.height * width / picture.width))) for width in widths]


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)


def _encoded(image: Image.Image, format_: str, credit: Credit) -> bytes:
    options = {"quality": QUALITY[format_], **_metadata(credit)}
    if format_ == "jpeg":
        image = _on_paper(image)
        options |= {"optimize": True, "progressive": True}
    else:
        options |= {"method": 4}
    out = BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def _metadata(credit: Credit) -> dict:
    """What Pillow's `save` is given to write into the file: `exif` and `xmp` of the credit."""
    return {}


def _on_paper(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, PAPER)
    paper.paste(image, mask=image.getchannel("A"))
    return paper
