from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from films.listing import relist_theme
from films.models import Theme, ThemeIndex, ThemeLabel
from films.normalize import search_key
from films.title_cards import glyph
from users.models import Report
from users.staff_admin import StaffAdmin, StaffInline, StaffInlineFormSet, any_of, starting_with

# More are listed anew by `manage.py recount`, outside of a request.
FILMS_RELISTED = 500


class ThemeLabelFormSet(StaffInlineFormSet):
    def clean(self):
        super().clean()
        name = ("en", search_key(self.instance.name))
        seen = {name}
        for form in self.forms:
            given = getattr(form, "cleaned_data", None)
            if not given or given.get("DELETE") or not given.get("text"):
                continue
            if given.get("is_preferred") and given.get("language") == "en":
                form.add_error("is_preferred", _("In English the theme’s name is shown."))
            key = (given.get("language"), search_key(given["text"]))
            if key == name and not form.has_changed():
                continue  # the theme's new name; `Theme.save` has taken the label away
            if key in seen:
                form.add_error("text", _("This language has this word already."))
            seen.add(key)
        if any(form.errors for form in self.forms):
            raise ValidationError(_("Look at the labels again."), code="labels")


class ThemeLabelInline(StaffInline):
    model = ThemeLabel
    formset = ThemeLabelFormSet
    fields = ["text", "language", "is_preferred"]

    def get_queryset(self, request):
        # The English name is the theme's own, and written with it.
        return super().get_queryset(request).exclude(language="en", is_preferred=True)


@admin.register(Theme)
class ThemeAdmin(StaffAdmin):
    nav_position = 40
    ordering = ["-film_count", "pk"]
    list_display = ["theme", "broader", "group", "film_total", "accepted"]
    list_filter = ["is_accepted"]
    list_select_related = ["broader"]
    search_fields = ["slug"]
    search_help_text = _("Beginning of a label, in any language")
    autocomplete_fields = ["broader"]
    inlines = [ThemeLabelInline]
    fieldsets = [
        (
            _("The theme"),
            {"fields": ["name", "slug", "definition", "is_accepted", "quorum", "gives_away"]},
        ),
        (_("Its place"), {"fields": ["group", "broader", "film_total"]}),
        (
            _("Its sign"),
            {
                "fields": [("motif", "ink"), "sign"],
                "description": _("Left empty, it takes that of its broader theme."),
            },
        ),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["film_total", "sign", *(["slug"] if obj else [])]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ("name",)}

    def find(self, request, queryset, term):
        return any_of(queryset, [starting_with("labels__key", search_key(term))])

    def may_be_deleted(self, row):
        used = row.film_themes.exists() or row.narrower.exists()
        reported = Report.objects.on(row).open()
        return not (used or row.review_themes.exists() or reported.exists())

    @admin.display(description=_("theme"))
    def theme(self, row):
        return format_html(
            '<span class="tile">{}<span><span class="name"><bdi>{}</bdi></span>'
            '<span class="meta">{}</span></span></span>',
            glyph(row),
            row.name,
            row.definition,
        )

    @admin.display(description=_("films"))
    def film_total(self, row):
        return gettext("%(n)s films") % {"n": row.film_count}

    @admin.display(description=_("state"))
    def accepted(self, row):
        return _("Accepted") if row.is_accepted else _("Proposed")

    @admin.display(description=_("as drawn"))
    def sign(self, row):
        return format_html('<div class="staff"><span class="tile">{}</span></div>', glyph(row))

    def save_model(self, request, obj, form, change):
        if not change:
            obj.added_by = request.user
        super().save_model(request, obj, form, change)
        if change and {"broader", "motif", "ink"} & set(form.changed_data):
            obj.lend_sign()
        if change and "quorum" in form.changed_data:
            obj.weigh_anew()
        if change and "broader" in form.changed_data:
            self.list_anew(request, obj)

    def delete_model(self, request, obj):
        ThemeIndex.objects.write({obj.pk: ()})
        super().delete_model(request, obj)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.index_words()

    def list_anew(self, request, theme):
        if theme.film_count <= FILMS_RELISTED:
            relist_theme(theme)
            return
        text = gettext("%(n)s films are about it: “manage.py recount” will list them anew.")
        messages.warning(request, text % {"n": theme.film_count})
