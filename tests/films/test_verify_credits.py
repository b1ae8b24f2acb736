import json
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from PIL import Image as Pillow

from films.models import FileErrand, Image, License
from tests.factories import make_image, make_user
from tests.films.test_pictures import upload, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def image(member):
    return uploaded(member, creator_name="사진가 Věra")


@pytest.fixture
def member():
    return make_user()


def verified(capsys, **options):
    """(lines, exit code)"""
    code = 0
    try:
        call_command("verify_credits", verbosity=0, **options)
    except SystemExit as stopped:
        code = stopped.code
    return capsys.readouterr().out.splitlines(), code


def replaced(name, data):
    default_storage.delete(name)
    assert default_storage.save(name, ContentFile(data)) == name


def stripped(name):
    with default_storage.open(name) as file, Pillow.open(file) as picture:
        out = BytesIO()
        picture.convert("RGB").save(out, picture.format)
    replaced(name, out.getvalue())


def test_all_is_well_after_an_upload(image, capsys):
    call_command("write_files", verbosity=0)
    assert verified(capsys) == ([], 0)
    call_command("verify_credits")
    assert "says what its record says" in capsys.readouterr().out


@pytest.mark.parametrize("format_", ["webp", "jpeg", "avif"])
def test_a_file_whose_credit_was_stripped_is_told(image, capsys, format_):
    call_command("write_files", verbosity=0)
    image.refresh_from_db()
    name = next(file["name"] for file in image.derivatives if file["format"] == format_)
    stripped(name)
    lines, code = verified(capsys)
    assert code == 1
    assert f"Picture {image.key}, {name}: dc:creator is '', should be '사진가 Věra'" in lines
    assert all(name in line for line in lines)


def with_another_packet(data):
    packet = b"http://ns.adobe.com/xap/1.0/\0<x xmlns='adobe:ns:meta/'>All rights reserved</x>"
    return data[:2] + b"\xff\xe1" + (len(packet) + 2).to_bytes(2) + packet + data[2:]


@pytest.mark.parametrize(
    ("format_", "change"),
    [
        ("jpeg", with_another_packet),
        ("jpeg", lambda data: data + b"<script>"),
        ("webp", lambda data: data + b"x"),
        ("avif", lambda data: data + b"\0\0\0\x08free"),
        ("jpeg", lambda data: data.replace(b"<x:xmpmeta ", b"<x:xmpmeta\n")),
    ],
    ids=["packet", "behind", "webp", "box", "same-length"],
)
def test_what_was_put_into_a_file_is_told(image, capsys, format_, change):
    call_command("write_files", verbosity=0)
    image.refresh_from_db()
    name = next(file["name"] for file in image.derivatives if file["format"] == format_)
    with default_storage.open(name) as file:
        data = file.read()
    assert change(data) != data
    replaced(name, change(data))
    lines, code = verified(capsys)
    assert (lines, code) == ([f"Picture {image.key}, {name}: is not as it was written"], 1)


def test_a_file_from_before_its_digest_was_kept_has_at_least_its_length(image, capsys):
    for file in image.derivatives:
        del file["sha256"]
    image.save(update_fields=["derivatives"])
    assert verified(capsys) == ([], 0)
    name = image.derivatives[0]["name"]
    with default_storage.open(name) as file:
        data = file.read()
    replaced(name, data + b"x")
    assert verified(capsys) == ([f"Picture {image.key}, {name}: is not as it was written"], 1)


def test_a_record_that_was_changed_by_sql_is_told(image, capsys):
    Image.objects.update(creator_name="Somebody else")
    lines, code = verified(capsys)
    assert code == 1
    assert len({line.split(": ")[0] for line in lines}) == len(image.derivatives)


