from collections import Counter, defaultdict

from django.db.models import Q
from django.utils import timezone

from films import listing
from films.catalogue import people
from films.catalogue.reading import BadLine
from films.models import (
    Country,
    Credit,
    Film,
    FilmCountry,
    FilmIndex,
    FilmLanguage,
    FilmMerge,
    FilmRelation,
    FilmTheme,
    FilmTitle,
    FormerSlug,
    Language,
    Theme,
    ThemeListing,
    WordPart,
)
from films.normalize import film_slug, search_key, sort_key
from films.title_cards import derive
from films.words import film_tokens
from users.moderation import Status

OUTSIDE_IDS = ("imdb_id", "tmdb_id", "wikidata_id")
SCALARS = {
    "title": "title",
    "original_title": "original_title",
    "original_language": "original_language",
    "year": "year",
    "runtime": "runtime_minutes",
    "is_silent": "silent",
    "synopsis": "synopsis",
    "synopsis_source": "synopsis_source",
    "synopsis_license": "synopsis_license",
    "facts_source": "source_of_facts",
    **{name: name for name in OUTSIDE_IDS},
}
# Of a synopsis that a file gives no source for.
OWN_SYNOPSIS = ("Afterimage’s catalogue", "CC0 1.0")
EMPTY = {"year": None, "runtime": None, "is_silent": False, **dict.fromkeys(OUTSIDE_IDS)}


def begin(known):
    known["languages"] = set(Language.objects.values_list("pk", flat=True))
    known["related"] = []


def look_up(records, known):
    known["matches"] = match(records)


def check(record, known):
    slug = slug_of(record)
    if not slug:
        raise BadLine("slug", "is missing, and the title has neither letter nor digit")
    if not known["seen"].add(f"film {slug}"):
        raise BadLine("slug", f"{slug} stands in an earlier line too")
    for name in OUTSIDE_IDS:
        if record.get(name) and not known["seen"].add(f"{name} {record[name]}"):
            raise BadLine(name, f"{record[name]} stands in an earlier line too")
    for name, there in (
        ("countries", "countries"),
        ("languages", "languages"),
        ("themes", "themes"),
    ):
        unknown = next((x for x in record.get(name) or [] if x not in known[there]), None)
        if unknown:
            raise BadLine(name, f"“{unknown}” is not known")
    found = known["matches"].get(slug)
    if isinstance(found, str):
        raise BadLine("slug", found)


def slug_of(record):
    return record.get("slug") or film_slug(
        record["title"], record.get("year"), record.get("original_title") or ""
    )


def match(records):
    """{slug: the Film it is, None for a new one, or in words why it cannot be told}."""
    by = {name: {} for name in ("slug", *OUTSIDE_IDS)}
    slugs = [slug_of(record) for record in records]
    wanted = Q(slug__in=slugs)
    for name in OUTSIDE_IDS:
        wanted |= Q(**{f"{name}__in": [r[name] for r in records if r.get(name)]})
    for film in Film.objects.filter(wanted):
        for name, found in by.items():
            found[getattr(film, name)] = film
    for former in FormerSlug.objects.filter(slug__in=slugs).select_related("film"):
        by["slug"].setdefault(former.slug, former.film)
    named = namesakes(records)
    by["merged"] = merged_keys()
    return {slug_of(record): match_one(record, by, named) for record in records}


def merged_keys():
    """Films that have become part of others: a file that still has them changes nothing."""
    return set(FilmMerge.objects.standing().values_list("gone", flat=True))


def namesakes(records):
    """{(title, year, first country): [Film]}."""
    films = Film.objects.unmerged().filter(title__in=[record["title"] for record in records])
    first = dict(
        FilmCountry.objects.filter(film__in=films)
        .order_by("film_id", "-position", "-pk")
        .values_list("film_id", "country_id")
    )
    found = defaultdict(list)
    for film in films:
        found[film.title, film.year, first.get(film.pk)].append(film)
    return found


