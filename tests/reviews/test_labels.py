"""A piece that staff have marked as telling the ending stays marked until they take that back."""

from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.models import LeftText, WorkingCopy
from tests.factories import make_review, make_user
from tests.plans import plan_of
from tests.reviews.test_admin import send
from tests.reviews.test_writing import typed

pytestmark = pytest.mark.django_db
REASON = "It tells who dies."


@pytest.fixture
def moderator():
    return make_user(role="moderator")


@pytest.fixture
def labelled(client, moderator):
    piece = make_review(title="Ends", body="He dies in the end. " * 10)
    piece.label(by=moderator, reason=REASON)
    client.force_login(piece.author)
    return piece


def edit(client, piece, **given):
    """Sent as browsers do: without a box that nobody may take the tick out of."""
    piece.refresh_from_db()
    data = {"title": "Ends", "body": piece.body, "version": piece.version} | given
    response = client.post(reverse("reviews:edit", args=[piece.pk]), typed(piece.film, **data))
    piece.refresh_from_db()
    return response


def test_its_author_reads_why_and_cannot_take_the_tick_out(client, labelled):
    page = client.get(reverse("reviews:edit", args=[labelled.pk]))
    field = page.context["form"]["is_spoiler"]
    assert field.value() is True
    assert "disabled" in str(field)
    assert REASON in page.content.decode()
    assert labelled.moderation_actions().get().get_absolute_url() in page.content.decode()


@pytest.mark.parametrize("asked", [{"publish": "1"}, {"draft": "1"}])
def test_an_edit_does_not_take_it_off(client, labelled, asked):
    edit(client, labelled, body="He dies in the very end.", **asked)
    assert labelled.body == "He dies in the very end."
    assert labelled.is_spoiler
    assert not labelled.safe_text
    assert {row.is_spoiler for row in labelled.revisions.all()} == {True}


def test_a_label_that_came_after_the_form_was_read_is_not_taken_off(moderator):
    piece = make_review(body="He dies.")
    piece.label(by=moderator, reason=REASON)
    piece.is_spoiler, piece.body = False, "He dies in the end."  # as read before
    piece.render()
    piece.store(themes=[], hero=None, image_keys=[], version=piece.version)
    piece.refresh_from_db()
    assert (piece.body, piece.is_spoiler, piece.safe_text) == ("He dies in the end.", True, "")


def test_keeping_what_is_typed_does_not_take_it_off(client, labelled):
    save = reverse("reviews:save", args=[labelled.pk])
    data = typed(labelled.film, title="Ends", body="changed", version=labelled.version)
    assert client.post(save, data).status_code == 200
    assert WorkingCopy.objects.get().fields["is_spoiler"] is True
    labelled.unpublish(by=labelled.author)
    labelled.refresh_from_db()
    assert client.post(save, data | {"version": labelled.version}).status_code == 200
    labelled.refresh_from_db()
    assert (labelled.body, labelled.is_spoiler, labelled.safe_text) == ("changed", True, "")


def test_changes_that_were_kept_before_it_do_not_take_it_off(client, moderator):
    piece = make_review(title="Ends", body="He dies.")
    client.force_login(piece.author)
    save = reverse("reviews:save", args=[piece.pk])
    client.post(save, typed(piece.film, title="Ends", body="changed"))
    piece.label(by=moderator, reason=REASON)
    page = client.get(reverse("reviews:edit", args=[piece.pk]) + "?changes=1")
    assert page.context["form"]["is_spoiler"].value() is True
    edit(client, piece, body="changed", copy=1, publish="1")
    assert (piece.body, piece.is_spoiler) == ("changed", True)


def test_an_older_text_that_is_put_back_does_not_take_it_off(client, labelled):
    first = labelled.body
    edit(client, labelled, body="something else", publish="1")
    edit(client, labelled, body=first, publish="1")
    assert (labelled.body, labelled.is_spoiler) == (first, True)


