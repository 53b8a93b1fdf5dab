"""How a segment file is laid out.

A line that says what it is, the length of the header in 8 bytes, the header (JSON), and four arrays, each behind the
other and padded: where the entries of each cell begin, then of every entry, in the order of (kind, key, number), the
rest of its key and its number, counted from the segment's first, in 2 bytes and 1. A cell is one kind and the upper
bits of the key: what all of its entries share is not written again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from newsdedup.store.entries import BAND_KEY_BITS, KEY_BITS, KINDS, PASSAGE

SCHEMA = 1
"""Of the file; a change is said in the CHANGELOG."""

MAGIC = b"newsdedup postings "
LENGTH_BYTES = 8
MOST_HEADER_BYTES = 1 << 16

NUMBER_BITS = 24
"""Of a number counted from the first of its segment."""

MOST_SPAN = 1 << NUMBER_BITS
"""Numbers from the first of a segment to its end, at most."""

SMALL_BELOW = 8192
"""Articles from which a segment is laid out as a large one."""

_ALIGNED = 64


@dataclass(frozen=True, kw_only=True)  # not slotted: its tables are made once
class Layout:
    """Which bits of a key make its cell.

    Attributes:
        name: As the header has it.
        band_bits: Upper bits of the key of a band.
        other_bits: Upper bits of any other key.
        remainder: What holds the others.
    """

    name: str
    band_bits: int
    other_bits: int
    remainder: type[np.uint16] | type[np.uint32]

    @cached_property
    def shifts(self) -> NDArray[np.int64]:
        """Bits of the remainder of each kind, shape (KINDS,)."""
        bands, others = BAND_KEY_BITS - self.band_bits, KEY_BITS - self.other_bits
        return np.where(np.arange(KINDS) < PASSAGE, bands, others)

    @cached_property
    def bases(self) -> NDArray[np.int64]:
        """The first cell of each kind, and the number of all cells; shape (KINDS + 1,)."""
        sizes = np.where(np.arange(KINDS) < PASSAGE, 1 << self.band_bits, 1 << self.other_bits)
        return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(sizes)))

    @property
    def cells(self) -> int:
        """How many there are."""
        return int(self.bases[-1])

    @cached_property
    def prefixes(self) -> NDArray[np.uint64]:
        """What the packed entries of each cell begin with, shape (cells,)."""
        kinds = np.repeat(np.arange(KINDS), np.diff(self.bases))
        heads = (np.arange(self.cells) - self.bases[kinds]) << self.shifts[kinds]
        return ((kinds << KEY_BITS | heads).astype(np.uint64)) << np.uint64(NUMBER_BITS)

    def places(
        self, kinds: NDArray[np.uint8], keys: NDArray[np.uint32]
    ) -> tuple[NDArray[np.int64], NDArray[np.generic]]:
        """The cell of each key and what is left of the key."""
        shifts, wide = self.shifts[kinds], keys.astype(np.int64)
        heads = wide >> shifts
        return self.bases[kinds] + heads, (wide - (heads << shifts)).astype(self.remainder)

    def starts(self, entries: int) -> tuple[int, int, int, int, int]:
        """Where in the body the four arrays begin, and where it ends."""
        sizes = ((self.cells + 1) * 4, entries * np.dtype(self.remainder).itemsize, entries * 2, entries)
        found = [0]
        for size in sizes:
            found.append(found[-1] + padded(size))
        first, second, third, fourth, end = found
        return first, second, third, fourth, end


SMALL = Layout(name="small", band_bits=0, other_bits=0, remainder=np.uint32)
LARGE = Layout(name="large", band_bits=BAND_KEY_BITS - 16, other_bits=KEY_BITS - 16, remainder=np.uint16)

LAYOUTS: Mapping[str, Layout] = {layout.name: layout for layout in (SMALL, LARGE)}


def padded(size: int) -> int:
    """A size, up to the next place where an array may begin."""
    return -(-size // _ALIGNED) * _ALIGNED


def packed(kinds: NDArray[np.uint8], keys: NDArray[np.uint32], numbers: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Entries as single numbers that sort as (kind, key, number).

    Args:
        numbers: Counted from the first of the segment.
    """
    whole = kinds.astype(np.uint64)
    whole <<= np.uint64(KEY_BITS)
    whole |= keys
    whole <<= np.uint64(NUMBER_BITS)
    whole |= numbers.astype(np.uint64)
    return whole


def unpacked(
    whole: NDArray[np.uint64],
) -> tuple[NDArray[np.uint8], NDArray[np.uint32], NDArray[np.uint32]]:
    """Kinds, keys and numbers of packed entries."""
    keys = (whole >> np.uint64(NUMBER_BITS)).astype(np.uint32)  # the kind falls off on purpose
    numbers = whole.astype(np.uint32) & np.uint32(MOST_SPAN - 1)
    return (whole >> np.uint64(KEY_BITS + NUMBER_BITS)).astype(np.uint8), keys, numbers
