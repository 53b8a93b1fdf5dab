"""Normalising: steps one by one, and the way back to the original."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdedup.text.normalize import STEPS, _replacements, normalize, normalize_characters, original_offsets

# Pieces that the steps look at, between pieces that they do not.
PIECES = [
    *(
        "a B é e\u0301 ñ ﬁ ㎞ ½ … ´ ` ' '' \" “ ” „ « » ‘ ’ ′ ″ ‴ ⁗ ŉ ＇ ｀ ｢ ﾊ ﾞ \u1100 \u1161 \u11a8 中 国 の ไ ท 한 "
        "ß İ Σ ς U. S. A.B. US . ! ? , - — ( ) 1 12 1,100 Ａ １ 🙂 \U0001d7d8 \U00020000"
    ).split(),
    *(" ", "  ", "\n", "\n\n", "\r", "\r\n", "\t", "\x00", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\xa0", "\xad"),
    *("\u0301", "\u061c", "\u200b", "\u200d", "\u2028", "\u2029", "\u202e", "\u3000", "\ufe0f", "\ufeff", "\ud800"),
]
CHROME = [
    *("By Jane Doe", "Advertisement", "Comments / 3", "LONDON (AP) — ", "(Reuters) - ", "date 2021-11-23 ", "Share"),
    *("This is a condensed version of the information.", "All rights reserved", "The story went on.", "Berlin (dpa) "),
]
ANY = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=25).map("".join)
PAGES = st.lists(st.sampled_from([*PIECES, *CHROME, *["\n", "\n\n"] * 12]), max_size=25).map("".join)
STEADY = settings(derandomize=True, deadline=None, max_examples=250)


@STEADY
@given(ANY | PAGES)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalize(text).text
    assert normalize(once).text == once


@STEADY
@given(ANY)
def test_a_traced_step_gives_the_text_of_the_step(text: str) -> None:
    for step in STEPS:
        after = step.apply(text)
        traced, offsets = step.trace(text)
        assert traced == after, step.name
        assert len(offsets) == len(after), step.name
        text = after


@STEADY
@given(ANY | PAGES)
def test_offsets_lead_back_to_the_character_they_came_from(text: str) -> None:
    result = normalize(text).text
    offsets = original_offsets(text)
    assert len(offsets) == len(result)
    assert (offsets[1:] >= offsets[:-1]).all()
    for char, offset in zip(result, offsets.tolist(), strict=True):
        assert 0 <= offset < len(text)
        if char.isascii() and char.isalnum():
            assert unicodedata.normalize("NFKC", text[offset]).startswith(char) or char in unicodedata.normalize(
                "NFKC", text[max(0, offset - 3) : offset + 1]
            )


@STEADY
@given(ANY)
def test_no_control_but_newline_and_tab_is_left(text: str) -> None:
    left = {char for char in normalize_characters(text) if unicodedata.category(char) in ("Cc", "Cs")}
    assert left <= {"\n", "\t"}


CASES = [
    # label, raw, normalised
    ("curly quotes", "“So,” he said, ‘yes’", "\"So,\" he said, 'yes'"),
    ("German quotes", "„Nein“, sagte er", '"Nein", sagte er'),
    ("French quotes", "«Non»", '"Non"'),
    ("two apostrophes", "''So''", '"So"'),
    ("full-width apostrophes", "＇＇So＇＇", '"So"'),
    ("apostrophe within a word", "Putin’s", "Putin's"),
    ("acute accent as an apostrophe", "Putin´s", "Putin's"),
    ("full width", "ＵＳ １２", "US 12"),
    ("ligature", "ﬁnance", "finance"),
    ("ellipsis", "so…", "so..."),
    ("accent standing behind its letter", "Cafe\u0301", "Café"),
    ("zero-width space between letter and accent", "e\u200b\u0301", "é"),
    ("soft hyphen", "govern\u00adment", "government"),
    ("no-break space", "20\u00a0km", "20 km"),
    ("Windows lines", "a\r\nb\rc", "a\nb\nc"),
    ("other line ends", "a\u2028b\x0cc\x85d", "a\nb\nc\nd"),
    ("byte order mark", "\ufeffThe", "The"),
    ("direction marks", "\u202eevil\u202c", "evil"),
    ("emoji selector", "I \u2764\ufe0f it", "I \u2764 it"),
    ("Hangul from a Mac", "\u1112\u1161\u11ab", "한"),
]
UNCHANGED = [
    "",
    "The dog's bone.",
    "He said 5 'o clock.",
    "3.5 percent - or more (so they say)",
    "Ça va à l'école où naïve Señor Müller.",
    "中国和俄罗斯。",
    "one  two\tthree\n\nfour",
    "a-b a_b a/b",
]


@pytest.mark.parametrize(("raw", "normalised"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_characters(raw: str, normalised: str) -> None:
    assert normalize_characters(raw) == normalised


@pytest.mark.parametrize("text", UNCHANGED)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert normalize_characters(text) == text


PLACES = [
    # label, raw, word in the normalised text, the same word in the raw text
    ("behind an expanded ligature", "中ﬁ国㎞あ いろは", "いろは", "いろは"),
    ("decomposed Hangul", "\u1112\u1161\u11ab\u1112\u1161\u11ab\u1112\u1161\u11ab나", "나", "나"),
    ("decomposed Latin", "e\u0301e\u0301e\u0301 word", "word", "word"),
    ("behind chrome", "Advertisement\n\nLONDON (AP) — The word", "word", "word"),
    ("behind line ends", "a\r\nb\r\nword", "word", "word"),
    ("behind invisible characters", "\u200b\u200bThe \ufeffword", "word", "word"),
]


@pytest.mark.parametrize(("raw", "word", "original"), [case[1:] for case in PLACES], ids=[case[0] for case in PLACES])
def test_a_word_is_found_where_it_stands(raw: str, word: str, original: str) -> None:
    place = normalize(raw).text.index(word)
    assert original_offsets(raw)[place] == raw.index(original)


# Each would take hours with a pattern that goes back over what it has read. Nothing here is timed: it only ends.
UNITS = [
    *(
        "a",
        "- ",
        "(",
        "A ",
        "A.",
        "A, ",
        "'",
        "\"'",
        "By A ",
        "By A And ",
        "> ",
        "home > ",
        "1 ",
        "1,",
        "' ",
        "e\u0301",
    ),
    *("date 2021-11-23 ", "comments / 1 ", "this is ", "contributed to this ", "updated 12 ", "Reporting by A ", "\n"),
    *("LONDON (AP) - ", "Berlin (dpa) ", "this is a brief version. ", "this is a brief version\n", "A - By A\n", "A\n"),
    *("Comments\n", "LONDON - By Jane Doe\n", " ", "\t\n", "…", "\u0301", "🙂", "Copyright ", "sign up ", "for more "),
]


@pytest.mark.parametrize("unit", UNITS)
def test_patterns_are_linear(unit: str) -> None:
    text = unit * (200_000 // len(unit)) + "!"
    assert len(normalize(text).text) <= len(text) * 3
    for line_length in (239, 240):  # lines short enough to be looked at as chrome
        normalize((unit.replace("\n", " ") * 240)[:line_length] + "!\nThe story.")


def test_offsets_of_hostile_text_are_found() -> None:
    text = "LONDON (AP) - " * 2000 + "this is a brief version. " * 2000
    assert len(original_offsets(text)) == len(normalize(text).text)


@given(
    st.text(
        st.sampled_from(
            "ab'`\"\n\r\t\u2019\u201c\u2026\u00ad\u00e9\u0301\u2013\u0416\u00a0\x7f\ud800"
            "\u200b\ufb01\uff02\uff40\u0149\u2057\u00a8\u1112\u1161\uac00\u11a8\u0915\u093c\uff76\uff9e\u4e2d\u2028"
        ),
        max_size=12,
    )
)
@settings(derandomize=True, deadline=None, max_examples=400)
def test_the_short_way_does_what_the_steps_do(text: str) -> None:
    stepped = text
    for step in STEPS:
        stepped = step.apply(stepped)
    assert normalize_characters(text) == stepped


def test_the_short_way_is_not_taken_for_what_joins_the_character_before_it() -> None:
    pairs = [unicodedata.decomposition(chr(code)).split() for code in range(0x110000)]
    joined = {chr(int(pair[1], 16)) for pair in pairs if len(pair) == 2 and not pair[0].startswith("<")}
    assert len(joined) > 50
    assert {char for char in joined if _replacements[char] is not None} == set()


def test_the_short_way_is_taken_for_what_pages_hold() -> None:
    odd = "\u00a0\u2026\u2019\u201d\u200b\ufeff\u00ad\u2122\ufb01\u2192\U0001f600\u00e9\u0416\r"
    assert [char for char in odd if _replacements[char] is None] == []
