"""The heavy stages, in this process or in several: the same functions on the same batches, so the same result.

Worker processes get texts in and give arrays back; for comparing, the table is written to files once and mapped by
every worker, never pickled.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.sketch.candidates import join_sketches
from newsdedup.sketch.lsh import Pairs, unpack
from newsdedup.sketch.views import Sketches, sketch
from newsdedup.text.table import ArticleTable, join_tables, make_table
from newsdedup.threads import one_thread
from newsdedup.verify.features import Features, FeatureTable, compare_pairs
from newsdedup.verify.profile import Profiles

BATCH_ARTICLES = 256
"""Articles read and sketched at a time: their arrays stay in cache, and one batch is one task."""

BATCH_PAIRS = 2048

_SMALL = 1024  # articles or pairs below which worker processes cost more than they save

Tell = Callable[[str, int, int], None]


def read_batch(articles: Sequence[Article], views: frozenset[str]) -> tuple[ArticleTable, Sketches]:
    """Table and sketches of one batch."""
    table = make_table(articles)
    return table, sketch(table, views)


def compare_batch(profiles: Profiles, pairs: Pairs, kept: NDArray[np.bool_]) -> FeatureTable:
    """Features of each pair, None for a pair that the gate drops; pairs that are `kept` do not go through the gate."""
    return compare_pairs(profiles, *unpack(pairs), kept)


class Engine:
    """Runs the heavy stages; with `jobs` above 1, large inputs go to that many worker processes."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # spawn: the same on every platform, and safe beside threads
            self._pool = ProcessPoolExecutor(self._jobs, mp_context=get_context("spawn"), initializer=one_thread)
        return self._pool

    def read(self, articles: Sequence[Article], views: frozenset[str], tell: Tell) -> tuple[ArticleTable, Sketches]:
        """Table and sketches of all articles, in the order given."""
        batches = [articles[start : start + BATCH_ARTICLES] for start in range(0, len(articles), BATCH_ARTICLES)] or [
            []
        ]
        tables: list[ArticleTable] = []
        parts: list[Sketches] = []
        if self._jobs > 1 and len(articles) >= _SMALL:
            results = self._workers().map(read_batch, batches, [views] * len(batches))
        else:
            results = map(read_batch, batches, [views] * len(batches))
        done = 0
        for table, part in results:
            tables.append(table)
            parts.append(part)
            done += len(table)
            tell("sketching", done, len(articles))
        return join_tables(tables), join_sketches(parts)

    def compare(self, table: ArticleTable, pairs: Pairs, kept: NDArray[np.bool_], tell: Tell) -> list[Features | None]:
        """Features of each pair, in the order given; None for a pair that the gate drops.

        Args:
            kept: Pairs that do not go through the gate, shape of `pairs`.
        """
        parts = [slice(start, start + BATCH_PAIRS) for start in range(0, pairs.size, BATCH_PAIRS)]
        batches, kept_batches = [pairs[part] for part in parts], [kept[part] for part in parts]
        out: list[Features | None] = []
        if self._jobs > 1 and pairs.size >= _SMALL:
            with tempfile.TemporaryDirectory(prefix="newsdedup-") as folder:
                _write(table, Path(folder))
                for part in self._workers().map(_compare_mapped, [folder] * len(parts), batches, kept_batches):
                    out += part
                    tell("comparing", len(out), int(pairs.size))
        else:
            profiles = Profiles(table)
            for batch, keep in zip(batches, kept_batches, strict=True):
                out += compare_batch(profiles, batch, keep)
                tell("comparing", len(out), int(pairs.size))
        return out


def _write(table: ArticleTable, folder: Path) -> None:
    for field in fields(ArticleTable):
        np.save(folder / f"{field.name}.npy", getattr(table, field.name), allow_pickle=False)


@lru_cache(maxsize=1)
def _mapped(folder: str) -> Profiles:
    columns = {
        field.name: np.load(Path(folder) / f"{field.name}.npy", mmap_mode="r", allow_pickle=False)
        for field in fields(ArticleTable)
    }
    return Profiles(ArticleTable(**columns))


def _compare_mapped(folder: str, pairs: Pairs, kept: NDArray[np.bool_]) -> FeatureTable:
    return compare_batch(_mapped(folder), pairs, kept)
