"""Every published change of a piece is kept, and who may read the piece may read them."""

import io
import zipfile
from itertools import chain

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews import differences
from reviews.exporters import archive
from reviews.models import Review, Revision, TextRule
from tests.factories import bring_to, make_film, make_review, make_user
from tests.plans import plan_of, sorts, statements_of
from users.moderation import Status

pytestmark = pytest.mark.django_db

FIRST = "The film begins with rain.\n\nMy father was the registrar of a court.\n\n" + "rain " * 420
SECOND = FIRST.replace("the registrar of", "a clerk in")


@pytest.fixture
def essay():
    return make_review(
        make_user("mina", display_name="Mina Baek"), title="A yellow bag", body=FIRST
    )


def edit(client, piece, body, note="", **more):
    piece.refresh_from_db()
    client.force_login(piece.author)
    data = {"film": piece.film.slug, "title": piece.title, "lead": piece.lead, "body": body,
            "language": piece.language, "text_license": piece.text_license,
            "version": piece.version, "publish": "1", "what_changed": note}  # fmt: skip
    return client.post(reverse("reviews:edit", args=[piece.pk]), data | more)


def page_of(client, piece, query=""):
    response = client.get(f"{piece.history_address}{query}")
    assert response.status_code == 200
    return response.content.decode()


def numbers(piece):
    return list(piece.revisions.order_by("number").values_list("number", "note"))


def revise(piece, *bodies, **more):
    for body in bodies:
        piece.body = body
        piece.render()
        piece.save()
        Revision.objects.keep(piece, **more)


# What is kept


def test_the_first_publication_and_each_published_change(client, essay):
    assert numbers(essay) == [(1, "")]
    edit(client, essay, SECOND, "I had his job wrong.")
    edit(client, essay, SECOND, "Nothing changed, so there is nothing to say.")
    edit(client, essay, SECOND, rating="4")
    assert numbers(essay) == [(1, ""), (2, "I had his job wrong.")]
    edit(client, essay, SECOND, is_spoiler="on")
    edit(client, essay, SECOND, title="Another title", is_spoiler="on")
    first, second, third, fourth = essay.revisions.order_by("number")
    assert "the registrar of" in first.body
    assert "a clerk in" in second.body
    assert "clerk" in second.safe_text
    assert (second.is_spoiler, third.is_spoiler) == (False, True)
    assert (third.title, fourth.title) == ("A yellow bag", "Another title")
    essay.refresh_from_db()
    assert fourth.created_at == essay.edited_at


def test_drafts_leave_none(client):
    draft = make_review(status="draft")
    client.force_login(draft.author)
    revise_as_draft = {"film": draft.film.slug, "body": SECOND, "draft": "1", "version": "1"}
    revise_as_draft |= {"language": "en", "text_license": draft.text_license, "title": "A title"}
    assert client.post(f"/write/{draft.pk}/", revise_as_draft).status_code == 302
    draft.refresh_from_db()
    assert "clerk" in draft.body
    assert not Revision.objects.exists()
    assert client.get(f"/notes/{draft.pk}/history/").status_code == 404


def test_a_piece_that_is_changed_as_a_draft_has_one_more_when_it_is_back(client, essay):
    essay.unpublish(by=essay.author)
    revise_as_draft = Review.objects.get(pk=essay.pk)
    revise_as_draft.body = SECOND
    revise_as_draft.render()
    revise_as_draft.save()
    assert len(numbers(essay)) == 1
    essay.publish(by=essay.author)  # read before the change
    assert numbers(essay) == [(1, ""), (2, "")]
    assert essay.revisions.get(number=2).body == SECOND
    essay.unpublish(by=essay.author)
    essay.publish(by=essay.author)
    assert len(numbers(essay)) == 2


def test_a_version_that_is_refused_leaves_none(client, essay):
    assert edit(client, essay, SECOND, "n" * 301).status_code == 422
    assert edit(client, essay, SECOND, "A note", version="7").status_code == 409
    page = edit(client, essay, "", "A note to keep").content.decode()
    assert "A note to keep" in page
    assert numbers(essay) == [(1, "")]


