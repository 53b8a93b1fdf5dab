"""What changed between two versions of one text: numbers and names, sentences added, cut or rewritten, notes.

Sentences are held against each other word by word. Two of them that share half of their words are one sentence, edited;
what differs within it is compared place by place, so that a number is set against the number that replaced it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import TypeAlias

import numpy as np
from rapidfuzz.distance import Indel

from newsdedup import kernel
from newsdedup.result import AlignedSentence
from newsdedup.verify.forms import one_thing, orders
from newsdedup.verify.reading import Reading

Change: TypeAlias = tuple[str | None, str | None]
"""(left, right); None where one side has nothing in its place."""

EDITED = 0.5
"""Share of words in the same order, 2 L / (a + b), from which two sentences are one sentence, edited."""

_RECAST = 0.4  # idf cosine from which a sentence without counterpart tells in other words what the aligned one tells
_ROUNDING = 0.01  # rapidfuzz is told a bound that much lower: it gives up early, and what is near is compared here
_KNOWN = 0.6  # share of its 3-shingles that stand in the other text: the sentence was split, joined or moved there
_SHORT_PLACE = 4  # words on either side of a place where one name or number stands for the other
_FRAME = 2  # kept words in a row
_MAX_CELLS = 40_000_000  # of the word matrix of two sentences, one bit each: 5 MB
_MOST = 24  # changes listed
_SHOWN_CHARACTERS = 160

_JOINTS = {":": re.compile(r"\d+:\d+"), " ": re.compile(r"\d{1,3} \d{3}")}


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
    found = _held_together(left, right, aligned)
    recast = _recast(aligned, found.same)
    sides = _Side(left), _Side(right)
    facts: dict[Change, None] = {}
    for a, b in sorted({**found.same, **recast}.items()):
        if a not in found.unchanged:
            facts.update(dict.fromkeys(_changed_facts(sides[0], sides[1], a, b, edited=a in found.same)))
    notes = [(note, None) for note in left.notes if note not in right.notes]
    return Edits(
        facts=tuple(facts),
        notes=(*notes, *((None, note) for note in right.notes if note not in left.notes)),
        sentences=tuple(_sentences(*sides, found, recast)),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """Which sentences of two texts are one sentence.

    Attributes:
        same: Left sentence -> right sentence for those that are the same but for edits, wherever they stand.
        unchanged: The left ones among them that are the same word for word.
        new_left: Left sentences without counterpart that are worth naming and do not for the most part stand
            somewhere in the other text.
        new_right: The right ones.
    """

    same: Mapping[int, int]
    unchanged: Set[int]
    new_left: Set[int]
    new_right: Set[int]


def _held_together(left: Reading, right: Reading, aligned: Sequence[AlignedSentence]) -> _Found:
    """Every sentence of either text held against those of the other that it may be."""
    if kernel.compiled is None:
        words = _cut(left), _cut(right)
        unchanged = _unchanged(*words)
        same = _counterparts(*words, aligned, unchanged)
        taken = set(same.values())
        rest = [a for a in range(len(words[0])) if a not in same], [b for b in range(len(words[1])) if b not in taken]
        new = _new(words[0], rest[0], right), _new(words[1], rest[1], left)
        return _Found(same, unchanged.keys(), *new)
    given = np.array([(each.left, each.right) for each in aligned], dtype=np.int32)
    counterparts = np.empty(left.first.size, dtype=np.int32)
    flags = np.empty((3, max(left.first.size, right.first.size)), dtype=bool)
    flagged = flags[0, : left.first.size], flags[1, : left.first.size], flags[2, : right.first.size]
    kernel.compiled.compare_sentences(
        left.surface, left.first, right.surface, right.first, given, EDITED, _KNOWN, counterparts, *flagged
    )
    same = {a: b for a, b in enumerate(counterparts.tolist()) if b >= 0}
    return _Found(same, *(set(flag.nonzero()[0].tolist()) for flag in flagged))


_Words: TypeAlias = tuple[int, ...]
_Shingle: TypeAlias = tuple[int, int, int]


class _Side:
    """One reading, cut into sentences of token hashes; a place is a range of token numbers."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.text = reading.words

    def size(self, number: int) -> int:
        """Tokens of a sentence."""
        return self.reading.bounds[number + 1] - self.reading.bounds[number]

    def sentence(self, number: int) -> list[int]:
        """Token hashes of a sentence."""
        first, after = self.reading.bounds[number : number + 2]
        words: list[int] = self.reading.surface[first:after].tolist()
        return words

    def facts(self, place: range) -> range:
        """The mentions of facts in a place."""
        places = self.reading.fact_places
        first = bisect_left(places, place.start)
        return range(first, bisect_left(places, place.stop, first))

    def roots(self, sentence: int) -> frozenset[int]:
        """Roots of the content words of a sentence."""
        ends = self.reading.bounds[sentence : sentence + 2]
        first, last = (bisect_left(self.reading.word_places, end) for end in ends)
        return frozenset(self.reading.word_roots[first:last].tolist())

    def numbers(self, facts: Iterable[int]) -> list[range]:
        """Places of the numbers among some mentions, `thirty-four`, `3-2`, `8:52` and `1 100` being one each."""
        out: list[range] = []
        for mention in facts:
            place = self.reading.fact_places[mention]
            if self.reading.fact_numbers[mention] and (not out or place >= out[-1].stop):
                start, stop = place, place + 1
                while start > 0 and self._joined(start - 1):
                    start -= 1
                while stop < self.reading.bounds[-1] and self._joined(stop - 1):
                    stop += 1
                out.append(range(start, stop))
        return out

    def _joined(self, token: int) -> bool:
        """Whether a token and the next one are parts of one number."""
        (start, end), (after, last) = self.reading.span(token), self.reading.span(token + 1)
        between = self.reading.text[end:after]
        if between == "-":
            return self._is_number(token) and self._is_number(token + 1)
        joint = _JOINTS.get(between)
        return joint is not None and joint.fullmatch(self.reading.text, start, last) is not None

    def _is_number(self, token: int) -> bool:
        return any(self.reading.fact_numbers[mention] for mention in self.facts(range(token, token + 1)))

    def names(self, facts: Iterable[int]) -> list[range]:
        """Places of the names among some mentions, several words of a name being one."""
        out: list[range] = []
        for mention in facts:
            if self.reading.fact_numbers[mention]:
                continue
            place = self.reading.fact_places[mention]
            if out and out[-1].stop == place and self.text(range(place - 1, place + 1)).count(" ") == 1:
                out[-1] = range(out[-1].start, place + 1)
            else:
                out.append(range(place, place + 1))
        return out

    def alone(self, place: range, other: _Side) -> bool:
        """Whether none of the facts of a place stands anywhere in the other text."""
        return not any(self.reading.fact_roots[mention] in other.reading.roots for mention in self.facts(place))

    def tells(self, place: range) -> bool:
        """Whether a place is a phrase with a content word in it: `nearly an hour`, not `the` nor `kilometres (24`."""
        places = self.reading.word_places
        return bisect_left(places, place.start) < bisect_left(places, place.stop) and "(" not in self.text(place)

    def shown(self, sentence: int) -> str:
        """The sentence, cut at a word to a readable length."""
        text = self.reading.sentence(sentence)
        if len(text) <= _SHOWN_CHARACTERS:
            return text
        return text[:_SHOWN_CHARACTERS].rsplit(" ", 1)[0] + "…"


