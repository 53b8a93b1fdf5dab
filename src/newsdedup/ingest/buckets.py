"""Articles of a store that share a band with new ones."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from newsdedup.ingest.columns import sketches_of
from newsdedup.sketch.candidates import KEEP_BOTH, KEEP_COPY, KEEP_TERMS
from newsdedup.sketch.minhash import NUM_PERM
from newsdedup.sketch.views import Sketches
from newsdedup.store.entries import BAND_KINDS, band_entries
from newsdedup.store.reader import Reader
from newsdedup.text.hashing import begins, distinct
from newsdedup.verify.model import MIN_LENGTH

MOST_HOLDERS = 200
"""Articles of one bucket, or of one passage, that are looked at: the newest."""

_OWNERS = 512  # new articles whose buckets are looked at together: each has 190, of up to MOST_HOLDERS
_PAIRS = 1 << 15  # pairs whose signatures are held against each other at a time
_LEAST = (ceil(KEEP_COPY * NUM_PERM), ceil(KEEP_TERMS * NUM_PERM), ceil(KEEP_BOTH * NUM_PERM))


@dataclass(frozen=True, slots=True, kw_only=True)
class Buckets:
    """Which articles of a store are candidates through the views that have bands.

    Attributes:
        gone: int64, numbers of articles that are left out, sorted.
        window_days: Articles further apart are no candidates but by their copy view; None for any distance.
        today: Day that it is, counted from 1970.
    """

    store: Reader
    gone: NDArray[np.int64]
    window_days: float | None
    today: float

    def near(self, sketches: Sketches, content: NDArray[np.int64], days: NDArray[np.float64]) -> NDArray[np.int64]:
        """Articles that share a band with a new one, and whose signatures do not rule the pair out; sorted numbers.

        Args:
            content: Content stems of the new articles.
            days: Times of publication of the new articles, NaN where they are unknown.
        """
        found = [np.zeros(0, dtype=np.int64)]
        for start in range(0, content.size, _OWNERS):
            end = min(start + _OWNERS, content.size)
            found.append(self._near(sketches_of(sketches, start, end), content[start:end], days[start:end]))
        return distinct(np.concatenate(found))

    def _near(
        self,
        sketches: Sketches,
        content: NDArray[np.int64],
        days: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        entries = band_entries(sketches, np.arange(content.size))
        copy = entries.kinds < BAND_KINDS["copy"].stop
        found = [np.zeros(0, dtype=np.int64)]
        window, dated = self.window_days, ~np.isnan(days[entries.numbers])
        for chosen, windowed in ((copy, False), (~copy & dated, True), (~copy & ~dated, True)):
            if not chosen.any():
                continue
            earliest = None
            if windowed and window is not None and dated[chosen][0]:
                earliest = min(float(np.nanmin(days)), self.today) - window
            asked, numbers = self.store.holders(
                entries.kinds[chosen], entries.keys[chosen], most=MOST_HOLDERS, latest_day_from=earliest, but=self.gone
            )
            new = entries.numbers[chosen][asked]
            pairs = distinct(numbers * content.size + new)
            known, new = np.divmod(pairs, content.size)
            if windowed and window is not None:
                near = self._apart(known, days[new]) <= window
                known, new = known[near], new[near]
            for start in range(0, known.size, _PAIRS):
                part = slice(start, start + _PAIRS)
                found.append(self._kept(sketches, content, known[part], new[part]))
        return distinct(np.concatenate(found))

    def _apart(self, known: NDArray[np.int64], days: NDArray[np.float64]) -> NDArray[np.float64]:
        """Days between articles of the store and new ones: between their publications, else between their arrivals.

        Args:
            days: Of the new ones.
        """
        day, seen = self.store.days(known)
        apart = np.abs(day - days)
        return np.where(np.isnan(apart), self.today - seen, apart)

    def _kept(
        self,
        sketches: Sketches,
        content: NDArray[np.int64],
        known: NDArray[np.int64],
        new: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """Those of `known` that stay, as `sketch.lsh.PairFilter` keeps pairs; sorted with its places in `new`."""
        first = begins(known)
        rows, places = self.store.rows(known[first]), np.cumsum(first) - 1
        agreeing = [np.zeros(known.size, dtype=np.int64)] * 3
        for number, view in enumerate(("copy", "terms", "facts")):
            signatures: NDArray[np.uint32] | None = getattr(sketches, view)
            if signatures is not None:
                agreeing[number] = np.count_nonzero(signatures[new] == rows[view][places], axis=1)
        copy, terms, facts = agreeing
        kept = (terms >= _LEAST[1]) | (terms + facts >= _LEAST[2])
        kept &= (content[new] >= MIN_LENGTH) | (rows["content"][places] >= MIN_LENGTH)
        kept |= copy >= _LEAST[0]
        return known[kept]
