"""Deciding about pieces from the staff side: choose rows, say why, see who was refused and why.

Nothing happens before the confirmation page has been sent back with a reason, and each row then
goes through its own verb, which checks the permission once more, and writes the record.
"""

from functools import partial
from typing import NamedTuple

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from users.moderation import TRANSITIONS, UNSEEN, Report, Rule, Status, Verb
from users.staff_admin import StaffAdmin, Waiting, change_url, changelist_url, pill

AT_ONCE = 100
SHOWN = [(value, label) for value, label in Status.choices if value not in UNSEEN]
# What may be decided because no rule was broken.
FAIR = {Verb.KEEP, Verb.RESTORE, Verb.PUBLISH, Verb.SHOW_PASSAGE, Verb.UNLABEL}


class Words(NamedTuple):
    button: str
    done: str
    heading: str  # what the writer reads, of a thing called %(kind)s
    decided: str


WORDS = {
    Verb.PUBLISH: Words(
        _("Publish"), _("Published"), _("Your %(kind)s is published"), _("Everybody can read it.")
    ),
    Verb.HOLD: Words(
        _("Hold"),
        _("Held"),
        _("Why your %(kind)s waits"),
        _("Only you and the moderators can read it, until one of them has decided."),
    ),
    Verb.HIDE: Words(
        _("Hide"),
        _("Hidden"),
        _("Why your %(kind)s is hidden"),
        _("Only you and the moderators can see it."),
    ),
    Verb.REMOVE: Words(
        _("Remove"),
        _("Removed"),
        _("Why your %(kind)s is removed"),
        _("Nobody else can see it. You can still take a copy."),
    ),
    Verb.RESTORE: Words(
        _("Restore"), _("Restored"), _("Your %(kind)s is back"), _("Everybody can see it again.")
    ),
    Verb.KEEP: Words(
        _("Leave as it is"),
        _("Left as it is"),
        _("Your %(kind)s stays as it is"),
        _("Nothing changes."),
    ),
    Verb.LABEL: Words(
        _("Label"),
        _("Labelled"),
        _("What we noted about your %(kind)s"),
        _("It stays where it is; the note stands in the log."),
    ),
    Verb.UNLABEL: Words(
        _("Take the label off"),
        _("Label taken off"),
        _("The label of your %(kind)s is taken off"),
        _("Readers find it without our label. You may say yourself that it tells the ending."),
    ),
    Verb.HIDE_PASSAGE: Words(
        _("Hide a passage"),
        _("A passage is hidden"),
        _("What is hidden in your %(kind)s"),
        _("Only these words are hidden. Readers find a note in their place; yours stay as typed."),
    ),
    Verb.SHOW_PASSAGE: Words(
        _("Show it again"),
        _("Shown again"),
        _("What was hidden in your %(kind)s is back"),
        _("Everybody can read the passage again."),
    ),
}


