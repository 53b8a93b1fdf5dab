"""Clusters: who belongs together, who is kept, and that the order of the pairs does not matter."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from newsdedup.cluster import Rank, make_clusters
from newsdedup.result import REPORTED, Pair, Verdict


def pair(left: str, right: str, verdict: Verdict = Verdict.REWRITE) -> Pair:
    left, right = sorted((left, right))
    return Pair(
        left=left, right=right, verdict=verdict, score=0.9, facts=1, telling=1, jaccard=0.1, containment=(0.1, 0.1)
    )


def ranks(**known: tuple[float | None, int]) -> Callable[[str], Rank]:
    """Time and length by id; every other article is undated and 100 words long."""

    def rank(member: str) -> Rank:
        published, length = known.get(member, (None, 100))
        return Rank(published=published, length=length)

    return rank


class TestMembers:
    def test_are_all_that_pairs_tie_together(self) -> None:
        found = make_clusters([pair("b", "c"), pair("x", "y"), pair("a", "b")], ranks())
        assert [cluster.members for cluster in found] == [("a", "b", "c"), ("x", "y")]

    def test_an_excerpt_joins_nobody(self) -> None:
        roundup = [pair("a1", "roundup", Verdict.EXCERPT), pair("b1", "roundup", Verdict.EXCERPT)]
        found = make_clusters([pair("a1", "a2"), *roundup, pair("b1", "b2")], ranks())
        assert [cluster.members for cluster in found] == [("a1", "a2"), ("b1", "b2")]
        assert make_clusters(roundup, ranks()) == ()

    def test_pairs_that_are_not_derived_join_nobody(self) -> None:
        for verdict in set(Verdict) - set(REPORTED):
            assert make_clusters([pair("a", "b", verdict)], ranks()) == ()
        for verdict in set(REPORTED) - {Verdict.EXCERPT}:
            assert len(make_clusters([pair("a", "b", verdict)], ranks())) == 1

    def test_verdicts_are_counted_strongest_first(self) -> None:
        pairs = [pair("a", "b"), pair("b", "c", Verdict.IDENTICAL), pair("a", "c"), pair("a", "d", Verdict.EXCERPT)]
        [found] = make_clusters(pairs, ranks())
        assert list(found.verdicts.items()) == [("identical", 1), ("rewrite", 2)]
        assert found.members == ("a", "b", "c")

    def test_no_pairs(self) -> None:
        assert make_clusters([], ranks()) == ()

    def test_a_long_chain_is_one_cluster(self) -> None:
        [found] = make_clusters([pair(f"{n:05}", f"{n + 1:05}") for n in range(20_000)], ranks())
        assert len(found.members) == 20_001

    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda ends: ends[0] != ends[1])))
    @settings(derandomize=True, deadline=None, max_examples=80)
    def test_equal_connected_components_by_brute_force(self, ends: list[tuple[int, int]]) -> None:
        groups = [{str(number)} for number in range(10)]
        for a, b in ends:
            one = next(group for group in groups if str(a) in group)
            two = next(group for group in groups if str(b) in group)
            if one is not two:
                groups.remove(two)
                one |= two
        found = make_clusters([pair(str(a), str(b)) for a, b in ends], ranks())
        assert [cluster.members for cluster in found] == sorted(
            tuple(sorted(group)) for group in groups if len(group) > 1
        )


class TestCanonical:
    def test_is_the_earliest_published(self) -> None:
        [found] = make_clusters([pair("a", "b"), pair("b", "c")], ranks(a=(30.0, 900), b=(20.0, 100), c=(40.0, 500)))
        assert found.canonical == "b"

    def test_time_zero_is_a_time(self) -> None:
        [found] = make_clusters([pair("a", "b")], ranks(a=(5.0, 900), b=(0.0, 100)))
        assert found.canonical == "b"
        [found] = make_clusters([pair("a", "b")], ranks(a=(0.0, 100), b=(-5.0, 100)))
        assert found.canonical == "b"

    def test_is_the_most_complete_where_one_time_is_unknown(self) -> None:
        [found] = make_clusters([pair("a", "b"), pair("b", "c")], ranks(a=(30.0, 100), b=(None, 300), c=(10.0, 200)))
        assert found.canonical == "b"

    def test_of_one_time_is_the_longer(self) -> None:
        [found] = make_clusters([pair("a", "b")], ranks(a=(30.0, 100), b=(30.0, 300)))
        assert found.canonical == "b"

    def test_of_one_length_is_the_smaller_id(self) -> None:
        [found] = make_clusters([pair("é", "z"), pair("z", "b")], ranks())
        assert found.canonical == "b"


def test_input_order_changes_nothing() -> None:
    pairs = [pair("d", "e"), pair("a", "b", Verdict.COPY), pair("b", "c"), pair("e", "f"), pair("c", "a")]
    expected = make_clusters(pairs, ranks(c=(None, 200)))
    assert [cluster.canonical for cluster in expected] == ["c", "d"]
    assert all(make_clusters(order, ranks(c=(None, 200))) == expected for order in permutations(pairs))


def test_ids_are_stable_and_name_the_canonical_member() -> None:
    [small] = make_clusters([pair("a", "b")], ranks())
    [grown] = make_clusters([pair("a", "b"), pair("b", "c")], ranks())
    [other] = make_clusters([pair("b", "c")], ranks())
    assert small.id == grown.id
    assert other.id != small.id
    assert make_clusters([pair("\ud800", "日本")], ranks())[0].id  # ids are data, whatever stands in them
