from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import JsonResponse
from django.urls import Resolver404, resolve
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from reviews.models import Review
from reviews.structured import preview_of
from users.addresses import absolute
from users.models import SiteSettings
from users.visitor_pages import for_anybody

PIECES = {"reviews:essay", "reviews:note"}
DAY, FIVE_MINUTES = 24 * 3600, 300


@require_safe
def oembed(request):
    """What a page of ours is, for sites that show links as more than a line: https://oembed.com"""
    if request.GET.get("format", "json") != "json":
        return refusal(501, "Only format=json is answered.")
    address = request.GET.get("url")
    if not address:
        return refusal(400, "The parameter url is missing.")
    try:
        limits = [int(request.GET.get(name) or 10_000) for name in ("maxwidth", "maxheight")]
    except ValueError:
        return refusal(400, "maxwidth and maxheight are whole numbers.")
    review = piece_at(request, address)
    if review is None:
        return refusal(404, "There is no essay or note at this address.")
    answer = link_to(review, request, *limits)
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
    patch_cache_control(response, **for_anybody(FIVE_MINUTES))
    return response


def refusal(status, says):
    return JsonResponse({"error": says}, status=status)


def piece_at(request, address):
    """The published piece at an address of this site, or None."""
    try:
        parts = urlsplit(address)
        match = resolve(unquote(parts.path))
    except (ValueError, Resolver404):
        return None
    own = {request.get_host(), urlsplit(settings.SITE_ORIGIN).netloc} - {""}
    is_ours = parts.scheme in ("http", "https") and parts.netloc.lower() in own
    if not is_ours or match.view_name not in PIECES or "\0" in unquote(parts.path):
        return None
    return Review.objects.published().for_embed().filter(**match.kwargs).first()


def link_to(review, request, max_width, max_height):
    answer = {
        "version": "1.0",
        "type": "link",
        "title": str(review),
        "author_name": review.author.name,
        "author_url": absolute(request, review.author.get_absolute_url()),
        "provider_name": SiteSettings.site_name(),
        "provider_url": absolute(request, "/"),
        "cache_age": DAY,
    }
    picture = preview_of(review, request)
    if picture and picture.width <= max_width and picture.height <= max_height:
        answer |= {
            "thumbnail_url": picture.url,
            "thumbnail_width": picture.width,
            "thumbnail_height": picture.height,
        }
    return answer
