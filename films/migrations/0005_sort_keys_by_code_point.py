from django.db import migrations

# A sort key is ASCII; it must be in the same order in every database, whatever its locale.
COLUMNS = [("films_film", "sort_key", 220), ("films_person", "sort_name", 140),
           ("films_filmword", "word", 60)]  # fmt: skip


def sort_by_code_point(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, column, length in COLUMNS:
        schema_editor.execute(
            f'ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar({length}) COLLATE "C"'
        )


class Migration(migrations.Migration):
    dependencies = [("films", "0004_languages")]

    operations = [migrations.RunPython(sort_by_code_point, migrations.RunPython.noop)]
