"""Votes on themes: strength, standing, listings and counts, right under concurrency."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction

from films.models import Film, FilmTheme, Theme, ThemeLabel, ThemeListing, ThemePair, ThemeVote
from films.models.film import THEMES_PER_MEMBER
from films.models.theme import Standing, wilson_lower_bound
from films.normalize import search_key
from tests.factories import REASON, make_country, make_film, make_review, make_theme, make_user
from tests.plans import plan_of, sorts, statements_of


def row_of(film, name):
    return FilmTheme.objects.get(content_object=film, tag__name=name)


def is_right():
    """Whether `recount --check` finds every counter right."""
    try:
        call_command("recount", check=True, verbosity=0)
    except SystemExit:
        return False
    return True


@pytest.mark.parametrize(
    ("positive", "total", "expected"),
    [(0, 0, 0.0), (3, 3, 0.438503), (10, 10, 0.722467), (94, 97, 0.912980), (1, 2, 0.094531)],
)
def test_strength_is_the_wilson_lower_bound(positive, total, expected):
    assert wilson_lower_bound(positive, total) == pytest.approx(expected, abs=2e-6)


@pytest.mark.django_db
class TestVotes:
    def test_three_votes_cannot_beat_thirty(self):
        assert wilson_lower_bound(3, 3) < wilson_lower_bound(28, 30)

    def test_adding_a_theme_is_agreement_and_proposes_it(self):
        film, member = make_film(), make_user()
        theme = film.add_theme("mercy", by=member)
        row = row_of(film, "mercy")
        assert (row.agree_count, row.standing, row.added_by) == (1, Standing.PROPOSED, member)
        assert not theme.is_accepted
        assert ThemeVote.objects.get(film_theme=row).agrees

    def test_adding_it_twice_counts_once(self):
        film, member = make_film(), make_user()
        film.add_theme("mercy", by=member)
        film.add_theme("Mercy ", by=member)
        assert row_of(film, "mercy").agree_count == 1
        assert Theme.objects.count() == 1

    def test_two_members_confirm_it(self):
        film = make_film()
        for _ in range(2):
            film.add_theme("mercy", by=make_user())
        assert row_of(film, "mercy").standing == Standing.CONFIRMED

    def test_a_label_in_any_language_leads_to_its_theme(self):
        theme = make_theme("family")
        ThemeLabel.objects.create(theme=theme, text="가족", language="ko", is_preferred=True)
        ThemeLabel.objects.create(theme=theme, text="Blood Relations", language="en")
        film = make_film()
        for label in ("가족", "blood relations", "FAMILY"):
            assert film.add_theme(label, by=make_user()) == theme
        assert row_of(film, "family").agree_count == 3

    def test_vote_changes_and_is_taken_back(self):
        film, member = make_film(themes=["injustice"]), make_user()
        theme = Theme.objects.get(name="injustice")
        start = row_of(film, "injustice").strength
        film.vote_theme(theme, by=member, agrees=True)
        assert row_of(film, "injustice").strength > start
        film.vote_theme(theme, by=member, agrees=False)
        row = row_of(film, "injustice")
        assert (row.agree_count, row.disagree_count) == (0, 1)
        assert row.strength < start
        film.vote_theme(theme, by=member, agrees=None)
        row = row_of(film, "injustice")
        assert (row.agree_count, row.disagree_count, row.strength) == (0, 0, start)
        assert not ThemeVote.objects.exists()

    def test_theme_that_nobody_says_any_more_leaves_the_film(self):
        film, member = make_film(), make_user()
        theme = film.add_theme("mercy", by=member)
        film.vote_theme(theme, by=member, agrees=None)
        assert not film.film_themes.exists()
        theme.refresh_from_db()
        assert theme.film_count == 0

    def test_disputed_when_more_disagree_than_agree_with_the_editors_three(self):
        film = make_film(themes=["faith"])
        theme = Theme.objects.get(name="faith")
        for _ in range(3):
            film.vote_theme(theme, by=make_user(), agrees=False)
        assert row_of(film, "faith").standing == Standing.CONFIRMED
        film.vote_theme(theme, by=make_user(), agrees=False)
        assert row_of(film, "faith").standing == Standing.DISPUTED
        assert not ThemeListing.objects.filter(theme=theme).exists()
        theme.refresh_from_db()
        assert theme.film_count == 0

    def test_twelve_themes_of_one_member_on_a_film(self):
        film, member = make_film(), make_user()
        for number in range(THEMES_PER_MEMBER):
            film.add_theme(f"theme {number}", by=member)
        with pytest.raises(ValidationError) as error:
            film.add_theme("one more", by=member)
        assert error.value.code == "themes_per_member"
        film.add_theme("one more", by=make_user())

    @pytest.mark.parametrize("label", ["", "   ", "!!!", "x" * 61])
    def test_label_that_is_no_name_is_refused(self, label):
        film = make_film()
        with pytest.raises(ValidationError):
            film.add_theme(label, by=make_user())
        assert not film.film_themes.exists()
        assert not Theme.objects.exists()


@pytest.mark.django_db
class TestListings:
    def test_broader_themes_list_the_film_once_at_the_greatest_strength(self):
        family = make_theme("family")
        make_theme("fatherhood", broader=family)
        film = make_film(themes=["fatherhood", "family"])
        film.vote_theme(Theme.objects.get(name="fatherhood"), by=make_user(), agrees=True)
        row = ThemeListing.objects.get(theme=family, film=film)
        assert row.strength == row_of(film, "fatherhood").strength
        family.refresh_from_db()
        assert family.film_count == 1
        assert is_right()

    def test_counts_by_country_decade_and_pair(self):
        make_film(year=2013, countries=["KR", "FR"], themes=["injustice", "love"])
        make_film(year=2017, countries=["KR"], themes=["injustice"])
        injustice = Theme.objects.get(name="injustice")
        counts = dict(injustice.by_country.values_list("country_id", "film_count"))
        assert counts == {"KR": 2, "FR": 1}
        assert list(injustice.decades.values_list("decade", "film_count")) == [(2010, 2)]
        assert ThemePair.objects.get(theme=injustice, other__name="love").film_count == 1
        assert is_right()

    def test_withdrawn_film_is_counted_nowhere_and_comes_back(self):
        film = make_film(themes=["injustice"])
        moderator = make_user(role="moderator")
        film.hide(by=moderator, reason=REASON)
        assert not ThemeListing.objects.exists()
        assert is_right()
        film.restore(by=moderator, reason=REASON)
        assert Theme.objects.get(name="injustice").film_count == 1
        country = film.countries.get()
        assert country.film_count == 1
        assert is_right()

    def test_a_theme_is_not_broader_than_itself_nor_in_a_circle(self):
        family = make_theme("family")
        fatherhood = make_theme("fatherhood", broader=family)
        family.broader = fatherhood
        with pytest.raises(ValidationError):
            family.clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            Theme.objects.filter(pk=family.pk).update(broader=family)

    def test_no_key_leads_to_two_themes(self):
        make_theme("family")
        other = make_theme("solitude")
        with pytest.raises(ValidationError):
            ThemeLabel(theme=other, text="Family", language="fr").clean()
        with pytest.raises(ValidationError):
            Theme(name="FAMILY", slug="family-2").clean()

    def test_recount_finds_and_mends_what_is_wrong(self, capsys):
        film = make_film(themes=["injustice"])
        Theme.objects.update(film_count=7)
        FilmTheme.objects.update(agree_count=5)
        Film.objects.update(essay_count=3)
        ThemeListing.objects.all().delete()
        with pytest.raises(SystemExit) as stop:
            call_command("recount", check=True)
        assert stop.value.code == 1
        said = capsys.readouterr().out
        assert "film_count is 7, should be 1" in said
        assert "essay_count is 3, should be 0" in said
        assert Theme.objects.get(name="injustice").film_count == 7  # --check mends nothing
        call_command("recount", verbosity=0)
        assert is_right()
        film.refresh_from_db()
        assert film.essay_count == 0


@pytest.mark.django_db
def test_a_theme_may_ask_for_more_members_before_it_counts():
    theme, film = make_theme("a twist", quorum=3), make_film()
    for standing in (Standing.PROPOSED, Standing.PROPOSED, Standing.CONFIRMED):
        film.add_theme("a twist", by=make_user())
        assert row_of(film, "a twist").standing == standing
    assert is_right()
    for quorum, standing in ((4, Standing.PROPOSED), (1, Standing.CONFIRMED)):
        theme.quorum = quorum
        theme.save(update_fields=["quorum"])
        theme.weigh_anew()
        assert row_of(film, "a twist").standing == standing
        assert is_right()


@pytest.mark.django_db
def test_a_new_quorum_leaves_the_catalogues_and_the_disputed_as_they_are():
    theme = make_theme("a twist")
    of_catalogue, disputed = make_film(themes=["a twist"]), make_film()
    disputed.add_theme("a twist", by=make_user())
    for _number in range(2):
        disputed.vote_theme(theme, by=make_user(), agrees=False)
    theme.quorum = 9
    theme.save(update_fields=["quorum"])
    theme.weigh_anew()
    assert row_of(of_catalogue, "a twist").standing == Standing.CONFIRMED
    assert row_of(disputed, "a twist").standing == Standing.DISPUTED


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_votes_at_the_same_time_are_all_counted():
    film = make_film(themes=["injustice"])
    theme = Theme.objects.get(name="injustice")
    members = [make_user() for _ in range(8)]
    start, errors = threading.Barrier(len(members)), []

    def vote(member):
        try:
            start.wait()
            Film.objects.get(pk=film.pk).vote_theme(theme, by=member, agrees=True)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads share the one connection of a database in memory")
    threads = [threading.Thread(target=vote, args=[member]) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert row_of(film, "injustice").agree_count == 8
    assert is_right()


def test_search_key_of_labels_is_stored():
    label = ThemeLabel(text="Père", language="fr")
    assert search_key(label.text) == "pere"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_rows_of_one_name_made_at_the_same_time_are_all_made():
    """Films of one title, and one new theme proposed on each of them."""
    members = [make_user() for _ in range(6)]
    country = make_country("KR")
    start, errors = threading.Barrier(len(members)), []

    def add(member):
        try:
            start.wait()
            film = Film.objects.add(by=member, title="The Lake", year=2020, countries=[country])
            film.add_theme("mercy", by=member)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add, args=[member]) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Film.objects.filter(title="The Lake").count() == 6
    assert Theme.objects.get(name="mercy").film_count == 6
    assert is_right()


# What is written about one


@pytest.mark.django_db
def test_notes_follow_the_essays_about_a_theme(client):
    film = make_film("Hope", themes=["injustice"])
    about = {"film": film, "themes": ["injustice"]}
    make_review(title="An essay", **about)
    make_review(title="A note", words=60, **about)
    make_review(title="Told", words=60, is_spoiler=True, **about)
    make_review(title="Mine", words=60, status="draft", **about)
    make_review(film=film, title="On nothing", words=60)
    for address in ("/themes/injustice/", "/essays/?theme=injustice"):
        essays, _id, notes = client.get(address).content.decode().partition('id="notes"')
        assert ">An essay<" in essays
        assert (">A note<" in notes, ">Told<" in notes) == (True, True)
        assert (">Mine<" in notes, ">On nothing<" in notes) == (False, False)
    page = client.get("/essays/?spoilers=none&theme=injustice").content.decode()
    assert (">A note<" in page, ">Told<" in page) == (True, False)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="plans of small tables")
def test_notes_about_a_theme_are_read_off_an_index(client):
    make_review(film=make_film("Hope", themes=["injustice"]), themes=["injustice"], words=60)
    for address in ("/themes/injustice/", "/themes/injustice/notes/"):
        plans = [plan_of(sql) for sql in statements_of(client, address)]
        assert [plan for plan in plans if "reviewtheme_notes" in plan and not sorts(plan)]
