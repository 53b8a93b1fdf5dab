"""Letting go of articles that have not been seen for long, a little at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from newsdedup.engine.workers import Progress
from newsdedup.errors import StoreError
from newsdedup.store.batches import count_outlets, hand_over, put_current
from newsdedup.store.clusters import dissolve_small
from newsdedup.store.database import Database, numbers_json
from newsdedup.store.nouns import Expired
from newsdedup.store.reader import versions_of
from newsdedup.store.rows import DAY, Rows
from newsdedup.store.segments import Segments
from newsdedup.store.writer import Writer

STAGE = "expire"

_AT_ONCE = 1000  # articles of a transaction: a reader or a kill waits for no more
_PAGES_AT_ONCE = 1000
_ROWS_AT_ONCE = 4096


def expire(
    path: Path | str,
    keep_days: float,
    *,
    now: float,
    lock_timeout_seconds: float = 0.0,
    force: bool = False,
    set_clock: bool = False,
    renew: Callable[[Writer, Sequence[int]], None] | None = None,
    progress: Progress | None = None,
) -> Expired:
    """Removes articles that were last seen longer ago, with their matches; may be ended and run again at any time.

    Args:
        keep_days: How long an article stays after it was last seen.
        now: Seconds since 1970; the store's own clock counts where it is later.
        force: Also when more than half of the articles would go.
        set_clock: Before that, makes times of the store that lie in the future be now.
        renew: Makes anew the clusters of what is left of those that lost members, by their roots.

    Raises:
        StoreLockedError: Another process writes to it.
        StoreError: More than half of the articles would go, or the store cannot be used.
        ValueError: The days are negative or no number.
    """
    if not keep_days >= 0:
        raise ValueError(f"keep_days must be 0 or more, not {keep_days}")
    with Writer.open(path, None, now=now, lock_timeout_seconds=lock_timeout_seconds) as store:
        if set_clock:
            _set_clock(store, now)
        limit = store.time - keep_days * DAY
        database, segments = store.database, store.segments
        before, articles = store.bytes_on_disk(), len(store)
        due = int(database.value("SELECT count(*) FROM articles WHERE last_seen < ?", (limit,)))
        if 2 * due > articles and not force:
            raise _too_many(database, due, articles, limit, ahead=(store.time - now) / DAY)
        gone = 0
        last = -1
        sql = "SELECT number FROM articles WHERE last_seen < ? AND number > ? ORDER BY number LIMIT ?"
        while numbers := database.column(sql, (limit, last, _AT_ONCE)):
            with database.transaction():
                _remove(database, numbers)
                database.put_meta("expired_to", max(numbers[-1] + 1, int(database.meta("expired_to") or 0)))
            last = numbers[-1]
            gone += len(numbers)
            if progress is not None:
                progress(STAGE, gone, due)
        shrink_segments(database, segments)
        segments.remove_leftovers()
        roots = store.to_renew()
        if renew is not None and roots:
            renew(store, roots)
        give_back(database)
        return Expired(
            articles=gone,
            left=articles - gone,
            bytes_freed=max(0, before - store.bytes_on_disk()),
            touched=tuple(roots),
        )


def shrink_segments(database: Database, segments: Segments) -> None:
    """Drops segments that hold none but articles that are gone, and writes those again that hold more than half."""
    sql = "SELECT count(*) FROM articles WHERE number >= ? AND number < ?"
    end = int(database.meta("expired_to") or 0)
    for each in segments.listed():
        if each.first >= end:
            continue
        alive = int(database.value(sql, (each.first, each.end)))
        if not alive:
            segments.drop(each)
        elif 2 * alive < each.articles:
            segments.rewrite([each])
    held = [each.end for each in segments.listed() if each.articles > database.value(sql, (each.first, each.end))]
    database.put_meta("expired_to", min(end, max(held, default=0)) or None)


def give_back(database: Database) -> None:
    """Gives free pages of the main file back to the disk, in small steps, and puts the WAL into it."""
    free = int(database.value("PRAGMA freelist_count"))
    for _ in range(0, free, _PAGES_AT_ONCE):
        database.vacuum(_PAGES_AT_ONCE)
    database.rows("PRAGMA wal_checkpoint(TRUNCATE)")


def _remove(database: Database, numbers: Sequence[int]) -> None:
    """Removes articles within a transaction, and notes whose clusters lost members or versions of them."""
    asked = numbers_json(numbers)
    going = set(numbers)
    rows = database.rows(
        "SELECT root, source FROM articles WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number", asked
    )
    clusters: set[str] = set()
    left = []
    for root, versions in versions_of(database, sorted({root for root, _ in rows})).items():
        staying = [number for number in versions if number not in going]
        clusters.update(database.column("SELECT cluster FROM members WHERE article = ?", (root,)))
        if not staying:
            continue
        if root in going:
            database.many("UPDATE articles SET root = ? WHERE number = ?", ((staying[0], each) for each in versions))
            hand_over(database, root, staying[0])
        left.append(staying[0] if root in going else root)
    count_outlets(database, (source for _, source in rows), -1)
    database.run("DELETE FROM articles WHERE number IN (SELECT value FROM json_each(?))", asked)
    put_current(database, left)
    database.many(
        "INSERT OR IGNORE INTO to_renew SELECT article FROM members WHERE cluster = ?",
        ((each,) for each in dissolve_small(database, clusters)),
    )


def _set_clock(store: Writer, now: float) -> None:
    """Makes times that lie in the future be now: of a clock that had leapt ahead; may be ended and run again."""
    database = store.database
    current = store.segments.generation
    for generation in sorted({current, int(database.meta("migrating_to") or current)}):
        rows = Rows(database.files.generation(generation))
        numbers = "articles" if generation == current else "rebuilt"
        last = -1
        sql = f"SELECT number FROM {numbers} WHERE number > ? ORDER BY number LIMIT ?"  # noqa: S608 - one of two
        while asked := database.column(sql, (last, _ROWS_AT_ONCE)):
            found = np.array(asked, dtype=np.int64)
            ahead = found[rows.column("seen", found).astype(np.float64) > now / DAY]
            if ahead.size:
                changed = rows.take(ahead)
                changed["seen"] = now / DAY
                rows.write(ahead, changed)
            last = asked[-1]
    with database.transaction():
        for table, column in (("articles", "first_seen"), ("articles", "last_seen"), ("runs", "started")):
            database.run(f"UPDATE {table} SET {column} = ?1 WHERE {column} > ?1", (now,))  # noqa: S608 - constants
        for key in ("clock", "created"):
            database.put_meta(key, min(now, float(database.meta(key))))
    store.time = now


def _too_many(database: Database, due: int, articles: int, limit: float, *, ahead: float) -> StoreError:
    name = database.files.name
    day = datetime.fromtimestamp(limit, UTC).date().isoformat() if abs(limit) < 2**37 else "long ago"
    told = f"{name}: {due} of {articles} articles were last seen before {day}, more than half, so none was removed; "
    if ahead > 1:
        return StoreError(
            f"{told}the store's clock is {ahead:,.0f} days ahead of this machine's: where this machine's is right, run "
            "again with --set-clock"
        )
    return StoreError(f"{told}see that the clock is right, then run again with --force")
