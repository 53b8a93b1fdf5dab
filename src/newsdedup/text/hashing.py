"""Hashes that are the same on every machine, in every run and in every process."""

from __future__ import annotations

from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from newsdedup import kernel

_Value = TypeVar("_Value", bound=np.generic)

_BASE = 0x9E3779B97F4A7C15  # odd, so that its powers have inverses mod 2**64


def mix64(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """MurmurHash3's 64-bit finaliser, a bijection; wraps mod 2**64 on purpose."""
    values = values ^ (values >> np.uint64(33))
    values *= np.uint64(0xFF51AFD7ED558CCD)
    values ^= values >> np.uint64(33)
    values *= np.uint64(0xC4CEB9FE1A85EC53)
    values ^= values >> np.uint64(33)
    return values


def mix32(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """MurmurHash3's 32-bit finaliser, a bijection; wraps mod 2**32 on purpose."""
    values = values ^ (values >> np.uint32(16))
    values *= np.uint32(0x85EBCA6B)
    values ^= values >> np.uint32(13)
    values *= np.uint32(0xC2B2AE35)
    values ^= values >> np.uint32(16)
    return values


def distinct(values: NDArray[_Value]) -> NDArray[_Value]:
    """The values sorted, each once; np.unique hashes them (numpy 2.3), which takes 40 times as long."""
    values = np.sort(values)
    return values[begins(values)]


def begins(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Where equal values side by side begin, shape of `values`: at the first one, and wherever one differs."""
    found: NDArray[np.bool_] = np.append(True, values[1:] != values[:-1])[: values.size]
    return found


@cache
def _powers(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    base = np.full(size, _BASE, dtype=np.uint64)
    inverse = np.full(size, pow(_BASE, -1, 2**64), dtype=np.uint64)
    base[0] = inverse[0] = 1
    # multiply.accumulate wraps mod 2**64 on purpose
    return np.multiply.accumulate(base), np.multiply.accumulate(inverse)


def span_hashes(folded: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Hash of each span of characters: a polynomial in the code points by prefix sums, then mixed.

    Args:
        folded: Code points of one buffer, shape (characters,).
        starts: First character of each span, shape (spans,).
        ends: One past the last character of each span.

    Returns:
        Shape (spans,); equal for equal spans wherever they stand.
    """
    size = 1 << max(12, int(folded.size + 1).bit_length())
    powers, inverses = _powers(size)
    sums = np.zeros(folded.size + 1, dtype=np.uint64)
    # + 1 so that a NUL counts; sums and products wrap mod 2**64 on purpose
    np.cumsum((folded.astype(np.uint64) + np.uint64(1)) * powers[: folded.size], out=sums[1:])
    values = (sums[ends] - sums[starts]) * inverses[starts]
    return mix64(values)


_BLOCK = 1 << 18  # values: the tables of powers of a block stay in cache


def run_hashes(values: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.uint64]:
    """`span_hashes` of spans that follow each other, however long the buffer is."""
    out = np.zeros(starts.size, dtype=np.uint64)
    if kernel.compiled is not None:
        kernel.compiled.run_hashes(values, starts, ends, out)
        return out
    first = 0
    while first < starts.size:
        last = max(first + 1, int(np.searchsorted(ends, starts[first] + _BLOCK, side="right")))
        begin, end = int(starts[first]), int(ends[last - 1])
        out[first:last] = span_hashes(values[begin:end], starts[first:last] - begin, ends[first:last] - begin)
        first = last
    return out


def word_hashes(words: list[str]) -> NDArray[np.uint64]:
    """`span_hashes` of words given as strings, already folded."""
    ends = np.cumsum(np.fromiter(map(len, words), dtype=np.int64, count=len(words)))
    codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    starts = np.concatenate((np.zeros(1, dtype=np.int64), ends[:-1])) if words else ends
    return run_hashes(codes, starts, ends)
