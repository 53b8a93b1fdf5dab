"""The kernel's verification against its numpy twin: the same bits on made-up tables and on real pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from brute_features import lcs_length, passes_gate
from conftest import MakeArticle, Newsroom
from newsdedup import kernel
from newsdedup.article import Article
from newsdedup.text.table import ArticleTable, make_table
from newsdedup.verify.evidence import common_ground
from newsdedup.verify.features import (
    NUMBERS,
    Features,
    FeatureTable,
    compare_pairs,
    join_features,
    pair_features,
)
from newsdedup.verify.profile import Profile, Profiles, columns_of
from newsdedup.verify.reading import Reading

COMPILED = kernel.compiled
EXAMPLES = settings(derandomize=True, deadline=None, max_examples=120)

needs_kernel = pytest.mark.skipif(COMPILED is None, reason="no compiled kernel in this installation")
LETTERS = "".join(map(chr, range(0x100, 0x8000)))
"""A text for any table: every place has a letter of its own."""

_Found = TypeVar("_Found")


def in_both(run: Callable[[], _Found]) -> tuple[_Found, _Found]:
    """What the kernel gives, and what numpy gives."""
    assert COMPILED is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "compiled", COMPILED)
        compiled = run()
        patch.setattr(kernel, "compiled", None)
        return compiled, run()


def made_up_table(seed: int, articles: int, longest: int, words: int) -> ArticleTable:
    """Articles out of few words, which share runs with each other; some are empty."""
    rng = np.random.default_rng(seed)
    stock = rng.integers(0, words, 4 * longest + 1)
    table_words = rng.integers(0, 2**32, words, dtype=np.uint32)
    columns: dict[str, list[NDArray[np.generic]]] = {}
    sizes: list[tuple[int, int, int]] = []
    for _ in range(articles):
        size = int(rng.integers(0, longest + 1)) if rng.random() < 0.9 else 0
        start = int(rng.integers(0, 3 * longest + 1))
        chosen = stock[start : start + size].copy()
        other = rng.random(size) < rng.choice([0, 0.02, 0.5])
        chosen[other] = rng.integers(0, words, int(other.sum()))
        opening = rng.random(size) < 0.15
        opening[:1] = True
        content = np.flatnonzero(rng.random(size) < 0.6)
        row = {
            "surface": table_words[chosen],
            "quoted": rng.random(size) < rng.choice([0, 0.3, 1]),
            "opening": opening,
            "start": np.arange(size, dtype=np.int32),
            "width": np.ones(size, dtype=np.uint16),
            # terms that fold into one code, too
            "term": (chosen[content] % 7 * 1_100_000 + chosen[content] // 7).astype(np.uint32),
            "root": table_words[chosen[content] // 2],
            "weight": (rng.choice([1e-7, 0.02, 1, 7.02], content.size) * rng.random(content.size)).astype(np.float32),
            "fact": rng.choice(np.array([0, 0, 0, 1, 2], dtype=np.uint8), content.size),
            "sentence": (np.cumsum(opening) - 1)[content].astype(np.int32),
            "position": content.astype(np.int32),
        }
        for name, values in row.items():
            columns.setdefault(name, []).append(values)
        sizes.append((size, content.size, int(opening.sum())))
    tokens, contents, sentences = np.array(sizes).T
    return ArticleTable(
        **{name: np.concatenate(parts) for name, parts in columns.items()},
        token_offsets=np.append(0, np.cumsum(tokens)).astype(np.int64),
        content_offsets=np.append(0, np.cumsum(contents)).astype(np.int64),
        sentences=sentences.astype(np.int32),
        chrome=np.zeros(articles, dtype=np.uint8),
        content_key=np.zeros(articles, dtype=np.uint64),
    )


def all_pairs(articles: int) -> list[tuple[int, int]]:
    return [(a, b) for a in range(articles) for b in range(articles)]


def compare(table: ArticleTable, pairs: list[tuple[int, int]], kept: bool) -> FeatureTable:
    left, right = np.array(pairs, dtype=np.int64).T.copy()
    return compare_pairs(Profiles(table), left, right, np.full(left.size, kept))


def check_twins(table: ArticleTable) -> None:
    pairs = all_pairs(len(table))
    for kept in (True, False):
        compiled, plain = in_both(lambda kept=kept: compare(table, pairs, kept))  # type: ignore[misc] # bound now
        assert compiled.passed.tolist() == plain.passed.tolist()
        for name in NUMBERS:
            assert compiled.column(name).tolist() == plain.column(name).tolist(), name
    profiles, readings = Profiles(table), [Reading(table, row, LETTERS) for row in range(len(table))]
    for a, b in pairs:
        sides = readings[a], readings[b]
        ground = in_both(lambda a=a, b=b, sides=sides: common_ground(profiles, a, b, sides))  # type: ignore[misc]
        assert ground[0] == ground[1]


@needs_kernel
class TestTwins:
    @given(st.integers(0, 2**32), st.integers(0, 60), st.sampled_from([2, 20, 400]))
    @EXAMPLES
    def test_same_bits_on_made_up_articles(self, seed: int, longest: int, words: int) -> None:
        check_twins(made_up_table(seed, 4, longest, words))

    @given(st.integers(0, 2**32), st.sampled_from([20, 400, 4000]))
    @settings(EXAMPLES, max_examples=12)
    def test_same_bits_on_long_ones(self, seed: int, words: int) -> None:
        # Some hundred content stems: several words of 64 columns, and columns that a carry has to pass.
        check_twins(made_up_table(seed, 3, 1500, words))

    def test_same_bits_on_real_articles(self, newsroom: Newsroom, make_article: MakeArticle) -> None:
        chosen = [article for name, article in newsroom.articles.items() if name[:3] in ("a01", "a04", "b02")]
        check_twins(make_table([*chosen, make_article(""), make_article("The. And. Of the."), make_article("Word")]))

    def test_sides_of_different_tables(self, newsroom: Newsroom) -> None:
        one, two = (make_table([newsroom.articles[name]]) for name in ("a01-orig", "a01-spun"))
        both = make_table([newsroom.articles[name] for name in ("a01-orig", "a01-spun")])
        apart, together = (Profile(one, 0), Profile(two, 0)), (Profile(both, 0), Profile(both, 1))
        assert pair_features(*apart) == pair_features(*together)
        assert passes_gate(*apart) == passes_gate(*together)

    def test_what_is_kept_from_pair_to_pair_changes_nothing(self) -> None:
        # More articles than are kept, in no order, and pairs that ask for a kept article's later steps only now.
        table = made_up_table(7, 90, 50, 60)
        rng = np.random.default_rng(3)
        left, right = rng.integers(0, 90, (2, 3000))
        kept = rng.random(3000) < 0.5
        many = compare_pairs(Profiles(table), left, right, kept)
        for place in range(0, 3000, 7):
            part = slice(place, place + 1)
            one = compare_pairs(Profiles(table), left[part], right[part], kept[part])
            assert one.passed[0] == many.passed[place]
            assert one.values[0].tolist() == many.values[place].tolist()


def table_of_terms(*articles: list[int]) -> ArticleTable:
    """Articles of content stems only, in one sentence each."""
    sizes = [len(terms) for terms in articles]
    terms = np.array([term for terms in articles for term in terms], dtype=np.uint32)
    offsets = np.append(0, np.cumsum(sizes)).astype(np.int64)
    places = np.concatenate([np.arange(size, dtype=np.int32) for size in sizes])
    return ArticleTable(
        surface=terms,
        quoted=np.zeros(terms.size, dtype=bool),
        opening=places == 0,
        start=places,
        width=np.ones(terms.size, dtype=np.uint16),
        token_offsets=offsets,
        term=terms,
        root=terms,
        weight=np.ones(terms.size, dtype=np.float32),
        fact=np.zeros(terms.size, dtype=np.uint8),
        sentence=np.zeros(terms.size, dtype=np.int32),
        position=places,
        content_offsets=offsets,
        sentences=np.ones(len(sizes), dtype=np.int32),
        chrome=np.zeros(len(sizes), dtype=np.uint8),
        content_key=np.zeros(len(sizes), dtype=np.uint64),
    )


class TestCommonSubsequence:
    """Against the recursion itself: articles longer than a word of 64 columns, few of whose stems are shared."""

    def check(self, left: list[int], right: list[int]) -> None:
        found = compare(table_of_terms(left, right), [(0, 1), (1, 0)], kept=True)
        expected = 2 * lcs_length(left, right) / max(1, len(left) + len(right))
        assert found.column("lcs").tolist() == [expected, expected]

    def test_a_stem_that_stands_in_words_far_apart_is_matched_once(self) -> None:
        own = list(range(1000, 1400))
        own[10] = own[300] = own[399] = 1
        self.check([1], own)
        self.check([1, 2, 3], own)
        self.check([2, 1, 1], own)

    @given(st.integers(0, 2**32), st.integers(0, 400), st.integers(0, 400), st.sampled_from([0.02, 0.1, 0.5, 1]))
    @settings(EXAMPLES, max_examples=60)
    def test_length_is_that_of_the_recursion(self, seed: int, one: int, two: int, shared: float) -> None:
        rng = np.random.default_rng(seed)
        sides = []
        for size in (one, two):
            terms = rng.integers(40, 1_100_000, size)  # below the fold: no clashes
            common = rng.random(size) < shared
            terms[common] = rng.integers(0, 40, int(common.sum()))
            sides.append(terms.tolist())
        self.check(*sides)


@needs_kernel
class TestRefusals:
    @pytest.fixture
    def table(self) -> ArticleTable:
        return made_up_table(2, 6, 40, 20)

    def call(self, table: ArticleTable, left: int = 1, right: int = 2, values: int = len(NUMBERS)) -> None:
        compiled: ModuleType | None = kernel.compiled
        assert compiled is not None
        rows = (np.array([row], dtype=np.int64) for row in (left, right))
        compiled.compare_pairs(*columns_of(table), *rows, np.ones(1, bool), np.zeros(1, bool), np.zeros(values))

    def test_a_sound_table_is_taken(self, table: ArticleTable) -> None:
        self.call(table)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("sentence", -1),
            ("sentence", 10_000),
            ("position", -1),
            ("position", 10_000),
            ("weight", np.nan),
            ("weight", np.inf),
            ("weight", -1.0),
            ("weight", 8.0),
            ("token_offsets", 10**12),
            ("token_offsets", -(10**12)),
            ("content_offsets", 10**12),
            ("content_offsets", -(2**63)),
            ("sentences", 2**30),
        ],
    )
    def test_values_that_no_table_holds(self, name: str, value: float, table: ArticleTable) -> None:
        for row in (0, 3, 5):
            assert table.content_offsets[row] < table.content_offsets[row + 1]
            column = getattr(table, name).copy()
            column[row if name.endswith("offsets") or name == "sentences" else table.content_offsets[row]] = value
            broken = replace(table, **{name: column})
            with pytest.raises(ValueError, match="table whose"):
                self.call(broken, row, row)

    def test_sentences_that_fall(self) -> None:
        table = make_table([Article(id="a", text="Anna Bell sailed. Harlow slept.", lang="en")])
        assert table.sentence.tolist() == [0, 0, 0, 1, 1]
        self.call(table, 0, 0)
        with pytest.raises(ValueError, match="fall"):
            self.call(replace(table, sentence=table.sentence[::-1].copy()), 0, 0)

    def test_rows_that_the_table_does_not_have(self, table: ArticleTable) -> None:
        for row in (-1, 6, 2**40, -(2**63)):
            with pytest.raises(ValueError, match="no article"):
                self.call(table, row, 1)
            with pytest.raises(ValueError, match="no article"):
                self.call(table, 1, row)

    def test_columns_that_do_not_fit_each_other(self, table: ArticleTable) -> None:
        for name in ("surface", "quoted", "opening", "term", "root", "weight", "fact", "sentence", "position"):
            with pytest.raises(ValueError, match="differ in length"):
                self.call(replace(table, **{name: getattr(table, name)[:-1]}))
        for name in ("token_offsets", "content_offsets", "sentences"):
            with pytest.raises(ValueError, match="one more"):
                self.call(replace(table, **{name: getattr(table, name)[:-1]}))
        with pytest.raises(ValueError, match="pairs that differ"):
            self.call(table, values=len(NUMBERS) - 1)

    def test_columns_of_other_types(self, table: ArticleTable) -> None:
        with pytest.raises(TypeError, match="weight: items of 8 bytes, not of 4"):
            self.call(replace(table, weight=table.weight.astype(np.float64)))
        with pytest.raises((TypeError, BufferError, ValueError)):
            self.call(replace(table, term=np.repeat(table.term, 2)[::2]))

    def test_common_ground_of_what_there_is_not(self, table: ArticleTable) -> None:
        compiled: ModuleType | None = kernel.compiled
        assert compiled is not None
        for sides in ((-1, 0), (0, -1), (6, 0), (0, 6), (-(2**63), 0)):
            with pytest.raises(ValueError, match="no article"):
                compiled.common_ground(*columns_of(table), *sides, 12)
        for most in (-1, 1001):
            with pytest.raises(ValueError, match="so many facts"):
                compiled.common_ground(*columns_of(table), 0, 1, most)
        with pytest.raises(OverflowError):
            compiled.common_ground(*columns_of(table), 0, 2**64, 12)
        with pytest.raises(TypeError, match="12 arrays"):
            compiled.common_ground(*columns_of(table), 0, 1)
        broken = replace(table, sentences=table.sentences[:-1])
        with pytest.raises(ValueError, match="one more"):
            compiled.common_ground(*columns_of(broken), 0, 1, 12)

    def test_as_many_shared_facts_as_asked_for(self, table: ArticleTable) -> None:
        compiled: ModuleType | None = kernel.compiled
        assert compiled is not None
        facts = [compiled.common_ground(*columns_of(table), 0, 0, most)[1] for most in (0, 1, 3, 1000)]
        assert [len(each) for each in facts[:3]] == [0, 1, 3]
        assert all(each == facts[3][: len(each)] for each in facts)


class TestFeatureTable:
    def test_is_a_sequence_of_features(self) -> None:
        table = made_up_table(5, 8, 60, 4000)
        pairs = all_pairs(8)
        found = compare(table, pairs, kept=False)
        assert 0 < found.passed.sum() < len(found) == 64
        listed = list(found)
        assert [each is not None for each in listed] == found.passed.tolist()
        assert [found[place] for place in range(64)] == listed
        profiles = Profiles(table)
        for (a, b), each in zip(pairs, listed, strict=True):
            assert each is None or each == pair_features(profiles[a], profiles[b])
        place = int(np.flatnonzero(found.passed)[0])
        assert found.features(place, passages=3) == replace(found.features(place), passages=3)

    def test_counts_are_whole_numbers(self) -> None:
        [found] = compare(made_up_table(5, 1, 60, 30), [(0, 0)], kept=True)
        assert isinstance(found, Features)
        for name in ("length", "verbatim", "verbatim_facts", "verbatim_sentences", "fact_count", "shared_facts"):
            assert type(getattr(found, name)) is int

    def test_tables_join_in_order(self) -> None:
        table = made_up_table(5, 4, 60, 30)
        pairs = all_pairs(4)
        whole = compare(table, pairs, kept=False)
        joined = join_features([compare(table, part, kept=False) for part in (pairs[:3], pairs[3:])])
        assert list(joined) == list(whole)
        assert len(join_features([])) == 0
