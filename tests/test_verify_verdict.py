"""Which verdict the numbers name: made-up numbers, one case a line."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdedup.result import REPORTED, Verdict
from newsdedup.verify.features import Features
from newsdedup.verify.model import MIN_LENGTH, default_model
from newsdedup.verify.verdict import DERIVED_SCORE, Circumstances, axes, judge

COUNTS = {"length", "verbatim", "verbatim_facts", "fact_count", "shared_facts", "passages"}


def numbers(**given_: float) -> Features:
    """Two long articles with nothing in common but what is given."""
    base: dict[str, float] = {field.name: 0 if field.name in COUNTS else 0.0 for field in fields(Features)}
    base |= {"facts_short": 0.05, "facts_both": 0.05, "numbers": 0.1, "length_ratio": 0.9, "length": 200}
    base |= {"passages": 20}
    return Features(**(base | {"fact_count": 40} | given_))  # type: ignore[arg-type]


ALL_FACTS = {"facts_short": 0.98, "facts_both": 0.98, "facts_placed": 0.95, "facts_placed_both": 0.95}
ALL_TELLING = {"lcs": 0.9, "lcs_short": 0.95, "order": 0.95, "sentences_short": 0.95, "sentences_mean": 0.95}
SHINGLES = {"jaccard": 0.9, "contained_left": 0.95, "contained_right": 0.95}
RUNS = {"verbatim": 300, "verbatim_share": 0.95, "verbatim_facts": 38}
COPY = numbers(**ALL_FACTS, **ALL_TELLING, **SHINGLES, **RUNS, numbers=0.95, shared_facts=40)
REVISION = replace(COPY, jaccard=0.6, contained_left=0.7, contained_right=0.72, verbatim_share=0.7)
REWRITE = replace(
    COPY, jaccard=0.1, contained_left=0.2, contained_right=0.2, verbatim=0, verbatim_share=0.0, verbatim_facts=0
)
EXCERPT = numbers(
    length_ratio=0.25,
    facts_short=0.9,
    facts_both=0.3,
    contained_left=0.2,
    contained_right=0.95,
    jaccard=0.18,
    verbatim=150,
    verbatim_share=0.9,
    verbatim_facts=25,
)
TEMPLATE = numbers(lcs=0.5, lcs_short=0.5, jaccard=0.2, facts_placed=0.2)
RELATED = numbers(facts_short=0.7, shared_facts=20, lcs_short=0.1)

CASES = [
    pytest.param(COPY, Circumstances(), Verdict.COPY, id="nothing-replaced"),
    pytest.param(COPY, Circumstances(same_source=False), Verdict.COPY, id="syndicated"),
    pytest.param(COPY, Circumstances(same_source=True), Verdict.REVISION, id="one-publisher-twice"),
    pytest.param(COPY, Circumstances(same_url=True), Verdict.REVISION, id="one-address-twice"),
    pytest.param(COPY, Circumstances(correction=True), Verdict.REVISION, id="corrected"),
    pytest.param(COPY, Circumstances(identical=True), Verdict.IDENTICAL, id="the-same-text"),
    pytest.param(REVISION, Circumstances(), Verdict.REVISION, id="sentences-replaced"),
    pytest.param(REVISION, Circumstances(same_source=False), Verdict.COPY, id="another-outlet-edits-a-copy"),
    pytest.param(REWRITE, Circumstances(), Verdict.REWRITE, id="same-facts-other-words"),
    pytest.param(REWRITE, Circumstances(same_source=True), Verdict.REWRITE, id="a-rewrite-is-no-revision"),
    pytest.param(EXCERPT, Circumstances(), Verdict.EXCERPT, id="a-passage-of-the-longer"),
    pytest.param(TEMPLATE, Circumstances(), Verdict.TEMPLATE, id="house-wording"),
    pytest.param(RELATED, Circumstances(), Verdict.RELATED, id="same-event"),
    pytest.param(numbers(), Circumstances(), Verdict.DISTINCT, id="nothing-shared"),
    pytest.param(numbers(fact_count=0), Circumstances(), Verdict.DISTINCT, id="no-facts"),
    pytest.param(numbers(length=0, fact_count=0), Circumstances(), Verdict.DISTINCT, id="no-words"),
    pytest.param(replace(COPY, length=20), Circumstances(), Verdict.COPY, id="short-copy"),
    # Short, half of the shingles shared, no long run: never a rewrite (it was one once).
    pytest.param(
        replace(REVISION, length=20, verbatim=0, verbatim_share=0.0),
        Circumstances(),
        Verdict.REVISION,
        id="short-edited",
    ),
    pytest.param(replace(REWRITE, length=20), Circumstances(), Verdict.RELATED, id="short-rewrite-is-not-told"),
    # All within quotation marks: no unquoted word to stand in a run, and still a copy.
    pytest.param(
        replace(COPY, verbatim=0, verbatim_share=0.0, verbatim_facts=0), Circumstances(), Verdict.COPY, id="all-quoted"
    ),
]


@pytest.mark.parametrize(("features", "circumstances", "verdict"), CASES)
def test_verdict(features: Features, circumstances: Circumstances, verdict: Verdict) -> None:
    judgement = judge(features, default_model(), circumstances)
    assert judgement.verdict is verdict
    assert (judgement.score >= 0.7) == (verdict in REPORTED)
    assert judgement.short == (features.length < MIN_LENGTH)


any_features = st.builds(
    Features,
    **{
        field.name: st.integers(0, 400) if field.name in COUNTS else st.floats(0, 1, width=32)
        for field in fields(Features)
    },
)


@given(any_features, st.integers(0, MIN_LENGTH - 1))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_a_short_text_is_never_called_a_rewrite(features: Features, length: int) -> None:
    judgement = judge(replace(features, length=length), default_model(), Circumstances())
    assert judgement.verdict is not Verdict.REWRITE
    assert judgement.short


@given(any_features)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_derived_means_likelier_than_not(features: Features) -> None:
    judgement = judge(features, default_model(), Circumstances())
    assert (judgement.verdict in REPORTED) == (judgement.score >= DERIVED_SCORE)
    assert 0.0 <= judgement.score <= 1.0
    assert all(0.0 <= axis <= 1.0 for axis in axes(features))


def test_identical_texts_score_one_on_everything() -> None:
    judgement = judge(numbers(), default_model(), Circumstances(identical=True))
    assert (judgement.score, judgement.facts, judgement.telling) == (1.0, 1.0, 1.0)


def test_facts_are_the_plain_share_of_the_side_with_fewer() -> None:
    hits, count = 30, 40
    assert axes(numbers(facts_short=(hits + 1) / (count + 3), fact_count=count))[0] == pytest.approx(hits / count)
