"""Every surface, in every status, for every kind of viewer: the table of states as a test.

A title of one invented word stands for the piece: where the word is on the page, it is shown.
"""

import pytest
from django.core.cache import cache
from django.test import TestCase
from django.urls import reverse

from films.models import FilmImage
from reviews.models import ReviewImage
from tests.factories import (
    REASON,
    bring_to,
    make_comment,
    make_film,
    make_image,
    make_review,
    make_user,
)
from tests.films.test_pictures import upload

pytestmark = pytest.mark.django_db

WORD = "Quonsellary"
VIEWERS = ("visitor", "member", "author", "moderator", "editor")
OUTSIDE = ("visitor", "member", "editor")
PAGE = {
    "draft": {"author": 200, "else": 404, "moderator": 404},
    "published": {"author": 200, "else": 200, "moderator": 200},
    "held": {"author": 200, "else": 404, "moderator": 200},
    "hidden": {"author": 200, "else": 404, "moderator": 200},
    "removed": {"author": 200, "else": 410, "moderator": 200},
    "deleted": {"author": 200, "else": 410, "moderator": 410},
}
KINDS = {"essay": 450, "note": 60}


@pytest.fixture
def people():
    return {
        "visitor": None,
        "member": make_user("reader"),
        "author": make_user("writer"),
        "moderator": make_user("keeper", role="moderator"),
        "editor": make_user("cataloguer", role="editor"),
    }


@pytest.fixture
def as_viewer(client, people):
    def sign_in(viewer):
        cache.clear()
        client.logout()
        if people[viewer]:
            client.force_login(people[viewer])
        return client

    return sign_in


def make_piece(author, kind, status):
    film = make_film("Long Day", 2013, countries=["KR"], themes=["injustice"])
    return make_review(
        author=author,
        film=film,
        words=KINDS[kind],
        status=status,
        title=f"The {WORD} piece",
        themes=["injustice"],
        body=f"{WORD} " * KINDS[kind],
    )


def own_address(piece):
    """Where the piece is, was, or would be."""
    if piece.is_essay and piece.slug:
        return reverse("reviews:essay", args=[piece.slug])
    return reverse("reviews:note", args=[piece.pk])


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("status", PAGE)
@pytest.mark.parametrize("kind", KINDS)
def test_own_page(as_viewer, people, kind, status, viewer):
    piece = make_piece(people["author"], kind, status)
    expected = PAGE[status].get(viewer, PAGE[status]["else"])
    address = own_address(piece)
    if status == "draft":
        address = reverse("reviews:edit", args=[piece.pk])
        if viewer == "visitor":
            expected = 302
    response = as_viewer(viewer).get(address)
    assert response.status_code == expected
    assert (WORD in response.content.decode()) == (expected == 200)


def lists(piece):
    """{name: address} of every page that lists pieces."""
    film, author = piece.film, piece.author
    own = [film, author, film.countries.get(), film.themes.get()]
    feeds = ["/", "/log/", *(row.get_absolute_url() for row in own)]
    return {f"feed of {address}": f"{address}feed/" for address in feeds} | {
        "home": reverse("home"),
        "film": film.get_absolute_url(),
        "essays of the film": reverse("reviews:film_essays", args=[film.slug]),
        "notes of the film": reverse("reviews:film_notes", args=[film.slug]),
        "essays": reverse("reviews:essays"),
        "member": author.get_absolute_url(),
        "theme": reverse("films:theme", args=["injustice"]),
        "notes about the theme": reverse("reviews:theme_notes", args=["injustice"]),
        "country": film.countries.get().get_absolute_url(),
        "sitemap of essays": "/sitemap-essays.xml",
        "sitemap of notes": "/sitemap-notes.xml",
        "oembed": f"/oembed/?url=http://testserver{own_address(piece)}",
        "log": reverse("users:log"),
        "search": f"/search/?q={WORD[:8]}",
        "search for essays": f"/search/?q={WORD[:8]}&kind=essays",
    }


