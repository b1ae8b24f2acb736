import posixpath
from urllib.parse import urlsplit

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from films.images import inspect
from films.models.image import CREDIT_FIELDS, Image, License

PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".svg", ".tif", ".tiff")


class ImageForm(forms.ModelForm):
    """A picture and its credit: alone, or with a prefix inside another form.

    With `empty_permitted=True` it may be left empty, and `has_changed()` says whether it was. A
    file that is a picture is not asked for again: where another field is wrong, `keep_file()`
    stores it as a draft of `by`, and the form names it in `kept`.
    """

    file = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_(
            "JPEG, PNG, WebP, AVIF or GIF, up to 20 MB. No posters and no film stills, unless "
            "their licence allows it."
        ),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    creator_url = forms.URLField(
        label=_("Their own page"), required=False, max_length=500, assume_scheme="https"
    )
    source_url = forms.URLField(
        label=_("Source page"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("The page that shows it with its licence, not the bare file."),
    )
    license = forms.ModelChoiceField(
        License.objects.order_by("position"),
        label=_("Licence"),
        required=False,
        empty_label=_("Choose a licence"),
    )

    class Meta:
        model = Image
        fields = CREDIT_FIELDS
        labels = {
            "title": _("Title of the picture"),
            "creator_name": _("Made by"),
            "creator_is_unknown": _("Its maker is not known"),
            "is_own_work": _("It is my own work, and the licence is mine to give"),
            "permission": _("Permission"),
            "alt_text": _("Description for people who cannot see it"),
            "is_decorative": _("It is only decoration and needs no description"),
            "changes": _("Changes made"),
        }
        help_texts = {
            "permission": _(
                "If you asked its maker: who gave it, when, and where that can be read."
            ),
            "alt_text": _(
                "What is in the picture, in a sentence. No need to begin with “picture of”."
            ),
            "changes": _("For example “cropped”, if it is not as its maker left it."),
        }
        widgets = {
            "permission": forms.Textarea(attrs={"rows": 2, "class": "short low"}),
        }

    def __init__(self, *args, by, **kwargs):
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.by = by
        self.kept_image = None
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = self.layout()

    def layout(self):
        return Layout(
            "kept",
            "file",
            Div(
                Div("title"),
                Div("creator_name", "creator_is_unknown", "creator_url"),
                css_class="pair",
            ),
            Div(Div("license"), Div("changes"), css_class="pair"),
            "source_url",
            "is_own_work",
            Field("permission"),
            "alt_text",
            "is_decorative",
        )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file:
            inspect(file)
        return file

    def clean_kept(self):
        """Only the member who sent the file can go on with it."""
        key = self.cleaned_data["kept"]
        if key:
            self.kept_image = Image.objects.drafts().by(self.by).filter(key=key).first()
        return key if self.kept_image else ""

    def clean_source_url(self):
        url = self.cleaned_data["source_url"]
        ending = posixpath.splitext(urlsplit(url).path)[1].lower()
        # A page may be called File:Street.jpg; a bare file has nothing before its name.
        is_page = "File:" in url or "File%3A" in url
        if ending in PICTURE_ENDINGS and not is_page:
            raise ValidationError(
                _("This is the address of the file. Give the page that shows it."), code="file"
            )
        return url

    def clean(self):
        data = super().clean()
        if not data.get("file") and not data.get("kept") and "file" not in self.errors:
            self.add_error("file", ValidationError(_("Choose a picture."), code="required"))
        for field, is_given, message in self.demands(data):
            if not is_given and field not in self.errors:
                self.add_error(field, ValidationError(message, code="required"))
        return data

    def demands(self, data):
        """(field, whether it is there, what to do) of every part of a credit."""
        is_named = bool(data.get("creator_name"))
        is_unknown = bool(data.get("creator_is_unknown"))
        basis = data.get("source_url") or data.get("is_own_work") or data.get("permission")
        yield "title", data.get("title"), _("Give the picture a title.")
        yield (
            "creator_name",
            is_named or is_unknown,
            _("Name the person who made the picture, or say that nobody knows."),
        )
        yield (
            "creator_is_unknown",
            not (is_named and is_unknown),
            _("Its maker has a name here: either is right, not both."),
        )
        yield "license", data.get("license"), _("Choose the licence given at the source.")
        yield (
            "source_url",
            basis,
            _("Give the page it comes from, or say that it is your own work or by permission."),
        )
        yield (
            "alt_text",
            data.get("alt_text") or data.get("is_decorative"),
            _("Describe the picture, or say that it is only decoration."),
        )

    def keep_file(self):
        """After a refusal: store the good file, so that it need not be chosen again."""
        file = getattr(self, "cleaned_data", {}).get("file")
        if file:
            self.kept_image = Image.objects.keep(file, by=self.by)
        if self.kept_image:
            self.data = self.data.copy()
            self.data[self.add_prefix("kept")] = self.kept_image.key
        return self.kept_image

    def save(self, commit=True):
        """A draft with its files; `publish` is the view's next word."""
        credit = {field: self.cleaned_data[field] for field in CREDIT_FIELDS}
        if self.cleaned_data.get("file"):
            return Image.objects.upload(self.cleaned_data["file"], by=self.by, **credit)
        self.kept_image.describe(**credit)
        return self.kept_image
