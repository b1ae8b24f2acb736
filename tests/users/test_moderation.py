"""The state machine: who may do what to whose piece, and the record that stays."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from reviews.models import Review
from tests.factories import (
    REASON,
    make_comment,
    make_film,
    make_image,
    make_review,
    make_user,
)
from users.models import ModerationAction, Report, Rule, TransitionError, User
from users.moderation import TRANSITIONS, Moderated, Status

pytestmark = pytest.mark.django_db

STAFF_VERBS = {
    "published": {"keep", "label", "hold", "hide", "remove"},
    "held": {"publish", "keep", "label", "hide", "remove", "restore"},
    "hidden": {"keep", "label", "remove", "restore"},
    "removed": {"keep", "restore"},
    "deleted": {"remove"},
    "draft": {"hold"},
}


@pytest.mark.parametrize("status", STAFF_VERBS)
@pytest.mark.parametrize("verb", ["publish", "keep", "label", "hold", "hide", "remove", "restore"])
def test_moderator_verbs_follow_the_table(status, verb):
    piece, moderator = make_review(status=status), make_user(role="moderator")
    before = ModerationAction.objects.count()
    act = getattr(piece, verb)
    if verb == "publish" and status == "draft":
        pytest.skip("a draft's publication is its author's; see the next tests")
    if verb in STAFF_VERBS[status]:
        act(by=moderator, reason=REASON)
        action = piece.moderation_actions().first()
        assert (action.verb, action.from_status, action.to_status) == (verb, status, piece.status)
        assert action.moderator == moderator
        assert ModerationAction.objects.count() == before + 1
    else:
        with pytest.raises(TransitionError):
            act(by=moderator, reason=REASON)
        piece.refresh_from_db()
        assert piece.status == status
        assert ModerationAction.objects.count() == before


def test_every_action_needs_a_reason():
    piece = make_review()
    with pytest.raises(ValidationError) as error:
        piece.hide(by=make_user(role="moderator"), reason="  ")
    assert error.value.code == "reason_required"
    piece.refresh_from_db()
    assert piece.status == Status.PUBLISHED


@pytest.mark.parametrize("verb", ["hold", "hide", "remove", "restore", "keep", "label", "unlabel"])
def test_member_and_author_may_not_moderate(verb):
    piece = make_review()
    for somebody in (make_user(), piece.author, make_user(role="editor")):
        with pytest.raises(PermissionDenied):
            getattr(piece, verb)(by=somebody, reason=REASON)
    assert not ModerationAction.objects.exists()


def test_moderator_does_not_decide_about_their_own_piece():
    moderator = make_user(role="moderator")
    piece = make_review(author=moderator)
    with pytest.raises(PermissionDenied):
        piece.hide(by=moderator, reason=REASON)


def test_author_publishes_takes_back_and_deletes_without_a_record():
    piece = make_review(status="draft")
    piece.publish(by=piece.author)
    piece.unpublish(by=piece.author)
    assert piece.status == Status.DRAFT
    piece.publish(by=piece.author)
    piece.delete_by_owner(by=piece.author)
    assert piece.status == Status.DELETED
    assert not ModerationAction.objects.exists()


@pytest.mark.parametrize("verb", ["publish", "unpublish", "delete_by_owner", "undelete"])
def test_nobody_else_uses_the_authors_verbs(verb):
    status = {"publish": "draft", "undelete": "deleted"}.get(verb, "published")
    piece = make_review(status=status)
    with pytest.raises(PermissionDenied):
        getattr(piece, verb)(by=make_user())
    piece.refresh_from_db()
    assert piece.status == status


def test_author_cannot_publish_what_is_held():
    piece = make_review(status="held")
    with pytest.raises(PermissionDenied):
        piece.publish(by=piece.author)


def test_deleted_piece_comes_back_as_it_was_within_fourteen_days():
    piece = make_review(status="held")
    piece.delete_by_owner(by=piece.author)
    assert piece.status == Status.DELETED
    piece.undelete(by=piece.author)
    assert piece.status == Status.HELD
    assert piece.deleted_at is None


def test_deleted_piece_does_not_come_back_later():
    piece = make_review(status="deleted")
    Review.objects.filter(pk=piece.pk).update(deleted_at=timezone.now() - timedelta(days=15))
    with pytest.raises(TransitionError):
        piece.undelete(by=piece.author)


def test_a_rule_in_the_software_is_named_in_the_record():
    piece = make_review(status="draft")
    piece.hold(by_rule="links in a first piece", reason="Three links in one of the first pieces.")
    action = piece.moderation_actions().get()
    assert (action.moderator, action.by_rule) == (None, "links in a first piece")
    assert piece.status == Status.HELD


def test_old_content_can_be_moderated_whatever_its_form():
    """A piece from before a rule became stricter: held, then removed, both recorded."""
    author, film = make_user(), make_film()
    (piece,) = Review.objects.bulk_create(
        [Review(author=author, film=film, film_title=film.title, body="x" * 45_000,
                status=Status.PUBLISHED, published_at=timezone.now())]
    )  # fmt: skip
    moderator = make_user(role="moderator")
    piece.hold(by=moderator, reason=REASON)
    piece.remove(by=moderator, reason=REASON)
    assert [a.verb for a in piece.moderation_actions()] == ["remove", "hold"]
    image = make_image()
    image.hold(by=moderator, reason=REASON)
    image.remove(by=moderator, reason=REASON)
    assert image.status == Status.REMOVED


@pytest.mark.parametrize("author_first", [True, False])
def test_counts_fall_once_and_what_the_author_deleted_stays_deleted(author_first):
    piece, moderator = make_review(), make_user(role="moderator")
    comment = make_comment(review=piece)

    def count():
        piece.refresh_from_db()
        return piece.comment_count

    assert count() == 1
    steps = [
        lambda: comment.delete_by_owner(by=comment.author),
        lambda: comment.remove(by=moderator, reason=REASON),
    ]
    for step in steps if author_first else steps[::-1]:
        step()
        assert count() == 0
    assert comment.status == Status.REMOVED
    comment.restore(by=moderator, reason=REASON)
    assert comment.status == Status.DELETED
    assert count() == 0
    comment.undelete(by=comment.author)
    assert comment.status == Status.PUBLISHED
    assert count() == 1


def test_record_is_only_added_to():
    piece = make_review(status="hidden")
    action = piece.moderation_actions().get()
    action.reason = "Something else."
    for change in (
        action.save,
        action.delete,
        lambda: ModerationAction.objects.update(reason="x"),
        lambda: ModerationAction.objects.filter(pk=action.pk).delete(),
        ModerationAction.objects.filter(pk=action.pk).delete,
    ):
        with pytest.raises(PermissionDenied):
            change()
    with pytest.raises(models.ProtectedError):
        action.moderator.delete()
    assert ModerationAction.objects.get().reason == REASON


def test_record_outlives_what_it_is_about():
    film = make_film()
    film.hide(by=make_user(role="moderator"), reason=REASON)
    title = str(film)
    film.delete()
    assert ModerationAction.objects.get().target_title == title


def test_an_action_settles_the_open_reports_on_its_target():
    piece, other = make_review(), make_review()
    mine, theirs = (
        Report.objects.create(
            target=target, target_title="x", reporter=make_user(), reason="spoiler"
        )
        for target in (piece, other)
    )
    piece.keep(by=make_user(role="moderator"), reason="No spoiler in it.")
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.settled_by == piece.moderation_actions().get()
    assert mine.settled_at is not None
    assert theirs.settled_by is None


def test_one_open_report_by_a_member_about_a_thing():
    piece, reporter = make_review(), make_user()
    Report.objects.create(target=piece, target_title="x", reporter=reporter, reason="spam")
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(target=piece, target_title="x", reporter=reporter, reason="hate")


def test_rule_and_its_version_are_kept():
    rule = Rule.objects.get(number=3)
    piece = make_review()
    piece.remove(by=make_user(role="moderator"), reason=REASON, rule=rule)
    action = piece.moderation_actions().get()
    assert (action.rule, action.rule_version) == (rule, 1)


def test_visible_to_is_the_table_of_states():
    author, moderator, member = make_user(), make_user(role="moderator"), make_user()
    for status in STAFF_VERBS:
        make_review(author=author, status=status)

    def seen_by(user):
        return {piece.status for piece in Review.objects.visible_to(user)}

    from django.contrib.auth.models import AnonymousUser

    assert seen_by(AnonymousUser()) == {"published"}
    assert seen_by(member) == {"published"}
    assert seen_by(moderator) == {"published", "held", "hidden", "removed"}
    assert seen_by(author) == set(STAFF_VERBS)


def test_every_moderated_model_keeps_the_abstract_constraints():
    """A concrete Meta loses an abstract parent's constraints without a word."""
    names = {"status_known", "published_has_date", "deleted_has_date"}
    moderated = [model for model in apps.get_models() if issubclass(model, Moderated)]
    assert len(moderated) == 5
    for model in moderated:
        found = {constraint.name for constraint in model._meta.constraints}
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
        assert {prefix + name for name in names} <= found


def test_status_known_to_the_database():
    piece = make_review()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE reviews_review SET status = 'nonsense' WHERE id = %s", [piece.pk])


def test_every_verb_has_a_way_and_a_method():
    names = {"delete": "delete_by_owner"}
    for verb in TRANSITIONS:
        name = names.get(verb.value, verb.value)
        assert any(callable(getattr(model, name, None)) for model in (Moderated, Review))


def test_usernames_are_unique_without_case_and_reserved_words_refused():
    make_user("Odessa")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user("odessa", email="other@example.org")
    for name in (
        "admin",
        "Adm1n",
        "MODERATOR",
        "m0derator",
        "rn0derator",
        "former-1",
        "Former-12-3",
    ):
        with pytest.raises(ValidationError):
            User(username=name, email="x@example.org", password="x").full_clean()
    for name in ("marguerite", "former-student"):
        User(username=name, email="y@example.org", password="x").full_clean()
