"""The credit of a picture, to be copied: as lines, and whole for machines."""

import json
import re

from django.utils.html import format_html
from django.utils.translation import gettext as _

from films.structured import without_gaps
from users.addresses import absolute

SIGNS = re.compile(r"([\\`*_\[\]<>#|~])")


def escaped(text):
    """As plain words of Markdown."""
    return SIGNS.sub(r"\\\1", str(text))


def lines(image, address):
    """(id, name, text) of the credit, to copy into a text, an HTML page or Markdown."""
    maker = _("maker not known") if image.creator_is_unknown else image.creator_name
    license_, changes = image.license, f", {image.changes}" if image.changes else ""
    plain = f"“{image.title}”, {maker}, {license_.name}{changes}"
    html = format_html('<a href="{}">{}</a>, {}, {}{}', address, image.title, maker,
                       format_html('<a href="{}" rel="license">{}</a>', license_.url, license_.name)
                       if license_.url else license_.name, changes)  # fmt: skip
    linked = f"[{license_.name}]({license_.url})" if license_.url else license_.name
    markdown = f"[{escaped(image.title)}]({address}), {escaped(maker)}, {linked}{escaped(changes)}"
    # The page escapes it once more: whoever copies it gets the tags.
    return [
        ("text", _("Text"), plain),
        ("html", "HTML", "".join(html)),
        ("md", "Markdown", markdown),
    ]


def record(image, request):
    """Who made it and on what terms, for machines. An unknown maker is None; what else is not known
    is missing."""
    license_ = image.license
    maker = without_gaps({"name": image.creator_name, "url": image.creator_url})
    known = {
        "title": image.title,
        "license": without_gaps({"id": license_.pk, "name": license_.name, "url": license_.url}),
        "source": image.source_url,
        "changes": image.changes,
        "page": absolute(request, image.get_absolute_url()),
    }
    return {"creator": None if image.creator_is_unknown else maker} | without_gaps(known)


def whole_record(image, request):
    """As `record`, with the lines, and with the files that everybody may fetch."""
    found = record(image, request) | {
        "description": image.alt_text,
        "is_own_work": image.is_own_work,
        "sha256_of_original": image.sha256,
    }
    found["credit"] = {id_: text for id_, _name, text in lines(image, found["page"])}
    found["files"] = [
        {
            "type": f"image/{file['format']}",
            "width": file["width"],
            "height": file["height"],
            "url": absolute(request, image.address_of(file)),
        }
        for file in (image.derivatives if image.is_public else ())
    ]
    return found


def as_text(found):
    return json.dumps(found, ensure_ascii=False)
