"""What a store derives from texts, made again: to fit other parameters, or to check what is there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.engine.shelf import Shelf
from newsdedup.engine.workers import Engine
from newsdedup.ingest.columns import rows_of, sentence_entries, sketch_entries
from newsdedup.ingest.keys import keys_of
from newsdedup.ingest.packing import packed_sentences
from newsdedup.run import days_of
from newsdedup.sketch.boilerplate import Learned, mask_of
from newsdedup.sketch.sentences import sentences_of
from newsdedup.sketch.views import Sketches, sketch
from newsdedup.store.checking import Unlike
from newsdedup.store.entries import joined
from newsdedup.store.nouns import Rebuilt
from newsdedup.text.table import make_table


class Rebuilder:
    """Makes anew what a store derives from its articles, batch after batch.

    Boilerplate is learned as far as the articles of one batch show it, and what was learned from earlier ones.
    """

    def __init__(self, views: frozenset[str]) -> None:
        self._views = views

    def __call__(self, articles: Sequence[Article], recurring: NDArray[np.uint64]) -> Rebuilt:
        """What is derived of some articles.

        Args:
            recurring: Keys of boilerplate that was learned from earlier batches, sorted.
        """
        with Shelf.of(articles) as shelf, Engine(shelf) as engine:
            reading = engine.read_shelf(self._views)
            lengths = reading.columns.content.copy()
            fresh = np.ones(len(articles), dtype=bool)
            learned = Learned(keys=recurring, fresh=fresh, lengths=lengths)
            mask, _ = engine.learn(reading, learned)
            cut = engine.cut(mask, reading, self._views)
            recurring = np.union1d(recurring, mask.keys).astype(np.uint64)
            url_keys = np.array(shelf.url_keys, dtype=np.uint64)
        numbers = np.arange(len(articles))
        keys = [keys_of(article) for article in articles]
        return Rebuilt(
            rows=rows_of(
                cut.sketches,
                cut.columns,
                days=days_of(articles),
                url_keys=url_keys,
                lengths=lengths,
                seen=np.nan,  # the store knows
            ),
            entries=joined(
                [sketch_entries(cut.sketches, numbers), sentence_entries(reading.sentences, numbers, recurring)]
            ),
            sentences=packed_sentences(reading.sentences, 0, len(articles)),
            identities=[each.identity for each in keys],
            places=[each.place for each in keys],
            recurring=recurring,
        )


def unlike_texts(views: frozenset[str], recurring: NDArray[np.uint64]) -> Unlike:
    """What tells which articles have signatures that their texts do not give.

    An article was cut by the boilerplate that was known when it came. Where it holds several sentences that recur by
    now, which of them were cut then cannot be told, and it passes.

    Args:
        recurring: Keys of the sentences that are boilerplate, sorted.
    """

    def unlike(articles: list[Article], rows: NDArray[np.void]) -> NDArray[np.bool_]:
        table = make_table(articles)
        sentences = sentences_of(table, [article.source for article in articles])
        mask = mask_of(sentences, table.content_lengths, recurring)
        whole, cut = sketch(table, views), sketch(mask.cut(table), views)
        unclear = np.bincount(mask.article, minlength=len(articles)) > 1
        return ~(_has(rows, whole) | _has(rows, cut) | unclear)

    return unlike


def _has(rows: NDArray[np.void], sketches: Sketches) -> NDArray[np.bool_]:
    """Which rows have the signatures."""
    same = np.ones(rows.size, dtype=bool)
    for view in ("copy", "terms", "facts"):
        signatures: NDArray[np.uint32] | None = getattr(sketches, view)
        if signatures is not None:
            same &= (rows[view] == signatures).all(axis=1)
    return same
