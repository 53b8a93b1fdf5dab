"""Locality-sensitive hashing over arrays: signatures to bands, bands to buckets, buckets to candidate pairs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from types import ModuleType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from newsdedup import kernel
from newsdedup.sketch.minhash import EMPTY, NUM_PERM, estimate_agreement
from newsdedup.text.hashing import begins, distinct, mix64

Pairs = NDArray[np.uint64]
"""Pairs of article numbers, the smaller one in the upper 32 bits; sorted and distinct."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buckets:
    """What the buckets of one view gave.

    Attributes:
        pairs: Candidate pairs.
        capped: Buckets above the cap, paired as a star.
    """

    pairs: Pairs
    capped: int


def pack(left: NDArray[np.int64], right: NDArray[np.int64]) -> Pairs:
    """Pairs as sortable numbers; the order of each pair does not matter."""
    low, high = np.minimum(left, right).astype(np.uint64), np.maximum(left, right).astype(np.uint64)
    return (low << np.uint64(32)) | high


def unpack(pairs: Pairs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`(left, right)` article numbers of packed pairs, left below right."""
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)


def distinct_pairs(pieces: Sequence[Pairs]) -> Pairs:
    """All pairs of some pieces, sorted, each once."""
    return distinct(np.concatenate((np.zeros(0, dtype=np.uint64), *pieces)))


def band_columns(rows: int, bands: int, width: int = NUM_PERM) -> NDArray[np.int32]:
    """The signature values that make up each band, shape (bands, rows).

    Bands take consecutive values while there are any; more bands take the same values again, each time grouped anew:
    two articles that agree in a third of 128 values agree in a thousand triples of them, and 42 bands look at 42.
    """
    once = width // rows
    number, row = np.arange(bands)[:, None], np.arange(rows)
    strides = np.array(_STRIDES)[number // once]
    columns: NDArray[np.int32] = ((number % once * rows + row) * strides % (once * rows)).astype(np.int32)
    return columns


_STRIDES = (1, 47, 89)
"""Coprime to 128 and 126, so that each grouping uses every value once."""


def band_keys(
    sketches: NDArray[np.uint32], members: NDArray[np.int64], columns: NDArray[np.int32]
) -> Iterator[NDArray[np.uint64]]:
    """Band keys of some articles, a hash of the signature values in a row of `columns`: one band after the other."""
    for band in columns.tolist():
        keys = np.zeros(members.size, dtype=np.uint64)
        for column in band:
            keys *= np.uint64(0x9E3779B97F4A7C15)  # wraps mod 2**64 on purpose
            keys += sketches[members, column] + np.uint64(1)
        yield mix64(keys)


def bucket_pairs(
    keys: NDArray[np.uint64], members: NDArray[np.int64], cap: int, fresh: NDArray[np.bool_] | None = None
) -> tuple[Pairs, int]:
    """Pairs of members that share a key.

    A bucket of up to `cap` members gives all its pairs. A larger one gives a star: every member is paired with the
    `ANCHORS` smallest members only, so that output stays linear in the members.

    Args:
        fresh: Articles of which a bucket must have one to give pairs; None for all buckets.

    Returns:
        `(pairs, capped)`: pairs neither sorted nor distinct, and the number of buckets above the cap.
    """
    # Most articles share a key with nobody: told by the upper bits, so that only the others have to be sorted.
    slots = (keys >> np.uint64(64 - max(1, int(keys.size).bit_length() + 2))).astype(np.int64)
    asked = np.flatnonzero((np.bincount(slots) > 1)[slots])
    order = asked[np.argsort(keys[asked], kind="stable")]
    keys = keys[order]
    starts = np.flatnonzero(begins(keys))
    sizes = np.diff(np.append(starts, keys.size))
    shared = sizes > 1
    if fresh is not None and starts.size:
        shared &= np.logical_or.reduceat(fresh[members[order]], starts)
    starts, sizes = starts[shared], sizes[shared]
    if not starts.size:
        return np.zeros(0, dtype=np.uint64), 0
    pieces: list[Pairs] = []
    # Member number k of a bucket is paired with the k - 1 before it, or with the anchors in a star.
    within = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    position = np.repeat(starts, sizes) + within
    partners = np.where(np.repeat(sizes > cap, sizes), np.minimum(within, ANCHORS), within)
    for begin, end in _chunks(partners):
        count = partners[begin:end]
        later = np.repeat(position[begin:end], count)
        offset = np.arange(later.size) - np.repeat(np.cumsum(count) - count, count)
        earlier = np.repeat(position[begin:end] - within[begin:end], count) + offset
        pieces.append(pack(members[order[earlier]], members[order[later]]))
    return np.concatenate(pieces), int((sizes > cap).sum())


ANCHORS = 2
"""Members of an over-full bucket that every other member is paired with."""

MANY_HOLDERS = 12
"""Articles that may hold one shared value and still all be paired."""

_CHUNK_PAIRS = 4_000_000


def _chunks(partners: NDArray[np.int64]) -> list[tuple[int, int]]:
    total = np.cumsum(partners)
    cuts = np.searchsorted(total, np.arange(_CHUNK_PAIRS, int(total[-1]) + 1, _CHUNK_PAIRS)) + 1
    bounds = [0, *np.unique(cuts).tolist(), partners.size]
    return [(a, b) for a, b in pairwise(bounds) if b > a]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFilter:
    """Which pairs the signatures themselves do not rule out.

    A pair stays when it agrees in enough positions of copy, or of terms, or of terms and facts together; a view that
    was not asked for agrees nowhere. Of two brief articles copy alone counts.

    Attributes:
        copy, terms, facts: Signatures of all articles.
        least: Positions of copy, of terms, of terms and facts together.
        brief: Which articles are too short to be told by anything but their copy; None when none is.
        fresh: Articles of which each pair must have one; None for all pairs.
        days: Publication time of every article in days, NaN when unknown; None for no window.
        window_days: Pairs further apart than this do not stay.
        low_bytes: The lowest byte of every value, shape (articles, 3, positions); None unless the kernel is there.
    """

    copy: NDArray[np.uint32] | None
    terms: NDArray[np.uint32] | None
    facts: NDArray[np.uint32] | None
    least: tuple[int, int, int]
    brief: NDArray[np.bool_] | None = None
    fresh: NDArray[np.bool_] | None = None
    days: NDArray[np.float64] | None = None
    window_days: float = 0.0
    low_bytes: NDArray[np.uint8] | None = None

    @property
    def articles(self) -> int:
        """Articles that there are signatures of."""
        return max((len(view) for view in (self.copy, self.terms, self.facts) if view is not None), default=0)

    def agreeing(
        self, left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Positions in which each pair agrees in copy, terms and facts."""
        copy, terms, facts = (
            np.zeros(left.size) if view is None else np.rint(estimate_agreement(view, left, right) * view.shape[1])
            for view in (self.copy, self.terms, self.facts)
        )
        return copy, terms, facts

    def keeps(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Which pairs stay, shape of `pairs`."""
        left, right = unpack(pairs)
        copy, terms, facts = self.agreeing(left, right)
        kept = (terms >= self.least[1]) | (terms + facts >= self.least[2])
        if self.brief is not None:
            kept &= ~(self.brief[left] & self.brief[right])
        kept |= copy >= self.least[0]
        if self.fresh is not None:
            kept &= self.fresh[left] | self.fresh[right]
        if self.days is not None:
            kept &= ~(np.abs(self.days[left] - self.days[right]) > self.window_days)
        return np.asarray(kept, dtype=bool)


class Thins(Protocol):
    """Drops pairs where there are too many to keep them all."""

    def room(self) -> int:
        """Pairs from which it is worth while."""

    def meanwhile(self, pairs: Pairs) -> Pairs:
        """The pairs less those that will not stay whatever others are still to come."""


def lsh_pairs(
    sketches: NDArray[np.uint32],
    rows: int,
    bands: int,
    cap: int,
    *,
    members: NDArray[np.int64] | None = None,
    chosen: PairFilter | None = None,
    thinning: Thins | None = None,
) -> Buckets:
    """Candidate pairs of one view: articles that share at least one band.

    Two sets of agreement J share a band with probability 1 - (1 - J**rows)**bands.

    Args:
        cap: Members above which a bucket is paired as a star.
        members: Articles to be paired, sorted; None pairs all.
        chosen: Pairs that stay; None keeps all.
        thinning: What drops more of them while they are made, so that memory does not grow with all of them.
    """
    if members is None:
        members = np.arange(len(sketches), dtype=np.int64)
    members = members[sketches[members, 0] != EMPTY]
    columns = band_columns(rows, bands, sketches.shape[1])
    room = sys.maxsize if thinning is None else thinning.room()
    pairs: Pairs = np.zeros(0, dtype=np.uint64)
    capped = joined = 0
    while joined < len(columns):
        spare = room - pairs.size
        join = _joined_here if kernel.compiled is None else partial(_joined, kernel.compiled)
        found, over, done = join(sketches, columns[joined:], cap=cap, spare=spare, members=members, chosen=chosen)
        pairs = distinct_pairs([pairs, found])
        capped, joined = capped + over, joined + done
        if thinning is not None and pairs.size > room:
            pairs = thinning.meanwhile(pairs)
            room = max(room, 2 * pairs.size)
    return Buckets(pairs=pairs, capped=capped)


def _joined_here(
    sketches: NDArray[np.uint32],
    columns: NDArray[np.int32],
    *,
    cap: int,
    spare: int,
    members: NDArray[np.int64],
    chosen: PairFilter | None,
) -> tuple[Pairs, int, int]:
    """Pairs that share some of the bands, buckets above the cap, and bands joined: all, or until pairs are `spare`."""
    pieces: list[Pairs] = []
    capped = count = 0
    for keys in band_keys(sketches, members, columns):
        pairs, over = bucket_pairs(keys, members, cap, None if chosen is None else chosen.fresh)
        pieces.append(pairs)
        capped += over
        count += pairs.size
        if count > max(spare, _CHUNK_PAIRS):
            break
    found = distinct_pairs(pieces)
    return found if chosen is None else found[chosen.keeps(found)], capped, len(pieces)


def _joined(
    compiled: ModuleType,
    sketches: NDArray[np.uint32],
    columns: NDArray[np.int32],
    *,
    cap: int,
    spare: int,
    members: NDArray[np.int64],
    chosen: PairFilter | None,
) -> tuple[Pairs, int, int]:
    """`_joined_here` by the kernel, which filters each pair before it is kept."""
    if chosen is None:
        chosen = PairFilter(copy=None, terms=None, facts=None, least=(0, 0, 0))
    found, capped, done = compiled.band_pairs(
        sketches,
        sketches.shape[1],
        members,
        columns,
        columns.shape[1],
        cap,
        ANCHORS,
        spare,
        (chosen.copy, chosen.terms, chosen.facts),
        chosen.low_bytes,
        chosen.least,
        chosen.brief,
        chosen.fresh,
        chosen.days,
        chosen.window_days,
    )
    return np.frombuffer(found, dtype=np.uint64), capped, done


def shared_value_pairs(
    values: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    groups: NDArray[np.int64],
    max_groups: int,
    quiet: NDArray[np.bool_],
) -> tuple[Pairs, NDArray[np.int64], int]:
    """Pairs of articles of different groups that share a value, and how many values they share.

    Args:
        values: Flat, distinct within an article.
        offsets: Values of article i are `values[offsets[i]:offsets[i + 1]]`.
        groups: Number of the group of each article, shape (articles,); -1 leaves the article out.
        max_groups: A value that stands in more groups than this joins nobody; 1 at least.
        quiet: Shape of `values`: two articles that both hold a value quietly do not share it.

    Returns:
        `(pairs, shared, common)`: distinct sorted pairs, the number of values each shares, and the number of values
        that stand in too many groups.
    """
    if kernel.compiled is not None:
        found, common = kernel.compiled.shared_values(values, offsets, groups, quiet, max_groups, MANY_HOLDERS)
        shared, counts = np.unique(np.frombuffer(found, dtype=np.uint64), return_counts=True)
        return shared, counts, common
    articles = np.repeat(np.arange(offsets.size - 1, dtype=np.int64), np.diff(offsets))
    asked = groups[articles] >= 0
    values, articles, quiet = values[asked], articles[asked], quiet[asked]
    order = np.lexsort((articles, groups[articles], values))
    values, articles, quiet = values[order], articles[order], quiet[order]
    new_value = begins(values)
    new_group = new_value | begins(groups[articles])
    number = np.cumsum(new_value) - 1
    spread = np.bincount(number[new_group], minlength=int(new_value.sum()))
    # Where many copies hold a value, one member of each group stands for its copies.
    few = np.bincount(number, minlength=spread.size) <= MANY_HOLDERS
    kept = ((spread > 1) & (spread <= max_groups))[number] & (few[number] | new_group)
    values, articles, quiet = values[kept], articles[kept], quiet[kept]
    earlier, later = _all_pairs(values)
    shared = (groups[articles[earlier]] != groups[articles[later]]) & ~(quiet[earlier] & quiet[later])
    pairs = pack(articles[earlier[shared]], articles[later[shared]])
    found_pairs, counts = np.unique(pairs, return_counts=True)
    return found_pairs, counts, int((spread > max_groups).sum())


def _all_pairs(keys: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places (earlier, later) of every two equal keys; the keys are sorted."""
    starts = np.flatnonzero(begins(keys))
    sizes = np.diff(np.append(starts, keys.size))
    within = np.arange(keys.size) - np.repeat(starts, sizes)
    later = np.repeat(np.arange(keys.size), within)
    offset = np.arange(later.size) - np.repeat(np.cumsum(within) - within, within)
    earlier = np.repeat(np.arange(keys.size) - within, within) + offset
    return earlier, later
