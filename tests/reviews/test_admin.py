import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.models import Comment, Rating, Review
from tests.factories import make_comment, make_film, make_image, make_review, make_user
from users.models import ModerationAction, Rule, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("verbs_one_by_one")]


REVIEWS = "admin:reviews_review_changelist"
COMMENTS = "admin:reviews_comment_changelist"


@pytest.fixture
def moderator(client):
    user = make_user("the_moderator", role="moderator")
    client.force_login(user)
    return user


@pytest.fixture
def rule():
    return Rule.objects.order_by("number").first()


def send(client, action, rows, *, url=REVIEWS, **given):
    data = {"action": action, "index": 0, "_selected_action": [row.pk for row in rows], **given}
    return client.post(reverse(url), data, follow=True)


def listed(client, url=REVIEWS, **query):
    return list(client.get(reverse(url), query).context["cl"].result_list)


def said(answer):
    return " ".join(str(message) for message in answer.context["messages"])


# What staff see


@pytest.mark.parametrize("status", ["draft", "deleted"])
def test_drafts_and_deleted_pieces_are_not_there(client, moderator, status):
    hidden, seen = make_review(status=status), make_review()
    assert listed(client) == [seen]
    assert listed(client, status=status) in ([], [seen])
    page = client.get(reverse("admin:reviews_review_change", args=[hidden.pk]), follow=True)
    assert hidden.title not in page.content.decode().replace(said(page), "")
    assert page.redirect_chain


def test_an_administrator_reads_no_drafts_either(client):
    user = make_user(is_superuser=True)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client.force_login(User.objects.get(pk=user.pk))
    make_review(status="draft")
    assert listed(client) == []


def test_a_deleted_comment_is_not_there(client, moderator):
    make_comment(status="deleted")
    assert listed(client, COMMENTS) == []


@pytest.mark.parametrize("status", ["published", "held", "hidden", "removed"])
def test_the_whole_text_is_shown_in_every_other_state(client, moderator, status):
    piece = make_review(status=status, body="Rain on **roofs**. " * 200)
    html = client.get(reverse("admin:reviews_review_change", args=[piece.pk])).content.decode()
    assert "<strong>roofs</strong>" in html


def test_pictures_in_the_text_are_drawn_with_their_credit(client, moderator):
    image = make_image(creator_name="Asahachi Kono")
    piece = make_review(body=f"Rain.\n\n![](image:{image.key})\n\n" + "rain " * 450)
    html = client.get(reverse("admin:reviews_review_change", args=[piece.pk])).content.decode()
    assert "Asahachi Kono" in html
    assert "data-image" not in html


def test_nobody_changes_a_members_words(client):
    user = make_user(is_superuser=True)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client.force_login(User.objects.get(pk=user.pk))
    piece = make_review()
    url = reverse("admin:reviews_review_change", args=[piece.pk])
    assert client.post(url, {"title": "Mine now"}).status_code == 403
    url = reverse("admin:reviews_review_delete", args=[piece.pk])
    assert client.post(url, {"post": "yes"}).status_code == 403
    assert Review.objects.get(pk=piece.pk).title == piece.title


def test_a_list_gives_no_spoiler_away(client, moderator):
    make_review(body=":::spoiler\nCANARY dies.\n:::\n\nRain falls. " + "rain " * 20, words=20)
    html = client.get(reverse(REVIEWS)).content.decode()
    assert "Rain falls" in html
    assert "CANARY" not in html


def test_reviews_are_found_by_title_film_and_author(client, moderator):
    film = make_film("High and Low")
    piece = make_review(make_user("kelechi"), film, title="Four hundred steps")
    make_review()
    for term in ("four hundred", "low high", "KELE"):
        assert listed(client, q=term) == [piece], term
    assert listed(client, q="nothing like it") == []


def test_reviews_are_filtered_by_status_kind_and_language(client, moderator):
    held = make_review(status="held")
    note = make_review(words=30, language="de")
    assert listed(client, status="held") == [held]
    assert listed(client, kind__exact="note") == [note]


# Deciding


def test_an_action_asks_before_anything_happens(client, moderator):
    piece = make_review()
    page = send(client, "hide", [piece])
    assert page.status_code == 200
    assert "Nothing has happened yet" in page.content.decode()
    piece.refresh_from_db()
    assert piece.status == "published"
    assert not ModerationAction.objects.exists()


