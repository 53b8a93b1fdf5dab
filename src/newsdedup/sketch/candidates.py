"""Candidate pairs from every view, filtered on the signatures before anything touches a text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from newsdedup import kernel
from newsdedup.sketch.linked import linked
from newsdedup.sketch.lsh import (
    MANY_HOLDERS,
    PairFilter,
    Pairs,
    distinct_pairs,
    lsh_pairs,
    pack,
    shared_value_pairs,
    unpack,
)
from newsdedup.sketch.minhash import NUM_PERM, estimate_agreement
from newsdedup.sketch.partners import SAME_STORY, Thinning
from newsdedup.sketch.views import Sketches
from newsdedup.text.hashing import begins, distinct

VIEWS = ("copy", "terms", "facts", "passages")

BANDS = {"copy": (2, 64), "terms": (3, 42), "facts": (3, 84)}
"""Rows and bands of each view: 2 x 64 finds half of the pairs of agreement .10, 3 x 42 half of those of .25, 3 x 84
(the 128 values grouped in two ways) half of those of .20: condensed texts keep the facts, but few of them."""

PASSAGES_AT_LEAST = 2
"""Passage shingles that two articles must share to be candidates for an excerpt."""

PASSAGE_STORIES = 3
"""Stories, each with all its copies, that may hold one passage; in more it is boilerplate: a standing paragraph, a
teaser list, an author's note."""

ALL_PASSAGES = 1_000_000
"""Passages of a pair of one story: they were not counted, and are no boilerplate."""

KEEP_COPY = 0.1
KEEP_TERMS = 0.22
KEEP_BOTH = 0.3
"""A pair is kept when copy or terms reaches its bar, or terms and facts together reach KEEP_BOTH. On four labelled sets
no true pair found by a band is lost below 0.36; of 153,469 pairs among 10,000 articles on US politics 8,400 stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What is left to verify.

    Attributes:
        pairs: Sorted, distinct.
        capped: Buckets above the cap in each view.
        passages: Passage shingles that each pair shares, boilerplate not counted, shape of `pairs`; about one in
            PASSAGE_SCALE of those that stand in the texts.
        boilerplate: Passage shingles set aside because too many stories hold them.
        crowded: Articles that are not paired with all of their near-copies, because there are too many.
        thinned: Articles that are not paired with all of their other candidates, because the run has too many.
        stories: Number of the story of each article, shape (articles,): near-copies have one; -1 for no member.
    """

    pairs: Pairs
    capped: dict[str, int]
    passages: NDArray[np.int64]
    boilerplate: int
    crowded: int
    thinned: int
    stories: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """New articles beside others that are not paired with each other again; all shape (articles,).

    Attributes:
        fresh: Which articles are new.
        stories: An article of the same story, for those that are not new; of the others their own number.
        common: uint32, passage values that too many stories hold, sorted, shape (values,), when not all of their
            holders are at hand.
        vouching: Whether new articles count for each other as stories that hold a passage.
    """

    fresh: NDArray[np.bool_]
    stories: NDArray[np.int64]
    common: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, dtype=np.uint32))
    vouching: bool = False


