from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews import counting, markdown
from users.columns import along
from users.moderation import ModerationAction, ReportReason

MOST = 20  # of one piece; who would hide more hides the piece
NOT_FOUND_RULE = "hidden passage"


class HiddenPassageQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(lifted_at__isnull=True)

    def lost(self):
        """Those that their author's edits have taken out, or changed beyond finding."""
        return self.in_force().filter(is_found=False)

    def for_reading(self):
        """What readers are told in their place."""
        return self.select_related("action__rule", "review").only(
            "text", "word_count", "is_found", "review__language", "action__created_at",
            "action__reason", *along("action__rule", ("number", "title")),
        )  # fmt: skip

    def to_conceal(self):
        return [markdown.Passage(key, text) for key, text in self.values_list("pk", "text")]

    def hide(self, review, text, *, action):
        """Raises ValidationError where `text` is not in the piece, or hidden already."""
        text = text.strip()
        if not text or not markdown.spans(text, [markdown.Passage(1, text)]):
            raise ValidationError(
                _("Choose one piece, and paste the words of it that are to be hidden."),
                code="passage_missing",
            )
        before = self.in_force().filter(review=review).to_conceal()
        if len(before) >= MOST:
            raise ValidationError(
                _("So much is hidden in it already: hide the whole of it."), code="too_many"
            )
        if markdown.spans(f"{review.title}\n{review.lead}", [markdown.Passage(1, text)]):
            raise ValidationError(
                _(
                    "These words stand in its title or lead, too, of which no part can be "
                    "hidden: hide the whole piece."
                ),
                code="passage_in_head",
            )
        row = self.create(
            review=review,
            text=text,
            word_count=counting.count(text, review.language),
            action=action,
            created_at=action.created_at,
        )
        if not row.is_in(review):
            raise ValidationError(
                _("These words are not in its text as it stands now."), code="passage_not_found"
            )
        return row

    def note_found(self, review, keys):
        """Which of those in force a changed text still has. Staff are told of a loss once."""
        rows = self.in_force().filter(review=review)
        rows.filter(pk__in=keys, is_found=False).update(is_found=True)
        if rows.filter(is_found=True).exclude(pk__in=keys).update(is_found=False):
            note = str(_("A passage that was hidden is not found any more in the changed text."))
            record = {"by_rule": NOT_FOUND_RULE, "reason": note}
            review.report_by_rule(record, ReportReason.OTHER)


class HiddenPassage(models.Model):
    """Words of a piece that staff have hidden from everybody but its author. Rule, reason and
    date are the action's."""

    review = models.ForeignKey(
        "reviews.Review", models.PROTECT, related_name="hidden_passages", verbose_name=_("piece")
    )
    text = models.TextField(_("the passage"), max_length=2000)
    word_count = models.PositiveIntegerField(_("words"))
    action = models.OneToOneField(
        ModerationAction, models.PROTECT, related_name="+", verbose_name=_("decision")
    )
    is_found = models.BooleanField(_("found in the text"), default=True)
    created_at = models.DateTimeField(_("hidden"), default=timezone.now)
    lifted_at = models.DateTimeField(_("shown again"), null=True, blank=True)
    lifted_by = models.OneToOneField(
        ModerationAction,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decision to show it again"),
    )

    objects = HiddenPassageQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("hidden passage")
        verbose_name_plural = _("hidden passages")
        indexes = [
            models.Index(
                fields=["review"], condition=Q(lifted_at__isnull=True), name="passage_in_force"
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(lifted_at__isnull=True, is_found=False),
                name="passage_lost",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="passage_lifted_by_decision",
            ),
        ]

    def __str__(self):
        return self.action.entry

    @property
    def is_in_force(self):
        return self.lifted_at is None

    def is_in(self, review):
        return self.pk in review.render().found

    def lift(self, action):
        self.lifted_at, self.lifted_by = action.created_at, action
        self.save(update_fields=["lifted_at", "lifted_by"])

    def delete(self, *args, **kwargs):
        raise PermissionDenied("What was hidden is shown again by a decision.")