def match_one(record, by, named):
    film = by["slug"].get(slug_of(record))
    if film is not None and film.pk in by["merged"]:
        return film
    others = {
        other.pk: other
        for name in OUTSIDE_IDS
        if record.get(name) and (other := by[name].get(record[name]))
    }
    if film is None and len(others) == 1:
        film = next(iter(others.values()))
    if others.keys() - {film.pk if film else None}:
        titles = ", ".join(str(other) for other in others.values())
        return f"an outside id belongs to another film already ({titles})"
    if film is None:
        same = named.get((record["title"], record.get("year"), record["countries"][0]), [])
        if len(same) > 1:
            return "title, year and country fit several films"
        film = same[0] if same else None
    return film


def write(records, known):
    matches = match(records)
    cast = [n for r in records for n in (r.get("directors") or []) + (r.get("cast") or [])]
    known["people"] = people.ensure(cast)
    known["theme_rows"] = {
        theme.name: theme for theme in Theme.objects.filter(name__in=known["themes"])
    }
    known["broader"] = listing.broader_of()
    known["country_names"] = dict(Country.objects.values_list("pk", "name"))
    counts = Counter()
    new = [record for record in records if matches[slug_of(record)] is None]
    moves = create(new, known)
    counts["created"] = len(new)
    old = {
        film.pk: film
        for film in Film.objects.filter(
            pk__in=[film.pk for film in matches.values() if film]
        ).for_page().prefetch_related("film_themes__tag")
    }  # fmt: skip
    merged = merged_keys()
    for record in records:
        if film := matches[slug_of(record)]:
            moved = None if film.pk in merged else update(old[film.pk], record, known)
            counts["unchanged" if moved is None else "updated"] += 1
            moves.update(moved or {})
        known["related"] += [
            ((record["title"], record.get("year"), record["countries"][0]), row)
            for row in record.get("related") or []
        ]
    listing.move_counts(moves)
    return counts


def facts(record):
    values = {name: record.get(key) or EMPTY.get(name, "") for name, key in SCALARS.items()}
    if values["synopsis"] and not values["synopsis_source"]:
        values["synopsis_source"], values["synopsis_license"] = OWN_SYNOPSIS
    return values


def create(records, known):
    """New films and all that hangs on them, in a handful of inserts; gives the counts to move."""
    now = timezone.now()
    films = []
    for record in records:
        film = Film(
            slug=slug_of(record), status=Status.PUBLISHED, published_at=now, **facts(record)
        )
        film.card_seed = film.slug
        film.sort_key = sort_key(film.title)[:220]
        set_card(film, record, known)
        films.append(film)
    Film.objects.bulk_create(films)
    rows, moves = defaultdict(list), Counter()
    for film, record in zip(films, records, strict=True):
        made = parts(film, record, known)
        for model, some in made.items():
            rows[model] += some
        own = {row.tag_id: row.strength for row in made[FilmTheme]}
        strengths = listing.inherit(own, known["broader"])
        rows[ThemeListing] += [
            ThemeListing(film=film, theme_id=theme, strength=strength)
            for theme, strength in strengths.items()
        ]
        languages = frozenset(record.get("languages") or [])
        places = listing.Places(frozenset(record["countries"]), languages, film.decade or 0)
        moves.update(listing.counts_for(places, frozenset(strengths)))
    for model, some in rows.items():
        model.objects.bulk_create(some, batch_size=2_000)
    index_words(films, records, known)
    return moves


def index_words(films, records, known):
    """As `Film.index_words`, of new films."""
    found = {film.pk: texts(record, known) for film, record in zip(films, records, strict=True)}
    FilmIndex.objects.write(
        {pk: film_tokens(titles, people, True) for pk, (titles, people) in found.items()}
    )
    # People's are known since they were made.
    WordPart.objects.learn(title for titles, _people in found.values() for title in titles)


def set_card(film, record, known):
    themes = [(known["theme_rows"][name], 1) for name in record.get("themes") or []]
    words = derive(film.card_seed, film.title, film.original_title, film.year, themes)
    film.card_motif, film.card_ground, film.card_figure = words.motif, words.ground, words.figure
    film.card_tone, film.card_composition = words.tone, words.composition
    set_card_lines(film, record, known)


def set_card_lines(film, record, known):
    film.card_country = known["country_names"][record["countries"][0]]
    film.card_director = ", ".join(record.get("directors") or [])[:140]


def credits_of(record):
    for role, names in (("director", record.get("directors")), ("cast", record.get("cast"))):
        for position, name in enumerate(names or []):
            yield role, position, name


