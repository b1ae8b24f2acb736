from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from films import undoing
from films.models import Film
from films.title_cards import CARD_FIELDS
from reviews.forms import RatingForm, SeenForm
from reviews.models import Rating, Viewing
from users.columns import along
from users.limits import spend
from users.moderation import Status
from users.paging import Order, PositionError, page_of

KEPT = Order("kept", (("kept_at", True), ("pk", True)))
PAGE_SIZE = 30


@require_POST
@login_required
def rate(request, slug):
    film = get_object_or_404(Film.objects.published(), slug=slug)
    form = RatingForm(request.POST)
    if "rating" not in request.POST or not form.is_valid():
        return refused(request, film, _("Choose half a star to five stars, or no rating."))
    spend("vote", request.user, back=film.get_absolute_url())
    Rating.objects.rate(film, by=request.user, value=form.cleaned_data["rating"])
    return back(request, film)


@require_POST
@login_required
def see(request, slug):
    film = get_object_or_404(Film.objects.published(), slug=slug)
    form = SeenForm(request.POST)
    if not form.is_valid():
        first = next(iter(form.errors.values()))[0]
        return refused(request, film, first)
    spend("vote", request.user, back=film.get_absolute_url())
    data, member = form.cleaned_data, request.user
    if data["seen"] == "undo":
        if state := undoing.take(request, film):
            Viewing.objects.bring_back(film, by=member, state=state)
            messages.success(request, _("It is as it was before."))
        else:
            messages.info(request, _("There is nothing left to undo."))
        return back(request, film)
    undoing.remember(request, film, Viewing.objects.state(film, by=member))
    if data["seen"] == "no":
        Viewing.objects.forget(film, by=member)
    else:
        Viewing.objects.see(
            film,
            by=member,
            seen_on=data["seen_on"],
            precision=data["seen_precision"],
            is_unfinished=data["seen"] == "unfinished",
        )
    return back(request, film)


@require_POST
@login_required
def forget(request, pk):
    """One time that a film was seen; the others stay."""
    mine = request.user.viewings.filter(film__status=Status.PUBLISHED).select_related("film")
    viewing = get_object_or_404(mine, pk=pk)
    film = viewing.film
    spend("vote", request.user, back=film.get_absolute_url())
    undoing.remember(request, film, Viewing.objects.state(film, by=request.user))
    Viewing.objects.forget(film, by=request.user, time=viewing)
    return back(request, film)


@require_POST
@login_required
def keep(request, slug):
    film = get_object_or_404(Film.objects.published(), slug=slug)
    spend("vote", request.user, back=film.get_absolute_url())
    if request.POST.get("keep") == "yes":
        film.keepings.get_or_create(member=request.user)
    else:
        film.keepings.filter(member=request.user).delete()
    return back(request, film)


@require_safe
@login_required
def later(request):
    """Films that the member keeps for later, the newest first. Nobody else sees them."""
    rows = request.user.keepings.filter(film__status=Status.PUBLISHED).select_related("film")
    rows = rows.only("member", "kept_at", *along("film", CARD_FIELDS))
    try:
        page, is_lost = page_of(rows, KEPT, request.GET.get("after", ""), PAGE_SIZE), False
    except PositionError:
        page, is_lost = page_of(rows, KEPT, "", PAGE_SIZE), True
    context = {"page": page, "is_lost": is_lost, "undo": undoing.offered(request)}
    return render(request, "reviews/later.html", context)


def back(request, film):
    """Where it was said, if that is a page of this site; else the film's."""
    wanted = request.POST.get("next", "")
    # `redirect` would take a word without a slash for the name of a view.
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, request.is_secure()
    ):
        return redirect(wanted)
    return redirect(film)


def refused(request, film, reason):
    context = {"film": film, "reason": reason}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "reviews/not_understood.html", context, status=status)
