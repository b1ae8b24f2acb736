"""Everything that a member made or said here, as one ZIP that opens without this software.

`essays/`, `notes/` and `drafts/` hold a Markdown file for each piece, with its facts at the head;
JSON and CSV files the rest; `pictures/` the files that were uploaded, with `credits.csv`;
`checksums.sha256` is what `sha256sum -c` reads.
"""

import hashlib
import json
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from allauth.account.models import EmailAddress
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from films.models import ThemeVote
from films.models.files import WITHOUT_FILES
from reviews.exporters.markdown_file import facts_of, markdown_of
from reviews.models import Afterthought, ReviewTheme, Revision
from users.moderation import Status
from users.second_factor import SecondFactor
from users.sessions import sessions_of
from users.spreadsheets import table

README = _(
    "This is everything that {name} made or said on {origin}, as of {date}.\n\n"
    "essays/, notes/, drafts/   one Markdown file for each piece\n"
    "pieces.json                the same pieces with all their facts\n"
    "versions/                  one file for each version that was published, with your note\n"
    "unpublished.json           changes that were not published, and texts that were not kept\n"
    "replies.json               replies to other pieces\n"
    "ratings.csv                half stars from 1 to 10\n"
    "viewings.csv               when which film was seen, as far as it was said\n"
    "later.csv                  films kept for later\n"
    "marks.csv                  what was said of pieces by one press\n"
    "votes.csv                  what films are about, agreed to or not\n"
    "reports.json               what was reported, and what came of it\n"
    "pictures/, credits.csv     pictures as they were uploaded, and their credits\n"
    "corrections.json           what you corrected in credits of pictures\n"
    "account.json               the account, its settings, and where you are signed in\n"
    "checksums.sha256           to be read by “sha256sum -c”\n"
)


class Archive:
    """A ZIP that is being written; sums up each member."""

    def __init__(self, file):
        self.zip, self.sums, self.names = ZipFile(file, "w", ZIP_DEFLATED), [], set()

    def add(self, name, data, compress=True):
        path = PurePosixPath(name)
        number = 2
        while name in self.names:
            name = str(path.with_stem(f"{path.stem}-{number}"))
            number += 1
        self.names.add(name)
        data = data.encode() if isinstance(data, str) else data
        self.zip.writestr(name, data, ZIP_DEFLATED if compress else ZIP_STORED)
        self.sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")

    def add_json(self, name, rows):
        self.add(name, json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))

    def add_csv(self, name, head, rows):
        self.add(name, table(head, rows))

    def close(self):
        self.zip.writestr("checksums.sha256", "".join(self.sums))
        self.zip.close()


def write(file, member, origin, date):
    """Write the ZIP of `member` into `file`. Memory holds one piece or one picture at a time."""
    archive = Archive(file)
    archive.add("README.txt", README.format(name=member.name, origin=origin, date=date))
    add_pieces(archive, member, origin)
    add_marks(archive, member, origin)
    add_presses(archive, member, origin)
    add_votes(archive, member, origin)
    add_reports(archive, member)
    add_pictures(archive, member)
    archive.add_json("account.json", account_of(member))
    archive.close()


def add_pieces(archive, member, origin):
    themes = {}
    rows = ReviewTheme.objects.filter(content_object__author=member).order_by("position")
    for piece, theme in rows.values_list("content_object", "tag__name"):
        themes.setdefault(piece, []).append(theme)
    afterthoughts = {}
    for row in Afterthought.objects.standing().by(member).order_by("created_at", "pk"):
        afterthoughts.setdefault(row.review_id, []).append(afterthought_of(row))
    every = []
    pieces = member.reviews.select_related("film", "author", "answers_to").order_by("pk")
    for piece in pieces.iterator(chunk_size=100):
        facts = facts_of(piece, themes.get(piece.pk, []), origin)
        facts["afterthoughts"] = afterthoughts.get(piece.pk, [])
        every.append(facts | {"lead": piece.lead, "body": piece.body})
        folder = "drafts" if piece.status == Status.DRAFT else f"{piece.kind}s"
        name = piece.slug or f"{piece.kind}-{piece.pk}"
        archive.add(f"{folder}/{name}.md", markdown_of(piece, facts))
    archive.add_json("pieces.json", every)
    add_versions(archive, member)
    add_unpublished(archive, member)
    replies = member.comments.select_related("review").order_by("pk")
    archive.add_json(
        "replies.json",
        [
            {
                "to": origin + reply.review.get_absolute_url(),
                "written": reply.created_at,
                "status": reply.status,
                "waits_for_approval": reply.is_waiting,
                "body": reply.body,
            }
            for reply in replies.iterator(chunk_size=500)
        ],
    )


def add_unpublished(archive, member):
    """Beside the pieces: what their author has not decided about, or against."""
    changes = member.working_copies.order_by("pk")
    left = member.left_texts.order_by("pk")
    archive.add_json(
        "unpublished.json",
        {
            "changes": [
                {"piece": copy.review_id, "saved": copy.saved_at, **copy.fields}
                for copy in changes.iterator(chunk_size=100)
            ],
            "not_kept": [
                {
                    "piece": text.review_id,
                    "left": text.left_at,
                    "title": text.title,
                    "lead": text.lead,
                    "body": text.body,
                    "language": text.language,
                }
                for text in left.iterator(chunk_size=100)
            ],
        },
    )


