"""What is rendered once and kept never outlives what it says."""

import re
from datetime import date
from itertools import count, repeat

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage

from films.models import Decade, Film, Image, Language, License
from reviews import threads
from reviews.models import Mark, Review, Revision, Viewing
from tests.factories import (
    make_afterthought,
    make_comment,
    make_country,
    make_film,
    make_image,
    make_review,
    make_theme,
    make_user,
)
from users import fragments
from users.models import Rule, SiteSettings

pytestmark = pytest.mark.django_db

FILE = {"format": "jpeg", "width": 480, "height": 300, "name": "street-480.jpg", "bytes": 1_000}


@pytest.fixture
def film():
    country = make_country("KR", "South Korea")
    film = make_film("Hope", countries=(country.code,), themes=("injustice",), directors=("Li",))
    film.add_image(make_image(title="A street", derivatives=[FILE]), by=make_user())
    make_review(make_user("mina"), film, title="After the rain", lead="I went alone.")
    return film


def test_a_vote_shows_at_once(client, film):
    assert "no votes yet" in client.get(film.get_absolute_url()).content.decode()
    film.add_theme("injustice", by=make_user())
    assert "1 agrees" in client.get(film.get_absolute_url()).content.decode()


def test_a_new_name_of_a_theme_shows_everywhere_at_once(client, film):
    pages = "/themes/", film.get_absolute_url(), "/"
    for page in pages:
        assert "Injustice" in client.get(page).content.decode()
    theme = film.themes.get()
    theme.name = "wrong done"
    theme.save()
    for page in pages:
        assert "Wrong done" in client.get(page).content.decode()


def test_a_new_name_of_a_country_shows_in_the_index_at_once(client, film):
    assert "South Korea" in client.get("/countries/").content.decode()
    country = film.countries.get()
    country.name = "The Korean Republic"
    country.save()
    assert "The Korean Republic" in client.get("/countries/").content.decode()


def test_a_new_name_of_a_successor_shows_in_the_index_at_once(client):
    former = make_country(
        "YUCS", "Yugoslavia", is_former=True, existed_from=1918, existed_to=1992, film_count=3
    )
    successor = make_country("RS", "Serbia")
    former.successors.add(successor)
    assert "now Serbia" in client.get("/countries/").content.decode()
    successor.name = "New Serbia"
    successor.save()
    assert "now New Serbia" in client.get("/countries/").content.decode()


def test_a_new_name_of_a_writer_shows_at_once(client, film):
    assert "mina" in client.get(film.get_absolute_url()).content.decode()
    mina = film.reviews.get().author
    mina.display_name = "Mina K."
    mina.save()
    assert "Mina K." in client.get(film.get_absolute_url()).content.decode()


def test_a_mended_credit_shows_at_once(client, film):
    assert "A street" in client.get(film.get_absolute_url()).content.decode()
    image = film.film_images.get().image
    image.title = "A lane"
    image.save()
    assert "A lane" in client.get(film.get_absolute_url()).content.decode()
    License.objects.filter(pk=image.license_id).update(name="No rights kept")
    html = client.get(film.get_absolute_url()).content.decode()
    assert "A street" not in html
    assert "No rights kept" in html


def test_a_picture_that_is_taken_down_leaves_the_page_at_once(client, film):
    image = film.film_images.get().image
    assert image.url in client.get(film.get_absolute_url()).content.decode()
    address = image.url
    image.hide(by=make_user(role="moderator"), reason="No licence at the source.")
    html = client.get(film.get_absolute_url()).content.decode()
    assert address not in html
    assert "No licence at the source." in html


def test_a_card_that_is_drawn_anew_shows_at_once(client, film):
    assert "South Korea" in client.get("/films/").content.decode()
    country = film.countries.get()
    country.name = "The Korean Republic"
    country.save()
    country.reprint("South Korea")
    assert "The Korean Republic" in client.get("/films/").content.decode()
    tones = {"deep", "bright", "pale", "night"} - {film.card_tone}
    Film.objects.filter(pk=film.pk).update(card_tone=min(tones))
    assert f"t-{min(tones)}" in client.get("/films/").content.decode()


def test_a_state_that_ended_shows_its_years_at_once(client):
    former = make_country("YUCS", "Yugoslavia", existed_from=1918, existed_to=1992, film_count=3)
    assert "1918 to 1992" not in client.get("/countries/").content.decode()
    former.is_former = True
    former.save()
    assert "1918 to 1992" in client.get("/countries/").content.decode()


