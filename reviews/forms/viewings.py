import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from films.models.film import FIRST_YEAR
from reviews.models.viewing import Precision

STARS = [("", _("No rating"))] + [
    (f"{n / 2:g}", f"{n // 2 or ''}½" if n % 2 else str(n // 2)) for n in range(1, 11)
]
MONTH_CHOICES = [("", _("None")), *MONTHS.items()]


def partial_date(day, month, year):
    """(date, Precision), or (None, NONE) of nothing. Raises ValidationError."""
    if not (day or month or year):
        return None, Precision.NONE
    if not year or (day and not month):
        raise ValidationError(
            _("Give all three, a month and a year, or only a year."), code="date_incomplete"
        )
    try:
        date = datetime.date(year, month or 1, day or 1)
    except ValueError as error:
        raise ValidationError(_("There is no such day."), code="date_unknown") from error
    # Tomorrow is today already in some places.
    if date.year < FIRST_YEAR or date > timezone.now().date() + datetime.timedelta(days=1):
        raise ValidationError(
            _("A film was seen after %(year)d, and not in the future."),
            code="date_implausible",
            params={"year": FIRST_YEAR},
        )
    if day:
        return date, Precision.DAY
    return date, Precision.MONTH if month else Precision.YEAR


def half_stars(text):
    return round(float(text) * 2) if text else None


class DateParts(forms.Form):
    """Day, month and year, as far as they are known; alone or in another form."""

    day = forms.IntegerField(
        label=_("Day"),
        required=False,
        min_value=1,
        max_value=31,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Give the day as a number from 1 to 31.")
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 2}),
    )
    month = forms.TypedChoiceField(
        label=_("Month"), required=False, choices=MONTH_CHOICES, coerce=int, empty_value=None
    )
    year = forms.IntegerField(
        label=_("Year"),
        required=False,
        min_value=1000,
        max_value=9999,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Give the year in four digits.")
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4}),
    )


class SeenForm(DateParts):
    seen = forms.ChoiceField(
        choices=[("yes", ""), ("no", ""), ("date", ""), ("unfinished", ""), ("undo", "")]
    )

    def clean(self):
        data = super().clean()
        data["seen_on"], data["seen_precision"] = None, Precision.NONE
        if data.get("seen") in ("date", "unfinished") and not self.errors:
            data["seen_on"], data["seen_precision"] = partial_date(
                data["day"], data["month"], data["year"]
            )
        return data


class RatingForm(forms.Form):
    rating = forms.TypedChoiceField(
        choices=STARS, required=False, coerce=half_stars, empty_value=None
    )
