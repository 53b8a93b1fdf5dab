"""However the articles come to a store, it ends with what one scan of all of them finds."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from conftest import Newsroom
from ingest_sets import CONFIG, Kept, as_scanned, by_sides, by_time, in_parts
from newsdedup import find_duplicates
from newsdedup.article import Article
from newsdedup.result import Result
from newsdedup.store.nouns import Stored


@pytest.fixture(scope="module")
def scanned(newsroom: Newsroom) -> Result:
    return find_duplicates(newsroom.articles.values(), CONFIG)


def shuffled(articles: Sequence[Article], seed: int) -> list[Article]:
    found = list(articles)
    random.Random(seed).shuffle(found)  # noqa: S311
    return found


@pytest.mark.parametrize("parts", [3, 30])
def test_a_store_ends_with_what_a_scan_finds(kept: Kept, newsroom: Newsroom, scanned: Result, parts: int) -> None:
    told = [kept.run(part) for part in in_parts(by_time(newsroom.articles.values()), parts)]
    report = kept.report()
    assert len(scanned.pairs) > 300
    assert report.pairs == scanned.pairs
    assert as_scanned(report.clusters) == as_scanned(scanned.clusters)
    assert by_sides(pair for result in told for pair in result.pairs) == by_sides(scanned.pairs)
    assert sum(len(result.pairs) for result in told) == len(scanned.pairs)  # each was told once


def test_so_it_does_when_they_come_in_no_order(kept: Kept, newsroom: Newsroom, scanned: Result) -> None:
    for part in in_parts(shuffled(list(newsroom.articles.values()), 5), 8):
        kept.run(part)
    report = kept.report()
    assert report.pairs == scanned.pairs
    assert as_scanned(report.clusters) == as_scanned(scanned.clusters)


def test_what_later_runs_build_on_is_the_same_however_the_articles_came(kept: Kept, newsroom: Newsroom) -> None:
    articles = by_time(newsroom.articles.values())[:120]
    once = Kept(kept.path.with_name("once.db"))
    once.run(articles)
    for part in in_parts(articles, 6):
        kept.run(part)
    one, other = once.stored(), kept.stored()
    likenesses = {name: each.likenesses for name, each in one.items()}
    assert max(likenesses.values()) > 1
    assert {name: each.likenesses for name, each in other.items()} == likenesses
    assert stories(other) == stories(one)
    assert max(map(len, stories(one))) > 1


def stories(stored: Mapping[str, Stored]) -> frozenset[frozenset[str]]:
    """Ids of the articles of each story."""
    found: dict[int, set[str]] = {}
    for name, each in stored.items():
        found.setdefault(each.story, set()).add(name)
    return frozenset(map(frozenset, found.values()))


def test_the_same_articles_again_tell_nothing_and_change_nothing(kept: Kept, newsroom: Newsroom) -> None:
    articles = by_time(newsroom.articles.values())[:80]
    first = kept.run(articles)
    before = kept.content()
    again = kept.run(shuffled(articles, 6))
    assert first.pairs
    assert (again.pairs, again.clusters, again.articles) == ((), (), 0)
    assert again.figures is not None
    assert (again.figures.new, again.figures.versions, again.figures.repeated) == (0, 0, 80)
    after = kept.content()
    assert after.pop("articles") != before.pop("articles")  # when they were seen last
    assert after == before


def test_the_order_within_a_run_changes_nothing(kept: Kept, newsroom: Newsroom) -> None:
    articles = by_time(newsroom.articles.values())[:60]
    other = Kept(kept.path.with_name("other.db"))
    one, two = kept.run(articles), other.run(shuffled(articles, 7))
    assert one.pairs
    assert (one.pairs, one.clusters, one.boilerplate, one.notes) == (
        two.pairs,
        two.clusters,
        two.boilerplate,
        two.notes,
    )
    assert kept.report().clusters == other.report().clusters
    assert other.problems() == ()


def test_two_processes_find_the_same_as_one(kept: Kept, newsroom: Newsroom) -> None:
    articles = by_time(newsroom.articles.values())[:60]
    other = Kept(kept.path.with_name("other.db"))
    for part in in_parts(articles, 2):
        one = kept.run(part)
        two = other.run(part, config=replace(CONFIG, jobs=2))
        assert (one.pairs, one.clusters, one.notes) == (two.pairs, two.clusters, two.notes)
    mine, theirs = kept.content(), other.content()
    assert mine["matches"]
    assert mine == theirs


def test_batches_of_any_size_end_alike(kept: Kept, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    articles = by_time(newsroom.articles.values())[:70]
    whole = find_duplicates(articles, CONFIG)
    monkeypatch.setattr("newsdedup.ingest.runs.BATCH_ARTICLES", 7)
    result = kept.run(articles)
    assert result.pairs == whole.pairs
    assert as_scanned(result.clusters) == as_scanned(whole.clusters)
    assert result.notes == whole.notes
    assert result.figures is not None
    assert (result.figures.run, result.figures.read, result.figures.new) == (1, 70, 70)
    assert [run.number for run in kept.asked(lambda reader: reader.runs())] == [1]
