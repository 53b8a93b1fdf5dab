"""Which language an article is in: script first, then a vote of function words, then a trained detector.

The vote decides nearly all news text in about 25 us, 3 with the kernel; the detector (py3langid, 140 us an article
after 0.9 s of loading) is asked only when the vote is not clear.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from importlib.resources import files
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from newsdedup import kernel
from newsdedup.text.hashing import word_hashes
from newsdedup.text.wordtable import WordTable

UNKNOWN = "und"
"""What is returned when nothing tells: the article is then compared unstemmed."""

_SAMPLE = 500  # characters looked at, from the start of the story
_CLEAR_SHARE = 0.14  # of the sample's words that are function words of the winner
_CLEAR_LEAD = 1.4  # winner over second
_THIN_SHARE = 0.08
_THIN_LEAD = 2.4
_MIN_WORDS = 5  # for the detector: fewer tell nothing
_WORD = re.compile(r"[^\W\d_]+")

# Scripts that name one language: first and last code point. Han is Chinese unless kana stand beside it.
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("zh", re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")),
)
_SCRIPT_SHARE = 0.1  # of the sample's characters


_LETTERS = 0x3000  # code points whose lower-case forms the kernel is given; scripts beyond it have no function words

_ASCII_LOWER = bytes(ord(chr(code).lower()) if chr(code).isalpha() and code < 0x80 else ord(" ") for code in range(256))


@cache
def _languages() -> tuple[str, ...]:
    """The languages that function words vote for, in the order of their codes."""
    return tuple(sorted({lang for langs in _voters().values() for lang in langs}))


@cache
def _voters() -> dict[str, tuple[str, ...]]:
    """Function word -> the languages it votes for."""
    voters: dict[str, list[str]] = {}
    for line in files("newsdedup.text").joinpath("function_words.txt").read_text(encoding="utf-8").splitlines():
        lang, *words = line.split()
        for word in words:
            voters.setdefault(word, []).append(lang)
    return {word: tuple(langs) for word, langs in voters.items()}


@cache
def _tables() -> tuple[NDArray[np.generic], ...]:
    """What `language_tally` of the kernel is given behind the sample."""
    words = sorted(_voters())
    langs = [[_languages().index(lang) for lang in _voters()[word]] for word in words]
    letters = np.zeros(_LETTERS, dtype=np.uint32)
    for code, char in enumerate(map(chr, range(_LETTERS))):
        lower = char.lower()
        # The lower case of the Greek capital sigma depends on what stands beside it.
        if len(lower) > 1 or char == "Σ":
            letters[code] = 2**32 - 1
        elif _WORD.match(lower):
            letters[code] = ord(lower)
    table = WordTable()
    table.add_keys(word_hashes(words))
    offsets = np.cumsum([0, 0, *map(len, langs)], dtype=np.int32)
    return letters, *table.slots, offsets, np.array([lang for row in langs for lang in row], dtype=np.uint8)


def _detector_says(sample: str) -> str:
    import py3langid  # noqa: PLC0415 - 0.9 s to load, needed for one article in a thousand

    return str(py3langid.classify(sample)[0])


def find_language(text: str) -> str:
    """ISO 639-1 code of the language that `text` is in, or `UNKNOWN` for too little or too mixed a text."""
    sample = text[:_SAMPLE]
    scripts, vote = _tally(sample)
    if not sample.isascii():
        enough = max(2, int(len(sample) * _SCRIPT_SHARE))
        for (lang, _), count in zip(_SCRIPTS, scripts, strict=True):
            if count >= enough:
                return lang
    # A headline, a list of names or a menu may open a text: the story behind it is asked before the detector.
    lang = _winner(vote) or _winner(_tally(text[_SAMPLE : 5 * _SAMPLE])[1])
    if lang:
        return lang
    return _detector_says(sample) if len(_WORD.findall(sample)) >= _MIN_WORDS else UNKNOWN


def _tally(sample: str) -> tuple[tuple[int, ...], tuple[int, int, int, int]]:
    """Characters of each of `_SCRIPTS`; words, language with most votes (a number), its votes, those of the second."""
    if kernel.compiled is None:
        return _count_scripts(sample), _count_votes(sample)
    scripts, vote = kernel.compiled.language_tally(sample, *_tables())
    return scripts, vote if vote[0] >= 0 else _count_votes(sample)


def _count_scripts(sample: str) -> tuple[int, ...]:
    if sample.isascii():
        return (0,) * len(_SCRIPTS)
    return tuple(len(pattern.findall(sample)) for _, pattern in _SCRIPTS)


def _count_votes(sample: str) -> tuple[int, int, int, int]:
    if sample.isascii():  # three times as fast as the pattern
        words = sample.encode("ascii").translate(_ASCII_LOWER).decode("ascii").split()
    else:
        words = _WORD.findall(sample.lower())
    find = _voters().get
    votes = Counter(chain.from_iterable(filter(None, map(find, words))))
    ranked = sorted(votes.items(), key=lambda item: (-item[1], item[0]))[:2]
    if not ranked:
        return len(words), 0, 0, 0
    return len(words), _languages().index(ranked[0][0]), ranked[0][1], ranked[1][1] if len(ranked) > 1 else 0


def _winner(vote: tuple[int, int, int, int]) -> str:
    """The language that clearly has most function words in the sample, "" when none does."""
    words, number, count, second = vote
    lead = count / (second or 0.5)
    clear = count >= _CLEAR_SHARE * words and lead >= _CLEAR_LEAD
    # Lists and tables have few function words, but all of one language.
    thin = count >= _THIN_SHARE * words and lead >= _THIN_LEAD
    return _languages()[number] if count and (clear or thin) else ""
