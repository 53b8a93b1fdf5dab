"""One article made ready to be compared with many: everything that does not depend on the other side."""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from newsdedup.text.hashing import span_hashes
from newsdedup.text.table import NUMBER_FACT, ArticleTable, join_tables, slice_table

SHINGLE = 3
"""Words in a shingle, for exact Jaccard and containment."""

RUN = 24
"""Words in a row that make a verbatim run: long enough that house wording does not (templates share runs of up to 23
words), and shorter than any paragraph that is worth taking."""

UNIT = 2.0**-26
"""Weights that are summed and cosines that are multiplied are whole multiples of it. Idf weights are below 8 and an
article has below 2**20 content stems: sums of weights and of products of cosines are exact in a float64, and come out
the same in whatever order, in numpy, in BLAS and in the kernel."""

_CODES = 1_100_000  # terms are folded into this many characters for the string kernels; a clash costs one match


Cells = tuple[NDArray[np.int64], NDArray[np.int64]]
"""(sentence, index into a column) of every distinct entry of every sentence."""


class Profile:
    """An article's columns, sorted and counted; each is made when first asked for, since most candidates fall early.

    Attributes:
        length: Content stems.
        sentence_count: Sentences, at least 1.
        table: The table that the article stands in, and `row`, where.
        surface: Token hashes in order.
        quoted: bool, tokens within quotation marks.
        opening: bool, first tokens of sentences.
    """

    def __init__(self, table: ArticleTable, row: int) -> None:
        content = slice(int(table.content_offsets[row]), int(table.content_offsets[row + 1]))
        tokens = slice(int(table.token_offsets[row]), int(table.token_offsets[row + 1]))
        self.table, self.row = table, row
        self._term, self._root, self._weight = table.term[content], table.root[content], table.weight[content]
        self._fact, self._position = table.fact[content], table.position[content]
        self._sentence = table.sentence[content].astype(np.int64)
        self.length = int(self._term.size)
        self.sentence_count = max(1, int(table.sentences[row]))
        self.surface = table.surface[tokens]
        self.quoted = table.quoted[tokens]
        self.opening = table.opening[tokens]

    @cached_property
    def codes(self) -> str:
        """The content stems in order, one character each, for LCS."""
        return term_codes(self._term)

    @cached_property
    def told_codes(self) -> str:
        """The same of the stems outside quotation marks."""
        return term_codes(self._term[~self.quoted[self._position]])

    @cached_property
    def _terms(self) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        return _distinct(self._term)

    @property
    def terms(self) -> NDArray[np.uint32]:
        """Distinct terms, sorted."""
        return self._terms[0]

    @cached_property
    def _weighted_cells(self) -> tuple[Cells, NDArray[np.float32]]:
        terms, index = self._terms
        cells = _cells_in_order(self._sentence, index, terms.size)
        weights = np.zeros(terms.size, dtype=np.float32)
        weights[index] = self._weight
        return cells, weights[cells[1]]

    @property
    def cells(self) -> Cells:
        """(sentence, index into `terms`) of every distinct term of every sentence, in the order of the text."""
        return self._weighted_cells[0]

    @cached_property
    def cell_weights(self) -> NDArray[np.float64]:
        """Idf weights of the cells, each sentence's with Euclidean norm 1, in multiples of UNIT."""
        (rows, _), weights = self._weighted_cells
        # bincount adds in order, as the kernel does.
        norms = np.sqrt(np.bincount(rows, weights.astype(np.float64) ** 2, minlength=self.sentence_count))
        return whole((weights / np.maximum(norms[rows], 1e-9)).astype(np.float32))

    @cached_property
    def sentence_weights(self) -> NDArray[np.float32]:
        """Sum of the idf weights of each sentence's distinct terms, shape (sentences,)."""
        (rows, _), weights = self._weighted_cells
        return np.bincount(rows, whole(weights), minlength=self.sentence_count).astype(np.float32)

    @cached_property
    def told(self) -> float:
        """Sum of the weights of all sentences, before they are rounded."""
        return float(whole(self._weighted_cells[1]).sum())

    @cached_property
    def _roots(self) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        return _distinct(self._root)

    @property
    def roots(self) -> NDArray[np.uint32]:
        """Distinct roots of all content words, sorted: what a fact of the other side is looked up in."""
        return self._roots[0]

    @cached_property
    def root_cells(self) -> Cells:
        """(sentence, index into `roots`) of every distinct root of every sentence."""
        return _cells(self._sentence, self._roots[1], self.roots.size)

    @cached_property
    def _facts(self) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.bool_]]:
        is_fact = self._fact > 0
        return *_distinct(self._root[is_fact]), is_fact

    @property
    def facts(self) -> NDArray[np.uint32]:
        """Distinct facts, sorted, as roots."""
        return self._facts[0]

    @cached_property
    def numbers(self) -> NDArray[np.bool_]:
        """Which facts are numbers, shape (facts,)."""
        facts, index, is_fact = self._facts
        numbers = np.zeros(facts.size, dtype=bool)
        numbers[index[self._fact[is_fact] == NUMBER_FACT]] = True
        return numbers

    @cached_property
    def figures(self) -> float:
        """Numbers over words, 0..1."""
        return int((self._fact == NUMBER_FACT).sum()) / max(1, self.surface.size)

    @cached_property
    def fact_weights(self) -> NDArray[np.float64]:
        """Idf of each fact, the largest of its words, in multiples of UNIT."""
        facts, index, is_fact = self._facts
        weights = np.zeros(facts.size, dtype=np.float32)
        np.maximum.at(weights, index, self._weight[is_fact])
        return whole(weights)

    @cached_property
    def mentions(self) -> Cells:
        """(sentence, index into `facts`) of every distinct fact of every sentence."""
        facts, index, is_fact = self._facts
        return _cells(self._sentence[is_fact], index, facts.size)

    @property
    def fact_places(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """(token number, index into `facts`) of every mention of a fact."""
        _, index, is_fact = self._facts
        return self._position[is_fact], index

    @cached_property
    def shingles(self) -> NDArray[np.uint64]:
        """Distinct hashes of word 3-shingles, sorted."""
        return np.unique(_run_hashes(self.surface, min(SHINGLE, max(1, self.surface.size))))

    @cached_property
    def runs(self) -> NDArray[np.uint64]:
        """Hash of the RUN tokens that begin at each token, shape (max(0, tokens - RUN + 1),)."""
        return _run_hashes(self.surface, RUN)

    @cached_property
    def sorted_runs(self) -> NDArray[np.uint64]:
        """`runs`, sorted."""
        return np.sort(self.runs)


def term_codes(terms: NDArray[np.uint32]) -> str:
    """Terms as characters, one each, surrogates left out."""
    codes = terms % np.uint32(_CODES)
    codes += np.where(codes >= 0xD800, np.uint32(0x800), np.uint32(0)).astype(np.uint32)
    return codes.tobytes().decode("utf-32-le")


def whole(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Values, 0 or more, rounded to multiples of UNIT."""
    return np.asarray(np.floor(values.astype(np.float64) / UNIT + 0.5) * UNIT)


def _run_hashes(tokens: NDArray[np.uint32], size: int) -> NDArray[np.uint64]:
    """Hash of every run of `size` tokens, shape (max(0, tokens - size + 1),)."""
    starts = np.arange(max(0, tokens.size - size + 1))
    return span_hashes(tokens, starts, starts + size)


def _cells(sentence: NDArray[np.int64], index: NDArray[np.int64], size: int) -> Cells:
    """Distinct (sentence, index) pairs, sorted."""
    keys = np.sort(sentence * max(size, 1) + index)
    keys = keys[np.append(True, keys[1:] != keys[:-1])[: keys.size]]
    return keys // max(size, 1), keys % max(size, 1)


def _cells_in_order(sentence: NDArray[np.int64], index: NDArray[np.int64], size: int) -> Cells:
    """Distinct (sentence, index) pairs, in the order in which they first come."""
    keys = sentence * max(size, 1) + index
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.sort(order[np.append(True, ordered[1:] != ordered[:-1])[: keys.size]])
    return sentence[first], index[first]


def _distinct(values: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The distinct values, sorted, and the place of each value among them; half the time of numpy's own."""
    ordered = np.sort(values)
    ordered = ordered[np.append(True, ordered[1:] != ordered[:-1])[: ordered.size]]
    return ordered, np.searchsorted(ordered, values)


class Profiles:
    """Profiles of a table's articles, the recent ones kept.

    Attributes:
        columns: What the kernel reads of the table.
    """

    def __init__(self, table: ArticleTable, kept: int = 4096) -> None:
        self.table = table
        self.columns = columns_of(table)
        self._recent = lru_cache(maxsize=kept)(lambda row: Profile(table, row))

    def __getitem__(self, row: int) -> Profile:
        return self._recent(row)


_COLUMNS = (
    "surface quoted opening token_offsets term root weight fact sentence position content_offsets sentences"
).split()


def columns_of(table: ArticleTable) -> list[NDArray[np.generic]]:
    """What the kernel reads of a table, in the order in which it takes it."""
    return [getattr(table, name) for name in _COLUMNS]


def in_one_table(left: Profile, right: Profile) -> tuple[ArticleTable, NDArray[np.int64], NDArray[np.int64]]:
    """A table that both articles stand in, and where, as columns of one pair."""
    table, rows = left.table, (left.row, right.row)
    if right.table is not table:
        table = join_tables([slice_table(side.table, side.row, side.row + 1) for side in (left, right)])
        rows = (0, 1)
    return table, np.array(rows[:1], dtype=np.int64), np.array(rows[1:], dtype=np.int64)
