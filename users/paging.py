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


def _field(model, annotations, key):
    if key in annotations:
        return annotations[key].output_field
    return model._meta.pk if key == "pk" else model._meta.get_field(key)


def sort_values(order, values, model, annotations):
    """Those of a position, as the fields that they are compared with have them."""
    keys = (_field(model, annotations, key) for key, _down in order.keys)
    return [field.to_python(value) for field, value in zip(keys, values, strict=True)]


def beyond(queryset, order, values, backwards):
    """Rows after the position: a <= x and (a < x or (b <= y and (b < y …))), which the
    database answers from the order's own index."""
    condition = Q()
    for (key, down), value in reversed(list(zip(order.keys, values, strict=True))):
        side = "lt" if down != backwards else "gt"
        strict = Q(**{f"{key}__{side}": value})
        condition = Q(**{f"{key}__{side}e": value}) & (strict | condition) if condition else strict
    return queryset.filter(condition)


def in_order(queryset, order, values=(), backwards=False):
    """The rows beyond those sort values, or all."""
    rows = beyond(queryset, order, values, backwards) if values else queryset
    return rows.order_by(*order.terms(reverse=backwards))


def page_of(queryset, order, position, size):
    """The page of `queryset` at `position` ("" for the first), `size` rows long.

    Raises PositionError.
    """

    def rows(values, backwards):
        if values:
            values = sort_values(order, values, queryset.model, queryset.query.annotations)
        return list(in_order(queryset, order, values, backwards)[: size + 1])

    return page_from(rows, order, position, size)


def page_from(rows, order, position, size):
    """As `page_of`, of what `rows(values, backwards)` finds beyond the sort values of a position,
    or without any from the start: `size` + 1 rows at most.

    Raises PositionError.
    """
    if not position:
        return first_page(rows((), False), order, size)
    direction, start, values = _load(order, position)
    found = rows(values, direction == "p")
    if direction == "n":
        return later_page(found, order, start, size)
    if len(found) <= size:
        return first_page(rows((), False), order, size)
    found = found[:size][::-1]
    start = max(1, start - size)
    return Page(
        found,
        start,
        next=_dump(order, "n", start + size, found[-1]),
        previous=_dump(order, "p", start, found[0]),
        is_first=False,
    )


def position_of(queryset, order, row, size):
    """Of the page that holds `row`, where every page is full; "" for the first."""
    model, annotations = queryset.model, queryset.query.annotations
    values = sort_values(order, order.values(row), model, annotations)
    before = beyond(queryset, order, values, True)
    count = before.order_by().count()
    if count < size:
        return ""
    over = count % size
    edge = before.order_by(*order.terms(reverse=True))[over]
    return _dump(order, "n", count - over + 1, edge)


def later_page(found, order, start, size):
    """Of rows beyond another page, which have been found in this order."""
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
