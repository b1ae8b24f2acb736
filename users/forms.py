"""Forms about a member's own account. allauth's own are dressed here in the site's words."""

import zoneinfo

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from users.adapter import answers_to, is_somebody_elses, waiting_addresses
from users.humans import objection_to, objection_to_use
from users.models import ReportReason, TextLicense, User
from users.names import clean_name, validate_display_name
from users.visitor_pages import empty_when_done

# The status of a page that gives a form back to be put right.
INVALID_STATUS = 422

# Languages that are written in here; a member may know of none that is missing from the list.
LANGUAGES = [
    ("ar", "العربية"), ("bn", "বাংলা"), ("zh", "中文"), ("cs", "Čeština"), ("da", "Dansk"),
    ("nl", "Nederlands"), ("en", "English"), ("fi", "Suomi"), ("fr", "Français"),
    ("de", "Deutsch"), ("el", "Ελληνικά"), ("he", "עברית"), ("hi", "हिन्दी"), ("hu", "Magyar"),
    ("id", "Bahasa Indonesia"), ("it", "Italiano"), ("ja", "日本語"), ("ko", "한국어"),
    ("no", "Norsk"), ("fa", "فارسی"), ("pl", "Polski"), ("pt", "Português"), ("ro", "Română"),
    ("ru", "Русский"), ("es", "Español"), ("sv", "Svenska"), ("ta", "தமிழ்"), ("th", "ไทย"),
    ("tr", "Türkçe"), ("uk", "Українська"), ("ur", "اردو"), ("vi", "Tiếng Việt"),
]  # fmt: skip


class ReportForm(forms.Form):
    """What is wrong with something that somebody else made."""

    reason = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=ReportReason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what is wrong with it.")},
    )
    passage = forms.CharField(
        label=_("Which passage?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "short", "dir": "auto"}),
        help_text=_("Copy the first words of it. Nobody but the moderators sees this."),
    )
    note = forms.CharField(
        label=_("Anything they should know"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "short", "dir": "auto"}),
        help_text=_("You may leave it empty."),
    )

    def __init__(self, data=None, **kwargs):
        super().__init__(data, use_required_attribute=False, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self):
        data = super().clean()
        if data.get("reason") == ReportReason.OTHER and not data.get("note"):
            self.add_error("note", ValidationError(_("Say what, here."), code="required"))
        return data


