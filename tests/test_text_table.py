"""The table of a run: made in batches, cut and joined without a seam."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import MakeArticle
from newsdedup.article import Article
from newsdedup.text import table as table_module
from newsdedup.text.hashing import word_hashes
from newsdedup.text.table import (
    MAX_CHARACTERS,
    ArticleTable,
    article_language,
    join_tables,
    keep_tokens,
    make_table,
    normalized_body,
    slice_table,
    take_articles,
)

TEXTS = [
    "Russia and China approved a roadmap on Tuesday, the ministry said. It lasts until 2025.",
    "",
    'El ministro dijo: "No". La reunión fue en Madrid con 20 ministros.',
    "...",
    "中国和俄罗斯批准了合作计划。会议在北京举行。",
    "one",
    "Der Minister traf am Montag den Präsidenten in Berlin. Es war das dritte Treffen.",
    "",
]
ARTICLES = [Article(id=str(number), text=text) for number, text in enumerate(TEXTS)]


def test_a_text_that_grows_when_it_is_normalised_is_cut_again() -> None:
    table = make_table([Article(id="a", text="\u3300 " * 300_000, lang="ja")])  # each becomes four kana
    assert 0 < table.surface.size <= MAX_CHARACTERS
    assert int(table.start[-1] + table.width[-1]) <= MAX_CHARACTERS


def assert_same(left: ArticleTable, right: ArticleTable, *, but: Collection[str] = ()) -> None:
    for field in fields(ArticleTable):
        one, other = getattr(left, field.name), getattr(right, field.name)
        assert one.dtype == other.dtype, field.name
        assert field.name in but or one.tolist() == other.tolist(), field.name


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.permutations(range(len(ARTICLES))), st.integers(0, len(ARTICLES)))
def test_tables_of_parts_join_to_the_table_of_all(order: list[int], cut: int) -> None:
    articles = [ARTICLES[index] for index in order]
    whole = make_table(articles)
    assert len(whole) == len(articles)
    assert_same(join_tables([make_table(articles[:cut]), make_table(articles[cut:])]), whole)
    assert_same(join_tables([slice_table(whole, 0, cut), slice_table(whole, cut, len(articles))]), whole)
    for place, index in enumerate(order):
        assert_same(slice_table(whole, place, place + 1), make_table([ARTICLES[index]]))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.integers(0, len(ARTICLES) - 1), max_size=12))
def test_articles_are_taken_in_the_order_named(rows: list[int]) -> None:
    whole = make_table(ARTICLES)
    expected = join_tables([slice_table(whole, 0, 0), *(slice_table(whole, row, row + 1) for row in rows)])
    assert_same(take_articles(whole, np.array(rows, dtype=np.int64)), expected)


# Each has names, a number or a quotation within, and says the same whatever stands beside it.
SENTENCES = [
    "The ministers of Russia and China approved a roadmap in Moscow on Tuesday.",
    'The mayor of Harlow said "we shall build 20 bridges" and left the hall with Anna Bell.',
    "Rain.",
    "No word.",
    "The it was of and.",
    "The workers of Marlow counted 1,100 votes until the lamps of the old ferry went out.",
    "¿Qué dijo el alcalde de Toledo en 2021?",
]


def told(drawn: list[list[int]]) -> list[Article]:
    """Articles of these sentences."""
    return [
        Article(id=str(place), text=" ".join(SENTENCES[each] for each in own), lang="en")
        for place, own in enumerate(drawn)
    ]


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.lists(st.tuples(st.integers(0, len(SENTENCES) - 1), st.booleans()), max_size=7), max_size=5))
def test_without_some_sentences_a_table_is_that_of_the_text_without_them(drawn: list[list[tuple[int, bool]]]) -> None:
    whole = make_table(told([[sentence for sentence, _ in own] for own in drawn]))
    kept = [keep for own in drawn for _, keep in own]
    assert int(whole.opening.sum()) == len(kept)
    mask = np.repeat(np.array(kept, dtype=bool), np.diff(np.append(np.flatnonzero(whole.opening), whole.surface.size)))
    found = keep_tokens(whole, mask)
    rest = told([[sentence for sentence, keep in own if keep] for own in drawn])
    assert_same(found, make_table(rest), but={"start"})
    # Where a token stands is said of the whole text.
    for row, own in enumerate(drawn):
        text = " ".join(SENTENCES[sentence] for sentence, _ in own)
        tokens = slice(int(found.token_offsets[row]), int(found.token_offsets[row + 1]))
        places = zip(found.start[tokens].tolist(), found.width[tokens].tolist(), strict=True)
        words = [text[start : start + width].lower() for start, width in places]
        assert (word_hashes(words) >> np.uint64(32)).tolist() == found.surface[tokens].tolist()


def test_small_batches_make_the_same_table(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = make_table(ARTICLES)
    monkeypatch.setattr(table_module, "BATCH_CHARACTERS", 1)
    assert_same(make_table(ARTICLES), whole)


def test_no_articles_make_an_empty_table() -> None:
    table = make_table([])
    assert len(table) == 0
    assert table.content_offsets.tolist() == table.token_offsets.tolist() == [0]
    assert len(slice_table(make_table(ARTICLES), 3, 3)) == 0


def test_columns_fit_together() -> None:
    table = make_table(ARTICLES)
    assert table.token_offsets[-1] == table.surface.size == table.quoted.size
    assert table.content_offsets[-1] == table.term.size == table.weight.size == table.position.size
    assert table.content_lengths.tolist() == np.diff(table.content_offsets).tolist()
    assert (table.weight > 0).all()
    assert set(table.fact.tolist()) == {0, 1, 2}
    for index in range(len(table)):
        own = slice(int(table.content_offsets[index]), int(table.content_offsets[index + 1]))
        tokens = int(table.token_offsets[index + 1] - table.token_offsets[index])
        assert (np.diff(table.position[own]) > 0).all()
        assert (table.position[own] < tokens).all()
        assert (table.sentence[own] < table.sentences[index]).all()


SAME_KEY = [
    ("case and punctuation", "The dog barked.", "the DOG, barked!"),
    ("quotes and spaces", "“So,” he  said", '"So," he\nsaid'),
    ("chrome", "The dog barked.", "Advertisement\nThe dog barked.\n\nShare this article"),
]
OTHER_KEY = [
    ("another word", "The dog barked.", "The cat barked."),
    ("another order", "The dog barked.", "The barked dog."),
    ("another form", "The dog barked.", "The dogs barked."),
    ("one word more", "The dog barked.", "The dog barked today."),
]


def keys(*texts: str) -> list[int]:
    return [int(key) for key in make_table([Article(id=text, text=text, lang="en") for text in texts]).content_key]


@pytest.mark.parametrize(("left", "right"), [case[1:] for case in SAME_KEY], ids=[case[0] for case in SAME_KEY])
def test_the_same_words_have_one_content_key(left: str, right: str) -> None:
    assert len(set(keys(left, right))) == 1


@pytest.mark.parametrize(("left", "right"), [case[1:] for case in OTHER_KEY], ids=[case[0] for case in OTHER_KEY])
def test_other_words_have_another_content_key(left: str, right: str) -> None:
    assert len(set(keys(left, right))) == 2


def test_an_article_without_words_has_no_content_key() -> None:
    assert keys("", "...", "one")[:2] == [0, 0]
    assert keys("one") != [0]


def test_a_stated_language_is_believed_and_a_missing_one_found(make_article: MakeArticle) -> None:
    text = "The minister said on Monday that it was a mistake."
    assert article_language(make_article(text, lang="de"), text) == "de"
    assert article_language(make_article(text), text) == "en"


def test_what_stands_behind_the_cap_is_not_compared(make_article: MakeArticle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "MAX_CHARACTERS", 11)
    assert normalized_body(make_article("one two thr four five")).text == "one two thr"


def test_seeds_share_their_names_and_numbers(seeds: list[Article]) -> None:
    table = make_table(seeds)
    left, right = (slice_table(table, index, index + 1) for index in range(2))
    facts = [set(part.root[part.fact > 0].tolist()) for part in (left, right)]
    assert len(facts[0] & facts[1]) / min(map(len, facts)) > 0.8


HOSTILE = [
    "\ud800" * 10,
    "\x00a\x00b",
    "🙂" * 50,
    "\U0010ffff",
    "a" * 10_000,
    "\u0301" * 100,
    "1," * 500,
    "'" * 500,
    "\n" * 50,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_makes_a_table(text: str) -> None:
    table = make_table([ARTICLES[0], Article(id="hostile", text=text), ARTICLES[2]])
    assert_same(slice_table(table, 2, 3), make_table([ARTICLES[2]]))
