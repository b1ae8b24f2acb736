import tempfile

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from reviews.exporters import archive
from users.limits import spend

IN_MEMORY = 4 * 1024 * 1024


@require_POST
@login_required
@never_cache
def export(request):
    """Everything that the member made here, as one ZIP."""
    spend("export", request.user, back=reverse("users:settings"))
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (closed with the answer)
    origin = settings.SITE_ORIGIN or f"{request.scheme}://{request.get_host()}"
    today = timezone.localdate()
    archive.write(file, request.user, origin, today.isoformat())
    file.seek(0)
    name = f"afterimage-{request.user.username}-{today}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
