"""Whatever becomes of what is around it, a piece stays readable: on its page, in lists, in feeds,
as a file, and so in print, with its film's title and year."""

import re
from html import unescape

import pytest

from config import leaving
from films.models import Country, FilmCountry, Person
from films.models.merge import merge
from reviews.models import ReviewImage
from tests.config.test_leaving import days_pass
from tests.factories import (
    bring_to,
    make_comment,
    make_film,
    make_image,
    make_review,
    make_theme,
    make_user,
)
from users.leaving import ask_to_leave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("verbs_one_by_one")]
TEXT = "Felt hats remember rain"
REPLY = "So did my uncle"


@pytest.fixture
def essay():
    film = make_film("The Long Lake", 1998, countries=["KR"], themes=["injustice"],
                     directors=["Ana Ruiz"])  # fmt: skip
    hero, figure = make_image(title="Head"), make_image(title="Hat")
    author = make_user("mina", display_name="Mina Baek")
    body = f"{TEXT}. " * 120 + f"\n\n![A hat](image:{figure.key})"
    essay = make_review(author, film, title="A hat on a hook", body=body, themes=["hats"])
    for image, role in ((hero, "hero"), (figure, "figure")):
        ReviewImage.objects.create(review=essay, image=image, role=role)
    make_comment(essay, make_user("oksana", display_name="Oksana"), body=REPLY)
    return essay


def editor():
    return make_user(role="editor")


# What happens


def nothing(essay, hooks):
    pass


def film_withdrawn(essay, hooks):
    essay.film.hide(by=make_user(role="moderator"), reason="It never was a film.")


def film_merged(essay, hooks):
    return merge(make_film("Das Seestück", 1999), essay.film, by=editor(), reason="The same.")


def film_merged_and_withdrawn(essay, hooks):
    kept = film_merged(essay, hooks).kept
    kept.hide(by=make_user(role="moderator"), reason="It never was a film.")


def film_merged_and_undone(essay, hooks):
    film_merged(essay, hooks).undo(by=editor())


def film_renamed(essay, hooks):
    film = essay.film
    film.refresh_from_db()
    before = (film.title, film.year)
    film.title, film.year = "Another Name", 1997
    film.save()
    film.follow_title(*before)


def theme_renamed(essay, hooks):
    theme = make_theme("hats")
    theme.name = "headwear"
    theme.save()


def theme_in_another(essay, hooks):
    theme = make_theme("hats")
    theme.broader = make_theme("clothes")
    theme.save()


def theme_gone(essay, hooks):
    essay.review_themes.all().delete()
    essay.film.film_themes.all().delete()


def pictures_removed(essay, hooks):
    for row in essay.review_images.select_related("image"):
        bring_to(row.image, "removed")


def pictures_taken_back(essay, hooks):
    for row in essay.review_images.select_related("image__uploaded_by"):
        row.image.delete_by_owner(by=row.image.uploaded_by)


def gone(member, hooks):
    ask_to_leave(member, keeps_pieces=True)
    days_pass()
    with hooks(execute=True):
        assert leaving.leave(member)


def commenter_left(essay, hooks):
    gone(essay.comments.get().author, hooks)


def comment_removed(essay, hooks):
    bring_to(essay.comments.get(), "removed")


def author_left(essay, hooks):
    gone(essay.author, hooks)


def country_gone(essay, hooks):
    FilmCountry.objects.filter(film=essay.film).delete()
    Country.objects.filter(code="KR").delete()


def person_gone(essay, hooks):
    essay.film.credits.all().delete()
    Person.objects.filter(name="Ana Ruiz").delete()


HAPPENINGS = [
    nothing, film_withdrawn, film_merged, film_merged_and_withdrawn, film_merged_and_undone,
    film_renamed, theme_renamed, theme_in_another, theme_gone, pictures_removed,
    pictures_taken_back, commenter_left, comment_removed, author_left, country_gone, person_gone,
]  # fmt: skip


def page_at(client, address):
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return unescape(response.content.decode())


def said(html):
    """Its words, without the markup."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.mark.parametrize("happening", HAPPENINGS, ids=lambda happening: happening.__name__)
def test_the_essay_outlives(client, essay, django_capture_on_commit_callbacks, happening):
    old_address = essay.film.get_absolute_url()
    happening(essay, django_capture_on_commit_callbacks)
    page = page_at(client, essay.get_absolute_url())
    main = page[page.index("<main") : page.index("</main>")]
    assert main.count(TEXT) >= 120
    assert essay.title in main
    assert "<cite>The Long Lake</cite>" in main
    assert "1998" in said(main)
    if happening not in (comment_removed,):
        assert REPLY in main
    for tail in ("", "essays/", "feed/"):
        assert essay.title in page_at(client, old_address + tail)
    for address in ("/essays/", "/feed/", "/search/?q=long+lake&kind=essays"):
        assert essay.title in page_at(client, address), address
    file = page_at(client, essay.get_markdown_url())
    assert file.count(TEXT) >= 120
    assert 'title: "A hat on a hook"' in file
    assert 'film: "The Long Lake"\nfilm_year: 1998\n' in file


@pytest.mark.parametrize("happening", [film_withdrawn, film_merged, author_left, film_renamed])
def test_so_does_a_note(client, django_capture_on_commit_callbacks, happening):
    note = make_review(make_user("mina"), make_film("The Long Lake", 1998), words=5, body=TEXT)
    happening(note, django_capture_on_commit_callbacks)
    main = page_at(client, note.get_absolute_url())
    assert TEXT in main
    assert "<cite>The Long Lake</cite>" in main
    assert "1998" in said(main)
    assert TEXT in page_at(client, note.get_markdown_url())


def test_a_merged_film_is_shown_beside_the_title_that_was_written_about(client, essay):
    kept = film_merged(essay, None).kept
    page = page_at(client, essay.get_absolute_url())
    assert f'<a href="{kept.get_absolute_url()}"><cite>The Long Lake</cite></a>' in page
    assert f"<cite>{kept.title}</cite>" in page


def test_a_picture_that_is_gone_leaves_its_place_and_the_reason(client, essay):
    pictures_removed(essay, None)
    page = page_at(client, essay.get_absolute_url())
    assert page.count('class="taken-down') == 2
    assert page.count("A picture was taken down.") == 2


def test_who_left_signs_no_more(client, essay, django_capture_on_commit_callbacks):
    author_left(essay, django_capture_on_commit_callbacks)
    for address in (essay.get_absolute_url(), essay.get_markdown_url(), "/feed/"):
        page = page_at(client, address)
        assert "former member" in page
        assert "Mina" not in page
