"""The form that corrects a credit that was given before."""

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError

from films.forms import ImageForm


class CorrectionForm(ImageForm):
    """The record of a picture whose file stays as it is."""

    file = kept = None

    def __init__(self, *args, instance, **kwargs):
        kwargs["initial"] = {"basis": basis_of(instance)} | (kwargs.get("initial") or {})
        super().__init__(*args, instance=instance, **kwargs)

    def layout(self):
        fields = super().layout().fields
        return Layout(*(field for field in fields if field not in ("file", "kept")))

    def clean(self):
        data = forms.ModelForm.clean(self)
        if data.get("basis") != "permission":
            data["permission"] = ""
            self.errors.pop("permission", None)
        for field, is_given, message in self.demands(data):
            if not is_given and field not in self.errors:
                self.add_error(field, ValidationError(message, code="required"))
        return data

    def save(self, commit=True):
        """Answers whether anything changed."""
        credit = {field: self.cleaned_data[field] for field in self.Meta.fields}
        credit["is_own_work"] = self.cleaned_data["basis"] == "own"
        return self.instance.correct_credit(by=self.by, **credit)


def basis_of(image):
    if image.is_own_work:
        return "own"
    return "permission" if image.permission and not image.source_url else "source"
