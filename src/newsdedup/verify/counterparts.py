"""Two versions of one text held against each other: which sentences are one sentence, and where these differ."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, starmap
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from newsdedup import kernel
from newsdedup.result import AlignedSentence
from newsdedup.text.tokens import tokenize
from newsdedup.verify.forms import ORDER_WORDS, orders
from newsdedup.verify.reading import Reading
from newsdedup.verify.sides import Side

EDITED = 0.5
"""Share of words in the same order, 2 L / (a + b), from which two sentences are one sentence, edited."""

_ROUNDING = 0.01  # rapidfuzz is told a bound that much lower: it gives up early, and what is near is compared here
_KNOWN = 0.6  # share of its 3-shingles that stand in the other text: the sentence was split, joined or moved there
_SHORT_PLACE = 4  # words on either side of a place where one name or number stands for the other
_FRAME = 2  # kept words in a row
_MAX_CELLS = 40_000_000  # of the word matrix of two sentences, one bit each: 5 MB


class Place(NamedTuple):
    """Where two sentences differ: tokens of the left text that those of the right one stand for.

    Attributes:
        a: The left sentence.
        b: The right one.
        numbers: Tokens of the place that are numbers whose like does not stand in the right sentence.
        names: Other facts among them.
        new_numbers: Tokens of the right text that are numbers whose like does not stand in the left sentence.
        new_names: Other facts among them.
    """

    a: int
    b: int
    start: int
    stop: int
    new_start: int
    new_stop: int
    numbers: list[int]
    names: list[int]
    new_numbers: list[int]
    new_names: list[int]


@dataclass(frozen=True, slots=True)
class Found:
    """Which sentences of two texts are one sentence.

    Attributes:
        same: Left sentence -> right sentence for those that are the same but for edits, wherever they stand.
        new_left: Left sentences without counterpart that are worth naming and do not for the most part stand
            somewhere in the other text.
        new_right: The right ones.
        places: Where those that are the same differ in something that may be told, in order.
    """

    same: Mapping[int, int]
    new_left: Set[int]
    new_right: Set[int]
    places: Sequence[Place]


def held_together(left: Reading, right: Reading, aligned: Sequence[AlignedSentence]) -> Found:
    """Every sentence of either text held against those of the other that it may be."""
    if kernel.compiled is None:
        words = _cut(left), _cut(right)
        unchanged = _unchanged(*words)
        same = _counterparts(*words, aligned, unchanged)
        taken = set(same.values())
        rest = [a for a in range(len(words[0])) if a not in same], [b for b in range(len(words[1])) if b not in taken]
        new = _new(words[0], rest[0], right), _new(words[1], rest[1], left)
        sides, edited = (Side(left), Side(right)), sorted(same.items() - unchanged.items())
        return Found(same, *new, [place for a, b in edited for place in places_between(*sides, a, b, edited=True)])
    given = array("i", [number for each in aligned for number in (each.left, each.right)])
    counterparts, new_left, new_right, places = kernel.compiled.compare_sentences(
        left.columns, right.columns, given, _order_tokens(), EDITED, _KNOWN
    )
    same = {a: b for a, b in enumerate(counterparts) if b >= 0}
    return Found(same, set(new_left), set(new_right), [*starmap(Place, places)])


_Words: TypeAlias = tuple[int, ...]
_Shingle: TypeAlias = tuple[int, int, int]


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


def places_between(left: Side, right: Side, a: int, b: int, *, edited: bool) -> Iterator[Place]:
    """Where two sentences differ in something that may be told, in order.

    Args:
        edited: Whether they are one sentence; of a rewritten one only what stands between the same words is compared.
    """
    if left.size(a) * right.size(b) > _MAX_CELLS:
        return
    base_left, base_right = left.reading.bounds[a], right.reading.bounds[b]
    old_end = new_end = kept = 0  # of the kept words before a place
    # The last of the matching blocks is empty and stands behind both sentences.
    for block in Indel.editops(left.sentence(a), right.sentence(b)).as_matching_blocks():
        if old_end < block.a or new_end < block.b:
            old = range(base_left + old_end, base_left + block.a)
            new = range(base_right + new_end, base_right + block.b)
            facts = *left.own(old, right, b), *right.own(new, left, a)
            place = Place(a, b, old.start, old.stop, new.start, new.stop, *facts)
            framed = kept >= _FRAME and block.size >= _FRAME
            if (edited or (framed and is_short(old, new))) and _may_tell(left, right, place):
                yield place
        old_end, new_end, kept = block.a + block.size, block.b + block.size, block.size


def is_short(old: range, new: range) -> bool:
    return 0 < len(old) <= _SHORT_PLACE and 0 < len(new) <= _SHORT_PLACE


def _may_tell(left: Side, right: Side, place: Place) -> bool:
    """Whether a place has a number of its own, a name on either side, or a word that puts in order on either side."""
    old, new = range(place.start, place.stop), range(place.new_start, place.new_stop)
    if place.numbers or place.new_numbers or (is_short(old, new) and place.names and place.new_names):
        return True
    return len(old) == len(new) == 1 and orders(left.word(old.start)) and orders(right.word(new.start))


@lru_cache(maxsize=1)
def _order_tokens() -> NDArray[np.uint32]:
    """Hashes of the words that put in order, sorted."""
    return np.unique(tokenize([" ".join(sorted(ORDER_WORDS))], ["en"]).surface)
