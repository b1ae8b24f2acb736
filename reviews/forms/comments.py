from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reviews import markdown
from reviews.forms.fields import UNKEEPABLE, TextField, add_null_errors, helper, without_nulls
from reviews.models import Comment
from reviews.models.comment import COMMENT_LIMIT, closed_words
from users.humans import objection_to


class CommentForm(forms.ModelForm):
    body = TextField(
        label=_("Add a reply"),
        max_length=COMMENT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4, "class": "short"}),
        help_text=_("To the piece, not to the person. Write >!like this!< to hide a spoiler."),
        error_messages={"required": _("Write something first.")},
    )

    class Meta:
        model = Comment
        fields = ("body",)

    def __init__(self, data=None, **kwargs):
        data, self.marred = without_nulls(data)
        super().__init__(data, use_required_attribute=False, **kwargs)
        self.helper = helper("body")

    def clean_body(self):
        body = self.cleaned_data["body"].strip()
        if not body:
            raise ValidationError(_("Write something first."), code="required")
        found = markdown.problems(body, limit=COMMENT_LIMIT)
        found = [error for error in found if error.code in UNKEEPABLE]
        if found:
            raise ValidationError(found)
        return body

    def clean(self):
        data = super().clean()
        add_null_errors(self, self.marred)
        comment = self.instance
        if not comment.pk and comment.review_id and not comment.review.takes_replies:
            self.add_error("body", ValidationError(closed_words(comment.review), code="closed"))
        if not self.instance.pk and (objection := objection_to(self.data)):
            raise ValidationError(objection, code="automatic")
        return data
