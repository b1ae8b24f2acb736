from django.contrib.admin.apps import AdminConfig


class AfterimageAdminConfig(AdminConfig):
    default_site = "users.admin_site.AfterimageAdminSite"
