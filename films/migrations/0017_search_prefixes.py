from django.db import migrations

from films.index_tables import every_prefix


class Migration(migrations.Migration):
    dependencies = [("films", "0016_how_long_films_last")]

    operations = [every_prefix("films_filmindex", "films_personindex", "films_themeindex")]
