"""An open-addressing table from word hashes to rows: 5 us for an article's words, where `np.searchsorted` takes 39."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Scalar = TypeVar("_Scalar", bound=np.generic)


class WordTable:
    """The row of each word hash, in the order they were added; row 0 stands for "no word".

    A word's first slot is given by the high bits of its hash; where that is taken it stands in one of the next.

    Attributes:
        size: Rows in use, row 0 among them.
    """

    def __init__(self) -> None:
        self.size = 1
        self._bits = 15
        self._slots = np.zeros(1 << self._bits, dtype=np.int32)
        self._keys = np.zeros(1 << 14, dtype=np.uint64)

    @property
    def slots(self) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
        """The row in each slot, 0 where there is none, and the word hash of each row: what the kernel looks into."""
        return self._slots, self._keys[: self.size]

    def find(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Row of each word hash, 0 where it is not in the table yet; shape of `keys`."""
        mask = np.int64((1 << self._bits) - 1)
        slots = (keys >> np.uint64(64 - self._bits)).astype(np.int64)
        rows = self._slots[slots]
        pending = np.flatnonzero((rows != 0) & (self._keys[rows] != keys))
        while pending.size:  # open addressing, linear probes: a few rounds over ever fewer words
            slots[pending] = (slots[pending] + 1) & mask
            found = self._slots[slots[pending]]
            rows[pending] = found
            pending = pending[(found != 0) & (self._keys[found] != keys[pending])]
        return rows

    def add_keys(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Adds distinct new word hashes; their rows."""
        needed = self.size + keys.size
        while needed > self._keys.size:
            self._keys = doubled(self._keys)
        rows = np.arange(self.size, needed, dtype=np.int32)
        self._keys[rows] = keys
        self.size = needed
        placed = rows
        if 2 * needed > self._slots.size:
            self._bits = int(4 * needed).bit_length()
            self._slots = np.zeros(1 << self._bits, dtype=np.int32)
            placed = np.arange(1, needed, dtype=np.int32)
        self._place(placed)
        return rows

    def _place(self, rows: NDArray[np.int32]) -> None:
        mask = np.int64((1 << self._bits) - 1)
        slots = (self._keys[rows] >> np.uint64(64 - self._bits)).astype(np.int64)
        while rows.size:
            free = self._slots[slots] == 0
            self._slots[slots[free]] = rows[free]  # of two rows for one slot the last wins, the other goes on
            rest = self._slots[slots] != rows
            rows, slots = rows[rest], (slots[rest] + 1) & mask


def doubled(column: NDArray[_Scalar]) -> NDArray[_Scalar]:
    """The column with as many zeros behind it."""
    return np.concatenate((column, np.zeros_like(column)))
