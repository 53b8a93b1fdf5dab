"""Many articles at once: from normalised texts to one flat table of tokens.

No Python object stands for a token. A batch of about 300,000 characters keeps the working arrays in cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from newsdedup.text import chars
from newsdedup.text.hashing import span_hashes
from newsdedup.text.vocabulary import ABBREVIATION, NUMBER, UNLISTED, Vocabulary, vocabulary

BATCH_CHARACTERS = 300_000
"""Characters worked on at a time."""

IS_CONTENT = 1
IS_NUMBER = 2
IS_CAPITAL = 4  # begins with a capital letter
IS_OPENING = 8  # first token of a sentence, where a capital tells nothing
IS_QUOTED = 16
IS_FACT = 32  # a name, a number or a rare term: what a rewriter does not change
"""Bits of `TokenBatch.flags`."""


_NOUN_CAPITALS = frozenset({"de", "lb"})
_CASE_LOST = 0.03  # share of content words within sentences that begin with a capital: below it casing was lost
_CASE_SHOUTED = 0.9
_RARE_OPENING = 5.5  # weights: 5.5 is once in 220,000 words, 4.5 once in 80,000, 4.0 once in 50,000
_RARE_NOUN = 4.5
_RARE_UNCASED = 4.0
_RARE_UNCASED_ONCE = 5.5


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenBatch:
    """Tokens of many articles, flat; token columns have shape (tokens,).

    Attributes:
        surface: uint32 hash of the lower-case token.
        term: uint32 hash of its stem, or of the digits of a number.
        root: uint32 hash of its first letters, or of the digits of a number.
        weight: float32, idf, 0 for stop words.
        flags: uint8, see IS_CONTENT and the others.
        start: int32, first character in the article's normalised text.
        end: int32, one past the last character.
        sentence: int32, sentence number within the article, from 0.
        offsets: int64, shape (articles + 1,): tokens of article i are `offsets[i]:offsets[i + 1]`.
        sentences: int32, shape (articles,): number of sentences of each article.
    """

    surface: NDArray[np.uint32]
    term: NDArray[np.uint32]
    root: NDArray[np.uint32]
    weight: NDArray[np.float32]
    flags: NDArray[np.uint8]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    sentence: NDArray[np.int32]
    offsets: NDArray[np.int64]
    sentences: NDArray[np.int32]


def _spans(kinds: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """Start, end and kind of each token: runs of letters, runs of digits, bigrams of scripts without spaces."""
    changes = np.flatnonzero(kinds[1:] != kinds[:-1]) + 1
    starts = np.concatenate((np.zeros(1, dtype=np.int64), changes))
    ends = np.concatenate((changes, np.full(1, kinds.size, dtype=np.int64)))
    run_kinds = kinds[starts]
    words = np.flatnonzero((run_kinds == chars.LETTER) | (run_kinds == chars.DIGIT))
    runs = np.flatnonzero(run_kinds == chars.BIGRAM)
    if not runs.size:
        return starts[words], ends[words], run_kinds[words]
    lengths = np.maximum(ends[runs] - starts[runs] - 1, 1)  # a lone character is a token of its own
    first = np.repeat(starts[runs], lengths)
    within = np.arange(first.size) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    bigram_starts = first + within
    bigram_ends = np.minimum(bigram_starts + 2, np.repeat(ends[runs], lengths))
    all_starts = np.concatenate((starts[words], bigram_starts))
    order = np.argsort(all_starts, kind="stable")
    all_ends = np.concatenate((ends[words], bigram_ends))
    all_kinds = np.concatenate((run_kinds[words], np.full(first.size, chars.BIGRAM, dtype=np.uint8)))
    return all_starts[order], all_ends[order], all_kinds[order]


def _acronym_stops(codes: NDArray[np.uint32], flags: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The full stops between the letters of acronyms: `U.S.` is one word, the same as `US`."""
    stops = np.flatnonzero(codes[1:-2] == ord(".")) + 1  # of the first, `stops - 2` is the last line feed
    upper = (flags & chars.UPPER) != 0
    letter = (flags & chars.LETTER) != 0
    stops = stops[upper[stops - 1] & upper[stops + 1]]
    alone: NDArray[np.int64] = stops[~letter[stops - 2] & ~letter[stops + 2]]
    return alone


