import hashlib
from collections import Counter

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from films.milestones import LASTING, ORDER, Milestone
from films.models import Film
from reviews import languages, markdown
from reviews.models.left_text import LeftText
from reviews.models.question import Question
from reviews.models.review import Review
from reviews.models.text_rule import look_at
from users.moderation import Moderated, ModeratedQuerySet, Status
from users.visitor_pages import empty_when_done

AFTERTHOUGHT_LIMIT = 2_000


class Answered(Exception):
    """There is another answer than the one that the writer had before their eyes; it comes
    along."""

    def __init__(self, row):
        super().__init__(row.pk)
        self.row = row


class AfterthoughtQuerySet(ModeratedQuerySet):
    def standing(self):
        """Those that their writers have not taken back."""
        return self.exclude(status=Status.DELETED)

    def for_essay(self):
        """In no order: SQLite would walk all that there are for it."""
        return self.defer("text", "safe_text").order_by()

    def for_desk(self):
        """Kept by their writer for nobody else, newest first."""
        rows = self.drafts().select_related("review").defer("text", "safe_text", "review__body")
        return rows.order_by("-created_at", "-pk")

    def for_log(self):
        return self.select_related("review").only(
            "status", "milestone", "review__slug", "review__kind", "review__status",
            "review__title", "review__film_title", "review__published_at",
        )  # fmt: skip

    @transaction.atomic
    def answer(self, question, milestone, *, is_still, text="", is_kept=False, at=None):
        """Say whether it is still with one; for everybody, or with `is_kept` for oneself. Sent
        twice, it is one answer. Raises Answered where there is another."""
        question = Question.objects.select_for_update(of=("self",)).for_asking().get(pk=question.pk)
        review, author = question.review, question.author
        row = self.standing().filter(review=review, milestone=milestone).first()
        if row:
            if not row.says(is_still=is_still, text=text, is_kept=is_kept):
                raise Answered(row)
            return row
        row = self.model(review=review, author=author, milestone=milestone, is_still=is_still,
                         text=text, created_at=at or timezone.now())  # fmt: skip
        row.render()
        row.save(force_insert=True)
        if not is_kept:
            row.publish(by=author, at=at)
            look_at(row, text)
        question.go_on(milestone)
        return row

    def follow(self, piece, shift):
        """After a piece was published, or taken from its readers: what was answered about it
        counts or no longer does."""
        if shift > 0 and piece.is_essay:
            Question.objects.begin(piece)
        if self.model.objects.filter(review=piece).exists():
            self.settle(piece.film_id, piece.author_id)

    def settle(self, film, author):
        """Bring what one writer's answers add to the figures of a film up to date."""
        film = Film.objects.select_for_update().get(pk=film)
        rows = list(self.model.objects.of(film, author))
        shifts, lasting = {}, Counter()
        for row, (counted_as, is_last) in what_counts(rows).items():
            if (row.counted_as, row.is_last) == (counted_as, is_last):
                continue
            for sign, answer, lasts in (
                (-1, row.counted_as, row.is_last), (1, counted_as, is_last)
            ):  # fmt: skip
                moves = Counter(
                    {"still": sign * (answer is True), "all": sign * (answer is not None)}
                )
                shifts.setdefault(row.milestone, Counter()).update(moves)
                if lasts:
                    lasting.update(moves)
            row.counted_as, row.is_last = counted_as, is_last
            row.save(update_fields=["counted_as", "is_last"])
        if shifts:
            moves = {name: (moved["still"], moved["all"]) for name, moved in shifts.items()}
            film.count_answers(moves, lasting["still"], lasting["all"])

    def of(self, film, author):
        rows = self.filter(review__film=film, author=author).select_related("review")
        return rows.only(*COUNTING, *(f"review__{name}" for name in ("status", "published_at")))

    @transaction.atomic
    def let_go_of(self, film):
        """Before the pieces on a film go to another: nothing of them counts here any more."""
        Film.objects.filter(pk=film.pk).update(
            answers={}, lasting=None, lasting_still=0, lasting_total=0
        )
        self.model.objects.filter(review__film=film).update(counted_as=None, is_last=False)

    @transaction.atomic
    def take_up(self, film):
        """After pieces came from another film: what was answered about them counts here."""
        rows = self.model.objects.filter(review__film=film).order_by("author")
        for author in rows.values_list("author", flat=True).distinct():
            self.settle(film.pk, author)


COUNTING = ("author", "status", "milestone", "is_still", "created_at", "counted_as", "is_last",
            "review")  # fmt: skip


def what_counts(rows):
    """{row: (what it counts as, whether it is its writer's last answer of what lasts)} of one
    writer's answers about one film. A writer counts once for each milestone, by the newest
    essay, and once for what lasts, by the last answer after a year or later."""
    found = {}
    public = [row for row in rows if row.is_public]
    for row in sorted(public, key=lambda row: (row.review.published_at, row.review_id)):
        found[row.milestone] = row
    lasting = [row for name, row in found.items() if name in LASTING]
    last = max(lasting, key=lambda row: (row.created_at, row.pk), default=None)
    return {
        row: (row.is_still if found.get(row.milestone) is row else None, row is last)
        for row in rows
    }


