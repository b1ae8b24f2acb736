import dataclasses
import struct
import zlib
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from PIL import Image, ImageCms

from films import images
from films.credit import ARTIST, COPYRIGHT, differences, read_back
from films.images import Credit, inspect, write_derivatives

CREDIT = Credit("Window light", "Věra", "CC BY 4.0", source_url="https://example.org/window")
GPS_IFD, MAKE, ORIENTATION, SERIAL = 0x8825, 0x010F, 0x0112, 0xA431


def saved(image, format_="JPEG", **options):
    out = BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def inspected(data):
    return inspect(ContentFile(data))


def refused(data):
    with pytest.raises(ValidationError) as caught:
        inspected(data)
    assert str(caught.value.message)
    return caught.value.code


def png_that_claims(width, height):
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def camera_jpeg(size=(200, 150), orientation=1):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKE] = "CANARY-MAKER"
    exif.get_ifd(0x8769)[SERIAL] = "CANARY-SERIAL"
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (37.0, 33.0, 59.0), 29: "2026:01:02"})
    return saved(Image.new("RGB", size, "teal"), exif=exif, comment=b"CANARY-COMMENT")


def files_in(storage, folder=""):
    folders, files = storage.listdir(folder)
    found = [f"{folder}/{name}" for name in files]
    for name in folders:
        found += files_in(storage, f"{folder}/{name}" if folder else name)
    return found


# What is let in


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_type_is_told_by_content(format_):
    data = saved(Image.new("RGB", (64, 48), "red"), format_)
    picture = inspected(data)
    assert (picture.format, picture.width, picture.height) == (format_, 64, 48)
    assert picture.image.mode == "RGB"
    assert picture.bytes == len(data)


def test_hash_is_of_the_bytes_as_they_came():
    picture = inspected(b := camera_jpeg())
    assert picture.sha256 == images.hashlib.sha256(b).hexdigest()


def test_cameras_jpeg_with_a_preview_is_an_ordinary_still():
    preview = Image.new("RGB", (400, 300))
    data = saved(
        Image.new("RGB", (800, 600), "teal"), "MPO", save_all=True, append_images=[preview]
    )
    assert Image.open(BytesIO(data)).format == "MPO"
    picture = inspected(data)
    assert (picture.format, picture.width) == ("JPEG", 800)
    written = write_derivatives(picture, CREDIT, InMemoryStorage(), "a")
    assert [file["width"] for file in written] == [320, 320, 640, 640, 800, 800]
    assert not picture.is_animated


def test_orientation_is_applied():
    assert inspected(camera_jpeg((200, 150), orientation=6)).image.size == (150, 200)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_exif_is_no_obstacle():
    data = saved(Image.new("RGB", (64, 48)), exif=b"Exif\0\0MM\0\x2a\xff\xff\xff\xff")
    assert inspected(data).image.size == (64, 48)


def test_cmyk_jpeg_becomes_rgb():
    picture = inspected(saved(Image.new("CMYK", (64, 48), (0, 255, 255, 0))))
    assert picture.image.mode == "RGB"
    red, green, blue = picture.image.getpixel((5, 5))
    assert red > 200 > 60 > max(green, blue)


def test_sixteen_bit_gray_is_scaled_not_clipped():
    picture = inspected(saved(Image.new("I;16", (64, 48), 32768), "PNG"))
    assert picture.image.mode == "RGB"
    assert picture.image.getpixel((5, 5)) == (128, 128, 128)


def test_sixteen_bit_gray_with_a_transparent_value_is_scaled_as_well():
    image = Image.new("I;16", (64, 48), 40_000)
    image.putpixel((0, 0), 20_000)
    picture = inspected(saved(image, "PNG", transparency=20_000))
    assert picture.image.mode == "RGBA"
    assert picture.image.getpixel((5, 5)) == (156, 156, 156, 255)
    assert picture.image.getpixel((0, 0)) == (78, 78, 78, 0)
    opaque = inspected(saved(image, "PNG", transparency=7))
    assert opaque.image.getpixel((5, 5)) == (156, 156, 156)


