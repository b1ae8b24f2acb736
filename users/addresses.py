"""Addresses of rows. Lists print them by the dozen, so each is found once and remembered."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=8192)
def address(name, *args):
    return reverse(name, args=args)
