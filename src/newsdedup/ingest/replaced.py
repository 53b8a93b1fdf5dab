"""Copies of texts that newer versions of their articles have replaced."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsdedup.ingest.buckets import MOST_HOLDERS
from newsdedup.sketch.minhash import NUM_PERM
from newsdedup.sketch.partners import SAME_STORY
from newsdedup.store.entries import BAND_KINDS, Entries
from newsdedup.store.reader import Reader
from newsdedup.text.hashing import distinct

_BANDS = 8  # of the copy view: a copy shares nearly all of its bands, so it shares one of these


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesOfReplaced:
    """New articles, and texts that were replaced of which they are copies; both of shape (pairs,).

    A text that was replaced is compared with nothing: what repeats it is held against the text that is current now.

    Attributes:
        new: Numbers of the new articles.
        replaced: Numbers of the texts.
    """

    new: NDArray[np.int64]
    replaced: NDArray[np.int64]


def copies_of_replaced(
    store: Reader, entries: Entries, rows: NDArray[np.void], *, first: int, replaced: NDArray[np.int64]
) -> CopiesOfReplaced:
    """Which new articles are copies of texts that were replaced, as far as their signatures tell.

    Args:
        entries: Of the new articles.
        rows: Of the new articles.
        first: Number of the first of them; the others follow it.
        replaced: Numbers of the texts that were replaced, sorted.
    """
    chosen = entries.kinds < BAND_KINDS["copy"].start + (_BANDS if replaced.size else 0)
    new = entries.numbers[chosen]
    asked, numbers = store.holders(entries.kinds[chosen], entries.keys[chosen], most=MOST_HOLDERS)
    held = np.isin(numbers, replaced)
    pairs = distinct((new[asked[held]] - first) * store.next_number + numbers[held])
    place, number = np.divmod(pairs, max(store.next_number, 1))
    agreeing = np.count_nonzero(rows["copy"][place] == store.rows(number)["copy"], axis=1)
    same = agreeing >= SAME_STORY * NUM_PERM
    return CopiesOfReplaced(new=place[same] + first, replaced=number[same])
