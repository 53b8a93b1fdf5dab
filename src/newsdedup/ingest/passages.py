"""Who holds the passages of new articles: what excerpts are found by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsdedup.ingest.buckets import MOST_HOLDERS
from newsdedup.sketch.candidates import PASSAGE_STORIES, PASSAGES_AT_LEAST
from newsdedup.sketch.lsh import MANY_HOLDERS
from newsdedup.sketch.views import Sketches
from newsdedup.store.entries import PASSAGE, QUOTED
from newsdedup.store.reader import Reader
from newsdedup.text.hashing import begins, distinct


@dataclass(frozen=True, slots=True, kw_only=True)
class Passages:
    """Who holds passages of new articles; the first three of shape (holdings,).

    Attributes:
        values: uint32.
        numbers: Of articles of the store.
        quoted: Whether the passage stands between quotation marks only.
        common: uint32, values that are boilerplate, sorted.
    """

    values: NDArray[np.uint32]
    numbers: NDArray[np.int64]
    quoted: NDArray[np.bool_]
    common: NDArray[np.uint32]

    def sketches(self, at_hand: NDArray[np.int64], rows: NDArray[np.void], views: frozenset[str]) -> Sketches:
        """The sketches of the articles at hand; of their passages those that a new article holds."""
        signatures = {view: _view(rows, view) if view in views else None for view in ("copy", "terms", "facts")}
        if "passages" not in views:
            return Sketches(**signatures, passages=None, passage_quoted=None, passage_offsets=None)
        order = np.lexsort((self.values, self.numbers))
        order = order[np.isin(self.numbers[order], at_hand)]
        return Sketches(
            **signatures,
            passages=self.values[order],
            passage_quoted=self.quoted[order],
            passage_offsets=np.append(0, np.searchsorted(self.numbers[order], at_hand, side="right")).astype(np.int64),
        )


def _view(rows: NDArray[np.void], view: str) -> NDArray[np.uint32]:
    return np.ascontiguousarray(rows[view], dtype=np.uint32)


def passage_holders(
    store: Reader, sketches: Sequence[tuple[Sketches, NDArray[np.int64]]], gone: NDArray[np.int64]
) -> Passages:
    """Who holds the passages of new articles; those that too many stories hold are boilerplate.

    Only passages that may make a pair are looked at: those that several new articles hold, and those held by an article
    that holds another one, too, since a pair must share PASSAGES_AT_LEAST of them.

    Args:
        sketches: Of the new articles, with the places of those.
        gone: Numbers of articles that are left out, sorted.
    """
    values, several = _new_values(sketches)
    both = np.repeat(np.array([PASSAGE, QUOTED], dtype=np.uint8), values.size)
    asked, numbers = store.holders(both, np.tile(values, 2), most=MOST_HOLDERS, but=gone)
    value, quoted = asked % max(values.size, 1), asked >= values.size
    order = np.lexsort((numbers, value))
    value, numbers, quoted = value[order], numbers[order], quoted[order]
    _, holding, held = np.unique(numbers, return_inverse=True, return_counts=True)
    several[value[held[holding] >= PASSAGES_AT_LEAST]] = True
    value, numbers, quoted = value[several[value]], numbers[several[value]], quoted[several[value]]
    stories = store.stories(numbers)
    there = stories >= 0  # the others are not kept any more
    value, numbers, quoted, stories = value[there], numbers[there], quoted[there], stories[there]
    by_story = np.lexsort((-numbers, stories, value))
    stands = np.empty(value.size, dtype=bool)  # the newest of each story
    stands[by_story] = begins(value[by_story]) | begins(stories[by_story])
    common = np.bincount(value[stands], minlength=values.size) > PASSAGE_STORIES
    # Where many copies hold a value, one of each story stands for them.
    many = np.bincount(value, minlength=values.size) > MANY_HOLDERS
    kept = ~common[value] & (~many[value] | stands)
    return Passages(values=values[value[kept]], numbers=numbers[kept], quoted=quoted[kept], common=values[common])


def _new_values(
    sketches: Sequence[tuple[Sketches, NDArray[np.int64]]],
) -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """The distinct passages of new articles, sorted, and which of them several articles hold."""
    held = [np.zeros(0, dtype=np.uint64)]
    for part, owners in sketches:
        if part.passages is not None and part.passage_offsets is not None:
            owner = np.repeat(owners, np.diff(part.passage_offsets)).astype(np.uint64)
            held.append((part.passages.astype(np.uint64) << np.uint64(32)) | owner)
    values = distinct(np.concatenate(held)) >> np.uint64(32)
    first = begins(values)
    several = np.bincount(np.cumsum(first) - 1, minlength=int(first.sum())) > 1
    return values[first].astype(np.uint32), several
