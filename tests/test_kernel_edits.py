"""Sentences held against each other: the compiled loop and its twin in Python find the same ones."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from newsdedup import kernel
from newsdedup.result import AlignedSentence
from newsdedup.text.normalize import NormalizedText
from newsdedup.text.table import table_of
from newsdedup.text.tokens import tokenize
from newsdedup.verify.counterparts import Found, _order_tokens, held_together
from newsdedup.verify.forms import ORDER_WORDS
from newsdedup.verify.reading import Reading

needs_kernel = pytest.mark.skipif(kernel.compiled is None, reason="the kernel is not built here")
EXAMPLES = settings(derandomize=True, deadline=None, max_examples=300)
WORDS = ["Bell", "said", "the", "bridge", "cost", "48", "million", "crowns", "after", "four", "Monday", "Fields", "7"]

sentence = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12)
text = st.lists(sentence, max_size=8)


def read(sentences: list[list[str]]) -> Reading:
    words = " ".join(f"{' '.join(each).capitalize()}." for each in sentences)
    table = table_of([NormalizedText(text=words, cuts=(), dateline="")], ["en"])
    return Reading(table, 0, words)


def align(left: Reading, right: Reading, random: Random) -> list[AlignedSentence]:
    sizes = left.first.size, right.first.size
    if not all(sizes):
        return []
    places = [(random.randint(1, sizes[0]), random.randint(1, sizes[1])) for _ in range(random.randint(0, 6))]
    return [AlignedSentence(left=a, right=b, similarity=0.5) for a, b in sorted(places)]


def both(left: Reading, right: Reading, aligned: list[AlignedSentence]) -> tuple[Found, Found]:
    compiled = kernel.compiled
    found = held_together(left, right, aligned)
    kernel.compiled = None
    try:
        return found, held_together(left, right, aligned)
    finally:
        kernel.compiled = compiled


def edited(sentences: list[list[str]], random: Random, words: list[str]) -> list[list[str]]:
    """The same text with words replaced, sentences cut, split, joined and moved."""
    out: list[list[str]] = []
    for each in sentences:
        new = [random.choice(words) if random.random() < 0.15 else word for word in each]
        out += [new] if random.random() < 0.8 else [new[: len(new) // 2], new[len(new) // 2 :]]
    if random.random() < 0.5:
        random.shuffle(out)
    return [each for each in out if each and random.random() < 0.9]


def test_each_word_that_puts_in_order_is_one_token_in_every_language() -> None:
    words = sorted(ORDER_WORDS)
    for lang in ("en", "de", "es", "fr"):
        for spelled in (words, [word.title() for word in words], [word.upper() for word in words]):
            tokens = tokenize([" ".join(spelled)], [lang]).surface
            assert tokens.size == len(words)
            assert np.unique(tokens).tolist() == _order_tokens().tolist()


@needs_kernel
class TestTwins:
    @given(text, text, st.randoms(use_true_random=False))
    @EXAMPLES
    def test_agree_on_any_text(self, one: list[list[str]], other: list[list[str]], random: Random) -> None:
        left, right = read(one), read(other)
        found, expected = both(left, right, align(left, right, random))
        assert found == expected

    @pytest.mark.parametrize("longest", [3, 20, 90, 400])
    def test_agree_on_edited_texts(self, longest: int) -> None:
        random = Random(longest)  # noqa: S311 - repeatable
        counterparts = places = 0
        for _ in range(60):
            # Every third one a number, every third one a name.
            kinds = ("{}", "word{}", "Name{}")
            words = [kinds[number % 3].format(number) for number in range(random.choice((5, 60, 3000)))]
            one = [[random.choice(words) for _ in range(random.randint(1, longest))] for _ in range(12)]
            left, right = read(one), read(edited(one, random, words))
            aligned = align(left, right, random)
            found, expected = both(left, right, aligned)
            assert found == expected
            counterparts += len(found.same)
            places += len(found.places)
        assert counterparts > 60
        assert places > 0

    def test_agree_without_a_sentence(self) -> None:
        empty, full = read([]), read([["Bell", "said"]])
        for sides in ((empty, full), (full, empty), (empty, empty)):
            found, expected = both(*sides, [])
            assert found == expected


@needs_kernel
class TestRefused:
    @staticmethod
    def call(**changed: object) -> None:
        given: dict[str, object] = {
            "words": np.arange(9, dtype=np.uint32),
            "first": np.array([0, 4]),
            "root": np.arange(3, dtype=np.uint32),
            "fact": np.array([0, 1, 2], dtype=np.uint8),
            "position": np.array([0, 5, 8], dtype=np.int32),
            "other_words": np.arange(9, dtype=np.uint32),
            "other_first": np.array([0, 4, 7]),
            "aligned": np.array([1, 3], dtype=np.int32),
        } | changed
        names = "words", "first", "root", "fact", "position"
        left = tuple(given[name] for name in names)
        right = tuple(given.get(f"other_{name}", given[name]) for name in names)
        assert kernel.compiled is not None
        kernel.compiled.compare_sentences(left, right, given["aligned"], np.zeros(1, dtype=np.uint32), 0.5, 0.6)

    @pytest.mark.parametrize(
        "changed",
        [
            {"first": np.array([0, 9])},
            {"first": np.array([4, 0])},
            {"first": np.array([-1, 4])},
            {"first": np.array([4, 4])},
            {"other_words": np.arange(7, dtype=np.uint32)},
            {"position": np.array([0, 5, 9], dtype=np.int32)},
            {"position": np.array([0, 5, 5], dtype=np.int32)},
            {"position": np.array([-1, 5, 8], dtype=np.int32)},
            {"position": np.array([0, 5], dtype=np.int32)},
            {"root": np.arange(4, dtype=np.uint32)},
            {"fact": np.zeros(2, dtype=np.uint8)},
            {"aligned": np.array([0, 1], dtype=np.int32)},
            {"aligned": np.array([3, 1], dtype=np.int32)},
            {"aligned": np.array([1, 4], dtype=np.int32)},
            {"aligned": np.array([1], dtype=np.int32)},
        ],
    )
    def test_arrays_that_do_not_fit(self, changed: dict[str, object]) -> None:
        self.call()
        with pytest.raises(ValueError, match="sentence"):
            self.call(**changed)

    def test_items_of_another_size(self) -> None:
        with pytest.raises(TypeError, match="first"):
            self.call(first=np.array([0, 4], dtype=np.int32))

    def test_a_text_without_its_columns(self) -> None:
        assert kernel.compiled is not None
        texts: tuple[Any, ...] = ([], (), (np.zeros(1),) * 4)
        nothing = np.zeros(0, dtype=np.int32)
        for text in texts:
            with pytest.raises(TypeError, match="five columns"):
                kernel.compiled.compare_sentences(text, text, nothing, nothing, 0.5, 0.6)


def test_matching_blocks_are_the_kept_words_of_the_opcodes() -> None:
    random = Random(7)  # noqa: S311 - repeatable
    for _ in range(300):
        one, other = ([random.randint(0, 20) for _ in range(random.randint(0, 30))] for _ in range(2))
        kept = [(each.src_start, each.dest_start, each.src_end - each.src_start)
                for each in Indel.opcodes(one, other) if each.tag == "equal"]  # fmt: skip
        blocks = [(each.a, each.b, each.size) for each in Indel.editops(one, other).as_matching_blocks()]
        assert blocks == [*kept, (len(one), len(other), 0)]
