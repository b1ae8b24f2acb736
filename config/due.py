"""Scheduled pieces go out by `tick`; where nothing calls it, at the latest with the next visit."""

import logging
import time

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, connection
from django.db.models import Min
from django.utils import timezone

from config.middleware import HEALTH
from reviews.models import Review
from reviews.scheduling import publish_due

logger = logging.getLogger("afterimage.tick")

AT_ONCE = 20


class DueMiddleware:
    """One look of one process a minute, at an index of scheduled pieces alone; and one when the
    next of those that it saw is due."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.looked_at = self.next_at = None
        if not settings.LOOK_FOR_DUE_SECONDS:
            raise MiddlewareNotUsed

    def __call__(self, request):
        if request.method == "GET" and request.path not in HEALTH and self.is_time():
            try:
                publish_due(Review.objects, AT_ONCE)
                later = Review.objects.scheduled().filter(publish_at__gt=timezone.now())
                self.next_at = later.aggregate(next=Min("publish_at"))["next"]
            except DatabaseError:
                if connection.connection is None:  # for which the page would wait as long again
                    raise
                logger.exception("Scheduled pieces could not be looked for.")
        return self.get_response(request)

    def is_time(self):
        now = time.monotonic()
        is_due = self.next_at is not None and self.next_at <= timezone.now()
        looked = self.looked_at is not None and now - self.looked_at < settings.LOOK_FOR_DUE_SECONDS
        if looked and not is_due:
            return False
        self.looked_at, self.next_at = now, None  # until this look has said
        return True
