"""Nothing that was typed is lost: the server dies, the line is cut, somebody signs out, two windows
are open."""

import os
import signal
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Error, expect

from reviews.models import LeftText, Review, WorkingCopy
from tests.config.test_killed import free_port, serving
from tests.factories import make_film, make_review, make_user

TEXT = "It rained on the day of the funeral."


@pytest.fixture
def writer(sign_in):
    return sign_in(make_user("mina"))


def text_of(page):
    return page.get_by_label("Text", exact=True)


def begin(page, address="/write/"):
    page.goto(address)
    expect(page.get_by_role("toolbar", name="Marks in the text")).to_be_visible(timeout=30_000)


def saved(page):
    expect(page.locator("#save-status")).to_contain_text("Saved at", timeout=60_000)


def emptied(page):
    """Once the browser keeps nothing any more; the policy forbids `wait_for_function`."""
    page.evaluate("""() => new Promise((done, fail) => {
        const since = Date.now(), look = () => {
            if (!Object.keys(localStorage).length) done();
            else if (Date.now() - since > 30000) fail(new Error("still kept"));
            else requestAnimationFrame(look);
        };
        look();
    })""")


def killed(server):
    os.killpg(server.pid, signal.SIGKILL)
    server.wait(30)


@contextmanager
def own_server(browser, **options):
    """A member's window on a server of its own; what kills that, and what starts it again."""
    member, port, running = make_user("mina"), free_port(), []
    client = Client()
    client.force_login(member)
    context = browser.new_context(base_url=f"http://127.0.0.1:{port}", **options)
    context.set_default_timeout(30_000)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context.add_cookies([cookie | {"url": f"http://127.0.0.1:{port}"}])
    running.append(serving(port))
    try:
        yield context, lambda: killed(running.pop()), lambda: running.append(serving(port))
    finally:
        context.close()
        for server in running:
            killed(server)


def test_the_server_is_killed_and_everything_is_there_again(browser):
    with own_server(browser) as (context, kill, start):
        page = context.new_page()
        begin(page)
        text_of(page).fill(TEXT)
        saved(page)
        expect(page.locator("#word-count")).to_contain_text("8 words")
        page.wait_for_url("**/write/*/")
        kill()
        text_of(page).press_sequentially(" Nobody came.")
        expect(page.locator("#save-status")).to_contain_text("no connection", timeout=30_000)
        # The window is closed over it, and the browser opened again when the server is back.
        address = page.url
        page.close(run_before_unload=False)
        assert Review.objects.get().body == TEXT
        start()
        page = context.new_page()
        begin(page, address)
        assert text_of(page).input_value() == TEXT
        take_up(page)
        assert text_of(page).input_value() == f"{TEXT} Nobody came."
        saved(page)
        assert Review.objects.get().body == f"{TEXT} Nobody came."


def test_without_script_the_server_is_killed_and_all_that_was_sent_is_there(browser):
    with own_server(browser, java_script_enabled=False) as (context, kill, start):
        page = context.new_page()
        page.goto("/write/")
        text_of(page).fill(TEXT)
        page.get_by_role("button", name="Preview").click()
        page.get_by_role("button", name="Back to writing").click()
        text_of(page).fill(f"{TEXT} Nobody came.")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_text("Only you can see this.")).to_be_visible()
        kill()
        with pytest.raises(Error):
            page.goto("/desk/")
        start()
        page.goto("/desk/")
        page.get_by_role("link", name="Continue").first.click()
        assert text_of(page).input_value() == f"{TEXT} Nobody came."
        assert Review.objects.count() == 1


def test_a_cut_line_is_tried_again_by_itself(writer, page, context):
    begin(page)
    context.set_offline(True)
    text_of(page).fill(TEXT)
    expect(page.locator("#save-status")).to_contain_text("Your text is still here")
    context.set_offline(False)
    saved(page)
    assert Review.objects.get().body == TEXT
    assert page.evaluate("Object.keys(localStorage).length") == 0


def keep_this_one(page, word):
    """Of two texts beside each other that begin with `word`."""
    expect(page.get_by_role("heading", name="Two versions of one draft")).to_be_visible()
    assert page.locator("mark").all_inner_texts() == ["the other window", "this one"]
    page.get_by_role("button", name="Keep this one").click()
    page.wait_for_url("**/write/*/")
    assert text_of(page).input_value() == f"{word}, from this one"
    assert LeftText.objects.get().body == f"{word}, from the other window"


