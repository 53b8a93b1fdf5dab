"""The fit: closed forms, brute force, what a few pairs may change, and where the bar is drawn."""

from __future__ import annotations

import json
import math
import random
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.errors import InputError, NewsdedupError
from newsdedup.gold.bar import Bar, choose_bar, precision_at
from newsdedup.gold.features import Mask, PairColumns, article_groups, join_columns, pair_columns
from newsdedup.gold.figures import balanced_f1, bar_at, brier, reliability, share_above
from newsdedup.gold.fitting import (
    ROUTES,
    all_margins,
    balanced_weights,
    calibrate,
    fit_routes,
    fit_weights,
    open_to,
    require_scipy,
    route_margins,
    scores_of,
    sums,
)
from newsdedup.gold.folds import make_folds
from newsdedup.gold.load import Gold, LabelledPair, load_gold
from newsdedup.gold.refit import base_weights, refit, refit_routes
from newsdedup.gold.tuning import refuse_too_few, tune_pairs
from newsdedup.verify.features import Features
from newsdedup.verify.model import Model, Route, default_model, margins, model_document, read_model, score

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=60)
NEWSROOM = Path(__file__).parent.parent / "benchmarks" / "newsroom"


@pytest.fixture(scope="module")
def gold() -> Gold:
    return load_gold(NEWSROOM)


@pytest.fixture(scope="module")
def pairs(gold: Gold) -> PairColumns:
    return pair_columns(gold)


def everything(pairs: PairColumns) -> Mask:
    return np.ones(len(pairs), dtype=bool)


def rows(pairs: PairColumns, chosen: NDArray[np.generic]) -> PairColumns:
    """The pairs that a mask or an order chooses."""
    by_name = ("numbers", "loss", "cap")
    named = {field: {name: each[chosen] for name, each in getattr(pairs, field).items()} for field in by_name}
    columns = {
        field.name: getattr(pairs, field.name)[chosen] for field in fields(PairColumns) if field.name not in by_name
    }
    return PairColumns(**named, **columns)  # type: ignore[arg-type]  # each column keeps its type


def of_groups(pairs: PairColumns, count: int) -> PairColumns:
    kept = np.unique(pairs.left_group[pairs.listed])[:count]
    return rows(pairs, np.isin(pairs.left_group, kept) & np.isin(pairs.right_group, kept))


def mixed_up(pairs: PairColumns, seed: int) -> NDArray[np.int64]:
    """The rows in another order."""
    return np.random.default_rng(seed).permutation(len(pairs))


