"""A member leaves: every app lets go of what it has of them, at one stroke."""

from django.core.cache import caches
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

import films.leaving
import reviews.leaving
import users.leaving
from users.leaving import due_to_leave
from users.visitor_pages import new_epoch


@transaction.atomic
def leave(member):
    """Whether they did: who thought again in this moment, or left in another tick, is left alone."""
    due = due_to_leave(timezone.now()).filter(pk=member.pk)
    if (member := due.select_for_update().first()) is None:
        return False
    keeps = member.leaving_keeps_pieces
    reviews.leaving.scrub(member, keeps)
    films.leaving.scrub(member, keeps)
    users.leaving.scrub(member)
    # Tasks are given keys, never names; but an error may quote anything.
    DBTaskResult.objects.failed().exclude(traceback="").update(traceback="")
    transaction.on_commit(forget_kept, robust=True)
    return True


def forget_kept():
    """Kept parts of pages bear names. Sessions are in the database; limits begin anew."""
    new_epoch()
    caches["default"].clear()