def _rows(
    table: Vocabulary,
    keys: NDArray[np.uint64],
    folded: NDArray[np.uint32],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> NDArray[np.int32]:
    """Vocabulary rows of the tokens, new words added on the way."""
    rows = table.find(keys)
    missing = np.flatnonzero(rows == 0)
    if missing.size:
        new_keys, first = np.unique(keys[missing], return_index=True)
        first = missing[first]
        table.add(new_keys, _spelled(folded, starts[first], ends[first]))
        rows[missing] = table.find(keys[missing])
    return rows


def _spelled(folded: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[str]:
    """The folded characters of each span, as strings."""
    lengths = ends - starts
    lasts = np.cumsum(lengths)
    within = np.arange(int(lasts[-1])) - np.repeat(lasts - lengths, lengths)
    letters = folded[np.repeat(starts, lengths) + within].tobytes().decode("utf-32-le")
    bounds = [0, *lasts.tolist()]
    return [letters[start:end] for start, end in pairwise(bounds)]


@dataclass(frozen=True, slots=True)
class _Words:
    """What the vocabularies know of each token, shape (tokens,)."""

    surface: NDArray[np.uint32]
    term: NDArray[np.uint32]
    root: NDArray[np.uint32]
    weight: NDArray[np.float32]
    flags: NDArray[np.uint8]


def _look_up(
    folded: NDArray[np.uint32],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    article: NDArray[np.int64],
    langs: Sequence[str],
) -> _Words:
    """The vocabulary columns of each token, from the vocabulary of its article's language."""
    keys = span_hashes(folded, starts, ends)
    if len(set(langs)) == 1:
        table = vocabulary(langs[0])
        rows = _rows(table, keys, folded, starts, ends)
        return _Words(table.surface[rows], table.term[rows], table.root[rows], table.weight[rows], table.flags[rows])
    words = _Words(
        np.empty(keys.size, dtype=np.uint32),
        np.empty(keys.size, dtype=np.uint32),
        np.empty(keys.size, dtype=np.uint32),
        np.empty(keys.size, dtype=np.float32),
        np.empty(keys.size, dtype=np.uint8),
    )
    for lang in sorted(set(langs)):
        table = vocabulary(lang)
        tokens = np.flatnonzero(np.array([other == lang for other in langs])[article])
        rows = _rows(table, keys[tokens], folded, starts[tokens], ends[tokens])
        for name in ("surface", "term", "root", "weight", "flags"):
            getattr(words, name)[tokens] = getattr(table, name)[rows]
    return words


def _sentence_openings(
    flags: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    opens: NDArray[np.bool_],
    abbreviated: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """For each token, whether a sentence begins with it; `opens` marks tokens that look like the start of one."""
    stop = _marks_before(_places(flags, chars.STOP), starts, ends)
    hard = _marks_before(_places(flags, chars.HARD_STOP), starts, ends)
    lines = _marks_before(_places(flags, chars.NEWLINE), starts, ends)
    gap = np.empty_like(starts)
    gap[:1] = 0
    gap[1:] = starts[1:] - ends[:-1]
    free = np.ones(starts.size, dtype=bool)
    free[1:] = ~abbreviated[:-1]
    # An initial or an abbreviation before a full stop ends nothing, nor does a full stop before lower case.
    # A single line break within a sentence is a wrapped line.
    ended = (stop > 0) & free & opens
    ended |= (hard > 0) & (opens | (gap > 2))
    ended |= (lines > 1) | ((lines == 1) & (ended | opens))
    ended[:1] = True
    return ended


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


def _facts(
    term: NDArray[np.uint32],
    weight: NDArray[np.float32],
    flags: NDArray[np.uint8],
    article: NDArray[np.int64],
    langs: Sequence[str],
) -> NDArray[np.bool_]:
    """For each token, whether it is a name, a number or, where case tells nothing, a rare term.

    A capital within a sentence makes a name; at the start of a sentence only when the word is a name elsewhere in the
    article, or is rare and never stands in lower case there. Case tells nothing in languages that capitalise every
    noun, in scripts without case, and in texts whose casing was lost or is all capitals: there a rare term counts that
    the story comes back to, as it does to its names, or a very rare one.
    """
    content = (flags & IS_CONTENT) != 0
    number = content & ((flags & IS_NUMBER) != 0)
    capital = (flags & IS_CAPITAL) != 0
    opening = (flags & IS_OPENING) != 0
    inside = content & ~opening
    count = max(1, len(langs))
    worded = inside & ~number  # digits have no case: they would hide that a text is all capitals
    capitals = np.bincount(article[worded & capital], minlength=count)
    share = capitals / np.maximum(np.bincount(article[worded], minlength=count), 1)
    nouns = np.array([lang in _NOUN_CAPITALS for lang in langs], dtype=bool)
    cased = ((share >= _CASE_LOST) & (share <= _CASE_SHOUTED) & ~nouns)[article]
    rare = np.where(nouns, _RARE_NOUN, _RARE_UNCASED)[article]
    starts = content & capital & opening
    asked = np.flatnonzero(starts)
    here = (article.astype(np.uint64) << np.uint64(32)) | term
    wanted = np.unique(here[asked])
    named = _member(wanted, here[inside & capital])
    lower = _member(wanted, here[content & ~capital])
    place = np.searchsorted(wanted, here[asked])
    starts[asked] = named[place] | ((weight[asked] >= _RARE_OPENING) & ~lower[place])
    facts = number | (cased & ((inside & capital) | starts))
    asked = np.flatnonzero(~cased & content & ~number & (weight >= rare))
    again = _repeated(here[asked])
    once = np.where(nouns, _RARE_NOUN, _RARE_UNCASED_ONCE)[article[asked]]
    facts[asked] = again | (weight[asked] >= once)
    return np.asarray(facts, dtype=bool)


def _repeated(values: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which values stand there more than once."""
    _, number, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray(counts[number] > 1, dtype=bool)


def _drop_crossings(words: _Words, article: NDArray[np.int64]) -> None:
    """Takes the weight of bigrams that no list has and that stand only once: the end of one word and the next.

    A name is no listed word either, but the story comes back to it.
    """
    asked = np.flatnonzero((words.flags & UNLISTED) != 0)
    if asked.size:
        here = (article[asked].astype(np.uint64) << np.uint64(32)) | words.term[asked]
        words.weight[asked[~_repeated(here)]] = 0


def _member(wanted: NDArray[np.uint64], values: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which of the sorted `wanted` stand among `values`."""
    found = np.zeros(wanted.size, dtype=bool)
    if wanted.size:
        place = np.minimum(np.searchsorted(wanted, values), wanted.size - 1)
        found[place[wanted[place] == values]] = True
    return found


def tokenize(texts: Sequence[str], langs: Sequence[str]) -> TokenBatch:
    """Tokens of normalised texts, all at once.

    Args:
        texts: Normalised texts, one per article.
        langs: Language code of each; unknown codes are not stemmed and weigh every word alike.

    Returns:
        The same columns for an article whatever else is in the batch.
    """
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    text_starts = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths + 2)))
    # Two line feeds between articles end every token and every sentence.
    codes = np.frombuffer(("\n\n".join(texts) + "\n\n").encode("utf-32-le", "replace"), dtype=np.uint32)
    flags, folded = chars.classify(codes)
    kinds = (flags & (chars.LETTER | chars.DIGIT | chars.BIGRAM)).astype(np.uint8)
    # An apostrophe between letters and a comma or full stop between digits are part of the word.
    inner = np.flatnonzero(codes[1:-1] == ord("'")) + 1
    inner = inner[(kinds[inner - 1] == chars.LETTER) & (kinds[inner + 1] == chars.LETTER)]
    kinds[inner] = chars.LETTER
    points = np.flatnonzero((codes[1:-1] == ord(".")) | (codes[1:-1] == ord(","))) + 1
    points = points[(kinds[points - 1] == chars.DIGIT) & (kinds[points + 1] == chars.DIGIT)]
    kinds[points] = chars.DIGIT
    kinds[_acronym_stops(codes, flags)] = chars.LETTER
    starts, ends, token_kinds = _spans(kinds)
    offsets = np.searchsorted(starts, text_starts)

    article = np.repeat(np.arange(len(texts)), np.diff(offsets))
    words = _look_up(folded, starts, ends, article, langs)
    _drop_crossings(words, article)

    first_flags = flags[starts]
    capital = (first_flags & chars.UPPER) != 0
    first_codes = codes[starts]
    # Hebrew, Arabic, the scripts of India, Georgian, Ethiopic: letters, but none of them capital.
    caseless = (first_codes >= 0x0590) & (first_codes <= 0x139F)
    cased = ((first_flags & chars.LETTER) != 0) & ~caseless
    width = ends - starts
    abbreviated = ((words.flags & ABBREVIATION) != 0) | ((token_kinds == chars.LETTER) & (width == 1))
    opening = _sentence_openings(flags, starts, ends, capital | ~cased, abbreviated)
    opening[offsets[:-1][np.diff(offsets) > 0]] = True
    number = sentence_number(opening)
    out_flags = np.zeros(starts.size, dtype=np.uint8)
    out_flags[words.weight > 0] |= IS_CONTENT
    out_flags[(words.flags & NUMBER) != 0] |= IS_NUMBER
    out_flags[capital] |= IS_CAPITAL
    out_flags[opening] |= IS_OPENING
    out_flags[_quoted(flags, starts)] |= IS_QUOTED
    out_flags[_facts(words.term, words.weight, out_flags, article, langs)] |= IS_FACT
    base = text_starts[:-1][article]
    has_tokens = np.diff(offsets) > 0
    first_sentence = np.zeros(len(texts), dtype=np.int64)
    first_sentence[has_tokens] = number[offsets[:-1][has_tokens]]
    last_sentence = np.full(len(texts), -1, dtype=np.int64)
    last_sentence[has_tokens] = number[offsets[1:][has_tokens] - 1]
    return TokenBatch(
        surface=words.surface,
        term=words.term,
        root=words.root,
        weight=words.weight,
        flags=out_flags,
        start=(starts - base).astype(np.int32),
        end=(ends - base).astype(np.int32),
        sentence=(number - first_sentence[article]).astype(np.int32),
        offsets=offsets.astype(np.int64),
        sentences=(last_sentence - first_sentence + 1).astype(np.int32),
    )


def sentence_number(opening: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number of each token's sentence within the batch, from 0."""
    return np.cumsum(opening) - 1
