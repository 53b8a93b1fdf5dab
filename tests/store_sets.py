"""Articles for stores, made from their numbers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.sketch.views import Sketches
from newsdedup.store.fingerprint import store_fingerprint
from newsdedup.store.nouns import Arrival, Batch
from newsdedup.store.postings import Entries, band_entries
from newsdedup.store.rows import ROW

PARAMETERS = store_fingerprint(frozenset({"copy"}), None)
DAY = 86_400.0
NOW = 20_000 * DAY


def article(number: int, **other: Any) -> Article:
    return Article(id=f"a{number}", text=f"Text of {number}. " * 20, source=f"outlet {number % 3}", **other)


def arrival(number: int, **other: Any) -> Arrival:
    made = Arrival(
        article=article(number), number=number, identity=key(number), place=key(-number - 1), root=number,
        story=number, likenesses=0, sentences=b"s%d" % number,
    )  # fmt: skip
    return replace(made, **other)


def key(number: int) -> bytes:
    return blake2b(str(number).encode("ascii"), digest_size=16).digest()


def row_set(numbers: Sequence[int], day: float = 20_000.0) -> NDArray[np.void]:
    """Rows that can be told by their numbers."""
    rows = np.zeros(len(numbers), dtype=ROW)
    rows["copy"] = [np.random.default_rng(number).integers(0, 2**31, 128) for number in numbers] or 0
    rows["day"] = rows["seen"] = day
    rows["tokens"] = numbers
    return rows


def entries_of(rows: NDArray[np.void], numbers: Sequence[int]) -> Entries:
    sketches = Sketches(
        copy=np.ascontiguousarray(rows["copy"]),
        terms=None,
        facts=None,
        passages=None,
        passage_quoted=None,
        passage_offsets=None,
    )
    return band_entries(sketches, np.array(numbers, dtype=np.int64))


def batch(arrivals: Sequence[Arrival] = (), *, run: int = 1, time: float = NOW, **other: Any) -> Batch:
    numbers = [each.number for each in arrivals]
    rows = row_set(numbers, time / DAY)
    made = Batch(
        run=run, time=time, arrivals=arrivals, rows=rows, entries=entries_of(rows, numbers), seen_again=(),
        met=numbers, matches=(), compared=(), recurring=np.zeros(0, dtype=np.uint64), stories={}, likenesses={},
        versions={},
    )  # fmt: skip
    return replace(made, **other)


def numbered(first: int, end: int, **other: Any) -> list[Arrival]:
    return [arrival(number, **other) for number in range(first, end)]
