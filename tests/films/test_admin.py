import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from films.models import Country, Film, FormerSlug, Theme, ThemeLabel, ThemeListing
from tests.factories import (
    make_country,
    make_film,
    make_image,
    make_person,
    make_review,
    make_theme,
    make_user,
)
from users.models import ModerationAction, Rule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("verbs_one_by_one")]


@pytest.fixture
def editor(client):
    user = make_user("the_editor", role="editor")
    client.force_login(user)
    return user


def form_of(page):
    """What a browser would send back of a page, untouched."""
    form = page.context["adminform"].form
    formsets = [entry.formset for entry in page.context["inline_admin_formsets"]]
    sent = {}
    for part in [form, *(f for s in formsets for f in [s.management_form, *s.forms])]:
        for bound in part:
            value = bound.value()
            if value is True:
                sent[bound.html_name] = "on"
            elif value is not None and value is not False:
                sent[bound.html_name] = bound.field.prepare_value(value)
    return sent


def change(client, row, **given):
    url = reverse(f"admin:films_{row._meta.model_name}_change", args=[row.pk])
    answer = client.post(url, form_of(client.get(url)) | given, follow=True)
    return answer


def errors(answer):
    form = answer.context["adminform"].form
    return form.errors


# Films


def test_saving_a_film_untouched_changes_nothing(client, editor):
    film = make_film("High and Low", directors=["Akira Kurosawa"], themes=["father and daughter"])
    answer = change(client, film)
    assert answer.redirect_chain
    after = Film.objects.get(pk=film.pk)
    assert [row.tag.name for row in after.film_themes.all()] == ["father and daughter"]
    assert Theme.objects.count() == 1
    assert Country.objects.get(pk="KR").film_count == 1
    assert (after.slug, after.card_director) == (film.slug, "Akira Kurosawa")


def test_a_new_title_is_found_and_its_address_follows_there_and_back_twice(client, editor):
    film = make_film("The Lake", 2020)
    card = (film.card_seed, film.card_tone, film.card_composition)
    for _ in range(2):
        for title, slug, other in (
            ("The Long Lake", "the-long-lake-2020", "the-lake-2020"),
            ("The Lake", "the-lake-2020", "the-long-lake-2020"),
        ):
            change(client, film, title=title)
            assert client.get(f"/films/{slug}/").status_code == 200
            old = client.get(f"/films/{other}/")
            assert (old.status_code, old["Location"]) == (301, f"/films/{slug}/")
    assert FormerSlug.objects.count() == 1
    change(client, film, title="The Long Lake")
    assert list(Film.objects.containing(["long"])) == [film]
    after = Film.objects.get(pk=film.pk)
    assert (after.card_seed, after.card_tone, after.card_composition) == card


def test_an_address_that_somebody_chose_stays_with_a_new_title(client, editor):
    film = make_film("The Lake", 2020)
    film.rename("lake-of-2020")
    change(client, film, title="The Long Lake")
    assert Film.objects.get(pk=film.pk).slug == "lake-of-2020"


def test_a_new_address_leaves_the_old_one_leading_to_it(client, editor):
    film = make_film("The Lake", 2020)
    change(client, film, slug="the-long-lake-2020")
    assert Film.objects.get(pk=film.pk).slug == "the-long-lake-2020"
    assert FormerSlug.objects.get(slug="the-lake-2020").film == film
    change(client, film, slug="the-lake-2020")
    assert [former.slug for former in film.former_slugs.all()] == ["the-long-lake-2020"]


def test_an_address_that_leads_to_another_film_is_refused(client, editor):
    film, other = make_film("The Lake", 2020), make_film("The Sea", 2020)
    other.rename("the-open-sea-2020")
    answer = change(client, film, slug="the-sea-2020")
    assert "slug" in errors(answer)
    assert Film.objects.get(pk=film.pk).slug == "the-lake-2020"


def test_a_new_year_and_country_move_the_counts(client, editor):
    make_country("JP", "Japan")
    film = make_film(year=2013, themes=["family"])
    make_review(film=film)
    given = {"film_countries-0-country": "JP", "year": "1998"}
    change(client, film, **given)
    assert (Country.objects.get(pk="KR").film_count, Country.objects.get(pk="JP").film_count) == (
        0,
        1,
    )
    assert [Country.objects.get(pk=code).essay_count for code in ("KR", "JP")] == [0, 1]
    theme = Theme.objects.get(name="family")
    counts = theme.decades.values_list("decade", "film_count")
    assert {decade: n for decade, n in counts if n} == {1990: 1}
    assert Film.objects.get(pk=film.pk).card_country == "Japan"


