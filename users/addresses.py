"""Addresses of rows. Lists print them by the dozen, so each is found once and remembered."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse


def address(name, *args):
    return _address(get_script_prefix(), name, args)


@lru_cache(maxsize=8192)
def _address(prefix, name, args):
    return reverse(name, args=args)