def test_what_came_past_the_verbs_is_kept_before_it_is_replaced(client, essay):
    essay.revisions.all().delete()
    edit(client, essay, SECOND, "I had his job wrong.")
    assert [row.body.strip() for row in essay.revisions.order_by("number")] == [
        FIRST.strip(), SECOND.strip(),
    ]  # fmt: skip


# Who may read them


@pytest.mark.parametrize("status", ["published", "held", "hidden", "removed", "deleted", "draft"])
@pytest.mark.parametrize("viewer", ["visitor", "author", "moderator"])
def test_as_the_piece_itself(client, status, viewer):
    piece = make_review(make_user("writer"), title="Quonsellary", body=FIRST)
    if status == "draft":
        piece.unpublish(by=piece.author)
    bring_to(piece, status)
    people = {"author": piece.author, "moderator": make_user(role="moderator")}
    if viewer in people:
        client.force_login(people[viewer])
    seen = client.get(piece.get_absolute_url())
    history = client.get(piece.history_address)
    assert history.status_code == seen.status_code
    assert ("Quonsellary" in history.content.decode()) == (seen.status_code == 200)


def test_a_version_that_brought_the_piece_down_does_not_come_back_with_it(client, essay):
    moderator = make_user(role="moderator")
    edit(client, essay, SECOND)
    Review.objects.get(pk=essay.pk).hide(by=moderator, reason="It names him.")
    edit(client, essay, SECOND.replace("a clerk in", "employed by"))
    assert len(numbers(essay)) == 2
    Review.objects.get(pk=essay.pk).restore(by=moderator, reason="Thank you.")
    assert list(essay.revisions.order_by("number").values_list("is_withheld", flat=True)) == [
        True, True, False,
    ]  # fmt: skip
    own = page_of(client, essay, "?from=1&to=2")
    assert "registrar" in own
    client.logout()
    cache.clear()
    for query in ("", "?from=1&to=2", "?from=2&to=3"):
        page = page_of(client, essay, query)
        assert "came back with other words" in page
        assert "registrar" not in page
        assert "clerk" not in page


# The page


def test_the_page_says_what_changed(client, essay):
    edit(client, essay, SECOND, "I had his <b>job</b> wrong.")
    client.logout()
    page = page_of(client, essay)
    assert "As first published." in page
    assert "I had his &lt;b&gt;job&lt;/b&gt; wrong." in page
    assert "<del>the registrar of</del> a court." in page
    assert "<ins>a clerk in</ins> a court." in page
    assert "3 words in, 3 out," in page
    assert "in one paragraph of three." in page
    assert '<meta name="robots" content="noindex">' in page
    assert 'value="1" id="id_from1" checked' in page
    assert 'value="2" id="id_to2" checked' in page
    assert essay.history_address in client.get(essay.get_absolute_url()).content.decode()


def test_one_version_says_that_nothing_changed(client, essay):
    page = page_of(client, essay)
    assert "Nothing has changed since it was published." in page
    assert "Compare" not in page


def test_any_two_can_be_compared_whichever_way(client, essay):
    revise(essay, SECOND, SECOND.replace("rain.", "snow."))
    for query in ("?from=1&to=2", "?from=2&to=1"):
        page = page_of(client, essay, query)
        assert "From 1 to 2" in page
        assert "snow" not in page


@pytest.mark.parametrize(
    "query", ["?from=1", "?from=9&to=1", "?from=x&to=%00", "?from=2&to=2", "?from=²&to=1",
              "?from=99999999999999999999&to=1"]
)  # fmt: skip
def test_what_is_no_pair_is_said_and_the_newest_are_compared(client, essay, query):
    revise(essay, SECOND, SECOND.replace("rain.", "snow."))
    page = page_of(client, essay, query)
    assert "There are no two such versions" in page
    assert "From 2 to 3" in page


