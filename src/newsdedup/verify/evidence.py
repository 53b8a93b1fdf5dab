"""Evidence for a person: aligned sentences, altered quotes, shared and changed facts, verbatim passages."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import starmap, takewhile, zip_longest

from rapidfuzz import fuzz

from newsdedup import kernel
from newsdedup.result import AlignedSentence
from newsdedup.verify.align import aligned, positions
from newsdedup.verify.profile import RUN, Profile, Profiles
from newsdedup.verify.reading import Reading

_SAME_QUOTE = 97.0  # rapidfuzz ratio, 0..100: above it a quote is unaltered but for punctuation
_ALTERED_QUOTE = 45.0  # below it two quotes are two quotes
_ROUNDING = 1.0  # rapidfuzz is told a bound that much lower: it gives up early, and what is near is compared here
_MAX_ITEMS = 12  # of each kind of evidence but sentences; enough to judge by, short enough to read
_WORDS = re.compile(r"\w+")
_ASCII_WORDS = "".join(
    char.lower() if char.isalnum() or char in "_\n" else " " for char in map(chr, range(128))
).encode("ascii") + bytes(128)


def common_ground(
    profiles: Profiles, left: int, right: int, readings: tuple[Reading, Reading]
) -> tuple[tuple[AlignedSentence, ...], tuple[str, ...]]:
    """Sentences that tell the same, in the order of the left, and the facts that stand in both: `shared_facts`."""
    if kernel.compiled is None:
        return aligned_sentences(aligned(profiles[left], profiles[right])), shared_facts(*readings)
    sentences, facts = kernel.compiled.common_ground(*profiles.columns, left, right, _MAX_ITEMS)
    return aligned_sentences(sentences), tuple(map(readings[0].word, facts))


@lru_cache(maxsize=8192)  # of copies most recur: to make one takes 1.5 us, and to find it a tenth of that
def _aligned_sentence(left: int, right: int, value: float) -> AlignedSentence:
    return AlignedSentence(left=left + 1, right=right + 1, similarity=round(value, 3))


def aligned_sentences(pairs: Iterable[tuple[int, int, float]]) -> tuple[AlignedSentence, ...]:
    """Aligned sentences, counted from 0, as the evidence has them."""
    return tuple(starmap(_aligned_sentence, pairs))


def altered_quotes(left: Sequence[str], right: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Quotes of the left text that stand in the right one in other words, in the order of the left.

    A quote that stands in both, whole or cut short, is not altered and answers for no other.
    """
    if not set(left) - set(right) or not set(right) - set(left):  # most copies: one side has no quote of its own
        return ()
    bare_left, bare_right = _bare(left), _bare(right)
    open_left, open_right = _not_within(bare_left, bare_right), _not_within(bare_right, bare_left)
    taken = {j for j in open_right if any(quote in bare_right[j] for quote in bare_left)}
    # What rapidfuzz compares as token_sort_ratio, sorted once.
    in_order = {j: " ".join(sorted(bare_right[j].split())) for j in open_right if j not in taken}
    out: list[tuple[str, str]] = []
    for i in open_left:
        mine = " ".join(sorted(bare_left[i].split()))
        likeness, place = _ALTERED_QUOTE - _ROUNDING, -1
        for j, theirs in in_order.items():
            found = fuzz.ratio(mine, theirs, score_cutoff=likeness - _ROUNDING)  # the rest are given up sooner
            if found > likeness:
                likeness, place = found, j
        if likeness >= _ALTERED_QUOTE and bare_right[place] not in bare_left[i]:
            likeness = fuzz.ratio(bare_left[i], bare_right[place], score_cutoff=_SAME_QUOTE - _ROUNDING)
            if likeness < _SAME_QUOTE:
                del in_order[place]
                out.append((left[i], right[place]))
    return tuple(out[:_MAX_ITEMS])


def _not_within(quotes: Sequence[str], others: Sequence[str]) -> list[int]:
    """Places of the quotes that stand in none of the others, whole or as a part."""
    whole, joined = set(others), "\n".join(others)
    return [place for place, quote in enumerate(quotes) if quote not in whole and quote not in joined]


