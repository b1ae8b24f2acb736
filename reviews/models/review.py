from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from films.models import Film
from reviews import markdown
from reviews.counting import reading_minutes, weight_in_words
from reviews.lengths import length_field
from reviews.models.image import ReviewImage
from reviews.models.kinds import Kind, Replies
from reviews.models.publishing import Publishing
from reviews.models.review_rows import ReviewQuerySet
from reviews.models.storing import Storing
from reviews.models.viewing import (
    HALF_STARS,
    Precision,
    SeenAs,
    dated,
    partial_date_text,
)
from users.addresses import address
from users.models import TextLicense
from users.moderation import Moderated, Status

BODY_LIMIT = 40_000
LEAD_LIMIT = 350
TITLE_LIMIT = 160


class Review(Storing, Publishing, Moderated):
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
