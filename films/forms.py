import re

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from films import metadata
from films.credit_form import CreditForm
from films.images import check_length, inspect
from films.models import Country, Image, Language
from films.models.film import FIRST_YEAR
from films.normalize import clean_name, search_key
from users.limits import LimitReached, spend
from users.prose_field import ProseField


class ImageForm(CreditForm):
    """A picture with its credit: alone, or with a prefix inside another form.

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

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.kept_image = self.picture = self.limit = None

    def before(self):
        return ["kept", "file_name", "file"]

    @property
    def name_of_file(self):
        file = self.files.get(self.add_prefix("file"))
        return file.name if file else super().name_of_file

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file:
            check_length(file.size)
            self.count_one()  # before it is decoded, which costs most
            self.picture = inspect(file)
        return file

    def clean_kept(self):
        """Only the member who sent the file can go on with it."""
        key = self.cleaned_data["kept"]
        if key:
            self.kept_image = Image.objects.drafts().by(self.by).filter(key=key).first()
        return key if self.kept_image else ""

    def clean(self):
        data = super().clean()
        if not data.get("file") and not data.get("kept") and "file" not in self.errors:
            self.add_error("file", ValidationError(_("Choose a picture."), code="required"))
        return data

    def keep_file(self):
        """After a refusal: store the good file, so that it need not be chosen again. What it says
        of itself stands in the fields that were left empty. Answers the picture, or None."""
        file = getattr(self, "cleaned_data", {}).get("file")
        if not file and not self.kept_image:
            return None
        self.data = self.data.copy()
        if file:
            self.kept_image = Image.objects.keep(file, by=self.by, picture=self.picture)
            self.found = metadata.read(file)
            self.fill_empty(self.found_values() | {"changes": self.picture.changes})
            self.data[self.add_prefix("file_name")] = file.name[:200]
        self.data[self.add_prefix("kept")] = self.kept_image.key
        return self.kept_image

    def count_one(self):
        """Each file counts, also one that is refused; beyond the limit the form says when it may
        come. One that was kept has counted."""
        try:
            spend("picture", self.by)
        except LimitReached as limit:
            self.limit = limit
            raise ValidationError(limit.advice, code="limit") from limit

    def fill_empty(self, values):
        for name, value in values.items():
            if self.data.get(self.add_prefix(name)) or not value:
                continue
            self.data[self.add_prefix(name)] = value
            if self.errors.pop(name, None):
                said = _("The file says this. Check it, and send it once more.")
                self.add_error(name, ValidationError(said, code="from_file"))
        self.mark_found()

    def save(self, commit=True):
        """A draft with its files; `publish` is the view's next word."""
        credit, file = self.credit(), self.cleaned_data.get("file")
        if file:
            credit["changes"] = credit["changes"] or self.picture.changes
            image = Image.objects.upload(file, by=self.by, picture=self.picture, **credit)
        else:
            image = self.kept_image
            image.describe(**credit)
        self.keep_with(image)
        return image


def names_in(text, separators=r"[,;\n]"):
    """The names in a text, cleaned, each once."""
    names = (clean_name(name) for name in re.split(separators, text))
    return list(dict.fromkeys(name for name in names if name))


class NamesField(ProseField):
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


class TitleField(ProseField):
    """One line as it is stored: cleaning can lengthen it, and its limit is for the result."""

    def to_python(self, value):
        return clean_name(super().to_python(value))


class ThemeForm(forms.Form):
    """Say that a film is about something."""

    theme = ProseField(label=_("Add a theme"), max_length=60)

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
    synopsis = ProseField(
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
