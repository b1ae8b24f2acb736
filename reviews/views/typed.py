"""What a form of a piece holds: kept meanwhile, and its picture."""

import hashlib
from http import HTTPStatus

from films.forms import ImageForm
from reviews.autosaving import NotKept, keep_typed
from reviews.forms import FORM_KEY
from reviews.models import Review, StaleCopy, WorkingCopy
from reviews.models.storing import StaleText


def what_is_asked(request):
    if "publish" in request.POST:
        return "publish"
    asked = request.POST.get("view", "draft")
    is_dated = request.POST.get("publish_on") or request.POST.get("publish_time")
    return "schedule" if asked == "draft" and is_dated else asked


def new_piece(request):
    user = request.user
    return Review(author=user, language=user.language, text_license=user.text_license)


def begun_before(request):
    """The piece that this very form has made already, if it is sent once more."""
    key = request.POST.get("form_key", "")
    if not FORM_KEY.fullmatch(key):
        return None
    return Review.objects.by(request.user).editable().for_page().filter(form_key=key).first()


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


def changes_of(review):
    return WorkingCopy.objects.filter(review=review).select_related("review__film").first()


# The picture at its head


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


def picture_values(data):
    mark = "picture-"
    return {name[len(mark) :]: data[name] for name in data if name.startswith(mark)}
