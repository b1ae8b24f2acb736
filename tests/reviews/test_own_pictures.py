"""The pictures of a member on their desk: what became of each, where it stands, and what to do."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from films.models import FilmImage, Image
from reviews.models import ReviewImage
from tests.factories import make_film, make_image, make_review, make_user
from tests.films.test_pictures import picture_file, upload, uploaded

pytestmark = pytest.mark.django_db
PICTURES = "/desk/pictures/"


@pytest.fixture(autouse=True)
def own_media(media_folder):
    return media_folder


@pytest.fixture
def member(client):
    user = make_user("ada")
    client.force_login(user)
    return user


def page(client, address=PICTURES):
    return client.get(address).content.decode()


def press(client, image, verb):
    with TestCase.captureOnCommitCallbacks(execute=True):
        response = client.post(f"{PICTURES}{image.key}/{verb}/", follow=True)
    return response.content.decode()


def test_each_picture_has_its_credit_its_state_and_its_uses(client, member):
    image = uploaded(member)
    film, piece = make_film("Hope", 2013), make_review(member, title="A yellow bag")
    FilmImage.objects.create(film=film, image=image)
    for role in ("hero", "figure"):
        ReviewImage.objects.create(review=piece, image=image, role=role)
    html = page(client)
    assert image.get_absolute_url() in html
    assert f"/images/{image.key}/credit/" in html
    assert "Readers see it." in html
    assert "CC BY 4.0" in html
    for place in (film, piece):
        assert html.count(f'<a href="{place.get_absolute_url()}">') == 1
    assert '<a href="/desk/pictures/" aria-current="page">' in html


@pytest.mark.parametrize(
    ("verb", "said"),
    [("hold", "Waiting for a decision."), ("hide", "Hidden for now."), ("remove", "Removed.")],
)
def test_what_staff_decided_stands_there_with_its_reason(client, member, verb, said):
    image = uploaded(member)
    keeper = make_user("keeper", role="moderator")
    with TestCase.captureOnCommitCallbacks(execute=True):
        getattr(image, verb)(by=keeper, reason="The source names no licence.")
    html = page(client)
    assert said in html
    assert "The source names no licence." in html
    assert ("Remove it" in html) == (verb != "remove")


def test_a_picture_can_be_removed_and_come_back(client, member):
    image = uploaded(member)
    address = image.url
    assert "The picture is removed." in press(client, image, "remove")
    assert client.get(address).status_code == 404
    html = page(client)
    assert "Removed by you." in html
    assert "It is back." in press(client, image, "restore")
    image.refresh_from_db()
    assert image.status == "published"
    assert client.get(image.url).status_code == 200


def test_an_upload_without_a_credit_is_seen_and_dropped(client, member):
    image = Image.objects.keep(picture_file(), by=member)
    html = page(client)
    assert f"/images/{image.key}/preview/" in html
    assert "Not finished." in html
    assert "only on the page where you sent it, while that is open" in html
    press(client, image, "remove")
    assert not Image.objects.exists()


def test_an_upload_without_a_credit_is_completed_where_it_was_sent(client, member):
    film, piece = make_film("Hope", 2013), make_review(member, status="draft")
    for place in (f"/images/add/?film={film.slug}", f"/write/{piece.pk}/pictures/"):
        client.post(place, {"files": [picture_file()]})
        image = Image.objects.latest("pk")
        html = page(client)
        assert "It waits on the page where you sent it" in html
        (way,) = re.findall(rf'href="([^"]*row={image.key})"', html)
        assert way.startswith(place)
        assert f'value="{image.key}"' in page(client, unescape(way))
        image.discard()
    image = Image.objects.keep(picture_file(), by=member)  # nobody knows for what
    assert f"row={image.key}" not in page(client)


def test_one_that_stands_in_a_text_is_not_dropped(client, member):
    image = Image.objects.keep(picture_file(), by=member)
    ReviewImage.objects.create(review=make_review(member), image=image, role="figure")
    assert "Take it out there first." in press(client, image, "remove")
    assert Image.objects.exists()


def test_a_draft_of_a_text_is_its_members_use(client, member):
    image = upload(member)
    piece = make_review(member, status="draft", title="Not yet")
    ReviewImage.objects.create(review=piece, image=image, role="figure")
    html = page(client)
    assert "Only you see it." in html
    assert ">Not yet</bdi>" in html


def test_drafts_of_others_are_told_to_nobody(client, member):
    image = uploaded(member)
    piece = make_review(make_user(), status="draft", title="Their secret")
    ReviewImage.objects.create(review=piece, image=image, role="figure")
    html = page(client)
    assert "secret" not in html
    assert "Stands nowhere at present." in html


def test_pictures_of_others_are_neither_there_nor_removed(client, member):
    image = uploaded(make_user())
    assert "No pictures yet" in page(client)
    for verb in ("remove", "restore"):
        assert client.post(f"{PICTURES}{image.key}/{verb}/").status_code == 404
    client.logout()
    assert client.get(PICTURES).status_code == 302


def test_what_cannot_be_done_is_said(client, member):
    image = uploaded(member)
    assert "It cannot come back" in press(client, image, "restore")
    image.remove(by=make_user("keeper", role="moderator"), reason="No licence.")
    image.refresh_from_db()
    assert "It cannot be removed now" in press(client, image, "remove")
    image.refresh_from_db()
    assert (image.status, image.deleted_at) == ("removed", None)


def test_pages_follow_each_other_and_cost_the_same(client, member):
    costs = []
    for count in (3, 30):
        while member.images.count() < count:
            image = make_image(uploaded_by=member, title=f"Number {member.images.count()}")
            FilmImage.objects.create(film=make_film(), image=image)
            ReviewImage.objects.create(review=make_review(member), image=image, role="figure")
        page(client)
        with CaptureQueriesContext(connection) as queries:
            html = page(client)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8
    assert html.count("<h2><a") == 24
    second = client.get(PICTURES).context["page"].next
    assert page(client, f"{PICTURES}?after={second}").count("<h2><a") == 6
    assert 'id="lost"' in page(client, f"{PICTURES}?after=forged")
