"""Pictures in a bucket: set up as the environment says, against a store on this machine."""

import json
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client, TestCase

from config.doctor import services
from films.models import Image
from tests.config.test_settings import run
from tests.factories import make_review, make_user
from tests.films.test_pictures import picture_file, upload, uploaded
from tests.films.test_verify_credits import verified
from tests.s3_stand_in import stand_in

pytestmark = pytest.mark.django_db
BUCKET, HOST = "pictures", "pictures.example"


@pytest.fixture(scope="module")
def server():
    with stand_in() as server:
        yield server


@pytest.fixture(scope="module")
def storages_of_settings(server, tmp_path_factory):
    """What the settings make of an environment that names the bucket."""
    pytest.importorskip("storages.backends.s3")
    environment = {
        "S3_BUCKET": BUCKET, "S3_PUBLIC_HOST": HOST, "S3_ENDPOINT": server.url,
        "S3_REGION": "eu-central-1", "S3_ACCESS_KEY": "key", "S3_SECRET_KEY": "secret",
    }  # fmt: skip
    code = "import json; from django.conf import settings as s; print(json.dumps(s.STORAGES['default']))"
    done = run("shell", "-v0", "-c", code, data_dir=tmp_path_factory.mktemp("data"), **environment)
    return json.loads(done.stdout)


@pytest.fixture
def bucket(server, storages_of_settings, settings):
    server.objects.clear()
    settings.STORAGES = settings.STORAGES | {"default": storages_of_settings}
    return server


@pytest.fixture
def owner():
    return make_user("ada")


def read(server, address):
    """What a stranger gets from the store itself: (status, headers)."""
    try:
        with urlopen(f"{server.url}/{BUCKET}{urlsplit(address).path}") as response:
            return response.status, response.headers
    except HTTPError as error:
        return error.code, error.headers


def folders(server):
    return {key.partition("/")[0] for key in server.objects}


def client_of(user=None):
    cache.clear()
    client = Client()
    if user:
        client.force_login(user)
    return client


def test_a_draft_is_in_the_bucket_where_no_stranger_reads(bucket, owner):
    image = upload(owner)
    assert folders(bucket) == {"originals", "unseen"}
    for file in image.derivatives:
        assert read(bucket, f"/{file['name']}")[0] == 403
    assert read(bucket, f"/{image.original.name}")[0] == 403
    assert image.url == f"/images/{image.key}/files/{image.url.rpartition('/')[2]}"
    response = client_of(owner).get(image.url)
    assert b"".join(response.streaming_content)[:2] == b"\xff\xd8"
    assert client_of().get(image.url).status_code == 404
    assert client_of(make_user()).get(image.url).status_code == 404


def test_a_published_picture_has_the_address_of_the_bucket(bucket, owner, capsys):
    image = uploaded(owner)
    call_command("write_files", verbosity=0)
    image.refresh_from_db()
    assert folders(bucket) == {"originals", "images"}
    assert image.url.startswith(f"https://{HOST}/images/")
    for file in image.derivatives:
        status, headers = read(bucket, image.address_of(file))
        assert status == 200
        assert headers["Content-Type"] == f"image/{file['format']}"
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    page = client_of().get(image.get_absolute_url()).content.decode()
    assert f'src="{image.url}"' in page
    assert "unseen" not in page
    assert verified(capsys) == ([], 0)


def test_a_picture_that_is_taken_down_leaves_the_bucket(bucket, owner, capsys):
    image, moderator = uploaded(owner), make_user(role="moderator")
    address = image.url
    with TestCase.captureOnCommitCallbacks(execute=True):
        image.hide(by=moderator, reason="Not yours.")
    assert read(bucket, address)[0] == 404
    assert folders(bucket) == {"originals"}
    assert verified(capsys) == ([], 0)
    with TestCase.captureOnCommitCallbacks(execute=True):
        image.restore(by=moderator, reason="It is.")
    assert read(bucket, address)[0] == 200


def test_a_picture_of_a_held_piece_leaves_the_public_folder(bucket, owner, capsys):
    image = upload(owner)
    piece = make_review(owner, status="draft")
    piece.review_images.create(image=image, role="hero")
    with TestCase.captureOnCommitCallbacks(execute=True):
        piece.publish(by=owner)
    image.refresh_from_db()
    address = image.url
    assert read(bucket, address)[0] == 200
    moderator = make_user(role="moderator")
    with TestCase.captureOnCommitCallbacks(execute=True):
        piece.hold(by=moderator, reason="To be read first.")
    image.refresh_from_db()
    assert read(bucket, address)[0] == 404
    assert {read(bucket, f"/{file['name']}")[0] for file in image.derivatives} == {403}
    assert client_of(moderator).get(image.url).status_code == 200
    assert verified(capsys) == ([], 0)


def test_a_credit_that_changes_and_a_file_that_is_lost(bucket, owner, capsys):
    image = uploaded(owner)
    with TestCase.captureOnCommitCallbacks(execute=True):
        image.correct_credit(by=owner, creator_name="Věra 사진가")
    assert verified(capsys) == ([], 0)
    image.refresh_from_db()
    lost = image.derivatives[0]["name"]
    del bucket.objects[lost]
    bucket.objects["images/aa/nobodys.jpg"] = b"x", {}
    lines, code = verified(capsys)
    assert code == 1
    assert lines == [
        f"Picture {image.key}, {lost}: is not there",
        "No picture, images/aa/nobodys.jpg: belongs to no record",
    ]


def test_what_is_refused_leaves_nothing_in_the_bucket(bucket, owner):
    with pytest.raises(ValueError, match="title"):
        upload(owner, title=" ")
    assert not Image.objects.exists()
    assert bucket.objects == {}


def test_a_large_original_goes_in_and_out(bucket, owner):
    noise = picture_file((2000, 2000), "PNG", compress_level=0)
    image = upload(owner, noise)
    assert image.original.size > 8 * 1024 * 1024
    with image.original.open("rb") as file:
        assert len(file.read()) == image.original.size


def test_the_doctor_finds_the_bucket_well(bucket):
    assert [finding.text for finding in services() if "pictures" in finding.text] == []
    assert default_storage.bucket_name == BUCKET
