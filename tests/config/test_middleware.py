import json
import logging

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory

from config import logs
from config.middleware import RequestLimitsMiddleware
from tests.factories import make_user

LIMIT = 1024 * 1024
HEADERS = {
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-Request-ID",
}

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/nowhere/", "/static/admin/css/base.css", "/a%00b/"])
def test_every_answer_carries_the_security_headers(client, address):
    response = client.get(address)
    assert set(response.headers) >= HEADERS
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_a_refused_body_carries_the_security_headers_too(client):
    response = client.post("/nowhere/", b"x" * (LIMIT + 1), content_type="text/plain")
    assert response.status_code == 413
    assert set(response.headers) >= HEADERS


def test_https_only_is_said_over_https(client, settings):
    settings.SECURE_HSTS_SECONDS = 63072000
    # The middleware reads its settings when it is made.
    client.handler.load_middleware()
    response = client.get("/nowhere/", secure=True)
    assert response.headers["Strict-Transport-Security"].startswith("max-age=63072000")


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/x-www-form-urlencoded", 404),
        ("application/x-www-form-urlencoded; charset=UTF-8", 404),
        ('application/x-www-form-urlencoded; charset="utf-8"', 404),
        ("application/x-www-form-urlencoded; charset=utf-16", 400),
        ("application/x-www-form-urlencoded; charset=base64", 400),
        ("application/x-www-form-urlencoded; charset=no-such-thing", 400),
        ("application/x-www-form-urlencoded; charset=", 400),
        ("multipart/form-data; boundary=x; charset=utf-32", 400),
        ("multipart/form-data", 400),
    ],
)
def test_bodies_in_odd_encodings_are_a_bad_request(client, content_type, status):
    assert client.generic("POST", "/nowhere/", b"title=a", content_type).status_code == status


def test_a_file_name_in_an_unknown_encoding_breaks_nothing(client):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="picture"; '
        b"filename*=no-such-thing''a%ff.png\r\nContent-Type: image/png\r\n\r\nbytes\r\n--x--\r\n"
    )
    response = client.post("/nowhere/", body, content_type="multipart/form-data; boundary=x")
    assert response.status_code == 404


def test_a_body_up_to_the_limit_passes_and_a_longer_one_is_too_large(client):
    form = "application/x-www-form-urlencoded"
    assert (
        client.post("/nowhere/", b"a=" + b"x" * (LIMIT - 2), content_type=form).status_code == 404
    )
    assert (
        client.post("/nowhere/", b"a=" + b"x" * (LIMIT + 1), content_type=form).status_code == 413
    )


def test_a_long_text_in_a_form_with_files_is_too_large(client):
    assert client.post("/nowhere/", {"body": "x" * (LIMIT + 1)}).status_code == 413


def test_an_eleventh_file_is_said_to_be_one_too_many(client):
    files = [SimpleUploadedFile(f"{n}.jpg", b"x" * LIMIT) for n in range(11)]
    response = client.post("/nowhere/", {"title": "Window", "files": files})
    assert response.status_code == 413
    assert "Ten files can be sent at once" in response.content.decode()
    assert client.post("/nowhere/", {"files": files[:1]}).status_code == 404


def test_a_picture_may_be_larger_than_a_text(client, tmp_path):
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"x" * (LIMIT + 1))
    with picture.open("rb") as file:
        assert client.post("/nowhere/", {"picture": file}).status_code == 404


def test_a_body_beyond_every_picture_is_refused_and_read_to_its_end(settings):
    settings.REQUEST_MAX_BYTES_WITH_FILE = 3 * LIMIT
    body = b"x" * (4 * LIMIT)
    request = RequestFactory().post("/", body, content_type="multipart/form-data; boundary=x")
    request.user = AnonymousUser()
    response = RequestLimitsMiddleware(lambda request: HttpResponse())(request)
    assert response.status_code == 413
    assert request.read(1) == b""


def test_log_lines_name_the_request_and_nothing_about_the_person(client, caplog):
    with caplog.at_level(logging.INFO, logger="afterimage.request"):
        response = client.get("/nowhere/", {"q": "a secret wish"}, REMOTE_ADDR="192.0.2.7")
    (record,) = [r for r in caplog.records if r.name == "afterimage.request"]
    line = json.loads(logs.JsonFormatter().format(record))
    assert line["request_id"] == response.headers["X-Request-ID"]
    assert line["message"].startswith("GET /nowhere/ 404 ")
    assert "secret" not in str(line)
    assert "192.0.2.7" not in str(line)


def test_only_a_trusted_proxy_may_name_the_request(client, settings):
    sent = {"X-Request-ID": "proxy-0123456789"}
    assert client.get("/", headers=sent).headers["X-Request-ID"] != sent["X-Request-ID"]
    settings.TRUSTED_PROXIES = 1
    assert client.get("/", headers=sent).headers["X-Request-ID"] == sent["X-Request-ID"]
    forged = {"X-Request-ID": 'x" level="ERROR'}
    assert client.get("/", headers=forged).headers["X-Request-ID"] != forged["X-Request-ID"]


def test_plain_lines_name_the_request():
    logs.request_id.set("abc")
    record = logging.LogRecord("films", logging.INFO, "", 0, "Hello", (), None)
    assert logs.PlainFormatter().format(record).endswith("INFO films [abc] Hello")


def test_a_session_s_name_with_nul_in_it_is_refused(client):
    """A quoted cookie may have any character; PostgreSQL knows none that is NUL."""
    for address in ("/", "/desk/", "/accounts/login/"):
        answer = client.get(address, headers={"Cookie": 'sessionid="abcdefgh\\000"'})
        assert answer.status_code == 400


def test_what_a_member_reads_stays_out_of_shared_caches(client):
    assert "Cache-Control" not in client.get("/about/").headers
    client.force_login(make_user())
    for address in ("/about/", "/desk/", "/nowhere/"):
        assert client.get(address).headers["Cache-Control"] == "private"
    assert "public" in client.get("/robots.txt").headers["Cache-Control"]


def test_no_header_moves_the_site_to_another_place(client):
    page = client.get("/about/", SCRIPT_NAME="//evil.example").content.decode()
    assert "evil.example" not in page
    assert 'href="/films/"' in page


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/accounts/password/reset/key/p-cs1x2y-0123456789abcdef", "/accounts/..."),
        ("/accounts/confirm-email/MQ:1abcde:secret", "/accounts/..."),
        ("/settings/mail/secret-token", "/settings/..."),
        ("/members/alice1", "/members/..."),
        ("/nowhere/", "/nowhere/"),
        ("/wp-login.php", "/wp-login.php"),
    ],
)
def test_an_address_without_its_last_slash_leaves_no_secret_in_the_log(
    client, caplog, address, place
):
    with caplog.at_level(logging.DEBUG, logger="afterimage.request"):
        client.get(address)
    (record,) = [r for r in caplog.records if r.name == "afterimage.request"]
    assert record.getMessage().startswith(f"GET {place} ")
    assert address == place or address not in caplog.text


def test_a_made_up_host_is_refused_in_one_line(client, caplog):
    response = client.get("/desk/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert [r.levelname for r in caplog.records] == ["INFO"]
    assert "evil.example" not in caplog.text
