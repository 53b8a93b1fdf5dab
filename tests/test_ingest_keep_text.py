"""A store that keeps less than the texts: what it finds all the same, and what it says of the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import Newsroom
from ingest_sets import Kept, by_time, in_parts, sides, verdicts
from newsdedup.article import Article
from newsdedup.errors import StoreError
from newsdedup.ingest.unkept import NOT_KEPT, pair_of_same_words, same_words
from newsdedup.result import Result
from newsdedup.store.nouns import KeepText
from newsdedup.store.rows import ROW

NONE, NORMALISED = KeepText.NONE, KeepText.NORMALISED


def note(result: Result) -> str | None:
    found = [line for line in result.notes if "do not" in line or "does not keep" in line]
    return found[0] if found else None


@pytest.fixture
def story(newsroom: Newsroom) -> dict[str, Article]:
    names = ("orig", "syndicated", "spun", "revision")
    return {name: replace(newsroom.articles[f"k01-{name}"], id=name, published=None) for name in names}


def elsewhere(article: Article, name: str, published: str | None = None) -> Article:
    url = f"https://elsewhere.example/{name}"
    return replace(article, id=name, url=url, source=f"Paper {name}", published=published)


def texts(kept: Kept) -> list[str]:
    found: list[Article] = kept.asked(lambda reader: reader.articles(range(reader.next_number)))
    return [article.text for article in found]


def test_normalised_texts_find_what_full_ones_find(kept: Kept, newsroom: Newsroom) -> None:
    articles = by_time(newsroom.articles.values())[:60]
    full = Kept(kept.path.with_name("full.db"))
    one = [kept.run(part, keep_text=NORMALISED) for part in in_parts(articles, 4)]
    two = [full.run(part) for part in in_parts(articles, 4)]
    assert [sides(result) for result in one] == [sides(result) for result in two]
    assert [note(result) for result in one] == [None] * 4
    assert texts(kept) != texts(full) == [article.text for article in sorted_as_stored(full, articles)]


def sorted_as_stored(kept: Kept, articles: list[Article]) -> list[Article]:
    numbers = {name: each.number for name, each in kept.stored().items()}
    return sorted(articles, key=lambda article: numbers[article.id])


def test_a_normalised_text_is_known_again(kept: Kept, story: dict[str, Article]) -> None:
    kept.run(story.values(), keep_text=NORMALISED)
    again = kept.run(story.values())
    assert again.figures is not None
    assert again.figures.new == 0
    assert kept.asked(lambda reader: reader.keep_text) is NORMALISED


def test_without_texts_what_is_near_is_counted(kept: Kept, story: dict[str, Article]) -> None:
    kept.run([story["orig"]], keep_text=NONE)
    result = kept.run([story["syndicated"]])
    assert result.pairs == ()
    assert note(result) == (
        "1 known article may be near and could not be compared: the store does not keep their texts"
    )
    assert texts(kept) == ["", ""]


def test_without_texts_those_of_one_run_are_compared(kept: Kept, story: dict[str, Article]) -> None:
    result = kept.run([story["orig"], story["syndicated"]], keep_text=NONE)
    assert sides(result) == [("orig", "syndicated")]
    assert kept.report().pairs == result.pairs
    assert kept.run([story["orig"]]).figures.repeated == 1  # type: ignore[union-attr] # an ingest has figures


def test_without_texts_the_same_words_from_another_place_are_found(kept: Kept, story: dict[str, Article]) -> None:
    kept.run([replace(story["orig"], published="2024-10-30T10:00Z")], keep_text=NONE)
    result = kept.run([elsewhere(story["orig"], "copied", published="2024-10-31T10:00Z")])
    assert verdicts(result) == {("copied", "orig"): "identical"}
    [pair] = result.pairs
    assert pair.reasons == (NOT_KEPT, "likely source: the right one was published first")
    assert (pair.score, pair.source) == (1.0, "right")
    assert note(result) is None  # nothing else was near
    assert [cluster.members for cluster in result.clusters] == [("copied", "orig")]
    stored = kept.stored()
    assert stored["copied"].story == stored["orig"].story


def test_without_texts_a_copy_and_a_near_one_are_told_apart(kept: Kept, story: dict[str, Article]) -> None:
    kept.run([story["orig"], story["syndicated"]], keep_text=NONE)
    result = kept.run([elsewhere(story["orig"], "copied")])
    assert sides(result) == [("copied", "orig")]
    assert str(note(result)).startswith("1 known article may be near")


def test_of_many_copies_without_texts_the_first_stands_for_all(kept: Kept, story: dict[str, Article]) -> None:
    kept.run([elsewhere(story["orig"], f"a{number}") for number in range(8)], keep_text=NONE)
    result = kept.run([elsewhere(story["orig"], "b1"), elsewhere(story["orig"], "b2")])
    assert sides(result) == [("a0", "b1"), ("a0", "b2"), ("b1", "b2")]
    assert note(result) is None or "7 known" in str(note(result))


def test_a_store_goes_on_keeping_what_it_was_made_to_keep(kept: Kept, story: dict[str, Article]) -> None:
    kept.run([story["orig"]], keep_text=NONE)
    kept.run([story["spun"]])
    assert texts(kept) == ["", ""]
    with pytest.raises(StoreError, match="keeps texts as --keep-text none, not full"):
        kept.run([], keep_text=KeepText.FULL)


def rows(*said: tuple[int, int, int]) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """Rows of (content key, tokens, copy signature)."""
    made = np.zeros(len(said), dtype=ROW)
    for row, (key, tokens, copy) in zip(made, said, strict=True):
        row["content_key"], row["tokens"], row["copy"] = key, tokens, copy
    return made


@pytest.mark.parametrize("other", [(2, 50, 7), (1, 51, 7), (1, 50, 8)])
def test_the_same_words_are_those_of_one_key_length_and_signature(other: tuple[int, int, int]) -> None:
    numbers = np.array([3, 8], dtype=np.int64)
    found = same_words(rows((1, 50, 7)), numbers, rows(other, (1, 50, 7)))
    assert (found.new.tolist(), found.numbers.tolist()) == ([0], [8])


def test_articles_without_words_have_no_words_in_common() -> None:
    assert same_words(rows((1, 0, 7)), np.array([3]), rows((1, 0, 7))).new.size == 0


def test_the_older_side_is_the_likely_source(story: dict[str, Article]) -> None:
    one, other = replace(story["orig"], published="2024-01-02"), replace(story["spun"], published="2024-01-01")
    pair = pair_of_same_words(other, one, 100)
    assert (pair.left, pair.right, pair.source) == ("orig", "spun", "right")
    assert pair_of_same_words(one, replace(other, published=None), 100).source is None
