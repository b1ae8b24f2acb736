"""Two texts of one piece: both, and a way to keep either or both."""

from http import HTTPStatus

from django.shortcuts import render

from reviews.comparing import marked_apart
from reviews.forms import WriteForm
from reviews.models import LeftText, Review


def conflict(request, saved, data, picture, *, beside=None):
    """The page about `saved` and what `data` holds, which is not stored in its place. It is kept
    among the texts that were left: whoever closes the page now has lost nothing.

    `beside` is the working copy that `saved` was read from, if it was.
    """
    mine = mine_of(saved, data)
    left = LeftText.objects.leave(mine.instance, of=stored_of(saved), version=mine.based_on)
    again = data.copy()
    if beside:
        again["copy"] = str(beside.version)
    else:
        again["version"] = str(saved.version)
    apart = again.copy()
    apart["form_key"], apart["version"], apart["copy"], apart["window"] = "", "1", "0", ""
    texts = marked_apart(saved.body, mine.instance.body)
    context = {
        "saved": saved,
        "saved_text": texts[0],
        "mine": mine.instance,
        "mine_text": texts[1],
        "begun_from": mine.cleaned_data.get("copy" if beside else "version"),
        "mine_form": WriteForm(again, instance=saved, is_carried=True),
        "another_form": WriteForm(apart, instance=blank(saved), is_carried=True),
        "left": left,
        "picture": picture,
        "beside": beside,
        "is_published": bool(saved.published_at),
    }
    return render(request, "reviews/conflict.html", context, status=HTTPStatus.CONFLICT)


def mine_of(saved, data):
    form = WriteForm(data, instance=Review.objects.for_page().get(pk=saved.pk), is_carried=True)
    form.publishing = False
    form.is_valid()
    return form


def stored_of(saved):
    return Review(pk=saved.pk, author_id=saved.author_id)


def blank(saved):
    author = saved.author
    return Review(author=author, language=saved.language, text_license=author.text_license)
