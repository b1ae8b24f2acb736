from django.contrib import admin, messages
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from films.admin.film import CARD_FIELDS
from films.models import Film, Person, PersonIndex
from films.normalize import piece_slug, sort_key
from users.models import Report
from users.staff_admin import StaffAdmin, any_of, link_to, starting_with

FILMS_RENAMED = 500


@admin.register(Person)
class PersonAdmin(StaffAdmin):
    ordering = ["sort_name", "pk"]
    list_display = ["person", "sort_name"]
    search_fields = ["slug"]
    search_help_text = _("Beginning of a name")
    fields = ["name", "sort_name", ("native_name", "native_language"), "slug", "films"]
    readonly_fields = ["films"]

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "slug"] if obj else self.readonly_fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ("name",)}

    def find(self, request, queryset, term):
        starts = {
            ("slug", piece_slug(term)),
            ("sort_name", term),
            ("sort_name", sort_key(term)),
            ("name", term),
        }
        return any_of(queryset, [starting_with(*start) for start in starts if start[1]])

    def may_be_deleted(self, row):
        return not (row.credits.exists() or Report.objects.on(row).open().exists())

    @admin.display(description=_("person"))
    def person(self, row):
        return format_html(
            '<span class="name"><bdi>{}</bdi></span><span class="meta" dir="auto">{}</span>',
            row.name,
            row.native_name,
        )

    @admin.display(description=_("films"))
    def films(self, row):
        credits = row.credits.select_related("film").order_by("-film")[:20]
        lines = ((link_to(credit.film), credit.get_role_display()) for credit in credits)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}, {}</li>", lines))

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        Person.objects.index_words([obj])
        if change and {"name", "native_name"} & set(form.changed_data):
            self.rename_on_films(request, obj)

    def rename_on_films(self, request, person):
        films = list(Film.objects.credited([person])[: FILMS_RENAMED + 1])
        for film in films[:FILMS_RENAMED]:
            film.index_words()
            film.set_card_lines()
            film.save(update_fields=CARD_FIELDS)
        if len(films) > FILMS_RENAMED:
            text = gettext(
                "More than %(n)s films name them: “manage.py recount” and “reindex” do the rest."
            )
            messages.warning(request, text % {"n": FILMS_RENAMED})

    def delete_model(self, request, obj):
        PersonIndex.objects.write({obj.pk: ()})
        super().delete_model(request, obj)
