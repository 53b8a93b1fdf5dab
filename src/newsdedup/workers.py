"""The heavy stages, in this process or in several: the same functions on the same batches, so the same result.

Worker processes get texts in and give arrays back; for comparing, the table is written to files once and mapped by
every worker, never pickled.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType

import numpy as np

from newsdedup.article import Article
from newsdedup.sketch.candidates import join_sketches
from newsdedup.sketch.lsh import Pairs, unpack
from newsdedup.sketch.views import Sketches, sketch
from newsdedup.text.table import ArticleTable, join_tables, make_table
from newsdedup.verify.features import Features, pair_features, passes_gate
from newsdedup.verify.profile import Profile, make_profile

BATCH_ARTICLES = 256
"""Articles read and sketched at a time: their arrays stay in cache, and one batch is one task."""

BATCH_PAIRS = 2048

_PROFILES = 2048  # kept at a time, about 40 KB each
_SMALL = 1024  # articles or pairs below which worker processes cost more than they save

Tell = Callable[[str, int, int], None]


def read_batch(articles: Sequence[Article], views: frozenset[str]) -> tuple[ArticleTable, Sketches]:
    """Table and sketches of one batch."""
    table = make_table(articles)
    return table, sketch(table, views)


def compare_batch(table: ArticleTable, pairs: Pairs) -> list[Features | None]:
    """Features of each pair, None for a pair that the gate drops."""
    profile = lru_cache(maxsize=_PROFILES)(lambda row: make_profile(table, row))
    left, right = unpack(pairs)
    return [_compare(profile(a), profile(b)) for a, b in zip(left.tolist(), right.tolist(), strict=True)]


def _compare(left: Profile, right: Profile) -> Features | None:
    return pair_features(left, right) if passes_gate(left, right) else None


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
            self._pool = ProcessPoolExecutor(self._jobs, mp_context=get_context("spawn"), initializer=_one_thread)
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

    def compare(self, table: ArticleTable, pairs: Pairs, tell: Tell) -> list[Features | None]:
        """Features of each pair, in the order given; None for a pair that the gate drops."""
        batches = [pairs[start : start + BATCH_PAIRS] for start in range(0, pairs.size, BATCH_PAIRS)]
        out: list[Features | None] = []
        if self._jobs > 1 and pairs.size >= _SMALL:
            with tempfile.TemporaryDirectory(prefix="newsdedup-") as folder:
                _write(table, Path(folder))
                for part in self._workers().map(_compare_mapped, [folder] * len(batches), batches):
                    out += part
                    tell("comparing", len(out), int(pairs.size))
        else:
            for batch in batches:
                out += compare_batch(table, batch)
                tell("comparing", len(out), int(pairs.size))
        return out


def _one_thread() -> None:
    """Numeric libraries of a worker use one thread: the workers are the parallelism."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
        os.environ[name] = "1"


def _write(table: ArticleTable, folder: Path) -> None:
    for field in fields(ArticleTable):
        np.save(folder / f"{field.name}.npy", getattr(table, field.name), allow_pickle=False)


@lru_cache(maxsize=1)
def _mapped(folder: str) -> ArticleTable:
    columns = {
        field.name: np.load(Path(folder) / f"{field.name}.npy", mmap_mode="r", allow_pickle=False)
        for field in fields(ArticleTable)
    }
    return ArticleTable(**columns)


def _compare_mapped(folder: str, pairs: Pairs) -> list[Features | None]:
    return compare_batch(_mapped(folder), pairs)
