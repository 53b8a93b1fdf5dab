"""How many candidates a run keeps, so that they stay linear where everything is like everything.

In a feed of one template, or of one story in a thousand versions, a constant share of all pairs is alike: of 500 texts
of 40 words that differ in one word each, all 124,750 pairs were compared and reported. What is dropped here is dropped
by the signatures of its own two articles and of those they are paired with, so that neither the order in which pairs
come nor how many of them are seen at once changes the result.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from newsdedup.sketch.lsh import PairFilter, Pairs, unpack
from newsdedup.sketch.minhash import NUM_PERM
from newsdedup.text.hashing import begins

SAME_STORY = 0.4
"""Estimated Jaccard of the copy view from which two articles are near-copies of each other, and of one story wherever
stories are counted."""

CROWD = 40
"""Near-copies of one article above which it and they are a crowd; 20 are the most in ten sets of articles."""

CLOSEST = 4
FIRST = 2
"""Near-copies that a member of a crowd keeps: those most like it, and those with the smallest numbers, which most of
the crowd have in common, so that it stays one cluster."""

EACH = 32
"""Other candidates of a run for each article, on the average. Where there are more, each article keeps as many of those
most like it as makes so many, EACH at least and MOST at most, and a pair stays when either side keeps it. Of 21,000
items of one agency, many of them forms, there are 27; no pair reported stands below place 9 on both sides."""

MOST = 256


@dataclass(slots=True)
class Thinning:
    """Drops candidates where there are too many.

    Attributes:
        chosen: The signatures by which pairs are ranked.
        members: Articles that are paired.
        crowded: Articles that are not paired with all their near-copies, shape (articles,).
        thinned: Articles that are not paired with all their other candidates, shape (articles,).
    """

    chosen: PairFilter
    members: int
    crowded: NDArray[np.bool_] = field(init=False)
    thinned: NDArray[np.bool_] = field(init=False)
    _over: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.crowded = np.zeros(self.chosen.articles, dtype=bool)
        self.thinned = np.zeros(self.chosen.articles, dtype=bool)

    def room(self) -> int:
        """Pairs from which it is worth while to drop some before all are there."""
        return max(1 << 16, 4 * EACH * self.members)

    def meanwhile(self, pairs: Pairs) -> Pairs:
        """Some of the pairs less those that `finally_kept` drops whatever pairs are still to come."""
        return self._less(pairs, last=False)

    def finally_kept(self, pairs: Pairs) -> Pairs:
        """The pairs that stay, now that all are there."""
        return self._less(pairs, last=True)

    def _less(self, pairs: Pairs, *, last: bool) -> Pairs:
        left, right = unpack(pairs)
        degree = np.bincount(np.concatenate((left, right)), minlength=self.chosen.articles)
        if degree.max(initial=0) <= CROWD and pairs.size <= EACH * self.members and not self._over:
            return pairs
        near, likeness = self._ranked(left, right)
        stays = np.ones(pairs.size, dtype=bool)
        crowd = np.flatnonzero(near)
        stays[crowd] = self._near(left[crowd], right[crowd], likeness[crowd], last=last)
        others = np.flatnonzero(~near)
        self._over |= others.size > EACH * self.members
        if self._over:
            stays[others] = self._others(left[others], right[others], likeness[others], last=last)
        for lost, kind in ((self.crowded, near), (self.thinned, ~near)):
            gone = kind & ~stays
            lost[left[gone]] = True
            lost[right[gone]] = True
        return pairs[stays]

    def _ranked(
        self, left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Of each pair whether they are near-copies, and how far it is above what it takes to be a candidate."""
        copy, terms, facts = self.chosen.agreeing(left, right)
        least = self.chosen.least
        likeness = np.maximum(np.maximum(copy / least[0], terms / least[1]), (terms + facts) / least[2])
        return copy >= SAME_STORY * NUM_PERM, likeness

    def _near(
        self, left: NDArray[np.int64], right: NDArray[np.int64], likeness: NDArray[np.float64], *, last: bool
    ) -> NDArray[np.bool_]:
        """Which pairs of near-copies stay; before all are there, enough of them to tell a crowd by."""
        by_likeness = _places(left, right, likeness)
        by_number = _places(left, right, np.zeros(left.size))
        most = np.full(self.chosen.articles, CROWD + 1)
        if last:
            crowds = np.bincount(np.concatenate((left, right)), minlength=most.size) > CROWD
            most[left[crowds[right]]] = most[right[crowds[left]]] = most[crowds] = CLOSEST
        kept = (by_likeness < most[np.stack((left, right))]) | (by_number < FIRST)
        return np.asarray(kept.any(axis=0), dtype=bool)

    def _others(
        self, left: NDArray[np.int64], right: NDArray[np.int64], likeness: NDArray[np.float64], *, last: bool
    ) -> NDArray[np.bool_]:
        """Which other pairs stay."""
        place = _places(left, right, likeness).min(axis=0, initial=np.iinfo(np.int64).max)
        if not last:
            return np.asarray(place < MOST, dtype=bool)
        within = np.cumsum(np.bincount(place, minlength=MOST)[:MOST])  # pairs that stay where each article keeps k + 1
        most = int((within <= EACH * self.members).sum())
        return np.asarray(place < most, dtype=bool)


def _places(left: NDArray[np.int64], right: NDArray[np.int64], likeness: NDArray[np.float64]) -> NDArray[np.int64]:
    """Place of each pair among those of its left and of its right article, the most alike first, then the one with the
    smallest number, shape (2, pairs)."""
    article, other = np.concatenate((left, right)), np.concatenate((right, left))
    order = np.lexsort((other, -np.tile(likeness, 2), article))
    counted = np.arange(order.size)
    out = np.empty(order.size, dtype=np.int64)
    out[order] = counted - np.maximum.accumulate(np.where(begins(article[order]), counted, 0))
    return out.reshape(2, -1)
