"""Character tables: one lookup tells the class of a character and its folded form.

Built once from `unicodedata` for the Basic Multilingual Plane (65,536 entries, about 20 ms); characters above it
are looked up as the last entry, except ideographs, which behave like those below.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

LETTER = 1
DIGIT = 2
BIGRAM = 4  # scripts written without spaces between words: cut into character bigrams
UPPER = 8
STOP = 16  # ends a sentence when the next one begins like a sentence: . and the ellipsis
HARD_STOP = 32  # always ends a sentence: ! ? and the full stops of other scripts
QUOTE = 64
NEWLINE = 128

_TABLE_SIZE = 0x10000

# Han, kana, Hangul, Thai, Lao, Khmer, Myanmar: first and last code point of each block.
_BIGRAM_RANGES = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1100, 0x11FF),
    (0x1780, 0x17FF),
    (0x2E80, 0x2FDF),
    (0x3005, 0x3007),
    (0x3040, 0x312F),
    (0x3130, 0x318F),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7AF),
    (0xF900, 0xFAFF),
)
_HARD_STOPS = "!?\u3002\uff01\uff1f\u061f\u06d4\u0964\u0965\u104b\u1362"
_QUOTES = '"\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d\u300e\u300f'


@cache
def tables() -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    """Class bits and folded code point of every character of the Basic Multilingual Plane.

    Returns:
        `(flags, folded)`, each of shape (65536,). Folding is lower case, digits of every script become ASCII digits.
    """
    flags = np.zeros(_TABLE_SIZE, dtype=np.uint8)
    folded = np.arange(_TABLE_SIZE, dtype=np.uint32)
    for code in range(_TABLE_SIZE):
        if 0xD800 <= code <= 0xDFFF or 0x3400 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7AF:
            continue  # surrogates have no class; the large ideographic blocks are set below
        char = chr(code)
        category = unicodedata.category(char)
        if category[0] in "LM":
            flags[code] = LETTER | (UPPER if category in ("Lu", "Lt") else 0)
            lower = char.lower()
            # Turkish dotted capital I lower-cases to two characters; the first one is the letter.
            folded[code] = ord(lower[0])
        elif category == "Nd":
            flags[code] = DIGIT
            folded[code] = ord("0") + unicodedata.digit(char)
    for first, last in _BIGRAM_RANGES:
        block = flags[first : last + 1]
        letters = (block & LETTER).astype(bool)
        if first in (0x3400, 0x4E00, 0xAC00):
            letters[:] = True
        block[letters] = BIGRAM
    flags[ord(".")] |= STOP
    flags[0x2026] |= STOP
    for char in _HARD_STOPS:
        flags[ord(char)] |= HARD_STOP
    for char in _QUOTES:
        flags[ord(char)] |= QUOTE
    for char in "\n\u2028\u2029":
        flags[ord(char)] |= NEWLINE
    flags[_TABLE_SIZE - 1] = 0
    flags.setflags(write=False)
    folded.setflags(write=False)
    return flags, folded


def classify(codes: NDArray[np.uint32]) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    """Class bits and folded code points of `codes` (any shape, Unicode code points)."""
    flags, folded = tables()
    if codes.size and int(codes.max()) >= _TABLE_SIZE:
        low = np.minimum(codes, _TABLE_SIZE - 1)
        out_flags, out_folded = flags[low], folded[low]
        high = codes >= _TABLE_SIZE
        out_folded[high] = codes[high]
        out_flags[(codes >= 0x20000) & (codes <= 0x3FFFF)] = BIGRAM
        return out_flags, out_folded
    return flags[codes], folded[codes]
