"""The shipped model: valid, monotone in every kind of evidence, scores within 0..1."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdedup.errors import ConfigError
from newsdedup.verify.features import Features
from newsdedup.verify.model import (
    MIN_LENGTH,
    MIN_LENGTH_RATIO,
    WEIGHTED,
    Model,
    default_model,
    load_model,
    margins,
    model_document,
    model_fingerprint,
    score,
)

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=150)
COUNTS = {"length", "verbatim", "verbatim_facts", "verbatim_sentences", "fact_count", "shared_facts", "passages"}
SIZES = {"length", "length_ratio", "fact_count", "figures"}
"""What says what there is to compare, not how much of it is alike: they open and close routes."""

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


GOOD = json.dumps(model_document(default_model()))


def with_value(place: str, value: object) -> str:
    """The shipped model's document with one value replaced; `...` takes the value out."""
    document = json.loads(GOOD)
    *path, last = place.split("/")
    inner = document
    for key in path:
        inner = inner[key]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return json.dumps(document)


def refusal(folder: Path, text: str | bytes) -> str:
    path = folder / "m.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        load_model(path)
    told = str(caught.value)
    assert told.startswith(f"model {path}: ")
    assert "\n" not in told
    return told.removeprefix(f"model {path}: ")


class TestModelFile:
    def test_what_is_written_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "m.json"
        path.write_text(GOOD, encoding="utf-8")
        assert load_model(path) == default_model()
        path.write_text("\ufeff" + with_value("made_by", {"any": "thing"}), encoding="utf-8")
        assert load_model(path) == default_model()

    def test_what_a_route_may_weigh_is_a_share_and_sees_no_side(self) -> None:
        assert {"lcs", "facts_both", "order", "numbers"} <= WEIGHTED
        assert not WEIGHTED & (COUNTS | {"length", "length_ratio", "contained_left", "contained_right"})

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("", "not JSON"),
            ("{", "not JSON"),
            ("[" * 100_000, "not JSON"),
            ("[]", "the document is not an object"),
            ("{}", "routes is missing"),
            (with_value("routes", []), "routes is not an object"),
            (with_value("routes/facts", ...), "route facts is missing; there are facts, telling, condensed"),
            (with_value("routes/extra", {}), "route extra is unknown; there are"),
            (with_value("routes/facts", 3), "facts is not an object"),
            (with_value("routes/facts/weights", ...), "route facts: weights is missing"),
            (with_value("routes/facts/weights/lcs_", 1), "route facts: unknown number lcs_; known are facts_both,"),
            (with_value("routes/facts/weights/length", 1), "route facts: unknown number length;"),
            (with_value("routes/telling/weights/lcs", -0.1), "route telling: weight lcs is below 0"),
            (with_value("routes/telling/weights/lcs", True), "route telling: weight lcs is not a number"),
            (with_value("routes/telling/weights/lcs", "1"), "route telling: weight lcs is not a number"),
            (with_value("routes/telling/weights/lcs", math.nan), "route telling: weight lcs is not a number"),
            (with_value("routes/telling/weights/lcs", math.inf), "route telling: weight lcs is not a number"),
            (with_value("routes/telling/weights/lcs", 10**400), "route telling: weight lcs is not a number"),
            (with_value("routes/telling/bias", ...), "route telling: bias is missing"),
            (with_value("routes/telling/bias", 0), "route telling: bias is 0.0; it must be below 0"),
            (with_value("calibration", ...), "calibration is missing"),
            (with_value("calibration/slope", 0), "calibration slope is 0.0; it must be above 0"),
            (with_value("calibration/slope", -1), "calibration slope is -1.0; it must be above 0"),
            (with_value("calibration/offset", None), "calibration offset is missing"),
            (b"\xff\xfe", "not UTF-8 text"),
            (" " * 100_001, "over 100 kB"),
        ],
    )
    def test_what_is_no_model_is_refused_with_the_place(self, tmp_path: Path, text: str | bytes, told: str) -> None:
        assert refusal(tmp_path, text).startswith(told)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="no such file"):
            load_model(tmp_path / "nix.json")
        with pytest.raises(ConfigError, match="not a file"):
            load_model(tmp_path)

    def test_the_fingerprint_is_that_of_the_numbers(self) -> None:
        model = default_model()
        same = Model(routes=dict(reversed([*model.routes.items()])), slope=model.slope, offset=model.offset)
        assert model_fingerprint(same) == model_fingerprint(model)
        assert model_fingerprint(replace(model, slope=model.slope + 0.001)) != model_fingerprint(model)
        assert len(model_fingerprint(model)) == 16
