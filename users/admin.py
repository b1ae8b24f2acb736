from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import PositiveIntegerField, Q
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from users.adapter import give_address, is_somebody_elses
from users.addresses import origin
from users.models import Letter, ModerationAction, Notification, Report, Rule, SiteSettings, User
from users.moderation import Verb
from users.moderation_admin import AT_ONCE, UNSEEN, DecidingAdmin
from users.second_factor import SecondFactor, take_off
from users.staff_admin import (
    ReadOnlyAdmin,
    StaffAdmin,
    StaffForm,
    Waiting,
    change_url,
    changelist_url,
    link_to,
)

PIECES_SHOWN = 5
PIECES_LOOKED_AT = 100


def members_called(term):
    return User.objects.called(term.removeprefix("@"))


class MemberForm(StaffForm):
    def clean_email(self):
        email = self.cleaned_data["email"]
        if is_somebody_elses(EmailAddress(user=self.instance, email=email)):
            raise ValidationError(_("Another account has this address."), code="email_taken")
        return email


class TakeOffForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("How you know that it is they who ask. It stands in the member’s history."),
        widget=forms.Textarea(attrs={"class": "form-control tiny", "rows": 4}),
        error_messages={"required": _("Write the reason.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        if self.is_bound and self.errors:
            self.fields["reason"].widget.attrs["class"] += " is-invalid"


@admin.register(User)
class UserAdmin(StaffAdmin):
    form = MemberForm
    nav_position = 60
    ordering = ["-date_joined", "-id"]
    list_display = ["member", "role", "wrote", "standing", "joined"]
    list_filter = ["is_active", "is_staff", "groups"]
    search_fields = ["username"]
    search_help_text = _("Beginning of the username, or the whole e-mail address")
    autocomplete_fields = ["groups"]
    readonly_fields = [
        "addresses", "second_factor", "date_joined", "last_login", "left_at", "wrote", "pieces", "reports_made", "reports_about",
        "decisions_made",
    ]  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def find(self, request, queryset, term):
        if "@" in term[1:] and self.has_change_permission(request):
            return queryset.filter(pk__in=User.objects.mailed_at(term).values("pk"))
        return queryset.filter(pk__in=members_called(term).values("pk"))

    def has_add_permission(self, request):
        return False  # people sign up themselves

    def has_change_permission(self, request, obj=None):
        """Whoever could give staff another address could send themselves a new password to it."""
        if obj and (obj.is_staff or obj.is_superuser) and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    actions = ["take_off_second_factor"]

    def get_actions(self, request):
        own = (self.get_action(name) for name in self.actions if request.user.is_superuser)
        return {name: (func, name, text) for func, name, text in own}

    @admin.action(description=_("Take off the second factor…"))
    def take_off_second_factor(self, request, queryset):
        """For those who lost both the app and the codes; asks for the reason first."""
        rows = list(queryset.order_by("pk")[: AT_ONCE + 1])
        if len(rows) > AT_ONCE:
            messages.error(
                request, gettext("Choose at most %(limit)s at once.") % {"limit": AT_ONCE}
            )
            return None
        form = TakeOffForm(request.POST if "post" in request.POST else None)
        if not form.is_valid():
            return self.asks_why(request, rows, form)
        for row in rows:
            name = f"\u2068{row.name}\u2069"
            reason = form.cleaned_data["reason"]
            if take_off(row, by=request.user, reason=reason, site=origin(request)):
                said, level = gettext("%(name)s has no second factor any more."), messages.SUCCESS
            else:
                said, level = gettext("%(name)s had no second factor."), messages.WARNING
            messages.add_message(request, level, said % {"name": name})
        return None

    def asks_why(self, request, rows, form):
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Take off the second factor"),
            "opts": self.opts,
            "action": "take_off_second_factor",
            "rows": rows,
            "form": form,
            "checkbox": ACTION_CHECKBOX_NAME,
            "back": request.get_full_path(),
        }
        status = 422 if form.errors else 200
        return TemplateResponse(
            request, "admin/take_off_second_factor.html", context, status=status
        )

    def get_fieldsets(self, request, obj=None):
        about = ["username", "display_name", "about", "language", "time_zone"]
        if self.has_change_permission(request, obj):
            about[2:2] = ["email", "addresses", "second_factor"]
        return [
            (_("The member"), {"fields": about}),
            (_("What they do"), {"fields": self.activity}),
            (_("Role"), {"fields": [("is_active", "is_staff"), "groups", "level"]}),
            (_("Dates"), {"fields": ["date_joined", "last_login", "left_at"]}),
        ]

    activity = ["wrote", "pieces", "reports_about", "reports_made", "decisions_made"]

    def get_readonly_fields(self, request, obj=None):
        # Whoever could give roles could give themselves any.
        roles = [] if request.user.is_superuser else ["is_active", "is_staff", "groups", "level"]
        # Whose name the site gave cannot have chosen it.
        names = ["username"] if obj and obj.left_at else []
        return [*self.readonly_fields, *roles, *names]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            give_address(obj, obj.email)
            if old := form.initial["email"]:
                adapter = get_adapter(request)
                transaction.on_commit(
                    lambda: adapter.send_notification_mail(
                        "account/email/email_changed", obj, email=old
                    ),
                    robust=True,
                )

    @admin.display(description=_("addresses"))
    def addresses(self, row):
        known = row.emailaddress_set.order_by("-primary", "email")
        lines = (
            (address.email, _("confirmed") if address.verified else _("not confirmed"))
            for address in known
        )
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}, {}</li>", lines))

    @admin.display(description=_("second factor"))
    def second_factor(self, row):
        factor = SecondFactor.of(row)
        if not factor:
            return _("Off")
        words = {"date": date_format(factor.since, "j F Y"), "n": factor.codes_left}
        return format_html(
            '{}. <a href="{}?q={}">{}</a>',
            gettext("On since %(date)s; %(n)s recovery codes left") % words,
            changelist_url(User),
            row.username,
            gettext("Take it off in the list"),
        )

    @admin.display(description=_("member"))
    def member(self, row):
        return format_html(
            '<span class="name"><bdi>{}</bdi></span><span class="meta">@{}</span>',
            row.name,
            row.username,
        )

    @admin.display(description=_("role"))
    def role(self, row):
        groups = ", ".join(group.name for group in row.groups.all())
        return groups or (_("Administrator") if row.is_superuser else _("Member"))

    @admin.display(description=_("wrote"))
    def wrote(self, row):
        essays = ngettext("%(n)s essay", "%(n)s essays", row.essay_count) % {"n": row.essay_count}
        notes = ngettext("%(n)s note", "%(n)s notes", row.note_count) % {"n": row.note_count}
        return f"{essays}, {notes}"

    @admin.display(description=_("account"))
    def standing(self, row):
        if row.left_at:
            return _("Has left")
        return _("Active") if row.is_active else _("Locked")

    @admin.display(description=_("joined"), ordering="date_joined")
    def joined(self, row):
        return row.date_joined

    @admin.display(description=_("latest pieces"))
    def pieces(self, row):
        pieces = row.reviews.published().order_by("-published_at", "-pk")[:PIECES_SHOWN]
        comments = row.comments.published().order_by("-created_at")[:PIECES_SHOWN]
        return listed([*pieces, *comments.select_related("review")])

    @admin.display(description=_("reports of their pieces"))
    def reports_about(self, row):
        about = Q(pk__in=[])
        for pieces in (row.reviews, row.comments):
            latest = pieces.order_by("-pk").values_list("pk", flat=True)[:PIECES_LOOKED_AT]
            kind = ContentType.objects.get_for_model(pieces.model)
            about |= Q(content_type=kind, object_id__in=list(latest))
        return listed(Report.objects.filter(about).order_by("-pk")[:PIECES_SHOWN])

    @admin.display(description=_("reports they made"))
    def reports_made(self, row):
        return listed(row.reports.order_by("-pk")[:PIECES_SHOWN])

    @admin.display(description=_("decisions they made"))
    def decisions_made(self, row):
        return listed(row.moderation_actions.order_by("-pk")[:PIECES_SHOWN])


