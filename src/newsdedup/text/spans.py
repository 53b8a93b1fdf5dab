"""Where the tokens of many articles stand, their hashes, and what stands between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from newsdedup import kernel
from newsdedup.text import chars
from newsdedup.text.hashing import span_hashes

CAPITAL = 1  # begins with a capital letter
MAY_OPEN = 2  # opens a sentence unless the token before is an abbreviation: a full stop stands between them
MUST_OPEN = 4
QUOTED = 8
LONE_LETTER = 16  # a word of one letter: an initial, which ends no sentence
"""Bits of `Spans.marks`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Tokens of many articles, flat; columns have shape (tokens,).

    Attributes:
        keys: uint64, `span_hashes` of the folded characters.
        starts: int32, first character in the article's text.
        ends: int32, one past the last character.
        marks: uint8, see CAPITAL and the others.
        offsets: int64, shape (articles + 1,): tokens of article i are `offsets[i]:offsets[i + 1]`.
        codes: uint32, the code points of all articles, two line feeds behind each.
        bounds: int64, shape (articles + 1,): where each article begins in `codes`.
    """

    keys: NDArray[np.uint64]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    marks: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    codes: NDArray[np.uint32]
    bounds: NDArray[np.int64]

    def spelled(self, tokens: NDArray[np.int64]) -> list[str]:
        """The folded characters of some tokens, as strings."""
        base = self.bounds[np.searchsorted(self.offsets, tokens, side="right") - 1]
        lengths = (self.ends[tokens] - self.starts[tokens]).astype(np.int64)
        lasts = np.cumsum(lengths)
        first = base + self.starts[tokens]
        places = np.arange(int(lasts[-1])) + np.repeat(first - lasts + lengths, lengths)
        letters = chars.classify(self.codes[places])[1].tobytes().decode("utf-32-le")
        return [letters[start:end] for start, end in pairwise([0, *lasts.tolist()])]


@dataclass(frozen=True, slots=True)
class _Runs:
    """Start, end and kind of each token in the codes of a batch, shape (tokens,)."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    kinds: NDArray[np.uint8]


def find_spans(texts: Sequence[str]) -> Spans:
    """The tokens of normalised texts: runs of letters, runs of digits, bigrams of scripts without spaces."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    bounds = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths + 2)))
    # Two line feeds between articles end every token and every sentence.
    codes = np.frombuffer(("\n\n".join(texts) + "\n\n").encode("utf-32-le", "replace"), dtype=np.uint32)
    if kernel.compiled is None:
        return _find_spans(codes, bounds)
    keys = np.empty(codes.size, dtype=np.uint64)
    starts, ends = np.empty((2, codes.size), dtype=np.int32)
    marks = np.empty(codes.size, dtype=np.uint8)
    offsets = np.empty(bounds.size, dtype=np.int64)
    size = kernel.compiled.text_spans(codes, bounds, *chars.tables(), keys, starts, ends, marks, offsets)
    # Copied, so that what is kept does not keep room for as many tokens as there are characters.
    return Spans(
        keys=keys[:size],
        starts=starts[:size].copy(),
        ends=ends[:size].copy(),
        marks=marks[:size],
        offsets=offsets,
        codes=codes,
        bounds=bounds,
    )


def _find_spans(codes: NDArray[np.uint32], bounds: NDArray[np.int64]) -> Spans:
    """`text_spans` of the kernel, in numpy."""
    flags, folded = chars.classify(codes)
    runs = _runs(_kinds(codes, flags))
    offsets = np.searchsorted(runs.starts, bounds).astype(np.int64)
    base = np.repeat(bounds[:-1], np.diff(offsets))
    return Spans(
        keys=span_hashes(folded, runs.starts, runs.ends),
        starts=(runs.starts - base).astype(np.int32),
        ends=(runs.ends - base).astype(np.int32),
        marks=_marks(codes, flags, runs, offsets),
        offsets=offsets,
        codes=codes,
        bounds=bounds,
    )


def _kinds(codes: NDArray[np.uint32], flags: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """LETTER, DIGIT, BIGRAM or 0: which kind of token each character is part of."""
    kinds = flags & np.uint8(chars.LETTER | chars.DIGIT | chars.BIGRAM)
    # An apostrophe between letters and a comma or full stop between digits are part of the word.
    inner = np.flatnonzero(codes[1:-1] == ord("'")) + 1
    inner = inner[(kinds[inner - 1] == chars.LETTER) & (kinds[inner + 1] == chars.LETTER)]
    kinds[inner] = chars.LETTER
    points = np.flatnonzero((codes[1:-1] == ord(".")) | (codes[1:-1] == ord(","))) + 1
    points = points[(kinds[points - 1] == chars.DIGIT) & (kinds[points + 1] == chars.DIGIT)]
    kinds[points] = chars.DIGIT
    kinds[_acronym_stops(codes, flags)] = chars.LETTER
    return kinds


def _acronym_stops(codes: NDArray[np.uint32], flags: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The full stops between the letters of acronyms: `U.S.` is one word, the same as `US`."""
    stops = np.flatnonzero(codes[1:-2] == ord(".")) + 1  # of the first, `stops - 2` is the last line feed
    stops = stops[(flags[stops - 1] & flags[stops + 1] & chars.UPPER) != 0]
    alone: NDArray[np.int64] = stops[((flags[stops - 2] | flags[stops + 2]) & chars.LETTER) == 0]
    return alone


