from django.db import migrations

RULES = [
    (
        1,
        "No personal attacks",
        "Disagree with an essay as hard as you like. Leave its writer out of it.",
        "Usually the reply is removed. The second time, you read for fourteen days and do"
        " not write.",
    ),
    (
        2,
        "Mark spoilers",
        "If a sentence would have spoilt the film for you, hide it. If the whole essay "
        "would, say so at the top.",
        "Nothing is removed. The passage is veiled until you have marked it yourself.",
    ),
    (
        3,
        "Your own words",
        "Quote with a name and in measure. The rest is yours, or it is not published.",
        "The text is taken down, and you are shown the two side by side.",
    ),
    (
        4,
        "Pictures carry their credit",
        "An author, a source and a licence, for every picture, always.",
        "The picture goes, the text stays, and the film shows its title card.",
    ),
    (
        5,
        "No advertising",
        "Links are welcome where they help the reader more than the seller.",
        "Removed, and the account pauses.",
    ),
    (
        6,
        "Other people’s privacy",
        "Write about your life. The people in it did not sign anything: change a name, "
        "leave out a street.",
        "The passage is hidden, and says so, until you have changed it.",
    ),
]


def add_rules(apps, schema_editor):
    Rule = apps.get_model("users", "Rule")
    Rule.objects.bulk_create(
        [Rule(number=n, title=t, text=x, consequence=c) for n, t, x, c in RULES]
    )


class Migration(migrations.Migration):
    dependencies = [("users", "0001_initial")]

    operations = [migrations.RunPython(add_rules, migrations.RunPython.noop)]
