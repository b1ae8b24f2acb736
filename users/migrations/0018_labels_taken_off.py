from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("users", "0017_picture_license")]

    operations = [
        migrations.AlterField(
            model_name="moderationaction",
            name="verb",
            field=models.CharField(
                choices=[
                    ("publish", "publish"),
                    ("unpublish", "take back into drafts"),
                    ("delete", "delete"),
                    ("undelete", "bring back"),
                    ("keep", "leave as it is"),
                    ("label", "label"),
                    ("unlabel", "take the label off"),
                    ("hold", "hold"),
                    ("hide", "hide"),
                    ("remove", "remove"),
                    ("restore", "restore"),
                    ("hide_passage", "hide a passage"),
                    ("show_passage", "show a passage again"),
                ],
                max_length=20,
                verbose_name="verb",
            ),
        ),
    ]
