from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models, transaction
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, TagBase

from films.models.index import ThemeIndex
from films.models.spelling import WordPart
from films.normalize import clean_name, piece_slug, search_key
from films.title_cards import CARD_FIELDS
from films.words import name_tokens
from users.addresses import address
from users.columns import along
from users.models import Reportable
from users.names import BYLINE_FIELDS

EDITORS_VOTES = 3
QUORUM = 2
KEY_LIMIT = 120
# A ligature is one character as typed, and up to 18 in the key.
TOO_LONG = _("Written out, this is too long for a theme.")


class Motif(models.TextChoices):
    BARS = "bars", _("bars")
    ARCS = "arcs", _("arcs")
    ECLIPSE = "eclipse", _("eclipse")
    OPEN = "open", _("open")
    GHOSTS = "ghosts", _("ghosts")
    LEADER = "leader", _("leader")
    ALONE = "alone", _("alone")
    SHARDS = "shards", _("shards")
    STEPS = "steps", _("steps")
    DOOR = "door", _("door")
    GROWTH = "growth", _("growth")
    WAVES = "waves", _("waves")
    WINDOWS = "windows", _("windows")
    BEAM = "beam", _("beam")
    MIRROR = "mirror", _("mirror")
    ROAD = "road", _("road")
    MISSING = "missing", _("missing")
    SPIRAL = "spiral", _("spiral")
    BALANCE = "balance", _("balance")
    LEAN = "lean", _("lean")
    CROWD = "crowd", _("crowd")


class Ink(models.TextChoices):
    VERMILION = "vermilion", _("vermilion")
    RUST = "rust", _("rust")
    OCHRE = "ochre", _("ochre")
    LEMON = "lemon", _("lemon")
    MOSS = "moss", _("moss")
    BOTTLE = "bottle", _("bottle")
    TEAL = "teal", _("teal")
    SKY = "sky", _("sky")
    BLUE = "blue", _("blue")
    PLUM = "plum", _("plum")
    ROSE = "rose", _("rose")
    SILVER = "silver", _("silver")


class ThemeQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(Q(is_accepted=True) | Q(film_count__gt=0))

    def with_films(self):
        return self.filter(film_count__gt=0)

    def for_log(self):
        return self.only("name", "slug")

    def for_index(self):
        """By group, the most frequent first. Groups without a name come last."""
        return self.in_use().order_by(
            Case(When(group="", then=1), default=0), "group", "-film_count", "name"
        )

    def completing(self, typed, limit=10):
        """Labels that begin with what is typed, of the most frequent themes first."""
        key = search_key(typed)
        if not key:
            return ThemeLabel.objects.none()
        labels = ThemeLabel.objects.filter(key__gte=key, key__lt=key + "\U0010ffff")
        return labels.select_related("theme").order_by("-theme__film_count", "key")[:limit]

    def labelled(self, text):
        """The theme that `text` leads to, in any language."""
        return self.filter(labels__key=search_key(text)).distinct()

    def by_label(self, texts):
        """{folded text: the theme that it leads to}, of those that lead to one."""
        labels = ThemeLabel.objects.filter(key__in={search_key(text) for text in texts})
        labels = labels.select_related("theme").order_by("-theme__name")
        return {label.key: label.theme for label in labels}