def test_a_png_that_says_behind_its_pixels_how_it_is_turned_is_turned():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    data = saved(Image.new("RGB", (200, 150)), "PNG", exif=exif)
    at = data.index(b"eXIf") - 4
    end = at + 12 + int.from_bytes(data[at : at + 4])
    moved = data[:at] + data[end:-12] + data[at:end] + data[-12:]
    assert inspected(moved).image.size == (150, 200)
    assert (inspected(moved).width, inspected(moved).height) == (150, 200)


def test_palette_with_a_transparent_entry_becomes_rgba():
    image = Image.new("P", (64, 48), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((0, 0), 1)
    picture = inspected(saved(image, "PNG", transparency=0))
    assert picture.image.mode == "RGBA"
    assert picture.image.getpixel((5, 5))[3] == 0
    assert picture.image.getpixel((0, 0)) == (0, 0, 255, 255)


def test_alpha_that_hides_nothing_is_dropped():
    assert inspected(saved(Image.new("RGBA", (9, 9), "red"), "PNG")).image.mode == "RGB"


def test_first_frame_of_an_animation_is_the_picture():
    frames = [Image.new("RGB", (64, 48), color) for color in ("red", "lime", "blue")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    picture = inspected(data)
    assert picture.image.getpixel((5, 5)) == (255, 0, 0)
    assert getattr(picture.image, "n_frames", 1) == 1
    assert picture.is_animated


def test_profile_is_honored():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red_is_blue = srgb.replace(b"rXYZ", b"....").replace(b"bXYZ", b"rXYZ").replace(b"....", b"bXYZ")
    image = Image.new("RGB", (64, 48), (200, 100, 50))
    same = inspected(saved(image, "PNG", icc_profile=srgb))
    swapped = inspected(saved(image, "PNG", icc_profile=red_is_blue))
    assert same.image.getpixel((5, 5)) == (200, 100, 50)
    assert swapped.image.getpixel((5, 5)) == pytest.approx((50, 100, 200), abs=3)


def test_broken_profile_is_dropped():
    data = saved(Image.new("RGB", (64, 48), (200, 100, 50)), "PNG", icc_profile=b"not a profile")
    assert inspected(data).image.getpixel((5, 5)) == (200, 100, 50)


@pytest.mark.parametrize(
    "profile",
    [
        b"x\0\0" + zlib.compress(bytes(1_500_000)),
        b"x\0\1" + zlib.compress(b"packed in another way"),
        b"x\0\0" + b"not packed",
        b"no end of its name",
        b"",
    ],
    ids=["large", "method", "packing", "name", "empty"],
)
def test_profile_that_cannot_be_unpacked_is_dropped(profile):
    data = saved(Image.new("RGB", (64, 48), (200, 100, 50)), "PNG")
    chunk = struct.pack(">I", len(profile)) + b"iCCP" + profile
    chunk += struct.pack(">I", zlib.crc32(b"iCCP" + profile))
    picture = inspected(data[:33] + chunk + data[33:])
    assert picture.image.getpixel((5, 5)) == (200, 100, 50)
    assert picture.bytes == len(data) + len(chunk)


def test_profile_of_another_mode_is_dropped():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = saved(Image.new("L", (64, 48), 99), "PNG", icc_profile=srgb)
    assert inspected(data).image.getpixel((5, 5)) == (99, 99, 99)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright_when_scaled_down_as_well(orientation):
    upright = Image.new("RGB", (3900, 2000), "blue")
    upright.paste("red", (0, 0, 1950, 1000))
    back = {5: "TRANSPOSE", 6: "ROTATE_90", 7: "TRANSVERSE", 8: "ROTATE_270",
            2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM"}  # fmt: skip
    stored = upright
    if orientation > 1:
        stored = upright.transpose(Image.Transpose[back[orientation]])
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    picture = inspected(saved(stored, exif=exif))
    assert (picture.width, picture.height) == (3900, 2000)
    assert picture.image.size == (1950, 1000)
    red, _green, blue = picture.image.getpixel((100, 100))
    assert red > 200 > 60 > blue


@pytest.mark.parametrize(
    ("mode", "color", "options"),
    [
        ("P", 0, {}),
        ("P", 0, {"transparency": 0}),
        ("LA", (90, 128), {}),
        ("I;16", 23_130, {}),
        ("1", 1, {}),
        ("RGBA", (90, 90, 90, 128), {}),
    ],
)
def test_large_pictures_of_every_mode_are_scaled_in_bands(mode, color, options):
    small = Image.new(mode, (4000, 2001), color)
    if mode == "P":
        small.putpalette([90, 90, 90])
    picture = inspected(saved(small, "PNG", **options))
    alpha = {("P", 1): 0, ("LA", 0): 128, ("RGBA", 0): 128}.get((mode, len(options)))
    gray = 255 if mode == "1" else 90
    assert (picture.width, picture.height) == (4000, 2001)
    assert picture.image.size == (2000, 1001)
    for at in ((0, 0), (1999, 1000)):
        pixel = picture.image.getpixel(at)
        assert pixel[3:] == (() if alpha is None else (alpha,))
        assert alpha == 0 or pixel[:3] == pytest.approx((gray,) * 3, abs=1)


def test_mean_color_stands_for_what_is_not_there_yet():
    assert inspected(saved(Image.new("RGB", (64, 48), (10, 20, 30)), "PNG")).color == "#0a141e"
    assert inspected(saved(Image.new("RGBA", (64, 48), (10, 20, 30, 9)), "PNG")).color == ""


# What is refused


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "not_a_picture"),
        (b"GIF89a<script>alert(1)</script>", "not_a_picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not_a_picture"),
        (b"\xff\xd8\xff", "not_a_picture"),
        (b"\x89PNG\r\n\x1a\n", "not_a_picture"),
    ],
)
def test_what_is_no_picture_is_refused(data, code):
    assert refused(data) == code


