"""What is made of articles while they are read, a batch at a time; their texts and tokens are not kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.sketch.replace import take_sketches
from newsdedup.sketch.sentences import Sentences, join_sentences, sentences_of
from newsdedup.sketch.views import SketchBuilder, Sketches, sketch
from newsdedup.text.table import ArticleColumns, ArticleTable, make_table

BATCH_ARTICLES = 256
"""Articles read and sketched at a time: their arrays stay in cache, and one batch is one task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is known of consecutive articles without their texts."""

    columns: ArticleColumns
    sentences: Sentences
    sketches: Sketches


def read_batch(articles: Sequence[Article], views: frozenset[str]) -> Reading:
    """Columns, sentences and sketches of a batch."""
    return read_table(make_table(articles), articles, views)


def read_table(table: ArticleTable, articles: Sequence[Article], views: frozenset[str]) -> Reading:
    """The same of a batch whose table is there."""
    return Reading(
        columns=ArticleColumns.of(table),
        sentences=sentences_of(table, [article.source for article in articles]),
        sketches=sketch(table, views),
    )


def read_again(table: ArticleTable, views: frozenset[str]) -> tuple[ArticleColumns, Sketches]:
    """Columns and sketches of a batch, from its table with boilerplate cut."""
    return ArticleColumns.of(table), sketch(table, views)


class ReadingBuilder:
    """The readings of consecutive batches, put behind each other as they come.

    Attributes:
        bytes_held: Of all that was added.
    """

    def __init__(self) -> None:
        self.bytes_held = 0
        self._columns: list[ArticleColumns] = []
        self._sentences: list[Sentences] = []
        self._sketches = SketchBuilder()

    def add(self, part: Reading) -> None:
        """Appends a batch."""
        for columns in (part.columns, part.sentences, part.sketches):
            arrays = (getattr(columns, field.name) for field in fields(columns))
            self.bytes_held += sum(array.nbytes for array in arrays if array is not None)
        self._columns.append(part.columns)
        self._sentences.append(part.sentences)
        self._sketches.add(part.sketches)

    def finish(self, order: NDArray[np.int64] | None = None) -> Reading:
        """All batches as one; the builder must not be used any more.

        Args:
            order: `order[i]` is the article that comes as number i; None leaves them as they were added.
        """
        sizes = [part.tokens.size for part in self._columns]
        columns, sentences = ArticleColumns.join(self._columns), join_sentences(self._sentences, sizes)
        self._columns, self._sentences = [], []
        sketches = self._sketches.finish()
        if order is not None and not np.array_equal(order, np.arange(order.size)):
            columns, sentences = columns.take(order), sentences.take(order)
            sketches = take_sketches(sketches, order)
        return Reading(columns=columns, sentences=sentences, sketches=sketches)
