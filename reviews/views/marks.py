from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from reviews.models import Mark, Review
from users.limits import spend


@require_POST
@login_required
def mark(request, pk):
    """One kind at a time, and which way: a press that is sent twice says nothing else."""
    review = get_object_or_404(Review.objects.published(), pk=pk)
    wanted = {kind: request.POST.get(kind) for kind in Mark.Kind.values}
    chosen = [(kind, value) for kind, value in wanted.items() if value in ("yes", "no")]
    if len(chosen) != 1:
        return HttpResponse(status=422)
    spend("vote", request.user, back=review.get_absolute_url())
    ((kind, value),) = chosen
    verb = Mark.objects.give if value == "yes" else Mark.objects.take_back
    verb(review, by=request.user, kind=kind)
    return redirect(f"{review.get_absolute_url()}#coda")
