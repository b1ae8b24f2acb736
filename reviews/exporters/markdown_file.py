"""One piece as a Markdown file: its facts at the head, then its text as it was typed.

The same writer for the file that a reader takes along and for the author's own archive.
"""

import json
import re

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from films.citing import escaped
from films.models import Image
from films.templatetags.pictures import credit_lines, signs_addresses
from reviews.models.viewing import partial_date_iso
from users.models import Status

# JSON lets these stand in a string. To YAML they end a line, or may not be there at all; and
# what turns the direction of text would do it to the lines that follow.
ESCAPED = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
PICTURE = re.compile(
    r"!\[(?P<alt>(?:[^\[\]\\]|\\.){0,1000})\]\([ \n]*<?image:(?P<key>[\w-]{1,80})>?[^()\n]{0,300}\)"
)
NAMED = re.compile(
    r"^(?P<name> {0,3}\[[^\[\]\n]{1,200}\]:[ ]*)<?image:(?P<key>[\w-]{1,80})>?", re.M
)


def facts_of(piece, themes, origin):
    film = piece.film
    return {
        "title": piece.title,
        "author": piece.author.name,
        "film": piece.film_title,
        "film_year": piece.film_year,
        "film_address": origin + film.get_absolute_url() if film else "",
        "imdb": film.imdb_id or "" if film and not film.is_withdrawn else "",
        "kind": piece.kind,
        "status": piece.status,
        "address": origin + piece.get_absolute_url(),
        "written": piece.created_at,
        "published": piece.published_at,
        "goes_out": piece.publish_at,
        "edited": piece.edited_at,
        "seen": partial_date_iso(piece.seen_on, piece.seen_precision),
        "seen_as": piece.seen_as,
        "rating": piece.stars,
        "themes": themes,
        "language": piece.language,
        "license": piece.text_license,
        "license_name": piece.license.label,
        "license_address": piece.license.url,
        "tells_the_ending": piece.is_spoiler,
        "replies": piece.comment_policy,
        "answers": origin + piece.answers_to.get_absolute_url() if piece.answers_to_id else "",
    }


def head_of(facts):
    """Front matter in YAML, of which JSON's values are a part."""
    lines = (
        f"{name}: {as_yaml(value)}\n"
        for name, value in facts.items()
        if value not in (None, "", [])
    )
    return f"---\n{''.join(lines)}---\n"


def as_yaml(value):
    written = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def markdown_of(piece, facts):
    """As its author keeps it."""
    return f"{head_of(facts)}\n{lead_of(piece)}{piece.body}\n"


def lead_of(piece):
    return f"*{piece.lead.strip()}*\n\n" if piece.lead.strip() else ""


# For readers

LEFT_OUT = _lazy(
    "Moderators have hidden words of this. They cannot be told from the rest as it was typed, so "
    "more than those words is left out."
)


def markdown_for_reader(piece, origin):
    """What the piece's page shows, for whoever may see it; `piece` comes from `for_page`."""
    images = shown_images(piece)
    facts = facts_of(piece, [theme.name for theme in piece.theme_list], origin)
    for private in ("status", "written") if piece.is_published else ():
        del facts[private]
    del facts["replies"]
    if not (piece.answers_to_id and piece.answers_to.is_published):
        facts["answers"] = ""
    facts["license_allows"] = str(piece.license_allows)
    facts["pictures"] = [picture_facts(image, origin) for image in images.values()]
    body, is_whole = piece.source_kept()
    text = with_pictures(body, images, origin)
    top = f"{head_of(facts)}\n{small_print(piece, origin)}\n\n"
    if not is_whole:
        top += f"{escaped(LEFT_OUT)}\n\n"
    return f"{top}{lead_of(piece)}{text}\n{credits_of(images, origin)}"


def small_print(piece, origin):
    """Whose it is, and what it gives away, before anything else: it must not get lost on the way."""
    year = f", {timezone.localtime(piece.published_at).year}" if piece.published_at else ""
    license_ = piece.license
    named = f"[{license_.label}]({license_.url})" if license_.url else str(license_.label)
    allows = f": {escaped(piece.license_allows)}" if piece.license_allows else "."
    lines = [f"© {escaped(piece.author.name)}{year}. {named}{allows}"]
    lines.append(f"<{origin}{piece.get_absolute_url()}>")
    if piece.is_spoiler:
        lines.append(escaped(_("This tells how %(film)s ends.") % {"film": piece.film_title}))
    return "\\\n".join(lines)


def shown_images(piece):
    """{key: Image} in their order, the one at the head first."""
    hero, rows = piece.hero, [row.image for row in piece.review_images.all()]
    rows.sort(key=lambda image: image != hero)
    return {
        image.key: image for image in rows if image.status != Status.DRAFT or not piece.is_published
    }


def picture_facts(image, origin):
    page = origin + image.get_absolute_url()
    if image.is_taken_down:
        return {"key": image.key, "page": page, "taken_down": True}
    facts = {
        "key": image.key,
        "page": page,
        "title": image.title,
        "creator": "" if image.creator_is_unknown else image.creator_name,
        "license": image.license.name if image.license else "",
        "license_address": image.license.url if image.license else "",
        "source": image.source_url,
        "changes": image.changes,
    }
    return {name: value for name, value in facts.items() if value}


def with_pictures(text, images, origin):
    """A picture's name in the text becomes the picture, leading to the page with its credit."""

    def draw(found):
        image = images.get(found["key"])
        if image is None:
            return ""
        page = origin + image.get_absolute_url()
        if image.is_taken_down:
            return f"[{_('A picture was taken down.')}]({page})"
        file = file_of(image, origin)
        return f"[![{found['alt']}]({file})]({page})" if file else f"[{found['alt']}]({page})"

    def name(found):
        image = images.get(found["key"])
        if image is None:
            return found["name"] + "<>"
        page = origin + image.get_absolute_url()
        return found["name"] + ((not image.is_taken_down and file_of(image, origin)) or page)

    return NAMED.sub(name, PICTURE.sub(draw, text))


def file_of(image, origin):
    """An address that lasts, or nothing."""
    if not image.url or signs_addresses():
        return ""
    return image.url if image.url.startswith(("http://", "https://")) else origin + image.url


def credits_of(images: dict[str, Image], origin):
    shown = [image for image in images.values() if not image.is_taken_down and image.license]
    if not shown:
        return ""
    lines = []
    for image in shown:
        _text, _html, (_id, _name, markdown) = credit_lines(
            image, origin + image.get_absolute_url()
        )
        source = f", <{image.source_url}>" if image.source_url else ""
        lines.append(f"- {markdown}{source}\n")
    return f"\n---\n\n{_('Pictures')}\n\n{''.join(lines)}"
