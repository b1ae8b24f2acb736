"""Pages for visitors come whole from the cache; what moderation takes away leaves it at once."""

import gzip

import brotli
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config import page_cache
from films.models import Film
from tests.factories import (
    make_afterthought,
    make_comment,
    make_film,
    make_image,
    make_review,
    make_user,
)
from users.models import SiteSettings
from users.visitor_pages import new_epoch

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keeping(settings):
    settings.PAGE_CACHE_SECONDS = 60


@pytest.fixture
def visitor(keeping):
    return Client()


@pytest.fixture
def essay():
    return make_review(title="Tidewater", film=make_film("Vertigo", 1958))


def queries_of(client, address, **headers):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address, headers=headers)
    return len(queries), response


def test_the_second_visitor_asks_the_database_nothing_and_reads_the_same(visitor, essay):
    address = essay.get_absolute_url()
    first, whole = queries_of(visitor, address)
    again, kept = queries_of(Client(), address)
    assert first > 0
    assert again == 0
    assert kept.content == whole.content
    assert kept["ETag"] == whole["ETag"]
    for name in ("Content-Security-Policy", "X-Frame-Options", "Permissions-Policy",
                 "Referrer-Policy", "X-Content-Type-Options", "Content-Type"):  # fmt: skip
        assert kept[name] == whole[name]
    assert kept["X-Request-ID"] != whole["X-Request-ID"]


