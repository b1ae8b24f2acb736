"""Is it still with you? A year later, the writer finds the question on the desk."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from films.milestones import months_later
from reviews.models import Afterthought
from tests.factories import make_film, make_review, make_user


@pytest.fixture
def essay():
    now = timezone.now()
    return make_review(
        make_user("mina", display_name="Mina Baek"),
        make_film("Ikiru", 1952),
        title="A hat on a hook",
        body=">> Nobody has needed the hook.\n\n" + "rain " * 450,
        published_at=months_later(now, -12),
    )


def answers(page, essay):
    page.goto("/desk/")
    question = page.locator("#question")
    expect(question.get_by_role("heading", name="Is it still with you?")).to_be_visible()
    expect(question).to_contain_text("Nobody has needed the hook.")
    question.get_by_label("What is left of it, if anything").fill("The hook, and >!the swing!<.")
    question.get_by_role("button", name="Still with me").click()
    page.wait_for_url("**/essays/a-hat-on-a-hook/#afterthought-*")
    after = page.locator("#afterthoughts")
    expect(after).to_contain_text("After a year")
    expect(after).to_contain_text("Still with me. The hook")
    page.goto(essay.film.get_absolute_url())
    expect(page.get_by_text("Still with 1 of 1 writer after a year")).to_be_visible()
    page.goto("/desk/")
    expect(page.locator("#question")).to_have_count(0)
    assert Afterthought.objects.get().is_still


def test_a_writer_answers_a_year_later(essay, page, sign_in, complaints):
    sign_in(essay.author)
    answers(page, essay)
    assert complaints == []


def test_the_same_without_script(essay, page, sign_in, context, without_script):
    sign_in(essay.author)
    without_script.context.add_cookies(context.cookies())
    answers(without_script, essay)


def test_a_writer_skips_by_keyboard_and_is_not_asked_again(essay, page, sign_in):
    sign_in(essay.author)
    page.goto("/desk/")
    page.get_by_role("button", name="Do not ask about this one").press("Enter")
    expect(page.get_by_text("We do not ask about this one again.")).to_be_visible()
    expect(page.locator("#question")).to_have_count(0)
    assert not Afterthought.objects.exists()
