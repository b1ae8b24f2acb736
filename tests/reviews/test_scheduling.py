"""A time is chosen, and the piece goes out by itself."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.models import Review
from reviews.scheduling import publish_due
from tests.factories import make_film, make_review, make_user
from tests.reviews.test_writing import WRITE, errors_of, typed
from users.models import User

pytestmark = pytest.mark.django_db
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def writer(client):
    user = make_user("mina", time_zone="Asia/Seoul")
    client.force_login(user)
    return user


def at(when):
    local = when.astimezone(SEOUL)
    return {"publish_on": f"{local:%Y-%m-%d}", "publish_time": f"{local:%H:%M}"}


def due(piece, minutes=1):
    Review.objects.filter(pk=piece.pk).update(
        publish_at=timezone.now() - timedelta(minutes=minutes)
    )


def edit_of(piece):
    return reverse("reviews:edit", args=[piece.pk])


def test_a_piece_is_scheduled_in_its_members_own_time(client, writer):
    day = timezone.now().astimezone(SEOUL).date() + timedelta(days=3)
    client.post(
        WRITE,
        typed(make_film(), view="schedule", publish_on=f"{day}", publish_time="08:00"),
    )
    piece = Review.objects.get()
    assert piece.status == "draft"
    assert piece.publish_at == datetime(day.year, day.month, day.day, 8, tzinfo=SEOUL)
    desk = client.get("/desk/").content.decode()
    assert f"{day.day} {day:%B} {day.year}, 08:00, in Seoul" in desk
    assert 'id="scheduled"' in desk
    assert f'value="{day}"' in client.get(edit_of(piece)).content.decode()
    assert Client().get(f"/notes/{piece.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (at(timezone.now() - timedelta(hours=2)), "id_publish_on"),
        (at(timezone.now() + timedelta(days=800)), "id_publish_on"),
        ({"publish_on": "2030-02-31", "publish_time": "08:00"}, "id_publish_on"),
        ({"publish_on": "", "publish_time": ""}, "id_publish_on"),
        ({"publish_on": "2030-02-01", "publish_time": ""}, "id_publish_time"),
        ({"publish_on": "x\0", "publish_time": "08:00"}, "id_publish_on"),
        (at(timezone.now() + timedelta(days=2)) | {"film": ""}, "id_film"),
        (at(timezone.now() + timedelta(days=2)) | {"title": ""}, "id_title"),
        (at(timezone.now() + timedelta(days=2)) | {"body": ""}, "id_body"),
    ],
)
def test_what_cannot_go_out_is_said_at_its_field(client, writer, wrong, field):
    response = client.post(WRITE, typed(make_film()) | {"view": "schedule"} | wrong)
    assert response.status_code == 422
    assert field in dict(errors_of(response))
    assert not Review.objects.scheduled().exists()


@pytest.mark.parametrize("day", ["2030-03-31", "2030-10-27"])
def test_an_hour_that_the_clocks_leave_out_or_have_twice_is_said_in_words(client, day):
    client.force_login(make_user(time_zone="Europe/Berlin"))
    given = {"view": "schedule", "publish_on": day, "publish_time": "02:30"}
    said = dict(errors_of(client.post(WRITE, typed(make_film()) | given)))
    assert "The clocks change" in said["id_publish_time"]
    assert not Review.objects.scheduled().exists()


def test_a_draft_with_a_time_is_scheduled_and_one_without_stays_a_draft(client, writer):
    later = at(timezone.now() + timedelta(days=2))
    client.post(WRITE, typed(make_film(), draft="1", **later))
    piece = Review.objects.get()
    assert piece.publish_at
    client.post(edit_of(piece), typed(piece.film, draft="1", publish_on="", publish_time=""))
    piece.refresh_from_db()
    assert (piece.status, piece.publish_at) == ("draft", None)


def test_saving_while_typing_moves_no_time(client, writer):
    piece = make_review(writer, status="draft")
    when = timezone.now() + timedelta(days=2)
    Review.objects.filter(pk=piece.pk).update(publish_at=when)
    client.post(reverse("reviews:save", args=[piece.pk]), typed(piece.film, body="more"))
    piece.refresh_from_db()
    assert (piece.body, piece.publish_at) == ("more", when)


def test_publishing_at_once_forgets_the_time_and_so_does_everything_else(client, writer):
    piece = make_review(writer, status="draft", title="A yellow bag")
    due(piece, minutes=-60)
    client.post(reverse("reviews:publish", args=[piece.pk]))
    piece.refresh_from_db()
    assert (piece.status, piece.publish_at) == ("published", None)
    client.post(reverse("reviews:unpublish", args=[piece.pk]))
    call_command("tick")
    piece.refresh_from_db()
    assert piece.status == "draft"
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=make_review().pk).update(publish_at=timezone.now())


def test_it_is_held_back_by_its_author_alone(client, writer):
    piece = make_review(writer, status="draft")
    due(piece, minutes=-60)
    address = reverse("reviews:hold_back", args=[piece.pk])
    client.force_login(make_user())
    assert client.post(address).status_code == 404
    client.force_login(writer)
    client.post(address)
    piece.refresh_from_db()
    assert (piece.status, piece.publish_at) == ("draft", None)


def test_its_author_who_looks_at_the_desk_finds_it_published(client, writer):
    piece, other = (make_review(writer, status="draft", title=t) for t in ("Due", "Not yet"))
    due(piece)
    due(other, minutes=-60)
    desk = client.get("/desk/")
    assert [row.pk for row in desk.context["published"]] == [piece.pk]
    assert [row.pk for row in desk.context["scheduled"]] == [other.pk]
    writer.refresh_from_db()
    assert writer.essay_count == 1


def test_the_next_visit_publishes_it_and_the_one_after_asks_nothing(
    settings, django_assert_num_queries
):
    settings.LOOK_FOR_DUE_SECONDS = 60
    piece = make_review(status="draft", title="Six o’clock")
    due(piece)
    visitor = Client()
    assert "Six o’clock" in visitor.get("/essays/").content.decode()
    visitor.get("/about/")
    with django_assert_num_queries(0):
        visitor.get("/about/")
    piece.film.refresh_from_db()
    assert piece.film.essay_count == 1


def test_several_at_once_publish_it_once(writer):
    piece = make_review(writer, status="draft")
    due(piece)
    found = [Review.objects.due(timezone.now()) for _again in range(2)]
    rows = [list(rows) for rows in found]
    assert publish_due(Review.objects, 10) == (1, 0)
    assert publish_due(Review.objects, 10) == (0, 0)
    assert len(rows[1]) == 1
    piece.film.refresh_from_db()
    assert piece.film.essay_count == 1
    call_command("recount", "--check")


def test_one_that_was_spoilt_meanwhile_is_a_draft_that_says_so(client, writer):
    piece = make_review(writer, status="draft", title="")
    due(piece)
    call_command("tick")
    piece.refresh_from_db()
    assert (piece.status, piece.publish_at) == ("draft", None)
    assert "It could not go out on" in client.get("/desk/").content.decode()
    client.post(edit_of(piece), typed(piece.film, draft="1"))
    piece.refresh_from_db()
    assert piece.missed_at is None


def test_nothing_goes_out_for_a_member_who_was_locked_out(writer):
    piece = make_review(writer, status="draft")
    due(piece)
    User.objects.filter(pk=writer.pk).update(is_active=False)
    assert publish_due(Review.objects, 10) == (0, 0)
    piece.refresh_from_db()
    assert (piece.status, piece.publish_at is None) == ("draft", False)


def test_one_that_its_author_held_back_in_that_moment_stays(writer, monkeypatch):
    first, second = (make_review(writer, status="draft") for _number in range(2))
    due(first, minutes=2), due(second)
    publish = Review.publish

    def meanwhile(self, **how):
        Review.objects.filter(pk=second.pk).update(publish_at=None)
        publish(self, **how)

    monkeypatch.setattr(Review, "publish", meanwhile)
    assert publish_due(Review.objects, 10) == (1, 0)
    second.refresh_from_db()
    assert second.status == "draft"


@pytest.fixture
def stuck(writer, monkeypatch):
    """A piece whose hour has come, and which something unforeseen keeps from going out."""
    piece, publish = make_review(writer, status="draft", title="Stuck"), Review.publish
    due(piece, minutes=9)

    def fail(self, **how):
        if self.pk == piece.pk:
            raise RuntimeError("Something unforeseen.")
        publish(self, **how)

    monkeypatch.setattr(Review, "publish", fail)
    return piece


def test_one_that_cannot_go_out_keeps_no_other_and_tick_says_so(stuck, caplog):
    other = make_review(status="draft", title="Due")
    due(other)
    with pytest.raises(CommandError, match="scheduled pieces published"):
        call_command("tick")
    other.refresh_from_db()
    stuck.refresh_from_db()
    assert (other.status, stuck.status) == ("published", "draft")
    assert stuck.publish_at  # for the next tick
    assert f"The piece with the key {stuck.pk} could not be published." in caplog.text


@pytest.mark.usefixtures("stuck")
def test_one_that_cannot_go_out_keeps_nobody_from_their_pages(client, settings):
    settings.LOOK_FOR_DUE_SECONDS = 60
    assert Client().get("/essays/").status_code == 200
    desk = client.get("/desk/")
    assert [row.title for row in desk.context["scheduled"]] == ["Stuck"]


def test_a_look_that_failed_is_not_repeated_with_every_page(settings, monkeypatch):
    settings.LOOK_FOR_DUE_SECONDS = 3600
    piece, hour, looks = make_review(status="draft"), timezone.now(), []
    Review.objects.filter(pk=piece.pk).update(publish_at=hour + timedelta(minutes=5))
    visitor = Client()
    visitor.get("/about/")

    def fail(*_what):
        looks.append(1)
        raise OperationalError("database is locked")

    monkeypatch.setattr("config.due.publish_due", fail)
    monkeypatch.setattr(timezone, "now", lambda: hour + timedelta(minutes=6))
    assert [visitor.get(f"/essays/?after={n}").status_code for n in range(3)] == [200] * 3
    assert len(looks) == 1


def test_a_visit_right_after_the_hour_publishes_it(settings, monkeypatch):
    settings.LOOK_FOR_DUE_SECONDS = 3600
    piece, hour = make_review(status="draft", title="Six o’clock"), timezone.now()
    Review.objects.filter(pk=piece.pk).update(publish_at=hour + timedelta(minutes=5))
    visitor = Client()
    assert "Six o’clock" not in visitor.get("/essays/").content.decode()
    monkeypatch.setattr(timezone, "now", lambda: hour + timedelta(minutes=5, seconds=1))
    cache.clear()
    assert "Six o’clock" in visitor.get("/essays/").content.decode()


@pytest.mark.parametrize("field", ["title", "lead"])
def test_nothing_goes_out_whose_title_or_lead_would_hide_something(writer, field):
    """A draft may say it, while it is written."""
    piece = make_review(writer, status="draft", **{field: "Then >!he dies!<"})
    with pytest.raises(ValidationError) as refused:
        piece.publish(by=writer)
    assert refused.value.error_dict.keys() == {field}
    due(piece)
    assert publish_due(Review.objects, 10) == (0, 0)
    piece.refresh_from_db()
    assert piece.status == "draft"
    assert piece.missed_at


@pytest.mark.parametrize("verb", ["restore", "publish"])
@pytest.mark.parametrize("spoilt", [{"lead": "Then >!he dies!<"}, {"title": ""}])
def test_what_was_held_before_it_appeared_goes_out_whole_or_not_at_all(
    client, writer, verb, spoilt
):
    piece = make_review(writer, status="draft", title="Six o’clock", body="rain " * 450)
    piece.hold(by=make_user(role="moderator"), reason="Let me look.")
    sent = typed(piece.film, title=piece.title, version=f"{piece.version}") | spoilt
    assert client.post(edit_of(piece), sent).status_code == 422
    Review.objects.filter(pk=piece.pk).update(**spoilt)
    piece.refresh_from_db()
    with pytest.raises(ValidationError):
        getattr(piece, verb)(by=make_user(role="moderator"), reason="Why not.")
    piece.refresh_from_db()
    assert piece.status == "held"


@pytest.mark.parametrize("spoilt", [{"lead": "Then >!he dies!<"}, {"title": ""}, {"body": " "}])
def test_what_was_taken_back_goes_out_again_whole_or_not_at_all(client, writer, spoilt):
    piece = make_review(writer, title="Six o’clock", body="rain " * 450)
    piece.unpublish(by=writer)
    sent = typed(piece.film, title=piece.title, body=piece.body, version=f"{piece.version}")
    kept = client.post(edit_of(piece), sent | spoilt | {"save": "1"})
    assert kept.status_code == 302  # as a draft it may say so
    piece.refresh_from_db()
    sent |= spoilt | {"version": f"{piece.version}", "publish": "1"}
    assert client.post(edit_of(piece), sent).status_code == 422
    piece.refresh_from_db()
    with pytest.raises(ValidationError):
        piece.publish(by=writer)
    due(piece)
    assert publish_due(Review.objects, 10) == (0, 0)
    piece.refresh_from_db()
    assert (piece.status, bool(piece.missed_at)) == ("draft", True)
