"""Two entries that are the same film become one, and can be taken apart again.

The film that goes keeps its row, out of everybody's sight; what members and editors made of it
moves to the film that stays. Where both have what there can be one of, the newer stands, and the
other gives way: the record keeps it, for undoing.
"""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from films.listing import essays_of, move_counts, relist, wanted_places
from films.models.film import MERGED_BY, Film
from films.models.person import Credit
from films.models.rows import Rows
from films.models.title import FilmTitle, FormerSlug
from users.moderation import Status
from users.visitor_pages import empty_when_done

# What the apps above have of films: modules with `lock(film)`, which locks its rows before the
# films themselves are locked, `move(kept, gone, rows)`, and `settle(film)`, which counts anew.
STEPS = []
SCALARS = (
    "original_title", "original_language", "year", "runtime", "synopsis", "synopsis_source",
    "synopsis_license", "facts_source",
)  # fmt: skip
OUTSIDE_IDS = ("imdb_id", "tmdb_id", "wikidata_id")
CARD_LINES = ("card_country", "card_director")


class FilmMergeQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(undone_at__isnull=True)

    def forget(self, label, member):
        """Take a member's rows of a kind out of what could come back."""
        for merge in self.iterator(chunk_size=100):
            if Rows(merge.record).forget(label, member):
                merge.save(update_fields=["record"])


class FilmMerge(models.Model):
    kept = models.ForeignKey(
        Film, models.PROTECT, related_name="merges", verbose_name=_("film that stays")
    )
    gone = models.ForeignKey(
        Film, models.PROTECT, related_name="merged_into", verbose_name=_("film that goes")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="film_merges",
        verbose_name=pgettext_lazy("a merge of films", "by"),
    )
    reason = models.TextField(_("reason"), max_length=1000)
    record = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(_("date"), default=timezone.now)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="film_merges_undone",
        verbose_name=_("undone by"),
    )

    objects = FilmMergeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("merge of films")
        verbose_name_plural = _("merges of films")
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="filmmerge_not_itself"),
            models.CheckConstraint(condition=~Q(reason=""), name="filmmerge_has_reason"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="filmmerge_undone_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at__isnull=True), name="filmmerge_once"
            ),
        ]

    def __str__(self):
        return f"{self.gone} → {self.kept}"

    @property
    def is_standing(self):
        return self.undone_at is None

    @transaction.atomic
    def undo(self, *, by):
        """Take the films apart again. What was said of the film since stays with it.

        Raises PermissionDenied, and ValidationError "undone" or "merged_since".
        """
        check_permission(by)
        lock_parts(self.kept)
        kept, gone = locked_pair(self.kept_id, self.gone_id)
        merge = FilmMerge.objects.select_for_update().get(pk=self.pk)
        if not merge.is_standing:
            raise ValidationError(_("This is undone already."), code="undone")
        if kept.merged_into.standing().exists():
            raise ValidationError(
                _("“%(film)s” has become part of another film since: undo that first."),
                code="merged_since",
                params={"film": kept},
            )
        self.undone_at, self.undone_by = timezone.now(), by
        self.save(update_fields=["undone_at", "undone_by"])
        with counts_moved(kept, gone):
            rows = Rows(merge.record)
            rows.take_facts_back(kept, gone)
            rows.bring_back()
            weigh_anew(kept, gone, is_over=True)
        gone.restore(by=by, reason=gettext("It is not the same film as “%s”.") % kept)
        if merge.record["was_withdrawn"]:
            gone.hide(by=by, reason=gettext("It was withdrawn before, too."))


def merge(kept, gone, *, by, reason):
    """`gone` becomes part of `kept`. Answers the FilmMerge.

    Raises PermissionDenied, and ValidationError "same_film", "not_there", "reason_required".
    """
    check_permission(by)
    if kept.pk == gone.pk:
        raise ValidationError(_("A film cannot become part of itself."), code="same_film")
    if not reason.strip():
        raise ValidationError(_("Give the reason."), code="reason_required")
    with transaction.atomic():
        lock_parts(gone)
        kept, gone = locked_pair(kept.pk, gone.pk)
        for film in (kept, gone):
            if film.status not in (Status.PUBLISHED, Status.HIDDEN):
                raise ValidationError(
                    _("“%(film)s” is not in the catalogue any more."),
                    code="not_there",
                    params={"film": film},
                )
        record = {"was_withdrawn": gone.is_withdrawn}
        told = gettext("It is the same film as “%(film)s”. %(reason)s")
        gone.remove(by=by, reason=told % {"film": kept, "reason": reason})
        with counts_moved(kept, gone):
            rows = Rows(record)
            fill_facts(kept, gone, rows)
            move_addresses(kept, gone, rows)
            move_catalogue(kept, gone, rows)
            move_themes(kept, gone, rows)
            for step in STEPS:
                step.move(kept, gone, rows)
            weigh_anew(kept, gone)
        return FilmMerge.objects.create(kept=kept, gone=gone, by=by, reason=reason, record=record)


def check_permission(by):
    if not (by.is_active and by.has_perm(MERGED_BY)):
        raise PermissionDenied


