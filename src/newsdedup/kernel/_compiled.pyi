"""Signatures of the compiled kernel: arrays are C-contiguous and of the types stated, outputs made by the caller."""

import numpy as np
from numpy.typing import NDArray

def compare_pairs(
    surface: NDArray[np.uint32],
    quoted: NDArray[np.bool_],
    opening: NDArray[np.bool_],
    token_offsets: NDArray[np.int64],
    term: NDArray[np.uint32],
    root: NDArray[np.uint32],
    weight: NDArray[np.float32],
    fact: NDArray[np.uint8],
    sentence: NDArray[np.int32],
    position: NDArray[np.int32],
    content_offsets: NDArray[np.int64],
    sentences: NDArray[np.int32],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    kept: NDArray[np.bool_],
    passed: NDArray[np.bool_],
    values: NDArray[np.float64],
    /,
) -> None:
    """Gate and numbers of pairs of articles of one table: `features.compare_pairs`.

    Args:
        passed: Written, shape (pairs,).
        values: Written where a pair passed, shape (pairs, 24); with no items at all, only the gate is asked.

    Raises:
        ValueError: The columns do not fit each other, or hold what no table holds.
    """

def align_sentences(
    surface: NDArray[np.uint32],
    quoted: NDArray[np.bool_],
    opening: NDArray[np.bool_],
    token_offsets: NDArray[np.int64],
    term: NDArray[np.uint32],
    root: NDArray[np.uint32],
    weight: NDArray[np.float32],
    fact: NDArray[np.uint8],
    sentence: NDArray[np.int32],
    position: NDArray[np.int32],
    content_offsets: NDArray[np.int64],
    sentences: NDArray[np.int32],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    matched: NDArray[np.int32],
    values: NDArray[np.float32],
    /,
) -> None:
    """Aligned sentences of one pair of articles of one table: `align.aligned`.

    Args:
        left: Shape (1,), as `right`.
        matched: Written, shape (sentences of the left,): a sentence of the right, or -1.
        values: Written, of the same shape: their similarity.

    Raises:
        ValueError: As `compare_pairs`.
    """
