"""Writing a piece: the form, and what it was sent for."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reviews.forms import WriteForm
from reviews.models import Review, WorkingCopy
from reviews.views.form_pages import form_page, go_on, preview, refused
from reviews.views.storing import add_missing_film, keep, settle, to_pictures
from reviews.views.typed import (
    begun_before,
    form_for_picture,
    keep_meanwhile,
    new_piece,
    what_is_asked,
)

STORING = {"publish", "draft", "schedule", "add"}
METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
@login_required
def write(request):
    return writing_desk(request, begun_before(request) or new_piece(request))


@require_http_methods(METHODS)
@login_required
def edit(request, pk):
    pieces = Review.objects.by(request.user)
    gone = request.method == "POST" and pieces.gone().filter(pk=pk).first()
    if gone:
        return begin_again(request, gone)
    return writing_desk(request, get_object_or_404(pieces.editable().for_page(), pk=pk))


def begin_again(request, gone):
    """The piece of this form is gone: what was typed is a draft of its own."""
    piece = new_piece(request)
    if gone.label_in_force:  # a box that staff have fixed is not sent along
        request.POST = request.POST.copy()
        request.POST["is_spoiler"] = "on"
    begun = keep_meanwhile(request, piece)
    if begun is None:
        form = WriteForm(request.POST, instance=piece)
        form.is_valid()
        return refused(request, form, form_for_picture(request, piece))
    said = _(
        "The piece was deleted or removed meanwhile. What you wrote is a draft of its own now."
    )
    messages.warning(request, said)
    return redirect("reviews:edit", begun.pk)


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