def test_pictures_that_staff_put_on_a_film_or_take_off_it_are_shown_and_withheld(client, editor):
    film, owner = make_film("High and Low"), make_user()
    shown, closed = make_image(owner), make_image(owner)
    for image in (shown, closed):
        piece = make_review(owner, film)
        piece.set_images(image, [])
        if image == shown:
            film.add_image(image, by=owner)
        piece.unpublish(by=owner)
    place = film.film_images.get()
    change(client, film, **{
        "film_images-TOTAL_FORMS": "2", "film_images-0-DELETE": "on",
        "film_images-1-image": str(closed.pk), "film_images-1-position": "2",
        "film_images-1-film": str(film.pk), "film_images-0-id": str(place.pk),
    })  # fmt: skip
    assert film.film_images.get().image == closed
    shown.refresh_from_db()
    closed.refresh_from_db()
    assert (shown.is_public, closed.is_public) == (False, True)


def test_an_editor_adds_a_film_that_is_published_at_once(client, editor):
    make_country("KR", "South Korea")
    url = reverse("admin:films_film_add")
    given = form_of(client.get(url)) | {
        "title": "Little Forest", "year": "2018", "film_countries-TOTAL_FORMS": "1",
        "film_countries-0-country": "KR", "film_countries-0-position": "0",
    }  # fmt: skip
    client.post(url, given, follow=True)
    film = Film.objects.get(title="Little Forest")
    assert (film.status, film.slug, film.added_by) == ("published", "little-forest-2018", editor)
    assert Country.objects.get(pk="KR").film_count == 1
    assert list(Film.objects.containing(["fores"])) == [film]
    assert film.card_country == "South Korea"


def test_films_are_found_by_words_of_title_and_director(client, editor):
    film = make_film("High and Low", directors=["Akira Kurosawa"])
    make_film("Ikiru")
    for term in ("low HIGH", "kuros"):
        page = client.get(reverse("admin:films_film_changelist"), {"q": term})
        assert list(page.context["cl"].result_list) == [film], term


def test_an_editor_marks_films_as_checked_but_withdraws_none(client, editor):
    film = make_film(needs_check=True)
    url = reverse("admin:films_film_changelist")
    sent = {"index": 0, "_selected_action": film.pk, "post": "yes", "reason": "So."}
    client.post(url, sent | {"action": "mark_checked"})
    client.post(url, sent | {"action": "hide", "rule": Rule.objects.first().pk})
    film.refresh_from_db()
    assert (film.needs_check, film.status) == (False, "published")


def test_a_film_withdrawn_leaves_the_counts_and_comes_back(client):
    film = make_film(themes=["family"])
    client.force_login(make_user(role="moderator"))
    url = reverse("admin:films_film_changelist")
    sent = {"index": 0, "_selected_action": film.pk, "post": "yes", "reason": "Its rights."}
    client.post(url, sent | {"action": "hide", "rule": Rule.objects.first().pk})
    assert Film.objects.get(pk=film.pk).status == "hidden"
    assert Country.objects.get(pk="KR").film_count == 0
    assert Theme.objects.get(name="family").film_count == 0
    client.post(url, sent | {"action": "restore"})
    assert Country.objects.get(pk="KR").film_count == 1
    assert Theme.objects.get(name="family").film_count == 1
    assert list(ModerationAction.objects.values_list("verb", flat=True)) == ["restore", "hide"]


def test_a_moderator_cannot_change_a_film(client):
    film = make_film("The Lake", 2020)
    client.force_login(make_user(role="moderator"))
    url = reverse("admin:films_film_change", args=[film.pk])
    assert client.post(url, {"title": "Mine"}).status_code == 403
    assert Film.objects.get(pk=film.pk).title == "The Lake"


# Themes


def test_how_many_must_agree_on_a_theme_is_the_editors_to_say(client, editor):
    theme, film = make_theme("a twist"), make_film()
    film.add_theme("a twist", by=make_user())
    change(client, theme, quorum="1", gives_away="on")
    theme.refresh_from_db()
    assert (theme.quorum, theme.gives_away) == (1, True)
    assert film.film_themes.get().standing == "confirmed"
    answer = change(client, theme, quorum="0")
    assert "quorum" in answer.context["adminform"].form.errors


def test_a_label_leads_to_one_theme_only(client, editor):
    make_theme("siblings")
    theme = make_theme("family")
    given = {"labels-TOTAL_FORMS": "1", "labels-0-text": "Siblings!", "labels-0-language": "de"}
    answer = change(client, theme, **given)
    assert answer.status_code == 200
    assert not answer.redirect_chain
    assert "leads to" in answer.content.decode()
    assert not ThemeLabel.objects.filter(theme=theme, language="de").exists()


@pytest.mark.parametrize(
    "given",
    [
        {"labels-0-text": "Family", "labels-0-language": "en"},
        {"labels-0-text": "kin", "labels-0-language": "en", "labels-0-is_preferred": "on"},
    ],
)
def test_a_label_that_repeats_the_name_is_refused_at_its_field(client, editor, given):
    theme = make_theme("family")
    answer = change(client, theme, **{"labels-TOTAL_FORMS": "1", **given})
    assert not answer.redirect_chain
    assert theme.labels.count() == 1