def test_two_windows_make_two_drafts_and_one_draft_in_two_is_compared(writer, page, context):
    other = context.new_page()
    for window, words in ((page, "first"), (other, "second")):
        begin(window)
        text_of(window).fill(words)
        saved(window)
    assert sorted(Review.objects.values_list("body", flat=True)) == ["first", "second"]
    begin(other, page.url)
    text_of(other).fill("first, from the other window")
    saved(other)
    text_of(page).fill("first, from this one")
    page.get_by_role("button", name="Compare the two").click()
    keep_this_one(page, "first")
    expect(page.get_by_text("Texts that you did not keep")).to_be_visible()


def test_who_is_signed_out_meanwhile_signs_in_elsewhere_and_goes_on(writer, page, context):
    begin(page)
    text_of(page).fill(TEXT)
    saved(page)
    context.clear_cookies(name="sessionid")
    text_of(page).press_sequentially(" Nobody came.")
    expect(page.locator("#save-status")).to_contain_text("you are signed out")
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in, in another tab").click()
    form = opened.value
    form.get_by_label("Email or member name").or_(form.get_by_label("Login")).first.fill("mina")
    form.get_by_label("Password").fill("a long password")
    form.get_by_role("main").get_by_role("button", name="Sign in").click()
    form.wait_for_url("**/desk/")
    form.close()
    saved(page)
    assert Review.objects.get().body == f"{TEXT} Nobody came."


def offered(page):
    return page.get_by_text("There is text here that did not reach the site.")


def take_up(page):
    expect(offered(page)).to_be_visible()
    page.get_by_role("button", name="Take it up again").click()


def refuse(route):
    """As a site in trouble: what is sent is answered, and not taken."""
    if route.request.method == "POST":
        route.fulfill(status=500, content_type="text/html", body="<h1>Not now</h1>")
    else:
        route.continue_()


def unheard(route):
    """It arrives, and the answer does not."""
    route.fetch()
    route.abort()


def press_in_vain(page, name):
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name=name).click()
    expect(page.get_by_role("heading", name="Not now")).to_be_visible()


def test_a_form_that_was_sent_in_vain_is_offered_again_over_a_newer_version(writer, page, context):
    draft = make_review(writer, make_film("Hope"), status="draft", body="rain")
    address = f"/write/{draft.pk}/"
    begin(page, address)
    page.route("**/write/**", refuse)
    text_of(page).fill(TEXT)
    press_in_vain(page, "Keep as a draft")
    page.unroute("**/write/**")
    other = context.new_page()
    begin(other, address)
    expect(offered(other)).to_be_visible()
    text_of(other).fill("snow")
    saved(other)
    other.close()
    begin(page, address)
    assert text_of(page).input_value() == "snow"
    take_up(page)
    assert text_of(page).input_value() == TEXT


def test_a_new_form_that_was_sent_in_vain_is_offered_again_though_it_began_a_draft(writer, page):
    begin(page)
    page.route("**/write/save/", unheard)
    text_of(page).fill(TEXT)
    expect(page.locator("#save-status")).to_contain_text("no connection")
    assert Review.objects.get().body == TEXT
    page.route("**/write/**", refuse)
    text_of(page).press_sequentially(" Nobody came.")
    press_in_vain(page, "Keep as a draft")
    page.unroute_all()
    begin(page)
    take_up(page)
    assert text_of(page).input_value() == f"{TEXT} Nobody came."


def test_a_form_that_arrived_is_not_offered_again(writer, page):
    film = make_film("Hope")
    begin(page, f"/write/?film={film.slug}")
    page.route("**/write/save/", lambda route: route.abort())
    page.get_by_label("Title", exact=True).fill("  A   yellow bag ")
    text_of(page).fill(f"{TEXT}\n\nNobody came.")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/notes/*/")
    assert page.evaluate("Object.keys(localStorage).length") == 1
    page.unroute_all()
    begin(page)
    emptied(page)
    expect(offered(page)).to_have_count(0)


def test_a_theme_that_was_typed_and_is_kept_is_not_offered_again(writer, page):
    draft = make_review(writer, make_film("Hope", themes=["grief"]), status="draft", body="rain")
    begin(page, f"/write/{draft.pk}/")
    for typed, offers in (("grief, ", 0), ("a theme of mine", 1)):
        page.get_by_label("Another theme").fill(typed)
        text_of(page).press_sequentially(" Nobody came.")
        saved(page)
        begin(page, f"/write/{draft.pk}/")
        expect(page.get_by_role("checkbox", name="Grief")).to_be_checked()
        expect(offered(page)).to_have_count(offers)


def test_a_label_that_staff_gave_is_shown_when_a_text_is_taken_up_again(writer, page):
    piece = make_review(writer, make_film("Hope"))
    piece.label(by=make_user(role="moderator"), reason="It tells the end.")
    begin(page, f"/write/{piece.pk}/")
    page.route("**/save/", lambda route: route.abort())
    text_of(page).press_sequentially("Nobody came.")
    begin(page, f"/write/{piece.pk}/")
    take_up(page)
    expect(page.get_by_label("This text tells the ending")).to_be_checked()


