from django.urls import path

from users import views

app_name = "users"

urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("report/<slug:kind>/<int:pk>/", views.report, name="report"),
    path("log/", views.log, name="log"),
    path("log/feed/", views.log_feed, name="log_feed"),
    path("log/<int:pk>/", views.log_entry, name="log_entry"),
]