def shows(client, address, piece):
    page = client.get(address).content.decode()
    return WORD in page or (piece.slug is not None and own_address(piece) in page)


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("status", [status for status in PAGE if status != "published"])
@pytest.mark.parametrize("kind", KINDS)
def test_lists_show_published_pieces_only(as_viewer, people, kind, status, viewer):
    piece = make_piece(people["author"], kind, status)
    client = as_viewer(viewer)
    assert [name for name, address in lists(piece).items() if shows(client, address, piece)] == []
    piece.film.refresh_from_db()
    assert (piece.film.essay_count, piece.film.note_count) == (0, 0)


def test_lists_show_published_pieces(as_viewer, people):
    essay = make_piece(people["author"], "essay", "published")
    client = as_viewer("visitor")
    found = {name for name, address in lists(essay).items() if shows(client, address, essay)}
    notes = {"notes of the film", "notes about the theme", "sitemap of notes"}
    without = notes | {"log", "feed of /log/"}
    assert found == set(lists(essay)) - without
    note = make_piece(people["author"], "note", "published")
    found = {name for name, address in lists(note).items() if shows(client, address, note)}
    assert {"film", "notes of the film", "notes about the theme", "member"} <= found


@pytest.mark.parametrize("status", PAGE)
def test_staff_see_no_draft_in_the_admin(as_viewer, people, status):
    piece = make_piece(people["author"], "essay", status)
    client = as_viewer("moderator")
    listed = client.get(reverse("admin:reviews_review_changelist")).content.decode()
    assert (WORD in listed) == (status not in ("draft", "deleted"))
    change = client.get(reverse("admin:reviews_review_change", args=[piece.pk]))
    assert (change.status_code == 200) == (status not in ("draft", "deleted"))
    for viewer in ("visitor", "member", "author"):
        response = as_viewer(viewer).get(reverse("admin:reviews_review_changelist"))
        assert response.status_code in (302, 403)


@pytest.mark.parametrize("viewer", ["visitor", "member", "moderator"])
@pytest.mark.parametrize("status", ["held", "hidden", "removed", "deleted"])
def test_a_comment_that_is_gone_leaves_a_stub_and_its_replies(as_viewer, status, viewer):
    comment = make_comment(body=f"A {WORD} remark.", status="published")
    make_comment(review=comment.review, body="The reply stays.", parent=comment)
    review = comment.review
    bring_to(comment, status)
    page = as_viewer(viewer).get(review.get_absolute_url()).content.decode()
    assert WORD not in page or viewer == "moderator"
    assert "The reply stays." in page


@pytest.mark.parametrize("status", ["held", "hidden", "removed", "deleted"])
def test_comments_of_a_piece_that_is_not_public_cannot_be_reached(as_viewer, people, status):
    piece = make_piece(people["author"], "essay", "published")
    comment = make_comment(review=piece, author=people["member"])
    bring_to(piece, status)
    client = as_viewer("member")
    add = client.post(reverse("reviews:comment_add", args=[piece.pk]), {"body": "More."})
    assert add.status_code in (404, 410)
    edit = client.get(reverse("reviews:comment_edit", args=[comment.pk]))
    assert edit.status_code in (404, 410)
    assert piece.comments.count() == 1


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("status", ["published", "hidden", "removed", "held", "draft"])
def test_a_picture_that_is_gone_leaves_a_frame(as_viewer, people, status, viewer):
    image = make_image(uploaded_by=people["author"], status=status, title=f"{WORD} at dawn")
    film = make_film()
    FilmImage.objects.create(film=film, image=image)
    essay = make_review(film=film, author=people["member"])
    ReviewImage.objects.create(review=essay, image=image, role="hero")
    client = as_viewer(viewer)
    for address in (film.get_absolute_url(), essay.get_absolute_url()):
        response = client.get(address)
        assert response.status_code == 200
        assert (WORD in response.content.decode()) <= (status == "published" or viewer != "visitor")
    page = client.get(image.get_absolute_url())
    if viewer in OUTSIDE:
        expected = {"published": 200, "removed": 410}.get(status, 404)
        assert page.status_code == expected


