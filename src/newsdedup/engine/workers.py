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
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from multiprocessing import get_context
from types import TracebackType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.engine.desk import Desk, compare_at, explain_at
from newsdedup.engine.known import Known
from newsdedup.engine.reading import BATCH_ARTICLES, Reading, ReadingBuilder, read_again, read_batch, read_table
from newsdedup.engine.shelf import Drawers, Shelf
from newsdedup.engine.tiles import Tile, tile_order, tiles
from newsdedup.engine.whole import WholeTable
from newsdedup.engine.witness import Found
from newsdedup.errors import NewsdedupError
from newsdedup.process import long_run, one_thread
from newsdedup.result import Pair
from newsdedup.sketch.boilerplate import Learned, find_boilerplate, source_numbers
from newsdedup.sketch.lsh import Pairs, unpack
from newsdedup.sketch.replace import replace_sketches
from newsdedup.sketch.sentences import NOTHING_RECURS, BoilerplateMask
from newsdedup.sketch.views import Sketches, join_sketches
from newsdedup.text.normalize import NormalizedText
from newsdedup.text.table import ArticleColumns, ArticleTable, make_table
from newsdedup.verify.features import FeatureTable, join_features

_Out = TypeVar("_Out")
_Many = TypeVar("_Many", bound=Sized)

BATCH_PAIRS = 2048
"""Pairs compared or shown at a time."""

MAX_MEMORY = 4 << 30
"""Bytes that a run may take, unless it is told otherwise."""

