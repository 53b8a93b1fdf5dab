"""Sentence alignment: which sentence of one article tells what which sentence of the other tells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from newsdedup.verify.profile import Profile

MIN_SIMILARITY = 0.25
"""Idf cosine below which two sentences are not aligned."""


def positions(
    wanted: NDArray[np.unsignedinteger], table: NDArray[np.unsignedinteger]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Whether and where each of `wanted` stands in the sorted `table`; fastest when `wanted` is sorted too."""
    if not table.size:
        return np.zeros(wanted.size, dtype=bool), np.zeros(wanted.size, dtype=np.int64)
    places = np.searchsorted(table, wanted)
    np.minimum(places, table.size - 1, out=places)
    return table[places] == wanted, places


def similarities(left: Profile, right: Profile) -> NDArray[np.float32]:
    """Idf cosine of every sentence of `left` with every sentence of `right`.

    Returns:
        Shape (left sentences, right sentences), 0..1: exact sums, rounded once, so that no order of summation shows.
    """
    shared, places = positions(left.terms, right.terms)
    count = int(shared.sum())
    rows_left = left.sentence_weights.size
    rows_right = right.sentence_weights.size
    if not count:
        return np.zeros((rows_left, rows_right), dtype=np.float32)
    number_left = np.full(left.terms.size, -1, dtype=np.int64)
    number_left[shared] = np.arange(count)
    number_right = np.full(right.terms.size, -1, dtype=np.int64)
    number_right[places[shared]] = np.arange(count)
    a = np.zeros((rows_left, count), dtype=np.float64)
    b = np.zeros((rows_right, count), dtype=np.float64)
    for matrix, profile, numbers in ((a, left, number_left), (b, right, number_right)):
        rows, columns = profile.cells
        columns = numbers[columns]
        kept = columns >= 0
        matrix[rows[kept], columns[kept]] = profile.cell_weights[kept]
    return (a @ b.T).astype(np.float32)


def monotone(similarity: NDArray[np.float32], weights: NDArray[np.float32]) -> tuple[float, list[tuple[int, int]]]:
    """The best alignment that keeps the order of both sides.

    Args:
        similarity: Shape (n, m).
        weights: Of the n sentences; the value of an aligned pair is its similarity times its weight.

    Returns:
        `(share, pairs)`: the value of the alignment over the sum of the weights, 0..1, and its (row, column) pairs
        in order. Each column is used once.
    """
    n, m = similarity.shape
    values = np.where(similarity >= MIN_SIMILARITY, similarity, 0) * weights[:, None]
    best = np.zeros((n + 1, m + 1), dtype=np.float32)
    for row in range(n):
        np.maximum.accumulate(np.maximum(best[row, 1:], best[row, :-1] + values[row]), out=best[row + 1, 1:])
    total = float(weights.sum(dtype=np.float64))
    pairs: list[tuple[int, int]] = []
    row, column = n, m
    while row and column:
        if best[row, column] == best[row, column - 1]:
            column -= 1
        elif best[row, column] == best[row - 1, column]:
            row -= 1
        else:
            row, column = row - 1, column - 1
            pairs.append((row, column))
    return (float(best[n, m]) / total if total else 0.0), pairs[::-1]


def free(similarity: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Pairs of sentences that are each other's best match, whatever their order; sorted by row."""
    if not similarity.size:
        return []
    best_column = similarity.argmax(axis=1)
    best_row = similarity.argmax(axis=0)
    return [
        (row, column)
        for row, column in enumerate(best_column.tolist())
        if best_row[column] == row and similarity[row, column] >= MIN_SIMILARITY
    ]
