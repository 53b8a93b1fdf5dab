"""A desk: some articles and their table laid out, to compare pairs of them and to say what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.engine.witness import Found, Witness
from newsdedup.result import Pair
from newsdedup.text.normalize import NormalizedText
from newsdedup.text.table import ArticleTable, normalized_body
from newsdedup.verify.features import FeatureTable, compare_pairs
from newsdedup.verify.profile import Profiles


class Desk:
    """Articles by the rows of their table.

    Attributes:
        article: The article of a row.
        table: Boilerplate cut.

    Args:
        texts: The normalised text of each row, where they were kept: to normalise one again takes 20 to 100 us.
    """

    def __init__(
        self, article: Callable[[int], Article], table: ArticleTable, texts: Sequence[NormalizedText] | None = None
    ) -> None:
        self.article = article
        self.table = table
        self._texts = texts

    @cached_property
    def profiles(self) -> Profiles:
        """Of the table."""
        return Profiles(self.table)

    @cached_property
    def witness(self) -> Witness:
        """Of these articles."""
        texts, article = self._texts, self.article
        normalized = (lambda row: normalized_body(article(row))) if texts is None else texts.__getitem__
        return Witness(article, self.table, self.profiles, normalized)


def compare_at(desk: Desk, left: NDArray[np.int64], right: NDArray[np.int64], kept: NDArray[np.bool_]) -> FeatureTable:
    """Features of each pair of rows, none for one that the gate drops; `kept` ones do not go through the gate."""
    return compare_pairs(desk.profiles, left, right, kept)


def explain_at(desk: Desk, found: Sequence[Found]) -> list[Pair]:
    """What is reported of each pair."""
    return [desk.witness.pair(each) for each in found]
