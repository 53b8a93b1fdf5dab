"""The kernel's loops of the sketches against their twins in numpy: the same bits, whatever they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import partial
from types import ModuleType
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from conftest import MakeArticle, Newsroom
from newsdedup import kernel
from newsdedup.sketch import minhash
from newsdedup.sketch.candidates import VIEWS, find_candidates
from newsdedup.sketch.lsh import MANY_HOLDERS, PairFilter, lsh_pairs, pack, shared_value_pairs, unpack
from newsdedup.sketch.minhash import EMPTY, NUM_PERM, affine32, estimate_agreement, weighted_signatures
from newsdedup.sketch.views import SketchBuilder, Sketches, join_sketches, sketch
from newsdedup.text.table import ArticleTable, make_table

pytestmark = pytest.mark.skipif(kernel.compiled is None, reason="the kernel is not compiled here")

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=80)
ALL = frozenset(VIEWS)
COLUMNS = [field.name for field in fields(Sketches)]
Result = TypeVar("Result")


def by_numpy(call: Callable[[], Result]) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "compiled", None)
        return call()


def by_kernel() -> ModuleType:
    assert kernel.compiled is not None
    return kernel.compiled


def same(left: Sketches, right: Sketches) -> bool:
    return all(
        np.array_equal(getattr(left, name), getattr(right, name))
        and getattr(left, name).dtype == getattr(right, name).dtype
        for name in COLUMNS
    )


@dataclass
class Drops:
    """Drops even pairs as soon as there are more than `least`."""

    least: int
    calls: int = 0

    def room(self) -> int:
        return self.least

    def meanwhile(self, pairs: NDArray[np.uint64]) -> NDArray[np.uint64]:
        self.calls += 1
        odd: NDArray[np.uint64] = pairs[pairs % np.uint64(2) == 1]
        return odd


def low_bytes_of(rows: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """As `find_candidates` hands them to the kernel."""
    return np.repeat((rows & np.uint32(0xFF)).astype(np.uint8)[:, None], 3, axis=1)


def table_of(lengths: list[int], generator: np.random.Generator, words: int) -> ArticleTable:
    """Articles of so many tokens, drawn from a vocabulary; a third of them stand between quotation marks."""
    offsets = np.cumsum([0, *lengths])
    total = int(offsets[-1])
    vocabulary = generator.integers(0, 2**32, words, dtype=np.uint32)
    weights = np.array([0.5, 1.0, 2.5, 7.0, 12.0], dtype=np.float32)
    empty = make_table([])
    return replace(
        empty,
        surface=vocabulary[generator.integers(0, words, total)],
        quoted=generator.random(total) < 0.3,
        token_offsets=offsets,
        term=vocabulary[generator.integers(0, words, total)],
        weight=weights[generator.integers(0, weights.size, total)],
        fact=generator.integers(0, 3, total).astype(np.uint8),
        content_offsets=offsets,
        sentences=np.zeros(len(lengths), dtype=np.int32),
        chrome=np.zeros(len(lengths), dtype=np.uint8),
        content_key=np.zeros(len(lengths), dtype=np.uint64),
    )


class TestSketch:
    @given(st.lists(st.integers(0, 40), max_size=9), st.integers(1, 60), st.integers(0, 2**32 - 1))
    @EXAMPLES
    def test_equals_the_twin(self, lengths: list[int], words: int, seed: int) -> None:
        table = table_of(lengths, np.random.default_rng(seed), words)
        assert same(sketch(table, ALL), by_numpy(lambda: sketch(table, ALL)))

    @pytest.mark.parametrize("words", [1, 3, 500, 40_000])
    def test_of_long_articles_equals_the_twin(self, words: int) -> None:
        table = table_of([0, 3000, 1, 7, 8, 9, 20_000, 63, 64, 65, 0], np.random.default_rng(words), words)
        assert same(sketch(table, ALL), by_numpy(lambda: sketch(table, ALL)))

    def test_of_real_articles_equals_the_twin(self, newsroom: Newsroom) -> None:
        table = make_table(list(newsroom.articles.values()))
        assert same(sketch(table, ALL), by_numpy(lambda: sketch(table, ALL)))

    @pytest.mark.parametrize("view", ["copy", "terms", "facts", "passages"])
    def test_of_no_articles_equals_the_twin(self, view: str) -> None:
        table = make_table([])
        found, twin = sketch(table, frozenset({view})), by_numpy(lambda: sketch(table, frozenset({view})))
        assert all(np.array_equal(getattr(found, name), getattr(twin, name)) for name in COLUMNS)


class TestTermTable:
    @pytest.fixture(params=[1, 2, 3, 40, 1000])
    def room(self, request: pytest.FixtureRequest) -> Iterator[int]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(minhash, "MAX_TERMS", request.param)
            minhash._term_table.cache_clear()
            yield request.param
        minhash._term_table.cache_clear()

    @pytest.mark.usefixtures("room")
    def test_changes_nothing_however_small_it_is(self) -> None:
        generator = np.random.default_rng(3)
        terms = generator.integers(0, 90, 700).astype(np.uint32)
        weights = generator.choice(np.array([0.25, 1.0, 30.0], dtype=np.float32), 700)
        offsets = np.array([0, 0, 5, 300, 301, 700, 700])
        expected = by_numpy(lambda: weighted_signatures(terms, weights, offsets, 2))
        for _ in range(3):  # begun empty, and left as the call before left it
            assert np.array_equal(weighted_signatures(terms, weights, offsets, 2), expected)

    def test_of_two_weights_of_a_term_the_larger_counts(self) -> None:
        terms = np.array([5, 5, 5, 6], dtype=np.uint32)
        weights = np.array([2.0, 9.0, 4.0, 1.0], dtype=np.float32)
        together = weighted_signatures(terms, weights, np.array([0, 4]), 2)
        largest = weighted_signatures(terms[[1, 3]], weights[[1, 3]], np.array([0, 2]), 2)
        assert np.array_equal(together, largest)
        assert np.array_equal(by_numpy(lambda: weighted_signatures(terms, weights, np.array([0, 4]), 2)), largest)


def signatures_of(count: int, values: int, generator: np.random.Generator) -> NDArray[np.uint32]:
    """Few values in every column, so that articles agree in many; all end in the same byte, some are empty."""
    rows = generator.integers(0, values, (count, NUM_PERM)).astype(np.uint32) * np.uint32(256)
    rows[generator.random((count, NUM_PERM)) < 0.02] = EMPTY
    rows[generator.random(count) < 0.1] = EMPTY
    return rows


class TestPairs:
    @given(
        st.integers(0, 40),
        st.integers(2, 30),
        st.integers(2, 12),
        st.sampled_from([(2, 64), (3, 42), (3, 84), (5, 9)]),
        st.integers(0, 2**32 - 1),
    )
    @EXAMPLES
    def test_equal_the_twin(self, count: int, values: int, cap: int, bands: tuple[int, int], seed: int) -> None:
        generator = np.random.default_rng(seed)
        views = [signatures_of(count, values + extra, generator) for extra in (0, 3, 9)]
        members = np.flatnonzero(generator.random(count) < 0.8)
        days = np.where(generator.random(count) < 0.2, np.nan, generator.integers(0, 9, count).astype(np.float64))
        for given_views in (views, [None, *views[1:]], [views[0], None, None]):
            least = tuple(int(each) for each in generator.integers(1, 30, 3))
            low = np.zeros((count, 3, NUM_PERM), dtype=np.uint8)
            for place, view in enumerate(given_views):
                low[:, place] = 0 if view is None else view & np.uint32(0xFF)
            chosen = PairFilter(
                copy=given_views[0],
                terms=given_views[1],
                facts=given_views[2],
                least=(least[0], least[1], least[2]),
                brief=generator.random(count) < 0.6 if seed % 3 else None,
                fresh=generator.random(count) < 0.3 if seed % 5 else None,
                days=days if seed % 2 else None,
                window_days=2.0,
                low_bytes=low,
            )
            for each in (None, chosen):

                def found(kept: PairFilter | None = each) -> tuple[list[int], int]:
                    buckets = lsh_pairs(views[0], *bands, cap, members=members, chosen=kept)
                    return buckets.pairs.tolist(), buckets.capped

                assert found() == by_numpy(found)

    def test_are_kept_where_they_reach_the_bar_and_not_below_it(self) -> None:
        rows = np.arange(2 * NUM_PERM, dtype=np.uint32).reshape(2, NUM_PERM)
        rows[:, :10] = 7
        low = np.repeat((rows & np.uint32(0xFF)).astype(np.uint8)[:, None], 3, axis=1)
        never = NUM_PERM + 1
        for least, kept in (
            ((10, never, never), 1),
            ((11, never, never), 0),
            ((never, 10, never), 1),
            ((never, 11, never), 0),
            ((never, never, 20), 1),
            ((never, never, 21), 0),
        ):
            chosen = PairFilter(copy=rows, terms=rows, facts=rows, least=least, low_bytes=low)
            assert lsh_pairs(rows, 2, 64, 200, chosen=chosen).pairs.size == kept
            assert by_numpy(partial(lsh_pairs, rows, 2, 64, 200, chosen=chosen)).pairs.size == kept

    def test_that_are_found_in_every_band_are_given_once(self) -> None:
        rows = np.zeros((150, NUM_PERM), dtype=np.uint32)
        found = lsh_pairs(rows, 3, 84, 200).pairs
        assert found.tolist() == pack(*np.triu_indices(150, 1)).tolist()

    def test_are_the_same_however_often_some_are_dropped_meanwhile(self) -> None:
        generator = np.random.default_rng(3)
        rows = signatures_of(400, 9, generator)
        chosen = PairFilter(copy=rows, terms=None, facts=None, least=(13, 99, 99), low_bytes=low_bytes_of(rows))
        every = lsh_pairs(rows, 2, 64, 200, chosen=chosen)

        def thinned(room: int) -> tuple[list[int], int]:
            dropped = Drops(least=room)
            buckets = lsh_pairs(rows, 2, 64, 200, chosen=chosen, thinning=dropped)
            assert dropped.calls > 0
            assert set(buckets.pairs.tolist()) <= set(every.pairs.tolist())
            return [pair for pair in buckets.pairs.tolist() if pair % 2], buckets.capped

        odd = [pair for pair in every.pairs.tolist() if pair % 2]
        assert 100 < len(odd) < every.pairs.size
        for room in (0, 5, 500):
            assert thinned(room) == by_numpy(partial(thinned, room)) == (odd, every.capped)

    def test_of_two_brief_articles_are_those_of_their_copies(self) -> None:
        rows = np.zeros((4, NUM_PERM), dtype=np.uint32)
        copy = rows + np.arange(4, dtype=np.uint32)[:, None] // 2  # 0 and 1 are copies, 2 and 3 are
        brief = np.array([True, True, True, False])
        low = np.stack([(each & np.uint32(0xFF)).astype(np.uint8) for each in (copy, rows, rows)], axis=1)
        chosen = PairFilter(copy=copy, terms=rows, facts=rows, least=(13, 29, 39), brief=brief, low_bytes=low)
        kept = partial(lsh_pairs, rows, 3, 42, 200, chosen=chosen)
        expected = [(0, 1), (0, 3), (1, 3), (2, 3)]
        for buckets in (kept(), by_numpy(kept)):
            assert list(zip(*map(np.ndarray.tolist, unpack(buckets.pairs)), strict=True)) == expected

    def test_where_some_are_new_have_a_new_one_each(self) -> None:
        rows = np.zeros((5, NUM_PERM), dtype=np.uint32)
        chosen = PairFilter(
            copy=rows, terms=None, facts=None, least=(13, 29, 39), fresh=np.arange(5) == 2, low_bytes=low_bytes_of(rows)
        )
        kept = partial(lsh_pairs, rows, 2, 64, 200, chosen=chosen)
        for buckets in (kept(), by_numpy(kept)):
            assert buckets.pairs.tolist() == pack(np.array([0, 1, 2, 2]), np.array([2, 2, 3, 4])).tolist()

    def test_of_many_articles_equal_the_twin(self) -> None:
        generator = np.random.default_rng(8)
        rows = generator.integers(0, 2**32, (6000, NUM_PERM), dtype=np.uint32)
        copies = generator.integers(0, 6000, (2, 3000))
        rows[copies[0], : NUM_PERM // 4] = rows[copies[1], : NUM_PERM // 4]
        for bands in ((2, 64), (3, 84)):
            found = lsh_pairs(rows, *bands, 200)
            twin = by_numpy(partial(lsh_pairs, rows, *bands, 200))
            assert found.pairs.size > 1000
            assert found.pairs.tolist() == twin.pairs.tolist()

    def test_of_real_articles_equal_the_twin(self, newsroom: Newsroom) -> None:
        sketches = sketch(make_table(list(newsroom.articles.values())), ALL)
        count = len(newsroom.articles)
        days = np.arange(count, dtype=np.float64) % 50
        days[::7] = np.nan
        brief = np.arange(count) % 3 > 0
        for window in (None, 10.0):
            for cap in (3, 200):

                def found(cap: int = cap, window: float | None = window) -> list[object]:
                    kept = find_candidates(sketches, np.arange(1, count), cap, days, window, brief=brief)
                    return [kept.pairs.tolist(), kept.passages.tolist(), kept.capped, kept.boilerplate]

                assert found() == by_numpy(found)

    def test_agreements_equal_the_twin(self) -> None:
        generator = np.random.default_rng(5)
        rows = signatures_of(300, 3, generator)
        left, right = generator.integers(0, 300, (2, 9000))
        found = estimate_agreement(rows, left, right)
        twin = by_numpy(lambda: estimate_agreement(rows, left, right))
        assert found.dtype == twin.dtype
        assert found.tolist() == twin.tolist()


class TestSharedValues:
    @given(st.integers(0, 60), st.integers(1, 40), st.integers(1, 25), st.integers(1, 5), st.integers(0, 2**32 - 1))
    @EXAMPLES
    def test_equal_the_twin(self, count: int, values: int, stories: int, most: int, seed: int) -> None:
        generator = np.random.default_rng(seed)
        named = generator.integers(0, 2**32, values, dtype=np.uint32)
        held = [np.unique(named[generator.random(values) < 0.3]) for _ in range(count)]
        offsets = np.cumsum([0] + [own.size for own in held])
        flat = np.concatenate([np.zeros(0, dtype=np.uint32), *held])
        groups = generator.integers(-1, stories, count)
        quiet = generator.random(flat.size) < 0.5

        def found() -> tuple[list[int], list[int], int]:
            pairs, counts, common = shared_value_pairs(flat, offsets, groups, most, quiet)
            return pairs.tolist(), counts.tolist(), common

        assert found() == by_numpy(found)

    def test_more_values_than_one_part_holds(self) -> None:
        count = 4_200_000  # parts are of 2 ** 22
        values = np.arange(count, dtype=np.uint32) * np.uint32(977)
        values[1_000_000:1_000_100] = values[:100]
        offsets = np.array([0, 1_000_000, 2_000_000, count])
        pairs, counts, common = shared_value_pairs(values, offsets, np.arange(3), 3, np.zeros(count, dtype=bool))
        assert [side.tolist() for side in unpack(pairs)] == [[0], [1]]
        assert counts.tolist() == [100]
        assert common == 0


class TestWrongArguments:
    def test_of_the_sketches_are_refused(self) -> None:
        call = by_kernel()
        tokens, offsets = np.zeros(9, dtype=np.uint32), np.array([0, 4, 9])
        out = np.zeros((2, NUM_PERM), dtype=np.uint32)
        a, b = affine32()
        for wrong in (
            np.array([0, 10, 9]),
            np.array([-1, 4, 9]),
            np.array([0, 4, 10]),
            np.array([0, 5, 4]),
            np.zeros(0, int),
        ):
            with pytest.raises(ValueError, match="offsets"):
                call.shingle_signatures(tokens, wrong, 3, a, b, out)
        for size, addends, rows in ((0, b, out), (3, b[:5], out), (3, b, out[:1])):
            with pytest.raises(ValueError, match="sizes"):
                call.shingle_signatures(tokens, offsets, size, a, addends, rows)
        with pytest.raises(TypeError, match="tokens"):
            call.shingle_signatures(tokens.astype(np.uint64), offsets, 3, a, b, out)
        quoted, values, ends = np.zeros(9, dtype=bool), np.zeros(9, dtype=np.uint32), np.zeros(3, dtype=np.int64)
        call.passages(tokens, quoted, offsets, 8, 2**29, values, quoted.copy(), ends)
        for marks, room, bounds in ((quoted[:8], values, ends), (quoted, values[:8], ends), (quoted, values, ends[:2])):
            with pytest.raises(ValueError, match="sizes"):
                call.passages(tokens, marks, offsets, 8, 2**29, room, quoted.copy(), bounds)

    def test_of_the_term_table_are_refused(self) -> None:
        call = by_kernel()
        terms, weights, places = (np.zeros(4, dtype=kind) for kind in (np.uint32, np.float32, np.uint32))
        keys, slots = np.zeros(8, dtype=np.uint64), np.zeros(16, dtype=np.uint32)
        for start, rows, table, known in (
            (-1, keys, slots, 0),
            (5, keys, slots, 0),
            (0, keys, slots[:8], 0),
            (0, keys, slots[:15], 0),
            (0, keys, slots, 9),
        ):
            with pytest.raises(ValueError, match="sizes"):
                call.place_terms(terms, weights, start, rows, table, known, places)
        assert call.place_terms(terms, weights, 0, keys, np.full(16, 99, dtype=np.uint32), 3, places) == (0, 3)
        full = np.ones(16, dtype=np.uint32)  # every slot taken, by another key
        assert call.place_terms(terms, weights, 0, keys + np.uint64(1), full, 1, places) == (0, 1)
        rows, out = np.zeros((2, NUM_PERM), dtype=np.float32), np.zeros((1, NUM_PERM), dtype=np.uint32)
        with pytest.raises(ValueError, match="no such row"):
            call.lower_rows(np.array([0, 2], dtype=np.uint32), np.array([0, 2]), 0, 2, rows, NUM_PERM, out)
        for start, end in ((-1, 2), (0, 5)):
            with pytest.raises(ValueError, match="sizes"):
                call.lower_rows(places, np.array([0, 4]), start, end, rows, NUM_PERM, out)

    def test_of_pairs_are_refused(self) -> None:
        call = by_kernel()
        rows = np.zeros((3, 4), dtype=np.uint32)
        counts = np.zeros(1, dtype=np.int32)
        for left, right in ((3, 0), (0, 3), (-1, 0), (0, -1)):
            with pytest.raises(ValueError, match="sizes"):
                call.agreements(rows, 4, np.array([left]), np.array([right]), counts)
        columns, none = np.array([0, 3], dtype=np.int32), (None, None, None)
        right_one = (rows, 4, np.arange(3), columns, 2, 200, 2, 9, none, None, (0, 0, 0), None, None, None, 0.0)
        assert len(call.band_pairs(*right_one)[0]) == 3 * 8
        for place, wrong in (
            (1, 5),
            (1, 0),
            (2, np.array([0, 3])),
            (2, np.array([1, 1])),
            (2, np.array([-1, 1])),
            (3, np.array([0, 4], dtype=np.int32)),
            (3, np.array([-1, 0], dtype=np.int32)),
            (4, 3),
            (4, 0),
            (6, 0),
            (7, -1),
            (8, (rows[:2], None, None)),
            (9, np.zeros(35, dtype=np.uint8)),
            (10, (1, 1, 1)),
            (11, np.zeros(2, dtype=bool)),
            (12, np.zeros(2, dtype=bool)),
            (13, np.zeros(2)),
        ):
            with pytest.raises(ValueError, match="sizes"):
                call.band_pairs(*right_one[:place], wrong, *right_one[place + 1 :])
        values, quiet = np.zeros(4, dtype=np.uint32), np.zeros(4, dtype=bool)
        for groups, most, marks in ((np.arange(1), 3, quiet), (np.arange(2), 0, quiet), (np.arange(2), 3, quiet[:3])):
            with pytest.raises(ValueError, match="sizes"):
                call.shared_values(values, np.array([0, 2, 4]), groups, marks, most, MANY_HOLDERS)


class TestSketchBuilder:
    def test_gives_the_batches_behind_each_other(self, newsroom: Newsroom, make_article: MakeArticle) -> None:
        articles = [*list(newsroom.articles.values())[:30], make_article(""), make_article("Word")]
        parts = [sketch(make_table([article]), ALL) for article in articles]
        joined = join_sketches(parts)
        for name in COLUMNS:
            if name != "passage_offsets":
                assert np.array_equal(getattr(joined, name), np.concatenate([getattr(part, name) for part in parts]))
        assert same(joined, sketch(make_table(articles), ALL))

    @given(st.lists(st.integers(0, 30), min_size=1, max_size=30))
    @EXAMPLES
    def test_takes_batches_of_any_size(self, sizes: list[int]) -> None:
        builder, parts = SketchBuilder(), []
        for size in sizes:
            parts.append(sketch(table_of([9] * size, np.random.default_rng(size), 50), ALL))
            builder.add(parts[-1])
        joined = builder.finish()
        for name in ("copy", "terms", "facts", "passages", "passage_quoted"):
            assert np.array_equal(getattr(joined, name), np.concatenate([getattr(part, name) for part in parts]))
        counts = np.concatenate([np.diff(part.passage_offsets) for part in parts if part.passage_offsets is not None])
        assert joined.passage_offsets is not None
        assert joined.passage_offsets.tolist() == np.cumsum([0, *counts]).tolist()

    def test_keeps_no_hold_on_the_batches(self) -> None:
        part = sketch(table_of([9], np.random.default_rng(1), 50), ALL)
        joined = join_sketches([part])
        assert part.copy is not None
        before = part.copy.copy()
        assert joined.copy is not None
        joined.copy[:] = 0
        assert np.array_equal(part.copy, before)

    def test_views_not_asked_for_stay_none(self) -> None:
        part = sketch(table_of([9], np.random.default_rng(1), 50), frozenset({"copy"}))
        joined = join_sketches([part, part])
        assert [name for name in COLUMNS if getattr(joined, name) is not None] == ["copy"]

    def test_refuses_batches_of_other_views(self) -> None:
        table = table_of([9], np.random.default_rng(1), 50)
        with pytest.raises(ValueError, match="terms: the batches have not the same views"):
            join_sketches([sketch(table, views) for views in (frozenset({"copy"}), frozenset({"copy", "terms"}))])
        with pytest.raises(ValueError, match="terms: the batches have not the same views"):
            join_sketches([sketch(table, views) for views in (frozenset({"copy", "terms"}), frozenset({"copy"}))])
