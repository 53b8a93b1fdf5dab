"""What each route asks for: monotone, blind to sides, and more of a short text or of a form."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdedup.verify.features import Features
from newsdedup.verify.model import (
    CONDENSED_LENGTH_RATIO,
    ENOUGH,
    MIN_LENGTH,
    SCARCE,
    SCARCE_GUARD,
    TABLE_FIGURES,
    Route,
    brevity,
    copy_margin,
    default_model,
    guard,
    margins,
    passage_margin,
)

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=200)
COUNTS = {field.name for field in fields(Features) if field.type in ("int", int)}
SIZES = {"length", "length_ratio", "fact_count", "figures"}  # they say what is compared, not how much of it is alike
EVIDENCE = sorted({field.name for field in fields(Features)} - SIZES)
MODEL = default_model()
REWRITES = ("facts", "telling", "condensed")

any_features = st.builds(
    Features,
    **{
        # Sizes around the limits of the routes, and figures of texts and tables.
        field.name: st.integers(0, 2 * ENOUGH)
        if field.name == "length"
        else st.sampled_from([0.0, 0.05, 0.3])
        if field.name == "figures"
        else st.integers(0, 12)
        if field.name == "fact_count"
        else st.integers(0, 90)
        if field.name in COUNTS
        else st.floats(0, 1, width=32)
        for field in fields(Features)
    },
)


def everything(**given_: float) -> Features:
    """Two long articles that share all there is, but for what is given."""
    counts = {"length": 300, "verbatim": 200, "verbatim_facts": 30, "verbatim_sentences": 200, "passages": 20}
    base: dict[str, float] = {field.name: 60 if field.name in COUNTS else 1.0 for field in fields(Features)}
    return Features(**(base | counts | {"figures": 0.02} | given_))  # type: ignore[arg-type]


def nothing(**given_: float) -> Features:
    """Two long articles that share nothing but what is given."""
    base: dict[str, float] = {field.name: 0 if field.name in COUNTS else 0.0 for field in fields(Features)}
    return Features(**(base | {"length": 300, "length_ratio": 1.0, "fact_count": 40} | given_))  # type: ignore[arg-type]


class TestEveryRoute:
    @given(any_features, st.sampled_from(EVIDENCE), st.booleans(), st.data())
    @EXAMPLES
    def test_never_falls_when_more_is_alike(self, found: Features, name: str, form: bool, data: st.DataObject) -> None:
        value = getattr(found, name)
        more = st.integers(value, 500) if name in COUNTS else st.floats(value, 1, width=32)
        raised = replace(found, **{name: data.draw(more)})  # type: ignore[arg-type]
        before, after = (margins(side, MODEL, form=form) for side in (found, raised))
        assert before.keys() == after.keys()
        assert all(after[route] >= before[route] - 1e-9 for route in before)

    @given(any_features, st.integers(0, 2 * ENOUGH), st.booleans())
    @EXAMPLES
    def test_asks_no_more_of_a_longer_text(self, found: Features, more: int, form: bool) -> None:
        longer = replace(found, length=found.length + more)
        before, after = (margins(side, MODEL, form=form) for side in (found, longer))
        assert before.keys() <= after.keys()
        assert all(after[route] >= before[route] - 1e-9 for route in before)

    @given(any_features, st.booleans())
    @EXAMPLES
    def test_does_not_depend_on_the_side(self, found: Features, form: bool) -> None:
        assert margins(found.swapped(), MODEL, form=form) == margins(found, MODEL, form=form)

    @given(any_features)
    @EXAMPLES
    def test_asks_no_less_of_a_form_and_a_table_is_one(self, found: Features) -> None:
        text, table = replace(found, figures=TABLE_FIGURES - 0.01), replace(found, figures=TABLE_FIGURES)
        plain, form = margins(text, MODEL), margins(text, MODEL, form=True)
        assert plain.keys() == form.keys()
        assert all(form[route] <= plain[route] for route in plain)
        assert margins(table, MODEL) == margins(table, MODEL, form=True) == form

    def test_is_open_where_all_is_alike_and_closed_where_nothing_is(self) -> None:
        for ratio in (0.3, 1.0):
            opened = margins(everything(length_ratio=ratio), MODEL, form=True)
            closed = margins(nothing(length_ratio=ratio), MODEL)
            assert opened.keys() == closed.keys()
            assert min(opened.values()) > 0 > max(closed.values())


class TestRewrites:
    @pytest.mark.parametrize(("length", "routes"), [(MIN_LENGTH - 1, 0), (MIN_LENGTH, 2), (300, 2)])
    def test_are_told_of_texts_of_some_length(self, length: int, routes: int) -> None:
        assert MIN_LENGTH == 36
        assert len(margins(everything(length=length), MODEL).keys() & set(REWRITES)) == routes

    @pytest.mark.parametrize(
        ("ratio", "routes"),
        [
            (0.19, set()),
            (0.2, {"facts", "telling", "condensed"}),
            (CONDENSED_LENGTH_RATIO, {"facts", "telling", "condensed"}),
            (0.46, {"facts", "telling"}),
        ],
    )
    def test_are_not_told_of_texts_too_unequal(self, ratio: float, routes: set[str]) -> None:
        assert margins(everything(length_ratio=ratio), MODEL).keys() - {"copy", "passages"} == routes

    @pytest.mark.parametrize("length", [300, SCARCE, SCARCE - 1, MIN_LENGTH])
    @pytest.mark.parametrize("route", REWRITES)
    def test_share_the_facts_that_weigh(self, route: str, length: int) -> None:
        def margin(weight: float) -> float:
            found = everything(facts_weight=weight, facts_weight_both=0.0, length=length, length_ratio=0.3)
            return margins(found, MODEL)[route]

        needed = guard(route, length)
        assert margin(needed + 0.01) > 0
        assert needed == 0 or margin(needed - 0.01) < 0

    def test_share_more_facts_the_less_there_is_to_tell_by(self) -> None:
        assert [guard(route, 300) for route in REWRITES] == sorted(guard(route, 300) for route in REWRITES)
        assert guard("facts", 300) == 0
        assert 0.5 < guard("telling", 300) < 0.9
        for route in REWRITES:
            assert guard(route, SCARCE) == guard(route, 300)
            assert guard(route, SCARCE - 1) == max(guard(route, 300), SCARCE_GUARD)

    @given(st.sampled_from(REWRITES), st.integers(0, 400), st.integers(0, 400))
    @EXAMPLES
    def test_lose_by_brevity_and_more_so_the_shorter_they_are(self, route: str, one: int, other: int) -> None:
        short, long = sorted((one, other))
        assert brevity(route, short) >= brevity(route, long) >= 0
        assert brevity(route, ENOUGH) == 0
        for length in (short, long):
            if length >= MIN_LENGTH:
                found = everything(length=length, length_ratio=0.3)
                raw = MODEL.routes[route].margin(found)
                assert margins(found, MODEL)[route] <= raw - brevity(route, length)

    def test_paraphrases_lose_most_and_scarce_texts_at_every_route(self) -> None:
        assert brevity("facts", SCARCE) > brevity("telling", SCARCE) > brevity("condensed", SCARCE) == 0
        assert all(brevity(route, MIN_LENGTH) >= brevity(route, SCARCE) + 1 for route in REWRITES)

    def test_that_fill_in_a_form_share_nearly_every_fact(self) -> None:
        for weight, sign in ((0.79, -1), (0.81, 1)):
            found = margins(everything(facts_weight_both=weight, length_ratio=0.3), MODEL, form=True)
            assert all(math.copysign(1, found[route]) == sign for route in (*REWRITES, "copy", "passages"))

    def test_a_route_is_its_weighted_sum(self) -> None:
        route = Route(weights={"lcs": 2.0, "order": 4.0}, bias=-3.0)
        assert route.margin(nothing(lcs=0.5, order=0.25)) == pytest.approx(-1.0)


# Sharing 3-shingles to that share, and facts as given.
COPIES = [
    # label, numbers, copied
    ("all-alike", {}, True),
    ("half-of-the-shingles", {"jaccard": 0.5}, True),
    ("a-third-of-the-shingles", {"jaccard": 0.35}, False),
    ("half-of-the-facts-new", {"jaccard": 0.7, "facts_both": 0.45}, False),
    ("other-numbers", {"jaccard": 0.7, "numbers": 0.3}, False),
    ("other-names", {"jaccard": 0.7, "facts_weight": 0.7}, False),
    ("a-side-with-other-names", {"jaccard": 0.7, "facts_weight_both": 0.45}, False),
    ("nearly-word-for-word", {"jaccard": 0.9, "facts_weight": 0.5, "facts_weight_both": 0.5}, True),
    ("a-template-of-short-items", {"jaccard": 0.87, "facts_weight": 0.6, "facts_weight_both": 0.5}, False),
    ("few-facts", {"fact_count": 3, "jaccard": 0.82, "facts_weight": 0.1, "facts_both": 0.1}, True),
    ("few-facts-few-words", {"fact_count": 3, "jaccard": 0.78}, False),
    ("few-facts-more-of-them", {"fact_count": 4, "jaccard": 0.82, "facts_weight": 0.1}, False),
    ("short", {"length": 18, "jaccard": 0.7, "facts_weight": 0.87, "facts_weight_both": 0.72}, True),
    ("short-other-names", {"length": 18, "jaccard": 0.7, "facts_weight": 0.85, "facts_weight_both": 0.72}, False),
    ("short-one-side-more", {"length": 18, "jaccard": 0.7, "facts_weight": 0.87, "facts_weight_both": 0.70}, False),
    ("long-enough", {"length": SCARCE, "jaccard": 0.7, "facts_weight": 0.73, "facts_weight_both": 0.51}, True),
]


@pytest.mark.parametrize(("given_", "copied"), [case[1:] for case in COPIES], ids=[case[0] for case in COPIES])
def test_a_copy(given_: dict[str, float], copied: bool) -> None:
    assert (copy_margin(everything(**given_)) > 0) == copied


def test_two_forms_are_no_copies_however_alike_their_words() -> None:
    alike = everything(jaccard=0.93, facts_weight=0.75, facts_weight_both=0.75)
    assert copy_margin(alike) > 0 > copy_margin(alike, form=True)
    assert copy_margin(replace(alike, facts_weight=0.85, facts_weight_both=0.82), form=True) > 0


PASSAGES = [
    # label, numbers, taken
    ("all-alike", {}, True),
    ("the-shortest-known", {"verbatim": 47, "verbatim_sentences": 45, "verbatim_facts": 10}, True),
    ("a-house-template", {"verbatim": 41, "verbatim_sentences": 41, "verbatim_facts": 20}, False),
    ("a-teaser-list", {"verbatim": 120, "verbatim_sentences": 0, "verbatim_facts": 30}, False),
    ("hardly-a-whole-sentence", {"verbatim": 120, "verbatim_sentences": 24, "verbatim_facts": 30}, False),
    ("few-words-without-facts", {"verbatim": 50, "verbatim_sentences": 50, "verbatim_facts": 2}, False),
    ("many-words-without-facts", {"verbatim": 80, "verbatim_sentences": 80, "verbatim_facts": 0}, True),
    ("one-passage-shingle", {"passages": 1}, False),
    ("two-passage-shingles", {"passages": 2}, True),
]


@pytest.mark.parametrize(("given_", "taken"), [case[1:] for case in PASSAGES], ids=[case[0] for case in PASSAGES])
def test_a_passage(given_: dict[str, float], taken: bool) -> None:
    assert (passage_margin(everything(**given_)) > 0) == taken
