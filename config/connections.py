"""What the site asks of each connection to PostgreSQL."""

# A page looks at few rows by large statements. To compile one takes seconds, of a search among a
# million films; helpers that are started for one read on until their queues are full.
SETTINGS = "SET jit = off; SET max_parallel_workers_per_gather = 0"


def set_up(connection, **_more):
    """Once for each: one that comes out of the pool again has it. PgBouncer would refuse them as
    options of the connection."""
    if connection.vendor != "postgresql":
        return
    found = connection.connection
    if not hasattr(found, "is_set_up"):
        found.execute(SETTINGS)
        found.is_set_up = True
