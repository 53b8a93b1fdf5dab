"""Views: the ways to turn an article into a set that survives one kind of reuse."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from newsdedup import kernel
from newsdedup.sketch.minhash import NUM_PERM, affine32, signatures, weighted_signatures
from newsdedup.text.growing import GrowingArray
from newsdedup.text.hashing import begins, mix64
from newsdedup.text.table import ArticleTable

SHINGLE = 3
"""Words in a shingle of the copy view."""

PASSAGE_SHINGLE = 8
"""Words in a shingle of the passages view."""

PASSAGE_SCALE = 8
"""One passage shingle in this many is kept (FracMinHash), the same ones in every article."""

_PASSAGE_LIMIT = (1 << 32) // PASSAGE_SCALE

_TERMS_SEED = 2
_FACTS_SEED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketches:
    """Signatures of every article in every view asked for; None for a view that is not.

    Attributes:
        copy: uint32, shape (articles, NUM_PERM): MinHash of word 3-shingles.
        terms: uint32, shape (articles, NUM_PERM): weighted MinHash of content stems, weight idf squared.
        facts: uint32, shape (articles, NUM_PERM): weighted MinHash of names and numbers, weight idf squared.
        passages: uint32 hashes of the passage shingles kept, flat, distinct within an article.
        passage_quoted: bool, shape of `passages`: the shingle stands between quotation marks only.
        passage_offsets: int64, shape (articles + 1,).
    """

    copy: NDArray[np.uint32] | None
    terms: NDArray[np.uint32] | None
    facts: NDArray[np.uint32] | None
    passages: NDArray[np.uint32] | None
    passage_quoted: NDArray[np.bool_] | None
    passage_offsets: NDArray[np.int64] | None

    @property
    def articles(self) -> int:
        """How many articles there are sketches of."""
        given = (view for view in (self.copy, self.terms, self.facts) if view is not None)
        return next(map(len, given), 0 if self.passage_offsets is None else self.passage_offsets.size - 1)


def shingles(
    tokens: NDArray[np.uint32], offsets: NDArray[np.int64], size: int
) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]]:
    """Hashes of every run of `size` tokens within an article.

    Returns:
        `(hashes, row_offsets, first)`: 32-bit hashes in text order, repeats kept; shape (articles + 1,); the token
        each begins with. An article shorter than `size` has one shingle of all its tokens, an empty one none.
    """
    lengths = np.diff(offsets)
    counts = np.where(lengths >= size, lengths - size + 1, 0)
    within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    first = np.repeat(offsets[:-1], counts) + within
    hashes = np.zeros(first.size, dtype=np.uint64)
    for step in range(size):
        # Horner's scheme; wraps mod 2**64 on purpose
        hashes *= np.uint64(0x9E3779B97F4A7C15)
        hashes += tokens[first + step] + np.uint64(1)
    short = np.flatnonzero((lengths > 0) & (lengths < size))
    if short.size:
        extra = np.array([_row_hash(tokens[offsets[i] : offsets[i + 1]]) for i in short.tolist()], dtype=np.uint64)
        counts[short] = 1
        places = np.searchsorted(first, offsets[short])
        hashes = np.insert(hashes, places, extra)
        first = np.insert(first, places, offsets[short])
    row_offsets = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
    # Mixed, since the upper bits alone hardly depend on the last token.
    return (mix64(hashes) >> np.uint64(32)).astype(np.uint32), row_offsets, first


def _row_hash(tokens: NDArray[np.uint32]) -> int:
    value = 0
    for token in tokens.tolist():
        value = (value * 0x9E3779B97F4A7C15 + token + 1) % (1 << 64)
    return value


def distinct_rows(
    values: NDArray[np.uint32], weights: NDArray[np.float32], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.float32], NDArray[np.int64]]:
    """The distinct values of each row, sorted, the largest weight of each, and the new row offsets."""
    rows = np.repeat(np.arange(offsets.size - 1, dtype=np.uint64), np.diff(offsets))
    keys = (rows << np.uint64(32)) | values
    order = np.argsort(keys)
    keys = keys[order]
    starts = np.flatnonzero(begins(keys))
    largest = np.maximum.reduceat(weights[order], starts) if starts.size else weights[:0]
    counts = np.bincount((keys[starts] >> np.uint64(32)).astype(np.int64), minlength=offsets.size - 1)
    row_offsets = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
    return (keys[starts] & np.uint64(0xFFFFFFFF)).astype(np.uint32), largest, row_offsets


def _weighted_view(
    values: NDArray[np.uint32], weights: NDArray[np.float32], offsets: NDArray[np.int64], seed: int
) -> NDArray[np.uint32]:
    if kernel.compiled is None:  # one row of exponentials for each value costs numpy more than to sort them does
        values, weights, offsets = distinct_rows(values, weights, offsets)
    return weighted_signatures(values, weights, offsets, seed)


def sketch(table: ArticleTable, views: frozenset[str]) -> Sketches:
    """Signatures of a table in the views named: `copy`, `terms`, `facts`, `passages`."""
    copy = terms = facts = passages = passage_quoted = passage_offsets = None
    if "copy" in views:
        copy = _copy(table)
    if "terms" in views:
        terms = _weighted_view(table.term, table.weight**2, table.content_offsets, _TERMS_SEED)
    if "facts" in views:
        kept = np.flatnonzero(table.fact != 0)
        offsets = np.searchsorted(kept, table.content_offsets)
        facts = _weighted_view(table.term[kept], table.weight[kept] ** 2, offsets, _FACTS_SEED)
    if "passages" in views:
        passages, passage_quoted, passage_offsets = _passages(table)
    return Sketches(
        copy=copy,
        terms=terms,
        facts=facts,
        passages=passages,
        passage_quoted=passage_quoted,
        passage_offsets=passage_offsets,
    )


def _copy(table: ArticleTable) -> NDArray[np.uint32]:
    if kernel.compiled is None:
        hashes, rows, _ = shingles(table.surface, table.token_offsets, SHINGLE)
        return signatures(hashes, rows)
    out = np.empty((len(table), NUM_PERM), dtype=np.uint32)
    kernel.compiled.shingle_signatures(table.surface, table.token_offsets, SHINGLE, *affine32(), out)
    return out


def _passages(table: ArticleTable) -> tuple[NDArray[np.uint32], NDArray[np.bool_], NDArray[np.int64]]:
    if kernel.compiled is not None:
        values = np.empty(table.surface.size, dtype=np.uint32)
        quoted = np.empty(table.surface.size, dtype=bool)
        ends = np.empty(len(table) + 1, dtype=np.int64)
        kernel.compiled.passages(
            table.surface, table.quoted, table.token_offsets, PASSAGE_SHINGLE, _PASSAGE_LIMIT, values, quoted, ends
        )
        return values[: ends[-1]].copy(), quoted[: ends[-1]].copy(), ends
    hashes, rows, first = shingles(table.surface, table.token_offsets, PASSAGE_SHINGLE)
    article = np.repeat(np.arange(len(table), dtype=np.int64), np.diff(rows))
    kept = np.flatnonzero(hashes < np.uint32(_PASSAGE_LIMIT))
    offsets = np.searchsorted(article[kept], np.arange(len(table) + 1))
    unquoted = (~table.quoted[first[kept]]).astype(np.float32)  # of a shingle that stands there twice the larger counts
    values, outside, distinct = distinct_rows(hashes[kept], unquoted, offsets)
    return values, outside == 0, distinct


class SketchBuilder:
    """The sketches of consecutive batches, put behind each other as they come; a batch may be freed once added."""

    def __init__(self) -> None:
        self._columns: dict[str, GrowingArray | None] = {}

    def add(self, part: Sketches) -> None:
        """Appends a batch; every batch has the same views."""
        for name in _COLUMNS:
            column: NDArray[np.generic] | None = getattr(part, name)
            if name not in self._columns:
                self._columns[name] = None if column is None else GrowingArray(column)
                continue
            whole = self._columns[name]
            if (column is None) != (whole is None):
                raise ValueError(f"{name}: the batches have not the same views")
            if column is not None and whole is not None:
                whole.append(column[1:] + whole.last if name == "passage_offsets" else column)

    def finish(self) -> Sketches:
        """All batches as one; the builder is empty afterwards."""
        columns = {name: None if column is None else column.finish() for name, column in self._columns.items()}
        self._columns = {}
        return Sketches(**columns)


_COLUMNS = tuple(field.name for field in fields(Sketches))


def join_sketches(parts: list[Sketches]) -> Sketches:
    """Sketches of consecutive batches as one."""
    builder = SketchBuilder()
    for part in parts:
        builder.add(part)
    return builder.finish()
