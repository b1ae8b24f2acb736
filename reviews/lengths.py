"""How long a piece is, in four bands of reading time, so that lists can be asked for one."""

from django.db.models import (
    Case,
    F,
    GeneratedField,
    IntegerChoices,
    IntegerField,
    PositiveSmallIntegerField,
    Value,
    When,
)
from django.db.models.functions import Left
from django.db.models.lookups import In
from django.utils.translation import gettext_lazy as _

from reviews.counting import (
    CHARACTER_LANGUAGES,
    CHARACTERS_A_MINUTE,
    CHARACTERS_A_WORD,
    WORDS_A_MINUTE,
    reading_minutes,
)


class Length(IntegerChoices):
    BRIEF = 1, _("brief, a minute")
    SHORT = 2, _("short, 2 to 4 minutes")
    MEDIUM = 3, _("medium, 5 to 9 minutes")
    LONG = 4, _("long, 10 minutes or more")


MOST_MINUTES = {Length.BRIEF: 1, Length.SHORT: 4, Length.MEDIUM: 9}
OF_ESSAYS = (Length.SHORT, Length.MEDIUM, Length.LONG)
OF_NOTES = (Length.BRIEF, Length.SHORT)
# "ko" and "ko-…", but not "kok".
CHARACTER_STARTS = [
    f"{code}{end}" for code in sorted(CHARACTER_LANGUAGES) for end in ("", "-", "_")
]


def band_of(words, language):
    """As the database works it out."""
    minutes = reading_minutes(words, language)
    return next((band for band, most in MOST_MINUTES.items() if minutes <= most), Length.LONG)


def length_field():
    """Worked out by the database from words and language, by the rule of `reading_minutes`."""
    spaced = Case(*bands(WORDS_A_MINUTE), default=Value(Length.LONG.value))
    unspaced = Case(*bands(CHARACTERS_A_MINUTE), default=Value(Length.LONG.value))
    is_unspaced = In(Left("language", 3), CHARACTER_STARTS)
    return GeneratedField(
        expression=Case(When(is_unspaced, then=unspaced), default=spaced),
        output_field=PositiveSmallIntegerField(),
        db_persist=True,
    )


def weight_in_words():
    """As `counting.weight_in_words`, by the database."""
    is_unspaced = In(Left("language", 3), CHARACTER_STARTS)
    halved = F("word_count") / CHARACTERS_A_WORD
    return Case(
        When(is_unspaced, then=halved), default=F("word_count"), output_field=IntegerField()
    )


def bands(pace):
    return [
        When(word_count__lte=minutes * pace, then=Value(band.value))
        for band, minutes in MOST_MINUTES.items()
    ]
