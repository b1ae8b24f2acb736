"""One statement that asks several indexes at once, for the few rows of each that are shown.

It is written by hand: as a dozen querysets it would cost more to put together than to answer. The
two databases differ in how rows with words are found and read, and in nothing that is found.
"""

from functools import lru_cache
from typing import NamedTuple

from django.db import connection, models

from films.models.index import fts5, tsquery
from films.words import TITLE, whole

__all__ = ["Hits", "Place", "look_up", "words_held"]

SAMPLE, COMMON = 500, 10  # what so many of the last rows have is met soon on a walk
WALK = 10_000  # rows; what the last ones have in common may be theirs alone


class Place(NamedTuple):
    """Where to look, and for how much. Of the rows of `index` with one token of each of the
    `groups`, at most so many are `held`, the last made first: no more is read. The first `weighed`
    of these are put in order, and the `best` of them brought. In SQL, these are the table `held_`
    and the place's name."""

    index: type[models.Model]
    words: list
    groups: tuple
    held: int
    weighed: int | str  # or SQL
    best: int
    weight: str  # SQL, of the row `pk`: the highest first; none leaves a row out
    rows: str = ""  # SQL, instead of groups: rows that may have the words
    is_rare: bool = False  # few rows can have them, however many there are
    # Of what is called so, begins so, has the words in a title, and of others. Without, all are equal.
    ranks: tuple = (0, 1, 2, 3)


class Hits(NamedTuple):
    """(primary key, rank) pairs, best first; how many rows are held; and how many of those that
    were weighed have a weight."""

    rows: list
    held: int = 0
    weighed: int = 0

    def keys(self, least=0, most=3):
        return [pk for pk, rank in self.rows if least <= rank <= most]


def look_up(places):
    """{name: Hits} of {name: Place}."""
    asked = {name: place for name, place in places.items() if place.groups or place.rows}
    sql = statement(tuple((name, shape_of(place)) for name, place in asked.items()))
    values = [value for place in asked.values() for value in values_of(place)]
    found = {name: Hits([]) for name in places}
    with connection.cursor() as cursor:
        cursor.execute(sql, values + [place.best for place in asked.values()])
        for name, pk, rank, *counts in cursor.fetchall():
            found[name] = Hits([*found[name].rows, (pk, rank)], *counts)
    return found


def words_held(place):
    """[(primary key, weight, the words that it has)] of the rows of one place that are held."""
    table, held = place.index._meta.db_table, held_rows(shape_of(place))
    words = words_of(table, "pk")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pk, {place.weight}, {words} FROM ({held}) AS held", wanted(place))  # noqa: S608
        return cursor.fetchall()


def shape_of(place):
    """All that the SQL depends on: it is the same for any words of that number."""
    return place._replace(words=len(place.words), groups=(), held=0, best=0)


def values_of(place):
    if not place.rows:
        yield from wanted(place)
    if place.ranks:
        yield f" {whole(place.words)} "
        yield f" {whole(place.words)}"
        yield from (f" {TITLE}{word}" for word in place.words)
        if place.rows:
            yield from (f" {word}" for word in place.words)


def wanted(place):
    if connection.vendor == "sqlite":
        return [fts5(place.groups), place.held]
    query, held = tsquery(place.groups), place.held
    return [query, held] if place.is_rare else [query, query, held, held, query, held, held]


@lru_cache(maxsize=256)
def statement(shapes):
    parts, best = [], []
    for name, shape in shapes:
        parts += (
            f"held_{name} AS ({held_rows(shape)})",
            f"weighed_{name} AS ({weighed_rows(name, shape)})",
        )
        best.append(best_rows(name))
    return f"WITH {', '.join(parts)} {' UNION ALL '.join(best)}"


def held_rows(shape):
    if shape.rows:
        return shape.rows
    table = shape.index._meta.db_table
    if connection.vendor == "sqlite":
        return (
            f"SELECT rowid AS pk FROM {table} WHERE {table} MATCH %s ORDER BY rowid DESC LIMIT %s"  # noqa: S608
        )
    found = f"SELECT rowid AS pk FROM {table} WHERE vector @@ %s::tsquery"  # noqa: S608
    if shape.is_rare:
        return sorted_rows(found)
    # PostgreSQL takes any beginning of a word to stand in one row of 200, and would walk the whole
    # table for one that stands in none. The last rows tell how common the words are.
    return f"""
        WITH latest AS MATERIALIZED (
            SELECT COUNT(*) AS held
            FROM (SELECT vector FROM {table} ORDER BY rowid DESC LIMIT {SAMPLE}) AS rows
            WHERE vector @@ %s::tsquery
        ), walked AS MATERIALIZED (
            SELECT pk FROM (
                SELECT rowid AS pk, vector FROM {table}
                WHERE (SELECT held FROM latest) >= {COMMON} ORDER BY rowid DESC LIMIT {WALK}
            ) AS rows
            WHERE vector @@ %s::tsquery LIMIT %s
        )
        SELECT pk FROM walked WHERE (SELECT COUNT(*) FROM walked) = %s UNION ALL (
            {sorted_rows(f"{found} AND (SELECT COUNT(*) FROM walked) < %s")}
        )"""  # noqa: S608


def sorted_rows(found):
    """All that the index of words finds, put in order: OFFSET 0 keeps the order out of the plan."""
    return f"SELECT pk FROM ({found} OFFSET 0) AS found ORDER BY pk DESC LIMIT %s"  # noqa: S608


def weighed_rows(name, shape):
    chosen = f"FROM held_{name} ORDER BY pk DESC LIMIT {shape.weighed}"
    if not shape.ranks:
        rows = f"SELECT pk, {shape.weight} AS weight, 0 AS nearness {chosen}"
        return f"SELECT * FROM ({rows}) AS chosen WHERE weight IS NOT NULL"  # noqa: S608
    table = shape.index._meta.db_table
    return f"""
        SELECT pk, weight, {ranking(shape)} AS nearness FROM (
            SELECT
                pk, {shape.weight} AS weight,
                ' ' || {words_of(table, f"held_{name}.pk")} || ' ' AS there
            {chosen}
        ) AS chosen WHERE weight IS NOT NULL"""  # noqa: S608


def words_of(table, key):
    if connection.vendor == "sqlite":  # where FTS5 itself keeps them: to ask it takes twice as long
        return f"(SELECT c0 FROM {table}_content WHERE id = {key})"  # noqa: S608
    return f"(SELECT words FROM {table} WHERE rowid = {key})"  # noqa: S608


def best_rows(name):
    # Both parts are named more than once, and so worked out once.
    return f"""
        SELECT * FROM (
            SELECT
                '{name}', pk, nearness,
                (SELECT COUNT(*) FROM held_{name}), (SELECT COUNT(*) FROM weighed_{name})
            FROM weighed_{name} WHERE nearness IS NOT NULL
            ORDER BY nearness, weight DESC, pk DESC LIMIT %s
        ) AS best"""  # noqa: S608


def ranking(shape):
    """As `films.search.nearness` says it of a row in Python."""
    holds = f"{'instr' if connection.vendor == 'sqlite' else 'strpos'}(there, %s) > 0"
    every = " AND ".join([holds] * shape.words)
    named, begun, titled, rest = shape.ranks
    sql = f"CASE WHEN {holds} THEN {named} WHEN {holds} THEN {begun} WHEN {every} THEN {titled}"
    return f"{sql} WHEN {every} THEN {rest} END" if shape.rows else f"{sql} ELSE {rest} END"
