from functools import partial

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from films import metadata
from films.admin.credit_queue import check_credits, credit_queue, twins_shown_of
from films.credit_form import is_bare_file, is_file_name
from films.models import CreditChange, FileErrand, Image, License
from films.models.image import CREDIT_FIELDS, QUOTATION
from films.normalize import clean_name
from users.models import User
from users.moderation_admin import UNSEEN, ModeratedAdmin, StatusFilter
from users.staff_admin import (
    ReadOnlyAdmin,
    StaffAdmin,
    StaffForm,
    Waiting,
    any_of,
    link_to,
    starting_with,
)

PLACES_SHOWN = 10


def shown_picture(image):
    """The picture and its credit, as staff see it: also while readers do not."""
    context = {"image": image, "address": image.address_near(960)}
    return render_to_string("admin/_shown_picture.html", context)


class ImageForm(StaffForm):
    class Meta:
        model = Image
        fields = "__all__"
        widgets = {
            "creator_url": forms.URLInput(attrs={"class": "vURLField"}),
            "source_url": forms.URLInput(attrs={"class": "vURLField"}),
            "alt_text": forms.Textarea(attrs={"class": "vLargeTextField", "rows": 3}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "license" in self.fields and not self.instance.is_quotation:
            # A quotation has its passage, which is given where the text is written.
            licenses = self.fields["license"]
            licenses.queryset = licenses.queryset.exclude(pk=QUOTATION)

    def clean(self):
        given = super().clean()
        for name in ("title", "creator_name", "changes", "alt_text"):
            given[name] = clean_name(given.get(name) or "")
        if is_bare_file(given.get("source_url") or ""):
            self.add_error(
                "source_url", _("This is the address of the file. Give the page that shows it.")
            )
        if is_file_name(given["alt_text"]):
            self.add_error("alt_text", _("That is the file’s name. Say what is in the picture."))
        if self.instance.is_published or self.instance.derivatives:
            for field, text in credit_gaps(given):
                self.add_error(field, text)
        return given


def credit_gaps(given):
    """What a picture that readers see, or that has files, still lacks, as (field, what to do)."""
    if not given.get("title"):
        yield "title", _("A picture needs a title.")
    if not (given.get("creator_name") or given.get("creator_is_unknown")):
        yield "creator_name", _("Name who made it, or say that the maker is not known.")
    if given.get("creator_name") and given.get("creator_is_unknown"):
        yield "creator_is_unknown", _("Its maker has a name here: either is right, not both.")
    if not given.get("license"):
        yield "license", _("Choose the licence.")
    is_quoted = given.get("license") and given["license"].pk == QUOTATION
    comes_from = given.get("source_url") or given.get("is_own_work") or given.get("permission")
    if not (comes_from or is_quoted):
        yield "source_url", _("Give the page it comes from, or the permission.")
    if not (given.get("alt_text") or given.get("is_decorative")):
        yield "alt_text", _("Describe it, or say that it is decorative.")


@admin.register(Image)
class ImageAdmin(ModeratedAdmin):
    has_text = False
    nav_position = 20
    form = ImageForm
    list_display = ["piece", "state", "report_count", "license", "uploaded_by", "created_at"]
    list_filter = [StatusFilter, "license"]
    list_select_related = ["license", "uploaded_by", "checked_by"]
    search_fields = ["key"]
    search_help_text = _("Key, or beginning of the username of who added it")
    readonly_fields = [
        "shown", "used_in", "twins", "file_says", "checked", "corrections", "size", "state", "uploaded_by", "created_at", "sha256",
        "reports_shown", "decisions_shown",
    ]  # fmt: skip
    fieldsets = [
        (_("As shown"), {"fields": ["shown", "used_in", "twins"]}),
        (
            _("Credit"),
            {
                "fields": [
                    "checked", "file_says", "corrections", "title", ("creator_name", "creator_is_unknown"), "creator_url", "source_url",
                    "license", "changes", "is_own_work", "permission",
                ]
            },
        ),
        (_("For people who cannot see it"), {"fields": ["alt_text", "is_decorative"]}),
        (
            _("Where it stands"),
            {"fields": ["state", "reports_shown", "decisions_shown", ("uploaded_by", "created_at"),
                        ("size", "sha256")]},
        ),
    ]  # fmt: skip

    def get_urls(self):
        page = self.admin_site.admin_view(partial(credit_queue, self))
        return [path("review/", page, name="films_image_queue"), *super().get_urls()]

    def get_actions(self, request):
        actions = super().get_actions(request)
        if actions:
            words = gettext("The licence holds")
            actions["check_credits"] = (check_credits, "check_credits", f"{words}…")
        return actions

    def verbs_for(self, row, user):
        found = super().verbs_for(row, user)
        if found and row.is_published and not row.checked_at:
            found.insert(0, {"value": "check_credits", "label": gettext("The licence holds")})
        return found

    def waiting(self, request):
        yield from super().waiting(request)
        rows = Image.objects.unchecked().select_related("license")
        yield Waiting(gettext("pictures to look at"), reverse("admin:films_image_queue"), rows)

    def has_add_permission(self, request):
        return False  # pictures come in by the site's own form, which looks into the file

    def save_model(self, request, obj, form, change):
        credit = {name: form.cleaned_data[name] for name in CREDIT_FIELDS}
        obj.correct_credit(by=request.user, **credit)

    def find(self, request, queryset, term):
        members = list(User.objects.called(term).values_list("pk", flat=True)[:20])
        return any_of(queryset, [starting_with("key", term), Q(uploaded_by__in=members)])

    def sign(self, row):
        address = row.address_near(480)
        if not address:
            return ""
        return format_html('<img src="{}" alt="" width="48" height="64" loading="lazy">', address)

    def name(self, row):
        return row.title or row.key

    def meta(self, row):
        """Of the small picture beside it, the whole credit; the name is its title."""
        maker = _("Maker not known") if row.creator_is_unknown else row.creator_name
        cropped = gettext("cropped here") if row.address_near(480) else ""
        how = [row.license or "…", row.changes, cropped]
        where = row.source_url or (gettext("Own work.") if row.is_own_work else "")
        parts = [maker or "…", *filter(None, how)]
        line = format_html_join(", ", "<bdi>{}</bdi>", ([part] for part in parts))
        return format_html("{}. <bdi>{}</bdi>", line, Truncator(where).chars(60))

    @admin.display(description=_("picture"))
    def piece(self, row):
        return self.tile(row)

    @admin.display(description=_("with its credit"))
    def shown(self, row):
        return shown_picture(row)

    @admin.display(description=_("size"))
    def size(self, row):
        return f"{row.width} × {row.height}"

    @admin.display(description=_("looked at"))
    def checked(self, row):
        if not row.checked_by:
            return _("By nobody yet")
        return format_html("<bdi>{}</bdi>, {}", row.checked_by.name, row.checked_at.date())

    @admin.display(description=_("looks like"))
    def twins(self, row):
        found = twins_shown_of(row)
        return render_to_string("admin/_twins.html", {"row": found}) if found else _("None here")

    @admin.display(description=_("the file says"))
    def file_says(self, row):
        found = metadata.of_original(row)
        said = [found.title, found.creator, found.creator_url, found.source_url, found.license_url,
                found.rights]  # fmt: skip
        return format_html_join(
            "", "<p dir=auto>{}</p>", ((words,) for words in said if words)
        ) or _("Nothing")

    @admin.display(description=_("corrections"))
    def corrections(self, row):
        rows = row.credit_changes.select_related("by")[:PLACES_SHOWN]
        return format_html_join("", "<p><bdi>{}</bdi>, {}: {}</p>", map(in_words, rows)) or _(
            "None"
        )

    @admin.display(description=_("used in"))
    def used_in(self, row):
        films = [place.film for place in row.film_images.select_related("film")[:PLACES_SHOWN]]
        pieces = row.reviews.published().order_by("-pk")[:PLACES_SHOWN]
        lines = format_html_join("", "<li>{}</li>", ((link_to(at),) for at in [*films, *pieces]))
        return format_html("<ul>{}</ul>", lines) if lines else _("Nowhere")


def in_words(correction):
    """Who, when, and what it said before."""
    said = (
        f"{Image._meta.get_field(name).verbose_name}: {before or '–'} → {correction.after[name] or '–'}"
        for name, before in correction.before.items()
    )
    return correction.by.name, correction.at.date(), "; ".join(said)


@admin.register(CreditChange)
class CreditChangeAdmin(ReadOnlyAdmin):
    """What credits said before they were corrected."""

    ordering = ["-pk"]
    list_display = ["__str__", "image", "by", "at"]
    list_select_related = ["image", "by"]
    fields = readonly_fields = ["image", "by", "at", "before", "after"]

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(image__status__in=UNSEEN)


@admin.register(License)
class LicenseAdmin(StaffAdmin):
    list_display = ["name", "spdx_id", "allows"]
    search_fields = ["name", "spdx_id"]

    def get_readonly_fields(self, request, obj=None):
        return ["spdx_id"] if obj else []

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if {"name", "url"} & set(form.changed_data):
            obj.renew_files()

    def may_be_deleted(self, row):
        return not row.images.exists()

    @admin.display(description=_("allows"))
    def allows(self, row):
        changes = _("changes") if row.allows_changes else _("no changes")
        commerce = _("commercial use") if row.allows_commercial else _("no commercial use")
        return f"{changes}, {commerce}"


@admin.register(FileErrand)
class FileErrandAdmin(ReadOnlyAdmin):
    """Pictures whose files the worker, or `tick`, has still to write."""

    ordering = ["-pk"]
    list_display = ["__str__", "image", "attempts", "due_at", "given_up_at"]
    list_select_related = ["image"]
    search_fields = ["image__key"]
    search_help_text = _("Beginning of a picture’s key")
    fields = readonly_fields = ["image", "attempts", "due_at", "given_up_at"]

    def find(self, request, queryset, term):
        return queryset.filter(image__in=Image.objects.filter(key__startswith=term))