class Theme(Reportable, TagBase):
    # TagBase's own fields are replaced, to bound them.
    name = models.CharField(_("name"), max_length=60, unique=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True, allow_unicode=True)
    definition = models.TextField(_("definition"), max_length=500, blank=True)
    group = models.CharField(_("group"), max_length=60, blank=True)
    broader = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="narrower",
        verbose_name=_("broader theme"),
    )
    motif = models.CharField(_("motif"), max_length=10, choices=Motif, blank=True)
    ink = models.CharField(_("ink"), max_length=10, choices=Ink, blank=True)
    # The sign that its nearest ancestor lends it.
    card_motif = models.CharField(max_length=10, choices=Motif, default="leader", editable=False)
    card_ink = models.CharField(max_length=10, choices=Ink, default="silver", editable=False)
    is_accepted = models.BooleanField(_("accepted by an editor"), default=False)
    quorum = models.PositiveSmallIntegerField(
        _("members who must agree"),
        default=QUORUM,
        validators=[MinValueValidator(1), MaxValueValidator(1_000)],
        help_text=_("Until then it counts as proposed where a member added it."),
    )
    gives_away = models.BooleanField(
        _("gives a film away"),
        default=False,
        help_text=_("Its line on a film’s page is folded, as spoilers are."),
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="themes_proposed",
    )
    film_count = models.PositiveIntegerField(_("films"), default=0, editable=False)

    objects = ThemeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        indexes = [models.Index(fields=["-film_count", "id"], name="theme_most_films")]
        constraints = [
            models.CheckConstraint(
                condition=Q(broader__isnull=True) | ~Q(broader=F("id")),
                name="theme_not_its_own_broader",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="theme_has_name"),
            models.CheckConstraint(condition=~Q(slug=""), name="theme_has_slug"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return address("films:theme", self.slug)

    def clean(self):
        super().clean()
        self.name = clean_name(self.name)
        if not search_key(self.name):
            raise ValidationError({"name": _("A theme needs a letter or a digit in its name.")})
        if len(search_key(self.name)) > KEY_LIMIT:
            raise ValidationError({"name": TOO_LONG})
        if self.broader and any(theme.pk == self.pk for theme in self.broader.ancestry()):
            raise ValidationError(
                {"broader": _("This theme is broader than the one chosen: that would be a circle.")}
            )
        other = ThemeLabel.objects.filter(key=search_key(self.name)).exclude(theme=self.pk).first()
        if other:
            raise ValidationError(
                {"name": _("This word leads to “%(theme)s” already.") % {"theme": other.theme}}
            )

    def ancestry(self):
        """This theme and the broader ones, nearest first."""
        theme, found = self, []
        while theme is not None and theme not in found:
            found.append(theme)
            theme = theme.broader
        return found

    @transaction.atomic
    def weigh_anew(self):
        """After its quorum changed: the standing where members added it."""
        rows = self.film_themes.filter(position=None).exclude(standing=Standing.DISPUTED)
        rows.filter(agree_count__gte=self.quorum).update(standing=Standing.CONFIRMED)
        rows.filter(agree_count__lt=self.quorum).update(standing=Standing.PROPOSED)

    def inherit_sign(self):
        """Take motif and ink from the nearest theme that has them."""
        line = self.ancestry()
        self.card_motif = next((t.motif for t in line if t.motif), Motif.LEADER)
        self.card_ink = next((t.ink for t in line if t.ink), Ink.SILVER)

    def lend_sign(self):
        """Let the narrower themes, at any depth, take motif and ink again."""
        for theme in self.narrower.select_related("broader"):
            theme.broader = self
            theme.inherit_sign()
            fields = {"card_motif": theme.card_motif, "card_ink": theme.card_ink}
            Theme.objects.filter(pk=theme.pk).update(**fields)
            theme.lend_sign()

    def save(self, *args, **kwargs):
        # TagBase.save invents slugs; ours come from the name and are given.
        self.inherit_sign()
        models.Model.save(self, *args, **kwargs)
        # A name that was another English label until now is the preferred one from now on.
        self.labels.filter(language="en", key=search_key(self.name), is_preferred=False).delete()
        ThemeLabel.objects.update_or_create(
            theme=self,
            language="en",
            is_preferred=True,
            defaults={"text": self.name, "key": search_key(self.name)},
        )
        self.index_words()

    def index_words(self):
        """Bring what search finds it by up to date, in the transaction of the cause."""
        labels = list(ThemeLabel.objects.filter(theme=self).values_list("text", flat=True))
        ThemeIndex.objects.write({self.pk: name_tokens(labels)})
        WordPart.objects.learn(labels)

    def label_in(self, language):
        """The preferred label in `language`, else the English name."""
        for label in self.labels.all():
            if label.is_preferred and label.language == language:
                return label.text
        return self.name


class ThemeLabel(models.Model):
    theme = models.ForeignKey(Theme, models.CASCADE, related_name="labels", verbose_name=_("theme"))
    text = models.CharField(_("text"), max_length=60)
    language = models.CharField(_("language"), max_length=12)
    key = models.CharField(max_length=KEY_LIMIT, editable=False)
    is_preferred = models.BooleanField(_("shown in this language"), default=False)

    class Meta:
        ordering = ["language", "-is_preferred", "text"]
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        constraints = [
            models.UniqueConstraint(fields=["language", "key"], name="themelabel_key_once"),
            models.UniqueConstraint(
                fields=["theme", "language"],
                condition=Q(is_preferred=True),
                name="themelabel_one_preferred",
            ),
            models.CheckConstraint(condition=~Q(key=""), name="themelabel_has_key"),
        ]
        indexes = [models.Index(fields=["key"], name="themelabel_key")]

    def __str__(self):
        return self.text

    def save(self, *args, **kwargs):
        self.key = search_key(self.text)
        super().save(*args, **kwargs)

    def clean(self):
        self.text = clean_name(self.text)
        self.key = search_key(self.text)
        if not self.key:
            raise ValidationError({"text": _("A label needs a letter or a digit.")})
        if len(self.key) > KEY_LIMIT:
            raise ValidationError({"text": TOO_LONG})
        other = ThemeLabel.objects.filter(key=self.key).exclude(theme=self.theme_id).first()
        if other:
            raise ValidationError(
                {"text": _("This word leads to “%(theme)s” already.") % {"theme": other.theme}}
            )


class Standing(models.TextChoices):
    CONFIRMED = "confirmed", _("confirmed")
    PROPOSED = "proposed", _("proposed")
    DISPUTED = "disputed", _("disputed")


class FilmThemeQuerySet(models.QuerySet):
    def listed(self):
        """Those that count outside of the film's own page."""
        return self.exclude(standing=Standing.DISPUTED)

    def for_film_page(self):
        rows = self.select_related("tag", "added_by").only(
            "content_object", "tag", "agree_count", "disagree_count", "strength", "standing",
            *along("tag", ("name", "slug", "film_count", "card_motif", "card_ink", "gives_away")),
            *along("added_by", BYLINE_FIELDS),
        )  # fmt: skip
        return rows.order_by("-strength", F("position").asc(nulls_last=True), "tag__slug")

    def with_vote_of(self, member):
        """Each row's `own_vote`, of the member with this number: True, False, or None without a
        vote."""
        votes = ThemeVote.objects.filter(film_theme=OuterRef("pk"), member=member)
        return self.annotate(own_vote=Subquery(votes.values("agrees")[:1]))


class FilmTheme(ItemBase):
    """A theme on a film. Written by the verbs of Film only."""

    tag = models.ForeignKey(Theme, models.PROTECT, related_name="film_themes")
    content_object = models.ForeignKey("films.Film", models.CASCADE, related_name="film_themes")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="film_themes_added",
        verbose_name=_("added by"),
    )
    position = models.PositiveSmallIntegerField(_("place in the catalogue"), null=True, blank=True)
    agree_count = models.PositiveIntegerField(_("agree"), default=0)
    disagree_count = models.PositiveIntegerField(_("disagree"), default=0)
    strength = models.FloatField(_("strength"), default=0)
    standing = models.CharField(
        _("standing"), max_length=10, choices=Standing, default=Standing.PROPOSED
    )

    objects = FilmThemeQuerySet.as_manager()
    own_vote = None  # until `with_vote_of` says otherwise

    class Meta:
        verbose_name = _("theme of a film")
        verbose_name_plural = _("themes of films")
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="filmtheme_once"),
        ]
        indexes = [
            models.Index(fields=["content_object", "-strength"], name="filmtheme_film"),
        ]

    def __str__(self):
        return f"{self.tag}: {self.content_object}"

    @property
    def is_from_catalogue(self):
        return self.position is not None

    @property
    def vote_count(self):
        return self.agree_count + self.disagree_count

    def weigh(self):
        """Set `strength` and `standing` from the counts (the formulas are public)."""
        agree = self.agree_count + (EDITORS_VOTES if self.is_from_catalogue else 0)
        self.strength = wilson_lower_bound(agree, agree + self.disagree_count)
        if self.disagree_count > agree:
            self.standing = Standing.DISPUTED
        elif self.is_from_catalogue or self.agree_count >= self.tag.quorum:
            self.standing = Standing.CONFIRMED
        else:
            self.standing = Standing.PROPOSED


