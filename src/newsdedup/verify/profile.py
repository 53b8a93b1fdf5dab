"""One article made ready to be compared with many: everything that does not depend on the other side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsdedup.text.table import ArticleTable

SHINGLE = 3
"""Words in a shingle, for exact Jaccard and containment."""

RUN = 16
"""Words in a row that make a verbatim run: long enough that house phrases do not (a template shares 8 to 12)."""

_CODES = 1_100_000  # terms are folded into this many characters for the string kernels; a clash costs one match


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An article's columns, sorted and counted.

    Attributes:
        length: Content stems.
        codes: The content stems in order, one character each, for LCS.
        terms: Distinct terms, sorted, uint32.
        cells: (sentence, index into `terms`) of every distinct term of every sentence; two int arrays.
        cell_weights: Unit-length idf weights of the cells: each sentence's have Euclidean norm 1.
        sentence_weights: Sum of the idf weights of each sentence, shape (sentences,).
        roots: Distinct roots of all content words, sorted, uint32: what a fact of the other side is looked up in.
        root_cells: (sentence, index into `roots`) of every distinct root of every sentence.
        facts: Distinct facts, sorted, uint32 roots.
        numbers: bool, shape (facts,): the fact is a number.
        fact_weights: idf of each fact.
        mentions: (sentence, index into `facts`) of every distinct fact of every sentence.
        fact_places: (token number, index into `facts`) of every mention of a fact.
        surface: Token hashes in order.
        quoted: bool, tokens within quotation marks.
        shingles: Distinct hashes of word 3-shingles, sorted.
        runs: Hash of the `RUN` tokens that begin at each token, shape (max(0, tokens - RUN + 1),).
    """

    length: int
    codes: str
    terms: NDArray[np.uint32]
    cells: tuple[NDArray[np.int64], NDArray[np.int64]]
    cell_weights: NDArray[np.float32]
    sentence_weights: NDArray[np.float32]
    roots: NDArray[np.uint32]
    root_cells: tuple[NDArray[np.int64], NDArray[np.int64]]
    facts: NDArray[np.uint32]
    numbers: NDArray[np.bool_]
    fact_weights: NDArray[np.float32]
    mentions: tuple[NDArray[np.int64], NDArray[np.int64]]
    fact_places: tuple[NDArray[np.int32], NDArray[np.int64]]
    surface: NDArray[np.uint32]
    quoted: NDArray[np.bool_]
    shingles: NDArray[np.uint64]
    runs: NDArray[np.uint64]


def term_codes(terms: NDArray[np.uint32]) -> str:
    """Terms as characters, one each, surrogates left out."""
    codes = terms % np.uint32(_CODES)
    codes += np.where(codes >= 0xD800, np.uint32(0x800), np.uint32(0)).astype(np.uint32)
    return codes.tobytes().decode("utf-32-le")


def _shingle_hashes(tokens: NDArray[np.uint32], size: int) -> NDArray[np.uint64]:
    count = tokens.size - size + 1
    if count <= 0:
        return np.zeros(0, dtype=np.uint64)
    hashes = np.zeros(count, dtype=np.uint64)
    for step in range(size):
        hashes *= np.uint64(0x9E3779B97F4A7C15)  # wraps mod 2**64 on purpose
        hashes += tokens[step : step + count] + np.uint64(1)
    return hashes


def _cells(
    sentence: NDArray[np.int64], index: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Distinct (sentence, index) pairs and where each first stands."""
    keys, first = np.unique(sentence * max(size, 1) + index, return_index=True)
    return keys // max(size, 1), keys % max(size, 1), first


def make_profile(table: ArticleTable, row: int) -> Profile:
    """The profile of article `row` of the table."""
    content = slice(int(table.content_offsets[row]), int(table.content_offsets[row + 1]))
    tokens = slice(int(table.token_offsets[row]), int(table.token_offsets[row + 1]))
    term, root, weight = table.term[content], table.root[content], table.weight[content]
    sentence = table.sentence[content].astype(np.int64)
    count = max(1, int(table.sentences[row]))
    terms, index = np.unique(term, return_inverse=True)
    rows, columns, first = _cells(sentence, index, terms.size)
    cell_weights = weight[first]
    norms = np.sqrt(np.bincount(rows, cell_weights.astype(np.float64) ** 2, minlength=count))
    roots, root_index = np.unique(root, return_inverse=True)
    root_rows, root_columns, _ = _cells(sentence, root_index, roots.size)
    is_fact = table.fact[content] > 0
    facts, fact_index = np.unique(root[is_fact], return_inverse=True)
    fact_weights = np.zeros(facts.size, dtype=np.float32)
    np.maximum.at(fact_weights, fact_index, weight[is_fact])
    numbers = np.zeros(facts.size, dtype=bool)
    numbers[fact_index[table.fact[content][is_fact] == 2]] = True
    mention_rows, mention_columns, _ = _cells(sentence[is_fact], fact_index, facts.size)
    surface = table.surface[tokens]
    return Profile(
        length=int(term.size),
        codes=term_codes(term),
        terms=terms,
        cells=(rows, columns),
        cell_weights=(cell_weights / np.maximum(norms[rows], 1e-9)).astype(np.float32),
        sentence_weights=np.bincount(rows, cell_weights, minlength=count).astype(np.float32),
        roots=roots,
        root_cells=(root_rows, root_columns),
        facts=facts,
        numbers=numbers,
        fact_weights=fact_weights,
        mentions=(mention_rows, mention_columns),
        fact_places=(table.position[content][is_fact], fact_index),
        surface=surface,
        quoted=table.quoted[tokens],
        shingles=np.unique(_shingle_hashes(surface, min(SHINGLE, max(1, surface.size)))),
        runs=_shingle_hashes(surface, RUN),
    )
