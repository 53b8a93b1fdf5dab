"""Signatures of the compiled kernel: arrays are C-contiguous and of the types stated, outputs made by the caller."""

import numpy as np
from numpy.typing import NDArray

_Bytes = NDArray[np.uint8]
_Floats = NDArray[np.float64]
_Integers = NDArray[np.int64]
_Marks = NDArray[np.bool_]
_Words = NDArray[np.uint32]

def shingle_signatures(
    tokens: _Words, offsets: _Integers, size: int, multipliers: _Words, addends: _Words, out: _Words, /
) -> None: ...
def passages(
    tokens: _Words,
    quoted: _Marks,
    offsets: _Integers,
    size: int,
    limit: int,
    values: _Words,
    marks: _Marks,
    ends: _Integers,
    /,
) -> None: ...
def uniforms(terms: _Words, multipliers: _Words, addends: _Words, out: _Floats, /) -> None: ...
def place_terms(
    terms: _Words,
    weights: NDArray[np.float32],
    start: int,
    keys: NDArray[np.uint64],
    slots: _Words,
    known: int,
    places: _Words,
    /,
) -> tuple[int, int]: ...
def lower_rows(
    places: _Words,
    offsets: _Integers,
    start: int,
    end: int,
    rows: NDArray[np.float32],
    positions: int,
    out: _Words,
    /,
) -> None: ...
def agreements(
    signatures: _Words, positions: int, left: _Integers, right: _Integers, counts: NDArray[np.int32], /
) -> None: ...
def band_pairs(
    signatures: _Words,
    positions: int,
    members: _Integers,
    columns: NDArray[np.int32],
    rows: int,
    cap: int,
    anchors: int,
    views: tuple[_Words | None, _Words | None, _Words | None],
    low_bytes: _Bytes | None,
    least: tuple[int, int, int],
    days: _Floats | None,
    window_days: float,
    /,
) -> tuple[bytes, int]: ...
def shared_values(
    values: _Words, offsets: _Integers, groups: _Integers, quiet: _Marks, max_groups: int, many: int, /
) -> tuple[bytes, int]: ...
