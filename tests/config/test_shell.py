import datetime
import re

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from tests.factories import make_review, make_user
from users.models import ModerationAction

pytestmark = pytest.mark.django_db

HERE = {"headers": {"Sec-Fetch-Site": "same-origin"}}


@pytest.mark.parametrize("address", ["/", "/about/", "/rules/", "/log/", "/nowhere/"])
def test_visitors_pages_carry_no_cookie_and_no_token_and_open_no_session(client, address):
    response = client.get(address)
    assert not response.cookies
    assert "csrf" not in response.content.decode()
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("address", ["/", "/log/", "/nowhere/", "/accounts/login/"])
def test_every_page_has_the_constant_headers(client, address):
    headers = client.get(address).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]


def test_sign_in_link_brings_the_reader_back_to_the_page(client):
    page = client.get("/log/?rule=1").content.decode()
    assert f"{reverse('account_login')}?next=%2Flog%2F%3Frule%3D1" in page


def test_an_address_that_only_takes_forms_is_never_one_to_come_back_to(client):
    """The lights and the sign-in lead back by a link, so to the page that had the form."""
    client.force_login(make_user())
    refused = {"leave-pieces": "keep", "leave-password": "wrong"}
    for came_from, shown in [
        ("http://testserver/settings/?a=1#leave", "/settings/?a=1"),
        ("http://testserver/settings/leave/", "/"),
        ("https://elsewhere.example/settings/", "/"),
        ("http://testserver/no/such/page", "/"),
        ("", "/"),
    ]:
        response = client.post("/settings/leave/", refused, headers={"Referer": came_from})
        assert response.status_code == 422
        assert f'name="next" value="{shown}"' in response.content.decode()
    page = client.post("/settings/", {"section": "profile", "profile-about": "\0"})
    assert 'name="next" value="/settings/"' in page.content.decode()


def test_a_members_name_leads_to_the_desk_and_is_isolated_and_escaped(client):
    client.force_login(make_user(display_name="Ayşe <b>"))
    page = client.get("/").content.decode()
    assert f'<a href="{reverse("reviews:desk")}"><bdi>Ayşe &lt;b&gt;</bdi></a>' in page


def test_house_lights_are_kept_in_a_cookie_for_visitors(client):
    response = client.post("/display/", {"display": "dark", "next": "/about/?a=1"}, **HERE)
    assert response.status_code == 302
    assert response.headers["Location"] == "/about/?a=1#display"
    cookie = response.cookies["display"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("dark", "Lax", True)
    page = client.get("/about/").content.decode()
    assert 'data-theme="dark"' in page
    assert re.search(r'value="dark" checked', page)


def test_house_lights_work_without_a_token():
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/display/", {"display": "light"}, **HERE).status_code == 302


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_house_lights_are_not_set_from_another_site(client, headers):
    member = make_user()
    client.force_login(member)
    response = client.post("/display/", {"display": "dark"}, headers=headers)
    assert response.status_code == 403
    assert "display" not in response.cookies
    member.refresh_from_db()
    assert member.display == "auto"


def test_house_lights_may_come_with_an_origin_alone(client):
    response = client.post(
        "/display/", {"display": "dark"}, headers={"Origin": "http://testserver"}
    )
    assert response.status_code == 302


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "javascript:alert(1)",
        "\\\\e.e",
        "foo",
        "?x",
        "home",
    ],
)
def test_house_lights_never_lead_to_another_site(client, wanted):
    response = client.post("/display/", {"display": "dark", "next": wanted}, **HERE)
    assert response.headers["Location"] == "/#display"


def test_unknown_house_lights_are_refused(client):
    assert client.post("/display/", {"display": "pink"}, **HERE).status_code == 400
    assert client.get("/display/").status_code == 405


def test_a_foreign_value_of_the_cookie_is_not_printed(client):
    client.cookies["display"] = '"><script>'
    page = client.get("/about/").content.decode()
    assert "data-theme" not in page
    assert "<script>" not in page


def test_a_members_house_lights_are_stored_and_win_over_the_cookie(client):
    member = make_user()
    client.force_login(member)
    client.post("/display/", {"display": "light"}, **HERE)
    member.refresh_from_db()
    assert member.display == "light"
    client.cookies["display"] = "dark"
    assert 'data-theme="light"' in client.get("/about/").content.decode()


def test_a_message_is_shown_once(client):
    client.force_login(make_user())
    client.post("/settings/", {"section": "you", "you-display_name": "Rain"})
    first, second = client.get("/settings/"), client.get("/settings/")
    assert 'role="status"><p>Saved.' in first.content.decode()
    assert "Saved." not in second.content.decode()
    assert not list(get_messages(second.wsgi_request))


def test_members_see_times_in_their_own_zone(client):
    late = datetime.datetime(2026, 1, 1, 20, tzinfo=datetime.UTC)
    piece = make_review()
    ModerationAction.record(
        piece, "keep", "published", by=make_user(role="moderator"), at=late, reason="Fine."
    )
    assert ">1 January 2026<" in client.get("/log/").content.decode()
    client.force_login(make_user(time_zone="Asia/Seoul"))
    assert ">2 January 2026<" in client.get("/log/").content.decode()
    client.logout()
    assert ">1 January 2026<" in client.get("/log/").content.decode()


def test_robots_are_kept_from_forms_and_filters_and_shown_the_sitemap(client):
    text = client.get("/robots.txt").content.decode()
    for path in ("/admin/", "/write/", "/accounts/", "/films/?"):
        assert f"Disallow: {path}\n" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


def test_favicon_is_ours(client):
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert response.headers["Location"].endswith("icon.svg")


def test_a_line_of_the_footer_never_begins_with_a_comma(client):
    page = client.get("/about/").content.decode()
    small_print = re.search(r"<dt>Small print</dt><dd>(.*?)</dd>", page).group(1)
    assert small_print.count('<span class="nowrap"><a ') == small_print.count(",</span>") == 5
    assert "</a>, " not in small_print
