"""Shingles and distinct rows against brute force; sketches of whole articles."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import MakeArticle, Newsroom
from newsdedup.sketch.candidates import VIEWS
from newsdedup.sketch.minhash import EMPTY, NUM_PERM, estimate_agreement
from newsdedup.sketch.views import (
    PASSAGE_SCALE,
    PASSAGE_SHINGLE,
    Sketches,
    distinct_rows,
    join_sketches,
    shingles,
    sketch,
)
from newsdedup.text.table import make_table

pytestmark = pytest.mark.usefixtures("each_kernel")

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=80)
ALL = frozenset(VIEWS)
COLUMNS = [field.name for field in fields(Sketches)]

token_lists = st.lists(st.lists(st.integers(0, 4), max_size=9), max_size=8)


def offsets_of(rows: Sequence[Sequence[object]]) -> list[int]:
    return list(itertools.accumulate((len(row) for row in rows), initial=0))


def brute_shingles(tokens: list[int], size: int) -> list[tuple[int, ...]]:
    if len(tokens) < size:
        return [tuple(tokens)] if tokens else []
    return [tuple(tokens[i : i + size]) for i in range(len(tokens) - size + 1)]


class TestShingles:
    @given(token_lists, st.integers(1, 5))
    @EXAMPLES
    def test_equal_brute_force_up_to_the_names_of_the_hashes(self, articles: list[list[int]], size: int) -> None:
        flat = np.array([token for tokens in articles for token in tokens], dtype=np.uint32)
        starts = offsets_of(articles)
        hashes, rows, first = shingles(flat, np.array(starts), size)
        expected = [brute_shingles(tokens, size) for tokens in articles]
        assert rows.tolist() == offsets_of(expected)
        assert first.tolist() == [
            start + place for start, own in zip(starts[:-1], expected, strict=True) for place in range(len(own))
        ]
        names = dict(zip((shingle for own in expected for shingle in own), hashes.tolist(), strict=True))
        assert hashes.tolist() == [names[shingle] for own in expected for shingle in own]  # equal tokens, equal hash
        assert len(set(names.values())) == len(names)  # other tokens, other hash

    def test_hashes_depend_on_every_token(self) -> None:
        # 20,000 words in a news-like distribution: chance collisions of 32 bits are far below one pair.
        generator = np.random.default_rng(3)
        words = generator.integers(0, 2**32, 2000, dtype=np.uint32)
        tokens = words[np.minimum(generator.zipf(1.3, 20_000), 2000) - 1]
        for size in (2, 3, 8):
            hashes, _, _ = shingles(tokens, np.array([0, tokens.size]), size)
            distinct = {tuple(tokens[i : i + size].tolist()) for i in range(tokens.size - size + 1)}
            assert len(distinct) - np.unique(hashes).size <= 2

    def test_hashes_are_spread_evenly(self) -> None:
        # The passages view keeps the lowest eighth: it must be an eighth.
        tokens = np.random.default_rng(4).integers(0, 2**32, 40_000, dtype=np.uint32)
        hashes, _, _ = shingles(tokens, np.array([0, tokens.size]), 8)
        share = float((hashes < np.uint32((1 << 32) // PASSAGE_SCALE)).mean())
        assert abs(share - 1 / PASSAGE_SCALE) <= 4 * math.sqrt(7 / 64 / 40_000)

    def test_single_words_have_shingles_of_their_own(self) -> None:
        hashes, rows, _ = shingles(np.arange(100, dtype=np.uint32), np.arange(101), 3)
        assert np.unique(hashes).size == 100
        assert rows.tolist() == list(range(101))

    def test_an_article_hashes_alike_alone_and_in_a_batch(self) -> None:
        articles = [[1, 2], [], [3], [4, 5, 6, 7], [], [8], [1, 2]]
        flat = np.array([token for tokens in articles for token in tokens], dtype=np.uint32)
        hashes, rows, _ = shingles(flat, np.array(offsets_of(articles)), 3)
        for number, tokens in enumerate(articles):
            alone, _, _ = shingles(np.array(tokens, dtype=np.uint32), np.array([0, len(tokens)]), 3)
            assert hashes[rows[number] : rows[number + 1]].tolist() == alone.tolist()


class TestDistinctRows:
    @given(st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), max_size=8), max_size=7))
    @EXAMPLES
    def test_equal_brute_force(self, rows: list[list[tuple[int, int]]]) -> None:
        values = np.array([value for row in rows for value, _ in row], dtype=np.uint32)
        weights = np.array([weight for row in rows for _, weight in row], dtype=np.float32)
        found, largest, offsets = distinct_rows(values, weights, np.array(offsets_of(rows)))
        expected = [{value: max(w for v, w in row if v == value) for value, _ in sorted(row)} for row in rows]
        assert offsets.tolist() == offsets_of([list(row) for row in expected])
        assert found.tolist() == [value for row in expected for value in row]
        assert largest.tolist() == [weight for row in expected for weight in row.values()]


class TestSketch:
    def test_of_a_batch_equals_that_of_each_article(self, newsroom: Newsroom, make_article: MakeArticle) -> None:
        articles = list(newsroom.articles.values())[:20]
        articles[5:5] = [make_article(""), make_article("Word"), make_article("...")]
        together = sketch(make_table(articles), ALL)
        apart = join_sketches([sketch(make_table([article]), ALL) for article in articles])
        for name in COLUMNS:
            assert np.array_equal(getattr(together, name), getattr(apart, name)), name

    def test_views_not_asked_for_are_none(self, make_article: MakeArticle) -> None:
        table = make_table([make_article("Mayor Anna Bell opened the Harlow bridge on 12 May 2024 at noon.")])
        for view in VIEWS:
            found = sketch(table, frozenset({view}))
            assert [name for name in VIEWS if getattr(found, name) is not None] == [view]
            assert (found.passage_offsets is not None) == (view == "passages")
            assert (found.passage_quoted is not None) == (view == "passages")

    def test_an_article_without_words_is_empty_in_every_view(self, make_article: MakeArticle) -> None:
        found = sketch(make_table([make_article(""), make_article("?! --- ...")]), ALL)
        for rows in (found.copy, found.terms, found.facts):
            assert rows is not None
            assert rows.shape == (2, NUM_PERM)
            assert (rows == EMPTY).all()
        assert found.passage_offsets is not None
        assert found.passage_offsets.tolist() == [0, 0, 0]
        assert found.passage_quoted is not None
        assert found.passage_quoted.size == 0

    def test_copy_view_estimates_jaccard_of_three_word_shingles(self, newsroom: Newsroom) -> None:
        pairs = newsroom.labelled("revision", "revision en") + newsroom.labelled("rewrite", "spun en")
        ids = sorted({pair.left for pair in pairs} | {pair.right for pair in pairs})
        number = {name: place for place, name in enumerate(ids)}
        table = make_table([newsroom.articles[name] for name in ids])
        found = sketch(table, frozenset({"copy"})).copy
        assert found is not None
        tokens = [
            table.surface[a:b].tolist() for a, b in zip(table.token_offsets, table.token_offsets[1:], strict=False)
        ]
        sets = [set(brute_shingles(words, 3)) for words in tokens]
        errors = []
        for pair in pairs:
            left, right = number[pair.left], number[pair.right]
            exact = len(sets[left] & sets[right]) / len(sets[left] | sets[right])
            estimate = float(estimate_agreement(found, np.array([left]), np.array([right]))[0])
            assert abs(estimate - exact) <= 4 * math.sqrt(exact * (1 - exact) / NUM_PERM)
            errors.append(estimate - exact)
        # Without a lean to one side: the mean of 44 estimates, each with a deviation of at most .044.
        assert abs(sum(errors) / len(errors)) <= 4 * 0.044 / math.sqrt(len(errors))

    def test_passages_are_the_kept_shingles_and_whether_each_stands_in_quotes_only(
        self, newsroom: Newsroom, make_article: MakeArticle
    ) -> None:
        said = "we will build the bridge again before the winter comes back to the valley"
        articles = [
            *(article for name, article in newsroom.articles.items() if name < "a06"),
            make_article(f'"{said}," she told them. Nobody knew then that {said}, as it was put. "{said}."', lang="en"),
        ]
        table = make_table(articles)
        found = sketch(table, frozenset({"passages"}))
        assert found.passages is not None
        assert found.passage_quoted is not None
        assert found.passage_offsets is not None
        hashes, rows, first = shingles(table.surface, table.token_offsets, PASSAGE_SHINGLE)
        both = 0
        for row in range(len(articles)):
            marks: dict[int, list[bool]] = {}
            for place in range(int(rows[row]), int(rows[row + 1])):
                if hashes[place] < 2**32 // PASSAGE_SCALE:
                    marks.setdefault(int(hashes[place]), []).append(bool(table.quoted[first[place]]))
            own = slice(int(found.passage_offsets[row]), int(found.passage_offsets[row + 1]))
            assert found.passages[own].tolist() == sorted(marks)
            assert found.passage_quoted[own].tolist() == [all(marks[value]) for value in sorted(marks)]
            both += sum(len(set(each)) == 2 for each in marks.values())
        assert found.passage_quoted.any()
        assert both, "a shingle that stands within marks and outside them"

    def test_quoted_words_are_a_passage_that_says_so(self, make_article: MakeArticle) -> None:
        words = " ".join(f"w{number}x" for number in range(400))
        told, quoted = (
            sketch(make_table([make_article(text, lang="en")]), frozenset({"passages"}))
            for text in (f"He said {words} today", f'He said "{words}" today')
        )
        assert told.passages is not None
        assert quoted.passages is not None
        assert told.passages.tolist() == quoted.passages.tolist()
        assert told.passages.size > 25
        assert told.passage_quoted is not None
        assert quoted.passage_quoted is not None
        assert not told.passage_quoted.any()
        assert (~quoted.passage_quoted).sum() <= 1  # the shingle that begins in front of the mark
