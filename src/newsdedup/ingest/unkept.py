"""Articles whose texts a store does not keep: those with the same words are told by their keys, the rest is counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.result import Pair, Verdict
from newsdedup.text.hashing import distinct
from newsdedup.verify.direction import Testimony, likely_source, parse_time

NOT_KEPT = "the same words by their key: the text of the older one is not kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class SameWords:
    """New articles and known ones with the same words; all of shape (pairs,), sorted by both.

    Attributes:
        new: Places among the new ones.
        numbers: Of the known ones in the store.
    """

    new: NDArray[np.int64]
    numbers: NDArray[np.int64]

    def no_more_than(self, most: int) -> SameWords:
        """Those of each new article; where there are more known ones, the first alone stands for all."""
        first = np.searchsorted(self.new, self.new)
        few = np.searchsorted(self.new, self.new, side="right") - first <= most
        kept = few | (first == np.arange(self.new.size))
        return SameWords(new=self.new[kept], numbers=self.numbers[kept])

    @property
    def known(self) -> NDArray[np.int64]:
        """Numbers of the known ones, sorted, each once."""
        return distinct(self.numbers)


def same_words(new: NDArray[np.void], numbers: NDArray[np.int64], known: NDArray[np.void]) -> SameWords:
    """Which of the known articles have the words of which new ones, as far as their rows tell.

    Args:
        new: Rows of the new articles.
        numbers: Of the known ones, sorted.
        known: Their rows.
    """
    order = np.argsort(known["content_key"], kind="stable")
    keys = known["content_key"][order]
    first = np.searchsorted(keys, new["content_key"])
    count = np.searchsorted(keys, new["content_key"], side="right") - first
    one = np.repeat(np.arange(new.size), count)
    other = order[np.repeat(first - (np.cumsum(count) - count), count) + np.arange(one.size)]
    same = (new["tokens"][one] == known["tokens"][other]) & (new["tokens"][one] > 0)
    same &= (new["copy"][one] == known["copy"][other]).all(axis=1)
    return SameWords(new=one[same].astype(np.int64), numbers=numbers[other[same]])


def pair_of_same_words(one: Article, other: Article, tokens: int) -> Pair:
    """Two articles with the same words, as far as their keys tell.

    Args:
        tokens: How many words.
    """
    left, right = sorted((one, other), key=lambda article: article.id)
    source, why = likely_source(_testimony(left, tokens), _testimony(right, tokens))
    return Pair(
        left=left.id,
        right=right.id,
        verdict=Verdict.IDENTICAL,
        score=1.0,
        facts=1.0,
        telling=1.0,
        jaccard=1.0,
        containment=(1.0, 1.0),
        source=source,
        reasons=(NOT_KEPT, *([f"likely source: {why}"] if source else [])),
    )


def _testimony(article: Article, tokens: int) -> Testimony:
    published, day_only = parse_time(article.published)
    return Testimony(published=published, day_only=day_only, derived="", length=tokens, has_correction=False)
