"""The contract of an index, held against both: the articles in memory, and a store on disk.

Whatever is near is answered by either, and a run over either finds the same pairs, evidence and all.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from conftest import Newsroom
from ingest_sets import CONFIG, DAY, NOW, Kept, by_time
from newsdedup import Config, find_duplicates
from newsdedup.api import parameters_of
from newsdedup.article import Article
from newsdedup.engine.shelf import Shelf
from newsdedup.ingest.near import StoreIndex
from newsdedup.pipeline import know
from newsdedup.result import Boilerplate, Pair
from newsdedup.run import Holding, Index, Intake, Parameters, Run, engine_for
from newsdedup.store.reader import Reader

TODAY = NOW / DAY
FULL = parameters_of(CONFIG)
ALL_TIME = replace(FULL, window_days=None)
COPY = replace(FULL, views=frozenset({"copy"}))

Opening = Callable[[Sequence[Article], Parameters], AbstractContextManager[Index]]


@contextmanager
def in_memory(known: Sequence[Article], parameters: Parameters) -> Iterator[Index]:
    with know(known, parameters) as (found, _):
        yield Holding(known=found)


@pytest.fixture(params=["memory", "store"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opening:
    """Makes an index of some articles."""
    made: list[Kept] = []

    @contextmanager
    def in_store(known: Sequence[Article], parameters: Parameters) -> Iterator[Index]:
        config = replace(CONFIG, views=tuple(sorted(parameters.views)), window_days=parameters.window_days)
        kept = Kept(tmp_path / f"{len(made)}.db", config)
        made.append(kept)
        middle = len(known) // 2
        kept.run(known[:middle])  # so that there are two segments
        kept.run(known[middle:])
        with (
            Reader.open(kept.path, None) as reader,
            StoreIndex(reader, views=parameters.views, window_days=parameters.window_days, today=TODAY) as index,
        ):
            yield index

    return in_memory if request.param == "memory" else in_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a run over an index found.

    Attributes:
        near: Ids of the known articles that it was given.
    """

    pairs: list[Pair]
    near: frozenset[str]
    boilerplate: tuple[Boilerplate, ...]
    likenesses: dict[str, int]
    stories: frozenset[frozenset[str]]


def run_over(index: Index, new: Sequence[Article], parameters: Parameters) -> Found:
    with Shelf() as shelf, engine_for(shelf, parameters, None) as engine:
        run = Run(shelf, engine, parameters, index)
        run.read(Intake(new))
        stories: dict[int, set[str]] = {}
        for name, story in zip(shelf.ids, run.stories().tolist(), strict=True):
            stories.setdefault(story, set()).add(name)
        run.decide()
        return Found(
            pairs=run.explained(),
            near=frozenset(shelf.ids[: shelf.known]),
            boilerplate=run.set_aside(),
            likenesses=dict(zip(shelf.ids[shelf.known :], run.likenesses[shelf.known :].tolist(), strict=True)),
            stories=frozenset(frozenset(each) for each in stories.values()),
        )


def scanned(known: Sequence[Article], new: Sequence[Article], config: Config = CONFIG) -> list[Pair]:
    """The pairs with a new article, of a scan of all."""
    names = {article.id for article in new}
    pairs = find_duplicates([*known, *new], config).pairs
    return [pair for pair in pairs if pair.left in names or pair.right in names]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    known: list[Article]
    new: list[Article]


