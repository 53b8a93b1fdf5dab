"""What stands between the articles and the stages: the shelf, tiles, arrays that grow, the table of a whole run."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdedup.article import Article
from newsdedup.engine.shelf import Shelf
from newsdedup.engine.tiles import tile_order, tiles
from newsdedup.engine.twins import exact_groups, representatives
from newsdedup.engine.whole import WholeTable
from newsdedup.errors import InputError, NewsdedupError
from newsdedup.text.growing import GrowingArray
from newsdedup.text.table import ArticleColumns, ArticleTable, make_table, take_articles

ARTICLES = [
    Article(id="c", text="Third, with a line\nbreak.", origin="feeds/a.jsonl line 3"),
    Article(id="a\udcff", text='First \ud800 "quoted" ünïcödé 漢字 \x00', title="T\udcff", source="AP"),
    Article(id="b", text="", published="2024-05-12", source="ap", url="https://a.example/b", lang="de"),
    Article(id="aa", text="Last\n", source="AP", url="https://a.example/b"),
]
some_pairs = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=80)


class TestShelf:
    @pytest.mark.parametrize("memory", [1 << 20, 60, 0])
    def test_gives_back_what_was_put_on_it(self, memory: int) -> None:
        with Shelf() as shelf:
            shelf.memory_bytes = memory
            for article in ARTICLES:
                shelf.add(article)
            assert shelf.articles(range(4)) == ARTICLES
            assert shelf.sort().tolist() == [3, 1, 2, 0]
            by_id = sorted(ARTICLES, key=lambda article: article.id)
            assert shelf.articles([2, 0, 2]) == [by_id[2], by_id[0], by_id[2]]
            assert shelf.ids == [article.id for article in by_id]
            assert shelf.sources == [article.source for article in by_id]
            assert shelf.url_keys[0] == shelf.url_keys[2] != 0
            assert shelf.url_keys[1] == 0
            assert shelf.records(np.array([3, 1])).articles() == [by_id[3], by_id[1]]

    def test_leaves_nothing_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        with Shelf() as shelf:
            shelf.memory_bytes = 0
            shelf.add(ARTICLES[0])
            assert len(list(tmp_path.iterdir())) == 1
        assert list(tmp_path.iterdir()) == []

    def test_says_what_to_do_when_there_is_no_room(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        with Shelf() as shelf:
            shelf.memory_bytes = 0
            monkeypatch.setattr(Path, "open", _refuse)
            with pytest.raises(NewsdedupError, match="No space left on device; set TMPDIR"):
                shelf.add(ARTICLES[0])

    def test_names_both_places_of_an_id(self) -> None:
        shelf = Shelf.of([Article(id="a", text="1", origin="x line 1"), Article(id="a", text="2")])
        with pytest.raises(InputError, match=r'two articles have the id "a" \(x line 1 and another\)'):
            shelf.sort()


def _refuse(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


class TestTiles:
    @given(some_pairs, st.integers(1, 60), st.integers(1, 50))
    @settings(derandomize=True, deadline=None, max_examples=100)
    def test_cover_all_pairs_in_order_with_their_articles(
        self, pairs: list[tuple[int, int]], size: int, most: int
    ) -> None:
        left, right = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
        order = tile_order(left, right, 31)
        assert sorted(order.tolist()) == list(range(len(pairs)))
        found = list(tiles(left[order], right[order], np.full(31, 3), most_size=size, most_pairs=most))
        assert [place for tile in found for place in range(tile.part.start, tile.part.stop)] == list(range(len(pairs)))
        for tile in found:
            wanted = np.union1d(left[order][tile.part], right[order][tile.part])
            assert tile.rows.tolist() == wanted.tolist()
            assert tile.rows[tile.places(wanted)].tolist() == wanted.tolist()

    @given(some_pairs)
    @settings(derandomize=True, deadline=None, max_examples=100)
    def test_pairs_that_hang_together_stand_together(self, pairs: list[tuple[int, int]]) -> None:
        group = list(range(31))
        for _ in range(31):  # brute force: the smallest number spreads
            for a, b in pairs:
                group[a] = group[b] = min(group[a], group[b])
        left, right = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
        order = tile_order(left, right, 31).tolist()
        assert order == sorted(range(len(pairs)), key=lambda place: (group[pairs[place][0]], place))


@given(st.lists(st.lists(st.integers(0, 9), max_size=40), min_size=1, max_size=20))
@settings(derandomize=True, deadline=None, max_examples=100)
def test_a_growing_array_holds_what_was_added(parts: list[list[int]]) -> None:
    arrays = [np.array(part, dtype=np.int64) for part in parts]
    grown = GrowingArray(arrays[0])
    for part in arrays[1:]:
        grown.append(part)
    expected = [value for part in parts for value in part]
    assert (len(grown), grown.view().tolist()) == (len(expected), expected)
    assert grown.finish().tolist() == expected


def assert_same(one: ArticleTable, other: ArticleTable) -> None:
    for field in fields(ArticleTable):
        assert getattr(one, field.name).tolist() == getattr(other, field.name).tolist(), field.name


TEXTS = [
    "Mayor Anna Bell opened it.",
    "",
    "Critics said no. Then 48 left.",
    "One two three",
    "Anna Bell, 48, was there.",
]


def test_the_whole_table_is_that_of_its_articles_also_where_some_were_replaced() -> None:
    tables = [make_table([Article(id=text, text=text, lang="en") for text in part]) for part in (TEXTS[:2], TEXTS[2:])]
    together = make_table([Article(id=text, text=text, lang="en") for text in TEXTS])
    whole = WholeTable()
    rows = [row for table in tables for row in whole.add(table).tolist()]
    assert rows == [0, 1, 2, 3, 4]
    whole.rows = np.array([4, 0, 3, 1, 2])
    numbers = np.array([2, 0, 2])
    assert_same(whole.take(numbers), take_articles(together, np.array([3, 4, 3])))
    whole.rows[[1, 3]] = whole.add(take_articles(together, np.array([3, 3])))
    assert_same(whole.take(np.arange(5)), take_articles(together, np.array([4, 3, 3, 3, 2])))
    assert whole.numbers().tolist() == [-1, -1, 4, 2, 0, 1, 3]


class TestTwins:
    def test_are_articles_with_the_same_words(self) -> None:
        texts = ["One two.", "Other words", "one  TWO", "One two.", "", "", "words other", "Other, words!"]
        shelf = Shelf.of(Article(id=str(place), text=text, lang="en") for place, text in enumerate(texts))
        columns = ArticleColumns.of(make_table(shelf.articles(range(len(texts)))))
        groups = exact_groups(shelf, columns, lambda rows: make_table(shelf.articles(rows.tolist())))
        assert groups == [[0, 2, 3], [1, 7]]
        assert representatives(columns, groups).tolist() == [0, 1, 6]

    def test_keys_only_propose(self) -> None:
        texts = ["One two.", "Three four", "One two", "three FOUR", "five"]
        shelf = Shelf.of(Article(id=str(place), text=text, lang="en") for place, text in enumerate(texts))
        columns = ArticleColumns.of(make_table(shelf.articles(range(len(texts)))))
        columns.content_key[:] = 7  # a clash of all of them
        groups = exact_groups(shelf, columns, lambda rows: make_table(shelf.articles(rows.tolist())))
        assert groups == [[0, 2], [1, 3]]
