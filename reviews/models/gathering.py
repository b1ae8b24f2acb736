"""Rows of another table that come along with a row, in the same query."""

from django.db import models


class Gathered(models.Aggregate):
    """Columns of several rows as one list of lists, in no order; None where there is no row."""

    output_field = models.JSONField()

    def as_sqlite(self, compiler, connection, **more):
        template = "json_group_array(json_array(%(expressions)s))"
        return super().as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler, connection, **more):
        template = "jsonb_agg(jsonb_build_array(%(expressions)s))"
        return super().as_sql(compiler, connection, template=template, **more)


def gathered(rows, name, *columns):
    """`columns` of `rows`, which point by `name` to the row of an outer query."""
    mine = rows.filter(**{name: models.OuterRef("pk")}).order_by().values(name)
    return models.Subquery(mine.annotate(gathered=Gathered(*columns)).values("gathered"))
