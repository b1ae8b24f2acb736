from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("users", "0016_words_of_members")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="picture_license",
            field=models.CharField(blank=True, editable=False, max_length=40),
        ),
    ]
