from django.apps import AppConfig
from django.contrib import admin
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _
from django_tasks_db.apps import TasksAppConfig


class SiteConfig(AppConfig):
    name = "config"
    default = True
    verbose_name = "Afterimage"

    def ready(self):
        from allauth.account.decorators import secure_admin_login

        from config import checks, connections  # noqa: F401

        connection_created.connect(connections.set_up)

        # The admin's own sign-in goes by the members' page, and so by its limits.
        admin.site.login = secure_admin_login(admin.site.login)


class TasksConfig(TasksAppConfig):
    verbose_name = _("Work for the worker")
