"""Every kind of page: no barrier, nothing wider than the window, nothing the policy forbids."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.crowded import VILLAGE, make_crowded_site
from tests.factories import make_film, make_review, make_user
from users.models import ModerationAction

TAGS = [
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice",
]  # fmt: skip
OF_COLOUR = ["color-contrast", "link-in-text-block"]
AXE = Axe().axe_script
WIDTHS = (320, 390, 768, 1280)
# The page's own width, and what makes it so: not what scrolls inside something else.
TOO_WIDE = """() => {
  const root = document.documentElement, room = root.clientWidth;
  if (root.scrollWidth <= room) return [];
  const scrolls = el => el !== root && el !== document.body
    && (getComputedStyle(el).overflowX !== "visible" || scrolls(el.parentElement));
  const names = [...document.body.querySelectorAll("*")]
    .filter(el => el.checkVisibility() && el.getBoundingClientRect().right > room + 1 && !scrolls(el.parentElement))
    .map(el => `${el.parentElement.tagName}.${el.parentElement.className} > ${el.tagName}.${el.getAttribute("class") || el.id}`);
  return [`${root.scrollWidth} px`, ...names.slice(0, 6)];
}"""

# {words of an element: on how many lines they stand}, without what is hidden behind them
LINES = """all => Object.fromEntries(all.map(el => {
  const range = document.createRange();
  range.selectNodeContents(el.firstChild);
  return [el.firstChild.data, range.getClientRects().length];
}))"""


def pages_to_read(site):
    yield "home", "/"
    for name in ("essay", "again", "korean", "arabic", "ending"):
        yield name, getattr(site, name).get_absolute_url()
    yield "note", site.note.get_absolute_url()
    yield "essays", "/essays/"
    yield "essays without a match", "/essays/?language=ja&theme=unheard-of"
    yield "essays on a film", f"{site.films[0].get_absolute_url()}essays/"
    yield "notes on a film", f"{site.films[0].get_absolute_url()}notes/"
    yield "member", site.author.get_absolute_url()
    yield "member's essays", f"{site.author.get_absolute_url()}?show=essays"
    yield "diary", f"{site.author.get_absolute_url()}diary/"
    yield "picture", site.image.get_absolute_url()


def pages_of_the_catalogue(site):
    yield "browse", "/films/"
    yield "browse, filtered", "/films/?theme=family&theme=memory&country=south-korea&sort=title"
    yield "browse, empty", "/films/?theme=family&q=unheard-of"
    yield "search", "/search/?q=lo"
    yield "search, a slip", "/search/?q=lomg"
    yield "search, nothing", "/search/?q=unheard-of"
    yield "search for essays", "/search/?q=rain&kind=essays"
    yield "browse, unknown", "/films/?theme=unheard-of&after=nowhere"
    for film in site.films[:6]:
        yield f"film {film.pk}", film.get_absolute_url()
    yield "film, withdrawn", site.withdrawn.get_absolute_url()
    yield "themes", "/themes/"
    yield "theme", site.theme.get_absolute_url()
    yield "countries", "/countries/"
    yield "country", site.country.get_absolute_url()
    yield "person", site.person.get_absolute_url()


def pages_around(site):
    yield "about", "/about/"
    for name in ("rules", "privacy", "terms", "contact", "accessibility", "formulas"):
        yield name, f"/{name}/"
    yield "log", "/log/"
    yield "log entry", ModerationAction.objects.latest("pk").get_absolute_url()
    yield "sign in", "/accounts/login/?next=/desk/"
    yield "sign up", "/accounts/signup/"
    yield "reset", "/accounts/password/reset/"
    yield "reset, sent", "/accounts/password/reset/done/"
    yield "reset, bad link", "/accounts/password/reset/key/1-nothing/"
    yield "confirm, bad link", "/accounts/confirm-email/nothing/"
    yield "404", "/nowhere/"
    yield "410", site.removed.get_absolute_url()
    yield "410, picture", site.taken.get_absolute_url()


def pages_of_a_member(site):
    yield "film", site.films[0].get_absolute_url()
    yield "essay", site.essay.get_absolute_url()
    yield "reply", f"{site.essay.get_absolute_url()}?reply={site.comment.pk}"
    for status in ("draft", "held", "hidden", "deleted"):
        yield status, getattr(site, status).get_absolute_url()
    yield "desk", "/desk/"
    yield "kept for later", "/later/"
    yield "own pictures", "/desk/pictures/"
    yield "settings", "/settings/"
    yield "addresses", "/accounts/email/"
    yield "password", "/accounts/password/change/"
    yield "second factor", "/accounts/2fa/"
    yield "second factor, once more", "/accounts/2fa/totp/activate/"
    yield "devices", "/settings/sessions/"
    yield "sign out", "/accounts/logout/"
    yield "write", "/write/"
    yield "write on a film", f"/write/?film={site.films[0].slug}"
    yield "edit", f"/write/{site.essay.pk}/"
    yield "edit, held", f"/write/{site.held.pk}/"
    yield "delete", f"/write/{site.essay.pk}/delete/"
    yield "edit a reply", f"/comments/{site.reply.pk}/"
    yield "delete a reply", f"/comments/{site.reply.pk}/delete/"
    yield "add a film", "/films/add/"
    yield "add a picture", f"{site.films[0].get_absolute_url()}pictures/add/"
    yield "correct a credit", f"{site.image.get_absolute_url()}credit/"
    yield "own picture", site.image.get_absolute_url()
    yield "report", f"/report/film/{site.films[0].pk}/"
    yield "403", "/admin/"


def pages_of_staff(site):
    yield "admin", "/admin/"
    for model in ("reviews/review", "films/film", "films/theme", "films/image", "users/user",
                  "users/report", "users/sitesettings", "users/moderationaction", "reviews/comment"):  # fmt: skip
        yield f"list of {model}", f"/admin/{model}/"
    yield "list, filtered", "/admin/reviews/review/?status=held"
    yield "review", f"/admin/reviews/review/{site.essay.pk}/change/"
    yield "film", f"/admin/films/film/{site.films[0].pk}/change/"
    yield "theme", f"/admin/films/theme/{site.theme.pk}/change/"
    yield "image", f"/admin/films/image/{site.image.pk}/change/"
    yield "pictures to look at", "/admin/films/image/review/"
    yield "member", f"/admin/users/user/{site.author.pk}/change/"
    yield (
        "log entry",
        f"/admin/users/moderationaction/{ModerationAction.objects.latest('pk').pk}/change/",
    )


PARTS = {
    "reading": (pages_to_read, None),
    "catalogue": (pages_of_the_catalogue, None),
    "around": (pages_around, None),
    "member": (pages_of_a_member, "author"),
    "staff": (pages_of_staff, "staff"),
}


@pytest.fixture
def site():
    return make_crowded_site()


def barriers(page, name):
    """What axe finds. Nothing but the colours differs by night: there it looks at these alone."""
    page.evaluate(AXE)
    for scheme, rules in (("light", {"type": "tag", "values": TAGS}),
                          ("dark", {"type": "rule", "values": OF_COLOUR})):  # fmt: skip
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        options = {"resultTypes": ["violations"], "runOnly": rules, "preload": False}
        for found in page.evaluate("options => axe.run(options)", options)["violations"]:
            for node in found["nodes"][:3]:
                why = node["failureSummary"].splitlines()[-1].strip()
                yield f"{name}, {scheme}: {found['id']}: {node['target']} {node['html']:.120} {why}"


def overflows(page, name):
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if wide := page.evaluate(TOO_WIDE):
            yield f"{name}, at {width}: {wide}"


def defects(page, name):
    """Of the page as it is open now."""
    return [*barriers(page, name), *overflows(page, name)]


def complained(name, complaints):
    """A page that is no 200 is no error of ours; a policy that is broken always is."""
    texts = [f"{name}: {text}" for text in complaints if "the server responded" not in text]
    complaints.clear()
    return texts


def look(page, name, complaints):
    found = [*defects(page, name), *complained(name, complaints)]
    page.set_viewport_size({"width": 1280, "height": 800})
    return found


@pytest.mark.parametrize("part", PARTS)
def test_no_page_has_a_barrier_or_scrolls_sideways(part, site, page, complaints, sign_in):
    pages, role = PARTS[part]
    if role:
        sign_in(getattr(site, role))
    found = []
    for name, address in pages(site):
        status = page.goto(address).status
        is_meant = status < 400 or name.startswith((str(status), "reset, bad", "confirm, bad"))
        found += [] if is_meant else [f"{name}: {status}"]
        found += look(page, name, complaints)
    assert not found, "\n".join(found)


def test_the_last_column_of_a_diary_breaks_no_word(site, page, sign_in):
    sign_in(site.author)
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{site.author.get_absolute_url()}diary/")
    lines = page.locator(".diary td:last-child :is(a, button)").evaluate_all(LINES)
    assert {"Essay", "Take out"} <= lines.keys()
    assert set(lines.values()) == {1}


def test_no_answer_to_a_form_has_a_barrier_or_scrolls_sideways(site, page, complaints, sign_in):
    found = []

    def press(button, name):
        page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
        page.wait_for_load_state()
        found.extend(look(page, name, complaints))

    page.goto("/accounts/login/")
    press("Sign in", "sign in with errors")
    page.goto("/accounts/signup/")
    page.get_by_label("Member name").fill(VILLAGE * 3)
    press("Join", "sign up with errors")
    sign_in(site.author)
    page.goto("/write/")
    press("Publish", "write with errors")
    page.goto(f"/write/{site.essay.pk}/")
    press("Preview", "preview")
    page.goto("/films/add/")
    press("Add the film", "add a film with errors")
    page.goto("/settings/")
    assert not found, "\n".join(found)


def test_the_page_that_asks_a_moderator_for_reasons(site, page, complaints, sign_in):
    sign_in(site.staff)
    page.goto(f"/admin/reviews/review/{site.essay.pk}/change/")
    page.get_by_role("button", name="Hide…").click()
    found = look(page, "confirmation", complaints)
    page.locator("button[data-submit]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += look(page, "confirmation with errors", complaints)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("path", "title", "behind"),
    [
        ("/members/writer/", ".entry .byline cite", ".entry .byline time"),
        ("/essays/", ".entry .byline cite", ".entry .byline time"),
        ("/themes/injustice/", ".name", ".name + .meta"),
    ],
)
def test_what_stands_behind_an_arabic_title_keeps_its_direction(
    live_server, page, path, title, behind
):
    film = make_film("سكر بنات", 2007, themes=["injustice"])
    make_review(make_user("writer", display_name="مريم"), film)
    page.goto(live_server.url + path)
    before, after = (page.locator(name).first.bounding_box() for name in (title, behind))
    assert after["x"] >= before["x"] + before["width"]


def test_the_lines_under_an_arabic_title_begin_under_its_beginning(live_server, page):
    make_review(title="كيف", language="ar", body="المطر على السطوح " * 300)
    page.goto(f"{live_server.url}/essays/")
    title, lines = (page.locator(f".entry {name}").bounding_box() for name in ("h3", ".dek"))
    assert lines["width"] < title["width"]
    assert lines["x"] + lines["width"] == title["x"] + title["width"]
