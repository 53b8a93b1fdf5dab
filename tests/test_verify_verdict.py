"""Which verdict the numbers name: made-up numbers, one case a line."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Newsroom
from newsdedup.result import REPORTED, Verdict
from newsdedup.text.table import make_table
from newsdedup.verify.features import Features, pair_features
from newsdedup.verify.model import MIN_LENGTH, default_model
from newsdedup.verify.profile import Profiles
from newsdedup.verify.verdict import DERIVED_SCORE, Circumstances, axes, is_template, judge

COUNTS = {field.name for field in fields(Features) if field.type in ("int", int)}


def numbers(**given_: float) -> Features:
    """Two long articles with nothing in common but what is given."""
    base: dict[str, float] = {field.name: 0 if field.name in COUNTS else 0.0 for field in fields(Features)}
    base |= {"facts_short": 0.05, "facts_both": 0.05, "numbers": 0.1, "length_ratio": 0.9, "length": 200}
    base |= {"passages": 20}
    return Features(**(base | {"fact_count": 40} | given_))  # type: ignore[arg-type]


ALL_FACTS = {
    **{"facts_short": 0.98, "facts_both": 0.98, "facts_placed": 0.95, "facts_placed_both": 0.95},
    **{"facts_weight": 0.95, "facts_weight_both": 0.95},
}
ALL_TELLING = {"lcs": 0.9, "lcs_short": 0.95, "order": 0.95, "sentences_short": 0.95, "sentences_mean": 0.95}
SHINGLES = {"jaccard": 0.9, "contained_left": 0.95, "contained_right": 0.95}
RUNS = {"verbatim": 300, "verbatim_share": 0.95, "verbatim_facts": 38, "verbatim_sentences": 290}
NO_RUNS = {"verbatim": 0, "verbatim_share": 0.0, "verbatim_facts": 0, "verbatim_sentences": 0}
COPY = numbers(**ALL_FACTS, **ALL_TELLING, **SHINGLES, **RUNS, numbers=0.95, shared_facts=40)
REVISION = replace(COPY, jaccard=0.6, contained_left=0.7, contained_right=0.72, verbatim_share=0.7)
REWRITE = replace(COPY, jaccard=0.1, contained_left=0.2, contained_right=0.2, **NO_RUNS)  # type: ignore[arg-type]
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
    verbatim_sentences=140,
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
        replace(REVISION, length=20, **NO_RUNS),  # type: ignore[arg-type]
        Circumstances(),
        Verdict.REVISION,
        id="short-edited",
    ),
    pytest.param(
        replace(REWRITE, facts_weight_both=0.7), Circumstances(), Verdict.REWRITE, id="a-side-with-facts-of-its-own"
    ),
    # Between two filled-in forms facts alone can tell, and nearly all of them must be the same.
    pytest.param(
        replace(REWRITE, facts_weight_both=0.7, facts_placed=0.5),
        Circumstances(form=True),
        Verdict.TEMPLATE,
        id="two-forms-filled-in",
    ),
    pytest.param(
        replace(COPY, facts_weight_both=0.7, facts_placed=0.5, **NO_RUNS),  # type: ignore[arg-type]
        Circumstances(form=True),
        Verdict.TEMPLATE,
        id="two-forms-of-the-same-words",
    ),
    pytest.param(REWRITE, Circumstances(form=True), Verdict.REWRITE, id="a-form-told-again"),
    pytest.param(COPY, Circumstances(form=True), Verdict.COPY, id="a-form-copied"),
    pytest.param(
        replace(REWRITE, facts_weight_both=0.7, facts_placed=0.5, figures=0.3),
        Circumstances(),
        Verdict.TEMPLATE,
        id="two-tables",
    ),
    pytest.param(replace(REWRITE, length=20), Circumstances(), Verdict.RELATED, id="short-rewrite-is-not-told"),
    # All within quotation marks: no unquoted word to stand in a run, and still a copy.
    pytest.param(replace(COPY, **NO_RUNS), Circumstances(), Verdict.COPY, id="all-quoted"),  # type: ignore[arg-type]
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


TELLS_ALIKE = {"order": 0.4, "lcs": 0.3}
TEMPLATES = [
    # label, numbers, template
    ("tells-alike-of-other-things", {**TELLS_ALIKE, "facts_weight": 0.3}, True),
    ("tells-alike-of-the-same", {**TELLS_ALIKE, "facts_weight": 0.7}, False),
    ("tells-in-another-order", {**TELLS_ALIKE, "order": 0.25, "facts_weight": 0.3}, False),
    ("tells-in-other-words", {**TELLS_ALIKE, "lcs": 0.2, "facts_weight": 0.3}, False),
    ("tells-nothing-alike", {"facts_weight": 0.3}, False),
]


def fills_a_form(features: Features) -> bool:
    columns = (np.array([value]) for value in (features.order, features.lcs, features.facts_weight))
    return bool(is_template(*columns)[0])


@pytest.mark.parametrize(("given_", "template"), [case[1:] for case in TEMPLATES], ids=[case[0] for case in TEMPLATES])
def test_a_template_tells_alike_and_of_other_things(given_: dict[str, float], template: bool) -> None:
    assert fills_a_form(numbers(**given_)) == template


def test_only_siblings_of_one_house_are_templates(newsroom: Newsroom) -> None:
    names = [name for name, article in newsroom.articles.items() if article.lang == "en"]
    profiles = Profiles(make_table([newsroom.articles[name] for name in names]))
    found: Counter[str] = Counter()
    for name in names:
        pack, role = name.split("-", maxsplit=1)
        pair = profiles[names.index(f"{pack}-orig")], profiles[names.index(name)]
        found[role] += fills_a_form(pair_features(*pair))
    assert found.pop("sibling") >= 5
    found.pop("excerpt")  # of a passage in the order of the other, and else of other things
    assert {role: count for role, count in found.items() if count} == {}


@given(any_features, st.booleans())
@settings(derandomize=True, deadline=None, max_examples=200)
def test_forms_have_the_weaker_case(features: Features, same_source: bool) -> None:
    plain = judge(features, default_model(), Circumstances(same_source=same_source))
    form = judge(features, default_model(), Circumstances(same_source=same_source, form=True))
    assert form.score <= plain.score
    assert (form.facts, form.telling, form.short) == (plain.facts, plain.telling, plain.short)


def test_identical_texts_score_one_on_everything() -> None:
    judgement = judge(numbers(), default_model(), Circumstances(identical=True))
    assert (judgement.score, judgement.facts, judgement.telling) == (1.0, 1.0, 1.0)


def test_facts_are_the_plain_share_of_the_side_with_fewer() -> None:
    hits, count = 30, 40
    assert axes(numbers(facts_short=(hits + 1) / (count + 3), fact_count=count))[0] == pytest.approx(hits / count)