WHO_FETCHES = {
    "draft": {"author"},
    "published": set(VIEWERS),
    "held": {"author", "moderator"},
    "hidden": set(),
    "removed": set(),
    "deleted": set(),
}


@pytest.mark.parametrize("status", WHO_FETCHES)
def test_files_of_a_picture(as_viewer, people, status):
    with TestCase.captureOnCommitCallbacks(execute=True):
        image = upload(people["author"])
        if status != "draft":
            image.publish(by=people["author"])
            bring_to(image, status)
    image.refresh_from_db()
    found = set()
    for viewer in VIEWERS:
        client = as_viewer(viewer)
        answers = {client.get(image.address_of(file)).status_code for file in image.derivatives}
        assert len(answers) == 1, viewer
        found |= {viewer} if answers == {200} else set()
    assert found == WHO_FETCHES[status]


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("status", PAGE)
def test_a_picture_goes_with_the_piece_that_shows_it(as_viewer, people, status, viewer):
    image = make_image(uploaded_by=people["author"], title=f"{WORD} at dawn")
    essay = make_review(author=people["author"], title="A corridor")
    ReviewImage.objects.create(review=essay, image=image, role="hero")
    if status == "draft":
        essay.unpublish(by=people["author"])
    else:
        bring_to(essay, status)
    client = as_viewer(viewer)
    seen = 200 if status == "published" or viewer in ("author", "moderator") else 404
    assert client.get(image.get_absolute_url()).status_code == seen
    credit = client.get(reverse("films:image_credit_json", args=[image.key]))
    assert credit.status_code == seen
    assert (image.key in client.get("/sitemap-images.xml").content.decode()) == (
        status == "published"
    )


@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_withdrawn_film_keeps_its_essays_and_nothing_else(as_viewer, people, viewer):
    film = make_film("Long Day", 2013, themes=["injustice"], synopsis=f"A {WORD} story.")
    essay = make_review(film=film)
    film.hide(by=people["moderator"], reason=REASON)
    client = as_viewer(viewer)
    page = client.get(film.get_absolute_url())
    assert page.status_code == 200
    assert WORD not in page.content.decode()
    assert essay.title in page.content.decode()
    assert client.get(essay.get_absolute_url()).status_code == 200
    lists = ("/films/", "/films.json", "/films.csv", "/films.rss", "/films.json?theme=injustice")
    for address in (*lists, "/themes/injustice/", "/sitemap-films.xml", "/films/?q=long"):
        assert film.get_absolute_url() not in client.get(address).content.decode()


@pytest.mark.parametrize("viewer", ["visitor", "member", "editor", "moderator"])
@pytest.mark.parametrize("name", ["edit", "delete", "publish", "unpublish", "undelete"])
def test_nobody_writes_on_somebody_elses_piece(as_viewer, people, name, viewer):
    piece = make_piece(people["author"], "essay", "draft" if name == "publish" else "published")
    before = (piece.status, piece.body)
    client = as_viewer(viewer)
    address = reverse(f"reviews:{name}", args=[piece.pk])
    response = client.post(address, {"body": "Mine now.", "title": "x"})
    assert response.status_code in (403, 404)
    piece.refresh_from_db()
    assert (piece.status, piece.body) == before


@pytest.mark.parametrize("viewer", ["visitor", "member", "moderator"])
def test_nobody_changes_somebody_elses_comment(as_viewer, people, viewer):
    comment = make_comment(author=people["author"], body="As I wrote it.")
    client = as_viewer(viewer)
    for name in ("comment_edit", "comment_delete"):
        response = client.post(reverse(f"reviews:{name}", args=[comment.pk]), {"body": "Mine."})
        assert response.status_code in (403, 404)
    comment.refresh_from_db()
    assert (comment.body, comment.status) == ("As I wrote it.", "published")
