"""Passages that staff hide: a note in their place, nowhere readable, and through every edit."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.urls import reverse

from reviews import markdown, subsequences
from reviews.models import HiddenPassage, Review
from tests.factories import make_review, make_user
from tests.reviews.test_admin import said, send
from users.models import ModerationAction, Report, Rule

pytestmark = pytest.mark.django_db

SECRET = "Harriet Quonsellary lives at 5 Pickle Lane"
BODY = (
    "The film begins with rain.\n\n"
    "I know the woman whom it is about. **Harriet** Quonsellary lives *at 5 Pickle* Lane, and she "
    "has never seen it.\n\n"
    "## What Harriet said\n\n" + "rain " * 420
)
WORDS = ("Quonsellary", "Pickle", "5 Pickle", "Harriet Q")


@pytest.fixture
def rule():
    return Rule.objects.order_by("number").first()


@pytest.fixture
def moderator():
    return make_user("keeper", role="moderator")


@pytest.fixture
def essay():
    return make_review(make_user("mina"), title="A yellow bag", body=BODY)


@pytest.fixture
def hidden(essay, moderator, rule):
    essay.hide_passage(by=moderator, passage=SECRET, rule=rule, reason="It gives an address.")
    return HiddenPassage.objects.get()


def edit(client, piece, body, **more):
    piece.refresh_from_db()
    client.force_login(piece.author)
    data = {"film": piece.film.slug, "title": piece.title, "body": body, "language": "en",
            "text_license": piece.text_license, "version": piece.version, "publish": "1"}  # fmt: skip
    return client.post(reverse("reviews:edit", args=[piece.pk]), data | more)


def render(body, *passages):
    hidden = [markdown.Passage(number, text) for number, text in enumerate(passages, start=1)]
    return markdown.render(body, language="en", prefix="x-", hidden=hidden)


# Found in a text


@pytest.mark.parametrize(
    "body",
    [
        "Before. One two three four five. After.",
        "Before. **One** *two* three [four](https://example.org/four) five. After.",
        "Before. ONE, two: three – four… “five”! After.",
        "Before. O**n**e two three four five. After.",
        "Before. One two\nthree four\n\nfive. After.",
        "Before.\n\n- one two\n- three\n- four five\n\nAfter.",
        "| Before | one two |\n|---|---|\n| three four | five |\n\nAfter.",
        "Before. `one two three four five` After.",
        "Before.\n\n```\none two three four five\n```\n\nAfter.",
        "Before.\n\n# One two three four five\n\nAfter.",
        "Before. >!One two three four five!< After.",
        "Before.\n\n:::spoiler one two three four five\nAfter.\n:::",
        "Before.[^1] After.\n\n[^1]: One two three four five.",
        "Before. One two two-and-a-half three four five. After.",
        "Before. One two tree four five. After.",
        "Before. One two four five. After.",
        "Before. <https://example.org/one-two-three-four-five> After.",
        "Before. [here](https://example.org/one-two-three-four-five). After.",
    ],
)
def test_a_passage_is_taken_out_wherever_and_however_it_stands(body):
    done = render(body, "One two three four five")
    assert "two" not in done.html.lower()
    assert "five" not in done.html.lower()
    assert "five" not in f"{done.safe_text} {done.contents}".lower()
    assert "After" in done.html
    assert "Before" in done.html


def test_every_place_is_hidden_and_words_nearby_stay():
    body = "Anna Smith came. Later Anna, Smith, went. Anna alone, and a Smith, stay. Mr Smith too."
    done = render(body, "Anna Smith")
    assert done.html.count("data-passage") == 2
    for kept in ("came", "went", "alone", "Mr Smith too"):
        assert kept in done.html


@pytest.mark.parametrize("text", ["다섯 개의 노란 가방이 있었다", "雨の日に窓を見る", "ฝนตกทั้งวัน"])
def test_scripts_without_spaces_and_others(text):
    done = render(f"처음。{text}。끝", text)
    assert text not in done.html
    assert done.found == {1}


def test_a_text_with_little_of_it_in_common_is_left_alone():
    body = "one of two, and then three of the others came by for four or five days of rain " * 20
    done = render(body, "five four three two one of the winter nights")
    assert done.found == frozenset()
    assert done.html == render(body).html


def test_two_passages_of_one_paragraph_keep_what_is_between():
    done = render(
        "Alpha beta gamma. In between. Delta eps zeta.", "alpha beta gamma", "delta eps zeta"
    )
    assert done.found == {1, 2}
    assert "In between" in done.html
    assert "beta" not in done.html


def test_hidden_words_count_and_a_sentence_round_them_is_no_excerpt():
    done = render("It rains. Then Anna Smith came in. It goes on.", "Anna Smith")
    assert done.word_count == 10
    assert done.safe_text == "It rains. It goes on."


def test_nobody_can_type_a_placeholder():
    done = render('<figure data-passage="1"></figure> and <span data-passage="1"></span>')
    assert markdown.passage_keys(done.html) == set()


@pytest.mark.parametrize(
    ("body", "passage"),
    [
        ("a " * 20_000, "a b " * 400),
        ("雨" * 40_000, "雨雨風" * 600),
        ("ab cd " * 6_600, "cd ab ef " * 200),
        ("雨風" * 20_000, "風雨雲" * 600),
    ],
)
def test_hostile_texts_are_looked_through_in_bounded_steps(monkeypatch, body, passage):
    steps = 0
    original = subsequences.shortest_start

    def counted(one, other):
        nonlocal steps
        steps += len(other)
        return original(one, other)

    monkeypatch.setattr(subsequences, "shortest_start", counted)
    markdown.spans(body, [markdown.Passage(1, passage)])
    assert steps <= 12 * len(body)


# Hidden by staff


def test_readers_find_a_note_in_its_place(client, essay, hidden, rule):
    page = client.get(essay.get_absolute_url()).content.decode()
    assert "A passage is hidden here, 7 words." in page
    assert f"under rule {rule.number}" in page
    assert "It gives an address." in page
    assert hidden.action.get_absolute_url() in page
    assert "and she has never seen it" in page
    assert not [word for word in WORDS if word in page]


def test_the_words_are_nowhere_else(client, essay, hidden):
    essay.refresh_from_db()
    assert not [
        word for word in WORDS if word in f"{essay.html} {essay.safe_text} {essay.contents}"
    ]
    assert not [word for word in WORDS if word in essay.source_for_readers]
    assert not [w for w in WORDS for row in essay.revisions.all() if w in row.safe_text]
    history = f"{essay.get_absolute_url()}history/"
    surfaces = ["/", "/essays/", "/feed/", essay.film.get_absolute_url(), "/log/", history,
                essay.author.get_absolute_url(), f"{essay.film.get_absolute_url()}feed/",
                hidden.action.get_absolute_url(), "/search/?q=rain",
                f"/oembed/?url=http://testserver{essay.get_absolute_url()}"]  # fmt: skip
    for address in surfaces:
        response = client.get(address)
        assert response.status_code == 200, address
        assert not [word for word in WORDS if word in response.content.decode()], address
    assert essay.get_absolute_url() not in client.get("/search/?q=quonsellary").content.decode()
    call_command("reindex", "--check")


def test_the_body_stays_the_authors(client, essay, hidden):
    essay.refresh_from_db()
    assert essay.body == BODY
    client.force_login(essay.author)
    page = client.get(reverse("reviews:edit", args=[essay.pk])).content.decode()
    assert "A passage of it is hidden from readers." in page
    assert "It gives an address." in page
    assert SECRET in page


def test_the_record_and_the_statement(essay, hidden, moderator, rule, client):
    action = ModerationAction.objects.get()
    assert (action.verb, action.from_status, action.to_status) == (
        "hide_passage", "published", "published",
    )  # fmt: skip
    assert (action.moderator, action.rule, action.passage) == (moderator, rule, "")
    notice = essay.author.notifications.get()
    assert (notice.kind, notice.action) == ("decision", action)
    entry = client.get(action.get_absolute_url()).content.decode()
    assert "A passage hidden" in entry
    assert SECRET not in entry


def test_what_another_decision_quoted_is_not_in_the_log_either(client, essay, moderator):
    kept = essay.keep(by=moderator, reason="Why.", passage=SECRET)
    assert SECRET in client.get(kept.get_absolute_url()).content.decode()
    essay.hide_passage(by=moderator, passage=SECRET, reason="It gives an address.")
    assert SECRET not in client.get(kept.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("passage", "code"),
    [
        ("", "passage_missing"),
        ("…", "passage_missing"),
        ("words that nobody wrote here", "passage_not_found"),
    ],
)
def test_what_cannot_be_hidden_leaves_nothing(essay, moderator, passage, code):
    with pytest.raises(ValidationError) as error:
        essay.hide_passage(by=moderator, passage=passage, reason="Why.")
    assert error.value.code == code
    assert not HiddenPassage.objects.exists()
    assert not ModerationAction.objects.exists()


def test_of_a_lead_no_part_can_be_hidden(moderator):
    essay = make_review(title="A yellow bag", lead=SECRET, body=BODY)
    with pytest.raises(ValidationError) as error:
        essay.hide_passage(by=moderator, passage=SECRET, reason="Why.")
    assert error.value.code == "passage_in_head"


def test_its_author_and_members_may_not_hide(essay):
    for user in (essay.author, make_user()):
        with pytest.raises(PermissionDenied):
            essay.hide_passage(by=user, passage=SECRET, reason="Why.")
    assert not HiddenPassage.objects.exists()


# Edits


@pytest.mark.parametrize(
    "body",
    [
        "Another beginning.\n\n" + BODY + "\n\nAnother end.",
        BODY.replace("**Harriet**", "Harriet").replace("*at 5 Pickle*", "at five, no, 5 Pickle"),
        BODY.replace("Harriet", "harriet").replace("lives", "now lives"),
        BODY + "\n\n" + SECRET,
    ],
)
def test_it_survives_edits_round_it_and_small_ones_in_it(client, essay, hidden, body):
    assert edit(client, essay, body).status_code == 302
    client.logout()
    page = client.get(essay.get_absolute_url()).content.decode()
    assert "A passage is hidden here" in page
    assert "Quonsellary" not in page
    hidden.refresh_from_db()
    assert hidden.is_found
    assert not Report.objects.exists()


def test_one_that_is_taken_out_is_told_to_staff_once(client, essay, hidden):
    edit(client, essay, "rain " * 430)
    hidden.refresh_from_db()
    assert not hidden.is_found
    edit(client, essay, "snow " * 430)
    report = Report.objects.get()
    assert (report.by_rule, report.target) == ("hidden passage", essay)
    assert list(HiddenPassage.objects.lost()) == [hidden]
    edit(client, essay, BODY)
    hidden.refresh_from_db()
    assert hidden.is_found
    essay.refresh_from_db()
    assert "Quonsellary" not in essay.html


@pytest.mark.parametrize("field", ["title", "lead", "what_changed"])
def test_it_cannot_move_to_where_nothing_is_taken_out(client, essay, hidden, field):
    response = edit(client, essay, BODY, **{field: f"Well, {SECRET}."})
    assert response.status_code == 422
    page = response.content.decode()
    assert "A moderator hid these words in the text" in page
    assert f"Well, {SECRET}." in page
    essay.refresh_from_db()
    assert essay.version == 1


def test_what_was_hidden_while_the_author_was_typing_is_hidden(essay, moderator):
    typed = Review.objects.get(pk=essay.pk)
    typed.body = f"{BODY}\n\nOne more line."
    done = typed.render()
    essay.hide_passage(by=moderator, passage=SECRET, reason="It gives an address.")
    typed.store(themes=[], hero=None, image_keys=done.image_keys, version=1)
    essay.refresh_from_db()
    assert "One more line" in essay.html
    assert "Quonsellary" not in f"{essay.html} {essay.safe_text}"


# Shown again


def test_shown_again(client, essay, hidden, moderator):
    essay.show_passage(hidden, by=moderator, reason="She agreed.")
    page = client.get(essay.get_absolute_url()).content.decode()
    assert "Quonsellary" in page
    hidden.refresh_from_db()
    assert not hidden.is_in_force
    assert hidden.lifted_by.verb == "show_passage"
    essay.refresh_from_db()
    assert "Quonsellary" in essay.safe_text
    with pytest.raises(ValidationError):
        essay.show_passage(hidden, by=moderator, reason="Again.")
    assert ModerationAction.objects.count() == 2


# In the admin


@pytest.mark.usefixtures("verbs_one_by_one")
def test_staff_hide_and_show_in_the_admin(client, essay, moderator, rule):
    client.force_login(moderator)
    given = {"post": "yes", "rule": rule.pk, "reason": "It gives an address."}
    assert "Paste the words" in send(client, "hide_passage", [essay], **given).content.decode()
    answer = send(client, "hide_passage", [essay], passage="No such words", **given)
    assert "not in its text" in said(answer)
    send(client, "hide_passage", [essay], passage=SECRET, **given)
    passage = HiddenPassage.objects.get()
    change = client.get(reverse("admin:reviews_review_change", args=[essay.pk])).content.decode()
    assert SECRET in change
    listing = reverse("admin:reviews_hiddenpassage_changelist")
    assert passage.action.entry in client.get(listing).content.decode()
    own = reverse("admin:reviews_hiddenpassage_change", args=[passage.pk])
    assert "Show it again" in client.get(own).content.decode()
    HiddenPassage.objects.update(is_found=False)
    assert "Not found any more" in client.get(f"{listing}?state=lost").content.decode()
    assert "not found any more" in client.get("/admin/").content.decode()
    send(client, "show_passage", [passage], url="admin:reviews_hiddenpassage_changelist",
         post="yes", reason="She agreed.")  # fmt: skip
    passage.refresh_from_db()
    assert not passage.is_in_force


@pytest.mark.usefixtures("verbs_one_by_one")
def test_staff_have_no_way_to_change_a_word(client, essay, moderator):
    client.force_login(make_user("chief", role="moderator", is_superuser=True))
    for name, row in (("review", essay), ("revision", essay.revisions.get())):
        url = reverse(f"admin:reviews_{name}_change", args=[row.pk])
        assert client.get(url).status_code == 200
        sent = {"title": "Mine", "lead": "Mine", "body": "Mine", "note": "Mine"}
        assert client.post(url, sent).status_code == 403
        assert client.post(reverse(f"admin:reviews_{name}_add"), sent).status_code == 403
        row.refresh_from_db()
        assert (row.title, row.body) == ("A yellow bag", BODY)


@pytest.mark.parametrize(
    "body",
    [
        # Once apart by its marks, once as it is: the source shows the first.
        "Har**riet** Quonse*llary* li**ves** at 5 Pi*ck*le Lane.\n\n" + SECRET,
        f"{SECRET}, [as here](https://example.org/harriet-quonsellary-lives-at-5-pickle-lane).",
        f"{SECRET}, <https://example.org/Harriet_Quonsellary_lives_at_5_Pickle_Lane>.",
    ],
)
def test_the_file_for_readers_holds_none_of_it_either(client, moderator, body):
    piece = make_review(make_user("mina"), title="A bag", body=f"{body}\n\n" + "rain " * 420)
    piece.hide_passage(by=moderator, passage=SECRET, reason="It gives an address.")
    text = client.get(reverse("reviews:essay_markdown", args=[piece.slug])).content.decode()
    assert "rain rain" in text
    told = text.replace("*", "").lower()
    assert "quonsellary" not in told
    assert "pickle" not in told


def test_the_list_of_staff_says_nothing_of_the_words(client, hidden, moderator):
    client.force_login(moderator)
    page = client.get("/admin/reviews/hiddenpassage/").content.decode()
    assert "A passage, 7 words" in page
    assert "Quonsellary" not in page
    HiddenPassage.objects.update(is_found=False)
    assert "Quonsellary" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize(
    "around", ["## What {} said\n\n", ">!{}!<\n\n", "| a |\n|---|\n| {} |\n\n"]
)
def test_wherever_it_stands_its_reason_stands_there(client, moderator, rule, around):
    body = around.format(SECRET) + "rain " * 420
    piece = make_review(title="A yellow bag", body=body)
    piece.hide_passage(by=moderator, passage=SECRET, rule=rule, reason="It gives an address.")
    page = client.get(piece.get_absolute_url()).content.decode()
    assert "It gives an address." in page
    assert "Quonsellary" not in page


ENTITIES = "Harri&eacute;t Quonsell&#97;ry lives at 5 Pickle Lane"
APART = "Har**riet** Quonse*llary* li**ves** at 5 Pi*ck*le Lane"


@pytest.mark.parametrize("is_spoiler", [False, True])
def test_a_passage_typed_with_entities_leaves_the_rest_of_the_file(client, moderator, is_spoiler):
    body = f"It *rains*.\n\nShe said: {ENTITIES}, and went.\n\n" + "rain " * 420
    piece = make_review(make_user("mina"), title="A bag", body=body, is_spoiler=is_spoiler)
    secret = SECRET.replace("Harriet", "Harriét")
    piece.hide_passage(by=moderator, passage=secret, reason="It gives an address.")
    text = client.get(reverse("reviews:essay_markdown", args=[piece.slug])).content.decode()
    assert f"It *rains*.\n\nShe said: […], and went.\n\n{'rain ' * 420}".strip() in text
    assert "more than those words is left out" not in text


@pytest.mark.parametrize("is_spoiler", [False, True])
def test_what_cannot_be_found_in_the_source_takes_its_paragraph_along(
    client, moderator, is_spoiler
):
    body = f"It *rains*.\n\nShe said: {APART}.\nAnd went.\n\n:::spoiler\nHe *dies*.\n:::\n\n"
    body += "rain " * 420
    piece = make_review(make_user("mina"), title="A bag", body=body, is_spoiler=is_spoiler)
    piece.hide_passage(by=moderator, passage=SECRET, reason="It gives an address.")
    text = client.get(reverse("reviews:essay_markdown", args=[piece.slug])).content.decode()
    assert "It *rains*.\n\n[…]\n\n:::spoiler\nHe *dies*.\n:::\n\nrain" in text
    assert "llary" not in text
    assert "more than those words is left out" in text


def test_a_spoiler_whose_name_is_hidden_goes_whole(moderator):
    body = f"{APART}.\n\n:::spoiler {SECRET}\nHe *dies*.\n\nAlone.\n:::\n\n" + "rain " * 420
    piece = make_review(make_user("mina"), title="A bag", body=body)
    piece.hide_passage(by=moderator, passage=SECRET, reason="It gives an address.")
    kept, is_whole = piece.source_kept()
    assert not is_whole
    assert "dies" not in kept
    assert "Alone" not in kept
    assert "rain rain" in kept
