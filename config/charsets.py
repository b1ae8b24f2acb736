import codecs

CHARSETS = {"utf-8", "ascii", "iso8859-1"}


def readable_charset(charset):
    """Whether a body whose Content-Type says this (or None) is read here."""
    if charset is None:
        return True
    try:
        return codecs.lookup(charset.strip("\"' ")).name in CHARSETS
    except (LookupError, ValueError):
        return False
