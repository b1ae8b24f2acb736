"""Two entries of one film become one, and come apart again."""

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command

from films.catalogue.films import match, write
from films.models import Film, FilmIndex, FilmMerge, FormerSlug, ThemeVote
from films.models.merge import merge
from reviews.models import Keeping, Rating, Review, Viewing
from tests.factories import (
    make_afterthought,
    make_country,
    make_film,
    make_image,
    make_review,
    make_user,
)
from users.models import ModerationAction
from users.moderation import Status, TransitionError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("verbs_one_by_one")]
MARCH, MAY = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
WHY = "One of them has the title of the export print."


@pytest.fixture
def editor():
    return make_user("the_editor", role="editor")


@pytest.fixture
def pair(editor):
    kept = make_film("The Lake", 2020, countries=["FR"], themes=["grief"], directors=["Ana Ruiz"])
    gone = make_film("Das Seestück", 2020, countries=["DE"], themes=["water"], imdb_id="tt1234567",
                     synopsis="A lake.", runtime=91)  # fmt: skip
    return kept, gone


def counts_are_right():
    call_command("recount", check=True, verbosity=0)
    call_command("reindex", check=True, verbosity=0)
    return True


def state():
    """Everything of the two films and of what hangs on them, to compare."""
    found = {}
    for model in apps.get_models():
        related = {field.name for field in model._meta.fields if field.related_model is Film}
        if model is Film or (related and model is not FilmMerge) or model is ThemeVote:
            rows = model._base_manager.order_by("pk").values()
            found[model.__name__] = [
                {k: v for k, v in row.items() if k not in ("id", "updated_at")} for row in rows
            ]
    found.pop("ThemeListing")
    return found


# The case itself


def both_by_one(kept, gone):
    member = make_user("mina")
    Rating.objects.rate(kept, by=member, value=9, at=MARCH)
    Rating.objects.rate(gone, by=member, value=6, at=MAY)
    notes = [make_review(member, film, words=30) for film in (kept, gone)]
    for film, at in ((kept, MARCH), (gone, MAY)):
        film.keepings.create(member=member)  # to see it again
        film.add_theme("rain", by=member, at=at)
    return member, notes


def test_what_one_member_said_of_both_becomes_one(pair, editor):
    kept, gone = pair
    member, notes = both_by_one(kept, gone)
    newer = gone.keepings.get().kept_at
    merge(kept, gone, by=editor, reason=WHY)
    assert {note.pk for note in kept.reviews.all()} == {note.pk for note in notes}
    assert list(kept.ratings.values_list("member", "value")) == [(member.pk, 6)]
    assert kept.keepings.get().kept_at == newer
    rain = kept.film_themes.get(tag__name="rain")
    assert (rain.agree_count, rain.votes.get().voted_at) == (1, MAY)
    kept.refresh_from_db()
    assert (kept.note_count, kept.rating_count, kept.rating_sum) == (2, 1, 6)
    assert counts_are_right()
    gave_way = {label for label, _columns in FilmMerge.objects.get().record["gave_way"]}
    assert {"reviews.Rating", "films.ThemeVote", "reviews.Keeping"} <= gave_way


def test_undoing_brings_everything_back(pair, editor):
    kept, gone = pair
    both_by_one(kept, gone)
    make_review(film=gone, themes=["water"], title="On water")
    make_review(film=kept, themes=["grief"])
    gone.add_image(make_image(), by=editor)
    before = state()
    made = merge(kept, gone, by=editor, reason=WHY)
    assert state() != before
    made.undo(by=editor)
    assert state() == before
    assert counts_are_right()
    made.refresh_from_db()
    assert (made.is_standing, made.undone_by) == (False, editor)


def test_the_record_says_who_and_why(pair, editor):
    kept, gone = pair
    merge(kept, gone, by=editor, reason=WHY)
    action = ModerationAction.objects.on(gone).get()
    assert (action.verb, action.moderator) == ("remove", editor)
    assert "The Lake (2020)" in action.reason
    assert WHY in action.reason


def test_every_address_leads_to_the_film_that_stays(client, pair, editor):
    kept, gone = pair
    old = gone.slug
    gone.rename("seestueck-2020")
    essay = make_review(film=gone)
    merge(kept, gone, by=editor, reason=WHY)
    for slug in (old, "seestueck-2020"):
        for tail in ("", "essays/", "notes/", "feed/"):
            response = client.get(f"/films/{slug}/{tail}")
            assert response.status_code == 301, tail
            assert response.headers["Location"] == f"/films/{kept.slug}/{tail}"
    page = client.get(kept.get_absolute_url()).content.decode()
    assert essay.title in page
    assert client.get(essay.get_absolute_url()).status_code == 200


