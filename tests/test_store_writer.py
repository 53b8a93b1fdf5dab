"""Writing to a store and reading it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from newsdedup.errors import StoreError
from newsdedup.store.nouns import ClusterRow, ComparedRow, KeepText, MatchRow
from newsdedup.store.reader import Reader
from newsdedup.store.writer import Writer
from store_sets import DAY, NOW, PARAMETERS, arrival, article, batch, entries_of, key, numbered, row_set


def opened(path: Path, now: float = NOW) -> Writer:
    return Writer.open(path, PARAMETERS, None, now=now, lock_timeout_seconds=0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "news.store"


@pytest.fixture
def writer(path: Path) -> Iterator[Writer]:
    with opened(path) as found:
        yield found


class TestABatch:
    def test_comes_out_as_it_went_in(self, writer: Writer, path: Path) -> None:
        arrivals = numbered(0, 3)
        writer.add(batch(arrivals))
        with Reader.open(path, PARAMETERS) as reader:
            for store in (writer, reader):
                assert store.articles([2, 0]) == [article(2), article(0)]
                assert store.sentences([1, 0, 1]) == [b"s1", b"s0", b"s1"]
                assert store.numbers_of(["a2", "none"]) == {"a2": 2}
                assert store.ids_of([1, 7]) == {1: "a1"}
                assert store.by_identity([key(1), key(99)]) == {key(1): 1}
                assert [each.number for each in store.at_places([key(-3), key(99)])[key(-3)]] == [2]
                assert store.outlets() == {"outlet 0": 1, "outlet 1": 1, "outlet 2": 1}
                assert (store.rows([2, 1]) == row_set([2, 1])).all()
                assert (len(store), store.next_number) == (3, 3)
                assert [each.first_seen for each in store.stored([1, 9])] == [NOW]

    def test_is_found_by_its_keys(self, writer: Writer) -> None:
        for start in (0, 10):
            writer.add(batch(numbered(start, start + 10)))
        asked = entries_of(row_set([12]), [0])
        queries, numbers = writer.holders(asked.kinds, asked.keys, most=9)
        assert set(numbers[np.argsort(queries)].tolist()) == {12}
        assert np.unique(queries).size == len(asked)
        assert not writer.holders(asked.kinds, asked.keys, most=9, but=np.array([12]))[1].size

    def test_of_nothing_new_writes_no_segment(self, writer: Writer, path: Path) -> None:
        writer.add(batch())
        assert list((path.parent / "news.store-index").iterdir()) == []

    def test_that_is_numbered_otherwise_is_refused(self, writer: Writer) -> None:
        with pytest.raises(ValueError, match="numbered from 0"):
            writer.add(batch(numbered(1, 2)))

    def test_with_names_that_are_no_unicode_keeps_them(self, writer: Writer) -> None:
        odd = replace(article(0), id="a\udcff", source="o\udc80")
        writer.add(batch([arrival(0, article=odd)]))
        assert writer.articles([0]) == [odd]
        assert writer.numbers_of(["a\udcff"]) == {"a\udcff": 0}
        assert (writer.ids_of([0]), writer.outlets()) == ({0: "a\udcff"}, {"o\udc80": 1})

    def test_that_fails_leaves_nothing(self, writer: Writer, path: Path) -> None:
        writer.add(batch(numbered(0, 2)))
        before = sorted(path.parent.rglob("*"))
        with pytest.raises(StoreError):
            writer.add(batch([arrival(2, identity=key(0))]))
        assert sorted(path.parent.rglob("*")) == before
        assert (len(writer), writer.next_number) == (2, 2)
        writer.add(batch(numbered(2, 4)))
        assert writer.articles([3]) == [article(3)]

    def test_merges_segments_and_finds_the_same(self, writer: Writer, path: Path) -> None:
        for number in range(9):
            writer.add(batch(numbered(number, number + 1)))
            writer.merge()
            assert [each.listed for each in writer.segments.postings.segments] == writer.segments.listed()
        assert len(list((path.parent / "news.store-index").glob("postings-*"))) < 6
        asked = entries_of(row_set(range(9)), range(9))
        _, numbers = writer.holders(asked.kinds, asked.keys, most=9)
        assert set(numbers.tolist()) == set(range(9))


class TestVersions:
    def test_the_one_seen_last_is_current(self, writer: Writer) -> None:
        writer.add(batch(numbered(0, 2)))
        writer.add(batch([arrival(2, root=0)]))
        assert writer.superseded().tolist() == [0]
        assert writer.versions_of([0, 1]) == {0: [0, 2], 1: [1]}
        writer.add(batch(seen_again=[0], met=[0]))
        assert writer.superseded().tolist() == [2]
        writer.add(batch(seen_again=[0, 2, 0, 2], met=[0, 2, 0, 2]))
        assert writer.superseded().tolist() == [0]

    def test_found_later_join_with_all_of_their_own(self, writer: Writer) -> None:
        writer.add(batch([*numbered(0, 2), arrival(2, root=1)]))
        writer.add(batch(versions={2: 0}))
        assert writer.versions_of([0, 1]) == {0: [0, 1, 2], 1: []}
        assert writer.superseded().tolist() == [0, 1]


class TestWhatWasFound:
    def test_is_untold_until_it_is_told(self, writer: Writer) -> None:
        run = writer.begin_run(NOW)
        news = MatchRow(left=0, right=1, verdict="copy", score=0.5, pair=b"{}", told=None)
        none = MatchRow(left=1, right=2, verdict="revision", score=0.7, pair=b'{"a":1}', told=0)
        writer.add(
            batch(numbered(0, 3), matches=[none, news], compared=[ComparedRow(left=0, right=2, verdict="related")])
        )
        writer.put_clusters(
            made=[ClusterRow(id="c", born=run, absorbed_into=None, told=None)], absorbed={}, members={0: "c", 1: "c"},
            left=[],
        )  # fmt: skip
        assert writer.untold() == [news]
        assert writer.matches_of([1]) == [news, none]
        assert [each.verdict for each in writer.compared_of([2])] == ["related"]
        assert writer.member_told([0, 1, 2]) == {0: None, 1: None}
        writer.tell(run, matches=[(0, 1)], members=[0, 1], clusters=["c"])
        assert writer.untold() == []
        assert writer.told_by([run]) == [replace(news, told=run)]
        assert writer.member_told([0]) == {0: run}
        assert writer.cluster_rows(["c"])[0].told == run

    def test_a_member_that_was_told_stays_told_where_it_moves(self, writer: Writer) -> None:
        writer.add(batch(numbered(0, 4)))
        made = [ClusterRow(id=name, born=1, absorbed_into=None, told=None) for name in "cd"]
        writer.put_clusters(made=made, absorbed={}, members={0: "c", 1: "c", 2: "d", 3: "d"}, left=[])
        writer.tell(1, matches=[], members=range(4), clusters="cd")
        writer.put_clusters(made=[], absorbed={"d": "c"}, members={0: "c", 2: "c", 3: "c"}, left=[1])
        assert writer.member_told(range(4)) == {0: 1, 2: 1, 3: 1}
        assert writer.members_of(["c", "d"]) == {"c": [0, 2, 3], "d": []}
        assert writer.absorbed(None) == {"c": ["d"]}

    def test_a_cluster_that_is_part_of_a_part_is_part_of_the_whole(self, writer: Writer) -> None:
        writer.add(batch(numbered(0, 6)))
        made = [ClusterRow(id=name, born=1, absorbed_into=None, told=None) for name in "cde"]
        members = dict(zip(range(6), "ccddee", strict=True))
        writer.put_clusters(made=made, absorbed={}, members=members, left=[])
        assert writer.clusters_told_by(None) == ["c", "d", "e"]
        writer.tell(1, matches=[], members=range(6), clusters="cde")
        writer.put_clusters(made=[], absorbed={"e": "d"}, members=dict.fromkeys((2, 3, 4, 5), "d"), left=[])
        writer.put_clusters(made=[], absorbed={"d": "c"}, members=dict.fromkeys(range(6), "c"), left=[])
        assert writer.absorbed(None) == {"c": ["d", "e"]}
        assert writer.clusters_told_by(None) == []
        writer.tell(2, matches=[], members=[], clusters="cd")
        assert (writer.absorbed([2]), writer.absorbed(None)) == ({"c": ["d"]}, {"c": ["e"]})
        assert writer.clusters_told_by([1]) == ["c"]
        writer.put_clusters(made=[], absorbed={}, members={}, left=range(6))
        assert writer.cluster_rows("cde") == []

    def test_runs_are_numbered_and_keep_their_figures(self, writer: Writer) -> None:
        assert (writer.begin_run(1.0), writer.begin_run(2.0)) == (1, 2)
        writer.end_run(2, 3.0, {"new": 4})
        runs = writer.runs()
        assert [(each.number, each.wall, each.ended, each.figures) for each in runs] == [
            (1, 1.0, None, {}),
            (2, 2.0, 3.0, {"new": 4}),
        ]

    def test_stories_likenesses_and_boilerplate(self, writer: Writer) -> None:
        keys = np.array([2**64 - 1, 5], dtype=np.uint64)
        writer.add(batch(numbered(0, 3), recurring=keys))
        writer.add(batch(stories={2: 0}, likenesses={1: 7}, recurring=keys[:1]))
        assert [(each.story, each.likenesses) for each in writer.stored(range(3))] == [(0, 0), (1, 7), (0, 0)]
        assert writer.recurring().tolist() == [5, 2**64 - 1]


class TestTheClock:
    def test_never_goes_back(self, path: Path) -> None:
        with opened(path) as writer:
            writer.add(batch(time=NOW + DAY))
        with opened(path, NOW - DAY) as writer:
            assert writer.time == NOW + DAY
        with opened(path, NOW + 2 * DAY) as writer:
            assert writer.time == NOW + 2 * DAY


class TestAReader:
    def test_sees_the_store_as_it_was_when_it_was_opened(self, writer: Writer, path: Path) -> None:
        for number in range(3):
            writer.add(batch(numbered(number, number + 1)))
        with Reader.open(path, None) as reader:
            writer.add(batch(numbered(3, 4)))
            writer.merge()
            asked = entries_of(row_set(range(4)), range(4))
            assert set(reader.holders(asked.kinds, asked.keys, most=9)[1].tolist()) == {0, 1, 2}
            assert len(reader) == 3

    def test_cannot_write(self, writer: Writer, path: Path) -> None:
        with Reader.open(path, None) as reader, pytest.raises(StoreError, match="cannot be written"):
            reader.database.run("DELETE FROM meta")

    def test_keeps_to_what_the_store_keeps_of_texts(self, writer: Writer, path: Path) -> None:
        with Reader.open(path, PARAMETERS) as reader:
            assert reader.keep_text is KeepText.FULL
            assert reader.parameters == PARAMETERS


def test_what_every_run_asks_is_looked_up_and_not_sought_through(tmp_path: Path) -> None:
    asked: list[str] = []
    with opened(tmp_path / "news.store") as writer:
        writer.add(batch(numbered(0, 5)))
        connection = writer.database._connection
        connection.set_trace_callback(asked.append)
        run = writer.begin_run(NOW)
        writer.add(batch(numbered(5, 9), met=[1, 5, 6, 7, 8]))
        writer.put_clusters(made=[], absorbed={}, members={}, left=[1])
        for answer in (writer.untold, writer.members_untold, writer.last_run):
            answer()
        writer.absorbed(None)
        writer.absorbed([1])
        writer.told_by([1])
        writer.run_numbers_since(NOW - 5, NOW)
        writer.tied_since(5)
        writer.tell(run, matches=[(0, 1)], members=[0], clusters=["c"])
        connection.set_trace_callback(None)
        plans = [
            (row[3], statement)
            for statement in asked
            if statement.startswith(("SELECT", "UPDATE", "DELETE"))
            for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]
    few = "clusters_untold"  # an index of those alone
    large = ("articles", "records", "matches", "members", "clusters", "compared", "runs")
    assert [
        each for each in plans if each[0].startswith("SCAN") and each[0].split()[1] in large and few not in each[0]
    ] == []
    assert len(plans) > 20
