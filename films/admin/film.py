from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from films.admin.image import shown_picture
from films.admin.merge import merge_films
from films.listing import essays_of, relist, wanted_places
from films.models import (
    Credit,
    Film,
    FilmCountry,
    FilmImage,
    FilmLanguage,
    FilmRelation,
    FilmTitle,
    FormerSlug,
    Image,
)
from films.models.film import MERGED_BY
from films.normalize import search_key
from films.title_cards import mini
from users.moderation import Status, Verb
from users.moderation_admin import ModeratedAdmin, StatusFilter
from users.staff_admin import (
    StaffForm,
    StaffInline,
    StaffInlineFormSet,
    Waiting,
    changelist_url,
    link_to,
)

CARD_FIELDS = [
    "card_motif", "card_ground", "card_figure", "card_tone", "card_composition", "card_country",
    "card_director",
]  # fmt: skip


class FilmForm(StaffForm):
    class Meta:
        model = Film
        fields = "__all__"
        help_texts = {
            "slug": _(
                "Left empty, it is made of title and year. After a change the old address "
                "leads to the new one."
            )
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean_slug(self):
        slug = self.cleaned_data["slug"] or self.instance.slug
        former = FormerSlug.objects.filter(slug=slug).exclude(film=self.instance.pk)
        if slug and (other := former.select_related("film").first()):
            raise ValidationError(
                _("“%(film)s” had this address, and it still leads there."),
                code="former_slug",
                params={"film": other.film},
            )
        return slug


class FilmTitleInline(StaffInline):
    model = FilmTitle
    fields = ["text", "language", "kind"]


class FilmCountryInline(StaffInline):
    model = FilmCountry
    verbose_name, verbose_name_plural = _("country"), _("countries")
    fields = ["country", "position"]
    autocomplete_fields = ["country"]
    max_num = 16


class FilmLanguageInline(StaffInline):
    model = FilmLanguage
    fields = ["language", "position"]
    autocomplete_fields = ["language"]


class CreditInline(StaffInline):
    model = Credit
    fields = ["person", "role", "position"]
    autocomplete_fields = ["person"]


class FilmRelationInline(StaffInline):
    model = FilmRelation
    fk_name = "film"
    fields = ["kind", "other"]
    autocomplete_fields = ["other"]


class FilmImageInline(admin.StackedInline):
    model = FilmImage
    verbose_name, verbose_name_plural = _("picture"), _("pictures")
    formset = StaffInlineFormSet
    extra = 0
    show_change_link = False
    fields = ["shown", ("image", "position"), "caption"]
    readonly_fields = ["shown"]
    autocomplete_fields = ["image"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("image__license")

    @admin.display(description=_("as shown"))
    def shown(self, row):
        return shown_picture(row.image) if row.pk else ""


@admin.register(Film)
class FilmAdmin(ModeratedAdmin):
    nav_position = 30
    form = FilmForm
    verbs = (Verb.HIDE, Verb.RESTORE, Verb.KEEP)
    queue_ordering = ("sort_key", "pk")
    list_display = ["film", "state", "checked", "written", "report_count"]
    list_filter = [StatusFilter, "needs_check"]
    search_fields = ["slug"]
    search_help_text = _("Words of a title, a director or an actor")
    readonly_fields = [
        "card", "themes_shown", "state", "written", "added_by", "created_at", "reports_shown",
        "decisions_shown",
    ]  # fmt: skip
    inlines = [
        FilmTitleInline,
        FilmCountryInline,
        FilmLanguageInline,
        CreditInline,
        FilmImageInline,
        FilmRelationInline,
    ]
    fieldsets = [
        (
            _("The film"),
            {
                "fields": [
                    "title", ("original_title", "original_language"), ("year", "runtime"),
                    "is_silent", "slug", "needs_check",
                ]
            },
        ),
        (
            _("Synopsis"),
            {
                "fields": ["synopsis", ("synopsis_source", "synopsis_license"), "facts_source"],
                "description": _("Written by us or free to use. Never a distributor’s text."),
            },
        ),
        (_("Elsewhere"), {"fields": [("imdb_id", "tmdb_id", "wikidata_id")]}),
    ]  # fmt: skip
    standing = [
        (_("Themes"), {"fields": ["themes_shown", "card"]}),
        (
            _("Where it stands"),
            {"fields": ["state", "written", ("added_by", "created_at"), "reports_shown",
                        "decisions_shown"]},
        ),
    ]  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).defer("synopsis")

    def has_change_permission(self, request, obj=None):
        """What has become part of another film stays as it was, for undoing."""
        return super().has_change_permission(request, obj) and not (obj and obj.successor)

    def get_ordering(self, request):
        if request.GET.get("needs_check__exact") == "1":
            return ("-created_at", "-pk")  # as their own small index is
        return super().get_ordering(request)

    def get_fieldsets(self, request, obj=None):
        return [*self.fieldsets, *self.standing] if obj else self.fieldsets

    def find(self, request, queryset, term):
        words = search_key(term).split()
        return queryset.containing(words, withdrawn=True) if words else queryset.none()

    def label_of(self, verb):
        return _("Withdraw") if verb == Verb.HIDE else super().label_of(verb)

    def sign(self, row):
        return mini(row)

    def meta(self, row):
        return ", ".join(filter(None, [row.card_director, row.card_country]))

    def language_of(self, row):
        return ""

    def waiting(self, request):
        rows = Film.objects.filter(needs_check=True).order_by("created_at")
        url = changelist_url(Film, "?needs_check__exact=1")
        yield Waiting(gettext("films to check"), url, rows)

    @admin.display(description=_("film"))
    def film(self, row):
        return self.tile(row)

    @admin.display(description=_("checked"))
    def checked(self, row):
        return _("To check") if row.needs_check else _("Checked")

    @admin.display(description=_("written"))
    def written(self, row):
        counts = {"essays": row.essay_count, "notes": row.note_count, "n": row.rating_count}
        return gettext("%(essays)s essays, %(notes)s notes, %(n)s ratings") % counts

    @admin.display(description=_("title card"))
    def card(self, row):
        words = [row.card_motif, row.card_ground, row.card_figure, row.card_tone]
        text = ", ".join([*words, row.card_composition])
        return format_html('<div class="staff"><span class="tile">{}<span>{}</span></span></div>',
                           mini(row), text)  # fmt: skip

    @admin.display(description=_("themes"))
    def themes_shown(self, row):
        rows = row.film_themes.for_film_page()
        themes = [(link_to(theme.tag), theme) for theme in rows]
        return render_to_string(
            "admin/_film_themes.html", {"themes": themes, "url": row.get_absolute_url()}
        )

    # What the film's own words and places change elsewhere

    def save_model(self, request, obj, form, change):
        if not change:
            obj.added_by = request.user
            super().save_model(request, obj, form, change)
            return
        before = Film.objects.select_for_update().get(pk=obj.pk)
        form.places_before = wanted_places(before)
        form.essays_before = essays_of(before)
        wanted_slug, obj.slug = obj.slug, before.slug
        super().save_model(request, obj, form, change)
        if wanted_slug != obj.slug:
            obj.rename(wanted_slug)
        elif {"title", "year"} & set(form.changed_data):
            obj.follow_title(before.title, before.year)

    def save_formset(self, request, form, formset, change):
        if formset.model is FilmImage:
            for row in (inline.instance for inline in formset.forms):
                if row.pk is None:
                    row.added_by = request.user
        places = form.instance.film_images.values_list("image", flat=True)
        before = set(places)
        super().save_formset(request, form, formset, change)
        if changed := before ^ set(places.all()):
            Image.objects.filter(pk__in=changed).follow_places()

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        film = form.instance
        film.index_words()
        film.set_card_lines()
        if not change:
            film.choose_card()
        film.save(update_fields=CARD_FIELDS)
        if change:
            relist(film, form.places_before, form.essays_before)
        else:
            film.publish(by=request.user)

    # What needs no record

    actions = ["mark_checked", "draw_card_anew", "merge"]

    def get_actions(self, request):
        named = (self.get_action(name) for name in self.actions)
        own = {name: (func, name, text) for func, name, text in named}
        return super().get_actions(request) | (own if self.has_change_permission(request) else {})

    def verbs_for(self, row, user):
        verbs = super().verbs_for(row, user)
        if user.has_perm(MERGED_BY) and row.status in (Status.PUBLISHED, Status.HIDDEN):
            verbs.append({"value": "merge", "label": _("Merge with another")})
        return verbs

    @admin.action(description=_("Merge two…"))
    def merge(self, request, queryset):
        return merge_films(self, request, queryset)

    @admin.action(description=_("Mark as checked"))
    def mark_checked(self, request, queryset):
        keys = list(queryset.values_list("pk", flat=True)[:1000])
        count = Film.objects.filter(pk__in=keys, needs_check=True).update(needs_check=False)
        messages.success(request, gettext("Checked: %(count)s films.") % {"count": count})

    @admin.action(description=_("Draw the card anew"))
    def draw_card_anew(self, request, queryset):
        films = list(Film.objects.filter(pk__in=list(queryset.values_list("pk", flat=True)[:100])))
        for film in films:
            film.choose_card()
            film.set_card_lines()
            film.save(update_fields=CARD_FIELDS)
        messages.success(request, gettext("Drawn anew: %(count)s cards.") % {"count": len(films)})
