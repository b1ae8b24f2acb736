from django.contrib.auth.management import create_permissions
from django.db import migrations

SEEN_BY_MODERATORS = {
    "users": ["user", "rule", "report", "moderationaction"],
    "films": [
        "film", "filmtitle", "filmcountry", "filmlanguage", "filmrelation", "filmimage", "credit",
        "person", "country", "language", "theme", "themelabel", "image", "license",
    ],
    "reviews": ["review", "comment", "rating", "viewing"],
}  # fmt: skip
CATALOGUE = ["film", "person", "theme", "country", "language", "license"]
PARTS_OF_A_FILM = [
    "filmtitle", "filmcountry", "filmlanguage", "filmrelation", "filmimage", "credit",
    "themelabel",
]  # fmt: skip


def codenames():
    """{group: {(app, codename)}}: what each group's work needs, and nothing else."""
    moderators = {
        (app, f"view_{model}") for app, models in SEEN_BY_MODERATORS.items() for model in models
    }
    editors = {("films", "view_image"), ("films", "change_image"), ("films", "delete_person")}
    for model in [*CATALOGUE, *PARTS_OF_A_FILM]:
        editors |= {("films", f"{verb}_{model}") for verb in ("view", "add", "change")}
    editors |= {("films", f"delete_{model}") for model in PARTS_OF_A_FILM}
    return {"Moderators": moderators | {("users", "moderate")}, "Editors": editors}


def make_groups(apps, schema_editor):
    using = schema_editor.connection.alias
    for label in SEEN_BY_MODERATORS:
        # Permissions are otherwise made after the last migration, too late for this one.
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, verbosity=0, apps=apps, using=using)
        config.models_module = None
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, wanted in codenames().items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        for app, codename in sorted(wanted):
            group.permissions.add(
                Permission.objects.using(using).get(content_type__app_label=app, codename=codename)
            )


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("users", "0003_report_newest_index"),
        ("films", "0006_unicode_slugs"),
        ("reviews", "0003_review_language_index"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
