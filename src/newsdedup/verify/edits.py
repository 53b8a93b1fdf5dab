"""What changed between two versions of one text: numbers and names, sentences added, cut or rewritten, notes.

Sentences are held against each other word by word. Two of them that share half of their words are one sentence, edited;
what differs within it is compared place by place, so that a number is set against the number that replaced it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeAlias

from newsdedup.result import AlignedSentence
from newsdedup.verify.counterparts import Found, Place, held_together, is_short, places_between
from newsdedup.verify.forms import one_thing, orders
from newsdedup.verify.reading import Reading
from newsdedup.verify.sides import Side

Change: TypeAlias = tuple[str | None, str | None]
"""(left, right); None where one side has nothing in its place."""

_RECAST = 0.4  # idf cosine from which a sentence without counterpart tells in other words what the aligned one tells
_MOST = 24  # changes listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """Every change between two texts, each kind in the order of the text.

    Attributes:
        facts: Numbers and names.
        notes: Correction notes that one side carries.
        sentences: With None on the left an added one, with None on the right one cut, else one rewritten.
    """

    facts: tuple[Change, ...] = ()
    notes: tuple[Change, ...] = ()
    sentences: tuple[Change, ...] = ()

    @property
    def listed(self) -> tuple[Change, ...]:
        """The first changes of all kinds, those that are easiest to check before the others."""
        return (*self.facts, *self.notes, *self.sentences)[:_MOST]


def find_edits(left: Reading, right: Reading, aligned: Sequence[AlignedSentence]) -> Edits:
    """The changes from the left text to the right one.

    Args:
        aligned: Sentences that tell the same, as the evidence has them.
    """
    found = held_together(left, right, aligned)
    recast = _recast(aligned, found.same)
    sides = Side(left), Side(right)
    facts: dict[Change, None] = {}
    places = found.places
    if recast:  # of few
        rewritten = (place for pair in recast.items() for place in places_between(*sides, *pair, edited=False))
        places = sorted([*places, *rewritten])
    for place in places:
        facts.update(dict.fromkeys(_changed_facts(*sides, place, edited=place.a in found.same)))
    notes: list[Change] = []
    if left.notes or right.notes:
        notes += ((note, None) for note in left.notes if note not in right.notes)
        notes += ((None, note) for note in right.notes if note not in left.notes)
    return Edits(facts=tuple(facts), notes=tuple(notes), sentences=tuple(_sentences(*sides, found, recast)))


def _recast(aligned: Sequence[AlignedSentence], same: Mapping[int, int]) -> dict[int, int]:
    """Left sentence -> right sentence for those rewritten in their place: their neighbours lie on the same side."""
    taken = set(same.values())
    order = sorted(same)
    out: dict[int, int] = {}
    for each in [each for each in aligned if each.left - 1 not in same]:
        a, b = each.left - 1, each.right - 1
        if b in taken or each.similarity < _RECAST:
            continue
        place = bisect_left(order, a)
        after_last = place == 0 or same[order[place - 1]] < b
        before_next = place == len(order) or b < same[order[place]]
        if after_last and before_next:
            out[a] = b
    return out


def _changed_facts(left: Side, right: Side, place: Place, *, edited: bool) -> Iterator[Change]:
    """Numbers and names that one sentence has in place of those of the other.

    Args:
        edited: Whether the sentences are one sentence.
    """
    old, new = range(place.start, place.stop), range(place.new_start, place.new_stop)
    short = is_short(old, new)
    if short and one_thing(left.text(old), right.text(new)):
        return
    mine, theirs = left.numbers(place.numbers), right.numbers(place.new_numbers)
    if short and bool(mine) != bool(theirs) and left.tells(old) and right.tells(new):
        yield left.text(old), right.text(new)
    else:
        yield from _changed_numbers(left, right, _set_against(old, mine, new, theirs, short=short))
    if short and edited:
        yield from _changed_names(left, right, left.names(place.names), right.names(place.new_names))
        if len(old) == len(new) == 1 and orders(left.text(old)) and orders(right.text(new)):
            yield left.text(old), right.text(new)


def _unlike(old: str, new: str) -> Iterator[Change]:
    """The change from one to the other, unless they are two spellings of one thing."""
    if not one_thing(old, new):
        yield old, new


def _changed_numbers(left: Side, right: Side, pairs: Iterable[tuple[range | None, range | None]]) -> Iterator[Change]:
    """Numbers that stand for each other; one that has no counterpart only when it stands nowhere in the other text."""
    for one, other in pairs:
        if one is not None and other is not None:
            yield from _unlike(left.text(one), right.text(other))
        elif one is not None and left.alone(one, right):
            yield left.text(one), None
        elif other is not None and right.alone(other, left):
            yield None, right.text(other)


def _set_against(
    old: range, mine: list[range], new: range, theirs: list[range], *, short: bool
) -> Iterator[tuple[range | None, range | None]]:
    """Numbers of one place against those of the other: from the end where both end in one, else from the start.

    In a long place only those that stand at its end or its start can be said to stand for each other.
    """
    # A number may reach beyond the place: of `8:52` and `6:52` the place is the hour.
    at_end = bool(mine and theirs) and mine[-1].stop >= old.stop and theirs[-1].stop >= new.stop
    at_start = bool(mine and theirs) and mine[0].start <= old.start and theirs[0].start <= new.start
    if not (short or at_end or at_start):
        yield from ((one, None) for one in mine)
        yield from ((None, other) for other in theirs)
    elif at_end and len(mine) != len(theirs):
        yield from [*zip_longest(reversed(mine), reversed(theirs))][::-1]
    else:
        yield from zip_longest(mine, theirs)


def _changed_names(left: Side, right: Side, mine: list[range], theirs: list[range]) -> Iterator[Change]:
    """As many names on one side as on the other; a name left out is no change."""
    if len(mine) == len(theirs):
        for one, other in zip(mine, theirs, strict=True):
            if left.alone(one, right) or right.alone(other, left):
                yield from _unlike(left.text(one), right.text(other))


def _sentences(left: Side, right: Side, found: Found, recast: Mapping[int, int]) -> Iterator[Change]:
    """Sentences that stand on one side only, or were rewritten, in the order of the text."""
    if not (found.new_left or found.new_right):  # a tenth of the time, and of most copies
        return
    places: list[tuple[int, int, Change]] = []
    before = -1
    for a in range(left.reading.first.size):
        if a in found.same:
            before = found.same[a]
            continue
        old = left.shown(a) if a in found.new_left else None
        if a in recast:
            before = recast[a]
            places.append((before, 0, (old, right.shown(before) if before in found.new_right else None)))
        else:
            places.append((before, 1, (old, None)))
    told = set(recast.values())
    places += ((b, 0, (None, right.shown(b))) for b in sorted(found.new_right) if b not in told)
    yield from (change for _, _, change in sorted(places, key=lambda each: each[:2]) if change != (None, None))
