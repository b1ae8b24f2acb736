"""How the tables that search reads are made. Migrations use this: what it does stays as it is."""

from itertools import islice

from django.db import migrations

SQLITE = "CREATE VIRTUAL TABLE {} USING fts5(words, tokenize='ascii', detail='none', prefix='2 3')"
EVERY_LENGTH = SQLITE.replace("'2 3'", "'1 2 3 4 5 6 7 8'")
POSTGRESQL = (
    "CREATE TABLE {0} (rowid bigint PRIMARY KEY, words text NOT NULL, vector tsvector NOT NULL"
    " GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED)",
    "CREATE INDEX {0}_vector ON {0} USING gin (vector) WITH (fastupdate = off)",
)


def creation(*tables):
    """The operation that makes the tables of these names."""

    def create(apps, schema_editor):
        is_sqlite = schema_editor.connection.vendor == "sqlite"
        for table in tables:
            for statement in (SQLITE,) if is_sqlite else POSTGRESQL:
                schema_editor.execute(statement.format(table))

    def drop(apps, schema_editor):
        for table in tables:
            schema_editor.execute(f"DROP TABLE {table}")

    return migrations.RunPython(create, drop)


def every_prefix(*tables):
    """The operation that makes these tables of SQLite anew, with an index of the beginnings of
    words: what begins like that is then read in the order of its rows, and only as far as wanted.
    PostgreSQL's tables have no such thing."""

    def remake(schema_editor, statement):
        if schema_editor.connection.vendor != "sqlite":
            return
        for table in tables:
            schema_editor.execute(statement.format(f"{table}_new"))
            schema_editor.execute(
                f"INSERT INTO {table}_new (rowid, words)"  # noqa: S608
                f" SELECT rowid, words FROM {table} ORDER BY rowid"
            )
            schema_editor.execute(f"DROP TABLE {table}")
            schema_editor.execute(f"ALTER TABLE {table}_new RENAME TO {table}")

    return migrations.RunPython(
        lambda apps, schema_editor: remake(schema_editor, EVERY_LENGTH),
        lambda apps, schema_editor: remake(schema_editor, SQLITE),
    )


def fill(model, rows):
    """Write (primary key, tokens) pairs into a table just made."""
    made = (model(pk=pk, words=" ".join(sorted(tokens))) for pk, tokens in rows if tokens)
    while batch := list(islice(made, 200)):
        model.objects.bulk_create(batch)
