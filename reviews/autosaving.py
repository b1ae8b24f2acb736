"""What is typed is kept while it is written, and with every form that is sent: a draft in its own
row, changes to a piece that readers see in a working copy beside it, so that nothing is published
unasked."""

import copy
import secrets
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from films.normalize import search_key
from reviews import markdown
from reviews.forms import WriteForm
from reviews.models import LeftText, Review, WorkingCopy
from reviews.models.review_rows import DERIVED_FIELDS, TYPED_FIELDS
from reviews.models.storing import StaleText
from users.models import Status

# What must be right to be kept. Anything else that is wrong stays as it was.
TEXTS = ("title", "lead", "body", "language")
UNASKED = {"publish_at", "missed_at"}
OF_THE_FORM = {
    "film", "version", "copy", "left", "window", "form_key", "publish_on", "publish_time",
}  # fmt: skip
LONGEST = 1000  # of what is no text


class NotKept(Exception):
    """The text is one that cannot be kept; the form says why."""

    def __init__(self, form):
        super().__init__()
        self.form = form

    @property
    def reasons(self):
        return [message for name in TEXTS for message in self.form.errors.get(name, ())]


class Kept(NamedTuple):
    review: Review
    copy: int = 0  # version of the working copy, if it was kept there


def keep_typed(data, review, essay=None):
    """Keep what `data` holds of `review`, which is as it is stored, or new; `essay` is the one
    that it wants to answer, where that is at hand. Answers Kept, or None where nothing was typed
    yet.

    Raises NotKept, StaleText and StaleCopy.
    """
    piece = copy.copy(review)
    form = WriteForm(data, instance=piece, is_carried=True, essay=essay)
    form.publishing = False
    before = {name: getattr(piece, name) for name in (*TYPED_FIELDS, "html")}
    if not form.is_valid() and any(name in form.errors for name in TEXTS):
        raise NotKept(form)
    if not piece.pk and form.is_empty:
        return None
    piece.publish_at = before["publish_at"]
    if "seen_day" in form.errors:
        piece.seen_on, piece.seen_precision = before["seen_on"], before["seen_precision"]
    if piece.pk and piece.status != Status.DRAFT:
        return keep_beside(review, piece, form)
    return keep_draft(review, piece, form, before)


@transaction.atomic
def keep_over(data, review, beside):
    """As `keep_typed`, of a text that was chosen: the changes `beside`, which it takes the place
    of, are left instead."""
    kept = keep_typed(data, review)
    LeftText.objects.leave_replaced(beside.as_piece(), kept.review)
    return kept


def keep_beside(review, piece, form):
    typed = {name: plain(form[name].value()) for name in form.fields if name not in OF_THE_FORM}
    number = form.cleaned_data.get("copy", 0)
    if not any(typed[name] != plain(form.initial.get(name)) for name in typed):
        # As published: looking at it is no change, and one that was taken back is none either.
        if number:
            WorkingCopy.objects.take_back(review, version=number, window=form.window_key)
        return Kept(piece)
    if form.based_on != review.version:
        raise StaleText(review)
    kept = WorkingCopy.objects.keep(review, typed, version=number, window=form.window_key)
    settle(piece, form)
    return Kept(piece, kept)


def settle(piece, form):
    if left := form.cleaned_data.get("left"):
        LeftText.objects.settle(left, piece)


def plain(value):
    """As JSON has it, and not longer than what the form takes."""
    if isinstance(value, list | tuple):
        return [str(one)[:LONGEST] for one in value[:LONGEST]]
    if isinstance(value, bool):
        return value
    # The texts were measured by the form already.
    return "" if value is None else str(value).replace("\r\n", "\n")[: markdown.BODY_LIMIT]


def keep_draft(review, piece, form, before):
    had = form.initial["themes"]
    themes, found = known(piece, form, had)
    keys = list(form.rendered.image_keys)
    has_other_themes, has_other_figures = themes != had, keys != keys_in(before["html"])
    more = has_other_themes or has_other_figures
    if not piece.pk:
        return begin(piece, form, themes, found, keys)
    if not more and all(getattr(piece, name) == before[name] for name in TYPED_FIELDS):
        return Kept(piece)
    is_chosen = bool(form.cleaned_data.get("left"))
    if not more and not is_chosen:
        write(piece, form)
        return Kept(piece)
    with transaction.atomic():
        if is_chosen:
            LeftText.objects.leave_replaced(review, piece, window=form.window_key)
        write(piece, form)
        if has_other_themes:
            piece.set_themes(themes, found)
        if has_other_figures:
            piece.set_figures(keys)
        settle(piece, form)
    return Kept(piece)


def keys_in(html):
    keys = []
    markdown.fill_figures(html, lambda key, alt: keys.append(key) or "")
    return keys


def known(piece, form, had):
    """(Names of themes that were chosen, what the new ones lead to). None is proposed by somebody
    who is still typing it."""
    labels = getattr(form, "labels", had)
    new = [label for label in labels if label not in had]
    found = piece.themes_named(new) if new else {}
    return [label for label in labels if label in had or search_key(label) in found], found


def write(piece, form):
    """In one statement, which finds nothing where another text was stored meanwhile, or staff
    have said since that it tells the ending."""
    version = form.based_on
    piece.note_film()
    piece.version, piece.saved_in, piece.updated_at = version + 1, form.window_key, timezone.now()
    names = [*TYPED_FIELDS, *DERIVED_FIELDS, "updated_at"]
    values = {name: getattr(piece, name) for name in names if name not in UNASKED}
    was = form.initial["is_spoiler"]
    rows = Review.objects.drafts().filter(pk=piece.pk, version=version, is_spoiler=was)
    if not rows.update(**values):
        raise StaleText(Review.objects.for_page().get(pk=piece.pk))


def begin(piece, form, themes, found, keys):
    piece.form_key, piece.saved_in = form.key, form.window_key
    piece.theme_rows, piece.image_rows = [], []  # none is stored yet
    try:
        with transaction.atomic():
            piece.save(force_insert=True)
            piece.set_themes(themes, found)
            piece.set_figures(keys)
    except IntegrityError:
        twins = Review.objects.by(piece.author).filter(form_key=form.key)
        if twin := twins.editable().for_saving().first():
            return keep_typed(form.data, twin)
        if not twins.exists():
            raise
        # It made a piece that is gone: this begins another.
        piece.form_key = secrets.token_urlsafe(16)
        piece.save(force_insert=True)
    return Kept(piece)
