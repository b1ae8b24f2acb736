"""Where a member is signed in: on which device, since when, and on which day last. Neither the
address on the network nor what else a browser says of itself is kept.

A row is written by the first request of a session and touched by the first of each day, so that
other requests cost nothing. A mark in the session says when that was.
"""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MARK = "listed"
# In this order: Edge and Opera call themselves Chrome as well, and all of them Safari.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


class MemberSession(models.Model):
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="sessions",
        verbose_name=gettext_lazy("member"),
    )
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    browser = models.CharField(gettext_lazy("browser"), max_length=20, blank=True)
    system = models.CharField(gettext_lazy("system"), max_length=20, blank=True)
    began_at = models.DateTimeField(gettext_lazy("since"), default=timezone.now)
    seen_on = models.DateField(gettext_lazy("last seen"))

    class Meta:
        ordering = ["-seen_on", "-began_at", "-pk"]
        verbose_name = gettext_lazy("session")
        verbose_name_plural = gettext_lazy("sessions")

    def __str__(self):
        if self.browser and self.system:
            return _("%(browser)s on %(system)s") % {"browser": self.browser, "system": self.system}
        return self.browser or self.system or _("an unknown device")


def first_of(table, agent):
    return next((name for sign, name in table if sign in agent), "")


def note(request):
    """Keep the list right: nothing is done where that was done today."""
    session = request.session
    today = timezone.localdate(timezone=ZoneInfo(request.user.time_zone))
    mark = [session.session_key, today.isoformat()]
    before = session.get(MARK)
    if before == mark or session.session_key is None:
        return
    agent = request.headers.get("User-Agent", "")
    seen = {
        "session_key": session.session_key,
        "browser": first_of(BROWSERS, agent),
        "system": first_of(SYSTEMS, agent),
        "seen_on": today,
    }
    rows = MemberSession.objects.filter(member=request.user)
    # A new password gives the session a new key, under which the mark still names the former.
    if not before or not rows.filter(session_key=before[0]).update(**seen):
        row = MemberSession(member=request.user, **seen)
        MemberSession.objects.bulk_create([row], ignore_conflicts=True)
    session[MARK] = mark


def sessions_of(member):
    """Those that still hold, the last seen first. Two queries, however many."""
    rows = list(member.sessions.order_by("-seen_on", "-began_at", "-pk"))
    keys = [row.session_key for row in rows]
    stored = Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now())
    good = {session.session_key for session in stored if is_good(session, member)}
    return [row for row in rows if row.session_key in good]


def is_good(session, member):
    """Whether its password is still the member's."""
    given = session.get_decoded().get(HASH_SESSION_KEY, "")
    hashes = [member.get_session_auth_hash(), *member.get_session_auth_fallback_hash()]
    return any(constant_time_compare(given, known) for known in hashes)


def end(rows):
    """Sign out there."""
    rows = list(rows)
    end_keys([row.session_key for row in rows])
    MemberSession.objects.filter(pk__in=[row.pk for row in rows]).delete()


def end_keys(keys):
    if not keys:
        return
    Session.objects.filter(pk__in=keys).delete()
    caches[settings.SESSION_CACHE_ALIAS].delete_many(
        f"{SessionStore.cache_key_prefix}{key}" for key in keys
    )


def clear():
    """Take those off the lists that have ended by themselves."""
    alive = Session.objects.filter(pk=models.OuterRef("session_key"))
    return MemberSession.objects.filter(~models.Exists(alive)).delete()[0]