def wilson_lower_bound(positive, total, z=1.959964):
    """Lower end of the Wilson score interval (E. B. Wilson, 1927) at 95 % for z = 1.96;
    0 without votes."""
    if not total:
        return 0.0
    share = positive / total
    spread = z * ((share * (1 - share) + z * z / (4 * total)) / total) ** 0.5
    return round(max(0.0, (share + z * z / (2 * total) - spread) / (1 + z * z / total)), 6)


class ThemeVote(models.Model):
    film_theme = models.ForeignKey(FilmTheme, models.CASCADE, related_name="votes")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="theme_votes")
    agrees = models.BooleanField()
    voted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("vote on a theme")
        verbose_name_plural = _("votes on themes")
        constraints = [
            models.UniqueConstraint(fields=["film_theme", "member"], name="themevote_once"),
        ]

    def __str__(self):
        return f"{self.member}: {'+' if self.agrees else '−'}{self.film_theme}"


class ThemeListingQuerySet(models.QuerySet):
    def strongest_first(self):
        # "film" would mean the films' own order.
        rows = self.order_by("-strength", "-film_id").select_related("film")
        return rows.only("theme", "strength", *along("film", CARD_FIELDS))

    def with_votes(self):
        """How many members voted on just this theme; None where a narrower one lists the film."""
        rows = FilmTheme.objects.filter(tag=OuterRef("theme"), content_object=OuterRef("film"))
        totals = rows.annotate(total=F("agree_count") + F("disagree_count"))
        return self.annotate(votes=Subquery(totals.values("total")[:1]))


class ThemeListing(models.Model):
    """Where a theme is found outside of a film's page: its own films and those of its
    narrower themes, at the greatest of their strengths. Kept by films/listing.py."""

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="listings")
    film = models.ForeignKey("films.Film", models.CASCADE, related_name="theme_listings")
    strength = models.FloatField()

    objects = ThemeListingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["theme", "film"], name="themelisting_once"),
        ]
        indexes = [
            models.Index(fields=["theme", "-strength", "-film"], name="themelisting_strongest"),
        ]

    def __str__(self):
        return f"{self.theme_id}, {self.film_id}: {self.strength}"

    @property
    def percent(self):
        return round(self.strength * 100)


def propose_theme(label, *, by):
    """A new theme of the member's own wording, until an editor accepts or merges it."""
    theme = Theme(name=clean_name(label), slug="x", added_by=by)
    theme.full_clean(exclude=["slug"])
    base, number = piece_slug(theme.name)[:70], 2
    theme.slug = base
    while Theme.objects.filter(slug=theme.slug).exists():
        theme.slug, number = f"{base}-{number}", number + 1
    try:
        with transaction.atomic():
            theme.save()
    except IntegrityError:  # somebody else has proposed it in this moment
        return Theme.objects.labelled(label).get()
    return theme
