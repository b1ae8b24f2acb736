"""A picture's files: where they are, and how they get there.

Those that everybody may fetch lie under `images/`. Of a picture that readers do not see they lie
under `unseen/`, which has no address but a view that asks who wants to know. Of one that was taken
down there are none.
"""

import logging
from contextlib import suppress
from posixpath import basename

from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse

from films.images import QUOTED_SIDE, SEEN, address_start, inspect, write_derivatives
from films.models.file_errand import FileErrand
from users import visitor_pages
from users.moderation import Status

logger = logging.getLogger("afterimage.pictures")

UNSEEN = "unseen"
NAMES_BEGIN = len("images/ab/") + 32  # as far as all names of one credit agree
WITHOUT_FILES = (Status.HIDDEN, Status.REMOVED, Status.DELETED)


class PictureFiles:
    """What an Image has of files. `derivatives` names them:
    [{"format", "width", "height", "name", "bytes", "sha256"}], only files that exist; the last is
    missing of those that were written before it was kept."""

    @property
    def folder(self):
        """Where they belong; empty where there are to be none."""
        if self.status in WITHOUT_FILES:
            return ""
        return SEEN if self.is_public else UNSEEN

    def are_in(self, folder):
        return all(file["name"].startswith(f"{folder}/") for file in self.derivatives)

    # Writing

    def describe(self, picture=None, **credit):
        """Set the credit, and write the files that carry it. `picture` is the original as
        `inspect` gave it, where that was asked already."""
        fields = [field for field in self.credit_fields if field in credit]
        for field in fields:
            setattr(self, field, credit[field])
        self._write_files(picture, fields=fields)

    def renew_files(self):
        """The record has changed, or who sees it: the files are to follow, as soon as that has
        taken effect. If they cannot then, the worker or `tick` does it."""
        if self.derivatives:
            FileErrand.objects.want(self)
            transaction.on_commit(self.bring_up_to_date, robust=True)

    def bring_up_to_date(self, asks=True):
        """Write the files anew if they bear another credit than the record; put them where they
        belong; delete them where there are to be none."""
        self.refresh_from_db()
        if not self.folder:
            delete_surely(self.derivatives)
        elif self.derivatives and not self._are_up_to_date():
            self._move_or_write(asks)
        if self.folder != SEEN:  # the store may have kept what was moved away from there
            delete_surely([file | {"name": in_folder(SEEN, file)} for file in self.derivatives])

    def _move_or_write(self, asks):
        if self._have_credit() and not self.are_in(self.folder):
            with suppress(FileNotFoundError):  # then they are written
                return self._move_files()
        self._write_files(asks=asks)

    def _are_up_to_date(self):
        # Of a picture that was taken down and is back, they have their names and are gone; of any
        # other, one may be lost.
        are_there = all(default_storage.exists(file["name"]) for file in self.derivatives)
        return are_there and self.are_in(self.folder) and self._have_credit()

    def _have_credit(self):
        start = address_start(self.sha256, self.credit(), self.key)
        return all(file["name"].partition("/")[2].startswith(start) for file in self.derivatives)

    def _move_files(self):
        moved = []
        try:
            for file in self.derivatives:
                name = in_folder(self.folder, file)
                with default_storage.open(file["name"]) as stored:
                    moved.append(file | {"name": default_storage.save(name, stored)})
            self._put(moved, asks=False)
        except BaseException:
            delete_files(moved)
            raise

    def _write_files(self, picture=None, *, fields=(), asks=True):
        """All but AVIF, which is asked for with `asks`."""
        former, made = self.derivatives, self._written(picture)
        try:
            self._put(made, fields=fields, asks=asks)
        except BaseException:
            delete_files(made, but=former)
            raise

    def _written(self, picture=None, **how):
        if picture is None:
            with self.original.open("rb") as file:
                picture = inspect(file)
        if self.is_quotation:
            how["longest"] = QUOTED_SIDE
        folder = self.folder or UNSEEN
        return write_derivatives(
            picture, self.credit(), default_storage, self.key, folder=folder, **how
        )

    def _put(self, made, *, fields=(), asks):
        """Name these files in place of the former ones. To write them took a second, in which
        others may have changed the row: only `fields` are saved with it, of a picture that was
        taken down meanwhile no file stays, and where readers see it no longer, or see it now, the
        files go on."""
        self.derivatives = made
        with transaction.atomic():
            row = type(self).objects.select_for_update().get(pk=self.pk)
            kept = made if row.folder else ()
            self.save(update_fields=[*fields, "derivatives", "updated_at"])
            if asks:
                FileErrand.objects.want(self)
            former = row.derivatives
            transaction.on_commit(lambda: delete_files([*former, *made], but=kept))
            if row.folder and not self.are_in(row.folder):
                FileErrand.objects.want(self)
                transaction.on_commit(self.bring_up_to_date, robust=True)
            if row.is_public and former:
                visitor_pages.empty_when_done()  # they name the former files

    def write_avif(self):
        """Add what takes too long for a request; of a picture that has changed meanwhile, nothing
        stays. Says whether it is there."""
        if self._files("avif"):
            return True
        made = self._written(formats=["avif"])
        with transaction.atomic():
            row = type(self).objects.select_for_update().filter(pk=self.pk).first()
            is_same = row and row.derivatives == self.derivatives and row.folder == self.folder
            if is_same:
                row.derivatives = self.derivatives = [*row.derivatives, *made]
                row.save(update_fields=["derivatives", "updated_at"])
        if not is_same:
            delete_files(made)
        return bool(is_same)

    def discard_files(self):
        """For a row that is going, or never came to be: its transaction was rolled back."""
        delete_files(self.derivatives)
        self.original.delete(save=False)

    # Showing

    def address_of(self, file):
        """Where the file is fetched; the only way to it."""
        if file["name"].startswith(f"{UNSEEN}/"):
            return reverse("films:image_file", args=[self.key, basename(file["name"])])
        return default_storage.url(file["name"])

    def file_called(self, name):
        return next((file for file in self.derivatives if basename(file["name"]) == name), None)

    def _files(self, format_):
        return [file for file in self.derivatives if file["format"] == format_]

    def sources(self):
        """{"avif", "webp" or "jpeg": [(address, width)]} of what is there."""
        found = {}
        for file in self.derivatives:
            found.setdefault(file["format"], []).append((self.address_of(file), file["width"]))
        return found

    @property
    def middle_file(self):
        """Of its JPEG files: what a browser without `srcset` and a feed show. Or None."""
        files = self._files("jpeg")
        return files[len(files) // 2] if files else None

    def address_near(self, width):
        """Of the JPEG nearest to `width`, or nothing where its files are gone."""
        files = self._files("jpeg") if self.folder else ()
        nearest = min(files, key=lambda file: abs(file["width"] - width), default=None)
        return self.address_of(nearest) if nearest else ""

    @property
    def largest_file(self):
        return max(self._files("jpeg"), key=lambda file: file["width"], default=None)

    @property
    def url(self):
        return self.address_of(self.middle_file) if self.middle_file else ""


def in_folder(folder, file):
    return f"{folder}/{file['name'].partition('/')[2]}"


def delete_surely(files):
    """What readers are not to have any more. Raises OSError while any is there, so that it is
    attempted again."""
    delete_files(files)
    if left := [file["name"] for file in files if default_storage.exists(file["name"])]:
        raise OSError(f"Closed to readers and still there: {left}")


def delete_files(files, but=()):
    kept = {file["name"] for file in but}
    for file in files:
        if file["name"] in kept:
            continue
        try:
            default_storage.delete(file["name"])
        except Exception:  # whatever a store may raise: it must not keep the others
            logger.exception("A file of a picture cannot be deleted.")
