from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reviews import languages, markdown
from reviews.models.kinds import Replies
from reviews.models.review import Review
from reviews.models.text_rule import look_at
from users.columns import along
from users.moderation import Moderated, ModeratedQuerySet, Status, moved
from users.names import BYLINE_FIELDS
from users.notifications import Kind, Notification
from users.visitor_pages import empty_when_done

COMMENT_LIMIT = 4_000
EDIT_MINUTES = 15


class CommentQuerySet(ModeratedQuerySet):
    def for_log(self):
        return self.select_related("review").only(
            "status",
            "is_waiting",
            "review__slug",
            "review__kind",
            "review__status",
            "review__title",
            "review__film_title",
            "review__published_at",
        )

    def on_published(self):
        """Those whose piece can be read by everybody."""
        return self.filter(review__status=Status.PUBLISHED)

    def waiting(self):
        """Those that the piece's author has yet to let appear or decline."""
        return self.filter(is_waiting=True)

    def in_thread_for(self, member):
        """Those that have appeared, as text or as a stub; and those of the member with this
        number that wait."""
        has_appeared = ~Q(status=Status.DRAFT) & Q(published_at__isnull=False)
        return self.filter(has_appeared | Q(status=Status.DRAFT, author=member))

    def add(self, *, review, author, body, parent=None, at=None):
        """Answer a piece, or one of its comments. It waits, where the piece's author reads
        replies first. Raises ValidationError "closed"."""
        if not review.takes_replies:
            raise ValidationError(closed_words(review), code="closed")
        at = at or timezone.now()
        comment = self.model(review=review, author=author, parent=parent, body=body, created_at=at)
        comment.language = languages.guess(body, author.language)
        comment.render()
        with transaction.atomic():
            if review.comment_policy == Replies.HELD and author.pk != review.author_id:
                comment.is_waiting = True
                comment.save(force_insert=True)
                Notification.objects.tell([review.author], Kind.WAITING, comment, actor=author)
                return comment
            comment.save(force_insert=True)
            comment.appear([review.author, parent and parent.author], at=at)
        return comment

    def for_approval(self):
        """As their piece's author reads them, the oldest first."""
        rows = self.waiting().on_published().select_related("author", "review").only(
            "status", "created_at", "edited_at", "html", "language", "is_waiting", *along("author", BYLINE_FIELDS),
            *along("review", ("slug", "kind", "status", "title", "film_title", "published_at",
                              "language")),
        )  # fmt: skip
        return rows.order_by("created_at", "pk")

    def for_thread(self):
        rows = self.select_related("author").only(
            "review", "parent", "status", "is_waiting", "created_at", "edited_at", "deleted_at",
            "html", "language", *along("author", BYLINE_FIELDS),
        )  # fmt: skip
        return rows.order_by("created_at", "pk")


def closed_words(review):
    return gettext("%(name)s takes no more replies to this.") % {"name": review.author.name}


