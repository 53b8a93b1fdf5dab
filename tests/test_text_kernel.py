"""The kernel's text loops give the same bits as their twins in numpy."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from conftest import REPOSITORY
from newsdedup import kernel
from newsdedup.article import Article
from newsdedup.loaders import jsonlines
from newsdedup.text import chars, language
from newsdedup.text.hashing import word_hashes
from newsdedup.text.normalize import _PLAIN, _PLAIN_TABLE, STEPS, normalize_characters
from newsdedup.text.spans import find_spans
from newsdedup.text.table import make_table
from newsdedup.text.tokens import tokenize
from newsdedup.text.wordtable import WordTable

pytestmark = pytest.mark.skipif(kernel.compiled is None, reason="the kernel is not built, or turned off")

STEADY = settings(derandomize=True, deadline=None, max_examples=200)
LANGS = ("en", "de", "zh", "ja", "ru", "und", "ar")
ODD = (
    "\x00\ud800\u0301\u0130\u03a3\u03c3\u4e2d\u56fd\u3042\uac00\u0e01\U00020001\U00020002\U0001f600\u2028\u2029\u05d0\u0661"
    "\u0627\u01c5\ufb01\u2e80\u3007\ufffd\uffff\U00010400\U0010ffff\u212a\u24b6\u00b2\u00bd\u2026\u3002\uff01\u0967\u0939"
)
PIECES = [
    *("The", "the", "U.S.", "U.S", "A.", "Mr.", "Putin's", "'", "''", "said", "1,100", "9.4", "20.", "1.2.3", "three"),
    *(
        '"',
        "\u201c",
        "!",
        "?",
        ".",
        ",",
        "\n",
        "\n\n",
        " ",
        "  ",
        "WORLD",
        "BANK",
        "a'b",
        "a'B.C.d",
        "A.B.C",
        "\u4e2d\u56fd\u4eba",
    ),
    *ODD,
]
TEXTS = st.lists(
    st.lists(st.sampled_from(PIECES) | st.characters(), max_size=25).map("".join)
    | st.text(alphabet='"\n ', max_size=12)
    | st.text(alphabet="aA1.,' \"\n", max_size=40),
    max_size=6,
)


def both(function: Callable[[], Any]) -> list[Any]:
    """What the function returns with the kernel and without it."""
    with_kernel = function()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "compiled", None)
        return [with_kernel, function()]


def assert_same_columns(found: Any, expected: Any) -> None:
    for field in fields(found):
        one, other = getattr(found, field.name), getattr(expected, field.name)
        assert one.dtype == other.dtype, field.name
        assert one.tobytes() == other.tobytes(), field.name


def committed(name: str) -> list[Article]:
    with gzip.open(REPOSITORY / "benchmarks" / name / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Article(id=row["id"], text=row["text"], lang=row.get("lang")) for row in rows]


@pytest.mark.parametrize("name", ["newsroom", "hardcases", "languages"])
@pytest.mark.parametrize("change", [str, str.upper, str.lower, str.title])
def test_tables_of_the_labelled_sets_are_the_same(name: str, change: Callable[[str], str]) -> None:
    articles = [Article(id=article.id, text=change(article.text), lang=article.lang) for article in committed(name)]
    assert_same_columns(*both(lambda: make_table(articles)))


@pytest.mark.parametrize("name", ["newsroom", "hardcases", "languages"])
def test_articles_of_the_labelled_sets_are_in_the_same_language(name: str) -> None:
    texts = [article.text for article in committed(name)]
    texts += [text.upper() for text in texts]
    found, expected = both(lambda: [language._tally(text[:500]) for text in texts])
    assert found == expected


@STEADY
@given(TEXTS, st.lists(st.sampled_from(LANGS), min_size=6, max_size=6))
def test_tables_of_any_texts_are_the_same(texts: list[str], langs: list[str]) -> None:
    articles = [
        Article(id=str(number), text=text, lang=lang)
        for number, (text, lang) in enumerate(zip(texts, langs, strict=False))
    ]
    assert_same_columns(*both(lambda: make_table(articles)))


@STEADY
@given(TEXTS, st.lists(st.sampled_from(LANGS), min_size=6, max_size=6))
def test_tokens_of_any_texts_are_the_same(texts: list[str], langs: list[str]) -> None:
    """Texts that nobody normalised: all the characters that normalising takes away or changes."""
    assert_same_columns(*both(lambda: find_spans(texts)))
    assert_same_columns(*both(lambda: tokenize(texts, langs[: len(texts)])))


PLAIN = st.text(st.sampled_from("ab '\"`\u2019\u2019\u201c\u00b4\u00e9\u0416\u2014\uff40\n"), max_size=40)


@STEADY
@given(st.one_of(PLAIN, st.tuples(PLAIN, st.sampled_from(ODD + "\r\u0149\u2034\x7f"), PLAIN).map("".join), st.text()))
def test_a_plain_text_is_what_the_steps_make_of_it(text: str) -> None:
    stepped = text
    for step in STEPS:
        stepped = step.apply(stepped)
    assert both(lambda: normalize_characters(text)) == [stepped, stepped]


@STEADY
@given(PLAIN)
def test_plain_texts_are_told(text: str) -> None:
    assert kernel.compiled is not None
    found = kernel.compiled.plain_text(text, _PLAIN_TABLE)
    assert found is not None
    assert (found is text) == (found == text)
    for odd in ("\u2026", "\r", "\x00", "\ud800", "\u0301", "\u0149", "\U0001f600", "\U0010ffff"):
        assert kernel.compiled.plain_text(text + odd, _PLAIN_TABLE) is None
        assert kernel.compiled.plain_text(odd + text, _PLAIN_TABLE) is None


def test_every_character_on_its_own_is_what_the_steps_make_of_it() -> None:
    assert kernel.compiled is not None
    plain = {code: kernel.compiled.plain_text(chr(code), _PLAIN_TABLE) for code in range(0x11000)}
    for code, found in plain.items():
        stepped = chr(code)
        for step in STEPS:
            stepped = step.apply(stepped)
        assert found in (None, stepped), hex(code)
    one_for_one = {char for char in _PLAIN if char not in "\u0149\u2034\u2057"}
    assert {chr(code) for code, found in plain.items() if found is not None and code > 0x7F} == one_for_one - {"`"}


def test_a_table_of_plain_characters_of_another_size_is_refused() -> None:
    assert kernel.compiled is not None
    for size in (0, 1, 0xFFFF, 0x10001):
        with pytest.raises(ValueError, match="not of 65536"):
            kernel.compiled.plain_text("a", bytes(size))
    with pytest.raises(TypeError):
        kernel.compiled.plain_text(b"a", _PLAIN_TABLE)


KEYS = st.sampled_from([b'"id"', b'"text"', b'"', b'""', b'"a"', b"a"])


@example(b'""""', b'"""', b"a")  # counted without overlaps
@STEADY
@given(
    st.lists(st.sampled_from([b'"id"', b'"text"', b'"', b"id", b"a", b"\x00"]), max_size=12).map(b"".join), KEYS, KEYS
)
def test_keys_that_stand_twice_are_told_as_count_tells_them(line: bytes, key: bytes, other: bytes) -> None:
    assert both(lambda: jsonlines._may_repeat(line, key, other)) == [line.count(key) > 1 or line.count(other) > 1] * 2


