"""What was filled, many times over, by PostgreSQL itself: a million films and ten million pieces in
an hour, where the filler would take a night.

A copy's films have other titles, of the same words: the last word of each is that of another film.
Its people have other numbers. Members, themes, countries and the piece with most comments stay
single, and so does the film with most pieces: its copies have none.
"""

from django.db import connection
from tqdm import tqdm

from films.models import (
    Country,
    CountryDecade,
    Credit,
    Decade,
    Film,
    FilmCountry,
    FilmIndex,
    FilmLanguage,
    FilmTheme,
    Language,
    Person,
    PersonIndex,
    Theme,
    ThemeCountry,
    ThemeDecade,
    ThemeListing,
    ThemePair,
)
from films.models.film import NEVER
from reviews.models import Review, ReviewIndex, ReviewTheme
from users.models import ModerationAction, User

# Of copy k: %s is the column, `own` the film of the row and `other` the one that lends its last word.
RETITLED = "replace(replace(%s, own.word, other.word), initcap(own.word), initcap(other.word))"
NUMBER = "900 + k"  # before each number of a person, so that no two are the same
RENUMBERED = rf"regexp_replace(%s, '(\d+)$', ({NUMBER}) || '\1')"
RENUMBERED_WORDS = rf"regexp_replace(%s, '(^|[ ¶])(\d+)(?= |$)', '\1' || ({NUMBER}) || '\2', 'g')"
EARLIER = "%s - k * interval '1 hour'"
RENAMED = "%s || '-' || k"
IS_HEAVY = "row.id = (SELECT min(id) FROM word)"
NONE_OF_HEAVY = f"CASE WHEN {IS_HEAVY} THEN 0 ELSE %s END"
LAST_WRITTEN = (
    f"CASE WHEN {IS_HEAVY} THEN '{NEVER}'"
    f" WHEN row.essay_count + row.note_count > 0 THEN {EARLIER} ELSE %s END"
)

# The tables in which each row comes again, and the columns that are not the same or shifted.
COPIED = {
    Person: {"name": RENUMBERED, "slug": RENUMBERED, "sort_name": f"({NUMBER}) || %s"},
    PersonIndex: {"words": RENUMBERED_WORDS},
    Film: {
        "slug": RENAMED, "title": RETITLED, "original_title": RETITLED, "sort_key": RETITLED,
        "card_director": RENUMBERED, "essay_count": NONE_OF_HEAVY, "note_count": NONE_OF_HEAVY,
        "last_written_at": LAST_WRITTEN,
    },
    FilmIndex: {"words": RENUMBERED_WORDS.replace("%s", RETITLED)},
    FilmCountry: {}, FilmLanguage: {}, FilmTheme: {}, ThemeListing: {}, Credit: {},
    Review: {
        "slug": RENAMED, "title": RETITLED, "film_title": RETITLED,
        "published_at": EARLIER, "rank": "%s - k", "comment_count": "0", "edited_at": "NULL",
    },
    ReviewIndex: {"words": RETITLED},
    ReviewTheme: {"listed_at": EARLIER, "rank": "%s - k"},
    ModerationAction: {"created_at": "%s + k * interval '7 seconds'"},
}  # fmt: skip
INDEXED = {PersonIndex: Person, FilmIndex: Film, ReviewIndex: Review}
COUNTED = Theme, Country, Decade, ThemePair, ThemeCountry, ThemeDecade, CountryDecade, Language


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else None


def table(model):
    return model._meta.db_table


SETTINGS = {
    "session_replication_role": "replica",  # no triggers that look each key up
    "synchronous_commit": "off",
    "maintenance_work_mem": "1GB",
}