@pytest.mark.parametrize("format_", ["BMP", "TIFF", "ICO"])
def test_other_formats_are_refused(format_):
    assert refused(saved(Image.new("RGB", (64, 48)), format_)) == "not_a_picture"


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_truncated_picture_is_refused(format_):
    data = saved(Image.effect_noise((300, 200), 90).convert("RGB"), format_)
    assert refused(data[: len(data) * 2 // 3]) in ("broken", "not_a_picture")


def test_long_side_is_refused():
    assert refused(saved(Image.new("L", (20_000, 10)), "PNG")) == "side_too_long"


@pytest.mark.parametrize(("width", "height"), [(12_000, 4_200), (9_000, 11_000)])
def test_too_many_pixels_are_refused_before_decoding(width, height):
    assert refused(png_that_claims(width, height)) == "too_many_pixels"


def test_bomb_is_refused_before_decoding():
    assert refused(png_that_claims(60_000, 60_000)) == "too_many_pixels"


@pytest.mark.parametrize(
    ("format_", "options", "megapixels"),
    [
        ("JPEG", {"progressive": True}, 31),
        ("WEBP", {"method": 0}, 17),
        ("GIF", {}, 37),
    ],
)
def test_formats_that_take_more_memory_have_narrower_bounds(format_, options, megapixels):
    data = saved(Image.new("L", (10_000, megapixels * 100)), format_, **options)
    assert refused(data) == "too_many_pixels"


@pytest.mark.parametrize(
    ("mode", "bits", "megapixels"), [("RGB", 8, 30), ("L", 8, 30), ("RGBA", 8, 14), ("RGB", 10, 14)]
)
def test_a_heic_is_bound_by_what_a_point_of_it_costs(mode, bits, megapixels):
    def judge(height):
        about = {"format": "HEIF", "mode": mode, "info": {"bit_depth": bits}}
        size = {"size": (10_000, height), "width": 10_000, "height": height}
        images._check_size(SimpleNamespace(**about, **size), b"")

    judge(megapixels * 100)
    with pytest.raises(ValidationError) as caught:
        judge(megapixels * 100 + 1)
    assert caught.value.params["count"] == megapixels


def test_a_jpeg_of_endless_scans_is_refused():
    data = saved(Image.new("RGB", (64, 48)), progressive=True)
    start, end = data.rindex(b"\xff\xda"), data.rindex(b"\xff\xd9")
    assert inspected(data[:end] + data[start:end] * 2 + data[end:]).width == 64
    assert refused(data[:end] + data[start:end] * 40 + data[end:]) == "broken"


def test_large_file_is_refused(monkeypatch):
    monkeypatch.setattr(images, "MAX_BYTES", 1000)
    assert refused(b"x" * 1001) == "too_large"
    assert refused(b"x" * 1000) == "not_a_picture"


# What is given out


def test_small_picture_is_written_anew_without_what_the_camera_told():
    data = camera_jpeg()
    assert b"CANARY-MAKER" in data
    storage = InMemoryStorage()
    written = write_derivatives(inspected(data), CREDIT, storage, "abc")
    assert [(file["format"], file["width"], file["height"]) for file in written] == [
        ("webp", 200, 150),
        ("jpeg", 200, 150),
    ]
    for file in written:
        served = storage.open(file["name"]).read()
        assert len(served) == file["bytes"]
        assert b"CANARY" not in served
        assert set(Image.open(BytesIO(served)).getexif()) == {ARTIST, COPYRIGHT}


def test_profile_and_trailing_html_are_not_passed_on():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = saved(Image.new("RGB", (64, 48)), icc_profile=srgb) + b"<script>CANARY</script>"
    storage = InMemoryStorage()
    for file in write_derivatives(inspected(data), CREDIT, storage, "abc"):
        served = storage.open(file["name"]).read()
        assert b"CANARY" not in served
        assert "icc_profile" not in Image.open(BytesIO(served)).info


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((2000, 1000), [320, 640, 960, 1280, 1920]),
        ((1000, 500), [320, 640, 960, 1000]),
        ((320, 320), [320]),
        ((4000, 1), [320, 640, 960, 1280, 1920]),
        ((1, 4000), [1]),
        ((1, 1), [1]),
        ((2000, 3000), [320, 640, 960, 1280, 1414]),  # of no more than three million pixels
    ],
)
def test_widths_are_never_enlarged(size, widths):
    storage = InMemoryStorage()
    picture = inspected(saved(Image.new("RGB", size), "PNG"))
    written = write_derivatives(picture, CREDIT, storage, "abc")
    assert [file["width"] for file in written if file["format"] == "webp"] == widths
    for file in written:
        with Image.open(storage.open(file["name"])) as served:
            assert served.size == (file["width"], file["height"])
            assert served.format.lower() == file["format"]


