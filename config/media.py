"""Uploaded files of an installation that keeps them in a folder."""

import posixpath

from django.conf import settings
from django.http import Http404
from django.views.decorators.http import require_safe
from django.views.static import serve

from films.models import Image


@require_safe
def media(request, path):
    # What was uploaded is never served, only the files that we wrote from it; of these those that
    # a picture has now, not what the store kept of an earlier credit or of one taken down.
    name = posixpath.normpath(path).lstrip("/")
    if not name.startswith("images/") or not Image.objects.has_open(name):
        raise Http404
    try:
        response = serve(request, path, document_root=settings.MEDIA_ROOT)
    except OSError as error:  # a name longer than any file's
        raise Http404 from error
    # A file's name has its content's hash in it: another content, another name.
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Feed readers in a browser show our pictures on pages of their own.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
