import pytest
from django.http import Http404
from django.test import RequestFactory

from config.media import media


def test_media_files_stay_in_caches_and_can_run_nothing(media_folder):
    media_folder.mkdir()
    (media_folder / "still.webp").write_bytes(b"bytes")
    response = media(RequestFactory().get("/media/still.webp"), "still.webp")
    assert b"".join(response.streaming_content) == b"bytes"
    assert response.headers["Content-Type"] == "image/webp"
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Security-Policy"] == "default-src 'none'"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_folder_of_media_is_not_listed(media_folder):
    media_folder.mkdir()
    with pytest.raises(Http404):
        media(RequestFactory().get("/media/"), "")


def test_media_are_only_read():
    assert media(RequestFactory().post("/media/a"), "a").status_code == 405
