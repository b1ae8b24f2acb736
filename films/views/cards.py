from contextlib import contextmanager, suppress
from hashlib import blake2b
from threading import BoundedSemaphore, Lock

from django.core.cache import caches
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from films import share_images
from films.models import Film, FormerSlug
from users.limits import spend_at_address
from users.site_settings import SiteSettings

DAY, FIVE_MINUTES = 24 * 3600, 300
AT_ONCE = 3  # one is drawn, which holds up the whole process for a tenth of a second; two wait
one_more, turn = BoundedSemaphore(AT_ONCE), Lock()


class Busy(Exception):
    """So many cards are being drawn that this one has to be asked for again."""


@require_safe
def film_card(request, slug):
    """The picture for previews of links. The address that pages print names its version; any
    other one gets the same picture, and neither draws nor keeps another."""
    film = Film.objects.published().filter(slug=slug).for_share_image().first()
    if film is None:
        published = FormerSlug.objects.filter(film__in=Film.objects.published())
        former = get_object_or_404(published.select_related("film"), slug=slug)
        return redirect(share_images.address_of(former.film), permanent=True)
    cinemas = film.cinemas
    version = share_images.version(film)
    digest = blake2b(
        repr((version, cinemas, SiteSettings.site_name())).encode(), digest_size=16
    ).hexdigest()
    response = get_conditional_response(request, etag=f'"{digest}"')
    if response is None:
        try:
            response = HttpResponse(drawn(request, film, cinemas, digest), "image/png")
        except Busy:
            return HttpResponse(status=503, headers={"Retry-After": 5})
    response.headers["ETag"] = f'"{digest}"'
    # A film that is withdrawn is gone from shared caches within a day.
    seconds = DAY if request.GET.get("v") == version else FIVE_MINUTES
    patch_cache_control(response, public=True, max_age=seconds)
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    # Chats and readers in a browser show it on pages of their own.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def drawn(request, film, cinemas, digest):
    """The PNG, kept since it was first asked for. Raises LimitReached, or Busy."""
    kept = caches["cards"]
    data = kept.get(digest)
    if data is None:
        with in_turn(request):
            # Whoever was before may have drawn it.
            data = kept.get(digest)
            if data is None:
                data = share_images.png(film, cinemas)
                with suppress(OSError):  # of a full disk: it is shown all the same
                    kept.set(digest, data)
    return data


@contextmanager
def in_turn(request):
    """Only what is drawn is spent."""
    if not one_more.acquire(blocking=False):
        raise Busy
    try:
        spend_at_address("card", request)
        with turn:
            yield
    finally:
        one_more.release()
