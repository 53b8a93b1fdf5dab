"""Reasons: what is said of a pair, in which words."""

from __future__ import annotations

from dataclasses import fields

import pytest

from newsdedup.result import Evidence, Verdict
from newsdedup.verify.direction import Side
from newsdedup.verify.edits import Edits
from newsdedup.verify.features import Features
from newsdedup.verify.reasons import reasons
from newsdedup.verify.verdict import Judgement

NOTHING = Features(**{field.name: 0 for field in fields(Features)})


def told(
    edits: Edits, source: Side | None = "left", verdict: Verdict = Verdict.REVISION, *, short: bool = False
) -> tuple[str, ...]:
    judgement = Judgement(verdict=verdict, score=0.9, route="copy", facts=1.0, telling=1.0, short=short)
    direction = (source, "the left one was published first" if source else "")
    return reasons(judgement, NOTHING, Evidence(), (3, 4), edits=edits, direction=direction)


FACT, OTHER, LOST = ("14", "17"), ("71", "74"), ("12", None)
ADDED, CUT, RECAST = (None, "It rained."), ("It snowed.", None), ("It froze.", "It was cold.")


@pytest.mark.parametrize(
    ("edits", "source", "reason"),
    [
        (Edits(facts=(FACT,)), "left", "changed: 14 -> 17"),
        (Edits(facts=(FACT,)), "right", "changed: 17 -> 14"),
        (Edits(facts=(FACT,)), None, "changed: 14 -> 17"),
        (Edits(facts=(LOST, FACT, OTHER)), "left", "changed: 14 -> 17 and 2 more"),
        (Edits(facts=(LOST,)), "left", "changed: 12 -> nothing"),
        (Edits(facts=(LOST,)), "right", "changed: nothing -> 12"),
        (Edits(sentences=(ADDED, ADDED, CUT)), "left", "2 sentences added, 1 cut"),
        (Edits(sentences=(ADDED, ADDED, CUT)), "right", "1 sentence added, 2 cut"),
        (Edits(sentences=(ADDED, ADDED, CUT)), None, "1 sentence only on the left, 2 only on the right"),
        (Edits(sentences=(CUT, RECAST)), "left", "1 sentence rewritten, 1 cut"),
        (Edits(notes=((None, "Correction: x."),)), "left", "a correction note"),
        (Edits(notes=((None, "x"), ("y", None))), "left", "2 correction notes"),
        (
            Edits(facts=(FACT,), notes=((None, "x"),), sentences=(ADDED,)),
            "left",
            "changed: 14 -> 17; 1 sentence added; a correction note",
        ),
    ],
)
def test_edits_are_counted_as_seen_from_the_source(edits: Edits, source: Side | None, reason: str) -> None:
    assert reason in told(edits, source)


def test_where_nothing_changed_nothing_is_said() -> None:
    assert "" not in told(Edits())
    assert len(told(Edits())) == len(told(Edits(facts=(FACT,)))) - 1


def test_the_likely_source_comes_last() -> None:
    assert told(Edits(facts=(FACT,)))[-1] == "likely source: the left one was published first"
    assert not any("likely source" in reason for reason in told(Edits(facts=(FACT,)), None))


def test_too_short_a_text_is_not_said_to_be_told_differently() -> None:
    assert told(Edits(), None, Verdict.RELATED)[0] == "the same event, told differently"
    short = told(Edits(), None, Verdict.RELATED, short=True)
    assert short[0] == "the same event"
    assert short[-1] == "too short to tell a rewrite"
