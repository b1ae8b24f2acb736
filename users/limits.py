"""How often one member may do something in an hour, or one address in a minute: enough for
anybody who writes or reads, too little for a program. Counted in the cache, so several workers
need one that they share."""

from datetime import datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from users.site_settings import SiteSettings

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
AN_HOUR = {
    "export": 5,
    "leave": 10,
    "afterthought": 60,
}  # the others are the operator's, in SiteSettings
CARDS_A_MINUTE = 20  # drawn anew, from one address
COMPLETIONS = 4  # for each search
SENTENCES = {
    "piece": ngettext_lazy(
        "We take one new piece an hour from one member, and this was one more.",
        "We take %(limit)d new pieces an hour from one member, and this was one more.",
        "limit",
    ),
    "comment": ngettext_lazy(
        "We take one reply an hour from one member, and this was one more.",
        "We take %(limit)d replies an hour from one member, and this was one more.",
        "limit",
    ),
    "afterthought": ngettext_lazy(
        "We take one afterthought an hour from one member, and this was one more.",
        "We take %(limit)d afterthoughts an hour from one member, and this was one more.",
        "limit",
    ),
    "vote": ngettext_lazy(
        "We take one vote an hour from one member, and this was one more.",
        "We take %(limit)d votes an hour from one member, and this was one more.",
        "limit",
    ),
    "picture": ngettext_lazy(
        "We take one picture an hour from one member, and this was one more.",
        "We take %(limit)d pictures an hour from one member, and this was one more.",
        "limit",
    ),
    "film": ngettext_lazy(
        "We take one new film an hour from one member, and this was one more.",
        "We take %(limit)d new films an hour from one member, and this was one more.",
        "limit",
    ),
    "report": ngettext_lazy(
        "We take one report an hour from one member, and this was one more.",
        "We take %(limit)d reports an hour from one member, and this was one more.",
        "limit",
    ),
    "export": ngettext_lazy(
        "We make one copy of everything an hour, and this was one more.",
        "We make %(limit)d copies of everything an hour, and this was one more.",
        "limit",
    ),
    "leave": ngettext_lazy(
        "We take one of these an hour from one member, and this was one more.",
        "We take %(limit)d of these an hour from one member, and this was one more.",
        "limit",
    ),
    "search": ngettext_lazy(
        "We take one search a minute from one place, and this was one more.",
        "We take %(limit)d searches a minute from one place, and this was one more.",
        "limit",
    ),
    "card": ngettext_lazy(
        "We draw one picture a minute for one place, and this was one more.",
        "We draw %(limit)d pictures a minute for one place, and this was one more.",
        "limit",
    ),
    "completion": ngettext_lazy(
        "We take one of these a minute from one place, and this was one more.",
        "We take %(limit)d of these a minute from one place, and this was one more.",
        "limit",
    ),
}


class LimitReached(Exception):
    """`retry_at` is when the hour ends. `field` names what was typed that matters most."""

    def __init__(self, kind, retry_at, *, field="", about="", back=""):
        super().__init__(kind)
        self.kind, self.retry_at = kind, retry_at
        self.field, self.about, self.back = field, about, back

    def __str__(self):
        return SENTENCES[self.kind] % {"limit": allowance(self.kind)[0]}

    @property
    def advice(self):
        time = date_format(timezone.localtime(self.retry_at), "H:i")
        return _("%(limit)s Try again at %(time)s; nothing is lost.") % {
            "limit": self,
            "time": time,
        }

    @property
    def is_short(self):
        return allowance(self.kind)[1] == MINUTE

    def refuse(self, response):
        """`response`, which gives back what was sent, as the answer to one too many."""
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        response.headers["Retry-After"] = self.seconds
        return response

    @property
    def seconds(self):
        return max(1, round((self.retry_at - timezone.now()).total_seconds()))


def allowance(kind):
    """(how many, in which time)"""
    ours = SiteSettings.current()
    if kind == "card":
        return CARDS_A_MINUTE, MINUTE
    if kind in ("search", "completion"):
        return ours.searches_a_minute * (COMPLETIONS if kind == "completion" else 1), MINUTE
    return AN_HOUR.get(kind) or getattr(ours, f"{kind}s_an_hour"), HOUR


def spend_at_address(kind, request):
    """As `spend`, of whoever is at the other end of the line."""
    _spend(kind, line_of(get_adapter(request).get_client_ip(request)))


def line_of(address):
    """Of IPv6, one line has 2 to the power of 64 addresses."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address  # a socket's name, or nothing
    if ip.version == 4 or ip.ipv4_mapped:
        return str(getattr(ip, "ipv4_mapped", None) or ip)
    return str(ip_network((int(ip), 64), strict=False))


def spend(kind, user, **where):
    """Count one act of `user`. Raises LimitReached, with `where`, once the hour's are spent."""
    _spend(kind, user.pk, **where)


def _spend(kind, who, **where):
    limit, period = allowance(kind)
    key, seconds = f"limit:{kind}:{who}", period.total_seconds()
    # The time begins with the first act in it.
    since = cache.get_or_set(key, lambda: timezone.now().timestamp(), seconds)
    counter = f"{key}:{since}"
    cache.add(counter, 0, seconds)
    try:
        count = cache.incr(counter)
    except ValueError:  # a cache that keeps nothing, or was emptied in this moment
        return
    if count > limit:
        start = datetime.fromtimestamp(since, tz=timezone.get_current_timezone())
        raise LimitReached(kind, start + period, **where)