def parts(film, record, known):
    """{model: unsaved rows} that hang on the film."""
    made = {
        FilmCountry: [
            FilmCountry(film=film, country_id=code, position=i)
            for i, code in enumerate(record["countries"])
        ],
        FilmLanguage: [
            FilmLanguage(film=film, language_id=code, position=i)
            for i, code in enumerate(record.get("languages") or [])
        ],
        Credit: [
            Credit(film=film, person=known["people"][name], role=role, position=i)
            for role, i, name in credits_of(record)
        ],
        FilmTitle: [
            FilmTitle(film=film, text=text, language=language, kind=FilmTitle.Kind.ROMANIZED)
            for text, language in romanized(record)
        ],
        FilmTheme: [],
    }
    for position, name in enumerate(record.get("themes") or []):
        row = FilmTheme(content_object=film, tag=known["theme_rows"][name], position=position)
        row.weigh()
        made[FilmTheme].append(row)
    return made


def romanized(record):
    text = record.get("romanized_title")
    language = record.get("original_language") or ""
    if not text or search_key(text) == search_key(record["title"]):
        return []
    return [(text, f"{language}-Latn"[:12] if language else "")]


def texts(record, known):
    """(titles, names of people)"""
    titles = [record["title"], record.get("original_title") or ""]
    titles += [text for text, _language in romanized(record)]
    people = []
    for _role, _position, name in credits_of(record):
        people += [name, known["people"][name].native_name]
    return titles, people


def is_as_said(film, record):
    """Whether the film's rows already say what the record says; people count by name."""
    had_credits = [(c.role, c.person.name) for c in film.credits.all()]
    said = [(role, name) for role, _, name in credits_of(record)]
    themes = sorted(
        (row.position, row.tag.name) for row in film.film_themes.all() if row.is_from_catalogue
    )
    return (
        all(getattr(film, name) == value for name, value in facts(record).items())
        and [row.country_id for row in film.film_countries.all()] == record["countries"]
        and [row.language_id for row in film.film_languages.all()]
        == (record.get("languages") or [])
        and sorted(had_credits) == sorted(said)
        and [t.text for t in film.titles.all() if t.kind == FilmTitle.Kind.ROMANIZED]
        == [text for text, _ in romanized(record)]
        and themes == list(enumerate(record.get("themes") or []))
    )


def update(film, record, known):
    """Bring one film to what the record says; its address and its card's words stay. Gives the
    counts to move, or None where it said that already."""
    if is_as_said(film, record):
        return None
    before, essays = listing.wanted_places(film), listing.essays_of(film)
    for name, value in facts(record).items():
        setattr(film, name, value)
    set_card_lines(film, record, known)
    film.save()
    for model, rows in parts(film, record, known).items():
        if model is FilmTheme:
            update_themes(film, rows)
            continue
        stale = model.objects.filter(film=film)
        if model is FilmTitle:
            stale = stale.filter(kind=FilmTitle.Kind.ROMANIZED)
        stale.delete()
        model.objects.bulk_create(rows)
    film.index_words()
    return listing.listed_anew(film, before, essays)


def update_themes(film, rows):
    """Places in the catalogue come and go; members' votes stay."""
    present = {row.tag_id: row for row in FilmTheme.objects.filter(content_object=film)}
    wanted = {row.tag_id: row for row in rows}
    for tag_id, row in wanted.items():
        had = present.get(tag_id)
        if had is None:
            row.save()
        elif had.position != row.position:
            had.position = row.position
            had.weigh()
            had.save()
    for tag_id in present.keys() - wanted.keys():
        row = present[tag_id]
        if row.is_from_catalogue and not row.vote_count:
            row.delete()
        elif row.is_from_catalogue:
            row.position = None
            row.weigh()
            row.save()


def finish(known):
    """Link related films, now that all are there."""
    for key, row in known.pop("related", []):
        film, other = find(*key), find(row["title"], row.get("year"), row.get("country"))
        if film and other and film != other:
            FilmRelation.objects.get_or_create(film=film, kind=row["relation"], other=other)


def find(title, year, country):
    films = Film.objects.unmerged().filter(title=title, year=year)
    if country:
        films = films.filter(film_countries__country=country, film_countries__position=0)
    return films.first()
