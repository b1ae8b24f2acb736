"""What a form held that could not be taken: given back on a page that can send it again.

Nothing is stored. After a sign-in in another tab the page's token is too old: then it comes back
once more, with a good one.
"""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render

from config.context import takes_get


def typed_fields(request):
    """(name, value) of all that was typed, but for what no page may repeat."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]


def is_for_members(view):
    """Whether `login_required` stands on it: Django reads the same mark."""
    return hasattr(view, "redirect_field_name")


def given_back(request):
    if request.htmx and not takes_get(request.resolver_match.func):  # a vote: nothing is typed
        return HttpResponse(status=HTTPStatus.FORBIDDEN, headers={"HX-Refresh": "true"})
    typed = typed_fields(request)
    texts = [pair for pair in typed if len(pair[1].split()) > 1]
    text = max(texts, key=lambda pair: len(pair[1]), default=None)
    context = {
        "text": text,
        "typed": [pair for pair in typed if pair is not text],
        "had_file": bool(request.FILES),
    }
    response = render(request, "403_typed.html", context, status=HTTPStatus.FORBIDDEN)
    response.headers["Cache-Control"] = "no-store"
    return response
