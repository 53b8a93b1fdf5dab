"""Texts of one article: which are versions of each other, and which pairs are news."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from newsdedup.result import Verdict

VERSION_VERDICTS = frozenset({Verdict.IDENTICAL, Verdict.COPY, Verdict.REVISION, Verdict.EXCERPT, Verdict.REWRITE})
"""What two texts that were found at one place must be to each other to be versions of one article. A consent page, or
one link for all entries of a feed, puts unlike texts at one place; each is an article of its own."""

STRENGTH = {verdict: place for place, verdict in enumerate(Verdict)}
"""Smaller is stronger."""


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
    at_place: dict[bytes, list[Placed]] = {}
    for each in kept:
        at_place.setdefault(each.place, []).append(each)
    roots = {each.number: each.root for each in kept}
    found: dict[int, int] = {}
    for each in arrivals:
        others = at_place.setdefault(each.place, [])
        # Two texts that were unlike may turn out to be versions through a third one: the eldest stands for all.
        alike = sorted({roots[other.number] for other in others if _verdict(verdicts, each, other) in VERSION_VERDICTS})
        root = alike[0] if alike else each.number
        for number, old in [*roots.items()] if len(alike) > 1 else ():
            if old in alike[1:]:
                roots[number] = found[number] = root
        if alike:
            found[each.number] = root
        roots[each.number] = root
        others.append(each)
    return found


def _verdict(verdicts: Mapping[tuple[int, int], Verdict], one: Placed, other: Placed) -> Verdict | None:
    return verdicts.get((min(one.number, other.number), max(one.number, other.number)))


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
    came at once the one of the current texts is told.
    """
    strongest: dict[tuple[int, int], int] = {}
    for each in before:
        strongest[each.roots] = min(strongest.get(each.roots, len(STRENGTH)), STRENGTH[each.verdict])
    told = [False] * len(pairs)
    order = sorted(range(len(pairs)), key=lambda place: (pairs[place].replaced, STRENGTH[pairs[place].verdict], place))
    for place in order:
        each = pairs[place]
        if each.roots[0] == each.roots[1]:
            told[place] = True
        elif STRENGTH[each.verdict] < strongest.get(each.roots, len(STRENGTH)):
            told[place] = True
            strongest[each.roots] = STRENGTH[each.verdict]
    return told
