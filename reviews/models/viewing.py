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


class SeenAs(models.TextChoices):
    """What a member says of a time a film was seen, above what the dates say."""

    DATES = "", _("as the dates say")
    FIRST = "first", _("for the first time")
    AGAIN = "again", _("again")


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


def partial_date_iso(date, precision):
    """As `parse_partial_date` reads it: what is not known is left out."""
    lengths = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}
    return date.isoformat()[: lengths[precision]] if precision else ""


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
        film = film.locked()
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
    def finished(self):
        return self.filter(is_unfinished=False)

    def dated(self):
        return self.filter(seen_on__isnull=False)

    @transaction.atomic
    def see(
        self, film, *, by, seen_on=None, precision=Precision.NONE, is_unfinished=False, seen_as=None
    ):
        """Say that a member has seen a film, or did not finish it, on a date as far as it is
        known. "Seen" without a date adds nothing where it is said already. A film that was seen
        is no longer kept for later. Without `seen_as`, what was said of that time stays."""
        film = film.locked()
        mine = self.filter(film=film, member=by)
        if not is_unfinished:
            film.keepings.filter(member=by).delete()
            if seen_on is None and mine.finished().exists():
                return
        said = {"is_unfinished": is_unfinished}
        if seen_as is not None:
            said["seen_as"] = seen_as
        changed = mine.filter(seen_on=seen_on, seen_precision=precision)
        if not changed.update(**said):
            self.create(film=film, member=by, seen_on=seen_on, seen_precision=precision, **said)

    def forget(self, film, *, by, time=None):
        """Take back that a member has seen a film: every time, or this one."""
        rows = self.filter(film=film, member=by)
        (rows.filter(pk=time.pk) if time else rows).delete()

    def state(self, film, *, by):
        """What `bring_back` needs to undo what is about to happen; fit for a session."""
        rows = self.filter(film=film, member=by).order_by("pk")
        return {
            "viewings": [
                [
                    row.seen_on and row.seen_on.isoformat(),
                    row.seen_precision,
                    row.is_unfinished,
                    row.seen_as,
                ]
                for row in rows
            ],
            "is_kept": film.keepings.filter(member=by).exists(),
        }

    @transaction.atomic
    def bring_back(self, film, *, by, state):
        film = film.locked()
        self.forget(film, by=by)
        self.bulk_create(
            self.model(
                film=film, member=by, seen_on=day and datetime.date.fromisoformat(day),
                seen_precision=precision, is_unfinished=is_unfinished, seen_as=seen_as,
            )
            for day, precision, is_unfinished, seen_as in state["viewings"]
        )  # fmt: skip
        if state["is_kept"]:
            film.keepings.get_or_create(member=by)
        else:
            film.keepings.filter(member=by).delete()


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
    is_unfinished = models.BooleanField(_("did not finish it"), default=False)
    seen_as = models.CharField(
        _("which time"), max_length=5, choices=SeenAs, default=SeenAs.DATES, blank=True
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
            models.CheckConstraint(
                condition=Q(seen_as__in=SeenAs.values), name="viewing_seen_as_known"
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
        indexes = [
            models.Index(fields=["member", "film"], name="viewing_member_film"),
            models.Index(fields=["member", "-seen_on", "-id"], name="viewing_diary"),
        ]

    def __str__(self):
        return self.date_text or str(_("seen"))

    @property
    def date_text(self):
        return partial_date_text(self.seen_on, self.seen_precision)


class Keeping(models.Model):
    """A film that a member keeps for later. Other members do not see it."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="keepings", verbose_name=_("member")
    )
    film = models.ForeignKey(
        "films.Film", models.PROTECT, related_name="keepings", verbose_name=_("film")
    )
    kept_at = models.DateTimeField(_("kept"), default=timezone.now)

    class Meta:
        ordering = ["-kept_at", "-pk"]
        verbose_name = _("film kept for later")
        verbose_name_plural = _("films kept for later")
        constraints = [models.UniqueConstraint(fields=["member", "film"], name="keeping_once")]
        indexes = [models.Index(fields=["member", "-kept_at", "-id"], name="keeping_newest")]

    def __str__(self):
        return f"{self.member_id}: {self.film_id}"
