"""Compute every stored counter of what members made anew and say where it differed."""

from itertools import groupby

from django.db import transaction
from django.db.models import Count, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from films.milestones import ORDER
from films.models import Country, FileErrand, Film, Image
from films.models.film import NEVER, empty_histogram
from films.recount import batches, compare
from reviews.lengths import weight_in_words
from reviews.models import Afterthought, Mark, Rating, Review, ReviewTheme
from reviews.models.afterthought import what_counts
from users.models import Notification, User
from users.moderation import Status

PUBLISHED = Q(status=Status.PUBLISHED)


def recount(check):
    """Every Difference in the counts of pieces, comments and ratings."""
    with transaction.atomic():
        yield from recount_comments(check)
        yield from recount_marks(check)
        yield from recount_films(check)
        yield from recount_ratings(check)
        yield from recount_afterthoughts(check)
        yield from recount_authors(check)
        yield from recount_countries(check)
        yield from recount_review_themes(check)
        yield from recount_pictures(check)


def counted(group, **values):
    """A subquery over the published reviews that `group` ties to the outer row."""
    rows = Review.objects.published().filter(**{group: OuterRef("pk")}).order_by().values(group)
    (aggregate,) = values.values()
    return Subquery(rows.annotate(found=aggregate).values("found"))


def of_kind(kind):
    return Count("pk", filter=Q(kind=kind))


def recount_films(check):
    films = Film.objects.annotate(
        essays=Coalesce(counted("film", n=of_kind("essay")), 0),
        notes=Coalesce(counted("film", n=of_kind("note")), 0),
        written=counted("film", n=Max("published_at")),
    )
    for batch in batches(films):
        for film in batch:
            right = {
                "essay_count": film.essays,
                "note_count": film.notes,
                "last_written_at": film.written or NEVER,
            }
            yield from compare(film, right, check)


def recount_ratings(check):
    for batch in batches(
        Film.objects.only("rating_histogram", "rating_count", "rating_sum", "score")
    ):
        histograms = {film.pk: empty_histogram() for film in batch}
        found = Rating.objects.filter(film__in=batch).order_by().values_list("film", "value")
        for film, value, count in found.annotate(n=Count("pk")):
            histograms[film][value - 1] = count
        for film in batch:
            histogram = histograms[film.pk]
            twin = Film(
                rating_count=sum(histogram),
                rating_sum=sum(value * n for value, n in enumerate(histogram, start=1)),
            )
            right = {
                "rating_histogram": histogram,
                "rating_count": twin.rating_count,
                "rating_sum": twin.rating_sum,
                "score": twin.weighted_score(),
            }
            yield from compare(film, right, check)


def recount_afterthoughts(check):
    for batch in batches(Film.objects.only("answers", "lasting", "lasting_still", "lasting_total")):
        counts = {film.pk: ({}, [0, 0]) for film in batch}
        rows = Afterthought.objects.filter(review__film__in=batch).select_related("review")
        rows = rows.defer("text", "html", "safe_text", "review__body", "review__html")
        rows = rows.order_by("review__film", "author", "pk").iterator(chunk_size=1_000)
        for (film, _author), group in groupby(rows, lambda r: (r.review.film_id, r.author_id)):
            for row, (counted_as, is_last) in what_counts(list(group)).items():
                right = {"counted_as": counted_as, "is_last": is_last}
                yield from compare(row, right, check)
                add_answer(counts[film], row.milestone, counted_as, is_last)
        for film in batch:
            answers, (still, total) = counts[film.pk]
            twin = Film(lasting_still=still, lasting_total=total)
            right = {
                "answers": {one.value: answers[one] for one in ORDER if one in answers},
                "lasting_still": still,
                "lasting_total": total,
                "lasting": twin.lower_bound(),
            }
            yield from compare(film, right, check)


def add_answer(counts, milestone, counted_as, is_last):
    if counted_as is None:
        return
    answers, lasting = counts
    places = [answers.setdefault(milestone, [0, 0])]
    if is_last:
        places.append(lasting)
    for place in places:
        place[0] += counted_as
        place[1] += 1


def recount_authors(check):
    unread = Notification.objects.unread().filter(member=OuterRef("pk")).order_by()
    unread = unread.values("member")
    users = User.objects.annotate(
        essays=Coalesce(counted("author", n=of_kind("essay")), 0),
        notes=Coalesce(counted("author", n=of_kind("note")), 0),
        words=Coalesce(counted("author", n=Sum(weight_in_words())), 0),
        unread=Coalesce(Subquery(unread.annotate(n=Count("pk")).values("n")), 0),
    )
    for batch in batches(users):
        for user in batch:
            right = {
                "essay_count": user.essays,
                "note_count": user.notes,
                "word_count": user.words,
                "unread_count": user.unread,
            }
            yield from compare(user, right, check)


def recount_countries(check):
    essays = Review.objects.published().essays().filter(
        film__film_countries__country=OuterRef("pk")
    ).order_by().values("film__film_countries__country")  # fmt: skip
    countries = Country.objects.annotate(
        essays=Coalesce(Subquery(essays.annotate(n=Count("pk")).values("n")), 0)
    )
    for country in countries.order_by("pk").iterator():
        yield from compare(country, {"essay_count": country.essays}, check)


def recount_comments(check):
    reviews = Review.objects.annotate(
        replies=Count("comments", filter=Q(comments__status=Status.PUBLISHED))
    ).only("comment_count")
    for batch in batches(reviews):
        for review in batch:
            yield from compare(review, {"comment_count": review.replies}, check)


def recount_marks(check):
    """Marks and answers of each piece; and its rank, which they move."""
    reviews = Review.objects.annotate(
        useful=marks_of(Mark.Kind.USEFUL),
        stayed=marks_of(Mark.Kind.STAYED),
        answering=Coalesce(counted("answers_to", n=of_kind("essay")), 0),
    ).defer("body", "html", "safe_text")
    for batch in batches(reviews):
        for review in batch:
            right = {
                "useful_count": review.useful,
                "stayed_count": review.stayed,
                "answer_count": review.answering,
            }
            yield from compare(review, right, check)
            if review.is_published:
                review.useful_count, review.stayed_count = review.useful, review.stayed
                yield from compare(review, {"rank": review.terms().rank}, check)


def marks_of(kind):
    rows = Mark.objects.filter(review=OuterRef("pk"), kind=kind).order_by().values("review")
    return Coalesce(Subquery(rows.annotate(found=Count("pk")).values("found")), 0)


def recount_review_themes(check):
    for batch in batches(ReviewTheme.objects.select_related("content_object")):
        for row in batch:
            piece = row.content_object
            right = piece.published_at if piece.is_published else None
            yield from compare(row, {"listed_at": right, "rank": piece.theme_rank}, check)


def recount_pictures(check):
    """Whether every place of a picture is closed to readers, as `follow_places` does it."""
    for batch in batches(Image.objects.filter(pk__in=Image.objects.placed().values("pk"))):
        rows = Image.objects.filter(pk__in=[image.pk for image in batch])
        standing = set(rows.standing().values_list("pk", flat=True))
        for image in batch:
            right = {"is_withheld": image.pk not in standing}
            found = compare(image, right, check)
            if found and not check:
                FileErrand.objects.want(image)
            yield from found
