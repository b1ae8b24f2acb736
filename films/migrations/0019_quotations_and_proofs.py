import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import Q

QUOTATION = "LicenseRef-Quotation"


class Migration(migrations.Migration):
    dependencies = [("films", "0018_pictures_shown")]

    operations = [
        migrations.CreateModel(
            name="PermissionProof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(max_length=5000, verbose_name="proof")),
                (
                    "given_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="given"),
                ),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="permission_proofs",
                        to="films.image",
                        verbose_name="picture",
                    ),
                ),
            ],
            options={
                "verbose_name": "proof of a permission",
                "verbose_name_plural": "proofs of permissions",
                "ordering": ["-pk"],
            },
        ),
        migrations.RemoveConstraint(model_name="image", name="image_published_has_credit"),
        migrations.AddConstraint(
            model_name="image",
            constraint=models.CheckConstraint(
                condition=~Q(status="published")
                | (
                    ~Q(title="")
                    & (~Q(creator_name="") | Q(creator_is_unknown=True))
                    & Q(license__isnull=False)
                    & (
                        ~Q(source_url="")
                        | Q(is_own_work=True)
                        | ~Q(permission="")
                        | Q(license=QUOTATION)
                    )
                    & (~Q(alt_text="") | Q(is_decorative=True))
                ),
                name="image_published_has_credit",
            ),
        ),
    ]
