"""The second factor: turning it on, signing in with it, and the way back."""

import re
import time
from urllib.parse import quote

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings as site_settings
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from tests.factories import make_user
from users.models import ModerationAction
from users.second_factor import MFAAdapter, SecondFactor, take_off

pytestmark = pytest.mark.django_db

PASSWORD = "a long password"
SETUP, CODE, CODES = (
    "/accounts/2fa/totp/activate/", "/accounts/2fa/authenticate/", "/accounts/2fa/recovery-codes/"
)  # fmt: skip
AGAIN = "/accounts/2fa/reauthenticate/"


@pytest.fixture
def member():
    return make_user("mina")


@pytest.fixture(autouse=True)
def told(monkeypatch):
    """allauth's mail and messages follow a commit, of which there is none in a test, and want
    the request in hand."""
    monkeypatch.setattr(transaction, "on_commit", lambda act, **_how: act())


def sign_in(client, name="mina", **more):
    return client.post("/accounts/login/", {"login": name, "password": PASSWORD, **more})


def prove(client, **more):
    return client.post("/accounts/reauthenticate/", {"password": PASSWORD, **more})


def prove_by_code(client, codes):
    return client.post(AGAIN, {"code": codes.pop()})


def code_of(secret, step=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def secret_of(member):
    row = Authenticator.objects.get(user=member, type="totp")
    return MFAAdapter().decrypt(row.data["secret"])


def main_of(response):
    return response.content.decode().partition("<main")[2].partition("</main")[0]


def set_up(client):
    """Turned on, and the codes as they are shown."""
    prove(client)
    secret = re.search(r"<code>(\w+)</code>", main_of(client.get(SETUP)))[1]
    with time_machine.travel(time.time(), tick=False):  # the next code may begin at any moment
        page = client.post(SETUP, {"code": code_of(secret)})
    assert page.headers["Location"] == CODES
    return re.search(r'<pre class="copy">([\d\n]+)</pre>', main_of(client.get(CODES)))[1].split()


@pytest.fixture
def codes(client, member):
    """The recovery codes of a member who is signed out, and has a second factor."""
    sign_in(client)
    found = set_up(client)
    client.post("/accounts/logout/")
    mail.outbox.clear()
    return found


def is_in(client):
    return client.get("/desk/").status_code == 200


# Turning it on


def test_turning_it_on_shows_a_picture_letters_and_then_codes_once(client, member):
    sign_in(client)
    assert client.get(SETUP).headers["Location"].startswith("/accounts/reauthenticate/")
    prove(client)
    response = client.get(SETUP)
    page = main_of(response)
    assert 'src="data:image/svg+xml;base64,' in page
    assert "no-store" in response.headers["Cache-Control"]
    codes = set_up(client)
    assert len(set(codes)) == 10
    again = client.get(CODES)
    assert "10 of 10 are left" in main_of(again)
    assert not any(code in main_of(again) for code in codes)
    assert client.get(f"{CODES}download/").status_code == 403
    assert [message.subject for message in mail.outbox] == ["Your second factor is on"]
    settings_page = client.get("/settings/").content.decode()
    assert "10 of 10 left." in settings_page


def test_the_codes_can_be_downloaded_where_they_are_shown_without_script(client, member):
    sign_in(client)
    prove(client)
    secret = re.search(r"<code>(\w+)</code>", main_of(client.get(SETUP)))[1]
    with time_machine.travel(time.time(), tick=False):
        client.post(SETUP, {"code": code_of(secret)})
    response = client.get(CODES)
    assert "no-store" in response.headers["Cache-Control"]
    assert re.search(r'href="data:text/plain;charset=utf-8,\d{8}%0A[\d%A]+" download="', main_of(response))  # fmt: skip


@pytest.mark.parametrize("code", ["", "000000", "12345", "abc\0def", "x" * 5000, "٠٠٠٠٠٠"])
def test_a_wrong_code_turns_nothing_on_and_keeps_the_picture(client, member, code):
    sign_in(client)
    prove(client)
    secret = re.search(r"<code>(\w+)</code>", main_of(client.get(SETUP)))[1]
    response = client.post(SETUP, {"code": code})
    assert response.status_code == 422
    assert 'href="#id_code"' in main_of(response)
    assert secret in main_of(response)
    assert not Authenticator.objects.exists()


def test_secrets_are_encrypted_where_they_are_kept(client, member, codes):
    secret = secret_of(member)
    for row in Authenticator.objects.filter(user=member):
        assert secret not in str(row.data)
        assert str(row.data.get("secret") or row.data.get("seed")).startswith("gAAAA")


def test_neither_codes_nor_secrets_are_logged(client, member, caplog):
    caplog.set_level("DEBUG")
    sign_in(client)
    codes = set_up(client)
    client.post("/accounts/logout/")
    sign_in(client)
    client.post(CODE, {"code": "123987"})
    client.post(CODE, {"code": codes[0]})
    lines = "\n".join(r.getMessage() for r in caplog.records if r.name != "django.db.backends")
    assert secret_of(member) not in lines
    assert "123987" not in lines
    assert codes[0] not in lines


def test_turning_it_on_signs_out_whoever_had_the_password_alone(client, member):
    other, third = Client(), Client()
    sign_in(other)
    assert is_in(other)
    prove(other)
    third.force_login(make_user("rain"))
    sign_in(client)
    set_up(client)
    assert not is_in(other)
    other.post("/accounts/2fa/totp/deactivate/")
    assert SecondFactor.of(member)
    assert is_in(client)
    assert is_in(third)


def test_the_code_that_turned_it_on_does_not_sign_in_too(client, member):
    sign_in(client)
    with time_machine.travel(time.time(), tick=False):
        set_up(client)
        client.post("/accounts/logout/")
        sign_in(client)
        answer = client.post(CODE, {"code": code_of(secret_of(member))})
    assert answer.status_code == 422
    assert not is_in(client)


# Signing in


def test_after_the_password_the_code_is_asked_for(client, member, codes):
    assert sign_in(client).headers["Location"] == CODE
    assert not is_in(client)
    assert "And the second key" in main_of(client.get(CODE))
    assert re.search(r'<input[^>]* name="code"[^>]* autofocus', main_of(client.get(CODE)))
    with time_machine.travel(time.time() + 60, tick=False):
        assert client.post(CODE, {"code": code_of(secret_of(member))}).status_code == 302
    assert is_in(client)


def test_a_form_without_the_code_is_asked_for_it(client, codes):
    sign_in(client)
    answer = client.post(CODE)
    assert answer.status_code == 422
    assert 'name="code"' in main_of(answer)
    assert "Type the code that your app shows." in main_of(answer)


def test_without_the_password_no_code_is_asked_for(client, codes):
    assert client.get(CODE).headers["Location"].startswith("/accounts/login/")
    assert client.post(CODE, {"code": codes[0]}).headers["Location"].startswith("/accounts/login/")
    assert not is_in(client)


def test_next_is_kept_through_both_steps(client, member, codes):
    sign_in(client, next="/log/")
    assert client.post(CODE, {"code": codes[0]}).headers["Location"] == "/log/"


@pytest.mark.parametrize("code", ["", "000000", "abc\0", "x" * 5000])
def test_a_wrong_code_signs_nobody_in(client, codes, code):
    sign_in(client)
    response = client.post(CODE, {"code": code})
    assert response.status_code == 422
    assert 'href="#id_code"' in main_of(response)
    assert not is_in(client)
    assert client.post(CODE, {}).status_code in (200, 422)


def test_a_code_works_once_and_an_old_one_not_at_all(client, member, codes):
    with time_machine.travel(time.time() + 60, tick=False):
        code = code_of(secret_of(member))
        for expected in (True, False):
            visitor = Client()
            sign_in(visitor)
            visitor.post(CODE, {"code": code})
            assert is_in(visitor) is expected
        sign_in(client)
        client.post(CODE, {"code": code_of(secret_of(member), step=-1)})
        assert not is_in(client)


def test_a_recovery_code_works_once(member, codes):
    for expected in (True, False):
        visitor = Client()
        sign_in(visitor)
        visitor.post(CODE, {"code": codes[0]})
        assert is_in(visitor) is expected
    assert SecondFactor.of(member).codes_left == 9


def test_codes_cannot_be_guessed_at_length(client, member, codes):
    sign_in(client)
    answers = [main_of(client.post(CODE, {"code": f"{n:06}"})) for n in range(7)]
    assert "Too many attempts" in answers[-1]
    sign_in(client)
    assert "Too many attempts" in main_of(client.post(CODE, {"code": codes[0]}))
    assert not is_in(client)


def test_guessing_while_turning_it_on_has_a_limit_too(client, member):
    sign_in(client)
    prove(client)
    answers = [main_of(client.post(SETUP, {"code": f"{n:06}"})) for n in range(7)]
    assert "Too many attempts" in answers[-1]


def test_staff_go_through_the_same_two_doors(client):
    make_user("boss", role="moderator")
    sign_in(client, "boss")
    codes = set_up(client)
    client.post("/accounts/logout/")
    response = client.get("/admin/", follow=True)
    address = response.redirect_chain[-1][0]
    assert address.startswith("/accounts/login/")
    sign_in(client, "boss", next="/admin/")
    assert client.get("/admin/").status_code == 302
    assert client.post(CODE, {"code": codes[0]}).headers["Location"] == "/admin/"
    assert client.get("/admin/films/film/").status_code == 200


def test_the_admin_has_no_sign_in_of_its_own(client, verbs_one_by_one):
    make_user("boss", role="moderator")
    other = make_user("mod", role="moderator")
    sign_in(client, "boss")
    set_up(client)
    client.force_login(other)
    given = {"username": "boss", "password": "a long password", "next": "/admin/"}
    assert client.post("/admin/login/", given).headers["Location"] == "/admin/"
    assert client.get("/admin/").wsgi_request.user == other


def test_a_new_password_by_mail_does_not_get_past_it(client, member, codes):
    client.post("/accounts/password/reset/", {"email": member.email})
    link = re.search(r"http://testserver(\S+)", mail.outbox[-1].body)[1]
    address = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(address, {"password1": PASSWORD, "password2": PASSWORD})
    assert not is_in(client)
    assert sign_in(client).headers["Location"] == CODE


# Changing it


def enter(client, codes):
    sign_in(client)
    client.post(CODE, {"code": codes.pop()})


def test_turning_it_off_asks_again_and_tells_by_mail(client, member, codes):
    enter(client, codes)
    off = "/accounts/2fa/totp/deactivate/"
    assert client.post(off).headers["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert SecondFactor.of(member)
    prove_by_code(client, codes)
    client.post(off)
    assert not Authenticator.objects.exists()
    assert [message.subject for message in mail.outbox] == ["Your second factor is off"]
    client.post("/accounts/logout/")
    sign_in(client)
    assert is_in(client)


def test_the_password_does_not_do_in_place_of_a_code(client, member, codes):
    enter(client, codes)
    page = "/accounts/2fa/recovery-codes/generate/"
    client.get(page)
    door = prove(client, next=page)
    assert door.headers["Location"] == f"{AGAIN}?next={quote(page, safe='')}"
    assert client.get(page).status_code == 302
    assert "password instead" not in main_of(client.get(AGAIN))
    assert client.post(AGAIN, {"code": "000000"}).status_code == 422
    prove_by_code(client, codes)
    assert client.get(page).status_code == 200


def test_new_recovery_codes_end_the_old_ones_and_are_told(client, member, codes):
    enter(client, codes)
    prove_by_code(client, codes)
    client.post("/accounts/2fa/recovery-codes/generate/")
    page = main_of(client.get(CODES))
    new = re.search(r'<pre class="copy">([\d\n]+)</pre>', page)[1].split()
    assert not set(new) & set(codes)
    assert [message.subject for message in mail.outbox] == ["You have new recovery codes"]
    client.post("/accounts/logout/")
    sign_in(client)
    client.post(CODE, {"code": codes[0]})
    assert not is_in(client)


def test_an_address_can_be_changed_with_a_second_factor(client, member, codes):
    enter(client, codes)
    prove_by_code(client, codes)
    response = client.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    assert response.status_code == 302


def test_without_one_there_are_no_codes_to_make(client, member):
    sign_in(client)
    prove(client)
    assert client.get(CODES).status_code == 404
    for answer in (client.get(f"{CODES}generate/"), client.post(f"{CODES}generate/")):
        assert answer.headers["Location"] == "/settings/"
    assert not Authenticator.objects.exists()
    assert client.get("/accounts/2fa/totp/deactivate/").status_code == 404


# The key that encrypts


def test_a_former_key_still_opens_what_it_encrypted(client, member, codes, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another " * 8
    sign_in(client)
    client.post(CODE, {"code": codes[0]})
    assert is_in(client)


def test_without_its_key_a_factor_refuses_every_code_and_breaks_nothing(
    client, codes, settings, caplog
):
    settings.SECRET_KEY = "another " * 8
    sign_in(client)
    assert client.post(CODE, {"code": codes[0]}).status_code == 422
    assert "a key that is not among the settings" in caplog.text


# The way back


def test_an_administrator_takes_it_off_with_a_reason_a_record_and_a_mail(
    client, member, codes, told
):
    boss = make_user("boss", is_superuser=True, role="moderator")
    client.force_login(boss)
    asked = {"action": "take_off_second_factor", "_selected_action": member.pk}
    page = client.post("/admin/users/user/", asked)
    assert "Nothing has happened yet" in page.content.decode()
    assert client.post("/admin/users/user/", asked | {"post": "yes", "reason": " "}).status_code == 422  # fmt: skip
    assert SecondFactor.of(member)
    sent = asked | {"post": "yes", "reason": "She wrote from her address."}
    answer = client.post("/admin/users/user/", sent, follow=True)
    assert "has no second factor any more" in answer.content.decode()
    assert not SecondFactor.of(member)
    entry = LogEntry.objects.get(object_id=str(member.pk))
    assert (entry.user, "She wrote from her address." in entry.change_message) == (boss, True)
    history = client.get(f"/admin/users/user/{member.pk}/history/").content.decode()
    assert "She wrote from her address." in history
    assert not ModerationAction.objects.exists()
    assert [(m.subject, m.to) for m in mail.outbox] == [
        ("Your second factor was taken off", [member.email])
    ]
    visitor = Client()
    sign_in(visitor)
    assert is_in(visitor)
    again = client.post("/admin/users/user/", sent, follow=True)
    assert "had no second factor" in again.content.decode()
    assert LogEntry.objects.filter(object_id=str(member.pk)).count() == 1


def test_a_mail_about_it_that_cannot_be_sent_names_no_address(member, settings, caplog, codes):
    settings.EMAIL_BACKEND = "tests.users.test_email_and_password.Broken"
    boss = make_user("boss", is_superuser=True)
    take_off(member, by=boss, reason="She asked.", site="")
    assert not SecondFactor.of(member)
    assert "OSError" in caplog.text
    assert member.email not in caplog.text


def test_where_there_is_a_worker_it_sends_the_mail_about_it(member, settings, codes):
    settings.WORKER = True
    take_off(member, by=make_user("boss", is_superuser=True), reason="She asked.", site="")
    assert [message.to for message in mail.outbox] == [[member.email]]
    assert "letter-" in mail.outbox[0].extra_headers["Message-ID"]


def test_nobody_else_takes_it_off(client, member, codes):
    moderator = make_user("mod", role="moderator")
    client.force_login(moderator)
    sent = {"action": "take_off_second_factor", "_selected_action": member.pk, "post": "yes",
            "reason": "Please."}  # fmt: skip
    client.post("/admin/users/user/", sent)
    assert SecondFactor.of(member)
    with pytest.raises(PermissionDenied):
        take_off(member, by=moderator, reason="Please.", site="")
    with pytest.raises(ValidationError):
        take_off(member, by=make_user("boss", is_superuser=True), reason=" ", site="")


def test_the_admin_shows_that_there_is_one_and_no_secret(client, member, codes, verbs_one_by_one):
    client.force_login(make_user("boss", is_superuser=True, role="moderator"))
    page = client.get(f"/admin/users/user/{member.pk}/change/").content.decode()
    assert "10 recovery codes left" in page
    row = Authenticator.objects.get(user=member, type="totp")
    assert secret_of(member) not in page
    assert row.data["secret"] not in page


# Where staff need one


def test_where_staff_need_one_the_admin_leads_to_it_and_opens_then(client, settings):
    settings.STAFF_SECOND_FACTOR = True
    make_user("boss", role="moderator")
    sign_in(client, "boss")
    page = client.get("/admin/films/film/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/accounts/reauthenticate/")
    assert "Staff sign in with a second factor" in page.content.decode()
    set_up(client)
    assert client.get("/admin/films/film/").status_code == 200


def test_where_staff_need_one_a_member_is_refused_as_ever(client, member, settings):
    settings.STAFF_SECOND_FACTOR = True
    sign_in(client)
    assert client.get("/admin/", follow=True).status_code == 403


# The pages


def test_every_page_of_allauth_is_in_the_sites_design(client, member):
    """Whatever its addresses answer with, to a member with a second factor."""
    sign_in(client)
    set_up(client)
    prove(client)
    seen = set()
    for name in allauth_names():
        response = client.get(reverse(name))
        templates = [t for t in getattr(response, "templates", []) if t.name]
        if response.status_code == 200 and templates:
            origin = str(templates[0].origin.name)
            assert origin.startswith(str(site_settings.BASE_DIR / "templates")), name
            seen.add(templates[0].name)
    assert {"mfa/index.html", "mfa/totp/deactivate_form.html", "account/email_change.html"} <= seen


def allauth_names():
    patterns = next(p for p in get_resolver().url_patterns if str(p.pattern) == "accounts/")
    for entry in patterns.url_patterns:
        for pattern in entry.url_patterns:
            inner = getattr(pattern, "url_patterns", [pattern])
            for one in inner:
                for page in getattr(one, "url_patterns", [one]):
                    if not page.pattern.regex.groups:
                        yield page.name
