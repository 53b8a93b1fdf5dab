"""Arrays that grow at their end without being held twice."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class GrowingArray:
    """Rows put behind each other as they come.

    The array grows in place, an eighth at a time; where it has to be moved, the system moves pages and not bytes.

    Attributes:
        size: Rows added.
    """

    def __init__(self, first: NDArray[Any]) -> None:
        self._array = np.array(first)  # its own memory, so that it may be resized
        self.size = len(first)

    def append(self, rows: NDArray[Any]) -> None:
        """Puts rows behind the others; their type and shape are those of the first ones."""
        end = self.size + len(rows)
        if end > len(self._array):
            self._array.resize((end + self.size // 8, *self._array.shape[1:]), refcheck=False)
        self._array[self.size : end] = rows
        self.size = end

    def __len__(self) -> int:
        return self.size

    @property
    def last(self) -> int:
        """The last value, of one-dimensional whole numbers."""
        return int(self._array[self.size - 1])

    def view(self) -> NDArray[Any]:
        """What was added; not to be used once more is."""
        return self._array[: self.size]

    def finish(self) -> NDArray[Any]:
        """What was added, with no room left; nothing can be added any more."""
        self._array.resize((self.size, *self._array.shape[1:]), refcheck=False)
        return self._array