def _cut(reading: Reading) -> list[_Words]:
    """Token hashes of each sentence."""
    words = reading.surface.tolist()
    return [tuple(words[start:end]) for start, end in pairwise(reading.bounds)]


def _shingles(words: Sequence[int]) -> list[_Shingle]:
    return [*zip(words, words[1:], words[2:], strict=False)]


def _unchanged(left: Sequence[_Words], right: Sequence[_Words]) -> dict[int, int]:
    """Left sentence -> right sentence for those of the same words; of several the first ones."""
    places: dict[_Words, list[int]] = {}
    for b in range(len(right) - 1, -1, -1):
        places.setdefault(right[b], []).append(b)
    return {a: waiting.pop() for a, words in enumerate(left) if (waiting := places.get(words))}


def _counterparts(
    left: Sequence[_Words], right: Sequence[_Words], aligned: Sequence[AlignedSentence], unchanged: Mapping[int, int]
) -> dict[int, int]:
    """Left sentence -> right sentence for those that are the same but for edits, wherever they stand."""
    same = dict(unchanged)
    taken = set(same.values())
    holders: dict[_Shingle, int] = {}
    for a in range(len(left) - 1, -1, -1):
        if a not in same:
            holders.update(dict.fromkeys(_shingles(left[a]), a))
    candidates = {(each.left - 1, each.right - 1) for each in aligned}
    for b, words in enumerate(right if holders else ()):
        if b not in taken:
            candidates.update((holders[shingle], b) for shingle in _shingles(words) if shingle in holders)
    ranked: list[tuple[float, int, int, int]] = []
    for a, b in candidates:
        if a not in same and b not in taken:
            likeness = Indel.normalized_similarity(left[a], right[b], score_cutoff=EDITED - _ROUNDING)
            if likeness >= EDITED:
                ranked.append((-likeness, abs(a - b), a, b))
    for _, _, a, b in sorted(ranked):
        if a not in same and b not in taken:
            same[a] = b
            taken.add(b)
    return same


