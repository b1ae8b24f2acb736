"""What whoever runs the site decides in the admin."""

from django.core.cache import cache
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from users.visitor_pages import new_epoch

KEY = "site-settings"
KEPT = 60  # seconds: as long as another process may not know of a change
LONGEST = 40_000
MARKDOWN = _("Markdown. It stands above what the software itself has to say.")


class SiteSettings(models.Model):
    """One row, or none: then as declared here."""

    sign_up_is_open = models.BooleanField(
        _("anybody may join"),
        default=True,
        help_text=_("Closed, the page for joining says so. Members go on as before."),
    )
    contact = models.EmailField(
        _("address to write to"), blank=True, help_text=_("Shown on the page “Contact”.")
    )
    privacy = models.TextField(
        _("privacy"), blank=True, validators=[MaxLengthValidator(LONGEST)], help_text=MARKDOWN
    )
    terms = models.TextField(
        _("terms"), blank=True, validators=[MaxLengthValidator(LONGEST)], help_text=MARKDOWN
    )
    contact_text = models.TextField(
        _("more on contact"), blank=True, validators=[MaxLengthValidator(LONGEST)],
        help_text=_("Markdown. Who runs the site, and where, as far as the law wants it."),
    )  # fmt: skip

    class Meta:
        verbose_name = verbose_name_plural = _("site settings")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="sitesettings_one")]

    def __str__(self):
        return str(_("Site settings"))

    def save(self, *args, **kwargs):
        self.pk = 1
        super().save(*args, **kwargs)
        self.forget_kept()
        # Somebody may have kept the old row again meanwhile.
        transaction.on_commit(self.forget_kept, robust=True)

    def forget_kept(self):
        cache.delete(KEY)
        new_epoch()

    @classmethod
    def current(cls):
        return cache.get_or_set(KEY, lambda: cls.objects.first() or cls(), KEPT)
