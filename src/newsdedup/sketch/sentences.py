"""Sentences by what they say, and a mask over those that recur: what boilerplate is found and cut by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from newsdedup.text.hashing import mix64, run_hashes, word_hashes
from newsdedup.text.table import NUMBER_FACT, ArticleTable, keep_tokens, take_ragged

_DIGITS = 0.25  # share of numbers up to which a sentence is known again with other numbers in it
_LEAST_TOKENS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a sentence stands: its article, its first character in the normalised text, one past the last."""

    row: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring(Place):
    """One sentence that was set aside, by the first place where it stands.

    Attributes:
        source: Number of the outlet.
        articles: Articles of the outlet that hold it.
    """

    source: int
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """The sentences of at least _LEAST_TOKENS tokens, in order; all shape (sentences,).

    Attributes:
        key: uint64, the same for the same words of one outlet.
        article: int32, number of the article.
        number: int32, number of the sentence within the article, from 0.
        content: int32, content tokens.
    """

    key: NDArray[np.uint64]
    article: NDArray[np.int32]
    number: NDArray[np.int32]
    content: NDArray[np.int32]

    def where(self, places: NDArray[np.int64]) -> Sentences:
        """Some of the sentences."""
        return Sentences(
            key=self.key[places], article=self.article[places], number=self.number[places], content=self.content[places]
        )

    def take(self, order: NDArray[np.int64]) -> Sentences:
        """The sentences of all articles, numbered anew: `order[i]` is the article that comes as number i."""
        counts = np.bincount(self.article, minlength=order.size)
        offsets = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
        return Sentences(
            key=take_ragged(self.key, offsets, order),
            article=np.repeat(np.arange(order.size, dtype=np.int32), counts[order]),
            number=take_ragged(self.number, offsets, order),
            content=take_ragged(self.content, offsets, order),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BoilerplateMask:
    """The sentences that recur, wherever they stand, sorted by article and number.

    Attributes:
        article: int32, shape (places,).
        number: int32, shape (places,): number of the sentence within the article, from 0.
        keys: uint64, what recurs, sorted, shape (sentences,); also where it is not cut, since too little would be left.
        recurring: Each sentence once, in the order of outlet, first article and place.
    """

    article: NDArray[np.int32]
    number: NDArray[np.int32]
    keys: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    recurring: tuple[Recurring, ...] = ()

    @property
    def rows(self) -> NDArray[np.int64]:
        """Articles that lose something, sorted."""
        return np.unique(self.article).astype(np.int64)

    def of(self, rows: NDArray[np.int64]) -> BoilerplateMask:
        """What recurs in some articles, numbered as they stand in `rows`."""
        first = np.searchsorted(self.article, rows)
        count = np.searchsorted(self.article, rows, side="right") - first
        places = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))
        return BoilerplateMask(
            article=np.repeat(np.arange(rows.size, dtype=np.int32), count), number=self.number[places]
        )

    def cut(self, table: ArticleTable) -> ArticleTable:
        """The table without what recurs; its articles are those of the mask."""
        if not self.article.size:
            return table
        kept = np.ones(int(table.sentences.sum()), dtype=bool)
        kept[_sentence_offsets(table)[self.article] + self.number] = False
        return keep_tokens(table, np.repeat(kept, _sentence_lengths(table)))

    def places(self, table: ArticleTable) -> list[Place]:
        """Where what recurs stands, in order; the articles of the table are those of the mask."""
        number = _sentence_offsets(table)[self.article] + self.number
        starts = np.flatnonzero(table.opening)
        lasts = np.append(starts[1:], table.surface.size)[: starts.size] - 1
        first, end = table.start[starts[number]], table.start[lasts[number]] + table.width[lasts[number]]
        rows = zip(self.article.tolist(), first.tolist(), end.tolist(), strict=True)
        return [Place(row=row, start=start, end=stop) for row, start, stop in rows]


NOTHING_RECURS = BoilerplateMask(article=np.zeros(0, dtype=np.int32), number=np.zeros(0, dtype=np.int32))


def _sentence_offsets(table: ArticleTable) -> NDArray[np.int64]:
    """Number of the first sentence of each article within the table, shape (articles,)."""
    return np.cumsum(table.sentences, dtype=np.int64) - table.sentences


def _sentence_lengths(table: ArticleTable) -> NDArray[np.int64]:
    """Tokens of each sentence of the table."""
    return np.diff(np.flatnonzero(table.opening), append=table.surface.size)


def source_key(name: str | None) -> str:
    """What tells one outlet from another: its name, case aside, "" for all whose name is unknown."""
    return (name or "").casefold()


def sentences_of(table: ArticleTable, sources: Sequence[str | None]) -> Sentences:
    """The sentences of a table.

    Numbers are masked in their keys, so that a date does not make a line new.

    Args:
        sources: Name of the outlet of each article, None where it is unknown.
    """
    opens = np.flatnonzero(table.opening)
    starts, ends = opens, np.append(opens[1:], table.surface.size)[: opens.size]
    article = np.repeat(np.arange(len(table), dtype=np.int32), table.sentences)
    number = np.arange(opens.size) - np.repeat(_sentence_offsets(table), table.sentences)
    long = np.flatnonzero(ends - starts >= _LEAST_TOKENS)
    starts, ends, article, number = starts[long], ends[long], article[long], number[long]
    content = np.repeat(table.token_offsets[:-1], np.diff(table.content_offsets)) + table.position
    # Numbers are masked in sentences that hold few of them.
    numbers = content[table.fact == NUMBER_FACT]
    sentence = np.searchsorted(starts, numbers, side="right") - 1
    numbers, sentence = numbers[sentence >= 0], sentence[sentence >= 0]
    inside = numbers < ends[sentence]
    numbers, sentence = numbers[inside], sentence[inside]
    few = np.bincount(sentence, minlength=starts.size) <= _DIGITS * (ends - starts)
    masked = table.surface.copy()
    masked[numbers[few[sentence]]] = 0
    return Sentences(
        key=mix64(run_hashes(masked, starts, ends) + word_hashes([source_key(name) for name in sources])[article]),
        article=article,
        number=number.astype(np.int32),
        content=(np.searchsorted(content, ends) - np.searchsorted(content, starts)).astype(np.int32),
    )


def join_sentences(parts: Sequence[Sentences], articles: Sequence[int]) -> Sentences:
    """Sentences of consecutive batches as one.

    Args:
        articles: Articles of each batch.
    """
    bases = np.cumsum([0, *articles])[:-1].astype(np.int32)
    return Sentences(
        key=np.concatenate([part.key for part in parts]),
        article=np.concatenate([part.article + base for part, base in zip(parts, bases, strict=True)]),
        number=np.concatenate([part.number for part in parts]),
        content=np.concatenate([part.content for part in parts]),
    )