def split(newsroom: Newsroom, seed: int, size: int = 70, share: float = 0.6) -> Split:
    """Some articles, of which some are known."""
    chance = random.Random(seed)  # noqa: S311 - the same every time
    stories = chance.sample(sorted({name[:3] for name in newsroom.articles}), size // 10)
    chosen = [article for name, article in newsroom.articles.items() if name[:3] in stories]
    known = {article.id for article in chance.sample(chosen, int(size * share))}
    return Split(
        known=[article for article in chosen if article.id in known],
        new=[article for article in chosen if article.id not in known],
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_run_finds_what_a_scan_finds(opened: Opening, newsroom: Newsroom, seed: int) -> None:
    some = split(newsroom, seed)
    with opened(some.known, FULL) as index:
        found = run_over(index, some.new, FULL)
    wanted = scanned(some.known, some.new)
    assert len(wanted) > 20
    assert found.pairs == wanted
    names = {article.id for article in some.known}
    assert found.near >= {side for pair in wanted for side in (pair.left, pair.right)} & names


def test_everything_that_could_match_is_near(opened: Opening, newsroom: Newsroom) -> None:
    """All tellings of a story that share its wording, also those that are no match in the end."""
    stories = ("k01", "k04", "a02")
    known = [article for name, article in newsroom.articles.items() if name[:3] in stories and "-orig" not in name]
    for story in stories:
        with opened(known, FULL) as index:
            found = run_over(index, [newsroom.articles[f"{story}-orig"]], FULL)
        names = ("syndicated", "revision", "spun", "paraphrase", "condensed", "excerpt")
        assert found.near >= {f"{story}-{name}" for name in names}


def test_an_index_answers_again(opened: Opening, newsroom: Newsroom) -> None:
    some = split(newsroom, 4, size=40)
    with opened(some.known, FULL) as index:
        first = run_over(index, some.new, FULL)
        other = run_over(index, some.new[:5], FULL)
        again = run_over(index, some.new, FULL)
    assert first.pairs
    assert again == first
    assert other.pairs == scanned(some.known, some.new[:5])


@pytest.mark.parametrize(
    "parameters", [COPY, replace(FULL, views=frozenset({"terms", "facts"}))], ids=["copy", "words"]
)
def test_so_it_does_with_fewer_views(opened: Opening, newsroom: Newsroom, parameters: Parameters) -> None:
    some = split(newsroom, 5, size=50)
    with opened(some.known, parameters) as index:
        found = run_over(index, some.new, parameters)
    config = replace(CONFIG, views=tuple(sorted(parameters.views)))
    assert found.pairs == scanned(some.known, some.new, config) != []


def test_where_nothing_is_known_the_new_ones_are_paired(opened: Opening, newsroom: Newsroom) -> None:
    some = split(newsroom, 6, size=40)
    with opened([], FULL) as index:
        found = run_over(index, some.new, FULL)
    assert found.pairs == scanned([], some.new) != []
    assert found.near == frozenset()


def test_where_nothing_is_new_nothing_is_found(opened: Opening, newsroom: Newsroom) -> None:
    some = split(newsroom, 6, size=20)
    with opened(some.known, FULL) as index:
        assert run_over(index, [], FULL).pairs == []


def test_an_article_without_words_is_near_to_nothing(opened: Opening, newsroom: Newsroom) -> None:
    some = split(newsroom, 6, size=20)
    empty = [Article(id="empty", text="–"), Article(id="one", text="Rain.")]
    with opened([*some.known, Article(id="old", text="…")], FULL) as index:
        assert run_over(index, empty, FULL).pairs == []


def test_rewrites_beyond_the_window_are_not_found_and_copies_are(opened: Opening, newsroom: Newsroom) -> None:
    old = [newsroom.articles[name] for name in ("k01-orig", "k04-orig")]
    later = [
        replace(newsroom.articles[name], published="2025-03-01")
        for name in ("k01-spun", "k01-syndicated", "k04-paraphrase")
    ]
    with opened(old, FULL) as index:
        found = run_over(index, later, FULL)
    assert ("k01-orig", "k01-syndicated") in {(pair.left, pair.right) for pair in found.pairs}
    assert found.pairs == scanned(old, later)
    with opened(old, ALL_TIME) as index:
        more = run_over(index, later, ALL_TIME)
    assert more.pairs == scanned(old, later, Config())
    assert len(more.pairs) == len(found.pairs) + 2


NOTE = "The Harbour Line is a daily letter on ships."
"""Too short to make articles near that hold it."""


def letters(newsroom: Newsroom) -> list[Article]:
    """Articles of one outlet on seven matters, each with its note."""
    return [
        replace(article, text=f"{article.text}\n\n{NOTE}", source="The Harbour Line")
        for name, article in sorted(newsroom.articles.items())
        if name[:2] == "k0" and name.endswith("-orig")
    ]


@pytest.mark.parametrize("known", [2, 5], ids=["not boilerplate yet", "boilerplate already"])
def test_boilerplate_is_learned_from_known_and_new_together(opened: Opening, newsroom: Newsroom, known: int) -> None:
    all_of_them = letters(newsroom)
    with opened(all_of_them[:known], FULL) as index:
        found = run_over(index, all_of_them[known : known + 2], FULL)
    assert [each.text for each in found.boilerplate] == [NOTE.rstrip(".")]
    assert found.boilerplate[0].articles >= 3  # of those at hand: a store shows no more than is near
    assert found.pairs == scanned(all_of_them[:known], all_of_them[known : known + 2]) == []


def test_boilerplate_is_learned_from_articles_that_have_nothing_else_in_common(
    opened: Opening, newsroom: Newsroom
) -> None:
    some = letters(newsroom)
    with opened(some[:2], COPY) as index:
        found = run_over(index, some[2:3], COPY)
    assert [each.text for each in found.boilerplate] == [NOTE.rstrip(".")]


def test_the_share_of_an_outlet_is_of_all_that_it_has(opened: Opening, newsroom: Newsroom) -> None:
    """What three of four hundred hold may be anything, also where the four hundred are not near."""
    words = sorted({word for article in newsroom.articles.values() for word in article.text.split()})
    many = [
        Article(id=f"n{number:03d}", text=" ".join(words[number * 9 : number * 9 + 9]), source="The Harbour Line")
        for number in range(400)
    ]
    note = " ".join(newsroom.articles["a01-orig"].text.split()[:60]).replace(".", ",") + "."
    some = [replace(each, text=each.text.replace(NOTE, note), published=None) for each in letters(newsroom)]
    with opened([*many, *some[:2]], FULL) as index:
        found = run_over(index, some[2:3], FULL)
    assert found.near >= {each.id for each in some[:2]}
    assert found.boilerplate == ()


def test_what_was_learned_in_one_run_is_known_in_the_next(newsroom: Newsroom, tmp_path: Path) -> None:
    kept = Kept(tmp_path / "news.db")
    some = letters(newsroom)
    kept.run(some[:5])
    assert [each.text for each in kept.run(some[5:6]).boilerplate] == [NOTE.rstrip(".")]


def test_what_two_stories_share_is_no_boilerplate(opened: Opening, newsroom: Newsroom) -> None:
    some = letters(newsroom)[:2]
    with opened(some[:1], FULL) as index:
        assert run_over(index, some[1:], FULL).boilerplate == ()


def passage_holders(newsroom: Newsroom) -> list[Article]:
    """An article, and others of other outlets on other matters that each hold the same excerpt of it."""
    excerpt = newsroom.articles["k05-excerpt"].text
    others = [newsroom.articles[f"k{number:02d}-orig"] for number in range(6, 12)]
    return [newsroom.articles["k05-orig"], *(replace(each, text=f"{each.text}\n\n{excerpt}") for each in others)]


@pytest.mark.parametrize(("known", "found_any"), [(2, True), (5, False)])
def test_a_passage_is_a_find_until_too_many_stories_hold_it(
    opened: Opening, newsroom: Newsroom, known: int, found_any: bool
) -> None:
    holders = passage_holders(newsroom)
    old, new = holders[:known], holders[known : known + 1]
    with opened(old, FULL) as index:
        found = run_over(index, new, FULL)
    assert found.pairs == scanned(old, new)
    assert [str(pair.verdict) for pair in found.pairs] == ["excerpt"] * found_any


def test_stories_and_likenesses_are_the_same(newsroom: Newsroom, tmp_path: Path) -> None:
    """What is kept for later runs does not depend on the index; here both are at hand."""
    some = split(newsroom, 8, size=60)
    kept = Kept(tmp_path / "news.db")
    kept.run(some.known)
    with in_memory(some.known, FULL) as index:
        one = run_over(index, some.new, FULL)
    with (
        Reader.open(kept.path, None) as reader,
        StoreIndex(reader, views=FULL.views, window_days=14, today=TODAY) as store,
    ):
        other = run_over(store, some.new, FULL)
    assert one.pairs == other.pairs
    assert one.likenesses == other.likenesses
    at_hand = other.near | {article.id for article in some.new}
    assert {each & at_hand for each in one.stories} - {frozenset()} == other.stories


# What a store alone has: texts that were replaced, and much that is not near.


def test_of_a_passage_that_too_many_stories_hold_a_store_gives_the_value_and_no_holders(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    excerpt = newsroom.articles["k05-excerpt"]
    passage = " ".join(excerpt.text.split()[:80])  # too little to make one story of those that hold it
    holders = [
        replace(each, text=f"{each.text}\n\n{passage}")
        for name, each in sorted(newsroom.articles.items())
        if name[:2] == "a0" and name.endswith("-orig")
    ]
    kept = Kept(tmp_path / "news.db")
    kept.run(holders)
    new = [excerpt]
    with (
        Reader.open(kept.path, None) as reader,
        StoreIndex(reader, views=frozenset({"passages"}), window_days=14, today=TODAY) as index,
        Shelf() as shelf,
        engine_for(shelf, FULL, None) as engine,
    ):
        holding = index.near(engine.read(iter(new), frozenset({"passages"})), shelf)
    assert holding.common.size > 0
    assert (np.diff(holding.common.astype(np.int64)) > 0).all()
    assert not {article.id for article in holders} & set(holding.known.ids)
    assert index.unkept.size == 0


def test_a_store_gives_what_is_near_and_not_all(newsroom: Newsroom, tmp_path: Path) -> None:
    kept = Kept(tmp_path / "news.db")
    articles = by_time(newsroom.articles.values())
    kept.run(articles)
    with (
        Reader.open(kept.path, None) as reader,
        StoreIndex(reader, views=FULL.views, window_days=14, today=TODAY) as index,
    ):
        new = replace(newsroom.articles["k01-orig"], id="new", url="https://new.example/", source="New")
        found = run_over(index, [new], FULL)
        assert {pair.left for pair in found.pairs} >= {"k01-orig", "k01-syndicated", "k01-spun"}
        assert len(found.near) < 40
        assert index.numbers.tolist() == [each.number for each in index.stored]
        assert (np.diff(index.numbers) > 0).all()


def test_a_text_that_was_replaced_is_not_near(newsroom: Newsroom, tmp_path: Path) -> None:
    kept = Kept(tmp_path / "news.db")
    first = replace(newsroom.articles["k01-orig"], id="first", url="https://one.example/")
    second = replace(newsroom.articles["k01-revision"], id="second", url="https://one.example/")
    kept.run([first])
    kept.run([second])
    new = newsroom.articles["k01-syndicated"]
    with (
        Reader.open(kept.path, None) as reader,
        StoreIndex(reader, views=FULL.views, window_days=14, today=TODAY) as index,
    ):
        found = run_over(index, [new], FULL)
    assert found.near == {"second"}
    assert found.pairs == scanned([second], [new])
