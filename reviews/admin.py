from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from films.admin.image import shown_picture
from films.models import Film, Image, Language
from films.normalize import piece_slug, search_key
from films.scripts import is_rtl
from films.title_cards import mini
from reviews import markdown
from reviews.models import (
    Afterthought,
    Comment,
    Export,
    HiddenPassage,
    Keeping,
    LeftText,
    Mark,
    Question,
    Quotation,
    Rating,
    Review,
    Revision,
    TextRule,
    Viewing,
    WorkingCopy,
)
from reviews.passages import size_of, with_passages
from users.models import User
from users.moderation import Status, Verb
from users.moderation_admin import UNSEEN, DecidingAdmin, ModeratedAdmin, StatusFilter
from users.staff_admin import (
    ReadOnlyAdmin,
    StaffAdmin,
    Waiting,
    any_of,
    changelist_url,
    link_to,
    starting_with,
)

LOOKED_UP = 50


def members_called(term):
    return list(User.objects.called(term).values_list("pk", flat=True)[:LOOKED_UP])


def films_called(term):
    words = search_key(term).split()
    if not words:
        return []
    return list(
        Film.objects.containing(words, withdrawn=True).values_list("pk", flat=True)[:LOOKED_UP]
    )


def prose(row):
    """The text as readers see it, pictures and credits included."""
    images = pictures_in(row.html)
    html = markdown.fill_figures(
        row.html, lambda key, alt: shown_picture(images[key]) if key in images else ""
    )
    return format_html(
        '<div class="staff"><div class="prose" lang="{}" dir="{}">{}</div></div>',
        row.language,
        "rtl" if is_rtl(row.language) else "ltr",
        SafeString(with_passages(html)),
    )


def pictures_in(html):
    keys = []
    markdown.fill_figures(html, lambda key, alt: keys.append(key) or "")
    return Image.objects.with_credit().in_bulk(keys, field_name="key") if keys else {}


