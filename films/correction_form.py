"""The form that corrects a credit that was given before."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from films.credit_form import CreditForm
from films.models.image import OWN_LICENSES, QUOTATION
from films.models.permission_proof import PermissionProof


class CorrectionForm(CreditForm):
    """The record of a picture whose file stays as it is; a quotation stays one."""

    def __init__(self, *args, instance, **kwargs):
        if instance.is_quotation:
            self.bases = [("quotation", _("A film still, quoted"))]
        proof = PermissionProof.objects.filter(image=instance).first()
        kwargs["initial"] = {
            "basis": basis_of(instance),
            "own_license": instance.license_id if instance.is_own_work else None,
            "proof": proof.text if proof else "",
        }
        super().__init__(*args, instance=instance, **kwargs)

    def offer(self, rows):
        super().offer(rows)
        if self.instance.is_own_work and self.instance.license_id not in OWN_LICENSES:
            kept = [self.instance.license_id, *OWN_LICENSES]
            self.fields["own_license"].offer([rows[pk] for pk in kept if pk in rows])

    def fill_in(self, data):
        super().fill_in(data)
        if self.instance.is_quotation:
            self.leave_out(data, "license", "source_url")
            data["license"] = self.licenses[QUOTATION]

    def save(self, commit=True):
        """Answers whether anything changed."""
        with transaction.atomic():
            is_proven_anew = self.keep_with(self.instance)
            is_changed = self.instance.correct_credit(by=self.by, **self.credit())
            if is_proven_anew and not is_changed:
                self.instance.uncheck_credit()
        return is_changed or is_proven_anew


def basis_of(image):
    if image.is_quotation:
        return "quotation"
    if image.is_own_work:
        return "own"
    return "permission" if image.permission and not image.source_url else "source"
