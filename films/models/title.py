"""What a film is called, found by and addressed as, besides its title."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from films.normalize import search_key


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


def words_of(texts):
    """Every word of the texts, normalised, and each tail of a word in a script that writes
    without spaces, so that a part of 東京物語 is found as the start of a tail."""
    words = set()
    for text in texts:
        for word in search_key(text).split():
            words.add(word[:60])
            if not word.isascii() and any(ord(c) >= 0x2E80 for c in word):
                words.update(word[i : i + 60] for i in range(1, len(word)))
    return words


class FilmWordQuerySet(models.QuerySet):
    def beginning(self, start):
        return self.filter(word__gte=start, word__lt=start + "\U0010ffff")


class FilmWord(models.Model):
    film = models.ForeignKey("films.Film", models.CASCADE, related_name="words")
    word = models.CharField(max_length=60)

    objects = FilmWordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["film", "word"], name="filmword_once")]
        indexes = [models.Index(fields=["word", "film"], name="filmword_word")]

    def __str__(self):
        return self.word


class FormerSlug(models.Model):
    """An address that a film had; it redirects for good."""

    slug = models.SlugField(max_length=230, unique=True, allow_unicode=True)
    film = models.ForeignKey("films.Film", models.CASCADE, related_name="former_slugs")

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")

    def __str__(self):
        return self.slug
