from itertools import groupby
from operator import itemgetter

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.encoding import uri_to_iri
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from films.browse import canonical_query
from films.models import Country, Film, Theme
from films.structured import preview_card
from films.templatetags.pictures import place_of_files
from reviews import again, filters, in_words
from reviews.answers import answered_by, answers_to
from reviews.figures import filled
from reviews.forms import CommentForm
from reviews.markdown import excerpt
from reviews.models import Review
from reviews.models.kinds import Kind
from reviews.readers import reading_of
from reviews.shown import near, piece_for
from reviews.structured import preview_of, structured
from reviews.threads import number_in, place_of, thread_of
from reviews.views.afterthoughts import under_essay
from users.addresses import absolute, address
from users.fragments import digest
from users.gone import gone
from users.models import Status
from users.paging import PositionError
from users.prepared import Rows

THEMES = 60
CONTENTS_FROM = 1_500
WAITING = 50
NOTES = 8


@require_safe
def essays(request):
    choice = filters.read(request.GET)
    canonical = canonical_query(choice, request.META["QUERY_STRING"])
    if canonical is not None:
        return redirect(f"{request.path}?{canonical}" if canonical else request.path)
    context = chosen_pieces(request, choice, Review.objects.published().essays(), Kind.ESSAY)
    context |= {
        "months": by_month(context["page"]),
        "notes": notes_about(choice, context["page"]),
        "themes": themes_to_choose(choice.theme),
        "countries": Country.objects.with_films().order_by("name").values_list("slug", "name"),
    }
    return render(request, "reviews/essays.html", context)


def chosen_pieces(request, choice, pieces, kind, film=None):
    """What the pages of essays and of a film's pieces have in common."""
    page, (total, is_exact), is_good = filters.find(choice, pieces, kind, film)
    path = request.path
    first = choice.address(path)
    return {
        "choice": choice,
        "page": page,
        "is_lost": not is_good,
        "shown": "" if choice.is_any else in_words.chosen(choice, kind),
        "chips": filters.chips(choice, path),
        "languages": filters.offered_languages(pieces, choice.language),
        "lengths": filters.offered_lengths(kind, choice.length),
        "first": first,
        "base": f"{first}{'&' if '?' in first else '?'}after=",
        "says": in_words.pieces_shown(page, total, is_exact, kind),
        "canonical": absolute(request, first),
        "is_indexed": is_good and not (choice.narrows or choice.unknown),
    }


def themes_to_choose(chosen):
    """(slug, name) of those of most films, by name; with the one that is chosen."""
    themes = list(Theme.objects.with_films().order_by("-film_count", "pk")[:THEMES])
    if chosen and chosen not in themes:
        themes.append(chosen)
    return sorted(((theme.slug, capfirst(theme.name)) for theme in themes), key=itemgetter(1))


def notes_about(choice, page):
    """Behind the last essay about a theme, where nothing but that is asked for."""
    if not choice.theme or page.next or choice.language or choice.length or choice.country:
        return []
    rows = choice.theme.review_themes
    return rows.newest_notes(NOTES, without_the_ending=bool(choice.spoilers))


@require_safe
def theme_notes(request, slug):
    """All notes about a theme. Any label's address leads there, in every language."""
    theme = Theme.objects.filter(slug=slug).first()
    if theme is None:
        theme = Theme.objects.labelled(slug.replace("-", " ")).first()
        if theme is None:
            raise Http404
        return redirect("reviews:theme_notes", theme.slug, permanent=True)
    choice = filters.Choice(after=request.GET.get("after", "")[:500])
    canonical = canonical_query(choice, request.META["QUERY_STRING"])
    if canonical is not None:
        return redirect(f"{request.path}?{canonical}" if canonical else request.path)
    page, is_good = filters.notes_about(theme, choice.after)
    is_all = page.is_first and not page.next
    context = {
        "theme": theme,
        "page": page,
        "is_lost": not is_good,
        "base": f"{request.path}?after=",
        "says": in_words.pieces_shown(page, len(page) if is_all else None, True, Kind.NOTE),
        "canonical": absolute(request, request.path),
        "is_indexed": is_good,
    }
    return render(request, "reviews/theme_notes.html", context)


def by_month(page):
    """[("March 2026", [pieces])]"""

    def month(piece):
        at = timezone.localtime(piece.published_at)
        return f"{MONTHS[at.month]} {at.year}"

    return [(name, list(rows)) for name, rows in groupby(page, month)]


@require_safe
def essay(request, slug):
    return piece(request, slug=slug)


@require_safe
def note(request, pk):
    """A note; and an essay that has no address of its own, since nobody could read it yet."""
    return piece(request, pk=pk)


def piece(request, **where):
    shown = piece_for(request.user, **where)
    if shown is None:
        return taken_away(request, where)
    review = shown.review
    if request.path != review.get_absolute_url() and "pk" in where and review.slug:
        return redirect(review, permanent=True)
    if elsewhere := page_of_a_reply(request, review):
        return redirect(elsewhere)
    template = "reviews/essay.html" if review.is_essay else "reviews/note.html"
    return render(request, template, piece_context(request, shown))