def test_an_empty_key_is_refused() -> None:
    assert kernel.compiled is not None
    with pytest.raises(ValueError, match="empty key"):
        kernel.compiled.repeats_key(b"a", b"a", b"")


WORDS = st.sampled_from(
    ["the", "THE", "der", "und", "la", "\u03c4\u03b7\u03c3", "\u03a4\u0397\u03a3", "\u0438", "\u043d\u0435", "12", "x"]
)


@STEADY
@given(st.lists(WORDS | st.text(max_size=5), max_size=60).map(" ".join))
def test_the_languages_of_any_text_get_the_same_votes(text: str) -> None:
    found, expected = both(lambda: language._tally(text[:500]))
    assert found == expected


def test_a_lower_case_that_depends_on_its_neighbours_is_left_to_python() -> None:
    assert kernel.compiled is not None
    for text in ("\u039f\u03a3 \u03a4\u0397\u03a3", "\u0130stanbul", "\u4e2d"):
        assert kernel.compiled.language_tally(text, *language._tables())[1][0] == -1
    assert kernel.compiled.language_tally("The \u00c9t\u00e9 of 1945", *language._tables())[1][0] == 3


def arrays_of_spans(**other: NDArray[np.generic]) -> list[NDArray[np.generic]]:
    arrays: dict[str, NDArray[np.generic]] = {
        "codes": np.array([97, 98, 10, 10, 99, 10, 10], dtype=np.uint32),
        "bounds": np.array([0, 4, 7], dtype=np.int64),
        "flags": chars.tables()[0],
        "folded": chars.tables()[1],
        "keys": np.zeros(7, dtype=np.uint64),
        "starts": np.zeros(7, dtype=np.int32),
        "ends": np.zeros(7, dtype=np.int32),
        "marks": np.zeros(7, dtype=np.uint8),
        "offsets": np.zeros(3, dtype=np.int64),
    }
    return list((arrays | other).values())