def _bare(quotes: Sequence[str]) -> list[str]:
    """The words of each quote in small letters, a blank between each two."""
    joined = "\n".join(quotes)  # no quote has a line end in it
    if joined.isascii():  # a twentieth of the time of the pattern
        words = joined.encode("ascii").translate(_ASCII_WORDS)
        while b"  " in words:
            words = words.replace(b"  ", b" ")
        return words.replace(b" \n", b"\n").replace(b"\n ", b"\n").strip(b" ").decode("ascii").split("\n")
    return [" ".join(_WORDS.findall(quote)).lower() for quote in quotes]


def shared_facts(left: Reading, right: Reading) -> tuple[str, ...]:
    """Facts that stand in both, as the left text has them, rarest first, each once."""
    other = set(right.fact_roots)
    places = range(len(left.fact_roots) - 1, -1, -1)
    first = dict(zip(reversed(left.fact_roots), places, strict=True))  # the first place of several
    mentions = sorted(place for root, place in first.items() if root in other)
    mentions.sort(key=left.fact_weights.__getitem__, reverse=True)  # of equals the first one stays first
    return tuple(map(left.mention, mentions[:_MAX_ITEMS]))


def changed_facts(
    left: Reading, right: Reading, sentences: Sequence[AlignedSentence]
) -> tuple[tuple[str | None, str | None], ...]:
    """Numbers and names that differ between aligned sentences and stand nowhere in the other text.

    A number or name on each side makes one change; a number on one side only is one, too, with None for the other. A
    name left out is no change.
    """
    left_own, right_own = _own_by_sentence(left, right.roots), _own_by_sentence(right, left.roots)
    out: dict[tuple[str | None, str | None], None] = {}
    for each in sentences:
        for number in (True, False):
            mine = left_own.get((each.left - 1, number), [])
            theirs = right_own.get((each.right - 1, number), [])
            for a, b in zip_longest(mine, theirs) if number else zip(mine, theirs, strict=False):
                out[None if a is None else left.mention(a), None if b is None else right.mention(b)] = None
        if len(out) >= _MAX_ITEMS:
            break
    return tuple(out)[:_MAX_ITEMS]


def _own_by_sentence(reading: Reading, others: frozenset[int]) -> dict[tuple[int, bool], list[int]]:
    """Mentions of facts that do not stand in the other text, by sentence and by whether they are numbers."""
    own: dict[tuple[int, bool], list[int]] = {}
    for mention, root in enumerate(reading.fact_roots):
        if root not in others:
            sentence = bisect_right(reading.bounds, reading.fact_places[mention]) - 1
            key = sentence, reading.fact_numbers[mention]
            own.setdefault(key, []).append(mention)
    return own


def passages(left: Profile, right: Profile, readings: tuple[Reading, Reading]) -> tuple[tuple[int, int, int, int], ...]:
    """Shared verbatim passages as sentence numbers: (first left, last left, first right, last right)."""
    left_runs, right_runs = left.runs.tolist(), right.runs.tolist()
    places = dict(zip(reversed(right_runs), range(len(right_runs) - 1, -1, -1), strict=True))  # the first of several
    left_bounds, right_bounds = (reading.bounds for reading in readings)
    out: dict[tuple[int, int, int, int], None] = {}
    done = 0
    for start in positions(left.runs, right.sorted_runs)[0].nonzero()[0].tolist():
        if start < done:
            continue
        begin = places[left_runs[start]]
        # As far as both sides go on alike: two passages side by side in one text may stand apart in the other.
        alike = takewhile(lambda runs: runs[0] == runs[1], zip(left_runs[start:], right_runs[begin:], strict=False))
        length = sum(1 for _ in alike)
        last = length + RUN - 2
        ends = bisect_right(left_bounds, start), bisect_right(left_bounds, start + last)
        out[(*ends, bisect_right(right_bounds, begin), bisect_right(right_bounds, begin + last))] = None
        done = start + length
    return tuple(out)[:_MAX_ITEMS]
