"""Fields and checks that the forms of this app share."""

import re

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from films.normalize import clean_name, search_key
from reviews.markdown import spoilers
from reviews.models.publishing import IN_LISTS
from users.prose_field import ProseField

THEME_LENGTH = 60
# What would make a text too costly to keep at all; the rest a draft may still be without.
UNKEEPABLE = {"too_long", "too_many_lines", "too_many_marks"}


class TextField(ProseField):
    """Text of several lines, as typed but for the line ends that browsers send."""

    widget = forms.Textarea

    def __init__(self, **kwargs):
        super().__init__(strip=False, **kwargs)

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


class NameField(ProseField):
    """One line, without what cannot be seen."""

    def to_python(self, value):
        return clean_name(super().to_python(value))


class VersionField(forms.CharField):
    """The number of a version that the page had; 0 where it is none. Whoever sends that has a
    text to compare, not a field to mend."""

    def to_python(self, value):
        value = super().to_python(value)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


class ThemesField(forms.MultipleChoiceField):
    """Names of themes, known or not."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value):
        return True

    def clean(self, value):
        return clean_labels(super().clean(value))


BETWEEN_THEMES = re.compile(r"[,،、\n]")


class MoreThemesField(ProseField):
    """Names typed by hand, a comma or a line between them. "father and daughter" is one."""

    def clean(self, value):
        return clean_labels(BETWEEN_THEMES.split(super().clean(value)))


def named_themes(data):
    """The themes that a form sent, chosen or typed, before it is looked at; none where one of them
    cannot be a theme's name."""
    try:
        return clean_labels([*data.getlist("themes"), *BETWEEN_THEMES.split(data.get("theme", ""))])
    except ValidationError:
        return []


def clean_labels(labels):
    """The names, without quotation marks round them and each once.

    Raises ValidationError for one that cannot be a theme's.
    """
    found = {}
    for label in labels:
        name = clean_name(label).strip("\"“”„«»'‘’# ")
        if not name:
            continue
        if len(name) > THEME_LENGTH:
            raise ValidationError(
                _("A theme’s name has %(limit)d characters at most."),
                code="theme_too_long",
                params={"limit": THEME_LENGTH},
            )
        if spoilers.is_meant(name):
            raise ValidationError(IN_LISTS, code="spoiler_in_lists")
        if not search_key(name):
            raise ValidationError(
                _("A theme needs a letter or a digit in its name."), code="theme_without_letter"
            )
        found.setdefault(search_key(name), name)
    return list(found.values())


def without_nulls(data):
    """(data, names of the fields that had NUL characters, which no text has)."""
    if data is None:
        return data, []
    marred = [name for name in data if any("\0" in value for value in data.getlist(name))]
    if marred:
        data = data.copy()
        for name in marred:
            data.setlist(name, [value.replace("\0", "") for value in data.getlist(name)])
    return data, marred


def add_null_errors(form, marred):
    for name in form.fields:
        if form.add_prefix(name) in marred:
            form.add_error(
                name,
                ValidationError(
                    _("There were characters that no text has. They are taken out: look it over."),
                    code="null_characters",
                ),
            )


def helper(*layout):
    made = FormHelper()
    made.form_tag = False
    made.disable_csrf = True
    made.layout = Layout(*layout)
    return made