class LanguageFilter(admin.SimpleListFilter):
    title = _("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        return list(Language.objects.order_by("name").values_list("code", "name"))

    def queryset(self, request, queryset):
        return queryset.filter(language=self.value()) if self.value() else queryset


class WordsAdmin(ModeratedAdmin, ReadOnlyAdmin):
    """What members wrote: staff decide about it, and never change a word of it."""

    verbs = (*ModeratedAdmin.verbs, Verb.LABEL)

    @admin.display(description=_("piece"))
    def piece(self, row):
        return self.tile(row)

    @admin.display(description=_("rendered"))
    def rendered(self, row):
        return prose(row)

    @admin.display(description=_("film"))
    def film_link(self, row):
        return link_to(row.film)

    @admin.display(description=_("author"))
    def author_link(self, row):
        return link_to(row.author)


@admin.register(Review)
class ReviewAdmin(WordsAdmin):
    nav_position = 0
    verbs = (*WordsAdmin.verbs, Verb.UNLABEL, Verb.HIDE_PASSAGE)
    queue_ordering = ("-updated_at", "-pk")
    list_display = ["piece", "state", "report_count", "length", "published_at"]
    list_filter = [StatusFilter, "kind", LanguageFilter]
    list_select_related = ["author", "film"]
    search_fields = ["slug"]
    search_help_text = _("Beginning of a title, words of a film’s, or a username")
    fieldsets = [
        (
            _("The text"),
            {"fields": ["lead_shown", "rendered", "pictures", "hidden_shown", "versions"]},
        ),
        (
            _("Where it stands"),
            {
                "fields": [
                    ("state", "published_at"), ("author_link", "film_link"), ("kind", "length"),
                    ("rating", "seen_text", "is_spoiler"), ("text_license", "comment_count"),
                    ("comment_policy", "answered_link"),
                ]
            },
        ),
        (_("Reports"), {"fields": ["reports_shown"]}),
        (_("Decisions"), {"fields": ["decisions_shown"]}),
    ]  # fmt: skip
    readonly_fields = [
        "lead_shown", "rendered", "pictures", "hidden_shown", "versions", "state", "author_link", "film_link", "length",
        "answered_link",
        "seen_text", "reports_shown", "decisions_shown",
    ]  # fmt: skip

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return (
            rows if request.resolver_match.kwargs.get("object_id") else rows.defer("body", "html")
        )

    def verbs_for(self, row, user):
        verbs = super().verbs_for(row, user)
        if verbs and not row.label_in_force:
            verbs = [verb for verb in verbs if verb["value"] != Verb.UNLABEL]
        return verbs

    def find(self, request, queryset, term):
        found = [Q(author__in=members_called(term)), Q(film__in=films_called(term))]
        if slug := piece_slug(term):
            found.append(starting_with("slug", slug))
        return any_of(queryset, found)

    def sign(self, row):
        return mini(row.film)

    def name(self, row):
        return row.title or row.dek or str(row)

    def kind(self, row):
        return row.get_kind_display()

    def meta(self, row):
        return format_html(
            gettext('{} by <bdi>{}</bdi> on <cite dir="auto">{}</cite>'),
            row.get_kind_display().capitalize(),
            row.author,
            row.film_title,
        )

    def since(self, row):
        return row.updated_at

    @admin.display(description=_("length"))
    def length(self, row):
        return gettext("%(n)s words, %(language)s") % {
            "n": row.word_count,
            "language": row.language,
        }

    @admin.display(description=_("lead"))
    def lead_shown(self, row):
        return format_html('<span lang="{}" dir="auto">{}</span>', row.language, row.lead or "–")

    @admin.display(description=_("seen"))
    def seen_text(self, row):
        return row.seen_text or "–"

    @admin.display(description=_("answer to"))
    def answered_link(self, row):
        return link_to(row.answers_to) if row.answers_to_id else "–"

    @admin.display(description=_("pictures"))
    def pictures(self, row):
        places = row.review_images.select_related("image__license")
        shown = ((shown_picture(place.image), link_to(place.image)) for place in places)
        return format_html_join("", "{}<p>{}</p>", shown) or _("None")

    @admin.display(description=_("hidden in it"))
    def hidden_shown(self, row):
        found = row.hidden_passages.in_force().select_related("action").order_by("pk")
        shown = ((link_to(passage), passage.text) for passage in found)
        return format_html_join("", '<p>{}: <q dir="auto">{}</q></p>', shown) or _("None")

    @admin.display(description=_("versions"))
    def versions(self, row):
        newest = row.revisions.for_list().order_by("-number")[:20]
        shown = ((link_to(version), version.note) for version in newest)
        return format_html_join("", '<p>{} <span dir="auto">{}</span></p>', shown) or _("None")


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    """A version as its author typed it, with what is hidden from readers."""

    ordering = ["-pk"]
    list_display = ["__str__", "review", "created_at", "is_withheld"]
    list_select_related = ["review"]
    search_fields = ["review__slug"]
    search_help_text = _("Beginning of a piece’s address")
    fields = readonly_fields = ["review_link", "number", "created_at", "note", "title", "lead",
                                "body", "language", "is_spoiler", "is_withheld"]  # fmt: skip

    def get_queryset(self, request):
        rows = super().get_queryset(request).exclude(review__status__in=UNSEEN)
        return rows if request.resolver_match.kwargs.get("object_id") else rows.defer("body")

    def find(self, request, queryset, term):
        return any_of(queryset, [starting_with("review__slug", piece_slug(term))])

    @admin.display(description=_("piece"))
    def review_link(self, row):
        return link_to(row.review)


@admin.register(Quotation)
class QuotationAdmin(ReadOnlyAdmin):
    """Film stills that pieces quote, each with the passage that discusses it."""

    ordering = ["-pk"]
    list_display = ["__str__", "film", "review", "is_found", "created_at"]
    list_filter = ["is_found"]
    list_select_related = ["image", "review__film"]
    search_fields = ["image__key"]
    search_help_text = _("Beginning of a picture’s key")
    fields = readonly_fields = ["image", "shown", "film", "review_link", "passage_shown",
                                "is_found", "created_at"]  # fmt: skip

    def get_queryset(self, request):
        rows = super().get_queryset(request).exclude(review__status__in=UNSEEN)
        # Of a still that readers saw once, staff see where its passage is gone.
        return rows.exclude(image__status=Status.DELETED).exclude(image__published_at=None)

    def find(self, request, queryset, term):
        return queryset.filter(image__in=Image.objects.filter(key__startswith=term))

    @admin.display(description=_("with its credit"))
    def shown(self, row):
        return shown_picture(row.image)

    @admin.display(description=_("film"))
    def film(self, row):
        return row.review.film

    @admin.display(description=_("piece"))
    def review_link(self, row):
        return link_to(row.review)

    @admin.display(description=_("passage"))
    def passage_shown(self, row):
        return format_html('<q dir="auto">{}</q>', row.passage)


class HiddenFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("hidden", _("hidden")), ("lost", _("not found any more")), ("shown", _("shown again")),
        ]  # fmt: skip

    def queryset(self, request, queryset):
        match self.value():
            case "hidden":
                return queryset.in_force()
            case "lost":
                return queryset.lost()
            case "shown":
                return queryset.filter(lifted_at__isnull=False)
        return queryset