def listed(rows):
    lines = format_html_join("", "<li>{}</li>", ((link_to(row),) for row in rows))
    return format_html("<ul>{}</ul>", lines) if lines else _("None")


class GroupForm(StaffForm):
    permissions = forms.ModelMultipleChoiceField(
        Permission.objects.select_related("content_type"),
        label=_("may"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Group
        fields = ["name", "permissions"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "permissions" in self.fields:  # not on a page that is only read
            apps = {model._meta.app_label for model in admin.site._registry}
            field = self.fields["permissions"]
            field.queryset = field.queryset.filter(content_type__app_label__in=apps)


@admin.register(Group)
class GroupAdmin(StaffAdmin):
    form = GroupForm
    ordering = ["name"]
    search_fields = ["name"]

    def may_be_deleted(self, row):
        return not row.user_set.exists()


@admin.register(Rule)
class RuleAdmin(StaffAdmin):
    ordering = ["number"]
    list_display = ["__str__", "text_start", "version"]
    search_fields = ["title"]
    fields = ["number", "title", "text", "consequence", "version"]

    @admin.display(description=_("text"))
    def text_start(self, row):
        return Truncator(row.text).chars(120)

    def may_be_deleted(self, row):
        return not row.actions.exists()


@admin.register(SiteSettings)
class SiteSettingsAdmin(StaffAdmin):
    """The one row. Its list leads to it, and while there is none, to a form for it."""

    list_display = ["name", "sign_up_is_open", "contact"]
    fieldsets = [
        (None, {"fields": ["name", "sign_up_is_open", "contact"]}),
        (_("Texts"), {"fields": ["about", "rules", "privacy", "terms", "contact_text"]}),
        (
            _("Limits: how much one member may do in an hour"),
            {
                "fields": [
                    "pieces_an_hour",
                    "comments_an_hour",
                    "votes_an_hour",
                    "pictures_an_hour",
                    "films_an_hour",
                    "reports_an_hour",
                    "searches_a_minute",
                ]
            },
        ),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, PositiveIntegerField):
            kwargs["min_value"] = 1  # Django's own would let nought pass, and says so
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not SiteSettings.objects.exists()

    def may_be_deleted(self, row):
        return False

    def changelist_view(self, request, extra_context=None):
        """An empty list would not say that everything is as it comes."""
        if not request.GET and self.has_add_permission(request):
            return redirect("admin:users_sitesettings_add")
        return super().changelist_view(request, extra_context)


class OpenFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("open", _("open")), ("settled", _("settled"))]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(settled_by__isnull=self.value() == "open")


@admin.register(Report)
class ReportAdmin(DecidingAdmin, ReadOnlyAdmin):
    nav_position = 70
    verbs = (Verb.KEEP,)
    ordering = ["-created_at", "-pk"]
    list_display = ["piece", "state", "created_at"]
    list_filter = [OpenFilter, "reason"]
    list_select_related = ["reporter", "content_type", "settled_by"]
    search_fields = ["reporter__username"]
    search_help_text = _("Beginning of the reporter’s username")
    change_form_template = "admin/moderated_change_form.html"
    fields = readonly_fields = [
        "about", "reason", "note_shown", "passage_shown", "told_by", "created_at", "state",
    ]  # fmt: skip

    def find(self, request, queryset, term):
        return queryset.filter(reporter__in=members_called(term).values("pk"))

    def waiting(self, request):
        rows = self.get_queryset(request).open().select_related(*self.list_select_related)
        yield Waiting(
            gettext("reports open"),
            changelist_url(Report, "?state=open"),
            rows.order_by("created_at", "pk"),
        )

    def name(self, row):
        return row.target_title

    def meta(self, row):
        kind = row.content_type.name.capitalize()
        return format_html(
            "{}: {}. <bdi>{}</bdi>", kind, row.get_reason_display(), row.reporter or row.by_rule
        )

    def kind(self, row):
        return row.content_type.name

    def subject(self, row):
        target = row.target
        return None if target is None or target.status in UNSEEN else target

    def verbs_for(self, row, user):
        if row.settled_by_id:
            return []
        verbs = super().verbs_for(row, user)
        is_withdrawn = row.target is not None and self.subject(row) is None
        if is_withdrawn and row.target.may_be_moderated(Verb.KEEP, by=user):
            verbs = [{"value": Verb.KEEP.value, "label": _("Close: its author took it away")}]
        return verbs

    def act(self, row, verb, **record):
        if row.settled_by_id:
            raise ValidationError(_("This report is settled already."))
        if row.target is None:
            raise ValidationError(_("What it was about is no longer there."))
        if not Report.objects.open().filter(pk=row.pk).exists():
            return  # settled with the one before
        if self.subject(row) is None:
            row.close_as_withdrawn(**{key: record[key] for key in ("by", "rule", "reason")})
        else:
            row.target.keep(**record)

    @admin.display(description=_("by"))
    def told_by(self, row):
        return row.reporter or row.by_rule

    @admin.display(description=_("report"))
    def piece(self, row):
        return self.tile(row)

    @admin.display(description=_("about"))
    def about(self, row):
        target = self.subject(row)
        return link_to(target) if target else row.target_title

    @admin.display(description=_("note"))
    def note_shown(self, row):
        return format_html('<span dir="auto">{}</span>', row.note) if row.note else _("None")

    @admin.display(description=_("passage"))
    def passage_shown(self, row):
        return format_html('<q dir="auto">{}</q>', row.passage) if row.passage else _("None")

    @admin.display(description=_("state"))
    def state(self, row):
        if row.settled_by_id:
            return format_html('<a href="{}">{}</a>', change_url(row.settled_by), _("Settled"))
        return _("Open")


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    ordering = ["-pk"]
    list_display = ["kind", "member", "created_at", "read_at"]
    list_filter = ["kind"]
    list_select_related = ["member"]
    search_fields = ["member__username"]
    search_help_text = _("Beginning of a member’s username")
    fields = readonly_fields = ["member", "kind", "created_at", "read_at", "is_shown", "is_due"]

    def find(self, request, queryset, term):
        return queryset.filter(member__in=members_called(term).values("pk"))


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    """That a mail waits; neither what it says nor where it goes, which may be a way in."""

    ordering = ["-pk"]
    list_display = ["__str__", "member", "created_at", "attempts", "given_up_at"]
    list_select_related = ["member"]
    search_fields = ["member__username"]
    search_help_text = _("Beginning of a member’s username")
    fields = readonly_fields = ["member", "created_at", "attempts", "due_at", "given_up_at"]

    def find(self, request, queryset, term):
        return queryset.filter(member__in=members_called(term).values("pk"))


@admin.register(ModerationAction)
class ModerationActionAdmin(ReadOnlyAdmin):
    nav_position = 80
    nav_label = _("Log")
    ordering = ["-created_at", "-pk"]
    list_display = ["entry", "verdict", "rule", "decided_by", "created_at"]
    list_filter = ["verb", "rule"]
    list_select_related = ["rule", "moderator", "content_type"]
    search_fields = ["pk"]
    search_help_text = _("Number of the entry, or a moderator’s username")
    fields = readonly_fields = [
        "about", "verb", "from_status", "to_status", "rule", "reason", "passage", "decided_by",
        "created_at",
    ]  # fmt: skip

    def find(self, request, queryset, term):
        number = term.upper().removeprefix("M-")
        if number.isdecimal() and len(number) < 18:
            return queryset.filter(pk=int(number))
        return queryset.filter(moderator__in=members_called(term).values("pk"))

    @admin.display(description=_("entry"))
    def entry(self, row):
        return row.entry

    @admin.display(description=_("what, and why"))
    def verdict(self, row):
        return render_to_string("admin/_verdict.html", {"action": row})

    @admin.display(description=_("decided by"))
    def decided_by(self, row):
        return format_html("<bdi>{}</bdi>", row.moderator or row.by_rule)

    @admin.display(description=_("about"))
    def about(self, row):
        kind = row.content_type.name.capitalize()
        return format_html('{}: <span dir="auto">{}</span>', kind, row.target_title)