def test_what_one_window_saves_is_no_arrival_of_anothers_text(writer, page, context):
    draft = make_review(writer, make_film("Hope"), status="draft", body="rain", form_key="a-key")
    other = context.new_page()
    for window in (page, other):
        begin(window, f"/write/{draft.pk}/")
    page.route("**/save/", lambda route: route.abort())
    text_of(page).fill(TEXT)
    expect(page.locator("#save-status")).to_contain_text("no connection")
    text_of(other).fill("snow")
    saved(other)
    page.close(run_before_unload=False)
    other.reload()
    expect(other.get_by_role("toolbar", name="Marks in the text")).to_be_visible()
    assert text_of(other).input_value() == "snow"
    take_up(other)
    assert text_of(other).input_value() == TEXT
    other.get_by_role("button", name="Compare the two").click()
    other.get_by_role("button", name="Keep this one").click()
    other.wait_for_url("**/write/*/")
    assert text_of(other).input_value() == TEXT
    emptied(other)
    assert LeftText.objects.get().body == "snow"


def test_a_window_that_is_closed_over_two_texts_has_lost_none(writer, page, context):
    draft = make_review(writer, make_film("Hope"), status="draft", body="rain")
    other = context.new_page()
    for window in (page, other):
        begin(window, f"/write/{draft.pk}/")
    text_of(other).fill("snow")
    saved(other)
    text_of(page).fill(TEXT)
    expect(page.get_by_role("button", name="Compare the two")).to_be_visible()
    page.close(run_before_unload=False)
    begin(other, f"/write/{draft.pk}/")
    take_up(other)
    assert text_of(other).input_value() == TEXT


@pytest.mark.parametrize("choice", ["Keep this one", "Keep both, as two drafts"])
def test_a_text_that_the_site_has_is_not_offered_after_the_other_is_chosen(writer, page, choice):
    draft = make_review(writer, make_film("Hope"), status="draft", body="rain")
    begin(page, f"/write/{draft.pk}/")
    Review.objects.filter(pk=draft.pk).update(body="snow", version=2)
    text_of(page).fill(TEXT)
    page.get_by_role("button", name="Compare the two").click()
    page.get_by_role("link", name=choice).or_(page.get_by_role("button", name=choice)).first.click()
    page.wait_for_url("**/write/*/")
    emptied(page)
    begin(page, f"/write/{draft.pk}/")
    assert text_of(page).input_value() == "snow"
    expect(offered(page)).to_have_count(0)
    assert TEXT in {row.body for row in (*LeftText.objects.all(), *Review.objects.all())}


def test_an_answer_that_leads_to_the_sign_in_is_no_arrival(writer, page):
    begin(page)
    login = {"status": 302, "headers": {"Location": "/accounts/login/?next=/write/"}}
    page.route("**/write/save/", lambda route: route.fulfill(**login))
    text_of(page).fill(TEXT)
    expect(page.locator("#save-status")).to_contain_text("Your text is still here")
    assert not Review.objects.exists()
    page.close(run_before_unload=False)
    page = page.context.new_page()
    begin(page)
    take_up(page)
    saved(page)
    assert Review.objects.get().body == TEXT


