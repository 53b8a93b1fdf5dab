"""One article read closely: where its words and sentences stand, its facts as words, its quotes.

A reading is asked for a few words here and there: columns of facts are lists, those of words are looked into as they
are, since a list of each would cost more than all that is asked of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from newsdedup.text.table import NUMBER_FACT, ArticleTable

_FEWEST, _MOST = 12, 600  # characters of a quote
_MIN_QUOTE_WORDS = 4
_CLOSERS = "\"')]}"
_STOPS = ".!?\u2026\u3002\uff01\uff1f"
_BEHIND = frozenset(_STOPS + _CLOSERS + "%,;:")


class Reading:
    """One article read closely; most of what it holds is made when first asked for, since copies differ in little.

    Attributes:
        text: The normalised text.
        notes: Correction notes that were set aside, in order.
        surface: Hash of each lower-case token, shape (tokens,).
        word_roots: Roots of the content words in order.
        word_places: Token number of each content word, from 0.
        word_facts: Whether it is a fact, as the table has it.
    """

    def __init__(self, table: ArticleTable, row: int, text: str, notes: tuple[str, ...] = ()) -> None:
        tokens = slice(int(table.token_offsets[row]), int(table.token_offsets[row + 1]))
        content = slice(int(table.content_offsets[row]), int(table.content_offsets[row + 1]))
        self.text = text
        self.notes = notes
        self.surface: NDArray[np.uint32] = table.surface[tokens]
        self._opening, self._weight = table.opening[tokens], table.weight[content]
        self._root, self._fact, self._position = table.root[content], table.fact[content], table.position[content]
        self._start, self._width = table.start[tokens].data, table.width[tokens].data
        self.word_roots, self.word_places, self.word_facts = self._root.data, self._position.data, self._fact.data

    @cached_property
    def first(self) -> NDArray[np.int64]:
        """Number of the first token of each sentence, shape (sentences,)."""
        return self._opening.nonzero()[0]

    @cached_property
    def bounds(self) -> list[int]:
        """Number of the first token of each sentence, and how many tokens there are."""
        return [*self.first.tolist(), self.surface.size]

    @property
    def columns(
        self,
    ) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint8], NDArray[np.int32]]:
        """What the kernel asks for: tokens and the first of each sentence; root, fact and place of content words."""
        return self.surface, self.first, self._root, self._fact, self._position

    @cached_property
    def _mentions(self) -> NDArray[np.int64]:
        return self._fact.nonzero()[0]

    @cached_property
    def fact_roots(self) -> list[int]:
        """Root of each mention of a fact, in order; the other lists alike."""
        roots: list[int] = self._root[self._mentions].tolist()
        return roots

    @cached_property
    def fact_numbers(self) -> list[bool]:
        """Whether the fact is a number."""
        numbers: list[bool] = (self._fact[self._mentions] == NUMBER_FACT).tolist()
        return numbers

    @cached_property
    def fact_weights(self) -> list[float]:
        """Its idf."""
        weights: list[float] = self._weight[self._mentions].tolist()
        return weights

    @cached_property
    def fact_places(self) -> list[int]:
        """Its token number."""
        places: list[int] = self._position[self._mentions].tolist()
        return places

    @cached_property
    def roots(self) -> frozenset[int]:
        """Roots of all content words: what a fact of the other side is looked up in."""
        return frozenset(self.word_roots.tolist())

    def holds(self, root: int) -> bool:
        """Whether a root stands among those of the content words; cheaper than `roots` for the few that ask once."""
        return bool((self._root == root).any())

    @cached_property
    def quotes(self) -> tuple[str, ...]:
        """Words between quotation marks, in order."""
        return tuple(
            quote.strip()
            for quote in _quoted(self.text)
            if _FEWEST <= len(quote) <= _MOST and len(quote.split(None, _MIN_QUOTE_WORDS - 1)) == _MIN_QUOTE_WORDS
        )

    @property
    def sentences(self) -> tuple[str, ...]:
        """Texts of the sentences, in order; number n of the evidence is index n - 1. Made anew at every call."""
        return tuple(map(self.sentence, range(len(self.bounds) - 1)))

    def sentence(self, number: int) -> str:
        """Text of one sentence, counted from 0."""
        first, after = self.bounds[number : number + 2]
        limit = self._start[after] if after < self.bounds[-1] else len(self.text)
        return _sentence_text(self.text, self._start[first], self.span(after - 1)[1], limit)

    def mention(self, fact: int) -> str:
        """A mention of a fact as it stands in the text."""
        return self.word(self.fact_places[fact])

    def word(self, token: int) -> str:
        """A token as it stands in the text."""
        start = self._start[token]
        return self.text[start : start + self._width[token]]

    def words(self, place: range) -> str:
        """The words of a place, a range of token numbers, as they stand in the text, on one line."""
        return " ".join(self.text[self._start[place.start] : self.span(place.stop - 1)[1]].split())

    def span(self, token: int) -> tuple[int, int]:
        """First character of a token and one past the last."""
        start: int = self._start[token]
        return start, start + self._width[token]


def _quoted(text: str) -> Iterator[str]:
    """What stands between quotation marks, of any length: a short one left out would pair its end with the next start.

    A quote ends with its line, closed or not.
    """
    parts = text.split('"')
    place = 1
    while place < len(parts):
        part = parts[place]
        end = part.find("\n")
        yield part if end < 0 else part[:end]
        place += 2 if end < 0 else 1  # behind a line's end the next mark opens


def _sentence_text(text: str, start: int, end: int, limit: int) -> str:
    """The sentence with its closing punctuation and, where it opens with one, its quotation mark."""
    if start and text[start - 1] in "\"'([":
        start -= 1
    while end < limit and text[end] in _BEHIND:
        if text[end] == '"' and end + 1 < limit and text[end + 1].isalnum():
            break
        end += 1
    return " ".join(text[start:end].split())
