"""Writing a piece: the form, its preview, and what becomes of the piece afterwards."""

import hashlib
import secrets
from datetime import timedelta
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from films import uploading_words
from films.forms import ImageForm
from films.search import complete_films
from films.views.uploads import carry_credit
from reviews import editor, in_words
from reviews.autosaving import NotKept, keep_over, keep_typed
from reviews.figures import filled_preview
from reviews.forms import FORM_KEY, WriteForm
from reviews.models import LeftText, Review, StaleCopy, WorkingCopy
from reviews.models.revision import NOTE_LIMIT
from reviews.models.storing import StaleText
from reviews.passages import hidden_from
from reviews.sources import sources_in
from reviews.views.conflicts import conflict
from users.limits import LimitReached, spend
from users.models import Status
from users.moderation import RESTORE_DAYS

CANDIDATES = 8
MOST_LEFT = 20
STORING = {"publish", "draft", "schedule", "add"}
METHODS = ["GET", "HEAD", "POST"]
QUOTED_IN_VAIN = _lazy(
    "A quoted still is not shown: its passage is not in the text. It comes back with the passage."
)


@require_http_methods(METHODS)
@login_required
def write(request):
    return writing_desk(request, begun_before(request) or new_piece(request))


@require_http_methods(METHODS)
@login_required
def edit(request, pk):
    pieces = Review.objects.by(request.user)
    if request.method == "POST" and pieces.gone().filter(pk=pk).exists():
        return begin_again(request)
    return writing_desk(request, get_object_or_404(pieces.editable().for_page(), pk=pk))


def begin_again(request):
    """The piece of this form is gone: what was typed is a draft of its own."""
    piece = new_piece(request)
    begun = keep_meanwhile(request, piece)
    if begun is None:
        form = WriteForm(request.POST, instance=piece)
        form.is_valid()
        return refused(request, form, form_for_picture(request, piece))
    gone = _(
        "The piece was deleted or removed meanwhile. What you wrote is a draft of its own now."
    )
    messages.warning(request, gone)
    return redirect("reviews:edit", begun.pk)


def new_piece(request):
    user = request.user
    return Review(author=user, language=user.language, text_license=user.text_license)


def begun_before(request):
    """The piece that this very form has made already, if it is sent once more."""
    key = request.POST.get("form_key", "")
    if not FORM_KEY.fullmatch(key):
        return None
    return Review.objects.by(request.user).editable().for_page().filter(form_key=key).first()


def writing_desk(request, review):
    if request.method != "POST":
        form = WriteForm(instance=review, initial=begun_with(request, review))
        return form_page(request, form, form_for_picture(request, review))
    asked = what_is_asked(request)
    if asked in ("compare", "over") and review.pk:
        return settle(request, review, asked)
    if asked == "pictures":
        return to_pictures(request, review)
    if asked not in STORING:
        review = keep_meanwhile(request, review) or review
    form = WriteForm(
        request.POST,
        instance=review,
        publishing=asked == "publish",
        scheduling=asked == "schedule",
        is_carried=asked not in STORING | {"theme", "preview"},
    )
    picture = form_for_picture(request, review, bound=True)
    if asked in ("publish", "draft", "schedule"):
        return keep(request, form, picture, publish=asked == "publish")
    if asked == "add":
        return add_missing_film(request, form, picture)
    if asked == "preview":
        return preview(request, form, picture)
    return go_on(request, form, picture, asked)


def begun_with(request, review):
    """What stands in the form besides what is stored: the film and the essay that is answered, as
    the address says, or changes that were not published."""
    if review.pk and "changes" in request.GET:
        copy = WorkingCopy.objects.filter(review=review).first()
        return copy.fields | {"copy": copy.version} if copy else {}
    if review.published_at:
        return {}
    given = {name: request.GET.get(name, "") for name in ("film", "answers")}
    return {name: value for name, value in given.items() if value and "\0" not in value}


def what_is_asked(request):
    if "publish" in request.POST:
        return "publish"
    asked = request.POST.get("view", "draft")
    is_dated = request.POST.get("publish_on") or request.POST.get("publish_time")
    return "schedule" if asked == "draft" and is_dated else asked


def keep_meanwhile(request, review):
    """Keep what is typed, whatever else the form was sent for; the form goes on from there.
    Answers the piece as it is stored now, or None where nothing was kept."""
    if request.htmx:
        return None
    try:
        kept = keep_typed(request.POST, review)
    except (NotKept, StaleText, StaleCopy):  # which is said where it is sent to be stored
        return None
    if kept is None:
        return None
    go_on_from(request, kept)
    return Review.objects.for_page().get(pk=kept.review.pk)


