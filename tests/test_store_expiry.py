"""What was not seen for long goes, with all that hangs on it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest

from newsdedup.errors import StoreError
from newsdedup.store import expiry
from newsdedup.store.checking import verify
from newsdedup.store.expiry import expire
from newsdedup.store.nouns import ClusterRow, ComparedRow, Expired, MatchRow
from newsdedup.store.reader import Reader
from newsdedup.store.rows import Rows
from newsdedup.store.writer import Writer
from store_sets import DAY, NOW, PARAMETERS, arrival, batch, entries_of, numbered, row_set


def opened(path: Path, now: float = NOW) -> Writer:
    return Writer.open(path, PARAMETERS, now=now, lock_timeout_seconds=0)


def match(left: int, right: int) -> MatchRow:
    return MatchRow(left=left, right=right, verdict="copy", score=1.0, pair=b"{}", told=None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Articles 0 to 3 from day 0, 4 to 9 from day 10; 3 was seen again on day 10."""
    path = tmp_path / "news.store"
    with opened(path) as writer:
        writer.add(
            batch(numbered(0, 4), matches=[match(0, 3)], compared=[ComparedRow(left=1, right=2, verdict="related")])
        )
        writer.add(batch(numbered(4, 10), time=NOW + 10 * DAY, matches=[match(0, 4), match(3, 4)], met=[4, 3]))
        made = [ClusterRow(id=name, born=1, absorbed_into=None, told=None) for name in "cd"]
        writer.put_clusters(made=made, absorbed={}, members={0: "c", 3: "c", 4: "c", 1: "d", 5: "d"}, left=[])
    return path


def test_what_was_seen_last_before_the_limit_goes_with_all_that_hangs_on_it(path: Path) -> None:
    found = expire(path, 5, now=NOW + 11 * DAY)
    assert (found.articles, found.left, found.touched) == (3, 7, (3, 4))
    with Reader.open(path, PARAMETERS) as reader:
        assert [each.number for each in reader.stored(range(10))] == [3, 4, 5, 6, 7, 8, 9]
        assert [(each.left, each.right) for each in reader.all_matches()] == [(3, 4)]
        assert reader.compared_of(range(10)) == []
        assert reader.members_of("cd") == {"c": [3, 4], "d": []}  # of d one member was left
        assert reader.cluster_rows("d") == []
        assert reader.outlets() == {"outlet 0": 3, "outlet 1": 2, "outlet 2": 2}
        asked = entries_of(row_set(range(10)), range(10))
        assert set(reader.holders(asked.kinds, asked.keys, most=99)[1].tolist()) == set(range(3, 10))
    assert verify(path) == []


def test_numbers_of_what_went_are_not_used_again(path: Path) -> None:
    expire(path, 0, now=NOW + 99 * DAY, force=True)
    with opened(path) as writer:
        assert (len(writer), writer.next_number) == (0, 10)
        writer.add(batch(numbered(10, 12)))
    assert verify(path) == []
    assert sorted(each.name for each in path.with_name("news.store-index").iterdir()) == [
        "postings-00000003",
        "rows-00000",
    ]


def test_a_clock_that_went_back_expires_nothing_early(path: Path) -> None:
    assert expire(path, 11, now=NOW - 1000 * DAY).articles == 0
    assert expire(path, 9, now=NOW - 1000 * DAY).articles == 3  # ten days by the store's own clock


def test_a_clock_that_leapt_wipes_nothing_unless_it_is_forced(path: Path) -> None:
    for _ in range(2):
        with pytest.raises(StoreError, match=r"10 of 10 articles .*more than half.*--force"):
            expire(path, 90, now=NOW + 10_000 * DAY)
    with opened(path) as writer:
        assert (len(writer), writer.time) == (10, NOW + 10 * DAY)
    assert expire(path, 90, now=NOW + 10_000 * DAY, force=True).left == 0


