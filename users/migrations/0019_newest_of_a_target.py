from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("users", "0018_labels_taken_off"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="moderationaction",
            name="action_target",
        ),
        migrations.AddIndex(
            model_name="moderationaction",
            index=models.Index(
                fields=["content_type", "object_id", "-created_at", "-id"], name="action_target"
            ),
        ),
    ]
