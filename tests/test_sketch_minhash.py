"""MinHash against datasketch bit for bit, and both kinds against the exact numbers they estimate."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from datasketch import MinHash, WeightedMinHashGenerator
from numpy.typing import NDArray

from newsdedup.sketch.minhash import EMPTY, NUM_PERM, estimate_agreement, signatures, weighted_signatures

pytestmark = pytest.mark.usefixtures("each_kernel")

SEED = 2


def signed(sets: list[list[int]]) -> NDArray[np.uint32]:
    flat = np.array([value for members in sets for value in members], dtype=np.uint32)
    return signatures(flat, np.cumsum([0] + [len(members) for members in sets]))


def weighed(sets: list[dict[int, float]], seed: int = SEED) -> NDArray[np.uint32]:
    terms = np.array([term for members in sets for term in members], dtype=np.uint32)
    weights = np.array([weight for members in sets for weight in members.values()], dtype=np.float32)
    return weighted_signatures(terms, weights, np.cumsum([0] + [len(members) for members in sets]), seed)


def agreement(rows: NDArray[np.uint32], left: int = 0, right: int = 1) -> float:
    return float(estimate_agreement(rows, np.array([left]), np.array([right]))[0])


def identity(value: int) -> int:
    return value


def probability_jaccard(left: dict[int, float], right: dict[int, float]) -> float:
    """J_P of Moulton and Jiang, 2018, equation 1."""
    union = left.keys() | right.keys()
    return sum(
        1 / sum(max(left.get(j, 0) / left[i], right.get(j, 0) / right[i]) for j in union)
        for i in left.keys() & right.keys()
    )


def weighted_jaccard(left: dict[int, float], right: dict[int, float]) -> float:
    union = left.keys() | right.keys()
    smaller = sum(min(left.get(term, 0), right.get(term, 0)) for term in union)
    return smaller / sum(max(left.get(term, 0), right.get(term, 0)) for term in union)


def vocabulary_pair(generator: random.Random, size: int, shared: float) -> tuple[dict[int, float], dict[int, float]]:
    """Two subsets of one weighted vocabulary: each term has one weight, as in a language's static table."""
    weights = {generator.getrandbits(32): generator.uniform(0.5, 49.0) for _ in range(size)}
    sides: tuple[dict[int, float], dict[int, float]] = ({}, {})
    for term, weight in weights.items():
        draw = generator.random()
        if draw < shared or draw < (1 + shared) / 2:
            sides[0][term] = weight
        if draw < shared or draw >= (1 + shared) / 2:
            sides[1][term] = weight
    return sides


class TestSignatures:
    def test_equal_datasketch_bit_for_bit(self) -> None:
        generator = random.Random(20)  # noqa: S311 - test data
        sizes = [0, 1, 2, 3, 17, 0, 0, 300, 1, 5000, 0]
        sets = [[generator.getrandbits(32) for _ in range(size)] for size in sizes]
        sets += [[0], [2**32 - 1], [0, 2**32 - 1], list(range(100))]
        rows = signed(sets)
        assert rows.dtype == np.uint32
        assert rows.shape == (len(sets), NUM_PERM)
        for row, members in zip(rows, sets, strict=True):
            oracle = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=identity)
            oracle.update_batch(members)
            assert row.tolist() == oracle.digest().tolist()

    def test_repeats_and_order_change_nothing(self) -> None:
        members = [7, 3, 99, 2**31, 12]
        rows = signed([members, [*members, 7, 7, 3], members[::-1]])
        assert (rows == rows[0]).all()

    def test_a_batch_equals_its_sets_one_by_one(self) -> None:
        sets = [[1, 2, 3], [], [4], list(range(50, 400))]
        assert (signed(sets) == np.concatenate([signed([members]) for members in sets])).all()

    def test_no_sets(self) -> None:
        assert signed([]).shape == (0, NUM_PERM)

    @pytest.mark.parametrize("shared", [0.0, 0.05, 0.3, 0.5, 0.9, 1.0])
    def test_agreement_estimates_jaccard(self, shared: float) -> None:
        generator = random.Random(int(100 * shared))  # noqa: S311 - test data
        for size in (40, 700):
            pool = [generator.getrandbits(32) for _ in range(size)]
            common = int(shared * size)
            middle = (common + size) // 2
            left, right = pool[:middle], pool[:common] + pool[middle:]
            exact = len(set(left) & set(right)) / len(set(left) | set(right))
            estimate = agreement(signed([left, right]))
            assert abs(estimate - exact) <= 4 * math.sqrt(exact * (1 - exact) / NUM_PERM)


