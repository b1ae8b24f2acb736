"""How often one member may do something in an hour: enough for anybody who writes, too little
for a program. Counted in the cache, so several workers need one that they share."""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

HOUR = timedelta(hours=1)
AN_HOUR = {"piece": 10, "comment": 60, "vote": 300, "picture": 30, "report": 20}
SENTENCES = {
    "piece": _("We take %(limit)d new pieces an hour from one member, and this was one more."),
    "comment": _("We take %(limit)d replies an hour from one member, and this was one more."),
    "vote": _("We take %(limit)d votes an hour from one member, and this was one more."),
    "picture": _("We take %(limit)d pictures an hour from one member, and this was one more."),
    "report": _("We take %(limit)d reports an hour from one member, and this was one more."),
}


class LimitReached(Exception):
    """`retry_at` is when the hour ends. `field` names what was typed that matters most."""

    def __init__(self, kind, retry_at, *, field="", about="", back=""):
        super().__init__(kind)
        self.kind, self.retry_at = kind, retry_at
        self.field, self.about, self.back = field, about, back

    def __str__(self):
        return SENTENCES[self.kind] % {"limit": AN_HOUR[self.kind]}

    @property
    def advice(self):
        time = date_format(timezone.localtime(self.retry_at), "H:i")
        return _("%(limit)s Try again at %(time)s; nothing is lost.") % {
            "limit": self,
            "time": time,
        }

    @property
    def seconds(self):
        return max(1, round((self.retry_at - timezone.now()).total_seconds()))


def spend(kind, user, **where):
    """Count one act of `user`. Raises LimitReached, with `where`, once the hour's are spent."""
    key, seconds = f"limit:{kind}:{user.pk}", HOUR.total_seconds()
    # The hour begins with the first act in it.
    since = cache.get_or_set(key, lambda: timezone.now().timestamp(), seconds)
    counter = f"{key}:{since}"
    cache.add(counter, 0, seconds)
    try:
        count = cache.incr(counter)
    except ValueError:  # a cache that keeps nothing, or was emptied in this moment
        return
    if count > AN_HOUR[kind]:
        raise LimitReached(
            kind, datetime.fromtimestamp(since, tz=timezone.get_current_timezone()) + HOUR, **where
        )
