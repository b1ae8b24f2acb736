"""Two texts of one piece: both, and a way to keep either or both."""

from http import HTTPStatus

from django.shortcuts import render

from reviews import differences
from reviews.autosaving import TEXTS, NotKept
from reviews.forms import WriteForm
from reviews.models import LeftText, Review
from reviews.models.left_text import texts_of


def conflict(request, saved, data, picture, *, beside=None):
    """The page about `saved` and what `data` holds, which is not stored in its place. It is kept
    among the texts that were left: whoever closes the page now has lost nothing.

    `beside` is the working copy that `saved` was read from, if it was. Raises NotKept.
    """
    mine = mine_of(saved, data)
    left = left_of(saved, mine)
    again = data.copy()
    again["version"] = str(beside.review.version if beside else saved.version)
    again["copy"] = str(beside.version if beside else mine.cleaned_data.get("copy", 0))
    again["left"] = str(left.pk if left else "")
    apart = again.copy()
    apart["form_key"], apart["version"], apart["copy"], apart["window"] = "", "1", "0", ""
    if mine.instance.is_spoiler:  # a box that staff have fixed is not sent along
        apart["is_spoiler"] = "on"
    texts = compared(saved, mine.instance)
    context = {
        "saved": saved,
        "saved_text": texts[0],
        "mine": mine.instance,
        "mine_text": texts[1],
        "begun_from": mine.cleaned_data.get("copy" if beside else "version"),
        "mine_form": WriteForm(again, instance=saved, is_carried=True),
        "another_form": WriteForm(apart, instance=blank(saved), is_carried=True),
        "picture": picture,
        "drop_picture": "drop_picture" in data,
        "beside": beside,
        "over": mine.window_key if left else "",
        "is_published": bool(saved.published_at),
    }
    return render(request, "reviews/conflict.html", context, status=HTTPStatus.CONFLICT)


def mine_of(saved, data):
    form = WriteForm(data, instance=Review.objects.for_page().get(pk=saved.pk), is_carried=True)
    form.publishing = False
    if not form.is_valid() and any(name in form.errors for name in TEXTS):
        raise NotKept(form)
    return form


def left_of(saved, mine):
    """None where both have the same words, and differ in something else."""
    if texts_of(mine.instance) == texts_of(saved):
        return None
    of = Review(pk=saved.pk, author_id=saved.author_id)
    return LeftText.objects.leave(mine.instance, of=of, version=mine.based_on)


def compared(one, other):
    """Both, as lists of (what it is, paragraph), with what differs marked. Each is shown as it
    was typed: what its author has to choose between may be no more than a mark."""
    made = [], []
    for name in ("title", "lead", "body"):
        texts = [differences.typed_paragraphs(getattr(piece, name)) for piece in (one, other)]
        for side, paragraphs in zip(made, differences.in_full(*texts), strict=True):
            side.extend((name, paragraph) for paragraph in paragraphs)
    return made


def blank(saved):
    author = saved.author
    return Review(author=author, language=saved.language, text_license=author.text_license)
