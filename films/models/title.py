"""What a film is called, found by and addressed as, besides its title."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FilmTitle(models.Model):
    class Kind(models.TextChoices):
        TRANSLATED = "translated", _("translated")
        ROMANIZED = "romanized", _("romanized")
        ALSO = "also", _("also known as")

    film = models.ForeignKey("films.Film", models.CASCADE, related_name="titles")
    text = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=12, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ALSO)

    class Meta:
        ordering = ["kind", "language", "pk"]
        verbose_name = _("other title")
        verbose_name_plural = _("other titles")
        constraints = [
            models.UniqueConstraint(fields=["film", "text", "language"], name="filmtitle_once")
        ]

    def __str__(self):
        return self.text


class FormerSlug(models.Model):
    """An address that a film had; it redirects for good."""

    slug = models.SlugField(max_length=230, unique=True, allow_unicode=True)
    film = models.ForeignKey("films.Film", models.CASCADE, related_name="former_slugs")

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")

    def __str__(self):
        return self.slug
