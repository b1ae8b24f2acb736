from django.urls import path

from users import notices, views

app_name = "users"

urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/mail/<token>/", notices.mail_off, name="mail_off"),
    path("settings/sessions/", views.sessions, name="sessions"),
    path("settings/asking/", views.asking, name="asking"),
    path("settings/leave/", views.leave, name="leave"),
    path("settings/leaving/", views.leaving, name="leaving"),
    path("notices/", notices.notices, name="notices"),
    path("report/<slug:kind>/<int:pk>/", views.report, name="report"),
    path("log/", views.log, name="log"),
    path("log/feed/", views.log_feed, name="log_feed"),
    path("log/<int:pk>/", views.log_entry, name="log_entry"),
]
