"""The demo community, loaded through the site's own verbs, with the dates at which they were
used. Everything of it in one transaction: it is there as a whole, or not at all."""

import datetime
import json
import secrets
from pathlib import Path

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime

from films.milestones import passed
from films.models import Film, FilmImage, FilmTheme, Image, License, Theme
from reviews.models import Afterthought, Comment, Mark, Rating, Review, ReviewImage, Revision
from reviews.models.viewing import parse_partial_date
from users.models import Report, Rule, User

HERE = Path(__file__).parent
GROUPS = {"moderator": "Moderators", "editor": "Editors"}
DECISIONS = {
    "hidden": "hide", "held": "hold", "removed": "remove", "restored": "restore", "labelled": "label",
}  # fmt: skip
MARKS = {"useful": Mark.Kind.USEFUL, "stayed_with_me": Mark.Kind.STAYED}
STEPS = (
    "members", "images", "film_images", "ratings", "essays", "notes", "theme_votes", "comments",
    "afterthoughts", "marks", "reports",
)  # fmt: skip

# A theme stands on a film before anybody can disagree with it.
ORDER = {"theme_votes": lambda record: record["value"] != "agree"}


def is_loaded():
    return User.objects.filter(username=first_member()).exists()


def first_member():
    return next(rows("members"))["username"]


