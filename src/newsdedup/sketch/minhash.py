"""MinHash signatures of many sets at once, plain and weighted."""

from __future__ import annotations

from functools import cache
from threading import Lock
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from newsdedup import kernel
from newsdedup.text.hashing import mix32

NUM_PERM = 128
SEED = 1
EMPTY = np.uint32(0xFFFFFFFF)
"""The signature value of an empty set; it matches nothing, not even itself (see `lsh`)."""

MAX_TERMS = 1 << 17
"""Terms whose exponentials are kept from batch to batch, at half a kilobyte each; one more, and all are dropped."""

_UNITS = 1 << 32
_BLOCK = 64  # terms whose logarithms are taken at once: 64 KB stay in cache


@cache
def affine32(num_perm: int = NUM_PERM, seed: int = SEED) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Multipliers (odd) and offsets of the hash family `h -> a * h + b mod 2**32`.

    Returns:
        Two arrays of shape (num_perm,).

    Source:
        datasketch 2, scheme "affine32", drawn the same way, so that signatures agree bit for bit.
    """
    generator = np.random.RandomState(seed)
    multipliers = generator.randint(0, 1 << 31, num_perm, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    offsets = generator.randint(0, 1 << 32, num_perm, dtype=np.uint32)
    return multipliers, offsets


def signatures(hashes: NDArray[np.uint32], row_offsets: NDArray[np.int64]) -> NDArray[np.uint32]:
    """MinHash signatures of many sets of 32-bit hashes.

    The estimate of Jaccard from two rows has standard deviation sqrt(J * (1 - J) / NUM_PERM).

    Args:
        hashes: Members of all sets, flat; repeats within a set change nothing.
        row_offsets: Set i is `hashes[row_offsets[i]:row_offsets[i + 1]]`; may be empty.

    Returns:
        Shape (sets, NUM_PERM). An empty set is all EMPTY.

    Source:
        Broder 1997; datasketch 2 scheme "affine32", bit for bit.
    """
    multipliers, offsets = affine32()
    count = row_offsets.size - 1
    out = np.full((count, NUM_PERM), EMPTY, dtype=np.uint32)
    mixed = mix32(hashes)
    longest = int(np.diff(row_offsets).max(initial=0))
    work = np.empty((longest, NUM_PERM), dtype=np.uint32)
    bounds = row_offsets.tolist()
    for row in range(count):
        start, end = bounds[row], bounds[row + 1]
        if end > start:
            # wraps mod 2**32 on purpose; one article at a time stays in cache
            rows = np.multiply(mixed[start:end, None], multipliers, out=work[: end - start])
            np.add(rows, offsets, out=rows)
            np.minimum.reduce(rows, axis=0, out=out[row])
    return out


def weighted_signatures(
    terms: NDArray[np.uint32], weights: NDArray[np.float32], row_offsets: NDArray[np.int64], seed: int
) -> NDArray[np.uint32]:
    """Weighted MinHash (P-MinHash) signatures of many weighted sets.

    Each position keeps the smallest -ln(u(term)) / weight, where u is a uniform hash of the term; the smallest
    value, as float32 bits, stands for the term that gave it. Two sets that weigh each shared term alike agree at a
    position with the probability (weight of the shared terms) / (weight of all terms), the weighted Jaccard; a term
    weighed differently never agrees.

    Args:
        terms: Flat; of a term that a set holds twice the larger weight counts, since its exponential is the smaller.
        weights: Above 0, one per term.
        row_offsets: Set i is `terms[row_offsets[i]:row_offsets[i + 1]]`; may be empty.
        seed: Names the hash family; each view has its own.

    Returns:
        Shape (sets, NUM_PERM). An empty set is all EMPTY.

    Source:
        Moulton and Jiang, Maximally Consistent Sampling and the Jaccard Index of Probability Distributions, 2018.
    """
    count = row_offsets.size - 1
    out = np.full((count, NUM_PERM), EMPTY, dtype=np.uint32)
    if not terms.size:
        return out
    compiled = kernel.compiled
    if compiled is not None:
        _term_table(seed).lower(compiled, terms, weights, row_offsets, out)
        return out
    # One row of the table for each term and weight: two languages may weigh one term differently.
    keys = (terms.astype(np.uint64) << np.uint64(32)) | weights.view(np.uint32)
    _, first, places = np.unique(keys, return_index=True, return_inverse=True)
    table = _exponentials(terms[first], weights[first], seed)
    longest = int(np.diff(row_offsets).max(initial=0))
    work = np.empty((longest, NUM_PERM), dtype=np.float32)
    smallest = np.empty(NUM_PERM, dtype=np.float32)
    bounds = row_offsets.tolist()
    for row in range(count):
        start, end = bounds[row], bounds[row + 1]
        if end > start:
            rows = table.take(places[start:end], axis=0, out=work[: end - start], mode="clip")
            np.minimum.reduce(rows, axis=0, out=smallest)
            out[row] = smallest.view(np.uint32)
    return out


class _TermTable:
    """Exponentials of the terms met lately, for the kernel: most words of a batch stood in the batches before it.

    What it holds changes no result, only what is computed again.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._known = 0
        self._keys = np.empty(MAX_TERMS, dtype=np.uint64)  # term and bits of the weight
        self._slots = np.zeros(1 << (2 * MAX_TERMS - 1).bit_length(), dtype=np.uint32)  # a hash table: row plus 1
        self._rows = np.empty((MAX_TERMS, NUM_PERM), dtype=np.float32)  # memory only as far as it was written to
        self._lock = Lock()

    def lower(
        self,
        compiled: ModuleType,
        terms: NDArray[np.uint32],
        weights: NDArray[np.float32],
        row_offsets: NDArray[np.int64],
        out: NDArray[np.uint32],
    ) -> None:
        """Lowers each row of `out` to the least exponentials of its set."""
        places = np.empty(terms.size, dtype=np.uint32)
        start = 0
        with self._lock:
            while start < terms.size:
                known = self._known
                end, self._known = compiled.place_terms(terms, weights, start, self._keys, self._slots, known, places)
                self._fill(known)
                compiled.lower_rows(places, row_offsets, start, end, self._rows[: self._known], NUM_PERM, out)
                if end < terms.size:
                    self._slots[:] = 0
                    self._known = 0
                start = end

    def _fill(self, first: int) -> None:
        new = self._keys[first : self._known]
        weights = (new & np.uint64(0xFFFFFFFF)).astype(np.uint32).view(np.float32)
        self._rows[first : self._known] = _exponentials((new >> np.uint64(32)).astype(np.uint32), weights, self._seed)


