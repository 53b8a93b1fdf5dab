"""What is made of articles while they are read, a batch at a time; their texts and tokens are not kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.sketch.sentences import BoilerplateMask, Sentences, join_sentences, sentences_of
from newsdedup.sketch.views import Sketches, join_sketches, sketch
from newsdedup.text.table import ArticleColumns, make_table, row_places

BATCH_ARTICLES = 256
"""Articles read and sketched at a time: their arrays stay in cache, and one batch is one task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is known of consecutive articles without their texts."""

    columns: ArticleColumns
    sentences: Sentences
    sketches: Sketches

    def take(self, order: NDArray[np.int64]) -> Reading:
        """The same articles in another order: `order[i]` is the one that comes as number i."""
        if np.array_equal(order, np.arange(order.size)):
            return self
        rank = np.empty(order.size, dtype=np.int32)
        rank[order] = np.arange(order.size, dtype=np.int32)
        article = rank[self.sentences.article]
        by_article = np.argsort(article, kind="stable")
        sketches = self.sketches
        taken: dict[str, NDArray[np.generic]] = {
            view: getattr(sketches, view)[order]
            for view in ("copy", "terms", "facts")
            if getattr(sketches, view) is not None
        }
        if sketches.passage_offsets is not None:
            places, taken["passage_offsets"] = row_places(sketches.passage_offsets, order)
            taken |= {name: getattr(sketches, name)[places] for name in ("passages", "passage_quoted")}
        return Reading(
            columns=ArticleColumns(
                **{field.name: getattr(self.columns, field.name)[order] for field in fields(ArticleColumns)}
            ),
            sentences=replace(
                self.sentences,
                key=self.sentences.key[by_article],
                article=article[by_article],
                number=self.sentences.number[by_article],
                content=self.sentences.content[by_article],
            ),
            sketches=replace(sketches, **taken),  # type: ignore[arg-type]  # each column keeps its type
        )


def read_batch(articles: Sequence[Article], views: frozenset[str]) -> Reading:
    """Columns, sentences and sketches of a batch."""
    table = make_table(articles)
    return Reading(
        columns=ArticleColumns.of(table),
        sentences=sentences_of(table, [article.source for article in articles]),
        sketches=sketch(table, views),
    )


def read_again(
    articles: Sequence[Article], mask: BoilerplateMask, views: frozenset[str]
) -> tuple[ArticleColumns, Sketches]:
    """Columns and sketches of a batch, boilerplate cut; the articles are those of the mask."""
    table = mask.cut(make_table(articles))
    return ArticleColumns.of(table), sketch(table, views)


def join_readings(parts: Sequence[Reading]) -> Reading:
    """Readings of consecutive batches as one."""
    return Reading(
        columns=ArticleColumns.join([part.columns for part in parts]),
        sentences=join_sentences([part.sentences for part in parts], [part.columns.tokens.size for part in parts]),
        sketches=join_sketches([part.sketches for part in parts]),
    )