def test_merges_of_merges_lead_on_in_one_step(client, pair, editor):
    kept, gone = pair
    third = make_film("Lake Piece", 2020)
    first = merge(kept, gone, by=editor, reason=WHY)
    second = merge(third, kept, by=editor, reason=WHY)
    for film in (gone, kept):
        response = client.get(f"/films/{film.slug}/")
        assert response.headers["Location"] == third.get_absolute_url()
    with pytest.raises(ValidationError) as refused:
        first.undo(by=editor)
    assert refused.value.code == "merged_since"
    second.undo(by=editor)
    first.undo(by=editor)
    assert [client.get(f"/films/{film.slug}/").status_code for film in (gone, kept)] == [200, 200]
    assert not FormerSlug.objects.exists()
    assert counts_are_right()


def test_renaming_to_the_title_of_what_went_makes_no_loop(client, pair, editor):
    kept, gone = pair
    merge(kept, gone, by=editor, reason=WHY)
    before = (kept.title, kept.year)
    kept.title = gone.title
    kept.save()
    kept.follow_title(*before)
    assert client.get(f"/films/{gone.slug}/").headers["Location"] == kept.get_absolute_url()
    assert client.get("/films/the-lake-2020/").headers["Location"] == kept.get_absolute_url()
    assert client.get(kept.get_absolute_url()).status_code == 200


# What moves, and what stays


def test_the_film_that_stays_takes_over_only_what_it_has_not(pair, editor):
    kept, gone = pair
    merge(kept, gone, by=editor, reason=WHY)
    kept, gone = Film.objects.get(pk=kept.pk), Film.objects.get(pk=gone.pk)
    assert (kept.imdb_id, kept.runtime, kept.synopsis) == ("tt1234567", 91, "A lake.")
    assert gone.imdb_id is None
    assert [row.country_id for row in kept.film_countries.all()] == ["FR"]
    assert [title.text for title in kept.titles.all()] == ["Das Seestück"]
    assert set(kept.film_themes.values_list("tag__name", flat=True)) == {"grief", "water"}
    assert list(FilmIndex.objects.matching([["seestueck"]]).values_list("pk", flat=True)) == []


def test_it_is_found_by_either_title(client, pair, editor):
    kept, gone = pair
    merge(kept, gone, by=editor, reason=WHY)
    found = Film.objects.published().containing(["seestuck"])
    assert list(found) == [kept]


def test_a_film_without_countries_takes_those_of_the_other(editor):
    kept, gone = make_film("A", countries=[]), make_film("B", countries=["KR", "JP"])
    make_review(film=kept)
    make_review(film=gone)
    made = merge(kept, gone, by=editor, reason=WHY)
    assert kept.film_countries.count() == 2
    assert counts_are_right()
    made.undo(by=editor)
    assert kept.film_countries.count() == 0
    assert counts_are_right()


def test_seen_once_is_seen(pair, editor):
    kept, gone = pair
    member = make_user()
    Viewing.objects.see(kept, by=member, is_unfinished=True)
    Viewing.objects.see(gone, by=member)
    Viewing.objects.see(gone, by=member, seen_on=date(2014, 1, 1), precision="year")
    kept.keepings.create(member=member, kept_at=MARCH)
    merge(kept, gone, by=editor, reason=WHY)
    assert [row.is_unfinished for row in kept.viewings.all()] == [False, False]
    assert not kept.keepings.exists()


def test_a_withdrawn_film_may_go_and_comes_back_withdrawn(client, pair, editor):
    kept, gone = pair
    gone.hide(by=make_user(role="moderator"), reason="Not a film.")
    made = merge(kept, gone, by=editor, reason=WHY)
    assert client.get(f"/films/{gone.slug}/").status_code == 301
    assert counts_are_right()
    made.undo(by=editor)
    gone.refresh_from_db()
    assert gone.status == Status.HIDDEN
    assert counts_are_right()


def test_what_was_said_since_stays(pair, editor):
    kept, gone = pair
    made = merge(kept, gone, by=editor, reason=WHY)
    essay = make_review(film=Film.objects.get(pk=kept.pk))
    Film.objects.filter(pk=kept.pk).update(runtime=95)
    made.undo(by=editor)
    assert Review.objects.get(pk=essay.pk).film == kept
    assert Film.objects.get(pk=kept.pk).runtime == 95
    assert counts_are_right()


