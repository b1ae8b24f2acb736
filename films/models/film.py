import datetime
import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import (
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from films.listing import NOWHERE, places_of, relist
from films.models.country import FilmCountry, FilmLanguage
from films.models.index import FilmIndex
from films.models.person import Credit, Person
from films.models.spelling import WordPart
from films.models.theme import FilmTheme, Theme, ThemeVote, propose_theme, wilson_lower_bound
from films.models.title import FilmTitle, FormerSlug
from films.normalize import clean_name, film_slug, search_key, sort_key
from films.title_cards import CARD_FIELDS, derive
from films.words import film_tokens, in_names
from users.addresses import address
from users.locks import one_at_a_time
from users.moderation import Moderated, ModeratedQuerySet, Status, TransitionError, Verb

FIRST_YEAR = 1874
THEMES_PER_MEMBER = 12
# Up to so many rows of its rarest condition, a query starts from them and sorts; beyond, it
# walks the order's own index and asks of each film whether it meets the conditions.
FEW = 2000
ARTICLES = frozenset("the a an der die das le la les un une el los las il lo i gli".split())
# By which a list of cards is sorted, and what it says of them.
LIST_FIELDS = (
    "essay_count", "note_count", "sort_key", "score", "last_written_at", "lasting",
    "lasting_still", "lasting_total",
)  # fmt: skip
RESERVED_SLUGS = ("add", "complete")  # addresses beside the films'
# Before anything is written about a film; a date, so that lists order without NULLs.
NEVER = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
# Whoever keeps the catalogue right merges its films.
MERGED_BY = "films.change_film"
# Five ratings at the site's mean pull a film's mean towards it.
PRIOR_RATINGS = 5


def empty_histogram():
    return [0] * 10


class FilmQuerySet(ModeratedQuerySet):
    def with_pages(self):
        """Films whose address answers 200: withdrawn ones keep a page for their essays."""
        return self.filter(status__in=[Status.PUBLISHED, Status.HIDDEN])

    def at(self, slug):
        """The film of an address, or of one that it had."""
        return self.filter(slug=slug).first() or self.filter(former_slugs__slug=slug).first()

    def unmerged(self):
        """Those that have not become part of another film."""
        merged = Film.objects.filter(merged_into__gone__isnull=False, merged_into__undone_at=None)
        return self.exclude(pk__in=merged.values("pk"))

    def for_index(self):
        credits = Credit.objects.select_related("person")
        rows = self.only("title", "original_title", "status")
        return rows.prefetch_related("titles", Prefetch("credits", credits))

    def for_cards(self):
        """What a title card and its caption need; no joins, the card's words are stored."""
        return self.only(*CARD_FIELDS, *LIST_FIELDS)

    def most_written(self):
        return self.order_by("-essay_count", "-pk").for_cards()

    def made_in(self, country, is_rare):
        """Of the country with this key."""
        here = FilmCountry.objects.filter(country=country)
        if is_rare:
            return self.filter(pk__in=here.values("film"))
        return self.filter(Exists(here.filter(film=OuterRef("pk"))))

    def with_person(self, person, role):
        """Newest first; those without a year at the end."""
        films = self.filter(credits__person=person, credits__role=role)
        return films.order_by(F("year").desc(nulls_last=True), "sort_key").for_cards()

    def credited(self, people):
        """Films that name any of them."""
        return self.filter(credits__person__in=people).distinct().order_by("pk")

    def showing(self, image):
        return self.filter(film_images__image=image).order_by("pk").for_cards()

    def for_share_image(self):
        """What the picture for previews shows: the card, and the cinemas of its countries."""
        rows = FilmCountry.objects.select_related("country").only(
            "film", "position", "country__name", "country__cinema_label"
        )
        return self.only(*CARD_FIELDS).prefetch_related(models.Prefetch("film_countries", rows))

    def for_page(self):
        return self.prefetch_related(
            "titles",
            models.Prefetch("film_countries", FilmCountry.objects.select_related("country")),
            models.Prefetch("film_languages", FilmLanguage.objects.select_related("language")),
            models.Prefetch("credits", Credit.objects.select_related("person")),
        )

    def containing(self, words, withdrawn=False):
        """Films with every one of `words` (normalised) at the start of a word of a title, a
        director's or an actor's name; those that only staff may find only on request."""
        return self.filter(
            pk__in=FilmIndex.objects.matching(in_names(words, withdrawn)).values("pk")
        )

    def similar_to(self, title, year):
        """Possible duplicates of a film about to be added: the same words but one, within two
        years. Articles do not count, since they are what people add and forget."""
        key = search_key(title)
        words = [word for word in key.split() if word not in ARTICLES][:6] or key.split()[:1]
        if not words:
            return self.none()
        films = self.with_pages()
        if len(words) > 2:
            close = Q()
            for left_out in range(len(words)):
                rest = words[:left_out] + words[left_out + 1 :]
                close |= Q(pk__in=Film.objects.containing(rest, withdrawn=True).values("pk"))
            films = films.filter(close)
        else:
            films = films.containing(words, withdrawn=True)
        if year:
            films = films.filter(
                Q(year__range=(year - 2, year + 2)) | Q(year__isnull=True) | Q(sort_key=key)
            )
        return films.order_by("-essay_count", "pk")

    def near_duplicates(self, title, original_title, year, limit=6):
        """What a film about to be added may be already, by either title."""
        found = {}
        for text in filter(None, (title, original_title)):
            for film in self.similar_to(text, year)[:limit]:
                found.setdefault(film.pk, film)
        return list(found.values())[:limit]

    @transaction.atomic
    def add(self, *, by, countries=(), languages=(), directors=(), cast=(), titles=(), **facts):
        """A member's film: published at once, and marked for an editor's eye.

        `countries` and `languages` are rows in their order, people are names, `titles` are
        other titles; `facts` are fields of Film.
        """
        film = self.model(added_by=by, needs_check=True, **facts)
        film.clean()
        one_at_a_time("films.slug")
        film.slug = film.slug_beside_twin(countries[0].code if countries else "")
        film.save()
        FilmCountry.objects.bulk_create(
            FilmCountry(film=film, country=country, position=i)
            for i, country in enumerate(countries)
        )
        FilmLanguage.objects.bulk_create(
            FilmLanguage(film=film, language=language, position=i)
            for i, language in enumerate(languages)
        )
        FilmTitle.objects.bulk_create(FilmTitle(film=film, text=text) for text in titles)
        film.credit_people(directors, Credit.Role.DIRECTOR)
        film.credit_people(cast, Credit.Role.CAST)
        prefetch_related_objects([film], "film_countries__country", "credits__person")
        film.set_card_lines()
        film.choose_card()
        film.save()
        film.publish(by=by)
        return film


class Film(Moderated):
    owner_field = "added_by"
    may_moderate_own = True

    slug = models.SlugField(_("address"), max_length=230, unique=True, allow_unicode=True)
    card_seed = models.CharField(max_length=230, editable=False)
    title = models.CharField(_("title"), max_length=200)
    sort_key = models.CharField(max_length=220, editable=False)
    original_title = models.CharField(_("original title"), max_length=200, blank=True)
    original_language = models.CharField(
        _("language of the original title"), max_length=12, blank=True
    )
    year = models.PositiveSmallIntegerField(
        _("year"),
        null=True,
        blank=True,
        validators=[MinValueValidator(FIRST_YEAR)],
        help_text=_("Of the first public showing."),
    )
    runtime = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    is_silent = models.BooleanField(_("silent"), default=False)
    synopsis = models.TextField(
        _("synopsis"),
        max_length=2000,
        blank=True,
        help_text=_("What it begins with, without what it comes to."),
    )
    synopsis_source = models.CharField(_("source of the synopsis"), max_length=200, blank=True)
    synopsis_license = models.CharField(_("licence of the synopsis"), max_length=60, blank=True)
    imdb_id = models.CharField(
        "IMDb",
        max_length=12,
        null=True,
        blank=True,
        unique=True,
        validators=[RegexValidator(r"\Att\d{7,9}\Z", _("As in tt2659414."))],
    )
    tmdb_id = models.PositiveIntegerField("TMDB", null=True, blank=True, unique=True)
    wikidata_id = models.CharField(
        "Wikidata",
        max_length=12,
        null=True,
        blank=True,
        unique=True,
        validators=[RegexValidator(r"\AQ[1-9]\d*\Z", _("As in Q482985."))],
    )
    facts_source = models.CharField(_("source of the facts"), max_length=300, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="films_added",
        verbose_name=_("added by"),
    )
    needs_check = models.BooleanField(_("waits for an editor’s eye"), default=False)

    countries = models.ManyToManyField(
        "films.Country", through="films.FilmCountry", related_name="films"
    )
    themes = TaggableManager(through=FilmTheme, blank=True)

    essay_count = models.PositiveIntegerField(_("essays"), default=0, editable=False)
    note_count = models.PositiveIntegerField(_("notes"), default=0, editable=False)
    rating_count = models.PositiveIntegerField(_("ratings"), default=0, editable=False)
    rating_sum = models.PositiveIntegerField(default=0, editable=False)
    rating_histogram = models.JSONField(default=empty_histogram, editable=False)
    score = models.FloatField(null=True, blank=True, editable=False)
    last_written_at = models.DateTimeField(default=NEVER, editable=False)
    # {milestone: [writers with whom it is still, writers who answered]}
    answers = models.JSONField(default=dict, blank=True, editable=False)
    # The same of each writer's last answer after a year or later.
    lasting_still = models.PositiveIntegerField(default=0, editable=False)
    lasting_total = models.PositiveIntegerField(default=0, editable=False)
    lasting = models.FloatField(_("how long it lasts"), null=True, blank=True, editable=False)
    card_country = models.CharField(max_length=80, blank=True, editable=False)
    card_director = models.CharField(max_length=140, blank=True, editable=False)
    card_motif = models.CharField(max_length=10, default="leader", editable=False)
    card_ground = models.CharField(max_length=10, default="silver", editable=False)
    card_figure = models.CharField(max_length=10, default="silver", editable=False)
    card_tone = models.CharField(max_length=10, default="deep", editable=False)
    card_composition = models.CharField(max_length=10, default="head", editable=False)

    objects = FilmQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("film")
        verbose_name_plural = _("films")
        constraints = [
            *Moderated.Meta.constraints,
            models.CheckConstraint(condition=~Q(title=""), name="film_has_title"),
            models.CheckConstraint(condition=~Q(slug=""), name="film_has_slug"),
            models.CheckConstraint(
                condition=Q(year__isnull=True) | Q(year__gte=FIRST_YEAR, year__lte=2200),
                name="film_year_plausible",
            ),
            models.CheckConstraint(
                condition=Q(runtime__isnull=True) | Q(runtime__gte=1, runtime__lte=1500),
                name="film_runtime_plausible",
            ),
            models.CheckConstraint(
                condition=~Q(imdb_id="") & ~Q(wikidata_id=""), name="film_outside_ids_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(lasting__isnull=True, lasting_total=0)
                | Q(lasting__isnull=False, lasting_total__gte=F("lasting_still"))
                & Q(lasting_total__gt=0),
                name="film_lasting_has_sample",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-essay_count", "-id"], name="film_most_written"),
            models.Index("status", Coalesce("year", 0).desc(), F("id").desc(), name="film_newest"),
            # Without a year last in either direction.
            models.Index("status", Coalesce("year", 9999), F("id"), name="film_oldest"),
            models.Index(fields=["original_language"], name="film_original_language"),
            models.Index(fields=["status", "sort_key", "id"], name="film_by_title"),
            models.Index(
                "status", Coalesce("score", 0.0).desc(), F("id").desc(), name="film_best_loved"
            ),
            # Those of which nobody was asked come after those that are with nobody any more.
            models.Index(
                "status", Coalesce("lasting", -1.0).desc(), F("id").desc(), name="film_lasting"
            ),
            models.Index(fields=["status", "-last_written_at", "-id"], name="film_last_written"),
            # A decade's films are read off it, not looked up one by one.
            models.Index(fields=["year", "status", "id"], name="film_of_year"),
            models.Index(fields=["status", "-updated_at"], name="film_last_changed"),
            models.Index(
                fields=["-created_at"], condition=Q(needs_check=True), name="film_to_check"
            ),
        ]

    def __str__(self):
        return f"{self.title} ({self.year})" if self.year else self.title

    def get_absolute_url(self):
        return address("films:film", self.slug)

    def moderation_title(self):
        return str(self)

    @property
    def is_withdrawn(self):
        return self.status == Status.HIDDEN

    @property
    def decade(self):
        return self.year and self.year // 10 * 10

    @property
    def rating_mean(self):
        """Mean in stars, or None without ratings."""
        return self.rating_sum / self.rating_count / 2 if self.rating_count else None

    @property
    def year_and_director(self):
        return ", ".join(str(part) for part in (self.year, self.card_director) if part)

    @property
    def rating_quartiles(self):
        """Stars below which a quarter, a half and three quarters of the ratings are; or None."""
        if not self.rating_count:
            return None
        return tuple(quantile(self.rating_histogram, share) for share in (0.25, 0.5, 0.75))

    @property
    def cinemas(self):
        """What the cinemas of its countries are called; from what `for_share_image` brought."""
        countries = [row.country for row in self.film_countries.all()]
        return [country.cinema_label or country.name for country in countries]

    def people_as(self, role):
        """People of a role, in their order; after `for_page` without another query."""
        return [credit.person for credit in self.credits.all() if credit.role == role]

    def relatives(self, rows):
        """(film, what it is to this one) of the films that its relations lead to, as far as they
        are listed. Most have none."""
        related = [(row.other_of(self), row.words_for(self)) for row in rows]
        if not related:
            return []
        listed = Film.objects.filter(status__in=[self.status, Status.PUBLISHED]).for_cards()
        films = listed.in_bulk([key for key, _words in related])
        return [(films[key], words) for key, words in related if key in films]

    def add_image(self, image, *, by, caption=""):
        """Show a picture on the film's page, after those that are there."""
        last = self.film_images.aggregate(last=models.Max("position"))["last"] or 0
        with transaction.atomic():
            place = {"added_by": by, "caption": caption, "position": last + 1}
            row = self.film_images.create(image=image, **place)
            type(image).objects.filter(pk=image.pk).follow_places()
        return row

    def clean(self):
        super().clean()
        self.title = clean_name(self.title)
        self.original_title = clean_name(self.original_title)
        if not self.title:
            raise ValidationError({"title": _("A film needs a title.")})
        if self.year and self.year > timezone.localdate().year + 1:
            raise ValidationError({"year": _("Next year at the latest.")})
        self.imdb_id, self.wikidata_id = self.imdb_id or None, self.wikidata_id or None

    def save(self, *args, **kwargs):
        self.sort_key = sort_key(self.title)[:220]
        if not self.slug and not film_slug(self.title, self.year, self.original_title):
            self._save_nameless()
        self.slug = self.slug or self.free_slug()
        self.card_seed = self.card_seed or self.slug
        super().save(*args, **kwargs)

    def _save_nameless(self):
        """A title of signs alone: the address is the number that the row gets."""
        self.slug = self.card_seed = f"film-{secrets.token_hex(8)}"
        super().save(force_insert=True)
        self.slug = self.card_seed = f"film-{self.pk}"

    def free_slug(self, country=""):
        """An address that no other film has or had."""
        base = film_slug(self.title, self.year, self.original_title) or f"film-{self.pk}"
        if base in RESERVED_SLUGS:
            base = f"{base}-film"
        taken = Film.objects.exclude(pk=self.pk)
        candidate, number = base, 2
        while (
            taken.filter(slug=candidate).exists()
            or FormerSlug.objects.filter(slug=candidate).exclude(film=self.pk).exists()
        ):
            if country:
                candidate, country = f"{base}-{country.lower()}", ""
            else:
                candidate, number = f"{base}-{number}", number + 1
        return candidate

    def slug_beside_twin(self, country):
        """The address of a new film. Where another one has it, both carry their first country,
        and the other's old address leads to it."""
        base = film_slug(self.title, self.year, self.original_title)
        if not base or self.free_slug() == base:
            return base
        twin = Film.objects.unmerged().filter(slug=base).first()
        if twin:
            first = twin.film_countries.first()
            twin_slug = f"{base}-{first.country_id.lower()}" if first else base
            if not Film.objects.filter(slug=twin_slug).exclude(pk=twin.pk).exists():
                twin.rename(twin_slug)
        return self.free_slug(country)

    def credit_people(self, names, role):
        people = Person.objects.for_names(dict.fromkeys(names))
        Credit.objects.bulk_create(
            Credit(film=self, person=person, role=role, position=i)
            for i, person in enumerate(people)
        )

    def follow_title(self, title, year):
        """After a new title or year: answer at the address that goes with them, unless the
        present one was somebody's own choice. `title` and `year` are what they were before."""
        if self.slug == film_slug(title, year, self.original_title):
            self.rename(self.own_slug())

    def own_slug(self):
        """The address that goes with title and year; one that this film had before is free."""
        own = film_slug(self.title, self.year)
        if not Film.objects.filter(slug=own).exclude(pk=self.pk).exists():
            # Else it is that of a film which has become part of this one, and leads here.
            FormerSlug.objects.filter(film=self, slug=own).delete()
        return self.free_slug()

    @transaction.atomic
    def rename(self, slug):
        """Answer at `slug` from now on, and redirect from the present address."""
        if slug == self.slug:
            return
        FormerSlug.objects.filter(slug=slug).delete()
        FormerSlug.objects.update_or_create(slug=self.slug, defaults={"film": self})
        self.slug = slug
        self.save(update_fields=["slug", "updated_at"])

    def choose_card(self):
        """Derive the five words of the title card from the film's themes as they stand."""
        themes = [(row.tag, row.strength) for row in self.film_themes.for_film_page()]
        words = derive(self.card_seed, self.title, self.original_title, self.year, themes)
        self.card_motif, self.card_ground = words.motif, words.ground
        self.card_figure, self.card_tone = words.figure, words.tone
        self.card_composition = words.composition

    def set_card_lines(self):
        """Store what the card prints below the title, so that a list needs no joins."""
        countries = list(self.film_countries.all())
        self.card_country = countries[0].country.name if countries else ""
        directors = [c.person.name for c in self.credits.all() if c.role == Credit.Role.DIRECTOR]
        self.card_director = ", ".join(directors)[:140]

    def add_theme(self, label, *, by, at=None):
        """Say that the film is about `label`: the theme it leads to in any language, or a
        proposed one. Counts as agreement. Returns the Theme.

        Raises ValidationError: "themes_per_member" past twelve of one member's on a film.
        """
        return self.add_themes([label], by=by, at=at)[0]

    @transaction.atomic
    def add_themes(self, labels, *, by, at=None):
        """`add_theme` for several: all of them or none."""
        film = self.locked()
        return [film._add_theme(label, by=by, at=at) for label in labels]

    def _add_theme(self, label, *, by, at):
        theme = Theme.objects.labelled(label).first() or propose_theme(label, by=by)
        row = self.film_themes.select_related("tag").filter(tag=theme).first()
        mine = self.film_themes.filter(added_by=by, position=None).count()
        if row is None:
            if mine >= THEMES_PER_MEMBER:
                raise ValidationError(
                    _("You have added %(limit)s themes to this film; that is the limit."),
                    code="themes_per_member",
                    params={"limit": THEMES_PER_MEMBER},
                )
            row = FilmTheme(content_object=self, tag=theme, added_by=by)
            row.weigh()
            row.save()
        self._set_vote(row, by=by, agrees=True, at=at)
        return theme

    @transaction.atomic
    def vote_theme(self, theme, *, by, agrees, at=None):
        """Agree (True), disagree (False) or take one's vote back (None)."""
        film = self.locked()
        row = film.film_themes.select_related("tag").get(tag=theme)
        film._set_vote(row, by=by, agrees=agrees, at=at)

    def _set_vote(self, row, *, by, agrees, at=None):
        vote = ThemeVote.objects.filter(film_theme=row, member=by).first()
        old = vote.agrees if vote else None
        if old == agrees:
            return
        if agrees is None:
            vote.delete()
        else:
            vote = vote or ThemeVote(film_theme=row, member=by)
            vote.agrees, vote.voted_at = agrees, at or timezone.now()
            vote.save()
        row.agree_count += (agrees is True) - (old is True)
        row.disagree_count += (agrees is False) - (old is False)
        row.weigh()
        if row.vote_count == 0 and not row.is_from_catalogue:
            row.delete()  # nobody says so any more
        else:
            row.save(update_fields=["agree_count", "disagree_count", "strength", "standing"])
        relist(self)

    def locked(self):
        """Its row, for this transaction alone; or that of the film it has become part of."""
        film = Film.objects.select_for_update().filter(pk=self.pk).first()
        successor = film.successor
        return successor.locked() if successor else film

    @property
    def successor(self):
        """The film that this one has become part of, or None."""
        if self.status != Status.REMOVED:
            return None
        merge = self.merged_into.standing().select_related("kept").first()
        return merge and merge.kept

    def may_be_moderated(self, verb, *, by):
        """Editors take films out and back in by merging and undoing, and in no other way."""
        is_merging = verb in (Verb.REMOVE, Verb.RESTORE, Verb.HIDE) and by.has_perm(MERGED_BY)
        return is_merging or super().may_be_moderated(verb, by=by)

    def restore(self, *, by, **record):
        if self.successor:
            raise TransitionError(
                _("It has become part of “%(film)s”: undo the merge."),
                code="merged",
                params={"film": self.successor},
            )
        return super().restore(by=by, **record)

    def count_publication(self, shift):
        relist(self, before=NOWHERE if shift > 0 else places_of(self))
        self.index_words()

    def count_rating(self, *, old=None, new=None):
        """Replace one member's rating (1 to 10 half stars, None for no rating) in the stored
        figures. The caller has locked the row and read it since."""
        for value, shift in ((old, -1), (new, 1)):
            if value is not None:
                self.rating_histogram[value - 1] += shift
                self.rating_count += shift
                self.rating_sum += shift * value
        self.score = self.weighted_score()
        self.save(update_fields=["rating_histogram", "rating_count", "rating_sum", "score"])

    def weighted_score(self, site_mean=7.0):
        """Mean in half stars, pulled to the site's mean by five ratings; None without any."""
        if not self.rating_count:
            return None
        return round(
            (self.rating_sum + PRIOR_RATINGS * site_mean) / (self.rating_count + PRIOR_RATINGS), 6
        )

    def count_answers(self, shifts, still, total):
        """Move what writers answered: `shifts` is {milestone: (still, all)}, the others are of
        what lasts. The caller has locked the row and read it since."""
        for milestone, moves in shifts.items():
            had = self.answers.get(milestone, [0, 0])
            self.answers[milestone] = [max(0, n + move) for n, move in zip(had, moves, strict=True)]
        self.answers = {name: counts for name, counts in self.answers.items() if counts[1]}
        self.lasting_still = max(0, self.lasting_still + still)
        self.lasting_total = max(self.lasting_still, self.lasting_total + total)
        self.lasting = self.lower_bound()
        self.save(update_fields=["answers", "lasting_still", "lasting_total", "lasting"])

    def lower_bound(self):
        """By which films are ordered by how long they last; None without any answer."""
        if not self.lasting_total:
            return None
        return wilson_lower_bound(self.lasting_still, self.lasting_total)

    def marks_of(self, member):
        """(the member's rating in half stars or None, the key of its being kept for later or
        None)."""
        rows = member.__class__.objects.filter(pk=member.pk).annotate(
            rating=FilteredRelation("ratings", condition=Q(ratings__film=self)),
            keeping=FilteredRelation("keepings", condition=Q(keepings__film=self)),
        )
        return rows.values_list("rating__value", "keeping__pk").get()

    def index_words(self):
        """Bring what search finds this film by up to date, in the transaction of the cause."""
        film = Film.objects.for_index().get(pk=self.pk)
        FilmIndex.objects.write({film.pk: film.tokens()})
        WordPart.objects.learn([*film.every_title(), *film.every_name()])

    # What it is found by; all of these from what `for_index` brought.

    def tokens(self):
        return film_tokens(self.every_title(), self.every_name(), self.is_published)

    def every_title(self):
        return [self.title, self.original_title, *(row.text for row in self.titles.all())]

    def every_name(self):
        people = [row.person for row in self.credits.all()]
        return [name for person in people for name in (person.name, person.native_name) if name]


def quantile(histogram, share):
    """The value, in stars, at `share` of the ratings; between two, their mean."""
    total = sum(histogram)
    place = (total - 1) * share
    below, above = int(place), -int(-place // 1)
    return (nth_rating(histogram, below) + nth_rating(histogram, above)) / 4


def nth_rating(histogram, number):
    """The rating, in half stars, that stands at `number` when all are sorted."""
    for half_stars, count in enumerate(histogram, 1):
        if number < count:
            return half_stars
        number -= count
    return len(histogram)
