import pytest
from django.http import Http404
from django.test import RequestFactory

from config.media import media
from tests.factories import make_image

pytestmark = pytest.mark.django_db


def test_media_files_stay_in_caches_and_can_run_nothing(media_folder):
    make_image(derivatives=[{"name": "images/still.webp"}])
    still = media_folder / "images" / "still.webp"
    still.parent.mkdir(parents=True)
    still.write_bytes(b"bytes")
    response = media(RequestFactory().get("/media/images/still.webp"), "images/still.webp")
    assert b"".join(response.streaming_content) == b"bytes"
    assert response.headers["Content-Type"] == "image/webp"
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Security-Policy"] == "default-src 'none'"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["images/", "uploads/raw.jpg", "images/../uploads/raw.jpg"])
def test_folders_and_what_was_uploaded_are_not_served(media_folder, path):
    (media_folder / "images").mkdir(parents=True)
    (media_folder / "uploads").mkdir()
    (media_folder / "uploads" / "raw.jpg").write_bytes(b"bytes")
    with pytest.raises(Http404):
        media(RequestFactory().get(f"/media/{path}"), path)


def test_media_are_only_read():
    assert media(RequestFactory().post("/media/a"), "a").status_code == 405


def test_a_file_that_no_picture_has_is_not_served(media_folder):
    stray = media_folder / "images" / "stray.webp"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"bytes")
    with pytest.raises(Http404):
        media(RequestFactory().get("/media/images/stray.webp"), "images/stray.webp")


@pytest.mark.parametrize("path", ["images/" + "a" * 300, "images/" + "a/" * 3_000 + "a"])
def test_a_name_longer_than_any_file_s_is_not_found(media_folder, path):
    with pytest.raises(Http404):
        media(RequestFactory().get("/media/x"), path)
