"""Pages by key: the next rows after a row, never "skip the first 10,000".

A position in the address is signed. It holds the sort values of the row at the edge, the
direction, and where the page starts, so that "Films 25 to 48" can be said without counting.
"""

from dataclasses import dataclass

from django.core import signing
from django.db.models import Q

SALT = "paging"


class PositionError(ValueError):
    """A position that was not made here, or was made for another order."""


@dataclass(frozen=True)
class Order:
    """A total order: (field or annotation, descending) pairs, the last of them unique."""

    name: str
    keys: tuple[tuple[str, bool], ...]

    def terms(self, reverse=False):
        return [f"{'-' if down != reverse else ''}{key}" for key, down in self.keys]

    def values(self, row):
        return [row._meta.pk.value_to_string(row) if key == "pk" else getattr(row, key)
                for key, _ in self.keys]  # fmt: skip


@dataclass(frozen=True)
class Page:
    items: list
    start: int  # number of the first row, from 1
    next: str | None = None
    previous: str | None = None
    is_first: bool = True

    @property
    def end(self):
        return self.start + len(self.items) - 1

    def __iter__(self):
        return iter(self.items)

    def __len__(self):
        return len(self.items)


def _dump(order, direction, start, row):
    values = [str(v) if hasattr(v, "isoformat") else v for v in order.values(row)]
    return signing.dumps([order.name, direction, start, values], salt=SALT)


def _load(order, token):
    try:
        name, direction, start, values = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise PositionError from error
    if name != order.name or len(values) != len(order.keys):
        raise PositionError
    return direction, start, values


def _field(queryset, key):
    annotation = queryset.query.annotations.get(key)
    if annotation is not None:
        return annotation.output_field
    model = queryset.model
    return model._meta.pk if key == "pk" else model._meta.get_field(key)


def _beyond(queryset, order, values, backwards):
    """Rows after the position: a <= x and (a < x or (b <= y and (b < y …))), which the
    database answers from the order's own index."""
    condition = Q()
    for (key, down), raw in reversed(list(zip(order.keys, values, strict=True))):
        value = _field(queryset, key).to_python(raw)
        side = "lt" if down != backwards else "gt"
        strict = Q(**{f"{key}__{side}": value})
        condition = Q(**{f"{key}__{side}e": value}) & (strict | condition) if condition else strict
    return queryset.filter(condition)


def page_of(queryset, order, position, size):
    """The page of `queryset` at `position` ("" for the first), `size` rows long.

    Raises PositionError.
    """
    if not position:
        return _forward(queryset, order, queryset, 1, size)
    direction, start, values = _load(order, position)
    if direction == "n":
        return _forward(queryset, order, _beyond(queryset, order, values, False), start, size)
    rows = _beyond(queryset, order, values, True).order_by(*order.terms(reverse=True))
    rows = list(rows[: size + 1])
    if len(rows) <= size:
        return _forward(queryset, order, queryset, 1, size)
    rows = rows[:size][::-1]
    start = max(1, start - size)
    return Page(
        rows,
        start,
        next=_dump(order, "n", start + size, rows[-1]),
        previous=_dump(order, "p", start, rows[0]),
        is_first=False,
    )


def position_of(queryset, order, row, size):
    """Of the page that holds `row`, where every page is full; "" for the first."""
    before = _beyond(queryset, order, order.values(row), True)
    count = before.order_by().count()
    if count < size:
        return ""
    over = count % size
    edge = before.order_by(*order.terms(reverse=True))[over]
    return _dump(order, "n", count - over + 1, edge)


def _forward(queryset, order, rows, start, size):
    found = list(rows.order_by(*order.terms())[: size + 1])
    if rows is queryset:
        return first_page(found, order, size)
    items = found[:size]
    more = len(found) > size
    return Page(
        items,
        start if items else 0,
        next=_dump(order, "n", start + size, items[-1]) if more else None,
        previous=_dump(order, "p", start, items[0]) if items else None,
        is_first=False,
    )


def first_page(found, order, size):
    """Of rows that are at hand, in this order; more than `size` of them if there is another."""
    items = found[:size]
    more = len(found) > size
    return Page(
        items,
        1 if items else 0,
        next=_dump(order, "n", 1 + size, items[-1]) if more else None,
    )


def bounded_count(queryset, limit=1000, of="pk"):
    """(count, True) up to `limit`, (limit, False) beyond it; never counts further."""
    found = queryset.order_by().values(of)[: limit + 1].count()
    return (found, True) if found <= limit else (limit, False)
