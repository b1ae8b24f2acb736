"""What a worker does for the site, and what must not be lost if one dies over it.

A row says what is to be done, and is the truth; a task of the queue only points at it. So a task
may come twice, late or never: `attempt` does nothing with what is done already, and `ask_again`,
called by `tick`, asks for what was not done in time. A database whose row is locked has a worker
at it; one that dies loses the lock with its connection.
"""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

# How long after each attempt the next one may follow; as many as there are.
DELAYS = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
# A queue that nobody works at is not filled with the same thing at every tick.
PATIENCE = timedelta(hours=1)


def soon():
    return timezone.now() + DELAYS[0]


class ErrandQuerySet(models.QuerySet):
    def open(self):
        return self.filter(given_up_at__isnull=True)

    def given_up(self):
        return self.filter(given_up_at__isnull=False)

    def overdue(self, now):
        return self.open().filter(due_at__lte=now)

    def free(self):
        """Locked for us, without those that another worker has in hand."""
        return self.select_for_update(skip_locked=True)

    def attempt(self, pk, do):
        """Call `do(row)` in the transaction that says so; what it raises, undoes it."""
        if not self.begin(pk):
            return
        with transaction.atomic():
            if row := self.open().free().filter(pk=pk).first():
                do(row)

    @transaction.atomic
    def begin(self, pk):
        """Count the attempt beforehand: one that kills its worker is one as well."""
        row = self.open().free().filter(pk=pk).first()
        if row is None or row.attempts >= len(DELAYS):
            return False
        row.due_at = timezone.now() + DELAYS[row.attempts]
        row.attempts += 1
        row.save(update_fields=["due_at", "attempts"])
        return True

    def ask_again(self, limit):
        """For what was not done in time; give up what was attempted often enough. How many."""
        now, again = timezone.now(), []
        with transaction.atomic():
            rows = list(self.overdue(now).free().order_by("pk")[:limit])
            for row in rows:
                if row.attempts >= len(DELAYS):
                    row.give_up()
                    continue
                row.due_at = now + PATIENCE
                row.save(update_fields=["due_at"])
                again.append(row)
        # Without a worker it is done here and now, and not in that transaction.
        for row in again:
            row.ask()
        return len(rows)


class Errand(models.Model):
    """`task_path` names the task that is given the key of a row."""

    task_path = ""

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("asked for again at"), default=soon)
    given_up_at = models.DateTimeField(_("given up at"), null=True, blank=True)

    class Meta:
        abstract = True

    def ask(self):
        """In the transaction that made the row: with a worker, the task is a row as well."""
        import_string(self.task_path).enqueue(self.pk)

    def give_up(self):
        self.given_up_at = timezone.now()
        self.save()
