"""Reading with spoilers closed, and opening them by keyboard; with script and without."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_reading import is_uncovered, tab_to
from tests.factories import make_afterthought, make_comment, make_film, make_review, make_user

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
    return make_film("Hope", 2013)


@pytest.fixture(params=["with script", "without script"])
def reader(request):
    """A page of either kind; `reader.sign_in` gives it a member's session."""
    is_plain = request.param == "without script"
    page = request.getfixturevalue("without_script" if is_plain else "page")
    context, sign_in = request.getfixturevalue("context"), request.getfixturevalue("sign_in")

    def as_member(user):
        sign_in(user)
        if is_plain:
            page.context.add_cookies(context.cookies())

    page.as_member = as_member
    return page


def has_ring(place):
    """Whether the focus can be seen on it."""
    return place.evaluate(
        "place => { const style = getComputedStyle(place);"
        " return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2; }"
    )


def press(page, place, key):
    tab_to(page, place)
    assert has_ring(place)
    page.keyboard.press(key)


def test_a_text_that_tells_the_ending_is_opened_and_read_by_keyboard(film, reader):
    essay = make_review(film=film, body=BODY, is_spoiler=True)
    make_review(film=film, title="Another way in")
    reader.goto(essay.get_absolute_url())
    notice = reader.locator("#text > summary")
    expect(notice).to_contain_text("This essay tells how Hope ends.")
    expect(reader.get_by_text("It rains.")).to_be_hidden()
    instead = reader.get_by_role("heading", name="On this film, without the ending")
    expect(instead).to_be_visible()
    press(reader, notice, "Enter")
    expect(reader.get_by_text("It rains.")).to_be_visible()
    expect(instead).to_be_hidden()
    veil = reader.get_by_role("checkbox", name="spoiler, 2 words")
    expect(veil).not_to_be_checked()
    assert not is_uncovered(reader.locator(".veil"))
    press(reader, veil, "Space")
    expect(veil).to_be_checked()
    assert is_uncovered(reader.locator(".veil"))
    block = reader.locator(".prose details > summary")
    press(reader, block, "Space")
    expect(reader.get_by_text("She stays.")).to_be_visible()
    reader.keyboard.press("Space")
    expect(reader.get_by_text("She stays.")).to_be_hidden()


def test_a_member_who_asked_for_it_finds_all_open_and_closes_it_by_keyboard(film, reader):
    essay = make_review(film=film, body=BODY)
    make_comment(essay, body=">!Somebody did come.!<")
    reader.as_member(make_user("mina", spoilers="open"))
    reader.goto(essay.get_absolute_url())
    veils = reader.get_by_role("checkbox", name="spoiler")
    expect(veils).to_have_count(2)
    for number in range(2):
        expect(veils.nth(number)).to_be_checked()
        assert is_uncovered(reader.locator(".veil").nth(number))
    expect(reader.get_by_text("She stays.")).to_be_visible()
    press(reader, veils.first, "Space")
    assert not is_uncovered(reader.locator(".veil").first)


def test_saying_that_one_has_seen_the_film_opens_its_spoilers(film, reader):
    essay = make_review(film=film, body=BODY, is_spoiler=True)
    reader.as_member(make_user("mina", spoilers="seen"))
    reader.goto(essay.get_absolute_url())
    expect(reader.get_by_text("It rains.")).to_be_hidden()
    press(reader, reader.get_by_role("button", name="I have seen the film"), "Enter")
    expect(reader.get_by_text("It rains.")).to_be_visible()
    expect(reader.get_by_text("She stays.")).to_be_visible()
    expect(reader.get_by_role("checkbox", name="spoiler, 2 words")).to_be_checked()


def test_paper_shows_what_was_open_and_nothing_else(film, page):
    page.goto(make_review(film=film, body=BODY).get_absolute_url())
    page.emulate_media(media="print")
    veil, ending = page.locator(".veil"), page.get_by_text("She stays.")
    assert not is_uncovered(veil)
    assert veil.locator("span").bounding_box() is None, "room is left for what nobody can read"
    expect(ending).to_be_hidden()
    assert veil.locator("input").evaluate(
        "box => getComputedStyle(box, '::before').content"
    ) == '"spoiler"'  # fmt: skip
    page.emulate_media(media="screen")
    veil.click()
    page.locator(".prose details > summary").click()
    page.emulate_media(media="print")
    assert is_uncovered(veil)
    expect(ending).to_be_visible()


def test_on_paper_an_afterthought_is_no_larger_than_its_essay(film, page):
    essay = make_review(film=film, body=BODY)
    make_afterthought(essay, text="More so.")
    page.goto(essay.get_absolute_url())
    page.emulate_media(media="print")
    sizes = [
        page.locator(name).first.evaluate("el => parseFloat(getComputedStyle(el).fontSize)")
        for name in (".prose > p", ".said > p")
    ]
    assert sizes[0] == sizes[1]
