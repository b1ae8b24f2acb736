"""The address space: every app's URLs and the pages that need them all."""

from allauth.mfa.recovery_codes.views import view_recovery_codes
from allauth.mfa.totp.views import activate_totp
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from config import diary, health, member, search, sitemaps, views
from config.media import media
from users.views import (
    account_email,
    account_email_verification_sent,
    mfa_authenticate,
    mfa_generate_recovery_codes,
)

urlpatterns = [
    path("", views.home, name="home"),
    path("feed/", views.feed, name="feed"),
    path("about/", views.about, name="about"),
    path("rules/", views.rules, name="rules"),
    path("privacy/", views.privacy, name="privacy"),
    path("terms/", views.terms, name="terms"),
    path("contact/", views.contact, name="contact"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("formulas/", views.formulas, name="formulas"),
    path("members/<str:username>/", member.member, name="member"),
    path("members/<str:username>/diary/", diary.diary, name="diary"),
    path("members/<str:username>/feed/", member.member_feed, name="member_feed"),
    path("search/", search.search_page, name="search"),
    path("search/complete/", search.search_complete, name="search_complete"),
    path("display/", views.display, name="display"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<section>.xml", sitemaps.section, name="sitemap_section"),
    path("", include("films.urls")),
    path("", include("reviews.urls")),
    path("", include("users.urls")),
    path("accounts/email/", account_email, name="account_email"),
    path(
        "accounts/confirm-email/",
        account_email_verification_sent,
        name="account_email_verification_sent",
    ),
    path("accounts/inactive/", RedirectView.as_view(pattern_name="home"), name="account_inactive"),
    path("accounts/2fa/authenticate/", mfa_authenticate, name="mfa_authenticate"),
    path(
        "accounts/2fa/recovery-codes/generate/",
        mfa_generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    # What these two show must not come back with the browser's button.
    path("accounts/2fa/totp/activate/", never_cache(activate_totp), name="mfa_activate_totp"),
    path(
        "accounts/2fa/recovery-codes/",
        never_cache(view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
if not settings.S3_BUCKET:
    urlpatterns.append(re_path(r"^media/(?P<path>.+)$", media, name="media"))

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler500 = views.server_error