class Comment(Moderated):
    """What somebody answers to a piece; one level of replies.

    Hidden, removed or deleted, it leaves a stub, so that the replies below it make sense.
    """

    review = models.ForeignKey(
        Review, models.CASCADE, related_name="comments", verbose_name=_("piece")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="comments", verbose_name=_("author")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replies",
        verbose_name=_("in reply to"),
    )
    body = models.TextField(
        _("text"), max_length=COMMENT_LIMIT, validators=[MaxLengthValidator(COMMENT_LIMIT)]
    )
    html = models.TextField(editable=False)
    safe_text = models.TextField(editable=False, blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    # For the piece's author. A draft that no longer waits was declined.
    is_waiting = models.BooleanField(_("waits for approval"), default=False, editable=False)

    publication_fields = ("is_waiting",)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            *Moderated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="comment_not_its_own_parent",
            ),
            models.CheckConstraint(
                condition=Q(is_waiting=False) | Q(status=Status.DRAFT),
                name="comment_waiting_is_not_public",
            ),
        ]
        indexes = [
            models.Index(fields=["review", "parent", "created_at", "id"], name="comment_thread"),
            models.Index(fields=["author", "-created_at"], name="comment_of_author"),
            models.Index(fields=["status", "-created_at", "-id"], name="comment_queue"),
            models.Index(
                fields=["review", "created_at", "id"],
                condition=Q(is_waiting=True),
                name="comment_waiting",
            ),
        ]

    def __str__(self):
        return self.moderation_title()

    def get_absolute_url(self):
        # Which page it is on changes with what is before it; the piece finds it.
        return f"{self.review.get_absolute_url()}?comment={self.pk}#comment-{self.pk}"

    def get_edit_url(self):
        return reverse("reviews:comment_edit", args=[self.pk])

    def moderation_title(self):
        return gettext("A comment on %(piece)s") % {"piece": self.review}

    @property
    def has_spoiler_marks(self):
        return markdown.holds_spoilers(self.html)

    def gives_away(self, passage):
        words = " ".join(passage.split())
        return self.has_spoiler_marks and bool(words) and words not in self.safe_text

    @property
    def is_public(self):
        return self.is_published and self.review.is_published

    @property
    def may_be_edited(self):
        if timezone.now() - self.created_at > timedelta(minutes=EDIT_MINUTES):
            return False
        # What its piece's author has let appear stays what they read.
        was_read_first = self.review.comment_policy == Replies.HELD and self.is_published
        return not was_read_first or self.author_id == self.review.author_id

    @property
    def was_declined(self):
        return self.status == Status.DRAFT and not self.is_waiting

    def appear(self, answered, at=None):
        """Be there for everybody, unless a rule holds it, and tell `answered`."""
        self.publish(by=self.author, at=at)
        if not look_at(self, self.body):
            Notification.objects.tell(answered, Kind.REPLY, self, actor=self.author, at=at)

    def approve(self, *, by, read_as):
        """Its piece's author lets appear what was read: `read_as` is its `edited_at` then. No
        record: nothing was moderated. Raises PermissionDenied, and ValidationError
        "changed_since"."""
        with transaction.atomic():
            row = self.check_waits_for(by)
            if row.edited_at != read_as:
                raise ValidationError(
                    gettext("The reply was changed since you read it."), code="changed_since"
                )
            self.appear([self.parent and self.parent.author])

    def decline(self, *, by):
        """Its writer alone still reads it. Raises PermissionDenied."""
        with transaction.atomic():
            self.check_waits_for(by)
            self.is_waiting = False
            self.save(update_fields=["is_waiting", "updated_at"])

    def check_waits_for(self, member):
        row = Comment.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if not row.is_waiting or self.review.author_id != member.pk:
            raise PermissionDenied
        return row

    def _apply(self, verb, move, at):
        super()._apply(verb, move, at)
        if self.status != Status.DRAFT:
            self.is_waiting = False

    def rewrite(self, body):
        """Another text in its place, while that is allowed."""
        if body == Comment.objects.values_list("body", flat=True).get(pk=self.pk):
            return
        self.body, self.edited_at = body, timezone.now()
        self.language = languages.guess(body, self.author.language)
        self.render()
        with transaction.atomic():
            self.save(
                update_fields=["body", "html", "safe_text", "language", "edited_at", "updated_at"]
            )
            if self.is_published:
                look_at(self, body)
                if self.has_spoiler_marks:
                    empty_when_done()

    def _prefix(self):
        """Of the ids in its HTML, which must differ from every other comment's on a page; known
        before the row is."""
        return f"c{self.author_id}-{int(self.created_at.timestamp() * 1_000_000):x}-"

    def render(self):
        done = markdown.render_comment(self.body, language=self.language, prefix=self._prefix())
        self.html, self.safe_text = done.html, done.safe_text

    def count_publication(self, shift):
        Review.objects.filter(pk=self.review_id).update(comment_count=moved("comment_count", shift))
