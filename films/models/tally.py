"""Stored counts of published films, moved with the row that causes them (films/listing.py)
and proven by `manage.py recount --check`."""

from django.db import models


class TallyQuerySet(models.QuerySet):
    def most_films(self):
        return self.filter(film_count__gt=0).order_by("-film_count", "pk")

    def for_themes(self):
        return self.select_related("theme")


class Tally(models.Model):
    film_count = models.PositiveIntegerField(default=0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        abstract = True


class ThemeCountry(Tally):
    theme = models.ForeignKey("films.Theme", models.CASCADE, related_name="by_country")
    country = models.ForeignKey("films.Country", models.CASCADE, related_name="by_theme")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["theme", "country"], name="themecountry_once")
        ]
        indexes = [
            models.Index(fields=["theme", "-film_count"], name="themecountry_theme"),
            models.Index(fields=["country", "-film_count"], name="themecountry_country"),
        ]

    def __str__(self):
        return f"{self.theme_id}, {self.country_id}: {self.film_count}"


class ThemeDecade(Tally):
    theme = models.ForeignKey("films.Theme", models.CASCADE, related_name="decades")
    decade = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["decade"]
        constraints = [models.UniqueConstraint(fields=["theme", "decade"], name="themedecade_once")]

    def __str__(self):
        return f"{self.theme_id}, {self.decade}: {self.film_count}"


class CountryDecade(Tally):
    country = models.ForeignKey("films.Country", models.CASCADE, related_name="decades")
    decade = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["decade"]
        constraints = [
            models.UniqueConstraint(fields=["country", "decade"], name="countrydecade_once")
        ]

    def __str__(self):
        return f"{self.country_id}, {self.decade}: {self.film_count}"


class Decade(Tally):
    """Together all published films; 0 is the decade of those without a year."""

    decade = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ["decade"]

    def __str__(self):
        return f"{self.decade}: {self.film_count}"


class ThemePair(Tally):
    """Films that are about both; stored once in each direction."""

    theme = models.ForeignKey("films.Theme", models.CASCADE, related_name="pairs")
    other = models.ForeignKey("films.Theme", models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["theme", "other"], name="themepair_once")]
        indexes = [models.Index(fields=["theme", "-film_count"], name="themepair_theme")]

    def __str__(self):
        return f"{self.theme_id}, {self.other_id}: {self.film_count}"
