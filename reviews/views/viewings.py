from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from films.models import Film
from reviews.forms import RatingForm, SeenForm
from reviews.models import Rating, Viewing
from users.limits import spend


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
    data = form.cleaned_data
    if data["seen"] == "no":
        Viewing.objects.forget(film, by=request.user)
    else:
        Viewing.objects.see(
            film, by=request.user, seen_on=data["seen_on"], precision=data["seen_precision"]
        )
    return back(request, film)


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
