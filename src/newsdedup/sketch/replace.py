"""Sketches in another order, and of some articles in the place of older ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from newsdedup.sketch.views import Sketches
from newsdedup.text.table import take_ragged


def replace_sketches(sketches: Sketches, rows: NDArray[np.int64], new: Sketches) -> Sketches:
    """The sketches with those of some articles replaced; signatures are replaced in place, a copy would be large.

    Args:
        rows: Numbers of the articles, sorted.
        new: Their sketches, in that order, in the same views.
    """
    for view in ("copy", "terms", "facts"):
        if (old := getattr(sketches, view)) is not None:
            old[rows] = getattr(new, view)
    offsets, new_offsets = sketches.passage_offsets, new.passage_offsets
    if offsets is None or new_offsets is None:
        return sketches
    counts = np.diff(offsets)
    is_new = np.zeros(counts.size, dtype=bool)
    is_new[rows] = True
    stale = np.repeat(is_new, counts)
    counts[rows] = np.diff(new_offsets)
    moved = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
    fresh = np.repeat(is_new, counts)
    columns: dict[str, NDArray[np.generic]] = {}
    for name in ("passages", "passage_quoted"):
        column = getattr(sketches, name)
        columns[name] = np.empty(fresh.size, dtype=column.dtype)
        columns[name][fresh] = getattr(new, name)
        columns[name][~fresh] = column[~stale]
    return replace(sketches, **columns, passage_offsets=moved)  # type: ignore[arg-type]  # each column keeps its type


def take_sketches(sketches: Sketches, order: NDArray[np.int64]) -> Sketches:
    """The sketches of all articles in another order; signatures are moved in place, a copy would be large.

    Args:
        order: `order[i]` is the article that comes as number i.
    """
    for view in ("copy", "terms", "facts"):
        if (signatures := getattr(sketches, view)) is not None:
            for start in range(0, signatures.shape[1], _COLUMNS):  # a part of each signature at a time
                part = signatures[:, start : start + _COLUMNS]
                part[:] = part[order]
    if sketches.passage_offsets is None or sketches.passages is None or sketches.passage_quoted is None:
        return sketches
    offsets = sketches.passage_offsets
    return replace(
        sketches,
        passages=take_ragged(sketches.passages, offsets, order),
        passage_quoted=take_ragged(sketches.passage_quoted, offsets, order),
        passage_offsets=np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(np.diff(offsets)[order]))),
    )


_COLUMNS = 32