class TestAClockThatHadLeapt:
    """A batch came while it was a thousand days ahead."""

    @pytest.fixture
    def path(self, path: Path) -> Path:
        with opened(path, NOW + 1000 * DAY) as writer:
            writer.begin_run(NOW + 1000 * DAY)
            writer.add(batch(numbered(10, 12), time=NOW + 1000 * DAY))
        return path

    def test_is_named_with_the_way_out(self, path: Path) -> None:
        with pytest.raises(StoreError, match=r"988 days ahead of this machine's.*--set-clock"):
            expire(path, 5, now=NOW + 12 * DAY)

    def test_is_set_and_then_what_is_old_expires(self, path: Path) -> None:
        assert expire(path, 5, now=NOW + 12 * DAY, set_clock=True).articles == 3
        with opened(path) as writer:
            now = NOW + 12 * DAY
            assert writer.clock == writer.time == now
            assert [each.started for each in writer.runs()] == [now]
            assert {each.number: (each.first_seen, each.last_seen) for each in writer.stored([4, 10, 11])} == {
                4: (NOW + 10 * DAY, NOW + 10 * DAY), 10: (now, now), 11: (now, now)
            }  # fmt: skip
            assert (writer.days(np.array([4, 10]))[1] * DAY == [NOW + 10 * DAY, now]).all()
            assert (writer.rows([11])["copy"] == row_set([11])["copy"]).all()
        assert verify(path) == []

    def test_is_set_by_the_next_expiry_where_one_was_ended(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def ended(self: Rows, numbers: object, rows: object) -> None:
            write(self, numbers, rows)  # type: ignore[arg-type]
            raise KeyboardInterrupt

        write = Rows.write
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(Rows, "write", ended)
            expire(path, 5, now=NOW + 12 * DAY, set_clock=True)
        self.test_is_set_and_then_what_is_old_expires(path)


@pytest.mark.parametrize("days", [-1.0, float("nan")])
def test_days_are_not_below_nothing(path: Path, days: float) -> None:
    with pytest.raises(ValueError, match="keep_days"):
        expire(path, days, now=NOW)


def test_who_reads_a_store_meanwhile_goes_on_reading_what_goes(path: Path) -> None:
    with Reader.open(path, None) as reader:
        expire(path, 0, now=NOW + 99 * DAY, force=True)
        assert not (path.with_name("news.store-index") / "rows-00000").exists()
        assert (reader.rows([0, 9])["tokens"] == [0, 9]).all()


def test_rows_that_expire_while_a_store_is_opened_are_not_missed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hold = Rows.hold

    def late(self: Rows, names: Iterable[str]) -> bool:
        with monkeypatch.context() as patch:
            patch.setattr(Rows, "hold", hold)
            expire(path, 0, now=NOW + 99 * DAY, force=True)
        return hold(self, names)

    monkeypatch.setattr(Rows, "hold", late)
    with Reader.open(path, None) as reader:
        assert len(reader) == 0


class TestAVersion:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        """Versions 0, 1 and 2 of one article and eight others; the cluster has 0 and 5."""
        path = tmp_path / "news.store"
        with opened(path) as writer:
            writer.add(batch([arrival(0), arrival(1, root=0), arrival(2, root=0), *numbered(3, 11)]))
            made = [ClusterRow(id="c", born=1, absorbed_into=None, told=None)]
            writer.put_clusters(made=made, absorbed={}, members={0: "c", 5: "c"}, left=[])
            writer.tell(1, matches=[], members=[0, 5], clusters=["c"])
        return path

    def expired(self, path: Path, *gone: int) -> Expired:
        """All but some are seen again on day 10; the rest goes."""
        with opened(path) as writer:
            others = [number for number in range(11) if number not in gone]
            writer.add(batch(time=NOW + 10 * DAY, seen_again=others, met=others))
        return expire(path, 5, now=NOW + 10 * DAY)

    def test_that_goes_makes_the_older_one_current_again(self, path: Path) -> None:
        with opened(path) as writer:
            assert writer.superseded().tolist() == [0, 1]
        assert self.expired(path, 2).articles == 1
        with Reader.open(path, None) as reader:
            assert reader.superseded().tolist() == [0]
            assert reader.versions_of([0]) == {0: [0, 1]}
        assert verify(path) == []

    def test_that_goes_though_it_was_met_last_makes_the_older_one_current_again(self, path: Path) -> None:
        with opened(path) as writer:
            writer.add(batch(time=NOW + 10 * DAY, seen_again=[0, *range(3, 11)]))
            assert writer.superseded().tolist() == [0, 1]
        assert expire(path, 5, now=NOW + 10 * DAY).articles == 2
        with Reader.open(path, None) as reader:
            assert reader.superseded().tolist() == []
        assert verify(path) == []

    def test_that_was_the_first_hands_over_to_the_next(self, path: Path) -> None:
        assert self.expired(path, 0).touched == (1, 5)
        with Reader.open(path, None) as reader:
            assert reader.versions_of([0, 1]) == {0: [], 1: [1, 2]}
            assert reader.member_told([0, 1, 5]) == {1: 1, 5: 1}
            assert reader.superseded().tolist() == [1]
        assert verify(path) == []

    def test_all_of_which_go_leaves_its_cluster(self, path: Path) -> None:
        assert self.expired(path, 0, 1, 2).touched == ()
        with Reader.open(path, None) as reader:
            assert reader.clusters_of(range(11)) == {}
        assert verify(path) == []


def test_a_segment_most_of_which_stays_is_not_written_again_and_holds_none_that_went(tmp_path: Path) -> None:
    path = tmp_path / "news.store"
    with opened(path) as writer:
        writer.add(batch(numbered(0, 10)))
        writer.add(batch(time=NOW + 10 * DAY, met=range(3, 10), seen_again=range(3, 10)))
    expire(path, 5, now=NOW + 10 * DAY)
    with Reader.open(path, None) as reader:
        assert [each.name for each in reader.segments.listed()] == ["postings-00000001"]
        asked = entries_of(row_set(range(10)), range(10))
        assert set(reader.holders(asked.kinds, asked.keys, most=99)[1].tolist()) == set(range(3, 10))
    assert verify(path) == []


def test_an_expiry_that_was_ended_goes_on(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "_AT_ONCE", 1)

    def ended(stage: str, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        expire(path, 5, now=NOW + 11 * DAY, progress=ended)
    assert verify(path) == []
    assert expire(path, 5, now=NOW + 11 * DAY).articles == 1
    assert verify(path) == []


class TestAnExpiryThatWasEndedBeforeItMadeClustersAnew:
    @pytest.fixture
    def path(self, path: Path) -> Path:
        def ended(stage: str, done: int, total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            expire(path, 5, now=NOW + 11 * DAY, progress=ended)
        return path

    def test_makes_them_anew_when_it_is_run_again_though_nothing_is_due(self, path: Path) -> None:
        asked: list[list[int]] = []

        def renew(store: Writer, roots: Sequence[int]) -> None:
            asked.append([*roots])
            store.put_clusters(made=[], absorbed={}, members=dict.fromkeys(roots, "c"), left=[])

        for _ in range(2):
            assert expire(path, 5, now=NOW + 11 * DAY, renew=renew).articles == 0
        assert asked == [[3, 4]]

    def test_leaves_them_to_the_next_run_else(self, path: Path) -> None:
        with opened(path) as writer:
            assert writer.tied_since(writer.clustered) == [3, 4]
            writer.put_clusters(made=[], absorbed={}, members={3: "c", 4: "c"}, left=[])
            assert writer.tied_since(writer.clustered) == []


def test_the_room_of_what_went_is_given_back(tmp_path: Path) -> None:
    path = tmp_path / "news.store"
    with opened(path) as writer:
        noise = [arrival(number, sentences=np.random.default_rng(number).bytes(5000)) for number in range(300)]
        writer.add(batch(noise))
        writer.add(batch(numbered(300, 310), time=NOW + 10 * DAY))
    before = sum(each.stat().st_size for each in tmp_path.rglob("*") if each.is_file())
    found = expire(path, 5, now=NOW + 11 * DAY, force=True)
    after = sum(each.stat().st_size for each in tmp_path.rglob("*") if each.is_file())
    assert found.bytes_freed > 300 * 5000
    assert before - after > 300 * 5000
    assert verify(path) == []
