"""What a member who leaves has written and noted."""

from films.models import FilmMerge
from reviews.models import (
    Afterthought,
    Comment,
    Export,
    HiddenPassage,
    Mark,
    Question,
    Quotation,
    Review,
    ReviewImage,
    ReviewTheme,
    Revision,
)
from users.leaving import forget_quotes
from users.moderation import Status

NOTHING = {
    "title": "", "lead": "", "body": "", "html": "", "safe_text": "", "contents": [],
    "slug": None, "form_key": "", "saved_in": "", "missed_at": None, "language": "en", "rating": None,
    "seen_on": None, "seen_precision": "", "seen_as": "", "publish_at": None, "word_count": 0,
    "answers_to": None,
}  # fmt: skip


def scrub(member, keeps):
    """What is published stays, signed by "a former member", if `keeps`; all else goes: the words,
    not the rows, so that what others answered stands."""
    pieces = taken_back(member.reviews, member, keeps)
    ReviewTheme.objects.filter(content_object__in=pieces).delete()
    ReviewImage.objects.filter(review__in=pieces).delete()
    Revision.objects.filter(review__in=pieces).delete()
    HiddenPassage.objects.filter(review__in=pieces).update(text="")
    Quotation.objects.filter(review__in=pieces).delete()
    Review.objects.filter(pk__in=pieces).update(**NOTHING)
    member.working_copies.all().delete()
    member.left_texts.all().delete()
    forget_quotes(Review, pieces)
    replies = taken_back(member.comments, member, keeps)
    Comment.objects.filter(pk__in=replies).update(body="", html="", safe_text="", language="en")
    forget_quotes(Comment, replies)
    after = taken_back(member.afterthoughts, member, keeps)
    Afterthought.objects.filter(pk__in=after).update(text="", html="", safe_text="", language="en")
    forget_quotes(Afterthought, after)
    Question.objects.by(member).delete()
    for mark in member.marks.select_related("review").iterator(chunk_size=100):
        Mark.objects.take_back(mark.review, by=member, kind=mark.kind)
    member.viewings.all().delete()
    member.keepings.all().delete()
    for kind in ("reviews.Viewing", "reviews.Keeping"):
        FilmMerge.objects.forget(kind, member)
    for export in Export.objects.filter(member=member):
        export.discard()


def taken_back(rows, member, keeps):
    """Keys of the rows that go; each is deleted by its author first."""
    going = []
    for row in rows.order_by("pk").iterator(chunk_size=100):
        if keeps and row.is_published:
            continue
        if row.status != Status.DELETED:
            row.delete_by_owner(by=member)
        going.append(row.pk)
    return going
