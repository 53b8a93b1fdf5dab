"""Articles that are there already, read once and kept: what new ones are held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsdedup.engine.reading import Reading, ReadingBuilder
from newsdedup.engine.shelf import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the articles that are there already; all of shape (articles,) unless said otherwise.

    Attributes:
        ids: Sorted.
        sources: None where it is unknown.
        url_keys: uint64, as on a shelf.
        days: float64, time of publication in days, NaN where it is unknown.
        lengths: int64, content stems before boilerplate was cut.
        reading: Sentences before boilerplate was cut, columns and sketches after.
        boilerplate: uint64, keys of the sentences that recur, sorted, shape (keys,).
        stories: int64, number of an article of the same story: near-copies have one number.
        likenesses: int32, how many others it tells like without sharing their facts, as forms do.
        records: The articles themselves.
    """

    ids: list[str]
    sources: list[str | None]
    url_keys: NDArray[np.uint64]
    days: NDArray[np.float64]
    lengths: NDArray[np.int64]
    reading: Reading
    boilerplate: NDArray[np.uint64]
    stories: NDArray[np.int64]
    likenesses: NDArray[np.int32]
    records: Records

    def __len__(self) -> int:
        return len(self.ids)

    def beside(self, reading: Reading) -> Reading:
        """One reading of these articles and of new ones behind them."""
        builder = ReadingBuilder()
        builder.add(self.reading)
        builder.add(reading)
        return builder.finish()
