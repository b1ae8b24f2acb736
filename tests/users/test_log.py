import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import make_comment, make_film, make_image, make_review, make_user
from users.models import ModerationAction, Rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return make_user("morag", role="moderator", display_name="Morag Innes")


def page(client, address="/log/"):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_an_entry_says_what_why_under_which_rule_and_who(client, moderator):
    rule = Rule.objects.order_by("number").first()
    action = make_review().hold(by=moderator, reason="Three links & a shop.", rule=rule)
    for text in (page(client), page(client, action.get_absolute_url())):
        assert "Held:" in text
        assert "Three links &amp; a shop." in text
        assert rule.title in text
        assert "<bdi>Morag Innes</bdi>" in text
        assert f"M-{action.pk:04}" in text


def test_no_member_is_named_in_the_log(client, moderator):
    writer = make_user("secretive", display_name="Name Unsaid", email="unsaid@example.org")
    piece = make_review(author=writer)
    actions = [
        piece.label(by=moderator, reason="One."),
        make_comment(review=piece, author=writer).hide(by=moderator, reason="Two."),
        make_image(uploaded_by=writer).remove(by=moderator, reason="Three."),
    ]
    pages = [page(client), *[page(client, a.get_absolute_url()) for a in actions]]
    for text in pages:
        for personal in ("secretive", "Name Unsaid", "unsaid@example.org", moderator.email):
            assert personal not in text


def test_a_title_and_a_link_stand_only_while_the_thing_is_public(client, moderator):
    piece = make_review(title="Serves two men")
    piece.label(by=moderator, reason="An ending stood open.")
    assert piece.get_absolute_url() in page(client)
    assert "Serves two men" in page(client)
    action = piece.remove(by=moderator, reason="Not their own words.")
    for text in (page(client), page(client, action.get_absolute_url())):
        assert "Serves two men" not in text
        assert piece.get_absolute_url() not in text
        assert "an essay or note" in text


def test_a_comment_is_linked_only_while_its_piece_is_public(client, moderator):
    piece = make_review()
    comment = make_comment(review=piece)
    comment.label(by=moderator, reason="Marked.")
    assert comment.get_absolute_url() in page(client)
    piece.hide(by=moderator, reason="For now.")
    assert comment.get_absolute_url() not in page(client)


def test_a_passage_that_is_a_spoiler_is_not_repeated(client, moderator):
    action = make_review().label(
        by=moderator, reason="It told the end.", passage="He dies.", passage_is_spoiler=True
    )
    text = page(client, action.get_absolute_url())
    assert "It gives the film away, and is not repeated here." in text
    assert "He dies." not in text
    assert "He dies." not in page(client)


@pytest.mark.parametrize("make", [make_review, make_comment])
def test_a_passage_from_behind_a_mark_is_a_spoiler_whether_staff_say_so_or_not(
    client, moderator, make
):
    row = make(body="The rain is loud. Then >!he dies of it!<.")
    given = {"by": moderator, "reason": "Look."}
    assert row.keep(passage="he dies  of it", **given).passage_is_spoiler
    assert row.keep(passage="The rain is loud. Then he dies", **given).passage_is_spoiler
    assert not row.keep(passage="The rain is\nloud.", **given).passage_is_spoiler
    assert not row.keep(**given).passage_is_spoiler


def test_the_passage_of_what_is_out_of_sight_is_not_repeated(client, moderator):
    action = make_review().hide(by=moderator, reason="An address.", passage="4 Elm Street")
    assert "4 Elm Street" not in page(client, action.get_absolute_url())


def test_software_is_named_as_such(client):
    make_review().hold(by_rule="links", reason="Three links in a first piece.")
    assert "a rule in the software" in page(client)


def test_a_moderator_who_has_left_is_not_named(client, moderator):
    make_film().hide(by=moderator, reason="Twice in the catalogue.")
    moderator.left_at = timezone.now()
    moderator.save()
    assert "a former moderator" in page(client)
    assert "Morag" not in page(client)


def test_filters_choose_by_rule_and_outcome(client, moderator):
    first, second = Rule.objects.order_by("number")[:2]
    make_review().hold(by=moderator, reason="Under one, held.", rule=first)
    make_review().remove(by=moderator, reason="Under two, removed.", rule=second)
    by_rule = page(client, f"/log/?rule={first.number}")
    assert "Under one, held." in by_rule
    assert "Under two, removed." not in by_rule
    assert f'<option value="{first.number}" selected>' in by_rule
    assert 'content="noindex' in by_rule
    by_kind = page(client, "/log/?kind=comment")
    assert "Under one, held." not in by_kind
    by_moderator = page(client, f"/log/?moderator={moderator.username}&kind=review")
    assert "Under one, held." in by_moderator
    both = page(client, f"/log/?rule={first.number}&outcome=remove")
    assert "No entry is of all that you chose." in both


@pytest.mark.parametrize(
    "query",
    [
        "rule=99",
        "rule=x%00",
        "outcome=burnt",
        "kind=user",
        "moderator=nobody",
        "moderator=a%00",
        "after=nonsense",
        "after=%00",
        "rule=9" * 9,
    ],
)
def test_what_the_filter_does_not_know_is_said_and_not_applied(client, moderator, query):
    make_review().hold(by=moderator, reason="Still here.")
    text = page(client, f"/log/?{query}")
    assert 'class="alert" role="status"' in text
    assert "Still here." in text


def test_pages_follow_each_other_by_key_and_keep_the_filter(client, moderator):
    piece, now = make_review(), timezone.now()
    for number in range(30):
        at = now - datetime.timedelta(minutes=number)
        ModerationAction.record(
            piece, "keep", "published", by=moderator, at=at, reason=f"Reason {number:02}."
        )
    first = client.get("/log/?outcome=keep")
    assert "Reason 00." in first.content.decode()
    assert "30 entries" in first.content.decode()
    position = first.context["page"].next
    assert f"?outcome=keep&amp;after={position}" in first.content.decode()
    second = page(client, f"/log/?outcome=keep&after={position}")
    assert "Reason 24." not in second
    assert "Reason 25." in second


def test_an_entry_lists_what_else_was_decided_about_the_same_thing(client, moderator):
    piece = make_review()
    held = piece.hold(by=moderator, reason="First we held it.")
    restored = piece.restore(by=moderator, reason="Then we did not.")
    text = page(client, held.get_absolute_url())
    assert "Then we did not." in text
    assert restored.get_absolute_url() in text


def test_an_empty_log_says_so(client):
    assert "Nobody has had to decide anything yet." in page(client)
    assert client.get("/log/1/").status_code == 404
    assert client.get("/log/99999999999999999999/").status_code == 404


def test_the_log_costs_the_same_queries_at_three_entries_and_at_thirty(client, moderator):
    for _number in range(10):
        make_review().label(by=moderator, reason="One.")
        make_comment().label(by=moderator, reason="Two.")
        make_film().keep(by=moderator, reason="Three.")
    with CaptureQueriesContext(connection) as queries:
        page(client)
    assert len(queries) <= 8


def test_rules_are_read_from_their_rows(client):
    rule = Rule.objects.create(number=77, title="Be <kind>", text="To all.", consequence="Else.")
    text = page(client, "/rules/")
    assert 'id="rule-77"' in text
    assert "Be &lt;kind&gt;" in text
    assert rule.get_absolute_url() == "/rules/#rule-77"
