"""Changing the address and the password: the old address is told, the new one confirmed first."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tests.factories import make_user
from users.models import User

pytestmark = pytest.mark.django_db

PASSWORD = "a long password"
OLD, NEW = "mina@example.org", "mina.new@example.org"


@pytest.fixture
def member(client):
    member = make_user("mina", email=OLD)
    EmailAddress.objects.create(user=member, email=OLD, verified=True, primary=True)
    sign_in(client)
    return member


def sign_in(client, password=PASSWORD):
    return client.post("/accounts/login/", {"login": "mina", "password": password})


def prove(client, password=PASSWORD):
    return client.post("/accounts/reauthenticate/", {"password": password})


def ask(client, email=NEW):
    return client.post("/accounts/email/", {"action_add": "", "email": email})


def link_in(message):
    return re.search(r"http://testserver(\S+)", message.body)[1]


def addresses(member):
    return sorted(EmailAddress.objects.filter(user=member).values_list("email", "verified"))


def mails_to(address):
    return [message for message in mail.outbox if message.to == [address]]


# The address


def test_a_new_address_counts_once_it_is_confirmed_and_the_old_one_is_told(client, member):
    prove(client)
    page = client.post("/accounts/email/", {"action_add": "", "email": NEW}, follow=True)
    assert "is waiting for you" in page.content.decode()
    assert "is waiting for you" in client.get("/settings/").content.decode()
    member.refresh_from_db()
    assert member.email == OLD
    assert [m.subject for m in mails_to(OLD)] == ["Your address is to be changed"]
    client.post(link_in(mails_to(NEW)[0]))
    member.refresh_from_db()
    assert member.email == NEW
    assert addresses(member) == [(NEW, True)]
    told = mails_to(OLD)
    assert told[-1].subject == "Your address was changed"
    assert "/contact/" in told[-1].body
    assert not any(NEW in message.body for message in told)


def test_the_password_is_asked_first_and_what_was_typed_is_not_lost(client, member):
    assert ask(client).headers["Location"].startswith("/accounts/reauthenticate/")
    assert addresses(member) == [(OLD, True)]
    assert prove(client, "wrong").status_code == 422
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/email/"})
    assert addresses(member) == [(NEW, False), (OLD, True)]


def test_an_address_that_was_never_confirmed_stays_until_the_new_one_is(client):
    member = make_user("mina", email=OLD)
    sign_in(client)
    prove(client)
    ask(client)
    member.refresh_from_db()
    assert member.email == OLD
    assert len(mails_to(OLD)) == 1
    client.post(link_in(mails_to(NEW)[0]))
    member.refresh_from_db()
    assert (member.email, addresses(member)) == (NEW, [(NEW, True)])


def test_another_one_replaces_the_one_that_waits(client, member):
    prove(client)
    ask(client)
    ask(client, "third@example.org")
    assert addresses(member) == [(OLD, True), ("third@example.org", False)]
    assert "This link does not work any more" in client.get(link_in(mails_to(NEW)[0])).content.decode()  # fmt: skip


def test_one_that_waits_can_be_forgotten_and_the_present_one_cannot(client, member):
    prove(client)
    ask(client)
    client.post("/accounts/email/", {"action_remove": "", "email": OLD})
    assert addresses(member) == [(NEW, False), (OLD, True)]
    client.post("/accounts/email/", {"action_remove": "", "email": NEW})
    assert addresses(member) == [(OLD, True)]
    assert not any(NEW in message.body for message in mails_to(OLD))


def test_no_form_makes_an_address_count_unconfirmed(client):
    member = make_user("mina", email=OLD)
    sign_in(client)
    prove(client)
    ask(client)
    response = client.post("/accounts/email/", {"action_primary": "", "email": NEW})
    assert response.status_code == 400
    member.refresh_from_db()
    assert member.email == OLD


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_somebody_elses_address_is_not_told_apart(client, member, is_confirmed):
    taken = "rain@example.org"
    other = make_user("rain", email=taken)
    EmailAddress.objects.create(user=other, email=taken, verified=is_confirmed, primary=True)
    client.get("/about/")  # which says that they are signed in
    prove(client)
    answers = []
    for address in (NEW, taken):
        page = client.post("/accounts/email/", {"action_add": "", "email": address}, follow=True)
        text = page.content.decode().replace(address, "ADDRESS")
        text = re.sub(r'csrfmiddlewaretoken" value="\w+', "", text)
        answers.append((page.redirect_chain, text))
    assert answers[0] == answers[1]
    (message,) = mails_to(taken)
    assert message.subject == "You have an account already"
    assert "http://" not in message.body


def test_an_address_taken_meanwhile_is_not_confirmed_twice(client, member):
    prove(client)
    ask(client)
    link = link_in(mails_to(NEW)[0])
    make_user("rain", email=NEW.upper())
    page = client.post(link, follow=True)
    assert page.status_code == 200
    assert "cannot be confirmed" in page.content.decode()
    member.refresh_from_db()
    assert member.email == OLD


@pytest.mark.parametrize("email", ["", "no address", "a@b.de\0", "x" * 260 + "@e.org", OLD])
def test_a_bad_address_is_named(client, member, email):
    prove(client)
    response = ask(client, email)
    assert response.status_code == 422
    assert 'href="#id_email"' in response.content.decode()
    assert addresses(member) == [(OLD, True)]


def test_asking_has_a_limit(client, member):
    prove(client)
    answers = [ask(client, f"a{number}@example.org").status_code for number in range(12)]
    assert answers[-1] == 429


def test_it_is_for_members(client):
    assert client.get("/accounts/email/").headers["Location"].startswith("/accounts/login/")
    assert ask(client).status_code == 403


def test_a_mail_that_cannot_be_sent_undoes_nothing(client, member, settings, caplog):
    settings.EMAIL_BACKEND = "tests.users.test_email_and_password.Broken"
    change_password(client)
    assert "no such host" not in caplog.text  # a mail server's own words quote the address
    assert User.objects.get().check_password("another fine sentence")


def test_without_a_mail_server_an_address_is_not_changed_and_can_be_asked_for_again(
    client, member, settings
):
    prove(client)
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Broken"
    answer = ask(client)
    assert answer.status_code == 503
    assert "No letter could be sent" in answer.content.decode()
    assert addresses(member) == [(OLD, True)]
    settings.EMAIL_BACKEND = working
    assert ask(client).status_code == 302
    assert len(mails_to(NEW)) == 1


def test_asking_for_the_letter_again_too_soon_says_so(client, member):
    prove(client)
    ask(client)
    again = {"action_send": "", "email": NEW}
    page = client.post("/accounts/email/", again, follow=True).content.decode()
    assert "We have just sent it." in page
    assert len(mails_to(NEW)) == 1
    cache.clear()  # some minutes later
    page = client.post("/accounts/email/", again, follow=True).content.decode()
    assert "We have just sent it." not in page
    assert len(mails_to(NEW)) == 2


def Broken(*args, **kwargs):
    raise OSError("no such host")


# An address that waits is nobody's yet


@pytest.fixture
def waiting(client, member):
    """Asked for and not confirmed: it may have been mistyped, and be anybody's."""
    prove(client)
    ask(client)
    client.post("/accounts/logout/")
    link = link_in(mails_to(NEW)[0])
    mail.outbox.clear()
    cache.clear()  # some minutes later
    return link


