"""What the store's index keeps of articles, from what the pipeline made of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from newsdedup.sketch.sentences import Sentences
from newsdedup.sketch.views import Sketches
from newsdedup.store.entries import PASSAGE, QUOTED, SENTENCE, Entries, band_entries, joined
from newsdedup.store.rows import ROW
from newsdedup.text.table import ArticleColumns


def sketches_of(sketches: Sketches, first: int, end: int) -> Sketches:
    """The sketches of the articles from `first` up to `end`, as views of the same memory."""
    offsets = None if sketches.passage_offsets is None else sketches.passage_offsets[first : end + 1]
    passages = slice(0) if offsets is None else slice(int(offsets[0]), int(offsets[-1]))
    return Sketches(
        copy=None if sketches.copy is None else sketches.copy[first:end],
        terms=None if sketches.terms is None else sketches.terms[first:end],
        facts=None if sketches.facts is None else sketches.facts[first:end],
        passages=None if sketches.passages is None else sketches.passages[passages],
        passage_quoted=None if sketches.passage_quoted is None else sketches.passage_quoted[passages],
        passage_offsets=None if offsets is None else offsets - offsets[0],
    )


def sketch_entries(sketches: Sketches, numbers: NDArray[np.int64]) -> Entries:
    """The entries of the bands and passages of articles.

    Args:
        numbers: Of the articles, shape (articles,).
    """
    bands = band_entries(sketches, numbers)
    values, quoted, offsets = sketches.passages, sketches.passage_quoted, sketches.passage_offsets
    if values is None or quoted is None or offsets is None:
        return bands
    passages = Entries(
        kinds=np.where(quoted, QUOTED, PASSAGE).astype(np.uint8),
        keys=values,
        numbers=np.repeat(numbers, np.diff(offsets)),
    )
    return joined([bands, passages])


def sentence_entries(sentences: Sentences, numbers: NDArray[np.int64], recurring: NDArray[np.uint64]) -> Entries:
    """The entries of sentences, but for those that are boilerplate.

    Args:
        numbers: Of the articles, shape (articles,).
        recurring: Keys of the boilerplate.
    """
    left = ~np.isin(sentences.key, recurring)
    keys = sentence_keys(sentences.key[left])
    kinds = np.full(keys.size, SENTENCE, dtype=np.uint8)
    return Entries(kinds=kinds, keys=keys, numbers=numbers[sentences.article[left]])


def sentence_keys(keys: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """What sentences go by in the index of the store."""
    return (keys >> np.uint64(32)).astype(np.uint32)


def rows_of(
    sketches: Sketches,
    columns: ArticleColumns,
    *,
    days: NDArray[np.float64],
    url_keys: NDArray[np.uint64],
    lengths: NDArray[np.int64],
    seen: float,
) -> NDArray[np.void]:
    """The rows of articles; all arguments are of shape (articles,).

    Args:
        days: Time of publication, NaN where it is unknown.
        seen: Day on which they were first seen.
        url_keys: As on a shelf.
        lengths: Content stems before boilerplate was cut.
    """
    rows = np.zeros(days.size, dtype=ROW)
    for view in ("copy", "terms", "facts"):
        signatures: NDArray[np.uint32] | None = getattr(sketches, view)
        if signatures is not None:
            rows[view] = signatures
    for name in ("content_key", "tokens", "content", "sentences", "chrome"):
        rows[name] = getattr(columns, name)
    rows["day"], rows["url_key"], rows["length"], rows["seen"] = days, url_keys, lengths, seen
    return rows
