"""Querysets that are put together once, for the pages that everybody reads.

Putting one together and compiling it takes several times as long as the database takes to answer
it. A prepared one is compiled when it is first asked for; from then on only its values change. Its
rows stay as the database gave them until somebody looks at one: as they are, they say whether a
part of a page that is made of them is kept already.
"""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from functools import wraps
from itertools import compress
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Expression, Field, ForeignObject, IntegerField, Lookup, Model
from django.db.models.base import ModelState
from django.db.models.query import ValuesListIterable
from django.db.models.signals import post_init, pre_init

__all__ = ["Rows", "as_list", "hold", "prepared"]


PLACE = re.compile(r"(?<!%)%s")
LARGEST = 63  # bits of a number in either database, but for its sign
MOST = 400  # statements of a connection: shapes of a query may be as many as readers think of


class Name(NamedTuple):
    """In the parameters of a statement, the place of a value that is yet to come."""

    name: str


class Slot(Expression):
    """In a queryset, the place of a value that is yet to come: a key, a number, a text or a
    moment."""

    def __init__(self, name):
        super().__init__()
        self.name = Name(name)

    def as_sql(self, compiler, connection):
        return "%s", [self.name]


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """As `in`, of a list that is yet to come, as `as_list` has it."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sqlite(self, compiler, connection):
        return self.written(compiler, connection, "IN (SELECT value FROM json_each({}))")

    def as_postgresql(self, compiler, connection):
        field = getattr(self.lhs.output_field, "target_field", self.lhs.output_field)
        kind = "bigint" if isinstance(field, IntegerField) else "text"
        return self.written(compiler, connection, f"= ANY ({{}}::{kind}[])")

    def written(self, compiler, connection, condition):
        column, given = self.process_lhs(compiler, connection)
        slot, name = self.process_rhs(compiler, connection)
        return f"{column} {condition.format(slot)}", [*given, *name]


def as_list(values):
    values = sorted(values)
    return json.dumps(values) if connection.vendor == "sqlite" else values


class Statement:
    """A compiled queryset of one connection."""

    def __init__(self, rows, connection):
        if rows._prefetch_related_lookups or rows._known_related_objects:
            raise ValueError("A prepared queryset knows no rows and fetches none beside its own.")
        self.connection = connection
        compiler = rows.query.get_compiler(connection=connection)
        self.sql, self.fixed, self.names = named(*compiler.as_sql())
        columns = [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
        self.converters = list(converters_of(compiler, columns))
        if issubclass(rows._iterable_class, ValuesListIterable):
            self.places, self.make = {}, tuple
        else:
            names, start = columns_of(compiler.klass_info, compiler.select)
            self.places = {name: start + n for n, name in enumerate(names)}
            self.places |= compiler.annotation_col_map or {}
            self.make = maker_of(compiler.klass_info, compiler, connection.alias)

    def ask(self, given):
        values = self.fixed | {name: self.adapted(given[name]) for name in self.names}
        with self.connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            return Rows(self, cursor.fetchall())

    def adapted(self, value):
        if isinstance(value, datetime):
            return self.connection.ops.adapt_datetimefield_value(value)
        if isinstance(value, int) and value.bit_length() > LARGEST:
            return None  # no column holds it, so nothing is equal to it
        return value

    def made(self, found):
        return list(map(self.make, self.converted(found) if self.converters else found))

    def converted(self, found):
        """As the compiler does it, but for what is nothing: most moments are."""
        rows = [list(row) for row in found]
        for place, expression, convert, converts_nothing in self.converters:
            for row in rows:
                if row[place] is not None or converts_nothing:
                    row[place] = convert(row[place], expression, self.connection)
        return rows


def named(sql, values):
    """(statement, fixed values, names of those to come) with a name at each place: Django makes
    what SQLite wants of names by one formatting, but of bare places by a search of the whole."""
    names = [v.name if v.__class__ is Name else f"value_{n}" for n, v in enumerate(values)]
    places = iter(names)
    sql = PLACE.sub(lambda _place: f"%({next(places)})s", sql)
    fixed = {name: v for name, v in zip(names, values, strict=True) if v.__class__ is not Name}
    return sql, fixed, frozenset(names) - frozenset(fixed)


def converters_of(compiler, columns):
    """(place in the row, expression, function, whether it makes something of None)"""
    of_database = {
        convert
        for column in columns
        for convert in compiler.connection.ops.get_db_converters(column)
    }
    for place, (converters, expression) in compiler.get_converters(columns).items():
        for convert in converters:
            yield place, expression, convert, convert not in of_database


def columns_of(info, select):
    """(names of the fields of a model, place of the first) in the rows of a statement."""
    places = info["select_fields"]
    return [select[place][0].target.attname for place in places], places[0]


def maker_of(info, compiler, alias):
    """A function that makes an instance of a row, and of the related ones that came along, as
    `ModelIterable` does. A model that has its own way to be made is none for it."""
    model = info["model"]
    if not is_made_plainly(model) or info.get("from_parent"):
        raise TypeError(f"{model.__name__} has its own way to be made.")
    names, start = columns_of(info, compiler.select)
    end, key = start + len(names), start + names.index(model._meta.pk.attname)
    annotations = compiler.annotation_col_map if info is compiler.klass_info else None
    annotations = list((annotations or {}).items())
    related = [
        (other["local_setter"], other["remote_setter"], maker_of(other, compiler, alias))
        for other in info.get("related_klass_infos", ())
    ]

    def make(row):
        if row[key] is None:
            return None
        instance = model.__new__(model)
        state = instance._state = ModelState()
        state.adding, state.db = False, alias
        instance.__dict__.update(zip(names, row[start:end], strict=True))
        for name, place in annotations:
            instance.__dict__[name] = row[place]
        for set_local, set_remote, make_other in related:
            other = make_other(row)
            set_local(instance, other)
            if other is not None:
                set_remote(other, instance)
        return instance

    return make


def is_made_plainly(model):
    return (
        model.__init__ is Model.__init__
        and model.from_db.__func__ is Model.from_db.__func__
        and not pre_init.has_listeners(model)
        and not post_init.has_listeners(model)
    )


class Rows(Sequence):
    """What a statement found, as a list; the instances are made when the first is looked at.

    `repr` says all that was found, and is the same for the same rows.
    """

    def __init__(self, statement, found):
        self.statement = statement
        self.found = found
        self.made = None

    def __repr__(self):
        return repr(self.found)

    def __len__(self):
        return len(self.found)

    def __getitem__(self, place):
        if isinstance(place, slice):
            return Rows(self.statement, self.found[place])
        if self.made is None:
            return self.statement.made([self.found[place]])[0]
        return self.made[place]

    def __iter__(self):
        return iter(self.instances())

    def column(self, name):
        """The values of a field of the model itself, as the database gave them."""
        place = self.statement.places[name]
        return [row[place] for row in self.found]

    def in_order(self, name, values):
        """Those with one of the values of a field, in their order."""
        rows = dict(zip(self.column(name), self.found, strict=True))
        return Rows(self.statement, [rows[value] for value in values if value in rows])

    def where(self, wanted):
        """Those at whose place in `wanted` stands something true."""
        return Rows(self.statement, list(compress(self.found, wanted)))

    def instances(self):
        if self.made is None:
            self.made = self.statement.made(self.found)
        return self.made


def prepared(build):
    """Of a function that builds a queryset from values, one that finds its `Rows`.

    The function hands its arguments to `filter`, and nothing else depends on them but on how many
    they are; what it takes by name only makes another queryset. That brings instances, with related
    ones by `select_related`, or a `values_list`.
    """

    @wraps(build)
    def find(*values, **options):
        connection = connections[DEFAULT_DB_ALIAS]
        # With the connection, which they hold: so they go when it does, at the end of its thread.
        known = vars(connection).setdefault("prepared_statements", {})
        key = build, len(values), *options.items()
        if key not in known:
            if len(known) >= MOST:
                del known[next(iter(known))]
            slots = [Slot(f"given_{place}") for place in range(len(values))]
            known[key] = Statement(build(*slots, **options), connection)
        return known[key].ask({f"given_{place}": value for place, value in enumerate(values)})

    return find


def hold(instance, name, rows):
    """Let `rows` be what `instance.<name>.all()` brings, as if they had been prefetched."""
    relation = getattr(type(instance), name).rel
    found = relation.related_model._default_manager.all()
    found._result_cache, found._prefetch_done = rows, True
    # Whoever narrows it down does so among the instance's own; until then it costs nothing.
    found._deferred_filter = False, (), {relation.field.name: instance}
    instance.__dict__.setdefault("_prefetched_objects_cache", {})[name] = found
