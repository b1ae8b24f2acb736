from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import connections, models, transaction
from django.db.models import F, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from films.models import Country, Film, Image, Theme
from films.models.theme import propose_theme
from films.normalize import piece_slug
from films.title_cards import CARD_FIELDS as FILM_FIELDS
from films.words import piece_tokens
from reviews import markdown, order
from reviews.counting import is_essay, reading_minutes, weight_in_words
from reviews.lengths import length_field
from reviews.models.image import ReviewImage
from reviews.models.index import ReviewIndex
from reviews.models.passage import HiddenPassage
from reviews.models.quotation import Quotation, pictures_for
from reviews.models.revision import Revision
from reviews.models.text_rule import LINKS_RULE, has_too_many_links, look_at
from reviews.models.theme import ReviewTheme
from reviews.models.viewing import (
    HALF_STARS,
    Precision,
    Rating,
    SeenAs,
    Viewing,
    dated,
    partial_date_text,
)
from users.addresses import address
from users.columns import along
from users.locks import one_at_a_time
from users.models import TextLicense, User
from users.moderation import Moderated, ModeratedQuerySet, Status, Verb, moved
from users.names import BYLINE_FIELDS
from users.notifications import Kind as Notice
from users.notifications import Notification
from users.visitor_pages import empty_when_done

BODY_LIMIT = 40_000
LEAD_LIMIT = 350
MANY_LINKS = _(
    "A new member’s first three pieces may have two links to other sites each. This one has "
    "more, and waits until a moderator has looked at it."
)
TITLE_LIMIT = 160


class Kind(models.TextChoices):
    ESSAY = "essay", _("essay")
    NOTE = "note", _("note")


class Replies(models.TextChoices):
    OPEN = "open", _("Everybody’s appear at once")
    HELD = "held", _("I read them before they appear")
    CLOSED = "closed", _("No more replies")


TYPED_FIELDS = (
    "film_id", "title", "lead", "body", "language", "rating", "seen_on", "seen_precision",
    "seen_as", "is_spoiler", "text_license", "comment_policy", "answers_to_id", "publish_at",
)  # fmt: skip
DERIVED_FIELDS = (
    "film_title", "film_year", "html", "safe_text", "contents", "has_spoiler_marks",
    "word_count", "renderer_version", "kind", "version", "edited_at", "saved_in",
    "missed_at", "rank",
)  # fmt: skip
# What a list prints of a piece.
CARD_FIELDS = (
    "kind", "slug", "status", "title", "lead", "safe_text", "film_title", "film_year", "language",
    "rating", "seen_on", "is_spoiler", "has_spoiler_marks", "word_count", "published_at",
    "updated_at", "rank",
)  # fmt: skip


class StaleText(Exception):
    """Another text was stored since this one was read; it comes along."""

    def __init__(self, stored):
        super().__init__(stored.pk)
        self.stored = stored