def test_a_rating_given_in_that_moment_counts_for_the_film_that_stays(pair, editor):
    kept, gone = pair
    stale = Film.objects.get(pk=gone.pk)
    member = make_user()
    draft = make_review(member, gone, status="draft")
    merge(kept, gone, by=editor, reason=WHY)
    Rating.objects.rate(stale, by=member, value=8)
    stale.add_theme("rain", by=member)
    Review.objects.filter(pk=draft.pk).update(film=gone)
    draft = Review.objects.get(pk=draft.pk)
    draft.publish(by=member)
    assert Review.objects.get(pk=draft.pk).film == kept
    assert kept.ratings.get().value == 8
    assert kept.film_themes.filter(tag__name="rain").exists()
    assert counts_are_right()


# Who may not, and what cannot be


def test_only_those_who_keep_the_catalogue_may(pair, editor):
    kept, gone = pair
    for user in (make_user(), make_user(role="moderator")):
        with pytest.raises(PermissionDenied):
            merge(kept, gone, by=user, reason=WHY)
    made = merge(kept, gone, by=editor, reason=WHY)
    with pytest.raises(PermissionDenied):
        made.undo(by=make_user())


@pytest.mark.parametrize(
    ("which", "reason", "code"),
    [("self", WHY, "same_film"), ("other", "  ", "reason_required"), ("away", WHY, "not_there")],
)
def test_what_makes_no_sense_changes_nothing(pair, editor, which, reason, code):
    kept, gone = pair
    if which == "away":
        merge(make_film("Third"), gone, by=editor, reason=WHY)
    before = FilmMerge.objects.count()
    with pytest.raises(ValidationError) as refused:
        merge(kept, kept if which == "self" else gone, by=editor, reason=reason)
    assert refused.value.code == code
    assert FilmMerge.objects.count() == before


def test_it_is_undone_once(pair, editor):
    kept, gone = pair
    made = merge(kept, gone, by=editor, reason=WHY)
    made.undo(by=editor)
    with pytest.raises(ValidationError) as refused:
        made.undo(by=editor)
    assert refused.value.code == "undone"


def test_restoring_is_no_way_round_undoing(pair, editor):
    kept, gone = pair
    merge(kept, gone, by=editor, reason=WHY)
    gone.refresh_from_db()
    with pytest.raises(TransitionError):
        gone.restore(by=make_user(role="moderator"), reason="Why not?")


def test_answers_to_whether_it_is_still_with_them_count_where_the_essays_stand(pair, editor):
    kept, gone = pair
    before = [(film.answers, film.lasting_still, film.lasting_total) for film in pair]
    first = make_review(film=kept, words=450, published_at=MARCH)
    make_afterthought(first, is_still=False)
    make_afterthought(make_review(film=gone, words=450, published_at=MARCH), is_still=True)
    # Of one writer, the newer essay speaks.
    newer = make_review(first.author, gone, words=450, published_at=MAY)
    make_afterthought(newer, is_still=True)
    apart = [
        (film.answers, film.lasting) for film in Film.objects.in_bulk([kept.pk, gone.pk]).values()
    ]
    made = merge(kept, gone, by=editor, reason=WHY)
    gone.refresh_from_db()
    kept.refresh_from_db()
    assert (gone.answers, gone.lasting_still, gone.lasting_total) == before[1]
    assert kept.answers["year"] == [2, 2]
    assert counts_are_right()
    made.undo(by=editor)
    films = Film.objects.in_bulk([kept.pk, gone.pk]).values()
    assert [(film.answers, film.lasting) for film in films] == apart
    assert counts_are_right()


def test_everything_that_hangs_on_a_film_is_thought_of():
    known = {
        "Rating.film", "Viewing.film", "Keeping.film", "Review.film", "FilmCountry.film",
        "FilmLanguage.film", "Credit.film", "FilmRelation.film", "FilmRelation.other",
        "FilmTheme.content_object", "FilmTitle.film", "FormerSlug.film", "FilmImage.film",
        # Written by what is above, and the record itself.
        "ThemeListing.film", "FilmMerge.kept", "FilmMerge.gone",
    }  # fmt: skip
    found = {
        f"{relation.related_model.__name__}.{relation.field.name}"
        for relation in Film._meta.related_objects
    }
    assert found == known


def test_who_left_does_not_come_back_by_undoing(pair, editor):
    from reviews import leaving

    kept, gone = pair
    member, _notes = both_by_one(kept, gone)
    for film in (kept, gone):
        film.viewings.get_or_create(member=member, seen_on=None)
    made = merge(kept, gone, by=editor, reason=WHY)
    leaving.scrub(member, keeps=False)
    made.refresh_from_db()
    made.undo(by=editor)
    assert not Viewing.objects.filter(member=member).exists()
    assert not Keeping.objects.filter(member=member).exists()


# In the admin

FILMS, MERGES = "/admin/films/film/", "/admin/films/filmmerge/"


