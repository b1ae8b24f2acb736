import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.urls import reverse

from tests.factories import make_user
from users.models import User

pytestmark = pytest.mark.django_db

NEW = {"email": "rain@example.org", "username": "rain", "password1": "a fine long sentence"}


def signed_in(client):
    return "_auth_user_id" in client.session


def link_in(message):
    return re.search(r"http://testserver(\S+)", message.body)[1]


def main_of(response):
    return response.content.decode().partition("<main")[2].partition("</main")[0]


def test_joining_signs_in_and_leads_to_the_desk(client):
    response = client.post("/accounts/signup/", NEW | {"display_name": "Rain, falling"})
    assert response.headers["Location"] == "/desk/"
    assert signed_in(client)
    member = User.objects.get(username="rain")
    assert (member.email, member.name) == ("rain@example.org", "Rain, falling")


def test_joining_with_next_leads_back(client):
    response = client.post("/accounts/signup/", NEW | {"next": "/log/"})
    assert response.headers["Location"] == "/log/"


def test_next_never_leads_to_another_site(client):
    response = client.post("/accounts/signup/", NEW | {"next": "https://elsewhere.example/"})
    assert response.headers["Location"] == "/desk/"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "no address"),
        ("email", "a@b.de\0"),
        ("email", "x" * 260 + "@example.org"),
        ("username", ""),
        ("username", "ab"),
        ("username", "a" * 31),
        ("username", "ra in"),
        ("username", "rain\0"),
        ("username", "räin"),
        ("username", "admin"),
        ("username", "Adm1n"),
        ("username", "m0derat0r"),
        ("password1", ""),
        ("password1", "short"),
        ("password1", "password"),
        ("password1", "a fine\0long sentence"),
        ("display_name", "x" * 61),
        ("display_name", "Moderator"),
        ("display_name", "Мoderator"),
        ("display_name", "Afterimage"),
        ("display_name", "a\0b"),
    ],
)
def test_a_bad_field_is_named_and_leaves_no_account(client, field, value):
    response = client.post("/accounts/signup/", NEW | {field: value})
    assert response.status_code == 422
    page = main_of(response)
    assert 'class="error-summary"' in page
    assert f'href="#id_{field}"' in page
    assert "<title>Error:" in response.content.decode()
    assert not User.objects.exists()


def test_what_was_typed_is_given_back_but_not_the_password(client):
    page = main_of(client.post("/accounts/signup/", NEW | {"username": "ab"}))
    assert 'value="rain@example.org"' in page
    assert NEW["password1"] not in page


def test_a_username_is_taken_whatever_its_case(client):
    make_user("Rain", email="other@example.org")
    response = client.post("/accounts/signup/", NEW)
    assert response.status_code == 422
    assert "Somebody has this member name already" in main_of(response)


def test_nobody_may_be_called_like_staff(client):
    make_user("hana-kovar", role="moderator", display_name="Hana Kovář")
    for imitation in ("Hana Kovář", "hana kovar", "HANA-KOVAR", "Наna Kovar"):
        response = client.post("/accounts/signup/", NEW | {"display_name": imitation})
        assert response.status_code == 422, imitation
        assert "somebody who looks after the site" in main_of(response)
    assert client.post("/accounts/signup/", NEW | {"username": "Hana_Kovar"}).status_code == 422


def test_a_name_loses_what_cannot_be_seen(client):
    client.post("/accounts/signup/", NEW | {"display_name": " Mo\u202ehsi  \u200bLee\n"})
    assert User.objects.get().display_name == "Mohsi Lee"


