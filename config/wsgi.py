import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.charsets import REFUSAL, is_readable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
site = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - loads the views, which the first reader would wait for

# What the site is made of stays as long as it runs. Otherwise a reader waits, every few hundred
# pages, some 70 ms until Python has looked through all of it for something to throw away.
gc.collect()
gc.freeze()


def application(environ, start_response):
    if is_readable(environ.get("CONTENT_TYPE", "")):
        return site(environ, start_response)
    start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
    return [REFUSAL]


# Python keeps the frames of calls in chunks of 16 kB. Where calls go back and forth over the edge of
# one, memory is mapped and unmapped each time: a page cost up to twice as much, by how deep it
# happened to be called. This first frame asks for so much that its chunk has room for all others.
FIRST_FRAME = 32 * 1024  # words of eight bytes
application.__code__ = application.__code__.replace(co_stacksize=FIRST_FRAME)
