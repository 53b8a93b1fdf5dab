"""Texts of one article: which are versions of each other, and which pairs are news."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from newsdedup.cluster import STRENGTH
from newsdedup.result import REPORTED, Verdict
from newsdedup.store.nouns import MatchRow, Stored
from newsdedup.store.reader import Reader

VERSION_VERDICTS = frozenset(REPORTED)
"""What two texts that were found at one place must be to each other to be versions of one article. A consent page, or
one link for all entries of a feed, puts unlike texts at one place; each is an article of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A text at its place.

    Attributes:
        number: Of the article.
        place: Where it was found.
        root: Number of the article that it is known to be a version of, or its own.
    """

    number: int
    place: bytes
    root: int


def version_roots(
    arrivals: Sequence[Placed], kept: Sequence[Placed], verdicts: Mapping[tuple[int, int], Verdict]
) -> dict[int, int]:
    """Of which article each text is a version, for those of which that was not known before.

    Args:
        arrivals: New texts in the order in which they were met.
        kept: The texts that were found at their places before.
        verdicts: On pairs of numbers, the smaller one first.
    """
    place = {each.number: each.place for each in (*kept, *arrivals)}
    alike: dict[int, list[int]] = {}
    for (one, other), verdict in verdicts.items():
        if verdict in VERSION_VERDICTS and one in place and place[one] == place.get(other):
            alike.setdefault(one, []).append(other)
            alike.setdefault(other, []).append(one)
    above = {each.number: each.root for each in kept}  # of each text and of each root one that stands for it, or itself
    met = set(above)
    for each in arrivals:
        others = sorted({_top(above, other) for other in alike.get(each.number, ()) if other in met})
        # Two texts that were unlike may turn out to be versions through a third one: the eldest stands for all.
        above |= dict.fromkeys((each.number, *others), others[0] if others else each.number)
        met.add(each.number)
    before = {each.number: each.root for each in (*arrivals, *kept)}
    roots = {number: _top(above, number) for number in before}
    return {number: root for number, root in roots.items() if root != before[number]}


def _top(above: dict[int, int], number: int) -> int:
    """The one that stands for all; the way there is cut short for the next time."""
    top = number
    while (higher := above.get(top, top)) != top:
        top = higher
    while (higher := above.get(number, number)) != top:
        above[number] = top
        number = higher
    return top


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One pair as it bears on what is news.

    Attributes:
        roots: Of the two articles, the smaller one first.
        verdict: On the two texts.
        replaced: How many of the two texts are not the current ones of their articles.
    """

    roots: tuple[int, int]
    verdict: Verdict
    replaced: int


def news(pairs: Sequence[Told], before: Iterable[Told]) -> list[bool]:
    """Which pairs are news: of two articles the first one only, and any one later that is stronger.

    A pair of two versions of one article always is: it is the link between them. Of the pairs of several versions that
    came at once the strongest is told, and of equals that of the current texts.
    """
    strongest: dict[tuple[int, int], int] = {}
    for each in before:
        strongest[each.roots] = min(strongest.get(each.roots, len(STRENGTH)), STRENGTH[each.verdict])
    told = [False] * len(pairs)
    order = sorted(range(len(pairs)), key=lambda place: (STRENGTH[pairs[place].verdict], pairs[place].replaced, place))
    for place in order:
        each = pairs[place]
        if each.roots[0] == each.roots[1]:
            told[place] = True
        elif STRENGTH[each.verdict] < strongest.get(each.roots, len(STRENGTH)):
            told[place] = True
            strongest[each.roots] = STRENGTH[each.verdict]
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A match that the store has, and how it bears on what is news."""

    told: Told
    row: MatchRow


def outdone(before: Iterable[Before], found: Iterable[Told]) -> list[MatchRow]:
    """Matches that no run has told, and that none is to tell, since a stronger one of the same articles was found."""
    roots = {each.roots for each in found if each.roots[0] != each.roots[1]}
    return [replace(each.row, told=0) for each in before if each.row.told is None and each.told.roots in roots]


class Standing:
    """Which texts are versions of which article once a batch is written, and which are replaced by it."""

    def __init__(self, store: Reader, stored: Sequence[Stored], roots: Mapping[int, int], met: Sequence[int]) -> None:
        self._store = store
        self._roots = {each.number: each.root for each in stored}
        moved = {self._roots[number]: root for number, root in roots.items() if number in self._roots}
        self._roots = {number: moved.get(root, root) for number, root in self._roots.items()} | dict(roots)
        self._moved = moved
        self._joined = {*moved, *moved.values(), *roots.values()}
        latest: dict[int, int] = {}
        for number in met:
            latest[self._root(number)] = number
        self._latest = latest

    def _root(self, number: int) -> int:
        return self._roots.get(number, number)

    def roots(self, left: int, right: int) -> tuple[int, int]:
        """Of two articles, the smaller one first."""
        one, other = sorted((self._root(left), self._root(right)))
        return one, other

    def is_replaced(self, number: int) -> bool:
        """Whether another version of the article was met later."""
        return self._latest.get(self._root(number), number) != number

    def told_before(self, pairs: Sequence[Told]) -> list[Before]:
        """What the store holds on the same pairs of articles, through other versions of them."""
        versions = self._store.versions_of(sorted({root for pair in pairs for root in pair.roots} | self._joined))
        # An article that has got its second text just now was told of by its first.
        several = {root for root, numbers in versions.items() if len(numbers) > 1} | self._joined
        root_of = {number: self._moved.get(root, root) for root, numbers in versions.items() for number in numbers}
        asked = sorted(number for root in several for number in versions.get(root, ()))
        found: list[Before] = []
        for match in self._store.matches_of(asked):
            if match.left in root_of and match.right in root_of:
                one, other = sorted((root_of[match.left], root_of[match.right]))
                told = Told(roots=(one, other), verdict=Verdict(match.verdict), replaced=0)
                found.append(Before(told=told, row=match))
        return found
