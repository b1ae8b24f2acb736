"""How accounts are made and named; everything else about signing in is allauth's."""

import logging
from contextlib import suppress
from http.client import FORBIDDEN, SERVICE_UNAVAILABLE
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from users.addresses import absolute, origin
from users.leaving import stay
from users.letters import LetterBox
from users.models import MemberSession, User
from users.names import USERNAME, validate_not_reserved
from users.site_settings import SiteSettings

logger = logging.getLogger("afterimage.mail")

LONGEST_ADDRESS = 45  # of IPv6, with an IPv4 address in it; what else stands there is cut


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "No account has this name and this password. Look at both again."
        ),
        "email_password_mismatch": _(
            "No account has this address and this password. Look at both again."
        ),
        "username_taken": _("Somebody has this member name already. Choose another."),
        "email_taken": _("An account with this address exists already."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then try again."),
        "account_inactive": _("This account is closed."),
        "duplicate_email": _("This address is yours already, or waits for you to confirm it."),
        "rate_limited": _("Too many attempts. Wait a few minutes, then try again."),
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your present password."),
    }

    def render_mail(self, template_prefix, email, context, headers=None):
        message = super().render_mail(template_prefix, email, context, headers)
        if settings.WORKER:
            message.connection = LetterBox(context.get("user"))
        return message

    def get_client_ip(self, request):
        """Where nobody says whose it is, or says “unknown”, all who come the same way are one."""
        try:
            return super().get_client_ip(request)
        except PermissionDenied:
            return quote(request.META.get("REMOTE_ADDR", "")[:LONGEST_ADDRESS])

    def authenticate(self, request, **credentials):
        user = super().authenticate(request, **credentials)
        names = [credentials[key] for key in ("username", "email") if key in credentials]
        return user if user and any(answers_to(user, name) for name in names) else None

    def get_password_change_redirect_url(self, request):
        return f"{reverse('users:settings')}#signing-in"

    def respond_user_inactive(self, request, user):
        """Without an address of its own, which would tell anybody that theirs is closed."""
        return render(request, "account/account_inactive.html", status=FORBIDDEN)

    def get_reauthentication_methods(self, user):
        """Whoever has a second factor proves it by a code; a password alone would take it off."""
        methods = super().get_reauthentication_methods(user)
        codes = [method for method in methods if method["id"] == "mfa_reauthenticate"]
        return codes or methods

    def is_open_for_signup(self, request):
        return SiteSettings.current().sign_up_is_open

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        if user.leaving_at:
            stay(user)
            messages.success(request, _("You are staying: your account is as it was."))
        return response

    def send_mail(self, template_prefix, email, context):
        """Where it cannot be sent, whoever waits for it reads so, whether or not the address has
        an account."""
        try:
            super().send_mail(template_prefix, email, at_home(context, self.request))
        except OSError as error:  # whose words quote the address
            logger.error("A letter about an account could not be sent: %s", type(error).__name__)
            ratelimit.clear(self.request, action="confirm_email", key=email.lower())
            page = render(self.request, "account/no_letter.html", status=SERVICE_UNAVAILABLE)
            raise ImmediateHttpResponse(page) from error

    def send_notification_mail(self, *args, **kwargs):
        """What was changed is changed, whether or not the mail about it can be sent."""
        with suppress(ImmediateHttpResponse):
            super().send_notification_mail(*args, **kwargs)

    def send_confirmation_mail(self, request, emailconfirmation, signup):
        """Who asks for an address that somebody else has reads the same as everybody; who has it
        is told."""
        address = emailconfirmation.email_address
        if is_somebody_elses(address):
            self.send_mail("account/email/email_wanted", address.email, {})
        else:
            super().send_confirmation_mail(request, emailconfirmation, signup)

    def confirm_email(self, request, email_address):
        if is_somebody_elses(email_address):  # since the letter was sent
            context = {"email": email_address.email}
            template = "account/messages/email_confirmation_failed.txt"
            self.add_message(request, messages.ERROR, template, context)
            return False
        return super().confirm_email(request, email_address)

    def can_delete_email(self, email_address):
        """One that waits to be confirmed; never the one we write to."""
        return email_address.email.lower() != email_address.user.email.lower()

    def set_password(self, user, password):
        """A new password also drops an address that waits: somebody else may have given it."""
        super().set_password(user, password)
        waiting_addresses(user).delete()

    def logout(self, request):
        key = request.session.session_key
        super().logout(request)
        MemberSession.objects.filter(session_key=key).delete()

    def clean_username(self, username, shallow=False):
        USERNAME(username)
        validate_not_reserved(username)
        if not shallow and User.objects.mistaken_for(username):
            raise ValidationError(
                _("This name could be taken for somebody else’s. Choose another."),
                code="like_staff",
            )
        return super().clean_username(username, shallow)

    def clean_email(self, email):
        MaxLengthValidator(User._meta.get_field("email").max_length)(email)
        return super().clean_email(email)

    def save_user(self, request, user, form, commit=True):
        user.display_name = form.cleaned_data.get("display_name", "")
        return super().save_user(request, user, form, commit)


def at_home(context, request):
    """What a letter is filled with, its links leading to the site's own address, by whichever
    other it was asked for."""
    moved = {
        name: absolute(request, urlsplit(value)._replace(scheme="", netloc="").geturl())
        for name, value in context.items()
        if name.endswith("_url")
    }
    return context | moved | {"current_site": Home(urlsplit(origin(request)).netloc)}


class Home(NamedTuple):
    """As allauth wants a site."""

    domain: str

    @property
    def name(self):
        return self.domain


def answers_to(user, name):
    """Whether they sign in by it: an address that only waits may be anybody's."""
    name = name.lower()
    confirmed = EmailAddress.objects.filter(user=user, verified=True)
    return (
        name in (user.username.lower(), user.email.lower()) or confirmed.filter(email=name).exists()
    )


def is_somebody_elses(address):
    others = User.objects.exclude(pk=address.user_id)
    confirmed = EmailAddress.objects.exclude(user=address.user_id).filter(verified=True)
    return (
        others.mailed_at(address.email).exists()
        or confirmed.filter(email=address.email.lower()).exists()
    )


def waiting_addresses(user):
    """What the member's address is to change to: one, and not confirmed yet."""
    mine = EmailAddress.objects.filter(user=user, verified=False)
    return mine.exclude(email__iexact=user.email)


@transaction.atomic
def give_address(user, email):
    """Staff vouch for it: it counts at once, and whatever else was the member's does not."""
    EmailAddress.objects.filter(user=user).delete()
    if email:
        EmailAddress.objects.create(user=user, email=email.lower(), verified=True, primary=True)