class DisplayNameField(forms.CharField):
    """A name as it stands under what a member writes; NFC, nothing in it that cannot be seen."""

    def __init__(self, **kwargs):
        kwargs = {
            "label": _("Name"),
            "required": False,
            "max_length": 60,
            "help_text": _("Your own or a pen name."),
            "widget": forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
        } | kwargs
        super().__init__(**kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        ProhibitNullCharactersValidator()(value)
        return clean_name(value)

    def validate(self, value):
        super().validate(value)
        validate_display_name(value)


def check_not_staff(name, member=None):
    """No name that could be taken for a moderator's or an editor's, unless it is their own."""
    others = [who for who in User.objects.mistaken_for(name) if who != member]
    if others:
        raise ValidationError(
            _("“%(name)s” could be taken for somebody who looks after the site."),
            code="like_staff",
            params={"name": name},
        )


class SignupForm(allauth_forms.SignupForm):
    field_order = ("email", "username", "password1", "display_name")
    display_name = DisplayNameField(
        label=_("Name, if you like"),
        help_text=_("What stands under your essays. Without one, your member name does."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        email, username, password = (
            self.fields[name] for name in ("email", "username", "password1")
        )
        email.label, username.label, password.label = _("Email"), _("Member name"), _("Password")
        email.help_text = _("For signing in and for a new password. Nobody else sees it.")
        username.help_text = _(
            "3 to 30 letters, digits, hyphens or underscores. It stands in your address, and "
            "what you are called can be something else."
        )
        username.error_messages["min_length"] = _("Use at least 3 characters.")
        password.help_text = _("At least eight characters. A sentence is easiest to keep.")
        plain(self)

    def clean_display_name(self):
        name = self.cleaned_data["display_name"]
        if name:
            check_not_staff(name)
        return name

    def clean(self):
        if objection := objection_to(self.data):
            raise ValidationError(objection, code="automatic")
        data = super().clean()
        if not self.errors and (objection := objection_to_use(self.data)):
            raise ValidationError(objection, code="automatic")
        return data

    def validate_unique_email(self, value):
        """One that only waits for somebody else to confirm it is still its owner's to join with."""
        if is_somebody_elses(EmailAddress(email=value)):
            return super().validate_unique_email(value)
        return value

    def try_save(self, request):
        if self.account_already_exists:  # which no reader of a clock shall know
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)

    def save(self, request):
        """allauth leaves the address out where another row has it, even one that waits."""
        user = super().save(request)
        row, _is_new = EmailAddress.objects.get_or_create(
            user=user, email=user.email.lower(), defaults={"primary": True}
        )
        EmailAddress.objects.fill_cache_for_user(user, [row])
        return user


class LoginForm(allauth_forms.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Email or member name")
        self.fields["password"].help_text = ""
        self.fields["remember"].label = _("Keep me signed in on this device")
        plain(self)


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("The one you joined with.")
        plain(self)

    def clean_email(self):
        """allauth would also write to an address that waits, which may be anybody's."""
        email = super().clean_email()
        self.users = [user for user in self.users if answers_to(user, email)]
        return email


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_passwords(self)


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        old = self.fields["oldpassword"]
        old.label, old.help_text = _("Your present password"), ""  # the page has the link
        name_passwords(self)


class ChangeEmailForm(allauth_forms.AddEmailForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New address")
        self.fields["email"].help_text = _(
            "We send a letter there. Once you have confirmed it, the new address takes the place "
            "of the old one, which we tell of it too."
        )
        plain(self)

    def save(self, request):
        """allauth's own would take away the present address, where that was never confirmed."""
        old, new = self.user.email, self.cleaned_data["email"]
        waiting_addresses(self.user).delete()
        try:
            address = EmailAddress.objects.add_email(request, self.user, new, confirm=True)
        except ImmediateHttpResponse:  # no letter went there: nothing waits
            waiting_addresses(self.user).delete()
            raise
        if old:
            adapter = get_adapter(request)
            adapter.send_notification_mail("account/email/email_asked", self.user, email=old)
        return address


class CodeFormMixin:
    help = _("They change every thirty seconds.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label, code.help_text, code.max_length = _("Six digits from your app"), self.help, 40
        code.validators.append(MaxLengthValidator(40))
        code.error_messages["required"] = _("Type the code that your app shows.")
        code.widget.attrs |= {"inputmode": "numeric", "class": "code", "autocapitalize": "off"}
        plain(self)


class DoorFormMixin(CodeFormMixin):
    """Where the code is all that the page is for."""

    help = _("They change every thirty seconds. One of your recovery codes does as well.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = True


class SecondFactorForm(DoorFormMixin, mfa_forms.AuthenticateForm):
    pass


class ReauthenticateByCodeForm(DoorFormMixin, mfa_forms.ReauthenticateForm):
    pass


class ActivateSecondFactorForm(CodeFormMixin, ActivateTOTPForm):
    pass


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        plain(self)


def name_passwords(form):
    form.fields["password1"].label = _("New password")
    form.fields["password1"].help_text = _(
        "At least eight characters. A sentence is easiest to keep."
    )
    form.fields["password2"].label = _("The new password again")
    plain(form)


def plain(form):
    """A label says what a field wants; a placeholder in its place would go at the first key."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class LeaveForm(forms.Form):
    """Who leaves says what becomes of their pieces, and shows that it is they."""

    pieces = forms.ChoiceField(
        label=_("Your essays, notes, replies and pictures"),
        choices=[
            ("delete", _("Delete them")),
            ("keep", _("Leave what is published, signed “a former member”")),
        ],
        initial="delete",
        widget=forms.RadioSelect,
        help_text=_(
            "A picture that stays keeps its credit, as licences ask, and the file you sent."
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("So that nobody does this for you."),
        error_messages={"required": _("Type your password to close the account.")},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, prefix="leave", use_required_attribute=False, **kwargs)
        self.user = user
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(choices("pieces"), "password")

    def clean_password(self):
        password = self.cleaned_data["password"]
        if "\0" in password or not self.user.check_password(password):
            raise ValidationError(_("That is not your password."), code="password")
        return password


class SettingsForm(forms.ModelForm):
    """One section of the settings page, with a button of its own."""

    section = ""

    class Meta:
        model = User
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix=self.section, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = self.layout()

    def layout(self):
        return Layout(*self.fields, self.button())

    def button(self):
        return HTML(
            f'<button class="btn" name="section" value="{self.section}">{_("Save")}</button>'
        )


class ProfileForm(SettingsForm):
    section = "you"
    display_name = DisplayNameField(
        help_text=_(
            "Your own or a pen name. If you change it, your older essays change with it. Empty, "
            "your member name stands there."
        )
    )

    class Meta(SettingsForm.Meta):
        fields = ["display_name", "about", "shows_diary"]
        widgets = {"about": forms.Textarea(attrs={"rows": 3, "class": "short", "dir": "auto"})}
        labels = {"about": _("About you")}
        help_texts = {
            "about": _("A few lines for your page, up to 500 characters."),
            "shows_diary": _("When you saw which film, and how you rated it."),
        }

    def save(self, commit=True):
        member = super().save(commit)
        if "shows_diary" in self.changed_data:
            empty_when_done()
        return member

    def clean_display_name(self):
        name = self.cleaned_data["display_name"]
        if name:
            check_not_staff(name, self.instance)
        return name


class ReadingForm(SettingsForm):
    section = "reading"
    spoilers = forms.ChoiceField(
        label=_("Spoilers"),
        choices=[
            (User.Spoilers.ASK, _("Ask each time")),
            (User.Spoilers.SEEN, _("Open if I have seen the film")),
            (User.Spoilers.OPEN, _("Always open")),
        ],
        widget=forms.RadioSelect,
        help_text=_("A film counts as seen when you have said so, or written about it."),
    )
    display = forms.ChoiceField(
        label=_("House lights"),
        choices=[
            (User.Display.AUTO, _("As the device says")),
            (User.Display.LIGHT, _("Up: light pages")),
            (User.Display.DARK, _("Down: dark pages")),
        ],
        widget=forms.RadioSelect,
    )
    text_size = forms.ChoiceField(
        label=_("Size of text you read"),
        choices=[
            (User.TextSize.USUAL, _("As the device says")),
            (User.TextSize.LARGE, _("Large")),
            (User.TextSize.LARGEST, _("Largest")),
        ],
    )
    measure = forms.ChoiceField(
        label=_("Length of lines"),
        choices=[
            (User.Measure.NARROW, _("Short")),
            (User.Measure.USUAL, _("Usual")),
            (User.Measure.WIDE, _("Long")),
        ],
    )
    language = forms.ChoiceField(
        label=_("Language you write in"),
        choices=LANGUAGES,
        help_text=_("Chosen beforehand when you begin a text; each may have another."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=lambda: [(n, n.replace("_", " ")) for n in time_zones()]
    )

    class Meta(SettingsForm.Meta):
        fields = ["spoilers", "display", "text_size", "measure", "language", "time_zone"]

    def layout(self):
        text = Div("text_size", "measure", css_class="pair")
        pair = Div("language", "time_zone", css_class="pair")
        return Layout(choices("spoilers"), choices("display"), text, pair, self.button())


def choices(name):
    """Radios under one another, a line between two."""
    return Div(name, css_class="choices")


def time_zones():
    """The places of the time zone database, without its aliases and technical entries."""
    areas = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/")
    areas += ("Indian/", "Pacific/")
    return ["UTC", *sorted(n for n in zoneinfo.available_timezones() if n.startswith(areas))]


class LicenseForm(SettingsForm):
    section = "licence"
    text_license = forms.ChoiceField(
        label=_("What others may do with your texts"),
        choices=[
            (TextLicense.ALL_RIGHTS, _("All rights reserved: they may read and quote")),
            (TextLicense.BY, _("CC BY 4.0: they may republish, with your name")),
            (TextLicense.BY_SA, _("CC BY-SA 4.0: the same, under the same licence")),
            (TextLicense.BY_NC_SA, _("CC BY-NC-SA 4.0: the same, and not for money")),
            (TextLicense.CC0, _("CC0 1.0: they may do anything")),
        ],
        widget=forms.RadioSelect,
    )

    class Meta(SettingsForm.Meta):
        fields = ["text_license"]

    def layout(self):
        return Layout(choices("text_license"), self.button())


SECTIONS = {form.section: form for form in (ProfileForm, ReadingForm, LicenseForm)}
