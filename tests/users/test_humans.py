"""Forms for joining and replying tell programs from people, and lose nothing of either."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core import signing
from django.test import Client

from reviews.models import Comment
from tests.factories import make_review, make_user
from users import humans
from users.models import SiteSettings, User

pytestmark = pytest.mark.django_db
JOIN = "/accounts/signup/"


@pytest.fixture(autouse=True)
def asking(settings):
    settings.FORM_SECONDS = 2


def made(page):
    return re.search(r'name="made" value="([^"]+)"', page.content.decode())[1]


def joining(token, **more):
    return {"email": "mina@example.org", "username": "mina", "password1": "a hat on a hook",
            "display_name": "Mina", "made": token} | more  # fmt: skip


def test_somebody_who_takes_their_time_joins(client):
    with time_machine.travel("2026-11-25 12:00:00+00:00", tick=False) as clock:
        token = made(client.get(JOIN))
        clock.shift(20)
        response = client.post(JOIN, joining(token))
    assert response.status_code == 302
    assert User.objects.filter(username="mina").exists()


@pytest.mark.parametrize(
    ("seconds", "more", "said"),
    [
        (0, {}, "faster than people type"),
        (20, {"website": "https://pills.example"}, "nobody sees"),
        (2 * 24 * 3600, {}, "open very long"),
        (20, {"made": "forged"}, "open very long"),
        (20, {"made": signing.dumps(1, salt="other")}, "open very long"),
    ],
)
def test_a_program_does_not_and_everything_typed_comes_back(client, seconds, more, said):
    with time_machine.travel("2026-11-25 12:00:00+00:00", tick=False) as clock:
        token = made(client.get(JOIN))
        clock.shift(seconds)
        response = client.post(JOIN, joining(token, **more))
        assert response.status_code == 422
        page = response.content.decode()
        assert said in page
        assert 'value="mina@example.org"' in page
        assert "pills" not in page
        assert not User.objects.filter(username="mina").exists()
        clock.shift(20)  # sent once more, as the page says
        assert client.post(JOIN, joining(made(response))).status_code == 302


def test_the_field_is_out_of_everybodys_way(client):
    page = client.get(JOIN).content.decode()
    trap = re.search(r'<div class="visually-hidden" aria-hidden="true">.*?</div>', page)[0]
    assert 'tabindex="-1"' in trap
    assert 'autocomplete="off"' in trap


def test_replies_are_asked_too_and_give_the_text_back(client):
    essay = make_review()
    client.force_login(make_user())
    with time_machine.travel("2026-11-25 12:00:00+00:00", tick=False) as clock:
        token = made(client.get(essay.get_absolute_url()))
        address = f"/reviews/{essay.pk}/comments/"
        response = client.post(address, {"body": "So did mine.", "made": token})
        assert response.status_code == 422
        assert "So did mine." in response.content.decode()
        assert not Comment.objects.exists()
        clock.shift(3)
        assert client.post(address, {"body": "So did mine.", "made": token}).status_code == 302
    assert Comment.objects.get().body == "So did mine."


def test_a_stamp_is_good_for_one_account(client):
    with time_machine.travel("2026-11-25 12:00:00+00:00", tick=False) as clock:
        token = made(client.get(JOIN))
        clock.shift(20)
        wrong = client.post(JOIN, joining(token, username="m"))  # which does not use it
        assert wrong.status_code == 422
        assert made(wrong) != token
        assert Client().post(JOIN, joining(token)).status_code == 302
        another = {"username": "ben", "email": "ben@example.org"}
        refused = Client().post(JOIN, joining(token, **another))
        assert refused.status_code == 422
        page = refused.content.decode()
        assert "sent before" in page
        assert 'value="ben@example.org"' in page
        clock.shift(20)
        assert Client().post(JOIN, joining(made(refused), **another)).status_code == 302
    assert User.objects.filter(username__in=["mina", "ben"]).count() == 2


@pytest.fixture
def replying(client):
    """A call that sends a reply with the stamp of one page, after its time."""
    essay = make_review()
    client.force_login(make_user())
    with time_machine.travel("2026-11-25 12:00:00+00:00", tick=False) as clock:
        token = made(client.get(essay.get_absolute_url()))
        clock.shift(20)
        address = f"/reviews/{essay.pk}/comments/"
        yield lambda body: client.post(address, {"body": body, "made": token})


def test_a_second_click_leads_to_the_reply_that_the_first_one_made(replying):
    first, second = replying("So did mine."), replying(" So did mine. ")
    assert (first.status_code, first.url) == (second.status_code, second.url)
    assert Comment.objects.count() == 1


def test_a_second_reply_with_the_same_stamp_comes_back_with_a_fresh_one(client, replying):
    replying("So did mine.")
    refused = replying("And my sister’s.")
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "sent before" in page
    assert "And my sister’s.</textarea>" in page
    assert Comment.objects.count() == 1


def test_a_reply_past_the_limit_has_not_used_its_stamp(client, replying):
    SiteSettings(comments_an_hour=0).save()
    page = replying("So did mine.")
    assert page.status_code == 429
    SiteSettings(comments_an_hour=9).save()
    given = {"body": "So did mine.", "made": made(page)}
    assert client.post(page.request["PATH_INFO"], given).status_code == 302


def test_of_many_who_use_a_stamp_at_once_one_is_taken():
    data = {"made": humans.stamp()}
    with ThreadPoolExecutor(8) as several:
        said = list(several.map(lambda _: humans.objection_to_use(data), range(40)))
    assert said.count("") == 1


def test_it_can_be_switched_off(client, settings):
    settings.FORM_SECONDS = 0
    assert humans.objection_to({"website": "x"}) == ""
    assert humans.objection_to_use({}) == ""
