"""Whole pages that visitors share are kept for a minute. What moderation takes from the public
must not stay in them so long: an epoch, of which every kept page bears the number, ends."""

from uuid import uuid4

from django.conf import settings
from django.core.cache import caches
from django.db import transaction

EPOCH = "epoch"


def pages():
    return caches["pages"]


def new_epoch():
    """No page that was kept until now is served again."""
    epoch = uuid4().hex
    pages().set(EPOCH, epoch, None)
    return epoch


def empty_when_done():
    """`new_epoch`, as soon as the transaction has taken effect. If the cache is away, what was
    done stands, and the pages are gone within a minute."""
    transaction.on_commit(new_epoch, robust=True)


def for_anybody(seconds):
    """Arguments of `patch_cache_control` for an answer that is the same to everybody: whoever
    stands between keeps it only where a CDN is said to."""
    return {"public" if settings.BEHIND_CDN else "private": True, "max_age": seconds}
