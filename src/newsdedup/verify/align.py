"""Sentence alignment: which sentence of one article tells what which sentence of the other tells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from newsdedup.verify.profile import Profile

MIN_SIMILARITY = 0.25
"""Idf cosine below which two sentences are not aligned."""

_ROWS_CELLS = 1 << 20  # cells of the matrix of similarities made at a time


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
    shape = left.sentence_weights.size, right.sentence_weights.size
    out = np.zeros(shape, dtype=np.float32)
    shared, places = positions(left.terms, right.terms)
    number = np.where(shared, places, -1)[left.cells[1]]
    kept = np.flatnonzero(number >= 0)
    rows, terms, weights = left.cells[0][kept], number[kept], left.cell_weights[kept]
    order = np.argsort(right.cells[1], kind="stable")
    columns, others = right.cells[0][order], right.cell_weights[order]
    starts = np.searchsorted(right.cells[1][order], np.arange(right.terms.size + 1))
    # Each cell of the left meets those of the right that have its term; so many rows at a time that memory is bounded.
    step = max(1, _ROWS_CELLS // shape[1])
    for first in range(0, shape[0], step):
        part = slice(*np.searchsorted(rows, (first, first + step)).tolist())
        counts = starts[terms[part] + 1] - starts[terms[part]]
        ends = np.cumsum(counts)
        met = np.arange(int(counts.sum())) + np.repeat(starts[terms[part]] - ends + counts, counts)
        keys = np.repeat((rows[part] - first) * shape[1], counts) + columns[met]
        products = np.repeat(weights[part], counts) * others[met]
        block = out[first : first + step]
        block[:] = np.bincount(keys, products, minlength=block.size).reshape(block.shape)
    return out


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


def aligned(left: Profile, right: Profile) -> list[tuple[int, int, float]]:
    """The best alignment that keeps order, with the left's weights, and the mutual best matches that it leaves out.

    Returns:
        `(row, column, similarity)`, sorted by row; each row and each column at most once.
    """
    similarity = similarities(left, right)
    _, pairs = monotone(similarity, left.sentence_weights)
    used_left, used_right = {row for row, _ in pairs}, {column for _, column in pairs}
    extra = [(row, column) for row, column in free(similarity) if row not in used_left and column not in used_right]
    return [(row, column, float(similarity[row, column])) for row, column in sorted(pairs + extra)]
