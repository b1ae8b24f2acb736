"""Merging two films, side by side, and the record of it, from which it is undone."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from films.models import Film, FilmMerge, ThemeVote
from films.models.film import MERGED_BY
from films.models.merge import merge
from films.title_cards import mini
from users.staff_admin import ReadOnlyAdmin, change_url, changelist_url, link_to


class OtherFilmForm(forms.Form):
    """Which film it is, if only one was chosen in the list."""

    address = forms.CharField(
        label=_("Address of the other film"),
        max_length=500,
        help_text=_("As your browser shows it on the film’s page."),
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": _("Give the address of the other film.")},
    )

    def __init__(self, *args, film, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.film = film

    def clean_address(self):
        parts = self.cleaned_data["address"].partition("?")[0].strip("/ ").split("/")
        slug = parts[parts.index("films") + 1 :][:1] if "films" in parts else parts[-1:]
        other = Film.objects.with_pages().at(slug[0]) if slug else None
        if other is None:
            raise ValidationError(_("No film has this address."), code="film_unknown")
        if other == self.film:
            raise ValidationError(_("This address leads to the film itself."), code="same_film")
        return other


class MergeForm(forms.Form):
    kept = forms.TypedChoiceField(
        label=_("The film that stays"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the film that stays.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        help_text=_("By what you know that they are the same film. The log shows it."),
        widget=forms.Textarea(attrs={"class": "form-control tiny", "rows": 4}),
        error_messages={"required": _("Write the reason. The log shows it.")},
    )

    def __init__(self, *args, films, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.films = films
        self.fields["kept"].choices = [(film.pk, str(film)) for film in films]

    def carry_out(self, *, by):
        """The FilmMerge; or None, with the reason among the errors."""
        chosen = self.cleaned_data["kept"]
        kept, gone = sorted(self.films, key=lambda film: film.pk != chosen)
        try:
            return merge(kept, gone, by=by, reason=self.cleaned_data["reason"])
        except ValidationError as error:
            self.add_error("kept", error)
            return None


def merge_films(modeladmin, request, queryset):
    """Nothing happens before the page with both films has been sent back with a reason."""
    if not request.user.has_perm(MERGED_BY):
        raise PermissionDenied
    films = list(queryset.order_by("pk")[:3])
    if len(films) not in (1, 2):
        messages.error(request, _("Choose the two films that are the same."))
        return None
    is_sent = request.POST.get("post")
    if len(films) == 1:
        form = OtherFilmForm(request.POST if is_sent else None, film=films[0])
        if not form.is_valid():
            return merge_page(modeladmin, request, films, form)
        films, is_sent = [films[0], form.cleaned_data["address"]], None
    form = MergeForm(request.POST if is_sent else None, films=films)
    done = form.carry_out(by=request.user) if form.is_valid() else None
    if done is None:
        return merge_page(modeladmin, request, films, form)
    text = gettext("“%(gone)s” is now part of “%(kept)s”.")
    messages.success(request, text % {"gone": done.gone, "kept": done.kept})
    return None


def merge_page(modeladmin, request, films, form):
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": gettext("Merge two films"),
        "opts": modeladmin.opts,
        "media": modeladmin.media,
        "action": "merge",
        "films": [(film, mini(film), change_url(film)) for film in films],
        "facts": compared(films),
        "form": form,
        "checkbox": ACTION_CHECKBOX_NAME,
        "back": changelist_url(Film),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "admin/merge_films.html", context, status=status)


def compared(films):
    """(what, that of each film, whether they differ)"""
    whole = Film.objects.for_page().in_bulk([film.pk for film in films])
    by_film = [facts_of(whole[film.pk]) for film in films]
    rows = zip(*by_film, strict=True)
    return [(row[0][0], said := [x for _what, x in row], len(set(said)) > 1) for row in rows]


def facts_of(film):
    votes = ThemeVote.objects.filter(film_theme__content_object=film)
    themes = film.film_themes.for_film_page()
    return [
        (_("Title"), film.title),
        (_("Original title"), film.original_title),
        (_("Year"), film.year or ""),
        (_("Minutes"), film.runtime or ""),
        (_("Countries"), ", ".join(row.country.name for row in film.film_countries.all())),
        (_("Directors"), ", ".join(person.name for person in film.people_as("director"))),
        (_("Cast"), ", ".join(person.name for person in film.people_as("cast"))),
        ("IMDb", film.imdb_id or ""),
        ("Wikidata", film.wikidata_id or ""),
        (_("State"), film.get_status_display()),
        (_("Address"), film.get_absolute_url()),
        (_("Essays"), film.essay_count),
        (_("Notes"), film.note_count),
        (_("Ratings"), film.rating_count),
        (_("Themes"), ", ".join(row.tag.name for row in themes)),
        (_("Votes on themes"), votes.count()),
        (_("Pictures"), film.film_images.count()),
    ]


@admin.register(FilmMerge)
class FilmMergeAdmin(ReadOnlyAdmin):
    ordering = ["-created_at", "-pk"]
    list_display = ["merged", "by", "created_at", "state"]
    list_select_related = ["kept", "gone", "by"]
    fields = ["film_kept", "film_gone", "by", "created_at", "reason", "gave_way", "state"]
    readonly_fields = ["film_kept", "film_gone", "gave_way", "state"]
    change_form_template = "admin/moderated_change_form.html"
    actions = ["undo"]

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(MERGED_BY)

    has_module_permission = has_view_permission

    @admin.display(description=_("films"))
    def merged(self, row):
        return str(row)

    @admin.display(description=_("film that stays"))
    def film_kept(self, row):
        return link_to(row.kept)

    @admin.display(description=_("film that goes"))
    def film_gone(self, row):
        return link_to(row.gone)

    @admin.display(description=_("what gave way"))
    def gave_way(self, row):
        return gettext("%(n)s rows, which undoing brings back") % {
            "n": len(row.record.get("gave_way", ()))
        }

    @admin.display(description=_("state"))
    def state(self, row):
        if row.is_standing:
            return gettext("Merged")
        words = {"name": row.undone_by.name, "date": f"{row.undone_at:%Y-%m-%d}"}
        return gettext("Undone by %(name)s on %(date)s") % words

    @admin.action(description=_("Undo"))
    def undo(self, request, queryset):
        for row in queryset.order_by("-pk")[:25]:
            try:
                row.undo(by=request.user)
            except ValidationError as error:
                messages.error(request, f"{row}: {' '.join(error.messages)}")
            else:
                messages.success(request, gettext("Undone: %(merge)s.") % {"merge": row})

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None and obj.is_standing:
            context |= {
                "verbs": [{"value": "undo", "label": gettext("Undo")}],
                "decide_url": changelist_url(FilmMerge),
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)
