"""The judge: from the numbers of compared pairs to reported pairs, with reasons and evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.cluster import Compared, Rank
from newsdedup.result import REPORTED, Evidence, Pair, Verdict
from newsdedup.text.normalize import NormalizedText, normalize_characters
from newsdedup.text.table import HAS_CORRECTION, ArticleTable, normalized_body
from newsdedup.verify.credits import credited_name
from newsdedup.verify.direction import Side, Testimony, likely_source, parse_time, testimony
from newsdedup.verify.edits import Edits, find_edits
from newsdedup.verify.evidence import aligned_sentences, altered_quotes, changed_facts, passages, shared_facts
from newsdedup.verify.features import Features, pair_features
from newsdedup.verify.model import Model
from newsdedup.verify.profile import Profiles
from newsdedup.verify.reading import Reading
from newsdedup.verify.reasons import reasons
from newsdedup.verify.screen import surely_distinct
from newsdedup.verify.verdict import Circumstances, Judgement, judge

COPIES_SHOWN = 6
"""Identical texts up to this many are paired each with each; above it, each with the first only."""


_SCREENED = 4096  # pairs at a time: their columns take a megabyte


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A pair to be reported, by article numbers."""

    left: int
    right: int
    numbers: Features
    judgement: Judgement


class Judge:
    """Turns the numbers of pairs into reported pairs; keeps what is known of each article close at hand.

    Attributes:
        forms: Articles that fill in a form of their house, as `verify.model.margins` takes it.
        verdicts: On the pairs compared, reported or not, as far as they bear on the clusters.
    """

    def __init__(
        self,
        articles: Sequence[Article],
        table: ArticleTable,
        reported: frozenset[Verdict],
        min_score: float,
        model: Model,
    ) -> None:
        self.articles = articles
        self.table = table
        self.reported = reported
        self.min_score = min_score
        self.model = model
        self.groups: dict[int, list[int]] = {}
        self.forms: frozenset[int] = frozenset()
        self.verdicts: list[Compared] = []
        self.profiles = Profiles(table)
        self.normalized = lru_cache(maxsize=256)(self._normalized)
        self.testimony = lru_cache(maxsize=65_536)(self._testimony)
        self.reading = lru_cache(maxsize=256)(self._reading)

    def _normalized(self, number: int) -> NormalizedText:
        return normalized_body(self.articles[number])

    def _length(self, number: int) -> int:
        return int(self.table.token_offsets[number + 1] - self.table.token_offsets[number])

    def _testimony(self, number: int) -> Testimony:
        return testimony(self.articles[number], self.normalized(number), self._length(number))

    def _reading(self, number: int) -> Reading:
        text = self.normalized(number)
        notes = tuple(cut.text for cut in text.cuts if cut.kind == "correction")
        return Reading(self.table, number, text.text, notes)

    def readings(self, left: int, right: int) -> tuple[Reading, Reading]:
        """Both articles read closely."""
        return self.reading(left), self.reading(right)

    def rank(self, number: int) -> Rank:
        """What decides whether the article is the canonical one of its cluster."""
        published, day_only = parse_time(self.articles[number].published)
        return Rank(
            published=published.timestamp() if published else None,
            day_only=day_only,
            length=self._length(number),
            sentences=int(self.table.sentences[number]),
        )

    def identical(self, groups: Sequence[Sequence[int]]) -> list[Found]:
        """Pairs to report within groups of the same words; the groups are kept for `decide`."""
        out: list[Found] = []
        for group in groups:
            if len(group) < 2:
                continue
            self.groups[group[0]] = list(group)
            profile = self.profiles[group[0]]
            numbers = pair_features(profile, profile)
            each = combinations(group, 2) if len(group) <= COPIES_SHOWN else ((group[0], b) for b in group[1:])
            for a, b in each:
                out += self._found(a, b, numbers)
        return out

    def decide_all(
        self,
        lefts: Sequence[int],
        rights: Sequence[int],
        features: Sequence[Features | None],
        passages: Sequence[int] | None = None,
    ) -> list[Found]:
        """The same as `decide` for many pairs in turn.

        Args:
            features: Of each pair; None where the gate dropped it.
            passages: Of each pair, for its features; None to leave them as they are.
        """
        found: list[Found] = []
        for start in range(0, len(features), _SCREENED):
            compared = [place for place in range(start, min(start + _SCREENED, len(features))) if features[place]]
            numbers = [each for each in features[start : start + _SCREENED] if each]
            if Verdict.DISTINCT not in self.reported:
                kept = (~surely_distinct(numbers, self.model)).nonzero()[0].tolist()
                compared, numbers = [compared[place] for place in kept], [numbers[place] for place in kept]
            for place, each in zip(compared, numbers, strict=True):
                counted = each if passages is None else replace(each, passages=passages[place])
                found += self.decide(lefts[place], rights[place], counted)
        return found

    def decide(self, left: int, right: int, numbers: Features) -> list[Found]:
        """The pair if it is to be reported, and the same for identical copies of either side when they are few."""
        lefts, rights = self.groups.get(left, [left]), self.groups.get(right, [right])
        return [
            found
            for a in (lefts if len(lefts) <= COPIES_SHOWN else [left])
            for b in (rights if len(rights) <= COPIES_SHOWN else [right])
            for found in self._found(a, b, numbers)
        ]

    def _found(self, left: int, right: int, numbers: Features) -> list[Found]:
        if right < left:  # articles are sorted by id, and so are the sides of a pair
            left, right, numbers = right, left, numbers.swapped()
        judgement = self._judgement(left, right, numbers)
        # Where there is too little to tell a rewrite by, there is too little to call it another telling.
        if judgement.verdict is not Verdict.DISTINCT and not (judgement.short and judgement.verdict is Verdict.RELATED):
            sides = self.articles[left].id, self.articles[right].id
            self.verdicts.append(Compared(left=sides[0], right=sides[1], verdict=judgement.verdict))
        weak = judgement.verdict in REPORTED and judgement.score < self.min_score
        if judgement.verdict not in self.reported or weak:
            return []
        return [Found(left=left, right=right, numbers=numbers, judgement=judgement)]

    def _judgement(self, left: int, right: int, numbers: Features) -> Judgement:
        a, b = self.articles[left], self.articles[right]
        circumstances = Circumstances(
            same_source=(a.source.casefold() == b.source.casefold()) if a.source and b.source else None,
            same_url=bool(a.url) and a.url == b.url,
            correction=bool((self.table.chrome[left] ^ self.table.chrome[right]) & HAS_CORRECTION),
            identical=0 < self._length(left) == self._length(right)
            and np.array_equal(words_of(self.table, left), words_of(self.table, right))
            and _same_characters(a.text, b.text),
            form=left in self.forms and right in self.forms,
        )
        return judge(numbers, self.model, circumstances)

    def _credited(self, left: int, right: int) -> tuple[str, str]:
        """The names by which each of the two credits the outlet of the other."""
        sources = self.articles[left].source, self.articles[right].source
        return (
            credited_name(self.normalized(left), sources[1], sources[0]),
            credited_name(self.normalized(right), sources[0], sources[1]),
        )

    def _evidence(self, left: int, right: int, verdict: Verdict) -> tuple[Evidence, Edits]:
        """What a person can check, and between two versions of one text what was changed."""
        profiles, readings = (self.profiles[left], self.profiles[right]), self.readings(left, right)
        sentences, edits = aligned_sentences(*profiles), Edits()
        if verdict in (Verdict.COPY, Verdict.REVISION):
            edits = find_edits(*readings, sentences)
            changed = edits.listed
        else:
            changed = changed_facts(*readings, sentences)
        evidence = Evidence(
            sentences=sentences,
            altered_quotes=altered_quotes(readings[0].quotes, readings[1].quotes),
            changed_facts=changed,
            shared_facts=shared_facts(*readings),
            passages=passages(*profiles, readings) if verdict is Verdict.EXCERPT else (),
        )
        return evidence, edits

    def pair(self, found: Found) -> Pair:
        """One pair with reasons and evidence."""
        left, right, numbers, judgement = found.left, found.right, found.numbers, found.judgement
        evidence, edits = Evidence(), Edits()
        sentences = (int(self.table.sentences[left]), int(self.table.sentences[right]))
        if judgement.verdict not in (Verdict.IDENTICAL, Verdict.DISTINCT):
            evidence, edits = self._evidence(left, right, judgement.verdict)
        # The longer of an excerpt and its source may be either.
        by_length = judgement.verdict is not Verdict.EXCERPT
        direction: tuple[Side | None, str] = (None, "")
        if judgement.verdict in REPORTED:
            direction = likely_source(
                self.testimony(left), self.testimony(right), by_length=by_length, credited=self._credited(left, right)
            )
        return Pair(
            left=self.articles[left].id,
            right=self.articles[right].id,
            verdict=judgement.verdict,
            score=judgement.score,
            facts=judgement.facts,
            telling=judgement.telling,
            jaccard=numbers.jaccard,
            containment=(numbers.contained_left, numbers.contained_right),
            source=direction[0],
            reasons=reasons(judgement, numbers, evidence, sentences, edits=edits, direction=direction),
            evidence=evidence,
        )


def _same_characters(left: str, right: str) -> bool:
    """Whether two texts are the same but for white space and the form of characters, page chrome included."""
    if left == right:
        return True
    return normalize_characters(left).split() == normalize_characters(right).split()


def words_of(table: ArticleTable, number: int) -> NDArray[np.uint32]:
    """Token hashes of one article, in order."""
    return table.surface[table.token_offsets[number] : table.token_offsets[number + 1]]
