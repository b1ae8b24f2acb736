"""What becomes of a piece besides its text, by its writer."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews.models import Review
from reviews.views.storing import said_of
from users.limits import spend
from users.models import Status
from users.moderation import RESTORE_DAYS

METHODS = ["GET", "HEAD", "POST"]


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
