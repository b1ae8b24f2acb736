from django.db import migrations, models
from django.db.models.fields.json import KT
from django.db.models.functions import Left


class Migration(migrations.Migration):
    dependencies = [("films", "0020_names_of_licenses")]

    operations = [
        migrations.AddField(
            model_name="image",
            name="files_begin",
            field=models.GeneratedField(
                db_persist=True,
                expression=Left(KT("derivatives__0__name"), 42),
                output_field=models.CharField(max_length=42, null=True),
            ),
        ),
        migrations.AddIndex(
            model_name="image",
            index=models.Index(fields=["files_begin", "status"], name="image_of_file"),
        ),
    ]
