"""The afterimage: is it still with you?"""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail as outbox
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.tick import ask_what_lasts
from films.milestones import Milestone, lasting_with, months_later, passed, still_with
from films.models import Film
from reviews.markdown import first_line
from reviews.models import Afterthought, LeftText, Question, Review, TextRule
from tests.factories import (
    REASON,
    bring_to,
    make_afterthought,
    make_film,
    make_review,
    make_user,
)
from tests.plans import plan_of, sorts
from users.models import ModerationAction, Notification, User

pytestmark = pytest.mark.django_db
DAY = datetime(2025, 3, 15, 12, tzinfo=UTC)
A_MONTH_ON = datetime(2025, 4, 15, 12, tzinfo=UTC)
A_YEAR_ON = datetime(2026, 3, 15, 12, tzinfo=UTC)
SOONER = timedelta(seconds=1)


@pytest.fixture
def writer(client):
    writer = make_user("mina", display_name="Mina Baek")
    client.force_login(writer)
    return writer


@pytest.fixture
def essay(writer):
    with time_machine.travel(DAY, tick=False):
        return make_review(
            writer,
            make_film("Ikiru", 1952),
            title="A hat on a hook",
            body=">> My father’s hat has hung there.\n>> Nobody has needed the hook.\n\n"
            + "rain " * 450,
        )


@pytest.fixture
def a_year_on(essay, client, writer):
    with time_machine.travel(A_YEAR_ON, tick=False):
        client.force_login(writer)
        yield


def still_url(essay):
    return reverse("reviews:still", args=[essay.slug])


def say(client, essay, still, **fields):
    return client.post(still_url(essay), {"still": still, **fields})


def change(client, row, still, **fields):
    """From the page that changes it, opened now."""
    form = client.get(row.get_edit_url()).context["form"]
    seen = {"seen": form["seen"].value()}
    return client.post(row.get_edit_url(), {"still": still, **seen, **fields})


def counts(film):
    film = Film.objects.get(pk=film.pk)
    return film.answers, film.lasting_still, film.lasting_total


# When


@pytest.mark.parametrize(
    ("since", "months", "then"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-03-31", 1, "2025-04-30"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 36, "2027-02-28"),
        ("2020-02-29", 60, "2025-02-28"),
        ("2024-11-30", 12, "2025-11-30"),
    ],
)
def test_time_passes_by_the_calendar(since, months, then):
    at = datetime.fromisoformat(f"{since}T23:30+00:00")
    assert months_later(at, months) == datetime.fromisoformat(f"{then}T23:30+00:00")


def test_a_milestone_has_passed_to_the_second():
    assert passed(DAY, A_MONTH_ON - SOONER) is None
    assert passed(DAY, A_MONTH_ON) == Milestone.MONTH
    assert passed(DAY, A_YEAR_ON - SOONER) == Milestone.MONTH
    assert passed(DAY, A_YEAR_ON) == Milestone.YEAR
    assert passed(DAY, DAY.replace(year=2040)) == Milestone.FIVE_YEARS


def test_the_desk_asks_when_a_month_has_passed_and_not_sooner(client, essay, writer):
    for moment, asks in ((A_MONTH_ON - SOONER, False), (A_MONTH_ON, True)):
        with time_machine.travel(moment, tick=False):
            client.force_login(writer)
            page = client.get("/desk/").content.decode()
        assert ("Is it still with you?" in page) == asks
    assert "A month ago today you published" in page
    assert "My father’s hat has hung there.<br>Nobody has needed the hook." in page


def test_a_later_question_takes_the_place_of_one_without_an_answer(client, essay, a_year_on):
    page = client.get("/desk/").content.decode()
    assert "A year ago today you published" in page
    assert page.count('id="question"') == 1
    say(client, essay, "yes")
    assert essay.afterthoughts.get().milestone == "year"
    assert 'id="question"' not in client.get("/desk/").content.decode()


