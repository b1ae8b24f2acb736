import tempfile

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from reviews.exporters import archive
from reviews.models import Export
from users.addresses import origin
from users.limits import spend

IN_MEMORY = 4 * 1024 * 1024


@require_POST
@login_required
@never_cache
def export(request):
    """Everything that the member made here, as one ZIP: at once, or from the worker."""
    spend("export", request.user, back=reverse("users:settings"))
    if settings.WORKER:
        Export.objects.order(request.user)
        return redirect("reviews:export_state")
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (closed with the answer)
    archive.write(file, request.user, origin(request), timezone.localdate().isoformat())
    file.seek(0)
    return as_zip(file, request.user, timezone.now())


@require_safe
@login_required
@never_cache
def export_state(request):
    """How far the member's copy is. Each has one at most: nobody can ask for another's."""
    found = Export.objects.filter(member=request.user).first()
    return render(request, "reviews/export_state.html", {"export": found})


@require_safe
@login_required
@never_cache
def export_file(request):
    found = get_object_or_404(Export.objects.ready(), member=request.user)
    try:
        file = found.open()
    except FileNotFoundError as error:  # restored from a backup, which holds no copies
        raise Http404 from error
    response = as_zip(file, request.user, found.made_at)
    response.headers["Content-Length"] = found.bytes
    return response


def as_zip(file, member, made_at):
    name = f"afterimage-{member.username}-{timezone.localdate(made_at)}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
