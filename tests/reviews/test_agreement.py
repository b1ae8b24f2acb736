"""What an author's themes, and a moderator's label, do beyond the piece."""

import pytest

from films.models import FilmTheme
from tests.factories import REASON, make_film, make_review, make_user

pytestmark = pytest.mark.django_db


def agreed(film):
    rows = FilmTheme.objects.filter(content_object=film, agree_count__gt=0)
    return set(rows.values_list("tag__name", flat=True))


def store(piece, themes):
    piece.render()
    piece.store(themes=themes, hero=None, image_keys=[], version=piece.version)


def test_a_theme_taken_out_of_the_piece_is_no_longer_agreement():
    film, author = make_film(themes=["injustice"]), make_user()
    piece = make_review(author=author, film=film, themes=["injustice", "mercy"])
    assert agreed(film) == {"injustice", "mercy"}
    store(piece, ["injustice"])
    assert agreed(film) == {"injustice"}


def test_unless_another_piece_of_theirs_has_it():
    film, author = make_film(), make_user()
    piece = make_review(author=author, film=film, themes=["mercy", "home"])
    make_review(author=author, film=film, themes=["mercy"])
    store(piece, [])
    assert agreed(film) == {"mercy"}


def test_agreement_stays_when_the_piece_goes():
    film = make_film()
    piece = make_review(film=film, themes=["mercy"])
    piece.delete_by_owner(by=piece.author)
    assert agreed(film) == {"mercy"}


def test_a_label_sets_the_warning_and_says_why():
    piece = make_review()
    piece.label(by=make_user(role="moderator"), reason=REASON)
    piece.refresh_from_db()
    assert piece.is_spoiler
    assert piece.status == "published"
    assert piece.moderation_actions().get().verb == "label"
