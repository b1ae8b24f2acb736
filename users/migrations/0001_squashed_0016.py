import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import users.errands
import users.models
import users.names

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
    replaces = [
        ("users", "0001_initial"),
        ("users", "0002_house_rules"),
        ("users", "0003_report_newest_index"),
        ("users", "0004_log_filters"),
        ("users", "0005_staff_index"),
        ("users", "0006_site_settings"),
        ("users", "0007_notices"),
        ("users", "0008_reports_by_rules_private_diaries_leaving"),
        ("users", "0009_letters"),
        ("users", "0010_names_texts_and_limits"),
        ("users", "0011_member_sessions"),
        ("users", "0012_size_and_width_of_text"),
        ("users", "0013_asked_what_lasts"),
        ("users", "0014_passages"),
        ("users", "0015_notices_of_answers"),
        ("users", "0016_words_of_members"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="Rule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(unique=True, verbose_name="number")),
                ("title", models.CharField(max_length=80, verbose_name="title")),
                ("text", models.TextField(max_length=1000, verbose_name="text")),
                (
                    "consequence",
                    models.TextField(blank=True, max_length=500, verbose_name="what follows"),
                ),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
            ],
            options={
                "verbose_name": "house rule",
                "verbose_name_plural": "house rules",
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="date joined"
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        help_text="3 to 30 letters a to z, digits, hyphens and underscores.",
                        max_length=30,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Za-z0-9_-]{3,30}\\Z",
                                "Use 3 to 30 letters a to z, digits, hyphens and underscores.",
                                code="username",
                            ),
                            users.names.validate_not_reserved,
                        ],
                        verbose_name="username",
                    ),
                ),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, verbose_name="e-mail address"),
                ),
                (
                    "display_name",
                    models.CharField(
                        blank=True,
                        help_text="As it stands under what you write.",
                        max_length=60,
                        verbose_name="name",
                    ),
                ),
                (
                    "about",
                    models.TextField(
                        blank=True,
                        max_length=500,
                        validators=[django.core.validators.MaxLengthValidator(500)],
                        verbose_name="about you",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        default="en", max_length=12, verbose_name="language you write in"
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC",
                        max_length=50,
                        validators=[users.models.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "display",
                    models.CharField(
                        choices=[
                            ("auto", "as the device says"),
                            ("light", "light"),
                            ("dark", "dark"),
                        ],
                        default="auto",
                        max_length=5,
                        verbose_name="display",
                    ),
                ),
                (
                    "text_size",
                    models.CharField(
                        choices=[
                            ("usual", "as the device says"),
                            ("large", "large"),
                            ("largest", "largest"),
                        ],
                        default="usual",
                        max_length=7,
                        verbose_name="size of text",
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        choices=[("narrow", "narrow"), ("usual", "usual"), ("wide", "wide")],
                        default="usual",
                        max_length=6,
                        verbose_name="width of text",
                    ),
                ),
                (
                    "spoilers",
                    models.CharField(
                        choices=[
                            ("ask", "always ask"),
                            ("seen", "open if I have seen the film"),
                            ("open", "always open"),
                        ],
                        default="ask",
                        max_length=4,
                        verbose_name="spoilers",
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
                        verbose_name="licence of your texts",
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(default=0, verbose_name="level")),
                (
                    "leaving_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="leaves"
                    ),
                ),
                ("leaving_keeps_pieces", models.BooleanField(default=False, editable=False)),
                (
                    "left_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="left"
                    ),
                ),
                (
                    "is_asked",
                    models.BooleanField(
                        default=True, verbose_name="asked whether a film is still with me"
                    ),
                ),
                (
                    "shows_diary",
                    models.BooleanField(
                        default=True, verbose_name="my diary is for everybody to read"
                    ),
                ),
                ("channels", models.JSONField(blank=True, default=dict, editable=False)),
                ("unread_count", models.PositiveIntegerField(default=0, editable=False)),
                ("digest_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "essay_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="essays"),
                ),
                (
                    "note_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="notes"),
                ),
                (
                    "word_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="words"),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "member",
                "verbose_name_plural": "members",
                "ordering": ["username"],
                "indexes": [
                    models.Index(fields=["-date_joined", "-id"], name="user_newest"),
                    models.Index(
                        condition=models.Q(("is_staff", True)),
                        fields=["display_name", "username"],
                        name="user_staff",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("username"),
                        name="user_username_unique_without_case",
                        violation_error_message="Somebody has this username already.",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("email", ""), _negated=True),
                        name="user_email_unique_without_case",
                    ),
                ],
            },
            managers=[
                ("objects", users.models.MemberManager()),
            ],
        ),
        migrations.CreateModel(
            name="MemberSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("session_key", models.CharField(editable=False, max_length=40, unique=True)),
                ("browser", models.CharField(blank=True, max_length=20, verbose_name="browser")),
                ("system", models.CharField(blank=True, max_length=20, verbose_name="system")),
                (
                    "began_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="since"),
                ),
                ("seen_on", models.DateField(verbose_name="last seen")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "ordering": ["-seen_on", "-began_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ModerationAction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("object_id", models.PositiveBigIntegerField()),
                ("target_title", models.CharField(max_length=250, verbose_name="about")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("publish", "publish"),
                            ("unpublish", "take back into drafts"),
                            ("delete", "delete"),
                            ("undelete", "bring back"),
                            ("keep", "leave as it is"),
                            ("label", "label"),
                            ("hold", "hold"),
                            ("hide", "hide"),
                            ("remove", "remove"),
                            ("restore", "restore"),
                            ("hide_passage", "hide a passage"),
                            ("show_passage", "show a passage again"),
                        ],
                        max_length=20,
                        verbose_name="verb",
                    ),
                ),
                (
                    "from_status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("published", "published"),
                            ("held", "held"),
                            ("hidden", "hidden"),
                            ("removed", "removed"),
                            ("deleted", "deleted by its author"),
                        ],
                        max_length=10,
                        verbose_name="from",
                    ),
                ),
                (
                    "to_status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("published", "published"),
                            ("held", "held"),
                            ("hidden", "hidden"),
                            ("removed", "removed"),
                            ("deleted", "deleted by its author"),
                        ],
                        max_length=10,
                        verbose_name="to",
                    ),
                ),
                ("rule_version", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("reason", models.TextField(max_length=2000, verbose_name="reason")),
                ("passage", models.TextField(blank=True, max_length=2000, verbose_name="passage")),
                (
                    "passage_is_spoiler",
                    models.BooleanField(
                        default=False, verbose_name="the passage gives something away"
                    ),
                ),
                (
                    "by_rule",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="decided by a rule in the software"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_index=True, default=django.utils.timezone.now, verbose_name="date"
                    ),
                ),
                (
                    "content_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contenttypes.contenttype",
                    ),
                ),
                (
                    "moderator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moderation_actions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="users.rule",
                        verbose_name="rule",
                    ),
                ),
            ],
            options={
                "verbose_name": "moderation action",
                "verbose_name_plural": "moderation record",
                "ordering": ["-created_at", "-pk"],
                "permissions": [("moderate", "Can hold, hide, remove and restore")],
                "indexes": [
                    models.Index(
                        fields=["content_type", "object_id", "-created_at"], name="action_target"
                    ),
                    models.Index(fields=["-created_at", "-id"], name="action_newest"),
                    models.Index(fields=["rule", "-created_at", "-id"], name="action_rule"),
                    models.Index(fields=["verb", "-created_at", "-id"], name="action_verb"),
                    models.Index(fields=["content_type", "-created_at", "-id"], name="action_kind"),
                    models.Index(
                        fields=["moderator", "-created_at", "-id"], name="action_moderator"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by_rule", ""), ("moderator__isnull", False)),
                            models.Q(
                                ("moderator__isnull", True),
                                models.Q(("by_rule", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="moderationaction_has_one_actor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="moderationaction_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notification",
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
                        choices=[
                            ("reply", "Somebody replies to you"),
                            ("waiting", "A reply waits for you to let it appear"),
                            ("answer", "Somebody answers you with an essay"),
                            ("outcome", "Something comes of your report"),
                            ("report", "Something is reported"),
                            ("decision", "Something is decided about your writing"),
                            ("export", "The copy of everything that you asked for is ready"),
                            ("still", "A film asks whether it is still with you"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("object_id", models.PositiveBigIntegerField()),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="date"),
                ),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("is_shown", models.BooleanField(default=True)),
                ("is_due", models.BooleanField(default=False)),
                (
                    "action",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="users.moderationaction",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "content_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contenttypes.contenttype",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["member", "is_shown", "-created_at", "-id"], name="notice_newest"
                    ),
                    models.Index(
                        condition=models.Q(("is_due", True)),
                        fields=["member", "created_at"],
                        name="notice_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Letter",
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
                ("to", models.EmailField(blank=True, max_length=254)),
                ("subject", models.TextField(blank=True)),
                ("body", models.TextField(blank=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="date"),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="member",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letters",
                        to="users.notification",
                    ),
                ),
            ],
            options={
                "verbose_name": "letter",
                "verbose_name_plural": "letters",
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("object_id", models.PositiveBigIntegerField()),
                ("target_title", models.CharField(max_length=250, verbose_name="about")),
                (
                    "by_rule",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="by a rule in the software"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("spoiler", "It gives something away, unmarked"),
                            ("harassment", "It attacks a person"),
                            ("hate", "It incites hatred"),
                            ("plagiarism", "It is somebody else’s text"),
                            ("wrong_or_missing_credit", "A picture’s credit is wrong or missing"),
                            ("spam", "It is advertising"),
                            ("off_topic", "It is not about the film"),
                            ("other", "Something else"),
                        ],
                        max_length=30,
                        verbose_name="reason",
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=1000, verbose_name="note")),
                ("passage", models.TextField(blank=True, max_length=2000, verbose_name="passage")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="date"),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "content_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contenttypes.contenttype",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settled_reports",
                        to="users.moderationaction",
                        verbose_name="settled by",
                    ),
                ),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["content_type", "object_id"], name="report_target"),
                    models.Index(fields=["-created_at", "-id"], name="report_newest"),
                    models.Index(
                        condition=models.Q(("settled_by__isnull", True)),
                        fields=["-created_at", "-id"],
                        name="report_open_newest",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_by__isnull", True)),
                        fields=("reporter", "content_type", "object_id"),
                        name="report_once_while_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by_rule", ""), ("reporter__isnull", False)),
                            models.Q(
                                ("reporter__isnull", True), models.Q(("by_rule", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="report_has_one_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("settled_by__isnull", True)),
                            models.Q(("settled_at__isnull", False), ("settled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="report_settled_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("settled_at__isnull", True),
                            ("settled_at__gte", models.F("created_at")),
                            _connector="OR",
                        ),
                        name="report_settled_after_made",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SiteSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        default="Afterimage",
                        help_text="On every page, in mail and feeds.",
                        max_length=60,
                        validators=[users.names.validate_name],
                        verbose_name="name",
                    ),
                ),
                (
                    "sign_up_is_open",
                    models.BooleanField(
                        default=True,
                        help_text="Closed, the page for joining says so. Members go on as before.",
                        verbose_name="anybody may join",
                    ),
                ),
                (
                    "contact",
                    models.EmailField(
                        blank=True,
                        help_text="Shown on the page “Contact”.",
                        max_length=254,
                        verbose_name="address to write to",
                    ),
                ),
                (
                    "about",
                    models.TextField(
                        blank=True,
                        help_text="Markdown. It stands above what the software itself has to say.",
                        validators=[django.core.validators.MaxLengthValidator(40000)],
                        verbose_name="about",
                    ),
                ),
                (
                    "rules",
                    models.TextField(
                        blank=True,
                        help_text="Markdown. It stands above the rules, which have a list of their own.",
                        validators=[django.core.validators.MaxLengthValidator(40000)],
                        verbose_name="on the rules",
                    ),
                ),
                (
                    "privacy",
                    models.TextField(
                        blank=True,
                        help_text="Markdown. It stands above what the software itself has to say.",
                        validators=[django.core.validators.MaxLengthValidator(40000)],
                        verbose_name="privacy",
                    ),
                ),
                (
                    "terms",
                    models.TextField(
                        blank=True,
                        help_text="Markdown. It stands above what the software itself has to say.",
                        validators=[django.core.validators.MaxLengthValidator(40000)],
                        verbose_name="terms",
                    ),
                ),
                (
                    "contact_text",
                    models.TextField(
                        blank=True,
                        help_text="Markdown. Who runs the site, and where, as far as the law wants it.",
                        validators=[django.core.validators.MaxLengthValidator(40000)],
                        verbose_name="more on contact",
                    ),
                ),
                (
                    "pieces_an_hour",
                    models.PositiveIntegerField(
                        default=10,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000),
                        ],
                        verbose_name="essays and notes",
                    ),
                ),
                (
                    "comments_an_hour",
                    models.PositiveIntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000),
                        ],
                        verbose_name="replies",
                    ),
                ),
                (
                    "votes_an_hour",
                    models.PositiveIntegerField(
                        default=300,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000),
                        ],
                        verbose_name="votes, ratings and films seen",
                    ),
                ),
                (
                    "pictures_an_hour",
                    models.PositiveIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000),
                        ],
                        verbose_name="pictures",
                    ),
                ),
                (
                    "reports_an_hour",
                    models.PositiveIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000),
                        ],
                        verbose_name="reports",
                    ),
                ),
                (
                    "films_an_hour",
                    models.PositiveIntegerField(
                        default=10,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000),
                        ],
                        verbose_name="films added",
                    ),
                ),
                (
                    "searches_a_minute",
                    models.PositiveIntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000),
                        ],
                        verbose_name="searches from one address, a minute",
                    ),
                ),
            ],
            options={
                "verbose_name": "site settings",
                "verbose_name_plural": "site settings",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="sitesettings_one")
                ],
            },
        ),
        migrations.RunPython(add_rules, migrations.RunPython.noop),
    ]