def test_whatever_changes_in_a_thread_shows_at_once(client, film):
    def page():
        return client.get(film.reviews.get().get_absolute_url()).content.decode()

    first = make_comment(film.reviews.get(), author=make_user("noor"), body="So did I.")
    reply = make_comment(film.reviews.get(), parent=first, body="Not I.")
    assert "So did I." in page()
    first.rewrite("So did she.")
    assert "So did she." in page()
    first.author.display_name = "Noor A."
    first.author.save()
    assert "Noor A." in page()
    assert "Not I." in page()
    rule = Rule.objects.create(number=90, title="Be kind", text="Be kind.")
    reply.hide(by=make_user(role="moderator"), rule=rule, reason="No.")
    assert "Not I." not in page()
    assert "rule 90, Be kind" in page()
    Rule.objects.filter(pk=rule.pk).update(title="Be civil")
    assert "rule 90, Be civil" in page()
    assert make_comment(film.reviews.get(), body="Nor she.").body in page()


def change(row, **values):
    type(row).objects.filter(pk=row.pk).update(**values)


def mend(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def hide_passage(essay):
    moderator = make_user(role="moderator")
    essay.hide_passage(by=moderator, passage="It rained on the court.", reason="No.")


ON_A_FILM = {
    "the title": lambda f: change(f, title="Despair"),
    "the synopsis": lambda f: change(f, synopsis="Nothing."),
    "another title": lambda f: f.titles.create(text="Nadzieja", language="pl", kind="other"),
    "a country's name": lambda f: change(f.countries.get(), name="The Korean Republic"),
    "a language": lambda f: f.film_languages.create(
        language=Language.objects.get_or_create(code="ko", defaults={"name": "Korean"})[0]
    ),
    "a director's name": lambda f: change(f.people_as("director")[0], name="Li Na"),
    "the ratings": lambda f: make_review(film=f, words=30, rating=7),
    "a vote": lambda f: f.vote_theme(f.themes.get(), by=make_user(), agrees=False),
    "a theme": lambda f: f.add_theme("mercy", by=make_user()),
    "a theme's name": lambda f: change(f.themes.get(), name="wrong done"),
    "whether a theme gives it away": lambda f: change(f.themes.get(), gives_away=True),
    "an essay": lambda f: make_review(film=f, title="Snow"),
    "the title of an essay": lambda f: change(f.reviews.get(), title="No longer"),
    "the name of a writer": lambda f: change(f.reviews.get().author, display_name="Mina K."),
    "a note": lambda f: make_review(film=f, words=30),
    "how many it is still with": lambda f: make_afterthought(f.reviews.get()),
    "a picture": lambda f: f.add_image(make_image(title="A lane"), by=make_user()),
    "that a picture is hidden": lambda f: f.film_images.get().image.hide(
        by=make_user(role="moderator"), reason="No source."
    ),
    "the credit of a picture": lambda f: mend(f.film_images.get().image, title="A lane"),
    "what is near it": lambda f: make_film("Near", themes=("injustice",)),
    "what it is related to": lambda f: f.relations.create(kind="remake_of", other=make_film()),
    "that it is withdrawn": lambda f: f.hide(by=make_user(role="moderator"), reason="Twice."),
    "the site's name": lambda f: mend(SiteSettings.current(), name="Persistence"),
}


@pytest.mark.parametrize("what", ON_A_FILM)
def test_whatever_changes_on_the_page_of_a_film_shows_at_once(client, film, what):
    shows_at_once(client, film, ON_A_FILM[what])


def shows_at_once(client, row, make_change, address=None):
    """The page of parts that are kept is the one that would be drawn anew."""

    def page():
        return client.get(address or row.get_absolute_url()).content.decode()

    before = page()
    assert page() == before
    make_change(row)
    after = page()
    assert after != before
    cache.clear()
    assert page() == after


AT_HOME = {
    "the title of a film": lambda f: change(f, title="Despair"),
    "a new film": lambda f: make_review(make_user(), make_film("Despair"), title="Snow"),
    "the title of an essay": lambda f: change(f.reviews.get(title="After the rain"), title="Snow"),
    "the name of a writer": lambda f: change(f.reviews.first().author, display_name="Mina K."),
    "a theme's name": lambda f: change(f.themes.get(), name="wrong done"),
    "a country's name": lambda f: change(f.countries.get(), name="The Korean Republic"),
    "the films of a decade": lambda f: f.countries.get().decades.update(film_count=9),
    "the picture at the head": lambda f: Image.objects.get(title="A yard").hide(
        by=make_user(role="moderator"), reason="No source."
    ),
    "the credit of that picture": lambda f: mend(Image.objects.get(title="A yard"), title="B"),
    "the site's name": lambda f: mend(SiteSettings.current(), name="Persistence"),
}


@pytest.mark.parametrize("what", AT_HOME)
def test_whatever_changes_at_home_shows_at_once(client, film, what):
    essay = make_review(film=film, title="In the yard")
    essay.review_images.create(image=make_image(title="A yard", derivatives=[FILE]), role="hero")
    shows_at_once(client, film, AT_HOME[what], "/")


IN_BROWSE = {
    "the title of a film": lambda f: change(f, title="Despair"),
    "its card": lambda f: change(f, card_tone="night", card_motif="rain"),
    "its country, as its card has it": lambda f: change(f, card_country="Korea"),
    "a new film": lambda f: make_film("Despair", 2011, countries=("KR",), themes=("injustice",)),
    "that a film is withdrawn": lambda f: f.hide(by=make_user(role="moderator"), reason="Twice."),
    "how strong a theme is": lambda f: f.theme_listings.update(strength=0.99),
    "how long it lasts": lambda f: change(f, lasting=0.5, lasting_still=1, lasting_total=2),
    "a theme's name": lambda f: change(f.themes.get(), name="wrong done"),
    "how many films have a theme": lambda f: change(f.themes.get(), film_count=77),
    "a theme to choose": lambda f: make_film(year=1950, countries=("FR",), themes=("mercy",)),
    "a country's name": lambda f: change(f.countries.get(), name="The Korean Republic"),
    "how many films a country has": lambda f: change(f.countries.get(), film_count=77),
    "that a country ended": lambda f: change(f.countries.get(), existed_to=2031),
    "a language to choose": lambda f: Language.objects.filter(code="ko").update(film_count=1),
    "the name of a language": lambda f: Language.objects.filter(code="fr").update(name="Romance"),
}
ADDRESSES = {
    "how strong a theme is": "/films/?theme=injustice",
    "how long it lasts": "/films/?sort=lasting",
}


@pytest.mark.parametrize("what", IN_BROWSE)
def test_whatever_changes_in_browse_shows_at_once(client, film, what):
    make_film("Mercy", 2012, countries=("KR",), themes=("injustice",))
    Language.objects.update_or_create(code="fr", defaults={"name": "French", "film_count": 2})
    country = film.countries.get().slug
    narrow = f"/films/?theme=injustice&country={country}&from=2010&to=2019"
    shows_at_once(client, film, IN_BROWSE[what], ADDRESSES.get(what, narrow))


@pytest.mark.parametrize("what", ["the title of a film", "a new film", "a theme's name"])
def test_what_changes_shows_at_once_where_only_the_list_is_asked_for(client, film, what):
    def part():
        address = "/films/?theme=injustice&from=2010&to=2019"
        return client.get(address, headers={"HX-Request": "true"}).content.decode()

    before = part()
    assert part() == before
    IN_BROWSE[what](film)
    after = part()
    assert after != before
    cache.clear()
    assert part() == after


@pytest.mark.parametrize(
    ("query", "is_kept"),
    [
        ("", True),
        ("?theme=injustice", True),
        ("?from=2010&to=2019&sort=title", True),
        ("?q=hope", False),
        ("?from=2011&to=2019", False),
        ("?theme=injustice&to=2019", False),
        ("?theme=injustice&theme=nothing", False),
        ("?after=x", False),
    ],
)
def test_of_queries_only_those_are_kept_that_pages_lead_to(
    client, film, monkeypatch, query, is_kept
):
    names = []

    def seen(name, draw, *parts):
        names.append(name)
        return fragments.kept(name, draw, *parts)

    monkeypatch.setattr("config.templatetags.fragments.kept", seen)
    response = client.get(f"/films/{query}")
    client.get(f"/films/{query}", headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert names == (["browse", "browse-swap"] if is_kept else [])


OF_A_THEME = {
    "its name": lambda t: change(t, name="wrong done"),
    "its definition": lambda t: change(t, definition="What should not be."),
    "its sign": lambda t: change(t, card_motif="spiral", card_ink="rose"),
    "a label": lambda t: t.labels.create(text="Unrecht", language="de", key="u", is_preferred=True),
    "a theme that it contains": lambda t: make_theme("mercy", broader=t, film_count=2),
    "the name of what it is part of": lambda t: change(t.broader, name="right"),
    "how strong it is in a film": lambda t: t.listings.update(strength=0.99),
    "the title of a film": lambda t: change(t.listings.get().film, title="Despair"),
    "a vote": lambda t: t.listings.get().film.vote_theme(t, by=make_user(), agrees=True),
    "how often it is met in a country": lambda t: t.by_country.update(film_count=9),
    "how many films there are": lambda t: make_film(year=1950),
    "the films of a decade": lambda t: t.decades.update(film_count=9),
    "a theme that is found with it": lambda t: change(t.pairs.get().other, name="guilt"),
    "an essay about it": lambda t: make_review(title="Snow", themes=["injustice"]),
}


@pytest.mark.parametrize("what", OF_A_THEME)
def test_whatever_changes_on_the_page_of_a_theme_shows_at_once(client, film, what):
    film.add_theme("love", by=make_user())
    theme = film.themes.get(slug="injustice")
    change(theme, broader=make_theme("law"))
    change(film.countries.get(), film_count=30)
    theme.by_country.update(film_count=6)
    theme.refresh_from_db()
    shows_at_once(client, theme, OF_A_THEME[what])


OF_A_COUNTRY = {
    "its name": lambda c: change(c, name="The Korean Republic"),
    "its own name": lambda c: change(c, native_names=[{"text": "한국", "language": "ko"}]),
    "how many essays there are": lambda c: change(c, essay_count=77),
    "the name of what came after it": lambda c: c.successors.update(name="North and South"),
    "what was before it": lambda c: c.predecessors.add(make_country("XX", "Before")),
    "how often a theme is met": lambda c: c.by_theme.update(film_count=9),
    "a theme's name": lambda c: change(c.by_theme.get().theme, name="wrong done"),
    "how many films there are": lambda c: Decade.objects.update(film_count=77),
    "the films of a decade": lambda c: c.decades.update(film_count=9),
    "the title of a film": lambda c: change(c.films.get(), title="Despair"),
    "an essay": lambda c: make_review(film=c.films.get(), title="Snow"),
}


# Of thirty films there is a profile, which alone says how many there are in all.
WITH_PROFILES = [(what, 30) for what in OF_A_COUNTRY]
WITHOUT = [(what, 1) for what in OF_A_COUNTRY if what != "how many films there are"]


@pytest.mark.parametrize(("what", "films"), WITH_PROFILES + WITHOUT)
def test_whatever_changes_on_the_page_of_a_country_shows_at_once(client, film, what, films):
    country = film.countries.get()
    country.successors.add(make_country("YY", "After"))
    change(country.by_theme.get().theme, is_accepted=True)
    change(country, film_count=films)
    country.by_theme.update(film_count=3)
    country.refresh_from_db()
    shows_at_once(client, country, OF_A_COUNTRY[what])


# On the page of an essay, each by a way of its own.
ON_A_PIECE = {
    "the title": lambda e: change(e, title="Before the rain"),
    "the text": lambda e: change(e, html="<p>It snowed.</p>"),
    "its rating": lambda e: change(e, rating=3),
    "that it tells the ending": lambda e: change(e, is_spoiler=True, safe_text=""),
    "its licence": lambda e: change(e, text_license="CC0-1.0"),
    "a passage": hide_passage,
    "its writer's name": lambda e: change(e.author, display_name="Mina K."),
    "the film's title": lambda e: change(e.film, title="Despair"),
    "the film's card": lambda e: change(e.film, card_seed=77, card_motif="rain"),
    "a theme's name": lambda e: change(e.themes.get(), name="wrong done"),
    "a theme": lambda e: e.set_themes(["love"]),
    "the credit of its picture": lambda e: mend(e.hero, title="A lane"),
    "the licence of its picture": lambda e: change(e.hero.license, name="No rights kept"),
    "its picture": lambda e: e.hero.hide(by=make_user(role="moderator"), reason="No source."),
    "when the film was seen": lambda e: change(e, seen_on=date(2014, 5, 1), seen_precision="year"),
    "that the film was not finished": lambda e: Viewing.objects.see(
        e.film, by=e.author, is_unfinished=True
    ),
    "another piece on the same film": lambda e: make_review(e.author, e.film, words=30),
    "that somebody else writes on it": lambda e: make_review(film=e.film, title="Snow"),
    "that its writer writes on": lambda e: make_review(e.author, title="Snow"),
    "the title of what stands beside it": lambda e: Review.objects.filter(title="Beside it").update(
        title="No longer"
    ),
    "what it answers": lambda e: change(e.answers_to, title="No longer"),
    "an answer": lambda e: make_review(film=make_film(), answers_to=e, title="Snow"),
    "the title of an answer": lambda e: e.answers.update(title="No longer"),
    "a mark": lambda e: Mark.objects.give(e, by=make_user(), kind="useful"),
    "an afterthought": lambda e: make_afterthought(e, text="Less so."),
    "a reply": lambda e: make_comment(e, body="Nor I."),
    "whether it takes replies": lambda e: change(e, comment_policy="closed"),
    "the site's name": lambda e: mend(SiteSettings.current(), name="Persistence"),
}


@pytest.mark.parametrize("what", ON_A_PIECE)
def test_whatever_changes_on_the_page_of_a_piece_shows_at_once(client, film, what):
    writer = film.reviews.get().author
    essay = make_review(
        writer,
        film,
        title="In the yard",
        body="It rained on the court.\n\n" + "rain " * 450,
        themes=["injustice"],
        answers_to=make_review(title="What it answers"),
    )
    essay.review_images.create(image=make_image(title="A yard", derivatives=[FILE]), role="hero")
    make_review(film=film, title="Beside it")
    make_review(answers_to=essay, title="An answer")
    make_comment(essay)
    essay.refresh_from_db()
    shows_at_once(client, essay, ON_A_PIECE[what])


@pytest.fixture(params=["a film", "a piece", "home"])
def pictured(request, film):
    """The address of a page with a picture."""
    essay = make_review(film=film, title="In the yard")
    picture = make_image(title="A yard", derivatives=[FILE])
    essay.review_images.create(image=picture, role="hero")
    film.add_image(picture, by=picture.uploaded_by)
    row = {"a film": film, "a piece": essay}.get(request.param)
    return row.get_absolute_url() if row else "/"


def test_where_the_files_of_pictures_lie_shows_at_once(client, settings, pictured):
    assert "/media/" in client.get(pictured).content.decode()
    settings.MEDIA_URL = "/elsewhere/"
    html = client.get(pictured).content.decode()
    assert "/elsewhere/" in html
    assert "/media/" not in html


def test_an_address_that_is_signed_anew_is_never_kept(client, monkeypatch, pictured):
    signatures = map("/media/{}?signature={}q".format, repeat("a.jpg"), count())
    monkeypatch.setattr(default_storage, "querystring_auth", True, raising=False)
    monkeypatch.setattr(default_storage, "url", lambda name: next(signatures))
    first, second = (
        set(re.findall(r"signature=\d+q", client.get(pictured).content.decode())) for _ in range(2)
    )
    assert first
    assert not first & second


def test_a_further_page_of_replies_is_linked_though_nobody_reads_anything_there(
    client, film, monkeypatch
):
    monkeypatch.setattr(threads, "SIZE", 1)
    essay = film.reviews.get()
    first = make_comment(essay)
    assert f'id="comment-{first.pk}"' in client.get(essay.get_absolute_url()).content.decode()
    later = make_comment(essay)
    later.delete_by_owner(by=later.author)
    html = client.get(essay.get_absolute_url()).content.decode()
    assert 'rel="next"' in html


def test_whatever_changes_in_a_comparison_of_versions_shows_at_once(client):
    essay = make_review(make_user("mina"), body="It rained on the court.\n\n" + "rain " * 400)
    for body in (essay.body.replace("court", "jail"), essay.body.replace("court", "yard")):
        essay.body = body
        essay.render()
        essay.save()
        Revision.objects.keep(essay, note="I was wrong.")

    def page(query=""):
        return client.get(f"{essay.history_address}{query}").content.decode()

    assert "<ins>yard</ins>" in page()
    assert "<del>court</del>" in page("?from=1&to=2")
    assert "<ins>yard</ins>" in page()
    essay.author.display_name = "Mina K."
    essay.author.save()
    assert "<bdi>Mina K.</bdi>’s note:" in page()
    moderator = make_user(role="moderator")
    essay.hide_passage(by=moderator, passage="It rained on the yard.", reason="No.")
    assert "yard" not in page()
