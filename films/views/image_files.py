from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from films.models import Image
from films.models.files import UNSEEN


@require_safe
def image_file(request, key, name):
    """A file that not everybody may fetch, to those who may. Once everybody may, it has another
    address, to which a page that is still open is led."""
    image = get_object_or_404(Image, key=key)
    file = image.file_called(name)
    if file is None or not (image.is_public or image.files_are_open_to(request.user)):
        raise Http404
    if not file["name"].startswith(f"{UNSEEN}/"):
        return redirect(image.address_of(file))
    try:
        stored = default_storage.open(file["name"])
    except FileNotFoundError as error:  # it was moved in this moment
        raise Http404 from error
    response = FileResponse(stored, content_type=f"image/{file['format']}")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response
