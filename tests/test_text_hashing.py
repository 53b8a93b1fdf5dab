"""Hashes against an implementation with Python's big integers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from newsdedup import kernel
from newsdedup.text import hashing
from newsdedup.text.hashing import mix32, mix64, run_hashes, span_hashes, word_hashes

Values = NDArray[np.uint32]
Places = NDArray[np.int64]
MASK = 2**64 - 1
BASE = 0x9E3779B97F4A7C15


def oracle_mix64(value: int) -> int:
    value ^= value >> 33
    value = value * 0xFF51AFD7ED558CCD & MASK
    value ^= value >> 33
    value = value * 0xC4CEB9FE1A85EC53 & MASK
    return value ^ value >> 33


def oracle(codes: list[int]) -> int:
    return oracle_mix64(sum((code + 1) * pow(BASE, place, 2**64) for place, code in enumerate(codes)) & MASK)


def spans_of(codes: list[int], bounds: list[tuple[int, int]]) -> list[int]:
    starts = np.array([start for start, _ in bounds], dtype=np.int64)
    ends = np.array([end for _, end in bounds], dtype=np.int64)
    return [int(value) for value in span_hashes(np.array(codes, dtype=np.uint32), starts, ends)]


CODES = st.lists(st.integers(0, 2**32 - 1), max_size=30)


@settings(derandomize=True, deadline=None)
@given(CODES, CODES, CODES)
def test_a_span_has_the_same_hash_wherever_it_stands(before: list[int], span: list[int], after: list[int]) -> None:
    buffer = before + span + after
    start, end = len(before), len(before) + len(span)
    assert spans_of(buffer, [(start, end)]) == spans_of(span, [(0, len(span))]) == [oracle(span)]


@settings(derandomize=True, deadline=None)
@given(st.lists(st.text(alphabet="abcé中\U0001f600\x00", max_size=6), max_size=8))
def test_word_hashes_are_the_span_hashes_of_the_words(words: list[str]) -> None:
    assert word_hashes(words).tolist() == [oracle([ord(char) for char in word]) for word in words]


def runs_of(codes: list[int], bounds: list[tuple[int, int]], block: int) -> list[int]:
    starts = np.array([start for start, _ in bounds], dtype=np.int64)
    ends = np.array([end for _, end in bounds], dtype=np.int64)
    values = np.array(codes, dtype=np.uint32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "_BLOCK", block)
        patch.setattr(kernel, "compiled", None)
        return [int(value) for value in run_hashes(values, starts, ends)]


@settings(derandomize=True, deadline=None)
@given(st.lists(st.tuples(CODES, CODES), max_size=12), CODES, st.integers(1, 200))
def test_spans_that_follow_each_other_hash_alike_in_blocks_of_any_size(
    parts: list[tuple[list[int], list[int]]], after: list[int], block: int
) -> None:
    codes: list[int] = []
    bounds: list[tuple[int, int]] = []
    for gap, span in parts:  # spans may be empty, and need not touch
        bounds.append((len(codes) + len(gap), len(codes) + len(gap) + len(span)))
        codes += gap + span
    assert runs_of(codes + after, bounds, block) == [oracle(span) for _, span in parts]


@settings(derandomize=True, deadline=None)
@given(st.lists(CODES, max_size=12))
def test_runs_hash_as_the_oracle_says_with_the_kernel_and_without(runs: list[list[int]]) -> None:
    values = np.array([code for run in runs for code in run], dtype=np.uint32)
    ends = np.cumsum([len(run) for run in runs], dtype=np.int64)
    starts = ends - np.array([len(run) for run in runs], dtype=np.int64)
    expected = [oracle(run) for run in runs]
    assert run_hashes(values, starts, ends).tolist() == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "compiled", None)
        assert run_hashes(values, starts, ends).tolist() == expected


def test_a_long_buffer_is_hashed_a_block_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def counted(values: Values, starts: Places, ends: Places) -> NDArray[np.uint64]:
        sizes.append(values.size)
        return span_hashes(values, starts, ends)

    monkeypatch.setattr(hashing, "span_hashes", counted)
    codes = list(range(100, 200))
    bounds = [(0, 30), (30, 60), (60, 75), (75, 76), (76, 100)]
    assert runs_of(codes, bounds, 16) == [oracle(codes[start:end]) for start, end in bounds]
    assert sizes == [30, 30, 16, 24]  # a span longer than a block is a block of its own


def test_different_spans_have_different_hashes() -> None:
    words = ["", "a", "b", "aa", "ab", "ba", "a\x00", "\x00", "\x00\x00", "é", "e", "ab ", " ab", "中", "\U0001f600"]
    assert len(set(word_hashes(words).tolist())) == len(words)


def test_words_in_another_order_are_other_spans() -> None:
    assert word_hashes(["abc"]) != word_hashes(["acb"])


def test_no_spans_have_no_hashes() -> None:
    assert word_hashes([]).shape == (0,)
    assert spans_of([], []) == []
    assert spans_of([1, 2], []) == []
    assert runs_of([], [], 1) == []
    assert runs_of([1, 2], [], 1) == []


def test_a_buffer_longer_than_the_first_table_of_powers() -> None:
    codes = list(range(5000))
    assert spans_of(codes, [(4990, 5000), (0, 3)]) == [oracle(codes[4990:]), oracle(codes[:3])]


@pytest.mark.parametrize("value", [0, 1, 2**63, MASK, 0x123456789ABCDEF])
def test_mix64_is_murmurs_finaliser(value: int) -> None:
    assert mix64(np.array([value], dtype=np.uint64)).tolist() == [oracle_mix64(value)]


def test_mixing_leaves_its_input_alone_and_collides_nowhere() -> None:
    values = np.arange(10_000, dtype=np.uint64)
    small = np.arange(10_000, dtype=np.uint32)
    assert np.unique(mix64(values)).size == np.unique(mix32(small)).size == 10_000
    assert values.tolist() == small.tolist() == list(range(10_000))


# Stored signatures are made of these: a change here makes every store stale, and must be meant.
GOLDEN = [
    ("", 0),
    ("a", 12421751566162835060),
    ("russia", 11667884852968274993),
    ("中国", 3703744495277711368),
]


@pytest.mark.parametrize(("word", "value"), GOLDEN)
def test_hashes_are_the_same_in_every_version(word: str, value: int) -> None:
    assert word_hashes([word]).tolist() == [value]
