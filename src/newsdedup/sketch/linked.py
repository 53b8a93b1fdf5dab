"""Articles that hang together through pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def linked(articles: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of each article the smallest one that a chain of pairs links it with, itself when none does.

    Args:
        articles: How many there are.
        left: Article of each pair, shape (pairs,).
        right: The other one.

    Returns:
        Shape (articles,).
    """
    least = np.arange(articles)
    while True:  # the smallest number spreads along the pairs, twice as far in each round
        before = least.copy()
        low = np.minimum(before[left], before[right])
        np.minimum.at(least, before[left], low)  # the groups that a pair joins, not only its articles
        np.minimum.at(least, before[right], low)
        least = least[least]
        if np.array_equal(least, before):
            return least
