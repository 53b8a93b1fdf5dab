"""A store at a glance."""

from __future__ import annotations

from pathlib import Path

from newsdedup.store.nouns import Info
from newsdedup.store.paths import store_files
from newsdedup.store.reader import Reader, index_bytes, main_bytes
from newsdedup.store.rows import DAY
from newsdedup.store.schema import SCHEMA


def info(path: Path | str, now: float) -> Info:
    """What a store holds.

    Args:
        now: Seconds since 1970.

    Raises:
        StoreError: It cannot be used.
    """
    with Reader.open(path, None) as store:
        ask = store.database.value
        files = store_files(path)
        return Info(
            path=str(path),
            schema=SCHEMA,
            version=str(store.database.meta("version")),
            keep_text=store.keep_text,
            parameters=store.parameters,
            created=float(store.database.meta("created")),
            articles=len(store),
            superseded=int(ask("SELECT count(*) FROM articles WHERE current = 0")),
            matches=int(ask("SELECT count(*) FROM matches")),
            clusters=int(ask("SELECT count(DISTINCT cluster) FROM members")),
            outlets=int(ask("SELECT count(*) FROM outlets")),
            runs=store.runs_count(),
            last_run=store.last_run(),
            oldest=ask("SELECT first_seen FROM articles ORDER BY number LIMIT 1"),
            newest=ask("SELECT max(last_seen) FROM articles"),
            text_bytes=main_bytes(files),
            index_bytes=index_bytes(files),
            segments=len(store.segments.postings.segments),
            ahead_days=max(0.0, store.clock - now) / DAY,
        )