def test_an_address_that_waits_gets_no_new_password(client, waiting):
    client.post("/accounts/password/reset/", {"email": NEW})
    assert [message.subject for message in mails_to(NEW)] == ["No account here"]
    client.post("/accounts/password/reset/", {"email": OLD.upper()})
    assert [message.subject for message in mails_to(OLD)] == ["A new password"]


def test_nobody_signs_in_by_an_address_that_waits(client, waiting):
    answer = client.post("/accounts/login/", {"login": NEW, "password": PASSWORD})
    assert answer.status_code == 422
    answer = client.post("/accounts/login/", {"login": OLD.upper(), "password": PASSWORD})
    assert answer.headers["Location"] == "/desk/"


@pytest.mark.parametrize("verification", ["mandatory", "optional"])
def test_an_address_that_waits_keeps_nobody_from_joining(
    client, member, waiting, settings, verification
):
    link = waiting
    settings.ACCOUNT_EMAIL_VERIFICATION = verification
    owner = Client()
    sent = {"email": NEW, "username": "rain", "password1": "a fine long sentence"}
    assert owner.post("/accounts/signup/", sent).status_code == 302
    rain = User.objects.get(username="rain")
    assert addresses(rain) == [(NEW, False)]
    assert "cannot be confirmed" in client.post(link, follow=True).content.decode()
    owner.post(link_in(mails_to(NEW)[-1]))
    assert addresses(rain) == [(NEW, True)]
    assert addresses(member) == [(NEW, False), (OLD, True)]
    sign_in(client)
    prove(client)
    assert client.get("/accounts/email/").status_code == 200
    assert "cannot be confirmed" in client.post(link, follow=True).content.decode()


# Staff give an address back


def changed_by_staff(client, member, email):
    page = client.get(f"/admin/users/user/{member.pk}/change/")
    form = page.context["adminform"].form
    given = {name: form.initial.get(name) for name in form.fields} | {"email": email}
    data = {
        name: value for name, value in given.items() if value is not None and value is not False
    }
    return client.post(f"/admin/users/user/{member.pk}/change/", data)