def find_candidates(
    sketches: Sketches,
    members: NDArray[np.int64],
    bucket_cap: int,
    days: NDArray[np.float64] | None = None,
    window_days: float | None = None,
    *,
    brief: NDArray[np.bool_] | None = None,
    beside: Beside | None = None,
) -> Candidates:
    """Candidate pairs among `members`.

    Args:
        members: Article numbers to be paired, sorted; exact duplicates are represented by one.
        bucket_cap: Members above which a bucket is paired as a star.
        days: Publication time of every article in days, NaN when unknown.
        window_days: Pairs of the terms and facts views further apart than this are not made; None makes all.
        brief: Which articles are too short to be rewrites: two of them are paired only where they may be copies; None
            when none is. They are 214,000 of 571,000 pairs of items of one agency.
        beside: Where only pairs with a new article are made; None makes all.
    """
    chosen = _filter(sketches, brief, days, window_days)
    if beside is not None:
        chosen = replace(chosen, fresh=beside.fresh)
    undated = replace(chosen, days=None)
    # A store brings in whatever is near: what it has is no reason to keep more pairs of each new article.
    paired = members if beside is None or not beside.vouching else members[beside.fresh[members]]
    thinning = Thinning(undated, paired.size)
    capped: dict[str, int] = {}
    pieces: list[Pairs] = []
    for view, (rows, bands) in BANDS.items():
        signatures: NDArray[np.uint32] | None = getattr(sketches, view)
        if signatures is None:
            continue
        kept = undated if view == "copy" else chosen
        buckets = lsh_pairs(signatures, rows, bands, bucket_cap, members=members, chosen=kept, thinning=thinning)
        capped[view] = buckets.capped
        pieces.append(buckets.pairs)
    banded = thinning.meanwhile(distinct_pairs(pieces))
    pairs = thinning.finally_kept(banded)
    shared = np.zeros(pairs.size, dtype=np.int64)
    common = 0
    stories = _stories(sketches, banded, members, beside)  # the copies of a crowd are one story, paired or not
    if sketches.passages is not None:
        by_passage, counts, common = _passage_pairs(sketches, stories, beside)
        enough = counts >= PASSAGES_AT_LEAST
        pairs = distinct_pairs([pairs, by_passage[enough]])
        shared = np.zeros(pairs.size, dtype=np.int64)
        places = np.minimum(np.searchsorted(by_passage, pairs), max(0, by_passage.size - 1))
        if by_passage.size:
            same = by_passage[places] == pairs
            shared[same] = counts[places[same]]
        # Of two versions of one story all that they share is their own.
        left, right = unpack(pairs)
        shared[stories[left] == stories[right]] = ALL_PASSAGES
    return Candidates(
        pairs=pairs,
        capped=capped,
        passages=shared,
        boilerplate=common,
        crowded=int(thinning.crowded.sum()),
        thinned=int(thinning.thinned.sum()),
        stories=stories,
    )


def _passage_pairs(
    sketches: Sketches, stories: NDArray[np.int64], beside: Beside | None
) -> tuple[Pairs, NDArray[np.int64], int]:
    """As `shared_value_pairs` gives them, with a new article in each pair where there are new ones."""
    values, offsets, quoted = sketches.passages, sketches.passage_offsets, sketches.passage_quoted
    if values is None or offsets is None or quoted is None:
        raise ValueError("the passages view has not all of its columns")
    if beside is None:
        return shared_value_pairs(values, offsets, stories, PASSAGE_STORIES, quoted)
    articles = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    new = distinct(values[beside.fresh[articles]])
    asked = np.flatnonzero(np.isin(values, new[~np.isin(new, beside.common)]))
    values, articles, quoted = values[asked], articles[asked], quoted[asked]
    ends = np.searchsorted(asked, offsets)
    pairs, counts, common = shared_value_pairs(values, ends, stories, PASSAGE_STORIES, quoted)
    common += int(np.isin(new, beside.common).sum())
    left, right = unpack(pairs)
    if beside.vouching:
        with_new = beside.fresh[left] | beside.fresh[right]
        return pairs[with_new], counts[with_new], common
    among_new = beside.fresh[left] & beside.fresh[right]
    held = Holdings(values, articles, quoted).where(stories[articles] >= 0)
    fresh = beside.fresh[held.articles]
    across, across_counts, known_common = crossing_value_pairs(held.where(fresh), held.where(~fresh), stories)
    found = np.concatenate((pairs[among_new], across))
    order = np.argsort(found)
    return found[order], np.concatenate((counts[among_new], across_counts))[order], max(common, known_common)


