from django import forms
from django.contrib import admin
from django.core.files.storage import default_storage
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from films.models import FileErrand, Image, License
from films.models.image import CREDIT_FIELDS
from users.models import User
from users.moderation import Status
from users.moderation_admin import ModeratedAdmin, StatusFilter
from users.staff_admin import ReadOnlyAdmin, StaffAdmin, StaffForm, any_of, link_to, starting_with

PLACES_SHOWN = 10


def address_of(image, width):
    """The JPEG nearest to `width`, or nothing where the files are gone."""
    jpegs = [file for file in image.derivatives if file["format"] == "jpeg"]
    if image.status == Status.REMOVED or not jpegs:
        return ""
    return default_storage.url(min(jpegs, key=lambda file: abs(file["width"] - width))["name"])


def shown_picture(image):
    """The picture and its credit, as staff see it: also while readers do not."""
    context = {"image": image, "address": address_of(image, 960)}
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

    def clean(self):
        given = super().clean()
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
    if not given.get("license"):
        yield "license", _("Choose the licence.")
    if not (given.get("source_url") or given.get("is_own_work") or given.get("permission")):
        yield "source_url", _("Give the page it comes from, or the permission.")
    if not (given.get("alt_text") or given.get("is_decorative")):
        yield "alt_text", _("Describe it, or say that it is decorative.")


@admin.register(Image)
class ImageAdmin(ModeratedAdmin):
    nav_position = 20
    form = ImageForm
    list_display = ["piece", "state", "report_count", "license", "uploaded_by", "created_at"]
    list_filter = [StatusFilter, "license"]
    list_select_related = ["license", "uploaded_by"]
    search_fields = ["key"]
    search_help_text = _("Key, or beginning of the username of who added it")
    readonly_fields = [
        "shown", "used_in", "size", "state", "uploaded_by", "created_at", "sha256",
        "reports_shown", "decisions_shown",
    ]  # fmt: skip
    fieldsets = [
        (_("As shown"), {"fields": ["shown", "used_in"]}),
        (
            _("Credit"),
            {
                "fields": [
                    "title", ("creator_name", "creator_is_unknown"), "creator_url", "source_url",
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

    def has_add_permission(self, request):
        return False  # pictures come in by the site's own form, which looks into the file

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if obj.derivatives and set(form.changed_data) & set(CREDIT_FIELDS):
            obj.renew_files()

    def find(self, request, queryset, term):
        members = list(User.objects.called(term).values_list("pk", flat=True)[:20])
        return any_of(queryset, [starting_with("key", term), Q(uploaded_by__in=members)])

    def sign(self, row):
        address = address_of(row, 480)
        if not address:
            return ""
        return format_html('<img src="{}" alt="" width="48" height="64" loading="lazy">', address)

    def name(self, row):
        return row.title or row.key

    def meta(self, row):
        maker = _("Maker not known") if row.creator_is_unknown else row.creator_name
        return format_html("<bdi>{}</bdi>, {}", maker or "…", row.license or "…")

    @admin.display(description=_("picture"))
    def piece(self, row):
        return self.tile(row)

    @admin.display(description=_("with its credit"))
    def shown(self, row):
        return shown_picture(row)

    @admin.display(description=_("size"))
    def size(self, row):
        return f"{row.width} × {row.height}"

    @admin.display(description=_("used in"))
    def used_in(self, row):
        films = [place.film for place in row.film_images.select_related("film")[:PLACES_SHOWN]]
        pieces = row.reviews.published().order_by("-pk")[:PLACES_SHOWN]
        lines = format_html_join("", "<li>{}</li>", ((link_to(at),) for at in [*films, *pieces]))
        return format_html("<ul>{}</ul>", lines) if lines else _("Nowhere")


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
