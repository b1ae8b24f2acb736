import re

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from films.listing import relist, wanted_places
from films.models import (
    Decade,
    Film,
    FilmLanguage,
    FilmRelation,
    FormerSlug,
    Image,
    Language,
    Theme,
)
from films.models.film import quantile
from films.profiles import film_total
from tests.factories import make_film, make_image, make_review, make_theme, make_user
from tests.films.test_pictures import picture_file

pytestmark = pytest.mark.django_db


def page(client, film, status=200):
    response = client.get(film.get_absolute_url())
    assert response.status_code == status
    return response.content.decode()


def row(html, slug):
    return re.search(rf'<li id="theme-{slug}">.*?</li>', html, re.S)[0]


@pytest.fixture
def film():
    return make_film(
        "Miracle",
        2013,
        themes=["family", "injustice"],
        directors=["Lee Hwan-kyung"],
        cast=["Ryu Seung-ryong"],
        original_title="7번방의 선물",
        original_language="ko",
        runtime=127,
        synopsis="Yong-gu parks cars.",
    )


def test_a_visitor_reads_everything_and_is_asked_to_sign_in(client, film):
    html = page(client, film)
    for part in ("Miracle", "Lee Hwan-kyung", "Ryu Seung-ryong", "127 minutes", "Yong-gu parks"):
        assert part in html
    assert '<p class="original native" lang="ko">7번방의 선물</p>' in html
    assert "/films/?from=2013&amp;to=2013" in html
    assert "From the catalogue, no votes yet" in html
    assert "/accounts/login/?next=" in html
    main = html[html.index("<main") : html.index("</main>")]
    assert "<form" not in main
    assert "csrfmiddlewaretoken" not in html


def test_a_member_gets_forms_and_what_is_already_given(client, film):
    member = make_user()
    make_review(author=member, film=film, rating=9)
    client.force_login(member)
    html = page(client, film)
    assert 'value="4.5" id="id_rating_9" checked' in html
    assert 'name="seen" value="no" aria-pressed="true"' in html
    assert f'action="/films/{film.slug}/themes/family/"' in html


def test_ratings_are_told_as_mean_median_and_quartiles(client, film):
    for value in (4, 6, 8, 10):
        make_user().ratings.rate(film, by=make_user(), value=value)
    html = page(client, film)
    assert "the mean of 4 ratings" in html
    assert '<span class="score">3.5</span>' in html
    assert "median 3½, half of them 2.75 to 4.25" not in html
    assert "median 3½" in html


