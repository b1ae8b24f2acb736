from django.db import migrations
from django.db.models import F

KINDS = ["by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd"]


def add_licenses(apps, schema_editor):
    """Version 2.5, which much of Wikimedia Commons has, before version 2.0."""
    License = apps.get_model("films", "License")
    older = License.objects.filter(version="2.0").order_by("position").first()
    first = older.position if older else 0
    License.objects.filter(position__gte=first).update(position=F("position") + len(KINDS))
    for position, kind in enumerate(KINDS, first):
        License.objects.get_or_create(
            spdx_id=f"CC-{kind.upper()}-2.5",
            defaults={
                "name": f"CC {kind.upper()} 2.5",
                "version": "2.5",
                "url": f"https://creativecommons.org/licenses/{kind}/2.5/",
                "allows_changes": "nd" not in kind,
                "allows_commercial": "nc" not in kind,
                "requires_credit": True,
                "position": position,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("films", "0009_image_last_changed")]

    operations = [migrations.RunPython(add_licenses, migrations.RunPython.noop)]
