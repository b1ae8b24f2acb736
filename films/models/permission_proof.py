from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PermissionProofQuerySet(models.QuerySet):
    def keep(self, image, text):
        """Beside those that were given before. Answers whether it is another than the last."""
        last = self.filter(image=image).first()
        if last and last.text == text:
            return False
        self.create(image=image, text=text)
        return True


class PermissionProof(models.Model):
    """What shows that a picture's maker permitted its use. A table of its own, so that nothing
    that prints a picture's record can print this: it is for staff, and for the member's own copy
    of everything. The newest of a picture counts, those before it stay."""

    image = models.ForeignKey(
        "films.Image",
        models.CASCADE,
        related_name="permission_proofs",
        verbose_name=_("picture"),
    )
    text = models.TextField(_("proof"), max_length=5000)
    given_at = models.DateTimeField(_("given"), default=timezone.now)

    objects = PermissionProofQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("proof of a permission")
        verbose_name_plural = _("proofs of permissions")

    def __str__(self):
        return str(self.image)
