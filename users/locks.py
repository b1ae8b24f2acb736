"""One at a time, where the database's rows alone cannot say so."""

from zlib import crc32

from django.db import connection


def one_at_a_time(name):
    """Until the transaction ends, nobody else passes here under this name.

    SQLite's transactions that write already come one after another.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [crc32(name.encode())])
