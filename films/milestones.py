"""When a writer is asked whether a film is still with them: after a month, and after one, three
and five years, by the calendar and in UTC, so that everybody reads the same date."""

from calendar import monthrange

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

FEWEST = 3  # answers, for the page of a film to prefer a longer time


class Milestone(models.TextChoices):
    MONTH = "month", gettext_lazy("after a month")
    YEAR = "year", gettext_lazy("after a year")
    THREE_YEARS = "three_years", gettext_lazy("after three years")
    FIVE_YEARS = "five_years", gettext_lazy("after five years")

    @property
    def months(self):
        return MONTHS[self]

    def since(self, at):
        """The moment at which this much time has passed since `at`."""
        return months_later(at, self.months)

    @property
    def following(self):
        """The next one, or None after the last."""
        later = ORDER[ORDER.index(self) + 1 :]
        return later[0] if later else None


MONTHS = {
    Milestone.MONTH: 1, Milestone.YEAR: 12, Milestone.THREE_YEARS: 36, Milestone.FIVE_YEARS: 60,
}  # fmt: skip
ORDER = list(Milestone)
# What lasts is what is answered after a year or later.
LASTING = frozenset(ORDER[1:])


def months_later(at, months):
    """The same day and time so many months later; the month's last day where it has none such."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def passed(since, now):
    """The last milestone that has passed since then, or None."""
    return next((one for one in reversed(ORDER) if one.since(since) <= now), None)


def still_with(film):
    """Of how many writers a film is still with, after the longest time that three have answered
    for, else after the longest that anybody has; or nothing."""
    found = [(one, *film.answers[one]) for one in ORDER if one in film.answers]
    found = [row for row in found if row[2]]
    enough = [row for row in found if row[2] >= FEWEST]
    if not found:
        return ""
    milestone, still, total = (enough or found)[-1]
    return _("%(writers)s %(after)s") % {
        "writers": of_writers(still, total),
        "after": milestone.label,
    }


def lasting_with(film):
    """What the order of films by how long they last goes by, in words; or nothing."""
    return of_writers(film.lasting_still, film.lasting_total) if film.lasting_total else ""


def of_writers(still, total):
    return ngettext(
        "Still with %(still)d of %(total)d writer",
        "Still with %(still)d of %(total)d writers",
        total,
    ) % {"still": still, "total": total}
