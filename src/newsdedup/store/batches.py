"""Writing one batch into the tables, within a transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from newsdedup.store.clusters import dissolve_small
from newsdedup.store.database import Database, as_kept, numbers_json
from newsdedup.store.nouns import Arrival, Batch
from newsdedup.store.reader import versions_of
from newsdedup.store.records import compressed, record_of


def write_batch(database: Database, batch: Batch) -> None:
    """Writes everything of a batch but what the index knows of it."""
    _put_arrivals(database, batch.arrivals, batch.time)
    _put_sightings(database, batch)
    roots = _put_versions(database, batch)
    put_current(database, roots)
    database.many("UPDATE articles SET story = ? WHERE story = ?", ((new, old) for old, new in batch.stories.items()))
    database.many(
        "UPDATE articles SET likenesses = ? WHERE number = ?",
        ((int(count), int(number)) for number, count in batch.likenesses.items()),
    )
    database.many(
        'INSERT INTO matches ("left", "right", verdict, score, run, told, pair) VALUES (?, ?, ?, ?, ?, ?, ?) '
        "ON CONFLICT DO UPDATE SET verdict = excluded.verdict, score = excluded.score, run = excluded.run, "
        "told = excluded.told, pair = excluded.pair",
        (
            (row.left, row.right, row.verdict, row.score, batch.run, row.told, compressed(row.pair))
            for row in batch.matches
        ),
    )
    database.many(
        "INSERT INTO compared VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET verdict = excluded.verdict",
        ((row.left, row.right, row.verdict) for row in batch.compared),
    )
    put_recurring(database, batch.recurring)


def put_recurring(database: Database, keys: NDArray[np.uint64], table: str = "recurring") -> None:
    """Adds keys of boilerplate, uint64; SQLite has signed integers only."""
    signed = keys.astype(np.uint64).view(np.int64).tolist()
    database.many(f"INSERT OR IGNORE INTO {table} VALUES (?)", ((key,) for key in signed))  # noqa: S608


def put_current(database: Database, roots: Iterable[int]) -> None:
    """Makes the version seen last the current one, of each root."""
    sql = "SELECT seen FROM articles WHERE number = ?"
    for versions in versions_of(database, sorted(set(roots))).values():
        seen = {number: database.value(sql, (number,)) for number in versions}
        latest = max(versions, key=lambda number: (seen[number], number), default=None)
        database.many(
            "UPDATE articles SET current = ?1 WHERE number = ?2 AND current <> ?1",
            ((int(each == latest), each) for each in versions),
        )


def count_outlets(database: Database, sources: Iterable[str | bytes | None], change: int) -> None:
    """Adds articles to the counts of their outlets, or takes them away; those of unknown source are one, named ""."""
    counts = Counter("" if source is None else source for source in sources)
    database.many(
        "INSERT INTO outlets VALUES (?, ?) ON CONFLICT DO UPDATE SET articles = articles + excluded.articles",
        ((name, change * count) for name, count in counts.items()),
    )
    database.run("DELETE FROM outlets WHERE articles <= 0")


def _put_arrivals(database: Database, arrivals: Iterable[Arrival], time: float) -> None:
    arrivals = list(arrivals)
    database.many(
        "INSERT INTO articles VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, 0, ?, ?)",
        (
            (
                each.number, as_kept(each.article.id), each.identity, each.place, int(each.root),
                as_kept(each.article.source), time, time, int(each.story), int(each.likenesses),
            )
            for each in arrivals
        ),
    )  # fmt: skip
    database.many(
        "INSERT INTO records VALUES (?, ?, ?)",
        ((each.number, record_of(each.article), each.sentences) for each in arrivals),
    )
    count_outlets(database, (as_kept(each.article.source) for each in arrivals), 1)


def _put_sightings(database: Database, batch: Batch) -> None:
    """When each was seen last, and in which order: the last sighting of an article counts."""
    first = int(database.meta("sightings")) + 1
    met = {int(number): first + place for place, number in enumerate(batch.met)}
    again = {int(number) for number in batch.seen_again} - met.keys()
    database.many(
        "UPDATE articles SET last_seen = ?, seen = ? WHERE number = ?",
        ((batch.time, place, number) for number, place in sorted(met.items())),
    )
    database.many(
        "UPDATE articles SET last_seen = ? WHERE number = ?", ((batch.time, number) for number in sorted(again))
    )
    database.put_meta("sightings", first - 1 + len(batch.met))


def _put_versions(database: Database, batch: Batch) -> list[int]:
    """Joins versions under their roots; returns the roots of several whose current one may be another now."""
    for number, root in batch.versions.items():
        old = database.value("SELECT root FROM articles WHERE number = ?", (int(number),))
        new = database.value("SELECT root FROM articles WHERE number = ?", (int(root),))
        if old is None or new is None or old == new:
            continue
        for version in versions_of(database, [old])[old]:
            database.run("UPDATE articles SET root = ? WHERE number = ?", (new, version))
        hand_over(database, old, new)
    met = {*map(int, batch.met), *(each.number for each in batch.arrivals), *map(int, batch.versions)}
    return database.column(
        "SELECT DISTINCT root FROM articles WHERE root <> number AND root IN "
        "(SELECT root FROM articles WHERE number IN (SELECT value FROM json_each(?))) ORDER BY root",
        numbers_json(sorted(met)),
    )


def hand_over(database: Database, old: int, new: int) -> None:
    """A cluster has one member for all versions of an article."""
    if not database.run("UPDATE OR IGNORE members SET article = ? WHERE article = ?", (new, old)):
        cluster = database.value("SELECT cluster FROM members WHERE article = ?", (old,))
        database.run("DELETE FROM members WHERE article = ?", (old,))
        if cluster is not None:
            dissolve_small(database, [cluster])
