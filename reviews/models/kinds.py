from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    ESSAY = "essay", _("essay")
    NOTE = "note", _("note")


class Replies(models.TextChoices):
    OPEN = "open", _("Everybody’s appear at once")
    HELD = "held", _("I read them before they appear")
    CLOSED = "closed", _("No more replies")
