from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class FilmRelation(models.Model):
    class Kind(models.TextChoices):
        REMAKE = "remake_of", _("remake of")
        BASED = "based_on", _("based on")
        INSPIRED = "inspired_by", _("inspired by")

    film = models.ForeignKey("films.Film", models.CASCADE, related_name="relations")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    other = models.ForeignKey(
        "films.Film", models.CASCADE, related_name="related_from", verbose_name=_("film")
    )

    class Meta:
        verbose_name = _("related film")
        verbose_name_plural = _("related films")
        constraints = [
            models.UniqueConstraint(fields=["film", "kind", "other"], name="filmrelation_once"),
            models.CheckConstraint(condition=~Q(film=F("other")), name="filmrelation_not_itself"),
        ]

    def __str__(self):
        return f"{self.film_id} {self.kind} {self.other_id}"

    def other_of(self, film):
        """Key of the one that is not `film`."""
        return self.other_id if self.film_id == film.pk else self.film_id

    def words_for(self, film):
        """What the one that is not `film` is to it."""
        if self.film_id == film.pk:
            return {
                self.Kind.REMAKE: _("What it is a remake of"),
                self.Kind.BASED: _("What it is based on"),
                self.Kind.INSPIRED: _("What inspired it"),
            }[self.kind]
        return {
            self.Kind.REMAKE: _("A remake of it"),
            self.Kind.BASED: _("Based on it"),
            self.Kind.INSPIRED: _("Inspired by it"),
        }[self.kind]
