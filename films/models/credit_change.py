from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CreditChangeQuerySet(models.QuerySet):
    def keep(self, image, new, *, by):
        """`image` as it was before, and the fields of its credit that are `new`."""
        before = {name: plain(getattr(image, name)) for name in new}
        after = {name: plain(value) for name, value in new.items()}
        return self.create(image=image, by=by, before=before, after=after)


def plain(value):
    return value if isinstance(value, str | bool) or value is None else value.pk


class CreditChange(models.Model):
    """What a credit said before it was corrected, and says since. Rows are only added."""

    image = models.ForeignKey(
        "films.Image", models.CASCADE, related_name="credit_changes", verbose_name=_("picture")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="credit_changes",
        verbose_name=_("corrected by"),
    )
    at = models.DateTimeField(_("date"), default=timezone.now)
    # {field: value}; a licence by its key.
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)

    objects = CreditChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("correction of a credit")
        verbose_name_plural = _("corrections of credits")

    def __str__(self):
        return f"{self.image_id}: {', '.join(self.after)}"
