"""Signatures of the compiled kernel: arrays are C-contiguous and of the types stated, outputs made by the caller."""

import numpy as np
from numpy.typing import NDArray

def compare_sentences(
    left: NDArray[np.uint32],
    left_first: NDArray[np.int64],
    right: NDArray[np.uint32],
    right_first: NDArray[np.int64],
    aligned: NDArray[np.int32],
    edited: float,
    known: float,
    same: NDArray[np.int32],
    unchanged: NDArray[np.bool_],
    new_left: NDArray[np.bool_],
    new_right: NDArray[np.bool_],
) -> None: ...
