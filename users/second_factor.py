"""The second factor: how its secrets are kept, what of it may be shown, and the way back for
somebody who lost it. allauth does the rest.
"""

import base64
import logging
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.app_settings import RECOVERY_CODE_COUNT
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from users.letters import Letter
from users.sessions import end
from users.site_settings import SiteSettings

logger = logging.getLogger("afterimage.second_factor")
SALT = "afterimage.second-factor"


def vault():
    """What encrypts with the present key, and reads what a former one encrypted."""
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(salted_hmac(SALT, "", key, algorithm="sha256").digest()))
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "That code is wrong, was used before, or was for the half minute before. Type the one "
            "you see now."
        ),
        "cannot_generate_recovery_codes": gettext_lazy("Turn the second factor on first."),
    }

    def get_totp_issuer(self):
        return SiteSettings.site_name()

    def get_totp_label(self, user):
        return user.username

    def build_totp_svg(self, url):
        import qrcode  # with all that it brings, only for this one page
        from qrcode.image.svg import SvgPathFillImage  # white behind it: pages may be dark

        return qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")

    def encrypt(self, text):
        return vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        """A secret that nobody has, where the key is no longer there: no code fits it, and staff
        can take the factor off."""
        try:
            return vault().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.error("A second factor was encrypted with a key that is not among the settings.")
            return generate_totp_secret()


def seal(sender, request, user, authenticator, **kwargs):
    """Once a second factor is on, the password alone has let nobody in, and the code that was
    typed to turn it on does not do for signing in as well."""
    if authenticator.type == Authenticator.Type.TOTP:
        end(user.sessions.exclude(session_key=request.session.session_key))
        authenticator.wrap().validate_code(request.POST["code"])


@dataclass(frozen=True)
class SecondFactor:
    """What may be shown of a member's."""

    since: datetime | None = None
    codes_left: int = 0

    @classmethod
    def of(cls, member):
        rows = {row.type: row for row in Authenticator.objects.filter(user_id=member.pk)}
        app = rows.get(Authenticator.Type.TOTP)
        if app is None:
            return cls()
        codes = rows.get(Authenticator.Type.RECOVERY_CODES)
        used = codes.data["used_mask"].bit_count() if codes else RECOVERY_CODE_COUNT
        return cls(app.created_at, RECOVERY_CODE_COUNT - used)

    def __bool__(self):
        return self.since is not None


def is_due_from(user):
    """Whether the admin waits until this member of staff has a second factor."""
    return settings.STAFF_SECOND_FACTOR and not SecondFactor.of(user)


def take_off(member, *, by, reason, site):
    """For somebody who lost both the app and the codes. Leaves a record in the member's history,
    and tells them, with the address of the `site`. Whether there was one: False changes nothing.

    The public log is about writing: who has which lock is nothing for it.
    """
    if not by.is_superuser:
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError(_("Give the reason."), code="reason_required")
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().filter(user_id=member.pk)
        if not rows:
            return False
        rows.delete()
        LogEntry.objects.log_actions(
            by.pk,
            [member],
            CHANGE,
            change_message=_("Took off the second factor. %(reason)s") % {"reason": reason},
            single_object=True,
        )
        if member.email:
            tell(member, site)
    return True


def tell(member, site):
    context = {"name": member.name, "origin": site}
    subject = _("Your second factor was taken off")
    body = render_to_string("emails/second_factor_taken_off.txt", context)
    if settings.WORKER:
        Letter.objects.post(member, to=member.email, subject=subject, body=body)
    else:
        message = EmailMessage(subject, body, to=[member.email])
        transaction.on_commit(lambda: send(message))


def send(message):
    try:
        message.send()
    except OSError as error:  # whose words quote the address
        logger.error("A notice about an account could not be sent: %s", type(error).__name__)