class ReviewQuerySet(ModeratedQuerySet):
    def essays(self):
        return self.filter(kind=Kind.ESSAY)

    def notes(self):
        return self.filter(kind=Kind.NOTE)

    def answerable(self):
        """Essays that another may answer; each has an address."""
        return self.essays().filter(published_at__isnull=False).select_related("author")

    def editable(self):
        """Those that their author may go on writing."""
        return self.filter(status__in=[Status.DRAFT, Status.PUBLISHED, Status.HELD, Status.HIDDEN])

    def withheld(self):
        """Those that staff keep from readers."""
        return self.filter(status__in=[Status.HELD, Status.HIDDEN, Status.REMOVED])

    def due(self, now):
        """Drafts whose author chose a time that has come, the oldest first."""
        return self.drafts().filter(publish_at__lte=now).order_by("publish_at", "pk")

    def scheduled(self):
        return self.drafts().filter(publish_at__isnull=False).order_by("publish_at", "pk")

    def unscheduled(self):
        return self.filter(publish_at__isnull=True)

    def form_keys(self):
        """Of the forms that made the newest, with the key of each."""
        return list(self.order_by("-updated_at").values_list("form_key", "pk")[:10])

    def without_the_ending(self):
        return self.filter(is_spoiler=False)

    def languages(self):
        """Codes of the languages that they are written in, in order: one step of an index for
        each, however many pieces there are."""
        rows = self.order_by("language").values("language")
        first, given = rows[:1].query.sql_with_params()
        above = rows.filter(language__gt=RawSQL("found.language", ()))
        following, again = above[:1].query.sql_with_params()
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                f"WITH RECURSIVE found(language) AS (SELECT * FROM ({first}) AS least"  # noqa: S608
                f" UNION ALL SELECT ({following}) FROM found WHERE found.language IS NOT NULL)"
                " SELECT language FROM found WHERE language IS NOT NULL",
                [*given, *again],
            )
            return [code for (code,) in cursor.fetchall()]

    def newest_first(self):
        return self.order_by("-published_at", "-pk")

    def essays_in_order(self, limit):
        """The first essays by the formula, with a place for a new one; of one film. Both are
        found by their own index, and fetched in one query by key alone, or SQLite would walk
        all pieces of the film."""
        now, rows = timezone.now(), self.essays().values("pk")
        since = now - order.NEW_FOR
        first, given = rows.order_by("-rank", "-pk")[:limit].query.sql_with_params()
        new = rows.filter(published_at__gte=since).newest_first()[: order.MOST_NEW]
        new, more = new.query.sql_with_params()
        keys = RawSQL(  # noqa: S611
            f"SELECT * FROM ({first}) AS first UNION ALL SELECT * FROM ({new}) AS new",  # noqa: S608
            [*given, *more],
        )
        found = Review.objects.for_cards().filter(pk__in=keys).order_by()
        found = sorted(found, key=lambda p: (p.rank, p.pk), reverse=True)
        recent = sorted(found, key=lambda p: (p.published_at, p.pk), reverse=True)
        recent = [piece for piece in recent if piece.published_at >= since]
        return order.seated(found, recent, now, limit)

    def newest_of_both(self, limit):
        """Essays and notes together. Each kind is in order in the index, both of a film or a
        member are not: thousands would be sorted for the first twenty."""
        kinds = self.essays(), self.notes()
        pieces = [piece for kind in kinds for piece in kind.newest_first()[:limit]]
        return sorted(pieces, key=lambda p: (p.published_at, p.pk), reverse=True)[:limit]

    def for_cards(self):
        """What a line in a list prints. Bodies stay in the database."""
        return self.select_related("author", "film").only(
            *CARD_FIELDS, *along("author", BYLINE_FIELDS), *along("film", FILM_FIELDS)
        )

    def for_search(self):
        """As `for_cards`, for the lines round a word that was searched for."""
        return self.select_related("author", "film").only(
            "kind", "slug", "status", "title", "lead", "safe_text", "film_title", "language",
            "is_spoiler", "word_count", "published_at", "film__slug",
            *along("author", BYLINE_FIELDS),
        )  # fmt: skip

    def for_own_film(self):
        """As `for_cards`, on the page of a film, which is at hand already."""
        return self.select_related("author").only(
            "film", *CARD_FIELDS, *along("author", BYLINE_FIELDS)
        )

    def for_page(self):
        return self.select_related("author", "film", "question").prefetch_related(
            models.Prefetch(
                "review_themes", ReviewTheme.objects.select_related("tag").order_by("position")
            ),
            models.Prefetch("review_images__image", Image.objects.with_credit()),
        )

    def for_history(self):
        return self.select_related("author", "film").defer("body", "html", "safe_text")

    def for_saving(self):
        """What is compared and stored while somebody types; of the film, what the form names."""
        return self.select_related("film").only(
            *TYPED_FIELDS, "author", "status", "kind", "slug", "html", "version", "saved_in",
            "missed_at", "edited_at", "published_at", "form_key", "film_title", "film_year", "rank",
            *along("film", ("slug", "title", "year")),
        )  # fmt: skip

    def for_embed(self):
        """What others show of it: who wrote it, on which film, and the picture at its head."""
        return self.select_related("author", "film").only(
            "kind", "slug", "status", "title", "film_title", "published_at",
            *along("author", BYLINE_FIELDS), *along("film", FILM_FIELDS),
        ).prefetch_related(
            models.Prefetch("review_images__image", Image.objects.with_credit())
        )  # fmt: skip

    def for_links(self):
        """What an address needs, and the name of the link."""
        return self.only(
            "kind", "slug", "status", "title", "film_title", "published_at", "updated_at"
        )

    def for_log(self):
        return self.for_links()

    def for_turns(self):
        """What the thread of one author's pieces on one film is made of, the oldest first."""
        return self.only(
            "author", "film", "kind", "slug", "status", "title", "film_title", "seen_on",
            "seen_precision", "seen_as", "created_at", "published_at", "updated_at",
        ).order_by("published_at", "pk")  # fmt: skip

    def for_desk(self):
        return self.select_related("film").defer("body", "html").order_by("-updated_at", "-pk")


