from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from films.views.uploads import upload_desk
from reviews.models import Review
from reviews.shelves import PieceShelf


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def piece_pictures(request, pk):
    review = get_object_or_404(Review.objects.by(request.user).editable().for_page(), pk=pk)
    shelf = PieceShelf(review)
    back = reverse("reviews:edit", args=[review.pk])
    context = {
        "review": review,
        "action": reverse("reviews:piece_pictures", args=[review.pk]),
        "back": f"{back}?changes=1" if review.published_at else back,
    }
    response = upload_desk(request, shelf, "reviews/piece_pictures.html", context)
    for line in shelf.unplaced:
        said = _("The text was saved in another window meanwhile. Put this line into it: %(line)s")
        messages.warning(request, said % {"line": line})
    return response
