"""Signatures of the compiled kernel: arrays are C-contiguous and of the types stated, outputs made by the caller."""

from array import array

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

# plain.c

def plain_text(text: str, table: bytes, /) -> str | None:
    """The text with every character replaced and two apostrophes made one double quote; None if that takes more.

    Args:
        table: For each of 65,536 code points the ASCII character that comes in its place; 0 where it stays, 1 where
            that is not known.

    Returns:
        The text itself where nothing changes.
    """

def repeats_key(line: bytes, key: bytes, other: bytes, /) -> bool:
    """Whether one of the two keys stands in the line more than once, as `bytes.count` counts."""

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
    room: int,
    views: tuple[_Words | None, _Words | None, _Words | None],
    low_bytes: _Bytes | None,
    least: tuple[int, int, int],
    brief: _Marks | None,
    fresh: _Marks | None,
    days: _Floats | None,
    window_days: float,
    /,
) -> tuple[bytes, int, int]: ...
def shared_values(
    values: _Words, offsets: _Integers, groups: _Integers, quiet: _Marks, max_groups: int, many: int, /
) -> tuple[bytes, int]: ...
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

def common_ground(
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
    left: int,
    right: int,
    most: int,
    /,
) -> tuple[list[tuple[int, int, float]], list[int]]:
    """What two articles of one table have in common: `evidence.common_ground`.

    Args:
        most: Facts, at most 1,000.

    Returns:
        (left sentence, right sentence, similarity) of those aligned; token numbers of the left of the facts shared.

    Raises:
        ValueError: As `compare_pairs`.
    """

_Text = tuple[_Words, _Integers, _Words, _Bytes, NDArray[np.int32]]

def compare_sentences(
    left: _Text, right: _Text, aligned: array[int], orders: _Words, edited: float, known: float, /
) -> tuple[
    list[int],
    list[int],
    list[int],
    list[tuple[int, int, int, int, int, int, list[int], list[int], list[int], list[int]]],
]:
    """Which sentences are one sentence, and where they differ: `held_together` of verify/counterparts.py.

    Args:
        left: Surface, first tokens of sentences; root, fact and position of the content words. As `right`.
        aligned: int32: left sentence, right sentence, counted from 1, and so on.
        orders: Hashes of words that put in order, sorted.

    Returns:
        For each left sentence the right one or -1; new sentences on the left and on the right; places as `Place`.
    """
