import posixpath
import re
from urllib.parse import urlsplit

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from films.images import inspect
from films.models import Country, Language
from films.models.film import FIRST_YEAR
from films.models.image import CREDIT_FIELDS, Image, License
from films.normalize import clean_name, search_key

FILE_NAME = re.compile(r"\.(jpe?g|png|webp|avif|gif|tiff?|heic)\Z", re.I)
PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".svg", ".tif", ".tiff")


BASES = [
    ("source", _("From the page named here")),
    ("own", _("My own work")),
    ("permission", _("By permission of its maker")),
]


class BasisField(forms.ChoiceField):
    def has_changed(self, initial, data):
        return False  # of itself it brings no picture


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
    basis = BasisField(
        label=_("How it comes here"), choices=BASES, required=False, initial="source"
    )
    license = forms.ModelChoiceField(
        License.objects.order_by("position"),
        label=_("Licence"),
        required=False,
        empty_label=_("Choose a licence"),
    )

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
            "permission": _("Who gave it, when, and where that can be read."),
            "alt_text": _(
                "What is in the picture, in a sentence of up to 25 words. No need to begin with "
                "“picture of”."
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
        self.kept_image = self.picture = None
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
            Div(Div("basis"), Div("license"), css_class="pair"),
            "source_url",
            Field("permission", wrapper_class="by-permission"),
            "alt_text",
            "is_decorative",
            "changes",
        )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file:
            self.picture = inspect(file)
        return file

    def clean_kept(self):
        """Only the member who sent the file can go on with it."""
        key = self.cleaned_data["kept"]
        if key:
            self.kept_image = Image.objects.drafts().by(self.by).filter(key=key).first()
        return key if self.kept_image else ""

    def clean_alt_text(self):
        text, file = self.cleaned_data["alt_text"], self.files.get(self.add_prefix("file"))
        stem = file.name.rsplit(".", 1)[0] if file else ""
        if text and (search_key(text) == search_key(stem) or FILE_NAME.search(text)):
            raise ValidationError(
                _("That is the file’s name. Say what is in the picture."), code="file_name"
            )
        return text

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
        if data.get("basis") != "permission":  # then its field is not shown
            data["permission"] = ""
            self.errors.pop("permission", None)
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
        basis = data.get("basis") or "source"
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
        at_source = _("Choose the licence given at the source.")
        yield (
            "license",
            data.get("license"),
            at_source if basis == "source" else _("Choose a licence."),
        )
        yield (
            "source_url",
            data.get("source_url") or basis != "source",
            _("Give the page it comes from, or say how else it comes here."),
        )
        yield (
            "permission",
            data.get("permission") or basis != "permission",
            _("Say who gave the permission, when, and where that can be read."),
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
            self.kept_image = Image.objects.keep(file, by=self.by, picture=self.picture)
        if self.kept_image:
            self.data = self.data.copy()
            self.data[self.add_prefix("kept")] = self.kept_image.key
        return self.kept_image

    def save(self, commit=True):
        """A draft with its files; `publish` is the view's next word."""
        credit = {field: self.cleaned_data[field] for field in self.Meta.fields}
        credit["is_own_work"] = self.cleaned_data["basis"] == "own"
        if self.cleaned_data.get("file"):
            file = self.cleaned_data["file"]
            return Image.objects.upload(file, by=self.by, picture=self.picture, **credit)
        self.kept_image.describe(**credit)
        return self.kept_image


def names_in(text, separators=r"[,;\n]"):
    """The names in a text, cleaned, each once."""
    names = (clean_name(name) for name in re.split(separators, text))
    return list(dict.fromkeys(name for name in names if name))


class NamesField(forms.CharField):
    """Several names with commas, or one a line; cleans to a list."""

    def __init__(self, *, most, longest=120, separators=r"[,;\n]", **kwargs):
        super().__init__(**kwargs)
        self.most, self.longest, self.separators = most, longest, separators

    def clean(self, value):
        names = names_in(super().clean(value), self.separators)
        if len(names) > self.most:
            raise ValidationError(_("%(most)s at most.") % {"most": self.most}, code="too_many")
        for name in names:
            if len(name) > self.longest:
                raise ValidationError(
                    _("“%(name)s…” is too long for one name: put commas between them.")
                    % {"name": name[:40]},
                    code="too_long",
                )
            if not search_key(name):
                raise ValidationError(
                    _("“%(name)s” has no letter in it.") % {"name": name}, code="no_letter"
                )
        return names


class TitleField(forms.CharField):
    """One line as it is stored: cleaning can lengthen it, and its limit is for the result."""

    def to_python(self, value):
        return clean_name(super().to_python(value))


class ThemeForm(forms.Form):
    """Say that a film is about something."""

    theme = forms.CharField(label=_("Add a theme"), max_length=60)

    def clean_theme(self):
        label = clean_name(self.cleaned_data["theme"])
        if not search_key(label):
            raise ValidationError(_("A theme needs a letter or a digit."), code="no_letter")
        return label


class FilmForm(forms.Form):
    """A film that is missing."""

    title = TitleField(label=_("Title in English"), max_length=200)
    original_title = TitleField(
        label=_("Original title"),
        max_length=200,
        required=False,
        help_text=_("In its own script."),
    )
    original_language = forms.ModelChoiceField(
        Language.objects.order_by("name"),
        label=_("Language of that title"),
        required=False,
        empty_label=_("Choose a language"),
    )
    titles = NamesField(
        label=_("Other titles"),
        required=False,
        most=20,
        longest=200,
        separators=r"\n",
        widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
        help_text=_("One a line. Search finds them all."),
    )
    year = forms.IntegerField(
        label=_("Year"),
        min_value=FIRST_YEAR,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("Of its first public showing."),
    )
    runtime = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        min_value=1,
        max_value=1500,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    directors = NamesField(
        label=_("Directed by"),
        required=False,
        most=12,
        help_text=_("Several names with commas."),
    )
    cast = NamesField(
        label=_("With"),
        required=False,
        most=30,
        widget=forms.Textarea(attrs={"rows": 2, "class": "short low"}),
        help_text=_("The actors, with commas or one a line."),
    )
    countries = NamesField(
        label=_("Countries"),
        most=16,
        widget=forms.TextInput(attrs={"list": "country-list", "autocomplete": "off"}),
        help_text=_("All that produced it, the leading one first, with commas."),
    )
    languages = NamesField(
        label=_("Languages spoken in it"),
        required=False,
        most=16,
        help_text=_("With commas; “none” for a film without speech."),
    )
    synopsis = forms.CharField(
        label=_("Synopsis"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "short"}),
        help_text=_("Two to four sentences in your own words, without the ending."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Fieldset(
                _("Titles"),
                "title",
                Div(Div("original_title"), Div("original_language"), css_class="pair"),
                "titles",
            ),
            Fieldset(
                _("Facts"),
                Div(Div("year"), Div("runtime"), css_class="pair"),
                "countries",
                "languages",
                "directors",
                "cast",
            ),
            Fieldset(_("What it is about"), "synopsis"),
        )

    def clean_year(self):
        year = self.cleaned_data["year"]
        if year > timezone.localdate().year + 1:
            raise ValidationError(_("Next year at the latest."), code="future")
        return year

    def clean_countries(self):
        return found_rows(
            self.cleaned_data["countries"],
            Country.objects.order_by("is_former", "pk"),
            lambda row: [row.name, row.code, *row.aliases, *(n["text"] for n in row.native_names)],
            _("There is no country called “%(name)s” here."),
        )

    def clean_languages(self):
        names = ["zxx" if search_key(n) == "none" else n for n in self.cleaned_data["languages"]]
        return found_rows(
            names,
            Language.objects.order_by("pk"),
            lambda row: [row.name, row.code],
            _("There is no language called “%(name)s” here."),
        )

    def clean(self):
        data = super().clean()
        lacks_language = "original_language" in data and not data["original_language"]
        if data.get("original_title") and lacks_language:
            message = _("Say which language that title is in.")
            self.add_error("original_language", ValidationError(message, code="required"))
        return data

    def facts(self):
        """What `Film.objects.add` takes."""
        facts = dict(self.cleaned_data)
        language = facts.pop("original_language")
        facts["original_language"] = language.pk if language else ""
        facts["is_silent"] = any(row.pk == "zxx" for row in facts["languages"])
        return facts


def found_rows(names, rows, names_of, message):
    """The rows that `names` lead to, in that order; raises ValidationError for one that leads
    nowhere."""
    if not names:
        return []
    by_key = {}
    for row in rows:
        for name in names_of(row):
            by_key.setdefault(search_key(name), row)
    lost = [name for name in names if search_key(name) not in by_key]
    if lost:
        raise ValidationError(message % {"name": lost[0]}, code="unknown")
    return list(dict.fromkeys(by_key[search_key(name)] for name in names))
