"""The pictures that a member added, with what became of each."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import ProtectedError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from films.models import FilmImage, Image
from films.views.uploads import way_on
from reviews.models import Review, ReviewImage
from users.moderation import Status
from users.paging import Order, PositionError, page_of

NEWEST = Order("pictures", (("pk", True),))
PAGE = 24
USES_SHOWN = 3  # of each; all of them are on its own page
MOST_USES = 500  # of one page


@require_safe
@login_required
def own_pictures(request):
    rows = own(request.user).with_credit()
    try:
        page, is_lost = page_of(rows, NEWEST, request.GET.get("after", ""), PAGE), False
    except PositionError:
        page, is_lost = page_of(rows, NEWEST, "", PAGE), True
    add_uses(page.items, request.user)
    for image in page:
        image.can_correct = image.is_correctable_by(request.user)
        image.way_on = way_on(request, image) if image.is_waiting else ""
    return render(request, "reviews/own_pictures.html", {"page": page, "is_lost": is_lost})


def own(user):
    """Whatever became of them, but for what was deleted longer ago than it may come back."""
    return Image.objects.by(user).visible_to(user)


def add_uses(images, user):
    """Each gets `uses`, some films and texts where it stands, and whether there are `more`."""
    found = {image.pk: [] for image in images}
    texts = ReviewImage.objects.filter(image__in=found, review__in=Review.objects.visible_to(user))
    films = FilmImage.objects.filter(image__in=found, film__status=Status.PUBLISHED)
    for row in texts.select_related("review__film").order_by("-pk")[:MOST_USES]:
        if row.review not in found[row.image_id]:  # at its head and in its text
            found[row.image_id].append(row.review)
    for row in films.select_related("film").order_by("-pk")[:MOST_USES]:
        found[row.image_id].append(row.film)
    for image in images:
        uses = found[image.pk]
        image.uses, image.more = uses[:USES_SHOWN], len(uses) > USES_SHOWN


@require_POST
@login_required
def picture_remove(request, key):
    """Out of every page; for two weeks it may come back. An upload without a credit is dropped."""
    image = get_object_or_404(own(request.user), key=key)
    try:
        if image.is_waiting:
            image.discard()
        elif image.status == Status.REMOVED:
            raise PermissionDenied
        else:
            image.delete_by_owner(by=request.user)
    except ProtectedError:
        messages.error(request, _("It stands in a text of yours. Take it out there first."))
    except (PermissionDenied, ValidationError):
        messages.error(request, _("It cannot be removed now: look at what became of it."))
    else:
        messages.success(request, _("The picture is removed."))
    return redirect("reviews:own_pictures")


@require_POST
@login_required
def picture_restore(request, key):
    image = get_object_or_404(own(request.user), key=key)
    try:
        image.undelete(by=request.user)
    except (PermissionDenied, ValidationError):
        messages.error(request, _("It cannot come back: look at what became of it."))
    else:
        messages.success(request, _("It is back."))
    return redirect("reviews:own_pictures")