_KEPT_SHARE = 0.6  # of the memory, for what is kept of every article; the rest is for candidates and the program
_TABLE_SHARE = 1 / 4  # for tables held at once
_SHELF_SHARE = 1 / 64  # for texts held before they go to a file
_TOKEN_BYTES = 40  # of a table, for each token, with its letters and what is made of it for comparing
_TILE_PAIRS = 1 << 16
_FEW_TOKENS = 1 << 19  # about a thousand articles
_DENSE = 4  # pairs for each article from which it is worth to hold the tables of many
_SMALL = 1024  # articles or pairs below which worker processes cost more than they save
_TASKS = 6  # for each worker, so that none waits long for the last

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total); total 0 means unknown."""

Rows = Callable[[NDArray[np.int64]], NDArray[np.int64]]
"""From numbers of articles to rows of a desk's table."""


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
        self._most_bytes = int(max_memory * _TABLE_SHARE)
        shelf.memory_bytes = int(max_memory * _SHELF_SHARE)
        self.tell: Progress = tell or (lambda stage, done, total: None)
        self._pool: ProcessPoolExecutor | None = None
        self._whole: WholeTable | None = None
        self._held: Desk | None = None

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            # What is under way is waited for, a second or two: a worker that is killed while it sends its result leaves
            # the pool waiting for the rest of it.
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
        try:
            for task in tasks:
                with _interrupts_later():  # to submit may start a worker, which must not be interrupted while it starts
                    under_way.append(self._workers().submit(work, *task))
                if len(under_way) > 3 * self._jobs:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        except BrokenProcessPool as error:
            raise NewsdedupError("a worker process ended early, out of memory perhaps; try fewer --jobs") from error

    def read(self, articles: Iterable[Article], views: frozenset[str]) -> Reading:
        """Puts articles on the shelf and reads them while they come; then the shelf is sorted by id.

        Raises:
            InputError: Two articles have one id.
            NewsdedupError: What is kept of them does not fit into the memory allowed.
        """
        self.tell("reading", 0, 0)
        builder = ReadingBuilder()
        builder.add(read_batch([], views))  # so that there is one
        for part in self._read(articles, views):
            builder.add(part)
            if builder.bytes_held > self._max_memory * _KEPT_SHARE:
                raise NewsdedupError(_too_much(builder.bytes_held, len(self._shelf), self._max_memory))
            self.tell("reading", len(self._shelf), 0)
        order = self._shelf.sort()
        if self._whole is not None:
            self._whole.rows = order
        return builder.finish(order)

    def stand_behind(self, known: Known) -> None:
        """Puts articles that are known already in front of those that were read."""
        self._whole = None  # it would have to hold the known ones as well
        self._shelf.stand_behind(known)

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
        self._whole = WholeTable()
        for batch in batches:
            table = make_table(batch)
            if self._whole is not None:
                self._whole.add(table)
                if self._whole.bytes_held > self._most_bytes:
                    self._whole = None
            yield read_table(table, batch, views)

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

    def _recorded(self, batches: Iterable[list[Article]]) -> Iterator[Drawers]:
        done = 0
        for batch in batches:
            yield self._shelf.records(np.arange(done, done + len(batch)))
            done += len(batch)

    def learn(self, reading: Reading, before: Learned | None = None) -> tuple[BoilerplateMask, list[str | None]]:
        """The boilerplate of the run, and the names of its outlets by number; see `find_boilerplate`."""
        sources, names = source_numbers(self._shelf.sources)
        found = find_boilerplate(
            reading.sentences,
            reading.columns.content if before is None else before.lengths,
            sources,
            names,
            tables=self.tables,
            copy=reading.sketches.copy,
            before=before,
        )
        return found, names

    def cut(self, mask: BoilerplateMask, reading: Reading, views: frozenset[str]) -> Reading:
        """The reading without what recurs; from now on it is cut from every table, too.

        Articles that were known before were cut when they were read.
        """
        self.mask, self._held = mask, None
        rows = mask.rows[mask.rows >= self._shelf.known]
        if not rows.size:
            return reading
        self.tell("boilerplate", 0, rows.size)
        batches = self._batches(rows)
        if self._in_workers(rows.size):
            tasks = ((self._shelf.records(batch), mask.of(batch), views) for batch in batches)
            results = self._submitted(_read_records_again, tasks)
        else:
            results = (read_again(self._cut_again(batch), views) for batch in batches)
        columns: list[ArticleColumns] = []
        sketches: list[Sketches] = []
        for number, (column, part) in enumerate(results, 1):
            columns.append(column)
            sketches.append(part)
            self.tell("boilerplate", min(number * BATCH_ARTICLES, rows.size), rows.size)
        reading.columns.put(rows, ArticleColumns.join(columns))
        return replace(reading, sketches=replace_sketches(reading.sketches, rows, join_sketches(sketches)))

    def _cut_again(self, rows: NDArray[np.int64]) -> ArticleTable:
        table = self.mask.of(rows).cut(self.tables(rows))
        if self._whole is not None:
            self._whole.rows[rows] = self._whole.add(table)
        return table

    def tables(self, rows: NDArray[np.int64]) -> ArticleTable:
        """The table of some articles, nothing cut; not to be asked for once `cut` was called."""
        return make_table(self._shelf.articles(rows.tolist())) if self._whole is None else self._whole.take(rows)

    def cut_tables(self, rows: NDArray[np.int64]) -> ArticleTable:
        """The table of some articles, boilerplate cut."""
        if self._whole is not None:
            return self._whole.take(rows)
        return self.mask.of(rows).cut(self.tables(rows))

    def compare(self, pairs: Pairs, kept: NDArray[np.bool_], columns: ArticleColumns) -> FeatureTable:
        """Features of each pair, in the order given; none for a pair that the gate drops.

        Args:
            pairs: Sorted.
            kept: Pairs that do not go through the gate, shape of `pairs`.
            columns: Of all articles.
        """
        left, right = unpack(pairs)
        order = tile_order(left, right, columns.tokens.size)
        left, right, kept = left[order], right[order], kept[order]

        def task(rows: Rows, part: slice) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
            return rows(left[part]), rows(right[part]), kept[part]

        parts = list(self._at_desks("comparing", compare_at, task, (left, right, columns.tokens)))
        return join_features(parts).take(np.argsort(order))

    def explain(self, found: Sequence[Found], columns: ArticleColumns) -> list[Pair]:
        """What is reported of each pair, in the order given."""
        left, right = (np.array([getattr(each, side) for each in found], dtype=np.int64) for side in ("left", "right"))
        order = tile_order(left, right, columns.tokens.size)
        left, right, found = left[order], right[order], [found[place] for place in order.tolist()]

        def task(rows: Rows, part: slice) -> tuple[list[Found]]:
            sides = rows(left[part]).tolist(), rows(right[part]).tolist()
            return ([replace(each, left=a, right=b) for each, a, b in zip(found[part], *sides, strict=True)],)

        parts = self._at_desks("evidence", explain_at, task, (left, right, columns.tokens))
        pairs = list(chain.from_iterable(parts))
        return [pairs[place] for place in np.argsort(order).tolist()]

    def sentences(self, rows: NDArray[np.int64]) -> Iterator[tuple[str, ...]]:
        """The normalised sentences of each article, boilerplate cut; number n of the evidence is index n - 1."""
        for batch in self._batches(rows):
            witness = self._desk(batch).witness
            yield from (witness.reading(row).sentences for row in range(batch.size))

    def _at_desks(
        self,
        stage: str,
        work: Callable[..., _Many],
        task: Callable[[Rows, slice], tuple[object, ...]],
        pairs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    ) -> Iterator[_Many]:
        """What `work` makes of the pairs, tile by tile, at a desk with the articles of each."""
        count = pairs[0].size
        self.tell(stage, 0, count)
        many = self._in_workers(count)
        most_pairs = math.ceil(count / (self._jobs * _TASKS)) if many else _TILE_PAIRS
        if self._whole is not None and not many:
            desk = self._whole_desk(self._whole)
            results = self._here(work, desk, self._whole.rows.__getitem__, task, slice(0, count))
        else:
            # Where articles stand in few pairs each, tables are made once in any case, and small ones stay in cache.
            sparse = count < _DENSE * np.unique(np.concatenate(pairs[:2])).size
            fitting = self._most_bytes // _TOKEN_BYTES
            most_tokens = min(_FEW_TOKENS, fitting) if sparse else fitting
            cut = tiles(*pairs, most_size=most_tokens, most_pairs=min(most_pairs, _TILE_PAIRS))
            if many:
                results = self._submitted(_at_desk, (self._sent(work, tile, task) for tile in cut))
            else:
                results = chain.from_iterable(
                    self._here(work, self._desk(tile.rows), tile.places, task, tile.part) for tile in cut
                )
        done = 0
        for part in results:
            done += len(part)
            self.tell(stage, done, count)
            yield part

    def _sent(
        self, work: Callable[..., _Many], tile: Tile, task: Callable[[Rows, slice], tuple[object, ...]]
    ) -> tuple[object, ...]:
        return work, self._shelf.records(tile.rows), self.mask.of(tile.rows), task(tile.places, tile.part)

    def _here(
        self,
        work: Callable[..., _Many],
        desk: Desk,
        rows: Rows,
        task: Callable[[Rows, slice], tuple[object, ...]],
        part: slice,
    ) -> Iterator[_Many]:
        for start in range(part.start, part.stop, BATCH_PAIRS):
            yield work(desk, *task(rows, slice(start, min(start + BATCH_PAIRS, part.stop))))

    def _desk(self, rows: NDArray[np.int64]) -> Desk:
        shelf, numbers = self._shelf, rows.tolist()
        texts: list[NormalizedText] = []
        table = self.mask.of(rows).cut(make_table(shelf.articles(numbers), texts))
        return Desk(lambda row: shelf.article(numbers[row]), table, texts)

    def _whole_desk(self, whole: WholeTable) -> Desk:
        if self._held is None:
            shelf, numbers = self._shelf, whole.numbers().tolist()
            self._held = Desk(lambda row: shelf.article(numbers[row]), whole.table())
        return self._held


def _too_much(size: int, articles: int, most: int) -> str:
    return (
        f"max_memory {most >> 20} MB is used up after {articles:,} articles, of each of which {size // articles:,} "
        "bytes are kept; give more with --max-memory, look through fewer --views, or scan in parts"
    )


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Interrupts wait until the end of the block; a process that is started in it begins without them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker() -> None:
    """An interrupt is the main process's to handle: it ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    one_thread()
    long_run()


def _read_records(records: Drawers, views: frozenset[str]) -> Reading:
    return read_batch(records.articles(), views)


def _read_records_again(
    records: Drawers, mask: BoilerplateMask, views: frozenset[str]
) -> tuple[ArticleColumns, Sketches]:
    return read_again(mask.cut(make_table(records.articles())), views)


def _at_desk(work: Callable[..., _Many], records: Drawers, mask: BoilerplateMask, task: tuple[object, ...]) -> _Many:
    articles, texts = records.articles(), list[NormalizedText]()
    return work(Desk(articles.__getitem__, mask.cut(make_table(articles, texts)), texts), *task)
