from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("films", "0021_files_by_name")]

    operations = [
        migrations.RemoveIndex(model_name="film", name="film_year"),
        migrations.AddIndex(
            model_name="film",
            index=models.Index(fields=["year", "status", "id"], name="film_of_year"),
        ),
    ]
