"""The main line, as a newcomer walks it."""

import pytest
from playwright.sync_api import expect

from reviews.models import Review
from tests.browser.crowded import still
from tests.factories import make_film
from users.models import User

TEXT = "It rained on the day of the funeral, and >!nobody came!<.\n\n" + "rain on roofs " * 200


@pytest.fixture
def film():
    return make_film("Hope", 2013, themes=["family", "memory"])


def sign_up(page, film):
    page.goto(film.get_absolute_url())
    page.get_by_role("link", name="Sign in to write about it").click()
    page.get_by_role("main").get_by_role("link", name="Join").click()
    form = page.get_by_role("main")
    form.get_by_label("Email").fill("mina@example.org")
    form.get_by_label("Member name").fill("mina")
    form.get_by_label("Password").fill("a sentence to keep")
    form.get_by_label("Name, if you like").fill("Mina Park")
    form.get_by_role("button", name="Join").click()
    page.wait_for_url("**/write/?film=hope*")


def write(page):
    page.get_by_label("Title", exact=True).fill("A yellow bag")
    page.get_by_label("Text", exact=True).fill(TEXT)
    page.get_by_label("Family", exact=True).check()
    page.get_by_label("Another theme").fill("funerals, rain")
    picture = {"name": "window.jpg", "mimeType": "image/jpeg", "buffer": still(800, 600)}
    page.get_by_label("Picture", exact=True).set_input_files(picture)
    page.get_by_label("Title of the picture").fill("Window light")
    page.get_by_label("Made by").fill("Asahachi Kono")
    page.get_by_label("Source page").fill("https://example.org/window")
    page.get_by_label("Licence", exact=True).select_option("CC0-1.0")


def publish(page):
    page.get_by_role("button", name="Publish", exact=True).click()


def goes_from_joining_to_the_films_page(page, film):
    sign_up(page, film)
    write(page)
    publish(page)
    # One thing was forgotten, and everything else is still there.
    expect(page.get_by_role("alert")).to_contain_text("Describe the picture")
    assert page.get_by_label("Text", exact=True).input_value() == TEXT
    expect(page.get_by_text("The file is kept.")).to_be_visible()
    page.get_by_label("Description for people who cannot see it").fill("A barred window.")
    publish(page)
    page.wait_for_url("**/essays/a-yellow-bag/")
    expect(page.get_by_text("It is published.")).to_be_visible()
    shown = page.get_by_alt_text("A barred window.")
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)")
    expect(page.locator("figure", has=shown)).to_contain_text("Asahachi Kono, CC0 1.0")
    for theme in ("Family", "Funerals", "Rain"):
        expect(page.get_by_role("main").get_by_role("link", name=theme, exact=True)).to_be_visible()
    page.goto(film.get_absolute_url())
    expect(page.locator("#essays")).to_contain_text("A yellow bag")
    expect(page.locator("#essays")).to_contain_text("Mina Park")
    expect(page.locator("#theme-funerals")).to_contain_text("1 agrees")
    piece = Review.objects.get()
    assert (piece.status, piece.kind, piece.author) == ("published", "essay", User.objects.get())


def test_a_newcomer_joins_writes_with_a_picture_and_is_read(film, page, complaints):
    goes_from_joining_to_the_films_page(page, film)
    assert [text for text in complaints if "422" not in text] == []


def test_the_same_without_script(film, without_script):
    goes_from_joining_to_the_films_page(without_script, film)


def test_the_preview_keeps_what_is_typed_until_it_is_published(film, without_script):
    page = without_script
    sign_up(page, film)
    write(page)
    page.get_by_label("Description for people who cannot see it").fill("A barred window.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="A yellow bag")).to_be_visible()
    assert Review.objects.get().status == "draft"
    publish(page)
    page.wait_for_url("**/essays/a-yellow-bag/")
    expect(page.get_by_alt_text("A barred window.")).to_be_visible()
