from itertools import groupby
from operator import itemgetter

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from films.models import Country, Film, Theme
from films.structured import preview_card
from reviews import in_words, languages
from reviews.figures import filled
from reviews.forms import CommentForm
from reviews.markdown import excerpt
from reviews.models import Review
from reviews.structured import preview_of, structured
from reviews.threads import thread_of
from users.addresses import absolute
from users.gone import gone
from users.models import Status, User
from users.paging import Order, PositionError, bounded_count, page_of

NEWEST = Order("newest", (("published_at", True), ("pk", True)))
PAGE = 20
THEMES = 60
NEAR = 3
CONTENTS_FROM = 1_500


@require_safe
def essays(request):
    chosen, unknown = chosen_filters(request.GET)
    pieces = Review.objects.published().essays().for_cards().filtered(**chosen)
    page, is_lost = paged(request, pieces, NEWEST, PAGE)
    total, is_exact = bounded_count(pieces)
    context = {
        "page": page,
        "is_lost": is_lost,
        "months": by_month(page),
        "total": total,
        "is_exact": is_exact,
        "chosen": chosen,
        "unknown": unknown,
        "languages": languages.choices(chosen["language"]),
        "themes": themes_to_choose(chosen["theme"]),
        "countries": Country.objects.with_films().order_by("name").values_list("slug", "name"),
        "base": f"{query_of(chosen)}after=",
        "says": in_words.essays_shown(page, total, is_exact),
        "canonical": request.build_absolute_uri(
            reverse("reviews:essays") + canonical_query(chosen)
        ),
    }
    return render(request, "reviews/essays.html", context)


def chosen_filters(query):
    """({filter: row or code}, the values that mean nothing here)"""
    chosen = {"language": "", "theme": None, "country": None}
    unknown = []
    if code := query.get("language", ""):
        if languages.known(code):
            chosen["language"] = code
        else:
            unknown.append(code)
    for name, rows in (("theme", Theme.objects), ("country", Country.objects)):
        if slug := query.get(name, ""):
            chosen[name] = None if "\0" in slug else rows.filter(slug=slug).first()
            if chosen[name] is None:
                unknown.append(slug)
    return chosen, unknown


def themes_to_choose(chosen):
    """(slug, name) of those of most films, by name; with the one that is chosen."""
    themes = list(Theme.objects.with_films().order_by("-film_count", "pk")[:THEMES])
    if chosen and chosen not in themes:
        themes.append(chosen)
    return sorted(((theme.slug, theme.name) for theme in themes), key=itemgetter(1))


def query_of(chosen):
    parts = {"language": chosen["language"]} | {
        name: chosen[name].slug for name in ("theme", "country") if chosen[name]
    }
    return "?" + "".join(f"{name}={value}&" for name, value in parts.items() if value)


def canonical_query(chosen):
    return query_of(chosen).rstrip("?&")


def by_month(page):
    """[("March 2026", [pieces])]"""

    def month(piece):
        return f"{MONTHS[piece.published_at.month]} {piece.published_at.year}"

    return [(name, list(rows)) for name, rows in groupby(page, month)]


def paged(request, rows, order, size):
    """(Page, whether the position asked for is unknown: then it is the first)"""
    try:
        return page_of(rows, order, request.GET.get("after", ""), size), False
    except PositionError:
        return page_of(rows, order, "", size), True


@require_safe
def essay(request, slug):
    return piece(request, slug=slug)


@require_safe
def note(request, pk):
    """A note; and an essay that has no address of its own, since nobody could read it yet."""
    return piece(request, pk=pk)


def piece(request, **where):
    review = Review.objects.visible_to(request.user).for_page().filter(**where).first()
    if review is None:
        taken = get_object_or_404(Review.objects.gone().select_related("film"), **where)
        if not taken.published_at:
            raise Http404
        return gone(request, taken)
    if request.path != review.get_absolute_url() and "pk" in where and review.slug:
        return redirect(review, permanent=True)
    template = "reviews/essay.html" if review.is_essay else "reviews/note.html"
    return render(request, template, piece_context(request, review))