class TestWeightedSignatures:
    @pytest.mark.parametrize("shared", [0.0, 0.1, 0.25, 0.5, 0.8, 1.0])
    @pytest.mark.parametrize("seed", [2, 3])
    def test_agreement_estimates_the_probability_jaccard(self, shared: float, seed: int) -> None:
        generator = random.Random(seed * 1000 + int(100 * shared))  # noqa: S311 - test data
        errors = []
        for size in (8, 30, 120, 400):
            left, right = vocabulary_pair(generator, size, shared)
            exact = probability_jaccard(left, right)
            sigma = math.sqrt(exact * (1 - exact) / NUM_PERM)
            error = agreement(weighed([left, right], seed)) - exact
            assert abs(error) <= 4 * sigma + 1e-6
            errors.append(error)
        assert abs(sum(errors) / len(errors)) <= 0.09  # no lean to one side: 4 sigma of a mean of four

    def test_heavy_terms_count_by_their_weight(self) -> None:
        # Plain Jaccard of the two is 1/21; the one shared term holds 100 of 120 parts of the weight.
        left = {1: 100.0} | dict.fromkeys(range(10, 20), 1.0)
        right = {1: 100.0} | dict.fromkeys(range(20, 30), 1.0)
        exact = 100 / 120
        assert probability_jaccard(left, right) == pytest.approx(exact)
        assert abs(agreement(weighed([left, right])) - exact) <= 4 * math.sqrt(exact * (1 - exact) / NUM_PERM)

    def test_agrees_with_datasketch_where_total_weights_are_equal(self) -> None:
        # Every term weighs the same in both and the totals are equal: J_P and weighted Jaccard are one number.
        weights = dict(enumerate([1.0, 2.0, 4.0, 8.0, 16.0, 30.0] * 5))
        for step in (6, 12, 18, 24):
            left = {term: weight for term, weight in weights.items() if term < 30 - step}
            right = {term: weight for term, weight in weights.items() if term >= step}
            assert sum(left.values()) == sum(right.values())
            exact = weighted_jaccard(left, right)
            assert probability_jaccard(left, right) == pytest.approx(exact)
            oracle = WeightedMinHashGenerator(30, sample_size=NUM_PERM, seed=7)
            one, two = (
                oracle.minhash(np.array([side.get(term, 0.0) for term in range(30)], dtype=np.float32))
                for side in (left, right)
            )
            both = 4 * math.sqrt(2 * exact * (1 - exact) / NUM_PERM)  # two estimates, each with its own error
            assert abs(agreement(weighed([left, right])) - one.jaccard(two)) <= both

    def test_scaling_a_set_changes_no_choice_of_term(self) -> None:
        members = vocabulary_pair(random.Random(5), 60, 0.5)[0]  # noqa: S311 - test data
        rows = weighed([members, {term: 4 * weight for term, weight in members.items()}])
        values = rows.view(np.float32)
        assert (values[0] == 4 * values[1]).all()  # a power of two: exact in float32
        left, right = vocabulary_pair(random.Random(6), 60, 0.5)  # noqa: S311 - test data
        scaled = {term: 7 * weight for term, weight in left.items()}
        assert probability_jaccard(scaled, right) == pytest.approx(probability_jaccard(left, right))

    def test_one_term_may_weigh_differently_in_two_languages(self) -> None:
        english, german = {5: 2.0, 6: 9.0, 7: 1.0}, {5: 6.0, 6: 9.0, 8: 1.0}
        together = weighed([english, german, english])
        assert (together[0] == weighed([english])[0]).all()
        assert (together[1] == weighed([german])[0]).all()
        assert (together[2] == together[0]).all()
        assert agreement(weighed([{5: 2.0}, {5: 6.0}])) == 0.0

    def test_each_seed_is_a_family_of_its_own(self) -> None:
        members = {term: 1.0 + term % 5 for term in range(50)}
        assert agreement(np.concatenate([weighed([members], 2), weighed([members], 3)])) == 0.0

    def test_order_changes_nothing(self) -> None:
        members = {3: 1.5, 1: 7.0, 2: 0.1, 2**32 - 1: 49.0, 0: 3.0}
        rows = weighed([members, dict(reversed(members.items()))])
        assert agreement(rows) == 1.0

    def test_more_terms_than_one_block_of_the_table(self) -> None:
        many = {term: 1.0 + term % 7 for term in range(1500)}
        rows = weighed([many, {1499: many[1499]}, {0: many[0]}])
        assert (rows[0] == np.minimum.reduce([weighed([{term: weight}])[0] for term, weight in many.items()])).all()
        assert (rows[1] == weighed([{1499: many[1499]}])[0]).all()


class TestEmptySets:
    def test_match_nothing_not_even_each_other(self) -> None:
        for rows in (signed([[], [1, 2], []]), weighed([{}, {1: 2.0, 2: 3.0}, {}])):
            assert (rows[[0, 2]] == EMPTY).all()
            assert agreement(rows, 0, 1) == 0.0
            assert agreement(rows, 0, 2) == 0.0
            assert agreement(rows, 1, 1) == 1.0

    def test_estimates_of_many_pairs_keep_their_order(self) -> None:
        rows = signed([[1, 2, 3], [1, 2, 3], [9, 8, 7]])
        left = np.zeros(10_000, dtype=np.int64)
        right = np.arange(10_000, dtype=np.int64) % 3
        found = estimate_agreement(rows, left, right)
        assert found.shape == (10_000,)
        assert (found == np.array([1.0, 1.0, agreement(rows, 0, 2)], dtype=np.float32)[right]).all()