@admin.register(HiddenPassage)
class HiddenPassageAdmin(DecidingAdmin, ReadOnlyAdmin):
    nav_position = 20
    verbs = (Verb.SHOW_PASSAGE,)
    change_form_template = "admin/moderated_change_form.html"
    ordering = ["-pk"]
    list_display = ["piece", "state", "created_at"]
    list_filter = [HiddenFilter]
    list_select_related = ["review__film", "action__rule"]
    fields = readonly_fields = ["review_link", "text_shown", "state", "rule", "reason", "entry",
                                "created_at", "lifted_at"]  # fmt: skip

    def waiting(self, request):
        lost = self.get_queryset(request).lost().select_related(*self.list_select_related)
        yield Waiting(
            gettext("hidden passages not found any more"),
            changelist_url(HiddenPassage, "?state=lost"),
            lost.order_by("created_at"),
        )

    def sign(self, row):
        return mini(row.review.film) if row.review.film else ""

    def name(self, row):
        """Without its words: lists show none that may give something away."""
        return gettext("A passage, %(size)s") % {"size": size_of(row)}

    def meta(self, row):
        return format_html(gettext("In <bdi>{}</bdi>, {}"), row.review, row.action.entry)

    def kind(self, row):
        return row.review.get_kind_display()

    def language_of(self, row):
        return row.review.language

    def subject(self, row):
        return None if row.review.status in UNSEEN else row.review

    def verbs_for(self, row, user):
        return super().verbs_for(row, user) if row.is_in_force else []

    def act(self, row, verb, **record):
        if self.subject(row) is None:
            raise ValidationError(_("What it was about is no longer there."))
        row.review.show_passage(row, **{**record, "passage": ""})

    @admin.display(description=_("passage"))
    def piece(self, row):
        return self.tile(row)

    @admin.display(description=_("piece"))
    def review_link(self, row):
        return link_to(row.review)

    @admin.display(description=_("passage"))
    def text_shown(self, row):
        return format_html('<q dir="auto">{}</q>', row.text)

    @admin.display(description=_("state"))
    def state(self, row):
        if not row.is_in_force:
            return _("Shown again")
        return _("Hidden") if row.is_found else _("Not found any more")

    @admin.display(description=_("rule"))
    def rule(self, row):
        return row.action.rule or "–"

    @admin.display(description=_("reason"))
    def reason(self, row):
        return row.action.reason

    @admin.display(description=_("log entry"))
    def entry(self, row):
        return link_to(row.action)


@admin.register(Comment)
class CommentAdmin(WordsAdmin):
    nav_position = 10
    list_display = ["piece", "state", "report_count", "created_at"]
    list_filter = [StatusFilter]
    list_select_related = ["author", "review__film"]
    search_fields = ["author__username"]
    search_help_text = _("Beginning of the author’s username")
    fieldsets = [
        (_("The text"), {"fields": ["rendered"]}),
        (
            _("Where it stands"),
            {"fields": [("state", "created_at"), "author_link", "review_link", "parent_link"]},
        ),
        (_("Reports"), {"fields": ["reports_shown"]}),
        (_("Decisions"), {"fields": ["decisions_shown"]}),
    ]
    readonly_fields = [
        "rendered", "state", "author_link", "review_link", "parent_link", "reports_shown",
        "decisions_shown",
    ]  # fmt: skip

    def find(self, request, queryset, term):
        return any_of(queryset, [Q(author__in=members_called(term))])

    def sign(self, row):
        return mini(row.review.film)

    def name(self, row):
        return markdown.excerpt(row.safe_text, 120) or str(row)

    def meta(self, row):
        return format_html(
            gettext('Comment by <bdi>{}</bdi> on <cite dir="auto">{}</cite>'),
            row.author,
            row.review,
        )

    @admin.display(description=_("on"))
    def review_link(self, row):
        return link_to(row.review)

    @admin.display(description=_("in reply to"))
    def parent_link(self, row):
        return link_to(row.parent) if row.parent else "–"


@admin.register(Afterthought)
class AfterthoughtAdmin(WordsAdmin):
    nav_position = 15
    list_display = ["piece", "state", "report_count", "created_at"]
    list_filter = [StatusFilter, "milestone", "is_still"]
    list_select_related = ["author", "review__film"]
    search_fields = ["author__username"]
    search_help_text = _("Beginning of the author’s username")
    fieldsets = [
        (_("The text"), {"fields": ["is_still", "rendered"]}),
        (
            _("Where it stands"),
            {
                "fields": [
                    ("state", "created_at"), ("milestone", "edited_at"), "author_link",
                    "review_link",
                ]
            },
        ),
        (_("Reports"), {"fields": ["reports_shown"]}),
        (_("Decisions"), {"fields": ["decisions_shown"]}),
    ]  # fmt: skip
    readonly_fields = [
        "is_still", "rendered", "state", "created_at", "milestone", "edited_at", "author_link",
        "review_link", "reports_shown", "decisions_shown",
    ]  # fmt: skip

    def find(self, request, queryset, term):
        return any_of(queryset, [Q(author__in=members_called(term))])

    def sign(self, row):
        return mini(row.review.film)

    def name(self, row):
        return markdown.excerpt(row.safe_text, 120) or str(row)

    def meta(self, row):
        return format_html(
            gettext('Afterthought by <bdi>{}</bdi> on <cite dir="auto">{}</cite>, {}'),
            row.author,
            row.review,
            row.get_milestone_display(),
        )

    @admin.display(description=_("on"))
    def review_link(self, row):
        return link_to(row.review)


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    """When whom we ask whether a film is still with them; what they answered is elsewhere."""

    ordering = ["-pk"]
    list_display = ["__str__", "author", "due_at", "tell_at", "is_skipped"]
    list_select_related = ["author", "review"]
    search_fields = ["author__username"]
    search_help_text = _("Beginning of a username")
    fields = readonly_fields = ["review", "author", "milestone", "due_at", "tell_at", "is_skipped"]

    def find(self, request, queryset, term):
        return queryset.filter(author__in=members_called(term))


