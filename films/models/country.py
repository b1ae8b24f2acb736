import time
from typing import NamedTuple

from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from films.normalize import search_key
from users.addresses import address

KEPT = 30  # seconds that another process may not know of a country's new name


class Names(NamedTuple):
    names: list
    text: str  # of all of them, a space before each word


_kept = {}, 0.0  # names by code, and until when


def names_of_countries():
    global _kept
    names, until = _kept
    if time.monotonic() > until:
        names = {country.pk: country.keys() for country in Country.objects.for_names()}
        names = {code: Names(keys, f" {' '.join(keys)}") for code, keys in names.items()}
        # What a transaction sees may never come to be.
        if not connection.in_atomic_block:
            _kept = names, time.monotonic() + KEPT
    return names


class CountryQuerySet(models.QuerySet):
    def with_films(self):
        return self.filter(film_count__gt=0)

    def for_index(self):
        return self.with_films().order_by("region", "name")

    def for_names(self):
        return self.only("name", "adjective", "aliases", "native_names").order_by("name")

    def called(self, words):
        """{code: whether that is a whole name} of those with a name in which each word begins
        one. They are a few hundred and hardly change: their names are kept by each process."""
        found = names_of_countries()
        for word in words:
            begun = f" {word}"
            found = {code: names for code, names in found.items() if begun in names.text}
        whole = " ".join(words)
        return {code: whole in names.names for code, names in found.items()}


class Country(models.Model):
    """A country, or a state that is no more: former states keep the films made in them."""

    code = models.CharField(
        _("code"),
        max_length=4,
        primary_key=True,
        help_text=_("ISO 3166-1 alpha-2; ISO 3166-3 alpha-4 for former states."),
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=80)
    adjective = models.CharField(_("adjective"), max_length=60, blank=True)
    cinema_label = models.CharField(_("its cinema"), max_length=80, blank=True)
    native_names = models.JSONField(
        _("own names"), default=list, blank=True, help_text=_("A list of {text, language}.")
    )
    aliases = models.JSONField(_("also called"), default=list, blank=True)
    official_languages = models.JSONField(_("official languages"), default=list, blank=True)
    region = models.CharField(_("region"), max_length=40)
    subregion = models.CharField(_("subregion"), max_length=60, blank=True)
    is_former = models.BooleanField(_("former state"), default=False)
    existed_from = models.PositiveSmallIntegerField(_("from"), null=True, blank=True)
    existed_to = models.PositiveSmallIntegerField(_("to"), null=True, blank=True)
    successors = models.ManyToManyField(
        "self",
        symmetrical=False,
        related_name="predecessors",
        blank=True,
        verbose_name=_("successors"),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    film_count = models.PositiveIntegerField(_("films"), default=0, editable=False)
    essay_count = models.PositiveIntegerField(_("essays"), default=0, editable=False)

    objects = CountryQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_former=False) | Q(existed_to__isnull=False),
                name="country_former_has_end",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return address("films:country", self.slug)

    def keys(self):
        """Every name it has, folded as search folds them."""
        native = [name["text"] for name in self.native_names]
        return [search_key(name) for name in (self.name, self.adjective, *self.aliases, *native)]

    def reprint(self, former_name):
        """Put the present name where films' cards print the former one."""
        self.films.filter(card_country=former_name).update(card_country=self.name)

    def name_and_years(self):
        if not self.existed_to:
            return self.name
        years = _("%(first)d to %(last)d") if self.existed_from else _("to %(last)d")
        return f"{self.name}, {years % {'first': self.existed_from, 'last': self.existed_to}}"

    @property
    def native_name(self):
        """The first own name as {text, language}, or None where it is only the English one."""
        return next((n for n in self.native_names if n["text"] != self.name), None)


class Language(models.Model):
    code = models.CharField(_("code"), max_length=12, primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    film_count = models.PositiveIntegerField(_("films"), default=0, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("language")
        verbose_name_plural = _("languages")

    def __str__(self):
        return self.name


class FilmCountry(models.Model):
    film = models.ForeignKey("films.Film", models.CASCADE, related_name="film_countries")
    country = models.ForeignKey(
        "films.Country", models.PROTECT, related_name="film_countries", verbose_name=_("country")
    )
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("country of a film")
        verbose_name_plural = _("countries of a film")
        constraints = [
            models.UniqueConstraint(fields=["film", "country"], name="filmcountry_once"),
            models.CheckConstraint(
                condition=Q(position__lt=16), name="filmcountry_sixteen_at_most"
            ),
        ]
        indexes = [models.Index(fields=["country", "film"], name="filmcountry_country")]

    def __str__(self):
        return f"{self.film_id}: {self.country_id}"


class FilmLanguage(models.Model):
    film = models.ForeignKey("films.Film", models.CASCADE, related_name="film_languages")
    language = models.ForeignKey(
        "films.Language", models.PROTECT, related_name="+", verbose_name=_("language")
    )
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("spoken language")
        verbose_name_plural = _("spoken languages")
        constraints = [
            models.UniqueConstraint(fields=["film", "language"], name="filmlanguage_once")
        ]
        indexes = [models.Index(fields=["language", "film"], name="filmlanguage_language")]

    def __str__(self):
        return f"{self.film_id}: {self.language_id}"