class TestWeights:
    def test_one_yes_or_no_feature_gets_the_difference_of_the_log_odds(self) -> None:
        # x = 1: 8 of 10 derived, x = 0: 2 of 10
        x = np.array([[1.0]] * 10 + [[0.0]] * 10)
        derived = np.array([True] * 8 + [False] * 2 + [True] * 2 + [False] * 8)
        found = fit_weights(x, derived, np.ones(20), ridge=0.0)
        assert found == pytest.approx([2 * math.log(4)], abs=1e-3)

    @pytest.mark.parametrize("ridge", [1e-3, 1e-2, 0.3])
    def test_nothing_on_a_grid_is_better(self, ridge: float) -> None:
        x = [0.1, 0.3, 0.35, 0.5, 0.6, 0.9]
        signs = [-1, -1, 1, -1, 1, 1]
        shares = [1.0, 2.0, 1.0, 0.5, 1.0, 1.0]

        def objective(weight: float, bias: float) -> float:  # written out once more, plainly
            losses = [
                share * math.log(1 + math.exp(-sign * (weight * value + bias)))
                for value, sign, share in zip(x, signs, shares, strict=True)
            ]
            return sum(losses) / sum(shares) + ridge * (weight * float(np.std(x))) ** 2

        def at(weight: float) -> float:
            return min(objective(weight, bias) for bias in np.linspace(-15, 5, 401))

        found = float(fit_weights(np.array(x)[:, None], np.array(signs) > 0, np.array(shares), ridge=ridge)[0])
        assert at(found) <= min(map(at, np.linspace(0, 20, 101))) + 1e-4
        assert at(found) < min(at(found - 1), at(found + 1))

    def test_a_feature_that_speaks_against_gets_no_weight(self) -> None:
        x = np.array([[0.1, 0.9], [0.2, 0.7], [0.8, 0.3], [0.9, 0.1]])
        found = fit_weights(x, np.array([False, False, True, True]), np.ones(4), ridge=1e-3)
        assert found[1] == 0.0 < found[0]

    @given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.booleans()), min_size=4, max_size=25))
    @EXAMPLES
    def test_no_weight_is_negative_or_undefined(self, drawn: list[tuple[float, float, bool]]) -> None:
        x = np.array([each[:2] for each in drawn])
        found = fit_weights(x, np.array([each[2] for each in drawn]), np.ones(len(drawn)), ridge=1e-3)
        assert np.isfinite(found).all()
        assert (found >= 0).all()

    @given(st.randoms(use_true_random=False))
    @EXAMPLES
    def test_the_order_of_pairs_does_not_matter_and_a_pair_twice_is_a_pair_of_double_weight(
        self, lot: random.Random
    ) -> None:
        x = np.array([[lot.random(), lot.random()] for _ in range(14)])
        derived = np.array([lot.random() < value[0] for value in x])
        shares = np.array([lot.choice((0.5, 1.0, 2.0)) for _ in x])
        spread = np.array([0.3, 0.2])
        order = lot.sample(range(14), 14)
        found = fit_weights(x, derived, shares, ridge=0.01, spread=spread)
        mixed = fit_weights(x[order], derived[order], shares[order], ridge=0.01, spread=spread)
        assert mixed == pytest.approx(found, abs=1e-2)
        twice = np.concatenate((np.arange(14), [3, 5]))
        doubled = shares.copy()
        doubled[[3, 5]] *= 2
        assert fit_weights(x[twice], derived[twice], shares[twice], ridge=0.01, spread=spread) == pytest.approx(
            fit_weights(x, derived, doubled, ridge=0.01, spread=spread), abs=1e-2
        )

    def test_the_ridge_pulls_to_the_centre_and_to_nothing_without_one(self) -> None:
        x = np.array([[0.2, 0.1], [0.3, 0.5], [0.7, 0.2], [0.9, 0.8]])
        derived = np.array([False, False, True, True])
        centre = np.array([4.0, 7.0])
        near = fit_weights(x, derived, np.ones(4), ridge=1e6, centre=centre)
        assert near == pytest.approx(centre, abs=1e-3)
        assert fit_weights(x, derived, np.ones(4), ridge=1e6) == pytest.approx([0, 0], abs=1e-3)
        assert fit_weights(x, derived, np.ones(4), ridge=1e-3, centre=centre)[0] > 8

    def test_a_feature_that_never_changes_does_no_harm(self) -> None:
        x = np.array([[0.2, 0.5], [0.4, 0.5], [0.8, 0.5]])
        found = fit_weights(x, np.array([False, False, True]), np.ones(3), ridge=1e-2)
        assert np.isfinite(found).all()


class TestCalibration:
    MARGINS = np.array([1.0] * 10 + [-1.0] * 10)
    DERIVED = np.array([True] * 9 + [False] + [True] * 3 + [False] * 7)

    def test_two_margins_get_the_log_odds_of_their_shares(self) -> None:
        high, low = math.log(9), math.log(3 / 7)
        found = calibrate(self.MARGINS, self.DERIVED)
        assert found == pytest.approx(((high - low) / 2, (high + low) / 2), abs=1e-3)

    def test_weights_count_pairs(self) -> None:
        weights = np.where(self.DERIVED, 2.0, 1.0)
        high, low = math.log(18), math.log(6 / 7)
        found = calibrate(self.MARGINS, self.DERIVED, weights=weights)
        assert found == pytest.approx(((high - low) / 2, (high + low) / 2), abs=1e-3)

    def test_a_strong_prior_stays_and_a_weak_one_yields(self) -> None:
        prior = (2.0, 0.5)
        stays = calibrate(self.MARGINS, self.DERIVED, prior=prior, prior_pairs=1e6)
        yields = calibrate(self.MARGINS, self.DERIVED, prior=prior, prior_pairs=1e-6)
        assert stays == pytest.approx(prior, abs=1e-3)
        assert yields == pytest.approx(calibrate(self.MARGINS, self.DERIVED), abs=1e-3)

    def test_between_data_and_prior_nothing_near_is_better(self) -> None:
        def objective(slope: float, offset: float) -> float:  # written out once more, plainly
            signs = [1 if true else -1 for true in self.DERIVED]
            logits = [slope * value + offset for value in self.MARGINS]
            losses = [math.log(1 + math.exp(-sign * logit)) for sign, logit in zip(signs, logits, strict=True)]
            return sum(losses) + 3.0 * ((slope / 2.0 - 1) ** 2 + (offset - 0.5) ** 2)

        slope, offset = calibrate(self.MARGINS, self.DERIVED, prior=(2.0, 0.5), prior_pairs=3.0)
        around = [(slope + a, offset + b) for a in (-0.01, 0, 0.01) for b in (-0.01, 0, 0.01)]
        assert objective(slope, offset) == min(objective(*each) for each in around)
        assert calibrate(self.MARGINS, self.DERIVED)[0] < slope < 2.0

    def test_the_slope_never_turns(self) -> None:
        assert calibrate(self.MARGINS, ~self.DERIVED)[0] > 0

    def test_far_margins_do_not_decide_the_slope(self) -> None:
        margins, derived = np.append(self.MARGINS, 1000.0), np.append(self.DERIVED, True)
        same = np.append(self.MARGINS, 6.0)
        assert calibrate(margins, derived) == pytest.approx(calibrate(same, derived), abs=1e-9)


