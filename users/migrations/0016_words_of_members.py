from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0015_notices_of_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="word_count",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="words"),
        ),
    ]
