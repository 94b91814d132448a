"""What a due step costs among few and among many."""

import sqlite3
import time

from measure import USER, Bench, tell

DUE = 1000
FEW, MANY = 10_000, 1_000_000


def planning(bench: Bench) -> list:
    """1,000 due enrollments among 1,000,000 active ones against the same among 10,000."""
    few, many = FEW, bench.size(MANY)
    databases = {}
    for name, count in (("small", few), ("large", many)):
        tell(f"writing {count:,} enrollments")
        databases[name] = bench.folder / f"{name}.db"
        bench.measure("prepare", database=databases[name], user=USER)
        enroll(databases[name], count)
    figures = bench.measure("planning", **databases, due=DUE)
    small, large = figures["smallSeconds"], figures["largeSeconds"]
    tell(f"a send costs {small / DUE * 1e3:.2f} and {large / DUE * 1e3:.2f} ms, "
         f"{figures['smallPlanning'] / DUE * 1e3:.2f} and {figures['largePlanning'] / DUE * 1e3:.2f} ms of it to decide")
    how = (f"{DUE:,} due among {many:,}: {large:.2f} s, among {few:,}: {small:.2f} s, by turns; all of the engine's "
           "work for a send, durable, servers left out")
    return [bench.at_most("planning, large / small", how, large / small, 1.5, "×")]


def enroll(database, count: int) -> None:
    """Fills a database with enrollments: `DUE` of them due, the others spread over the next ninety days.

    In SQL, because a million people by the front door would take minutes.
    """
    now = int(time.time() * 1000)
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous = OFF")
    with connection:
        connection.execute(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
            INSERT INTO contact (id, email, email_key, canonical_key, first_name, created_at)
            SELECT i, address, address, address, 'Ann', ?2
              FROM (SELECT i, 'person' || (i * 7919 % 1000003) || '.' || i || '@company' || (i % 997) || '.test' AS address FROM n)
            """, (count, now))
        # Those due lie anywhere in the table; half of the others have had their first mail.
        connection.execute(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
            INSERT INTO enrollment
                   (contact_id, sequence_id, version, mailbox_id, sender, zone, state, reason, next_step, next_at,
                    planned_at, is_first, thread_root, created_at)
            SELECT i, 1, 1, 1, ?4, 'UTC', 'active', 'delay', CASE WHEN is_due OR i % 2 THEN 'one' ELSE 'two' END,
                   at, at, is_due OR i % 2, printf('%026d@example.org', i), ?3
              FROM (SELECT i, i % (?1 / ?2) = 0 AS is_due,
                           CASE WHEN i % (?1 / ?2) = 0 THEN ?3 - 60000 - i % 1000
                                ELSE ?3 + 3600000 + (i * 7919 % 1000003) * 7776 END AS at
                      FROM n)
            """, (count, DUE, now, USER))
        connection.execute("ANALYZE")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
