import django.db.models.deletion
import django.utils.timezone
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

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
    ]