@pytest.mark.parametrize("given", [{"reason": "It names a neighbour."}, {"rule": "1"}, {}])
def test_rule_and_reason_are_required(client, moderator, rule, given):
    piece = make_review()
    given = given | ({"rule": rule.pk} if "rule" in given else {})
    page = send(client, "hide", [piece], post="yes", **given)
    assert page.status_code == 422
    piece.refresh_from_db()
    assert piece.status == "published"
    if "reason" in given:
        assert given["reason"] in page.content.decode()


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("hold", "published", "held"),
        ("publish", "held", "published"),
        ("hide", "published", "hidden"),
        ("remove", "hidden", "removed"),
        ("restore", "removed", "published"),
        ("keep", "held", "held"),
        ("label", "published", "published"),
    ],
)
def test_every_verb_changes_the_row_and_writes_the_record(
    client, moderator, rule, verb, before, after
):
    piece = make_review(status=before)
    given = {"rule": rule.pk, "reason": "It names a neighbour.", "passage": "rain rain"}
    answer = send(client, verb, [piece], post="yes", passage_is_spoiler="on", **given)
    piece.refresh_from_db()
    action = piece.moderation_actions().first()
    assert piece.status == after
    assert (action.verb, action.from_status, action.to_status) == (verb, before, after)
    assert (action.moderator, action.rule, action.reason) == (moderator, rule, given["reason"])
    assert (action.passage, action.passage_is_spoiler) == ("rain rain", True)
    assert "1 review" in said(answer)


def test_restoring_needs_a_reason_but_no_rule(client, moderator):
    piece = make_review(status="hidden")
    send(client, "restore", [piece], post="yes", reason="It was fair.")
    piece.refresh_from_db()
    assert piece.status == "published"
    assert piece.moderation_actions().first().rule is None


def test_what_cannot_be_done_is_reported_and_the_rest_is_done(client, moderator, rule):
    hidden, published = make_review(status="hidden"), make_review()
    answer = send(client, "hide", [hidden, published], post="yes", rule=rule.pk, reason="So.")
    published.refresh_from_db()
    assert published.status == "hidden"
    assert "Hidden: 1 review." in said(answer)
    assert f"Not changed: “\u2068{hidden.title}\u2069”" in said(answer)
    assert hidden.moderation_actions().count() == 1


def test_a_moderator_does_not_decide_about_their_own_piece(client, moderator, rule):
    mine = make_review(moderator)
    page = send(client, "hide", [mine])
    assert "yours" in page.content.decode()
    answer = send(client, "hide", [mine], post="yes", rule=rule.pk, reason="So.")
    mine.refresh_from_db()
    assert mine.status == "published"
    assert "somebody else decides" in said(answer)
    page = client.get(reverse("admin:reviews_review_change", args=[mine.pk]))
    assert page.context["verbs"] == []


def test_a_preview_changes_nothing_and_shows_what_the_writer_reads(client, moderator, rule):
    piece = make_review()
    given = {"rule": rule.pk, "reason": "It names a neighbour."}
    page = send(client, "hide", [piece], post="yes", preview="yes", **given)
    assert page.context["statement"]["reason"] == given["reason"]
    assert page.context["statement"]["rule"] == rule
    piece.refresh_from_db()
    assert piece.status == "published"


def test_without_the_permission_there_are_no_actions(client, rule):
    viewer = make_user("viewer", role="moderator")
    group = viewer.groups.get()
    group.permissions.remove(group.permissions.get(codename="moderate"))
    client.force_login(User.objects.get(pk=viewer.pk))
    piece = make_review()
    send(client, "hide", [piece], post="yes", rule=rule.pk, reason="So.")
    piece.refresh_from_db()
    assert piece.status == "published"


def test_too_many_at_once_are_refused(client, moderator, monkeypatch):
    monkeypatch.setattr("users.moderation_admin.AT_ONCE", 1)
    assert "at most 1" in said(send(client, "hide", [make_review(), make_review()]))


def test_the_page_offers_the_verbs_that_apply(client, moderator):
    piece = make_review(status="hidden")
    page = client.get(reverse("admin:reviews_review_change", args=[piece.pk]))
    assert {verb["value"] for verb in page.context["verbs"]} == {
        "keep", "remove", "restore", "label", "hide_passage",
    }  # fmt: skip


def test_a_comment_is_hidden_and_comes_back(client, moderator, rule):
    comment = make_comment()
    send(client, "hide", [comment], url=COMMENTS, post="yes", rule=rule.pk, reason="So.")
    assert Comment.objects.get(pk=comment.pk).status == "hidden"
    send(client, "restore", [comment], url=COMMENTS, post="yes", reason="It was fair.")
    assert Comment.objects.get(pk=comment.pk).status == "published"
    assert comment.moderation_actions().count() == 2


def test_a_piece_from_before_a_stricter_rule_can_be_held_and_removed(client, moderator, rule):
    piece = make_review()
    Review.objects.filter(pk=piece.pk).update(body="x" * 45_000)
    for verb in ("hold", "remove"):
        send(client, verb, [piece], post="yes", rule=rule.pk, reason="So.")
    assert Review.objects.get(pk=piece.pk).status == "removed"


# Cost


def cost(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("kind", ["review", "comment", "rating", "viewing"])
def test_lists_cost_the_same_at_three_rows_and_at_twenty(client, moderator, kind):
    url = reverse(f"admin:reviews_{kind}_changelist")

    def more(count):
        for _number in range(count):
            piece = make_review(make_user(), make_film(), words=20)
            make_comment(piece)
            Rating.objects.rate(piece.film, by=piece.author, value=7)

    more(3)
    few = cost(client, url)
    more(17)
    assert cost(client, url) == few
