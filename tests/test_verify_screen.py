"""The screen: what it calls distinct is distinct, whatever else is known of the pair."""

from __future__ import annotations

from dataclasses import fields, replace
from random import Random

import numpy as np

from conftest import Newsroom
from newsdedup.result import Verdict
from newsdedup.text.table import make_table
from newsdedup.verify.features import NUMBERS, Features, FeatureTable, pair_features
from newsdedup.verify.model import WEIGHTED, default_model
from newsdedup.verify.profile import Profile
from newsdedup.verify.screen import surely_distinct
from newsdedup.verify.verdict import Circumstances, judge

MODEL = default_model()
COUNTS = {"length": 400, "verbatim": 90, "verbatim_facts": 15, "verbatim_sentences": 90, "fact_count": 9}
CIRCUMSTANCES = [
    Circumstances(form=form, same_source=source, correction=correction)
    for form in (False, True)
    for source in (None, False, True)
    for correction in (False, True)
]


def any_features(random: Random) -> Features:
    """Numbers of every size, most of them small: strong ones would hide what a weak one does."""
    most = random.choice((0.3, 0.6, 0.9, 1.0))
    values: dict[str, float] = {}
    for field in fields(Features):
        if field.name == "passages":
            values[field.name] = random.choice((0, 1, 2, 1_000_000))
        elif field.name in WEIGHTED or field.type in ("float", float):
            values[field.name] = random.random() * most
        else:
            values[field.name] = random.randint(0, COUNTS.get(field.name, 12))
    return Features(**values)  # type: ignore[arg-type]  # counts are whole numbers


def table_of(features: list[Features]) -> FeatureTable:
    values = np.array([[getattr(each, name) for name in NUMBERS] for each in features], dtype=np.float64)
    return FeatureTable(passed=np.ones(len(features), dtype=bool), values=values.reshape(-1, len(NUMBERS)))


def check(features: list[Features]) -> int:
    found = surely_distinct(table_of(features), MODEL)
    for each, distinct in zip(features, found.tolist(), strict=True):
        if distinct:
            assert {judge(each, MODEL, known).verdict for known in CIRCUMSTANCES} == {Verdict.DISTINCT}
    return int(found.sum())


def test_what_it_finds_is_distinct_in_all_circumstances() -> None:
    random = Random(3)  # noqa: S311 - repeatable
    assert 300 < check([any_features(random) for _ in range(3000)]) < 2700


def test_it_finds_most_of_the_distinct_pairs_of_real_articles(newsroom: Newsroom) -> None:
    table = make_table(list(newsroom.articles.values())[:24])
    profiles = [Profile(table, row) for row in range(len(table))]
    features = [pair_features(one, other) for place, one in enumerate(profiles) for other in profiles[:place]]
    distinct = sum(judge(each, MODEL, Circumstances()).verdict is Verdict.DISTINCT for each in features)
    assert distinct >= check(features) > 0.9 * distinct


def test_identical_texts_are_never_screened_out() -> None:
    nothing = Features(**{field.name: 0 for field in fields(Features)})
    assert surely_distinct(table_of([nothing, replace(nothing, jaccard=1.0)]), MODEL).tolist() == [True, False]


def test_no_pairs() -> None:
    assert np.array_equal(surely_distinct(table_of([]), MODEL), np.zeros(0, dtype=bool))
