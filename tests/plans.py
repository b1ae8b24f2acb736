"""How the database would go about a statement."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def plan_of(sql):
    """Its plan as text. PostgreSQL would sort a handful of rows whatever the index, so it is
    asked whether it could do without; in a transaction, which ends that."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for way in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}")
        return " ".join(str(line) for line in cursor.fetchall())


def sorts(plan):
    return "TEMP B-TREE" in plan or "Sort Key" in plan


def statements_of(client, address):
    """The SQL of the lists that a page asks for."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    asked = [query["sql"] for query in seen.captured_queries]
    return [sql for sql in asked if "ORDER BY" in sql]
