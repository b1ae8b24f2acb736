"""What may be wrong with a site, each with what mends it."""

from datetime import timedelta
from itertools import islice
from typing import NamedTuple

from django.conf import settings
from django.core import checks
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.db import DatabaseError
from django.db.models import Count, Max
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

import films.recount
import films.reindex
import reviews.recount
import reviews.reindex
from config import health, tasks, tick
from config.backup import stored_files
from films.models import FileErrand, Image
from reviews.models import Export, Review
from users.errands import DELAYS
from users.models import Letter
from users.moderation import Status

SHOWN = 10
HELD_FOR = timedelta(days=7)
LATE = timedelta(hours=1)
QUIET = timedelta(minutes=15)  # three ticks


class Finding(NamedTuple):
    text: str
    is_serious: bool = True


def settings_that_warn():
    for message in checks.run_checks(include_deployment_checks=settings.PRODUCTION):
        yield Finding(f"{message.msg} ({message.id})", message.is_serious())


def services():
    for name, is_there in health.NEEDED.items():
        if not is_there():
            yield Finding(f"Missing: {name}.")
            if name == "migrations":
                for migration in health.missing_migrations():
                    yield Finding(f"Not applied: {migration} (manage.py migrate)")
    try:
        name = default_storage.save("doctor.txt", ContentFile(b"ok"))
        default_storage.delete(name)
    except Exception as error:  # whatever a storage may raise
        yield Finding(f"The store of pictures cannot be written: {error}")
    try:
        store = storages["private"]
        store.delete(store.save("doctor.txt", ContentFile(b"ok")))
    except Exception as error:
        yield Finding(f"The store of private files cannot be written: {error}")


def files():
    """Pictures without their files, and files without their picture."""
    there, wanted, originals = set(stored_files()), {}, set()
    images = Image.objects.only("key", "original", "derivatives", "status", "is_withheld")
    for image in images.iterator():
        if image.original:  # else its member has left
            wanted[image.original.name] = image.key
            originals.add(image.original.name)
        if image.folder:
            wanted |= {file["name"]: image.key for file in image.derivatives}
    for name in sorted(wanted.keys() - there):
        mends = "a backup has it" if name in originals else "manage.py write_files"
        yield Finding(f"Picture {wanted[name]} has no file {name} ({mends})")
    for name in sorted(there - wanted.keys()):
        yield Finding(f"The file {name} belongs to no picture.", is_serious=False)


def credits():
    for image in Image.objects.published().select_related("license"):
        try:
            image.credit()
        except ValueError as error:
            yield Finding(f"Picture {image.key}: {error}")


def counters():
    for difference in (*films.recount.recount(True), *reviews.recount.recount(True)):
        yield Finding(f"{difference} (manage.py recount)")


def search():
    for difference in (*films.reindex.reindex(True), *reviews.reindex.reindex(True)):
        yield Finding(f"{difference} (manage.py reindex)")


def waiting():
    """What the next tick would do, long after it should have."""
    late = timezone.now() - LATE
    pieces = Review.objects.due(late).count()
    uploads = Image.objects.unfinished(late - tick.UNFINISHED_FOR).count()
    for count, what in ((pieces, "pieces that should be out"), (uploads, "unfinished uploads")):
        if count:
            yield Finding(f"{count} {what}: does “manage.py tick” run?", is_serious=False)
    held = Review.objects.filter(status=Status.HELD, updated_at__lt=late - HELD_FOR).count()
    if held:
        yield Finding(f"{held} pieces have been held for more than a week.", is_serious=False)


def worker():
    """Whether there is one, and what it did not do."""
    now = timezone.now()
    if settings.WORKER:
        last = tasks.beats().successful().aggregate(at=Max("finished_at"))["at"]
        if last is None or last < now - QUIET:
            since = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "yet"
            yield Finding(f"No worker did anything {since}: do “manage.py db_worker” and tick run?")
    late = DBTaskResult.objects.ready().filter(enqueued_at__lt=now - QUIET).count()
    if late:
        why = "is the worker there, or too busy" if settings.WORKER else "WORKER is not set"
        yield Finding(f"{late} tasks have waited for more than {minutes(QUIET)}: {why}?")
    if count := tasks.stale().count():
        text = f"{count} tasks stand as running for more than {minutes(tasks.STALE_AFTER)}"
        yield Finding(f"{text}: does “manage.py tick” run?", is_serious=False)
    failed = DBTaskResult.objects.failed().values("task_path", "exception_class_path")
    for row in failed.annotate(n=Count("pk")).order_by("task_path", "exception_class_path"):
        text = f"{row['task_path']} failed {row['n']} times: {row['exception_class_path']}"
        yield Finding(text, is_serious=False)
    kinds = (Letter, "letters"), (Export, "copies of everything"), (FileErrand, "pictures’ files")
    for model, what in kinds:
        if count := model.objects.given_up().count():
            yield Finding(f"{count} {what} were given up after {len(DELAYS)} attempts.")


def minutes(time):
    return f"{time.total_seconds() / 60:.0f} minutes"


CHECKS = {
    "services": services,  # what is missing here explains the rest
    "settings": settings_that_warn,
    "files": files,
    "credits": credits,
    "counters": counters,
    "search": search,
    "waiting": waiting,
    "worker": worker,
}


def examine():
    """(name of a check, its Findings), each as soon as it is known."""
    for name, check in CHECKS.items():
        yield name, list(outcome_of(check))


def outcome_of(check):
    try:
        yield from check()
    except DatabaseError as error:
        yield Finding(f"The database refuses: {str(error).strip()}")
    except Exception as error:  # whatever a storage may raise; the other checks are to be made
        yield Finding(f"This could not be examined: {error}")


def lines(findings):
    yield from (f"  {finding.text}" for finding in islice(findings, SHOWN))
    if len(findings) > SHOWN:
        yield f"  … and {len(findings) - SHOWN} more."