def _runs(kinds: NDArray[np.uint8]) -> _Runs:
    """Runs of letters, runs of digits, bigrams of scripts without spaces."""
    changes = np.flatnonzero(kinds[1:] != kinds[:-1]) + 1
    starts = np.concatenate((np.zeros(1, dtype=np.int64), changes))
    ends = np.concatenate((changes, np.full(1, kinds.size, dtype=np.int64)))
    run_kinds = kinds[starts]
    words = np.flatnonzero((run_kinds == chars.LETTER) | (run_kinds == chars.DIGIT))
    runs = np.flatnonzero(run_kinds == chars.BIGRAM)
    if not runs.size:
        return _Runs(starts[words], ends[words], run_kinds[words])
    lengths = np.maximum(ends[runs] - starts[runs] - 1, 1)  # a lone character is a token of its own
    first = np.repeat(starts[runs], lengths)
    within = np.arange(first.size) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    bigram_starts = first + within
    bigram_ends = np.minimum(bigram_starts + 2, np.repeat(ends[runs], lengths))
    all_starts = np.concatenate((starts[words], bigram_starts))
    order = np.argsort(all_starts, kind="stable")
    all_ends = np.concatenate((ends[words], bigram_ends))
    all_kinds = np.concatenate((run_kinds[words], np.full(first.size, chars.BIGRAM, dtype=np.uint8)))
    return _Runs(all_starts[order], all_ends[order], all_kinds[order])


def _marks(
    codes: NDArray[np.uint32], flags: NDArray[np.uint8], runs: _Runs, offsets: NDArray[np.int64]
) -> NDArray[np.uint8]:
    starts, ends = runs.starts, runs.ends
    first_flags = flags[starts]
    capital = (first_flags & chars.UPPER) != 0
    first_codes = codes[starts]
    # Hebrew, Arabic, the scripts of India, Georgian, Ethiopic: letters, but none of them capital.
    caseless = (first_codes >= 0x0590) & (first_codes <= 0x139F)
    opens = capital | caseless | ((first_flags & chars.LETTER) == 0)
    may, must = _sentence_openings(flags, starts, ends, opens)
    first = offsets[:-1][np.diff(offsets) > 0]
    must[first] = True
    may[first] = False
    marks = np.zeros(starts.size, dtype=np.uint8)
    marks[capital] |= CAPITAL
    marks[may] |= MAY_OPEN
    marks[must] |= MUST_OPEN
    marks[_quoted(flags, starts)] |= QUOTED
    marks[(runs.kinds == chars.LETTER) & (ends - starts == 1)] |= LONE_LETTER
    return marks


def _sentence_openings(
    flags: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], opens: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which tokens may and which must open a sentence; `opens` marks tokens that look like the start of one."""
    stop = _marks_before(_places(flags, chars.STOP), starts, ends)
    hard = _marks_before(_places(flags, chars.HARD_STOP), starts, ends)
    lines = _marks_before(_places(flags, chars.NEWLINE), starts, ends)
    gap = np.zeros_like(starts)
    gap[1:] = starts[1:] - ends[:-1]
    # An initial or an abbreviation before a full stop ends nothing, nor does a full stop before lower case.
    # A single line break within a sentence is a wrapped line.
    must = (hard > 0) & (opens | (gap > 2))
    must |= (lines > 1) | ((lines == 1) & opens)
    return (stop > 0) & opens, must


def _places(flags: NDArray[np.uint8], bit: int) -> NDArray[np.int64]:
    """Where a bit is set; numpy finds the true ones among booleans ten times faster than among bytes."""
    return np.flatnonzero((flags & bit) != 0)


def _marks_before(places: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Marks between the token before and each token; those within a token do not count, nor those behind the last."""
    token = np.searchsorted(starts, places)
    outside = (token > 0) & (token < starts.size)
    token, places = token[outside], places[outside]
    return np.bincount(token[places >= ends[token - 1]], minlength=starts.size)


def _quoted(flags: NDArray[np.uint8], starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """For each token, whether an odd number of quotation marks stands before it in its line.

    A quote of several paragraphs is opened anew by each and closed by the last only: a line that begins with a mark,
    opens another before it closes that and has one too many is quoted as a whole.
    """
    marks = _places(flags, chars.QUOTE)
    if not marks.size or not starts.size:
        return np.zeros(starts.size, dtype=bool)
    lines = _places(flags, chars.NEWLINE)
    before = np.cumsum(np.bincount(np.searchsorted(starts, marks), minlength=starts.size + 1)[: starts.size])
    line = np.cumsum(np.bincount(np.searchsorted(starts, lines), minlength=starts.size + 1)[: starts.size])
    before_line = np.append(0, np.searchsorted(marks, lines))
    quoted = ((before - before_line[line]) & 1) != 0
    count = np.diff(np.append(before_line, marks.size))
    many = np.flatnonzero((count % 2 == 1) & (count > 1))  # few lines
    many = many[marks[before_line[many]] == np.append(0, lines + 1)[many]]
    nested = np.zeros(count.size, dtype=bool)
    behind = marks[before_line[many] + 1] + 1
    nested[many] = starts[np.minimum(np.searchsorted(starts, behind), starts.size - 1)] == behind
    return np.asarray(quoted | nested[line], dtype=bool)
