"""Sentences held against each other: the compiled loop and its twin in Python find the same ones."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from newsdedup import kernel
from newsdedup.result import AlignedSentence
from newsdedup.text.normalize import NormalizedText
from newsdedup.text.table import table_of
from newsdedup.verify import edits
from newsdedup.verify.reading import Reading

needs_kernel = pytest.mark.skipif(kernel.compiled is None, reason="the kernel is not built here")
EXAMPLES = settings(derandomize=True, deadline=None, max_examples=300)
WORDS = ["Bell", "said", "the", "bridge", "cost", "48", "million", "crowns", "after", "four", "years"]

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


def both(left: Reading, right: Reading, aligned: list[AlignedSentence]) -> tuple[object, object]:
    compiled = kernel.compiled
    found = edits._held_together(left, right, aligned)
    kernel.compiled = None
    try:
        return found, edits._held_together(left, right, aligned)
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
        counterparts = 0
        for _ in range(60):
            words = [f"word{number}" for number in range(random.choice((5, 60, 3000)))]
            one = [[random.choice(words) for _ in range(random.randint(1, longest))] for _ in range(12)]
            left, right = read(one), read(edited(one, random, words))
            aligned = align(left, right, random)
            found, expected = both(left, right, aligned)
            assert found == expected
            counterparts += len(edits._held_together(left, right, aligned).same)
        assert counterparts > 60

    def test_agree_without_a_sentence(self) -> None:
        empty, full = read([]), read([["Bell", "said"]])
        for sides in ((empty, full), (full, empty), (empty, empty)):
            found, expected = both(*sides, [])
            assert found == expected


@needs_kernel
class TestRefused:
    @staticmethod
    def call(**changed: object) -> None:
        given = {
            "left": np.arange(9, dtype=np.uint32),
            "left_first": np.array([0, 4]),
            "right": np.arange(9, dtype=np.uint32),
            "right_first": np.array([0, 4, 7]),
            "aligned": np.array([1, 3], dtype=np.int32),
            "edited": 0.5,
            "known": 0.6,
            "same": np.empty(2, dtype=np.int32),
            "unchanged": np.empty(2, dtype=bool),
            "new_left": np.empty(2, dtype=bool),
            "new_right": np.empty(3, dtype=bool),
        }
        assert kernel.compiled is not None
        kernel.compiled.compare_sentences(*(given | changed).values())

    @pytest.mark.parametrize(
        "changed",
        [
            {"left_first": np.array([0, 9])},
            {"left_first": np.array([4, 0])},
            {"left_first": np.array([-1, 4])},
            {"left_first": np.array([4, 4])},
            {"right": np.arange(7, dtype=np.uint32)},
            {"aligned": np.array([0, 1], dtype=np.int32)},
            {"aligned": np.array([3, 1], dtype=np.int32)},
            {"aligned": np.array([1, 4], dtype=np.int32)},
            {"aligned": np.array([1], dtype=np.int32)},
            {"same": np.empty(3, dtype=np.int32)},
            {"unchanged": np.empty(1, dtype=bool)},
            {"new_left": np.empty(1, dtype=bool)},
            {"new_right": np.empty(2, dtype=bool)},
        ],
    )
    def test_arrays_that_do_not_fit(self, changed: dict[str, object]) -> None:
        self.call()
        with pytest.raises(ValueError, match="sentence"):
            self.call(**changed)

    def test_items_of_another_size(self) -> None:
        with pytest.raises(TypeError, match="left_first"):
            self.call(left_first=np.array([0, 4], dtype=np.int32))


def test_matching_blocks_are_the_kept_words_of_the_opcodes() -> None:
    random = Random(7)  # noqa: S311 - repeatable
    for _ in range(300):
        one, other = ([random.randint(0, 20) for _ in range(random.randint(0, 30))] for _ in range(2))
        kept = [(each.src_start, each.dest_start, each.src_end - each.src_start)
                for each in Indel.opcodes(one, other) if each.tag == "equal"]  # fmt: skip
        blocks = [(each.a, each.b, each.size) for each in Indel.editops(one, other).as_matching_blocks()]
        assert blocks == [*kept, (len(one), len(other), 0)]
