from django.db import migrations

CC = "https://creativecommons.org"
KINDS = ["by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd"]


def rows():
    yield "CC0-1.0", "CC0 1.0", "1.0", f"{CC}/publicdomain/zero/1.0/", True, True, False
    yield (
        "LicenseRef-Public-Domain", "Public domain", "", f"{CC}/publicdomain/mark/1.0/",
        True, True, False,
    )  # fmt: skip
    for version in ("4.0", "3.0", "2.0"):
        for kind in KINDS:
            name = f"CC {kind.upper()} {version}"
            url = f"{CC}/licenses/{kind}/{version}/"
            may_change, may_sell = "nd" not in kind, "nc" not in kind
            yield f"CC-{kind.upper()}-{version}", name, version, url, may_change, may_sell, True
    yield (
        "LicenseRef-Unsplash",
        "Unsplash License",
        "",
        "https://unsplash.com/license",
        True,
        True,
        False,
    )
    yield (
        "LicenseRef-Pexels",
        "Pexels License",
        "",
        "https://www.pexels.com/license/",
        True,
        True,
        False,
    )
    yield (
        "LicenseRef-Pixabay",
        "Pixabay Content License",
        "",
        "https://pixabay.com/service/license-summary/",
        True,
        True,
        False,
    )
    yield (
        "LicenseRef-Pixabay-CC0",
        "CC0 1.0 (Pixabay, before 2019)",
        "1.0",
        f"{CC}/publicdomain/zero/1.0/",
        True,
        True,
        False,
    )
    yield "LicenseRef-Own-Permission", "Used with permission", "", "", False, False, True


def add_licenses(apps, schema_editor):
    License = apps.get_model("films", "License")
    fields = (
        "spdx_id", "name", "version", "url", "allows_changes", "allows_commercial",
        "requires_credit",
    )  # fmt: skip
    for position, row in enumerate(rows(), 1):
        values = dict(zip(fields, row, strict=True)) | {"position": position}
        License.objects.get_or_create(spdx_id=values.pop("spdx_id"), defaults=values)


class Migration(migrations.Migration):
    dependencies = [("films", "0002_initial")]

    operations = [migrations.RunPython(add_licenses, migrations.RunPython.noop)]
