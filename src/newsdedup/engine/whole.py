"""The tables of all articles of a run as one, for runs that are small enough to hold it."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from newsdedup.text.growing import GrowingArray
from newsdedup.text.table import ArticleTable, make_table, take_articles


class WholeTable:
    """One table that batches are put behind, and which of its rows each article of the run stands in.

    Attributes:
        bytes_held: Of the table.
        rows: int64, shape (articles,): the row of each article. What was replaced stays where it is.
    """

    def __init__(self) -> None:
        self.bytes_held = 0
        self.rows = np.zeros(0, dtype=np.int64)
        nothing = make_table([])
        self._columns = {name: GrowingArray(getattr(nothing, name)) for name in _NAMES}

    def add(self, table: ArticleTable) -> NDArray[np.int64]:
        """Puts articles behind the others; returns their rows."""
        first = len(self._columns["sentences"])
        for name in _NAMES:
            column = getattr(table, name)
            self.bytes_held += column.nbytes
            if name.endswith("offsets"):
                self._columns[name].append(column[1:] + self._columns[name].last)
            else:
                self._columns[name].append(column)
        return np.arange(first, first + len(table))

    def table(self) -> ArticleTable:
        """Everything that was added; not to be used once more is."""
        return ArticleTable(**{name: column.view() for name, column in self._columns.items()})

    def take(self, numbers: NDArray[np.int64]) -> ArticleTable:
        """The table of some articles."""
        return take_articles(self.table(), self.rows[numbers])

    def numbers(self) -> NDArray[np.int64]:
        """The article of each row; -1 for a row that was replaced."""
        numbers = np.full(len(self._columns["sentences"]), -1, dtype=np.int64)
        numbers[self.rows] = np.arange(self.rows.size)
        return numbers


_NAMES = tuple(field.name for field in fields(ArticleTable))
