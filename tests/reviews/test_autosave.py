"""What is typed is kept while it is typed, and nothing is published by it."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from films.models import Theme, ThemeLabel
from reviews import differences
from reviews.autosaving import keep_typed
from reviews.forms import WriteForm
from reviews.models import LeftText, Review, ReviewImage, WorkingCopy
from reviews.models.storing import StaleText
from reviews.sources import sources_in
from tests.factories import (
    bring_to,
    make_film,
    make_image,
    make_review,
    make_theme,
    make_user,
)
from tests.reviews.test_writing import WRITE, form_key, typed

pytestmark = pytest.mark.django_db
NEW = "/write/save/"
WINDOW, OTHER = "window-of-this-one", "window-of-another"


@pytest.fixture
def writer(client):
    user = make_user("mina")
    client.force_login(user)
    return user


def save_of(piece):
    return reverse("reviews:save", args=[piece.pk])


def edit_of(piece):
    return reverse("reviews:edit", args=[piece.pk])


def hidden_in(page, action):
    """What the form that goes to this address carries along unseen."""
    form = page.content.decode().split(f'action="{action}"')[-1].split("</form>")[0]
    names = r'<input type="hidden" name="([\w-]+)"(?: value="([^"]*)")?'
    return dict(re.findall(names, form)) | {"csrfmiddlewaretoken": ""}


def words_in(response):
    return re.sub(r"</?mark>", "", response.content.decode())


# Drafts


def test_the_first_save_makes_a_draft_and_the_next_ones_change_it(client, writer):
    key = form_key(client)
    first = client.post(NEW, typed(body="rain " * 3, form_key=key, window=WINDOW)).json()
    draft = Review.objects.get()
    assert first["address"] == edit_of(draft)
    assert first["count"]["size"] == "3 words"
    assert (draft.status, draft.version, draft.word_count) == ("draft", 1, 3)
    again = client.post(first["save"], typed(body="rain " * 460, version=1, window=WINDOW)).json()
    draft.refresh_from_db()
    assert (again["version"], draft.version, draft.word_count) == (2, 2, 460)
    assert again["said"].startswith("Saved at ")
    assert draft.html.startswith("<p>rain")
    assert draft.kind == "essay"


def test_two_windows_without_a_film_save_two_drafts_and_an_empty_one_none(client, writer):
    for body in ("first", "second"):
        client.post(NEW, typed(body=body, title="", form_key=form_key(client)))
    assert client.post(NEW, typed(body=" ", title="", form_key=form_key(client))).json() == {}
    assert sorted(Review.objects.values_list("body", flat=True)) == ["first", "second"]


def test_one_form_saved_twice_at_the_new_address_is_one_draft(client, writer):
    key = form_key(client)
    for body in ("first", "first and more"):
        client.post(NEW, typed(body=body, form_key=key, window=WINDOW))
    assert Review.objects.get().body == "first and more"


def test_a_form_whose_piece_is_gone_begins_another(client, writer):
    key = form_key(client)
    client.post(NEW, typed(body="first", form_key=key))
    bring_to(Review.objects.get(), "deleted")
    assert client.post(NEW, typed(body="second", form_key=key)).status_code == 200
    assert Review.objects.drafts().get().body == "second"


def test_the_same_text_again_changes_nothing(client, writer):
    draft = make_review(writer, status="draft", title="A yellow bag", body="rain " * 450)
    data = typed(draft.film, text_license=draft.text_license)
    answer = client.post(save_of(draft), data).json()
    assert answer["version"] == 1


def test_a_stale_save_is_refused_and_nothing_is_written_over(client, writer):
    draft = make_review(writer, status="draft")
    client.post(save_of(draft), typed(draft.film, body="from the other", window=OTHER))
    response = client.post(save_of(draft), typed(draft.film, body="from this", window=WINDOW))
    assert response.status_code == 409
    draft.refresh_from_db()
    assert (draft.body, draft.version) == ("from the other", 2)


def test_a_window_that_never_heard_its_answer_goes_on(client, writer):
    draft = make_review(writer, status="draft")
    for body in ("one", "one two", "one two three"):
        answer = client.post(save_of(draft), typed(draft.film, body=body, window=WINDOW))
        assert answer.status_code == 200
    draft.refresh_from_db()
    assert (draft.body, draft.version) == ("one two three", 4)
    sent = typed(draft.film, body="one two three four", window=WINDOW, draft="1")
    assert client.post(edit_of(draft), sent).status_code == 302


@pytest.mark.parametrize(
    "wrong", [{"body": "x" * 40_001}, {"body": "a\0b"}, {"title": "x" * 161}, {"language": "xx-q"}]
)
def test_a_text_that_cannot_be_kept_says_why_and_what_was_kept_stays(client, writer, wrong):
    draft = make_review(writer, status="draft", body="as it was")
    response = client.post(save_of(draft), typed(draft.film, **wrong))
    assert response.status_code == 422
    assert "Your text is still here." in response.json()["said"]
    draft.refresh_from_db()
    assert (draft.body, draft.version) == ("as it was", 1)


def test_what_else_is_wrong_keeps_no_text_from_being_kept(client, writer):
    draft = make_review(writer, status="draft", rating=8)
    odd = {"rating": "99", "seen_day": "31", "seen_month": "2", "film": "unheard-of", "theme": "!"}
    response = client.post(save_of(draft), typed(body=":::spoiler\nnot closed") | odd)
    assert response.status_code == 200
    draft.refresh_from_db()
    assert (draft.body, draft.rating, draft.film_id is None) == (
        ":::spoiler\nnot closed",
        8,
        False,
    )


def test_themes_that_are_known_are_kept_and_none_is_proposed_by_typing(client, writer):
    film = make_film(themes=["family"])
    draft = make_review(writer, film, status="draft")
    client.post(save_of(draft), typed(film, themes=["family"], theme="fath"))
    assert [row.wording for row in draft.review_themes.all()] == ["family"]
    assert not Theme.objects.filter(name="fath").exists()


def test_pictures_in_the_text_go_with_it(client, writer):
    image = make_image()
    draft = make_review(writer, status="draft")
    client.post(save_of(draft), typed(draft.film, body=f"![](image:{image.key})\n\nrain"))
    assert [row.image for row in draft.review_images.all()] == [image]


@pytest.mark.parametrize("is_new", [True, False])
def test_only_pictures_that_the_writer_may_use_go_into_the_text(client, writer, is_new):
    shared, own = make_image(), make_image(writer, status="draft")
    theirs, film = make_image(status="draft"), make_film()
    body = "\n\n".join(f"![](image:{image.key})" for image in (shared, theirs, own))
    address = NEW if is_new else save_of(make_review(writer, film=film, status="draft"))
    more = {"form_key": "begun-by-this-form"} if is_new else {}
    assert client.post(address, typed(film, body=body) | more).status_code == 200
    piece = Review.objects.by(writer).get()
    assert {row.image for row in piece.review_images.all()} == {shared, own}


def test_a_new_piece_has_the_language_and_licence_of_its_writer(client, writer):
    writer.language, writer.text_license = "ko", "CC0-1.0"
    writer.save()
    data = {"body": "비", "language": "ko", "form_key": "begun-by-this-form", "window": WINDOW}
    assert client.post(NEW, data).status_code == 200
    piece = Review.objects.by(writer).get()
    assert piece.text_license == "CC0-1.0"


@pytest.mark.parametrize("is_new", [True, False])
def test_a_word_that_leads_to_two_themes_leads_to_the_first_by_name(client, writer, is_new):
    film, first, second = make_film(), make_theme("gifts"), make_theme("poison")
    for theme, language in ((second, "de"), (first, "sv")):
        ThemeLabel.objects.create(theme=theme, text="Gift", language=language, key="gift")
    address = NEW if is_new else save_of(make_review(writer, film=film, status="draft"))
    more = {"form_key": "begun-by-this-form"} if is_new else {}
    client.post(address, typed(film, theme="Gift") | more)
    assert Review.objects.by(writer).get().theme_list == [first]
    assert Theme.objects.by_label(["gift"]) == {"gift": first}


def test_nobody_saves_another_members_piece(client, writer):
    draft = make_review(status="draft", body="theirs")
    assert client.post(save_of(draft), typed(draft.film, body="mine")).status_code == 404
    client.logout()
    assert client.post(save_of(draft), typed(draft.film, body="mine")).status_code == 403
    draft.refresh_from_db()
    assert draft.body == "theirs"


def begin_new(writer, film, essay):
    return NEW, {"form_key": "begun-by-this-form"}


def begin_an_answer(writer, film, essay):
    return NEW, {"form_key": "begun-by-this-form", "answers": essay.slug}


def begin_once_more(writer, film, essay):
    make_review(writer, film=film, status="draft", form_key="begun-by-this-form")
    return NEW, {"form_key": "begun-by-this-form"}


def change_a_draft(writer, film, essay):
    draft = make_review(writer, film=film, status="draft", themes=["mercy", "rain"])
    return save_of(draft), {"themes": ["mercy", "rain"]}


def change_its_film(writer, film, essay):
    draft = make_review(writer, status="draft")
    return save_of(draft), {"answers": essay.slug}


def themed(writer, film):
    make_film(themes=["mercy", "rain", "family"])
    return save_of(make_review(writer, film=film, status="draft", themes=["mercy", "rain"]))


def add_themes(writer, film, essay):
    return themed(writer, film), {"themes": ["mercy", "rain"], "theme": "family"}


def take_a_theme_off(writer, film, essay):
    return themed(writer, film), {"themes": ["rain"]}


def begin_with_a_theme(writer, film, essay):
    make_film(themes=["mercy"])
    return NEW, {"form_key": "begun-by-this-form", "film": "", "theme": "mercy"}


def pictured(writer, film):
    image, more = make_image(), make_image()
    draft = make_review(writer, film=film, status="draft", body=f"![](image:{image.key})")
    draft.set_images(more, [image.key])
    return save_of(draft), image, more


def add_a_picture(writer, film, essay):
    address, image, more = pictured(writer, film)
    return address, {"body": f"![](image:{more.key})\n\n![](image:{image.key})"}


def take_a_picture_out(writer, film, essay):
    return pictured(writer, film)[0], {}


def change_an_answer(writer, film, essay):
    draft = make_review(writer, film=film, status="draft", answers_to=essay)
    return save_of(draft), {"answers": essay.slug}


def change_what_is_published(writer, film, essay):
    piece = make_review(writer, film=film, themes=["mercy"], answers_to=essay)
    piece.label(by=make_user(role="moderator"), reason="It tells the end.")
    return save_of(piece), {"themes": ["mercy"], "answers": essay.slug}


def change_it_again(writer, film, essay):
    piece = make_review(writer, film=film)
    keep_beside(piece, "f" * 20)
    return save_of(piece), {"copy": 1}


def change_it_unheard(writer, film, essay):
    piece = make_review(writer, film=film)
    keep_beside(piece, WINDOW)
    return save_of(piece), {"copy": 0}


def take_it_back(writer, film, essay):
    piece = make_review(writer, film=film)
    keep_beside(piece, WINDOW)
    shown = WriteForm(instance=piece).initial | {"copy": 1, "window": WINDOW}
    return save_of(piece), {name: value for name, value in shown.items() if value}


def keep_beside(piece, window):
    WorkingCopy.objects.create(
        review=piece, author=piece.author, fields={}, base_version=1, saved_in=window
    )


@pytest.mark.parametrize(
    "begin",
    [
        begin_new, begin_an_answer, begin_once_more, change_a_draft, change_its_film,
        add_themes, begin_with_a_theme, take_a_theme_off, add_a_picture, take_a_picture_out,
        change_an_answer,
        change_what_is_published, change_it_again, change_it_unheard, take_it_back,
    ],
)  # fmt: skip
def test_saving_asks_the_database_at_most_four_times(client, writer, begin):
    asked = asked_by_saving(client, writer, begin)
    assert len(asked) <= 4, asked
    beside = [copy.fields["body"] for copy in WorkingCopy.objects.all()]
    if begin is take_it_back:
        assert beside == []
    elif begin is add_a_picture:
        assert ReviewImage.objects.filter(review__author=writer, role="figure").count() == 2
    else:
        assert beside == ["typed"] or Review.objects.by(writer).filter(body="typed").exists()


def asked_by_saving(client, writer, begin):
    """The beginning and end of a transaction ask for nothing."""
    film, essay = make_film(), make_review(title="Answered", body="rain " * 450)
    client.post(NEW, typed(film, body="before", form_key="to-fill-the-caches"))
    address, more = begin(writer, film, essay)
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(address, typed(film, body="typed", window=WINDOW) | more)
    assert answer.status_code == 200, answer.json()
    return [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]


def test_themes_and_pictures_of_a_draft_are_those_typed_last(client, writer):
    film = make_film(themes=["mercy", "rain", "family", "weather"])
    one, two, hero = make_image(), make_image(), make_image()
    draft = make_review(writer, film, status="draft", themes=["mercy", "rain"])
    draft.set_images(hero, [])

    def save(themes, *pictures):
        body = "\n\n".join(f"![](image:{image.key})" for image in pictures)
        data = typed(film, body=body or "none", themes=themes, window=WINDOW)
        assert client.post(save_of(draft), data).status_code == 200
        stored = draft.review_images.filter(role="figure")
        return (
            list(draft.review_themes.values_list("wording", flat=True)),
            [row.image for row in stored],
        )

    assert save(["rain", "mercy"], one) == (["rain", "mercy"], [one])
    assert save(["family", "rain"], two, one) == (["family", "rain"], [two, one])
    assert save(["weather", "family", "rain"], one, two) == (
        ["weather", "family", "rain"], [one, two],
    )  # fmt: skip
    assert save(["weather", "rain"], two) == (["weather", "rain"], [two])
    assert save(["rain", "Weather"], two) == (["rain", "Weather"], [two])
    assert save([]) == ([], [])
    assert draft.review_images.get().image == hero


def test_a_label_given_while_a_draft_is_saved_stays(client, writer):
    draft = make_review(writer, status="draft")
    read_before = Review.objects.for_saving().get(pk=draft.pk)
    draft.publish(by=writer)
    draft.label(by=make_user(role="moderator"), reason="It tells the end.")
    Review.objects.get(pk=draft.pk).unpublish(by=writer)
    with pytest.raises(StaleText):
        keep_typed(QueryDict(urlencode(typed(draft.film, body="typed " * 450))), read_before)
    draft.refresh_from_db()
    assert (draft.is_spoiler, draft.body[:5]) == (True, "rain ")


def test_every_form_that_is_sent_keeps_the_text(client, writer):
    film = make_film()
    for number, asked in enumerate(({"view": "preview"}, {"view": "theme"}, {"publish": "1"})):
        data = typed(film, title="", body=f"rain {number} " * 450, form_key=form_key(client))
        client.post(WRITE, data | asked)
        assert Review.objects.drafts().latest("pk").body.startswith(f"rain {number}")
    assert not Review.objects.published().exists()


# What readers see already


@pytest.mark.parametrize("status", ["published", "held", "hidden"])
def test_changes_to_a_piece_wait_beside_it_until_they_are_published(client, writer, status):
    piece = make_review(writer, status=status, body="as published " * 250)
    data = typed(piece.film, body="as changed " * 250, window=WINDOW)
    answer = client.post(save_of(piece), data).json()
    assert (answer["copy"], answer["version"]) == (1, 1)
    piece.refresh_from_db()
    assert piece.body.startswith("as published")
    page = client.get(edit_of(piece)).content.decode()
    assert "You have changes that are not published." in page
    assert "as published" in page
    assert "as changed" in client.get(f"{edit_of(piece)}?changes=1").content.decode()
    assert "Changes that are not published" in client.get("/desk/").content.decode()
    client.post(edit_of(piece), data | {"copy": "1", "publish": "1"})
    piece.refresh_from_db()
    assert piece.body.startswith("as changed")
    assert not WorkingCopy.objects.exists()
    assert not LeftText.objects.exists()


@pytest.fixture
def waiting(writer):
    """A piece that was held before anybody could read it."""
    piece = make_review(writer, status="draft", body="as first sent " * 150)
    piece.hold(by_rule="a rule", reason="To be looked at.")
    return piece


def test_changes_to_a_piece_held_before_it_appeared_are_offered_again(client, waiting):
    data = typed(waiting.film, body="as changed " * 250, lead="A new lead.", window=WINDOW)
    assert client.post(save_of(waiting), data).json()["copy"] == 1
    assert (
        "You have changes that are not published." in client.get(edit_of(waiting)).content.decode()
    )
    page = client.get("/desk/").content.decode()
    assert f"{edit_of(waiting)}?changes=1" in page
    page = client.get(f"{edit_of(waiting)}?changes=1")
    assert "A new lead." in page.content.decode()
    form = page.context["form"]
    assert form["body"].value().startswith("as changed")
    client.post(edit_of(waiting), data | {"copy": form["copy"].value(), "draft": "1"})
    waiting.refresh_from_db()
    assert (waiting.status, waiting.body[:10]) == ("held", "as changed")
    assert not WorkingCopy.objects.exists()


def test_changes_to_a_held_piece_outlive_a_stale_save_and_a_sign_in(client, writer, waiting):
    client.post(save_of(waiting), typed(waiting.film, body="in one window", window=OTHER))
    data = typed(waiting.film, title="Bag", body="in the other", window=WINDOW)
    assert client.post(save_of(waiting), data).status_code == 409
    page = client.post(edit_of(waiting), data | {"view": "compare"})
    client.logout()
    page = client.post(edit_of(waiting), hidden_in(page, edit_of(waiting)) | {"view": "over"})
    assert page.status_code == 403
    assert "in the other" in page.content.decode()
    client.force_login(writer)
    sent = hidden_in(page, edit_of(waiting)) | {"body": "in the other", "view": "over"}
    page = client.get(client.post(edit_of(waiting), sent).url)
    assert page.context["form"]["body"].value() == "in the other"
    assert LeftText.objects.get().body == "in one window"


def test_changes_are_dropped_by_their_author_alone(client, writer):
    piece = make_review(writer)
    client.post(save_of(piece), typed(piece.film, body="changed"))
    address = reverse("reviews:drop_changes", args=[piece.pk])
    client.force_login(make_user())
    assert client.post(address).status_code == 404
    client.force_login(writer)
    client.post(address)
    assert not WorkingCopy.objects.exists()


def test_looking_at_a_form_is_no_change_and_one_taken_back_is_none(client, writer):
    piece = make_review(writer, title="A yellow bag", body="rain " * 450)
    same = typed(piece.film, text_license=piece.text_license, comment_policy="open")
    client.post(save_of(piece), same)
    assert not WorkingCopy.objects.exists()
    client.post(save_of(piece), same | {"body": "snow"})
    client.post(save_of(piece), same | {"copy": "1"})
    assert not WorkingCopy.objects.exists()


def test_two_windows_on_a_published_piece_are_compared(client, writer):
    piece = make_review(writer, body="as published " * 250)
    client.post(save_of(piece), typed(piece.film, body="in one window", window=OTHER))
    data = typed(piece.film, body="in the other", window=WINDOW)
    assert client.post(save_of(piece), data).status_code == 409
    page = client.post(edit_of(piece), data | {"view": "compare"})
    assert page.status_code == 409
    assert {"in one window", "in the other"} <= set(re.findall(r"in [a-z ]+", words_in(page)))
    left = LeftText.objects.get()
    assert left.body == "in the other"
    chosen = data | {"view": "over", "copy": "1", "left": left.pk}
    assert client.post(edit_of(piece), chosen).url == f"{edit_of(piece)}?changes=1"
    assert WorkingCopy.objects.get().fields["body"] == "in the other"
    assert LeftText.objects.get().body == "in one window"
    piece.refresh_from_db()
    assert piece.body.startswith("as published")


def test_publishing_from_a_window_that_knew_nothing_of_the_changes_leaves_them(client, writer):
    piece = make_review(writer)
    client.post(save_of(piece), typed(piece.film, body="elsewhere", window=OTHER))
    client.post(edit_of(piece), typed(piece.film, body="here " * 450, publish="1"))
    assert LeftText.objects.get().body == "elsewhere"
    assert not WorkingCopy.objects.exists()


def test_the_desk_adds_up_the_words_that_are_published(client, writer):
    piece = make_review(writer, words=450)
    make_review(writer, words=60, language="ko", body="비" * 100)
    make_review(writer, status="draft")
    assert "1 essay, 1 note, 500 words." in client.get("/desk/").content.decode()
    client.post(edit_of(piece), typed(piece.film, body="rain " * 1300, publish="1"))
    assert "1,350 words." in client.get("/desk/").content.decode()
    call_command("recount", "--check")
    client.post(reverse("reviews:unpublish", args=[piece.pk]))
    writer.refresh_from_db()
    assert writer.word_count == 50


# Numbers that no page of ours sent

NO_VERSION = ["", "0", "-1", "x", "1.5", "9" * 9, "9" * 40, "9" * 5000, "\u0663", "1\0"]


@pytest.mark.parametrize("number", NO_VERSION[:-1])
@pytest.mark.parametrize("window", [WINDOW, OTHER])
def test_no_draft_is_saved_over_by_a_version_that_is_none(client, writer, number, window):
    draft = make_review(writer, status="draft", body="as first begun")
    client.post(save_of(draft), typed(draft.film, body="as it was", window=OTHER))
    mine = typed(draft.film, body="as it is", version=number, window=window)
    assert client.post(save_of(draft), mine).status_code == 409
    for asked in ({"draft": "1"}, {"publish": "1"}, {"view": "compare"}):
        page = client.post(edit_of(draft), mine | asked)
        assert page.status_code == 409
        assert {"as it was", "as it is"} <= set(re.findall(r"as it \w+", words_in(page)))
    draft.refresh_from_db()
    assert (draft.status, draft.body) == ("draft", "as it was")
    assert LeftText.objects.get().body == "as it is"
    chosen = hidden_in(page, edit_of(draft))
    client.post(edit_of(draft), chosen | {"draft": "1"})
    draft.refresh_from_db()
    assert draft.body == "as it is"


@pytest.mark.parametrize("number", NO_VERSION)
def test_changes_are_not_saved_over_by_a_version_that_is_none(client, writer, number):
    piece = make_review(writer)
    client.post(save_of(piece), typed(piece.film, body="as it was", window=OTHER))
    mine = typed(piece.film, body="as it is", window=WINDOW, copy=number)
    assert client.post(save_of(piece), mine).status_code == 409
    assert client.post(edit_of(piece), mine | {"view": "compare"}).status_code == 409
    mine = typed(piece.film, body="as it is", window=WINDOW, version=number)
    assert client.post(save_of(piece), mine).status_code == 409
    assert WorkingCopy.objects.get().fields["body"] == "as it was"


@pytest.mark.parametrize("number", NO_VERSION)
def test_a_new_piece_has_no_version_to_be_wrong_about(client, writer, number):
    data = typed(make_film(), version=number, copy=number, form_key=form_key(client))
    assert client.post(NEW, data).status_code == 200
    assert client.post(WRITE, data | {"view": f"source-{number}"}).status_code == 200
    assert Review.objects.get().body.startswith("rain")


# Two texts


@pytest.fixture
def conflict(client, writer):
    draft = make_review(writer, status="draft", body="He kept it in a biscuit tin.")
    client.post(save_of(draft), typed(draft.film, body="He kept it in a box.", window=OTHER))
    mine = typed(draft.film, body="He kept it in two tins.", window=WINDOW)
    page = client.post(edit_of(draft), mine | {"draft": "1"})
    return draft, mine, page


def test_what_differs_is_marked_and_the_refused_text_is_kept_at_once(conflict):
    _draft, _mine, page = conflict
    assert page.status_code == 409
    assert b"He kept it in <mark>a box</mark>." in page.content
    assert b"<mark>two tins</mark>" in page.content
    assert b"begun from version 1" in page.content
    assert LeftText.objects.get().body == "He kept it in two tins."


def test_the_one_that_is_chosen_takes_the_others_place(client, conflict):
    draft, mine, _page = conflict
    left = LeftText.objects.get()
    client.post(edit_of(draft), mine | {"version": "2", "left": left.pk, "draft": "1"})
    draft.refresh_from_db()
    assert draft.body == "He kept it in two tins."
    assert LeftText.objects.get().body == "He kept it in a box."


def test_a_text_that_was_left_comes_back_as_a_draft(client, conflict):
    draft, _mine, _page = conflict
    left = LeftText.objects.get()
    assert b"Bring it back as a draft" in client.get(edit_of(draft)).content
    assert b"Texts that you did not keep" in client.get("/desk/").content
    address = reverse("reviews:bring_back", args=[left.pk])
    client.force_login(make_user())
    assert client.post(address).status_code == 404
    client.force_login(draft.author)
    client.post(address)
    piece = Review.objects.drafts().latest("pk")
    assert (piece.body, piece.film, piece.word_count) == (left.body, draft.film, 6)
    assert not piece.is_spoiler
    assert not LeftText.objects.exists()


def test_a_text_that_is_brought_back_tells_the_ending_if_its_piece_does(client, writer):
    piece = make_review(writer, is_spoiler=True)
    left = LeftText.objects.leave(Review(body="He dies.", language="en"), of=piece, version=1)
    client.post(reverse("reviews:bring_back", args=[left.pk]))
    draft = Review.objects.drafts().get()
    assert (draft.body, draft.is_spoiler, draft.safe_text) == ("He dies.", True, "")


def test_it_is_gone_after_thirty_days(client, conflict):
    draft, _mine, _page = conflict
    LeftText.objects.update(left_at=timezone.now() - timedelta(days=29, hours=23))
    call_command("tick")
    assert LeftText.objects.exists()
    LeftText.objects.update(left_at=timezone.now() - timedelta(days=30, minutes=1))
    assert b"Bring it back" not in client.get(edit_of(draft)).content
    call_command("tick")
    assert not LeftText.objects.exists()


def test_the_conflict_shown_again_keeps_one_text(client, conflict):
    draft, mine, _page = conflict
    client.post(edit_of(draft), mine | {"draft": "1"})
    assert LeftText.objects.count() == 1


def test_no_number_of_somebody_elses_text_does_anything(client, conflict):
    draft, mine, _page = conflict
    left = LeftText.objects.leave(make_review(), of=make_review(), version=1)
    for number in (left.pk, "x", "9" * 30, "-1", ""):
        client.post(edit_of(draft), mine | {"version": "2", "left": number, "draft": "1"})
    assert LeftText.objects.filter(pk=left.pk).exists()


def bodies_left():
    return sorted(LeftText.objects.values_list("body", flat=True))


def test_a_choice_that_is_refused_loses_neither_text(client, conflict):
    draft, _mine, page = conflict
    chosen = hidden_in(page, edit_of(draft)) | {"draft": "1", "seen_day": "x"}
    page = client.post(edit_of(draft), chosen)
    assert page.status_code == 422
    client.post(edit_of(draft), hidden_in(page, edit_of(draft)) | chosen | {"seen_day": ""})
    draft.refresh_from_db()
    assert draft.body == "He kept it in two tins."
    assert bodies_left() == ["He kept it in a box."]


def test_a_choice_that_is_saved_while_it_is_put_right_loses_neither_text(client, conflict):
    draft, _mine, page = conflict
    chosen = hidden_in(page, edit_of(draft))
    for words in ("He kept it in two tins.", "He kept it in two tins of tea."):
        answer = client.post(save_of(draft), chosen | {"body": words})
        assert answer.status_code == 200
        chosen |= {"version": str(answer.json()["version"])}
    assert bodies_left() == ["He kept it in a box."]


def test_a_choice_of_a_text_that_was_forgotten_meanwhile_loses_neither(client, conflict):
    draft, _mine, page = conflict
    client.post(reverse("reviews:forget_text", args=[LeftText.objects.get().pk]))
    client.post(edit_of(draft), hidden_in(page, edit_of(draft)) | {"draft": "1"})
    draft.refresh_from_db()
    assert draft.body == "He kept it in two tins."
    assert bodies_left() == ["He kept it in a box."]


def test_a_third_save_before_the_choice_is_compared_again(client, conflict):
    draft, _mine, page = conflict
    third = typed(draft.film, body="He kept it in a drawer.", window=OTHER, version=2)
    client.post(save_of(draft), third)
    again = client.post(edit_of(draft), hidden_in(page, edit_of(draft)) | {"draft": "1"})
    assert again.status_code == 409
    assert "a drawer" in words_in(again)
    assert bodies_left() == ["He kept it in two tins."]
    client.post(edit_of(draft), hidden_in(again, edit_of(draft)) | {"draft": "1"})
    draft.refresh_from_db()
    assert draft.body == "He kept it in two tins."
    assert bodies_left() == ["He kept it in a drawer."]


@pytest.fixture
def beside(client, writer):
    """Changes to a published piece, compared with those of another window."""
    piece = make_review(writer, body="as published " * 250)
    client.post(save_of(piece), typed(piece.film, body="in one window", window=OTHER))
    mine = typed(piece.film, body="in the other", window=WINDOW)
    return piece, client.post(edit_of(piece), mine | {"view": "compare"})


def test_a_third_save_of_changes_before_the_choice_is_compared_again(client, beside):
    piece, page = beside
    third = typed(piece.film, body="in one window still", window=OTHER, copy=1)
    client.post(save_of(piece), third)
    again = client.post(edit_of(piece), hidden_in(page, edit_of(piece)) | {"view": "over"})
    assert again.status_code == 409
    assert "in one window still" in words_in(again)
    assert bodies_left() == ["in the other"]
    client.post(edit_of(piece), hidden_in(again, edit_of(piece)) | {"view": "over"})
    assert WorkingCopy.objects.get().fields["body"] == "in the other"
    assert bodies_left() == ["in one window still"]


def test_a_choice_among_changes_begun_from_an_older_version_is_kept(client, writer):
    piece = make_review(writer)
    sent = typed(piece.film, body="published meanwhile", publish="1", window=OTHER)
    client.post(edit_of(piece), sent)
    further = typed(piece.film, body="changed since", window=OTHER, version=2)
    assert client.post(save_of(piece), further).status_code == 200
    mine = typed(piece.film, body="typed on the first", window=WINDOW, view="compare")
    page = client.post(edit_of(piece), mine)
    client.post(edit_of(piece), hidden_in(page, edit_of(piece)) | {"view": "over"})
    assert WorkingCopy.objects.get().fields["body"] == "typed on the first"
    assert bodies_left() == ["changed since"]


def test_a_choice_among_changes_that_were_published_meanwhile_is_compared(client, beside):
    piece, page = beside
    sent = typed(piece.film, body="in one window", copy=1, window=OTHER, publish="1")
    client.post(edit_of(piece), sent)
    again = client.post(edit_of(piece), hidden_in(page, edit_of(piece)) | {"view": "over"})
    assert again.status_code == 409
    assert bodies_left() == ["in the other"]


def test_a_text_that_is_compared_and_cannot_be_kept_comes_back_in_its_form(client, conflict):
    draft, mine, _page = conflict
    page = client.post(edit_of(draft), mine | {"title": "long " * 60, "view": "compare"})
    assert page.status_code == 422
    assert "long long long" in page.content.decode()
    assert "two tins" in page.content.decode()


def test_a_form_that_made_nothing_yet_is_compared_with_nothing(client, writer):
    for asked in ("compare", "over"):
        page = client.post(WRITE, typed(body="", title="", view=asked))
        assert page.status_code == 200


def test_changes_that_were_dropped_can_be_brought_back(client, writer):
    piece = make_review(writer)
    client.post(save_of(piece), typed(piece.film, body="changed"))
    client.post(reverse("reviews:drop_changes", args=[piece.pk]))
    assert bodies_left() == ["changed"]


@pytest.mark.parametrize("name", ["title", "lead"])
def test_texts_that_differ_in_one_line_alone_are_compared_and_left(client, writer, name):
    draft = make_review(writer, status="draft", title="A bag", lead="A bag.", body="rain")
    same = {"body": "rain", "title": "A bag", "lead": "A bag."}
    client.post(save_of(draft), typed(draft.film, **same | {name: "A red bag"}, window=OTHER))
    sent = typed(draft.film, **same | {name: "A green bag"}, window=WINDOW, draft="1")
    page = client.post(edit_of(draft), sent)
    assert page.status_code == 409
    for words in (b"A <mark>red</mark> bag", b"A <mark>green</mark> bag"):
        assert words in page.content
    assert getattr(LeftText.objects.get(), name) == "A green bag"
    client.post(edit_of(draft), hidden_in(page, edit_of(draft)) | {"draft": "1"})
    assert getattr(LeftText.objects.get(), name) == "A red bag"


@pytest.mark.parametrize("name", ["title", "lead"])
def test_changes_to_one_line_alone_are_left_where_another_window_publishes(client, writer, name):
    piece = make_review(writer)
    data = typed(piece.film, body="rain " * 450, title="A bag", lead="A bag.")
    client.post(save_of(piece), data | {name: "A red bag", "window": OTHER})
    client.post(edit_of(piece), data | {"publish": "1", "window": WINDOW})
    assert getattr(LeftText.objects.get(), name) == "A red bag"


def test_a_text_that_is_left_again_has_its_thirty_days_again(client, conflict):
    draft, mine, _page = conflict
    LeftText.objects.update(left_at=timezone.now() - timedelta(days=31))
    client.post(edit_of(draft), mine | {"draft": "1"})
    assert LeftText.objects.by(draft.author).still_kept().get().body == "He kept it in two tins."


TYPED = "- One\n  - *Two*  \n  and so on\n\n    indented code\n\n:::spoiler\nHe dies.\n:::"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a b " * 10_000, "b a " * 10_000),
        ("x\n" * 5000, "y\n" * 5000),
        ("x\n\n" * 5000, "y\n\n" * 5000),
        ("", "rain"),
        ("rain", ""),
        (TYPED, TYPED.replace("Two", "2")),
        (TYPED, TYPED),
    ],
)
def test_comparing_is_bounded_and_loses_nothing_that_was_typed(one, other):
    texts = [differences.typed_paragraphs(text) for text in (one, other)]
    for text, paragraphs in zip((one, other), differences.in_full(*texts), strict=True):
        shown = ["".join(run.text for run in paragraph) for paragraph in paragraphs]
        assert "\n\n".join(shown).split("\n") == text.rstrip().split("\n")


def test_indents_are_seen_beside_each_other(client, writer):
    draft = make_review(writer, status="draft", body="    code <b>\n\n- one\n  - two")
    sent = typed(
        draft.film, title="", body="    code <b>\n\n- one\n    - two", version=0, draft="1"
    )
    page = client.post(edit_of(draft), sent).content.decode()
    there, here = page.split('id="v-mine"')
    gap = "\N{NO-BREAK SPACE}"
    assert f"{gap * 4}code &lt;b&gt;" in there
    assert f"{gap * 4}code &lt;b&gt;" in here
    assert f"- one<br>{gap * 2}- two" in there
    assert f"- one<br>{gap * 4}- two" in here


def test_a_mark_or_an_indent_alone_is_told_apart():
    def told(one, other):
        texts = [differences.typed_paragraphs(text) for text in (one, other)]
        return [
            [run.text for paragraph in side for run in paragraph if run.mark]
            for side in differences.in_full(*texts)
        ]

    assert told("It *rained* on us all.", "It rained on us all.") == [["*rained*"], ["rained"]]
    assert told("One\n\n    two three", "One\n\ntwo three") == [["    two"], ["two"]]
    assert told("One, two.\n\nThree.", "One, two.\n\nThree.") == [[], []]


# Pictures that a text names by their source

PASTED = "It rained.\n\n[source](https://example.org/a)\n\nHe stayed."
WITH_PICTURE = "![A pier](https://example.org/p.jpg)\n[The pier](https://example.org/p)\n\nRain."


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (PASTED, [("https://example.org/a", "", "")]),
        (WITH_PICTURE, [("https://example.org/p", "The pier", "A pier")]),
        ("[출처](https://example.org/a)", [("https://example.org/a", "", "")]),
        ("*[Quelle](https://example.org/a_(b))*", [("https://example.org/a_(b)", "", "")]),
        ("[a film](https://example.org/a)", []),
        ("He said [source](https://example.org/a) once.", []),
        ("[source](javascript:alert)", []),
        ("![](image:abc)\n[The pier](https://example.org/p)", []),
        ("[source](" * 5000, []),
    ],
)
def test_a_line_that_names_a_source_is_recognised(body, found):
    assert [(s.address, s.title, s.alt) for s in sources_in(body)] == found


def test_it_becomes_the_beginning_of_a_pictures_credit(client, writer):
    data = typed(make_film(), body=WITH_PICTURE, form_key=form_key(client), window=WINDOW)
    assert "Use it as a picture’s credit" in client.post(NEW, data).json()["sources"]
    refused = client.post(WRITE, data | {"publish": "1"})
    assert refused.status_code == 422
    assert "Use it as a picture’s credit" in refused.content.decode()
    response = client.post(WRITE, data | {"view": "source-0"})
    picture = response.context["picture"]
    assert picture["source_url"].value() == "https://example.org/p"
    assert (picture["title"].value(), picture["alt_text"].value()) == ("The pier", "A pier")
    assert response.context["form"]["body"].value() == WITH_PICTURE
    for odd in ("source-9", "source-x", "source-"):
        assert client.post(WRITE, data | {"view": odd}).status_code == 200
