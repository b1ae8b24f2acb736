"""The tables that search reads: a virtual FTS5 table on SQLite, a `tsvector` on PostgreSQL.

They are written in the transaction of their row, by whatever changes it. Only what everybody may
read stands in them; withdrawn films stand there too, under a sign of their own. `manage.py reindex`
writes them anew.
"""

from django.db import connection, models
from django.db.models.lookups import Lookup

__all__ = ["FilmIndex", "IndexQuerySet", "PersonIndex", "SearchIndex", "ThemeIndex"]


@models.TextField.register_lookup
class HasTokens(Lookup):
    """Whether the index's row has, of each of the `written` groups (films/words.py), one token."""

    lookup_name = "has_tokens"
    prepare_rhs = False

    def as_sqlite(self, compiler, connection):
        return self.compared(compiler, self.lhs.target.model._meta.db_table, "MATCH %s")

    def as_postgresql(self, compiler, connection):
        return self.compared(compiler, "vector", "@@ %s::tsquery")

    def compared(self, compiler, column, comparison):
        table = compiler.quote_name_unless_alias(self.lhs.alias)
        column = compiler.connection.ops.quote_name(column)
        _sql, given = self.process_rhs(compiler, compiler.connection)
        return f"{table}.{column} {comparison}", given


def written(groups):
    """Groups of tokens as the index is asked for them."""
    return (fts5 if connection.vendor == "sqlite" else tsquery)(groups)


def fts5(groups):
    return " AND ".join(f"({' OR '.join(map(fts5_token, group))})" for group in groups)


def fts5_token(token):
    word = token.removesuffix("*").replace('"', "")
    return f'"{word}" *' if token.endswith("*") else f'"{word}"'


def tsquery(groups):
    return " & ".join(f"({' | '.join(map(tsquery_token, group))})" for group in groups)


def tsquery_token(token):
    word = token.removesuffix("*").replace("'", "").replace("\\", "")
    return f"'{word}':*" if token.endswith("*") else f"'{word}'"


class IndexQuerySet(models.QuerySet):
    def matching(self, groups):
        return self.filter(words__has_tokens=written(groups)) if groups else self.none()

    def write(self, tokens_by_pk):
        """{primary key: tokens}; a row without tokens is taken out."""
        self.filter(pk__in=tokens_by_pk).delete()
        self.bulk_create(
            [
                self.model(pk=pk, words=" ".join(sorted(tokens)))
                for pk, tokens in tokens_by_pk.items()
                if tokens
            ],
            batch_size=200,
        )

    def forget(self):
        """Let go of the words of rows that are gone: FTS5 keeps them until it merges its parts.
        Takes about a second for 100,000 rows."""
        if connection.vendor == "sqlite":
            table = connection.ops.quote_name(self.model._meta.db_table)
            with connection.cursor() as cursor:
                cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608


class SearchIndex(models.Model):
    words = models.TextField()

    objects = IndexQuerySet.as_manager()

    class Meta:
        abstract = True
        managed = False

    def __str__(self):
        return f"{self.pk}: {self.words[:80]}"


def row_of(model):
    """What an index's row is about. No constraint: a virtual table has none."""
    return models.OneToOneField(
        model,
        models.DO_NOTHING,
        primary_key=True,
        db_column="rowid",
        db_constraint=False,
        related_name="+",
    )


class FilmIndex(SearchIndex):
    film = row_of("films.Film")

    class Meta(SearchIndex.Meta):
        db_table = "films_filmindex"


class PersonIndex(SearchIndex):
    person = row_of("films.Person")

    class Meta(SearchIndex.Meta):
        db_table = "films_personindex"


class ThemeIndex(SearchIndex):
    theme = row_of("films.Theme")

    class Meta(SearchIndex.Meta):
        db_table = "films_themeindex"
