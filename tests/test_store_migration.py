"""A store gets other parameters, made anew from its texts, or stays as it was."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.errors import StoreError
from newsdedup.store import migration
from newsdedup.store.checking import verify
from newsdedup.store.copying import backup
from newsdedup.store.expiry import expire
from newsdedup.store.migration import migrate
from newsdedup.store.nouns import KeepText, MatchRow, Rebuilt
from newsdedup.store.reader import Reader
from newsdedup.store.writer import Writer
from store_sets import DAY, NOW, PARAMETERS, article, batch, entries_of, key, numbered, row_set

OTHERS = {**PARAMETERS, "signature": "2"}
SHIFT = 1000  # what is made anew of article n is what article n + SHIFT would have


def opened(path: Path, parameters: dict[str, str] = PARAMETERS, keep_text: KeepText | None = None) -> Writer:
    return Writer.open(path, parameters, keep_text, now=NOW, lock_timeout_seconds=0)


def numbers_of(articles: Sequence[Article]) -> list[int]:
    return [int(each.id[1:]) + SHIFT for each in articles]


def rebuilt(articles: list[Article], *learned: object) -> Rebuilt:
    numbers = numbers_of(articles)
    rows = row_set(numbers)
    return Rebuilt(
        rows=rows,
        entries=entries_of(rows, range(len(articles))),
        sentences=[b"new%d" % number for number in numbers],
        identities=[key(number) for number in numbers],
        places=[None if number % 2 else key(-number) for number in numbers],
        recurring=np.array(numbers[:1], dtype=np.uint64),
    )


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(migration, "_AT_ONCE", 4)
    path = tmp_path / "news.store"
    with opened(path) as writer:
        pair = MatchRow(left=0, right=1, verdict="copy", score=1.0, pair=b"{}", told=3)
        recurring = np.array([7], dtype=np.uint64)
        writer.add(batch(numbered(0, 5), matches=[pair], recurring=recurring))
        writer.add(batch(numbered(5, 10)))
    return path


def assert_migrated(path: Path, count: int) -> None:
    with Reader.open(path, OTHERS) as reader:
        numbers = reader.numbers_of(f"a{each}" for each in range(count)).values()
        asked = [number + SHIFT for number in numbers]
        assert reader.articles([*numbers]) == [article(number) for number in numbers]
        rows = row_set(asked)
        rows["seen"] = [(NOW + (number >= 10) * 10 * DAY) / DAY for number in numbers]
        assert (reader.rows([*numbers]) == rows).all()
        assert reader.sentences([*numbers]) == [b"new%d" % number for number in asked]
        assert reader.by_identity(key(number) for number in asked) == {key(n + SHIFT): n for n in numbers}
        entries = entries_of(row_set(asked), [*numbers])
        assert set(reader.holders(entries.kinds, entries.keys, most=9)[1].tolist()) == set(numbers)
        old = entries_of(row_set(range(count)), range(count))
        assert reader.holders(old.kinds, old.keys, most=9)[1].size < 3  # 24 bits meet by chance
    assert verify(path) == []


def test_everything_derived_is_made_anew_and_the_rest_stays(path: Path) -> None:
    found = migrate(path, OTHERS, rebuilt, now=NOW)
    assert (found.articles, found.from_["signature"], found.to["signature"]) == (10, "1", "2")
    assert_migrated(path, 10)
    with Reader.open(path, None) as reader:
        assert [each.told for each in reader.all_matches()] == [3]
        assert reader.recurring().tolist() == [1000, 1004, 1008]
    assert [each.name for each in path.with_name("news.store-index").iterdir()] == ["g1"]
    with pytest.raises(StoreError, match="signature: 2 there, 1 here"):
        opened(path)


def test_a_store_is_migrated_again_and_used_on(path: Path) -> None:
    migrate(path, OTHERS, rebuilt, now=NOW)
    migrate(path, {**OTHERS, "signature": "3"}, rebuilt, now=NOW)
    assert migrate(path, OTHERS, rebuilt, now=NOW).articles == 10
    assert_migrated(path, 10)
    assert [each.name for each in path.with_name("news.store-index").iterdir()] == ["g3"]
    with opened(path, OTHERS) as writer:
        for number in range(10, 15):
            writer.add(batch(numbered(number, number + 1)))
            writer.merge()
        assert writer.rows([14])["tokens"].tolist() == [14]
    backup(path, path.with_name("copy"))
    assert verify(path.with_name("copy")) == []


def test_who_reads_a_store_meanwhile_goes_on_reading_it_as_it_was(path: Path) -> None:
    with Reader.open(path, None) as reader:
        migrate(path, OTHERS, rebuilt, now=NOW)
        assert reader.rows([3])["tokens"].tolist() == [3]
        assert reader.days(np.array([9]))[0].tolist() == [NOW / DAY]


def test_a_new_folder_outlasts_a_power_cut_before_anything_stands_in_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = path.with_name("news.store-index")
    synced: list[Path] = []
    fsync = os.fsync

    def noted(handle: int) -> None:
        fsync(handle)
        if (index / "g1").is_dir() and not any((index / "g1").iterdir()):
            synced.append(Path(f"/proc/self/fd/{handle}").resolve())

    monkeypatch.setattr(os, "fsync", noted)
    migrate(path, OTHERS, rebuilt, now=NOW)
    assert index in synced


def test_nothing_to_do_does_nothing(path: Path) -> None:
    assert migrate(path, PARAMETERS, rebuilt, keep_text=KeepText.FULL, now=NOW).articles == 0
    opened(path).close()


class TestAMigrationThatWasEnded:
    @pytest.fixture
    def path(self, path: Path) -> Path:
        """Ended after eight articles."""
        self.end(path, OTHERS)
        return path

    def end(self, path: Path, parameters: dict[str, str]) -> None:
        def ended(stage: str, done: int, total: int) -> None:
            assert (stage, total) == ("migrate", 10)
            if done == 8:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            migrate(path, parameters, rebuilt, now=NOW, progress=ended)

    def test_leaves_the_store_as_it_was(self, path: Path) -> None:
        assert verify(path) == []
        with opened(path) as writer:
            assert (writer.rows([0, 9]) == row_set([0, 9])).all()
            assert writer.by_identity([key(0)]) == {key(0): 0}

    def test_goes_on_where_it_ended(self, path: Path) -> None:
        made: list[object] = []

        def counted(articles: list[Article], recurring: NDArray[np.uint64]) -> Rebuilt:
            made.extend([*[each.id for each in articles], recurring.tolist()])
            return rebuilt(articles)

        assert migrate(path, OTHERS, counted, now=0).articles == 10
        assert made == ["a8", "a9", [1000, 1004]]
        assert_migrated(path, 10)

    def test_goes_on_after_the_store_was_used(self, path: Path) -> None:
        with opened(path) as writer:
            writer.add(batch(numbered(10, 13), time=NOW + 10 * DAY, met=[*range(3, 7), 9, 10, 11, 12]))
        assert expire(path, 5, now=NOW + 10 * DAY).articles == 5
        assert verify(path) == []
        migrate(path, OTHERS, rebuilt, now=NOW)
        assert_migrated(path, 13)

    def test_knows_nothing_of_what_expired_meanwhile(self, path: Path) -> None:
        with opened(path) as writer:
            writer.add(batch(time=NOW + 10 * DAY, met=range(3, 10), seen_again=range(3, 10)))
        assert expire(path, 5, now=NOW + 10 * DAY).articles == 3
        migrate(path, OTHERS, rebuilt, now=NOW)
        assert verify(path) == []
        with Reader.open(path, None) as reader:
            asked = entries_of(row_set(range(SHIFT, SHIFT + 10)), range(10))
            assert set(reader.holders(asked.kinds, asked.keys, most=99)[1].tolist()) == set(range(3, 10))

    def test_begins_anew_for_another_goal(self, path: Path) -> None:
        self.end(path, {**OTHERS, "lang": "de"})
        assert migrate(path, OTHERS, rebuilt, now=NOW).articles == 10
        assert_migrated(path, 10)

    def test_is_not_part_of_a_backup(self, path: Path) -> None:
        backup(path, path.with_name("copy"))
        assert verify(path.with_name("copy")) == []
        assert not list(path.with_name("copy-index").glob("g*"))


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("postings-00000001", "gone"),
        ("postings-00000002", "cut"),
        ("postings-00000001", "flipped"),
        ("rows-00000", "gone"),
        ("rows-00000", "cut"),
    ],
)
def test_an_index_that_is_damaged_is_made_anew(path: Path, name: str, spoil: str) -> None:
    file = path.with_name("news.store-index") / name
    data = file.read_bytes()
    if spoil == "gone":
        file.unlink()
    elif spoil == "cut":
        file.write_bytes(data[: len(data) // 2])
    else:
        file.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
    found = migrate(path, PARAMETERS, same, now=NOW)
    assert (found.articles, found.from_) == (10, found.to)
    assert verify(path) == []
    with opened(path) as writer:
        assert (writer.rows(range(10)) == seen_now(row_set(range(10)))).all()
    assert migrate(path, PARAMETERS, same, now=NOW).articles == 0


def seen_now(rows: NDArray[np.void]) -> NDArray[np.void]:
    """When an article was first seen is for the store to say."""
    rows["seen"] = NOW / 86_400
    return rows


def same(articles: list[Article], *learned: object) -> Rebuilt:
    """What the store had."""
    numbers = [number - SHIFT for number in numbers_of(articles)]
    rows = row_set(numbers)
    return Rebuilt(
        rows=rows,
        entries=entries_of(rows, range(len(articles))),
        sentences=[b"s%d" % number for number in numbers],
        identities=[key(number) for number in numbers],
        places=[key(-number - 1) for number in numbers],
    )


def test_of_articles_that_become_one_the_older_is_known_again(path: Path) -> None:
    def alike(articles: list[Article], *learned: object) -> Rebuilt:
        return replace(rebuilt(articles), identities=[key(0)] * len(articles))

    migrate(path, OTHERS, alike, now=NOW)
    with Reader.open(path, None) as reader:
        assert reader.by_identity([key(0)]) == {key(0): 0}
        assert len(reader) == 10
    assert verify(path) == []


def test_less_may_be_kept_of_texts_but_not_more(path: Path) -> None:
    def cut(text: str, articles: list[Article]) -> Rebuilt:
        return replace(rebuilt(articles), articles=[replace(each, text=text) for each in articles])

    migrate(path, PARAMETERS, lambda articles, *_: cut("short", articles), keep_text=KeepText.NORMALISED, now=NOW)
    with Reader.open(path, PARAMETERS) as reader:
        assert (reader.keep_text, reader.articles([3])[0].text) == (KeepText.NORMALISED, "short")
    with pytest.raises(StoreError, match="keeps normalised texts, from which full ones cannot be made"):
        migrate(path, PARAMETERS, rebuilt, keep_text=KeepText.FULL, now=NOW)
    migrate(path, PARAMETERS, lambda articles, *_: cut("", articles), keep_text=KeepText.NONE, now=NOW)
    with pytest.raises(StoreError, match=r"keeps no texts.*newsdedup ingest PATH --store NEW"):
        migrate(path, OTHERS, rebuilt, now=NOW)
    opened(path, keep_text=KeepText.NONE).close()
