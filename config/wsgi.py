import os

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

from config.charsets import readable_charset

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
site = get_wsgi_application()


def application(environ, start_response):
    """Django reads the query in the encoding that is said to be the body's, before any middleware:
    one that is none for text would end in a server error."""
    _type, said = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
    if readable_charset(said.get("charset")):
        return site(environ, start_response)
    start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"The body is in an encoding that the site does not read.\n"]


# Python keeps the frames of calls in chunks of 16 kB. Where calls go back and forth over the edge of
# one, memory is mapped and unmapped each time: a page cost up to twice as much, by how deep it
# happened to be called. This first frame asks for so much that its chunk has room for all others.
FIRST_FRAME = 32 * 1024  # words of eight bytes
application.__code__ = application.__code__.replace(co_stacksize=FIRST_FRAME)
