from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from films.citing import whole_record
from films.correction_form import CorrectionForm
from films.models import Image
from users.gone import gone


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def image_credit(request, key):
    image = get_object_or_404(Image.objects.by(request.user).select_related("license"), key=key)
    if not image.is_correctable_by(request.user):
        raise Http404
    if request.method == "POST":
        form = CorrectionForm(request.POST, by=request.user, instance=image)
        if not form.is_valid():
            return correction(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        if form.save():
            messages.success(request, _("The credit is corrected, in the picture’s files too."))
        else:
            messages.info(request, _("Nothing was changed."))
        return redirect(image)
    return correction(request, CorrectionForm(by=request.user, instance=image))


def correction(request, form, status=HTTPStatus.OK):
    # The form has written what was typed into its own row.
    image = Image.objects.with_credit().get(pk=form.instance.pk)
    return render(request, "films/image_credit.html", {"form": form, "image": image}, status=status)


@require_safe
def image_credit_json(request, key):
    image = Image.objects.visible_to(request.user).with_credit().filter(key=key).first()
    if image is None and (removed := Image.objects.filter(key=key).gone().first()):
        return gone(request, removed)
    if image is None or image.license is None or image.is_taken_down:
        raise Http404
    answer = JsonResponse(
        whole_record(image, request), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    if image.is_public:
        answer.headers["Access-Control-Allow-Origin"] = "*"  # it is there to be taken along
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
