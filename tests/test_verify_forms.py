"""Two spellings of one thing, and two things."""

from __future__ import annotations

import pytest

from newsdedup.verify.forms import one_thing, orders

SAME = [
    ("12", "12"),
    ("9:20", "9.20"),
    ("1,100", "1100"),
    ("1.100", "1 100"),
    ("1,234,567", "1234567"),
    ("9,4", "9.4"),
    ("eleven thousand", "11,000"),
    ("elf tausend", "11.000"),
    ("thirties", "30s"),
    ("Nov", "November"),
    ("Sgt", "Sergeant"),
    ("Det Sgt", "Detective Sergeant"),
    ("C", "Celsius"),
    ("Bell", "BELL"),
]
OTHER = [
    ("12", "13"),
    ("9:20", "9:21"),
    ("1.5", "15"),
    ("1.50", "150"),
    ("1,100", "100"),
    ("11,000", "12,000"),
    ("eleven thousand", "11,500"),
    ("forty", "30s"),
    ("Jon", "John"),
    ("Ann", "Anna"),
    ("Nov", "October"),
    ("Bell", "Quill"),
    ("Sgt Bell", "Sergeant Quill"),
    ("Peru", "Petrograd"),
    ("Bellm", "Bellinghamm"),  # five letters are a name
    ("SA", "South Africa"),  # an acronym is no shortened word
    ("million", "millions more"),
    ("", "12"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_thing(one: str, other: str) -> None:
    assert one_thing(one, other)
    assert one_thing(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_spellings_of_two_things(one: str, other: str) -> None:
    assert not one_thing(one, other)
    assert not one_thing(other, one)


@pytest.mark.parametrize("word", ["third", "Dritte", "tercera", "troisième", "Montag", "lunes", "million", "dreimal"])
def test_words_that_put_in_order(word: str) -> None:
    assert orders(word)


@pytest.mark.parametrize("word", ["thirdly", "bridge", "12", "", "Anna"])
def test_words_that_do_not(word: str) -> None:
    assert not orders(word)
