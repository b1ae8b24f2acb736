"""Plain functions that make rows for tests, through the site's own verbs where there is one."""

import itertools

from django.contrib.auth.models import Group
from django.utils import timezone

from films.models import (
    Country,
    Credit,
    Film,
    FilmCountry,
    FilmTheme,
    Image,
    License,
    Person,
    Theme,
)
from films.normalize import piece_slug
from reviews.models import Afterthought, Comment, Review
from users.models import User
from users.moderation import Status

numbers = itertools.count(1)
GROUPS = {"moderator": "Moderators", "editor": "Editors"}
REASON = "It names a neighbour."


def make_user(username=None, role=None, **fields):
    username = username or f"member{next(numbers)}"
    fields.setdefault("email", f"{username}@example.org")
    user = User(username=username, is_staff=role is not None, **fields)
    user.set_password("a long password")
    user.save()
    if role:
        user.groups.add(Group.objects.get(name=GROUPS[role]))
    return user


def make_country(code, name=None, **fields):
    fields.setdefault("region", "Asia")
    fields.setdefault("slug", (name or code).lower().replace(" ", "-"))
    country, _ = Country.objects.get_or_create(
        code=code, defaults={"name": name or f"Country {code}", **fields}
    )
    return country


def make_theme(name, **fields):
    theme = Theme.objects.filter(name=name).first()
    if theme is None:
        theme = Theme(name=name, slug=piece_slug(name), is_accepted=True, **fields)
        theme.save()
    return theme


def make_person(name, **fields):
    person, is_new = Person.objects.get_or_create(
        name=name, defaults={"slug": piece_slug(name), "sort_name": name.lower(), **fields}
    )
    if is_new:
        Person.objects.index_words([person])
    return person


def make_film(title=None, year=2013, *, countries=("KR",), themes=(), directors=(), cast=(),
              **fields):  # fmt: skip
    """A published film; `themes` are names, from the catalogue, most important first."""
    film = Film(title=title or f"Film {next(numbers)}", year=year, **fields)
    film.status = fields.get("status", Status.PUBLISHED)
    film.published_at = film.published_at or timezone.now()
    film.save()
    for position, code in enumerate(countries):
        FilmCountry.objects.create(film=film, country=make_country(code), position=position)
    for role, names in (("director", directors), ("cast", cast)):
        for position, name in enumerate(names):
            Credit.objects.create(film=film, person=make_person(name), role=role, position=position)
    for position, name in enumerate(themes):
        row = FilmTheme(content_object=film, tag=make_theme(name), position=position)
        row.weigh()
        row.save()
    film.choose_card()
    film.set_card_lines()
    film.save()
    film.count_publication(1)
    return film


def make_review(author=None, film=None, *, words=450, status="published", themes=(), **fields):
    """An essay (`words` of 400 and more) or a note, in the given status."""
    author, film = author or make_user(), film or make_film()
    fields.setdefault("body", "rain " * words)
    fields.setdefault("title", f"Piece {next(numbers)}" if words >= 400 else "")
    at = fields.pop("published_at", None)
    piece = Review(author=author, film=film, **fields)
    piece.save()
    piece.render()
    piece.save()
    piece.set_themes(themes)
    if status != "draft":
        piece.publish(by=author, at=at)
    bring_to(piece, status)
    return piece


def bring_to(row, status):
    """From published to another status, by whoever may."""
    if status == "deleted":
        row.delete_by_owner(by=row.owner)
    elif status in ("held", "hidden", "removed"):
        verb = {"held": row.hold, "hidden": row.hide, "removed": row.remove}[status]
        verb(by=make_user(role="moderator"), reason=REASON)


def make_comment(review=None, author=None, *, body="So did mine.", status="published", **fields):
    review, author = review or make_review(), author or make_user()
    comment = Comment(review=review, author=author, body=body, **fields)
    comment.save()
    comment.render()
    comment.save()
    comment.publish(by=author)
    bring_to(comment, status)
    return comment


def make_afterthought(review=None, *, is_still=True, text="", milestone="year",
                      status="published", **fields):  # fmt: skip
    review = review or make_review()
    row = Afterthought.objects.answer(
        review.question, milestone, is_still=is_still, text=text, is_kept=status == "draft",
        **fields,
    )  # fmt: skip
    bring_to(row, status)
    return row


def make_image(uploaded_by=None, *, status="published", **fields):
    """A picture's record, without files."""
    owner = uploaded_by or make_user()
    given = {
        "title": "Evening Breeze",
        "creator_name": "Asahachi Kono",
        "source_url": "https://example.org/evening-breeze",
        "license": License.objects.get(pk="CC0-1.0"),
        "alt_text": "Two people beside water.",
        "width": 1600,
        "height": 900,
        "sha256": f"{next(numbers):064x}",
    }
    image = Image(uploaded_by=owner, **{**given, **fields})
    image.save()
    if status != "draft":
        image.publish(by=owner)
        bring_to(image, status)
    return image