def rows(name):
    folder = "pictures" if name == "images" else "community"
    with (HERE / folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def noon(date):
    return datetime.datetime.combine(parse_date(date), datetime.time(12), tzinfo=datetime.UTC)


def load(progress):
    """Load everything; `progress(step, total)` gives a function to call after each row.

    Returns [(role, username, password)], one sign-in for each role.
    """
    loader = Loader()
    try:
        with transaction.atomic():
            for step in STEPS:
                records = sorted(rows(step), key=ORDER.get(step, lambda record: 0))
                advance = progress(step, len(records))
                for record in records:
                    getattr(loader, f"add_{step}")(record)
                    advance()
            loader.set_passwords()
    except BaseException:
        loader.discard_files()
        raise
    return loader.sign_ins


class Loader:
    def __init__(self):
        self.members, self.images, self.pieces, self.comments = {}, {}, {}, {}
        self.comment_order, self.sign_ins = [], []
        self.licenses = License.objects.in_bulk()
        self.rules = {rule.number: rule for rule in Rule.objects.order_by("number")}
        self.themes = {theme.slug: theme for theme in Theme.objects.order_by("pk")}
        self.films = {
            (film.title, film.year, film.film_countries.all()[0].country_id): film
            for film in Film.objects.published().prefetch_related("film_countries")
        }

    def film(self, record):
        film = record["film"]
        return self.films[film["title"], film["year"], film["country"]]

    def add_members(self, record):
        name = record["username"]
        user = User(
            username=name,
            email=f"{name}@example.org",
            display_name=record["display_name"],
            about=record["bio"],
            language=record["languages"][0],
            date_joined=noon(record["joined"]),
            is_staff=record["role"] in GROUPS,
        )
        user.set_unusable_password()
        user.save()
        if record["role"] in GROUPS:
            user.groups.add(Group.objects.get(name=GROUPS[record["role"]]))
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        self.members[name] = user

    def set_passwords(self):
        """One sign-in for each role: a random password, kept nowhere but with the operator."""
        for role in ("member", "editor", "moderator"):
            record = next(row for row in rows("members") if row["role"] == role)
            user, password = self.members[record["username"]], secrets.token_urlsafe(9)
            user.set_password(password)
            user.save(update_fields=["password"])
            self.sign_ins.append((role, user.username, password))

    def add_images(self, record):
        owner = self.members[record.get("own_work_of") or first_member()]
        with (HERE / "pictures" / record["file"]).open("rb") as file:
            image = Image.objects.upload(
                file,
                by=owner,
                key=record["key"],
                title=record["title"],
                creator_name=record["creator"] or "",
                creator_is_unknown=not record["creator_known"],
                source_url=record["source_url"],
                is_own_work="own_work_of" in record,
                license=self.licenses[record["license"]],
                alt_text=record["alt_text"],
            )
        self.images[image.key] = image
        image.created_at = owner.date_joined
        image.save(update_fields=["created_at"])
        image.publish(by=owner, at=owner.date_joined)
        if "own_work_of" not in record:  # a member's own waits for staff
            day_after = owner.date_joined + datetime.timedelta(days=1)
            image.check_credit(by=self.moderator_beside(owner), at=day_after)

    def moderator_beside(self, owner):
        staff = (row["username"] for row in rows("members") if row["role"] == "moderator")
        return next(self.members[name] for name in staff if self.members[name] != owner)

    def discard_files(self):
        for image in self.images.values():
            image.discard_files()

    def add_film_images(self, record):
        film = self.film(record)
        row = FilmImage.objects.create(
            film=film,
            image=self.images[record["image"]],
            caption=record["caption"],
            added_by=self.members[record["added_by"]],
            position=film.film_images.count(),
        )
        FilmImage.objects.filter(pk=row.pk).update(added_at=noon(record["added_on"]))

    def add_ratings(self, record):
        Rating.objects.rate(
            self.film(record),
            by=self.members[record["member"]],
            value=round(record["value"] * 2),
            at=noon(record["rated_on"]),
        )

    def add_theme_votes(self, record):
        film, theme = self.film(record), self.themes[record["theme"]]
        member, at = self.members[record["member"]], noon(record["voted_on"])
        agrees = record["value"] == "agree"
        if agrees and not FilmTheme.objects.filter(content_object=film, tag=theme).exists():
            film.add_theme(theme.name, by=member, at=at)
        else:
            film.vote_theme(theme, by=member, agrees=agrees, at=at)

    def add_essays(self, record):
        earlier = record.get("revisions", [])
        bodies = [*(revision["body"] for revision in earlier), record["body"]]
        piece = self.new_piece(record, body=bodies[0])
        piece.title, piece.lead = record["title"], record["lead"]
        piece.text_license = record["text_license"]
        piece.is_spoiler = record["spoiler_flag"]
        if record.get("publish_at"):
            piece.publish_at = parse_datetime(record["publish_at"])
        if record.get("responds_to"):
            piece.answers_to = self.pieces[record["responds_to"]]
        self.save_piece(piece, record)
        for revision, body in zip(earlier, bodies[1:], strict=True):
            self.revise(
                piece, body, note=revision["note"], at=parse_datetime(revision["replaced_at"])
            )
        hero = record["hero_image"]
        if hero:
            self.add_picture(piece, hero, ReviewImage.Role.HERO, 0)
        for position, key in enumerate(record["images"], start=1):
            self.add_picture(piece, key, ReviewImage.Role.FIGURE, position)

    def revise(self, piece, body, *, note, at):
        before = piece.weight
        piece.body, piece.edited_at = body, at
        piece.render()
        piece.rank = piece.terms().rank
        piece.save()
        piece.count_words(piece.weight - before)
        Revision.objects.keep(piece, note=note, at=at)
        piece.index_words(is_public=True)
        Review.objects.filter(pk=piece.pk).update(updated_at=at)

    def add_notes(self, record):
        self.save_piece(self.new_piece(record, body=record["text"]), record)

    def new_piece(self, record, *, body):
        seen_on, precision = parse_partial_date(record["watched_on"])
        rating = record["rating"]
        return Review(
            author=self.members[record["author"]],
            film=self.film(record),
            body=body,
            language=record["language"],
            rating=round(rating * 2) if rating else None,
            seen_on=seen_on,
            seen_precision=precision,
        )

    def save_piece(self, piece, record):
        piece.save()
        piece.render()
        piece.save()
        piece.set_themes([self.themes[slug].name for slug in record["themes"]])
        self.pieces[record["id"]] = piece
        if record.get("status") == "draft":
            at = parse_datetime(record["saved_at"])
        else:
            at = parse_datetime(record["published_at"])
            piece.publish(by=piece.author, at=at)
        Review.objects.filter(pk=piece.pk).update(created_at=at, updated_at=at)

    def add_picture(self, piece, key, role, position):
        ReviewImage.objects.create(
            review=piece, image=self.images[key], role=role, position=position
        )

    def add_comments(self, record):
        at = parse_datetime(record["created_at"])
        comment = Comment(
            review=self.pieces[record["essay"]],
            author=self.members[record["author"]],
            body=record["text"],
            language=record["language"],
            created_at=at,
        )
        if record["parent"] is not None:
            comment.parent = self.comment_order[record["parent"]]
        comment.save()
        comment.render()
        comment.save()
        comment.publish(by=comment.author, at=at)
        self.comments[record["id"]] = comment
        self.comment_order.append(comment)

    def add_afterthoughts(self, record):
        question, at = self.pieces[record["essay"]].question, noon(record["date"])
        Afterthought.objects.answer(
            question,
            passed(question.review.published_at, at),
            is_still=record["still_with_me"],
            text=record["text"],
            at=at,
        )

    def add_marks(self, record):
        Mark.objects.give(
            self.pieces[record["essay"]],
            by=self.members[record["member"]],
            kind=MARKS[record["kind"]],
            at=parse_datetime(record["marked_at"]),
        )

    def add_reports(self, record):
        target = self.target(record["target"])
        at = parse_datetime(record["created_at"])
        if record["record"] == "action":
            number = record["rule"].split()[0]
            getattr(target, DECISIONS[record["decision"]])(
                by=User.objects.get(username=record["moderator"]),
                at=at,
                rule=self.rules[int(number)] if number.isdigit() else None,
                reason=record["reason"],
                passage=record["quote"],
                passage_is_spoiler=record["quote_is_spoiler"],
            )
            type(target).objects.filter(pk=target.pk).update(updated_at=at)
            return
        Report.objects.create(
            target=target,
            target_title=target.moderation_title()[:250],
            reporter=self.members[record["reporter"]],
            reason=record["reason"],
            note=record["note"],
            created_at=at,
        )

    def target(self, target):
        places = {
            "essay": self.pieces, "note": self.pieces, "comment": self.comments, "image": self.images,
        }  # fmt: skip
        if target["kind"] == "film":
            return Film.objects.get(slug=target["id"])
        return places[target["kind"]][target["id"]]
