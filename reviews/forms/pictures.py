"""The record of a picture that comes in for a piece: also where it stands, and what it quotes."""

from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from films.credit_form import BASES, CreditForm, UntouchedField
from films.images import QUOTED_SIDE
from films.models.image import QUOTATION
from reviews.models.quotation import stands_in
from users.prose_field import ProseField

SHORTEST_PASSAGE = 8  # characters; some say much with few


class PieceCreditForm(CreditForm):
    bases = [*BASES, ("quotation", _("A film still, quoted"))]

    place = UntouchedField(
        label=_("Where it stands"),
        required=False,
        initial="text",
        choices=[("text", _("In the text")), ("head", _("At the head"))],
        widget=forms.RadioSelect,
        help_text=_(
            "In the text it comes at the end, a quoted still below its sentences; move its line to "
            "where it belongs."
        ),
    )
    passage = ProseField(
        label=_("The passage that discusses it"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "short"}),
        help_text=_(
            "Some sentences of yours, copied from the text. The still stands below them, 800 "
            "pixels wide at most, and goes when they go. Its title and its maker are filled in "
            "from the film if you leave them out."
        ),
    )

    def __init__(self, *args, review, text, heads, **kwargs):
        """`heads` is what the forms of one page have in common: which of them are for the head."""
        self.review, self.text, self.heads = review, text, heads
        super().__init__(*args, **kwargs)
        if review.published_at:  # its head is changed with the rest of it
            del self.fields["place"]
        elif review.hero:
            words = _("“%(title)s” stands at the head now; another takes its place.")
            self.fields["place"].help_text = words % {"title": review.hero.title}

    def layout(self):
        place = ["place"] if not self.review.published_at else []
        basis, *rest = super().layout()
        return (*place, basis, Div("passage", css_class="by-quotation"), *rest)

    def fill_in(self, data):
        super().fill_in(data)
        if data["basis"] != "quotation":
            self.leave_out(data, "passage")
            return
        self.leave_out(data, "license", "source_url")
        data["license"] = self.licenses.get(QUOTATION)
        film = self.review.film
        if film is None:
            return
        data["title"] = data.get("title") or _now("Still from %(film)s") % {"film": film.title}
        if not data.get("creator_is_unknown"):
            data["creator_name"] = data.get("creator_name") or film.card_director[:120]
        image = self.instance
        if max(image.width, image.height) > QUOTED_SIDE and data.get("changes") in (
            "",
            image.changes,
        ):
            data["changes"] = f"scaled to {QUOTED_SIDE} pixels"

    def demands(self, data):
        yield from super().demands(data)
        if data.get("place") == "head":
            self.heads.add(self.prefix)
            fits = self.heads == {self.prefix}
            yield "place", fits, _("Another of these goes to the head already. One fits there.")
        if data["basis"] != "quotation":
            return
        passage = data.get("passage", "")
        yield "basis", self.review.film, _("Say first which film the text is on: it is quoted.")
        yield "passage", passage, _("Copy the passage of your text that discusses it.")
        yield (
            "passage",
            not passage or stands_in(self.text, passage),
            _("These words are not in the text as it is saved."),
        )
        is_long = len(passage) >= SHORTEST_PASSAGE
        yield "passage", not passage or is_long, _("Copy some sentences: a still needs more.")
        is_at_head = data.get("place") == "head"
        yield "place", not is_at_head, _("What is quoted stands in the text, at its passage.")

    @property
    def is_for_head(self):
        return self.cleaned_data.get("place") == "head"
