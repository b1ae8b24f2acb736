"""How the tables that search reads are made. Migrations use this: what it does stays as it is."""

from itertools import islice

from django.db import migrations

SQLITE = "CREATE VIRTUAL TABLE {} USING fts5(words, tokenize='ascii', detail='none', prefix='2 3')"
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


def fill(model, rows):
    """Write (primary key, tokens) pairs into a table just made."""
    made = (model(pk=pk, words=" ".join(sorted(tokens))) for pk, tokens in rows if tokens)
    while batch := list(islice(made, 200)):
        model.objects.bulk_create(batch)
