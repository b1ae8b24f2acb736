import pytest

from reviews import in_words
from reviews.models import Review
from tests.factories import make_review

pytestmark = pytest.mark.django_db


def test_a_published_note_is_not_said_to_become_an_essay():
    note = make_review(words=60)
    note.body = "rain " * 2_000
    note.render()
    assert note.kind == "note"
    assert in_words.progress(note)["rest"] == "9 minutes to read. A note, and it stays one."


def test_a_draft_below_an_essay_says_how_long_it_takes_to_read():
    draft = Review(body="rain " * 250)
    draft.render()
    said = "2 minutes to read. A note. From 400, 150 from here, it becomes an essay."
    assert in_words.progress(draft)["rest"] == said