def add_versions(archive, member):
    rows = Revision.objects.filter(review__author=member).select_related("review")
    for row in rows.order_by("review", "number").iterator(chunk_size=20):
        piece = row.review
        facts = {
            "title": row.title,
            "version": row.number,
            "published": row.created_at,
            "what_changed": row.note,
            "language": row.language,
            "tells_the_ending": row.is_spoiler,
        }
        name = piece.slug or f"{piece.kind}-{piece.pk}"
        archive.add(f"versions/{name}/{row.number}.md", markdown_of(row, facts))


def afterthought_of(row):
    return {
        "after": row.milestone,
        "date": row.created_at,
        "still_with_me": row.is_still,
        "text": row.text,
        "status": row.status,
        "edited": row.edited_at,
    }


FILM = ["film", "year", "imdb", "address"]


def film_cells(film, origin):
    return [film.title, film.year, film.imdb_id or "", origin + film.get_absolute_url()]


def add_marks(archive, member, origin):
    """What the member noted of films, one table for each kind."""

    def add_table(name, rows, head, cells):
        rows = rows.select_related("film").order_by("pk").iterator(chunk_size=500)
        lines = ([*film_cells(row.film, origin), *cells(row)] for row in rows)
        archive.add_csv(name, [*FILM, *head], lines)

    add_table(
        "ratings.csv",
        member.ratings,
        ["half_stars", "date"],
        lambda row: [row.value, row.rated_at.isoformat()],
    )
    add_table(
        "viewings.csv",
        member.viewings,
        ["seen", "precision", "did_not_finish", "seen_as"],
        lambda row: [
            row.seen_on or "",
            row.seen_precision,
            int(row.is_unfinished),
            row.seen_as,
        ],
    )
    add_table("later.csv", member.keepings, ["kept"], lambda row: [row.kept_at.isoformat()])


def add_votes(archive, member, origin):
    votes = ThemeVote.objects.filter(member=member).order_by("pk")
    votes = votes.select_related("film_theme__tag", "film_theme__content_object")
    lines = (
        [
            *film_cells(vote.film_theme.content_object, origin),
            vote.film_theme.tag.name,
            int(vote.agrees),
            vote.voted_at.isoformat(),
        ]
        for vote in votes.iterator(chunk_size=500)
    )
    archive.add_csv("votes.csv", [*FILM, "theme", "agrees", "date"], lines)


def add_presses(archive, member, origin):
    marks = member.marks.select_related("review").order_by("pk").iterator(chunk_size=500)
    lines = (
        [str(mark.review), origin + mark.review.get_absolute_url(), mark.kind,
         mark.created_at.isoformat()]
        for mark in marks
    )  # fmt: skip
    archive.add_csv("marks.csv", ["piece", "address", "mark", "date"], lines)


def add_reports(archive, member):
    reports = member.reports.select_related("settled_by").order_by("pk")
    archive.add_json(
        "reports.json",
        [
            {
                "about": report.target_title,
                "reason": report.reason,
                "passage": report.passage,
                "note": report.note,
                "date": report.created_at,
                "outcome": report.settled_by and report.settled_by.verb,
            }
            for report in reports
        ],
    )


def add_pictures(archive, member):
    rows = []
    images = member.images.select_related("license", "quotation").order_by("pk")
    for image in images.prefetch_related("permission_proofs"):
        name = add_original(archive, image)
        rows.append(
            [name, image.title, image.creator_name, image.creator_url, image.source_url,
             *license_of(image), image.creator_is_unknown, image.is_own_work, image.alt_text,
             image.is_decorative, image.changes, image.status,
             image.permission, "\n\n".join(row.text for row in image.permission_proofs.all()),
             passage_of(image)]
        )  # fmt: skip
    head = ["file", "title", "creator", "creator_address", "source", "license", "license_id", "license_address",
            "creator_is_unknown", "is_own_work", "description", "is_decorative", "changes", "status",
            "permission", "proof", "quoted_for"]  # fmt: skip
    archive.add_csv("credits.csv", head, rows)
    changes = member.credit_changes.select_related("image").order_by("pk")
    archive.add_json(
        "corrections.json",
        [
            {"picture": row.image.key, "date": row.at, "before": row.before, "after": row.after}
            for row in changes
        ],
    )


def add_original(archive, image):
    """What it is called there. Where the file is lost, or taken down, only the record is there."""
    if image.status in WITHOUT_FILES:
        return ""
    name = f"pictures/{PurePosixPath(image.original.name).name}"
    try:
        with image.original.open("rb") as file:
            archive.add(name, file.read(), compress=False)
    except OSError:
        return ""
    return name


def license_of(image):
    row = image.license
    return (row.name, row.pk, row.url) if row else ("", "", "")


def passage_of(image):
    quotation = getattr(image, "quotation", None)
    return quotation.passage if quotation else ""


def account_of(member):
    fields = ("username", "display_name", "email", "about", "language", "time_zone", "display",
              "text_size", "measure", "spoilers", "text_license", "picture_license", "is_asked", "shows_diary", "channels",
              "date_joined", "last_login")  # fmt: skip
    addresses = EmailAddress.objects.filter(user=member).order_by("-primary", "email")
    factor = SecondFactor.of(member)
    return {name: getattr(member, name) for name in fields} | {
        "addresses": list(addresses.values("email", "verified", "primary")),
        "second_factor_since": factor.since,
        "recovery_codes_left": factor.codes_left,
        "signed_in": [
            {"device": str(row), "since": row.began_at, "last_seen": row.seen_on}
            for row in sessions_of(member)
        ],
    }