def test_missing_and_orphaned_files_are_told(image, capsys):
    name = image.derivatives[0]["name"]
    default_storage.delete(name)
    default_storage.delete(image.original.name)
    default_storage.save("images/aa/nobodys.jpg", ContentFile(b"x"))
    lines, code = verified(capsys)
    assert code == 1
    assert sorted(lines) == sorted([
        f"Picture {image.key}, {name}: is not there",
        f"Picture {image.key}, {image.original.name}: is not there",
        "No picture, images/aa/nobodys.jpg: belongs to no record",
    ])  # fmt: skip


def test_an_original_that_is_not_what_was_uploaded_is_told(image, capsys):
    replaced(image.original.name, b"something else")
    lines, _code = verified(capsys)
    assert lines == [f"Picture {image.key}, {image.original.name}: is not what was uploaded"]


def test_differences_are_told_as_json(image, capsys):
    default_storage.delete(image.derivatives[0]["name"])
    lines, code = verified(capsys, json=True)
    assert code == 1
    assert json.loads(lines[0]) == {
        "kind": "missing",
        "picture": image.key,
        "file": image.derivatives[0]["name"],
        "text": "is not there",
    }


def test_of_a_picture_that_is_taken_down_no_file_may_be_there(
    image, capsys, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        image.hide(by=make_user(is_superuser=True), reason="Not yours.")
    assert verified(capsys) == ([], 0)
    replaced(name := image.derivatives[0]["name"], b"x")
    lines, code = verified(capsys)
    assert code == 1
    assert lines == [f"Picture {image.key}, {name}: is there, though it was taken down"]


def test_two_records_of_the_same_bytes_are_two(
    image, capsys, member, django_capture_on_commit_callbacks
):
    other = uploaded(make_user(), creator_name="Ada")
    assert other.sha256 == image.sha256
    with django_capture_on_commit_callbacks(execute=True):
        image.remove(by=make_user(is_superuser=True), reason="Not yours.")
    call_command("write_files", verbosity=0)
    assert not any(default_storage.exists(file["name"]) for file in image.derivatives)
    assert all(default_storage.exists(file["name"]) for file in other.derivatives)
    assert verified(capsys) == ([], 0)


def test_a_record_without_files_is_one_only_while_nobody_sees_it(capsys):
    make_image(status="draft")
    assert verified(capsys) == ([], 0)
    image = make_image()
    said, code = verified(capsys)
    assert said == [f"Picture {image.key}: has no files, though readers see it"]
    assert code == 1


def test_memory_does_not_grow_with_what_is_read(image, capsys, django_assert_num_queries):
    upload(make_user())
    with django_assert_num_queries(1):
        assert verified(capsys) == ([], 0)


# A credit that changes


def test_another_credit_is_in_the_files_and_the_former_ones_are_gone(
    image, capsys, django_capture_on_commit_callbacks
):
    call_command("write_files", verbosity=0)
    image.refresh_from_db()
    former = image.derivatives
    assert {file["format"] for file in former} == {"webp", "jpeg", "avif"}
    with django_capture_on_commit_callbacks(execute=True):
        image.describe(creator_name="Ada Moon")
    assert not any(default_storage.exists(file["name"]) for file in former)
    assert verified(capsys) == ([], 0)
    call_command("write_files", verbosity=0)
    image.refresh_from_db()
    assert image.sources()["avif"]
    assert verified(capsys) == ([], 0)


def test_the_same_credit_again_leaves_files_that_are_named(
    image, capsys, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        image.describe()
    assert verified(capsys) == ([], 0)


def test_what_staff_correct_is_in_the_files(
    image, client, capsys, django_capture_on_commit_callbacks, verbs_one_by_one
):
    client.force_login(make_user(role="editor", is_superuser=True))
    form = {
        "title": image.title, "creator_name": "Ada Moon", "source_url": image.source_url,
        "license": "CC-BY-4.0", "alt_text": image.alt_text,
    }  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(f"/admin/films/image/{image.pk}/change/", form)
    assert response.status_code == 302
    image.refresh_from_db()
    assert image.creator_name == "Ada Moon"
    assert verified(capsys) == ([], 0)


def test_a_license_that_is_renamed_is_renamed_in_the_files(
    image, client, capsys, django_capture_on_commit_callbacks, verbs_one_by_one
):
    hidden = uploaded(make_user())
    call_command("write_files", verbosity=0)
    before = Image.objects.get(pk=image.pk).updated_at
    client.force_login(make_user(role="editor", is_superuser=True))
    form = {"name": "CC BY 4.0 International", "version": "4.0", "position": 1,
            "url": "https://creativecommons.org/licenses/by/4.0/"}  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/admin/films/license/CC-BY-4.0/change/", form)
        hidden.hide(by=make_user(is_superuser=True), reason="Not yours.")
    assert response.status_code == 302
    assert License.objects.get(pk="CC-BY-4.0").name == form["name"]
    assert Image.objects.get(pk=image.pk).updated_at > before
    assert verified(capsys)[1] == 1
    with django_capture_on_commit_callbacks(execute=True):
        call_command("tick")
    assert verified(capsys) == ([], 0)
    assert not FileErrand.objects.exists()


# AVIF


def test_tick_adds_avif_and_pages_name_it_only_then(image, client):
    address = image.get_absolute_url()
    assert "image/avif" not in client.get(address).content.decode()
    call_command("tick")
    image.refresh_from_db()
    files = [file for file in image.derivatives if file["format"] == "avif"]
    assert [file["width"] for file in files] == [320, 640, 800]
    html = client.get(f"{address}?fresh").content.decode()
    assert f'<source type="image/avif" srcset="{image.sources()["avif"][0][0]} ' in html
    assert not FileErrand.objects.exists()


def test_the_worker_adds_avif(worker, django_capture_on_commit_callbacks):
    image = upload(make_user())
    assert "avif" not in image.sources()
    worker()
    image.refresh_from_db()
    assert image.sources()["avif"]
    assert not FileErrand.objects.exists()


def test_avif_of_a_picture_that_changed_meanwhile_does_not_stay(image, capsys):
    stale = Image.objects.get(pk=image.pk)
    image.describe(creator_name="Ada Moon")
    before = {file["name"] for file in image.derivatives}
    assert not stale.write_avif()
    assert {file["name"] for file in Image.objects.get(pk=image.pk).derivatives} == before
    assert not [line for line in verified(capsys)[0] if ".avif" in line]


def test_writing_brings_nothing_back_that_is_taken_down_meanwhile(
    image, capsys, django_capture_on_commit_callbacks
):
    stale = Image.objects.get(pk=image.pk)
    with django_capture_on_commit_callbacks(execute=True):
        image.hide(by=make_user(is_superuser=True), reason="Not yours.")
    with django_capture_on_commit_callbacks(execute=True):
        stale.describe(creator_name="Ada Moon")
    image.refresh_from_db()
    assert (image.status, image.creator_name) == ("hidden", "Ada Moon")
    assert verified(capsys) == ([], 0)


def test_nothing_is_written_of_a_picture_that_is_taken_down(
    image, capsys, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        image.hide(by=make_user(is_superuser=True), reason="Not yours.")
    call_command("write_files", verbosity=0)
    assert verified(capsys) == ([], 0)
    with django_capture_on_commit_callbacks(execute=True):
        image.restore(by=make_user(is_superuser=True), reason="It is.")
    call_command("write_files", verbosity=0)
    image.refresh_from_db()
    assert image.sources()["avif"]
    assert verified(capsys) == ([], 0)


def test_what_fails_is_tried_again_and_given_up_at_last(image):
    default_storage.delete(image.original.name)
    errand = FileErrand.objects.get(image=image)
    for _attempt in range(6):
        FileErrand.objects.update(due_at=errand.due_at)
        call_command("tick")
    errand.refresh_from_db()
    assert errand.given_up_at
    assert image.derivatives
