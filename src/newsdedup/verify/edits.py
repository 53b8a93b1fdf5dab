"""What changed between two versions of one text: numbers and names, sentences added, cut or rewritten, notes.

Sentences are held against each other word by word. Two of them that share half of their words are one sentence, edited;
what differs within it is compared place by place, so that a number is set against the number that replaced it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import TypeAlias

import numpy as np
from rapidfuzz.distance import Indel

from newsdedup.result import AlignedSentence
from newsdedup.verify.align import positions
from newsdedup.verify.evidence import Reading
from newsdedup.verify.forms import one_thing, orders

Change: TypeAlias = tuple[str | None, str | None]
"""(left, right); None where one side has nothing in its place."""

EDITED = 0.5
"""Share of words in the same order, 2 L / (a + b), from which two sentences are one sentence, edited."""

_RECAST = 0.4  # idf cosine from which a sentence without counterpart tells in other words what the aligned one tells
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
    sides = _Side(left), _Side(right)
    pairs = [(each.left - 1, each.right - 1, each.similarity) for each in aligned]
    same = _counterparts(*sides, [(a, b) for a, b, _ in pairs])
    recast = _recast(pairs, same)
    facts: dict[Change, None] = {}
    for a, b in sorted({**same, **recast}.items()):
        if sides[0].words[a] == sides[1].words[b]:
            continue
        facts.update(dict.fromkeys(_changed_facts(sides[0], sides[1], a, b, edited=a in same)))
    notes = [(note, None) for note in left.notes if note not in right.notes]
    return Edits(
        facts=tuple(facts),
        notes=(*notes, *((None, note) for note in right.notes if note not in left.notes)),
        sentences=tuple(_sentences(*sides, same, recast)),
    )


class _Side:
    """One reading, cut into sentences of token hashes; a place is a range of token numbers."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        sentences = len(reading.bounds)
        self.bounds: list[int] = np.searchsorted(reading.token_sentences, np.arange(sentences + 1)).tolist()
        words: list[int] = reading.surface.tolist()
        self.words = [words[start:end] for start, end in pairwise(self.bounds)]
        self.shingles = {*zip(words, words[1:], words[2:], strict=False)}
        self.words_at: list[int] = reading.word_places.tolist()
        self.places: list[int] = reading.fact_places.tolist()
        self.number_places = frozenset(reading.fact_places[reading.fact_numbers].tolist())

    def _facts(self, place: range, known: frozenset[int], *, number: bool) -> Iterator[range]:
        """Mentions in a place whose roots are not among the known ones."""
        for mention in range(bisect_left(self.places, place.start), bisect_left(self.places, place.stop)):
            if self.reading.fact_numbers[mention] == number and int(self.reading.fact_roots[mention]) not in known:
                yield range(self.places[mention], self.places[mention] + 1)

    def roots(self, sentence: int) -> frozenset[int]:
        """Roots of the content words of a sentence."""
        first, last = (bisect_left(self.words_at, end) for end in self.bounds[sentence : sentence + 2])
        return frozenset(self.reading.word_roots[first:last].tolist())

    def numbers(self, place: range, known: frozenset[int]) -> list[range]:
        """Places of the numbers within a place, `thirty-four`, `3-2`, `8:52` and `1 100` being one each."""
        out: list[range] = []
        for each in self._facts(place, known, number=True):
            if not out or each.start >= out[-1].stop:
                start, stop = each.start, each.stop
                while start > 0 and self._joined(start - 1):
                    start -= 1
                while stop < len(self.reading.surface) and self._joined(stop - 1):
                    stop += 1
                out.append(range(start, stop))
        return out

    def _joined(self, token: int) -> bool:
        """Whether a token and the next one are parts of one number."""
        (start, end), (after, last) = self.reading.token_spans[token : token + 2].tolist()
        between = self.reading.text[end:after]
        if between == "-":
            return token in self.number_places and token + 1 in self.number_places
        joint = _JOINTS.get(between)
        return joint is not None and joint.fullmatch(self.reading.text, start, last) is not None

    def names(self, place: range, known: frozenset[int]) -> list[range]:
        """Places of the names within a place, several words of a name being one."""
        out: list[range] = []
        for each in self._facts(place, known, number=False):
            if out and out[-1].stop == each.start and self.text(range(each.start - 1, each.stop)).count(" ") == 1:
                out[-1] = range(out[-1].start, each.stop)
            else:
                out.append(each)
        return out

    def alone(self, place: range, other: _Side) -> bool:
        """Whether none of the facts of a place stands anywhere in the other text."""
        mentions = slice(bisect_left(self.places, place.start), bisect_left(self.places, place.stop))
        return not positions(self.reading.fact_roots[mentions], other.reading.roots)[0].any()

    def tells(self, place: range) -> bool:
        """Whether a place is a phrase with a content word in it: `nearly an hour`, not `the` nor `kilometres (24`."""
        return "(" not in self.text(place) and bisect_left(self.words_at, place.start) < bisect_left(
            self.words_at, place.stop
        )

    def text(self, place: range) -> str:
        """The words of a place as they stand in the text."""
        spans = self.reading.token_spans
        return re.sub(r"\s+", " ", self.reading.text[int(spans[place.start, 0]) : int(spans[place.stop - 1, 1])])

    def shown(self, sentence: int) -> str:
        """The sentence, cut at a word to a readable length."""
        text = self.reading.sentence(sentence)
        if len(text) <= _SHOWN_CHARACTERS:
            return text
        return text[:_SHOWN_CHARACTERS].rsplit(" ", 1)[0] + "…"

    def new_to(self, other: _Side, sentence: int) -> bool:
        """Whether the sentence is worth naming and most of it does not stand somewhere in the other text."""
        words = self.words[sentence]
        own = [*zip(words, words[1:], words[2:], strict=False)]
        return sum(shingle in other.shingles for shingle in own) < _KNOWN * len(own)