def page_of_a_reply(request, review):
    """The address of the page with the reply that `?comment=` names, or `?reply=` where somebody
    answers it. None where there is no such reply, and of that page itself."""
    name = "comment" if "comment" in request.GET else "reply"
    number = number_in(request.GET, name)
    if not number or "after" in request.GET or not review.is_published:
        return None
    place = place_of(review, request.user, number)
    if place is None:
        return None
    if name == "comment":
        return address_with(request.path, place, f"comment-{number}")
    return address_with(request.path, {"after": ""} | place | {"reply": number}, "reply")


def address_with(path, parameters, anchor):
    return f"{path}{'?' if parameters else ''}{urlencode(parameters)}#{anchor}"


def taken_away(request, where):
    """Where a piece was; 404 where readers never saw one."""
    taken = get_object_or_404(Review.objects.gone().select_related("film"), **where)
    if not taken.published_at:
        raise Http404
    return gone(request, taken)


def piece_context(request, shown):
    review = shown.review
    is_author = review.author_id == request.user.pk
    reading = reading_of(review, request.user)
    is_open = reading.opens_text or not review.is_spoiler
    canonical = absolute(request, review.get_absolute_url())
    context = {
        "review": review,
        "film": review.film,
        "hero": drawn_hero(review),
        "body": filled(review, opens_marks=reading.opens_marks),
        "contents": review.contents if is_open and review.weight > CONTENTS_FROM else [],
        "themes": review.theme_list,
        "is_author": is_author,
        "action": last_action(review),
        "reading": reading,
        "is_open": is_open,
        "times": again.thread_of(review),
        "answered": answered_by(review),
        "page_title": title_of(review),
        "description": excerpt(review.summary, 200),
        "length": in_words.length(review),
        "canonical": canonical,
        "readable_address": uri_to_iri(canonical),
    }
    context |= near(review)
    if review.is_essay and review.published_at:
        context |= under_essay(request, review)
    if review.is_published:
        context |= comments_context(request, review, reading) | marks_context(request, review)
        context["answers"] = answers_to(review, request.GET.get("answers", ""))
        context["structured"] = lambda: structured(review, request)
        context["preview"] = lambda: preview_of(review, request)
        context["oembed"] = lambda: oembed_address(request, canonical)
        if not request.user.is_authenticated:
            context["said"] = said_to_all(shown, context)
    return context


def said_to_all(shown, context):
    """What a visitor's page is made of, but for the replies and other pieces, in short; None where
    that is not at hand, or a picture has another address each time."""
    answers = context["answers"].items
    if answers and not isinstance(answers, Rows):
        return None
    place = place_of_files() if shown.pictures else ""
    if place is None:
        return None
    return digest(
        (
            *shown.said,
            place,
            "" if context["body"] == shown.review.html else context["body"],
            context["times"].said,
            said_of_answered(context["answered"]),
            context.get("on_film"),
            [said_of_afterthought(row) for row, _action in context.get("afterthoughts", ())],
            context.get("next_asked"),
            answers,
            context["canonical"],
        )
    )


def said_of_answered(piece):
    return piece and (str(piece), piece.get_absolute_url(), piece.language, piece.author.name)


def said_of_afterthought(row):
    about = row.pk, row.milestone, row.is_still, row.created_at, row.edited_at
    return *about, row.html, row.language


def oembed_address(request, page):
    query = urlencode({"url": page, "format": "json"})
    return absolute(request, f"{address('reviews:oembed')}?{query}")


def comments_context(request, review, reading):
    asked = {
        "opens_marks": reading.opens_marks,
        "under": number_in(request.GET, "under"),
    }
    try:
        page, lines = thread_of(review, request.user, request.GET.get("after", ""), **asked)
    except PositionError:
        page, lines = thread_of(review, request.user, **asked)
    context = {
        "comments": page,
        "thread": lines,
        "thread_said": lines.said,
        "answers_under": str(lines.found.under or ""),
    }
    if request.user.is_authenticated:
        context["comment_form"] = CommentForm()
        context["reply_to"] = reply_to(request, lines)
    return context


def marks_context(request, review):
    """What its reader has said of it; its author is shown what waits."""
    if not request.user.is_authenticated:
        return {}
    if review.author_id == request.user.pk:
        return {"waiting": review.comments.for_approval()[:WAITING]}
    return {"own_marks": set(review.marks.by(request.user).values_list("kind", flat=True))}


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
    return review.moderation_actions().about_status().select_related("rule").first()


@require_safe
def film_essays(request, slug):
    return pieces_on_film(request, slug, Kind.ESSAY, "film_essays")


@require_safe
def film_notes(request, slug):
    return pieces_on_film(request, slug, Kind.NOTE, "film_notes")


def pieces_on_film(request, slug, kind, template):
    film = Film.objects.with_pages().at(slug)
    if film is None:
        raise Http404
    if film.slug != slug:
        return redirect(f"reviews:{template}", film.slug, permanent=True)
    choice = filters.read(request.GET, filters.OF_A_FILM)
    canonical = canonical_query(choice, request.META["QUERY_STRING"])
    if canonical is not None:
        return redirect(f"{request.path}?{canonical}" if canonical else request.path)
    pieces = film.reviews.published().filter(kind=kind)
    context = chosen_pieces(request, choice, pieces, kind, film)
    context |= {
        "film": film,
        "written": in_words.written_about(film),
        "preview": preview_card(film, request),
    }
    return render(request, f"reviews/{template}.html", context)
