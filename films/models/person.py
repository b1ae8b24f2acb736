from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Person(models.Model):
    name = models.CharField(_("name"), max_length=120, db_index=True)
    slug = models.SlugField(_("address"), max_length=140, unique=True, allow_unicode=True)
    sort_name = models.CharField(_("sorted under"), max_length=140, db_index=True)
    native_name = models.CharField(_("own name"), max_length=120, blank=True)
    native_language = models.CharField(_("language of that name"), max_length=12, blank=True)

    class Meta:
        ordering = ["sort_name"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("films:person", args=[self.slug])