def test_the_oldest_is_asked_first_and_the_others_are_counted(client, essay, a_year_on, writer):
    for number in range(3):
        at = DAY + timedelta(days=10 + number)
        make_review(writer, title=f"Later {number}", published_at=at)
    page = client.get("/desk/").content.decode()
    assert "A hat on a hook”, on <cite>" not in page  # the title is a link
    assert page.index("A hat on a hook") < page.index("And three more behind it.")


@pytest.mark.parametrize("status", ["held", "hidden", "removed", "deleted", "draft"])
def test_what_nobody_can_read_asks_nothing(client, essay, a_year_on, status):
    essay.unpublish(by=essay.author) if status == "draft" else bring_to(essay, status)
    assert 'id="question"' not in client.get("/desk/").content.decode()
    assert client.get(still_url(essay)).status_code == 404
    assert say(client, essay, "yes").status_code == 404
    assert ask_what_lasts() == 0
    assert not Afterthought.objects.exists()


def test_a_note_asks_nothing(writer):
    make_review(writer, words=60)
    assert not Question.objects.exists()


def test_an_essay_that_comes_back_is_asked_about_once(essay):
    essay.unpublish(by=essay.author)
    essay.publish(by=essay.author)
    assert Question.objects.get().due_at == A_MONTH_ON


# Answering


def test_an_answer_joins_the_essay_with_its_date(client, essay, a_year_on):
    response = say(client, essay, "yes", text="It is *the hook*, and >!the swing!<.")
    row = Afterthought.objects.get()
    assert response.headers["Location"] == row.get_absolute_url()
    assert (row.status, row.is_still, row.created_at) == ("published", True, A_YEAR_ON)
    client.logout()
    page = client.get(essay.get_absolute_url()).content.decode()
    section = page.partition('id="afterthoughts"')[2].partition("</section>")[0]
    assert "After a year" in section
    assert "15 March 2026" in section
    assert "<strong" in section and "Still with me." in section  # noqa: PT018
    assert "<em>the hook</em>" in section
    assert 'class="veil"' in section
    assert "Asked again on 15 March 2028." in section
    assert "swing" not in row.safe_text


def test_an_answer_needs_no_words(client, essay, a_year_on):
    say(client, essay, "no")
    page = client.get(essay.get_absolute_url()).content.decode()
    assert "No longer." in page
    assert Question.objects.get().due_at == DAY.replace(year=2028)


def test_it_is_in_the_contents_of_a_long_essay(client, writer):
    body = "\n\n".join(f"## Part {number}\n\n" + "rain " * 500 for number in range(4))
    essay = make_review(writer, body=body)
    page = client.get(essay.get_absolute_url()).content.decode()
    assert 'href="#afterthoughts"' not in page
    make_afterthought(essay)
    page = client.get(essay.get_absolute_url()).content.decode()
    assert '<a href="#afterthoughts">Afterthoughts</a>' in page


def test_an_answer_may_stay_on_the_desk(client, essay, a_year_on):
    response = say(client, essay, "no", text="Gone.", is_kept="on")
    assert response.headers["Location"] == "/desk/"
    row = Afterthought.objects.get()
    assert row.status == "draft"
    assert counts(essay.film) == ({}, 0, 0)
    assert "Kept here, for you alone." in client.get("/desk/").content.decode()
    assert "Gone." in client.get(essay.get_absolute_url()).content.decode()
    for other in (None, make_user(), make_user(role="moderator")):
        client.logout()
        if other:
            client.force_login(other)
        assert "Gone." not in client.get(essay.get_absolute_url()).content.decode()
    assert 'id="question"' not in client.get("/desk/").content.decode()