def multiply(times):
    for name, value in SETTINGS.items():
        run(f"SET {name} = '{value}'")
    run(
        f"CREATE TEMP TABLE word AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS place,"
        f" lower(regexp_replace(title, '^.* ', '')) AS word FROM {table(Film)}"
    )
    run("CREATE UNIQUE INDEX ON word (id)")
    run("CREATE UNIQUE INDEX ON word (place)")
    run("ANALYZE word")
    strides = {model: run(f"SELECT max(id) FROM {table(model)}")[0][0] for model in COPIED
               if model not in INDEXED}  # fmt: skip
    indexes = list(drop_indexes())
    for model, changes in tqdm(COPIED.items(), desc="tables", disable=None):
        copy = copying(model, changes, strides)
        for k in tqdm(range(1, times), desc=table(model), leave=False, disable=None):
            run(copy.replace("{k}", str(k)))
    for definition in tqdm(indexes, desc="indexes", disable=None):
        run(definition)
    count(times, strides)
    run("DROP TABLE word")
    for name in SETTINGS:
        run(f"RESET {name}")
    run("VACUUM ANALYZE")


def drop_indexes():
    """The statements that make them anew."""
    for name in map(table, COPIED):
        rules = run(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype = 'u'", name,
        )  # fmt: skip
        for rule, definition in rules:
            run(f'ALTER TABLE {name} DROP CONSTRAINT "{rule}"')
            yield f'ALTER TABLE {name} ADD CONSTRAINT "{rule}" {definition}'
        found = run(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = %s::regclass AND NOT indisprimary", name,
        )  # fmt: skip
        for index, definition in found:
            run(f"DROP INDEX {index}")
            yield definition


def copying(model, changes, strides):
    """The statement that adds copy {k} of the rows that the filler made."""
    parent = INDEXED.get(model, model)
    values = {}
    for field in model._meta.concrete_fields:
        column = f'row."{field.column}"'
        if field.generated:
            continue
        if field.column in changes:
            values[field.column] = changes[field.column].replace("%s", column)
        elif stride := shift(model, field, strides):
            values[field.column] = f"{column} + k * {stride}"
        else:
            values[field.column] = column
    key = f'row."{model._meta.pk.column}"'
    joins, wanted = "", f"{key} <= {strides[parent]}"
    if parent is Review or model is ReviewTheme:
        piece = "row.content_object_id" if model is ReviewTheme else key
        joins = f"JOIN {table(Review)} piece ON piece.id = {piece}"
        wanted += " AND piece.film_id <> (SELECT min(id) FROM word)"
    if any("own.word" in value for value in values.values()):
        film = "piece.film_id" if parent is Review else key
        joins += f" JOIN word own ON own.id = {film} JOIN word other ON other.place ="
        joins += " (own.place + k * 7919) % (SELECT count(*) FROM word)"
    names = ", ".join(f'"{name}"' for name in values)
    return (
        f"INSERT INTO {table(model)} ({names}) SELECT {', '.join(values.values())}"
        f" FROM (SELECT {{k}} AS k) copy CROSS JOIN {table(model)} row {joins} WHERE {wanted}"
    )


def shift(model, field, strides):
    """How far apart the keys in it are in two copies; None for a key of what stays single."""
    if field.primary_key:
        return strides[INDEXED.get(model, model)]
    if model is ModerationAction and field.name == "object_id":
        return strides[Review]
    return field.is_relation and strides.get(field.related_model)


def count(times, strides):
    for model in strides:
        run(
            f"SELECT setval(pg_get_serial_sequence('{table(model)}', 'id'), max(id)) FROM {table(model)}"
        )
    for model in COUNTED:
        run(f"UPDATE {table(model)} SET film_count = film_count * {times}")
    run(
        f"UPDATE {table(User)} SET essay_count = essays, note_count = notes, word_count = words FROM"
        " (SELECT author_id, count(*) FILTER (WHERE kind = 'essay') AS essays,"
        " count(*) FILTER (WHERE kind = 'note') AS notes, sum(word_count) AS words"
        f" FROM {table(Review)} GROUP BY author_id) found WHERE found.author_id = id"
    )
    run(
        f"UPDATE {table(Country)} SET essay_count = essays FROM (SELECT country_id,"
        f" sum(film.essay_count) AS essays FROM {table(FilmCountry)} place"
        f" JOIN {table(Film)} film ON film.id = film_id GROUP BY country_id) found"
        " WHERE found.country_id = code"
    )