def test_a_token_that_is_refused_again_is_not_tried_without_a_pause(writer, page):
    tries = []

    def refuse_token(route):
        tries.append(route.request.url)
        route.fulfill(status=403, body="no")

    page.clock.install()
    begin(page)
    page.clock.pause_at(timezone.now() + timedelta(minutes=1))  # from here on time is ours
    page.route("**/write/save/", refuse_token)
    status = page.locator("#save-status")
    text_of(page).fill(TEXT)
    for pause, so_far in ((3_000, 1), (1, 2), (5_000, 3), (10_000, 4), (20_000, 5), (30_000, 6)):
        with page.expect_response("**/write/") as renewed:
            if pause > 1:
                page.clock.run_for(pause - 100)
                assert len(tries) == so_far - 1
            page.clock.run_for(200)
        renewed.value.finished()
        assert len(tries) == so_far
        if so_far > 1:
            expect(status).to_contain_text("the site could not take it")
    page.unroute_all()
    page.clock.run_for(30_100)
    saved(page)
    assert Review.objects.get().body == TEXT


def test_who_is_signed_out_sends_the_form_and_sends_it_again(writer, page, context, sign_in):
    film = make_film("Hope")
    begin(page, f"/write/?film={film.slug}")
    text_of(page).fill(TEXT)
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert page.get_by_label("Your text").input_value() == TEXT
    sign_in(writer)
    for _ in range(2):  # the page's token is of another session: it comes back once, with its own
        page.get_by_role("button", name="Send it again").click()
        if not page.get_by_role("heading", name="Once more, please").is_visible():
            break
    page.wait_for_url("**/write/*/")
    assert text_of(page).input_value() == TEXT
    assert Review.objects.get().body == TEXT


def test_somebody_else_at_the_same_browser_finds_nothing(writer, page, context, sign_in):
    begin(page)
    context.set_offline(True)
    text_of(page).fill(TEXT)
    expect(page.locator("#save-status")).to_contain_text("no connection")
    context.clear_cookies()
    sign_in(make_user("other"))
    context.set_offline(False)
    expect(page.locator("#save-status")).to_contain_text("somebody else", timeout=40_000)
    assert not Review.objects.exists()
    second = context.new_page()
    begin(second)
    assert text_of(second).input_value() == ""
    expect(second.get_by_text("There is text here")).to_have_count(0)


def test_signing_out_empties_what_the_browser_kept(writer, page):
    begin(page)
    page.evaluate("localStorage.setItem('afterimage.text.1.x', '{}')")
    page.goto("/desk/")
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_published_piece_is_changed_beside_and_marked_by_keys(writer, page):
    piece = make_review(writer, make_film("Hope"), words=60, body="rain on roofs")
    begin(page, f"/write/{piece.pk}/")
    field = text_of(page)
    field.focus()
    field.press("Control+a")
    field.press("Control+b")
    assert field.input_value() == "**rain on roofs**"
    field.press("Control+z")
    assert field.input_value() == "rain on roofs"
    field.press("End")
    field.press("Control+Shift+Digit9")
    assert field.input_value() == "rain on roofs[^1]\n\n[^1]: "
    field.press_sequentially("Of tin.")
    expect(page.locator("#save-status")).to_contain_text("not published")
    piece.refresh_from_db()
    assert piece.body == "rain on roofs"
    assert WorkingCopy.objects.get().fields["body"] == "rain on roofs[^1]\n\n[^1]: Of tin."
    bar = page.get_by_role("toolbar")
    bar.get_by_role("button", name="Bold").focus()
    page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Italic")).to_be_focused()


@pytest.fixture
def scriptless(writer, context, without_script):
    """Signed in, where no script runs."""
    without_script.context.add_cookies(context.cookies())
    return without_script


def test_without_script_every_form_keeps_the_text(scriptless):
    page = scriptless
    page.goto("/write/")
    text_of(page).fill(TEXT)
    page.get_by_role("button", name="Preview").click()
    page.goto("/desk/")
    page.get_by_role("link", name="Continue").first.click()
    assert text_of(page).input_value() == TEXT
    expect(page.get_by_role("toolbar")).to_have_count(0)


def test_without_script_one_draft_in_two_windows_is_compared(writer, scriptless):
    draft = make_review(writer, make_film("Hope"), status="draft", body="rain")
    page, other = scriptless, scriptless.context.new_page()
    for window in (page, other):
        window.goto(f"/write/{draft.pk}/")
    text_of(other).fill("rain, from the other window")
    other.get_by_role("button", name="Keep as a draft").click()
    text_of(page).fill("rain, from this one")
    page.get_by_role("button", name="Keep as a draft").click()
    keep_this_one(page, "rain")