@pytest.mark.parametrize(
    ("counts", "share", "stars"),
    [
        ({7: 1}, 0.5, 3.5),
        ({2: 1, 8: 1}, 0.5, 2.5),
        ({2: 3, 10: 1}, 0.75, 3.0),
        ({1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, 0.25, 1.0),
    ],
)
def test_quantiles_of_a_histogram(counts, share, stars):
    histogram = [counts.get(n, 0) for n in range(1, 11)]
    assert quantile(histogram, share) == stars


# Themes


def vote(client, film, theme, value, **headers):
    return client.post(f"/films/{film.slug}/themes/{theme}/", {"vote": value}, headers=headers)


def test_a_vote_is_counted_changed_and_taken_back(client, film):
    client.force_login(make_user())
    response = vote(client, film, "family", "yes")
    assert response.status_code == 302
    assert response.headers["Location"] == f"{film.get_absolute_url()}#theme-family"
    html = row(page(client, film), "family")
    assert "1 agrees, 0 disagree" in html
    assert 'value="none" aria-pressed="true">Agree' in html
    vote(client, film, "family", "no")
    html = row(page(client, film), "family")
    assert "0 agree, 1 disagrees" in html
    assert 'value="yes" aria-pressed="false">Agree' in html
    vote(client, film, "family", "none")
    assert "no votes yet" in row(page(client, film), "family")


def test_htmx_gets_the_row_alone(client, film):
    client.force_login(make_user())
    response = vote(client, film, "family", "yes", HX_Request="true")
    assert response.status_code == 200
    assert response.content.decode().strip().startswith('<li id="theme-family">')
    assert "csrfmiddlewaretoken" in response.content.decode()
    assert "HX-Request" in response.headers["Vary"]


def test_a_vote_without_sense_or_account_changes_nothing(client, film):
    assert vote(client, film, "family", "yes").status_code == 403
    client.force_login(make_user())
    assert vote(client, film, "family", "maybe").status_code == 422
    assert vote(client, film, "war", "yes").status_code == 404
    assert client.get(f"/films/{film.slug}/themes/family/").status_code == 405
    assert film.film_themes.get(tag__slug="family").vote_count == 0


def test_a_member_adds_a_theme_by_any_of_its_names(client, film):
    make_theme("mercy").labels.create(text="자비", language="ko")
    client.force_login(make_user(display_name="Mina"))
    for label in ("자비", "Mercy", "kites"):
        response = client.post(f"/films/{film.slug}/themes/", {"theme": label})
        assert response.status_code == 302
    assert response.headers["Location"].endswith("#theme-kites")
    assert set(film.film_themes.values_list("tag__slug", flat=True)) == {
        "family", "injustice", "mercy", "kites",
    }  # fmt: skip
    html = page(client, film)
    assert "Proposed by <bdi>Mina</bdi>" in row(html, "kites")


def test_a_proposed_theme_goes_with_its_only_vote(client, film):
    client.force_login(make_user())
    client.post(f"/films/{film.slug}/themes/", {"theme": "kites"})
    response = vote(client, film, "kites", "none", HX_Request="true")
    assert response.content == b""
    assert 'id="theme-kites"' not in page(client, film)


@pytest.mark.parametrize("label", ["", "  ", "!?", "x" * 61])
def test_a_theme_that_cannot_be_is_refused_with_what_was_typed(client, film, label):
    client.force_login(make_user())
    response = client.post(f"/films/{film.slug}/themes/", {"theme": label})
    assert response.status_code == 422
    html = response.content.decode()
    assert 'id="error_id_theme"' in html
    assert f'value="{label.strip()}"' in html or not label.strip()
    assert not Theme.objects.exclude(slug__in=["family", "injustice"]).exists()


def test_a_theme_is_refused_of_a_film_that_is_taken_away_just_then(client, film, monkeypatch):
    def refuse(self, label, *, by):
        self.remove(by=make_user(role="moderator"), reason="No film.")
        raise ValidationError("It cannot be.")

    monkeypatch.setattr(Film, "add_theme", refuse)
    client.force_login(make_user())
    response = client.post(f"/films/{film.slug}/themes/", {"theme": "kites"})
    assert response.status_code == client.get(film.get_absolute_url()).status_code == 410


def test_a_disputed_theme_stands_on_the_film_and_nowhere_else(client, film):
    for _ in range(4):
        film.vote_theme(Theme.objects.get(slug="family"), by=make_user(), agrees=False)
    assert "Disputed" in row(page(client, film), "family")
    assert film.title not in client.get("/films/?theme=family").content.decode()
    assert film.title not in client.get("/themes/family/").content.decode()


# Pieces


def test_newest_essays_and_notes_are_listed_and_counted(client, film):
    for number in range(6):
        make_review(film=film, title=f"Essay {number}")
    make_review(film=film, words=20, body="A small note about a bag.")
    make_review(film=film, title="Held back", status="held")
    html = page(client, film)
    assert "Essay 5" in html
    # The second place is one of those that are not among the first, by the hour.
    assert sum(f"Essay {number}</a>" in html for number in range(6)) == 4
    assert "Read all 6" in html
    assert "A small note about a bag." in html
    assert "Held back" not in html


# Near it


def test_related_films_come_first_and_say_how(client, film):
    remake = make_film("Mucize", 2019, countries=["TR"])
    FilmRelation.objects.create(film=remake, kind="remake_of", other=film)
    near = make_film("Close", 1990, themes=["injustice", "family"])
    hidden = make_film("Hidden", 1991, themes=["injustice", "family"])
    hidden.hide(by=make_user(role="moderator"), reason="Twice.")
    html = page(client, film)
    section = html[html.index('id="near"') :]
    assert section.index("Mucize") < section.index("Close")
    assert "A remake of it" in section
    assert "Family, injustice" in section or "Injustice, family" in section
    assert "Hidden" not in section
    assert "What it is a remake of" in page(client, remake)
    assert near.title in section


# States and addresses


def test_a_withdrawn_film_keeps_its_essays_and_loses_its_facts(client, film):
    make_review(film=film, title="Still here")
    film.hide(by=make_user(role="moderator"), reason="Asked by its maker.")
    html = page(client, film)
    assert "withdrawn from the catalogue" in html
    assert "Still here" in html
    for part in ("Lee Hwan-kyung", "127 minutes", "Yong-gu", "theme-family", "7번방"):
        assert part not in html
    assert 'content="noindex"' in html
    client.force_login(make_user())
    assert vote(client, film, "family", "yes").status_code == 404


def test_a_removed_film_is_gone_and_an_unknown_one_is_not_found(client, film):
    film.remove(by=make_user(role="moderator"), reason="Never made.")
    assert "stood here" in page(client, film, status=410)
    assert client.get("/films/nothing-1999/").status_code == 404


def test_former_addresses_lead_to_the_present_one_in_one_step(client, film):
    for slug in ("long-2013", "miracle-2013", "long-2013", "miracle-2013"):
        film.rename(slug)
    response = client.get("/films/long-2013/")
    assert (response.status_code, response.headers["Location"]) == (301, "/films/miracle-2013/")
    assert client.get("/films/miracle-2013/").status_code == 200
    assert FormerSlug.objects.count() == 1


def test_every_script_and_hostile_titles_are_safe(client):
    for number, title in enumerate(
        ('<b>Bold</b> & "quoted"', "كفرناحوم", "東京物語", "Mo\u202ehsi", "x" * 200)
    ):
        film = Film.objects.add(
            by=make_user(),
            title=title,
            year=1950 + number,
            original_title=title,
            original_language="ar",
        )
        html = page(client, film)
        assert "<b>Bold" not in html
        assert "\u202e" not in html


# Cost


def test_the_page_costs_the_same_at_three_and_at_thirty(client, django_assert_max_num_queries):
    member, counts = make_user(), []
    client.force_login(member)
    film = make_film("Miracle", themes=["family", "war", "love"])
    for total in (3, 30):
        for number in range(film.reviews.count(), total):
            make_review(film=film)
            make_review(film=film, words=10)
            make_film(themes=["family", "war", "love"])
            film.add_image(make_image(), by=member)
            film.add_theme(f"idea {number}", by=make_user())
        film.refresh_from_db()
        page(client, film)
        with django_assert_max_num_queries(16) as seen:
            page(client, film)
        counts.append(len(seen))
        client.logout()
        with django_assert_max_num_queries(12):
            page(client, film)
        client.force_login(member)
    assert counts[0] == counts[1]


# Pictures


PICTURE = {
    "title": "Street at dusk",
    "creator_name": "Ada Moon",
    "source_url": "https://example.org/street",
    "license": "CC-BY-4.0",
    "alt_text": "A wet street.",
}


def send(client, film, file, **data):
    """The file, and then its record, as the page for pictures sends them."""
    address = f"/images/add/?film={film.slug}"
    client.post(address, {"files": [file]})
    key = Image.objects.latest("pk").key
    record = {f"{key}-{name}": value for name, value in (PICTURE | data).items()}
    return client.post(address, record | {"row": key, "ready": "1"})


def test_a_member_adds_a_picture_that_everybody_sees_with_its_credit(client, film):
    client.force_login(make_user())
    response = send(client, film, picture_file())
    assert response.headers["Location"] == f"{film.get_absolute_url()}#pictures"
    send(client, film, picture_file((300, 200)), title="Lamp")
    client.logout()
    html = page(client, film)
    assert html.count("<bdi>Street at dusk") == 1
    assert "Lamp" in html
    assert 'rel="license' in html


def test_a_pictures_page_has_its_record_and_where_it_is_used(client, film):
    client.force_login(make_user(display_name="Mina"))
    send(client, film, picture_file(), changes="Cropped")
    image = film.film_images.get().image
    client.logout()
    html = client.get(image.get_absolute_url()).content.decode()
    for part in ("Ada Moon", "https://example.org/street", "Cropped", "Mina", film.title):
        assert part in html
    assert "&lt;a href=&quot;http://testserver/images/" in html


def test_a_pictures_page_follows_its_state(client, film):
    draft = make_image(status="draft")
    assert client.get(draft.get_absolute_url()).status_code == 404
    removed = make_image(status="removed")
    assert client.get(removed.get_absolute_url()).status_code == 410
    hidden = make_image(status="hidden")
    assert client.get(hidden.get_absolute_url()).status_code == 404
    assert client.get("/images/nothing/").status_code == 404


def test_a_hidden_picture_leaves_a_frame_on_the_films_page(client, film):
    film.add_image(make_image(status="hidden"), by=make_user())
    html = page(client, film)
    assert "A picture was taken down" in html
    assert "It names a neighbour." in html


def test_only_members_add_pictures(client, film):
    address = f"/images/add/?film={film.slug}"
    assert client.post(address, {"files": [picture_file()]}).status_code == 403
    assert not Image.objects.exists()


def test_languages_and_decades_count_the_films_that_are_listed():
    editor, moderator = make_user(role="editor"), make_user(role="moderator")
    korean = [Language.objects.get(pk="ko")]
    film = Film.objects.add(by=editor, title="Rain", year=1998, languages=korean)
    undated = Film.objects.add(by=editor, title="Snow", year=None, languages=korean)

    def counted():
        decades = Decade.objects.filter(film_count__gt=0).values_list("decade", "film_count")
        return Language.objects.get(pk="ko").film_count, dict(decades)

    assert counted() == (2, {0: 1, 1990: 1})
    assert film_total() == 2
    film.hide(by=moderator, reason="Added twice.")
    assert counted() == (1, {0: 1})
    film.restore(by=moderator, reason="It was another.")
    undated.hide(by=moderator, reason="Added twice.")
    assert counted() == (1, {1990: 1})
    Language.objects.filter(pk="ko").update(film_count=5)
    Decade.objects.all().delete()
    call_command("recount", verbosity=0)
    assert counted() == (1, {1990: 1})


def test_another_language_or_year_moves_the_counts(client):
    film = make_film("Rain", 1998)
    before = wanted_places(film)
    FilmLanguage.objects.create(film=film, language_id="ko")
    relist(film, before)
    assert Language.objects.get(pk="ko").film_count == 1
    before = wanted_places(film)
    film.film_languages.update(language="ja")
    film.year = 2004
    film.save()
    relist(film, before)
    assert Language.objects.get(pk="ko").film_count == 0
    assert Language.objects.get(pk="ja").film_count == 1
    html = client.get("/films/").content.decode()
    assert '<option value="ja">' in html
    assert '<option value="ko">' not in html


def test_a_theme_that_gives_the_film_away_is_folded(client):
    make_theme("it was all a dream", gives_away=True)
    film = make_film(themes=["injustice", "it was all a dream"])
    for viewer in (None, make_user()):
        if viewer:
            client.force_login(viewer)
        page = client.get(film.get_absolute_url()).content.decode()
        shown, _fold, folded = page.partition('<details class="spoiler" id="folded-themes">')
        assert 'id="theme-injustice"' in shown
        assert 'id="theme-it-was-all-a-dream"' not in shown
        assert 'id="theme-it-was-all-a-dream"' in folded.partition("</details>")[0]


def test_without_such_a_theme_nothing_is_folded(client):
    page = client.get(make_film(themes=["injustice"]).get_absolute_url()).content.decode()
    assert "folded-themes" not in page
