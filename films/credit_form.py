"""The form of a picture's record: who made it, where it comes from, on what terms."""

import re
from urllib.parse import unquote, urlsplit

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from films.metadata import Found
from films.models.image import (
    BY_PERMISSION,
    CREDIT_FIELDS,
    OWN_LICENSES,
    QUOTATION,
    Image,
    License,
)
from films.models.permission_proof import PermissionProof
from films.normalize import clean_name, search_key
from users.prose_field import ProseField

FILE_NAME = re.compile(r"\.(jpe?g|jfif|png|webp|avif|gif|svg|tiff?|heic)\Z", re.I)
BASES = [
    ("source", _("From the page named here")),
    ("own", _("My own work")),
    ("permission", _("By permission of its maker")),
]


def is_bare_file(address):
    """A page may be called File:Street.jpg; a bare file has nothing before its name."""
    path = unquote(urlsplit(address).path).rstrip("/")
    return bool(FILE_NAME.search(path)) and "File:" not in path


def is_file_name(text, stem=""):
    """Whether a description is no more than what a file is called."""
    key = search_key(text)
    return bool(FILE_NAME.search(text) or (key and key == search_key(stem)))


class UntouchedField(forms.ChoiceField):
    """Of itself it brings no picture: one of the choices always stands there."""

    def has_changed(self, initial, data):
        return False


class FileNameField(forms.CharField):
    """Without its file it is nothing that anybody typed."""

    def has_changed(self, initial, data):
        return False


class LicenseField(forms.ChoiceField):
    """Cleans to a row, or None; the form offers the rows."""

    rows = {}

    def offer(self, rows, empty=None):
        self.rows = {row.pk: row for row in rows}
        none = [("", empty)] if empty else []
        self.choices = [*none, *((row.pk, row.name) for row in rows)]

    def clean(self, value):
        return self.rows.get(super().clean(value))


class OwnLicenseField(LicenseField):
    def has_changed(self, initial, data):
        return False


