import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
import taggit.managers
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

import reviews.models.export
import users.errands
from films.index_tables import creation, every_prefix

SEEN_BY_MODERATORS = {
    "users": ["user", "rule", "report", "moderationaction"],
    "films": [
        "film", "filmtitle", "filmcountry", "filmlanguage", "filmrelation", "filmimage", "credit",
        "person", "country", "language", "theme", "themelabel", "image", "license",
    ],
    "reviews": [
        "review", "comment", "rating", "viewing", "textrule", "afterthought", "question", "revision",
        "hiddenpassage",
    ],
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
    replaces = [
        ("reviews", "0001_initial"),
        ("reviews", "0002_initial"),
        ("reviews", "0003_review_language_index"),
        ("reviews", "0004_moderators_and_editors"),
        ("reviews", "0005_drafts_without_film_and_form_keys"),
        ("reviews", "0006_pieces_of_an_author_on_a_film"),
        ("reviews", "0007_search_index"),
        ("reviews", "0008_diary_and_films_kept_for_later"),
        ("reviews", "0009_rules_for_words_and_links"),
        ("reviews", "0010_exports"),
        ("reviews", "0011_lengths_and_choices_in_lists"),
        ("reviews", "0012_seen_as_and_no_text_of_endings"),
        ("reviews", "0013_afterthoughts"),
        ("reviews", "0014_revisions"),
        ("reviews", "0015_marks_order_and_answers"),
        ("reviews", "0016_search_prefixes"),
        ("reviews", "0017_texts_kept_while_writing"),
    ]

    initial = True

    dependencies = [
        ("films", "0001_squashed_0017"),
        ("users", "0001_squashed_0016"),
    ]

    operations = [
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("published", "published"),
                            ("held", "held"),
                            ("hidden", "hidden"),
                            ("removed", "removed"),
                            ("deleted", "deleted by its author"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="published"
                    ),
                ),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "status_before_deletion",
                    models.CharField(blank=True, editable=False, max_length=10),
                ),
                ("film_title", models.CharField(blank=True, editable=False, max_length=200)),
                ("film_year", models.PositiveSmallIntegerField(editable=False, null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("essay", "essay"), ("note", "note")],
                        default="note",
                        max_length=5,
                        verbose_name="kind",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        allow_unicode=True,
                        blank=True,
                        max_length=120,
                        null=True,
                        unique=True,
                        verbose_name="address",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=160, verbose_name="title")),
                (
                    "lead",
                    models.TextField(
                        blank=True,
                        max_length=350,
                        validators=[django.core.validators.MaxLengthValidator(350)],
                        verbose_name="lead",
                    ),
                ),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        max_length=40000,
                        validators=[django.core.validators.MaxLengthValidator(40000)],
                        verbose_name="text",
                    ),
                ),
                ("html", models.TextField(blank=True, editable=False)),
                ("safe_text", models.TextField(blank=True, editable=False)),
                ("contents", models.JSONField(default=list, editable=False)),
                ("has_spoiler_marks", models.BooleanField(default=False, editable=False)),
                ("renderer_version", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "word_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="words"),
                ),
                (
                    "length",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                django.db.models.lookups.In(
                                    django.db.models.functions.text.Left("language", 3),
                                    ["ja", "ja-", "ja_", "ko", "ko-", "ko_", "zh", "zh-", "zh_"],
                                ),
                                then=models.Case(
                                    models.When(then=models.Value(1), word_count__lte=500),
                                    models.When(then=models.Value(2), word_count__lte=2000),
                                    models.When(then=models.Value(3), word_count__lte=4500),
                                    default=models.Value(4),
                                ),
                            ),
                            default=models.Case(
                                models.When(then=models.Value(1), word_count__lte=230),
                                models.When(then=models.Value(2), word_count__lte=920),
                                models.When(then=models.Value(3), word_count__lte=2070),
                                default=models.Value(4),
                            ),
                        ),
                        output_field=models.PositiveSmallIntegerField(),
                    ),
                ),
                (
                    "language",
                    models.CharField(default="en", max_length=12, verbose_name="language"),
                ),
                (
                    "rating",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "0.5"),
                            (2, "1"),
                            (3, "1.5"),
                            (4, "2"),
                            (5, "2.5"),
                            (6, "3"),
                            (7, "3.5"),
                            (8, "4"),
                            (9, "4.5"),
                            (10, "5"),
                        ],
                        null=True,
                        verbose_name="rating",
                    ),
                ),
                ("seen_on", models.DateField(blank=True, null=True, verbose_name="seen on")),
                (
                    "seen_precision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "no date"),
                            ("year", "year"),
                            ("month", "month"),
                            ("day", "day"),
                        ],
                        default="",
                        max_length=5,
                    ),
                ),
                (
                    "seen_as",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "as the dates say"),
                            ("first", "for the first time"),
                            ("again", "again"),
                        ],
                        default="",
                        max_length=5,
                        verbose_name="which time",
                    ),
                ),
                (
                    "is_spoiler",
                    models.BooleanField(
                        default=False, verbose_name="the whole text gives the film away"
                    ),
                ),
                (
                    "text_license",
                    models.CharField(
                        choices=[
                            ("all-rights-reserved", "All rights reserved"),
                            ("CC-BY-4.0", "CC BY 4.0"),
                            ("CC-BY-SA-4.0", "CC BY-SA 4.0"),
                            ("CC-BY-NC-SA-4.0", "CC BY-NC-SA 4.0"),
                            ("CC0-1.0", "CC0 1.0"),
                        ],
                        default="all-rights-reserved",
                        max_length=20,
                        verbose_name="licence of the text",
                    ),
                ),
                (
                    "comment_policy",
                    models.CharField(
                        choices=[
                            ("open", "Everybody’s appear at once"),
                            ("held", "I read them before they appear"),
                            ("closed", "No more replies"),
                        ],
                        default="open",
                        max_length=6,
                        verbose_name="replies",
                    ),
                ),
                (
                    "publish_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="publish on"),
                ),
                ("missed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("saved_in", models.CharField(blank=True, editable=False, max_length=32)),
                (
                    "edited_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="edited"
                    ),
                ),
                ("form_key", models.CharField(blank=True, editable=False, max_length=32)),
                (
                    "comment_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="comments"),
                ),
                ("answer_count", models.PositiveIntegerField(default=0, editable=False)),
                ("useful_count", models.PositiveIntegerField(default=0, editable=False)),
                ("stayed_count", models.PositiveIntegerField(default=0, editable=False)),
                ("rank", models.IntegerField(default=0, editable=False)),
                (
                    "answers_to",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="reviews.review",
                        verbose_name="answer to",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "film",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="films.film",
                        verbose_name="film",
                    ),
                ),
            ],
            options={
                "verbose_name": "review",
                "verbose_name_plural": "reviews",
                "ordering": ["-published_at", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["film", "status", "kind", "-published_at", "-id", "length"],
                        name="review_of_film",
                    ),
                    models.Index(
                        fields=["author", "status", "kind", "-published_at", "-id"],
                        name="review_of_author",
                    ),
                    models.Index(
                        fields=["status", "kind", "-published_at", "-id"], name="review_newest"
                    ),
                    models.Index(
                        fields=["status", "kind", "language", "-published_at", "-id"],
                        name="review_newest_in_language",
                    ),
                    models.Index(
                        fields=["status", "kind", "length", "-published_at", "-id"],
                        name="review_newest_of_length",
                    ),
                    models.Index(
                        fields=["status", "kind", "language", "length", "-published_at", "-id"],
                        name="review_newest_language_length",
                    ),
                    models.Index(
                        fields=[
                            "film",
                            "status",
                            "kind",
                            "language",
                            "-published_at",
                            "-id",
                            "length",
                        ],
                        name="review_of_film_in_language",
                    ),
                    models.Index(
                        fields=["film", "status", "kind", "-rank", "-id"], name="review_ranked"
                    ),
                    models.Index(
                        fields=["answers_to", "status", "kind", "-published_at", "-id"],
                        name="review_answers",
                    ),
                    models.Index(fields=["author", "-updated_at"], name="review_desk"),
                    models.Index(fields=["author", "film", "published_at"], name="review_again"),
                    models.Index(fields=["status", "-updated_at", "-id"], name="review_queue"),
                    models.Index(fields=["language", "-id"], name="review_in_language"),
                    models.Index(
                        condition=models.Q(("publish_at__isnull", False), ("status", "draft")),
                        fields=["publish_at"],
                        name="review_scheduled",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["draft", "published", "held", "hidden", "removed", "deleted"],
                            )
                        ),
                        name="reviews_review_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "published"), _negated=True),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="reviews_review_published_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "deleted"), _negated=True),
                            ("deleted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="reviews_review_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("seen_on__isnull", True), ("seen_precision", "")),
                            models.Q(
                                models.Q(("seen_precision", ""), _negated=True),
                                ("seen_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="review_date_has_precision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seen_as__in", ["", "first", "again"])),
                        name="review_seen_as_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_spoiler", True), _negated=True),
                            ("safe_text", ""),
                            _connector="OR",
                        ),
                        name="review_ending_is_no_safe_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rating__isnull", True),
                            models.Q(("rating__gte", 1), ("rating__lte", 10)),
                            _connector="OR",
                        ),
                        name="review_rating_half_stars",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "essay"), ("status", "published"), _negated=True),
                            models.Q(
                                models.Q(("title", ""), _negated=True), ("slug__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="review_published_essay_has_title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "note"), _negated=True),
                            ("slug__isnull", True),
                            _connector="OR",
                        ),
                        name="review_note_has_no_slug",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "published"), _negated=True),
                            ("film__isnull", False),
                            _connector="OR",
                        ),
                        name="review_published_has_film",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("publish_at__isnull", True), ("status", "draft"), _connector="OR"
                        ),
                        name="review_scheduled_is_draft",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("form_key", ""), _negated=True),
                        fields=("author", "form_key"),
                        name="review_once_a_form",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("comment_policy__in", ["open", "held", "closed"])),
                        name="review_comment_policy_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answers_to__isnull", True),
                            models.Q(("answers_to", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="review_not_its_own_answer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewIndex",
            fields=[
                ("words", models.TextField()),
                (
                    "review",
                    models.OneToOneField(
                        db_column="rowid",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="reviews.review",
                    ),
                ),
            ],
            options={
                "db_table": "reviews_reviewindex",
                "abstract": False,
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "due_at",
                    models.DateTimeField(
                        default=users.errands.soon, verbose_name="asked for again at"
                    ),
                ),
                (
                    "given_up_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="given up at"),
                ),
                (
                    "key",
                    models.CharField(
                        default=reviews.models.export.new_key,
                        editable=False,
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="asked for"
                    ),
                ),
                ("made_at", models.DateTimeField(blank=True, null=True, verbose_name="made")),
                ("bytes", models.PositiveBigIntegerField(default=0, verbose_name="bytes")),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="export",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "copy of everything",
                "verbose_name_plural": "copies of everything",
            },
        ),
        migrations.CreateModel(
            name="ReviewImage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("hero", "at the head"), ("figure", "in the text")],
                        default="figure",
                        max_length=6,
                        verbose_name="place",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_images",
                        to="films.image",
                        verbose_name="picture",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="review_images",
                        to="reviews.review",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture of a review",
                "verbose_name_plural": "pictures of reviews",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("review", "image", "role"), name="reviewimage_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("role", "hero")),
                        fields=("review",),
                        name="reviewimage_one_hero",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="review",
            name="images",
            field=models.ManyToManyField(
                related_name="reviews", through="reviews.ReviewImage", to="films.image"
            ),
        ),
        migrations.CreateModel(
            name="ReviewTheme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("wording", models.CharField(max_length=60, verbose_name="as written")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("listed_at", models.DateTimeField(editable=False, null=True)),
                ("rank", models.IntegerField(editable=False, null=True)),
                (
                    "content_object",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="review_themes",
                        to="reviews.review",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_themes",
                        to="films.theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "theme of a review",
                "verbose_name_plural": "themes of reviews",
                "ordering": ["position"],
                "indexes": [
                    models.Index(
                        fields=["tag", "-listed_at", "-content_object"], name="reviewtheme_newest"
                    ),
                    models.Index(
                        fields=["tag", "-rank", "-content_object"], name="reviewtheme_ranked"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("content_object", "tag"), name="reviewtheme_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="review",
            name="themes",
            field=taggit.managers.TaggableManager(
                blank=True,
                help_text="A comma-separated list of tags.",
                through="reviews.ReviewTheme",
                to="films.Theme",
                verbose_name="Tags",
            ),
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("title", models.CharField(blank=True, max_length=160, verbose_name="title")),
                ("lead", models.TextField(blank=True, verbose_name="lead")),
                ("body", models.TextField(blank=True, verbose_name="text")),
                ("language", models.CharField(max_length=12, verbose_name="language")),
                (
                    "is_spoiler",
                    models.BooleanField(
                        default=False, verbose_name="the whole text gives the film away"
                    ),
                ),
                ("safe_text", models.TextField(blank=True, editable=False)),
                ("word_count", models.PositiveIntegerField(default=0, verbose_name="words")),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        max_length=300,
                        validators=[django.core.validators.MaxLengthValidator(300)],
                        verbose_name="what changed",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="published"
                    ),
                ),
                (
                    "is_withheld",
                    models.BooleanField(default=False, verbose_name="kept from readers"),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="reviews.review",
                        verbose_name="piece",
                    ),
                ),
            ],
            options={
                "verbose_name": "version",
                "verbose_name_plural": "versions",
                "ordering": ["review", "-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("review", "number"), name="revision_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="revision_number_from_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TextRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("words", "words"), ("link", "links to a site")],
                        max_length=5,
                        verbose_name="looks for",
                    ),
                ),
                (
                    "text",
                    models.CharField(
                        help_text="Words as they stand side by side, in any spelling of capitals and accents; or a site, such as example.com, with all that belongs to it.",
                        max_length=200,
                        verbose_name="words or site",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("hold", "hold it until a moderator has looked"),
                            ("report", "let it stand, and report it"),
                        ],
                        max_length=6,
                        verbose_name="what happens",
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        help_text="The author reads this as the reason, and so does the public log.",
                        max_length=200,
                        verbose_name="why",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "rule",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="users.rule",
                        verbose_name="house rule",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule for words and links",
                "verbose_name_plural": "rules for words and links",
                "ordering": ["kind", "text"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "text"), name="textrule_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True),
                            models.Q(("note", ""), _negated=True),
                        ),
                        name="textrule_has_texts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Viewing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen_on", models.DateField(blank=True, null=True, verbose_name="seen on")),
                (
                    "seen_precision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "no date"),
                            ("year", "year"),
                            ("month", "month"),
                            ("day", "day"),
                        ],
                        default="",
                        max_length=5,
                        verbose_name="precision",
                    ),
                ),
                (
                    "is_unfinished",
                    models.BooleanField(default=False, verbose_name="did not finish it"),
                ),
                (
                    "seen_as",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "as the dates say"),
                            ("first", "for the first time"),
                            ("again", "again"),
                        ],
                        default="",
                        max_length=5,
                        verbose_name="which time",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="viewings",
                        to="films.film",
                        verbose_name="film",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="viewings",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "viewing",
                "verbose_name_plural": "viewings",
                "ordering": ["-seen_on", "-pk"],
                "indexes": [
                    models.Index(fields=["member", "film"], name="viewing_member_film"),
                    models.Index(fields=["member", "-seen_on", "-id"], name="viewing_diary"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("seen_on__isnull", True), ("seen_precision", "")),
                            models.Q(
                                models.Q(("seen_precision", ""), _negated=True),
                                ("seen_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="viewing_date_has_precision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seen_as__in", ["", "first", "again"])),
                        name="viewing_seen_as_known",
                    ),
                    models.UniqueConstraint(
                        fields=("member", "film", "seen_on", "seen_precision"),
                        name="viewing_once_a_date",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("seen_on__isnull", True)),
                        fields=("member", "film"),
                        name="viewing_once_undated",
                    ),
                ],
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
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="working_copies",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "review",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="working_copy",
                        to="reviews.review",
                        verbose_name="piece",
                    ),
                ),
            ],
            options={
                "verbose_name": "changes not published",
                "verbose_name_plural": "changes not published",
                "indexes": [
                    models.Index(fields=["author", "-saved_at", "-id"], name="workingcopy_desk")
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "review",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="question",
                        serialize=False,
                        to="reviews.review",
                        verbose_name="piece",
                    ),
                ),
                (
                    "milestone",
                    models.CharField(
                        choices=[
                            ("month", "after a month"),
                            ("year", "after a year"),
                            ("three_years", "after three years"),
                            ("five_years", "after five years"),
                        ],
                        max_length=11,
                        verbose_name="after",
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="asked from")),
                ("tell_at", models.DateTimeField(blank=True, null=True, verbose_name="next told")),
                ("is_skipped", models.BooleanField(default=False, verbose_name="not to be asked")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
            ],
            options={
                "verbose_name": "question",
                "verbose_name_plural": "questions",
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["author", "due_at", "review"],
                        name="question_of_author",
                    ),
                    models.Index(
                        condition=models.Q(("tell_at__isnull", False)),
                        fields=["tell_at", "review"],
                        name="question_untold",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_skipped", False),
                            models.Q(("due_at__isnull", True), ("tell_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="question_skipped_is_not_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Afterthought",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("published", "published"),
                            ("held", "held"),
                            ("hidden", "hidden"),
                            ("removed", "removed"),
                            ("deleted", "deleted by its author"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="published"
                    ),
                ),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "status_before_deletion",
                    models.CharField(blank=True, editable=False, max_length=10),
                ),
                (
                    "milestone",
                    models.CharField(
                        choices=[
                            ("month", "after a month"),
                            ("year", "after a year"),
                            ("three_years", "after three years"),
                            ("five_years", "after five years"),
                        ],
                        max_length=11,
                        verbose_name="after",
                    ),
                ),
                ("is_still", models.BooleanField(verbose_name="still with the writer")),
                (
                    "text",
                    models.TextField(
                        blank=True,
                        max_length=2000,
                        validators=[django.core.validators.MaxLengthValidator(2000)],
                        verbose_name="text",
                    ),
                ),
                ("html", models.TextField(blank=True, editable=False)),
                ("safe_text", models.TextField(blank=True, editable=False)),
                (
                    "language",
                    models.CharField(default="en", max_length=12, verbose_name="language"),
                ),
                ("edited_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("counted_as", models.BooleanField(default=None, editable=False, null=True)),
                ("is_last", models.BooleanField(default=False, editable=False)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="afterthoughts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="afterthoughts",
                        to="reviews.review",
                        verbose_name="piece",
                    ),
                ),
            ],
            options={
                "verbose_name": "afterthought",
                "verbose_name_plural": "afterthoughts",
                "ordering": ["created_at", "pk"],
                "indexes": [
                    models.Index(
                        fields=["author", "status", "-created_at"], name="afterthought_of_author"
                    ),
                    models.Index(
                        fields=["status", "-created_at", "-id"], name="afterthought_queue"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["draft", "published", "held", "hidden", "removed", "deleted"],
                            )
                        ),
                        name="reviews_afterthought_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "published"), _negated=True),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="reviews_afterthought_published_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "deleted"), _negated=True),
                            ("deleted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="reviews_afterthought_deleted_has_date",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["deleted", "removed"]), _negated=True),
                        fields=("review", "milestone"),
                        name="afterthought_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("milestone__in", ["month", "year", "three_years", "five_years"])
                        ),
                        name="afterthought_milestone_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_last", False), ("counted_as__isnull", False), _connector="OR"
                        ),
                        name="afterthought_last_counts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("published", "published"),
                            ("held", "held"),
                            ("hidden", "hidden"),
                            ("removed", "removed"),
                            ("deleted", "deleted by its author"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="published"
                    ),
                ),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "status_before_deletion",
                    models.CharField(blank=True, editable=False, max_length=10),
                ),
                (
                    "body",
                    models.TextField(
                        max_length=4000,
                        validators=[django.core.validators.MaxLengthValidator(4000)],
                        verbose_name="text",
                    ),
                ),
                ("html", models.TextField(editable=False)),
                ("safe_text", models.TextField(blank=True, editable=False)),
                (
                    "language",
                    models.CharField(default="en", max_length=12, verbose_name="language"),
                ),
                ("edited_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "is_waiting",
                    models.BooleanField(
                        default=False, editable=False, verbose_name="waits for approval"
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="reviews.comment",
                        verbose_name="in reply to",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="reviews.review",
                        verbose_name="piece",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
                "ordering": ["created_at", "pk"],
                "indexes": [
                    models.Index(
                        fields=["review", "parent", "created_at", "id"], name="comment_thread"
                    ),
                    models.Index(fields=["author", "-created_at"], name="comment_of_author"),
                    models.Index(fields=["status", "-created_at", "-id"], name="comment_queue"),
                    models.Index(
                        condition=models.Q(("is_waiting", True)),
                        fields=["review", "created_at", "id"],
                        name="comment_waiting",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["draft", "published", "held", "hidden", "removed", "deleted"],
                            )
                        ),
                        name="reviews_comment_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "published"), _negated=True),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="reviews_comment_published_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "deleted"), _negated=True),
                            ("deleted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="reviews_comment_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="comment_not_its_own_parent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_waiting", False), ("status", "draft"), _connector="OR"
                        ),
                        name="comment_waiting_is_not_public",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HiddenPassage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="the passage")),
                ("word_count", models.PositiveIntegerField(verbose_name="words")),
                ("is_found", models.BooleanField(default=True, verbose_name="found in the text")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="hidden"),
                ),
                (
                    "lifted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="shown again"),
                ),
                (
                    "action",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="users.moderationaction",
                        verbose_name="decision",
                    ),
                ),
                (
                    "lifted_by",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="users.moderationaction",
                        verbose_name="decision to show it again",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hidden_passages",
                        to="reviews.review",
                        verbose_name="piece",
                    ),
                ),
            ],
            options={
                "verbose_name": "hidden passage",
                "verbose_name_plural": "hidden passages",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=["review"],
                        name="passage_in_force",
                    ),
                    models.Index(
                        condition=models.Q(("is_found", False), ("lifted_at__isnull", True)),
                        fields=["created_at"],
                        name="passage_lost",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                            models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="passage_lifted_by_decision",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Keeping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kept_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="kept"),
                ),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keepings",
                        to="films.film",
                        verbose_name="film",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keepings",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "film kept for later",
                "verbose_name_plural": "films kept for later",
                "ordering": ["-kept_at", "-pk"],
                "indexes": [
                    models.Index(fields=["member", "-kept_at", "-id"], name="keeping_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("member", "film"), name="keeping_once")
                ],
            },
        ),
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
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="left_texts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="left_texts",
                        to="reviews.review",
                        verbose_name="piece",
                    ),
                ),
            ],
            options={
                "verbose_name": "text not kept",
                "verbose_name_plural": "texts not kept",
                "indexes": [
                    models.Index(fields=["author", "-left_at", "-id"], name="lefttext_desk"),
                    models.Index(fields=["left_at"], name="lefttext_expires"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("stayed", "This stayed with me"), ("useful", "Useful")],
                        max_length=6,
                        verbose_name="kind",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="date"),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="member",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="reviews.review",
                        verbose_name="piece",
                    ),
                ),
            ],
            options={
                "verbose_name": "mark",
                "verbose_name_plural": "marks",
                "constraints": [
                    models.UniqueConstraint(fields=("review", "member", "kind"), name="mark_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["stayed", "useful"])),
                        name="mark_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "value",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "0.5"),
                            (2, "1"),
                            (3, "1.5"),
                            (4, "2"),
                            (5, "2.5"),
                            (6, "3"),
                            (7, "3.5"),
                            (8, "4"),
                            (9, "4.5"),
                            (10, "5"),
                        ],
                        verbose_name="half stars",
                    ),
                ),
                (
                    "rated_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="date"),
                ),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="films.film",
                        verbose_name="film",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "rating",
                "verbose_name_plural": "ratings",
                "ordering": ["-rated_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("member", "film"), name="rating_once"),
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 1), ("value__lte", 10)),
                        name="rating_half_stars",
                    ),
                ],
            },
        ),
        creation("reviews_reviewindex"),
        every_prefix("reviews_reviewindex"),
        migrations.RunPython(make_groups, migrations.RunPython.noop),
    ]
