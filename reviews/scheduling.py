"""Pieces whose author chose a time at which they go out."""

import logging

from django.core.exceptions import ValidationError
from django.utils import timezone

from reviews.models import Review

logger = logging.getLogger("afterimage.tick")


def publish_due(pieces, limit):
    """Publish those of `pieces` whose time has come, the oldest first. How many.

    Several may do so at once: the verb locks the row, and what is published already is refused.
    """
    count, now = 0, timezone.now()
    for piece in pieces.due(now).select_related("author", "film")[:limit]:
        try:
            piece.publish(by=piece.author)
        except ValidationError as error:
            # Where another process, or its author, was faster, there is nothing to say.
            missed = Review.objects.due(now).filter(pk=piece.pk)
            if missed.order_by().update(publish_at=None, missed_at=now):
                logger.warning("Piece %s could not be published: %s", piece.pk, error.messages)
        else:
            count += 1
    return count
