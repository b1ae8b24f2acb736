"""Essays that answer each other."""

from reviews.models import Review
from users.paging import Order, Page, PositionError, first_page, page_of
from users.prepared import prepared

ORDER = Order("answers", (("published_at", True), ("pk", True)))
MOST = 12


def answered_by(review):
    """The essay that it answers, while everybody may read that."""
    if not (review.answers_to_id and review.is_essay):
        return None
    rows = Review.objects.published().essays().select_related("author")
    return rows.defer("body", "html").filter(pk=review.answers_to_id).first()


@prepared
def newest(review, *, most):
    rows = Review.objects.published().essays().for_cards().filter(answers_to=review)
    return rows.order_by(*ORDER.terms())[:most]


def answers_to(review, position=""):
    """A page of the essays that answer it, the newest first; no query where there are none."""
    if not review.answer_count:
        return Page([], 0)
    if position:
        rows = Review.objects.published().essays().for_cards().filter(answers_to=review.pk)
        try:
            return page_of(rows, ORDER, position, MOST)
        except PositionError:
            pass
    return first_page(newest(review.pk, most=MOST + 1), ORDER, MOST)