def test_a_taken_address_is_not_given_away_where_mail_is_sent(client, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    make_user("first", email="rain@example.org")
    response = client.post("/accounts/signup/", NEW)
    assert response.status_code == 302
    assert not User.objects.filter(username="rain").exists()
    assert mail.outbox[-1].to == ["rain@example.org"]
    assert mail.outbox[-1].subject == "You have an account already"


def test_nor_by_the_time_that_an_answer_takes(client, settings, monkeypatch):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.PASSWORD_HASHERS = ["tests.users.test_accounts.CountingHasher"]
    make_user("first", email="taken@example.org")
    counts = []
    for email, name in (("rain@example.org", "rain"), ("taken@example.org", "snow")):
        CountingHasher.count = 0
        client.post("/accounts/signup/", NEW | {"email": email, "username": name})
        counts.append(CountingHasher.count)
    assert counts == [1, 1]


class CountingHasher(MD5PasswordHasher):
    algorithm = "counting"
    count = 0

    def encode(self, password, salt):
        type(self).count += 1
        return f"counting$1${salt}${super().encode(password, salt)[-32:]}"


@pytest.mark.parametrize("login", ["rain", "RAIN", "rain@example.org"])
def test_signing_in_by_name_or_address(client, login):
    make_user("rain")
    response = client.post("/accounts/login/", {"login": login, "password": "a long password"})
    assert response.headers["Location"] == "/desk/"
    assert "You are signed in." in client.get("/about/").content.decode()


def test_a_wrong_password_says_so_and_not_which_part_was_wrong(client):
    make_user("rain")
    wrong = client.post("/accounts/login/", {"login": "rain", "password": "x"})
    unknown = client.post("/accounts/login/", {"login": "nobody-here", "password": "x"})
    for response in (wrong, unknown):
        assert response.status_code == 422
        assert "No account has this name and this password" in main_of(response)


def test_too_many_attempts_are_slowed_down(client):
    make_user("rain")
    answers = [
        client.post("/accounts/login/", {"login": "rain", "password": "x"}) for _ in range(12)
    ]
    assert "Too many attempts" in main_of(answers[-1]) or answers[-1].status_code == 429


def test_signing_out_takes_a_form(client):
    client.force_login(make_user())
    assert "Sign out" in main_of(client.get("/accounts/logout/"))
    assert signed_in(client)
    assert client.post("/accounts/logout/").headers["Location"] == "/"
    assert not signed_in(client)
    assert "You are signed out." in client.get("/").content.decode()


def test_only_a_form_uses_a_reset_link_up(client):
    member = make_user("rain")
    client.post("/accounts/password/reset/", {"email": member.email})
    link = link_in(mail.outbox[-1])
    scanner = type(client)()
    for _time in range(2):
        scanner.head(link, follow=True)
        scanner.get(link, follow=True)
    member.refresh_from_db()
    assert member.check_password("a long password")
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    passwords = {"password1": "another fine sentence", "password2": "another fine sentence"}
    assert client.post(address, passwords).status_code == 302
    member.refresh_from_db()
    assert member.check_password("another fine sentence")
    used = type(client)().get(link, follow=True)
    assert "This link does not work any more." in main_of(used)


def test_only_a_form_confirms_an_address(client):
    client.post("/accounts/signup/", NEW)
    link = link_in(mail.outbox[-1])
    scanner = type(client)()
    for _time in range(2):
        scanner.head(link)
        scanner.get(link)
    assert not EmailAddress.objects.get().verified
    assert "rain@example.org" in main_of(client.get(link))
    client.post(link)
    assert EmailAddress.objects.get().verified


def test_reset_says_the_same_for_an_unknown_address(client):
    response = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert response.headers["Location"] == reverse("account_reset_password_done")
    assert mail.outbox[-1].subject == "No account here"


def test_without_a_mail_server_all_read_the_same_and_nothing_is_lost(client, settings, caplog):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.users.test_email_and_password.Broken"
    make_user("first", email="first@example.org")
    joined = client.post("/accounts/signup/", NEW)
    answers = [
        joined,
        client.post("/accounts/signup/", NEW | {"email": "first@example.org", "username": "x-y"}),
        client.post("/accounts/password/reset/", {"email": "first@example.org"}),
        client.post("/accounts/password/reset/", {"email": "nobody@example.org"}),
    ]
    assert {answer.status_code for answer in answers} == {503}
    assert len({main_of(answer) for answer in answers}) == 1
    assert "No letter could be sent" in main_of(joined)
    assert "first@example.org" not in caplog.text
    settings.EMAIL_BACKEND = working
    client.post("/accounts/login/", {"login": "rain", "password": NEW["password1"]})
    client.post(link_in(mail.outbox[-1]))
    assert EmailAddress.objects.get(user__username="rain").verified


def test_where_mail_is_sent_an_address_is_confirmed_before_the_first_sign_in(client, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    response = client.post("/accounts/signup/", NEW, follow=True)
    assert "We have written to you." in main_of(response)
    assert not signed_in(client)


def test_pages_that_come_after_something_tell_nobody_else_of_it(client):
    assert client.get("/accounts/inactive/").headers["Location"] == "/"
    assert client.get("/accounts/confirm-email/").status_code == 200
    client.force_login(make_user("rain"))
    assert client.get("/accounts/confirm-email/").headers["Location"] == "/settings/"


def test_a_closed_account_is_told_so_at_the_door(client):
    make_user("rain", is_active=False)
    answer = client.post("/accounts/login/", {"login": "rain", "password": "a long password"})
    assert answer.status_code == 403
    assert "<h1>This account is closed</h1>" in main_of(answer)
    assert not signed_in(client)


def test_mail_is_plain_text_and_its_subject_one_line(client):
    make_user("rain", email="o'rain&co@example.org")
    client.post("/accounts/password/reset/", {"email": "o'rain&co@example.org"})
    client.post("/accounts/password/reset/", {"email": "no'body&co@example.org"})
    for message in mail.outbox:
        assert "\n" not in message.subject
        assert not message.alternatives
        assert "&amp;" not in message.body
        assert "&#x27;" not in message.body
    assert "no'body&co@example.org" in mail.outbox[-1].body


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("account_login", "Sign in"),
        ("account_signup", "Join"),
        ("account_reset_password", "A new password"),
        ("account_reset_password_done", "A new password"),
        ("account_email_verification_sent", "One letter away"),
    ],
)
def test_pages_for_visitors_wear_the_sites_design(client, name, heading):
    page = client.get(reverse(name)).content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert 'class="masthead"' in page
    assert 'class="wrap door"' in page


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("account_email", "Another address"),
        ("account_change_password", "Another password"),
        ("account_logout", "Sign out"),
        ("account_reauthenticate", "Once more, please"),
    ],
)
def test_pages_for_members_wear_the_sites_design(client, name, heading):
    member = make_user()
    client.post("/accounts/login/", {"login": member.username, "password": "a long password"})
    page = client.get(reverse(name)).content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert 'class="masthead"' in page


def test_an_address_that_is_too_long_is_refused_in_the_settings_too(client):
    client.force_login(make_user())
    long = "x" * 260 + "@example.org"
    response = client.post("/accounts/email/", {"action_add": "", "email": long})
    assert response.status_code == 422
    assert not EmailAddress.objects.filter(email=long).exists()
