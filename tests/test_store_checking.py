"""Each fault is found, and a sound store has none."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.store.checking import index_problems, verify
from newsdedup.store.info import info
from newsdedup.store.nouns import ClusterRow, KeepText, MatchRow
from newsdedup.store.reader import Reader
from newsdedup.store.writer import Writer
from newsdedup.stores import verify_store
from store_sets import NOW, PARAMETERS, arrival, batch, numbered, row_set


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "news.store"
    with Writer.open(path, PARAMETERS, now=NOW, lock_timeout_seconds=0) as writer:
        run = writer.begin_run(NOW)
        pair = MatchRow(left=0, right=1, verdict="copy", score=1.0, pair=b"{}", told=None)
        writer.add(batch([*numbered(0, 6), arrival(6, root=5)], matches=[pair]))
        writer.add(batch(numbered(7, 9)))
        made = [ClusterRow(id=name, born=1, absorbed_into=None, told=None) for name in "cd"]
        writer.put_clusters(made=made, absorbed={}, members={0: "c", 1: "c", 2: "d", 3: "d"}, left=[])
        writer.end_run(run, NOW + 1, {"new": 9})
    return path


def unlike(articles: list[Article], rows: NDArray[np.void]) -> NDArray[np.bool_]:
    made = row_set([int(article.id[1:]) for article in articles])
    others = np.zeros(made.size, dtype=np.bool_)
    for view in ("copy", "terms", "facts"):
        others |= (made[view] != rows[view]).any(axis=1)
    return others


def changed(statement: str) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(statement)
            connection.commit()

    return spoil


def flipped(name: str, place: int) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        file = next(path.parent.rglob(name))
        data = bytearray(file.read_bytes())
        data[place] ^= 4
        file.write_bytes(data)

    return spoil


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a flipped byte of postings": (flipped("postings-00000002", -9), "postings-00000002"),
    "a flipped byte of rows": (flipped("rows-00000", 40), "1 articles with other signatures than their text has: 0"),
    "cut rows": (lambda path: next(path.parent.rglob("rows-*")).write_bytes(b"0" * 4000), "rows-00000"),
    "no rows": (lambda path: next(path.parent.rglob("rows-*")).unlink(), "rows-00000"),
    "a damaged record": (changed("UPDATE records SET record = x'00112233' WHERE number = 4"), "record of article 4"),
    "no record": (changed("DELETE FROM records WHERE number = 4"), "1 articles without a record: 4"),
    "a record of another": (
        changed("UPDATE records SET record = (SELECT record FROM records WHERE number = 1) WHERE number = 2"),
        "1 articles whose record has another id: 2",
    ),
    "two current versions": (changed("UPDATE articles SET current = 1"), "have not one current version: 5"),
    "no current version": (
        changed("UPDATE articles SET current = 0 WHERE root = 1"), "1 articles that have not one current version: 1"
    ),
    "no first version": (changed("UPDATE articles SET root = 77 WHERE number = 6"), "first version is not there: 6"),
    "one member": (changed("DELETE FROM members WHERE article = 3"), "1 clusters of fewer than two members: d"),
    "a later version as member": (
        changed("UPDATE members SET article = 6 WHERE article = 0"), "members of clusters that are not the first"
    ),
    "members of an absorbed cluster": (
        changed("UPDATE clusters SET absorbed_into = 'c' WHERE id = 'd'"), "part of another: d"
    ),
    "a match without an end": (changed("DELETE FROM articles WHERE number = 1"), "rows of .*matches.* name what"),
    "a match the wrong way round": (changed('UPDATE matches SET "left" = 3'), "wrong way round: 3 and 1"),
    "a match that cannot be read": (changed("UPDATE matches SET pair = x'00'"), "match of articles 0 and 1"),
    "an outlet": (changed("UPDATE outlets SET articles = 1 WHERE name = 'outlet 0'"), "miscounted: outlet 0"),
    "an outlet too many": (changed("INSERT INTO outlets VALUES ('x', 1)"), "miscounted: x"),
    "an article that is gone": (
        changed("DELETE FROM articles WHERE number = 8"), "postings-00000002 holds entries of 1 articles"
    ),
    "an article in no segment": (changed("DELETE FROM segments WHERE first = 7"), "2 articles stand in no segment"),
    "the next number": (changed("UPDATE meta SET value = 8 WHERE key = 'next_number'"), "beyond the next number: 8"),
    "the clock": (changed("UPDATE meta SET value = 'x' WHERE key = 'clock'"), "its clock is no number"),
}  # fmt: skip


def test_a_sound_store_has_no_problem(path: Path) -> None:
    assert verify(path, unlike=unlike) == []


@pytest.mark.parametrize("label", FAULTS)
def test_a_fault_is_found_and_named(path: Path, label: str) -> None:
    spoil, told = FAULTS[label]
    spoil(path)
    problems = verify(path, unlike=unlike)
    assert problems
    assert not any("\n" in each for each in problems)
    assert any(re.search(told, each) for each in problems), problems


def test_of_several_damaged_segments_each_is_named_with_what_else_is_wrong(path: Path) -> None:
    for number in (1, 2):
        next(path.parent.rglob(f"postings-0000000{number}")).write_bytes(b"x")
    changed("UPDATE records SET record = x'00112233' WHERE number = 4")(path)
    changed("UPDATE outlets SET articles = 99")(path)
    for problems in (verify(path, unlike=unlike), verify_store(path)):
        for told in ("postings-00000001", "postings-00000002", "record of article 4", "miscounted"):
            assert sum(told in each for each in problems) == 1


def test_pages_that_were_overwritten_are_found(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 8192):
        data[page * 8192 : page * 8192 + 50] = b"\xff" * 50
    path.write_bytes(data)
    problems = verify(path)
    assert any("damaged" in each or "page" in each.lower() for each in problems)
    assert all("news.store" in each and "\n" not in each for each in problems)


def test_a_merge_beside_it_is_no_damage(path: Path) -> None:
    with Writer.open(path, PARAMETERS, now=NOW, lock_timeout_seconds=0) as writer, Reader.open(path, None) as reader:
        for number in (9, 10, 11):
            writer.add(batch(numbered(number, number + 1)))
        writer.merge()
        assert not path.with_name("news.store-index").joinpath("postings-00000002").exists()
        assert [*index_problems(reader)] == []


def test_info_tells_what_there_is(path: Path) -> None:
    found = info(path, NOW - 3 * 86_400)
    assert (found.articles, found.superseded, found.matches, found.clusters, found.outlets) == (9, 1, 1, 2, 3)
    assert (found.schema, found.keep_text, found.parameters) == (1, KeepText.FULL, PARAMETERS)
    assert (found.runs, found.segments, found.oldest, found.newest) == (1, 2, NOW, NOW)
    assert (found.ahead_days, info(path, NOW + 1).ahead_days) == (3.0, 0.0)
    assert found.last_run is not None
    assert found.last_run.figures == {"new": 9}
    files = [each.stat().st_size for each in path.with_name("news.store-index").iterdir()]
    assert (found.index_bytes, found.text_bytes) == (sum(files), path.stat().st_size)