def test_it_can_be_shown_later_and_taken_back_to_the_desk(client, essay, a_year_on):
    say(client, essay, "yes", is_kept="on")
    row = Afterthought.objects.get()
    change(client, row, "yes", text="")
    assert counts(essay.film) == ({"year": [1, 1]}, 1, 1)
    change(client, row, "yes", text="", is_kept="on")
    assert counts(essay.film) == ({}, 0, 0)
    assert Afterthought.objects.get().edited_at is None


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"text": "Kept."}, "Say whether it is still with you."),
        ({"text": "Kept.", "still": "perhaps"}, "Say whether it is still with you."),
        ({"text": "Kept. " * 400, "still": "yes"}, "2000 characters"),
        ({"text": "Ke\0pt.", "still": "yes"}, "characters that no text has"),
    ],
)
def test_a_refused_answer_gives_back_what_was_typed(client, essay, a_year_on, sent, says):
    response = client.post(still_url(essay), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert says in page.replace(",", "")
    assert "Kept." in page
    assert not Afterthought.objects.exists()


def test_sent_twice_it_is_one_answer(client, essay, a_year_on):
    question = essay.question
    for _ in range(2):
        Afterthought.objects.answer(question, "year", is_still=True, text="Once.")
    assert Afterthought.objects.get().edited_at is None
    assert say(client, essay, "yes", text="Once.").status_code == 302
    assert say(client, essay, "no").status_code == 409
    assert not LeftText.objects.exists()
    assert counts(essay.film) == ({"year": [1, 1]}, 1, 1)


def test_before_a_month_there_is_nothing_to_answer(client, writer):
    essay = make_review(writer)
    assert client.get(still_url(essay)).status_code == 200
    assert say(client, essay, "yes").status_code == 422
    assert not Afterthought.objects.exists()


def test_nobody_else_answers_changes_or_withdraws(client, essay, a_year_on):
    row = make_afterthought(essay, text="Mine.")
    for other in (make_user(), make_user(role="moderator"), None):
        client.logout()
        if other:
            client.force_login(other)
        for address in (still_url(essay), row.get_edit_url(),
                        reverse("reviews:afterthought_withdraw", args=[row.pk])):  # fmt: skip
            assert client.post(address, {"still": "no"}).status_code in (403, 404)
    row.refresh_from_db()
    assert (row.text, row.is_still, row.status) == ("Mine.", True, "published")


def test_a_change_keeps_the_date_and_says_so(client, essay, a_year_on):
    row = make_afterthought(essay, text="It stayed.")
    page = client.get(row.get_edit_url()).content.decode()
    assert "It stayed." in page
    with time_machine.travel(A_YEAR_ON + timedelta(days=3), tick=False):
        change(client, row, "no", text="I was wrong.")
        page = client.get(essay.get_absolute_url()).content.decode()
    assert "15 March 2026" in page
    assert "changed 18 March 2026" in page
    assert "I was wrong." in page
    assert counts(essay.film) == ({"year": [0, 1]}, 0, 1)


def test_withdrawn_it_is_gone_and_not_asked_for_again(client, essay, a_year_on):
    row = make_afterthought(essay, text="It stayed.")
    client.post(reverse("reviews:afterthought_withdraw", args=[row.pk]))
    assert "It stayed." not in client.get(essay.get_absolute_url()).content.decode()
    assert counts(essay.film) == ({}, 0, 0)
    assert 'id="question"' not in client.get("/desk/").content.decode()
    assert not ModerationAction.objects.exists()
    say(client, essay, "no")  # but may be answered again, from the page of the question
    assert counts(essay.film) == ({"year": [0, 1]}, 0, 1)


def test_answers_have_a_limit_that_loses_nothing(client, essay, a_year_on, monkeypatch):
    monkeypatch.setattr("users.limits.AN_HOUR", {"afterthought": 1})
    say(client, essay, "yes", text="Short.")
    row = Afterthought.objects.get()
    response = change(client, row, "no", text="A long thought.")
    assert response.status_code == 429
    assert "A long thought." in response.content.decode()
    row.refresh_from_db()
    assert (row.text, row.is_still) == ("Short.", True)


# Two windows


def texts_left():
    return list(LeftText.objects.order_by("pk").values_list("body", flat=True))


def test_two_windows_answer_and_neither_text_is_lost(client, essay, a_year_on):
    say(client, essay, "yes", text="From the first.")
    page = say(client, essay, "no", text="From the second.")
    assert page.status_code == 409
    assert {"From the first.", "From the second."} <= set(
        re.findall(r"From the \w+\.", page.content.decode())
    )
    row = Afterthought.objects.get()
    assert (row.text, texts_left()) == ("From the first.", ["From the second."])
    form = page.context["form"]
    sent = {name: form[name].value() for name in ("text", "seen", "is_chosen")}
    assert client.post(row.get_edit_url(), sent | {"still": "no"}).status_code == 302
    row.refresh_from_db()
    assert (row.text, row.is_still) == ("From the second.", False)
    assert texts_left() == ["From the first."]
    assert counts(essay.film) == ({"year": [0, 1]}, 0, 1)


def test_two_windows_change_an_answer_and_neither_text_is_lost(client, essay, a_year_on):
    row = make_afterthought(essay, text="It stayed.")
    form = client.get(row.get_edit_url()).context["form"]
    change(client, row, "yes", text="From the first.")
    late = {"still": "yes", "text": "From the second.", "seen": form["seen"].value()}
    for sent in (late, late | {"seen": ""}, late | {"seen": "x" * 5000}):
        page = client.post(row.get_edit_url(), sent)
        assert page.status_code == 409
        assert "From the second." in page.content.decode()
    row.refresh_from_db()
    assert (row.text, texts_left()) == ("From the first.", ["From the second."])
    again = page.context["form"]["seen"].value()
    client.post(row.get_edit_url(), late | {"seen": again, "is_chosen": "on"})
    row.refresh_from_db()
    assert (row.text, texts_left()) == ("From the second.", ["From the first."])


def test_an_ordinary_change_leaves_nothing_behind(client, essay, a_year_on):
    row = make_afterthought(essay, text="It stayed.")
    change(client, row, "yes", text="It stays.")
    assert texts_left() == []


@pytest.mark.parametrize("status", ["held", "hidden", "removed", "deleted"])
def test_a_change_of_what_may_not_be_changed_any_more_comes_back(client, essay, a_year_on, status):
    row = make_afterthought(essay, text="It stayed.")
    sent = {"still": "no", "text": "It left.", "seen": row.as_seen}
    bring_to(row, status)
    page = client.post(row.get_edit_url(), sent)
    assert page.status_code == 409
    assert "It left." in page.content.decode()
    assert texts_left() == ["It left."]
    if status != "deleted":
        assert "It left." in say(client, essay, "no", text="It left.").content.decode()
    row.refresh_from_db()
    assert (row.text, row.status) == ("It stayed.", status)


@pytest.mark.parametrize("status", ["held", "hidden", "removed", "draft"])
def test_an_answer_about_what_nobody_can_read_any_more_comes_back(client, essay, a_year_on, status):
    essay.unpublish(by=essay.author) if status == "draft" else bring_to(essay, status)
    page = say(client, essay, "yes", text="It stayed.")
    assert page.status_code == 409
    assert "It stayed." in page.content.decode()
    assert texts_left() == ["It stayed."]
    assert not Afterthought.objects.exists()


@pytest.mark.parametrize("still", ["later", "skip", "resume"])
def test_words_sent_along_with_no_answer_are_kept_on_the_desk(client, essay, a_year_on, still):
    say(client, essay, still, text="Half a thought.")
    assert texts_left() == ["Half a thought."]
    page = client.get("/desk/").content.decode()
    assert "What you had typed is kept on your desk for thirty days." in page
    assert "Texts that you did not keep" in page


def test_words_with_nothing_to_answer_come_back(client, writer):
    essay = make_review(writer)
    for text in ("Too early.", "Too early. " * 300):
        page = say(client, essay, "yes", text=text)
        assert page.status_code == 422
        assert text in page.content.decode()


def test_an_answer_too_long_for_a_question_answered_elsewhere_comes_back(client, essay, a_year_on):
    say(client, essay, "yes", text="Short.")
    page = say(client, essay, "yes", text="Kept. " * 400)
    assert page.status_code == 422
    assert "Kept. Kept." in page.content.decode()


# Not now, not this one, not at all


def test_ask_in_a_month(client, essay, a_year_on, writer):
    assert say(client, essay, "later").headers["Location"] == "/desk/"
    assert 'id="question"' not in client.get("/desk/").content.decode()
    assert ask_what_lasts() == 0
    with time_machine.travel(A_YEAR_ON.replace(month=4), tick=False):
        assert ask_what_lasts() == 1
        client.force_login(writer)
        assert 'id="question"' in client.get("/desk/").content.decode()


def test_what_is_skipped_is_never_asked_again(client, essay, a_year_on, writer):
    say(client, essay, "skip")
    for year in (2026, 2028, 2030, 2035):
        with time_machine.travel(DAY.replace(year=year), tick=False):
            client.force_login(writer)
            assert 'id="question"' not in client.get("/desk/").content.decode()
            assert ask_what_lasts() == 0
    assert not Notification.objects.exists()


def test_a_skipped_one_may_be_asked_about_after_all(client, essay, a_year_on):
    say(client, essay, "skip")
    assert "Ask about it again" in client.get(still_url(essay)).content.decode()
    say(client, essay, "resume")
    assert 'id="question"' in client.get("/desk/").content.decode()
    assert Question.objects.get().tell_at == DAY.replace(year=2028)


def test_one_press_in_the_settings_ends_it_and_one_begins_it(client, essay, a_year_on, writer):
    assert "Do not ask me" in client.get("/settings/").content.decode()
    assert client.post("/settings/asking/", {"asked": "no"}).status_code == 302
    assert 'id="question"' not in client.get("/desk/").content.decode()
    assert ask_what_lasts() == 0
    assert not Notification.objects.exists()
    client.post("/settings/asking/", {"asked": "yes"})
    assert 'id="question"' in client.get("/desk/").content.decode()
    assert client.get("/settings/asking/").status_code == 405


def test_readers_are_not_told_of_a_question_that_will_not_be_asked(client, essay, a_year_on):
    make_afterthought(essay)
    assert "Asked again on" in client.get(essay.get_absolute_url()).content.decode()
    client.post("/settings/asking/", {"asked": "no"})
    assert "Asked again on" not in client.get(essay.get_absolute_url()).content.decode()


# Notices and mail


def test_tick_tells_once_for_each_milestone(client, essay, writer):
    told = []
    for months in (0, 1, 2, 12, 13, 36, 60, 72):
        with time_machine.travel(months_later(DAY, months), tick=False):
            told.append((ask_what_lasts(), ask_what_lasts()))
    assert told == [(0, 0), (1, 0), (0, 0), (1, 0), (0, 0), (1, 0), (1, 0), (0, 0)]
    client.force_login(writer)
    page = client.get("/notices/").content.decode()
    for after in ("After a month", "After a year", "After three years", "After five years"):
        assert f"{after}: is “A hat on a hook” still with you?" in page
    assert f'href="{still_url(essay)}"' in page


def test_two_ticks_at_once_tell_once(essay):
    with time_machine.travel(A_YEAR_ON, tick=False):
        one, other = Question.objects.get(), Question.objects.get()
        assert (one.tell(timezone.now()), other.tell(timezone.now())) == (True, False)
    assert Notification.objects.count() == 1


def test_a_tick_takes_so_many_and_the_next_goes_on(essay, writer, monkeypatch):
    monkeypatch.setattr("config.tick.AT_ONCE", 2)
    for number in range(2):
        with time_machine.travel(DAY, tick=False):
            make_review(writer, title=f"Other {number}")
    with time_machine.travel(A_YEAR_ON, tick=False):
        assert [ask_what_lasts() for _ in range(3)] == [2, 1, 0]


def test_it_comes_in_the_digest_unless_that_is_switched_off(essay, writer):
    with time_machine.travel(A_YEAR_ON, tick=False):
        ask_what_lasts()
        call_command("tick")
        (message,) = outbox.outbox
        assert "is “A hat on a hook” still with you?" in message.subject
        assert still_url(essay) in message.body
    User.objects.filter(pk=writer.pk).update(channels={"still": "h"})
    with time_machine.travel(A_YEAR_ON.replace(year=2028), tick=False):
        ask_what_lasts()
        call_command("tick")
    assert len(outbox.outbox) == 1
    assert Notification.objects.count() == 2


def test_who_has_left_is_told_nothing(essay, writer):
    User.objects.filter(pk=writer.pk).update(left_at=A_YEAR_ON, is_active=False)
    with time_machine.travel(A_YEAR_ON, tick=False):
        ask_what_lasts()
    assert not Notification.objects.exists()


def test_a_notice_about_what_is_gone_names_nothing(client, essay, a_year_on):
    ask_what_lasts()
    bring_to(essay, "hidden")
    page = client.get("/notices/").content.decode()
    assert "You were asked whether a film is still with you." in page
    assert still_url(essay) not in page


# What staff do


@pytest.mark.parametrize("status", ["held", "hidden", "removed"])
def test_staff_take_an_answer_from_readers_and_figures(client, essay, a_year_on, status):
    row = make_afterthought(essay, text="A neighbour’s name.")
    bring_to(row, status)
    assert counts(essay.film) == ({}, 0, 0)
    assert "neighbour" in client.get(essay.get_absolute_url()).content.decode()
    assert client.get(row.get_edit_url()).status_code == 403
    assert client.post(row.get_edit_url(), {"still": "no"}).status_code == 404
    assert say(client, essay, "no").status_code == 404
    client.logout()
    assert "neighbour" not in client.get(essay.get_absolute_url()).content.decode()
    row.restore(by=make_user(role="moderator"), reason=REASON)
    assert counts(essay.film) == ({"year": [1, 1]}, 1, 1)


def test_it_can_be_reported_and_stands_in_the_admin_and_the_log(client, essay):
    row = make_afterthought(essay, text="It is *rude*, and >!secret!<.")
    client.force_login(make_user())
    address = reverse("users:report", args=["afterthought", row.pk])
    assert "Report an afterthought" in client.get(address).content.decode()
    assert f'href="{address}"' in client.get(essay.get_absolute_url()).content.decode()
    keeper = make_user(role="moderator")
    row.hide(by=keeper, reason=REASON)
    assert client.get(address).status_code == 404
    log = client.get("/log/?kind=afterthought").content.decode()
    assert "an afterthought" in log.partition("<tbody>")[2]
    client.force_login(keeper)
    listed = client.get(reverse("admin:reviews_afterthought_changelist")).content.decode()
    assert str(row) in listed or "rude" in listed
    assert "secret" not in listed
    page = client.get(reverse("admin:reviews_afterthought_change", args=[row.pk]))
    assert page.status_code == 200
    assert client.get(reverse("admin:reviews_question_changelist")).status_code == 200


def test_staff_find_what_is_held_on_their_first_page(client, essay):
    make_afterthought(essay, status="held")
    client.force_login(make_user(role="moderator"))
    page = client.get("/admin/").content.decode()
    assert "afterthoughts held" in page
    assert "An afterthought on A hat on a hook" in page


def test_staff_see_no_kept_answer_in_the_admin(client, essay):
    row = make_afterthought(essay, text="Private.", status="draft")
    client.force_login(make_user(role="moderator"))
    listed = client.get(reverse("admin:reviews_afterthought_changelist"))
    assert "Private." not in listed.content.decode()
    page = client.get(reverse("admin:reviews_afterthought_change", args=[row.pk]))
    assert page.status_code != 200


def test_rules_for_words_look_at_answers_and_at_changes(essay):
    TextRule.objects.create(kind="words", text="cheap watches", outcome="hold", note="Spam.")
    row = make_afterthought(essay, text="Cheap watches!")
    row.refresh_from_db()
    assert row.status == "held"
    assert counts(essay.film) == ({}, 0, 0)


def test_the_questions_of_a_desk_and_of_a_tick_are_read_off_an_index(essay, writer):
    other = make_user()
    for number in range(5):
        make_review(other, title=f"Other {number}")
    now = timezone.now()
    for rows, index in (
        (Question.objects.by(writer).due(now)[:1], "question_of_author"),
        (Question.objects.untold(now)[:200], "question_untold"),
    ):
        with CaptureQueriesContext(connection) as seen:
            list(rows)
        plan = plan_of(seen.captured_queries[0]["sql"])
        assert index in plan
        assert not sorts(plan)


# The figures of a film


def test_each_writer_counts_once_by_the_newest_essay(writer):
    film = make_film()
    first = make_review(writer, film, title="First", published_at=DAY)
    second = make_review(writer, film, title="Again", published_at=A_YEAR_ON)
    make_afterthought(first, is_still=True)
    assert counts(film) == ({"year": [1, 1]}, 1, 1)
    make_afterthought(second, is_still=False)
    assert counts(film) == ({"year": [0, 1]}, 0, 1)
    bring_to(second, "hidden")
    assert counts(film) == ({"year": [1, 1]}, 1, 1)
    second.restore(by=make_user(role="moderator"), reason=REASON)
    assert counts(film) == ({"year": [0, 1]}, 0, 1)
    call_command("recount", "--check")


def test_what_lasts_is_each_writers_last_answer_after_a_year(essay):
    film = essay.film
    make_afterthought(essay, milestone="month", is_still=True, at=A_MONTH_ON)
    assert counts(film) == ({"month": [1, 1]}, 0, 0)
    assert Film.objects.get(pk=film.pk).lasting is None
    make_afterthought(essay, milestone="year", is_still=True, at=A_YEAR_ON)
    make_afterthought(essay, milestone="three_years", is_still=False)
    assert counts(film) == ({"month": [1, 1], "year": [1, 1], "three_years": [0, 1]}, 0, 1)
    assert Film.objects.get(pk=film.pk).lasting == 0.0
    call_command("recount", "--check")


def test_the_order_is_the_lower_end_of_wilsons_interval():
    film = make_film()
    for number in range(4):
        make_afterthought(make_review(film=film), is_still=number < 3)
    film = Film.objects.get(pk=film.pk)
    assert (film.lasting_still, film.lasting_total) == (3, 4)
    assert film.lasting == pytest.approx(0.300642, abs=1e-6)


@pytest.mark.parametrize("status", ["hidden", "deleted", "draft"])
def test_answers_count_while_their_essay_can_be_read(essay, status):
    make_afterthought(essay)
    essay.unpublish(by=essay.author) if status == "draft" else bring_to(essay, status)
    assert counts(essay.film) == ({}, 0, 0)
    call_command("recount", "--check")


def test_recount_mends_what_went_wrong(essay, capsys):
    make_afterthought(essay)
    Film.objects.update(answers={"year": [9, 9]}, lasting_still=9, lasting_total=9, lasting=0.9)
    Afterthought.objects.update(counted_as=None, is_last=False)
    with pytest.raises(SystemExit):
        call_command("recount", "--check")
    assert "answers is {'year': [9, 9]}, should be {'year': [1, 1]}" in capsys.readouterr().out
    call_command("recount")
    assert counts(essay.film) == ({"year": [1, 1]}, 1, 1)
    assert Afterthought.objects.get().is_last


def test_answers_go_along_when_pieces_go_to_another_film(essay, writer):
    film, other = essay.film, make_film()
    make_afterthought(essay)
    make_afterthought(make_review(film=other), is_still=False)
    Afterthought.objects.let_go_of(film)
    Review.objects.filter(film=film).update(film=other)
    Afterthought.objects.take_up(other)
    assert counts(film) == ({}, 0, 0)
    assert counts(other) == ({"year": [1, 2]}, 1, 2)


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({}, ""),
        ({"month": [1, 1]}, "Still with 1 of 1 writer after a month"),
        ({"month": [9, 20], "three_years": [14, 17]}, "Still with 14 of 17 writers after three years"),
        ({"year": [3, 3], "five_years": [0, 2]}, "Still with 3 of 3 writers after a year"),
        ({"month": [1, 2], "year": [0, 1]}, "Still with 0 of 1 writer after a year"),
    ],
)  # fmt: skip
def test_what_the_page_of_a_film_says(client, answers, says):
    film = make_film("Ikiru", 1952)
    Film.objects.filter(pk=film.pk).update(answers=answers)
    film.refresh_from_db()
    assert still_with(film) == says
    page = client.get(film.get_absolute_url()).content.decode()
    assert (says or "Still with") in page or not says
    assert ("Still with" in page) == bool(says)


