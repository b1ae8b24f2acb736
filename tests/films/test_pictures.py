import json
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.test import TestCase
from PIL import Image as Pillow

from films.forms import ImageForm
from films.models.image import Image, License

pytestmark = pytest.mark.django_db

CREDIT = {
    "title": "Street at dusk",
    "creator_name": "Ada Moon",
    "source_url": "https://example.org/street",
    "license": "CC-BY-4.0",
    "alt_text": "A wet street with one lamp lit.",
}


def picture_file(size=(800, 500), format_="JPEG", name="street.jpg", **options):
    out = BytesIO()
    Pillow.new("RGB", size, (90, 120, 30)).save(out, format_, **options)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def upload(by, file=None, **credit):
    credit = CREDIT | credit
    credit["license"] = License.objects.get(pk=credit["license"])
    return Image.objects.upload(file or picture_file(), by=by, **credit)


def uploaded(by, file=None, **credit):
    """Uploaded, published and, as after the request, with its files where everybody may fetch
    them."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        image = upload(by, file, **credit)
        image.publish(by=by)
    image.refresh_from_db()
    return image


@pytest.fixture
def member(django_user_model):
    return django_user_model.objects.create(username="ada")


def drawn(image):
    image = Image.objects.with_credit().get(pk=image.pk)
    template = Template("{% load pictures %}{% picture image %}")
    return template.render(Context({"image": image}))


def test_an_uploaded_picture_is_a_draft_with_files_of_our_own(member, media_folder):
    image = upload(member)
    assert image.status == "draft"
    assert [(f["format"], f["width"]) for f in image.derivatives] == [
        ("webp", 320), ("jpeg", 320), ("webp", 640), ("jpeg", 640), ("webp", 800), ("jpeg", 800),
    ]  # fmt: skip
    assert all((media_folder / f["name"]).exists() for f in image.derivatives)
    assert image.original.name.startswith("originals/")


def test_a_picture_is_drawn_with_its_whole_credit(member):
    image = upload(member, changes="Cropped")
    image.publish(by=member)
    html = drawn(image)
    assert 'rel="license' in html
    for part in ("Street at dusk", "Ada Moon", "https://example.org/street", "Cropped", "800w"):
        assert part in html
    assert 'alt="A wet street with one lamp lit."' in html
    assert 'width="800" height="500"' in html


def test_a_decorative_picture_has_an_empty_alternative(member):
    image = upload(member, alt_text="", is_decorative=True)
    image.publish(by=member)
    assert 'alt=""' in drawn(image)


def test_a_picture_of_an_unknown_maker_says_so(member):
    image = upload(member, creator_name="", creator_is_unknown=True)
    image.publish(by=member)
    assert "Maker not known" in drawn(image)


def test_a_taken_down_picture_leaves_an_empty_frame_and_no_file(
    member, media_folder, django_user_model, django_capture_on_commit_callbacks
):
    moderator = django_user_model.objects.create(username="mod", is_superuser=True)
    image = uploaded(member)
    with django_capture_on_commit_callbacks(execute=True):
        image.hide(by=moderator, reason="The source says nothing of a licence.")
    html = drawn(image)
    assert "<img" not in html
    assert "The source says nothing of a licence." in html
    assert 'width="800" height="500"' in html
    assert not any((media_folder / f["name"]).exists() for f in image.derivatives)
    with django_capture_on_commit_callbacks(execute=True):
        image.restore(by=moderator, reason="It does.")
    image.refresh_from_db()
    assert all((media_folder / f["name"]).exists() for f in image.derivatives)
    assert "<img" in drawn(image)


def test_taking_down_a_picture_leaves_the_same_one_of_another_member(
    member, media_folder, django_user_model, django_capture_on_commit_callbacks
):
    moderator = django_user_model.objects.create(username="mod", is_superuser=True)
    other = django_user_model.objects.create(username="ben")
    first, second = uploaded(member), uploaded(other)
    assert first.sha256 == second.sha256
    with django_capture_on_commit_callbacks(execute=True):
        first.remove(by=moderator, reason="Not yours.")
    assert all((media_folder / f["name"]).exists() for f in second.derivatives)


def form_for(member, files=None, **data):
    return ImageForm(CREDIT | data, {"file": files} if files else None, by=member)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"title": ""}, "title"),
        ({"creator_name": ""}, "creator_name"),
        ({"creator_is_unknown": "on"}, "creator_is_unknown"),
        ({"license": ""}, "license"),
        ({"source_url": ""}, "source_url"),
        ({"source_url": "https://example.org/a/street.JPG?x=1"}, "source_url"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"alt_text": ""}, "alt_text"),
        ({"basis": "permission", "proof": "By letter."}, "permission"),
        ({"basis": "permission", "permission": "By letter."}, "proof"),
        ({"basis": "own"}, "own_license"),
        ({"basis": "luck"}, "basis"),
    ],
)
def test_every_part_of_the_credit_is_asked_for(member, data, field):
    form = form_for(member, picture_file(), **data)
    assert not form.is_valid()
    assert list(form.errors) == [field]


def test_the_page_of_a_file_in_a_wiki_is_a_source_page(member):
    page = "https://commons.example.org/wiki/File:Street.jpg"
    assert form_for(member, picture_file(), source_url=page).is_valid()


def test_own_work_and_permission_stand_for_a_source_page(member):
    own = {"source_url": "", "basis": "own", "own_license": "CC-BY-4.0"}
    assert form_for(member, picture_file(), **own).is_valid()
    given = {"permission": "By letter of 3 May.", "proof": "Dear Ada, you may."}
    form = form_for(member, picture_file(), source_url="", license="", basis="permission", **given)
    assert form.is_valid()
    assert form.cleaned_data["license"].name == "Used with permission"


@pytest.mark.parametrize(("basis", "is_own"), [("own", True), ("source", False)])
def test_own_work_is_kept_as_such(member, media_folder, basis, is_own):
    form = form_for(member, picture_file(), basis=basis, own_license="CC0-1.0")
    assert form.is_valid()
    assert form.save().is_own_work is is_own


def test_a_permission_that_is_not_the_basis_is_not_kept(member, media_folder):
    own = {"basis": "own", "own_license": "CC0-1.0"}
    form = form_for(member, picture_file(), permission="x" * 1001, proof="x" * 5001, **own)
    assert form.is_valid()
    assert form.save().permission == ""


def test_choosing_a_basis_does_not_of_itself_bring_a_picture(member):
    data = {"image-basis": "own"}
    form = ImageForm(data, {}, by=member, prefix="image", empty_permitted=True)
    assert form.is_valid()
    assert not form.has_changed()


def test_a_file_that_is_no_picture_is_refused_with_the_reason(member):
    form = form_for(member, SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>"))
    assert not form.is_valid()
    assert "not a picture" in str(form.errors["file"])
    assert not Image.objects.exists()


def test_a_camera_jpeg_with_a_preview_is_an_ordinary_picture(member):
    preview = Pillow.new("RGB", (400, 300))
    file = picture_file((800, 600), "MPO", save_all=True, append_images=[preview])
    form = form_for(member, file)
    assert form.is_valid()
    image = form.save()
    assert (image.width, image.height) == (800, 600)
    assert image.original.name.endswith(".jpeg")


def test_a_good_file_is_not_asked_for_again_where_another_field_is_wrong(member):
    form = form_for(member, picture_file(), title="")
    assert not form.is_valid()
    form.keep_file()
    key = form["kept"].value()
    again = form_for(member, kept=key)
    assert again.is_valid()
    image = again.save()
    assert image.key == key
    image.publish(by=member)
    assert Image.objects.count() == 1


def test_a_kept_file_fills_in_what_it_says_for_the_member_to_check(member):
    exif = Pillow.Exif()
    exif[0x013B] = "Asahachi Kono"
    form = form_for(member, picture_file((2400, 1000), exif=exif), creator_name="", alt_text="")
    assert not form.is_valid()
    form.keep_file()
    assert form["creator_name"].value() == "Asahachi Kono"
    assert "Check it" in str(form.errors["creator_name"])
    assert "From the file." in form["creator_name"].help_text
    assert form["changes"].value() == "scaled down"
    assert form["title"].value() == CREDIT["title"]
    assert "Describe" in str(form.errors["alt_text"])


def test_what_we_change_is_filled_in_where_the_member_says_nothing(member, media_folder):
    form = form_for(member, picture_file((2400, 1000)))
    assert form.is_valid()
    assert form.save().changes == "scaled down"


def test_a_kept_file_is_its_own_members_only(member, django_user_model):
    other = django_user_model.objects.create(username="ben")
    kept = Image.objects.keep(picture_file(), by=other)
    form = form_for(member, kept=kept.key)
    assert not form.is_valid()
    assert "file" in form.errors


def test_an_empty_form_inside_another_one_is_permitted(member):
    form = ImageForm({"image-title": ""}, {}, by=member, prefix="image", empty_permitted=True)
    assert form.is_valid()
    assert not form.has_changed()


def test_derivatives_name_their_files_as_json(member):
    image = upload(member)
    assert json.loads(json.dumps(image.derivatives))[0]["format"] == "webp"


def test_every_version_of_a_creative_commons_licence_is_offered_newest_first():
    names = [name for name in License.objects.values_list("name", flat=True) if "CC BY " in name]
    assert names == ["CC BY 4.0", "CC BY 3.0", "CC BY 2.5", "CC BY 2.0"]


def test_the_page_of_a_file_that_is_kept_without_a_licence_answers_its_member(client, member):
    form = form_for(member, picture_file(), license="")
    assert not form.is_valid()
    client.force_login(member)
    response = client.get(form.keep_file().get_absolute_url())
    assert response.status_code == 200
    assert "only you see this page" in response.content.decode()
