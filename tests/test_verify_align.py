"""Sentence alignment against brute force in plain Python."""

from __future__ import annotations

import math
from collections import defaultdict
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from conftest import MakeArticle, Newsroom
from newsdedup.text.table import ArticleTable, make_table
from newsdedup.verify.align import MIN_SIMILARITY, free, monotone, positions, similarities
from newsdedup.verify.profile import Profile

EXAMPLES = settings(derandomize=True, deadline=None, max_examples=80)

# Sixteenths: exact in float32, so that equal values are equal; some below the bar.
cells = st.integers(0, 16).map(lambda value: value / 16)
matrices = st.integers(0, 5).flatmap(
    lambda columns: st.lists(st.lists(cells, min_size=columns, max_size=columns), max_size=5).map(
        lambda rows: np.array(rows, dtype=np.float32).reshape(len(rows), columns)
    )
)


def brute_monotone(similarity: NDArray[np.float32], weights: list[int]) -> float:
    """Value of the best alignment that keeps order, by the recursion itself."""
    rows, columns = similarity.shape

    @cache
    def best(row: int, column: int) -> float:
        if row == rows or column == columns:
            return 0.0
        value = float(similarity[row, column])
        taken = value * weights[row] + best(row + 1, column + 1) if value >= MIN_SIMILARITY else 0.0
        return max(taken, best(row + 1, column), best(row, column + 1))

    return best(0, 0)


class TestPositions:
    @given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
    @EXAMPLES
    def test_equal_numpy_isin(self, wanted: set[int], table: set[int]) -> None:
        needles, hay = (np.array(sorted(values), dtype=np.uint32) for values in (wanted, table))
        found, places = positions(needles, hay)
        assert found.tolist() == np.isin(needles, hay).tolist()
        assert hay[places[found]].tolist() == sorted(wanted & table)


class TestMonotone:
    @given(matrices, st.data())
    @EXAMPLES
    def test_value_and_pairs_are_those_of_the_best_ordered_alignment(
        self, similarity: NDArray[np.float32], data: st.DataObject
    ) -> None:
        rows = similarity.shape[0]
        weights = data.draw(st.lists(st.integers(0, 8), min_size=rows, max_size=rows))
        share, pairs = monotone(similarity, np.array(weights, dtype=np.float32))
        total = sum(weights)
        assert share == pytest.approx(brute_monotone(similarity, weights) / total if total else 0.0)
        assert 0.0 <= share <= 1.0
        assert all(a[0] < b[0] and a[1] < b[1] for a, b in combinations(pairs, 2))
        assert all(similarity[pair] >= MIN_SIMILARITY for pair in pairs)
        told = sum(float(similarity[pair]) * weights[pair[0]] for pair in pairs)
        assert told == pytest.approx(share * total)

    def test_crossing_sentences_are_not_both_taken(self) -> None:
        similarity = np.array([[0, 1], [1, 0]], dtype=np.float32)
        share, pairs = monotone(similarity, np.array([1, 3], dtype=np.float32))
        assert (share, pairs) == (0.75, [(1, 0)])

    def test_one_sentence_is_not_used_twice(self) -> None:
        similarity = np.ones((3, 1), dtype=np.float32)
        share, pairs = monotone(similarity, np.ones(3, dtype=np.float32))
        assert share == pytest.approx(1 / 3)
        assert len(pairs) == 1


class TestFree:
    @given(matrices)
    @EXAMPLES
    def test_pairs_are_each_others_best(self, similarity: NDArray[np.float32]) -> None:
        found = free(similarity)
        expected = [
            (row, column)
            for row in range(similarity.shape[0])
            for column in range(similarity.shape[1])
            if similarity[row, column] >= MIN_SIMILARITY
            and column == int(similarity[row].argmax())
            and row == int(similarity[:, column].argmax())
        ]
        assert found == expected

    def test_order_does_not_matter(self) -> None:
        assert free(np.array([[0, 1], [1, 0]], dtype=np.float32)) == [(0, 1), (1, 0)]


def brute_sentences(table: ArticleTable, row: int) -> list[dict[int, float]]:
    """Unit idf vector of each sentence: each distinct term once."""
    vectors: list[dict[int, float]] = [{} for _ in range(max(1, int(table.sentences[row])))]
    for place in range(int(table.content_offsets[row]), int(table.content_offsets[row + 1])):
        vectors[int(table.sentence[place])][int(table.term[place])] = float(table.weight[place])
    out = []
    for vector in vectors:
        norm = math.sqrt(sum(weight**2 for weight in vector.values()))
        out.append({term: weight / norm for term, weight in vector.items()})
    return out


class TestSimilarities:
    def test_are_idf_cosines_of_sentences(self, newsroom: Newsroom, make_article: MakeArticle) -> None:
        chosen = [newsroom.articles[name] for name in ("a01-orig", "a01-spun", "a02-orig", "a01-excerpt")]
        table = make_table([*chosen, make_article(""), make_article("The. And. Of the.")])
        profiles = [Profile(table, row) for row in range(len(table))]
        vectors = [brute_sentences(table, row) for row in range(len(table))]
        for left in range(len(table)):
            for right in range(len(table)):
                found = similarities(profiles[left], profiles[right])
                assert found.shape == (len(vectors[left]), len(vectors[right]))
                for a, one in enumerate(vectors[left]):
                    for b, two in enumerate(vectors[right]):
                        exact = sum(weight * two.get(term, 0.0) for term, weight in one.items())
                        assert found[a, b] == pytest.approx(exact, abs=1e-5)

    def test_a_sentence_is_like_itself(self, newsroom: Newsroom) -> None:
        table = make_table([newsroom.articles["a03-orig"]])
        profile = Profile(table, 0)
        diagonal = np.diagonal(similarities(profile, profile))
        assert diagonal == pytest.approx(np.ones(diagonal.size), abs=1e-5)
        totals: defaultdict[int, float] = defaultdict(float)
        for sentence, vector in enumerate(brute_sentences(table, 0)):
            totals[sentence] = sum(1 for _ in vector)
        assert profile.sentence_weights.size == len(totals)
