"""Where members are signed in, and signing out there."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import make_film, make_review, make_user
from users.models import MemberSession

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0"
)
PAGE = "/settings/sessions/"


@pytest.fixture
def member():
    return make_user("mina")


def signed_in(member, agent=FIREFOX):
    client = Client(headers={"User-Agent": agent})
    client.post("/accounts/login/", {"login": member.username, "password": "a long password"})
    return client


def main_of(response):
    return response.content.decode().partition("<main")[2].partition("</main")[0]


def test_devices_are_listed_in_plain_words_and_this_one_is_marked(member):
    here = signed_in(member)
    signed_in(member, SAFARI)
    signed_in(member, EDGE)
    signed_in(make_user("rain"), "Mozilla/5.0 (Android 16) Chrome/150")
    page = main_of(here.get(PAGE))
    for device in ("Firefox on Linux", "Safari on iPhone", "Edge on Windows"):
        assert device in page
    assert page.count("This one") == 1
    assert "Android" not in page
    assert "3 devices." in here.get("/settings/").content.decode()


def test_neither_an_address_nor_what_a_browser_says_of_itself_is_kept(member):
    signed_in(member)
    row = MemberSession.objects.get()
    kept = {field.name for field in row._meta.concrete_fields}
    assert kept == {"id", "member", "session_key", "browser", "system", "began_at", "seen_on"}
    assert "127.0.0.1" not in str(vars(row))
    assert "Gecko" not in str(vars(row))


@pytest.mark.parametrize("agent", ["", "curl/8", "\udcff", "x" * 5000])
def test_any_browser_is_taken(member, agent):
    client = signed_in(member, agent.encode("utf-8", "surrogateescape").decode("latin-1"))
    assert "unknown device" in main_of(client.get(PAGE))


def test_signing_out_everywhere_else(member):
    here, there, elsewhere = signed_in(member), signed_in(member, SAFARI), signed_in(member, EDGE)
    stranger = signed_in(make_user("rain"))
    assert "Signed out there." in main_of(here.post(PAGE, follow=True))
    assert there.get("/desk/").status_code == 302
    assert elsewhere.get("/desk/").status_code == 302
    assert here.get("/desk/").status_code == 200
    assert stranger.get("/desk/").status_code == 200
    assert MemberSession.objects.filter(member=member).count() == 1


def test_signing_out_one_device(member):
    here, there, elsewhere = signed_in(member), signed_in(member, SAFARI), signed_in(member, EDGE)
    here.post(PAGE, {"session": MemberSession.objects.get(browser="Safari").pk})
    assert there.get("/desk/").status_code == 302
    assert elsewhere.get("/desk/").status_code == 200


@pytest.mark.parametrize("key", ["0", "-1", "x\0", "9" * 40])
def test_nobody_signs_somebody_else_out(member, key):
    here, stranger = signed_in(member), signed_in(make_user("rain"))
    theirs = MemberSession.objects.get(member__username="rain").pk
    for given in (key, theirs):
        page = here.post(PAGE, {"session": given}, follow=True)
        assert "Nobody was signed in there any more." in main_of(page)
    assert stranger.get("/desk/").status_code == 200


def test_it_is_for_members(client):
    assert client.get(PAGE).headers["Location"].startswith("/accounts/login/")
    assert client.post(PAGE).status_code == 403


def test_a_session_from_before_the_list_comes_onto_it_by_itself(client, member):
    client.force_login(member)
    assert not MemberSession.objects.exists()
    assert "This one" in main_of(client.get(PAGE))


def test_the_list_says_since_when_and_on_which_day_last(member):
    with time_machine.travel("2026-03-01 10:00Z", tick=False):
        client = signed_in(member)
    with time_machine.travel("2026-03-04 10:00Z", tick=False):
        client.get("/about/")
        page = main_of(client.get(PAGE))
    assert "1 March 2026" in page
    assert "4 March 2026" in page
    assert MemberSession.objects.count() == 1


def test_the_day_is_the_members_own(member):
    member.time_zone = "Asia/Seoul"
    member.save()
    with time_machine.travel("2026-03-01 20:00Z", tick=False):
        page = main_of(signed_in(member).get(PAGE))
    assert page.count("2 March 2026") == 2
    assert "1 March" not in page


def test_a_new_password_keeps_this_one_on_the_list(member):
    with time_machine.travel("2026-03-01 10:00Z", tick=False):
        client = signed_in(member)
        new = "another fine sentence"
        client.post(
            "/accounts/password/change/",
            {"oldpassword": "a long password", "password1": new, "password2": new},
        )
        assert "This one" in main_of(client.get(PAGE))
        assert MemberSession.objects.count() == 1


def test_requests_of_one_day_cost_nothing_more(client, member):
    client.force_login(member)
    costs = []
    for _time in range(3):
        with CaptureQueriesContext(connection) as queries:
            client.get("/about/")
        costs.append(len(queries))
    assert costs[1] == costs[2] < costs[0]
    assert costs[0] - costs[1] <= 5


def test_the_list_costs_the_same_however_long(member):
    client = signed_in(member)
    client.get(PAGE)
    costs = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        costs.append(len(queries))
        for _time in range(8):
            signed_in(member)
    assert costs[0] == costs[1] <= 16


def test_visitors_get_no_cookie_and_no_row(client):
    response = client.get("/about/")
    assert not response.cookies
    assert not MemberSession.objects.exists()


def test_what_others_may_keep_brings_no_cookie(client, member, settings):
    settings.BEHIND_CDN = True
    make_review()  # a sitemap with something in it
    client.force_login(member)
    for address in ("/robots.txt", "/sitemap.xml", card()):
        response = client.get(address)
        assert "public" in response["Cache-Control"]
        assert not response.cookies


def card():
    return f"{make_film().get_absolute_url()}card.png"


def test_a_device_that_signs_out_is_gone_from_the_list(member):
    signed_in(member).post("/accounts/logout/")
    assert not MemberSession.objects.exists()


def test_what_has_ended_goes_with_the_next_tick(member):
    signed_in(member).post("/accounts/logout/")
    old, kept = signed_in(member), signed_in(member)
    Session.objects.filter(pk=old.session.session_key).update(
        expire_date=timezone.now() - timedelta(days=1)
    )
    call_command("tick")
    assert [row.session_key for row in MemberSession.objects.all()] == [kept.session.session_key]
