"""Pictures come in: chosen, dropped, pasted, several at once, with and without script."""

from base64 import b64encode
from io import BytesIO

import pytest
from PIL import Image as Still
from playwright.sync_api import expect

from films.models import Image
from tests.browser.crowded import still
from tests.factories import make_film, make_review, make_user
from users.models import User

BRING = """([kind, name, data]) => {
  const files = new DataTransfer();
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  files.items.add(new File([bytes], name, { type: "image/jpeg" }));
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: files, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""


@pytest.fixture
def film():
    return make_film("Hope", 2013)


def file(name, data):
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


def choose(page, *files):
    page.get_by_label("Files", exact=True).set_input_files(list(files))


def bring(page, kind, name, data):
    page.evaluate(BRING, [kind, name, b64encode(data).decode()])


def row(page, name):
    return page.locator("#rows > li", has=page.get_by_role("heading", name=name, exact=True))


def fill(of, title):
    of.get_by_label("Title of the picture").fill(title)
    of.get_by_label("Made by").fill("Asahachi Kono")
    of.get_by_label("Licence", exact=True).select_option("CC0-1.0")
    of.get_by_label("Source page").fill("https://example.org/window")
    of.get_by_label("Description for people who cannot see it").fill("A barred window.")


def is_drawn(image):
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("complete", True)
    return image.evaluate("image => image.naturalWidth > 0")


def test_chosen_dropped_and_pasted_and_one_refused(film, page, sign_in, complaints):
    sign_in(make_user("mina"))
    page.goto(film.get_absolute_url())
    page.get_by_role("link", name="Add a picture").click()
    expect(page.get_by_role("button", name="Add what is ready")).to_be_hidden()
    choose(page, file("window.jpg", still(800, 600)), file("note.jpg", b"not a picture"))
    expect(row(page, "note.jpg").get_by_role("alert")).to_contain_text("Not taken.")
    bring(page, "drop", "street.jpg", still(640, 400))
    bring(page, "paste", "pasted.jpg", still(500, 400))
    for name in ("window.jpg", "street.jpg", "pasted.jpg"):
        assert is_drawn(row(page, name).locator("img"))
    expect(page.get_by_role("status").last).to_have_text("3 here, 1 not taken")
    row(page, "note.jpg").get_by_role("button", name="Take it off the list").click()
    expect(row(page, "note.jpg")).to_have_count(0)

    fill(row(page, "window.jpg"), "Window light")
    own = row(page, "street.jpg")
    expect(own.get_by_label("CC BY 4.0", exact=True)).to_be_hidden()
    own.get_by_label("My own work").check()
    expect(own.get_by_label("Source page")).to_be_hidden()
    own.get_by_label("CC BY 4.0", exact=True).check()
    own.get_by_label("Title of the picture").fill("Our street")
    own.get_by_label("Description for people who cannot see it").fill("A street at noon.")
    page.get_by_role("button", name="Add what is ready").click()

    # Two are in their place; the third is still here, with what it lacks.
    expect(page.get_by_role("status").first).to_contain_text("2 pictures are in their place.")
    expect(page.get_by_role("alert").first).to_contain_text("Give the picture a title.")
    fill(row(page, "pasted.jpg"), "A lamp")
    page.get_by_role("button", name="Add what is ready").click()
    page.wait_for_url(f"**{film.get_absolute_url()}#pictures")
    expect(page.get_by_role("link", name="Our street")).to_be_visible()
    assert Image.objects.published().count() == 3
    assert User.objects.get(username="mina").picture_license == "CC-BY-4.0"
    assert [text for text in complaints if "422" not in text] == []


def test_a_page_loaded_again_has_what_was_sent(film, page, sign_in):
    sign_in(make_user("mina"))
    page.goto(f"/images/add/?film={film.slug}")
    bring(page, "drop", "street.jpg", still(640, 400))
    expect(row(page, "street.jpg").get_by_label("Made by")).to_be_visible()
    page.reload()
    assert page.locator("#rows > li[data-row]").count() == 1


def test_a_still_is_quoted_in_an_essay(film, page, sign_in):
    passage = "Nobody in the frame looks up at the balloon over the wall."
    author = sign_in(make_user("mina"))
    draft = make_review(author, film, status="draft", body=f"It rained. {passage}\n\nThe end.")
    page.goto(f"/write/{draft.pk}/")
    page.get_by_role("button", name="Add pictures there").click()
    page.wait_for_url(f"**/write/{draft.pk}/pictures/")
    choose(page, file("scene.jpg", still(1200, 700)))
    scene = row(page, "scene.jpg")
    scene.get_by_label("A film still, quoted").check()
    scene.get_by_label("The passage that discusses it").fill(passage)
    scene.get_by_label("Made by").fill("Theo Angelopoulos")
    scene.get_by_label("Description for people who cannot see it").fill("A balloon.")
    page.get_by_role("button", name="Add what is ready").click()
    page.wait_for_url(f"**/write/{draft.pk}/")
    image = Image.objects.get()
    typed = page.get_by_label("Text", exact=True).input_value()
    assert typed == f"It rained. {passage}\n\n![](image:{image.key})\n\nThe end."


def test_several_without_script(film, without_script, context, sign_in):
    sign_in(make_user("mina"))
    page = without_script
    page.context.add_cookies(context.cookies())
    page.goto(f"/images/add/?film={film.slug}")
    choose(page, file("window.jpg", still(800, 600)), file("note.jpg", b"not a picture"))
    page.get_by_role("button", name="Send the files").click()
    expect(row(page, "note.jpg").get_by_role("alert")).to_contain_text("not a picture")
    fill(row(page, "window.jpg"), "Window light")
    page.get_by_role("button", name="Add what is ready").click()
    page.wait_for_url(f"**{film.get_absolute_url()}#pictures")
    assert Image.objects.published().get().title == "Window light"


def writing(page, sign_in, film):
    member = make_user("mina")
    sign_in(member)
    piece = make_review(member, film, body="rain " * 450)
    page.goto(f"/write/{piece.pk}/")
    return piece


def test_the_head_of_a_published_piece_takes_what_is_dropped(film, page, sign_in, complaints):
    piece = writing(page, sign_in, film)
    head = page.locator("#head-file")
    bring(page, "drop", "note.jpg", b"not a picture")
    expect(head.get_by_role("alert")).to_contain_text("not a picture that can be used")
    bring(page, "paste", "street.jpg", still(640, 400))
    expect(head).to_contain_text("The file is here. street.jpg")
    assert is_drawn(head.locator("img"))
    head.get_by_role("button", name="Take the file off").click()
    page.get_by_label("Lead").fill("About rain.")
    bring(page, "drop", "window.jpg", still(800, 600))
    expect(head).to_contain_text("window.jpg")
    fill(page.locator("#picture"), "Window light")
    page.get_by_role("button", name="Save the changes").click()
    page.wait_for_url(f"**{piece.get_absolute_url()}")
    expect(page.get_by_alt_text("A barred window.")).to_be_visible()
    piece.refresh_from_db()
    assert (piece.lead, piece.hero.title, piece.hero.width) == ("About rain.", "Window light", 800)
    assert [text for text in complaints if "422" not in text] == []


def test_a_head_that_came_back_is_seen_and_taken_off(film, page, sign_in):
    writing(page, sign_in, film)
    head = page.locator("#head-file")
    bring(page, "drop", "window.jpg", still(800, 600))
    expect(head).to_contain_text("The file is here.")
    page.get_by_role("button", name="Save the changes").click()
    expect(head).to_contain_text("The file is kept. window.jpg")
    assert is_drawn(head.locator("img"))
    head.get_by_role("button", name="Take the file off").click()
    expect(page.get_by_text("The file is kept.")).to_have_count(0)


def signed(artist):
    out, exif = BytesIO(), Still.Exif()
    exif[0x013B] = artist
    Still.new("RGB", (640, 400)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_what_a_head_says_of_itself_goes_with_it(film, page, sign_in):
    piece = writing(page, sign_in, film)
    head, maker = page.locator("#head-file"), page.locator("#picture").get_by_label("Made by")
    for name in ("Ada Moon", "Ben Sun"):
        bring(page, "drop", f"{name}.jpg", signed(name))
        expect(maker).to_have_value(name)
    head.get_by_role("button", name="Take the file off").click()
    expect(maker).to_have_value("")
    page.get_by_label("Lead").fill("About rain.")
    page.get_by_role("button", name="Save the changes").click()
    page.wait_for_url(f"**{piece.get_absolute_url()}")
    piece.refresh_from_db()
    assert piece.lead == "About rain."


def test_a_head_that_is_on_its_way_comes_along(film, page, sign_in):
    piece = writing(page, sign_in, film)
    fill(page.locator("#picture"), "Window light")
    page.route("**/images/keep/", lambda route: page.wait_for_timeout(300) or route.continue_())
    bring(page, "drop", "window.jpg", still(800, 600))
    # Screen readers hear that it is sent, and then what came of it: not every step between.
    expect(page.locator("#head-file > p")).to_have_attribute("aria-live", "off")
    page.get_by_role("button", name="Save the changes").click()
    page.wait_for_url(f"**{piece.get_absolute_url()}")
    piece.refresh_from_db()
    assert piece.hero.title == "Window light"


def test_a_head_that_does_not_arrive_by_itself_goes_with_the_text(film, page, sign_in):
    piece = writing(page, sign_in, film)
    page.route("**/images/keep/", lambda route: route.abort())
    bring(page, "drop", "window.jpg", still(800, 600))
    expect(page.locator("#head-file")).to_contain_text("It goes with the text")
    fill(page.locator("#picture"), "Window light")
    page.get_by_role("button", name="Save the changes").click()
    page.wait_for_url(f"**{piece.get_absolute_url()}")
    piece.refresh_from_db()
    assert piece.hero.title == "Window light"