def piece_context(request, review):
    is_author = review.author_id == request.user.pk
    context = {
        "review": review,
        "film": review.film,
        "hero": drawn_hero(review),
        "body": filled(review),
        "contents": review.contents if review.word_count > CONTENTS_FROM else [],
        "themes": review.theme_list,
        "is_author": is_author,
        "action": last_action(review),
        "is_unfinished": bool(review.film_id) and review.was_left_unfinished,
        "opens": opens_for(review, request.user),
        "same_author": pieces_of_same_author(review),
        "by_author": near(review.author.reviews, review),
        "on_film": on_same_film(review),
        "page_title": title_of(review),
        "description": excerpt(review.summary, 200),
        "length": in_words.length(review),
        "canonical": request.build_absolute_uri(review.get_absolute_url()),
    }
    if review.is_published:
        context |= comments_context(request, review)
        context["structured"] = structured(review, request)
        context["preview"] = preview_of(review, request)
        context["oembed"] = oembed_address(request, context["canonical"])
    return context


def oembed_address(request, address):
    query = urlencode({"url": address, "format": "json"})
    return absolute(request, f"{reverse('reviews:oembed')}?{query}")


def comments_context(request, review):
    try:
        page, lines = thread_of(review, request.user, request.GET.get("after", ""))
    except PositionError:
        page, lines = thread_of(review, request.user)
    context = {"comments": page, "thread": lines}
    if request.user.is_authenticated:
        context["comment_form"] = CommentForm()
        context["reply_to"] = reply_to(request, lines)
    return context


def reply_to(request, lines):
    """The comment that `?reply=` names, if it is on this page."""
    wanted = request.GET.get("reply", "")
    shown = (line.comment for line in lines if line.is_shown)
    return next((comment for comment in shown if str(comment.pk) == wanted), None)


def title_of(review):
    """For the tab; a note's own title says little without its film."""
    if review.is_essay or not review.title:
        return str(review) if review.title else _("A note on %s") % review.film_title
    return f"{review.title}: {review.film_title}"


def drawn_hero(review):
    """A picture that nobody else may see yet is for the author and staff, like its piece."""
    hero = review.hero
    return hero if hero and (hero.status != Status.DRAFT or not review.is_published) else None


def last_action(review):
    """What was decided about a piece that readers do not see."""
    if review.status not in (Status.HELD, Status.HIDDEN, Status.REMOVED):
        return None
    return review.moderation_actions().select_related("rule").first()


def opens_for(review, user):
    """Whether a text that tells the ending lies open at once, as its reader has asked."""
    if not review.is_spoiler or not user.is_authenticated:
        return False
    if user.spoilers == User.Spoilers.SEEN:
        return user.viewings.finished().filter(film=review.film_id).exists()
    return user.spoilers == User.Spoilers.OPEN or user.pk == review.author_id


def pieces_of_same_author(review):
    """What the author wrote on the same film, oldest first; with this one among it."""
    if not review.film_id:
        return []
    pieces = review.author.reviews.published().filter(film=review.film_id)
    pieces = list(pieces.for_cards().order_by("published_at", "pk")[:12])
    return pieces if len(pieces) > 1 and review in pieces else []


def near(pieces, review):
    """A few others; more of the author than on the film, since those stand beside it."""
    rows = pieces.published().essays().for_cards().newest_first().exclude(pk=review.pk)
    return list(rows.exclude(film=review.film_id)[:NEAR])


def on_same_film(review):
    if not review.film_id:
        return []
    rows = review.film.reviews.published().for_cards().newest_first()
    rows = rows.exclude(author=review.author_id)
    rows = rows.essays() if review.is_essay else rows.notes()
    if review.is_spoiler:
        rows = rows.without_the_ending()
    return list(rows[:NEAR])


@require_safe
def film_essays(request, slug):
    film = film_or_404(slug)
    return pieces_on_film(request, film, film.reviews.published().essays(), "film_essays")


@require_safe
def film_notes(request, slug):
    film = film_or_404(slug)
    return pieces_on_film(request, film, film.reviews.published().notes(), "film_notes")


def film_or_404(slug):
    return get_object_or_404(Film.objects.with_pages(), slug=slug)


def pieces_on_film(request, film, pieces, template):
    page, is_lost = paged(request, pieces.for_cards(), NEWEST, PAGE)
    context = {"film": film, "page": page, "is_lost": is_lost, "base": "?after="}
    context |= {
        "says": in_words.written_about(film),
        "preview": preview_card(film, request),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, f"reviews/{template}.html", context)
