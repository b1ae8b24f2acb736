"""Pictures that are here twice: the same file, or one that looks the same."""

from typing import NamedTuple

from films.looks import NEAR, PLAIN, distance
from films.models.image import LOOK_FIELDS, Image
from users.moderation import Status

MOST = 200  # rows that one look-up brings


class Twin(NamedTuple):
    image: Image
    is_same_file: bool
    bits: int  # of 64, in which their looks differ


def twins_of(images):
    """{key of a row: its twins, the likest first}, by five look-ups however many `images` are.
    Drafts and what was taken back are nobody else's to know of."""
    found = {}
    for condition in conditions(images):
        rows = Image.objects.exclude(status__in=(Status.DRAFT, Status.DELETED)).filter(**condition)
        found |= {row.pk: row for row in rows.for_review().order_by()[:MOST]}
    return {image.pk: likest(image, found.values()) for image in images}


def conditions(images):
    yield {"sha256__in": {image.sha256 for image in images}}
    looks = {image.look for image in images} - {None, PLAIN}
    for number, name in enumerate(LOOK_FIELDS):
        if looks:
            yield {f"{name}__in": {look[number] for look in looks}}


def likest(image, rows):
    found = (twin_of(image, row) for row in rows if row.pk != image.pk)
    return sorted(
        (twin for twin in found if twin), key=lambda t: (not t.is_same_file, t.bits, t.image.pk)
    )


def twin_of(image, row):
    if image.sha256 == row.sha256:
        return Twin(row, True, 0)
    if None in (image.look, row.look) or PLAIN in (image.look, row.look):
        return None
    bits = distance(image.look, row.look)
    return Twin(row, False, bits) if bits <= NEAR else None
