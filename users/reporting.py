"""What can be reported, and by which name an address calls it."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from users.models import Moderated, Reportable

HEADINGS = {
    "essay": _("Report an essay"),
    "note": _("Report a note"),
    "comment": _("Report a reply"),
    "afterthought": _("Report an afterthought"),
    "image": _("Report a picture"),
    "film": _("Report a film’s page"),
    "theme": _("Report a theme"),
    "person": _("Report a person’s page"),
    "user": _("Report a member"),
}


def reportable(kind, pk):
    """The row, as long as everybody can see it; else 404."""
    bases = (*Moderated.__subclasses__(), *Reportable.__subclasses__())
    models = {model._meta.model_name: model for model in bases}
    row = models[kind]._default_manager.filter(pk=pk).first() if kind in models else None
    if row is None or not row.is_public:
        raise Http404
    return row


def heading_of(row):
    return HEADINGS[getattr(row, "kind", row._meta.model_name)]
