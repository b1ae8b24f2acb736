"""Storing what a form of a piece holds, and what its writer is told then."""

import secrets
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from films.views.uploads import carry_credit
from reviews.autosaving import NotKept, keep_over
from reviews.forms import WriteForm
from reviews.models import LeftText, Review, StaleCopy, WorkingCopy
from reviews.models.revision import NOTE_LIMIT
from reviews.models.storing import StaleText
from reviews.views.conflicts import conflict
from reviews.views.form_pages import go_on, refused
from reviews.views.typed import (
    begun_before,
    changes_of,
    form_for_picture,
    fresh,
    go_on_from,
    keep_meanwhile,
    picture_as_typed,
    picture_values,
)
from users.limits import LimitReached, spend
from users.models import Status

QUOTED_IN_VAIN = _lazy(
    "A quoted still is not shown: its passage is not in the text. It comes back with the passage."
)


def keep(request, form, picture, *, publish):
    # Both are looked at, so that both say at once what is wrong.
    is_right = all([form.is_valid(), picture_is_right(picture)])
    if is_right and form.is_empty and not picture.has_changed() and not form.instance.pk:
        form.add_error("body", ValidationError(_("Write something first."), "body_missing"))
        is_right = False
    if not is_right:
        return refused(request, form, picture)
    try:
        spend_for(request.user, form.instance, publish=publish)
    except LimitReached as limit:
        return limit.refuse(refused(request, form, picture, first=[("write", limit.advice)]))
    return store(request, form, picture, publish=publish)


def spend_for(user, review, *, publish):
    """Drafts and changes are free; what goes out by itself counts when that is said."""
    is_scheduled = review.publish_at and not Review.objects.scheduled().filter(pk=review.pk)
    if (publish or is_scheduled) and not review.published_at:
        spend("piece", user)


def picture_is_right(picture):
    return not picture.is_bound or picture.is_valid()


def store(request, form, picture_form, *, publish):
    review = form.instance
    is_new = not review.pk
    if is_new:
        review.form_key = unspent_key(request, form)
    has_picture = picture_form.is_bound and picture_form.has_changed()
    image = picture_form.save() if has_picture else None
    try:
        changed = store_text(
            form,
            themes=form.labels,
            hero=image or hero_that_stays(request, review),
            image_keys=form.rendered.image_keys,
            version=form.based_on,
            publish=publish,
            note=form.cleaned_data.get("what_changed", ""),
        )
    except IntegrityError:
        twin = begun_before(request) if is_new else None
        if twin is None:
            raise
        if image:
            image.discard()
        return redirect(twin)
    except StaleText as stale:
        return stale_page(request, stale.stored, image)
    except ValidationError as error:
        return refused(request, with_error(form, error), picture_form)
    WorkingCopy.objects.settle(review, form.cleaned_data["copy"], form.window_key)
    give_note_back(request, form)
    return stored(request, review, changed)


def give_note_back(request, form):
    """What was said of a change has no place once readers no longer see the piece."""
    note = request.POST.get("what_changed", "").strip()[:NOTE_LIMIT]
    if note and "what_changed" not in form.fields:
        said = _(
            "Readers do not see it now, so what you said of the change is not kept: “%(note)s”"
        )
        messages.warning(request, said % {"note": note})


def store_text(form, **what):
    """Of two texts, the one that was chosen takes the other's place, which is left for a while."""
    left, review = form.cleaned_data["left"], form.instance
    if not left:
        return review.store(**what)
    return LeftText.objects.store_over(left, review, window=form.window_key, **what)


def stale_page(request, stored, image):
    data = request.POST.copy()
    if image:
        data["picture-kept"] = image.key
    picture = form_for_picture(request, stored, initial=picture_values(data))
    return conflict(request, stored, data, picture)


def unspent_key(request, form):
    """The form's own; another where its piece is deleted or removed, and this begins anew."""
    gone = Review.objects.by(request.user).gone()
    return secrets.token_urlsafe(16) if gone.filter(form_key=form.key).exists() else form.key


def hero_that_stays(request, review):
    if not review.pk or "drop_picture" in request.POST:
        return None
    return review.hero


