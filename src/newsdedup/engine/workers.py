"""The heavy stages, in this process or in several: the same functions on the same batches, so the same result.

A worker process gets the name of the shelf's file and places in it, and gives arrays back; texts and tables are never
passed between processes.
"""

from __future__ import annotations

import math
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from itertools import chain, islice
from multiprocessing import get_context
from types import TracebackType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.engine.desk import Desk, compare_at, explain_at
from newsdedup.engine.reading import BATCH_ARTICLES, Reading, ReadingBuilder, read_again, read_batch
from newsdedup.engine.shelf import Records, Shelf
from newsdedup.engine.tiles import Tile, tiles
from newsdedup.engine.witness import Found
from newsdedup.errors import NewsdedupError
from newsdedup.result import Pair
from newsdedup.sketch.boilerplate import find_boilerplate, source_numbers
from newsdedup.sketch.lsh import Pairs, pack, unpack
from newsdedup.sketch.replace import replace_sketches
from newsdedup.sketch.sentences import NOTHING_RECURS, BoilerplateMask
from newsdedup.sketch.views import Sketches, join_sketches
from newsdedup.text.normalize import NormalizedText
from newsdedup.text.table import ArticleColumns, ArticleTable, make_table
from newsdedup.threads import one_thread
from newsdedup.verify.features import FeatureTable, join_features

_Out = TypeVar("_Out")
_Many = TypeVar("_Many", bound=Sized)

BATCH_PAIRS = 2048
"""Pairs compared or shown at a time."""

MAX_MEMORY = 4 << 30
"""Bytes that a run may take, unless it is told otherwise."""