def _counterparts(left: _Side, right: _Side, aligned: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Left sentence -> right sentence for those that are the same but for edits, wherever they stand."""
    same = _unchanged(left, right)
    taken = set(same.values())
    holders: dict[tuple[int, int, int], int] = {}
    for a, words in reversed([*enumerate(left.words)]):
        if a not in same:
            holders.update(dict.fromkeys(zip(words, words[1:], words[2:], strict=False), a))
    candidates = {(a, b) for a, b in aligned if a not in same and b not in taken}
    for b, words in enumerate(right.words):
        if b not in taken:
            found = map(holders.get, zip(words, words[1:], words[2:], strict=False))
            candidates.update((a, b) for a in found if a is not None)
    ranked = sorted(
        (-Indel.normalized_similarity(left.words[a], right.words[b]), abs(a - b), a, b) for a, b in candidates
    )
    for likeness, _, a, b in ranked:
        if -likeness >= EDITED and a not in same and b not in taken:
            same[a] = b
            taken.add(b)
    return same


def _unchanged(left: _Side, right: _Side) -> dict[int, int]:
    """Left sentence -> right sentence for those of the same words; of several the first ones."""
    places: dict[tuple[int, ...], list[int]] = {}
    for b in range(len(right.words) - 1, -1, -1):
        places.setdefault(tuple(right.words[b]), []).append(b)
    return {a: waiting.pop() for a, words in enumerate(left.words) if (waiting := places.get(tuple(words)))}


def _recast(aligned: Sequence[tuple[int, int, float]], same: dict[int, int]) -> dict[int, int]:
    """Left sentence -> right sentence for those rewritten in their place: their neighbours lie on the same side."""
    taken = set(same.values())
    order = sorted(same)
    out: dict[int, int] = {}
    for a, b, similarity in aligned:
        place = bisect_left(order, a)
        after_last = place == 0 or same[order[place - 1]] < b
        before_next = place == len(order) or b < same[order[place]]
        if similarity >= _RECAST and a not in same and b not in taken and after_last and before_next:
            out[a] = b
    return out


Block: TypeAlias = tuple[range, range, bool]
"""Tokens of the left text that those of the right one stand for, and whether two kept words stand on either side."""


def _blocks(left: _Side, right: _Side, a: int, b: int) -> Iterator[Block]:
    """Where two sentences differ, in order."""
    base_left, base_right = left.bounds[a], right.bounds[b]
    kept = [code for code in Indel.opcodes(left.words[a], right.words[b]) if code.tag == "equal"]
    ends = [(code.src_start, code.src_end, code.dest_start, code.dest_end) for code in kept]
    size_left, size_right = len(left.words[a]), len(right.words[b])
    around = pairwise([(0, 0, 0, 0), *ends, (size_left, size_left, size_right, size_right)])
    for before, after in around:
        if before[1] < after[0] or before[3] < after[2]:
            framed = before[1] - before[0] >= _FRAME and after[1] - after[0] >= _FRAME
            old = range(base_left + before[1], base_left + after[0])
            yield old, range(base_right + before[3], base_right + after[2]), framed


def _changed_facts(left: _Side, right: _Side, a: int, b: int, *, edited: bool) -> Iterator[Change]:
    """Numbers and names that one sentence has in place of those of the other.

    Args:
        edited: Whether they are one sentence; of a rewritten one only what stands between the same words is compared.
    """
    if len(left.words[a]) * len(right.words[b]) > _MAX_CELLS:
        return
    known_left, known_right = left.roots(a), right.roots(b)
    for old, new, framed in _blocks(left, right, a, b):
        short = 0 < len(old) <= _SHORT_PLACE and 0 < len(new) <= _SHORT_PLACE
        if not (edited or (short and framed)):
            continue
        if short and one_thing(left.text(old), right.text(new)):
            continue
        mine, theirs = left.numbers(old, known_right), right.numbers(new, known_left)
        if short and bool(mine) != bool(theirs) and left.tells(old) and right.tells(new):
            yield left.text(old), right.text(new)
        else:
            yield from _changed_numbers(left, right, _set_against(old, mine, new, theirs, short=short))
        if short and edited:
            yield from _changed_names(left, right, left.names(old, known_right), right.names(new, known_left))
            if orders(left.text(old)) and orders(right.text(new)):
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


def _sentences(left: _Side, right: _Side, same: dict[int, int], recast: dict[int, int]) -> Iterator[Change]:
    """Sentences that stand on one side only, or were rewritten, in the order of the text."""
    places: list[tuple[int, int, Change]] = []
    before = -1
    for a in range(len(left.words)):
        if a in same:
            before = same[a]
            continue
        old = left.shown(a) if left.new_to(right, a) else None
        if a in recast:
            before = recast[a]
            new = right.shown(before) if right.new_to(left, before) else None
            places.append((before, 0, (old, new)))
        else:
            places.append((before, 1, (old, None)))
    taken = {*same.values(), *recast.values()}
    added = (b for b in range(len(right.words)) if b not in taken and right.new_to(left, b))
    places += ((b, 0, (None, right.shown(b))) for b in added)
    yield from (change for _, _, change in sorted(places, key=lambda each: each[:2]) if change != (None, None))