def test_two_equal_labels_are_refused(client, editor):
    theme = make_theme("family")
    given = {"labels-TOTAL_FORMS": "2"}
    for number in range(2):
        given |= {f"labels-{number}-text": "Familie", f"labels-{number}-language": "de"}
    answer = change(client, theme, **given)
    assert not answer.redirect_chain
    assert theme.labels.count() == 1


def test_a_theme_takes_the_name_of_one_of_its_labels(client, editor):
    theme = make_theme("family")
    ThemeLabel.objects.create(theme=theme, text="kin", language="en")
    given = {"name": "kin"}
    assert change(client, theme, **given).redirect_chain
    assert [label.text for label in theme.labels.all()] == ["kin"]


def test_a_circle_of_broader_themes_is_refused(client, editor):
    top = make_theme("family")
    below = make_theme("siblings", broader=top)
    answer = change(client, top, broader=below.pk)
    assert "broader" in errors(answer)
    assert Theme.objects.get(pk=top.pk).broader is None


def test_another_broader_theme_lists_the_films_and_lends_its_sign(client, editor):
    top = make_theme("family", motif="arcs", ink="ochre")
    middle = make_theme("siblings")
    below = make_theme("twins", broader=middle)
    film = make_film(themes=["twins"])
    change(client, middle, broader=top.pk)
    assert ThemeListing.objects.filter(theme=top, film=film).exists()
    assert Theme.objects.get(pk=top.pk).film_count == 1
    below.refresh_from_db()
    assert (below.card_motif, below.card_ink) == ("arcs", "ochre")


# Pictures, people, places


def test_a_published_picture_keeps_its_credit(client, editor):
    image = make_image()
    answer = change(client, image, creator_name="", alt_text="", title="")
    assert set(errors(answer)) == {"creator_name", "alt_text", "title"}
    image.refresh_from_db()
    assert image.creator_name == "Asahachi Kono"


def test_a_credit_is_corrected(client, editor):
    image = make_image()
    change(client, image, creator_name="Lewis W. Hine")
    image.refresh_from_db()
    assert (image.creator_name, image.status) == ("Lewis W. Hine", "published")


def test_a_draft_picture_is_not_there(client, editor):
    image = make_image(status="draft")
    page = client.get(reverse("admin:films_image_changelist"))
    assert image not in page.context["cl"].result_list


def test_a_person_renamed_is_found_and_printed_under_the_new_name(client, editor):
    film = make_film("High and Low", directors=["Akira Kurosawa"])
    change(client, make_person("Akira Kurosawa"), name="Kurosawa Akira the Elder")
    film.refresh_from_db()
    assert film.card_director == "Kurosawa Akira the Elder"
    assert list(Film.objects.containing(["elder"])) == [film]


def test_a_person_with_films_is_not_deleted(client, editor):
    make_film(directors=["Akira Kurosawa"])
    person, nobody = make_person("Akira Kurosawa"), make_person("Nobody Known")
    for row, status in ((person, 403), (nobody, 302)):
        url = reverse("admin:films_person_delete", args=[row.pk])
        assert client.post(url, {"post": "yes"}).status_code == status


def test_a_country_keeps_its_names_and_prints_a_new_one(client, editor):
    film = make_film()
    country = Country.objects.get(pk="KR")
    country.native_names = [{"text": "대한민국", "language": "ko"}]
    country.subregion = country.adjective = country.cinema_label = ""
    country.save()
    answer = change(client, country, name="South Korea")
    assert answer.redirect_chain, errors(answer)
    country.refresh_from_db()
    film.refresh_from_db()
    assert country.native_names == [{"text": "대한민국", "language": "ko"}]
    assert film.card_country == "South Korea"


def test_own_names_without_a_language_are_refused(client, editor):
    make_film()
    answer = change(client, Country.objects.get(pk="KR"), native_names="대한민국")
    assert "native_names" in errors(answer)


def test_completion_finds_themes_in_any_language(client, editor):
    theme = make_theme("family")
    ThemeLabel.objects.create(theme=theme, text="Familie", language="de")
    given = {"app_label": "films", "model_name": "theme", "field_name": "broader", "term": "famil"}
    found = client.get(reverse("admin:autocomplete"), given).json()["results"]
    assert [row["text"] for row in found] == ["family"]


# Cost


@pytest.mark.parametrize("kind", ["film", "image", "theme", "person", "country"])
def test_lists_cost_the_same_at_three_rows_and_at_twenty(client, editor, kind):
    url = reverse(f"admin:films_{kind}_changelist")

    def more(first, last):
        for number in range(first, last):
            make_film(countries=[f"X{chr(65 + number)}"], themes=[f"theme {number}"],
                      directors=[f"Director {number}"])  # fmt: skip
            make_image()

    def cost():
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    more(0, 3)
    few = cost()
    more(3, 20)
    assert cost() == few
