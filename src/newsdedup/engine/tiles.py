"""Pairs put in order and cut into tiles whose articles are few enough to be held at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsdedup.sketch.linked import linked

_STEP_PAIRS = 256


@dataclass(frozen=True, slots=True)
class Tile:
    """Consecutive pairs and the articles they are made of, few enough for their tables to be held at once.

    Attributes:
        rows: Numbers of the articles, sorted.
        part: The pairs.
    """

    rows: NDArray[np.int64]
    part: slice

    def places(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Places of articles in `rows`."""
        return np.searchsorted(self.rows, numbers)


def tile_order(left: NDArray[np.int64], right: NDArray[np.int64], articles: int) -> NDArray[np.int64]:
    """An order of pairs in which those that hang together stand together, so that few articles are in two tiles.

    Args:
        articles: Of the run.

    Returns:
        Places of the pairs: by the smallest article that they hang together with, then as they were.
    """
    return np.argsort(linked(articles, left, right)[left], kind="stable")


def tiles(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    sizes: NDArray[np.int64],
    *,
    most_size: int,
    most_pairs: int,
) -> Iterator[Tile]:
    """Cuts pairs into tiles, in order.

    Args:
        sizes: Of each article of the run, shape (articles,).
        most_size: Sum of the sizes of a tile's articles, passed only when the first few pairs are larger by themselves.
        most_pairs: Of a tile, about.
    """
    step = max(1, min(_STEP_PAIRS, most_pairs))
    held = np.zeros(sizes.size, dtype=bool)
    start, size = 0, 0
    for begin in range(0, left.size, step):
        end = min(begin + step, left.size)
        rows = np.union1d(left[begin:end], right[begin:end])
        more = int(sizes[rows[~held[rows]]].sum())
        if begin > start and (size + more > most_size or end - start > most_pairs):
            yield Tile(np.flatnonzero(held), slice(start, begin))
            held[:] = False
            start, size, more = begin, 0, int(sizes[rows].sum())
        held[rows] = True
        size += more
    if left.size:
        yield Tile(np.flatnonzero(held), slice(start, left.size))
