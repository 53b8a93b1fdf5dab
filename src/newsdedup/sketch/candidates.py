"""Candidate pairs from every view, filtered on the signatures before anything touches a text."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from newsdedup.sketch.lsh import Pairs, lsh_pairs, shared_value_pairs, unpack
from newsdedup.sketch.minhash import estimate_agreement
from newsdedup.sketch.views import Sketches

VIEWS = ("copy", "terms", "facts", "passages")

BANDS = {"copy": (2, 64), "terms": (3, 42), "facts": (3, 42)}
"""Rows and bands of each view: 2 x 64 finds half of the pairs of agreement .10, 3 x 42 half of those of .25."""

PASSAGES_AT_LEAST = 2
"""Passage shingles that two articles must share."""

PASSAGES_CAP = 50
"""Articles that may hold one passage before it is everybody's."""

KEEP_COPY = 0.08
KEEP_TERMS = 0.17
KEEP_FACTS = 0.14
KEEP_BOTH = 0.2
"""A pair is kept when one estimate reaches its bar, or terms and facts together reach KEEP_BOTH."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What is left to verify.

    Attributes:
        pairs: Sorted, distinct.
        found: Candidate pairs of each view before the filter.
        capped: Buckets above the cap in each view.
    """

    pairs: Pairs
    found: dict[str, int]
    capped: dict[str, int]


def find_candidates(
    sketches: Sketches,
    members: NDArray[np.int64],
    bucket_cap: int,
    days: NDArray[np.float64] | None = None,
    window_days: float | None = None,
) -> Candidates:
    """Candidate pairs among `members`.

    Args:
        members: Article numbers to be paired, sorted; exact duplicates are represented by one.
        bucket_cap: Members above which a bucket is paired as a star.
        days: Publication time of every article in days, NaN when unknown.
        window_days: Pairs of the terms and facts views further apart than this are not made; None makes all.
    """
    found: dict[str, int] = {}
    capped: dict[str, int] = {}
    pieces: list[Pairs] = [np.zeros(0, dtype=np.uint64)]
    for view, (rows, bands) in BANDS.items():
        signatures: NDArray[np.uint32] | None = getattr(sketches, view)
        if signatures is None:
            continue
        buckets = lsh_pairs(signatures[members], rows, bands, bucket_cap)
        pairs = _renumber(buckets.pairs, members)
        if view != "copy" and window_days is not None and days is not None:
            left, right = unpack(pairs)
            pairs = pairs[~(np.abs(days[left] - days[right]) > window_days)]
        found[view], capped[view] = int(pairs.size), buckets.capped
        pieces.append(pairs)
    pairs = np.unique(np.concatenate(pieces))
    pairs = pairs[prefilter(sketches, pairs)]
    if sketches.passages is not None and sketches.passage_offsets is not None:
        buckets = shared_value_pairs(
            sketches.passages, sketches.passage_offsets, members, PASSAGES_AT_LEAST, PASSAGES_CAP
        )
        found["passages"], capped["passages"] = int(buckets.pairs.size), buckets.capped
        pairs = np.union1d(pairs, buckets.pairs)
    return Candidates(pairs=pairs, found=found, capped=capped)


def prefilter(sketches: Sketches, pairs: Pairs) -> NDArray[np.bool_]:
    """Which pairs the signatures themselves do not rule out, shape of `pairs`."""
    left, right = unpack(pairs)
    zero = np.zeros(pairs.size, dtype=np.float32)
    copy = zero if sketches.copy is None else estimate_agreement(sketches.copy, left, right)
    terms = zero if sketches.terms is None else estimate_agreement(sketches.terms, left, right)
    facts = zero if sketches.facts is None else estimate_agreement(sketches.facts, left, right)
    keep: NDArray[np.bool_] = (
        (copy >= KEEP_COPY) | (terms >= KEEP_TERMS) | (facts >= KEEP_FACTS) | (terms + facts >= KEEP_BOTH)
    )
    return keep


def _renumber(pairs: Pairs, members: NDArray[np.int64]) -> Pairs:
    """Pairs of positions in `members` as pairs of article numbers; order is kept since members are sorted."""
    left, right = unpack(pairs)
    return (members[left].astype(np.uint64) << np.uint64(32)) | members[right].astype(np.uint64)


def join_sketches(parts: list[Sketches]) -> Sketches:
    """Sketches of consecutive batches as one."""
    first = parts[0]
    joined = {
        view: None if getattr(first, view) is None else np.concatenate([getattr(part, view) for part in parts])
        for view in ("copy", "terms", "facts", "passages")
    }
    offsets = None
    if first.passage_offsets is not None:
        counts = [np.diff(part.passage_offsets) for part in parts if part.passage_offsets is not None]
        offsets = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(np.concatenate(counts))))
    return replace(first, **joined, passage_offsets=offsets)