def lock_parts(film):
    for step in STEPS:
        step.lock(film)


def locked_pair(*keys):
    """In one order, whichever way round they are merged."""
    found = {film.pk: film for film in Film.objects.select_for_update().order_by("pk").filter(pk__in=keys)}  # fmt: skip
    return [found[key] for key in keys]


class counts_moved:
    """What stands in it moves rows between two films; afterwards every count is right."""

    def __init__(self, *films):
        self.films = films

    def __enter__(self):
        self.places = [wanted_places(film) for film in self.films]
        self.essays = essays_of(*self.films)

    def __exit__(self, failure, *_trace):
        if failure:
            return
        for film in self.films:
            for step in STEPS:
                step.settle(film)
        for film, places in zip(self.films, self.places, strict=True):
            fresh = Film.objects.for_page().get(pk=film.pk)
            fresh.set_card_lines()
            fresh.save(update_fields=CARD_LINES)
            relist(fresh, places)
            fresh.index_words()
            film.refresh_from_db()
        moves = essays_of(*self.films)
        moves.subtract(self.essays)
        move_counts(moves)
        empty_when_done()


# What moves


def fill_facts(kept, gone, rows):
    """The film that stays keeps its own facts, and takes over those that it has not."""
    taken = {name: getattr(gone, name) for name in SCALARS if not getattr(kept, name)}
    ids = {name: getattr(gone, name) for name in OUTSIDE_IDS if not getattr(kept, name)}
    taken = {name: value for name, value in (taken | ids).items() if value}
    if "synopsis" not in taken:  # its source and licence go with it
        taken = {name: value for name, value in taken.items() if not name.startswith("synopsis")}
    given = dict.fromkeys(name for name in OUTSIDE_IDS if name in taken)
    rows.set_facts(gone, {**given, "needs_check": False})
    rows.set_facts(kept, taken)


def move_addresses(kept, gone, rows):
    """Every address that the film had leads to the other one in one step."""
    rows.move(gone.former_slugs.order_by("pk"), film=kept)
    rows.make(FormerSlug(slug=gone.slug, film=kept))


def move_catalogue(kept, gone, rows):
    known = set(kept.titles.values_list("text", "language"))
    for title in gone.titles.order_by("pk"):
        if (title.text, title.language) not in known:
            rows.move(gone.titles.filter(pk=title.pk), film=kept)
    known = {kept.title, kept.original_title, *kept.titles.values_list("text", flat=True)}
    for text in dict.fromkeys((gone.title, gone.original_title)):
        if text and text not in known:
            rows.make(FilmTitle(film=kept, text=text))
    for name in ("film_countries", "film_languages"):
        if not getattr(kept, name).exists():
            rows.move(getattr(gone, name).order_by("pk"), film=kept)
    for role in Credit.Role:
        if not kept.credits.filter(role=role).exists():
            rows.move(gone.credits.filter(role=role), film=kept)
    shown = kept.film_images.values("image")
    rows.move(gone.film_images.exclude(image__in=shown), film=kept)
    move_relations(kept, gone, rows)


def move_relations(kept, gone, rows):
    """One to the very film that stays remains where it is, and out of sight."""
    for relation in gone.relations.exclude(other=kept):
        if not kept.relations.filter(kind=relation.kind, other=relation.other).exists():
            rows.move(gone.relations.filter(pk=relation.pk), film=kept)
    for relation in gone.related_from.exclude(film=kept):
        if not kept.related_from.filter(kind=relation.kind, film=relation.film).exists():
            rows.move(gone.related_from.filter(pk=relation.pk), other=kept)


def move_themes(kept, gone, rows):
    """Each member has one vote: the newer."""
    own = {row.tag_id: row for row in kept.film_themes.order_by("pk")}
    for theme in gone.film_themes.order_by("pk"):
        twin = own.get(theme.tag_id)
        if twin is None:
            rows.move(gone.film_themes.filter(pk=theme.pk), content_object=kept)
            continue
        if theme.is_from_catalogue and not twin.is_from_catalogue:
            rows.set_facts(twin, {"position": theme.position})
        rows.move_one_of_each(
            theme.votes, twin.votes, field="film_theme", target=twin,
            key=lambda vote: vote.member_id, rank=lambda vote: vote.voted_at,
        )  # fmt: skip


def weigh_anew(kept, gone, *, is_over=False):
    """After votes moved. A film that is gone keeps its rows, for the votes to come back to."""
    votes = Count("votes", filter=Q(votes__agrees=True)), Count("votes", filter=Q(votes__agrees=False))  # fmt: skip
    for film in (kept, gone):
        counted = film.film_themes.select_related("tag").annotate(agreed=votes[0], not_agreed=votes[1])  # fmt: skip
        for row in counted:
            row.agree_count, row.disagree_count = row.agreed, row.not_agreed
            row.weigh()
            if is_over and not row.vote_count and not row.is_from_catalogue:
                row.delete()
            else:
                row.save(update_fields=["agree_count", "disagree_count", "strength", "standing"])
