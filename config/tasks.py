"""What keeps the worker's queue in order. The tasks themselves stand in the app that they concern.

Nothing is put back by the worker itself: one that is killed leaves its task running for ever.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

STALE_AFTER = timedelta(minutes=30)
STARTS = 3  # of one task, before it counts as failed
KEPT_FOR = timedelta(days=1)
FAILED_KEPT_FOR = timedelta(days=14)


class StaleTaskError(Exception):
    """Its worker was killed over it, each time that it began."""


@task(priority=20)
def beat():
    """Done by a worker, it shows that there is one."""


def beats():
    return DBTaskResult.objects.filter(task_path=beat.module_path)


def stale():
    return DBTaskResult.objects.running().filter(started_at__lt=timezone.now() - STALE_AFTER)


def ask_for_a_beat():
    waits = beats().filter(status=TaskResultStatus.READY).exists()
    if settings.WORKER and not waits:
        beat.enqueue()
    return 0


@transaction.atomic
def put_stale_back():
    """Tasks do nothing twice: one that runs all the same, slowly, does no harm."""
    back = {"status": TaskResultStatus.READY, "started_at": None}
    count = 0
    for row in stale().select_for_update(skip_locked=True).order_by("enqueued_at"):
        if len(row.worker_ids) < STARTS:
            count += DBTaskResult.objects.filter(pk=row.pk).update(**back)
        else:
            row.set_failed(StaleTaskError())
    return count


def delete_old():
    now = timezone.now()
    done = DBTaskResult.objects.successful().filter(finished_at__lt=now - KEPT_FOR)
    failed = DBTaskResult.objects.failed().filter(finished_at__lt=now - FAILED_KEPT_FOR)
    count = done.delete()[0] + failed.delete()[0]
    if not settings.WORKER:  # any more: the rows that tasks point at are worked at by tick
        count += DBTaskResult.objects.ready().delete()[0]
    return count
