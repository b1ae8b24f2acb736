from datetime import datetime
from http import HTTPStatus

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from allauth.mfa.base.views import authenticate
from allauth.mfa.recovery_codes.views import generate_recovery_codes
from django.conf import settings as site
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    conditional_page,
    require_http_methods,
    require_POST,
    require_safe,
)

from users.adapter import waiting_addresses
from users.atom import ENTRIES, Entry, atom
from users.forms import INVALID_STATUS, SECTIONS, LeaveForm, ReportForm
from users.leaving import ask_to_leave, end_sessions
from users.limits import LimitReached, spend
from users.log import KINDS, ORDER, OUTCOMES, entries_for, read_filter
from users.models import ModerationAction, Report, Rule, User
from users.paging import PositionError, bounded_count, page_of
from users.reporting import heading_of, reportable
from users.second_factor import SecondFactor
from users.sessions import end, note, sessions_of

LOG_PAGE = 25
BESIDE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def settings(request):
    # A copy: what is typed and refused must not stand in the page's head as the member's name.
    member = User.objects.get(pk=request.user.pk)
    if request.method != "POST":
        return settings_page(request, member)
    section = request.POST.get("section", "")
    if section not in SECTIONS:
        raise BadRequest
    form = SECTIONS[section](request.POST, instance=member)
    if not form.is_valid():
        return settings_page(request, User.objects.get(pk=member.pk), {section: form})
    form.save()
    messages.success(request, _("Saved."))
    return redirect("users:settings")


@require_POST
@login_required
def asking(request):
    """Whether the member is asked, after a month and after years, if a film is still with them."""
    is_asked = request.POST.get("asked") == "yes"
    request.user.set_asked(is_asked)
    messages.success(request, _("We ask again.") if is_asked else _("We do not ask any more."))
    return redirect(f"{reverse('users:settings')}#asking")