def test_browse_orders_by_how_long_films_last_and_prints_the_sample(client):
    def film(title, still, total):
        made = make_film(title)
        made.count_answers({"year": (still, total)}, still, total)
        return made

    for title, still, total in (("One", 1, 1), ("Many", 14, 17), ("None", 0, 3), ("Some", 2, 4)):
        film(title, still, total)
    unasked = make_film("Unasked")
    response = client.get("/films/?sort=lasting")
    titles = [row.title for row in response.context["page"].items]
    assert titles == ["Many", "One", "Some", "None", "Unasked"]
    page = response.content.decode()
    assert "Still with 14 of 17 writers" in page
    assert "Still with 0 of 3 writers" in page
    assert page.count("Still with") == 4
    assert lasting_with(unasked) == ""


def test_pages_of_the_order_meet_every_film_once(client, monkeypatch):
    monkeypatch.setattr("films.finding.PAGE_SIZE", 2)
    for number in range(5):
        make_film(f"Film {number}").count_answers({}, number % 2, min(number, 2))
    found, address = [], "/films/?sort=lasting"
    while address:
        page = client.get(address).context["page"]
        found += [film.title for film in page.items]
        address = f"/films/?sort=lasting&after={page.next}" if page.next else None
    assert len(found) == len(set(found)) == 5


