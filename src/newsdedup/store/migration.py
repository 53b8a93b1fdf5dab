"""Making anew what a store derives from its texts, beside what it has, and changing over in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.engine.workers import Progress
from newsdedup.errors import StoreError
from newsdedup.store.batches import put_recurring
from newsdedup.store.checking import index_problems
from newsdedup.store.expiry import give_back, shrink_segments
from newsdedup.store.nouns import KeepText, Migrated, Rebuilt
from newsdedup.store.postings import Entries
from newsdedup.store.reader import recurring_of
from newsdedup.store.records import record_of
from newsdedup.store.rows import DAY, Rows, window_days
from newsdedup.store.segments import Segments
from newsdedup.store.writer import Writer
from newsdedup.version import __version__

STAGE = "migrate"

_AT_ONCE = 4096
_IDENTITY_BYTES = 16
Rebuild = Callable[[list[Article], NDArray[np.uint64]], Rebuilt]
"""Makes anew what is derived from some articles as the store has them, given the keys of boilerplate that were learned
from those before them, sorted."""

_KEPT_ORDER = (KeepText.NONE, KeepText.NORMALISED, KeepText.FULL)


def migrate(
    path: Path | str,
    parameters: Mapping[str, str],
    rebuild: Rebuild,
    *,
    keep_text: KeepText | None = None,
    now: float,
    lock_timeout_seconds: float = 0.0,
    progress: Progress | None = None,
) -> Migrated:
    """Gives a store other parameters, lets it keep less of its texts, or makes a damaged index anew.

    May be ended at any time: the store is then as it was, and the same call goes on where it ended. Between two calls
    the store may be used as before.

    Args:
        parameters: The fingerprint it is to have.
        rebuild: Called with a batch after the other.
        keep_text: None leaves it.
        now: Seconds since 1970.

    Raises:
        StoreLockedError: Another process writes to it.
        StoreError: It keeps no texts, or less than `keep_text` asks for, or cannot be used.
    """
    with Writer.take(path, None, now=now, lock_timeout_seconds=lock_timeout_seconds) as store:
        goal = keep_text or store.keep_text
        before = {**store.parameters, "keep_text": store.keep_text.value}
        after = {**parameters, "keep_text": goal.value}
        if before == after and _is_sound(store):
            return Migrated(articles=0, from_=before, to=after)
        _refuse_lost_text(store, goal)
        segments = _begun(store, orjson.dumps(after).decode())
        _rebuild(store, segments, rebuild, progress)
        _change_over(store, segments, parameters, goal)
        segments.remove_leftovers()
        give_back(store.database)
        return Migrated(articles=len(store), from_=before, to=after)


def _is_sound(store: Writer) -> bool:
    try:
        store.segments.reopen()
        return not any(index_problems(store))
    except StoreError:
        return False


def _refuse_lost_text(store: Writer, goal: KeepText) -> None:
    name = store.database.files.name
    if store.keep_text is KeepText.NONE:
        raise StoreError(
            f"{name}: keeps no texts, so nothing can be made anew from them; run with the parameters it was made with, "
            f"or make a new store of the articles: newsdedup ingest PATH --store NEW"
        )
    if _KEPT_ORDER.index(goal) > _KEPT_ORDER.index(store.keep_text):
        raise StoreError(
            f"{name}: keeps {store.keep_text} texts, from which {goal} ones cannot be made; leave --keep-text away, or "
            f"make a new store of the articles: newsdedup ingest PATH --store NEW --keep-text {goal}"
        )


def _begun(store: Writer, goal: str) -> Segments:
    """The new generation: the one that was begun for the same goal, else an empty one."""
    database = store.database
    if database.meta("migrating_goal") != goal:
        with database.transaction():
            # a number of its own, so that nothing of what was begun for another goal is taken for this one's
            last = max(store.segments.generation, int(database.meta("migrating_to") or 0))
            database.run("DELETE FROM rebuilt")
            database.run("DELETE FROM rebuilt_recurring")
            database.run("DELETE FROM segments WHERE generation <> ?", (store.segments.generation,))
            database.put_meta("migrating_to", last + 1)
            database.put_meta("migrating_goal", goal)
            database.put_meta("migrating_recurring", None)
        store.segments.remove_leftovers()
    found = Segments(database, int(database.meta("migrating_to")))
    found.remove_leftovers()
    found.reopen()
    return found


def _rebuild(store: Writer, segments: Segments, rebuild: Rebuild, progress: Progress | None) -> None:
    database, rows = store.database, Rows(segments.folder)
    done = int(database.value("SELECT count(*) FROM rebuilt"))
    last = int(database.value("SELECT coalesce(max(number), -1) FROM rebuilt"))
    sql = "SELECT number FROM articles WHERE number > ? ORDER BY number LIMIT ?"
    while numbers := database.column(sql, (last, _AT_ONCE)):
        learned = recurring_of(database, "rebuilt_recurring")
        _put_rebuilt(store, segments, rows, numbers, rebuild(store.articles(numbers), learned))
        segments.merge()
        last = numbers[-1]
        done += len(numbers)
        if progress is not None:
            progress(STAGE, done, len(store))


def _put_rebuilt(store: Writer, segments: Segments, rows: Rows, asked: Sequence[int], made: Rebuilt) -> None:
    database = store.database
    numbers = np.array(asked, dtype=np.int64)
    entries = Entries(kinds=made.entries.kinds, keys=made.entries.keys, numbers=numbers[made.entries.numbers])
    records = [None] * len(asked) if made.articles is None else [record_of(article) for article in made.articles]
    path = segments.next_path()
    # The old rows may be damaged, and a migration is the way to make them anew.
    made.rows["seen"] = [each.first_seen / DAY for each in store.stored(asked)]
    try:
        rows.write(numbers, made.rows)
        listed = segments.write(entries, numbers, window_days(made.rows))
        with database.transaction():
            database.many(
                "INSERT INTO rebuilt VALUES (?, ?, ?, ?, ?)",
                zip(asked, made.identities, made.places, records, made.sentences, strict=True),
            )
            segments.put(listed)
            if made.recurring is not None:
                put_recurring(database, made.recurring, "rebuilt_recurring")
                database.put_meta("migrating_recurring", 1)
    except BaseException:
        segments.remove_unless_listed(path)
        raise
    segments.reopen()


def _change_over(store: Writer, segments: Segments, parameters: Mapping[str, str], keep_text: KeepText) -> None:
    database = store.database
    with database.transaction():
        database.run("DROP INDEX articles_identity")
        database.run(
            "UPDATE articles SET identity = rebuilt.identity, place = rebuilt.place FROM rebuilt "
            "WHERE rebuilt.number = articles.number"
        )
        # Two articles may have become one to the new rule: the older is the one that is known again.
        again = database.rows(
            "SELECT number, identity FROM (SELECT number, identity, row_number() OVER "
            "(PARTITION BY identity ORDER BY number) AS place FROM articles) WHERE place > 1 ORDER BY number"
        )
        database.many(
            "UPDATE articles SET identity = ? WHERE number = ?",
            ((_own_identity(identity, number), number) for number, identity in again),
        )
        database.run("CREATE UNIQUE INDEX articles_identity ON articles (identity)")
        database.run(
            "UPDATE records SET sentences = rebuilt.sentences, record = coalesce(rebuilt.record, records.record) "
            "FROM rebuilt WHERE rebuilt.number = records.number"
        )
        if database.meta("migrating_recurring"):
            database.run("DELETE FROM recurring")
            database.run("INSERT INTO recurring SELECT key FROM rebuilt_recurring")
        database.run("DELETE FROM rebuilt")
        database.run("DELETE FROM rebuilt_recurring")
        database.run("DELETE FROM segments WHERE generation <> ?", (segments.generation,))
        database.put_meta("generation", segments.generation)
        database.put_meta("parameters", orjson.dumps(dict(parameters)).decode())
        database.put_meta("keep_text", keep_text.value)
        database.put_meta("version", __version__)
        for key in ("migrating_to", "migrating_goal", "migrating_recurring"):
            database.put_meta(key, None)
        # What expired while the new generation was being made may have entries in it.
        database.put_meta("expired_to", int(database.meta("next_number")))
    shrink_segments(database, segments)


def _own_identity(identity: bytes, number: int) -> bytes:
    """An identity that no other article has, the same however often it is made."""
    return blake2b(identity + number.to_bytes(8, "little"), digest_size=_IDENTITY_BYTES).digest()
