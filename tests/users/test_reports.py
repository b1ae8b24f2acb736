import pytest

from tests.factories import (
    make_afterthought,
    make_comment,
    make_film,
    make_image,
    make_person,
    make_review,
    make_theme,
    make_user,
)
from users.models import Report

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_user("reader")
    client.force_login(reader)
    return reader


def address(kind, row):
    return f"/report/{kind}/{row.pk}/"


THINGS = {
    "review": make_review,
    "comment": make_comment,
    "afterthought": make_afterthought,
    "image": make_image,
    "film": make_film,
    "theme": lambda: make_theme("greed"),
    "person": lambda: make_person("Ida"),
}


@pytest.mark.parametrize("kind", THINGS)
def test_anything_can_be_reported_from_its_own_page(client, reader, kind):
    row = THINGS[kind]()
    page = client.get(row.get_absolute_url(), follow=True).content.decode()
    assert address(kind, row) in page
    assert client.get(address(kind, row)).status_code == 200
    given = {"reason": "spam", "passage": "Buy now", "note": "It sells something."}
    response = client.post(address(kind, row), given)
    assert response.status_code == 302
    assert response.headers["Location"] == row.get_absolute_url()
    report = Report.objects.get()
    assert report.target == row
    assert report.reporter == reader
    assert (report.reason, report.passage, report.note) == tuple(given.values())
    assert report.target_title == row.moderation_title()
    assert "A moderator will look at it" in client.get("/desk/").content.decode()


def test_a_visitor_is_led_to_sign_in_and_back(client):
    piece = make_review()
    page = client.get(piece.get_absolute_url()).content.decode()
    assert address("review", piece) in page
    response = client.get(address("review", piece))
    assert response.headers["Location"] == f"/accounts/login/?next={address('review', piece)}"
    assert client.post(address("review", piece), {"reason": "spam"}).status_code == 403
    assert not Report.objects.exists()


@pytest.mark.parametrize("status", ["draft", "held", "hidden", "removed", "deleted"])
@pytest.mark.parametrize("kind", ["review", "image"])
def test_what_nobody_else_can_read_cannot_be_reported(client, reader, kind, status):
    row = THINGS[kind](status=status)
    assert client.get(address(kind, row)).status_code == 404
    assert client.post(address(kind, row), {"reason": "spam"}).status_code == 404


def test_a_reply_under_a_piece_that_is_held_cannot_be_reported(client, reader):
    comment = make_comment()
    comment.review.hold(by=make_user(role="moderator"), reason="For now.")
    assert client.get(address("comment", comment)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/report/theme/999999/",
        "/report/country/1/",
        "/report/review/999999/",
        "/report/rating/1/",
        "/report/member/1/",
    ],
)
def test_there_is_nothing_else_to_report(client, reader, path):
    assert client.get(path).status_code == 404


def test_an_own_piece_is_not_reported(client, reader):
    piece = make_review(reader)
    assert address("review", piece) not in client.get(piece.get_absolute_url()).content.decode()
    response = client.post(address("review", piece), {"reason": "spam"})
    assert response.headers["Location"] == piece.get_absolute_url()
    assert not Report.objects.exists()


def test_who_added_a_film_may_report_its_page(client, reader):
    film = make_film(added_by=reader)
    assert client.post(address("film", film), {"reason": "spam"}).status_code == 302
    assert Report.objects.get().target == film


def test_one_open_report_is_enough_and_a_settled_one_may_be_followed(client, reader):
    piece = make_review()
    for _ in range(2):
        client.post(address("review", piece), {"reason": "spam"})
    assert Report.objects.count() == 1
    assert Report.objects.file(piece, by=reader, reason="other") == Report.objects.get()
    moderator = make_user(role="moderator")
    piece.hold(by=moderator, reason="We look at it.")
    piece.restore(by=moderator, reason="It sells nothing.")
    client.post(address("review", piece), {"reason": "hate"})
    assert Report.objects.count() == 2
    assert Report.objects.open().get().reason == "hate"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, "Say what is wrong with it."),
        ({"reason": "boredom"}, "Select a valid choice"),
        ({"reason": "other", "note": "  "}, "Say what, here."),
        ({"reason": "spam", "note": "x" * 1001}, "at most 1000 characters"),
        ({"reason": "spam", "passage": "x" * 2001}, "at most 2000 characters"),
        ({"reason": "spam", "note": "a\0b"}, "Null characters"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_comes_back(client, reader, given, error):
    piece = make_review()
    response = client.post(address("review", piece), {"passage": "the lamp"} | given)
    html = response.content.decode()
    assert response.status_code == 422
    assert error in html
    if "passage" not in given:
        assert ">\nthe lamp</textarea>" in html
    assert not Report.objects.exists()


def test_an_error_at_a_question_is_not_led_in_by_a_colon(client):
    client.force_login(make_user())
    page = client.post(address("review", make_review()), {}).content.decode()
    assert "What is wrong? Say what is wrong with it." in page
    assert "?:" not in page


@pytest.mark.parametrize("kind", ["theme", "person"])
def test_what_has_no_states_is_looked_at_and_its_reporter_told(client, reader, kind):
    row = THINGS[kind]()
    client.post(address(kind, row), {"reason": "other", "note": "Two in one."})
    client.force_login(make_user("keeper", role="moderator"))
    report = Report.objects.get()
    given = {"action": "keep", "index": 0, "_selected_action": report.pk, "post": "yes"}
    client.post("/admin/users/report/", given | {"reason": "Put right."}, follow=True)
    report.refresh_from_db()
    assert report.settled_by.verb == "keep"
    entry = client.get(report.settled_by.get_absolute_url()).content.decode()
    assert row.get_absolute_url() in entry
    assert "Put right." in entry
    assert row.get_absolute_url() in client.get(f"/log/?kind={kind}").content.decode()
    client.force_login(reader)
    told = client.get("/notices/").content.decode()
    assert "What you reported was looked at" in told


@pytest.mark.parametrize("kind", ["theme", "person"])
def test_what_is_reported_is_settled_before_it_is_deleted(client, reader, kind):
    row = THINGS[kind]()
    client.post(address(kind, row), {"reason": "spam"})
    client.force_login(make_user(role="moderator", is_superuser=True))
    delete = f"/admin/films/{kind}/{row.pk}/delete/"
    assert client.get(delete).status_code == 403
    row.keep(by=make_user(role="moderator"), reason="Seen.")
    assert client.get(delete).status_code == 200