def test_formulas_explain_it(client):
    page = client.get("/formulas/").content.decode()
    assert "Each writer counts once, by the newest of their essays on the film." in page


# The line that stands for an essay


@pytest.mark.parametrize(
    ("html", "safe_text", "line"),
    [
        ('<p class="subtitle">One &amp; <em>two</em><sup><a>1</a></sup><br>three</p>', "",
         ["One & two", "three"]),
        ('<p class="subtitle">He <label class="veil">dies</label></p>', "It rained. And so on.",
         ["It rained."]),
        ('<details class="spoiler"><p class="subtitle">He dies</p></details>', "It rained.",
         ["It rained."]),
        ("", "", []),
    ],
)  # fmt: skip
def test_the_line_is_the_first_pull_quote_or_the_first_safe_sentence(html, safe_text, line):
    assert first_line(html, safe_text) == line


# Under a text that tells the ending


@pytest.mark.parametrize(
    ("is_spoiler", "reads", "is_closed"),
    [(True, "veiled", True), (True, "open", False), (False, "veiled", False)],
)
def test_an_afterthought_is_closed_like_its_essay(client, is_spoiler, reads, is_closed):
    piece = make_review(is_spoiler=is_spoiler)
    make_afterthought(piece, text="Quonsellary dies, and I know why now.")
    reader = make_user(spoilers="open") if reads == "open" else make_user()
    client.force_login(reader)
    page = client.get(piece.get_absolute_url()).content.decode()
    section = page.partition('id="afterthoughts"')[2].partition("</section>")[0]
    assert "Still with me." in section.partition("<details")[0]
    assert ("Quonsellary" in section.partition("<details")[2]) == is_closed
    assert "Quonsellary" in section


def test_a_bare_yes_is_not_closed(client):
    piece = make_review(is_spoiler=True)
    make_afterthought(piece)
    page = client.get(piece.get_absolute_url()).content.decode()
    assert "<details" not in page.partition('id="afterthoughts"')[2].partition("</section>")[0]
