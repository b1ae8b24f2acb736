import django.db.models.deletion
import django.utils.timezone
from django.contrib.auth.management import create_permissions
from django.db import migrations, models
from django.db.models import F, Q

BATCH = 1000
SEEN = {"films": "view_permissionproof", "reviews": "view_quotation"}


def let_moderators_see_them(apps, schema_editor):
    using = schema_editor.connection.alias
    Permission = apps.get_model("auth", "Permission")
    for app, codename in SEEN.items():
        # Permissions are otherwise made after the last migration, too late for this one.
        config = apps.get_app_config(app)
        config.models_module = True
        create_permissions(config, verbosity=0, apps=apps, using=using)
        config.models_module = None
        seen = Permission.objects.using(using)
        seen = seen.filter(content_type__app_label=app, codename=codename)
        for group in apps.get_model("auth", "Group").objects.using(using).filter(name="Moderators"):
            group.permissions.add(*seen)


def withhold_pictures(apps, schema_editor):
    """Of pieces that are closed today: their files go out of the public folder."""
    Image, FileErrand = (apps.get_model("films", name) for name in ("Image", "FileErrand"))
    own = Q(reviews__author=F("uploaded_by"), reviews__published_at__isnull=False)
    closed = Image.objects.filter(own, status="published", film_images__isnull=True)
    closed = closed.exclude(pk__in=Image.objects.filter(reviews__status="published").values("pk"))
    keys = list(closed.order_by("pk").values_list("pk", flat=True).distinct())
    now = django.utils.timezone.now()
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        Image.objects.filter(pk__in=batch).update(is_withheld=True, updated_at=now)
        FileErrand.objects.bulk_create(
            [FileErrand(image_id=key, attempts=0, due_at=now, given_up_at=None) for key in batch],
            update_conflicts=True,
            unique_fields=["image"],
            update_fields=["attempts", "due_at", "given_up_at"],
        )


class Migration(migrations.Migration):
    dependencies = [
        ("films", "0020_names_of_licenses"),
        ("reviews", "0017_texts_kept_while_writing"),
    ]

    operations = [
        migrations.CreateModel(
            name="Quotation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "passage",
                    models.TextField(max_length=2000, verbose_name="the passage that discusses it"),
                ),
                (
                    "is_found",
                    models.BooleanField(default=True, verbose_name="found in the text"),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="quoted"),
                ),
                (
                    "image",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quotation",
                        to="films.image",
                        verbose_name="picture",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quotations",
                        to="reviews.review",
                        verbose_name="piece",
                    ),
                ),
            ],
            options={
                "verbose_name": "quotation of a film",
                "verbose_name_plural": "quotations of films",
                "ordering": ["-pk"],
            },
        ),
        migrations.RunPython(let_moderators_see_them, migrations.RunPython.noop),
        migrations.RunPython(withhold_pictures, migrations.RunPython.noop),
    ]
