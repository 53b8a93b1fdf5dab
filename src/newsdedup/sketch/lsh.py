"""Locality-sensitive hashing over arrays: signatures to bands, bands to buckets, buckets to candidate pairs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from newsdedup.sketch.minhash import EMPTY
from newsdedup.text.hashing import mix64

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


def band_keys(sketches: NDArray[np.uint32], rows: int, bands: int) -> NDArray[np.uint64]:
    """Band keys: a hash of `rows` signature values.

    Bands take consecutive values while there are any; more bands take the same values again, each time grouped anew:
    two articles that agree in a third of 128 values agree in a thousand triples of them, and 42 bands look at 42.

    Returns:
        Shape (bands, articles).
    """
    once = sketches.shape[1] // rows
    keys = np.zeros((bands, sketches.shape[0]), dtype=np.uint64)
    for first in range(0, bands, once):
        part = keys[first : first + once]
        stride = _STRIDES[first // once]
        for row in range(rows):
            columns = (np.arange(len(part)) * rows + row) * stride % (once * rows)
            part *= np.uint64(0x9E3779B97F4A7C15)  # wraps mod 2**64 on purpose
            part += sketches[:, columns].T.astype(np.uint64) + np.uint64(1)
    return mix64(keys)


_STRIDES = (1, 47, 89)
"""Coprime to 128 and 126, so that each grouping uses every value once."""


def bucket_pairs(keys: NDArray[np.uint64], members: NDArray[np.int64], cap: int) -> tuple[Pairs, int]:
    """Pairs of members that share a key.

    A bucket of up to `cap` members gives all its pairs. A larger one gives a star: every member is paired with the
    `ANCHORS` smallest members only, so that output stays linear in the members.

    Returns:
        `(pairs, capped)`: pairs neither sorted nor distinct, and the number of buckets above the cap.
    """
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = np.flatnonzero(np.concatenate((np.ones(min(1, keys.size), dtype=bool), keys[1:] != keys[:-1])))
    sizes = np.diff(np.append(starts, keys.size))
    shared = sizes > 1
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
        pieces.append(np.unique(pack(members[order[earlier]], members[order[later]])))
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


def lsh_pairs(sketches: NDArray[np.uint32], rows: int, bands: int, cap: int) -> Buckets:
    """Candidate pairs of one view: articles that share at least one band.

    Two sets of agreement J share a band with probability 1 - (1 - J**rows)**bands.
    """
    members = np.flatnonzero(sketches[:, 0] != EMPTY)
    pieces: list[Pairs] = [np.zeros(0, dtype=np.uint64)]
    capped = 0
    for keys in band_keys(sketches[members], rows, bands):
        pairs, over = bucket_pairs(keys, members, cap)
        pieces.append(pairs)
        capped += over
    return Buckets(pairs=np.unique(np.concatenate(pieces)), capped=capped)


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
        max_groups: A value that stands in more groups than this joins nobody.
        quiet: Shape of `values`: two articles that both hold a value quietly do not share it.

    Returns:
        `(pairs, shared, common)`: distinct sorted pairs, the number of values each shares, and the number of values
        that stand in too many groups.
    """
    articles = np.repeat(np.arange(offsets.size - 1, dtype=np.int64), np.diff(offsets))
    asked = groups[articles] >= 0
    values, articles, quiet = values[asked], articles[asked], quiet[asked]
    order = np.lexsort((articles, groups[articles], values))
    values, articles, quiet = values[order], articles[order], quiet[order]
    begins = np.concatenate((np.ones(min(1, values.size), dtype=bool), values[1:] != values[:-1]))
    new_group = begins.copy()
    new_group[1:] |= groups[articles][1:] != groups[articles][:-1]
    number = np.cumsum(begins) - 1
    spread = np.bincount(number[new_group], minlength=int(begins.sum()))
    # Where many copies hold a value, one member of each group stands for its copies.
    few = np.bincount(number, minlength=spread.size) <= MANY_HOLDERS
    kept = ((spread > 1) & (spread <= max_groups))[number] & (few[number] | new_group)
    values, articles, quiet = values[kept], articles[kept], quiet[kept]
    earlier, later = _all_pairs(values)
    shared = (groups[articles[earlier]] != groups[articles[later]]) & ~(quiet[earlier] & quiet[later])
    pairs = pack(articles[earlier[shared]], articles[later[shared]])
    distinct, counts = np.unique(pairs, return_counts=True)
    return distinct, counts, int((spread > max_groups).sum())


def _all_pairs(keys: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places (earlier, later) of every two equal keys; the keys are sorted."""
    starts = np.flatnonzero(np.concatenate((np.ones(min(1, keys.size), dtype=bool), keys[1:] != keys[:-1])))
    sizes = np.diff(np.append(starts, keys.size))
    within = np.arange(keys.size) - np.repeat(starts, sizes)
    later = np.repeat(np.arange(keys.size), within)
    offset = np.arange(later.size) - np.repeat(np.cumsum(within) - within, within)
    earlier = np.repeat(np.arange(keys.size) - within, within) + offset
    return earlier, later
