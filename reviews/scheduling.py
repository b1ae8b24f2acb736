"""Pieces whose author chose a time at which they go out."""

import logging

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from reviews.models import Review

logger = logging.getLogger("afterimage.tick")


def publish_due(pieces, limit):
    """Publish those of `pieces` whose time has come, the oldest first. How many.

    Several may do so at once, while authors change their minds: each is read under its lock.
    """
    now = timezone.now()
    due = pieces.due(now).filter(author__is_active=True)
    return sum(publish_one(due, key, now) for key in due.values_list("pk", flat=True)[:limit])


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