class Review(Moderated):
    publication_fields = (
        "kind", "slug", "is_spoiler", "safe_text", "rank", "publish_at", "missed_at",
    )  # fmt: skip

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews", verbose_name=_("author")
    )
    # Only a draft may not know its film yet.
    film = models.ForeignKey(
        Film, models.PROTECT, null=True, blank=True, related_name="reviews", verbose_name=_("film")
    )
    # A piece stays readable whatever becomes of its film.
    film_title = models.CharField(max_length=200, blank=True, editable=False)
    film_year = models.PositiveSmallIntegerField(null=True, editable=False)
    kind = models.CharField(_("kind"), max_length=5, choices=Kind, default=Kind.NOTE)
    slug = models.SlugField(
        _("address"), max_length=120, null=True, blank=True, unique=True, allow_unicode=True
    )
    title = models.CharField(_("title"), max_length=TITLE_LIMIT, blank=True)
    lead = models.TextField(
        _("lead"), max_length=LEAD_LIMIT, blank=True, validators=[MaxLengthValidator(LEAD_LIMIT)]
    )
    body = models.TextField(
        _("text"), max_length=BODY_LIMIT, blank=True, validators=[MaxLengthValidator(BODY_LIMIT)]
    )
    html = models.TextField(editable=False, blank=True)
    safe_text = models.TextField(editable=False, blank=True)
    contents = models.JSONField(default=list, editable=False)
    has_spoiler_marks = models.BooleanField(default=False, editable=False)
    renderer_version = models.PositiveSmallIntegerField(default=0, editable=False)
    word_count = models.PositiveIntegerField(_("words"), default=0, editable=False)
    length = length_field()
    language = models.CharField(_("language"), max_length=12, default="en")
    rating = models.PositiveSmallIntegerField(
        _("rating"), null=True, blank=True, choices=HALF_STARS
    )
    seen_on = models.DateField(_("seen on"), null=True, blank=True)
    seen_precision = models.CharField(
        max_length=5, choices=Precision, default=Precision.NONE, blank=True
    )
    seen_as = models.CharField(
        _("which time"), max_length=5, choices=SeenAs, default=SeenAs.DATES, blank=True
    )
    is_spoiler = models.BooleanField(_("the whole text gives the film away"), default=False)
    text_license = models.CharField(
        _("licence of the text"),
        max_length=20,
        choices=TextLicense,
        default=TextLicense.ALL_RIGHTS,
    )
    comment_policy = models.CharField(
        _("replies"), max_length=6, choices=Replies, default=Replies.OPEN
    )
    # It stays linked whatever becomes of that one; readers see the link while they may read it.
    answers_to = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="answers",
        verbose_name=_("answer to"),
    )
    publish_at = models.DateTimeField(_("publish on"), null=True, blank=True)
    # When that time had come and something was missing.
    missed_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    # The window in which it was last saved while it was typed.
    saved_in = models.CharField(max_length=32, blank=True, editable=False)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True, editable=False)
    # Of the form it was begun in: however often that is sent, it makes one piece.
    form_key = models.CharField(max_length=32, blank=True, editable=False)
    comment_count = models.PositiveIntegerField(_("comments"), default=0, editable=False)
    # Essays that answer it.
    answer_count = models.PositiveIntegerField(default=0, editable=False)
    useful_count = models.PositiveIntegerField(default=0, editable=False)
    stayed_count = models.PositiveIntegerField(default=0, editable=False)
    rank = models.IntegerField(default=0, editable=False)

    themes = TaggableManager(through="reviews.ReviewTheme", blank=True)
    images = models.ManyToManyField(
        "films.Image", through="reviews.ReviewImage", related_name="reviews"
    )

    objects = ReviewQuerySet.as_manager()
    concealed = None  # with what it was rendered last

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            *Moderated.Meta.constraints,
            models.CheckConstraint(
                condition=dated("seen_precision", "seen_on"), name="review_date_has_precision"
            ),
            models.CheckConstraint(
                condition=Q(seen_as__in=SeenAs.values), name="review_seen_as_known"
            ),
            models.CheckConstraint(
                condition=~Q(is_spoiler=True) | Q(safe_text=""),
                name="review_ending_is_no_safe_text",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=10),
                name="review_rating_half_stars",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.PUBLISHED, kind="essay")
                | (~Q(title="") & Q(slug__isnull=False)),
                name="review_published_essay_has_title",
            ),
            models.CheckConstraint(
                condition=~Q(kind="note") | Q(slug__isnull=True), name="review_note_has_no_slug"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.PUBLISHED) | Q(film__isnull=False),
                name="review_published_has_film",
            ),
            models.CheckConstraint(
                condition=Q(publish_at__isnull=True) | Q(status=Status.DRAFT),
                name="review_scheduled_is_draft",
            ),
            models.UniqueConstraint(
                fields=["author", "form_key"],
                condition=~Q(form_key=""),
                name="review_once_a_form",
            ),
            models.CheckConstraint(
                condition=Q(comment_policy__in=Replies.values), name="review_comment_policy_known"
            ),
            models.CheckConstraint(
                condition=Q(answers_to__isnull=True) | ~Q(answers_to=F("id")),
                name="review_not_its_own_answer",
            ),
        ]
        indexes = [
            # The length at the end, so that a film's thousands need not be looked up for it.
            models.Index(
                fields=["film", "status", "kind", "-published_at", "-id", "length"],
                name="review_of_film",
            ),
            models.Index(
                fields=["author", "status", "kind", "-published_at", "-id"],
                name="review_of_author",
            ),
            models.Index(fields=["status", "kind", "-published_at", "-id"], name="review_newest"),
            models.Index(
                fields=["status", "kind", "language", "-published_at", "-id"],
                name="review_newest_in_language",
            ),
            # The choices that readers may make in lists. What tells the ending is left out on the
            # way: most pieces do not.
            models.Index(
                fields=["status", "kind", "length", "-published_at", "-id"],
                name="review_newest_of_length",
            ),
            models.Index(
                fields=["status", "kind", "language", "length", "-published_at", "-id"],
                name="review_newest_language_length",
            ),
            models.Index(
                fields=["film", "status", "kind", "language", "-published_at", "-id", "length"],
                name="review_of_film_in_language",
            ),
            models.Index(fields=["film", "status", "kind", "-rank", "-id"], name="review_ranked"),
            models.Index(
                fields=["answers_to", "status", "kind", "-published_at", "-id"],
                name="review_answers",
            ),
            models.Index(fields=["author", "-updated_at"], name="review_desk"),
            models.Index(fields=["author", "film", "published_at"], name="review_again"),
            models.Index(fields=["status", "-updated_at", "-id"], name="review_queue"),
            models.Index(fields=["language", "-id"], name="review_in_language"),
            models.Index(
                fields=["publish_at"],
                condition=Q(status="draft", publish_at__isnull=False),
                name="review_scheduled",
            ),
        ]

    def __str__(self):
        if self.title:
            return self.title
        if self.film_title:
            return gettext("On %(film)s") % {"film": self.film_title}
        return gettext("Without a title yet")

    def get_absolute_url(self):
        if self.kind == Kind.ESSAY and self.slug:
            return address("reviews:essay", self.slug)
        if self.status == Status.DRAFT and not self.published_at:
            return address("reviews:edit", self.pk)
        return address("reviews:note", self.pk)

    def get_markdown_url(self):
        if self.kind == Kind.ESSAY and self.slug:
            return address("reviews:essay_markdown", self.slug)
        return address("reviews:note_markdown", self.pk)

    @property
    def is_essay(self):
        return self.kind == Kind.ESSAY

    @property
    def hero(self):
        """The picture at the head, or None; from what `for_page` brought."""
        rows = [row for row in self.review_images.all() if row.role == ReviewImage.Role.HERO]
        return rows[0].image if rows else None

    @property
    def theme_list(self):
        """In its author's order; from what `for_page` brought."""
        return [row.tag for row in self.review_themes.all()]

    @property
    def weight(self):
        return weight_in_words(self.word_count, self.language)

    @property
    def minutes(self):
        return reading_minutes(self.word_count, self.language)

    @property
    def stars(self):
        return self.rating / 2 if self.rating else None

    @property
    def appeared_at(self):
        return self.published_at or self.created_at

    @property
    def told_on(self):
        """The day that this piece tells of: when the film was seen, else when it appeared."""
        return self.seen_on or timezone.localtime(self.appeared_at).date()

    @property
    def seen_text(self):
        return partial_date_text(self.seen_on, self.seen_precision)

    @property
    def was_left_unfinished(self):
        """Whether its author says not to have seen the film to its end."""
        mine = self.author.viewings.filter(film=self.film_id).values_list(
            "is_unfinished", flat=True
        )
        return bool(mine) and all(mine)

    @property
    def license(self):
        return TextLicense(self.text_license)

    @property
    def warns_of_spoilers(self):
        return self.is_spoiler or self.has_spoiler_marks

    @property
    def dek(self):
        """The lines under the title in lists, feeds and previews. Never a spoiler."""
        if self.lead:
            return self.lead
        return markdown.excerpt(self.safe_text, 220)

    @property
    def summary(self):
        """A line about it for machines and previews. Never a spoiler, and never empty."""
        return self.dek or gettext("%(author)s on %(film)s") % {
            "author": self.author.name,
            "film": self.film_title,
        }

    @property
    def license_allows(self):
        """What a reader may do with the text, in words."""
        name = self.author.name
        return {
            TextLicense.BY: gettext("republish it with %(name)s’s name and a link."),
            TextLicense.BY_SA: gettext(
                "republish it with %(name)s’s name and a link, under the same licence."
            ),
            TextLicense.BY_NC_SA: gettext(
                "republish it with %(name)s’s name and a link, not for money, under the same "
                "licence."
            ),
            TextLicense.CC0: gettext("do with it what you like."),
        }.get(self.text_license, "") % {"name": name}

    @property
    def history_address(self):
        """Of its published versions."""
        if self.kind == Kind.ESSAY and self.slug:
            return address("reviews:essay_history", self.slug)
        return address("reviews:note_history", self.pk)

    def moderation_title(self):
        return str(self)

    def save(self, *args, **kwargs):
        self.note_film()
        super().save(*args, **kwargs)

    def validate_constraints(self, exclude=None):
        """The form's fields see to them, and the database holds them. Asked beforehand, it would
        cost as much as all else that is done while somebody types."""

    def note_film(self):
        if self.film_id and (not self.film_title or self.status == Status.DRAFT):
            self.film_title, self.film_year = self.film.title, self.film.year

    @property
    def passages(self):
        """What staff have hidden in it. Nobody decides about a draft that never was more."""
        if not self.pk or (self.status == Status.DRAFT and not self.published_at):
            return []
        return self.hidden_passages.in_force().to_conceal()

    def conceals(self, text):
        """Whether what is hidden in it is among these words, or they are a part of that."""
        return any(
            markdown.spans(text, [passage])
            or markdown.spans(passage.text, [markdown.Passage(1, text)])
            for passage in self.passages
        )

    @property
    def source_for_readers(self):
        """Its Markdown without what is hidden: the text without any mark where that cannot be
        told from its source."""
        passages = self.passages
        if not passages:
            return self.body
        source, found = markdown.source_without_passages(self.body, passages)
        again = markdown.render(source, language=self.language, prefix="", hidden=passages)
        is_clean = found >= markdown.passage_keys(self.html) and not again.found
        return source if is_clean else self.safe_text

    def render(self):
        """Fill the stored renderings from `body`; the caller saves."""
        prefix = f"r{self.pk or self.form_key or 'new'}-"
        self.concealed = self.passages
        done = markdown.render(
            self.body, language=self.language, prefix=prefix, hidden=self.concealed
        )
        # Of a text that tells the ending, nothing may be read outside of it.
        self.html, self.safe_text = done.html, "" if self.is_spoiler else done.safe_text
        self.contents = [list(row) for row in done.contents]
        self.has_spoiler_marks = done.has_spoilers
        self.word_count = done.word_count
        self.renderer_version = markdown.RENDERER_VERSION
        if not self.published_at:
            long = is_essay(self.word_count, self.language)
            self.kind = Kind.ESSAY if long else Kind.NOTE
        return done

    def publish(self, *, by, at=None, **record):
        """Show it to everybody, and let its rating, date seen and themes count.

        Raises ValidationError "film_missing", "body_missing", "title_missing".
        """
        with transaction.atomic():
            if self.status == Status.DRAFT:
                self.check_ready()
                self.follow_film()
            # A history that is loaded (with dates) was looked at in its time.
            if at is None and self.status == Status.DRAFT and self.was_held_by_rule():
                return
            was_decided, is_new = self.was_withheld_by_staff(), not self.published_at
            super().publish(by=by, at=at, **record)
            self.keep_as_stored(was_decided=was_decided, at=at)
            if is_new:
                self.tell_answered(at=at)
            self.let_count(at=at)
            self.publish_pictures()

    def was_withheld_by_staff(self):
        """Whether people decided last that readers do not see it. What a rule holds is its newest
        change: everybody could read what was there before."""
        decided = self.moderation_actions().filter(verb__in=[Verb.HOLD, Verb.HIDE, Verb.REMOVE])
        last = decided.first() if self.published_at else None
        return bool(last) and not last.by_rule

    def follow_film(self):
        """A draft begun in the moment in which its film became part of another."""
        gone = Film.objects.filter(pk=self.film_id, status=Status.REMOVED).first()
        if gone and gone.successor:
            self.film = gone.locked()
            self.save(update_fields=["film", "film_title", "film_year", "updated_at"])

    def was_held_by_rule(self):
        """Hold it before anybody has read it, if a rule wants that. Answers whether one did."""
        if has_too_many_links(self):
            self.hold(by_rule=LINKS_RULE, reason=str(MANY_LINKS))
            return True
        return look_at(self, self.words_to_look_at)

    @property
    def words_to_look_at(self):
        return f"{self.title} {self.lead} {self.body}"

    def hold_back(self):
        """Let it wait until its author publishes it."""
        Review.objects.drafts().filter(pk=self.pk).update(publish_at=None, missed_at=None)

    def check_ready(self):
        errors = {}
        if not self.film_id:
            errors["film"] = ValidationError(_("Say which film it is."), code="film_missing")
        if not self.body.strip():
            errors["body"] = ValidationError(_("Write something first."), code="body_missing")
        elif self.kind == Kind.ESSAY and not self.title:
            errors["title"] = ValidationError(_("An essay needs a title."), code="title_missing")
        if errors:
            raise ValidationError(errors)

    def _apply(self, verb, move, at):
        super()._apply(verb, move, at)
        # Whatever happens to it, it does not go out by itself any more.
        self.publish_at = self.missed_at = None
        if verb == Verb.LABEL:
            self.is_spoiler, self.safe_text = True, ""
        if self.is_published:
            self.rank = self.terms().rank

    def gives_away(self, passage):
        words = " ".join(passage.split())
        return self.warns_of_spoilers and bool(words) and words not in self.safe_text

    def terms(self):
        """What its place in lists is made of."""
        return order.terms(
            useful=self.useful_count,
            stayed=self.stayed_count,
            words=self.word_count,
            language=self.language,
            published_at=self.published_at,
        )

    @property
    def takes_replies(self):
        return self.comment_policy != Replies.CLOSED

    @property
    def theme_rank(self):
        """Its rank in the lists of its themes, which hold published essays."""
        return self.rank if self.is_published and self.is_essay else None

    def tell_answered(self, at=None):
        """Its author hears of an essay that answers another, once."""
        if self.is_essay and self.answers_to_id and self.answers_to.is_published:
            told = {"actor": self.author, "at": at}
            Notification.objects.tell([self.answers_to.author], Notice.ANSWER, self, **told)

    def count_as_answer(self, shift, to):
        if self.is_essay and to:
            Review.objects.filter(pk=to).update(answer_count=moved("answer_count", shift))

    def on_first_publication(self):
        long = is_essay(self.word_count, self.language)
        self.kind = Kind.ESSAY if long else Kind.NOTE
        if self.kind == Kind.ESSAY and not self.slug:
            self.slug = self._free_slug()

    def _free_slug(self):
        one_at_a_time("reviews.slug")
        base = piece_slug(self.title) or f"essay-{self.pk}"
        candidate, number = base[:110], 2
        while Review.objects.filter(slug=candidate).exclude(pk=self.pk).exists():
            candidate, number = f"{base[:110]}-{number}", number + 1
        return candidate

    def let_count(self, at=None):
        """A published piece's rating is its author's; its date makes a viewing; its themes are
        the author's agreement."""
        if self.rating:
            Rating.objects.rate(self.film, by=self.author, value=self.rating, at=at)
        if self.seen_on or not self.was_left_unfinished:
            Viewing.objects.see(
                self.film, by=self.author, seen_on=self.seen_on, precision=self.seen_precision,
                seen_as=self.seen_as,
            )  # fmt: skip
        names = [row.tag.name for row in self.review_themes.select_related("tag")]
        self.film.add_themes(names, by=self.author, at=at)

    def withdraw_themes(self, themes):
        """A theme taken out of the piece is no longer its author's agreement, unless another
        piece of theirs on the film has it."""
        others = Review.objects.published().by(self.author).filter(film=self.film)
        kept = set(
            ReviewTheme.objects.filter(content_object__in=others).values_list("tag", flat=True)
        )
        on_film = set(self.film.film_themes.values_list("tag", flat=True))
        for theme in themes:
            if theme.pk in on_film - kept:
                self.film.vote_theme(theme, by=self.author, agrees=None)

    def store(self, *, themes, hero, image_keys, version, publish=False, note=""):
        """Store what its author wrote, rendered before, with all that follows from it; with
        `publish`, show it as well. `note` says what changed. Answers whether anything changed.

        `version` is the one that the author had before their eyes. Raises StaleText where
        another text has been stored since, and what `publish` raises; nothing is stored then.
        """
        with transaction.atomic():
            stored = self.pk and Review.objects.select_for_update().get(pk=self.pk)
            changed = not stored or self.differs_from(stored, themes, hero, image_keys)
            had = {row.tag for row in self.review_themes.select_related("tag")} if stored else set()
            if changed:
                self._store(stored, version)
                self.set_themes(themes)
                self.set_images(hero, image_keys)
            if publish and (not stored or stored.status == Status.DRAFT):
                self.publish(by=self.author)
                return True
            if changed and stored and stored.is_published:
                self.index_words(is_public=True)
                self.review_themes.update(rank=self.theme_rank)
                self.move_answer(stored.answers_to_id)
                self.count_words(self.weight - stored.weight)
                if self.warns_of_spoilers and not stored.warns_of_spoilers:
                    empty_when_done()
                self.let_count()
                self.withdraw_themes(had - set(self.themes.all()))
                self.publish_pictures()
                is_held = look_at(self, self.words_to_look_at)
                self.keep_revision(stored, note, is_withheld=is_held)
            return changed

    def _store(self, stored, version):
        if not stored:
            self.save(force_insert=True)
            return
        if stored.version != version:
            raise StaleText(stored)
        self.version, self.saved_in, self.missed_at = version + 1, "", None
        # A decision, or its hour, may have come since this row was read.
        self.status, self.published_at = stored.status, stored.published_at
        self.slug = stored.slug
        if stored.status != Status.DRAFT:
            self.publish_at = None
        self.conceal_again()
        if stored.published_at:
            self.kind, self.edited_at = stored.kind, timezone.now()
            self.useful_count, self.stayed_count = stored.useful_count, stored.stayed_count
            self.rank = self.terms().rank
        if stored.status != Status.DRAFT:
            self.film_id = stored.film_id  # it may have become part of another film meanwhile
        self.save(update_fields=[*TYPED_FIELDS, *DERIVED_FIELDS, "updated_at"])

    def conceal_again(self):
        """Staff may have hidden something, or shown it again, since this text was rendered. And
        what its author has taken out, or changed beyond finding, is theirs to look at."""
        passages = self.passages
        if passages != (self.concealed or []):
            self.render()
        if passages:
            HiddenPassage.objects.note_found(self, markdown.passage_keys(self.html))

    def keep_revision(self, stored, note, *, is_withheld):
        """Keep this text as a version; and before it the one that it takes the place of, where
        that came here past the verbs."""
        if not self.revisions.exists():
            Revision.objects.keep(stored, at=stored.edited_at or stored.published_at)
        Revision.objects.keep(self, note=note, at=self.edited_at, is_withheld=is_withheld)

    def keep_as_stored(self, *, was_decided, at=None):
        """Keep what everybody can read from now on. The verb may have been asked of a row that
        was read before its last change."""
        kept = Revision.objects.keep(Review.objects.get(pk=self.pk), at=at)
        if kept and was_decided:
            # Changed so that it may be read again: what it was before stays from readers.
            self.revisions.filter(number__lt=kept.number).update(is_withheld=True)

    def move_answer(self, before):
        if before != self.answers_to_id:
            self.count_as_answer(-1, before)
            self.count_as_answer(1, self.answers_to_id)

    def differs_from(self, stored, themes, hero, image_keys):
        if any(getattr(self, name) != getattr(stored, name) for name in TYPED_FIELDS):
            return True
        if themes != [row.wording for row in stored.review_themes.order_by("position")]:
            return True
        hero_id = hero and hero.pk
        return stored._images_wanted(hero_id, image_keys) != stored._images_stored()

    def _images_wanted(self, hero_id, keys):
        """{(image, role): position}"""
        figures = pictures_for(self).filter(key__in=keys)
        wanted = {(row.pk, ReviewImage.Role.FIGURE): keys.index(row.key) for row in figures}
        if hero_id:
            wanted[hero_id, ReviewImage.Role.HERO] = 0
        return wanted

    def _images_stored(self):
        return {(row.image_id, row.role): row.position for row in self.review_images.order_by()}

    def set_images(self, hero, keys):
        """`hero` stands at the head, or nothing if None; `keys` are those of the figures."""
        wanted, stored = self._images_wanted(hero and hero.pk, keys), self._images_stored()
        if wanted == stored:
            return
        self.review_images.all().delete()
        ReviewImage.objects.bulk_create(
            ReviewImage(review=self, image_id=image, role=role, position=position)
            for (image, role), position in wanted.items()
        )
        if self.is_published:
            changed = {image for image, _role in wanted.keys() | stored.keys()}
            Image.objects.filter(pk__in=changed).follow_places()

    def publish_pictures(self):
        """The author's own that nobody else could see until now."""
        drafts = Image.objects.drafts().by(self.author).filter(review_images__review=self)
        for image in drafts.filter(quotation__isnull=True).exclude(title="").distinct():
            image.publish(by=self.author)
        Quotation.objects.follow(self)

    def hide_passage(self, *, by, passage, at=None, **record):
        """Raises what `HiddenPassage.objects.hide` does."""
        with transaction.atomic():
            action = self._moderate(Verb.HIDE_PASSAGE, by=by, at=at, **record)
            stored = Review.objects.get(pk=self.pk)
            HiddenPassage.objects.hide(stored, passage, action=action)
            stored.render_anew()
        return action

    def show_passage(self, hidden, *, by, **record):
        """Show a hidden passage again. Raises ValidationError "lifted"."""
        with transaction.atomic():
            action = self._moderate(Verb.SHOW_PASSAGE, by=by, **record)
            hidden = self.hidden_passages.in_force().filter(pk=hidden.pk).first()
            if hidden is None:
                raise ValidationError(_("It is shown again already."), code="lifted")
            hidden.lift(action)
            Review.objects.get(pk=self.pk).render_anew()
        return action

    def render_anew(self):
        """The same words, of which others are hidden now, in every version. The caller has
        locked the row."""
        self.render()
        self.save(update_fields=["html", "safe_text", "contents", "updated_at"])
        self.index_words(is_public=self.is_published)
        Quotation.objects.follow(self)
        for revision in self.revisions.iterator(chunk_size=20):
            done = markdown.render(
                revision.body, language=revision.language, prefix="", hidden=self.concealed
            )
            safe = "" if revision.is_spoiler else done.safe_text
            if safe != revision.safe_text:
                self.revisions.filter(pk=revision.pk).update(safe_text=safe)

    def label(self, *, by, **record):
        with transaction.atomic():
            action = super().label(by=by, **record)
            Review.objects.get(pk=self.pk).index_words(is_public=self.is_published)
        return action

    def restore(self, *, by, **record):
        """A piece that was held before anybody could read it begins to count now."""
        with transaction.atomic():
            is_new = not self.published_at
            action = super().restore(by=by, **record)
            if self.is_published:
                self.keep_as_stored(was_decided=self.was_withheld_by_staff())
            if is_new and self.is_published:
                self.let_count()
                self.publish_pictures()
                self.tell_answered()
        return action

    @transaction.atomic
    def set_themes(self, labels):
        """Make `labels`, in this order, the author's themes; the wording typed is kept."""
        if labels == [row.wording for row in self.review_themes.order_by("position")]:
            return
        self.review_themes.all().delete()
        seen = set()
        for position, label in enumerate(labels):
            theme = Theme.objects.labelled(label).first() or propose_theme(label, by=self.author)
            if theme.pk not in seen:
                seen.add(theme.pk)
                ReviewTheme.objects.create(
                    content_object=self,
                    tag=theme,
                    wording=label[:60],
                    position=position,
                    listed_at=self.published_at if self.is_published else None,
                    rank=self.theme_rank,
                )

    def count_publication(self, shift):
        counter = "essay_count" if self.kind == Kind.ESSAY else "note_count"
        words = moved("word_count", shift * self.weight)
        changes = {counter: moved(counter, shift)}
        User.objects.filter(pk=self.author_id).update(**changes, word_count=words)
        if shift > 0:
            changes["last_written_at"] = Greatest(F("last_written_at"), Value(self.published_at))
        Film.objects.filter(pk=self.film_id).update(**changes)
        if shift < 0:
            self._find_last_written()
        if self.kind == Kind.ESSAY:
            Country.objects.filter(film_countries__film=self.film_id).update(
                essay_count=moved("essay_count", shift)
            )
        self.review_themes.update(
            listed_at=self.published_at if shift > 0 else None, rank=self.theme_rank
        )
        self.count_as_answer(shift, self.answers_to_id)
        self.index_words(is_public=shift > 0)
        self.afterthoughts.follow(self, shift)
        Quotation.objects.follow(self)
        Image.objects.filter(reviews=self.pk).follow_places()

    def count_words(self, more):
        if more:
            words = moved("word_count", more)
            User.objects.filter(pk=self.author_id).update(word_count=words)

    def index_words(self, is_public):
        """Bring what search finds it by up to date, in the transaction of the cause."""
        ReviewIndex.objects.write({self.pk: self.tokens() if is_public else ()})

    def tokens(self):
        """What search may find it by: no word of a spoiler."""
        return piece_tokens([self.title, self.film_title], f"{self.lead} {self.safe_text}")

    def _find_last_written(self):
        newest = (
            Review.objects.published()
            .filter(film=self.film_id)
            .exclude(pk=self.pk)
            .aggregate(at=models.Max("published_at"))["at"]
        )
        never = Film._meta.get_field("last_written_at").default
        Film.objects.filter(pk=self.film_id).update(last_written_at=newest or never)
