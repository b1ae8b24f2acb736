"""Essays that answer each other."""

from reviews.models import Review

MOST = 12


def answered_by(review):
    """The essay that it answers, while everybody may read that."""
    if not (review.answers_to_id and review.is_essay):
        return None
    rows = Review.objects.published().essays().select_related("author")
    return rows.defer("body", "html").filter(pk=review.answers_to_id).first()


def answers_to(review):
    """The newest essays that answer it; no query where there are none."""
    if not review.answer_count:
        return []
    return list(review.answers.published().essays().for_cards().newest_first()[:MOST])
