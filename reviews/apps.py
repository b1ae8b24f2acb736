from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = _("writing")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from films.models.merge import STEPS
        from reviews import merging

        if merging not in STEPS:
            STEPS.append(merging)
