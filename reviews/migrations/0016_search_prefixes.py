from django.db import migrations

from films.index_tables import every_prefix


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0015_marks_order_and_answers"),
        ("films", "0017_search_prefixes"),
    ]

    operations = [every_prefix("reviews_reviewindex")]
