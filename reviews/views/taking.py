from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from reviews.exporters.markdown_file import markdown_for_reader
from reviews.models import Review
from reviews.views.reading import taken_away
from users.addresses import origin


@require_safe
def essay_markdown(request, slug):
    """An essay to take along, by whoever may read its page."""
    return piece_markdown(request, slug=slug)


@require_safe
def note_markdown(request, pk):
    return piece_markdown(request, pk=pk)


def piece_markdown(request, **where):
    review = Review.objects.visible_to(request.user).for_page().filter(**where).first()
    if review is None:
        return taken_away(request, where)
    if "pk" in where and review.is_essay and review.slug:
        return redirect(review.get_markdown_url(), permanent=True)
    name = review.slug or f"{review.kind}-{review.pk}"
    response = HttpResponse(
        markdown_for_reader(review, origin(request)), "text/markdown; charset=utf-8"
    )
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.md")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
