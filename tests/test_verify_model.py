"""The shipped model: valid, monotone in every kind of evidence, scores within 0..1."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdedup.verify.features import Features
from newsdedup.verify.model import MIN_LENGTH, MIN_LENGTH_RATIO, default_model, margins, score

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=150)
COUNTS = {"length", "verbatim", "verbatim_facts", "fact_count", "shared_facts", "passages"}
SIZES = {"length", "length_ratio"}
"""What says how much there is to compare, not how much of it is alike: they open and close routes."""

features = st.builds(
    Features,
    **{
        field.name: st.integers(0, 400) if field.name in COUNTS else st.floats(0, 1, width=32)
        for field in fields(Features)
    },
)


def best(found: Features) -> float:
    return max(margins(found, default_model()).values())


class TestShippedModel:
    def test_weights_are_positive_and_name_features(self) -> None:
        model = default_model()
        names = {field.name for field in fields(Features)}
        assert {"facts", "telling", "condensed"} <= set(model.routes)
        for route in model.routes.values():
            assert set(route.weights) <= names - SIZES - COUNTS
            assert all(weight >= 0 for weight in route.weights.values())
            assert any(weight > 0 for weight in route.weights.values())
            assert math.isfinite(route.bias)
            assert route.bias < 0  # no evidence is no match
        assert model.slope > 0

    @given(features, st.sampled_from([field.name for field in fields(Features) if field.name not in SIZES]), st.data())
    @EXAMPLES
    def test_more_evidence_never_lowers_a_score(self, found: Features, name: str, data: st.DataObject) -> None:
        value = getattr(found, name)
        more = st.integers(value, 500) if name in COUNTS else st.floats(value, 1, width=32)
        raised = replace(found, **{name: data.draw(more)})  # type: ignore[arg-type]
        before, after = (margins(side, default_model()) for side in (found, raised))
        assert before.keys() == after.keys()
        assert all(after[route] >= before[route] - 1e-9 for route in before)
        assert score(best(raised), default_model()) >= score(best(found), default_model()) - 1e-12

    @given(features)
    @EXAMPLES
    def test_short_or_very_unequal_texts_have_no_route_to_a_rewrite(self, found: Features) -> None:
        for limited in (replace(found, length=MIN_LENGTH - 1), replace(found, length_ratio=MIN_LENGTH_RATIO / 2)):
            assert set(margins(limited, default_model())) == {"copy", "passages"}


class TestScore:
    @given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
    @EXAMPLES
    def test_is_a_probability_and_rises_with_the_margin(self, one: float, two: float) -> None:
        low, high = (score(margin, default_model()) for margin in sorted((one, two)))
        assert 0.0 <= low <= high <= 1.0

    @pytest.mark.parametrize("margin", [-1e300, -400.0, 400.0, 1e300])
    def test_extreme_margins_do_not_overflow(self, margin: float) -> None:
        assert score(margin, default_model()) == pytest.approx(float(margin > 0))

    def test_the_border_lies_between_no_and_yes(self) -> None:
        assert 0.5 <= score(0.0, default_model()) < 0.7
