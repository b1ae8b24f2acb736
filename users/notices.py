"""The page of notices, and the link in each mail that ends them."""

from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from users.models import User
from users.notifications import (
    DIGEST,
    HERE,
    MAIL,
    USUAL,
    Kind,
    Notification,
    channels_of,
    lines_for,
    read_off_token,
    stop_mail,
    unmailed_kinds,
)
from users.paging import Order, PositionError, page_of

NEWEST = Order("notices", (("created_at", True), ("pk", True)))
PAGE = 40
WAYS = ((HERE, _("here")), (DIGEST, _("in the digest")), (MAIL, _("by mail at once")))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def notices(request):
    if request.method == "POST":
        if "read" in request.POST:
            mark_read(request)
        elif "channels" in request.POST:
            set_channels(request)
        else:
            raise BadRequest
        return redirect("users:notices")
    rows = request.user.notifications.shown().for_lines()
    try:
        page, is_lost = page_of(rows, NEWEST, request.GET.get("after", ""), PAGE), False
    except PositionError:
        page, is_lost = page_of(rows, NEWEST, "", PAGE), True
    context = {
        "page": page,
        "days": days(lines_for(page.items)),
        "is_lost": is_lost,
        "now": timezone.now().isoformat(),
        "choices": channel_choices(request.user),
    }
    return render(request, "users/notices.html", context)


def mark_read(request):
    try:
        until = parse_datetime(request.POST["read"])
    except ValueError as error:
        raise BadRequest from error
    if until is None or timezone.is_naive(until):
        raise BadRequest
    Notification.objects.mark_read(request.user, until)


def set_channels(request):
    member = User.objects.get(pk=request.user.pk)
    for kind in kinds_for(member):
        chosen = request.POST.getlist(kind)
        member.channels[kind] = "".join(way for way, _name in WAYS if way in chosen)
    with transaction.atomic():
        member.save(update_fields=["channels"])
        Notification.objects.drop_due(member, unmailed_kinds(member))
    messages.success(request, _("Saved."))


def kinds_for(member):
    is_theirs = {Kind.REPORT: member.can_moderate, Kind.EXPORT: settings.WORKER}
    return [kind for kind in USUAL if is_theirs.get(kind, True)]


def channel_choices(member):
    """(kind, its words, [(way, its words, whether it is chosen)])"""
    return [
        (kind, kind.label, [(way, name, way in channels_of(member, kind)) for way, name in WAYS])
        for kind in kinds_for(member)
    ]


def days(lines):
    """[(words for the day, its lines)]"""
    return [(name, list(some)) for name, some in groupby(lines, day_in_words)]


def day_in_words(line):
    day, today = timezone.localtime(line.notice.created_at).date(), timezone.localdate()
    if day == today:
        return _("Today")
    if (today - day).days == 1:
        return _("Yesterday")
    return date_format(day, "l j F" if day.year == today.year else "j F Y")


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # a mail program sends it, with what it was given in the mail
def mail_off(request, token):
    try:
        pk, kind = read_off_token(token)
    except signing.BadSignature as error:
        raise Http404 from error
    member = get_object_or_404(User.objects.members(), pk=pk)
    name = _("the digest") if kind == "digest" else Kind(kind).label
    if request.method == "POST":
        stop_mail(member, kind)
    context = {"name": name, "is_done": request.method == "POST"}
    return render(request, "users/mail_off.html", context)
