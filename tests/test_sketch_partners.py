"""Thinning of candidates: linear where everything is alike, and nothing lost where it is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from newsdedup.sketch.lsh import PairFilter, Pairs, pack, unpack
from newsdedup.sketch.minhash import NUM_PERM
from newsdedup.sketch.partners import CLOSEST, CROWD, EACH, FIRST, MOST, SAME_STORY, Thinning

pytestmark = pytest.mark.usefixtures("each_kernel")

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=40)
LEAST = (13, 29, 39)


def rows_of(agreeing: NDArray[np.int64] | list[int]) -> NDArray[np.uint32]:
    """A row for each number: two rows agree in as many positions as the smaller number says."""
    agreeing = np.asarray(agreeing)
    own = np.arange(1, agreeing.size + 1, dtype=np.uint32)[:, None]
    return np.where(np.arange(NUM_PERM) < agreeing[:, None], np.uint32(0), own).astype(np.uint32)


def alike(copy: NDArray[np.int64] | list[int], terms: NDArray[np.int64] | list[int]) -> PairFilter:
    return PairFilter(copy=rows_of(copy), terms=rows_of(terms), facts=None, least=LEAST)


def all_pairs(count: int) -> Pairs:
    return pack(*np.triu_indices(count, 1))


def degrees(pairs: Pairs, count: int) -> NDArray[np.int64]:
    return np.bincount(np.concatenate(unpack(pairs)), minlength=count)


class TestNearCopies:
    def test_are_all_paired_up_to_a_crowd(self) -> None:
        count = CROWD + 1
        thinning = Thinning(alike([100] * count, [0] * count), count)
        assert thinning.finally_kept(all_pairs(count)).tolist() == all_pairs(count).tolist()
        assert not thinning.crowded.any()

    @pytest.mark.parametrize("count", [CROWD + 2, 300])
    def test_of_a_crowd_are_paired_with_the_closest_and_the_first(self, count: int) -> None:
        closeness = np.arange(60, 60 + count) % 60 + 60  # each at least near
        thinning = Thinning(alike(closeness, [0] * count), count)
        kept = thinning.finally_kept(all_pairs(count))
        assert kept.size <= count * (CLOSEST + FIRST)
        left, _ = unpack(kept)
        for first in range(FIRST):
            assert (left == first).sum() == count - first - 1
        assert np.flatnonzero(~thinning.crowded).tolist() == list(range(FIRST))
        assert not thinning.thinned.any()

    def test_that_know_few_of_a_crowd_keep_no_more_of_it(self) -> None:
        """Over-full buckets pair all with a few: those have a crowd of partners, the others only some of it."""
        count, known = 300, 10
        left, right = np.triu_indices(count, 1)
        star = pack(left[left < known], right[left < known])
        kept = Thinning(alike([100] * count, [0] * count), count).finally_kept(star)
        assert degrees(kept, count)[known:].max() <= CLOSEST + FIRST

    def test_are_told_by_the_copy_view_alone(self) -> None:
        count = 60
        near = int(SAME_STORY * NUM_PERM) + 1
        others = Thinning(alike([near - 1] * count, [128] * count), count)
        assert others.finally_kept(all_pairs(count)).size == all_pairs(count).size
        assert Thinning(alike([near] * count, [0] * count), count).finally_kept(all_pairs(count)).size < 60 * 7


class TestOtherCandidates:
    def test_all_stay_while_the_run_has_few(self) -> None:
        count = 2 * EACH + 1  # EACH for each
        thinning = Thinning(alike([0] * count, [64] * count), count)
        assert thinning.finally_kept(all_pairs(count)).size == count * EACH
        assert not thinning.thinned.any()

    def test_of_an_article_with_many_stay_while_the_run_has_few(self) -> None:
        star = pack(np.zeros(3 * MOST, dtype=np.int64), np.arange(1, 3 * MOST + 1))
        thinning = Thinning(alike([0] * (3 * MOST + 1), [64] * (3 * MOST + 1)), 3 * MOST + 1)
        assert thinning.finally_kept(star).size == star.size

    def test_are_no_more_than_the_run_may_have(self) -> None:
        count = 400
        thinning = Thinning(alike([0] * count, np.arange(count) % 90 + 30), count)
        kept = thinning.finally_kept(all_pairs(count))
        assert count * EACH * 0.9 < kept.size <= count * EACH
        assert thinning.thinned.sum() == count
        assert not thinning.crowded.any()

    def test_that_stay_are_those_most_alike(self) -> None:
        count, members = 90, 40
        closeness = np.random.default_rng(4).integers(30, 120, count)
        partners = {
            one: sorted({*range(count)} - {one}, key=lambda other: (-min(closeness[one], closeness[other]), other))
            for one in range(count)
        }

        def kept(most: int) -> set[tuple[int, int]]:
            """Pairs where each article keeps so many."""
            return {(min(one, other), max(one, other)) for one in partners for other in partners[one][:most]}

        most = max(most for most in range(count) if len(kept(most)) <= EACH * members)
        left, right = unpack(Thinning(alike([0] * count, closeness), members).finally_kept(all_pairs(count)))
        assert 0 < most < 30
        assert set(zip(left.tolist(), right.tolist(), strict=True)) == kept(most)

    def test_beside_a_crowd_are_kept_as_if_it_were_not_there(self) -> None:
        crowd, others = 200, 20
        copy = [100] * crowd + [0] * others
        count = crowd + others
        pairs = Thinning(alike(copy, [64] * count), count).finally_kept(all_pairs(count))
        left, right = unpack(pairs)
        assert ((left < crowd) & (right >= crowd)).sum() == crowd * others


class TestTheResult:
    @given(st.integers(0, 2**32 - 1), st.integers(45, 120), st.integers(1, 400))
    @EXAMPLES
    def test_does_not_depend_on_how_the_pairs_come(self, seed: int, count: int, step: int) -> None:
        generator = np.random.default_rng(seed)
        chosen = alike(generator.integers(20, 90, count), generator.integers(20, 90, count))
        members = count // 4
        pairs = generator.permutation(all_pairs(count))
        whole = Thinning(chosen, members)
        kept = whole.finally_kept(np.sort(pairs))
        assert kept.size < pairs.size
        parts = Thinning(chosen, members)
        some = pairs[:0]
        for start in range(0, pairs.size, 40 * step):
            some = parts.meanwhile(np.sort(np.concatenate((some, pairs[start : start + 40 * step]))))
        assert parts.finally_kept(some).tolist() == kept.tolist()
        assert parts.crowded.tolist() == whole.crowded.tolist()
        assert parts.thinned.tolist() == whole.thinned.tolist()

    def test_of_no_pairs_is_none(self) -> None:
        assert Thinning(alike([], []), 0).finally_kept(all_pairs(0)).size == 0
        assert Thinning(alike([9, 9], [9, 9]), 2).meanwhile(all_pairs(0)).size == 0
