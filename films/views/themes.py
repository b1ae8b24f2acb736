from functools import cache, partial
from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.text import capfirst, slugify
from django.views.decorators.http import conditional_page, require_POST, require_safe

from films.film_page import film_at
from films.forms import ThemeForm
from films.models import Film, Theme, ThemeDecade, ThemeLabel, ThemeListing, ThemePair
from films.profiles import countries_of_theme, decades_between, film_total, tallies_of
from films.views.films import film_elsewhere, film_page
from users.atom import ENTRIES, atom, entry_of
from users.columns import along
from users.fragments import digest
from users.limits import spend, spend_at_address
from users.prepared import prepared

STRONGEST = 10
PAIRS = 6
ESSAYS_SHOWN = 4
NOTES_SHOWN = 4
VOTES = {"yes": True, "no": False, "none": None}


@require_POST
@login_required
def theme_add(request, slug):
    film = get_object_or_404(Film.objects.published(), slug=slug)
    form = ThemeForm(request.POST)
    if form.is_valid():
        spend("vote", request.user, back=film.get_absolute_url())
        try:
            theme = film.add_theme(form.cleaned_data["theme"], by=request.user)
        except ValidationError as error:
            form.add_error("theme", error.messages)
        else:
            return redirect(f"{film.get_absolute_url()}#theme-{theme.slug}")
    page = film_at(slug)
    if page is None:  # taken away just now
        return film_elsewhere(request, slug)
    return film_page(request, page, theme_form=form, status=422)


@require_POST
@login_required
def theme_vote(request, slug, theme):
    film = get_object_or_404(Film.objects.published(), slug=slug)
    row = get_object_or_404(film.film_themes.select_related("tag"), tag__slug=theme)
    if request.POST.get("vote") not in VOTES:
        return HttpResponse(status=422)
    spend("vote", request.user, back=film.get_absolute_url())
    film.vote_theme(row.tag, by=request.user, agrees=VOTES[request.POST["vote"]])
    if request.htmx:
        return theme_row(request, film, theme)
    return redirect(f"{film.get_absolute_url()}#theme-{theme}")


def theme_row(request, film, theme):
    """The row anew, on the page's scale; nothing where nobody says so any more."""
    rows = list(film.film_themes.for_film_page().with_vote_of(request.user.pk))
    row = next((row for row in rows if row.tag.slug == theme), None)
    response = HttpResponse()
    if row:
        most = max(row.vote_count for row in rows)
        context = {"film": film, "row": row, "most_votes": most, "may_vote": True}
        response = render(request, "films/_theme_row.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def themes(request):
    themes = list(Theme.objects.for_index())
    groups = [
        (name, slugify(name) or f"group-{place}", list(rows))
        for place, (name, rows) in enumerate(groupby(themes, key=lambda theme: theme.group))
    ]
    # In the catalogue's order, that of the first theme of each; members' own at the end.
    groups.sort(key=lambda group: (not group[0], min(theme.pk for theme in group[2])))
    return render(request, "films/themes.html", {"groups": groups, "total": len(themes)})


@prepared
def theme_at(slug):
    return Theme.objects.select_related("broader").filter(slug=slug)


@prepared
def narrower_than(theme):
    return Theme.objects.filter(broader=theme).with_films().order_by("-film_count", "name")


@prepared
def labels_of(theme):
    return ThemeLabel.objects.filter(theme=theme).order_by("language", "-is_preferred", "text")


@prepared
def strongest_in(theme):
    return ThemeListing.objects.filter(theme=theme).strongest_first().with_votes()[:STRONGEST]


@prepared
def decades_of(theme):
    return ThemeDecade.objects.filter(theme=theme).order_by("decade")


@prepared
def found_with(theme):
    pairs = ThemePair.objects.filter(theme=theme).most_films().select_related("other")
    columns = along("other", ("name", "slug", "card_motif", "card_ink"))
    return pairs.only("film_count", *columns)[:PAIRS]


@require_safe
def theme(request, slug):
    found = theme_at(slug)
    if not found:
        return theme_elsewhere(slug)
    theme, total = found[0], film_total()
    labels, tallies, decades = labels_of(theme.pk), tallies_of(theme.pk), decades_of(theme.pk)
    rows = {
        "narrower": narrower_than(theme.pk),
        "listings": strongest_in(theme.pk),
        "pairs": found_with(theme.pk),
    }
    context = {
        "said": digest((found, total, labels, tallies, decades, *rows.values())),
        "theme": theme,
        "synonyms": cache(partial(synonyms, labels)),
        "elsewhere": cache(partial(elsewhere, labels)),
        "countries": cache(partial(countries_of_theme, theme, total, tallies)),
        "world_percent": theme.film_count / total * 100,
        "decades": cache(partial(decades_between, decades)),
        "essays": theme.review_themes.essays_in_order(ESSAYS_SHOWN),
        "notes": theme.review_themes.newest_notes(NOTES_SHOWN),
    }
    return render(request, "films/theme.html", context | rows)


def synonyms(labels):
    return [label for label in labels if label.language == "en" and not label.is_preferred]


def elsewhere(labels):
    return [label for label in labels if label.language != "en" and label.is_preferred]


@require_safe
@conditional_page
def theme_feed(request, slug):
    theme = get_object_or_404(Theme, slug=slug)
    title, essays = capfirst(theme.name), essays_about(theme, ENTRIES)
    return atom(request, title, theme.get_absolute_url(), map(entry_of, essays))


def essays_about(theme, most):
    """Essays whose writers name the theme, the newest first."""
    rows = theme.review_themes.filter(listed_at__isnull=False, content_object__kind="essay")
    rows = rows.order_by("-listed_at", "-content_object_id").for_essays()
    return [row.content_object for row in rows[:most]]


def theme_elsewhere(slug):
    """Any label's address leads to its theme, in every language."""
    theme = Theme.objects.labelled(slug.replace("-", " ")).first()
    if theme is None:
        raise Http404
    return redirect(theme, permanent=True)


@require_safe
def theme_complete(request):
    """Options for a theme field: labels in any language lead to their theme."""
    typed = request.GET.get("q") or request.GET.get("theme") or ""
    if typed:
        spend_at_address("completion", request)
    labels = Theme.objects.completing(typed[:60])
    return render(request, "films/_theme_options.html", {"labels": labels})
