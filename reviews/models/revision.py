from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

NOTE_LIMIT = 300
# What makes another version of a piece: its words, and whether they tell the ending.
WORDS = ("title", "lead", "body", "language", "is_spoiler")
COPIED = (*WORDS, "safe_text", "word_count")


class RevisionQuerySet(models.QuerySet):
    def keep(self, review, *, note="", at=None, is_withheld=False):
        """Keep what everybody can read of `review` from now on, unless it is what they could
        read before; with `is_withheld`, what a rule keeps from them. That waits with its note,
        and is the one that is kept when it has passed. The caller has locked the row. Answers
        the new revision, or None."""
        rows = list(self.filter(review=review).order_by("-number")[:2])
        waiting = rows.pop(0) if rows and rows[0].is_withheld else None
        last = rows[0] if rows else None
        if last and all(getattr(last, name) == getattr(review, name) for name in WORDS):
            if waiting:
                waiting.delete()
            return None
        kept = waiting or self.model(review=review, number=last.number + 1 if last else 1,
                                     note=note if last else "")  # fmt: skip
        kept.created_at, kept.is_withheld = at or timezone.now(), is_withheld
        for name in COPIED:
            setattr(kept, name, getattr(review, name))
        kept.save()
        return kept

    def for_list(self):
        """What a line of the history prints. Bodies stay in the database."""
        return self.only(
            "review",
            "number",
            "note",
            "word_count",
            "language",
            "is_spoiler",
            "is_withheld",
            "created_at",
        )

    def readable(self):
        return self.filter(is_withheld=False)


class Revision(models.Model):
    """A published version of a piece. Its words are the author's, whole: what staff have hidden
    in the piece is taken out wherever a version is shown."""

    review = models.ForeignKey(
        "reviews.Review", models.CASCADE, related_name="revisions", verbose_name=_("piece")
    )
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=160, blank=True)
    lead = models.TextField(_("lead"), blank=True)
    body = models.TextField(_("text"), blank=True)
    language = models.CharField(_("language"), max_length=12)
    is_spoiler = models.BooleanField(_("the whole text gives the film away"), default=False)
    safe_text = models.TextField(blank=True, editable=False)
    word_count = models.PositiveIntegerField(_("words"), default=0)
    note = models.TextField(
        _("what changed"), blank=True, max_length=NOTE_LIMIT,
        validators=[MaxLengthValidator(NOTE_LIMIT)],
    )  # fmt: skip
    created_at = models.DateTimeField(_("published"), default=timezone.now)
    # The piece was withheld from readers, and came back with other words; or a rule holds it, and
    # this is the newest.
    is_withheld = models.BooleanField(_("kept from readers"), default=False)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["review", "-number"]
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="revision_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_number_from_one"),
        ]

    def __str__(self):
        return gettext("Version %(number)s") % {"number": self.number}
