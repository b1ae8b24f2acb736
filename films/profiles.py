"""What a country's films are about, where a theme is at home, and which films are near:
read from stored tallies, never counted over films."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from films.models import Credit, Decade, Film, FilmTheme, Theme, ThemeCountry, ThemeListing
from films.models.film import FEW
from users.columns import along
from users.prepared import prepared

# Below these a share says more about the library than about the world.
FEWEST_FILMS = 20
FEWEST_OF_A_THEME = 3
WORLD_SHARE = 0.04
NEAR = 6
NEAR_CANDIDATES = 60
ESSAYS_SORTED = 100  # of one film, with those of others; of more, its index brings the newest


@dataclass(frozen=True)
class Share:
    row: object  # a Theme or a Country
    count: int
    total: int
    world: float  # 0 to 1

    @property
    def share(self):
        return self.count / self.total

    @property
    def ratio(self):
        return self.share / self.world

    @property
    def percent(self):
        return self.share * 100

    @property
    def world_percent(self):
        return self.world * 100


@prepared
def films_by_decade():
    return Decade.objects.values_list("film_count")


def film_total():
    """Published films; at least 1, since shares divide by it."""
    return sum(count for (count,) in films_by_decade()) or 1


@prepared
def themes_in(country):
    rows = ThemeCountry.objects.filter(country=country).order_by("-film_count")
    return rows.values_list("theme", "film_count")[:300]


@prepared
def accepted_themes(fewest):
    rows = Theme.objects.filter(is_accepted=True, film_count__gte=fewest)
    return rows.order_by("-film_count", "pk").only("name", "slug", "film_count")[:150]


def profile_of_country(country, total, most=10):
    """Themes by how much more, or less, they are met here than in the whole library."""
    if country.film_count < FEWEST_FILMS:
        return []
    here, themes = dict(themes_in(country.pk)), accepted_themes(int(WORLD_SHARE * total))
    rows = [
        Share(theme, here.get(theme.pk, 0), country.film_count, theme.film_count / total)
        for theme in themes
        if theme.film_count / total >= WORLD_SHARE
    ]
    more = [row for row in rows if row.ratio >= 1 and row.count >= FEWEST_OF_A_THEME]
    less = [row for row in rows if row.ratio < 1]
    more.sort(key=lambda row: (-row.ratio, row.row.name))
    less.sort(key=lambda row: (row.ratio, row.row.name))
    kept = more[: most - min(len(less), most * 2 // 5)]
    return sorted(kept + less[: most - len(kept)], key=lambda row: -row.ratio)


@prepared
def tallies_of(theme):
    rows = ThemeCountry.objects.filter(
        theme=theme, country__film_count__gte=FEWEST_FILMS, film_count__gte=FEWEST_OF_A_THEME
    )
    columns = along("country", ("name", "slug", "film_count"))
    return rows.select_related("country").only("film_count", *columns)[:300]


def countries_of_theme(theme, total, tallies, most=8):
    """Countries by the share of their films that are about `theme`; of what `tallies_of` brings."""
    world = theme.film_count / total
    rows = [Share(row.country, row.film_count, row.country.film_count, world) for row in tallies]
    return sorted(rows, key=lambda row: (-row.ratio, row.row.name))[:most]


def decades_between(rows):
    """{decade: films} of stored tallies, without a gap between the first and the last."""
    counts = {row.decade: row.film_count for row in rows if row.film_count}
    if not counts:
        return {}
    return {d: counts.get(d, 0) for d in range(min(counts), max(counts) + 10, 10)}


@prepared
def written_last(country, *, is_rare, most):
    # Excluded, not asked to be greater: that would be another index to read, and then to sort.
    films = Film.objects.published().made_in(country, is_rare).exclude(essay_count=0)
    return films.order_by("-last_written_at", "-pk").only("essay_count")[:most]


def newest_essays_from(country, most):
    """Essays on a country's films, out of those of them that were written about last."""
    films = written_last(country.pk, is_rare=country.film_count <= FEW, most=most * 6)
    return newest_essays_on(list(films), most)


def newest_essays_on(films, most):
    if not films:
        return []
    # The reverse relation names the model: films imports nothing of what is built on it.
    reviews = Film._meta.get_field("reviews").related_model.objects
    essays = reviews.published().essays()
    much = {film for film in films if film.essay_count > ESSAYS_SORTED}
    lists = [essays.filter(film=film).newest_first()[:most] for film in much]
    if others := set(films) - much:
        # By an expression: for the plain date SQLite would walk all essays until these came by.
        dated = essays.annotate(at=Coalesce("published_at", "published_at"))
        lists.append(dated.filter(film__in=others).order_by("-at", "-pk")[:most])
    found = reviews.for_cards().of_lists(*lists)
    return sorted(found, key=lambda essay: (essay.published_at, essay.pk), reverse=True)[:most]


def shared_themes(films, most):
    """(theme, number of these films that are about it, percent), the most frequent first."""
    rows = FilmTheme.objects.listed().filter(content_object__in=films).select_related("tag")
    counts = Counter(row.tag for row in rows)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].name))
    return [(theme, count, count / len(films) * 100) for theme, count in ranked[:most]]


def people_beside(person, films, most):
    """(somebody else, films that both are credited in), of two films or more, most first."""
    titles = {film.pk: film for film in films}
    together = {}
    for credit in (
        Credit.objects.filter(film__in=titles).exclude(person=person).select_related("person")
    ):
        together.setdefault(credit.person, {})[credit.film_id] = titles[credit.film_id]
    rows = [(other, list(shared.values())) for other, shared in together.items() if len(shared) > 1]
    return sorted(rows, key=lambda row: (-len(row[1]), row[0].sort_name))[:most]


@prepared
def strongest(theme, film, first, second, *, others):
    """Of the strongest films of a theme, but for this one; with how strong one or two other themes
    are in them."""
    rows = ThemeListing.objects.filter(theme=theme).exclude(film=film)
    for place, other in enumerate((first, second)[:others]):
        strengths = ThemeListing.objects.filter(theme=other, film=OuterRef("film"))
        rows = rows.annotate(**{f"other{place}": Subquery(strengths.values("strength")[:1])})
    return rows.strongest_first()[:NEAR_CANDIDATES]


def films_near(film, film_themes, but=()):
    """(film, names of the themes they share) of those strongest in its leading themes.

    Starts from the rarest of the three, of which at most NEAR_CANDIDATES are looked at.
    """
    leading = [row.tag for row in film_themes if row.standing != "disputed"][:3]
    if not leading:
        return []
    rarest = min(leading, key=lambda theme: (theme.film_count, theme.pk))
    others = [theme for theme in leading if theme != rarest]
    keys = [theme.pk for theme in others] + [0, 0]
    rows = strongest(rarest.pk, film.pk, *keys[:2], others=len(others))
    columns = ["strength", *(f"other{place}" for place in range(len(others)))]
    strengths = zip(*map(rows.column, columns), strict=True)
    found = zip(map(sum_known, strengths), rows.column("film_id"), strict=True)
    scored = [(-total, key, place) for place, (total, key) in enumerate(found) if key not in but]
    nearest = [rows[place] for _total, _key, place in sorted(scored)[:NEAR]]
    return [(row.film, shared_names(row, rarest, others, leading)) for row in nearest]


def sum_known(strengths):
    return sum(strength or 0 for strength in strengths)


def shared_names(row, rarest, others, leading):
    has = {rarest: True} | {t: getattr(row, f"other{i}") for i, t in enumerate(others)}
    return [theme.name for theme in leading if has[theme]]
