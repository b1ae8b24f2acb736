"""The page of a picture, as a reader and as its owner meet it."""

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from films.models import Image, License
from tests.browser.crowded import still
from tests.factories import make_film, make_review, make_user

IS_DRAWN = "image => image.decode().then(() => image.naturalWidth > 0, () => false)"
CHOSEN = "() => getSelection().toString()"


@pytest.fixture
def owner():
    return make_user("ada", display_name="Ada")


def make_picture(owner):
    return Image.objects.upload(
        ContentFile(still(1600, 900), "window.jpg"),
        by=owner,
        title="Window light",
        creator_name="Asahachi Kono",
        source_url="https://example.org/window",
        license=License.objects.get(pk="CC-BY-4.0"),
        alt_text="A barred window.",
        changes="Cropped",
    )


def test_a_click_selects_a_whole_line_and_the_picture_is_drawn(page, owner):
    image = make_picture(owner)
    image.publish(by=owner)
    make_film().add_image(image, by=owner)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(image.get_absolute_url())
        assert page.get_by_role("img", name="A barred window.").evaluate(IS_DRAWN)
        page.get_by_label("Markdown").click(position={"x": 60, "y": 28})
        chosen = page.evaluate(CHOSEN)
        assert chosen.startswith("[Window light](http")
        assert chosen.strip().endswith("Cropped")
    page.get_by_role("link", name="credit.json").click()
    expect(page.locator("body")).to_contain_text('"creator"')


def test_paper_has_the_picture_with_its_whole_credit(page, owner):
    image = make_picture(owner)
    image.publish(by=owner)
    film = make_film("Tidewater")
    film.add_image(image, by=owner)
    for address in (image.get_absolute_url(), film.get_absolute_url()):
        page.goto(address)
        page.emulate_media(media="print")
        credit = page.locator("figcaption").filter(has_text="Window light").first
        for words in ("Asahachi Kono", "CC BY 4.0", "Cropped"):
            expect(credit.get_by_text(words)).to_be_visible()
        expect(page.get_by_role("img", name="A barred window.")).to_be_visible()


def test_the_picture_of_a_draft_is_drawn_for_its_owner_alone(page, owner, sign_in, without_script):
    image = make_picture(owner)
    draft = make_review(owner, status="draft", body=f"![](image:{image.key})\n\n" + "rain " * 450)
    draft.review_images.create(image=image, role="figure")
    sign_in(owner)
    page.goto(image.get_absolute_url())
    expect(page.get_by_text("A draft: only you see this page.")).to_be_visible()
    drawn = page.get_by_role("img", name="A barred window.")
    assert drawn.evaluate(IS_DRAWN)
    assert "/files/" in drawn.evaluate("image => image.currentSrc")
    address = drawn.evaluate("image => image.currentSrc")
    assert without_script.goto(address).status == 404
    draft.publish(by=owner)
    page.goto(draft.get_absolute_url())
    drawn = page.get_by_role("img", name="A barred window.")
    assert drawn.evaluate(IS_DRAWN)
    assert "/media/images/" in drawn.evaluate("image => image.currentSrc")
    # The page that was open before still leads to it.
    assert without_script.goto(address).status == 200


@pytest.mark.parametrize("has_script", [True, False])
def test_a_credit_is_corrected_by_keyboard(page, owner, sign_in, without_script, has_script):
    image = make_picture(owner)
    image.publish(by=owner)
    make_film().add_image(image, by=owner)
    sign_in(owner)
    if not has_script:
        without_script.context.add_cookies(page.context.cookies())
        page = without_script
    page.goto(image.get_absolute_url())
    page.get_by_role("link", name="Correct the credit").press("Enter")
    name = page.get_by_label("Made by")
    name.fill("")
    name.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Name the person who made the picture")
    page.get_by_label("Made by").fill("Hasui Kawase")
    page.get_by_role("button", name="Correct it").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Hasui Kawase")
    expect(page.get_by_text("The credit is corrected")).to_be_visible()
    assert page.get_by_role("img", name="A barred window.").evaluate(IS_DRAWN)
