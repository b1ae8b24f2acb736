"""How accounts are made and named; everything else about signing in is allauth's."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from users.leaving import stay
from users.letters import LetterBox
from users.models import User
from users.names import USERNAME, validate_not_reserved
from users.site_settings import SiteSettings


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
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your present password."),
    }

    def render_mail(self, template_prefix, email, context, headers=None):
        message = super().render_mail(template_prefix, email, context, headers)
        if settings.WORKER:
            message.connection = LetterBox(context.get("user"))
        return message

    def is_open_for_signup(self, request):
        return SiteSettings.current().sign_up_is_open

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        if user.leaving_at:
            stay(user)
            messages.success(request, _("You are staying: your account is as it was."))
        return response

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
