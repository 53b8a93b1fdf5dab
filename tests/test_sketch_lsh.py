"""Buckets and pairs against brute force over dictionaries."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from newsdedup.sketch.lsh import (
    ANCHORS,
    MANY_HOLDERS,
    Buckets,
    band_keys,
    bucket_pairs,
    lsh_pairs,
    pack,
    shared_value_pairs,
    unpack,
)
from newsdedup.sketch.minhash import EMPTY, NUM_PERM

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=80)
ROWS, BANDS = 2, 3
PairSet = set[tuple[int, int]]

# Few values in few columns: many articles share a band, and some share none.
signature_rows = st.lists(
    st.one_of(st.none(), st.lists(st.integers(0, 3), min_size=ROWS * BANDS, max_size=ROWS * BANDS)), max_size=14
)


def as_set(pairs: NDArray[np.uint64]) -> PairSet:
    left, right = unpack(pairs)
    return set(zip(left.tolist(), right.tolist(), strict=True))


def as_signatures(rows: list[list[int] | None]) -> NDArray[np.uint32]:
    """None is an article with an empty set."""
    out = np.full((len(rows), NUM_PERM), EMPTY, dtype=np.uint32)
    for place, row in enumerate(rows):
        if row is not None:
            out[place] = 77  # beyond the banded columns: must not matter
            out[place, : len(row)] = row
    return out


def brute_buckets(rows: list[list[int] | None]) -> list[list[int]]:
    buckets: defaultdict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
    for article, row in enumerate(rows):
        for band in range(BANDS):
            if row is not None:
                buckets[band, tuple(row[band * ROWS : (band + 1) * ROWS])].append(article)
    return list(buckets.values())


def star(members: list[int], cap: int) -> PairSet:
    if len(members) <= cap:
        return set(combinations(members, 2))
    return {(anchor, other) for anchor in members[:ANCHORS] for other in members if anchor < other}


def strictly_sorted(buckets: Buckets) -> bool:
    return bool((buckets.pairs[1:] > buckets.pairs[:-1]).all())


class TestPacking:
    @given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))))
    @EXAMPLES
    def test_unpack_gives_back_what_was_packed_smaller_first(self, pairs: list[tuple[int, int]]) -> None:
        left = np.array([a for a, _ in pairs], dtype=np.int64)
        right = np.array([b for _, b in pairs], dtype=np.int64)
        packed = pack(left, right)
        assert packed.dtype == np.uint64
        assert list(zip(*(side.tolist() for side in unpack(packed)), strict=True)) == [
            (min(pair), max(pair)) for pair in pairs
        ]
        assert (packed == pack(right, left)).all()
        assert (pack(*unpack(packed)) == packed).all()

    def test_numbers_sort_as_pairs_do(self) -> None:
        pairs = [(2, 9), (0, 70_000), (2, 3), (1, 2), (0, 1)]
        left, right = np.array(pairs, dtype=np.int64).T
        assert list(zip(*(s.tolist() for s in unpack(np.sort(pack(left, right)))), strict=True)) == sorted(pairs)


class TestLshPairs:
    @given(signature_rows, st.integers(2, 14))
    @EXAMPLES
    def test_are_those_of_the_buckets(self, rows: list[list[int] | None], cap: int) -> None:
        buckets = lsh_pairs(as_signatures(rows), ROWS, BANDS, cap)
        expected = [star(members, cap) for members in brute_buckets(rows)]
        assert as_set(buckets.pairs) == set().union(*expected)
        assert buckets.capped == sum(len(members) > cap for members in brute_buckets(rows))
        assert strictly_sorted(buckets)

    @given(signature_rows, st.randoms(use_true_random=False))
    @EXAMPLES
    def test_do_not_depend_on_the_order_of_articles(self, rows: list[list[int] | None], random: object) -> None:
        order = list(range(len(rows)))
        random.shuffle(order)  # type: ignore[attr-defined]
        straight = as_set(lsh_pairs(as_signatures(rows), ROWS, BANDS, 200).pairs)
        permuted = as_set(lsh_pairs(as_signatures([rows[place] for place in order]), ROWS, BANDS, 200).pairs)
        renumbered = {(min(order[a], order[b]), max(order[a], order[b])) for a, b in permuted}
        assert renumbered == straight

    def test_articles_with_nothing_in_view_are_in_no_pair(self) -> None:
        rows = lsh_pairs(as_signatures([None, [1] * 6, None, [1] * 6, None]), ROWS, BANDS, 200)
        assert as_set(rows.pairs) == {(1, 3)}

    @pytest.mark.parametrize("count", [0, 1])
    def test_too_few_articles_for_a_pair(self, count: int) -> None:
        buckets = lsh_pairs(np.zeros((count, NUM_PERM), dtype=np.uint32), 2, 64, 200)
        assert buckets.pairs.size == 0
        assert buckets.capped == 0

    def test_the_same_values_in_another_band_are_no_shared_band(self) -> None:
        assert lsh_pairs(as_signatures([[1, 2, 3, 4, 5, 6], [5, 6, 1, 2, 3, 4]]), ROWS, BANDS, 200).pairs.size == 0

    def test_rows_of_a_band_stand_in_order(self) -> None:
        assert lsh_pairs(as_signatures([[1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5]]), ROWS, BANDS, 200).pairs.size == 0

    def test_band_keys_are_as_distinct_as_the_bands(self) -> None:
        rows = np.zeros((400, NUM_PERM), dtype=np.uint32)
        rows[:, :2] = [(a, b) for a in range(20) for b in range(20)]
        keys = band_keys(rows, 2, 64)
        assert keys.shape == (64, 400)
        assert np.unique(keys[0]).size == 400
        assert np.unique(keys[1]).size == 1

    def test_a_hundred_thousand_identical_signatures_give_pairs_in_line_with_their_number(self) -> None:
        count = 100_000
        members = np.arange(count, dtype=np.int64)
        pairs, capped = bucket_pairs(np.full(count, 42, dtype=np.uint64), members, 200)
        assert capped == 1
        assert pairs.size == ANCHORS * count - ANCHORS * (ANCHORS + 1) // 2
        left, right = unpack(pairs)
        assert set(left.tolist()) == set(range(ANCHORS))
        assert set(right.tolist()) | {0} == set(range(count))  # each is reached


class TestBucketPairs:
    @given(st.lists(st.integers(0, 5), max_size=40), st.integers(2, 12))
    @EXAMPLES
    def test_equal_brute_force(self, values: list[int], cap: int) -> None:
        members = 3 * np.arange(len(values), dtype=np.int64) + 1
        pairs, capped = bucket_pairs(np.array(values, dtype=np.uint64), members, cap)
        buckets = [[3 * i + 1 for i, value in enumerate(values) if value == key] for key in set(values)]
        assert as_set(pairs) == set().union(*(star(bucket, cap) for bucket in buckets))
        assert capped == sum(len(bucket) > cap for bucket in buckets)

    def test_the_work_is_cut_into_chunks_without_a_pair_lost(self, monkeypatch: pytest.MonkeyPatch) -> None:
        keys = np.array([1] * 30 + [2] * 5 + [3] * 60, dtype=np.uint64)
        whole = as_set(bucket_pairs(keys, np.arange(95), 40)[0])
        for chunk in (1, 2, 7, 100, 435, 445):
            monkeypatch.setattr("newsdedup.sketch.lsh._CHUNK_PAIRS", chunk)
            assert as_set(bucket_pairs(keys, np.arange(95), 40)[0]) == whole
        assert len(whole) == 30 * 29 // 2 + 10 + 2 * 60 - 3

    def test_a_star_begins_one_above_the_cap(self) -> None:
        keys = np.zeros(5, dtype=np.uint64)
        assert len(as_set(bucket_pairs(keys, np.arange(5), 5)[0])) == 10
        assert as_set(bucket_pairs(keys, np.arange(5), 4)[0]) == {
            (0, 1),
            (0, 2),
            (0, 3),
            (0, 4),
            (1, 2),
            (1, 3),
            (1, 4),
        }


class TestSharedValuePairs:
    @given(st.lists(st.sets(st.integers(0, 9), max_size=7), max_size=MANY_HOLDERS), st.integers(1, 5), st.data())
    @EXAMPLES
    def test_equal_brute_force(self, sets: list[set[int]], max_groups: int, data: st.DataObject) -> None:
        groups = data.draw(st.lists(st.integers(-1, 4), min_size=len(sets), max_size=len(sets)))
        values = np.array([value for members in sets for value in sorted(members)], dtype=np.uint32)
        offsets = np.cumsum([0] + [len(members) for members in sets])
        pairs, counts, common = shared_value_pairs(values, offsets, np.array(groups, dtype=np.int64), max_groups)
        holders = {
            value: {groups[article] for article, own in enumerate(sets) if value in own and groups[article] >= 0}
            for value in range(10)
        }
        usual = {value for value, found in holders.items() if len(found) <= max_groups}
        expected = {
            (a, b): len(sets[a] & sets[b] & usual)
            for a, b in combinations(range(len(sets)), 2)
            if min(groups[a], groups[b]) >= 0 and groups[a] != groups[b] and sets[a] & sets[b] & usual
        }
        left, right = unpack(pairs)
        assert dict(zip(zip(left.tolist(), right.tolist(), strict=True), counts.tolist(), strict=True)) == expected
        assert common == len(holders) - len(usual)
        assert bool((pairs[1:] > pairs[:-1]).all())

    def test_a_value_that_everybody_has_joins_nobody(self) -> None:
        pairs, _, common = shared_value_pairs(
            np.zeros(100_000, dtype=np.uint32), np.arange(100_001), np.arange(100_000), 3
        )
        assert pairs.size == 0
        assert common == 1

    def test_a_value_of_few_stories_with_many_copies_joins_the_stories_once(self) -> None:
        count = 100_000
        pairs, _, common = shared_value_pairs(
            np.zeros(count, dtype=np.uint32), np.arange(count + 1), np.arange(count) % 2, 3
        )
        assert common == 0
        assert as_set(pairs) == {(0, 1)}  # one member of each story stands for its copies
