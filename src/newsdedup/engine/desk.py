"""A desk: some articles and their table laid out, to compare pairs of them and to say what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.engine.witness import Found, Witness
from newsdedup.result import Pair
from newsdedup.sketch.lsh import Pairs, unpack
from newsdedup.text.table import ArticleTable
from newsdedup.verify.features import Features, pair_features, passes_gate
from newsdedup.verify.profile import Profile, Profiles


class Desk:
    """Articles by the rows of their table.

    Attributes:
        article: The article of a row.
        table: Boilerplate cut.
    """

    def __init__(self, article: Callable[[int], Article], table: ArticleTable) -> None:
        self.article = article
        self.table = table

    @cached_property
    def profiles(self) -> Profiles:
        """Of the table."""
        return Profiles(self.table)

    @cached_property
    def witness(self) -> Witness:
        """Of these articles."""
        return Witness(self.article, self.table, self.profiles)


def compare_pairs(desk: Desk, pairs: Pairs, kept: NDArray[np.bool_]) -> list[Features | None]:
    """Features of each pair, None for a pair that the gate drops; pairs that are `kept` do not go through the gate."""
    left, right = unpack(pairs)
    profiles = desk.profiles
    rows = zip(left.tolist(), right.tolist(), kept.tolist(), strict=True)
    return [_compare(profiles[a], profiles[b], keep) for a, b, keep in rows]


def _compare(left: Profile, right: Profile, keep: bool) -> Features | None:
    return pair_features(left, right) if keep or passes_gate(left, right) else None


def explain_pairs(desk: Desk, found: Sequence[Found]) -> list[Pair]:
    """What is reported of each pair."""
    return [desk.witness.pair(each) for each in found]
