"""Where pictures of a piece stand: at its head, or as figures in the text that is kept of it."""

from django.db import transaction
from django.http import QueryDict

from reviews import markdown
from reviews.autosaving import NotKept, keep_typed, keys_in
from reviews.forms.pictures import PieceCreditForm
from reviews.forms.writing import WriteForm
from reviews.models import Quotation, Review, StaleCopy, WorkingCopy
from reviews.models.storing import StaleText


class PieceShelf:
    form_class = PieceCreditForm

    def __init__(self, review):
        self.review = review
        copy = kept_beside(review)
        text = copy.fields.get("body", "") if copy else review.body
        self.options = {"review": review, "text": text, "heads": set()}
        self.unplaced = []  # lines that the text could not take

    def has(self, sha256):
        """A line may stand twice, and a still may be quoted for two passages."""
        return False

    def add(self, form):
        """Nobody else sees it before the piece is published, or published anew."""
        image = form.save()
        if form.is_for_head:
            self.put_at_head(image)
            return
        passage = form.cleaned_data["passage"]
        if passage:
            Quotation.objects.quote(image, review=self.review, passage=passage)
        try:
            self.put_in_text(image, passage)
        except (NotKept, StaleText, StaleCopy):
            self.unplaced.append(line_of(image))

    @transaction.atomic
    def put_at_head(self, image):
        review = Review.objects.select_for_update().get(pk=self.review.pk)
        review.set_images(image, keys_in(review.html))

    def put_in_text(self, image, passage):
        """By the way of everything that is typed: into a draft, or into what is kept beside what
        readers see."""
        review = Review.objects.for_page().get(pk=self.review.pk)
        typed = typed_fields(review)
        if line_of(image) in typed["body"]:
            return
        typed["body"] = with_line(typed["body"], line_of(image), passage)
        keep_typed(typed, review)


def kept_beside(review):
    """Changes that are not published; of a draft there are none."""
    return WorkingCopy.objects.filter(review=review).first()


def line_of(image):
    return f"![](image:{image.key})"


def typed_fields(review):
    """What the form of the piece would send, as it is kept now."""
    copy = kept_beside(review)
    initial = copy.fields | {"copy": copy.version} if copy else {}
    form = WriteForm(instance=review, initial=initial, is_carried=True)
    data = QueryDict(mutable=True)
    for name in form.fields:
        value = form[name].value()
        if isinstance(value, list | tuple):
            data.setlist(name, [str(one) for one in value])
        elif value not in (None, False, ""):
            data[name] = str(value)
    data.setdefault("body", "")
    return data


def with_line(body, line, passage):
    """The text with a line of its own: after the paragraph of the passage, or at the end."""
    found = markdown.spans(body, [markdown.Passage(1, passage)]) if passage else []
    end = body.find("\n\n", found[-1].end) if found else -1
    if end < 0:
        return f"{body.rstrip()}\n\n{line}\n".lstrip()
    return f"{body[:end]}\n\n{line}{body[end:]}"