def test_notes_have_theirs_and_an_essay_only_one_address(client, essay):
    note = make_review(words=60)
    assert page_of(client, note)
    assert note.history_address == f"/notes/{note.pk}/history/"
    response = client.get(f"/notes/{essay.pk}/history/")
    assert (response.status_code, response.headers["Location"]) == (301, essay.history_address)
    assert client.get("/essays/no-such-essay/history/").status_code == 404


def test_spoilers_stay_veiled(client, essay):
    before = (
        "It ends. >!The boy is drowned by his uncle!<.\n\n:::spoiler how\nBy water alone.\n:::\n"
    )
    after = before.replace("drowned", "saved").replace("water", "fire")
    revise(essay, before, after, note="He is >!saved!<.")
    page = page_of(client, essay)
    veiled = page.count('<label class="veil">')
    for word in ("drowned", "saved", "water", "fire"):
        for place in page.split(word)[:-1]:
            assert place.rfind('<label class="veil">') > place.rfind("</label>"), word
    ids = [part.split('"')[0] for part in page.split('type="checkbox" id="')[1:]]
    assert len(set(ids)) == len(ids) == veiled


def test_what_is_marked_later_is_closed_in_the_versions_before(client, essay):
    openly = "The boy drowns.\n\nA bell rings."
    marked = openly.replace("The boy drowns", ">!The boy drowns!<")
    revise(essay, openly, f"{openly}\n\nRain.", f"{marked}\n\nRain.", f"{marked}\n\nSnow.")
    whole = '<details class="spoiler whole">'
    for pair in ("?from=2&to=3", "?from=3&to=4"):
        assert whole in page_of(client, essay, pair), pair
    assert whole not in page_of(client, essay)
    client.force_login(essay.author)
    assert '<details class="spoiler whole" open>' in page_of(client, essay, "?from=2&to=3")


def test_a_text_that_tells_the_ending_is_behind_its_notice(client, essay):
    revise(essay, SECOND)
    Review.objects.filter(pk=essay.pk).update(is_spoiler=True, safe_text="")
    page = page_of(client, essay)
    assert "tells how" in page
    assert page.index('<details class="spoiler whole">') < page.index("<ins>")
    client.force_login(essay.author)
    assert '<details class="spoiler whole" open>' in page_of(client, essay)


def test_many_versions_come_in_pages_at_the_same_cost(client, essay):
    costs = []
    for upto in (3, 120):
        for number in range(essay.revisions.count(), upto):
            revise(essay, f"{FIRST}\n\nLine {number}.")
        cache.clear()
        client.get(essay.history_address)
        with CaptureQueriesContext(connection) as queries:
            first = client.get(essay.history_address)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12
    page = first.context["page"]
    assert [row.number for row in page] == list(range(120, 70, -1))
    second = client.get(f"{essay.history_address}?after={page.next}").context
    assert [row.number for row in second["page"]] == list(range(70, 20, -1))
    assert second["pair"][1].number == 70
    assert client.get(f"{essay.history_address}?after=nonsense").status_code == 200


def test_the_essay_costs_the_same_with_two_hundred_versions(client, essay):
    def cost():
        cache.clear()
        client.get(essay.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(essay.get_absolute_url())
        return [query["sql"] for query in queries]

    before = cost()
    rows = [
        Revision(review=essay, number=number, body=FIRST, language="en") for number in range(2, 202)
    ]
    Revision.objects.bulk_create(rows)
    assert len(cost()) == len(before)
    assert not [sql for sql in cost() if "reviews_revision" in sql]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="plans of small tables")
def test_versions_are_read_off_their_index(client, essay):
    revise(essay, SECOND)
    plans = [plan_of(sql) for sql in statements_of(client, essay.history_address)]
    assert not [plan for plan in plans if sorts(plan) and "reviews_revision" in plan]


# Differences


def compared(old, new, language="en"):
    texts = [[differences.line(part)[0] for part in text.split("\n\n")] for text in (old, new)]
    return differences.compare(*texts, language)


def marked(runs):
    signs = {"": "{}", "ins": "+{}+", "del": "-{}-"}
    return "".join(signs[run.mark].format(run.text) for run in runs)


