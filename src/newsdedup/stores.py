"""The library's functions on stores: the same as `newsdedup ingest`, `report` and `store`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from newsdedup.api import all_in_language, parameters_of, reported_verdicts, settings_shown
from newsdedup.article import Article, Skipped
from newsdedup.config import Config
from newsdedup.config.keys import INGEST_WINDOW_DAYS
from newsdedup.engine.workers import Progress
from newsdedup.errors import InputError, StoreError
from newsdedup.ingest.clusters import renew_clusters
from newsdedup.ingest.renewal import Rebuilder, unlike_texts
from newsdedup.ingest.reports import everything, news_of, told_by
from newsdedup.ingest.runs import Ingested, ingest
from newsdedup.result import Result
from newsdedup.store.checking import verify
from newsdedup.store.copying import backup
from newsdedup.store.database import damaged
from newsdedup.store.expiry import expire
from newsdedup.store.fingerprint import lang_of, store_fingerprint
from newsdedup.store.info import info
from newsdedup.store.migration import migrate
from newsdedup.store.nouns import Expired, Info, KeepText, Migrated
from newsdedup.store.reader import Reader
from newsdedup.store.writer import Writer
from newsdedup.version import __version__

_Path = str | os.PathLike[str]

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
    config = config or Config(window_days=INGEST_WINDOW_DAYS)
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
        since_seconds: What runs told that began no longer ago by the clock of their machine, which may be set, unlike
            the store's: a run that is stamped later than now is left out. None for all runs.
        run: What this run told, or the last one.
        now: Seconds since 1970; None takes the time that it is.

    Raises:
        InputError: There is no such run.
        StoreError: The store cannot be used.
    """
    config = config or Config()
    started = time.monotonic()
    with Reader.open(Path(store), None) as reader:
        last = reader.last_run()
        if run is not None:
            wanted = (0 if last is None else last.number) if run == "last" else run
            if not reader.has_run(wanted):
                raise InputError(f"{store}: no run {run}; newsdedup store info {store} tells how many there are")
            scope = told_by(reader, [wanted])
        elif since_seconds is not None:
            wall = time.time() if now is None else now
            scope = told_by(reader, reader.run_numbers_since(wall - since_seconds, wall))
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


def store_info(store: _Path, *, now: float | None = None) -> Info:
    """A store at a glance.

    Args:
        now: Seconds since 1970; None takes the time that it is.

    Raises:
        StoreError: It cannot be used.
    """
    return info(Path(store), time.time() if now is None else now)


def verify_store(store: _Path, *, sample: int = _SAMPLE) -> tuple[str, ...]:
    """What is wrong with a store, one line each; nothing for a sound one.

    Args:
        sample: Articles that are read and sketched again.

    Raises:
        StoreError: It cannot be opened.
    """
    unlike = None
    with suppress(StoreError), Reader.open(Path(store), None, index=False) as reader:  # `verify` tells of it
        unlike = unlike_texts(_views_of(reader.parameters, store), reader.recurring())
    return tuple(verify(Path(store), sample=sample, unlike=unlike))


def _renewed(store: Writer, roots: Iterable[int]) -> None:
    last = store.last_run()
    renew_clusters(store, 0 if last is None else last.number, roots)


def _views_of(parameters: Mapping[str, str], store: _Path) -> frozenset[str]:
    if "views" not in parameters:
        raise damaged(str(store), "its parameters name no views")
    return frozenset(parameters["views"].split(","))


def expire_store(
    store: _Path,
    keep_days: float,
    *,
    now: float | None = None,
    lock_timeout_seconds: float = 0.0,
    force: bool = False,
    set_clock: bool = False,
    progress: Progress | None = None,
) -> Expired:
    """Forgets the articles that were not met for some days, and makes the clusters anew that they were in.

    Args:
        force: Also when more than half of the articles would go.
        set_clock: Before that, makes times of the store that lie in this machine's future be now: the way out where a
            clock had leapt ahead.

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
        set_clock=set_clock,
        renew=_renewed,
        progress=progress,
    )


def migrate_store(
    store: _Path,
    *,
    views: frozenset[str] | None = None,
    lang: str | Literal["keep"] | None = "keep",
    now: float | None = None,
    lock_timeout_seconds: float = 0.0,
    progress: Progress | None = None,
) -> Migrated:
    """Makes a store fit this version and these settings: what depends on them is made anew from the texts kept.

    A store that fits them, and whose index is sound, is left as it is.

    Args:
        views: Ways of looking for candidates; None leaves those that it has.
        lang: Of every article; None is found from the text, "keep" leaves what it has.

    Raises:
        StoreLockedError: Another run works on the store.
        StoreError: The store cannot be used, or keeps no texts.
    """
    with Reader.open(Path(store), None, index=False) as reader:
        chosen = _views_of(reader.parameters, store) if views is None else views
        if lang == "keep":
            lang = lang_of(reader.parameters)
    return migrate(
        Path(store),
        store_fingerprint(chosen, lang),
        rebuild=Rebuilder(chosen),
        now=time.time() if now is None else now,
        lock_timeout_seconds=lock_timeout_seconds,
        progress=progress,
    )


def backup_store(store: _Path, target: _Path) -> int:
    """Writes a consistent copy of a store, also while a run works on it; its size in bytes.

    Raises:
        StoreError: The store cannot be used, or the target is there already.
    """
    return backup(Path(store), Path(target))