@pytest.mark.parametrize(
    ("encoding", "unpacked"), [("br", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_it_is_sent_as_it_was_compressed(visitor, essay, encoding, unpacked):
    plain = visitor.get(essay.get_absolute_url()).content
    packed = visitor.get(essay.get_absolute_url(), headers={"Accept-Encoding": encoding})
    assert packed["Content-Encoding"] == encoding
    assert "Accept-Encoding" in packed["Vary"]
    assert int(packed["Content-Length"]) == len(packed.content)
    assert unpacked(packed.content) == plain


def test_who_has_the_page_is_told_so(visitor, essay):
    etag = visitor.get(essay.get_absolute_url())["ETag"]
    again = visitor.get(essay.get_absolute_url(), headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == etag
    other = visitor.get(essay.get_absolute_url(), headers={"If-None-Match": 'W/"other"'})
    assert other.status_code == 200


def test_members_always_see_the_truth_and_leave_nothing_behind(visitor, essay):
    visitor.get("/")
    member = Client()
    member.force_login(make_user("mina", display_name="Mina Kovács"))
    mine = member.get("/")
    assert "Mina Kovács" in mine.content.decode()
    assert mine["Cache-Control"] == "private"
    assert "Mina Kovács" not in visitor.get("/").content.decode()
    member.get("/essays/")
    assert "Mina Kovács" not in visitor.get("/essays/").content.decode()


def test_each_choice_of_lights_has_its_page(visitor):
    light = visitor.get("/about/").content
    visitor.cookies["display"] = "dark"
    dark = visitor.get("/about/").content
    assert b'data-theme="dark"' in dark
    assert b"data-theme" not in light
    visitor.cookies["display"] = "anything else"
    assert visitor.get("/about/").content == light


def test_each_host_has_its_page(visitor, settings, essay):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    for host in ("one.example", "two.example", "one.example"):
        page = visitor.get(essay.get_absolute_url(), headers={"host": host}).content.decode()
        assert f"http://{host}/essays/tidewater/" in page
    assert visitor.get("/about/", headers={"host": "evil.example"}).status_code == 400


def test_a_list_for_htmx_and_the_whole_page_are_kept_apart(visitor, essay):
    whole = visitor.get("/films/").content
    swapped = visitor.get("/films/", headers={"HX-Request": "true"}).content
    assert b"<html" in whole
    assert b"<html" not in swapped
    assert visitor.get("/films/").content == whole


@pytest.mark.parametrize(
    "act",
    [
        lambda piece, staff: piece.hold(by=staff, reason="Why."),
        lambda piece, staff: piece.hide(by=staff, reason="Why."),
        lambda piece, staff: piece.remove(by=staff, reason="Why."),
        lambda piece, staff: piece.hold(by_rule="links", reason="Why."),
        lambda piece, _staff: piece.delete_by_owner(by=piece.author),
        lambda piece, _staff: piece.unpublish(by=piece.author),
    ],
    ids=["hold", "hide", "remove", "held by a rule", "delete", "unpublish"],
)
def test_what_is_taken_away_is_gone_at_once_everywhere(
    visitor, essay, act, django_capture_on_commit_callbacks
):
    pages = [essay.get_absolute_url(), "/", "/essays/", essay.film.get_absolute_url(), "/feed/"]
    for address in pages:
        assert "Tidewater" in visitor.get(address).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        act(essay, make_user(role="moderator"))
    assert visitor.get(pages[0]).status_code in (404, 410)
    for address in pages[1:]:
        assert "Tidewater" not in visitor.get(address).content.decode()


def test_a_reply_or_a_picture_that_is_taken_away_is_gone_at_once(
    visitor, essay, django_capture_on_commit_callbacks
):
    reply = make_comment(essay, body="Cold words.")
    image = make_image(title="Evening Breeze")
    assert "Cold words." in visitor.get(essay.get_absolute_url()).content.decode()
    assert visitor.get(image.get_absolute_url()).status_code == 200
    moderator = make_user(role="moderator")
    with django_capture_on_commit_callbacks(execute=True):
        reply.hide(by=moderator, reason="Why.")
        image.remove(by=moderator, reason="Why.")
    assert "Cold words." not in visitor.get(essay.get_absolute_url()).content.decode()
    assert visitor.get(image.get_absolute_url()).status_code == 410


def test_a_picture_goes_with_the_last_piece_that_shows_it(
    visitor, essay, django_capture_on_commit_callbacks
):
    image = make_image(essay.author, title="Evening Breeze")
    essay.review_images.create(image=image, role="hero")
    assert visitor.get(image.get_absolute_url()).status_code == 200
    moderator = make_user(role="moderator")
    with django_capture_on_commit_callbacks(execute=True):
        essay.hold(by=moderator, reason="Why.")
    assert visitor.get(image.get_absolute_url()).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        essay.restore(by=moderator, reason="Well.")
    assert visitor.get(image.get_absolute_url()).status_code == 200


def test_a_credit_that_is_corrected_shows_at_once(visitor, django_capture_on_commit_callbacks):
    image = make_image(title="Evening Breeze")
    assert "Kono" in visitor.get(image.get_absolute_url()).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        image.correct_credit(by=image.uploaded_by, creator_name="Somebody else")
    assert "Kono" not in visitor.get(image.get_absolute_url()).content.decode()


def test_a_label_hides_the_text_at_once(visitor, django_capture_on_commit_callbacks):
    essay = make_review(title="Tidewater", body="He was dead all along. " * 90)
    assert "He was dead" in visitor.get("/essays/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        essay.label(by=make_user(role="moderator"), reason="It tells the end.")
    assert "He was dead" not in visitor.get("/essays/").content.decode()


def test_a_page_read_before_a_hold_and_kept_after_it_is_not_served(visitor, essay, monkeypatch):
    whole = page_cache.kept

    def kept_late(response, epoch):
        essay.hold(by=make_user(role="moderator"), reason="Why.")
        page_cache.new_epoch()
        return whole(response, epoch)

    monkeypatch.setattr(page_cache, "kept", kept_late)
    visitor.get(essay.get_absolute_url())
    monkeypatch.setattr(page_cache, "kept", whole)
    assert visitor.get(essay.get_absolute_url()).status_code == 404


def test_everything_else_is_a_minute_old_at_most(visitor, essay, settings):
    visitor.get("/essays/")
    make_review(title="Newer")
    assert "Newer" not in visitor.get("/essays/").content.decode()
    new_epoch()  # the minute over
    assert "Newer" in visitor.get("/essays/").content.decode()


def test_new_site_settings_show_at_once(visitor, django_capture_on_commit_callbacks):
    visitor.get("/privacy/")
    with django_capture_on_commit_callbacks(execute=True):
        SiteSettings(privacy="We keep nothing.").save()
    assert "We keep nothing." in visitor.get("/privacy/").content.decode()


@pytest.mark.parametrize(
    "address",
    ["/accounts/login/", "/accounts/signup/", "/search/?q=rain", "/nowhere/", "/essays/?a=1",
     "/films/?theme=unheard-of", "/healthz", "/readyz", "/robots.txt", "/themes/complete/?q=a"],
)  # fmt: skip
def test_nothing_else_is_kept(visitor, address):
    visitor.get(address)
    response = visitor.get(address)
    assert not response.get("ETag", "").startswith('W/"')


def test_no_kept_page_holds_a_form_of_anybodys_own_or_sets_a_cookie(visitor, essay):
    film = essay.film
    for address in ("/", "/films/", film.get_absolute_url(), essay.get_absolute_url(), "/log/",
                    essay.author.get_absolute_url(), reverse("films:themes")):  # fmt: skip
        visitor.get(address)
        count, response = queries_of(visitor, address)
        assert count == 0
        assert not response.cookies
        assert b"csrfmiddlewaretoken" not in response.content


def test_shared_caches_are_told_to_keep_it_only_behind_a_cdn(visitor, settings):
    page = visitor.get("/about/")
    assert page["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert "s-maxage" not in page["Cache-Control"]
    settings.BEHIND_CDN = True
    new_epoch()
    page = visitor.get("/about/")
    assert page["Cache-Control"].startswith("public, max-age=0, s-maxage=60")
    assert "Cookie" in page["Vary"]


@pytest.mark.parametrize(
    "accepted", ["", "br;q=0", "identity", "zbrx", "br; q=0, gzip;q=0.0", "deflate"]
)
def test_what_a_reader_cannot_unpack_is_sent_plain(visitor, essay, accepted):
    visitor.get("/about/")
    page = visitor.get("/about/", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in page
    assert b"<html" in page.content


def test_a_broken_cache_costs_no_reader_a_page(visitor, essay, monkeypatch):
    class Broken:
        def get_many(self, keys):
            raise ConnectionError

        set = get_many

    monkeypatch.setattr(page_cache, "pages", Broken)
    for address in ("/about/", essay.get_absolute_url(), "/healthz", "/readyz", "/robots.txt"):
        assert visitor.get(address).status_code == 200


def test_addresses_of_which_there_are_endless_are_not_kept(visitor, essay):
    note = make_review(words=60)
    years = "from=1950&to=1960", "from=1951&to=1959", "from=1950", "to=1959", "from=9990&to=9999"
    films = [f"/films/?{each}" for each in ("q=rain", *years)]
    for address in (*films, f"/notes/000{note.pk}/"):
        for _ in range(2):
            response = visitor.get(address, follow=True)
        assert not response.get("ETag", "").startswith('W/"'), address
    for address in ("/films/?sort=title", "/films/?from=1950&to=1959"):
        visitor.get(address)
        assert visitor.get(address)["ETag"].startswith('W/"')


def test_on_a_site_with_an_origin_only_its_own_host_is_kept(visitor, settings):
    settings.ALLOWED_HOSTS = [".example"]
    settings.SITE_ORIGIN = "https://films.example"
    assert "ETag" not in visitor.get("/about/", headers={"host": "other.films.example"})
    assert "ETag" in visitor.get("/about/", headers={"host": "films.example"})


def test_korean_addresses_are_kept_too(visitor):
    essay = make_review(title="오래된 모자")
    visitor.get(essay.get_absolute_url())
    assert queries_of(visitor, essay.get_absolute_url())[0] == 0


def test_what_staff_correct_in_the_admin_shows_at_once(
    visitor, essay, django_capture_on_commit_callbacks
):
    person = essay.author
    person.about = "An old sentence."
    person.save()
    assert "An old sentence." in visitor.get(person.get_absolute_url()).content.decode()
    staff = Client()
    staff.force_login(make_user("root", role="editor", is_superuser=True))
    fields = {"username": person.username, "display_name": "", "email": person.email, "about": "",
              "language": "en", "time_zone": "UTC", "is_active": "on", "level": "0"}  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        response = staff.post(f"/admin/users/user/{person.pk}/change/", fields)
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert "An old sentence." not in visitor.get(person.get_absolute_url()).content.decode()


def test_an_ending_that_its_author_marks_is_closed_at_once(
    visitor, django_capture_on_commit_callbacks
):
    essay = make_review(title="Tidewater", body="He was dead all along. " * 90)
    assert "He was dead" in visitor.get("/essays/").content.decode()
    essay.is_spoiler = True
    essay.render()
    with django_capture_on_commit_callbacks(execute=True):
        essay.store(themes=[], hero=None, image_keys=[], version=essay.version)
    assert "He was dead" not in visitor.get("/essays/").content.decode()


def test_one_more_mark_closes_at_once(visitor, django_capture_on_commit_callbacks):
    body = "It rains. >!Nobody comes!<. He was dead all along. " + "rain " * 450
    essay = make_review(title="Tidewater", body=body)
    assert "He was dead" in visitor.get("/essays/").content.decode()
    essay.body = body.replace("He was dead all along.", ">!He was dead all along.!<")
    essay.render()
    with django_capture_on_commit_callbacks(execute=True):
        essay.store(themes=[], hero=None, image_keys=[], version=essay.version)
    assert "He was dead" not in visitor.get("/essays/").content.decode()


def test_a_mark_in_a_reply_or_an_afterthought_closes_at_once(
    visitor, essay, django_capture_on_commit_callbacks
):
    words, address = "He was dead all along.", essay.get_absolute_url()
    reply, answer = make_comment(essay, body=words), make_afterthought(essay, text=words)

    def shown():
        page = visitor.get(address).content.decode()
        return page.count(words) - page.count(f"<span>{words}</span>")

    assert shown() == 2
    with django_capture_on_commit_callbacks(execute=True):
        reply.rewrite(f">!{words}!<")
    assert shown() == 1
    answer.review.refresh_from_db()
    given = {"is_still": True, "is_kept": False, "seen": answer.as_seen}
    with django_capture_on_commit_callbacks(execute=True):
        answer.rewrite(text=f">!{words}!<", **given)
    assert shown() == 0


def test_it_can_be_switched_off(settings, essay):
    settings.PAGE_CACHE_SECONDS = 0
    client = Client()
    client.get("/essays/")
    Film.objects.filter(pk=essay.film_id).update(title="Other")
    assert queries_of(client, "/essays/")[0] > 0


@pytest.mark.parametrize("first", ["get", "head"])
def test_head_has_the_headers_of_the_page_whichever_was_asked_first(visitor, essay, first):
    address = essay.get_absolute_url()
    getattr(visitor, first)(address)
    get, head = visitor.get(address), visitor.head(address)
    assert get.content.endswith(b"</html>\n")
    assert not head.content
    for name in ("ETag", "Cache-Control", "Vary", "Content-Length", "Content-Type"):
        assert head[name] == get[name]
    known = {"If-None-Match": head["ETag"]}
    assert visitor.head(address, headers=known).status_code == 304
