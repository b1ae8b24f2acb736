import mimetypes

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilmsConfig(AppConfig):
    name = "films"
    verbose_name = _("films")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # Python knows it from 3.13 on; the media view and the bucket say what a file is.
        mimetypes.add_type("image/avif", ".avif")