class TestRoutes:
    def test_margins_are_those_that_verdicts_are_made_from(self, pairs: PairColumns) -> None:
        model = default_model()
        names = [field.name for field in fields(Features)]
        counts = {field.name for field in fields(Features) if field.type in ("int", int)}
        found, scores = all_margins(pairs, model.routes), scores_of(all_margins(pairs, model.routes), model)
        for row in range(len(pairs)):
            values = {name: float(pairs.numbers[name][row]) for name in names}
            features = Features(**{name: int(value) if name in counts else value for name, value in values.items()})  # type: ignore[arg-type]
            strongest = max(margins(features, model).values())
            assert found[row] == pytest.approx(strongest, abs=1e-6)
            assert scores[row] == pytest.approx(score(strongest, model), abs=1e-9)

    def test_the_shipped_model_is_made_of_the_routes_in_the_table(self) -> None:
        shipped = default_model().routes
        assert list(shipped) == list(ROUTES)
        for name, rule in ROUTES.items():
            assert set(shipped[name].weights) <= set(rule.features)
            if rule.fixed:
                given = dict(zip(rule.features, rule.fixed, strict=True))
                assert dict(shipped[name].weights) == pytest.approx(given, abs=1e-3)

    def test_the_strongest_hard_negative_of_the_part_is_at_the_border(self, pairs: PairColumns) -> None:
        part = pairs.left_group % 2 == 0
        for name, route in fit_routes(pairs, part).items():
            here = part & pairs.hard & open_to(name, pairs)
            assert (sums(name, route.weights, pairs) + route.bias)[here].max() == pytest.approx(0, abs=1e-9)
            assert min(route.weights.values()) >= 0
            assert max(route.weights.values()) > 0

    def test_pairs_outside_the_part_change_nothing(self, pairs: PairColumns) -> None:
        part = pairs.left_group < np.median(pairs.left_group)
        inside = rows(pairs, part)
        whole, alone = fit_routes(pairs, part), fit_routes(inside, everything(inside))
        for name in ROUTES:
            assert whole[name].weights == pytest.approx(dict(alone[name].weights), rel=1e-2)
            assert whole[name].bias == pytest.approx(alone[name].bias, rel=1e-2)

    def test_a_closed_route_finds_nothing(self, pairs: PairColumns) -> None:
        closed = replace(pairs, cap={name: np.full(len(pairs), -np.inf) for name in ROUTES})
        assert not closed.able.any()
        assert (route_margins(closed, default_model().routes) == -np.inf).all()
        assert np.array_equal(all_margins(closed, default_model().routes), pairs.fixed)

    def test_kinds_weigh_alike_within_a_family_and_families_alike(self, pairs: PairColumns) -> None:
        other = replace(of_groups(pairs, 6), family=np.full(len(of_groups(pairs, 6)), "other"))
        both = join_columns([pairs, other])
        weights = balanced_weights(both, everything(both), {"newsroom": 2.0})
        assert weights.sum() == pytest.approx(1)
        for family, share in (("newsroom", 2.0), ("other", 1.0)):
            derived = both.derived & (both.family == family)
            kinds = sorted(set(both.kind[derived].tolist()))
            sums = [weights[derived & (both.kind == kind)].sum() for kind in kinds]
            assert sums == pytest.approx([sums[0]] * len(kinds))
            assert sum(sums) == pytest.approx(share * sum(weights[both.derived & (both.family == "other")]))

    def test_without_scipy_one_line_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "scipy", None)
        with pytest.raises(NewsdedupError, match=r"scipy.*pip install 'newsdedup\[tune\]'"):
            require_scipy()


