"""Mail that waits for the worker. Where there is none, nothing ever stands here."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from users.errands import Errand, ErrandQuerySet

TOLD_FOR = timedelta(days=14)  # doctor tells of what could not be sent


class LetterQuerySet(ErrandQuerySet):
    @transaction.atomic
    def post(self, member, **content):
        """`content` is a `notice`, put into words when it is sent; or what it says, and `to`."""
        letter = self.create(member=member, **content)
        letter.ask()
        return letter

    def about(self, member, addresses):
        """Also those to an address that was typed by whoever was not signed in."""
        known = {address.lower() for address in addresses if address}
        return self.alias(key=Lower("to")).filter(Q(member=member) | Q(key__in=known))

    def forgotten(self, now):
        return self.given_up().filter(given_up_at__lte=now - TOLD_FOR)


class Letter(Errand):
    """Goes as soon as it is sent; what it says, as soon as it is given up."""

    task_path = "users.tasks.send_letter"

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name=_("member"),
    )
    notice = models.ForeignKey(
        "users.Notification", models.CASCADE, null=True, blank=True, related_name="letters"
    )
    to = models.EmailField(max_length=254, blank=True)
    subject = models.TextField(blank=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(_("date"), default=timezone.now)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")

    def __str__(self):
        return f"letter {self.pk}"

    @property
    def message_id(self):
        """The same at each attempt: should one have gone out unnoticed, mail programs see it."""
        host = urlsplit(settings.SITE_ORIGIN).hostname or "localhost"
        return f"<letter-{self.pk}-{int(self.created_at.timestamp())}@{host}>"

    def message(self):
        if self.notice:
            return self.notice.message()
        return EmailMessage(self.subject, self.body, to=[self.to])

    def send(self):
        message = self.message()
        if any(message.to):  # a member may have taken the address back
            message.extra_headers["Message-ID"] = self.message_id
            message.send()
        self.delete()

    def give_up(self):
        self.to = self.subject = self.body = ""
        super().give_up()


class LetterBox(BaseEmailBackend):
    """A connection that takes messages to the worker."""

    def __init__(self, member=None):
        super().__init__()
        self.member = member

    def send_messages(self, messages):
        for message in messages:
            for address in message.to:
                Letter.objects.post(
                    self.member, to=address, subject=message.subject, body=message.body
                )
        return len(messages)
