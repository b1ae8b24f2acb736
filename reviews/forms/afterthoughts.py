from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reviews import markdown
from reviews.forms.fields import UNKEEPABLE, TextField, add_null_errors, helper, without_nulls
from reviews.models import Afterthought
from reviews.models.afterthought import AFTERTHOUGHT_LIMIT


class AfterthoughtForm(forms.ModelForm):
    """Is it still with you? The answer is in the button that sends it."""

    text = TextField(
        label=_("What is left of it, if anything"),
        required=False,
        max_length=AFTERTHOUGHT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4, "class": "short"}),
        help_text=_("A sentence is plenty. You may leave it empty."),
    )
    is_kept = forms.BooleanField(label=_("Keep my answer here, for me alone"), required=False)
    still = forms.ChoiceField(
        choices=[("yes", _("Still with me")), ("no", _("No longer"))],
        error_messages={
            "required": _("Say whether it is still with you."),
            "invalid_choice": _("Say whether it is still with you."),
        },
    )

    class Meta:
        model = Afterthought
        fields = ("text",)

    def __init__(self, data=None, **kwargs):
        data, self.marred = without_nulls(data)
        super().__init__(data, use_required_attribute=False, **kwargs)
        if self.instance.pk:
            self.initial["is_kept"] = self.instance.is_kept
        self.helper = helper("text", "is_kept")

    def clean_text(self):
        text = self.cleaned_data["text"].strip()
        found = markdown.problems(text, limit=AFTERTHOUGHT_LIMIT) if text else []
        found = [error for error in found if error.code in UNKEEPABLE]
        if found:
            raise ValidationError(found)
        return text

    def clean(self):
        data = super().clean()
        add_null_errors(self, self.marred)
        return data

    def answer(self):
        """What the answer says, for `Afterthought`."""
        data = self.cleaned_data
        return {"is_still": data["still"] == "yes", "text": data["text"],
                "is_kept": data["is_kept"]}  # fmt: skip
