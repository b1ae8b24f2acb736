from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from users.errands import Errand, ErrandQuerySet, soon

BATCH = 1000


class FileErrandQuerySet(ErrandQuerySet):
    def want(self, image):
        """In the transaction that changed the picture's record or its files."""
        (errand,) = self._put([self.model(**anew(image.pk))])
        if settings.WORKER:  # else `tick` does it: AVIF is never made in a request
            errand.ask()

    def want_all(self, image_keys):
        """Of so many pictures that `tick` asks for them bit by bit."""
        batch = []
        for key in image_keys.iterator(chunk_size=BATCH):
            batch.append(self.model(**anew(key) | {"due_at": timezone.now()}))
            if len(batch) == BATCH:
                self._put(batch)
                batch = []
        self._put(batch)

    def _put(self, errands):
        return self.bulk_create(
            errands,
            update_conflicts=True,
            unique_fields=["image"],
            update_fields=["attempts", "due_at", "given_up_at"],
        )

    def again(self, pk):
        """Carry out now what was asked for, even if it was given up."""
        self.filter(pk=pk).update(attempts=0, given_up_at=None)
        self.carry_out(pk)

    def carry_out(self, pk):
        """Unlike `attempt`, in no transaction: it takes seconds, and nobody should wait for it.
        An errand that came anew meanwhile stays."""
        if not self.begin(pk):
            return False
        errand = self.select_related("image__license").get(pk=pk)
        image = errand.image
        image.bring_up_to_date(asks=False)
        if image.derivatives and image.folder:
            image.write_avif()
            image.note_look()
        self.filter(pk=pk, attempts=errand.attempts).delete()
        return True


def anew(image_key):
    due = soon() if settings.WORKER else timezone.now()
    return {"image_id": image_key, "attempts": 0, "due_at": due, "given_up_at": None}


class FileErrand(Errand):
    """Files of a picture that are to be written, moved or deleted: of a credit that has changed,
    of one whose readers have, and AVIF."""

    task_path = "films.tasks.write_files"

    image = models.OneToOneField(
        "films.Image", models.CASCADE, related_name="file_errand", verbose_name=_("picture")
    )

    objects = FileErrandQuerySet.as_manager()

    class Meta:
        verbose_name = _("files to be written")
        verbose_name_plural = _("files to be written")
        indexes = [models.Index(fields=["due_at"], name="fileerrand_due")]

    def __str__(self):
        return f"files of {self.image_id}"
