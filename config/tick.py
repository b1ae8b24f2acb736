"""What has to happen by itself: called every few minutes, by cron or a timer."""

import logging
from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from config import tasks
from config.leaving import leave
from films.models import FileErrand, Image
from reviews.models import Export, LeftText, Question, Review, ReviewIndex
from reviews.scheduling import publish_due
from users.leaving import due_to_leave
from users.models import Letter, User
from users.notifications import send_digests
from users.sessions import clear

logger = logging.getLogger("afterimage.tick")

UNFINISHED_FOR = timedelta(days=2)
AT_ONCE = 200  # of each kind; the next tick goes on
PICTURES_AT_ONCE = 20  # each takes some seconds, where there is no worker


def publish_scheduled():
    """Pieces whose author chose a time that has come."""
    published, stuck = publish_due(Review.objects, AT_ONCE)
    if stuck:
        raise RuntimeError(f"{stuck} pieces could not be published, {published} were.")
    return published


def ask_what_lasts():
    """Tell writers of what their desk asks: is it still with you?"""
    now = timezone.now()
    return sum(question.tell(now) for question in Question.objects.untold(now)[:AT_ONCE])


def discard_unfinished_uploads():
    """Files that somebody chose, in a form that was never sent whole."""
    rows = list(Image.objects.unfinished(timezone.now() - UNFINISHED_FOR)[:AT_ONCE])
    for image in rows:
        image.discard()
    return len(rows)


def clear_sessions():
    call_command("clearsessions")
    return clear()


def send_due_digests():
    return send_digests(User.objects.members(), AT_ONCE)


def let_go():
    """Of members whose days to think again are over; one who cannot go keeps no other here."""
    gone, stuck = 0, []
    for member in due_to_leave(timezone.now())[:AT_ONCE]:
        try:
            gone += leave(member)
        except Exception:
            logger.exception("The member with the key %s could not leave.", member.pk)
            stuck.append(member.pk)
    if gone:
        ReviewIndex.objects.forget()
    if stuck:
        raise RuntimeError(f"{len(stuck)} could not leave, {gone} did.")
    return gone


def ask_again():
    """For mail and copies of everything that a worker should have finished."""
    return Letter.objects.ask_again(AT_ONCE) + Export.objects.ask_again(AT_ONCE)


def write_files():
    """AVIF, and what bears a credit that has changed."""
    return FileErrand.objects.ask_again(PICTURES_AT_ONCE)


def forget_old():
    """Copies and texts whose days are over, mail that was given up long ago, files that nobody
    knows."""
    now = timezone.now()
    exports = list(Export.objects.expired(now)[:AT_ONCE])
    for export in exports:
        export.discard()
    letters, _details = Letter.objects.forgotten(now).delete()
    texts, _details = LeftText.objects.expired(now).delete()
    return len(exports) + letters + texts + Export.objects.sweep()


JOBS = {
    "scheduled pieces published": publish_scheduled,
    "writers asked what lasts": ask_what_lasts,
    "unfinished uploads discarded": discard_unfinished_uploads,
    "members left": let_go,
    "digests sent": send_due_digests,
    "old sessions cleared": clear_sessions,
    "stale tasks put back": tasks.put_stale_back,
    "mail and copies asked for again": ask_again,
    "pictures whose files were asked for": write_files,
    "old copies and letters deleted": forget_old,
    "old tasks deleted": tasks.delete_old,
    "sign of life asked for": tasks.ask_for_a_beat,
}


def tick():
    """({job: how many}, names of the jobs that failed); one that fails keeps no other from its
    work."""
    done, failed = {}, []
    for name, job in JOBS.items():
        try:
            done[name] = job()
        except Exception:
            logger.exception("The job “%s” failed.", name)
            failed.append(name)
    return done, failed