def settings_page(request, member, failed=None):
    """`failed` is {section: the form that was refused}."""
    note(request)  # this very session counts
    forms = {name: form(instance=member) for name, form in SECTIONS.items()}
    forms["leave"] = LeaveForm(user=member)
    context = {
        "forms": forms | (failed or {}),
        "has_worker": site.WORKER,
        "failed": next(iter(failed.values())) if failed else None,
        "waiting": waiting_addresses(member).first(),
        "factor": SecondFactor.of(member),
        "sessions": sessions_of(member),
    }
    status = INVALID_STATUS if failed else HTTPStatus.OK
    return render(request, "users/settings.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sessions(request):
    """Where the member is signed in; `session` of a POST names one to end, else all others do."""
    # The session of this very request counts, even if it is the first that it is listed in.
    note(request)
    rows = sessions_of(request.user)
    for row in rows:
        row.is_this = row.session_key == request.session.session_key
    if request.method != "POST":
        return render(request, "users/sessions.html", {"sessions": rows})
    chosen = request.POST.get("session", "")
    others = [row for row in rows if not row.is_this and chosen in ("", str(row.pk))]
    end(others)
    if others:
        messages.success(request, _("Signed out there."))
    else:
        messages.info(request, _("Nobody was signed in there any more."))
    return redirect("users:sessions")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account_email(request):
    """allauth's own page, without what a site with one address for each member does not offer."""
    if "action_primary" in request.POST:
        raise BadRequest
    was_just_sent = "action_send" in request.POST and is_too_soon(request)
    response = allauth_views.email(request)
    if was_just_sent:
        messages.info(
            request, _("We have just sent it. If it is not there in three minutes, ask again.")
        )
    return response


def is_too_soon(request):
    """Whether allauth will pass over the wish for another letter, and say nothing."""
    email = request.POST.get("email", "").lower()
    if not EmailAddress.objects.filter(user=request.user, email=email).exists():
        return False
    return not ratelimit.consume(request, action="confirm_email", key=email, dry_run=True)


@require_http_methods(["GET", "HEAD", "POST"])
def mfa_authenticate(request):
    """allauth takes a form without the field for one about a passkey, and shows none."""
    if request.method == "POST" and "code" not in request.POST:
        request.POST = request.POST.copy()
        request.POST["code"] = ""
    return authenticate(request)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mfa_generate_recovery_codes(request):
    if not SecondFactor.of(request.user):
        return redirect("users:settings")
    return generate_recovery_codes(request)


@require_safe
def account_email_verification_sent(request):
    """Nobody who is signed in was sent the letter that this page tells of."""
    if request.user.is_authenticated:
        return redirect("users:settings")
    return allauth_views.email_verification_sent(request)


@require_POST
@login_required
def leave(request):
    """Close the account in fourteen days; signing in until then stops it."""
    member = User.objects.get(pk=request.user.pk)
    spend("leave", member, back=reverse("users:settings"))
    form = LeaveForm(request.POST, user=member)
    if not form.is_valid():
        return settings_page(request, member, {"leave": form})
    ask_to_leave(member, keeps_pieces=form.cleaned_data["pieces"] == "keep")
    end_sessions(member)
    get_adapter(request).send_notification_mail(
        "account/email/leaving", member, {"date": member.leaving_at}
    )
    logout(request)
    request.session["leaving_at"] = member.leaving_at.isoformat()
    return redirect("users:leaving")


@require_safe
def leaving(request):
    """What is said once to whoever has just closed their account, and is signed out."""
    until = request.session.get("leaving_at")
    if until is None or request.user.is_authenticated:
        return redirect("users:settings" if request.user.is_authenticated else "home")
    return render(request, "users/leaving.html", {"date": datetime.fromisoformat(until)})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def report(request, kind, pk):
    row = reportable(kind, pk)
    # Who added a film cannot change its page.
    if kind != "film" and row.is_owned_by(request.user):
        messages.info(request, _("That is yours: you can change it or take it away."))
        return redirect(row)
    if Report.objects.on(row).open().filter(reporter=request.user).exists():
        messages.info(request, _("You have reported this; a moderator has yet to look at it."))
        return redirect(row)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return report_page(request, row, form, INVALID_STATUS if form.is_bound else HTTPStatus.OK)
    try:
        spend("report", request.user)
    except LimitReached as limit:
        form.add_error(None, limit.advice)
        return limit.refuse(report_page(request, row, form, INVALID_STATUS))
    Report.objects.file(row, by=request.user, **form.cleaned_data)
    messages.success(request, _("Thank you. A moderator will look at it."))
    return redirect(row)


def report_page(request, row, form, status):
    context = {"row": row, "form": form, "heading": heading_of(row), "kind": row._meta.model_name}
    return render(request, "users/report.html", context, status=status)


@require_safe
def log(request):
    chosen, notices = read_filter(request.GET)
    actions = ModerationAction.objects.for_log().chosen(**chosen)
    position = request.GET.get("after", "")
    try:
        page = page_of(actions, ORDER, position, LOG_PAGE)
    except PositionError:
        notices.append(_("That place in the log does not exist. This is its beginning."))
        page = page_of(actions, ORDER, "", LOG_PAGE)
    count, is_exact = bounded_count(actions)
    context = {
        "page": page,
        "oldest": page.items[-1].created_at if page.items else None,
        "entries": entries_for(page.items),
        "count": count,
        "is_exact": is_exact,
        "rules": Rule.objects.order_by("number"),
        "outcomes": OUTCOMES,
        "kinds": KINDS,
        "moderators": User.objects.deciders().members().filter(is_staff=True),
        "chosen": chosen,
        "notices": notices,
        "base": f"?{urlencode(chosen | {'after': ''})}",
    }
    return render(request, "users/log.html", context)


@require_safe
@conditional_page
def log_feed(request):
    entries = entries_for(ModerationAction.objects.for_log()[:ENTRIES])
    return atom(request, _("The moderation log"), reverse("users:log"), map(log_line, entries))


def log_line(entry):
    action = entry.action
    title = f"{action.entry}. {entry.verdict}: {entry.kind}"
    title += f", {action.target_title}" if entry.thing else ""
    by = action.moderator.name if action.moderator else _("a rule in the software")
    at = action.created_at
    return Entry(title, action.get_absolute_url(), by, at, at, action.reason)


@require_safe
def log_entry(request, pk):
    action = get_object_or_404(ModerationAction.objects.for_log(), pk=pk)
    beside = ModerationAction.objects.for_log().beside(action)[:BESIDE]
    [entry] = entries_for([action])
    context = {"entry": entry, "beside": entries_for(beside)}
    return render(request, "users/log_entry.html", context)