def with_error(form, error):
    """What the verb refused, at the field that it concerns."""
    if not hasattr(error, "error_dict"):
        form.add_error("theme", error)
    elif error.error_dict.keys() <= form.fields.keys():
        form.add_error(None, error)
    else:  # of a theme that is proposed here
        form.add_error("theme", error.messages)
    return form


# What is said


def stored(request, review, changed):
    if changed and review.quotations.lost().exists():
        messages.warning(request, QUOTED_IN_VAIN)
    if review.status == Status.DRAFT:
        if review.publish_at:
            messages.success(
                request, _("It goes out by itself: %(when)s.") % {"when": when(review)}
            )
        elif changed:
            messages.success(request, _("Kept as a draft. Only you can see it."))
        return redirect("reviews:edit", review.pk)
    if changed:
        messages.success(request, said_of(review))
    return redirect(review)


def when(review):
    return date_format(timezone.localtime(review.publish_at), "j F Y, H:i")


def said_of(review):
    if review.status == Status.HELD and not review.edited_at:
        return _("It waits for a moderator, who will look at it. Nothing is lost.")
    if review.status != Status.PUBLISHED:
        return _("The changes are kept.")
    if review.edited_at:
        return _("The changes are published.")
    return _("It is published.")


# Two texts


def settle(request, review, asked):
    """Where the script found another text stored: both beside each other, or the one chosen."""
    picture = form_for_picture(request, review, bound=True)
    has_picture = picture.is_bound and picture.has_changed()
    picture = picture_as_typed(request, review, picture)
    copy = changes_of(review)
    try:
        if asked == "compare" or not copy:
            return compare(request, review, copy, picture)
        kept = keep_over(request.POST, review, copy)
        if not has_picture:
            return redirect(f"{reverse('reviews:edit', args=[review.pk])}?changes=1")
        go_on_from(request, kept)
        return go_on(request, WriteForm(request.POST, instance=review), picture, asked)
    except (StaleText, StaleCopy):
        review = Review.objects.for_page().get(pk=review.pk)
        return compare(request, review, changes_of(review), picture)
    except NotKept:
        form = WriteForm(request.POST, instance=review)
        form.is_valid()
        return refused(request, form, picture)


def compare(request, review, copy, picture):
    saved = copy.as_piece() if copy else review
    return conflict(request, saved, request.POST, picture, beside=copy)


# To other pages and back


def add_missing_film(request, form, picture):
    """To the form for films and back; what is typed waits as a draft."""
    then = "write"
    if form.is_valid() and (form.instance.pk or form.answered or not form.is_empty):
        picture = picture_as_typed(request, form.instance, picture)
        if picture.is_bound:
            return refused(request, form, picture)
        response = store(request, form, picture, publish=False)
        if response.status_code != HTTPStatus.FOUND:
            return response
        then = form.instance.pk
    elif not form.is_valid():
        return refused(request, form, picture)
    query = {"then": then, "title": request.POST.get("q", "").replace("\0", "")[:200]}
    return redirect(f"{reverse('films:film_add')}?{urlencode(query)}")


def to_pictures(request, review):
    """To the page on which several come in, once what is typed is kept."""
    kept = keep_meanwhile(request, review)
    review = kept or review
    form = WriteForm(request.POST, instance=review, is_carried=True)
    picture = form_for_picture(request, review, bound=True)
    if form.is_valid() and review.pk and not kept:
        return settle(request, fresh(review), "compare")
    if not review.pk and form.is_empty:
        form.add_error("body", ValidationError(_("Write something first."), "body_missing"))
    is_right = kept and not form.errors
    key = key_of_kept(picture) if is_right else ""
    if not is_right or (picture.errors and not key):
        return refused(request, form, picture, is_kept=bool(kept))
    address = reverse("reviews:piece_pictures", args=[review.pk])
    if not key:
        return redirect(address)
    carry_credit(request, key, credit_typed(picture))
    return redirect(f"{address}?{urlencode({'row': key})}")


def key_of_kept(picture):
    """Of the picture whose file is here, whatever its record lacks."""
    if not picture.is_bound:
        return ""
    picture.is_valid()
    kept = None if "file" in picture.errors else picture.keep_file()
    return kept.key if kept else ""


def credit_typed(picture):
    typed = {name: picture[name].value() for name in picture.fields if name not in ("file", "kept")}
    return typed | {"file_name": picture.name_of_file, "place": "head"}
