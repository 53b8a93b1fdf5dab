"""The numbers of one pair, on two axes: facts carried over and telling carried over.

All are 0..1 and say "how much of the shorter side" unless they say otherwise. Counts of facts are shrunk: a text with
few facts can prove little by them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsdedup import kernel
from newsdedup.text.table import ArticleTable
from newsdedup.verify.numbers import gate_passes, pair_numbers
from newsdedup.verify.profile import Profile, Profiles, columns_of, in_one_table

MANY_PASSAGES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What a verdict is made from.

    Attributes:
        facts_short: Facts of the text with fewer facts that stand in the other, (hits + 1) / (facts + 3).
        facts_both: The smaller of that share in the two directions: neither side brings facts of its own.
        facts_weight: Share by idf of the facts of one side that stand in the other, the larger of the two directions. A
            house template keeps the words and changes the names.
        facts_weight_both: The smaller of the two.
        facts_placed: Facts of the text with fewer facts that stand in the other's most similar sentences, by weight.
        facts_placed_both: The smaller of that in the two directions.
        numbers: Shared numbers over those of the text with fewer, (shared + 1) / (fewer + 2).
        lcs: Longest common subsequence of content stems, 2 L / (a + b).
        lcs_short: L / a of the shorter text's content stems outside quotation marks with all of the other's: an
            official's words are nobody's telling.
        order: Value of the best monotone sentence alignment, of the shorter text.
        sentences_short: Similarity of each sentence's best match, weighted mean over the shorter text.
        sentences_mean: The mean of that over both directions.
        length_ratio: Content stems of the shorter over those of the longer.
        length: Content stems of the shorter text, a count.
        jaccard: Of word 3-shingles.
        contained_left: Share of the left text's 3-shingles that stand in the right one.
        contained_right: The other way round.
        verbatim: Words in runs of RUN shared words that stand outside quotation marks in one of the texts at least, a
            count: a quote that both carry is an official's, a passage that one puts between marks is the other's.
            What both texts end with does not count, nor what stands in the last quarter of both only.
        verbatim_share: Those words and what both texts end with, over the unquoted words of the text that has fewer of
            them, at most 1.
        verbatim_facts: Distinct facts that stand in those runs, a count: a house phrase has none of its own.
        verbatim_sentences: Words of the whole sentences among them, a count; a teaser list has none.
        passages: Sampled passage shingles shared that are no boilerplate of the run; MANY_PASSAGES when no run says.
        figures: Numbers over words, of the text that has relatively more of them: .2 and more in tables.
        fact_count: Facts of the text with fewer, a count.
        shared_facts: Facts that stand in both as facts, a count.
    """

    facts_short: float
    facts_both: float
    facts_weight: float
    facts_weight_both: float
    facts_placed: float
    facts_placed_both: float
    numbers: float
    lcs: float
    lcs_short: float
    order: float
    sentences_short: float
    sentences_mean: float
    length_ratio: float
    length: int
    jaccard: float
    contained_left: float
    contained_right: float
    verbatim: int
    verbatim_share: float
    verbatim_facts: int
    verbatim_sentences: int
    figures: float
    fact_count: int
    shared_facts: int
    passages: int = MANY_PASSAGES

    def swapped(self) -> Features:
        """The features of the pair with its sides swapped."""
        return replace(self, contained_left=self.contained_right, contained_right=self.contained_left)


NUMBERS = tuple(field.name for field in fields(Features) if field.name != "passages")
"""What the articles of a pair say themselves, in the order of the columns of a FeatureTable and of the kernel's."""

_COUNTS = tuple(field.name for field in fields(Features) if field.type == "int" and field.name != "passages")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTable:
    """Features of many pairs as columns; as a sequence, the Features of each pair, None for one that the gate drops.

    Attributes:
        passed: bool, shape (pairs,): whether the pair has features.
        values: float64, shape (pairs, numbers): by NUMBERS; zeros for a pair that has none.
    """

    passed: NDArray[np.bool_]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return int(self.passed.size)

    def __getitem__(self, place: int) -> Features | None:
        return _features(self.values[place].tolist()) if self.passed[place] else None

    def __iter__(self) -> Iterator[Features | None]:
        for place, passed in enumerate(self.passed.tolist()):
            yield _features(self.values[place].tolist()) if passed else None

    def features(self, place: int, passages: int = MANY_PASSAGES) -> Features:
        """Features of a pair that passed, with the passages that it shares."""
        return _features(self.values[place].tolist(), passages)

    def take(self, places: NDArray[np.int64]) -> FeatureTable:
        """Some pairs, in the order given."""
        return FeatureTable(passed=self.passed[places], values=self.values[places])

    def column(self, name: str) -> NDArray[np.float64]:
        """One number of every pair, shape (pairs,)."""
        return self.values[:, NUMBERS.index(name)]


def join_features(parts: list[FeatureTable]) -> FeatureTable:
    """One table out of several, pairs in the order given."""
    return FeatureTable(
        passed=np.concatenate([np.zeros(0, dtype=bool), *(part.passed for part in parts)]),
        values=np.concatenate([np.zeros((0, len(NUMBERS))), *(part.values for part in parts)]),
    )


def _features(row: list[float], passages: int = MANY_PASSAGES) -> Features:
    numbers: dict[str, Any] = dict(zip(NUMBERS, row, strict=True))
    for name in _COUNTS:
        numbers[name] = int(numbers[name])
    return Features(**numbers, passages=passages)


def compare_pairs(
    profiles: Profiles, left: NDArray[np.int64], right: NDArray[np.int64], kept: NDArray[np.bool_]
) -> FeatureTable:
    """Features of the pairs that pass the gate.

    Args:
        profiles: Of the table that the pairs are of.
        left: Article number of each pair's left side, best in rising order.
        right: The other side's.
        kept: Pairs that do not go through the gate.
    """
    if kernel.compiled is not None:
        return _compiled_pairs(kernel.compiled, profiles.table, left, right, kept)
    passed = kept.copy()
    values = np.zeros((left.size, len(NUMBERS)))
    for place, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        one, two = profiles[a], profiles[b]
        passed[place] = passed[place] or gate_passes(one, two)
        if passed[place]:
            numbers = pair_numbers(one, two)
            values[place] = [numbers[name] for name in NUMBERS]
    return FeatureTable(passed=passed, values=values)


def pair_features(left: Profile, right: Profile) -> Features:
    """Every number of one pair; swapping the sides swaps `contained_left` and `contained_right` only."""
    if kernel.compiled is None:
        numbers = pair_numbers(left, right)
        return _features([numbers[name] for name in NUMBERS])
    return _compiled_pairs(kernel.compiled, *in_one_table(left, right), np.ones(1, dtype=bool)).features(0)


def _compiled_pairs(
    compiled: ModuleType,
    table: ArticleTable,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    kept: NDArray[np.bool_],
) -> FeatureTable:
    passed = np.zeros(left.size, dtype=bool)
    values = np.zeros((left.size, len(NUMBERS)))
    compiled.compare_pairs(*columns_of(table), left, right, kept, passed, values)
    return FeatureTable(passed=passed, values=values)
