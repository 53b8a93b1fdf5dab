"""Buckets and pairs against brute force over dictionaries."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from newsdedup.sketch.candidates import BANDS
from newsdedup.sketch.lsh import (
    ANCHORS,
    MANY_HOLDERS,
    Buckets,
    band_columns,
    band_keys,
    bucket_pairs,
    lsh_pairs,
    pack,
    shared_value_pairs,
    unpack,
)
from newsdedup.sketch.minhash import EMPTY, NUM_PERM

pytestmark = pytest.mark.usefixtures("each_kernel")

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=80)
ROWS, COUNT = 2, 3
PairSet = set[tuple[int, int]]

# Few values in few columns: many articles share a band, and some share none.
signature_rows = st.lists(
    st.one_of(st.none(), st.lists(st.integers(0, 3), min_size=ROWS * COUNT, max_size=ROWS * COUNT)), max_size=14
)


def stacked_keys(sketches: NDArray[np.uint32], rows: int, bands: int) -> NDArray[np.uint64]:
    """Shape (bands, articles)."""
    return np.stack(list(band_keys(sketches, np.arange(len(sketches)), band_columns(rows, bands))))


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
        for band in range(COUNT):
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
        buckets = lsh_pairs(as_signatures(rows), ROWS, COUNT, cap)
        expected = [star(members, cap) for members in brute_buckets(rows)]
        assert as_set(buckets.pairs) == set().union(*expected)
        assert buckets.capped == sum(len(members) > cap for members in brute_buckets(rows))
        assert strictly_sorted(buckets)

    @given(signature_rows, st.randoms(use_true_random=False))
    @EXAMPLES
    def test_do_not_depend_on_the_order_of_articles(self, rows: list[list[int] | None], random: object) -> None:
        order = list(range(len(rows)))
        random.shuffle(order)  # type: ignore[attr-defined]
        straight = as_set(lsh_pairs(as_signatures(rows), ROWS, COUNT, 200).pairs)
        permuted = as_set(lsh_pairs(as_signatures([rows[place] for place in order]), ROWS, COUNT, 200).pairs)
        renumbered = {(min(order[a], order[b]), max(order[a], order[b])) for a, b in permuted}
        assert renumbered == straight

    def test_articles_with_nothing_in_view_are_in_no_pair(self) -> None:
        rows = lsh_pairs(as_signatures([None, [1] * 6, None, [1] * 6, None]), ROWS, COUNT, 200)
        assert as_set(rows.pairs) == {(1, 3)}

    @pytest.mark.parametrize("count", [0, 1])
    def test_too_few_articles_for_a_pair(self, count: int) -> None:
        buckets = lsh_pairs(np.zeros((count, NUM_PERM), dtype=np.uint32), 2, 64, 200)
        assert buckets.pairs.size == 0
        assert buckets.capped == 0

    def test_the_same_values_in_another_band_are_no_shared_band(self) -> None:
        assert lsh_pairs(as_signatures([[1, 2, 3, 4, 5, 6], [5, 6, 1, 2, 3, 4]]), ROWS, COUNT, 200).pairs.size == 0

    def test_rows_of_a_band_stand_in_order(self) -> None:
        assert lsh_pairs(as_signatures([[1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5]]), ROWS, COUNT, 200).pairs.size == 0

    def test_band_keys_are_as_distinct_as_the_bands(self) -> None:
        rows = np.zeros((400, NUM_PERM), dtype=np.uint32)
        rows[:, :2] = [(a, b) for a in range(20) for b in range(20)]
        keys = stacked_keys(rows, 2, 64)
        assert keys.shape == (64, 400)
        assert np.unique(keys[0]).size == 400
        assert np.unique(keys[1]).size == 1

    @pytest.mark.parametrize(("rows", "groupings"), [(2, 1), (2, 3), (3, 2), (3, 3), (5, 2)])
    def test_more_bands_than_fit_group_every_value_anew(self, rows: int, groupings: int) -> None:
        once = NUM_PERM // rows
        base = np.arange(NUM_PERM, dtype=np.uint32)
        changed = np.repeat(base[None], NUM_PERM, axis=0) + 1000 * np.eye(NUM_PERM, dtype=np.uint32)
        keys = stacked_keys(np.concatenate((base[None], changed)), rows, groupings * once)
        assert (keys[:once] == stacked_keys(np.concatenate((base[None], changed)), rows, once)).all()
        told = keys[:, 1:] != keys[:, :1]  # which band tells that a value has changed
        together: list[set[frozenset[int]]] = []
        for first in range(0, groupings * once, once):
            bands = [set(np.flatnonzero(band).tolist()) for band in told[first : first + once]]
            assert sorted(value for band in bands for value in band) == list(range(rows * once))
            assert {len(band) for band in bands} == {rows}
            together.append({frozenset(pair) for band in bands for pair in combinations(band, 2)})
        # No two values stand in one band twice: what agrees in the one way is no hint of what agrees in the other.
        assert all(not one & other for one, other in combinations(together, 2))

    @pytest.mark.parametrize(("view", "agreement"), [("copy", 0.10), ("terms", 0.25), ("facts", 0.20)])
    def test_each_view_finds_half_of_the_pairs_of_its_agreement(self, view: str, agreement: float) -> None:
        count = 4000
        generator = np.random.default_rng(7)
        left = generator.integers(1, 2**31, (count, NUM_PERM), dtype=np.uint32)
        agreed = generator.random(left.shape) < agreement
        right = np.where(agreed, left, generator.integers(1, 2**31, left.shape, dtype=np.uint32))
        rows, bands = BANDS[view]
        found = (stacked_keys(left, rows, bands) == stacked_keys(right, rows, bands)).any(axis=0).mean()
        expected = 1 - (1 - agreement**rows) ** bands  # were the bands independent
        assert 0.45 < expected < 0.51
        assert abs(float(found) - expected) <= 4 * 0.5 / count**0.5

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
    @given(
        st.lists(st.dictionaries(st.integers(0, 9), st.booleans(), max_size=7), max_size=MANY_HOLDERS),
        st.integers(1, 5),
        st.data(),
    )
    @EXAMPLES
    def test_equal_brute_force(self, held: list[dict[int, bool]], max_groups: int, data: st.DataObject) -> None:
        groups = data.draw(st.lists(st.integers(-1, 4), min_size=len(held), max_size=len(held)))
        values = np.array([value for own in held for value in own], dtype=np.uint32)
        quiet = np.array([own[value] for own in held for value in own], dtype=bool)
        offsets = np.cumsum([0] + [len(own) for own in held])
        pairs, counts, common = shared_value_pairs(values, offsets, np.array(groups, dtype=np.int64), max_groups, quiet)
        holders = {
            value: {groups[article] for article, own in enumerate(held) if value in own and groups[article] >= 0}
            for value in range(10)
        }
        usual = {value for value, found in holders.items() if len(found) <= max_groups}
        shared = {
            (a, b): [v for v in held[a].keys() & held[b].keys() & usual if not (held[a][v] and held[b][v])]
            for a, b in combinations(range(len(held)), 2)
            if min(groups[a], groups[b]) >= 0 and groups[a] != groups[b]
        }
        expected = {pair: len(both) for pair, both in shared.items() if both}
        left, right = unpack(pairs)
        assert dict(zip(zip(left.tolist(), right.tolist(), strict=True), counts.tolist(), strict=True)) == expected
        assert common == len(holders) - len(usual)
        assert bool((pairs[1:] > pairs[:-1]).all())

    def test_a_value_that_everybody_has_joins_nobody(self) -> None:
        count = 100_000
        pairs, _, common = shared_value_pairs(
            np.zeros(count, dtype=np.uint32), np.arange(count + 1), np.arange(count), 3, np.zeros(count, dtype=bool)
        )
        assert pairs.size == 0
        assert common == 1

    def test_a_value_of_few_stories_with_many_copies_joins_the_stories_once(self) -> None:
        count = 100_000
        pairs, _, common = shared_value_pairs(
            np.zeros(count, dtype=np.uint32), np.arange(count + 1), np.arange(count) % 2, 3, np.zeros(count, dtype=bool)
        )
        assert common == 0
        assert as_set(pairs) == {(0, 1)}  # one member of each story stands for its copies

    @pytest.mark.parametrize(("quiet", "found"), [((0, 0), 1), ((0, 1), 1), ((1, 0), 1), ((1, 1), 0)])
    def test_what_both_hold_quietly_they_do_not_share(self, quiet: tuple[int, int], found: int) -> None:
        pairs, counts, _ = shared_value_pairs(
            np.array([5, 5], dtype=np.uint32), np.arange(3), np.arange(2), 3, np.array(quiet, dtype=bool)
        )
        assert (pairs.size, counts.sum()) == (found, found)

    def test_a_value_that_is_held_quietly_still_counts_its_stories(self) -> None:
        quiet = np.array([False, False, True, True])
        pairs, _, common = shared_value_pairs(np.zeros(4, dtype=np.uint32), np.arange(5), np.arange(4), 3, quiet)
        assert (pairs.size, common) == (0, 1)
