"""What is said of a reported pair: reasons and evidence, from the texts and tables of both sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from newsdedup.article import Article
from newsdedup.result import REPORTED, Evidence, Pair, Verdict
from newsdedup.text.normalize import NormalizedText
from newsdedup.text.table import ArticleTable
from newsdedup.verify.credits import credited_name
from newsdedup.verify.direction import Side, Testimony, likely_source, testimony
from newsdedup.verify.edits import Edits, find_edits
from newsdedup.verify.evidence import altered_quotes, changed_facts, common_ground, passages
from newsdedup.verify.features import Features
from newsdedup.verify.profile import Profiles
from newsdedup.verify.reading import Reading
from newsdedup.verify.reasons import reasons
from newsdedup.verify.verdict import Judgement

_NO_EDITS = Edits()
_NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A pair to be reported, by article numbers."""

    left: int
    right: int
    numbers: Features
    judgement: Judgement


class Witness:
    """Looks closely at articles; what it made of each is kept close at hand.

    Attributes:
        article: The article of each row of the table.
        table: Boilerplate cut.
        profiles: Of the table.
        normalized: The normalised text of each row.
    """

    def __init__(
        self,
        article: Callable[[int], Article],
        table: ArticleTable,
        profiles: Profiles,
        normalized: Callable[[int], NormalizedText],
    ) -> None:
        self.article = article
        self.table = table
        self.profiles = profiles
        self.normalized = lru_cache(maxsize=256)(normalized)
        self.testimony = lru_cache(maxsize=4096)(self._testimony)
        self.reading = lru_cache(maxsize=256)(self._reading)

    def _length(self, number: int) -> int:
        return int(self.table.token_offsets[number + 1] - self.table.token_offsets[number])

    def _testimony(self, number: int) -> Testimony:
        return testimony(self.article(number), self.normalized(number), self._length(number))

    def _reading(self, number: int) -> Reading:
        text = self.normalized(number)
        notes = tuple(cut.text for cut in text.cuts if cut.kind == "correction")
        return Reading(self.table, number, text.text, notes)

    def readings(self, left: int, right: int) -> tuple[Reading, Reading]:
        """Both articles read closely."""
        return self.reading(left), self.reading(right)

    def _credited(self, left: int, right: int) -> tuple[str, str]:
        """The names by which each of the two credits the outlet of the other."""
        sources = self.article(left).source, self.article(right).source
        return (
            credited_name(self.normalized(left), sources[1], sources[0]),
            credited_name(self.normalized(right), sources[0], sources[1]),
        )

    def _evidence(self, left: int, right: int, verdict: Verdict) -> tuple[Evidence, Edits]:
        """What a person can check, and between two versions of one text what was changed."""
        readings, edits = self.readings(left, right), _NO_EDITS
        sentences, shared = common_ground(self.profiles, left, right, readings)
        if verdict in (Verdict.COPY, Verdict.REVISION):
            edits = find_edits(*readings, sentences)
            changed = edits.listed
        else:
            changed = changed_facts(*readings, sentences)
        evidence = Evidence(
            sentences=sentences,
            altered_quotes=altered_quotes(readings[0].quotes, readings[1].quotes),
            changed_facts=changed,
            shared_facts=shared,
            passages=passages(self.profiles[left], self.profiles[right], readings)
            if verdict is Verdict.EXCERPT
            else (),
        )
        return evidence, edits

    def pair(self, found: Found) -> Pair:
        """One pair with reasons and evidence."""
        left, right, numbers, judgement = found.left, found.right, found.numbers, found.judgement
        evidence, edits = _NO_EVIDENCE, _NO_EDITS
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
            left=self.article(left).id,
            right=self.article(right).id,
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