def asked(*films, **more):
    return {"action": "merge", "index": 0, "_selected_action": [film.pk for film in films], **more}


@pytest.fixture
def at_work(client, editor):
    client.force_login(editor)
    return client


def test_editors_see_both_side_by_side_before_anything_happens(at_work, pair):
    kept, gone = pair
    make_review(film=gone)
    page = at_work.post(FILMS, asked(kept, gone))
    assert page.status_code == 200
    facts = {str(what): (said, differs) for what, said, differs in page.context["facts"]}
    assert facts["Title"] == ([kept.title, gone.title], True)
    assert facts["Essays"] == ([0, 1], True)
    assert facts["Year"] == ([2020, 2020], False)
    assert not FilmMerge.objects.exists()


def test_editors_merge_and_undo(at_work, pair):
    kept, gone = pair
    sent = asked(kept, gone, post="yes", kept=kept.pk, reason=WHY)
    page = at_work.post(FILMS, sent, follow=True)
    assert "is now part of" in page.content.decode()
    made = FilmMerge.objects.get()
    assert (made.kept, made.gone, made.reason) == (kept, gone, WHY)
    record = at_work.get(f"{MERGES}{made.pk}/change/").content.decode()
    assert WHY in record
    assert 'value="undo"' in record
    sent = {"action": "undo", "index": 0, "_selected_action": made.pk}
    assert "Undone" in at_work.post(MERGES, sent, follow=True).content.decode()
    assert Film.objects.get(pk=gone.pk).is_published


@pytest.mark.parametrize("given", ["{path}", "https://example.org{path}?x=1", "{slug}"])
def test_the_other_film_is_given_by_its_address(at_work, pair, given):
    kept, gone = pair
    assert "merge" in at_work.get(f"{FILMS}{kept.pk}/change/").content.decode()
    address = given.format(path=gone.get_absolute_url(), slug=gone.slug)
    page = at_work.post(FILMS, asked(kept, post="yes", address=address))
    assert page.status_code == 200
    assert [film for film, _sign, _url in page.context["films"]] == [kept, gone]


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"address": "/films/nowhere/"}, "No film has this address."),
        ({"address": "/films/the-lake-2020/"}, "leads to the film itself"),
        ({"address": ""}, "Give the address"),
    ],
)
def test_an_address_that_leads_nowhere_is_given_back(at_work, pair, sent, error):
    page = at_work.post(FILMS, asked(pair[0], post="yes", **sent))
    assert page.status_code == 422
    assert error in page.content.decode()


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"kept": "", "reason": WHY}, "Choose the film that stays"),
        ({"kept": "999999", "reason": WHY}, "valid choice"),
        ({"reason": ""}, "Write the reason"),
        ({"reason": "x" * 1001}, "1000"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(at_work, pair, sent, error):
    sent = {"kept": pair[0].pk} | sent
    page = at_work.post(FILMS, asked(*pair, post="yes", **sent))
    assert page.status_code == 422
    assert error in page.content.decode()
    assert sent["reason"] in page.content.decode()
    assert not FilmMerge.objects.exists()


def test_moderators_may_not(client, pair):
    client.force_login(make_user(role="moderator"))
    client.post(FILMS, asked(*pair, post="yes", kept=pair[0].pk, reason=WHY))
    assert client.get(MERGES).status_code == 403
    assert not FilmMerge.objects.exists()


def test_what_became_part_of_another_cannot_be_changed(at_work, pair, editor):
    merge(*pair, by=editor, reason=WHY)
    url = f"{FILMS}{pair[1].pk}/change/"
    assert at_work.post(url, {"title": "Else"}).status_code == 403
    assert "Merge with another" not in at_work.get(url).content.decode()


def test_a_new_film_of_the_same_name_takes_no_address_away(client, pair, editor):
    kept, gone = pair
    merge(kept, gone, by=editor, reason=WHY)
    new = Film.objects.add(by=make_user(), title=gone.title, year=gone.year,
                           countries=[make_country("IT")])  # fmt: skip
    assert new.slug != gone.slug
    assert client.get(f"/films/{gone.slug}/").headers["Location"] == kept.get_absolute_url()


def test_a_catalogue_file_that_still_has_both_changes_nothing_back(pair, editor):
    kept, gone = pair
    record = {"title": gone.title, "year": 2020, "countries": ["DE"], "imdb_id": "tt1234567"}
    merge(kept, gone, by=editor, reason=WHY)
    assert match([record | {"slug": gone.slug}]) == {gone.slug: gone}
    known = {"themes": {}, "related": []}
    assert write([record | {"slug": gone.slug}], known) == {"unchanged": 1, "created": 0}
    assert Film.objects.get(pk=gone.pk).status == Status.REMOVED
