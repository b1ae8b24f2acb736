"""Which pieces, and what of them each page reads."""

from django.db import connections, models
from django.db.models.expressions import RawSQL
from django.utils import timezone

from films.models import Image, ThemeLabel
from films.normalize import search_key
from films.title_cards import CARD_FIELDS as FILM_FIELDS
from reviews import order
from reviews.models.gathering import all_of, gathered
from reviews.models.image import ReviewImage
from reviews.models.kinds import Kind
from reviews.models.passage import HiddenPassage
from reviews.models.quotation import Quotation, pictures_in, usable_by
from reviews.models.theme import ReviewTheme
from users.columns import along
from users.moderation import ModeratedQuerySet, ModerationAction, Status, Verb
from users.names import BYLINE_FIELDS
from users.prepared import as_list, prepared

TYPED_FIELDS = (
    "film_id", "title", "lead", "body", "language", "rating", "seen_on", "seen_precision",
    "seen_as", "is_spoiler", "text_license", "comment_policy", "answers_to_id", "publish_at",
)  # fmt: skip
DERIVED_FIELDS = (
    "film_title", "film_year", "html", "safe_text", "contents", "has_spoiler_marks",
    "word_count", "renderer_version", "kind", "version", "edited_at", "saved_in",
    "missed_at", "rank",
)  # fmt: skip
EDITABLE = [Status.DRAFT, Status.PUBLISHED, Status.HELD, Status.HIDDEN]
LABEL_COLUMNS = ("key", "theme__name", "theme")
PICTURE_COLUMNS = ("key", "pk")
# What a list prints of a piece.
CARD_FIELDS = (
    "kind", "slug", "status", "title", "lead", "safe_text", "film_title", "film_year", "language",
    "rating", "seen_on", "is_spoiler", "has_spoiler_marks", "word_count", "published_at",
    "updated_at", "rank",
)  # fmt: skip


def newness(piece):
    return piece.published_at, piece.pk


@prepared
def rows_to_save(author, value, answering, labels, pictures, *, model, name, has_answering):
    wanted = models.Q(author=author, status__in=EDITABLE, **{name: value})
    if has_answering:
        wanted |= models.Q(slug=answering, kind=Kind.ESSAY, published_at__isnull=False)
    found = ThemeLabel.objects.filter(key__among=labels)
    usable = pictures_in(models.OuterRef("pk"), author).filter(key__among=pictures)
    rows = model.objects.for_saving().filter(wanted).order_by()
    return rows.annotate(
        label_rows=all_of(found, *LABEL_COLUMNS),
        picture_rows=all_of(usable, *PICTURE_COLUMNS),
    )


@prepared
def before_beginning(author, form_key, labels, pictures, *, model):
    """(key of the piece that this form has begun already, which themes the labels lead to, which
    of the pictures may stand in a text of `author`)"""
    begun = model.objects.filter(author=author, form_key=form_key, status__in=EDITABLE)
    found = ThemeLabel.objects.filter(key__among=labels)
    usable = usable_by(author).filter(key__among=pictures)
    rows = model._meta.get_field("author").related_model.objects.filter(pk=author)
    return rows.values_list(
        models.Subquery(begun.order_by().values("pk")[:1]),
        all_of(found, *LABEL_COLUMNS),
        all_of(usable, *PICTURE_COLUMNS),
    )


