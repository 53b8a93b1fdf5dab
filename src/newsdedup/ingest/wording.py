"""Who holds the sentences of new articles: what boilerplate is learned by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsdedup.engine.shelf import Shelf
from newsdedup.ingest.columns import sentence_keys
from newsdedup.sketch.boilerplate import SAMPLE, Elsewhere, enough_holders, source_numbers
from newsdedup.sketch.sentences import Sentences, source_key
from newsdedup.store.entries import SENTENCE
from newsdedup.store.reader import Reader
from newsdedup.text.hashing import begins

_MOST = 1024  # holders of one sentence that are counted
MOST_OF_OUTLET = 100 * _MOST
"""Articles of an outlet that count, so that as many holders as are counted are enough."""


@dataclass(frozen=True, slots=True)
class _Hits:
    """New articles and the articles of the store that hold something of theirs; both shape (hits,).

    Attributes:
        asked: Which question was answered: what it was of is for the caller to know.
        numbers: Of articles of the store.
    """

    asked: NDArray[np.int64]
    numbers: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceHolders:
    """Who holds sentences of new articles.

    Attributes:
        keys: Of the sentences, sorted.
        hits: `asked` are places in `keys`.
        suspect: Whether a sentence may be boilerplate, by the number of those who hold it, shape of `keys`.
    """

    keys: NDArray[np.uint64]
    hits: _Hits
    suspect: NDArray[np.bool_]

    @property
    def sampled(self) -> NDArray[np.int64]:
        """Some holders of each suspect sentence, spread over all of them."""
        chosen = self.suspect[self.hits.asked]
        asked, numbers = self.hits.asked[chosen], self.hits.numbers[chosen]
        held = np.bincount(asked, minlength=self.keys.size)
        place = np.arange(asked.size) - np.repeat(np.cumsum(held) - held, held)
        size = np.minimum(held, SAMPLE)[asked]
        # The k-th of n holders is the first one of a sample of m where k * m // n is larger than it is for k - 1.
        step = place * size // held[asked]
        sampled: NDArray[np.int64] = numbers[(place == 0) | (step > (place - 1) * size // held[asked])]
        return sampled

    def elsewhere(self, at_hand: NDArray[np.int64], outlets: dict[str, int]) -> Elsewhere:
        """What is known of the holders that are not at hand."""
        away = ~np.isin(self.hits.numbers, at_hand) & self.suspect[self.hits.asked]
        held = np.bincount(self.hits.asked[away], minlength=self.keys.size)
        return Elsewhere(keys=self.keys[held > 0], holders=held[held > 0], outlets=outlets)


def sentence_holders(
    store: Reader,
    sentences: Sentences,
    shelf: Shelf,
    *,
    recurring: NDArray[np.uint64],
    outlets: Mapping[str, int],
    gone: NDArray[np.int64],
) -> SentenceHolders:
    """Who holds the sentences of new articles that are not known to be boilerplate.

    Args:
        sentences: Of the new articles.
        shelf: The new articles.
        recurring: Keys of what is known to be boilerplate.
        outlets: How many articles of the store each outlet has, by `source_key`.
        gone: Numbers of articles that are left out, sorted.
    """
    keys, first = np.unique(sentences.key, return_index=True)
    new = ~np.isin(keys, recurring)
    keys, first = keys[new], first[new]
    asked, numbers = store.holders(
        np.full(keys.size, SENTENCE, dtype=np.uint8),
        sentence_keys(keys),
        most=_MOST,
        but=gone,
    )
    held = np.bincount(asked, minlength=keys.size)
    order = np.argsort(sentences.key, kind="stable")  # articles come in order already
    held_keys = sentences.key[order]
    held_keys = held_keys[begins(held_keys) | begins(sentences.article[order])]
    among_new = np.searchsorted(held_keys, keys, side="right") - np.searchsorted(held_keys, keys)
    sources, names = source_numbers(shelf.sources)
    articles = np.bincount(sources, minlength=len(names)) + np.array(
        [outlets.get(source_key(name), 0) for name in names], dtype=np.int64
    )
    enough = enough_holders(names, np.minimum(articles, MOST_OF_OUTLET))
    suspect = (held > 0) & (held + among_new >= enough[sources[sentences.article[first]]])
    return SentenceHolders(keys=keys, hits=_Hits(asked, numbers), suspect=suspect)