@pytest.mark.usefixtures("verbs_one_by_one")
def test_what_staff_enter_counts_and_nothing_else_does(client, member, monkeypatch):
    prove(client)
    ask(client, "thief@example.org")
    client.post(link_in(mails_to("thief@example.org")[0]))
    mail.outbox.clear()
    staff = Client()
    staff.force_login(make_user("boss", is_superuser=True, role="moderator"))
    monkeypatch.setattr(transaction, "on_commit", lambda act, **_how: act())
    assert changed_by_staff(staff, member, OLD).status_code == 302
    member.refresh_from_db()
    assert (member.email, addresses(member)) == (OLD, [(OLD, True)])
    assert [message.to for message in mail.outbox] == [["thief@example.org"]]


@pytest.mark.usefixtures("verbs_one_by_one")
def test_staff_give_nobody_an_address_that_another_has(client, member):
    other = make_user("rain")
    EmailAddress.objects.create(user=other, email="second@example.org", verified=True)
    client.force_login(make_user("boss", is_superuser=True, role="moderator"))
    page = changed_by_staff(client, member, "second@example.org")
    assert "Another account has this address." in page.content.decode()
    assert addresses(member) == [(OLD, True)]


@pytest.mark.usefixtures("verbs_one_by_one")
@pytest.mark.parametrize("rights", [{"is_superuser": True}, {"role": "editor"}])
def test_the_right_to_change_members_reaches_no_staff(client, member, rights):
    desk = Group.objects.create(name="Desk")
    desk.permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    clerk = make_user("clerk", is_superuser=False, role="editor")
    clerk.groups.set([desk])
    client.force_login(clerk)
    boss = make_user("boss", **{"role": "moderator"} | rights)
    address = f"/admin/users/user/{boss.pk}/change/"
    page = client.get(address)
    assert boss.email not in page.content.decode()
    assert 'name="email"' not in page.content.decode()
    sent = {"username": "boss", "email": "mine@example.org", "language": "en", "time_zone": "UTC"}
    assert client.post(address, sent).status_code == 403
    boss.refresh_from_db()
    assert boss.email == "boss@example.org"
    assert changed_by_staff(client, member, "back@example.org").status_code == 302
    member.refresh_from_db()
    assert member.email == "back@example.org"


# The password


def change_password(client, old=PASSWORD, new="another fine sentence"):
    return client.post(
        "/accounts/password/change/", {"oldpassword": old, "password1": new, "password2": new}
    )


def test_a_new_password_is_told_by_mail_and_signs_the_others_out(client, member):
    other = Client()
    sign_in(other)
    assert other.get("/desk/").status_code == 200
    change_password(client)
    assert [message.subject for message in mails_to(OLD)] == ["Your password was changed"]
    assert client.get("/desk/").status_code == 200
    assert other.get("/desk/").status_code == 302
    page = client.get("/settings/sessions/").content.decode()
    assert page.count('<th scope="row"') == 1


def test_a_new_password_leads_back_to_the_settings(client, member):
    assert change_password(client).headers["Location"] == "/settings/#signing-in"
    assert client.get("/settings/").content.decode().count("Your new password is kept.") == 1


def test_a_new_password_by_mail_is_told_once(client, member):
    client.post("/accounts/logout/")
    client.post("/accounts/password/reset/", {"email": OLD})
    form = client.get(link_in(mails_to(OLD)[-1]), follow=True).redirect_chain[-1][0]
    passwords = {"password1": "another fine sentence", "password2": "another fine sentence"}
    page = client.post(form, passwords, follow=True).content.decode()
    assert page.count("Your new password is kept.") == 1
    assert "with it." in page


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/accounts/reauthenticate/", "Not let through"),
        ("/accounts/password/change/", "Not changed"),
    ],
)
def test_a_refused_password_form_says_what_is_so_and_takes_the_keyboard(
    client, member, address, heading
):
    page = client.post(address, {"password": "x", "oldpassword": "x"}).content.decode()
    assert f'<h2 id="error-title">{heading}</h2>' in page
    assert re.search(r'class="error-summary"[^>]* autofocus', page)
    assert "What you typed is still here" not in page
    assert "Forgotten password" in page
    assert "Forgot your password?" not in page


def test_a_new_password_forgets_an_address_that_waits(client, member):
    prove(client)
    ask(client)
    change_password(client)
    assert addresses(member) == [(OLD, True)]


def test_a_wrong_present_password_changes_nothing(client, member):
    assert change_password(client, old="wrong").status_code == 422
    member.refresh_from_db()
    assert member.check_password(PASSWORD)
    assert mail.outbox == []