@prepared
def on_film(film, since, *, model, essays, notes):
    """Essays and notes on a film, so many of each; and as many of the newest as may have a seat."""
    pieces, lists = model.objects.published().filter(film=film), []
    if essays:
        new = pieces.essays().filter(published_at__gte=since).newest_first()[: order.MOST_NEW]
        lists += [pieces.essays().order_by("-rank", "-pk")[:essays], new]
    if notes:
        lists.append(pieces.notes().newest_first()[:notes])
    return model.objects.for_own_film().of_lists(*lists)


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
        return self.filter(status__in=EDITABLE)

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

    def of_film_page(self, film, essays, notes):
        """(Rows, the first essays of them by the formula with a place for a new one, the newest
        notes) of the published ones on a film, which is at hand already."""
        now = timezone.now()
        since = now - order.NEW_FOR
        most = {"essays": film.essay_count and essays, "notes": film.note_count and notes}
        rows = on_film(film.pk, since, model=self.model, **most) if any(most.values()) else []
        found = sorted(rows, key=newness, reverse=True)
        for piece in found:
            piece.film = film
        written = [piece for piece in found if piece.is_essay]
        recent = [piece for piece in written if piece.published_at >= since]
        written.sort(key=lambda piece: (piece.rank, piece.pk), reverse=True)
        shown = order.seated(written, recent, now, essays)
        return rows, shown, [piece for piece in found if not piece.is_essay]

    def of_lists(self, *lists):
        """The rows of several short lists, each once, in no order. Each list is found by its own
        index, and all are fetched in one query by key alone, or SQLite would walk whole tables."""
        if not lists:
            return self.none()
        queries = [rows.values("pk").query.sql_with_params() for rows in lists]
        keys = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS keys" for sql, _given in queries)  # noqa: S608
        given = [value for _sql, values in queries for value in values]
        return self.filter(pk__in=RawSQL(keys, given)).order_by()  # noqa: S611

    def newest_of_both(self, limit):
        """Essays and notes together. Each kind is in order in the index, both of a film or a
        member are not: thousands would be sorted for the first twenty."""
        kinds = self.essays(), self.notes()
        pieces = [piece for kind in kinds for piece in kind.newest_first()[:limit]]
        return sorted(pieces, key=newness, reverse=True)[:limit]

    def for_cards(self):
        """What a line in a list prints. Bodies stay in the database."""
        return self.select_related("author", "film").only(
            *CARD_FIELDS, *along("author", BYLINE_FIELDS), *along("film", FILM_FIELDS)
        )

    def for_own_film(self):
        """As `for_cards`, on the page of a film, which is at hand already."""
        return self.select_related("author").only(
            "film", *CARD_FIELDS, *along("author", BYLINE_FIELDS)
        )

    def for_readers(self):
        return self.select_related("author", "film", "question").order_by()

    def for_page(self):
        return self.for_readers().prefetch_related(
            models.Prefetch(
                "review_themes", ReviewTheme.objects.select_related("tag").order_by("position")
            ),
            models.Prefetch("review_images__image", Image.objects.with_credit()),
        )

    def for_history(self):
        return self.select_related("author", "film").defer("body", "html", "safe_text")

    def for_saving(self):
        """What is compared and stored while somebody types, in one query; of the film, what the
        form names. Such a row knows its themes, pictures, passages and label as they were then."""
        rows = self.annotate(
            last_label=self.labels().values("verb")[:1],
            theme_rows=gathered(
                ReviewTheme.objects, "content_object", "position", "wording", "tag"
            ),
            image_rows=gathered(ReviewImage.objects, "review", "image", "role", "position"),
            passage_rows=gathered(HiddenPassage.objects.in_force(), "review", "pk", "text"),
            has_quotations=models.Exists(Quotation.objects.filter(review=models.OuterRef("pk"))),
        )
        return rows.select_related("film", "answers_to").only(
            *TYPED_FIELDS, "author", "status", "kind", "slug", "html", "version", "saved_in",
            "missed_at", "edited_at", "published_at", "form_key", "film_title", "film_year", "rank",
            "answers_to__slug", *along("film", ("slug", "title", "year")),
        )  # fmt: skip

    def to_save(self, *, by, answering="", labels=(), pictures=(), **which):
        """(the row of `by` that `which` names, by its `pk` or `form_key`; the essay at
        `answering`), both in one query. The row knows which themes the `labels` lead to, as
        `by_label` says it, and which of the `pictures`, a set, may stand in it."""
        (name,) = which
        labels = {search_key(label) for label in labels}
        rows = rows_to_save(
            by.pk, *which.values(), answering, as_list(labels), as_list(pictures),
            model=self.model, name=name, has_answering=bool(answering),
        )  # fmt: skip

        def is_mine(row):
            is_named = getattr(row, name) == which[name]
            return is_named and row.author_id == by.pk and row.status in EDITABLE

        mine = next(filter(is_mine, rows), None)
        if mine:
            mine.named_labels, mine.named_pictures = labels, pictures
        return mine, next((row for row in rows if row.slug == answering and answering), None)

    def to_begin(self, piece, *, form_key, labels=(), pictures=()):
        """The piece that this form has begun already, else the new `piece`; knowing what
        `to_save` brings of these."""
        by, keys = piece.author, {search_key(label) for label in labels}
        asked = by.pk, form_key, as_list(keys), as_list(pictures)
        ((begun, label_rows, picture_rows),) = before_beginning(*asked, model=self.model)
        if begun:
            found, _essay = self.to_save(by=by, labels=labels, pictures=pictures, pk=begun)
            if found:
                return found
        piece.label_rows, piece.picture_rows = label_rows, picture_rows
        piece.named_labels, piece.named_pictures = keys, pictures
        return piece

    def labels(self):
        """What staff decided about a row of an outer query telling the ending, newest first."""
        actions = ModerationAction.objects.filter(
            content_type__app_label=self.model._meta.app_label,
            content_type__model=self.model._meta.model_name,
            object_id=models.OuterRef("pk"),
            verb__in=[Verb.LABEL, Verb.UNLABEL],
        )
        return actions.order_by("-created_at", "-pk")

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
