"""The judge: from the numbers of compared pairs to the pairs that are reported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, combinations, product

import numpy as np
from numpy.typing import NDArray

from newsdedup.cluster import Compared
from newsdedup.engine.shelf import Shelf
from newsdedup.engine.witness import Found
from newsdedup.result import REPORTED, Verdict
from newsdedup.sketch.lsh import Pairs, unpack
from newsdedup.sketch.sentences import source_key
from newsdedup.text.normalize import normalize_characters
from newsdedup.text.table import HAS_CORRECTION, ArticleColumns
from newsdedup.verify.features import MANY_PASSAGES, Features, FeatureTable
from newsdedup.verify.model import Model
from newsdedup.verify.screen import surely_distinct
from newsdedup.verify.verdict import Circumstances, Judgement, judge

COPIES_SHOWN = 6
"""Identical texts up to this many are paired each with each; above it, each with the first only."""

MOST_KNOWN = 200
"""Known copies of one text that a new article is paired with in a check."""


class Judge:
    """Turns the numbers of pairs into reported pairs.

    Attributes:
        groups: Articles with the same words, two and more, sorted.
        fresh: Articles of which a pair must have one, shape (articles,); None for all pairs.
        forms: Articles that fill in a form of their house, as `verify.model.margins` takes it.
        verdicts: On the pairs compared, reported or not, as far as they bear on the clusters.
        vouching: Whether new articles count as witnesses for each other that wording is boilerplate or a form.
    """

    vouching = True

    def __init__(
        self,
        shelf: Shelf,
        columns: ArticleColumns,
        groups: Sequence[list[int]],
        *,
        reported: frozenset[Verdict],
        min_score: float,
        model: Model,
        fresh: NDArray[np.bool_] | None = None,
    ) -> None:
        self.shelf = shelf
        self.columns = columns
        self.reported = reported
        self.min_score = min_score
        self.model = model
        self.groups = groups
        self.fresh = fresh
        self._copies = {group[0]: group for group in groups}
        self._first = {member: group[0] for group in groups for member in group}
        self.forms: frozenset[int] = frozenset()
        self.verdicts: list[Compared] = []

    def identical(self, numbers: Sequence[Features]) -> list[Found]:
        """Pairs to report within the groups of the same words.

        Args:
            numbers: Features of the first article of each group with itself.
        """
        out: list[Found] = []
        for group, same in zip(self.groups, numbers, strict=True):
            for a, b in self._within(group):
                out += self._found(a, b, same)
        return out

    def _within(self, group: list[int]) -> Iterable[tuple[int, int]]:
        """Which articles of the same words are paired."""
        return combinations(group, 2) if len(group) <= COPIES_SHOWN else ((group[0], b) for b in group[1:])

    def _between(self, lefts: list[int], rights: list[int]) -> Iterable[tuple[int, int]]:
        """Which copies of one text are paired with which copies of another; the first of each stands for many."""
        return product(
            lefts if len(lefts) <= COPIES_SHOWN else lefts[:1], rights if len(rights) <= COPIES_SHOWN else rights[:1]
        )

    @property
    def starred(self) -> int:
        """How many groups of the same words are so large that each article is paired with the first only."""
        return sum(len(group) > COPIES_SHOWN for group in self.groups)

    def decide_all(
        self, pairs: Pairs, features: FeatureTable, passages: NDArray[np.int64] | None = None
    ) -> list[Found]:
        """The same as `decide` for all pairs that have features, in turn.

        Args:
            passages: Of each pair, for its features; None when no run says.
        """
        asked = features.passed
        if Verdict.DISTINCT not in self.reported:
            asked = asked & ~surely_distinct(features, self.model)
        places = np.flatnonzero(asked)
        left, right = unpack(pairs[places])
        shared = np.full(places.size, MANY_PASSAGES) if passages is None else passages[places]
        found: list[Found] = []
        for a, b, place, count in zip(left.tolist(), right.tolist(), places.tolist(), shared.tolist(), strict=True):
            found += self.decide(a, b, features.features(place, count))
        return found

    def decide(self, left: int, right: int, numbers: Features) -> list[Found]:
        """The pair if it is to be reported, and the same for identical copies of either side when they are few."""
        lefts, rights = self._copies.get(left, [left]), self._copies.get(right, [right])
        return [found for a, b in self._between(lefts, rights) for found in self._found(a, b, numbers)]

    def _found(self, left: int, right: int, numbers: Features) -> list[Found]:
        if self.fresh is not None and not (self.fresh[left] or self.fresh[right]):
            return []
        if self.shelf.ids[right] < self.shelf.ids[left]:
            left, right, numbers = right, left, numbers.swapped()
        judgement = self._judgement(left, right, numbers)
        # Where there is too little to tell a rewrite by, there is too little to call it another telling.
        if judgement.verdict is not Verdict.DISTINCT and not (judgement.short and judgement.verdict is Verdict.RELATED):
            sides = self.shelf.ids[left], self.shelf.ids[right]
            self.verdicts.append(Compared(left=sides[0], right=sides[1], verdict=judgement.verdict))
        weak = judgement.verdict in REPORTED and judgement.score < self.min_score
        if judgement.verdict not in self.reported or weak:
            return []
        return [Found(left=left, right=right, numbers=numbers, judgement=judgement)]

    def _judgement(self, left: int, right: int, numbers: Features) -> Judgement:
        shelf, chrome = self.shelf, self.columns.chrome
        sources = shelf.sources[left], shelf.sources[right]
        circumstances = Circumstances(
            same_source=source_key(sources[0]) == source_key(sources[1]) if all(sources) else None,
            same_url=self._same_url(left, right),
            correction=bool((chrome[left] ^ chrome[right]) & HAS_CORRECTION),
            identical=self._first.get(left, left) == self._first.get(right, right)
            and _same_characters(shelf.article(left).text, shelf.article(right).text),
            form=left in self.forms and right in self.forms,
        )
        return judge(numbers, self.model, circumstances)

    def _same_url(self, left: int, right: int) -> bool:
        """Whether both were found at one address; who names the address of the other as its original was not."""
        shelf = self.shelf
        if shelf.url_keys[left] != shelf.url_keys[right] or shelf.url_keys[left] == 0:
            return False
        return bool(shelf.article(left).url) == bool(shelf.article(right).url)


class GateJudge(Judge):
    """Pairs each new article with every known copy of what it matches, and new copies of one text with the first.

    However many copies there are: a further one always is a further pair, which is what a baseline counts, and a known
    article is never hidden behind another, by which it may be allowed. What many new articles took from a known one
    does not become furniture or a form by that.
    """

    vouching = False

    def _within(self, group: list[int]) -> Iterable[tuple[int, int]]:
        known, new = self._sides(group)
        return chain(product(known, new), ((new[0], b) for b in new[1:]))

    def _between(self, lefts: list[int], rights: list[int]) -> Iterable[tuple[int, int]]:
        known, new = zip(self._sides(lefts), self._sides(rights), strict=True)
        firsts = chain(product(new[0], new[1][:1]), product(new[0][:1], new[1][1:]))
        return chain(product(known[0], new[1]), product(new[0], known[1]), firsts)

    def _sides(self, group: list[int]) -> tuple[list[int], list[int]]:
        """(known, new) articles of a group; of very many known ones the first."""
        if self.fresh is None:
            return [], group
        known = [each for each in group if not self.fresh[each]]
        return known[:MOST_KNOWN], [each for each in group if self.fresh[each]]

    @property
    def starred(self) -> int:
        """None."""
        return 0


def _same_characters(left: str, right: str) -> bool:
    """Whether two texts are the same but for white space and the form of characters, page chrome included."""
    if left == right:
        return True
    return normalize_characters(left).split() == normalize_characters(right).split()
