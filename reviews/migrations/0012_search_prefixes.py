from django.db import migrations

from films.index_tables import every_prefix


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0011_lengths_and_choices_in_lists"),
        ("films", "0014_search_prefixes"),
    ]

    operations = [every_prefix("reviews_reviewindex")]
