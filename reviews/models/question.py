from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from films.milestones import ORDER, Milestone, months_later, passed
from reviews.models.review import Review
from users.addresses import address
from users.moderation import Status
from users.notifications import Kind, Notification


class QuestionQuerySet(models.QuerySet):
    def begin(self, piece):
        """Ask the writer of an essay from now on; once, however often it is published."""
        question = self.model(review=piece, author_id=piece.author_id, milestone=Milestone.MONTH)
        question.due_at = Milestone.MONTH.since(piece.published_at)
        # What passed before anybody could be told, in a history that is loaded, is not told.
        question.tell_at = question.next_telling(timezone.now())
        self.bulk_create([question], ignore_conflicts=True)

    def by(self, member):
        return self.filter(author=member)

    def on_published(self):
        return self.filter(review__status=Status.PUBLISHED)

    def due(self, now):
        return self.on_published().filter(due_at__lte=now).order_by("due_at", "pk")

    def untold(self, now):
        return self.filter(tell_at__lte=now).order_by("tell_at", "pk")

    def for_asking(self):
        return self.select_related("review__film", "author")

    def for_log(self):
        return self.select_related("review").only(
            "milestone", "review__slug", "review__kind", "review__status", "review__title",
            "review__film_title", "review__published_at",
        )  # fmt: skip


class Question(models.Model):
    """Is it still with you? When the writer of an essay is asked next, and told of it."""

    review = models.OneToOneField(
        Review, models.CASCADE, primary_key=True, related_name="question", verbose_name=_("piece")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="questions", verbose_name=_("author")
    )
    # The first without an answer; a later one takes its place as soon as that has passed.
    milestone = models.CharField(_("after"), max_length=11, choices=Milestone)
    due_at = models.DateTimeField(_("asked from"), null=True, blank=True)
    tell_at = models.DateTimeField(_("next told"), null=True, blank=True)
    is_skipped = models.BooleanField(_("not to be asked"), default=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_skipped=False)
                | models.Q(due_at__isnull=True, tell_at__isnull=True),
                name="question_skipped_is_not_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["author", "due_at", "review"],
                condition=models.Q(due_at__isnull=False),
                name="question_of_author",
            ),
            models.Index(
                fields=["tell_at", "review"],
                condition=models.Q(tell_at__isnull=False),
                name="question_untold",
            ),
        ]

    def __str__(self):
        return f"{self.review}: {self.get_milestone_display()}"

    def get_absolute_url(self):
        return address("reviews:still", self.review.slug)

    @property
    def is_public(self):
        """Whether it may be asked: of what nobody can read now, nothing is."""
        return self.review.is_published

    def at(self, now):
        """The milestone that is asked about now: the newest that has passed."""
        reached = passed(self.review.published_at, now)
        return max(filter(None, [Milestone(self.milestone), reached]), key=ORDER.index)

    def told_at(self, moment):
        """The milestone that a notice of that moment is about."""
        return passed(self.review.published_at, moment) or Milestone.MONTH

    def is_due(self, now):
        return self.due_at is not None and self.due_at <= now

    def to_answer(self, now):
        """The milestone that the writer may answer for now, asked or not; else None."""
        reached = self.reached(now)
        answered = self.review.afterthoughts.standing().filter(milestone=reached)
        return None if reached is None or answered.exists() else reached

    def reached(self, now):
        """The milestone that has passed last, or None."""
        return passed(self.review.published_at, now)

    def next_telling(self, now):
        """When the next milestone after `now` will have passed, or None after the last."""
        dates = (one.since(self.review.published_at) for one in ORDER)
        return next((date for date in dates if date > now), None)

    def go_on(self, milestone):
        """After an answer for `milestone`: ask about the next."""
        if self.is_skipped:
            return
        self._wait_for(Milestone(milestone).following, milestone)
        self.save()

    def _wait_for(self, following, last):
        self.milestone = following or last
        self.due_at = following and following.since(self.review.published_at)
        self.tell_at = following and self.next_telling(timezone.now())

    def defer(self, now):
        """Ask again in a month, and tell of it then: that is what was asked for."""
        self.milestone = self.at(now)
        self.due_at = self.tell_at = months_later(now, 1)
        self.save()

    def skip(self, _now):
        """Never ask about this piece again."""
        self.due_at = self.tell_at = None
        self.is_skipped = True
        self.save()

    def resume(self, now):
        self.is_skipped = False
        asked = self.to_answer(now)
        if asked:
            self.milestone, self.due_at = asked, asked.since(self.review.published_at)
            self.tell_at = self.next_telling(now)
        else:
            reached = passed(self.review.published_at, now)
            self._wait_for(reached.following if reached else Milestone.MONTH, reached)
        self.save()

    @transaction.atomic
    def tell(self, now):
        """Tell the writer once of what is due, and look to the next milestone; whoever is not to
        be asked at present is not told later of what passed meanwhile. Whether it was told."""
        rows = Question.objects.select_for_update(of=("self",)).for_asking()
        row = rows.get(pk=self.pk)
        if row.tell_at is None or row.tell_at > now:
            return False
        row.tell_at = row.next_telling(now)
        row.save(update_fields=["tell_at"])
        if not (row.is_due(now) and row.is_public and row.author.is_asked):
            return False
        Notification.objects.tell([row.author], Kind.STILL, row)
        return True
