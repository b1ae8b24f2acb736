import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from reviews.lengths import weight_in_words


def forget_times_that_have_passed(apps, schema_editor):
    Review = apps.get_model("reviews", "Review")
    gone_out = Review.objects.filter(publish_at__isnull=False).exclude(status="draft")
    gone_out.update(publish_at=None)


def count_words(apps, schema_editor):
    Review, User = apps.get_model("reviews", "Review"), apps.get_model("users", "User")
    pieces = Review.objects.filter(status="published", author=OuterRef("pk"))
    words = pieces.order_by().values("author").annotate(n=Sum(weight_in_words())).values("n")
    User.objects.filter(Q(essay_count__gt=0) | Q(note_count__gt=0)).update(
        word_count=Coalesce(Subquery(words), 0)
    )


class Migration(migrations.Migration):
    dependencies = [
        ("films", "0013_quorum_and_folded_themes"),
        ("reviews", "0016_search_prefixes"),
        ("users", "0016_words_of_members"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LeftText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(blank=True, editable=False, max_length=160)),
                ("lead", models.TextField(blank=True, editable=False, max_length=350)),
                ("body", models.TextField(blank=True, editable=False, max_length=40000)),
                ("language", models.CharField(editable=False, max_length=12)),
                (
                    "word_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="words"),
                ),
                ("version", models.PositiveIntegerField(editable=False)),
                (
                    "left_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="left"),
                ),
            ],
            options={
                "verbose_name": "text not kept",
                "verbose_name_plural": "texts not kept",
            },
        ),
        migrations.CreateModel(
            name="WorkingCopy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fields", models.JSONField(default=dict, editable=False)),
                ("base_version", models.PositiveIntegerField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("saved_in", models.CharField(blank=True, editable=False, max_length=32)),
                (
                    "saved_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="kept"),
                ),
            ],
            options={
                "verbose_name": "changes not published",
                "verbose_name_plural": "changes not published",
            },
        ),
        migrations.AddField(
            model_name="review",
            name="missed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="review",
            name="saved_in",
            field=models.CharField(blank=True, editable=False, max_length=32),
        ),
        migrations.RunPython(forget_times_that_have_passed, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("publish_at__isnull", True), ("status", "draft"), _connector="OR"
                ),
                name="review_scheduled_is_draft",
            ),
        ),
        migrations.AddField(
            model_name="lefttext",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="left_texts",
                to=settings.AUTH_USER_MODEL,
                verbose_name="author",
            ),
        ),
        migrations.AddField(
            model_name="lefttext",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="left_texts",
                to="reviews.review",
                verbose_name="piece",
            ),
        ),
        migrations.AddField(
            model_name="workingcopy",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="working_copies",
                to=settings.AUTH_USER_MODEL,
                verbose_name="author",
            ),
        ),
        migrations.AddField(
            model_name="workingcopy",
            name="review",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="working_copy",
                to="reviews.review",
                verbose_name="piece",
            ),
        ),
        migrations.AddIndex(
            model_name="lefttext",
            index=models.Index(fields=["author", "-left_at", "-id"], name="lefttext_desk"),
        ),
        migrations.AddIndex(
            model_name="lefttext",
            index=models.Index(fields=["left_at"], name="lefttext_expires"),
        ),
        migrations.AddIndex(
            model_name="workingcopy",
            index=models.Index(fields=["author", "-saved_at", "-id"], name="workingcopy_desk"),
        ),
        migrations.RunPython(count_words, migrations.RunPython.noop),
    ]
