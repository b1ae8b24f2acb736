from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from films.models import Image, PermissionProof
from users.moderation_admin import UNSEEN
from users.staff_admin import ReadOnlyAdmin


@admin.register(PermissionProof)
class PermissionProofAdmin(ReadOnlyAdmin):
    """What shows that a picture may be used, for whoever reviews licenses."""

    ordering = ["-pk"]
    list_display = ["__str__", "image", "given_at"]
    list_select_related = ["image"]
    search_fields = ["image__key"]
    search_help_text = _("Beginning of a picture’s key")
    fields = readonly_fields = ["image", "permission", "text", "given_at"]

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(image__status__in=UNSEEN)

    def find(self, request, queryset, term):
        return queryset.filter(image__in=Image.objects.filter(key__startswith=term))

    @admin.display(description=_("permission"))
    def permission(self, row):
        return row.image.permission