def test_arrays_that_fit_are_worked_on() -> None:
    assert kernel.compiled is not None
    assert kernel.compiled.text_spans(*arrays_of_spans()) == 2


LETTER_LINES = np.array(chars.tables()[0])
LETTER_LINES[10] = chars.LETTER
MISFITS: list[tuple[str, NDArray[np.generic]]] = [
    ("codes", np.full(7, 97, dtype=np.uint32)),  # nothing ends the last word
    ("bounds", np.array([0, 8, 7], dtype=np.int64)),
    ("bounds", np.array([0, 4, 8], dtype=np.int64)),
    ("bounds", np.array([-1, 4, 7], dtype=np.int64)),
    ("bounds", np.array([0, 6, 7], dtype=np.int64)),
    ("bounds", np.zeros(0, dtype=np.int64)),
    ("flags", LETTER_LINES),
    ("flags", np.zeros(10, dtype=np.uint8)),
    ("folded", np.zeros(10, dtype=np.uint32)),
    ("keys", np.zeros(6, dtype=np.uint64)),
    ("starts", np.zeros(6, dtype=np.int32)),
    ("ends", np.zeros(6, dtype=np.int32)),
    ("marks", np.zeros(6, dtype=np.uint8)),
    ("offsets", np.zeros(2, dtype=np.int64)),
]


@pytest.mark.parametrize(("name", "array"), MISFITS)
def test_arrays_that_do_not_fit_are_refused(name: str, array: NDArray[np.generic]) -> None:
    assert kernel.compiled is not None
    with pytest.raises(ValueError, match="do not fit"):
        kernel.compiled.text_spans(*arrays_of_spans(**{name: array}))


def test_items_of_another_size_are_refused() -> None:
    assert kernel.compiled is not None
    with pytest.raises(TypeError, match=re.escape("codes: items of 8 bytes, not of 4")):
        kernel.compiled.text_spans(*arrays_of_spans(codes=np.zeros(7, dtype=np.uint64)))
    with pytest.raises((TypeError, BufferError, ValueError)):
        kernel.compiled.text_spans(*arrays_of_spans(codes=np.zeros(14, dtype=np.uint32)[::2]))


def look_up(table: WordTable, slots: NDArray[np.int32], offsets: list[int]) -> int:
    keys = word_hashes(["a", "b"])
    rows, missing = np.zeros((2, 2), dtype=np.int32)
    assert kernel.compiled is not None
    chosen = np.ones(max(0, len(offsets) - 1), dtype=np.bool_)
    bounds = np.array(offsets, dtype=np.int64)
    return int(kernel.compiled.text_rows(keys, bounds, chosen, slots, table.slots[1], rows, missing))


def test_a_table_of_words_that_is_none_is_refused() -> None:
    table = WordTable()
    table.add_keys(word_hashes(["a"]))
    slots = table.slots[0]
    assert look_up(table, slots, [0, 2]) == 1
    for wrong in (slots[:-1], slots[:0], slots[:1], np.full_like(slots, 7), np.full_like(slots, -1)):
        with pytest.raises(ValueError, match=r"do not fit|names no row"):
            look_up(table, wrong, [0, 2])
    assert look_up(table, np.ones_like(slots), [0, 2]) == 1  # a full table ends as well
    for bounds in ([], [0, 3], [2, 0], [-1, 2]):
        with pytest.raises(ValueError, match="do not fit"):
            look_up(table, slots, bounds)


