"""Signatures of the compiled kernel: arrays are C-contiguous and of the types stated, outputs made by the caller."""

import numpy as np
from numpy.typing import NDArray

# language.c

def language_tally(
    sample: str,
    letters: NDArray[np.uint32],
    slots: NDArray[np.int32],
    keys: NDArray[np.uint64],
    offsets: NDArray[np.int32],
    langs: NDArray[np.uint8],
    /,
) -> tuple[tuple[int, int, int, int], tuple[int, int, int, int]]:
    """Characters of each script; words (-1: has to be counted otherwise), language, its votes, those of the second.

    Args:
        sample: At most 4,096 characters.
        letters: Lower-case form of each letter of a word, 0 for what is none, 2**32 - 1 for what is not sure.
        slots: Row of each slot, see `Vocabulary.slots`.
        keys: Word hash of each row; row 0 stands for no word.
        offsets: Where the languages of each row begin.
        langs: Numbers below 64.
    """

# table.c

def text_content(columns: tuple[NDArray[np.generic], ...], out: tuple[NDArray[np.generic], ...], /) -> None:
    """Columns of `ArticleTable` from those of `TokenBatch`.

    Args:
        columns: offsets, flags, term, root, weight, sentence, start, end.
        out: quoted, opening, width, term, root, weight, fact, sentence, position, content offsets.
    """

# text.c

def run_hashes(
    values: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64], out: NDArray[np.uint64], /
) -> None: ...
def text_spans(
    codes: NDArray[np.uint32],
    bounds: NDArray[np.int64],
    flags: NDArray[np.uint8],
    folded: NDArray[np.uint32],
    keys: NDArray[np.uint64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    marks: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    /,
) -> int:
    """Columns of `Spans`, with room for as many tokens as characters; returns how many tokens there are."""

# words.c

def text_rows(
    keys: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    chosen: NDArray[np.bool_],
    slots: NDArray[np.int32],
    table_keys: NDArray[np.uint64],
    rows: NDArray[np.int32],
    missing: NDArray[np.int32],
    /,
) -> int:
    """Row of each token of the articles chosen, and the tokens without one; returns how many these are."""

def text_columns(
    tokens: tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int32], NDArray[np.uint8]],
    known: tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint32], NDArray[np.float32], NDArray[np.uint8]],
    out: tuple[
        NDArray[np.uint32],
        NDArray[np.uint32],
        NDArray[np.uint32],
        NDArray[np.float32],
        NDArray[np.uint8],
        NDArray[np.int32],
        NDArray[np.int32],
    ],
    limits: tuple[float, float, float, float, float, bool],
    /,
) -> None:
    """Columns of `TokenBatch` for the articles chosen.

    Args:
        tokens: offsets, chosen, rows, marks.
        known: surface, term, root, weight, flags of the vocabulary.
        out: surface, term, root, weight, flags, sentence, sentences.
        limits: case lost, case shouted, rare opening, rare, rare once, whether the language capitalises nouns.
    """