class Afterthought(Moderated):
    """Whether a film is still with who wrote about it, and what is left of it.

    A draft is an answer that its writer keeps for nobody else: it counts nowhere.
    """

    review = models.ForeignKey(
        Review, models.CASCADE, related_name="afterthoughts", verbose_name=_("piece")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="afterthoughts",
        verbose_name=_("author"),
    )
    milestone = models.CharField(_("after"), max_length=11, choices=Milestone)
    is_still = models.BooleanField(_("still with the writer"))
    text = models.TextField(
        _("text"),
        max_length=AFTERTHOUGHT_LIMIT,
        blank=True,
        validators=[MaxLengthValidator(AFTERTHOUGHT_LIMIT)],
    )
    html = models.TextField(editable=False, blank=True)
    safe_text = models.TextField(editable=False, blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    # In the figures of the film: as yes, as no, or not at all.
    counted_as = models.BooleanField(null=True, default=None, editable=False)
    is_last = models.BooleanField(default=False, editable=False)

    objects = AfterthoughtQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("afterthought")
        verbose_name_plural = _("afterthoughts")
        constraints = [
            *Moderated.Meta.constraints,
            models.UniqueConstraint(
                fields=["review", "milestone"],
                condition=~Q(status__in=["deleted", "removed"]),
                name="afterthought_once",
            ),
            models.CheckConstraint(
                condition=Q(milestone__in=Milestone.values), name="afterthought_milestone_known"
            ),
            models.CheckConstraint(
                condition=Q(is_last=False) | Q(counted_as__isnull=False),
                name="afterthought_last_counts",
            ),
        ]
        indexes = [
            models.Index(fields=["author", "status", "-created_at"], name="afterthought_of_author"),
            models.Index(fields=["status", "-created_at", "-id"], name="afterthought_queue"),
        ]

    def __str__(self):
        return self.moderation_title()

    def get_absolute_url(self):
        return f"{self.review.get_absolute_url()}#afterthought-{self.pk}"

    def get_edit_url(self):
        return reverse("reviews:afterthought_edit", args=[self.pk])

    def moderation_title(self):
        return gettext("An afterthought on %(piece)s") % {"piece": self.review}

    @property
    def is_public(self):
        return self.is_published and self.review.is_published

    @property
    def is_kept(self):
        return self.status == Status.DRAFT

    @property
    def may_be_changed(self):
        """By its writer: not while staff keep it from readers."""
        return self.status in (Status.DRAFT, Status.PUBLISHED)

    @property
    def place(self):
        """Its place among the milestones."""
        return ORDER.index(self.milestone)

    @property
    def html_after_answer(self):
        """Its HTML, to stand in a paragraph that has begun with yes or no."""
        return self.html.removeprefix("<p>") if self.html.startswith("<p>") else f"</p>{self.html}"

    def says(self, *, is_still, text, is_kept):
        return (self.is_still, self.text, self.is_kept) == (is_still, text, is_kept)

    @property
    def as_seen(self):
        """What a page that changes it has before it, in few letters."""
        whole = f"{self.is_still} {self.is_kept} {self.text}"
        return hashlib.sha256(whole.encode()).hexdigest()[:32]

    @transaction.atomic
    def rewrite(self, *, is_still, text, is_kept, seen, is_chosen=False):
        """Another answer in its place; it keeps its date, and says that it was changed.

        `seen` is what the writer had before their eyes, `as_seen` then. With `is_chosen` they had
        two texts: the one that is replaced is left. Raises Answered.
        """
        stored = type(self).objects.select_for_update().get(pk=self.pk)
        if stored.says(is_still=is_still, text=text, is_kept=is_kept):
            return
        if seen != stored.as_seen or not stored.may_be_changed:
            raise Answered(stored)
        if is_chosen:
            LeftText.objects.leave_words(stored.text, of=self.review)
            LeftText.objects.settle_words(text, of=self.review)
        changed = (stored.is_still, stored.text) != (is_still, text)
        if changed:
            self.is_still, self.text, self.edited_at = is_still, text, timezone.now()
            self.render()
            self.save(update_fields=["is_still", "text", "html", "safe_text", "language",
                                     "edited_at", "updated_at"])  # fmt: skip
        was_kept = stored.is_kept
        if is_kept and not was_kept:
            self.unpublish(by=self.author)
        elif was_kept and not is_kept:
            self.publish(by=self.author)
        if self.is_published and changed and not was_kept:
            self.count_publication(0)
            if markdown.holds_spoilers(self.html):
                empty_when_done()
        if self.is_published and (changed or was_kept):
            look_at(self, text)

    def render(self):
        prefix = f"a{self.review_id}-{self.place}-"
        self.language = languages.guess(self.text, self.review.language)
        done = markdown.render_comment(self.text, language=self.language, prefix=prefix)
        self.html, self.safe_text = done.html, done.safe_text

    def count_publication(self, shift):
        Afterthought.objects.settle(self.review.film_id, self.author_id)