def test_names_are_ours_and_no_two_records_share_a_file():
    storage = InMemoryStorage()
    picture = inspected(camera_jpeg())
    first = {file["name"] for file in write_derivatives(picture, CREDIT, storage, "a")}
    second = {file["name"] for file in write_derivatives(picture, CREDIT, storage, "../../b")}
    assert not first & second
    assert sorted(files_in(storage)) == sorted(first | second)
    for name in first | second:
        folder, start, file = name.split("/")
        assert folder == "images"
        assert file.startswith(start)
        assert file.endswith(("-200.webp", "-200.jpg"))


def test_another_credit_has_another_address():
    picture = inspected(camera_jpeg())
    other = Credit("Window light", "Věra K.", "CC BY 4.0")
    first = write_derivatives(picture, CREDIT, InMemoryStorage(), "a")
    second = write_derivatives(picture, other, InMemoryStorage(), "a")
    assert first[0]["name"] != second[0]["name"]


def test_transparency_is_kept_in_webp_and_laid_on_white_in_jpeg():
    storage = InMemoryStorage()
    picture = inspected(saved(Image.new("RGBA", (64, 48), (0, 0, 0, 0)), "PNG"))
    webp, jpeg = write_derivatives(picture, CREDIT, storage, "a")
    assert Image.open(storage.open(webp["name"])).convert("RGBA").getpixel((5, 5))[3] == 0
    assert Image.open(storage.open(jpeg["name"])).getpixel((5, 5)) == (255, 255, 255)


def test_nothing_stays_in_storage_when_writing_fails():
    class Full(InMemoryStorage):
        saves = 0

        def save(self, name, content, max_length=None):
            self.saves += 1
            if self.saves == 3:
                raise OSError("no space left")
            return super().save(name, content, max_length)

    storage = Full()
    picture = inspected(saved(Image.new("RGB", (1000, 500))))
    with pytest.raises(OSError, match="no space"):
        write_derivatives(picture, CREDIT, storage, "a")
    assert files_in(storage) == []


