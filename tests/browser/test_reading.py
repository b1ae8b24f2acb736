import pytest
from playwright.sync_api import expect

from tests.factories import make_film, make_review, make_user
from users.models import ModerationAction

BODY = (
    """It rains. >!Nobody comes!< to the house.

:::spoiler the last scene
She stays.
:::

"""
    + "rain on roofs " * 200
)


@pytest.fixture
def film():
    return make_film("Hope", 2013, themes=["family"])


def tab_to(page, place):
    """Go on with the keyboard alone until the focus is there."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if place.evaluate("place => place === document.activeElement"):
            return
    pytest.fail("The keyboard does not lead there.")


def is_uncovered(veil):
    return veil.locator("span").first.evaluate(
        "words => getComputedStyle(words).visibility === 'visible'"
    )


def spoilers_open_by_keyboard(page, review):
    page.goto(review.get_absolute_url())
    veil, ending = page.locator(".veil"), page.get_by_text("She stays.")
    assert not is_uncovered(veil)
    assert not ending.is_visible()
    tab_to(page, veil.locator("input"))
    page.keyboard.press("Space")
    assert is_uncovered(veil)
    tab_to(page, page.locator(".prose details > summary"))
    page.keyboard.press("Enter")
    expect(ending).to_be_visible()
    page.keyboard.press("Enter")
    expect(ending).to_be_hidden()


def test_spoilers_open_by_keyboard(film, page):
    spoilers_open_by_keyboard(page, make_review(film=film, body=BODY))


def test_spoilers_open_by_keyboard_without_script(film, without_script):
    spoilers_open_by_keyboard(without_script, make_review(film=film, body=BODY))


def test_an_essay_that_tells_the_ending_says_so_first(film, without_script):
    page = without_script
    page.goto(make_review(film=film, is_spoiler=True).get_absolute_url())
    text = page.locator(".prose")
    expect(text).to_be_hidden()
    page.get_by_text("This essay tells how Hope ends.").click()
    expect(text).to_be_visible()


def vote(page, film):
    """Agree and take it back; the row says each time where it stands."""
    page.goto(film.get_absolute_url())
    row = page.locator("#theme-family")
    agree = row.get_by_role("button", name="Agree that it is about family", exact=True)
    expect(agree).to_have_attribute("aria-pressed", "false")
    expect(row).to_contain_text("no votes yet")
    agree.click()
    expect(agree).to_have_attribute("aria-pressed", "true")
    expect(row).to_contain_text("1 agrees")
    assert film.film_themes.get().agree_count == 1
    agree.click()
    expect(agree).to_have_attribute("aria-pressed", "false")
    expect(row).to_contain_text("no votes yet")
    assert film.film_themes.get().agree_count == 0
    return agree


def test_agreeing_and_taking_it_back_leaves_the_page_and_the_focus_where_they_are(
    film, page, sign_in, complaints
):
    sign_in(make_user("mina"))
    loads = []
    page.on("load", lambda page: loads.append(page.url))
    agree = vote(page, film)
    assert len(loads) == 1
    expect(agree).to_be_focused()
    assert not complaints


def test_agreeing_and_taking_it_back_without_script(film, without_script, context, sign_in):
    sign_in(make_user("mina"))
    without_script.context.add_cookies(context.cookies())
    vote(without_script, film)
    assert without_script.url.endswith("#theme-family")


# Staff


def decide(page, review, verb, reason, rule=None):
    page.goto(f"/admin/reviews/review/{review.pk}/change/")
    page.get_by_role("button", name=f"{verb}…").click()
    expect(page.get_by_text("Nothing has happened yet.")).to_be_visible()
    if rule:
        page.get_by_label("Rule", exact=True).select_option(label=rule)
    page.get_by_label("Reason", exact=True).fill(reason)
    page.locator("button[data-submit]").click()
    expect(page.locator("ul.messagelist")).to_contain_text("1 review")


def test_a_moderator_holds_and_restores_with_a_reason_and_the_log_says_both(
    film, page, sign_in, browser, base_url, complaints
):
    review = make_review(film=film, title="Four hundred steps")
    reader = browser.new_context(base_url=base_url)
    address = review.get_absolute_url()
    assert reader.request.get(address).status == 200
    sign_in(make_user("judge", role="moderator", display_name="Judge"))
    page.goto("/admin/")
    page.get_by_role("navigation", name="Staff").get_by_role("link", name="Reviews").click()
    page.get_by_role("link", name="Four hundred steps").click()
    expect(page.get_by_text("rain rain").first).to_be_visible()
    decide(page, review, "Hold", "It names a neighbour.", rule="6 Other people’s privacy")
    assert reader.request.get(address).status == 404
    decide(page, review, "Restore", "The name is taken out.")
    assert reader.request.get(address).status == 200
    log = reader.new_page()
    log.goto("/log/")
    rows = log.locator("table.log tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("The name is taken out.")
    expect(rows.nth(1)).to_contain_text("It names a neighbour.")
    expect(rows.nth(1)).to_contain_text("privacy")
    assert review.author.username not in log.content()
    assert ModerationAction.objects.count() == 2
    assert not complaints
    reader.close()