def go_on_from(request, kept):
    request.POST = request.POST.copy()
    request.POST["version"] = str(kept.review.version)
    request.POST["copy"] = str(kept.copy)
    request.POST["form_key"] = kept.review.form_key


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


def changes_of(review):
    return WorkingCopy.objects.filter(review=review).select_related("review__film").first()


def form_for_picture(request, review, *, bound=False, initial=None):
    """Empty where the picture sent is the one that stands at the head already."""
    if bound and not is_sent_again(request, review):
        data, files = request.POST, request.FILES
    else:
        data, files = None, None
    return ImageForm(
        data, files, prefix="picture", by=request.user, empty_permitted=True, initial=initial
    )


def is_sent_again(request, review):
    hero = review.hero if review.pk else None
    if hero is None:
        return False
    file = request.FILES.get("picture-file")
    if file is None:
        return request.POST.get("picture-kept", "") == hero.key
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return digest == hero.sha256


# Answers that keep nothing


def go_on(request, form, picture, asked):
    """The same form with something more on it: candidates for the film, another theme."""
    form.is_valid()
    if asked == "theme" and ({"theme", "themes"} & form.errors.keys()):
        return form_page(request, form, picture, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    typed = {name: form[name].value() for name in form.fields}
    if asked == "theme":
        typed |= {"themes": form.labels, "theme": ""}
    if asked == "film" and "q" not in request.POST and not form.why_film_stays:
        typed["film"] = ""
    picture = picture_as_typed(request, form.instance, picture)
    if asked.startswith("source-"):
        credit_from(typed, picture, asked.removeprefix("source-"))
    again = WriteForm(instance=fresh(form.instance), initial=typed)
    return form_page(request, again, picture, status=picture_status(picture))


def credit_from(typed, picture, number):
    """Begin a picture's credit with a line of the text that names its source. The line stays
    until its author takes it out: nothing else keeps it while the picture is not there."""
    found = {str(n): source for n, source in enumerate(sources_in(typed["body"] or ""))}
    if number not in found or picture.is_bound:
        return
    source = found[number]
    picture.initial |= {name: value for name, value in source.values.items() if value}
    picture.is_begun = True


def as_stored(request, review):
    """What a verb refused was not stored, though it has a key already."""
    pieces = Review.objects.by(request.user).editable().for_page()
    return pieces.filter(pk=review.pk).first() or new_piece(request)


def fresh(review):
    """As stored: what was typed is in the form."""
    if not review.pk:
        return Review(
            author=review.author, language=review.language, text_license=review.text_license
        )
    return Review.objects.for_page().get(pk=review.pk)


def picture_as_typed(request, review, picture):
    """Without errors for what is not filled in yet; a file that is one is kept."""
    if not picture.is_bound:
        return picture
    picture.is_valid()
    picture.keep_file()
    if "file" in picture.errors and request.FILES.get("picture-file"):
        return picture
    typed = {name: picture[name].value() for name in picture.fields if name != "file"}
    return form_for_picture(request, review, initial=typed)


def picture_status(picture):
    return HTTPStatus.UNPROCESSABLE_ENTITY if picture.is_bound else HTTPStatus.OK


def preview(request, form, picture):
    if not form.is_valid():
        return refused(request, form, picture, is_kept=True)
    picture = picture_as_typed(request, form.instance, picture)
    if picture.is_bound:
        return refused(request, form, picture, is_kept=True)
    review = form.instance
    context = {
        "form": form,
        "picture": picture,
        "review": review,
        "film": form.offered,
        "body": filled_preview(review, form.rendered.image_keys),
        "is_edit": bool(review.published_at),
        "sources": sources_in(review.body),
        "count": in_words.progress(review),
        "drop_picture": "drop_picture" in request.POST,
    }
    return render(request, "reviews/preview.html", context)


def form_page(request, form, picture, *, status=HTTPStatus.OK, errors=()):
    review = form.instance
    context = {
        "form": form,
        "picture": picture,
        "review": review,
        "hero": review.hero if review.pk else None,
        "drop_picture": "drop_picture" in request.POST,
        "film": form.offered,
        "candidates": candidates(request, form),
        "query": request.POST.get("q", "").replace("\0", ""),
        "errors": errors,
        "is_publishing": what_is_asked(request) in ("publish", "schedule"),
        "is_published": review.pk and review.status == Status.PUBLISHED,
        "action": withheld_by(review),
        "hidden_passages": hidden_from(review),
        "count": in_words.progress(review) if review.word_count else None,
        "sources": sources_in(form["body"].value() or ""),
        "zone": in_words.place(request.user.time_zone),
        **beside(request, form, review),
    }
    if request.htmx and request.POST.get("view") == "film":
        return render(request, "reviews/_film_candidates.html", context)
    return render(request, "reviews/write.html", context, status=status)


def beside(request, form, review):
    """What is kept of the piece besides its text, and what the page's script needs."""
    save = reverse("reviews:save", args=[review.pk]) if review.pk else reverse("reviews:save_new")
    copy = None
    if review.pk and not form["copy"].value():
        copy = WorkingCopy.objects.filter(review=review).first()
    return {
        "changes": copy,
        "left": LeftText.objects.filter(review=review).for_desk()[:MOST_LEFT] if review.pk else (),
        "save": save,
        "arrived": () if review.pk else Review.objects.by(request.user).form_keys(),
        "upload_words": uploading_words.words(),
        "editor_words": editor.words(),
    }


def withheld_by(review):
    if review.status not in (Status.HELD, Status.HIDDEN):
        return None
    return review.moderation_actions().about_status().select_related("rule").first()


def candidates(request, form):
    """Films that what was typed may mean."""
    return [] if form.offered else complete_films(request.POST.get("q", ""), CANDIDATES)


# Answers that keep something


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


def refused(request, form, picture, *, first=(), is_kept=False):
    """Everything back, with what to do about it."""
    if picture.is_bound:
        picture.is_valid()
        picture.keep_file()
    errors = [*first, *links(form), *(links(picture) if picture.is_bound else [])]
    form = with_version_of(form)
    if not is_kept and keep_meanwhile(request, as_stored(request, form.instance)):
        form.data = form.data.copy()
        for name in ("version", "copy", "form_key"):
            form.data[name] = request.POST[name]
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    page = form_page(request, form, picture, status=status, errors=errors)
    is_all = picture.limit and picture.errors.keys() == {"file"} and not form.errors
    return picture.limit.refuse(page) if is_all else page


def with_version_of(form):
    """A form whose key was lost on the way gets another, so that it still makes one piece."""
    if not FORM_KEY.fullmatch(form["form_key"].value() or ""):
        form.data = form.data.copy()
        form.data["form_key"] = form.key
    return form


def links(form):
    """(id, error) for the summary above the form."""
    anchors = {"film": "id_film", "rating": "id_rating_0", "themes": "id_themes_0"}
    return [
        (anchors.get(name, form[name].id_for_label or "id_body"), error)
        for name, errors in form.errors.items()
        for error in errors
    ]


def picture_values(data):
    mark = "picture-"
    return {name[len(mark) :]: data[name] for name in data if name.startswith(mark)}


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


# What becomes of it


def own(request, pk):
    pieces = Review.objects.by(request.user).visible_to(request.user).for_page()
    return get_object_or_404(pieces, pk=pk)


@require_http_methods(METHODS)
@login_required
def delete(request, pk):
    review = own(request, pk)
    if request.method != "POST":
        gone_on = timezone.now() + timedelta(days=RESTORE_DAYS)
        context = {"review": review, "hero": review.hero, "gone_on": gone_on}
        return render(request, "reviews/delete.html", context)
    return done(request, review, "delete_by_owner", deleted_message(review))


def deleted_message(review):
    return _("“%(title)s” is deleted. For 14 days you can bring it back from here.") % {
        "title": review
    }


@require_POST
@login_required
def publish(request, pk):
    review = own(request, pk)
    if not review.published_at:
        spend("piece", request.user, back=reverse("reviews:desk"))
    return done(request, review, "publish", _("It is published."))


@require_POST
@login_required
def unpublish(request, pk):
    review = own(request, pk)
    return done(request, review, "unpublish", _("It is a draft again: only you can see it."))


@require_POST
@login_required
def undelete(request, pk):
    review = own(request, pk)
    return done(request, review, "undelete", _("It is back."))


def done(request, review, verb, said):
    """The verb, and back to the desk or to the piece; with its reason where it refuses."""
    try:
        getattr(review, verb)(by=request.user)
    except ValidationError as error:
        for reason in error.messages:
            messages.error(request, reason)
        return redirect(review if review.status != Status.DELETED else "reviews:desk")
    messages.success(request, said_of(review) if review.status == Status.HELD else said)
    return redirect("reviews:desk" if review.status != Status.PUBLISHED else review)
