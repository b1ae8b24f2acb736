import datetime

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
import taggit.managers
from django.conf import settings
from django.db import migrations, models

import films.models.film
import films.models.image
import users.errands
from films.index_tables import creation, every_prefix

# A sort key is ASCII; it must be in the same order in every database, whatever its locale.
COLUMNS = [("films_film", "sort_key", 220), ("films_person", "sort_name", 140)]


def sort_by_code_point(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, column, length in COLUMNS:
        schema_editor.execute(
            f'ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar({length}) COLLATE "C"'
        )


CC = "https://creativecommons.org"
KINDS = ["by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd"]


def licenses():
    yield "CC0-1.0", "CC0 1.0", "1.0", f"{CC}/publicdomain/zero/1.0/", True, True, False
    yield (
        "LicenseRef-Public-Domain", "Public domain", "", f"{CC}/publicdomain/mark/1.0/",
        True, True, False,
    )  # fmt: skip
    for version in ("4.0", "3.0", "2.5", "2.0"):
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
    for position, row in enumerate(licenses(), 1):
        values = dict(zip(fields, row, strict=True)) | {"position": position}
        License.objects.create(**values)


# ISO 639-1 codes where there is one, else 639-3; BCP 47 where a script matters.
LANGUAGES = """
af Afrikaans|ak Akan|am Amharic|an Aragonese|ar Arabic|as Assamese|ase American Sign Language|
ay Aymara|az Azerbaijani|ba Bashkir|be Belarusian|bem Bemba|bfi British Sign Language|bg Bulgarian|
bm Bambara|bn Bengali|bo Tibetan|br Breton|bs Bosnian|ca Catalan|cak Kaqchikel|ce Chechen|
ceb Cebuano|ckb Central Kurdish|cmn Mandarin|co Corsican|cs Czech|cy Welsh|da Danish|de German|
dua Duala|dv Dhivehi|dyu Dyula|dz Dzongkha|ee Ewe|el Greek|en English|eo Esperanto|es Spanish|
et Estonian|eu Basque|fa Persian|ff Fulah|fi Finnish|fj Fijian|fo Faroese|fr French|
fsl French Sign Language|fy Western Frisian|ga Irish|gd Scottish Gaelic|gl Galician|glk Gilaki|
gn Guaraní|gsw Swiss German|gu Gujarati|gup Gunwinggu|ha Hausa|hak Hakka|haw Hawaiian|
hbs Serbo-Croatian|he Hebrew|hi Hindi|hr Croatian|hsb Upper Sorbian|ht Haitian Creole|hu Hungarian|
hy Armenian|id Indonesian|ig Igbo|is Icelandic|it Italian|iu Inuktitut|ixl Ixil|ja Japanese|
jam Jamaican Creole|jsl Japanese Sign Language|jv Javanese|ka Georgian|kab Kabyle|kk Kazakh|
kl Greenlandic|km Khmer|kn Kannada|ko Korean|kok Konkani|kri Krio|ks Kashmiri|ku Kurdish|ky Kyrgyz|
la Latin|lad Ladino|lb Luxembourgish|lg Ganda|lmo Lombard|ln Lingala|lo Lao|lt Lithuanian|
lv Latvian|mg Malagasy|mh Marshallese|mi Māori|mk Macedonian|ml Malayalam|mn Mongolian|mni Manipuri|
mos Mossi|mr Marathi|ms Malay|mt Maltese|my Burmese|nah Nahuatl|nan Min Nan|nap Neapolitan|
nb Norwegian Bokmål|nd North Ndebele|ne Nepali|nl Dutch|nn Norwegian Nynorsk|no Norwegian|nv Navajo|
nwi Southwest Tanna|ny Chichewa|oc Occitan|om Oromo|or Odia|os Ossetic|pa Punjabi|
pa-Arab Punjabi (Shahmukhi)|pap Papiamento|pcm Nigerian Pidgin|pl Polish|pov Upper Guinea Creole|
ps Pashto|pt Portuguese|qu Quechua|rm Romansh|rn Rundi|ro Romanian|rom Romani|rtm Rotuman|ru Russian|
rw Kinyarwanda|sa Sanskrit|sah Yakut|sat Santali|sc Sardinian|scn Sicilian|sco Scots|sd Sindhi|
se Northern Sami|sg Sango|sh Serbo-Croatian (one of its standards)|si Sinhala|sk Slovak|sl Slovenian|
sm Samoan|sn Shona|so Somali|sq Albanian|sr Serbian|sr-Latn Serbian (Latin script)|st Southern Sotho|
su Sundanese|sv Swedish|sva Svan|sw Swahili|syc Syriac|ta Tamil|te Telugu|tg Tajik|th Thai|
ti Tigrinya|tk Turkmen|tl Tagalog|tn Tswana|to Tongan|tpi Tok Pisin|tr Turkish|ts Tsonga|tt Tatar|
ty Tahitian|ug Uyghur|uk Ukrainian|ukl Ukrainian Sign Language|ur Urdu|uz Uzbek|vec Venetian|
vi Vietnamese|wo Wolof|wuu Wu Chinese|xh Xhosa|yi Yiddish|yo Yoruba|yua Yucatec Maya|yue Cantonese|
zh Chinese|zh-Hans Chinese (simplified)|zh-Hant Chinese (traditional)|zu Zulu|zxx No words
"""


def add_languages(apps, schema_editor):
    Language = apps.get_model("films", "Language")
    pairs = (entry.strip().split(" ", 1) for entry in LANGUAGES.replace("\n", "").split("|"))
    Language.objects.bulk_create([Language(code=code, name=name) for code, name in pairs])


class Migration(migrations.Migration):
    replaces = [
        ("films", "0001_initial"),
        ("films", "0002_initial"),
        ("films", "0003_licenses"),
        ("films", "0004_languages"),
        ("films", "0005_sort_keys_by_code_point"),
        ("films", "0006_unicode_slugs"),
        ("films", "0007_browse_indexes"),
        ("films", "0008_film_last_changed"),
        ("films", "0009_image_last_changed"),
        ("films", "0010_licenses_2_5"),
        ("films", "0011_language_and_decade_counts"),
        ("films", "0012_search_index"),
        ("films", "0013_quorum_and_folded_themes"),
        ("films", "0014_film_merges"),
        ("films", "0015_image_files"),
        ("films", "0016_how_long_films_last"),
        ("films", "0017_search_prefixes"),
    ]

    initial = True

    dependencies = [
        ("users", "0001_squashed_0016"),
    ]

    operations = [
        migrations.CreateModel(
            name="Film",
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
                    "slug",
                    models.SlugField(
                        allow_unicode=True, max_length=230, unique=True, verbose_name="address"
                    ),
                ),
                ("card_seed", models.CharField(editable=False, max_length=230)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("sort_key", models.CharField(editable=False, max_length=220)),
                (
                    "original_title",
                    models.CharField(blank=True, max_length=200, verbose_name="original title"),
                ),
                (
                    "original_language",
                    models.CharField(
                        blank=True, max_length=12, verbose_name="language of the original title"
                    ),
                ),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Of the first public showing.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1874)],
                        verbose_name="year",
                    ),
                ),
                (
                    "runtime",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="minutes"),
                ),
                ("is_silent", models.BooleanField(default=False, verbose_name="silent")),
                (
                    "synopsis",
                    models.TextField(
                        blank=True,
                        help_text="What it begins with, without what it comes to.",
                        max_length=2000,
                        verbose_name="synopsis",
                    ),
                ),
                (
                    "synopsis_source",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="source of the synopsis"
                    ),
                ),
                (
                    "synopsis_license",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="licence of the synopsis"
                    ),
                ),
                (
                    "imdb_id",
                    models.CharField(
                        blank=True,
                        max_length=12,
                        null=True,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\Att\\d{7,9}\\Z", "As in tt2659414."
                            )
                        ],
                        verbose_name="IMDb",
                    ),
                ),
                (
                    "tmdb_id",
                    models.PositiveIntegerField(
                        blank=True, null=True, unique=True, verbose_name="TMDB"
                    ),
                ),
                (
                    "wikidata_id",
                    models.CharField(
                        blank=True,
                        max_length=12,
                        null=True,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\AQ[1-9]\\d*\\Z", "As in Q482985."
                            )
                        ],
                        verbose_name="Wikidata",
                    ),
                ),
                (
                    "facts_source",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="source of the facts"
                    ),
                ),
                (
                    "needs_check",
                    models.BooleanField(default=False, verbose_name="waits for an editor’s eye"),
                ),
                (
                    "essay_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="essays"),
                ),
                (
                    "note_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="notes"),
                ),
                (
                    "rating_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="ratings"),
                ),
                ("rating_sum", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "rating_histogram",
                    models.JSONField(default=films.models.film.empty_histogram, editable=False),
                ),
                ("score", models.FloatField(blank=True, editable=False, null=True)),
                (
                    "last_written_at",
                    models.DateTimeField(
                        default=datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.UTC),
                        editable=False,
                    ),
                ),
                ("answers", models.JSONField(blank=True, default=dict, editable=False)),
                ("lasting_still", models.PositiveIntegerField(default=0, editable=False)),
                ("lasting_total", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "lasting",
                    models.FloatField(
                        blank=True, editable=False, null=True, verbose_name="how long it lasts"
                    ),
                ),
                ("card_country", models.CharField(blank=True, editable=False, max_length=80)),
                ("card_director", models.CharField(blank=True, editable=False, max_length=140)),
                ("card_motif", models.CharField(default="leader", editable=False, max_length=10)),
                ("card_ground", models.CharField(default="silver", editable=False, max_length=10)),
                ("card_figure", models.CharField(default="silver", editable=False, max_length=10)),
                ("card_tone", models.CharField(default="deep", editable=False, max_length=10)),
                (
                    "card_composition",
                    models.CharField(default="head", editable=False, max_length=10),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="films_added",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
            ],
            options={
                "verbose_name": "film",
                "verbose_name_plural": "films",
                "ordering": ["sort_key", "pk"],
                "indexes": [
                    models.Index(
                        fields=["status", "-essay_count", "-id"], name="film_most_written"
                    ),
                    models.Index(
                        models.F("status"),
                        models.OrderBy(
                            django.db.models.functions.comparison.Coalesce("year", 0),
                            descending=True,
                        ),
                        models.OrderBy(models.F("id"), descending=True),
                        name="film_newest",
                    ),
                    models.Index(
                        models.F("status"),
                        django.db.models.functions.comparison.Coalesce("year", 9999),
                        models.F("id"),
                        name="film_oldest",
                    ),
                    models.Index(fields=["original_language"], name="film_original_language"),
                    models.Index(fields=["status", "sort_key", "id"], name="film_by_title"),
                    models.Index(
                        models.F("status"),
                        models.OrderBy(
                            django.db.models.functions.comparison.Coalesce("score", 0.0),
                            descending=True,
                        ),
                        models.OrderBy(models.F("id"), descending=True),
                        name="film_best_loved",
                    ),
                    models.Index(
                        models.F("status"),
                        models.OrderBy(
                            django.db.models.functions.comparison.Coalesce("lasting", -1.0),
                            descending=True,
                        ),
                        models.OrderBy(models.F("id"), descending=True),
                        name="film_lasting",
                    ),
                    models.Index(
                        fields=["status", "-last_written_at", "-id"], name="film_last_written"
                    ),
                    models.Index(fields=["year"], name="film_year"),
                    models.Index(fields=["status", "-updated_at"], name="film_last_changed"),
                    models.Index(
                        condition=models.Q(("needs_check", True)),
                        fields=["-created_at"],
                        name="film_to_check",
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
                        name="films_film_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "published"), _negated=True),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="films_film_published_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "deleted"), _negated=True),
                            ("deleted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="films_film_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="film_has_title"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slug", ""), _negated=True), name="film_has_slug"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("year__isnull", True),
                            models.Q(("year__gte", 1874), ("year__lte", 2200)),
                            _connector="OR",
                        ),
                        name="film_year_plausible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("runtime__isnull", True),
                            models.Q(("runtime__gte", 1), ("runtime__lte", 1500)),
                            _connector="OR",
                        ),
                        name="film_runtime_plausible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("imdb_id", ""), _negated=True),
                            models.Q(("wikidata_id", ""), _negated=True),
                        ),
                        name="film_outside_ids_not_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lasting__isnull", True), ("lasting_total", 0)),
                            models.Q(
                                ("lasting__isnull", False),
                                ("lasting_total__gte", models.F("lasting_still")),
                                ("lasting_total__gt", 0),
                            ),
                            _connector="OR",
                        ),
                        name="film_lasting_has_sample",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(db_index=True, max_length=120, verbose_name="name")),
                (
                    "slug",
                    models.SlugField(
                        allow_unicode=True, max_length=140, unique=True, verbose_name="address"
                    ),
                ),
                (
                    "sort_name",
                    models.CharField(db_index=True, max_length=140, verbose_name="sorted under"),
                ),
                (
                    "native_name",
                    models.CharField(blank=True, max_length=120, verbose_name="own name"),
                ),
                (
                    "native_language",
                    models.CharField(
                        blank=True, max_length=12, verbose_name="language of that name"
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "ordering": ["sort_name"],
            },
        ),
        migrations.CreateModel(
            name="Theme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                (
                    "slug",
                    models.SlugField(
                        allow_unicode=True, max_length=80, unique=True, verbose_name="address"
                    ),
                ),
                (
                    "definition",
                    models.TextField(blank=True, max_length=500, verbose_name="definition"),
                ),
                ("group", models.CharField(blank=True, max_length=60, verbose_name="group")),
                (
                    "motif",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("bars", "bars"),
                            ("arcs", "arcs"),
                            ("eclipse", "eclipse"),
                            ("open", "open"),
                            ("ghosts", "ghosts"),
                            ("leader", "leader"),
                            ("alone", "alone"),
                            ("shards", "shards"),
                            ("steps", "steps"),
                            ("door", "door"),
                            ("growth", "growth"),
                            ("waves", "waves"),
                            ("windows", "windows"),
                            ("beam", "beam"),
                            ("mirror", "mirror"),
                            ("road", "road"),
                            ("missing", "missing"),
                            ("spiral", "spiral"),
                            ("balance", "balance"),
                            ("lean", "lean"),
                            ("crowd", "crowd"),
                        ],
                        max_length=10,
                        verbose_name="motif",
                    ),
                ),
                (
                    "ink",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("vermilion", "vermilion"),
                            ("rust", "rust"),
                            ("ochre", "ochre"),
                            ("lemon", "lemon"),
                            ("moss", "moss"),
                            ("bottle", "bottle"),
                            ("teal", "teal"),
                            ("sky", "sky"),
                            ("blue", "blue"),
                            ("plum", "plum"),
                            ("rose", "rose"),
                            ("silver", "silver"),
                        ],
                        max_length=10,
                        verbose_name="ink",
                    ),
                ),
                (
                    "card_motif",
                    models.CharField(
                        choices=[
                            ("bars", "bars"),
                            ("arcs", "arcs"),
                            ("eclipse", "eclipse"),
                            ("open", "open"),
                            ("ghosts", "ghosts"),
                            ("leader", "leader"),
                            ("alone", "alone"),
                            ("shards", "shards"),
                            ("steps", "steps"),
                            ("door", "door"),
                            ("growth", "growth"),
                            ("waves", "waves"),
                            ("windows", "windows"),
                            ("beam", "beam"),
                            ("mirror", "mirror"),
                            ("road", "road"),
                            ("missing", "missing"),
                            ("spiral", "spiral"),
                            ("balance", "balance"),
                            ("lean", "lean"),
                            ("crowd", "crowd"),
                        ],
                        default="leader",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "card_ink",
                    models.CharField(
                        choices=[
                            ("vermilion", "vermilion"),
                            ("rust", "rust"),
                            ("ochre", "ochre"),
                            ("lemon", "lemon"),
                            ("moss", "moss"),
                            ("bottle", "bottle"),
                            ("teal", "teal"),
                            ("sky", "sky"),
                            ("blue", "blue"),
                            ("plum", "plum"),
                            ("rose", "rose"),
                            ("silver", "silver"),
                        ],
                        default="silver",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "is_accepted",
                    models.BooleanField(default=False, verbose_name="accepted by an editor"),
                ),
                (
                    "quorum",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="Until then it counts as proposed where a member added it.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="members who must agree",
                    ),
                ),
                (
                    "gives_away",
                    models.BooleanField(
                        default=False,
                        help_text="Its line on a film’s page is folded, as spoilers are.",
                        verbose_name="gives a film away",
                    ),
                ),
                (
                    "film_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="films"),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="themes_proposed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "broader",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="narrower",
                        to="films.theme",
                        verbose_name="broader theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "theme",
                "verbose_name_plural": "themes",
                "ordering": ["name"],
                "indexes": [models.Index(fields=["-film_count", "id"], name="theme_most_films")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("broader__isnull", True),
                            models.Q(("broader", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="theme_not_its_own_broader",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="theme_has_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slug", ""), _negated=True), name="theme_has_slug"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decade",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("film_count", models.PositiveIntegerField(default=0)),
                ("decade", models.PositiveSmallIntegerField(unique=True)),
            ],
            options={
                "ordering": ["decade"],
            },
        ),
        migrations.CreateModel(
            name="Language",
            fields=[
                (
                    "code",
                    models.CharField(
                        max_length=12, primary_key=True, serialize=False, verbose_name="code"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "film_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="films"),
                ),
            ],
            options={
                "verbose_name": "language",
                "verbose_name_plural": "languages",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="License",
            fields=[
                (
                    "spdx_id",
                    models.CharField(
                        help_text="Or LicenseRef-….",
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                        verbose_name="SPDX id",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("version", models.CharField(blank=True, max_length=10, verbose_name="version")),
                ("url", models.URLField(blank=True, verbose_name="address")),
                (
                    "allows_changes",
                    models.BooleanField(default=True, verbose_name="may be changed"),
                ),
                (
                    "allows_commercial",
                    models.BooleanField(default=True, verbose_name="may be used commercially"),
                ),
                (
                    "requires_credit",
                    models.BooleanField(default=True, verbose_name="asks for credit"),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="place")),
            ],
            options={
                "verbose_name": "licence",
                "verbose_name_plural": "licences",
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="FilmIndex",
            fields=[
                ("words", models.TextField()),
                (
                    "film",
                    models.OneToOneField(
                        db_column="rowid",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="films.film",
                    ),
                ),
            ],
            options={
                "db_table": "films_filmindex",
                "abstract": False,
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="PersonIndex",
            fields=[
                ("words", models.TextField()),
                (
                    "person",
                    models.OneToOneField(
                        db_column="rowid",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="films.person",
                    ),
                ),
            ],
            options={
                "db_table": "films_personindex",
                "abstract": False,
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ThemeIndex",
            fields=[
                ("words", models.TextField()),
                (
                    "theme",
                    models.OneToOneField(
                        db_column="rowid",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="films.theme",
                    ),
                ),
            ],
            options={
                "db_table": "films_themeindex",
                "abstract": False,
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Country",
            fields=[
                (
                    "code",
                    models.CharField(
                        help_text="ISO 3166-1 alpha-2; ISO 3166-3 alpha-4 for former states.",
                        max_length=4,
                        primary_key=True,
                        serialize=False,
                        verbose_name="code",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="address")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "adjective",
                    models.CharField(blank=True, max_length=60, verbose_name="adjective"),
                ),
                (
                    "cinema_label",
                    models.CharField(blank=True, max_length=80, verbose_name="its cinema"),
                ),
                (
                    "native_names",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="A list of {text, language}.",
                        verbose_name="own names",
                    ),
                ),
                ("aliases", models.JSONField(blank=True, default=list, verbose_name="also called")),
                (
                    "official_languages",
                    models.JSONField(blank=True, default=list, verbose_name="official languages"),
                ),
                ("region", models.CharField(max_length=40, verbose_name="region")),
                (
                    "subregion",
                    models.CharField(blank=True, max_length=60, verbose_name="subregion"),
                ),
                ("is_former", models.BooleanField(default=False, verbose_name="former state")),
                (
                    "existed_from",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="from"),
                ),
                (
                    "existed_to",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="to"),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "film_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="films"),
                ),
                (
                    "essay_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="essays"),
                ),
                (
                    "successors",
                    models.ManyToManyField(
                        blank=True,
                        related_name="predecessors",
                        to="films.country",
                        verbose_name="successors",
                    ),
                ),
            ],
            options={
                "verbose_name": "country",
                "verbose_name_plural": "countries",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_former", False), ("existed_to__isnull", False), _connector="OR"
                        ),
                        name="country_former_has_end",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CountryDecade",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("film_count", models.PositiveIntegerField(default=0)),
                ("decade", models.PositiveSmallIntegerField()),
                (
                    "country",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decades",
                        to="films.country",
                    ),
                ),
            ],
            options={
                "ordering": ["decade"],
                "constraints": [
                    models.UniqueConstraint(fields=("country", "decade"), name="countrydecade_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Credit",
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
                        choices=[("director", "director"), ("cast", "cast")],
                        max_length=10,
                        verbose_name="role",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="place")),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credits",
                        to="films.film",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credits",
                        to="films.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "credit",
                "verbose_name_plural": "credits",
                "ordering": ["-role", "position", "pk"],
                "indexes": [models.Index(fields=["person", "role", "film"], name="credit_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("film", "person", "role"), name="credit_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="FilmCountry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="place")),
                (
                    "country",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="film_countries",
                        to="films.country",
                        verbose_name="country",
                    ),
                ),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="film_countries",
                        to="films.film",
                    ),
                ),
            ],
            options={
                "verbose_name": "country of a film",
                "verbose_name_plural": "countries of a film",
                "ordering": ["position", "pk"],
                "indexes": [models.Index(fields=["country", "film"], name="filmcountry_country")],
                "constraints": [
                    models.UniqueConstraint(fields=("film", "country"), name="filmcountry_once"),
                    models.CheckConstraint(
                        condition=models.Q(("position__lt", 16)), name="filmcountry_sixteen_at_most"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="film",
            name="countries",
            field=models.ManyToManyField(
                related_name="films", through="films.FilmCountry", to="films.country"
            ),
        ),
        migrations.CreateModel(
            name="FilmMerge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField(max_length=1000, verbose_name="reason")),
                ("record", models.JSONField(default=dict, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="date"),
                ),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="undone")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="film_merges",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "gone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged_into",
                        to="films.film",
                        verbose_name="film that goes",
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="films.film",
                        verbose_name="film that stays",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="film_merges_undone",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="undone by",
                    ),
                ),
            ],
            options={
                "verbose_name": "merge of films",
                "verbose_name_plural": "merges of films",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kept", models.F("gone")), _negated=True),
                        name="filmmerge_not_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="filmmerge_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                            models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="filmmerge_undone_by_somebody",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("gone",),
                        name="filmmerge_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FilmRelation",
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
                            ("remake_of", "remake of"),
                            ("based_on", "based on"),
                            ("inspired_by", "inspired by"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relations",
                        to="films.film",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="related_from",
                        to="films.film",
                        verbose_name="film",
                    ),
                ),
            ],
            options={
                "verbose_name": "related film",
                "verbose_name_plural": "related films",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("film", "kind", "other"), name="filmrelation_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("film", models.F("other")), _negated=True),
                        name="filmrelation_not_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FilmTheme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="place in the catalogue"
                    ),
                ),
                ("agree_count", models.PositiveIntegerField(default=0, verbose_name="agree")),
                ("disagree_count", models.PositiveIntegerField(default=0, verbose_name="disagree")),
                ("strength", models.FloatField(default=0, verbose_name="strength")),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("confirmed", "confirmed"),
                            ("proposed", "proposed"),
                            ("disputed", "disputed"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="standing",
                    ),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="film_themes_added",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "content_object",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="film_themes",
                        to="films.film",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="film_themes",
                        to="films.theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "theme of a film",
                "verbose_name_plural": "themes of films",
                "indexes": [
                    models.Index(fields=["content_object", "-strength"], name="filmtheme_film")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("content_object", "tag"), name="filmtheme_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="film",
            name="themes",
            field=taggit.managers.TaggableManager(
                blank=True,
                help_text="A comma-separated list of tags.",
                through="films.FilmTheme",
                to="films.Theme",
                verbose_name="Tags",
            ),
        ),
        migrations.CreateModel(
            name="FilmTitle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=200, verbose_name="title")),
                ("language", models.CharField(blank=True, max_length=12, verbose_name="language")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("translated", "translated"),
                            ("romanized", "romanized"),
                            ("also", "also known as"),
                        ],
                        default="also",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="titles",
                        to="films.film",
                    ),
                ),
            ],
            options={
                "verbose_name": "other title",
                "verbose_name_plural": "other titles",
                "ordering": ["kind", "language", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("film", "text", "language"), name="filmtitle_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerSlug",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(allow_unicode=True, max_length=230, unique=True)),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_slugs",
                        to="films.film",
                    ),
                ),
            ],
            options={
                "verbose_name": "former address",
                "verbose_name_plural": "former addresses",
            },
        ),
        migrations.CreateModel(
            name="Image",
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
                    "key",
                    models.SlugField(
                        default=films.models.image.new_key,
                        editable=False,
                        max_length=60,
                        unique=True,
                        verbose_name="key",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="title")),
                (
                    "creator_name",
                    models.CharField(blank=True, max_length=120, verbose_name="made by"),
                ),
                (
                    "creator_url",
                    models.URLField(
                        blank=True, max_length=500, verbose_name="address of the maker"
                    ),
                ),
                (
                    "creator_is_unknown",
                    models.BooleanField(default=False, verbose_name="the maker is not known"),
                ),
                (
                    "source_url",
                    models.URLField(
                        blank=True,
                        help_text="The page that shows it, not the file.",
                        max_length=500,
                        verbose_name="page it comes from",
                    ),
                ),
                (
                    "is_own_work",
                    models.BooleanField(
                        default=False, verbose_name="made by the person who uploads it"
                    ),
                ),
                (
                    "permission",
                    models.TextField(
                        blank=True,
                        help_text="Who gave it, and where.",
                        max_length=1000,
                        verbose_name="permission",
                    ),
                ),
                (
                    "alt_text",
                    models.CharField(blank=True, max_length=500, verbose_name="description"),
                ),
                ("is_decorative", models.BooleanField(default=False, verbose_name="decorative")),
                (
                    "changes",
                    models.CharField(blank=True, max_length=200, verbose_name="changes made"),
                ),
                ("original", models.FileField(editable=False, upload_to="originals/")),
                (
                    "sha256",
                    models.CharField(
                        db_index=True, editable=False, max_length=64, verbose_name="SHA-256"
                    ),
                ),
                ("width", models.PositiveIntegerField(editable=False, verbose_name="width")),
                ("height", models.PositiveIntegerField(editable=False, verbose_name="height")),
                (
                    "color",
                    models.CharField(
                        blank=True, editable=False, max_length=7, verbose_name="color"
                    ),
                ),
                ("derivatives", models.JSONField(default=list, editable=False)),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="images",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
                (
                    "license",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="images",
                        to="films.license",
                        verbose_name="licence",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture",
                "verbose_name_plural": "pictures",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["status", "-created_at", "-id"], name="image_newest"),
                    models.Index(fields=["status", "-updated_at"], name="image_last_changed"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["draft", "published", "held", "hidden", "removed", "deleted"],
                            )
                        ),
                        name="films_image_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "published"), _negated=True),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="films_image_published_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "deleted"), _negated=True),
                            ("deleted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="films_image_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "published"), _negated=True),
                            models.Q(
                                models.Q(("title", ""), _negated=True),
                                models.Q(
                                    models.Q(("creator_name", ""), _negated=True),
                                    ("creator_is_unknown", True),
                                    _connector="OR",
                                ),
                                ("license__isnull", False),
                                models.Q(
                                    models.Q(("source_url", ""), _negated=True),
                                    ("is_own_work", True),
                                    models.Q(("permission", ""), _negated=True),
                                    _connector="OR",
                                ),
                                models.Q(
                                    models.Q(("alt_text", ""), _negated=True),
                                    ("is_decorative", True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="image_published_has_credit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height__gte", 1), ("width__gte", 1)),
                        name="image_has_size",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FilmImage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=300, verbose_name="caption")),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="place")),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="film_images_added",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="film_images",
                        to="films.film",
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="film_images",
                        to="films.image",
                        verbose_name="picture",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture of a film",
                "verbose_name_plural": "pictures of a film",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("film", "image"), name="filmimage_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="FileErrand",
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
                    "image",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="file_errand",
                        to="films.image",
                        verbose_name="picture",
                    ),
                ),
            ],
            options={
                "verbose_name": "files to be written",
                "verbose_name_plural": "files to be written",
                "indexes": [models.Index(fields=["due_at"], name="fileerrand_due")],
            },
        ),
        migrations.CreateModel(
            name="FilmLanguage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="place")),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="film_languages",
                        to="films.film",
                    ),
                ),
                (
                    "language",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="films.language",
                        verbose_name="language",
                    ),
                ),
            ],
            options={
                "verbose_name": "spoken language",
                "verbose_name_plural": "spoken languages",
                "ordering": ["position", "pk"],
                "indexes": [
                    models.Index(fields=["language", "film"], name="filmlanguage_language")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("film", "language"), name="filmlanguage_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ThemeCountry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("film_count", models.PositiveIntegerField(default=0)),
                (
                    "country",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="by_theme",
                        to="films.country",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="by_country",
                        to="films.theme",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["theme", "-film_count"], name="themecountry_theme"),
                    models.Index(fields=["country", "-film_count"], name="themecountry_country"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("theme", "country"), name="themecountry_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ThemeDecade",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("film_count", models.PositiveIntegerField(default=0)),
                ("decade", models.PositiveSmallIntegerField()),
                (
                    "theme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decades",
                        to="films.theme",
                    ),
                ),
            ],
            options={
                "ordering": ["decade"],
                "constraints": [
                    models.UniqueConstraint(fields=("theme", "decade"), name="themedecade_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ThemeLabel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=60, verbose_name="text")),
                ("language", models.CharField(max_length=12, verbose_name="language")),
                ("key", models.CharField(editable=False, max_length=120)),
                (
                    "is_preferred",
                    models.BooleanField(default=False, verbose_name="shown in this language"),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="labels",
                        to="films.theme",
                        verbose_name="theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "label",
                "verbose_name_plural": "labels",
                "ordering": ["language", "-is_preferred", "text"],
                "indexes": [models.Index(fields=["key"], name="themelabel_key")],
                "constraints": [
                    models.UniqueConstraint(fields=("language", "key"), name="themelabel_key_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_preferred", True)),
                        fields=("theme", "language"),
                        name="themelabel_one_preferred",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("key", ""), _negated=True), name="themelabel_has_key"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ThemeListing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("strength", models.FloatField()),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="theme_listings",
                        to="films.film",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listings",
                        to="films.theme",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["theme", "-strength", "-film"], name="themelisting_strongest"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("theme", "film"), name="themelisting_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ThemePair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("film_count", models.PositiveIntegerField(default=0)),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="films.theme",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pairs",
                        to="films.theme",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["theme", "-film_count"], name="themepair_theme")],
                "constraints": [
                    models.UniqueConstraint(fields=("theme", "other"), name="themepair_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ThemeVote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agrees", models.BooleanField()),
                ("voted_at", models.DateTimeField()),
                (
                    "film_theme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to="films.filmtheme",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="theme_votes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "vote on a theme",
                "verbose_name_plural": "votes on themes",
                "constraints": [
                    models.UniqueConstraint(fields=("film_theme", "member"), name="themevote_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="WordPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("part", models.CharField(max_length=3)),
                ("word", models.CharField(max_length=40)),
            ],
            options={
                "indexes": [models.Index(fields=["word"], name="wordpart_word")],
                "constraints": [
                    models.UniqueConstraint(fields=("part", "word"), name="wordpart_once")
                ],
            },
        ),
        migrations.RunPython(sort_by_code_point, migrations.RunPython.noop),
        creation("films_filmindex", "films_personindex", "films_themeindex"),
        every_prefix("films_filmindex", "films_personindex", "films_themeindex"),
        migrations.RunPython(add_licenses, migrations.RunPython.noop),
        migrations.RunPython(add_languages, migrations.RunPython.noop),
    ]
