"""The yardstick, a view of 30 kB that does nothing, without middleware: settings and addresses of
a site that has nothing else."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

ROOT_URLCONF = __name__
ALLOWED_HOSTS = ["127.0.0.1"]
SECRET_KEY = "the yardstick keeps no secret"

PAGE = "<!doctype html><title>Empty</title>" + "<p>Nothing at all.</p>" * 1_360


@require_GET
def empty(request):
    return HttpResponse(PAGE)


urlpatterns = [path("", empty)]
