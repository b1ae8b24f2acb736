from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.views.decorators.http import require_http_methods, require_safe


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def settings(request):
    raise Http404


@require_safe
def log(request):
    raise Http404


@require_safe
def log_entry(request, pk):
    raise Http404