def test_the_other_of_two_texts_that_becomes_a_draft_is_marked_as_well(client, labelled):
    page = edit(client, labelled, body="stale", version=0, publish="1")
    assert page.status_code == 409
    assert LeftText.objects.get().body == "stale"
    assert page.context["another_form"]["is_spoiler"].value()
    assert page.context["mine_form"]["is_spoiler"].value()


def test_what_goes_on_after_the_piece_is_gone_is_marked_as_well(client, labelled):
    labelled.delete_by_owner(by=labelled.author)
    edit(client, labelled, body="He dies, I wrote.", draft="1")
    begun = labelled.author.reviews.drafts().get()
    assert (begun.body, begun.is_spoiler, begun.safe_text) == ("He dies, I wrote.", True, "")


def test_staff_take_it_off_with_a_reason_and_the_log_has_both(client, labelled, moderator):
    edit(client, labelled, body="He wakes in the end.", publish="1")
    with pytest.raises(ValidationError):
        labelled.unlabel(by=moderator, reason=" ")
    labelled.unlabel(by=moderator, reason="She has taken it out.")
    labelled.refresh_from_db()
    assert not labelled.is_spoiler
    assert labelled.safe_text == "He wakes in the end."
    assert [row.verb for row in labelled.moderation_actions()] == ["unlabel", "label"]
    earlier, newest = labelled.revisions.order_by("number")
    assert (earlier.is_spoiler, earlier.safe_text) == (True, "")
    assert (newest.is_spoiler, newest.safe_text) == (False, "He wakes in the end.")
    log = client.get(reverse("users:log")).content.decode()
    assert "Label taken off" in log
    assert "Labelled" in log


def test_once_it_is_off_the_author_decides(client, labelled, moderator):
    labelled.unlabel(by=moderator, reason="She has taken it out.")
    edit(client, labelled, is_spoiler="on", publish="1")
    assert labelled.is_spoiler
    edit(client, labelled, publish="1")
    assert not labelled.is_spoiler


def test_only_a_label_of_staff_is_taken_off(moderator):
    piece = make_review(is_spoiler=True)
    with pytest.raises(ValidationError) as error:
        piece.unlabel(by=moderator, reason="No.")
    assert error.value.code == "not_labelled"
    piece.refresh_from_db()
    assert piece.is_spoiler


def test_the_staff_page_offers_it_where_there_is_one(client, labelled, moderator):
    client.force_login(moderator)

    def offered(piece):
        page = client.get(reverse("admin:reviews_review_change", args=[piece.pk]))
        return "unlabel" in {verb["value"] for verb in page.context["verbs"]}

    assert offered(labelled)
    assert not offered(make_review())
    send(client, "unlabel", [labelled], post="yes", reason="It does not.")
    labelled.refresh_from_db()
    assert not labelled.is_spoiler
    assert not offered(labelled)


def test_a_label_does_not_say_why_a_piece_waits(client, moderator):
    piece = make_review()
    piece.hold(by=moderator, reason="It may be copied.")
    piece.label(by=moderator, reason=REASON)
    client.force_login(piece.author)
    page = client.get(reverse("reviews:edit", args=[piece.pk]))
    assert page.context["action"].reason == "It may be copied."


@pytest.mark.skipif(connection.vendor != "sqlite", reason="plans of small tables")
def test_what_was_done_to_a_piece_is_read_off_its_own_index(client, labelled):
    data = typed(labelled.film, title="Ends", body="changed")
    statements = {
        "saving": partial(client.post, reverse("reviews:save", args=[labelled.pk]), data),
        "editing": partial(client.get, reverse("reviews:edit", args=[labelled.pk])),
    }
    for asked in statements.values():
        with CaptureQueriesContext(connection) as captured:
            asked()
        plans = [plan_of(one["sql"]) for one in captured if "unlabel" in one["sql"]]
        assert plans
        for plan in plans:
            assert "action_target (content_type_id=? AND object_id=?)" in plan
            assert "action_kind" not in plan
