from django.conf import settings
from django.db import migrations, models


def empty_text_of_endings(apps, schema_editor):
    reviews = apps.get_model("reviews", "Review")
    reviews.objects.filter(is_spoiler=True).exclude(safe_text="").update(safe_text="")


class Migration(migrations.Migration):
    dependencies = [
        ("films", "0013_quorum_and_folded_themes"),
        ("reviews", "0011_lengths_and_choices_in_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="review",
            name="seen_as",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "as the dates say"),
                    ("first", "for the first time"),
                    ("again", "again"),
                ],
                default="",
                max_length=5,
                verbose_name="which time",
            ),
        ),
        migrations.AddField(
            model_name="viewing",
            name="seen_as",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "as the dates say"),
                    ("first", "for the first time"),
                    ("again", "again"),
                ],
                default="",
                max_length=5,
                verbose_name="which time",
            ),
        ),
        migrations.RunPython(empty_text_of_endings, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("seen_as__in", ["", "first", "again"])),
                name="review_seen_as_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_spoiler", True), _negated=True),
                    ("safe_text", ""),
                    _connector="OR",
                ),
                name="review_ending_is_no_safe_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="viewing",
            constraint=models.CheckConstraint(
                condition=models.Q(("seen_as__in", ["", "first", "again"])),
                name="viewing_seen_as_known",
            ),
        ),
    ]