@pytest.mark.parametrize("credit", [None, "Věra", {"title": "x"}])
def test_nothing_is_written_without_a_credit(credit):
    storage = InMemoryStorage()
    with pytest.raises(TypeError):
        write_derivatives(inspected(camera_jpeg()), credit, storage, "a")
    assert storage.listdir("") == ([], [])


@pytest.mark.parametrize(
    "fields",
    [
        {"title": " "},
        {"creator": ""},
        {"license_name": ""},
        {"is_creator_known": False},
    ],
)
def test_empty_credit_is_refused(fields):
    with pytest.raises(ValueError, match="credit needs"):
        Credit(**{"title": "T", "creator": "C", "license_name": "CC0"} | fields)


def test_creator_may_be_unknown_if_said():
    assert not Credit("T", "", "CC0", is_creator_known=False).creator


# The credit in the files

FULL = Credit(
    'Fenêtre <b> & "lumière"',
    "사진가 Věra Ärlig",
    "CC BY-SA 4.0",
    license_url="https://creativecommons.org/licenses/by-sa/4.0/",
    creator_url="https://example.org/vera?a=1&b='2'",
    source_url="https://example.org/window",
    changes="Cropped",
)


def one_of_each(credit, size=(64, 48)):
    storage = InMemoryStorage()
    picture = inspected(saved(Image.new("RGB", size, "teal")))
    formats = ("webp", "jpeg", "avif")
    written = write_derivatives(picture, credit, storage, "a", formats)
    return {file["format"]: storage.open(file["name"]).read() for file in written}


@pytest.mark.parametrize("format_", ["webp", "jpeg", "avif"])
def test_the_credit_is_in_every_file(format_):
    data = one_of_each(FULL)[format_]
    rights = "사진가 Věra Ärlig, CC BY-SA 4.0, Cropped"
    assert read_back(data) == {
        "dc:creator": FULL.creator,
        "dc:title": FULL.title,
        "dc:rights": rights,
        "photoshop:Credit": f"{FULL.title}. {rights}",
        "photoshop:Source": FULL.source_url,
        "xmpRights:WebStatement": FULL.license_url,
        "xmpRights:UsageTerms": "CC BY-SA 4.0",
        "cc:license": FULL.license_url,
        "cc:attributionName": FULL.creator,
        "cc:attributionURL": FULL.creator_url,
        "EXIF Artist": FULL.creator,
        "EXIF Copyright": rights,
    }
    assert list(differences(FULL, data)) == []


@pytest.mark.parametrize("format_", ["webp", "jpeg", "avif"])
def test_a_maker_who_is_not_known_is_not_named(format_):
    credit = Credit("T", "", "CC0 1.0", is_creator_known=False)
    found = read_back(one_of_each(credit)[format_])
    assert found["dc:rights"] == "Maker not known, CC0 1.0"
    assert {"dc:creator", "EXIF Artist", "cc:license", "photoshop:Source"}.isdisjoint(found)


def test_what_xml_cannot_hold_does_not_break_the_packet():
    credit = Credit("A\0B\x1b\ud800\uffff]]>", "<?xpacket end='w'?>", "CC0")
    for data in one_of_each(credit).values():
        assert list(differences(credit, data)) == []
        assert read_back(data)["dc:title"] == "AB]]>"


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (saved(Image.new("RGB", (9, 9))), "dc:creator is ''"),
        (saved(Image.new("RGB", (9, 9)), comment=b"x"), "comment is"),
        (camera_jpeg(), "EXIF 0x010f is 'CANARY-MAKER'"),
        (b"", "cannot be read"),
        (b"\xff\xd8\xff", "cannot be read"),
    ],
)
def test_a_file_that_says_something_else_is_told(file, says):
    assert any(says in line for line in differences(CREDIT, file))


def test_another_record_is_told_field_by_field():
    data = one_of_each(FULL)["jpeg"]
    told = list(differences(dataclasses.replace(FULL, creator="Věra"), data))
    assert "dc:creator is '사진가 Věra Ärlig', should be 'Věra'" in told
    assert {line.split(" is ")[0] for line in told} == {
        "dc:creator", "dc:rights", "photoshop:Credit", "cc:attributionName", "EXIF Artist",
        "EXIF Copyright",
    }  # fmt: skip