_KEPT_SHARE = 0.6  # of the memory, for what is kept of every article; the rest is for candidates and the program
_TABLE_SHARE = 1 / 8  # for tables held at once
_SHELF_SHARE = 1 / 64  # for texts held before they go to a file
_TOKEN_BYTES = 40  # of a table, for each token, with its letters and what is made of it for comparing
_TILE_PAIRS = 1 << 16
_SMALL = 1024  # articles or pairs below which worker processes cost more than they save
_TASKS = 6  # for each worker, so that none waits long for the last

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total); total 0 means unknown."""


class Engine:
    """Runs the heavy stages over the articles of a shelf; with `jobs` above 1, large inputs go to worker processes.

    Attributes:
        mask: What is cut from the articles; set by `cut`.
    """

    def __init__(
        self, shelf: Shelf, *, jobs: int = 1, max_memory: int = MAX_MEMORY, tell: Progress | None = None
    ) -> None:
        self.mask = NOTHING_RECURS
        self._shelf = shelf
        self._jobs = jobs
        self._max_memory = max_memory
        self._most_tokens = int(max_memory * _TABLE_SHARE) // _TOKEN_BYTES
        shelf.memory_bytes = int(max_memory * _SHELF_SHARE)
        self._tell: Progress = tell or (lambda stage, done, total: None)
        self._pool: ProcessPoolExecutor | None = None
        self._held: tuple[NDArray[np.int64], Desk] | None = None

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is None:
            return
        if kind is not None:  # nobody waits for what is still being worked on
            for process in list((getattr(self._pool, "_processes", None) or {}).values()):
                process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # spawn: the same on every platform, and safe beside threads
            self._pool = ProcessPoolExecutor(self._jobs, mp_context=get_context("spawn"), initializer=_start_worker)
        return self._pool

    def _in_workers(self, count: int) -> bool:
        return self._jobs > 1 and count >= _SMALL

    def _submitted(self, work: Callable[..., _Out], tasks: Iterable[tuple[object, ...]]) -> Iterator[_Out]:
        """What the workers make of the tasks, in order; only so many are under way that no worker waits."""
        under_way: deque[Future[_Out]] = deque()
        for task in tasks:
            under_way.append(self._workers().submit(work, *task))
            if len(under_way) > 3 * self._jobs:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()

    def read(self, articles: Iterable[Article], views: frozenset[str]) -> Reading:
        """Puts articles on the shelf and reads them while they come; then the shelf is sorted by id.

        Raises:
            InputError: Two articles have one id.
        NewsdedupError: What is kept of them does not fit into the memory allowed.
        """
        self._tell("reading", 0, 0)
        builder = ReadingBuilder()
        builder.add(read_batch([], views))  # so that there is one
        for part in self._read(articles, views):
            builder.add(part)
            if builder.bytes_held > self._max_memory * _KEPT_SHARE:
                raise NewsdedupError(_too_much(builder.bytes_held, len(self._shelf), self._max_memory))
            self._tell("reading", len(self._shelf), 0)
        return builder.finish(self._shelf.sort())

    def read_shelf(self, views: frozenset[str]) -> Reading:
        """Reads the articles that stand on the shelf, as they are numbered."""
        batches = self._batches(np.arange(len(self._shelf)))
        builder = ReadingBuilder()
        for batch in batches:
            builder.add(read_batch(self._shelf.articles(batch.tolist()), views))
        return builder.finish()

    def _batches(self, rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        return [rows[start : start + BATCH_ARTICLES] for start in range(0, rows.size, BATCH_ARTICLES)] or [rows]

    def _read(self, articles: Iterable[Article], views: frozenset[str]) -> Iterator[Reading]:
        batches = self._shelved(articles)
        if self._jobs > 1:
            first = list(islice(batches, math.ceil(_SMALL / BATCH_ARTICLES)))
            batches = chain(first, batches)
            if len(self._shelf) >= _SMALL:
                tasks = ((records, views) for records in self._recorded(batches))
                yield from self._submitted(_read_records, tasks)
                return
        for batch in batches:
            yield read_batch(batch, views)

    def _shelved(self, articles: Iterable[Article]) -> Iterator[list[Article]]:
        batch: list[Article] = []
        for article in articles:
            self._shelf.add(article)
            batch.append(article)
            if len(batch) == BATCH_ARTICLES:
                yield batch
                batch = []
        if batch:
            yield batch

    def _recorded(self, batches: Iterable[list[Article]]) -> Iterator[Records]:
        done = 0
        for batch in batches:
            yield self._shelf.records(np.arange(done, done + len(batch)))
            done += len(batch)

    def learn(self, reading: Reading) -> tuple[BoilerplateMask, list[str | None]]:
        """The boilerplate of the run, and the names of its outlets by number."""
        sources, names = source_numbers(self._shelf.sources)
        lengths, copy = reading.columns.content, reading.sketches.copy
        found = find_boilerplate(reading.sentences, lengths, sources, names, tables=self.tables, copy=copy)
        return found, names

    def cut(self, mask: BoilerplateMask, reading: Reading, views: frozenset[str]) -> Reading:
        """The reading without what recurs; from now on it is cut from every table, too."""
        self.mask, self._held = mask, None
        rows = mask.rows
        if not rows.size:
            return reading
        self._tell("boilerplate", 0, rows.size)
        batches = self._batches(rows)
        if self._in_workers(rows.size):
            tasks = ((self._shelf.records(batch), mask.of(batch), views) for batch in batches)
            results = self._submitted(_read_records_again, tasks)
        else:
            results = (read_again(self._shelf.articles(batch.tolist()), mask.of(batch), views) for batch in batches)
        columns: list[ArticleColumns] = []
        sketches: list[Sketches] = []
        for number, (column, part) in enumerate(results, 1):
            columns.append(column)
            sketches.append(part)
            self._tell("boilerplate", min(number * BATCH_ARTICLES, rows.size), rows.size)
        reading.columns.put(rows, ArticleColumns.join(columns))
        return replace(reading, sketches=replace_sketches(reading.sketches, rows, join_sketches(sketches)))

    def tables(self, rows: NDArray[np.int64]) -> ArticleTable:
        """The table of some articles, nothing cut."""
        return make_table(self._shelf.articles(rows.tolist()))

    def cut_tables(self, rows: NDArray[np.int64]) -> ArticleTable:
        """The table of some articles, boilerplate cut."""
        return self.mask.of(rows).cut(self.tables(rows))

    def compare(self, pairs: Pairs, kept: NDArray[np.bool_], columns: ArticleColumns) -> FeatureTable:
        """Features of each pair, in the order given; none for a pair that the gate drops.

        Args:
            pairs: Sorted.
            kept: Pairs that do not go through the gate, shape of `pairs`.
            columns: Of all articles.
        """
        left, right = unpack(pairs)

        def task(rows: NDArray[np.int64], part: slice) -> tuple[Pairs, NDArray[np.bool_]]:
            return pack(np.searchsorted(rows, left[part]), np.searchsorted(rows, right[part])), kept[part]

        return join_features(list(self._at_desks("comparing", compare_at, task, (left, right, columns.tokens))))

    def explain(self, found: Sequence[Found], columns: ArticleColumns) -> list[Pair]:
        """What is reported of each pair, in the order given: sorted by article, or tables are made more than once."""
        left, right = (np.array([getattr(each, side) for each in found], dtype=np.int64) for side in ("left", "right"))

        def task(rows: NDArray[np.int64], part: slice) -> tuple[list[Found]]:
            sides = np.searchsorted(rows, left[part]).tolist(), np.searchsorted(rows, right[part]).tolist()
            return ([replace(each, left=a, right=b) for each, a, b in zip(found[part], *sides, strict=True)],)

        return list(chain.from_iterable(self._at_desks("evidence", explain_at, task, (left, right, columns.tokens))))

    def _at_desks(
        self,
        stage: str,
        work: Callable[..., _Many],
        task: Callable[[NDArray[np.int64], slice], tuple[object, ...]],
        pairs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    ) -> Iterator[_Many]:
        """What `work` makes of the pairs, tile by tile, at a desk with the articles of each."""
        count = pairs[0].size
        self._tell(stage, 0, count)
        many = self._in_workers(count)
        most_pairs = math.ceil(count / (self._jobs * _TASKS)) if many else _TILE_PAIRS
        cut = tiles(*pairs, most_size=self._most_tokens, most_pairs=min(most_pairs, _TILE_PAIRS))
        if many:
            results = self._submitted(_at_desk, (self._sent(work, tile, task(tile.rows, tile.part)) for tile in cut))
        else:
            results = self._here(work, cut, task)
        done = 0
        for part in results:
            done += len(part)
            self._tell(stage, done, count)
            yield part

    def _sent(self, work: Callable[..., _Many], tile: Tile, task: tuple[object, ...]) -> tuple[object, ...]:
        return work, self._shelf.records(tile.rows), self.mask.of(tile.rows), task

    def _here(
        self,
        work: Callable[..., _Many],
        cut: Iterable[Tile],
        task: Callable[[NDArray[np.int64], slice], tuple[object, ...]],
    ) -> Iterator[_Many]:
        for tile in cut:
            rows, desk = self._desk(tile.rows)
            for start in range(tile.part.start, tile.part.stop, BATCH_PAIRS):
                yield work(desk, *task(rows, slice(start, min(start + BATCH_PAIRS, tile.part.stop))))

    def _desk(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], Desk]:
        """A desk with these articles, and which it has: those compared last are likely those shown next."""
        if self._held is None or not np.isin(rows, self._held[0], assume_unique=True).all():
            shelf, numbers = self._shelf, rows.tolist()
            texts: list[NormalizedText] = []
            table = self.mask.of(rows).cut(make_table(shelf.articles(numbers), texts))
            self._held = rows, Desk(lambda row: shelf.article(numbers[row]), table, texts)
        return self._held


def _too_much(size: int, articles: int, most: int) -> str:
    return (
        f"max_memory {most >> 20} MB is used up after {articles:,} articles, of each of which {size // articles:,} "
        "bytes are kept; give more with --max-memory, look through fewer --views, or scan in parts"
    )


def _start_worker() -> None:
    """An interrupt is the main process's to handle: it ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    one_thread()


def _read_records(records: Records, views: frozenset[str]) -> Reading:
    return read_batch(records.articles(), views)


def _read_records_again(
    records: Records, mask: BoilerplateMask, views: frozenset[str]
) -> tuple[ArticleColumns, Sketches]:
    return read_again(records.articles(), mask, views)


def _at_desk(work: Callable[..., _Many], records: Records, mask: BoilerplateMask, task: tuple[object, ...]) -> _Many:
    articles, texts = records.articles(), list[NormalizedText]()
    return work(Desk(articles.__getitem__, mask.cut(make_table(articles, texts)), texts), *task)
