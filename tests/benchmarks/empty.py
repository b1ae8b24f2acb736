"""The yardstick: a view of 30 kB that does nothing, without middleware."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

PAGE = "<!doctype html><title>Empty</title>" + "<p>Nothing at all.</p>" * 1_360


@require_GET
def empty(request):
    return HttpResponse(PAGE)


urlpatterns = [path("empty/", empty)]
