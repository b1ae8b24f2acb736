"""Django reads the query in the encoding that is said to be the body's, before any middleware: one
that is none for text would end in a server error."""

import codecs

from django.utils.http import parse_header_parameters

CHARSETS = {"utf-8", "ascii", "iso8859-1"}
REFUSAL = b"The body is in an encoding that the site does not read.\n"


def is_readable(content_type):
    """Whether the site reads a body of which this is said."""
    _type, said = parse_header_parameters(content_type)
    return readable_charset(said.get("charset"))


def readable_charset(charset):
    if charset is None:
        return True
    try:
        return codecs.lookup(charset.strip("\"' ")).name in CHARSETS
    except (LookupError, ValueError):
        return False