class ModerationForm(forms.Form):
    rule = forms.ModelChoiceField(
        Rule.objects.order_by("number"),
        label=_("Rule"),
        empty_label=_("Choose a rule"),
        widget=forms.Select(attrs={"class": "form-select", "data-key": "u"}),
        error_messages={"required": _("Choose the rule that was broken.")},
    )
    passage = forms.CharField(
        label=_("The passage"),
        required=False,
        max_length=2000,
        help_text=_("The words that it is about, if it is not all of them."),
        widget=forms.Textarea(attrs={"class": "form-control tiny", "rows": 2, "dir": "auto"}),
    )
    passage_is_spoiler = forms.BooleanField(
        label=_("The passage gives something away"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        help_text=_("Say what the words do, not what the writer is. Say what may stay."),
        widget=forms.Textarea(attrs={"class": "form-control tiny", "rows": 4, "data-key": "r"}),
        error_messages={"required": _("Write the reason. The writer and the log show it.")},
    )

    def __init__(self, *args, verb, count, has_text=True, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        if verb in FAIR:
            self.fields["rule"].required = False
            self.fields["rule"].empty_label = _("None was broken")
        if count > 1 or not has_text:
            # A passage is one piece's.
            del self.fields["passage"], self.fields["passage_is_spoiler"]
        if not has_text:
            self.fields["reason"].help_text = _("Say what is wrong with it. Say what may stay.")
        if count > 1:
            self.fields["reason"].label = _("One reason for all")
            self.fields["reason"].help_text = _(
                "If one reason does not fit all of them, take the others out of the list and "
                "decide them on their own."
            )
        elif verb == Verb.HIDE_PASSAGE:
            self.fields["passage"].required = True
            self.fields["passage"].help_text = _(
                "Pasted as readers see it. The log does not show these words."
            )
            self.fields["passage"].error_messages["required"] = _("Paste the words to be hidden.")
        for name in self.errors if self.is_bound else ():
            self.fields[name].widget.attrs["class"] += " is-invalid"


class StatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return SHOWN

    def queryset(self, request, queryset):
        return queryset.filter(status=self.value()) if self.value() else queryset


class DecidingAdmin(StaffAdmin):
    """A list whose rows are decided about. Says what a row is by `sign` (a drawing), `name`,
    `meta` (one line under the name), `kind` and `language_of`."""

    has_text = True  # of which a passage can be named
    verbs = ()
    actions = ()

    def sign(self, row):
        return ""

    def name(self, row):
        return str(row)

    def meta(self, row):
        return ""

    def kind(self, row):
        return str(self.opts.verbose_name)

    def language_of(self, row):
        return getattr(row, "language", "")

    def since(self, row):
        return row.created_at

    def subject(self, row):
        """The moderated row that a decision on this row is about, or None where it is gone."""
        return row

    def label_of(self, verb):
        return WORDS[verb].button

    def act(self, row, verb, **record):
        getattr(row, verb)(**record)

    def tile(self, row):
        language, sign = self.language_of(row), self.sign(row)
        words = format_html(
            '<span><span class="name"{} dir="auto">{}</span><span class="meta">{}</span></span>',
            format_html(' lang="{}"', language) if language else "",
            Truncator(self.name(row)).chars(90),
            self.meta(row),
        )
        return format_html('<span class="tile">{}{}</span>', sign, words) if sign else words

    def case(self, row):
        """What the dashboard prints of a row that waits."""
        return {
            "url": change_url(row),
            "sign": self.sign(row),
            "name": Truncator(self.name(row)).chars(140),
            "language": self.language_of(row),
            "meta": self.meta(row),
            "since": self.since(row),
        }

    def get_actions(self, request):
        if IS_POPUP_VAR in request.GET or not request.user.can_moderate:
            return {}
        return {
            verb.value: (partial(decide, verb=verb), verb.value, f"{self.label_of(verb)}…")
            for verb in self.verbs
        }

    def verbs_for(self, row, user):
        """The verbs that apply to the row as it stands."""
        subject = self.subject(row)
        if subject is None or not user.can_moderate or not may_decide(subject, user):
            return []
        return [
            {"value": verb.value, "label": self.label_of(verb)}
            for verb in self.verbs
            if subject.status in TRANSITIONS[verb].sources
        ]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context |= {
                "verbs": self.verbs_for(obj, request.user),
                "decide_url": changelist_url(self.model),
                "is_own": request.user.can_moderate
                and not may_decide(self.subject(obj), request.user),
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


def may_decide(row, user):
    return row is None or row.may_moderate_own or not row.is_owned_by(user)


class ModeratedAdmin(DecidingAdmin):
    """Rows with a status: it is shown, and changed by the verbs only. Drafts and what its author
    deleted are not there."""

    verbs = (Verb.KEEP, Verb.PUBLISH, Verb.HOLD, Verb.HIDE, Verb.REMOVE, Verb.RESTORE)
    change_form_template = "admin/moderated_change_form.html"
    ordering = ["-pk"]
    # How the list is ordered within one status: as that status's own index is.
    queue_ordering = ("-created_at", "-pk")

    def get_queryset(self, request):
        about = Report.objects.open().filter(
            content_type=ContentType.objects.get_for_model(self.model), object_id=OuterRef("pk")
        )
        counted = about.order_by().values("object_id").annotate(n=Count("pk")).values("n")
        return (
            super()
            .get_queryset(request)
            .exclude(status__in=UNSEEN)
            .annotate(open_reports=Coalesce(Subquery(counted, IntegerField()), 0))
        )

    def get_ordering(self, request):
        return self.queue_ordering if request.GET.get("status") else self.ordering

    def waiting(self, request):
        oldest = [name[1:] if name[0] == "-" else f"-{name}" for name in self.queue_ordering]
        held = self.get_queryset(request).filter(status=Status.HELD)
        yield Waiting(
            gettext("%(things)s held") % {"things": self.opts.verbose_name_plural},
            changelist_url(self.model, "?status=held"),
            held.select_related(*self.list_select_related or ()).order_by(*oldest),
        )

    @admin.display(description=_("state"))
    def state(self, row):
        return pill(row)

    @admin.display(description=_("reports"))
    def report_count(self, row):
        if not row.open_reports:
            return _("No reports")
        return ngettext("%(n)s report", "%(n)s reports", row.open_reports) % {"n": row.open_reports}

    @admin.display(description=_("reports"))
    def reports_shown(self, row):
        rows = Report.objects.on(row).select_related("reporter")[:20]
        return render_to_string("admin/_reports.html", {"reports": rows})

    @admin.display(description=_("decisions"))
    def decisions_shown(self, row):
        rows = row.moderation_actions().select_related("rule", "moderator")[:20]
        return render_to_string("admin/_decisions.html", {"actions": rows})


# The action of every verb


def decide(modeladmin, request, queryset, *, verb):
    if not request.user.can_moderate:
        raise PermissionDenied
    rows = list(queryset[: AT_ONCE + 1])
    if len(rows) > AT_ONCE:
        text = _("Choose at most %(limit)s at once.") % {"limit": AT_ONCE}
        messages.error(request, text)
        return None
    if not rows:
        messages.warning(request, _("These are no longer in this list. Nothing was changed."))
        return None
    is_sent = "post" in request.POST
    form = ModerationForm(
        request.POST if is_sent else None, verb=verb, count=len(rows), has_text=modeladmin.has_text
    )
    if is_sent and "preview" not in request.POST and form.is_valid():
        carry_out(modeladmin, request, rows, verb, form.cleaned_data)
        return None
    return confirmation(modeladmin, request, rows, verb, form)


def carry_out(modeladmin, request, rows, verb, record):
    done, refused = 0, []
    for row in rows:
        try:
            modeladmin.act(row, verb, by=request.user, **record)
        except PermissionDenied:
            refused.append((row, gettext("It is yours: somebody else decides about it.")))
        except ValidationError as error:
            refused.append((row, " ".join(error.messages)))
        else:
            done += 1
    if done:
        things = modeladmin.opts.verbose_name if done == 1 else modeladmin.opts.verbose_name_plural
        text = gettext("%(done)s: %(count)s %(things)s.")
        words = {"done": WORDS[verb].done, "count": done, "things": things}
        messages.success(request, text % words)
    for row, why in refused:
        name = Truncator(modeladmin.name(row)).chars(60)
        text = gettext("Not changed: “%(name)s”. %(why)s") % {
            "name": f"\u2068{name}\u2069",
            "why": why,
        }
        messages.error(request, text)


def confirmation(modeladmin, request, rows, verb, form):
    own = [row for row in rows if not may_decide(modeladmin.subject(row), request.user)]
    kept = [row for row in rows if row not in own]
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": modeladmin.label_of(verb),
        "opts": modeladmin.opts,
        "media": modeladmin.media,
        "action": verb.value,
        "heading": heading(modeladmin, verb, len(rows)),
        "rows": [(row, modeladmin.tile(row)) for row in kept],
        "own": own,
        "form": form,
        "statement": statement(modeladmin, request, rows, verb, form),
        "checkbox": ACTION_CHECKBOX_NAME,
        "back": request.get_full_path(),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "admin/action_confirmation.html", context, status=status)


def heading(modeladmin, verb, count):
    opts = modeladmin.opts
    words = {
        "verb": modeladmin.label_of(verb),
        "n": count,
        "things": opts.verbose_name if count == 1 else opts.verbose_name_plural,
    }
    return gettext("%(verb)s: %(n)s %(things)s") % words


def statement(modeladmin, request, rows, verb, form):
    """What the writer of the first piece will read."""
    said = form.data if form.is_bound else {}
    words = WORDS[verb]
    rule = next((r for r in form.fields["rule"].queryset if str(r.pk) == said.get("rule")), "")
    return {
        "title": words.heading % {"kind": modeladmin.kind(rows[0])},
        "about": modeladmin.tile(rows[0]),
        "decided": words.decided,
        "rule": rule,
        "passage": said.get("passage", "") if "passage" in form.fields else None,
        "reason": said.get("reason", ""),
        "by": request.user.name,
    }


def in_staff(html):
    """Our own markup inside of a stock form."""
    return format_html('<div class="staff">{}</div>', SafeString(html))