@dataclass(frozen=True, slots=True)
class Holdings:
    """Which articles hold which values; all shape (holdings,).

    Attributes:
        quiet: Two articles that both hold a value quietly do not share it.
    """

    values: NDArray[np.uint32]
    articles: NDArray[np.int64]
    quiet: NDArray[np.bool_]

    def where(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> Holdings:
        """Some of them."""
        return Holdings(self.values[places], self.articles[places], self.quiet[places])


def crossing_value_pairs(
    new: Holdings, known: Holdings, stories: NDArray[np.int64]
) -> tuple[Pairs, NDArray[np.int64], int]:
    """As `shared_value_pairs`, for pairs of a new article and a known one of another story.

    A value is common when so many known stories hold it that with a single new one they are too many: however many new
    articles hold it, what they took from one known article stays that article's.

    Args:
        stories: Number of the story of each article.
    """
    known = known.where(np.lexsort((known.articles, stories[known.articles], known.values)))
    new_value = begins(known.values)
    new_story = new_value | begins(stories[known.articles])
    number = np.cumsum(new_value) - 1
    spread = np.bincount(number[new_story], minlength=int(new_value.sum()))
    common = spread >= PASSAGE_STORIES
    # Where many copies hold a value, one of each story stands for them.
    few = np.bincount(number, minlength=spread.size) <= MANY_HOLDERS
    known = known.where(~common[number] & (few[number] | new_story))
    first = np.searchsorted(known.values, new.values)
    count = np.searchsorted(known.values, new.values, side="right") - first
    left = np.repeat(np.arange(new.values.size), count)
    right = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(left.size)
    shared = stories[new.articles[left]] != stories[known.articles[right]]
    shared &= ~(new.quiet[left] & known.quiet[right])
    pairs = pack(new.articles[left[shared]], known.articles[right[shared]])
    shared_pairs, counts = np.unique(pairs, return_counts=True)
    return shared_pairs, counts, int(common.sum())


def _stories(sketches: Sketches, pairs: Pairs, members: NDArray[np.int64], beside: Beside | None) -> NDArray[np.int64]:
    """Number of the story of each article, -1 for articles that are not members: copies of one text are one story."""
    count = sketches.articles
    stories = np.full(count, -1, dtype=np.int64)
    stories[members] = members
    if sketches.copy is None:
        return stories
    left, right = unpack(pairs)
    copies = estimate_agreement(sketches.copy, left, right) >= SAME_STORY
    left, right = left[copies], right[copies]
    if beside is not None:
        left, right = np.append(left, np.arange(count)), np.append(right, beside.stories)
    stories[members] = linked(count, left, right)[members]
    return stories


def _filter(
    sketches: Sketches,
    brief: NDArray[np.bool_] | None,
    days: NDArray[np.float64] | None,
    window_days: float | None,
) -> PairFilter:
    """The least that the signatures of a pair must say for it to be kept."""
    return PairFilter(
        copy=sketches.copy,
        terms=sketches.terms,
        facts=sketches.facts,
        least=(ceil(KEEP_COPY * NUM_PERM), ceil(KEEP_TERMS * NUM_PERM), ceil(KEEP_BOTH * NUM_PERM)),
        brief=brief,
        days=None if window_days is None else days,
        window_days=window_days or 0.0,
        low_bytes=_low_bytes((sketches.copy, sketches.terms, sketches.facts)),
    )


def _low_bytes(views: tuple[NDArray[np.uint32] | None, ...]) -> NDArray[np.uint8] | None:
    """The lowest byte of every signature value, shape (articles, views, NUM_PERM): what the kernel looks at first."""
    given = [view for view in views if view is not None]
    if kernel.compiled is None or not given:
        return None
    out = np.zeros((len(given[0]), len(views), NUM_PERM), dtype=np.uint8)
    for place, view in enumerate(views):
        if view is not None:
            np.bitwise_and(view, np.uint32(0xFF), out=out[:, place], casting="unsafe")
    return out
