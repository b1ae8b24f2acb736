"""One statement that brings the rows of several tables which are shown together.

As `lookup` it is written by hand: half a dozen querysets of a few rows each cost more to put
together than to answer.
"""

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import connection, models

__all__ = ["Shown", "bring", "row_from"]


class Shown(NamedTuple):
    """Of `source`, a table or a join in SQL, the `columns` of those rows whose `key` is any of
    `keys`."""

    source: str
    columns: tuple
    key: str
    keys: list


def bring(wanted):
    """{name: [[value, …]]}, in no order, of {name: Shown}. A date is text; `row_from` reads it."""
    array = "json_array" if connection.vendor == "sqlite" else "json_build_array"
    parts, values = [], []
    for name, (source, columns, key, keys) in wanted.items():
        if keys:
            there = f"{key} IN ({', '.join(['%s'] * len(keys))})"
            row = f"{array}({', '.join(columns)})"
            parts.append(f"SELECT '{name}', {row} FROM {source} WHERE {there}")  # noqa: S608
            values += keys
    rows = {name: [] for name in wanted}
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            for name, row in cursor.fetchall():
                rows[name].append(json.loads(row) if isinstance(row, str) else row)
    return rows


def row_from(model, names, values):
    """An instance of which these fields are known, as a queryset with `only` would bring it."""
    ordered, dates = order_of(model, names)
    known = dict(zip(names, values, strict=True))
    for name in dates:
        if known[name]:
            known[name] = moment(known[name])
    return model.from_db(connection.alias, known, [known[name] for name in ordered])


@lru_cache(maxsize=64)
def order_of(model, names):
    """(the `names` in the order of the model's fields, those of dates)."""
    fields = [field for field in model._meta.concrete_fields if field.attname in names]
    dates = [field.attname for field in fields if isinstance(field, models.DateTimeField)]
    return [field.attname for field in fields], dates


def moment(text):
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
