from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from films.models import Country, Language
from users.staff_admin import StaffAdmin, StaffForm


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"class": "vLargeTextField", "rows": 3, "dir": "auto"})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return [line.strip() for line in super().to_python(value).splitlines() if line.strip()]

    def has_changed(self, initial, data):
        return (initial or []) != self.to_python(data or "")


class NamesField(LinesField):
    """A list of {text, language}, one "language: text" a line."""

    def prepare_value(self, value):
        if not isinstance(value, list):
            return value
        return "\n".join(f"{name['language']}: {name['text']}" for name in value)

    def to_python(self, value):
        names = []
        for line in super().to_python(value):
            language, colon, text = line.partition(":")
            if not (colon and text.strip() and language.strip()):
                raise ValidationError(_("Write a language code, a colon and the name."))
            names.append({"text": text.strip(), "language": language.strip()})
        return names


class CountryForm(StaffForm):
    native_names = NamesField(
        label=_("own names"), required=False, help_text=_("One a line, as in “ko: 대한민국”.")
    )
    aliases = LinesField(label=_("also called"), required=False, help_text=_("One a line."))
    official_languages = LinesField(
        label=_("official languages"), required=False, help_text=_("Codes, one a line.")
    )

    class Meta:
        model = Country
        fields = "__all__"


@admin.register(Country)
class CountryAdmin(StaffAdmin):
    form = CountryForm
    ordering = ["name"]
    list_display = ["name", "code", "region", "former", "counts"]
    list_filter = ["region", "is_former"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["successors"]
    fieldsets = [
        (_("The country"), {"fields": [("name", "code"), "slug", ("adjective", "cinema_label"),
                                       ("region", "subregion")]}),
        (_("Its names"), {"fields": ["native_names", "aliases", "official_languages"]}),
        (_("Former states"), {"fields": ["is_former", ("existed_from", "existed_to"),
                                         "successors", "note"]}),
    ]  # fmt: skip

    def get_readonly_fields(self, request, obj=None):
        return ["code", "slug"] if obj else []

    def may_be_deleted(self, row):
        return not row.film_countries.exists()

    @admin.display(description=_("former state"))
    def former(self, row):
        return f"{row.existed_from or '…'}–{row.existed_to or '…'}" if row.is_former else ""

    @admin.display(description=_("films"))
    def counts(self, row):
        return _("%(films)s films, %(essays)s essays") % {
            "films": row.film_count,
            "essays": row.essay_count,
        }

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and "name" in form.changed_data:
            obj.reprint(form.initial["name"])


@admin.register(Language)
class LanguageAdmin(StaffAdmin):
    ordering = ["name"]
    list_display = ["name", "code"]
    search_fields = ["name", "code"]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []
