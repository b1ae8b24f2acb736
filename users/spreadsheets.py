"""Tables that a spreadsheet can open, and cannot be made to compute with."""

import csv
from io import StringIO


def table(head, rows):
    """CSV, as a text."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def harmless(cell):
    """A spreadsheet takes what begins like this for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
