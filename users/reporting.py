"""What can be reported, and by which name an address calls it."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from users.models import Moderated, User

HEADINGS = {
    "essay": _("Report an essay"),
    "note": _("Report a note"),
    "comment": _("Report a reply"),
    "image": _("Report a picture"),
    "film": _("Report a film’s page"),
    "user": _("Report a member"),
}


def reportable(kind, pk):
    """The row, as long as everybody can see it; else 404."""
    if kind == "member":
        row = User.objects.members().filter(pk=pk).first()
    else:
        models = {model._meta.model_name: model for model in Moderated.__subclasses__()}
        row = kind in models and models[kind]._default_manager.filter(pk=pk).first()
        row = row if row and row.is_public else None
    if row is None:
        raise Http404
    return row


def heading_of(row):
    return HEADINGS[getattr(row, "kind", row._meta.model_name)]


def belongs_to(row, user):
    return row == user or (isinstance(row, Moderated) and row.is_owned_by(user))
