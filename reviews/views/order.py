from datetime import UTC, datetime, timedelta

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import in_words
from reviews.models import Review
from reviews.order import HOURS_A_DAY, MOST_NEW, NEW_FOR


@require_safe
def essay_why(request, slug):
    """Why it stands where it stands in the lists of its film and themes."""
    rows = Review.objects.published().essays().select_related("author", "film")
    review = get_object_or_404(rows.defer("body", "html"), slug=slug)
    terms = review.terms()
    new_until = review.published_at + NEW_FOR
    context = {
        "review": review,
        "marks_days": round(terms.marks / HOURS_A_DAY),
        "length_days": round(terms.length / HOURS_A_DAY),
        "stands": datetime.fromtimestamp(0, UTC) + timedelta(hours=terms.rank),
        "length": in_words.length(review),
        "most_new": MOST_NEW,
        "new_until": new_until if new_until > timezone.now() else None,
    }
    return render(request, "reviews/essay_why.html", context)