def _new(words: Sequence[_Words], sentences: Sequence[int], other: Reading) -> set[int]:
    """Those of some sentences that are worth naming, and most of which does not stand somewhere in the other text."""
    if not sentences:
        return set()
    own = {sentence: _shingles(words[sentence]) for sentence in sentences}
    starts = {shingle[0] for shingles in own.values() for shingle in shingles}
    known = {shingle for shingle in _shingles(other.surface.tolist()) if shingle[0] in starts}
    return {
        sentence
        for sentence, shingles in own.items()
        if sum(shingle in known for shingle in shingles) < _KNOWN * len(shingles)
    }


def _recast(aligned: Sequence[AlignedSentence], same: Mapping[int, int]) -> dict[int, int]:
    """Left sentence -> right sentence for those rewritten in their place: their neighbours lie on the same side."""
    taken = set(same.values())
    order = sorted(same)
    out: dict[int, int] = {}
    for each in aligned:
        a, b = each.left - 1, each.right - 1
        if a in same or b in taken or each.similarity < _RECAST:
            continue
        place = bisect_left(order, a)
        after_last = place == 0 or same[order[place - 1]] < b
        before_next = place == len(order) or b < same[order[place]]
        if after_last and before_next:
            out[a] = b
    return out


Block: TypeAlias = tuple[range, range, bool]
"""Tokens of the left text that those of the right one stand for, and whether two kept words stand on either side."""


def _blocks(left: _Side, right: _Side, a: int, b: int) -> Iterator[Block]:
    """Where two sentences differ, in order."""
    base_left, base_right = left.reading.bounds[a], right.reading.bounds[b]
    old_end = new_end = kept = 0  # of the kept words before a place
    # The last of the matching blocks is empty and stands behind both sentences.
    for block in Indel.editops(left.sentence(a), right.sentence(b)).as_matching_blocks():
        if old_end < block.a or new_end < block.b:
            old = range(base_left + old_end, base_left + block.a)
            new = range(base_right + new_end, base_right + block.b)
            yield old, new, kept >= _FRAME and block.size >= _FRAME
        old_end, new_end, kept = block.a + block.size, block.b + block.size, block.size


def _changed_facts(left: _Side, right: _Side, a: int, b: int, *, edited: bool) -> Iterator[Change]:
    """Numbers and names that one sentence has in place of those of the other.

    Args:
        edited: Whether they are one sentence; of a rewritten one only what stands between the same words is compared.
    """
    if left.size(a) * right.size(b) > _MAX_CELLS:
        return
    for old, new, framed in _blocks(left, right, a, b):
        short = 0 < len(old) <= _SHORT_PLACE and 0 < len(new) <= _SHORT_PLACE
        if not (edited or (short and framed)):
            continue
        old_facts, new_facts = left.facts(old), right.facts(new)
        ordered = short and edited and orders(left.text(old)) and orders(right.text(new))
        if not (old_facts or new_facts or ordered) or (short and one_thing(left.text(old), right.text(new))):
            continue
        known_left, known_right = left.roots(a), right.roots(b)
        mentions = (
            [mention for mention in old_facts if left.reading.fact_roots[mention] not in known_right],
            [mention for mention in new_facts if right.reading.fact_roots[mention] not in known_left],
        )
        mine, theirs = left.numbers(mentions[0]), right.numbers(mentions[1])
        if short and bool(mine) != bool(theirs) and left.tells(old) and right.tells(new):
            yield left.text(old), right.text(new)
        else:
            yield from _changed_numbers(left, right, _set_against(old, mine, new, theirs, short=short))
        if short and edited:
            yield from _changed_names(left, right, left.names(mentions[0]), right.names(mentions[1]))
            if ordered:
                yield left.text(old), right.text(new)


def _unlike(old: str, new: str) -> Iterator[Change]:
    """The change from one to the other, unless they are two spellings of one thing."""
    if not one_thing(old, new):
        yield old, new


def _changed_numbers(left: _Side, right: _Side, pairs: Iterable[tuple[range | None, range | None]]) -> Iterator[Change]:
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


def _changed_names(left: _Side, right: _Side, mine: list[range], theirs: list[range]) -> Iterator[Change]:
    """As many names on one side as on the other; a name left out is no change."""
    if len(mine) == len(theirs):
        for one, other in zip(mine, theirs, strict=True):
            if left.alone(one, right) or right.alone(other, left):
                yield from _unlike(left.text(one), right.text(other))


def _sentences(left: _Side, right: _Side, found: _Found, recast: Mapping[int, int]) -> Iterator[Change]:
    """Sentences that stand on one side only, or were rewritten, in the order of the text."""
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