def chain(labels: Sequence[tuple[int, int, str]], articles: int) -> Gold:
    return Gold(
        name="chain",
        articles=tuple(Article(id=f"{number:02d}", text="") for number in range(articles)),
        pairs=tuple(LabelledPair(left=a, right=b, label=label, detail="") for a, b, label in labels),
    )


class TestFolds:
    def test_articles_hang_together_through_labels_but_not_through_distinct(self) -> None:
        found = article_groups(chain([(0, 4, "copy"), (2, 4, "ignore"), (1, 3, "independent"), (3, 4, "distinct")], 6))
        assert found.tolist() == [0, 1, 0, 1, 0, 5]

    def test_groups_stay_whole_and_every_pair_is_left_out_once(self, pairs: PairColumns) -> None:
        folds = make_folds(pairs, pairs.listed, 5)
        for fold in range(5):
            kept, out = folds.kept(fold), folds.left_out(fold)
            inside = {*pairs.left_group[kept].tolist(), *pairs.right_group[kept].tolist()}
            assert not inside & set(pairs.left_group[out & pairs.listed].tolist())
            assert not (kept & out).any()
            for chosen in (pairs.derived, pairs.hard):
                assert 0.5 <= (out & chosen).sum() / (chosen.sum() / 5) <= 1.6
        assert np.stack([folds.left_out(fold) for fold in range(5)]).sum(axis=0).tolist() == [1] * len(pairs)

    def test_a_pair_that_nobody_labelled_is_kept_only_where_both_articles_are(self, pairs: PairColumns) -> None:
        groups = np.unique(pairs.left_group)
        across = replace(rows(pairs, np.array([0])), listed=np.array([False]), right_group=groups[-1:])
        mixed = replace(join_columns([pairs, across]), left_group=np.append(pairs.left_group, groups[0]))
        mixed = replace(mixed, right_group=np.append(pairs.right_group, groups[-1]))
        folds = make_folds(mixed, mixed.listed, 5)
        ends = {int(folds.left[-1]), int(folds.right[-1])}
        assert len(ends) == 2
        assert {fold for fold in range(5) if not folds.kept(fold)[-1]} == ends

    def test_folds_do_not_depend_on_the_order_of_pairs(self, pairs: PairColumns) -> None:
        order = mixed_up(pairs, 3)
        mixed = rows(pairs, order)
        folds, again = make_folds(pairs, pairs.listed, 5), make_folds(mixed, mixed.listed, 5)
        assert np.array_equal(folds.left[order], again.left)

    def test_groups_of_two_sets_stay_apart(self, pairs: PairColumns) -> None:
        both = join_columns([pairs, pairs])
        first, second = both.left_group[: len(pairs)], both.left_group[len(pairs) :]
        assert not set(first.tolist()) & set(second.tolist())
        assert len(both) == 2 * len(pairs)


class TestColumns:
    def test_every_labelled_pair_but_ignored_ones_is_a_row(self, gold: Gold, pairs: PairColumns) -> None:
        wanted = [(pair.left, pair.right, pair.label) for pair in gold.pairs if pair.label != "ignore"]
        listed = [
            (left, right, label)
            for left, right, label, known in zip(
                pairs.left.tolist(), pairs.right.tolist(), pairs.label.tolist(), pairs.listed.tolist(), strict=True
            )
            if known
        ]
        assert listed == wanted
        assert set(pairs.label[~pairs.listed].tolist()) <= {"distinct"}

    def test_candidates_that_nobody_labelled_are_distinct(self, gold: Gold) -> None:
        first = replace(gold, articles=gold.articles[:10], pairs=())
        found = pair_columns(first)
        assert len(found) > 10
        assert not found.listed.any()
        assert set(found.label.tolist()) == {"distinct"}
        assert not (found.derived | found.hard).any()

    def test_excerpts_are_derived_and_not_fitted(self, pairs: PairColumns) -> None:
        excerpts = pairs.label == "excerpt"
        assert excerpts.sum() == 24
        assert pairs.derived[excerpts].all()
        assert not pairs.fitted[excerpts].any()


