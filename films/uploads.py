"""Pictures on their way in, several at once: each file is judged on its own, and each record is
completed on its own. The one way for pictures of films and of texts."""

import hashlib
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from films import metadata, previews
from films.credit_form import CreditForm
from films.images import check_length, inspect
from films.metadata import Found
from films.models import Image, License
from users.limits import LimitReached, spend
from users.moderation import Status

logger = logging.getLogger("afterimage.pictures")

MOST = 30  # rows of one page
SECONDS = 15  # after which a request writes no more files; the rest waits for the next


@dataclass
class Row:
    """A file that was let in, and the form of its record."""

    image: Image
    form: CreditForm
    found: Found
    bytes: int = 0  # if the file came just now
    is_waiting: bool = False  # complete, but its files could not be written in time

    @property
    def begins(self):
        """Whether the file has begun its record."""
        return bool(self.form.found_values())

    @property
    def name(self):
        return self.form["file_name"].value() or _("A picture")


@dataclass
class Refused:
    name: str
    reason: str


class FilmShelf:
    """Where pictures of a film stand."""

    form_class = CreditForm

    def __init__(self, film):
        self.film = film
        self.options = {}

    def has(self, sha256):
        shown = self.film.film_images.filter(image__status=Status.PUBLISHED)
        return shown.filter(image__sha256=sha256).exists()

    def add(self, form):
        """Show a picture whose record is complete."""
        image = form.save()
        with transaction.atomic():
            # The same page, sent twice, may have come so far at the same time.
            if Image.objects.select_for_update().drafts().filter(pk=image.pk).first():
                image.publish(by=form.by)
                self.film.add_image(image, by=form.by)


@dataclass
class Uploads:
    """The rows of one page, for `by`, bound for `shelf`."""

    by: object
    shelf: object
    names: dict = field(default_factory=dict)  # {key: what the member calls the file}
    rows: list = field(default_factory=list)
    others: list = field(default_factory=list)  # pictures on the page that are not drawn anew
    refused: list = field(default_factory=list)
    added: list = field(default_factory=list)
    limit: LimitReached | None = None

    @cached_property
    def licenses(self):
        return list(License.objects.order_by("position"))

    def begin(self, keys, data=None, *, is_sent=False):
        """Rows for the member's own drafts of these keys: as `data` has them, bound only if they
        are sent to be stored."""
        for image in self.waiting(keys):
            is_typed = is_sent or any(name.startswith(f"{image.key}-") for name in data or ())
            found = metadata.of_original(image)
            self.add_row(image, found, data if is_typed else None, is_sent=is_sent)

    def begin_beside(self, keys):
        """For a file that comes alone, to a page that has these."""
        self.others = self.waiting(keys)

    def waiting(self, keys):
        # PostgreSQL cannot even be asked for a key with a zero in it.
        keys = [key for key in dict.fromkeys(keys) if "\0" not in key][:MOST]
        waiting = Image.objects.waiting().by(self.by).filter(key__in=keys)
        images = {image.key: image for image in waiting}
        return [images[key] for key in keys if key in images]

    def add_row(self, image, found, data=None, *, is_sent=False, **about):
        options = {"by": self.by, "instance": image, "prefix": image.key,
                   "licenses": self.licenses, **self.shelf.options}  # fmt: skip
        make = self.shelf.form_class
        form = make(data, found=found, **options)
        if data is not None and not is_sent:  # what is typed, without errors for what is not yet
            typed = {name: form[name].value() for name in form.fields}
            form = make(initial=typed, found=found, **options)
        form.initial["file_name"] = form.initial.get("file_name") or self.names.get(image.key, "")
        self.rows.append(Row(image, form, found, **about))

    def take(self, files):
        """Keep what is a picture; of what is not, nothing but the reason."""
        for file in files:
            try:
                self.take_one(file)
            except ValidationError as error:
                self.refused.append(Refused(file.name, " ".join(error.messages)))
            except LimitReached as limit:
                self.limit = limit  # what comes after it is named, and not looked at
                self.refused.append(Refused(file.name, limit.advice))

    def take_one(self, file):
        if self.limit:
            raise self.limit
        there = [*self.others, *(row.image for row in self.rows)]
        if len(there) >= MOST:
            raise ValidationError(
                _("Thirty are on this page already. Add those first."), code="too_many"
            )
        check_length(file.size)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        if any(image.sha256 == digest for image in there):
            raise ValidationError(_("This picture is on the list already."), code="twice")
        if self.shelf.has(digest):
            raise ValidationError(_("This very picture stands there already."), code="there")
        spend("picture", self.by)  # before it is decoded, which costs most
        picture = inspect(file)
        image = Image.objects.keep(file, by=self.by, picture=picture)
        previews.keep(image, picture)
        self.names[image.key] = file.name[:200]
        self.add_row(image, metadata.read(file), bytes=picture.bytes)

    def drop(self, key):
        for row in self.rows:
            if row.image.key == key and not row.image.title:  # else a text may name it
                with suppress(ProtectedError):  # it stands in a text: off the list it goes
                    row.image.discard()
        self.rows = [row for row in self.rows if row.image.key != key]

    def complete(self):
        """Add those whose record is complete; the others stay, with what they lack."""
        start, staying = time.monotonic(), []
        for row in self.rows:
            if not row.form.is_valid():
                staying.append(row)
            elif time.monotonic() - start > SECONDS:
                row.is_waiting = True
                staying.append(row)
            elif self.add(row):
                self.added.append(row.image)
            else:
                staying.append(row)
        self.rows = staying

    def add(self, row):
        """Whether it is in its place now: then or, by the same page sent twice, a moment ago."""
        waiting = Image.objects.waiting().filter(pk=row.image.pk)
        if not waiting.exists():
            return True
        try:
            self.shelf.add(row.form)
        except Exception:  # whatever a store may raise: it must not keep the others
            logger.exception("A picture cannot be put into its place.")
            waiting.update(title="")  # as before, so that it does not stay for ever
            row.form.add_error(None, _("Its files could not be written. Send it once more."))
            return False
        return True

    @property
    def wrong(self):
        return [row for row in self.rows if row.form.errors]
