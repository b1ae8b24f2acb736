"""A form whose sender was signed out meanwhile comes back whole."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reviews.models import Comment, Review
from tests.factories import make_film, make_review, make_user
from tests.reviews.test_writing import typed
from users.models import User

pytestmark = pytest.mark.django_db

BODY = "\nIt rained <b>all</b> day.\n\nThen it stopped."
HERE = {"Sec-Fetch-Site": "same-origin"}


def fields_of(page):
    """What the page's own form would send."""
    form = re.search(r'<form class="fields".*?</form>', page, re.DOTALL).group()
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    # A browser drops the first line break of a textarea.
    texts = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    return {name: unescape(value) for name, value in [*hidden, *texts]}


def test_a_piece_sent_after_signing_out_is_given_back_and_can_be_sent(client):
    member, film = make_user(), make_film()
    sent = typed(film, body=BODY)
    page = client.post("/write/", sent)
    assert page.status_code == 403
    assert page.headers["Cache-Control"] == "no-store"
    assert not Review.objects.exists()
    again = fields_of(page.content.decode())
    assert again.pop("csrfmiddlewaretoken")
    assert again == {name: str(value) for name, value in sent.items()}
    client.force_login(member)
    assert client.post("/write/", again).status_code == 302
    assert "Then it stopped." in Review.objects.get(author=member).body


def test_a_reply_is_given_back_where_its_address_only_takes_forms(client):
    page = client.post(f"/reviews/{make_review().pk}/comments/", {"body": BODY}).content.decode()
    assert fields_of(page)["body"] == BODY
    assert "next=%2F" in page
    assert not Comment.objects.exists()


def test_a_password_is_never_given_back(client):
    sent = {"leave-pieces": "keep", "leave-password": "a long password"}
    page = client.post("/settings/leave/", sent).content.decode()
    assert "a long password" not in page
    assert fields_of(page)["leave-pieces"] == "keep"


def test_a_file_cannot_be_kept_and_the_page_says_so(client):
    sent = {"picture-alt": "A wet street", "picture-file": SimpleUploadedFile("a.png", b"png")}
    assert "could not be kept" in client.post("/write/", sent).content.decode()


def test_who_sent_nothing_but_the_press_of_a_button_is_led_to_the_sign_in(client):
    page = client.post("/settings/export/", headers={"Referer": "http://testserver/settings/"})
    assert page.status_code == 403
    assert '/accounts/login/?next=%2Fsettings%2F"' in page.content.decode()
    assert "<textarea" not in page.content.decode()


def test_after_the_sign_in_in_another_tab_the_old_token_is_replaced():
    client, member = Client(enforce_csrf_checks=True), make_user()
    client.get("/accounts/login/")
    stale = client.cookies["csrftoken"].value
    sent = {"section": "you", "you-about": BODY, "csrfmiddlewaretoken": stale}
    out = client.post("/settings/", sent)
    assert "You are signed out" in out.content.decode()
    client.cookies["csrftoken"] = "x" * 32
    client.force_login(member)
    refused = client.post("/settings/", fields_of(out.content.decode()), headers=HERE)
    assert refused.status_code == 403
    assert "Once more, please" in refused.content.decode()
    fields = fields_of(refused.content.decode())
    assert fields["you-about"] == BODY
    assert User.objects.get().about == ""
    assert client.post("/settings/", fields, headers=HERE).status_code == 302
    assert "Then it stopped." in User.objects.get().about


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
def test_what_another_site_sends_is_not_put_on_a_page_of_ours(headers):
    client = Client(enforce_csrf_checks=True)
    for user in (None, make_user()):
        if user:
            client.force_login(user)
        response = client.post("/write/", {"body": "Buy this now"}, headers=headers)
        assert response.status_code == 403
        assert "Buy this now" not in response.content.decode()


def test_a_vote_sent_by_script_loads_the_page_anew(client):
    address = f"/films/{make_film().slug}/rating/"
    response = client.post(address, {"rating": "4"}, headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Refresh"]) == (403, "true")
    picker = client.post("/write/", {"q": "a", "view": "film"}, headers={"HX-Request": "true"})
    assert picker.status_code == 403
    assert "HX-Refresh" not in picker.headers