class TestFigures:
    def test_brier(self) -> None:
        assert brier(np.array([1.0, 0.5, 0.2]), np.array([True, False, False])) == pytest.approx((0.25 + 0.04) / 3)

    def test_reliability_counts_every_pair_once_and_holds_its_lower_edge(self) -> None:
        found = reliability(np.array([0.0, 0.7, 0.75, 1.0]), np.array([False, True, False, True]))
        assert sum(each.pairs for each in found) == 4
        by_low = {each.low: each for each in found}
        assert (by_low[0.7].pairs, by_low[0.7].share_true) == (2, 0.5)
        assert by_low[0.7].mean_score == pytest.approx(0.725)
        assert by_low[0.97].pairs == 1
        assert (by_low[0.5].pairs, by_low[0.5].mean_score) == (0, None)

    def test_bar_lets_no_more_through_than_allowed(self) -> None:
        scores = np.array([0.9, 0.8, 0.8, 0.1])
        assert bar_at(scores, 0) == 0.9
        assert bar_at(scores, 1) == 0.8
        assert share_above(scores, bar_at(scores, 1)) == 0.25
        assert bar_at(scores, 4) == -np.inf

    def test_balanced_f1(self) -> None:
        assert balanced_f1(1.0, 0.0) == 1.0
        assert balanced_f1(0.6, 0.3) == pytest.approx(2 * 0.6 * (2 / 3) / (0.6 + 2 / 3))
        assert balanced_f1(0.0, 0.1) == 0.0


labelled_scores = st.lists(st.tuples(st.sampled_from([k / 20 for k in range(21)]), st.booleans()), min_size=2)


class TestBar:
    @staticmethod
    def bar(drawn: list[tuple[float, bool]], wanted: float, rate: float, usual: float = 0.7) -> Bar:
        scores, derived = np.array([each[0] for each in drawn]), np.array([each[1] for each in drawn])
        return choose_bar(scores, derived, wanted=wanted, base_rate=rate, usual=usual)

    @given(labelled_scores, st.sampled_from([0.5, 0.8, 0.95]), st.sampled_from([0.1, 0.5, 0.9]))
    @EXAMPLES
    def test_is_the_lowest_that_reaches_the_precision(
        self, drawn: list[tuple[float, bool]], wanted: float, rate: float
    ) -> None:
        found = self.bar(drawn, wanted, rate)
        true = [value for value, derived in drawn if derived]
        false = [value for value, derived in drawn if not derived]

        def precision(bar: float) -> float:
            recall = sum(value >= bar for value in true) / max(1, len(true))
            return precision_at(recall, sum(value >= bar for value in false), len(false), rate)

        assert found.precision == pytest.approx(precision(found.score))
        assert found.false == sum(value >= found.score for value in false)
        said = [value >= found.score for value, _ in drawn]
        if found.reached:
            assert found.precision >= wanted
            beneath = [k / 200 for k in range(100, 201) if k / 200 < found.score]
            others = [bar for bar in beneath if [value >= bar for value, _ in drawn] != said]
            assert all(precision(bar) < wanted for bar in others)
        else:
            assert all(precision(k / 200) < wanted for k in range(100, 201))
            assert found.score >= 0.7

    def test_few_negatives_raise_the_bar_but_do_not_lower_it(self) -> None:
        clear = [(0.95, True)] * 20 + [(0.1, False)] * 20
        found = self.bar(clear, 0.99, 0.5)
        assert (found.score, found.reached, found.false) == (0.7, False, 0)
        assert self.bar([*clear, (0.8, False)], 0.99, 0.5).score > 0.8

    def test_many_negatives_may_lower_it(self) -> None:
        assert self.bar([(0.95, True)] * 20 + [(0.1, False)] * 200, 0.99, 0.5).score == 0.5

    def test_never_seen_to_be_wrong_is_not_always_right(self) -> None:
        assert precision_at(1.0, 0, 49, 0.5) == pytest.approx(1 / 1.01)

    def test_a_bar_between_two_scores_has_few_decimals(self) -> None:
        found = self.bar([(0.923412, True)] * 30 + [(0.812345, False)] * 300, 0.999, 0.5)
        assert found.score == 0.87


