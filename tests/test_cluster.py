"""Clusters: who belongs together, who is kept, who else tells it, and that the order of the pairs does not matter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations, permutations, product
from random import Random
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Newsroom
from newsdedup import Article, Config, find_duplicates
from newsdedup.cluster import NEARLY_WHOLE, SAME_PART, Compared, Rank, make_clusters
from newsdedup.result import REPORTED, AlignedSentence, Cluster, Evidence, Pair, Verdict
from newsdedup.verify.features import Features
from newsdedup.verify.model import Model
from newsdedup.verify.verdict import Circumstances, Judgement

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=80)
HOUR, DAY = 3600.0, 86_400.0


def pair(
    left: str,
    right: str,
    verdict: Verdict = Verdict.REWRITE,
    *,
    score: float = 0.9,
    source: Literal["left", "right"] | None = None,
    sentences: Sequence[tuple[int, int]] = (),
) -> Pair:
    """A pair of the two; `sentences` and `source` are said of them in the order given."""
    if right < left:
        left, right, sentences = right, left, [(b, a) for a, b in sentences]
        source = {"left": "right", "right": "left", None: None}[source]
    return Pair(
        left=left,
        right=right,
        verdict=verdict,
        score=score,
        facts=1,
        telling=1,
        jaccard=0.1,
        containment=(0.1, 0.1),
        source=source,
        evidence=Evidence(sentences=tuple(AlignedSentence(left=a, right=b, similarity=0.9) for a, b in sentences)),
    )


def lined_up(left: range, right: range) -> list[tuple[int, int]]:
    return list(zip(left, right, strict=True))


def compared(left: str, right: str, verdict: Verdict) -> Compared:
    left, right = sorted((left, right))
    return Compared(left=left, right=right, verdict=verdict)


def ranks(**known: tuple[float | None, int]) -> Callable[[str], Rank]:
    """Time and length by id; every other article is undated and 100 words long."""

    def rank(member: str) -> Rank:
        published, length = known.get(member, (None, 100))
        return Rank(published=published, length=length)

    return rank


def long_texts(sentences: int = 40) -> Callable[[str], Rank]:
    """Undated articles of that many sentences each."""
    return lambda member: Rank(published=None, length=900, sentences=sentences)


def members(clusters: Sequence[Cluster]) -> list[tuple[str, ...]]:
    return [cluster.members for cluster in clusters]


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
    @EXAMPLES
    def test_of_whole_matches_are_the_connected_components(self, ends: list[tuple[int, int]]) -> None:
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


class TestParts:
    """Matches of a part of an article tie it only when they are about the same part."""

    def test_a_roundup_of_two_stories_does_not_join_them(self) -> None:
        one = [pair("a1", "a2", sentences=lined_up(range(1, 21), range(1, 21)))]
        two = [pair("b1", "b2", sentences=lined_up(range(1, 21), range(1, 21)))]
        roundup = [
            pair("r", "a1", score=0.8, sentences=lined_up(range(1, 21), range(1, 21))),
            pair("r", "b1", score=0.99, sentences=lined_up(range(21, 41), range(1, 21))),
            pair("r", "b2", score=0.7, sentences=lined_up(range(22, 41), range(2, 21))),
        ]
        rank = {
            name: Rank(published=None, length=1, sentences=40 if name == "r" else 20)
            for name in "a1 a2 b1 b2 r".split()
        }
        assert members(make_clusters(one + two + roundup, rank.__getitem__)) == [("a1", "a2"), ("b1", "b2", "r")]
        # It goes with its strongest match.
        turned = [
            *one,
            *two,
            pair("r", "a1", Verdict.COPY, sentences=lined_up(range(1, 21), range(1, 21))),
            *roundup[1:],
        ]
        assert members(make_clusters(turned, rank.__getitem__)) == [("a1", "a2", "r"), ("b1", "b2")]

    def test_a_version_of_a_roundup_vouches_for_neither_story(self) -> None:
        pairs = [
            pair("r1", "r2", Verdict.REVISION, sentences=lined_up(range(1, 41), range(1, 41))),
            *(pair(r, "a", score=0.9, sentences=lined_up(range(1, 21), range(1, 21))) for r in ("r1", "r2")),
            *(pair(r, "b", score=0.8, sentences=lined_up(range(21, 41), range(1, 21))) for r in ("r1", "r2")),
        ]
        rank = {
            name: Rank(published=None, length=1, sentences=40 if "r" in name else 20) for name in ("r1", "r2", "a", "b")
        }
        assert members(make_clusters(pairs, rank.__getitem__)) == [("a", "r1", "r2")]

    def test_two_briefs_of_one_source_stay_with_it(self) -> None:
        # Each tells every third sentence, not the same ones.
        brief, other = range(1, 40, 3), range(2, 41, 3)
        pairs = [
            pair("source", "x", sentences=lined_up(brief, range(1, 14))),
            pair("source", "y", sentences=lined_up(other, range(1, 14))),
        ]
        assert members(make_clusters(pairs, long_texts())) == [("source", "x", "y")]

    def test_two_rewrites_of_a_missing_source_are_joined_by_their_own_pair(self) -> None:
        assert members(make_clusters([pair("x", "y", sentences=[(1, 3), (9, 8)])], long_texts(12))) == [("x", "y")]

    def test_a_chain_of_revisions_is_one_cluster(self) -> None:
        # Each version cuts the first quarter of the one before and adds as much.
        chain = [
            pair(f"v{n}", f"v{n + 1}", Verdict.REVISION, sentences=lined_up(range(11, 41), range(1, 31)))
            for n in range(1, 9)
        ]
        assert members(make_clusters(chain, long_texts())) == [tuple(f"v{n}" for n in range(1, 10))]

    def test_stray_alignments_do_not_stretch_a_part(self) -> None:
        stray = [*lined_up(range(1, 20), range(1, 20)), (40, 20)]
        pairs = [
            pair("r", "a", score=0.95, sentences=stray),
            pair("r", "b", sentences=lined_up(range(21, 41), range(1, 21))),
        ]
        assert members(make_clusters(pairs, long_texts())) == [("a", "r")]

    @pytest.mark.parametrize(
        ("first", "second", "joined"),
        [
            (range(1, 10), range(10, 19), False),  # side by side
            (range(1, 10), range(7, 16), True),  # three of nine
            (range(1, 10), range(8, 17), False),  # two of nine
            (range(1, 20), range(5, 8), True),  # one within the other
            (range(1, 35), range(35, 41), True),  # the first is about nearly the whole: it ties, and vouches for nobody
            (range(1, 34), range(35, 41), False),
        ],
    )
    def test_are_the_same_when_they_overlap_by_a_third(self, first: range, second: range, joined: bool) -> None:
        assert (SAME_PART, NEARLY_WHOLE) == (1 / 3, 0.85)
        # Both ends of a part are aligned; nothing is trimmed off a few.
        pairs = [
            pair("r", "a", score=0.95, sentences=[(first[0], 1), (first[-1], 2)]),
            pair("r", "b", score=0.9, sentences=[(second[0], 1), (second[-1], 2)]),
        ]
        assert members(make_clusters(pairs, long_texts())) == [("a", "b", "r") if joined else ("a", "r")]

    def test_are_compared_with_the_first_and_do_not_drift(self) -> None:
        steps = {"a": range(1, 10), "b": range(7, 16), "c": range(13, 22)}
        pairs = [
            pair("r", name, score=0.9 - place / 10, sentences=[(part[0], 1), (part[-1], 2)])
            for place, (name, part) in enumerate(steps.items())
        ]
        assert members(make_clusters(pairs, long_texts())) == [("a", "b", "r")]

    def test_of_one_score_the_match_of_more_sentences_decides(self) -> None:
        few, many = pair("r", "a", sentences=[(1, 1), (9, 2)]), pair("r", "b", sentences=[(21, 1), (25, 2), (29, 3)])
        assert members(make_clusters([few, many], long_texts())) == [("b", "r")]

    def test_a_text_of_three_sentences_has_no_parts(self) -> None:
        pairs = [pair("r", "a", sentences=[(1, 1)]), pair("r", "b", sentences=[(3, 1)])]
        assert members(make_clusters(pairs, long_texts(3))) == [("a", "b", "r")]
        assert members(make_clusters(pairs, long_texts(4))) == [("a", "r")]


class TestTemplates:
    """A template verdict between two groups says that they tell two events."""

    def test_a_house_template_does_not_chain(self) -> None:
        chain = [pair("a", "b", score=0.9), pair("b", "c", score=0.8)]
        assert members(make_clusters(chain, ranks())) == [("a", "b", "c")]
        assert members(make_clusters(chain, ranks(), [compared("a", "c", Verdict.TEMPLATE)])) == [("a", "b")]
        for verdict in (Verdict.RELATED, Verdict.DISTINCT, Verdict.EXCERPT):
            assert members(make_clusters(chain, ranks(), [compared("a", "c", verdict)])) == [("a", "b", "c")]

    def test_the_majority_of_pairs_decides(self) -> None:
        family = [pair(a, b) for a, b in combinations("abcd", 2) if (a, b) != ("a", "d")]
        assert members(make_clusters(family, ranks(), [compared("a", "d", Verdict.TEMPLATE)])) == [tuple("abcd")]

    def test_who_is_in_no_pair_has_no_vote(self) -> None:
        far = [compared(a, b, Verdict.TEMPLATE) for a, b in combinations("axyz", 2)]
        assert members(make_clusters([pair("a", "b")], ranks(), far)) == [("a", "b")]

    def test_a_family_of_filled_in_forms_falls_into_its_stories(self) -> None:
        # Six stories in two versions each; one pair in four across stories looks like a rewrite.
        names = [f"{story}{version}" for story in range(6) for version in "ab"]
        own, across = [], []
        for place, (one, two) in enumerate(combinations(names, 2)):
            if one[0] == two[0]:
                own.append(pair(one, two, Verdict.COPY))
            elif place % 4 == 0:
                own.append(pair(one, two))
            else:
                across.append(compared(one, two, Verdict.TEMPLATE))
        assert members(make_clusters(own, ranks(), across)) == [(f"{story}a", f"{story}b") for story in range(6)]
        assert len(make_clusters(own, ranks())) == 1


TYING = tuple(verdict for verdict in REPORTED if verdict is not Verdict.EXCERPT)
NAMES = "abcdefgh"
SIDES = st.sampled_from(list(combinations(NAMES, 2)))
ALIGNED = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), max_size=4)
SCORES = st.sampled_from([0.7, 0.8, 0.9, 1.0])


@st.composite
def runs(draw: st.DrawFn) -> tuple[list[Pair], list[Compared]]:
    """Reported pairs, and the verdicts on others."""
    sides = draw(st.lists(SIDES, unique=True, max_size=20))
    reported = draw(st.integers(0, len(sides)))
    pairs = [
        pair(left, right, draw(st.sampled_from(REPORTED)), score=draw(SCORES), sentences=draw(ALIGNED))
        for left, right in sides[:reported]
    ]
    return pairs, [
        compared(left, right, draw(st.sampled_from([Verdict.TEMPLATE, Verdict.RELATED, Verdict.REWRITE])))
        for left, right in sides[reported:]
    ]


def by_brute_force(pairs: list[Pair], others: list[Compared], sentences: int) -> list[set[str]]:
    """The groups, every rule written out: strongest pair first, all votes counted anew each time."""
    groups = [{name} for name in NAMES]
    tied_by: dict[str, tuple[int, int]] = {}

    def part(numbers: list[int]) -> tuple[int, int] | None:
        if not numbers or max(numbers) - min(numbers) + 1 >= 0.85 * sentences:
            return None
        return min(numbers), max(numbers)

    tying = [each for each in pairs if each.verdict in TYING]
    order = list(Verdict)
    for each in sorted(
        tying, key=lambda p: (order.index(p.verdict), -p.score, -len(p.evidence.sentences), p.left, p.right)
    ):
        [one] = [group for group in groups if each.left in group]
        [two] = [group for group in groups if each.right in group]
        across = {frozenset(sides) for sides in product(one, two)}
        votes = sum(frozenset((p.left, p.right)) in across for p in tying)
        votes -= sum(frozenset((p.left, p.right)) in across and p.verdict is Verdict.TEMPLATE for p in others)
        ends = {
            each.left: part([aligned.left for aligned in each.evidence.sentences]),
            each.right: part([aligned.right for aligned in each.evidence.sentences]),
        }
        fits = True
        for name, found in ends.items():
            if found is not None and name in tied_by:
                mine = set(range(found[0], found[1] + 1))
                known = set(range(tied_by[name][0], tied_by[name][1] + 1))
                fits = fits and len(mine & known) * 3 >= min(len(mine), len(known))
        if fits and (one is two or votes > 0):
            for name, found in ends.items():
                if found is not None:
                    tied_by.setdefault(name, found)
            if one is not two:
                groups.remove(two)
                one |= two
    return sorted((group for group in groups if len(group) > 1), key=min)


class TestProperties:
    @given(runs())
    @EXAMPLES
    def test_the_groups_are_those_of_the_rules_written_out(self, run: tuple[list[Pair], list[Compared]]) -> None:
        found = make_clusters(run[0], long_texts(12), run[1])
        assert sorted(members(found)) == [tuple(sorted(group)) for group in by_brute_force(*run, 12)]

    @given(runs(), st.randoms(use_true_random=False))
    @EXAMPLES
    def test_the_order_of_pairs_and_verdicts_changes_nothing(
        self, run: tuple[list[Pair], list[Compared]], random: Random
    ) -> None:
        expected = make_clusters(run[0], long_texts(12), run[1])
        shuffled = [random.sample(part, len(part)) for part in run]
        assert make_clusters(shuffled[0], long_texts(12), shuffled[1]) == expected  # type: ignore[arg-type]

    @given(runs())
    @EXAMPLES
    def test_every_member_is_tied_within_its_one_cluster(self, run: tuple[list[Pair], list[Compared]]) -> None:
        found = make_clusters(run[0], long_texts(12), run[1])
        everyone = [member for cluster in found for member in cluster.members]
        assert len(everyone) == len(set(everyone))
        for cluster in found:
            inside = [p for p in run[0] if p.verdict in TYING and {p.left, p.right} <= set(cluster.members)]
            assert {side for p in inside for side in (p.left, p.right)} == set(cluster.members)
            assert sum(cluster.verdicts.values()) == len(inside)
            assert cluster.canonical in cluster.members
            assert cluster.first is None or cluster.first in cluster.members

    @given(runs())
    @EXAMPLES
    def test_tellings_are_mutual_and_derive_from_nobody(self, run: tuple[list[Pair], list[Compared]]) -> None:
        found = {cluster.canonical: cluster for cluster in make_clusters(run[0], long_texts(12), run[1])}
        verdicts = [(p.left, p.right, p.verdict) for p in run[0]] + [(p.left, p.right, p.verdict) for p in run[1]]
        for name, cluster in found.items():
            assert cluster.tellings == 1 + len(cluster.related)
            expected = set()
            for other in {*found, *NAMES} - {
                member for each in found.values() for member in each.members
            } | found.keys():
                theirs = found[other].members if other in found else (other,)
                between = [
                    verdict
                    for left, right, verdict in verdicts
                    if (left in cluster.members and right in theirs) or (right in cluster.members and left in theirs)
                ]
                votes = between.count(Verdict.RELATED) - between.count(Verdict.TEMPLATE)
                if other != name and votes > 0 and not set(between) & set(REPORTED):
                    expected.add(other)
            assert cluster.related == tuple(sorted(expected))
            assert all(name in found[other].related for other in cluster.related if other in found)


class TestTellings:
    RUN = (pair("a", "b"), pair("x", "y"))

    def test_are_this_cluster_and_every_group_that_is_related(self) -> None:
        others = [
            compared("b", "x", Verdict.RELATED),
            compared("a", "y", Verdict.RELATED),
            compared("a", "z", Verdict.RELATED),
        ]
        one, two = make_clusters(self.RUN, ranks(y=(None, 300)), others)
        assert (one.tellings, one.related) == (3, ("y", "z"))  # y is kept of x and y
        assert (two.tellings, two.related) == (2, ("a",))

    def test_who_derives_from_a_member_is_no_telling(self) -> None:
        for verdict in REPORTED:
            for name in ("0", "z"):  # on either side of the pair
                others = [compared("a", name, Verdict.RELATED), compared("b", name, verdict)]
                assert make_clusters(self.RUN[:1], ranks(), others)[0].tellings == 1

    def test_nor_is_a_member_or_an_article_of_another_event(self) -> None:
        family = [pair("a", "b"), pair("b", "c")]
        others = [compared("a", "c", Verdict.RELATED), compared("a", "z", Verdict.TEMPLATE)]
        [found] = make_clusters(family, ranks(), others)
        assert (found.tellings, found.related) == (1, ())

    def test_as_many_templates_say_that_it_is_another_event(self) -> None:
        related = [compared("a", "z", Verdict.RELATED)]
        for templates, tellings in (([], 2), (["b"], 1), (["b", "c"], 1)):
            others = [*related, *(compared(name, "z", Verdict.TEMPLATE) for name in templates)]
            assert make_clusters([pair("a", "b"), pair("b", "c")], ranks(), others)[0].tellings == tellings

    def test_do_not_depend_on_what_is_reported(self) -> None:
        shown = [pair("a", "z", Verdict.RELATED), pair("a", "too-short", Verdict.RELATED)]
        others = [compared("a", "z", Verdict.RELATED)]
        assert make_clusters([*self.RUN, *shown], ranks(), others) == make_clusters(self.RUN, ranks(), others)


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


def day(hour: float | None, *, day_only: bool = False, length: int = 100) -> Rank:
    """Published that many hours after midnight of a Tuesday; with `day_only`, on the day of that hour."""
    if hour is not None and day_only:
        hour = hour // 24 * 24
    published = None if hour is None else 1_637_625_600.0 + hour * HOUR
    return Rank(published=published, length=length, day_only=day_only)


class TestTimes:
    def test_a_day_is_the_whole_day(self) -> None:
        known = {"day": day(0, day_only=True), "ten": day(10, length=300)}
        [found] = make_clusters([pair("day", "ten")], known.__getitem__)
        assert found.canonical == "ten"
        assert found.first is None
        assert found.reasons == ("canonical: most complete (300 words); 2 may be the first published",)

    def test_an_earlier_time_of_the_day_rules_out_a_later_one_and_not_the_day(self) -> None:
        known = {"day": day(0, day_only=True, length=200), "nine": day(9), "ten": day(10, length=300)}
        [found] = make_clusters([pair("day", "nine"), pair("nine", "ten")], known.__getitem__)
        assert found.canonical == "day"

    @pytest.mark.parametrize(
        ("first", "when"), [(day(-1), "at 2021-11-22T23:00Z"), (day(-1, day_only=True), "on 2021-11-22")]
    )
    def test_the_day_before_is_first(self, first: Rank, when: str) -> None:
        known = {"day": day(0, day_only=True, length=200), "first": first, "ten": day(10, length=300)}
        [found] = make_clusters([pair("day", "first"), pair("first", "ten")], known.__getitem__)
        assert found.canonical == found.first == "first"
        assert found.reasons == tuple(f"{role}: published first of 3, {when}" for role in ("canonical", "first"))

    def test_a_second_decides(self) -> None:
        known = {"a": day(10, length=300), "b": Rank(published=1_637_625_600.0 + 10 * HOUR - 1, length=100)}
        assert make_clusters([pair("a", "b")], known.__getitem__)[0].canonical == "b"

    def test_seconds_are_shown_where_there_are_some(self) -> None:
        known = {"a": Rank(published=1_637_625_630.0, length=1), "b": day(10)}
        assert "at 2021-11-23T00:00:30Z" in make_clusters([pair("a", "b")], known.__getitem__)[0].reasons[0]

    @given(st.lists(st.tuples(st.integers(0, 71), st.booleans()), min_size=2, max_size=4))
    @EXAMPLES
    def test_first_is_who_is_first_at_whatever_hour_of_its_day(self, times: list[tuple[int, bool]]) -> None:
        known = {f"m{n}": day(hour, day_only=day_only) for n, (hour, day_only) in enumerate(times)}
        hours = [range(hour // 24 * 24, hour // 24 * 24 + 24) if day_only else [hour] for hour, day_only in times]
        firsts = {
            name for name, own in zip(known, hours, strict=True) if min(own) <= min(max(theirs) for theirs in hours)
        }
        [found] = make_clusters([pair("m0", name) for name in known if name != "m0"], known.__getitem__)
        assert found.canonical == min(firsts)
        assert found.first == (min(firsts) if len(firsts) == 1 else None)


class TestFirst:
    @staticmethod
    def first(*pairs: Pair, rank: Callable[[str], Rank] | None = None) -> str | None:
        [found] = make_clusters(pairs, rank or ranks())
        assert (found.first is None) == (len(found.reasons) == 1)
        return found.first

    def test_is_the_likely_source_where_no_time_tells(self) -> None:
        pairs = [pair("b", "a", source="left"), pair("b", "c", source="left"), pair("a", "c")]
        [found] = make_clusters(pairs, ranks(a=(None, 300)))
        assert (found.canonical, found.first) == ("a", "b")
        assert found.reasons == ("canonical: most complete (300 words)", "first: the source side in 2 of 2 pairs")

    def test_one_pair_is_said_as_one(self) -> None:
        [found] = make_clusters([pair("a", "b", source="left")], ranks())
        assert found.reasons[1] == "first: the source side in 1 of 1 pair"

    def test_is_nobody_where_nothing_tells(self) -> None:
        assert self.first(pair("a", "b")) is None
        assert self.first(pair("a", "b", source="left"), pair("b", "c", source="right")) is None  # two sources of b
        assert self.first(pair("b", "a", source="left"), pair("b", "c", source="right")) == "c"
        assert self.first(*(pair("a", n) for n in "cdef"), pair("a", "b", source="left")) is None  # one of five

    def test_times_come_before_sources(self) -> None:
        dated = ranks(a=(5.0, 100), b=(4.0, 100))
        assert self.first(pair("a", "b", source="left"), rank=dated) == "b"

    def test_who_was_published_later_is_not_first(self) -> None:
        known = {"a": day(9), "b": day(0, day_only=True), "c": day(10)}
        pairs = [pair("c", "a", source="left"), pair("c", "b", source="left")]
        assert self.first(*pairs, rank=known.__getitem__) is None


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"a": (30.0, 100), "b": (None, 300)}, "most complete (300 words); not all times are known"),
        ({"a": (None, 1200), "b": (None, 300)}, "most complete (1,200 words)"),
        ({"a": (None, 100), "b": (None, 100)}, "smallest id of the 2 most complete (100 words each)"),
        ({"a": (30.0, 100), "b": (30.0, 300)}, "most complete (300 words); 2 may be the first published"),
        ({"a": (30.0, 100), "b": (60.0, 300)}, "published first of 2, at 1970-01-01T00:00:30Z"),
    ],
)
def test_why_the_canonical_article_is_kept(known: dict[str, tuple[float | None, int]], reason: str) -> None:
    [found] = make_clusters([pair("a", "b")], ranks(**known))
    assert found.reasons[0] == f"canonical: {reason}"


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


@pytest.fixture(scope="module")
def articles(newsroom: Newsroom) -> list[Article]:
    """The English packs of newsroom."""
    return [article for article in newsroom.articles.values() if article.lang == "en"]


@pytest.fixture(scope="module")
def clusters(articles: list[Article]) -> tuple[Cluster, ...]:
    return find_duplicates(articles).clusters


class TestNewsroom:
    """Whole runs over the English packs, each a story in seven versions beside reports that do not derive from it."""

    def test_every_story_is_one_cluster_kept_by_its_first_version(self, clusters: tuple[Cluster, ...]) -> None:
        assert len({cluster.canonical[:3] for cluster in clusters}) == len(clusters) == 22
        for cluster in clusters:
            assert cluster.canonical == cluster.first == f"{cluster.canonical[:3]}-orig"
            assert {member[:3] for member in cluster.members} == {cluster.canonical[:3]}

    def test_who_is_counted_as_another_telling_is_no_version_of_the_story(self, clusters: tuple[Cluster, ...]) -> None:
        counted = [name for cluster in clusters for name in cluster.related]
        assert sum(name.endswith("-independent") for name in counted) >= 5
        assert not [name for name in counted if name.endswith("-sibling")]
        missed = [name for name in counted if not name.endswith(("-independent", "-followup"))]
        assert len(missed) <= 2, missed  # rewrites that were not found: no telling of their own

    def test_what_is_reported_does_not_change_the_tellings(
        self, articles: list[Article], clusters: tuple[Cluster, ...]
    ) -> None:
        assert find_duplicates(articles, Config(report_all=True)).clusters == clusters
        stricter = {cluster.members: cluster for cluster in find_duplicates(articles, Config(min_score=0.95)).clusters}
        same = [cluster for cluster in clusters if cluster.members in stricter]
        assert len(same) > 3
        assert [stricter[cluster.members].related for cluster in same] == [cluster.related for cluster in same]
        # An article whose rewrite has become too weak to be reported is no telling of its own.
        derived = {member for cluster in clusters for member in cluster.members}
        assert not derived & {name for cluster in stricter.values() for name in cluster.related}

    def test_roundups_join_no_two_stories(self, newsroom: Newsroom, articles: list[Article]) -> None:
        packs = sorted({article.id[:3] for article in articles})
        roles = ("orig", "paraphrase", "spun", "condensed", "syndicated")
        roundups = []
        for place, (one, two) in enumerate(zip(packs[::2], packs[1::2], strict=True)):
            names = f"{one}-{roles[place % 5]}", f"{two}-{roles[(2 * place + 1) % 5]}"
            text = "\n\n".join(newsroom.articles[name].text for name in names)
            roundups.append(Article(id=f"roundup-{place}", text=text, lang="en"))
        result = find_duplicates([*articles, *roundups])
        tied = {
            (pair.right, side[:3])
            for pair in result.pairs
            if pair.right.startswith("roundup") and pair.verdict is not Verdict.EXCERPT
            for side in (pair.left,)
        }
        both = [name for name in {name for name, _ in tied} if sum(name == each for each, _ in tied) > 1]
        assert len(both) >= 3  # roundups that match two stories
        for cluster in result.clusters:
            assert len({member[:3] for member in cluster.members if not member.startswith("roundup")}) == 1

    @pytest.mark.parametrize("short", [False, True])
    def test_a_text_too_short_to_be_called_a_rewrite_is_no_other_telling(
        self, short: bool, seeds: list[Article], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def judged(features: Features, model: Model, circumstances: Circumstances) -> Judgement:
            verdict = Verdict.IDENTICAL if circumstances.identical else Verdict.RELATED
            return Judgement(verdict=verdict, score=1.0, route="copy", facts=1.0, telling=1.0, short=short)

        monkeypatch.setattr("newsdedup.judge.judge", judged)
        run = [replace(seeds[0], id="a"), replace(seeds[0], id="b"), replace(seeds[1], id="c")]
        for config in (Config(), Config(report_all=True)):
            result = find_duplicates(run, config)
            assert any(pair.verdict is Verdict.RELATED for pair in result.pairs) == config.report_all
            [found] = result.clusters
            assert found.members == ("a", "b")
            assert (found.tellings, found.related) == ((1, ()) if short else (2, ("c",)))


def test_a_date_without_a_time_is_the_whole_day_in_a_run(seeds: list[Article]) -> None:
    dated = [replace(seeds[0], published="2021-11-23T10:00Z"), replace(seeds[1], published="2021-11-23")]
    [found] = find_duplicates(dated).clusters
    assert found.canonical == seeds[0].id
    assert found.reasons[0].endswith("2 may be the first published")
    dated[1] = replace(seeds[1], published="2021-11-22")
    assert find_duplicates(dated).clusters[0].first == seeds[1].id
