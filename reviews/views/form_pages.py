"""The form of a piece as it comes back: as it was typed, with something more on it, or refused."""

from http import HTTPStatus

from django.shortcuts import render
from django.urls import reverse

from films import uploading_words
from films.search import complete_films
from reviews import editor, in_words
from reviews.figures import filled_preview
from reviews.forms import FORM_KEY, WriteForm
from reviews.models import LeftText, Review, WorkingCopy
from reviews.passages import hidden_from
from reviews.sources import sources_in
from reviews.views.typed import (
    as_stored,
    fresh,
    keep_meanwhile,
    picture_as_typed,
    picture_status,
    what_is_asked,
)
from users.models import Status

CANDIDATES = 8
MOST_LEFT = 20


def form_page(request, form, picture, *, status=HTTPStatus.OK, errors=()):
    review = form.instance
    context = {
        "form": form,
        "picture": picture,
        "review": review,
        "hero": review.hero if review.pk else None,
        "drop_picture": "drop_picture" in request.POST,
        "film": form.offered,
        "candidates": candidates(request, form),
        "query": request.POST.get("q", "").replace("\0", ""),
        "errors": errors,
        "is_publishing": what_is_asked(request) in ("publish", "schedule"),
        "is_published": review.pk and review.status == Status.PUBLISHED,
        "action": withheld_by(review),
        "hidden_passages": hidden_from(review),
        "count": in_words.progress(review) if review.word_count else None,
        "sources": sources_in(form["body"].value() or ""),
        "zone": in_words.place(request.user.time_zone),
        **beside(request, form, review),
    }
    if request.htmx and request.POST.get("view") == "film":
        return render(request, "reviews/_film_candidates.html", context)
    return render(request, "reviews/write.html", context, status=status)


def beside(request, form, review):
    """What is kept of the piece besides its text, and what the page's script needs."""
    save = reverse("reviews:save", args=[review.pk]) if review.pk else reverse("reviews:save_new")
    copy = None
    if review.pk and not form["copy"].value():
        copy = WorkingCopy.objects.filter(review=review).first()
    return {
        "changes": copy,
        "left": LeftText.objects.filter(review=review).for_desk()[:MOST_LEFT] if review.pk else (),
        "save": save,
        "arrived": () if review.pk else Review.objects.by(request.user).form_keys(),
        "upload_words": uploading_words.words(),
        "editor_words": editor.words(),
    }


def withheld_by(review):
    if review.status not in (Status.HELD, Status.HIDDEN):
        return None
    return review.moderation_actions().about_status().select_related("rule").first()


def candidates(request, form):
    """Films that what was typed may mean."""
    return [] if form.offered else complete_films(request.POST.get("q", ""), CANDIDATES)


def preview(request, form, picture):
    if not form.is_valid():
        return refused(request, form, picture, is_kept=True)
    picture = picture_as_typed(request, form.instance, picture)
    if picture.is_bound:
        return refused(request, form, picture, is_kept=True)
    review = form.instance
    context = {
        "form": form,
        "picture": picture,
        "review": review,
        "film": form.offered,
        "body": filled_preview(review, form.rendered.image_keys),
        "is_edit": bool(review.published_at),
        "sources": sources_in(review.body),
        "count": in_words.progress(review),
        "drop_picture": "drop_picture" in request.POST,
    }
    return render(request, "reviews/preview.html", context)


def go_on(request, form, picture, asked):
    """The same form with something more on it: candidates for the film, another theme."""
    form.is_valid()
    if asked == "theme" and ({"theme", "themes"} & form.errors.keys()):
        return form_page(request, form, picture, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    typed = {name: form[name].value() for name in form.fields}
    if asked == "theme":
        typed |= {"themes": form.labels, "theme": ""}
    if asked == "film" and "q" not in request.POST and not form.why_film_stays:
        typed["film"] = ""
    picture = picture_as_typed(request, form.instance, picture)
    if asked.startswith("source-"):
        credit_from(typed, picture, asked.removeprefix("source-"))
    again = WriteForm(instance=fresh(form.instance), initial=typed)
    return form_page(request, again, picture, status=picture_status(picture))


def credit_from(typed, picture, number):
    """Begin a picture's credit with a line of the text that names its source. The line stays
    until its author takes it out: nothing else keeps it while the picture is not there."""
    found = {str(n): source for n, source in enumerate(sources_in(typed["body"] or ""))}
    if number not in found or picture.is_bound:
        return
    source = found[number]
    picture.initial |= {name: value for name, value in source.values.items() if value}
    picture.is_begun = True


# What is wrong


def refused(request, form, picture, *, first=(), is_kept=False):
    """Everything back, with what to do about it."""
    if picture.is_bound:
        picture.is_valid()
        picture.keep_file()
    errors = [*first, *links(form), *(links(picture) if picture.is_bound else [])]
    form = with_version_of(form)
    if not is_kept and keep_meanwhile(request, as_stored(request, form.instance)):
        form.data = form.data.copy()
        for name in ("version", "copy", "form_key"):
            form.data[name] = request.POST[name]
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    page = form_page(request, form, picture, status=status, errors=errors)
    is_all = picture.limit and picture.errors.keys() == {"file"} and not form.errors
    return picture.limit.refuse(page) if is_all else page


def with_version_of(form):
    """A form whose key was lost on the way gets another, so that it still makes one piece."""
    if not FORM_KEY.fullmatch(form["form_key"].value() or ""):
        form.data = form.data.copy()
        form.data["form_key"] = form.key
    return form


def links(form):
    """(id, error) for the summary above the form."""
    anchors = {"film": "id_film", "rating": "id_rating_0", "themes": "id_themes_0"}
    return [
        (anchors.get(name, form[name].id_for_label or "id_body"), error)
        for name, errors in form.errors.items()
        for error in errors
    ]