class TestRefit:
    def change(self, pairs: PairColumns) -> float:
        shipped, found = default_model().routes, refit_routes(pairs, everything(pairs), default_model())
        return max(
            abs(found[name].weights.get(key, 0.0) / value - 1)
            for name, route in shipped.items()
            for key, value in route.weights.items()
        )

    def test_few_pairs_hardly_move_the_weights_and_more_move_them_more(self, pairs: PairColumns) -> None:
        few = of_groups(pairs, 4)
        assert 20 <= few.derived.sum() <= 30
        assert 0 < self.change(few) < 0.1
        assert self.change(few) < self.change(pairs)

    def test_few_pairs_hardly_move_border_and_curve(self, pairs: PairColumns) -> None:
        few = of_groups(pairs, 4)
        shipped, found = default_model(), refit(few, everything(few), default_model(), None)
        for name, route in shipped.routes.items():
            assert found.routes[name].bias == pytest.approx(route.bias, rel=0.1)
        assert found.slope == pytest.approx(shipped.slope, rel=0.2)
        assert found.offset == pytest.approx(shipped.offset, abs=0.3)

    def test_more_hard_negatives_count_for_more_at_the_border(self, pairs: PairColumns) -> None:
        # all hard negatives carry all facts over: the border of that route belongs at their height
        before = default_model().routes["facts"]
        raised = {name: np.where(pairs.hard, 1.0, pairs.numbers[name]) for name in before.weights}
        open_to_all = dict.fromkeys(ROUTES, np.full(len(pairs), np.inf))
        strong = replace(pairs, numbers={**pairs.numbers, **raised}, cap=open_to_all)
        few = of_groups(strong, 3)
        biases = [refit_routes(each, everything(each), default_model())["facts"].bias for each in (few, strong)]
        assert biases[1] < biases[0] < before.bias

    def test_a_route_without_pairs_of_both_sorts_stays_as_it_is(self, pairs: PairColumns) -> None:
        for alone in (rows(pairs, pairs.derived), rows(pairs, pairs.hard)):
            assert refit_routes(alone, everything(alone), default_model()) == default_model().routes

    def test_what_comes_out_is_a_valid_model(self, pairs: PairColumns) -> None:
        found = refit(pairs, everything(pairs), default_model(), 0.5)
        assert min(value for route in found.routes.values() for value in route.weights.values()) >= 0
        again = read_model(json.dumps(model_document(found)), "here")
        assert again.slope == pytest.approx(found.slope, abs=1e-4)
        assert again.routes["telling"].bias == pytest.approx(found.routes["telling"].bias, abs=1e-4)

    def test_weights_give_derived_pairs_the_base_rate(self, pairs: PairColumns) -> None:
        weights = base_weights(pairs, everything(pairs), 0.9)
        assert weights[pairs.derived].sum() / weights.sum() == pytest.approx(0.9)
        assert weights[pairs.listed].mean() == pytest.approx(1)
        half = replace(pairs, listed=np.arange(len(pairs)) % 2 == 0)
        assert (base_weights(half, everything(half), None) == half.listed).all()
        assert base_weights(half, everything(half), 0.9)[~half.listed].sum() == 0


def blunted() -> Model:
    """The shipped model with a border that is too low and a curve that is too flat."""
    shipped = default_model()
    routes = {name: Route(weights=route.weights, bias=route.bias * 0.9) for name, route in shipped.routes.items()}
    return Model(routes=routes, slope=0.3, offset=0.0)


