"""Cross-validation by groups of articles: pairs that share an article, or hang together, stay in one fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsdedup.gold.features import Mask, PairColumns


@dataclass(frozen=True, slots=True, kw_only=True)
class Folds:
    """A fold for either end of every pair, shape (pairs,); the two differ only for pairs that nobody labelled."""

    count: int
    left: NDArray[np.int64]
    right: NDArray[np.int64]

    def left_out(self, fold: int) -> Mask:
        """The pairs that are measured on this fold."""
        return np.asarray(self.left == fold, dtype=bool)

    def kept(self, fold: int) -> Mask:
        """The pairs to fit on when this fold is left out: neither article stands in it."""
        return np.asarray((self.left != fold) & (self.right != fold), dtype=bool)


def make_folds(pairs: PairColumns, part: Mask, count: int) -> Folds:
    """Folds of the groups in a part, about as many derived pairs and hard negatives in each.

    Groups go, the largest first, to the fold that has least so far; nothing is drawn by lot.
    """
    size = int(max(pairs.left_group.max(initial=-1), pairs.right_group.max(initial=-1))) + 1
    held = np.zeros((size, 2))
    for column, chosen in enumerate((part & pairs.derived, part & pairs.hard)):
        held[:, column] = np.bincount(pairs.left_group[chosen], minlength=size)
    held /= np.maximum(held.sum(axis=0), 1.0)
    amount = held.sum(axis=1)
    fold = np.arange(size, dtype=np.int64) % count  # of groups that hold no labelled pair
    filled = np.zeros(count)
    for group in np.argsort(-amount, kind="stable").tolist():
        if amount[group] == 0:
            break
        fold[group] = int(filled.argmin())
        filled[fold[group]] += amount[group]
    return Folds(count=count, left=fold[pairs.left_group], right=fold[pairs.right_group])
