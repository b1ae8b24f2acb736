from django.db import migrations
from django.utils import timezone

NAMES = {
    "LicenseRef-Public-Domain": {"name": "Public Domain Mark 1.0", "version": "1.0"},
    "LicenseRef-Pixabay-CC0": {"name": "CC0 1.0 (Pixabay, before 9 January 2019)"},
}
QUOTATION = "LicenseRef-Quotation"


def name_licenses(apps, schema_editor):
    """With version and date; and a row for what is quoted, which nobody licenses."""
    License = apps.get_model("films", "License")
    Image = apps.get_model("films", "Image")
    FileErrand = apps.get_model("films", "FileErrand")
    last = License.objects.order_by("-position").first()
    License.objects.get_or_create(
        spdx_id=QUOTATION,
        defaults={
            "name": "Quotation",
            "allows_changes": False,
            "allows_commercial": False,
            "requires_credit": True,
            "position": last.position + 1 if last else 1,
        },
    )
    for spdx_id, values in NAMES.items():
        License.objects.filter(spdx_id=spdx_id).update(**values)
        # The name stands in the files: have them written anew.
        images = Image.objects.filter(license=spdx_id).exclude(derivatives=[])
        images.update(updated_at=timezone.now())
        for key in images.values_list("pk", flat=True).iterator():
            FileErrand.objects.update_or_create(
                image_id=key,
                defaults={"attempts": 0, "due_at": timezone.now(), "given_up_at": None},
            )


class Migration(migrations.Migration):
    # Apart from the change of tables: PostgreSQL alters none with rows that wait to be checked.
    dependencies = [("films", "0019_quotations_and_proofs")]

    operations = [
        migrations.RunPython(name_licenses, migrations.RunPython.noop),
    ]
