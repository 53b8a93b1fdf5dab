"""The library's functions on stores: the same as `newsdedup ingest`, `report` and `store`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from newsdedup.api import all_in_language, parameters_of, reported_verdicts, settings_shown
from newsdedup.article import Article, Skipped
from newsdedup.config import Config
from newsdedup.engine.workers import Progress
from newsdedup.errors import StoreError
from newsdedup.ingest.clusters import renew_clusters
from newsdedup.ingest.renewal import Rebuilder, unlike_texts
from newsdedup.ingest.reports import everything, news_of, told_by
from newsdedup.ingest.runs import Ingested, ingest
from newsdedup.result import Result
from newsdedup.store.checking import verify
from newsdedup.store.copying import backup
from newsdedup.store.expiry import expire
from newsdedup.store.fingerprint import store_fingerprint
from newsdedup.store.info import info
from newsdedup.store.migration import migrate
from newsdedup.store.nouns import Expired, Info, KeepText, Migrated
from newsdedup.store.reader import Reader
from newsdedup.store.writer import Writer
from newsdedup.version import __version__

_Path = str | os.PathLike[str]

WINDOW_DAYS = 14.0
"""For rewrites in a store, unless the configuration has another."""

_SAMPLE = 1000


@contextmanager
def ingest_articles(
    articles: Iterable[Article | Skipped],
    store: _Path,
    config: Config | None = None,
    *,
    keep_text: KeepText | None = None,
    lock_timeout_seconds: float = 0.0,
    now: float | None = None,
    progress: Progress | None = None,
) -> Iterator[Ingested]:
    """Adds what is new to a store, and finds what it repeats among the new and the old.

    The store is locked within the context. What the result says is told again by the next run unless `told` is called
    on it:

        with ingest_articles(load_articles("feeds/"), "news.db") as ingested:
            show(ingested.result)
            ingested.told()

    Args:
        articles: For example from `load_articles`; ids may come out twice.
        store: Its main file; made where there is none.
        config: Defaults to `Config(window_days=14)`: where a `Config` is given, its window is used as it is.
        keep_text: What the store keeps of the texts; None as it does, all for a new one.
        lock_timeout_seconds: How long to wait for another run to end.
        now: Seconds since 1970; None takes the time that it is.

    Raises:
        StoreLockedError: Another run works on the store.
        StoreError: The store cannot be used: damaged, of another version, made with other parameters.
    """
    config = config or Config(window_days=WINDOW_DAYS)
    wall = time.time() if now is None else now
    parameters = store_fingerprint(frozenset(config.views), config.lang)
    with Writer.open(Path(store), parameters, keep_text, now=wall, lock_timeout_seconds=lock_timeout_seconds) as writer:
        yield ingest(
            all_in_language(articles, config),
            writer,
            parameters_of(config),
            wall=wall,
            version=__version__,
            shown=settings_shown(config),
            progress=progress,
        )


def report_store(
    store: _Path,
    config: Config | None = None,
    *,
    since_seconds: float | None = None,
    run: int | Literal["last"] | None = None,
    now: float | None = None,
) -> Result:
    """What a store has told, the clusters as they are now.

    Args:
        config: What is shown of it: `min_verdict`, `min_score`, `report_all`.
        since_seconds: What runs told that began no longer ago by the store's clock, which never goes back; None for
            all runs.
        run: What this run told, or the last one.
        now: Seconds since 1970; None takes the time that it is.

    Raises:
        StoreError: The store cannot be used, or has no such run.
    """
    config = config or Config()
    started = time.monotonic()
    with Reader.open(Path(store), None) as reader:
        runs = [each.number for each in reader.runs()]
        if run is not None:
            wanted = (runs[-1] if runs else 0) if run == "last" else run
            if wanted not in runs:
                raise StoreError(f"{store}: no run {run}; newsdedup store info {store} tells how many there are")
            scope = told_by(reader, [wanted])
        elif since_seconds is not None:
            first = max(time.time() if now is None else now, reader.clock) - since_seconds
            scope = told_by(reader, [each.number for each in reader.runs() if each.started >= first])
        else:
            scope = everything(reader)
        found = news_of(reader, scope, reported_verdicts(config), config.min_score)
        articles = len(reader)
    return Result(
        version=__version__,
        inputs=articles,
        articles=articles,
        pairs=found.pairs,
        clusters=found.clusters,
        seconds=round(time.monotonic() - started, 3),
    )


def store_info(store: _Path) -> Info:
    """A store at a glance.

    Raises:
        StoreError: It cannot be used.
    """
    return info(Path(store))


def verify_store(store: _Path, *, sample: int = _SAMPLE) -> tuple[str, ...]:
    """What is wrong with a store, one line each; nothing for a sound one.

    Args:
        sample: Articles that are read and sketched again.

    Raises:
        StoreError: It cannot be opened.
    """
    with Reader.open(Path(store), None) as reader:
        views = frozenset(reader.parameters["views"].split(","))
        unlike = unlike_texts(views, reader.recurring())
    return tuple(verify(Path(store), sample=sample, unlike=unlike))


def expire_store(
    store: _Path,
    keep_days: float,
    *,
    now: float | None = None,
    lock_timeout_seconds: float = 0.0,
    force: bool = False,
    progress: Progress | None = None,
) -> Expired:
    """Forgets the articles that were not met for some days, and makes the clusters anew that they were in.

    Args:
        force: Also when more than half of the articles would go.

    Raises:
        StoreLockedError: Another run works on the store.
        StoreError: The store cannot be used, or more than half of the articles would go.
    """
    return expire(
        Path(store),
        keep_days,
        now=time.time() if now is None else now,
        lock_timeout_seconds=lock_timeout_seconds,
        force=force,
        renew=lambda writer, roots: renew_clusters(writer, len(writer.runs()), roots),
        progress=progress,
    )


def migrate_store(
    store: _Path,
    config: Config | None = None,
    *,
    now: float | None = None,
    lock_timeout_seconds: float = 0.0,
    progress: Progress | None = None,
) -> Migrated:
    """Makes a store fit this version and these settings: what depends on them is made anew from the texts kept.

    Raises:
        StoreLockedError: Another run works on the store.
        StoreError: The store cannot be used, or keeps no texts.
    """
    config = config or Config()
    views = frozenset(config.views)
    wall = time.time() if now is None else now
    return migrate(
        Path(store),
        store_fingerprint(views, config.lang),
        rebuild=Rebuilder(views),
        now=wall,
        lock_timeout_seconds=lock_timeout_seconds,
        progress=progress,
    )


def backup_store(store: _Path, target: _Path) -> int:
    """Writes a consistent copy of a store, also while a run works on it; its size in bytes.

    Raises:
        StoreError: The store cannot be used, or the target is there already.
    """
    return backup(Path(store), Path(target))
