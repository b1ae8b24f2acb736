from django.db import migrations

from films.index_tables import every_prefix


class Migration(migrations.Migration):
    dependencies = [("films", "0013_quorum_and_folded_themes")]

    operations = [every_prefix("films_filmindex", "films_personindex", "films_themeindex")]
