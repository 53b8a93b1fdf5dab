"""Entries of the index of the store: which article holds which key, of which kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from newsdedup.sketch.candidates import BANDS
from newsdedup.sketch.lsh import band_columns, band_keys
from newsdedup.sketch.minhash import EMPTY
from newsdedup.sketch.views import Sketches

_BOUNDS = list(accumulate((bands for _, bands in BANDS.values()), initial=0))

BAND_KINDS = {view: range(first, end) for view, (first, end) in zip(BANDS, pairwise(_BOUNDS), strict=True)}
"""The kinds of the bands of each view, one a band."""

PASSAGE = _BOUNDS[-1]
"""A passage shingle."""

QUOTED = PASSAGE + 1
"""A passage shingle that stands between quotation marks only."""

SENTENCE = PASSAGE + 2
"""The upper 32 bits of a sentence's key."""

KINDS = PASSAGE + 3

BAND_KEY_BITS = 24
"""Of the key of a band: among a million articles eleven share all of an article's 190 by chance, and their signatures
tell them apart."""

KEY_BITS = 32
"""Of any other key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Who holds what, flat, in any order; all shape (entries,). An entry that stands there twice counts once.

    Attributes:
        kinds: uint8, below KINDS.
        keys: uint32, of a band below 2**BAND_KEY_BITS.
        numbers: int64, of articles.
    """

    kinds: NDArray[np.uint8]
    keys: NDArray[np.uint32]
    numbers: NDArray[np.int64]

    def __len__(self) -> int:
        return self.kinds.size


def joined(parts: Sequence[Entries]) -> Entries:
    """All entries of some parts, in their order."""
    return Entries(
        kinds=np.concatenate((np.zeros(0, dtype=np.uint8), *(part.kinds for part in parts))),
        keys=np.concatenate((np.zeros(0, dtype=np.uint32), *(part.keys for part in parts))),
        numbers=np.concatenate((np.zeros(0, dtype=np.int64), *(part.numbers for part in parts))),
    )


def band_entries(sketches: Sketches, numbers: NDArray[np.int64]) -> Entries:
    """An entry for every band of every article; none for an empty set, which is like no other.

    Args:
        numbers: What the articles go by, shape (articles,): their numbers, or their places in a question.
    """
    parts: list[Entries] = []
    for view, (rows, bands) in BANDS.items():
        signatures: NDArray[np.uint32] | None = getattr(sketches, view)
        if signatures is None:
            continue
        members = np.flatnonzero(signatures[:, 0] != EMPTY)
        keys = np.empty((bands, members.size), dtype=np.uint32)
        for band, mixed in enumerate(band_keys(signatures, members, band_columns(rows, bands, signatures.shape[1]))):
            keys[band] = mixed >> np.uint64(64 - BAND_KEY_BITS)
        kinds = np.array(BAND_KINDS[view], dtype=np.uint8)
        parts.append(
            Entries(kinds=np.repeat(kinds, members.size), keys=keys.ravel(), numbers=np.tile(numbers[members], bands))
        )
    return joined(parts)