def columns(**other: NDArray[np.generic]) -> list[tuple[NDArray[np.generic], ...]]:
    size, known = 2, 3
    tokens = {
        "offsets": np.array([0, size], dtype=np.int64),
        "chosen": np.ones(1, dtype=np.bool_),
        "rows": np.ones(size, dtype=np.int32),
        "marks": np.zeros(size, dtype=np.uint8),
    }
    out: dict[str, NDArray[np.generic]] = {name: np.zeros(size, dtype=np.uint32) for name in ("s", "t", "r")}
    out |= {"weight": np.zeros(size, dtype=np.float32), "flags": np.zeros(size, dtype=np.uint8)}
    out |= {"sentence": np.zeros(size, dtype=np.int32), "sentences": np.zeros(1, dtype=np.int32)}
    words = [np.zeros(known, dtype=dtype) for dtype in (np.uint32, np.uint32, np.uint32, np.float32, np.uint8)]
    return [
        tuple(other.get(name, array) for name, array in tokens.items()),
        tuple(words),
        tuple(other.get(name, array) for name, array in out.items()),
    ]


LIMITS = (0.03, 0.9, 5.5, 4.0, 5.5, False)


def test_columns_that_do_not_fit_are_refused() -> None:
    assert kernel.compiled is not None
    kernel.compiled.text_columns(*columns(), LIMITS)
    wrong: list[dict[str, NDArray[np.generic]]] = [
        {"rows": np.full(2, 3, dtype=np.int32)},
        {"rows": np.full(2, -1, dtype=np.int32)},
        {"rows": np.ones(1, dtype=np.int32)},
        {"offsets": np.array([0, 3], dtype=np.int64)},
        {"offsets": np.array([0], dtype=np.int64)},
        {"chosen": np.ones(2, dtype=np.bool_)},
        {"marks": np.zeros(1, dtype=np.uint8)},
        {"s": np.zeros(1, dtype=np.uint32)},
        {"weight": np.zeros(1, dtype=np.float32)},
        {"sentence": np.zeros(1, dtype=np.int32)},
        {"sentences": np.zeros(0, dtype=np.int32)},
    ]
    for arrays in wrong:
        with pytest.raises(ValueError, match="do not fit"):
            kernel.compiled.text_columns(*columns(**arrays), LIMITS)


@pytest.mark.parametrize("place", range(18))
def test_columns_of_a_table_that_do_not_fit_are_refused(place: int) -> None:
    assert kernel.compiled is not None
    types = (np.int64, np.uint8, *(np.uint32,) * 2, np.float32, *(np.int32,) * 3, *(np.bool_,) * 2, np.uint16)
    out_types = (*(np.uint32,) * 2, np.float32, np.uint8, np.int32, np.int32, np.int64)
    arrays = [np.ones(2, dtype=dtype) for dtype in types + out_types]
    arrays[0][:] = (0, 2)
    kernel.compiled.text_content(tuple(arrays[:8]), tuple(arrays[8:]))
    assert arrays[17].tolist() == [0, 2]
    arrays[place] = arrays[place][:1]
    with pytest.raises(ValueError, match="do not fit"):
        kernel.compiled.text_content(tuple(arrays[:8]), tuple(arrays[8:]))


def test_runs_outside_the_values_are_refused() -> None:
    assert kernel.compiled is not None
    values, out = np.zeros(3, dtype=np.uint32), np.zeros(1, dtype=np.uint64)
    for start, end in ((-1, 2), (0, 4), (2, 1)):
        bounds = np.array([start], dtype=np.int64), np.array([end], dtype=np.int64)
        with pytest.raises(ValueError, match="outside"):
            kernel.compiled.run_hashes(values, *bounds, out)
    with pytest.raises(ValueError, match="do not fit"):
        kernel.compiled.run_hashes(values, np.zeros(1, np.int64), np.zeros(2, np.int64), out)


def test_tables_of_votes_that_do_not_fit_are_refused() -> None:
    assert kernel.compiled is not None
    letters, slots, keys, offsets, langs = language._tables()
    for wrong in (
        (letters[:32], slots, keys, offsets, langs),
        (letters, slots[:-1], keys, offsets, langs),
        (letters, slots, keys[:-1], offsets, langs),
        (letters, slots, keys, offsets[:-1], langs),
        (letters, slots, keys, offsets, langs[:0]),
    ):
        with pytest.raises(ValueError, match="do not fit"):
            kernel.compiled.language_tally("the men of the house and the son", *wrong)
    with pytest.raises(ValueError, match="more than 4096"):
        kernel.compiled.language_tally("x" * 4097, *language._tables())
