from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from films import citing
from films.forms import ImageForm
from films.models import Film, Image
from films.structured import image_object, preview_image
from users.gone import gone
from users.limits import LimitReached, spend

USES_SHOWN = 12


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def image_add(request, slug):
    film = get_object_or_404(Film.objects.published(), slug=slug)
    if request.method == "POST":
        form = ImageForm(request.POST, request.FILES, by=request.user)
        if not form.is_valid():
            return picture_back(request, film, form)
        try:
            spend("picture", request.user)
        except LimitReached as limit:
            form.add_error(None, limit.advice)
            return limit.refuse(picture_back(request, film, form))
        image = form.save()
        image.publish(by=request.user)
        film.add_image(image, by=request.user)
        messages.success(request, _("The picture is on the film’s page."))
        if "another" in request.POST:
            return redirect("films:image_add", film.slug)
        return redirect(f"{film.get_absolute_url()}#pictures")
    context = {"film": film, "form": ImageForm(by=request.user)}
    return render(request, "films/image_add.html", context)


def picture_back(request, film, form):
    form.keep_file()
    context = {"film": film, "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "films/image_add.html", context, status=status)


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
        "films": Film.objects.published().showing(image)[:USES_SHOWN],
        "essays": image.reviews.published().newest_first().for_cards()[:USES_SHOWN],
        "address": request.build_absolute_uri(image.get_absolute_url()),
    }
    if image.is_public:
        context["structured"] = image_object(image, request)
        context["preview"] = preview_image(image, request)
    return render(request, "films/image.html", context)