class TestTuning:
    def test_a_worse_model_is_tuned_and_the_figures_say_so(self, gold: Gold, pairs: PairColumns) -> None:
        found = tune_pairs(gold, pairs, precision=0.99, base_rate=None, usual=0.7, prior=blunted())
        assert found.kept
        assert found.gain[0] > found.gain[1] > 0
        assert found.tuned.log_loss < found.shipped.log_loss
        assert found.gain[0] == pytest.approx(found.shipped.log_loss - found.tuned.log_loss)
        assert found.tuned.bar.recall >= found.shipped.bar.recall
        assert found.used is found.tuned
        assert found.min_score == found.tuned.bar.score

    def test_labels_drawn_by_lot_show_no_precision(self, gold: Gold, pairs: PairColumns) -> None:
        order = mixed_up(pairs, 5)
        drawn = replace(pairs, derived=pairs.derived[order], hard=pairs.hard[order])
        found = tune_pairs(gold, drawn, precision=0.9, base_rate=None, usual=0.7)
        assert not found.used.bar.reached
        assert found.used.precision < 0.5
        assert found.min_score >= 0.7

    def test_the_model_that_ships_stays_where_tuning_finds_less(self, gold: Gold, pairs: PairColumns) -> None:
        found = tune_pairs(gold, pairs, precision=0.99, base_rate=None, usual=0.7)
        better = found.gain[0] > found.gain[1] and found.tuned.bar.recall >= found.shipped.bar.recall
        assert found.kept == (better and found.tuned.bar.reached >= found.shipped.bar.reached)
        if not found.kept:
            assert found.used is found.shipped
            assert found.min_score == found.shipped.bar.score

    def test_no_pair_is_scored_by_a_model_that_saw_its_group(
        self, gold: Gold, pairs: PairColumns, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[tuple[set[int], int]] = []
        real = refit

        def spy(columns: PairColumns, part: Mask, prior: Model, base_rate: float | None) -> Model:
            seen.append((set(columns.left_group[part].tolist()), int(part.sum())))
            return real(columns, part, prior, base_rate)

        monkeypatch.setattr("newsdedup.gold.tuning.refit", spy)
        tune_pairs(gold, pairs, precision=0.99, base_rate=None, usual=0.7)
        folds = make_folds(pairs, pairs.listed, 5)
        assert len(seen) == 6
        for fold, (groups, _) in enumerate(seen[:5]):
            assert not groups & set(pairs.left_group[folds.left_out(fold)].tolist())
        assert seen[5][1] == len(pairs)

    def test_the_order_of_rows_does_not_matter(self, gold: Gold, pairs: PairColumns) -> None:
        order = mixed_up(pairs, 4)
        one, other = (
            tune_pairs(gold, each, precision=0.99, base_rate=0.3, usual=0.7) for each in (pairs, rows(pairs, order))
        )
        assert one.tuned.log_loss == pytest.approx(other.tuned.log_loss, abs=1e-4)
        assert one.kept == other.kept
        assert one.base_rate == other.base_rate == 0.3

    def test_a_stated_base_rate_moves_the_bar(self, gold: Gold, pairs: PairColumns) -> None:
        rare, common = (
            tune_pairs(gold, pairs, precision=0.99, base_rate=rate, usual=0.7).shipped.bar.score for rate in (0.1, 0.9)
        )
        assert rare > common

    def test_one_story_is_not_enough(self, gold: Gold, pairs: PairColumns) -> None:
        with pytest.raises(InputError, match="in 4 groups; cross-validation needs 5"):
            tune_pairs(gold, of_groups(pairs, 4), precision=0.99, base_rate=None, usual=0.7)

    def test_pairs_that_are_too_short_do_not_count(self, gold: Gold, pairs: PairColumns) -> None:
        able = np.cumsum(pairs.derived) <= 19  # and none of the derived pairs after the nineteenth
        cap = {name: np.where(able | ~pairs.derived, column, -np.inf) for name, column in pairs.cap.items()}
        with pytest.raises(InputError, match=r"1\d derived and \d+ hard ones are long enough.*tuning needs 20"):
            tune_pairs(gold, replace(pairs, cap=cap), precision=0.99, base_rate=None, usual=0.7)

    @pytest.mark.parametrize(("derived", "hard"), [(19, 40), (40, 19), (0, 0)])
    def test_too_few_labels_are_refused(self, derived: int, hard: int) -> None:
        labels = [(0, number + 1, "copy") for number in range(derived)]
        labels += [(0, number + 1, "template") for number in range(derived, derived + hard)]
        with pytest.raises(InputError, match=f"{derived} derived and {hard} hard pairs are labelled; tuning needs 20"):
            refuse_too_few(chain(labels, 100))

    def test_enough_labels_are_not(self) -> None:
        labels = [(0, number + 1, "rewrite" if number < 20 else "related") for number in range(40)]
        refuse_too_few(chain(labels, 100))
