"""One statement that asks several indexes at once, for the few rows of each that are shown.

It is written by hand: the two databases differ in two words of it, and as a dozen querysets it
would cost more to put together than to answer.
"""

from typing import NamedTuple

from django.db import connection, models

from films.models.index import fts5, tsquery
from films.words import TITLE, whole

__all__ = ["Hits", "Place", "look_up"]


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
    parts, best, values, more = [], [], [], []
    for name, place in asked.items():
        held, asked_for = held_rows(place)
        weighed, ranked_by = weighed_rows(name, place)
        parts += f"held_{name} AS ({held})", f"weighed_{name} AS ({weighed})"
        values += [*asked_for, *ranked_by]
        sql, shown = best_rows(name, place)
        best.append(sql)
        more += shown
    found = {name: Hits([]) for name in places}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(parts)} {' UNION ALL '.join(best)}", values + more)
        for name, pk, rank, *counts in cursor.fetchall():
            found[name] = Hits([*found[name].rows, (pk, rank)], *counts)
    return found


def held_rows(place):
    if place.rows:
        return place.rows, []
    table = place.index._meta.db_table
    if connection.vendor == "sqlite":
        matching, query = f"{table} MATCH %s", fts5(place.groups)
    else:
        matching, query = "vector @@ %s::tsquery", tsquery(place.groups)
    sql = f"SELECT rowid AS pk FROM {table} WHERE {matching} ORDER BY rowid DESC LIMIT %s"  # noqa: S608
    return sql, [query, place.held]


def weighed_rows(name, place):
    chosen = f"FROM held_{name} ORDER BY pk DESC LIMIT {place.weighed}"
    if not place.ranks:
        rows = f"SELECT pk, {place.weight} AS weight, 0 AS nearness {chosen}"
        return f"SELECT * FROM ({rows}) AS chosen WHERE weight IS NOT NULL", []  # noqa: S608
    table = place.index._meta.db_table
    nearness, values = ranking(place)
    sql = f"""
        SELECT pk, weight, {nearness} AS nearness FROM (
            SELECT
                pk, {place.weight} AS weight,
                (SELECT ' ' || words || ' ' FROM {table} WHERE rowid = held_{name}.pk) AS there
            {chosen}
        ) AS chosen WHERE weight IS NOT NULL"""  # noqa: S608
    return sql, values


def best_rows(name, place):
    # Both parts are named more than once, and so worked out once.
    sql = f"""
        SELECT * FROM (
            SELECT
                '{name}', pk, nearness,
                (SELECT COUNT(*) FROM held_{name}), (SELECT COUNT(*) FROM weighed_{name})
            FROM weighed_{name} WHERE nearness IS NOT NULL
            ORDER BY nearness, weight DESC, pk DESC LIMIT %s
        ) AS best"""  # noqa: S608
    return sql, [place.best]


def ranking(place):
    """As `films.search.nearness` says it of a row in Python."""
    holds = f"{'instr' if connection.vendor == 'sqlite' else 'strpos'}(there, %s) > 0"
    every = " AND ".join([holds] * len(place.words))
    named, begun, titled, rest = place.ranks
    name = f" {whole(place.words)}"
    values = [f"{name} ", name, *(f" {TITLE}{word}" for word in place.words)]
    sql = f"CASE WHEN {holds} THEN {named} WHEN {holds} THEN {begun} WHEN {every} THEN {titled}"
    if place.rows:
        return f"{sql} WHEN {every} THEN {rest} END", [*values, *(f" {w}" for w in place.words)]
    return f"{sql} ELSE {rest} END", values