class OfMemberAdmin(ReadOnlyAdmin):
    """What a member noted of a film; the lists are for looking something up."""

    ordering = ["-pk"]
    list_select_related = ["member", "film"]
    search_fields = ["member__username"]
    search_help_text = _("Beginning of a username, or words of a film’s title")

    def find(self, request, queryset, term):
        return any_of(
            queryset, [Q(member__in=members_called(term)), Q(film__in=films_called(term))]
        )

    @admin.display(description=_("film"))
    def film_tile(self, row):
        return format_html(
            '<span class="tile">{}<span><span class="name" dir="auto">{}</span>'
            '<span class="meta"><bdi>{}</bdi></span></span></span>',
            mini(row.film),
            row.film,
            row.member,
        )


@admin.register(TextRule)
class TextRuleAdmin(StaffAdmin):
    ordering = ["kind", "text"]
    list_display = ["__str__", "outcome", "rule", "note", "is_active"]
    list_filter = ["kind", "outcome", "is_active"]
    list_select_related = ["rule"]
    search_fields = ["text"]
    fields = ["kind", "text", "outcome", "rule", "note", "is_active"]

    def may_be_deleted(self, row):
        return True


@admin.register(Rating)
class RatingAdmin(OfMemberAdmin):
    list_display = ["film_tile", "stars", "rated_at"]

    @admin.display(description=_("stars"))
    def stars(self, row):
        return gettext("%(stars)s stars") % {"stars": row}


@admin.register(Viewing)
class ViewingAdmin(OfMemberAdmin):
    list_display = ["film_tile", "date", "created_at"]

    @admin.display(description=_("seen"))
    def date(self, row):
        if row.is_unfinished:
            return ", ".join(filter(None, [gettext("Did not finish"), row.date_text]))
        return row.date_text or _("Seen, no date")


@admin.register(Keeping)
class KeepingAdmin(OfMemberAdmin):
    list_display = ["film_tile", "kept_at"]


@admin.register(Mark)
class MarkAdmin(ReadOnlyAdmin):
    ordering = ["-pk"]
    list_display = ["__str__", "member", "review", "created_at"]
    list_select_related = ["member", "review"]
    search_fields = ["member__username"]
    search_help_text = _("Beginning of a username")
    fields = readonly_fields = ["kind", "member", "review", "created_at"]

    def find(self, request, queryset, term):
        return queryset.filter(member__in=members_called(term))


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    """That there is a copy of everything; it is for its member alone."""

    ordering = ["-pk"]
    list_display = ["__str__", "member", "asked_at", "made_at", "given_up_at"]
    list_select_related = ["member"]
    search_fields = ["member__username"]
    search_help_text = _("Beginning of a username")
    fields = readonly_fields = ["member", "asked_at", "attempts", "due_at", "made_at", "bytes",
                                "given_up_at"]  # fmt: skip

    def find(self, request, queryset, term):
        return queryset.filter(member__in=members_called(term))


class OfAuthorAdmin(ReadOnlyAdmin):
    """That there is such a text; its words are for its author alone."""

    ordering = ["-pk"]
    list_select_related = ["author"]
    search_fields = ["author__username"]
    search_help_text = _("Beginning of a username")

    def find(self, request, queryset, term):
        return queryset.filter(author__in=members_called(term))


@admin.register(WorkingCopy)
class WorkingCopyAdmin(OfAuthorAdmin):
    list_display = ["__str__", "author", "saved_at"]
    fields = readonly_fields = ["author", "saved_at"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("fields")


@admin.register(LeftText)
class LeftTextAdmin(OfAuthorAdmin):
    list_display = ["__str__", "author", "left_at"]
    fields = readonly_fields = ["author", "left_at", "word_count"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("title", "lead", "body")
