from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from films import citing
from films.models import Film, Image
from films.structured import image_object, preview_image
from users.addresses import absolute
from users.gone import gone

USES_SHOWN, USES_COUNTED = 12, 100


def first_of(rows):
    """Those that are named, and how many more there are."""
    rows = list(rows[: USES_COUNTED + 1])
    return rows[:USES_SHOWN], max(len(rows) - USES_SHOWN, 0)


@require_safe
def image(request, key):
    image = Image.objects.visible_to(request.user).for_page().filter(key=key).first()
    if image is None:
        removed = Image.objects.filter(key=key).gone().first()
        if removed is None:
            raise Http404
        return gone(request, removed)
    is_credited = image.license is not None and not image.is_taken_down
    context = {
        "image": image,
        "record": citing.as_text(citing.record(image, request)) if is_credited else "",
        "largest": image.largest_file if image.folder else None,
        "correction": image.credit_changes.select_related("by").first(),
        "can_correct": image.is_correctable_by(request.user),
        "films": first_of(Film.objects.published().showing(image)),
        "essays": first_of(image.reviews.published().newest_first().for_cards()),
        "action": None if image.is_published else image.moderation_actions().first(),
        "address": absolute(request, image.get_absolute_url()),
    }
    if image.is_public:
        context["structured"] = image_object(image, request)
        context["preview"] = preview_image(image, request)
    return render(request, "films/image.html", context)