@pytest.mark.parametrize(
    ("old", "new", "left", "right"),
    [
        ("was the registrar of a court.", "was a clerk in a court.",
         "was -the registrar of- a court.", "was +a clerk in+ a court."),
        ("edges of the frame, and what they do.", "edges of the frame, who are holding a bag.",
         "edges of the frame, -and what they do-.", "edges of the frame, +who are holding a bag+."),
        ("今日は雨が降る。", "今日は雪が降る。", "今日は-雨-が降る。", "今日は+雪+が降る。"),
        ("ฝนตกหนักมาก", "ฝนตกเบามาก", "ฝนตก-หนัก-มาก", "ฝนตก+เบา+มาก"),
        ("비가 오는 날", "눈이 오는 날", "-비가- 오는 날", "+눈이+ 오는 날"),
        ("كانت السماء زرقاء جدا", "كانت السماء رمادية جدا",
         "كانت السماء -زرقاء- جدا", "كانت السماء +رمادية+ جدا"),
    ],
)  # fmt: skip
def test_words_and_in_scripts_without_spaces_characters(old, new, left, right):
    (row,) = compared(old, new).rows
    assert (marked(row.old), marked(row.new)) == (left, right)


def test_unchanged_paragraphs_are_counted_and_changed_ones_stand_side_by_side():
    old = "One.\n\nTwo is here today.\n\nThree.\n\nFour.\n\nFive is the last of them."
    new = (
        "One.\n\nA new one.\n\nTwo is here tonight.\n\nThree.\n\nFour.\n\nFive is the end of them."
    )
    found = compared(old, new)
    shown = [row.same or (marked(row.old), marked(row.new)) for row in found.rows]
    assert shown == [
        1,
        ("", "+A new one.+"),
        ("Two is here -today-.", "Two is here +tonight+."),
        2,
        ("Five is the -last- of them.", "Five is the +end+ of them."),
    ]
    assert (found.words_in, found.words_out) == (5, 2)
    assert (found.changed, found.total) == (3, 6)


def test_nothing_is_lost_of_either_text():
    old = "He said: “no”, and  left – quickly.\n\nThen >it< rained."
    new = "She said: “yes” and left.\n\nIt rained, then; it snowed."
    rows = compared(old, new).rows

    def whole(side):
        return " ".join("".join(run.text for run in getattr(row, side)) for row in rows)

    assert whole("old").split() == old.split()
    assert whole("new").split() == new.split()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 20_000, "b " * 20_000),
        ("a b " * 10_000, "b a " * 10_000),
        ("雨" * 40_000, "風" * 40_000),
        ("雨風" * 20_000, "風雨雨" * 13_000),
        ("\n\n".join("ab"[i % 2] for i in range(1_200)), "\n\n".join("abc"[i % 3] for i in range(1_200))),
        ("\n\n".join(f"x{i} y" for i in range(1_200)), "\n\n".join(f"y z{i}" for i in range(1_200))),
    ],
)  # fmt: skip
def test_texts_with_nothing_in_common_stay_within_the_allowance(monkeypatch, old, new):
    made = []
    original = differences.Aligner
    monkeypatch.setattr(differences, "Aligner", lambda: made.append(original()) or made[0])
    found = compared(old, new)
    assert made[0].spent <= differences.ALLOWANCE
    runs = list(chain.from_iterable([*row.old, *row.new] for row in found.rows))
    assert found.changed
    assert len(runs) < 45_000


# Elsewhere


def test_the_copy_of_everything_has_every_version_with_its_note(client, essay):
    edit(client, essay, SECOND, "I had his job wrong.")
    file = io.BytesIO()
    archive.write(file, essay.author, "https://example.org", "today")
    packed = zipfile.ZipFile(file)
    first, second = (
        packed.read(f"versions/{essay.slug}/{number}.md").decode() for number in (1, 2)
    )
    assert "registrar" in first
    assert "I had his job wrong." in second
    assert "clerk" in second