class CreditForm(forms.ModelForm):
    """The record of a picture that is here already, a draft of `by`: `save` writes its files.

    `found` is what the file says of itself; it begins the form, and is marked as coming from
    there. No consent stands in the form until the member gives it.
    """

    bases = BASES
    # As `layout` shows them; what comes after these stands in the order of the model.
    field_order = (
        *("place", "basis", "own_license", "passage", "title"),
        *("creator_name", "creator_url", "creator_is_unknown", "license", "source_url"),
        *("permission", "proof"),
    )

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
    basis = UntouchedField(
        label=_("How it comes here"), required=False, initial="source", widget=forms.RadioSelect
    )
    license = LicenseField(label=_("Licence"), required=False)
    own_license = OwnLicenseField(
        label=_("I license it"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "Your name is filled in if you leave it out. The licence is remembered for your next "
            "picture; whoever has a copy keeps it."
        ),
    )
    proof = ProseField(
        label=_("Its proof"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "short low"}),
        help_text=_(
            "The words of the letter, or the address where it can be read. Only staff see it."
        ),
    )
    # As the member calls the file; nothing of ours is named so.
    file_name = FileNameField(required=False, max_length=200, widget=forms.HiddenInput)

    class Meta:
        model = Image
        fields = [field for field in CREDIT_FIELDS if field != "is_own_work"]
        labels = {
            "title": _("Title of the picture"),
            "creator_name": _("Made by"),
            "creator_is_unknown": _("Its maker is not known"),
            "permission": _("Permission"),
            "alt_text": _("Description for people who cannot see it"),
            "is_decorative": _("It is only decoration and needs no description"),
            "changes": _("Changes made"),
        }
        help_texts = {
            "permission": _("Who gave it, and when. Readers see this."),
            "alt_text": _(
                "What is in the picture, in a sentence of up to 25 words. No need to begin with "
                "“picture of”."
            ),
            "changes": _("For example “cropped”, if it is not as its maker left it."),
        }
        widgets = {
            "permission": forms.Textarea(attrs={"rows": 2, "class": "short low"}),
        }

    def __init__(self, *args, by, found=None, licenses=None, **kwargs):
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        for name in ("title", "creator_name", "permission", "alt_text", "changes"):
            self.fields[name].widget.attrs["dir"] = "auto"
        self.by, self.found = by, found or Found()
        self.fields["basis"].choices = self.bases
        self.offer({row.pk: row for row in licenses or License.objects.order_by("position")})
        self.initial.setdefault("own_license", by.picture_license)
        self.begin_with_found()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*self.before(), Div(*self.layout(), css_class="basis"))

    def offer(self, rows):
        """Licenses that a source may name, and those for one's own work. A permission and a
        quotation follow from how the picture comes here."""
        self.licenses = rows
        named = [row for row in rows.values() if row.pk not in (BY_PERMISSION, QUOTATION)]
        self.fields["license"].offer(named, _("Choose a licence"))
        self.fields["own_license"].offer([rows[pk] for pk in OWN_LICENSES if pk in rows])

    def found_values(self):
        """{field: what the file says}; a license as the key of its row."""
        found = self.found
        named = [row.pk for row in self.licenses.values() if row.url == found.license_url != ""]
        values = {
            "title": found.title,
            "creator_name": found.creator,
            "creator_url": found.creator_url,
            "source_url": found.source_url,
            "license": named[0] if named else "",
        }
        return {name: value for name, value in values.items() if value}

    def begin_with_found(self):
        for name, value in self.found_values().items():
            if not self.initial.get(name):
                self.initial[name] = value
        self.mark_found()

    def mark_found(self):
        for name, value in self.found_values().items():
            field = self[name]
            if str(field.value() or "") == value:
                said = _("From the file.")
                field.help_text = f"{said} {field.help_text}" if field.help_text else said

    def before(self):
        return ["file_name"]

    def layout(self):
        return (
            "basis",
            Div("own_license", css_class="by-own"),
            "title",
            Div(Div("creator_name"), Div("creator_url", css_class="by-source"), css_class="pair"),
            Div("creator_is_unknown", "license", "source_url", css_class="by-source"),
            Div("permission", "proof", css_class="by-permission"),
            "alt_text",
            "is_decorative",
            "changes",
        )

    @property
    def name_of_file(self):
        return self.data.get(self.add_prefix("file_name"), "") if self.is_bound else ""

    def clean_title(self):
        return clean_name(self.cleaned_data["title"])

    def clean_creator_name(self):
        return clean_name(self.cleaned_data["creator_name"])

    def clean_changes(self):
        return clean_name(self.cleaned_data["changes"])

    def clean_alt_text(self):
        text = clean_name(self.cleaned_data["alt_text"])
        if is_file_name(text, self.name_of_file.rsplit(".", 1)[0]):
            raise ValidationError(
                _("That is the file’s name. Say what is in the picture."), code="file_name"
            )
        return text

    def clean_source_url(self):
        url = self.cleaned_data["source_url"]
        if is_bare_file(url):
            raise ValidationError(
                _("This is the address of the file. Give the page that shows it."), code="file"
            )
        return url

    def clean(self):
        data = super().clean()
        data["basis"] = data.get("basis") or "source"
        self.fill_in(data)
        for field, is_given, message in self.demands(data):
            if not is_given and field not in self.errors:
                self.add_error(field, ValidationError(message, code="required"))
        return data

    def fill_in(self, data):
        """What follows from how it comes here, and nothing of what is then not asked for."""
        basis = data["basis"]
        if basis != "permission":
            self.leave_out(data, "permission", "proof")
        elif not data.get("license"):
            data["license"] = self.licenses.get(BY_PERMISSION)
        if basis == "own":
            self.leave_out(data, "license", "source_url")
            data["license"] = data.get("own_license")
            if not data.get("creator_name") and not data.get("creator_is_unknown"):
                data["creator_name"] = self.by.name[:120]

    def leave_out(self, data, *names):
        """These are not shown: what is wrong with them concerns nobody."""
        for name in names:
            data[name] = None if name == "license" else ""
            self.errors.pop(name, None)

    def demands(self, data):
        """(field, whether it is there, what to do) of every part of a credit."""
        is_named = bool(data.get("creator_name"))
        is_unknown = bool(data.get("creator_is_unknown"))
        basis = data["basis"]
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
        yield (
            "own_license" if basis == "own" else "license",
            data.get("license"),
            _("Choose the licence that you give it.")
            if basis == "own"
            else _("Choose the licence given at the source."),
        )
        yield (
            "source_url",
            data.get("source_url") or basis != "source",
            _("Give the page it comes from, or say how else it comes here."),
        )
        for field, message in (
            ("permission", _("Say who gave the permission, and when.")),
            ("proof", _("Paste the letter, or say where it can be read.")),
        ):
            yield field, data.get(field) or basis != "permission", message
        yield (
            "alt_text",
            data.get("alt_text") or data.get("is_decorative"),
            _("Describe the picture, or say that it is only decoration."),
        )

    def credit(self):
        credit = {field: self.cleaned_data[field] for field in self.Meta.fields}
        return credit | {"is_own_work": self.cleaned_data["basis"] == "own"}

    def save(self, commit=True):
        """The draft with its credit and its files; `publish` is the view's next word."""
        image = self.instance
        image.describe(**self.credit())
        self.keep_with(image)
        return image

    def keep_with(self, image):
        """What the record has beside the credit. Answers whether its proof is another."""
        data = self.cleaned_data
        if data["basis"] == "own":
            self.by.remember_picture_license(data["license"].pk)
        return bool(data["proof"]) and PermissionProof.objects.keep(image, data["proof"])
