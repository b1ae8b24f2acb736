"""The page on which pictures come in: files first, then the record of each."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from films import previews
from films.forms import ImageForm
from films.models import Film, Image
from films.uploading_words import words
from films.uploads import FilmShelf, Uploads

METHODS = ["GET", "HEAD", "POST"]
CARRIED = "credit_begun"
NAMES, PLACES = "names_of_files", "places_of_files"
MOST_NAMES = 100


@require_http_methods(METHODS)
@login_required
def image_upload(request):
    film = Film.objects.published().at(request.GET.get("film", "").replace("\0", ""))
    if film is None:
        raise Http404
    address = f"{reverse('films:image_upload')}?{urlencode({'film': film.slug})}"
    back = f"{film.get_absolute_url()}#pictures"
    context = {"film": film, "action": address, "back": back}
    return upload_desk(request, FilmShelf(film), "films/image_upload.html", context)


@require_http_methods(METHODS)
@login_required
def image_add(request, slug):
    """The address from before several came in at once."""
    film = get_object_or_404(Film.objects.published(), slug=slug)
    return redirect(f"{reverse('films:image_upload')}?{urlencode({'film': film.slug})}")


def upload_desk(request, shelf, template, context):
    """`context` has `action`, where the form is sent, and `back`, where it leads to."""
    uploads = Uploads(request.user, shelf, names=request.session.get(NAMES, {}).copy())
    if request.method != "POST":
        uploads.begin(request.GET.getlist("row"), request.session.get(CARRIED))
        return desk_page(request, uploads, template, context)
    if "alone" in request.POST:  # a file that the page's script sends
        uploads.begin_beside(request.POST.getlist("row"))
        uploads.take(request.FILES.getlist("files"))
        remember(request, uploads, context["action"])
        rows = {"rows": uploads.rows, "refused": uploads.refused}
        return answered(uploads, render(request, "films/_upload_rows.html", rows))
    request.session.pop(CARRIED, None)  # it came along
    is_sent = "ready" in request.POST
    uploads.begin(request.POST.getlist("row"), request.POST, is_sent=is_sent)
    if "drop" in request.POST:
        uploads.drop(request.POST["drop"])
    if is_sent:
        uploads.complete()
    files = request.FILES.getlist("files")
    uploads.take(files)
    remember(request, uploads, context["action"])
    if "send" in request.POST and not files:
        messages.error(request, _("Choose the files first."))
    if uploads.added:
        messages.success(request, said_of(len(uploads.added)))
        if not uploads.rows and not uploads.refused:
            return redirect(context["back"])
    return answered(uploads, desk_page(request, uploads, template, context))


@require_POST
@login_required
def image_keep(request):
    """The file for the head of a piece, which comes by itself while its author goes on writing:
    kept for them alone, or why not."""
    form = ImageForm(QueryDict(mutable=True), request.FILES, prefix="picture", by=request.user)
    form.is_valid()
    if "file" in form.errors:
        said = {"said": " ".join(form.errors["file"])}
        answer = JsonResponse(said, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return form.limit.refuse(answer) if form.limit else answer
    image = form.keep_file()
    previews.keep(image, form.picture)
    return JsonResponse(
        {
            "key": image.key,
            "preview": reverse("films:image_preview", args=[image.key]),
            "width": image.width,
            "height": image.height,
            "fields": form.found_values() | {"changes": image.changes},
        }
    )


def carry_credit(request, key, typed):
    """Let the row of this picture begin with what was typed for it elsewhere. In the session: a
    proof may be longer than an address, and stands in no log."""
    request.session[CARRIED] = {f"{key}-{name}": value for name, value in typed.items() if value}


def remember(request, uploads, address):
    """What the files are called and where they were sent, for whoever comes back; the newest."""
    names, places = request.session.get(NAMES, {}), request.session.get(PLACES, {})
    come = [key for key in uploads.names if key not in names]
    if come:
        request.session[NAMES] = newest(uploads.names)
        request.session[PLACES] = newest(places | dict.fromkeys(come, address))


def newest(found):
    return dict(list(found.items())[-MOST_NAMES:])


def way_on(request, image):
    """Where this upload is completed: the page that it was sent to, if that was in this session."""
    address = request.session.get(PLACES, {}).get(image.key)
    if not address:
        return ""
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'row': image.key})}"


def answered(uploads, response):
    if uploads.limit:
        return uploads.limit.refuse(response)
    if uploads.refused or uploads.wrong:
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return response


def said_of(count):
    return ngettext(
        "One picture is in its place.", "%(count)d pictures are in their place.", count
    ) % {"count": count}


def desk_page(request, uploads, template, context):
    context = context | {
        "rows": uploads.rows,
        "refused": uploads.refused,
        "wrong": uploads.wrong,
        "words": words(),
    }
    return render(request, template, context)


@require_safe
@login_required
def image_preview(request, key):
    image = get_object_or_404(Image.objects.drafts().by(request.user), key=key)
    try:
        data = previews.drawn(image)
    except (OSError, ValidationError) as error:  # it was let in by older rules
        raise Http404 from error
    except previews.Busy:
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": 5})
    response = HttpResponse(data, content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response