def test_only_words_of_published_pieces_begin_their_history_with_the_migration():
    from importlib import import_module

    from django.apps import apps

    migration = import_module("reviews.migrations.0014_revisions")
    essay, _draft = make_review(body=FIRST), make_review(film=make_film(), status="draft")
    Revision.objects.all().delete()
    migration.keep_first_versions(apps, None)
    row = Revision.objects.get()
    assert (row.review, row.number, row.body, row.note) == (essay, 1, FIRST, "")
    assert row.review.status == Status.PUBLISHED


def test_what_a_rule_held_takes_no_earlier_version_from_readers(client, essay):
    TextRule.objects.create(kind="words", text="clerk", outcome="hold", note="To look at.")
    edit(client, essay, SECOND)
    held = Review.objects.get(pk=essay.pk)
    assert held.status == Status.HELD
    held.restore(by=make_user(role="moderator"), reason="It is fine.")
    assert list(essay.revisions.order_by("number").values_list("is_withheld", flat=True)) == [
        False, False,
    ]  # fmt: skip


@pytest.fixture
def held(client, essay):
    """A published essay of which a rule holds the newest change."""
    TextRule.objects.create(kind="words", text="clerk", outcome="hold", note="To look at.")
    edit(client, essay, SECOND, "I had his job wrong.")
    essay.refresh_from_db()
    assert essay.status == Status.HELD
    return essay


def test_the_note_on_a_change_that_a_rule_holds_is_published_with_it(client, held):
    assert numbers(held) == [(1, ""), (2, "I had his job wrong.")]
    assert "I had his job wrong." in page_of(client, held)
    client.logout()
    assert client.get(held.history_address).status_code == 404
    held.restore(by=make_user(role="moderator"), reason="It is fine.")
    assert "I had his job wrong." in page_of(client, held)
    assert numbers(held) == [(1, ""), (2, "I had his job wrong.")]
    assert not held.revisions.filter(is_withheld=True).exists()


def test_the_note_stays_with_what_is_changed_while_it_is_held(client, held):
    edit(client, held, SECOND.replace("a clerk in", "an usher in"), draft="1")
    assert len(numbers(held)) == 2
    held.restore(by=make_user(role="moderator"), reason="It is fine.")
    assert numbers(held) == [(1, ""), (2, "I had his job wrong.")]
    newest = held.revisions.get(number=2)
    assert ("an usher in" in newest.body, newest.is_withheld) == (True, False)
    edit(client, held, FIRST, "Back again.")
    assert numbers(held)[2:] == [(3, "Back again.")]


def test_a_change_taken_back_while_it_is_held_is_no_version(client, held):
    edit(client, held, FIRST, draft="1")
    held.restore(by=make_user(role="moderator"), reason="It is fine.")
    assert numbers(held) == [(1, "")]


def test_a_decision_that_came_while_it_was_read_stands(essay):
    mine = Review.objects.get(pk=essay.pk)
    Review.objects.get(pk=essay.pk).hide(by=make_user(role="moderator"), reason="It names him.")
    mine.body = SECOND
    mine.render()
    mine.store(themes=["grief"], hero=None, image_keys=[], version=mine.version)
    mine.refresh_from_db()
    assert (mine.status, mine.body) == (Status.HIDDEN, SECOND)
    assert list(mine.review_themes.values_list("listed_at", flat=True)) == [None]
    assert len(numbers(essay)) == 1


@pytest.mark.parametrize("title", ["폐기", "Вечер", "كيف", "Ünïcode"])
def test_the_history_of_an_essay_with_any_address_is_read(client, title):
    piece = make_review(title=title, body=FIRST)
    assert piece.slug
    assert page_of(client, piece)
    moved = client.get(reverse("reviews:note_history", args=[piece.pk]))
    assert moved.headers["Location"] == piece.history_address


def test_a_label_closes_the_versions_too():
    piece = make_review(title="Ends", body=FIRST)
    piece.label(by=make_user(role="moderator"), reason="It tells the ending.")
    version = piece.revisions.get()
    assert version.is_spoiler
    assert not version.safe_text
