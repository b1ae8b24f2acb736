"""Pieces whose author chose a time at which they go out."""

import logging

from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.utils import timezone

from reviews.models import Review

logger = logging.getLogger("afterimage.tick")


def publish_due(pieces, limit):
    """Publish those of `pieces` whose time has come, the oldest first: (how many, how many could
    not be). One that fails keeps no other, and no page, from its work.

    Several may do so at once, while authors change their minds: each is read under its lock.
    """
    now, published, stuck = timezone.now(), 0, 0
    due = pieces.due(now).filter(author__is_active=True)
    for key in list(due.values_list("pk", flat=True)[:limit]):
        try:
            published += publish_one(due, key, now)
        except OperationalError:  # the database's own, for which the next one would wait as long
            raise
        except Exception:
            logger.exception("The piece with the key %s could not be published.", key)
            stuck += 1
    return published, stuck


def publish_one(due, key, now):
    try:
        with transaction.atomic():
            locked = due.filter(pk=key).select_for_update(of=("self",))
            piece = locked.select_related("author", "film").first()
            if piece is None:  # another process, or its author, was faster
                return False
            piece.publish(by=piece.author)
    except ValidationError as error:
        missed = Review.objects.due(now).filter(pk=key)
        if missed.order_by().update(publish_at=None, missed_at=now):
            logger.warning("Piece %s could not be published: %s", key, error.messages)
        return False
    return True
