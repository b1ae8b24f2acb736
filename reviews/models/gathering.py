"""Rows of another table that come along with a row, in the same query."""

from django.db import models


class AsLists:
    """Columns of several rows as one list of lists, in no order; where there is no row, None or a
    list without any."""

    def as_sqlite(self, compiler, connection, **more):
        template = "json_group_array(json_array(%(expressions)s))"
        return super().as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler, connection, **more):
        template = "jsonb_agg(jsonb_build_array(%(expressions)s))"
        return super().as_sql(compiler, connection, template=template, **more)


class Gathered(AsLists, models.Aggregate):
    """Of each group of rows."""

    output_field = models.JSONField()


class All(AsLists, models.Func):
    """Of all rows of a query that has no other columns."""

    output_field = models.JSONField()


def gathered(rows, name, *columns):
    """`columns` of `rows`, which point by `name` to the row of an outer query."""
    mine = rows.filter(**{name: models.OuterRef("pk")}).order_by().values(name)
    return models.Subquery(mine.annotate(gathered=Gathered(*columns)).values("gathered"))


def all_of(rows, *columns):
    """`columns` of `rows`, which have nothing to do with the row of the outer query."""
    return models.Subquery(rows.order_by().annotate(gathered=All(*columns)).values("gathered"))
