"""What readers find in place of a passage that staff have hidden, and its author beside it."""

from django.template.loader import render_to_string
from django.utils.translation import ngettext

from reviews import counting, markdown
from reviews.models import HiddenPassage
from users.moderation import Status


def with_passages(html):
    """Stored HTML with what is said of each hidden passage in its place; one query if there is
    any."""
    keys = markdown.passage_keys(html)
    if not keys:
        return html
    rows = HiddenPassage.objects.in_force().for_reading().in_bulk(keys)

    def draw(key, is_block):
        row = rows.get(key)
        if row is None:
            return ""
        context = {"action": row.action, "size": size_of(row), "is_block": is_block}
        return render_to_string("reviews/_hidden_passage.html", context).strip()

    return markdown.fill_passages(html, draw)


def size_of(passage):
    if counting.is_counted_in_characters(passage.review.language):
        said = ngettext("%(count)d character", "%(count)d characters", passage.word_count)
    else:
        said = ngettext("%(count)d word", "%(count)d words", passage.word_count)
    return said % {"count": passage.word_count}


def hidden_from(review):
    """What is hidden in a piece, for its author; nothing is asked about a draft that never was
    more."""
    if not review.published_at and review.status == Status.DRAFT:
        return []
    return list(review.hidden_passages.in_force().for_reading().order_by("pk"))
