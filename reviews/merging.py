"""What members made of a film, when it becomes part of another one (films/models/merge.py)."""

from django.db.models import Count, Max, Q

from films.models.film import NEVER, empty_histogram
from reviews.models import Afterthought
from reviews.models.kinds import Kind


def lock(film):
    """Whoever publishes locks the piece first, and its film afterwards."""
    list(film.reviews.select_for_update().order_by("pk").values_list("pk"))


def move(kept, gone, rows):
    """Every piece, with the title and the year that it was written under; of what a member says
    once, the newer."""
    rows.move(gone.reviews.order_by("pk"), film=kept)
    rows.move_one_of_each(
        gone.ratings, kept.ratings, field="film", target=kept,
        key=lambda row: row.member_id, rank=lambda row: row.rated_at,
    )  # fmt: skip
    rows.move_one_of_each(
        gone.viewings, kept.viewings, field="film", target=kept,
        key=lambda row: (row.member_id, row.seen_on, row.seen_precision),
        # Who finished it once has seen it.
        rank=lambda row: not row.is_unfinished,
    )  # fmt: skip
    let_go_of_what_was_seen(kept, gone, rows)
    rows.move_one_of_each(
        gone.keepings, kept.keepings, field="film", target=kept,
        key=lambda row: row.member_id, rank=lambda row: row.kept_at,
    )  # fmt: skip


def let_go_of_what_was_seen(kept, gone, rows):
    """Kept for later as one film, and seen as the other since."""
    finished = kept.viewings.finished().order_by()
    seen = dict(finished.values_list("member").annotate(Max("created_at")))
    for film in (kept, gone):
        for keeping in film.keepings.order_by("pk"):
            if keeping.member_id in seen and seen[keeping.member_id] > keeping.kept_at:
                rows.give_way(keeping)


def settle(film):
    """Count what stands on the film now."""
    published = film.reviews.published().order_by()
    counted = published.aggregate(
        essay_count=Count("pk", filter=Q(kind=Kind.ESSAY)),
        note_count=Count("pk", filter=Q(kind=Kind.NOTE)),
        last_written_at=Max("published_at"),
    )
    counted["last_written_at"] = counted["last_written_at"] or NEVER
    histogram = empty_histogram()
    for value, count in film.ratings.order_by().values_list("value").annotate(Count("pk")):
        histogram[value - 1] = count
    film.rating_histogram, film.rating_count = histogram, sum(histogram)
    film.rating_sum = sum(value * count for value, count in enumerate(histogram, 1))
    film.score = film.weighted_score()
    for name, value in counted.items():
        setattr(film, name, value)
    film.save(update_fields=[*counted, "rating_histogram", "rating_count", "rating_sum", "score"])
    Afterthought.objects.let_go_of(film)
    Afterthought.objects.take_up(film)
