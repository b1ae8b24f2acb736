"""What the catalogue has of a member who leaves: the pictures that they added."""

from django.db import transaction

from films.models import CreditChange, FilmImage, Image, PermissionProof
from users.leaving import forget_quotes
from users.moderation import Status

TEXTS = ("title", "creator_name", "creator_url", "source_url", "permission", "alt_text", "changes")


def scrub(member, keeps):
    """Published pictures stay with their credit if `keeps`; all others go, files and words."""
    going = []
    for image in member.images.order_by("pk"):
        if keeps and image.is_public:
            continue
        transaction.on_commit(image.discard_files, robust=True)  # of the files that it has now
        if image.status != Status.DELETED:
            image.delete_by_owner(by=member)
        going.append(image.pk)
    Image.objects.filter(pk__in=going).update(
        derivatives=[], original="", **dict.fromkeys(TEXTS, "")
    )
    FilmImage.objects.filter(image__in=going).delete()
    CreditChange.objects.filter(image__in=going).delete()
    PermissionProof.objects.filter(image__in=going).delete()
    forget_quotes(Image, going)
