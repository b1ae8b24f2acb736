import copy

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

    # What stood there when it was opened, and whether it is the one chosen of two.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    is_chosen = forms.BooleanField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Afterthought
        fields = ("text",)

    def __init__(self, data=None, **kwargs):
        data, self.marred = without_nulls(data)
        super().__init__(data, use_required_attribute=False, **kwargs)
        layout = ["text", "is_kept"]
        if self.instance.pk:
            row = self.instance
            self.initial |= {"is_kept": row.is_kept, "seen": row.as_seen}
            layout += ["seen", "is_chosen"]
        self.helper = helper(*layout)

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

    def change(self):
        """And what it was begun from."""
        data = self.cleaned_data
        return self.answer() | {"seen": data["seen"], "is_chosen": data["is_chosen"]}

    @classmethod
    def beside(cls, row, data):
        """What `data` holds, to be chosen instead of `row`, which stands there."""
        data = data.copy()
        data["seen"], data["is_chosen"] = row.as_seen, "on"
        return cls(data, instance=copy.copy(row))