@cache
def _term_table(seed: int) -> _TermTable:
    return _TermTable(seed)


def _exponentials(terms: NDArray[np.uint32], weights: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """-ln(u) / weight for each term and position, shape (terms, NUM_PERM)."""
    out = np.empty((terms.size, NUM_PERM), dtype=np.float32)
    for start in range(0, terms.size, _BLOCK):
        part = slice(start, start + _BLOCK)
        # float64 logarithms, rounded: the same bits on every machine
        exact = np.log(_uniforms(terms[part], seed))
        np.negative(exact, out=exact)
        exact /= weights[part, None].astype(np.float64)
        out[part] = exact
    return out


def _uniforms(terms: NDArray[np.uint32], seed: int) -> NDArray[np.float64]:
    """A hash of each term for each position, between 0 and 1, shape (terms, NUM_PERM)."""
    multipliers, offsets = affine32(NUM_PERM, seed)
    if kernel.compiled is not None:
        out = np.empty((terms.size, NUM_PERM), dtype=np.float64)
        kernel.compiled.uniforms(terms, multipliers, offsets, out)
        return out
    # wraps mod 2**32 on purpose; mixed again, since the smallest of affine hashes alone is not uniform in u
    hashes = mix32(mix32(terms)[:, None] * multipliers + offsets)
    uniforms: NDArray[np.float64] = (hashes + 0.5) / _UNITS
    return uniforms


def estimate_agreement(
    sketches: NDArray[np.uint32], left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Share of equal signature values of each pair of rows: the estimate of their (weighted) Jaccard.

    Returns:
        Shape (pairs,), 0..1; 0 for a pair with an empty set.
    """
    if kernel.compiled is not None:
        counts = np.empty(left.size, dtype=np.int32)
        kernel.compiled.agreements(
            sketches, sketches.shape[1], np.ascontiguousarray(left), np.ascontiguousarray(right), counts
        )
        return counts.astype(np.float32) / np.float32(sketches.shape[1])
    out = np.empty(left.size, dtype=np.float32)
    for start in range(0, left.size, 4096):
        part = slice(start, start + 4096)
        a, b = sketches[left[part]], sketches[right[part]]
        out[part] = ((a == b) & (a != EMPTY)).mean(axis=1, dtype=np.float32)
    return out
