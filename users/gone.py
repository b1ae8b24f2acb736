"""The answer at an address where something stood: what it was, and who took it away."""

from http import HTTPStatus

from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from users.moderation import Status, Verb

STOOD = {
    "essay": _("An essay stood here"),
    "note": _("A note stood here"),
    "image": _("A picture stood here"),
    "film": _("A film stood here"),
    "comment": _("A comment stood here"),
}


def gone(request, row):
    """410 for a moderated row that is removed or deleted. Nothing of its own text is shown."""
    kind = getattr(row, "kind", row._meta.model_name)
    film = getattr(row, "film", None)
    removed = row.status == Status.REMOVED
    actions = row.moderation_actions().filter(verb=Verb.REMOVE).select_related("rule")
    context = {
        "stood": STOOD.get(kind, _("Something stood here")),
        "action": actions.first() if removed else None,
        "by_author": not removed,
        "film": film if film is not None and film.is_published else None,
    }
    return render(request, "410.html", context, status=HTTPStatus.GONE)
