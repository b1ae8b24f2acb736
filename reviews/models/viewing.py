import datetime

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

HALF_STARS = [(n, f"{n / 2:g}") for n in range(1, 11)]


class Precision(models.TextChoices):
    """How much of a date is known. A day seen is a date, in nobody's time zone."""

    NONE = "", _("no date")
    YEAR = "year", _("year")
    MONTH = "month", _("month")
    DAY = "day", _("day")


def dated(precision, date):
    """A constraint: a date goes with a precision, and neither stands alone."""
    return Q(**{precision: "", f"{date}__isnull": True}) | (
        ~Q(**{precision: ""}) & Q(**{f"{date}__isnull": False})
    )


def parse_partial_date(text):
    """(date, Precision) of "2013", "2013-02" or "2013-02-14"; what is not known is the first.

    Raises ValueError.
    """
    if not text:
        return None, Precision.NONE
    parts = [int(part) for part in text.split("-")]
    date = datetime.date(*parts, *[1] * (3 - len(parts)))
    return date, (Precision.YEAR, Precision.MONTH, Precision.DAY)[len(parts) - 1]


def partial_date_text(date, precision):
    """In words: "2013", "February 2013", "14 February 2013", or nothing."""
    if precision == Precision.DAY:
        return f"{date.day} {MONTHS[date.month]} {date.year}"
    if precision == Precision.MONTH:
        return f"{MONTHS[date.month]} {date.year}"
    return str(date.year) if precision == Precision.YEAR else ""


class RatingQuerySet(models.QuerySet):
    @transaction.atomic
    def rate(self, film, *, by, value, at=None):
        """Set a member's rating of a film, in half stars from 1 to 10; None takes it back."""
        film = type(film).objects.select_for_update().get(pk=film.pk)
        rating = self.filter(film=film, member=by).first()
        old = rating.value if rating else None
        if old == value:
            return
        if value is None:
            rating.delete()
        else:
            rating = rating or self.model(film=film, member=by)
            rating.value, rating.rated_at = value, at or timezone.now()
            rating.save()
        film.count_rating(old=old, new=value)


class Rating(models.Model):
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="ratings", verbose_name=_("member")
    )
    film = models.ForeignKey(
        "films.Film", models.PROTECT, related_name="ratings", verbose_name=_("film")
    )
    value = models.PositiveSmallIntegerField(_("half stars"), choices=HALF_STARS)
    rated_at = models.DateTimeField(_("date"), default=timezone.now)

    objects = RatingQuerySet.as_manager()

    class Meta:
        ordering = ["-rated_at"]
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["member", "film"], name="rating_once"),
            models.CheckConstraint(
                condition=Q(value__gte=1, value__lte=10), name="rating_half_stars"
            ),
        ]

    def __str__(self):
        return f"{self.value / 2:g}"


class ViewingQuerySet(models.QuerySet):
    @transaction.atomic
    def see(self, film, *, by, seen_on=None, precision=Precision.NONE):
        """Say that a member has seen a film, on a date as far as it is known. "Seen" without a
        date adds nothing where it is said already."""
        film.__class__.objects.select_for_update().get(pk=film.pk)
        mine = self.filter(film=film, member=by)
        if seen_on is None and mine.exists():
            return
        if not mine.filter(seen_on=seen_on, seen_precision=precision).exists():
            self.create(film=film, member=by, seen_on=seen_on, seen_precision=precision)

    def forget(self, film, *, by):
        """Take back that a member has seen a film, every time."""
        self.filter(film=film, member=by).delete()


class Viewing(models.Model):
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="viewings", verbose_name=_("member")
    )
    film = models.ForeignKey(
        "films.Film", models.PROTECT, related_name="viewings", verbose_name=_("film")
    )
    seen_on = models.DateField(_("seen on"), null=True, blank=True)
    seen_precision = models.CharField(
        _("precision"), max_length=5, choices=Precision, default=Precision.NONE, blank=True
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ViewingQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_on", "-pk"]
        verbose_name = _("viewing")
        verbose_name_plural = _("viewings")
        constraints = [
            models.CheckConstraint(
                condition=dated("seen_precision", "seen_on"), name="viewing_date_has_precision"
            ),
            models.UniqueConstraint(
                fields=["member", "film", "seen_on", "seen_precision"],
                name="viewing_once_a_date",
            ),
            models.UniqueConstraint(
                fields=["member", "film"],
                condition=Q(seen_on__isnull=True),
                name="viewing_once_undated",
            ),
        ]
        indexes = [models.Index(fields=["member", "film"], name="viewing_member_film")]

    def __str__(self):
        return self.date_text or str(_("seen"))

    @property
    def date_text(self):
        return partial_date_text(self.seen_on, self.seen_precision)
