from allauth.account.decorators import secure_admin_login
from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from users.dashboard import dashboard
from users.second_factor import is_due_from
from users.site_settings import SiteSettings
from users.staff_admin import StaffAdmin, changelist_url


class AfterimageAdminSite(admin.AdminSite):
    index_title = _("Staff")
    enable_nav_sidebar = False

    def register(self, model_or_iterable, admin_class=None, **options):
        # Other packages' screens know nothing of our lists and limits: those we want, we write.
        if admin_class and issubclass(admin_class, StaffAdmin):
            super().register(model_or_iterable, admin_class, **options)

    @method_decorator(secure_admin_login)
    def login(self, request, extra_context=None):
        if lacks_second_factor(request):
            messages.info(request, gettext("Staff sign in with a second factor. Turn it on first."))
            return redirect("mfa_activate_totp")
        # Never Django's own form: it knows no second factor.
        return redirect("admin:index")

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def has_permission(self, request):
        return super().has_permission(request) and not lacks_second_factor(request)

    def each_context(self, request):
        name = SiteSettings.current().name
        return super().each_context(request) | {
            "site_title": name,
            "site_header": name,
            "staff_nav": list(self.staff_nav(request)),
        }

    def staff_nav(self, request):
        placed = [entry for entry in self._registry.values() if entry.nav_position is not None]
        for entry in sorted(placed, key=lambda entry: entry.nav_position):
            if entry.has_view_permission(request):
                url = changelist_url(entry.model)
                yield {
                    "url": url,
                    "label": entry.nav_label or entry.opts.verbose_name_plural.capitalize(),
                    "current": request.path.startswith(url),
                }

    def index(self, request, extra_context=None):
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "app_list": self.get_app_list(request),
            **dashboard(self, request),
            **(extra_context or {}),
        }
        request.current_app = self.name
        return TemplateResponse(request, "admin/index.html", context)


def lacks_second_factor(request):
    """Asked several times while one page is made."""
    if not hasattr(request, "lacks_second_factor"):
        request.lacks_second_factor = is_due_from(request.user)
    return request.lacks_second_factor
