"""Many articles at once: from normalised texts to one flat table of tokens.

No Python object stands for a token. A batch of about 300,000 characters keeps the working arrays in cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsdedup import kernel
from newsdedup.text.spans import CAPITAL, LONE_LETTER, MAY_OPEN, MUST_OPEN, QUOTED, Spans, find_spans
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What the vocabularies know of each token, and what follows from it; columns as in `TokenBatch`."""

    surface: NDArray[np.uint32]
    term: NDArray[np.uint32]
    root: NDArray[np.uint32]
    weight: NDArray[np.float32]
    flags: NDArray[np.uint8]
    sentence: NDArray[np.int32]
    sentences: NDArray[np.int32]


def tokenize(texts: Sequence[str], langs: Sequence[str]) -> TokenBatch:
    """Tokens of normalised texts, all at once.

    Args:
        texts: Normalised texts, one per article.
        langs: Language code of each; unknown codes are not stemmed and weigh every word alike.

    Returns:
        The same columns for an article whatever else is in the batch.
    """
    spans = find_spans(texts)
    words = _find_words(spans, langs) if kernel.compiled is None else _compiled_words(spans, langs)
    return TokenBatch(
        surface=words.surface,
        term=words.term,
        root=words.root,
        weight=words.weight,
        flags=words.flags,
        start=spans.starts,
        end=spans.ends,
        sentence=words.sentence,
        offsets=spans.offsets,
        sentences=words.sentences,
    )


def _compiled_words(spans: Spans, langs: Sequence[str]) -> _Words:
    """`_find_words` by the kernel: the articles of one language at a time."""
    compiled = kernel.compiled
    assert compiled is not None  # noqa: S101 - for the types: asked by the caller
    size = spans.keys.size
    surface = np.empty(size, dtype=np.uint32)  # on its own: the table keeps it as it is
    term, root = np.empty((2, size), dtype=np.uint32)
    weight = np.empty(size, dtype=np.float32)
    flags = np.empty(size, dtype=np.uint8)
    sentence, rows, missing = np.empty((3, size), dtype=np.int32)
    sentences = np.zeros(len(langs), dtype=np.int32)
    out = (surface, term, root, weight, flags, sentence, sentences)
    for lang in sorted(set(langs)):
        table = vocabulary(lang)
        chosen = np.fromiter((other == lang for other in langs), dtype=np.bool_, count=len(langs))
        count = compiled.text_rows(spans.keys, spans.offsets, chosen, *table.slots, rows, missing)
        _add_missing(table, spans, rows, missing[:count])
        known = (table.surface, table.term, table.root, table.weight, table.flags)
        nouns = lang in _NOUN_CAPITALS
        rare, once = (_RARE_NOUN, _RARE_NOUN) if nouns else (_RARE_UNCASED, _RARE_UNCASED_ONCE)
        limits = (_CASE_LOST, _CASE_SHOUTED, _RARE_OPENING, rare, once, nouns)
        compiled.text_columns((spans.offsets, chosen, rows, spans.marks), known, out, limits)
    return _Words(
        surface=surface, term=term, root=root, weight=weight, flags=flags, sentence=sentence, sentences=sentences
    )


def _add_missing(table: Vocabulary, spans: Spans, rows: NDArray[np.int32], missing: NDArray[np.signedinteger]) -> None:
    """Adds the words of the tokens `missing` to the vocabulary, and their rows to `rows`."""
    if missing.size:
        keys = spans.keys[missing]
        new_keys, first = np.unique(keys, return_index=True)
        table.add(new_keys, spans.spelled(missing[first]))
        rows[missing] = table.find(keys)


def _find_words(spans: Spans, langs: Sequence[str]) -> _Words:
    counts = np.diff(spans.offsets)
    article = np.repeat(np.arange(len(langs)), counts)
    surface, term, root, weight, known = _look_up(spans, article, langs)
    _drop_crossings(known, term, weight, article)
    abbreviated = ((known & ABBREVIATION) != 0) | ((spans.marks & LONE_LETTER) != 0)
    opening = (spans.marks & MAY_OPEN) != 0
    opening[1:] &= ~abbreviated[:-1]
    opening |= (spans.marks & MUST_OPEN) != 0
    flags = np.zeros(article.size, dtype=np.uint8)
    flags[weight > 0] |= IS_CONTENT
    flags[(known & NUMBER) != 0] |= IS_NUMBER
    flags[(spans.marks & CAPITAL) != 0] |= IS_CAPITAL
    flags[opening] |= IS_OPENING
    flags[(spans.marks & QUOTED) != 0] |= IS_QUOTED
    flags[_facts(term, weight, flags, article, langs)] |= IS_FACT
    before = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(opening)))
    return _Words(
        surface=surface,
        term=term,
        root=root,
        weight=weight,
        flags=flags,
        sentence=(before[1:] - 1 - np.repeat(before[spans.offsets[:-1]], counts)).astype(np.int32),
        sentences=np.diff(before[spans.offsets]).astype(np.int32),
    )


def _look_up(
    spans: Spans, article: NDArray[np.int64], langs: Sequence[str]
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint32], NDArray[np.float32], NDArray[np.uint8]]:
    """Surface, term, root, weight and flags of each token, from the vocabulary of its article's language."""
    if len(set(langs)) == 1:
        table = vocabulary(langs[0])
        rows = table.find(spans.keys)
        _add_missing(table, spans, rows, np.flatnonzero(rows == 0))
        return table.surface[rows], table.term[rows], table.root[rows], table.weight[rows], table.flags[rows]
    size = article.size
    rows = np.empty(size, dtype=np.int32)
    surface = np.empty(size, dtype=np.uint32)  # on its own: the table keeps it as it is
    term, root = np.empty((2, size), dtype=np.uint32)
    weight, flags = np.empty(size, dtype=np.float32), np.empty(size, dtype=np.uint8)
    for lang in sorted(set(langs)):
        table = vocabulary(lang)
        tokens = np.flatnonzero(np.array([other == lang for other in langs])[article])
        rows[tokens] = table.find(spans.keys[tokens])
        _add_missing(table, spans, rows, tokens[rows[tokens] == 0])
        found = rows[tokens]
        surface[tokens], term[tokens], root[tokens] = table.surface[found], table.term[found], table.root[found]
        weight[tokens], flags[tokens] = table.weight[found], table.flags[found]
    return surface, term, root, weight, flags


def _drop_crossings(
    flags: NDArray[np.uint8], term: NDArray[np.uint32], weight: NDArray[np.float32], article: NDArray[np.int64]
) -> None:
    """Takes the weight of bigrams that no list has and that stand only once: the end of one word and the next.

    A name is no listed word either, but the story comes back to it.
    """
    asked = np.flatnonzero((flags & UNLISTED) != 0)
    if asked.size:
        here = (article[asked].astype(np.uint64) << np.uint64(32)) | term[asked]
        weight[asked[~_repeated(here)]] = 0


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


def _member(wanted: NDArray[np.uint64], values: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which of the sorted `wanted` stand among `values`."""
    found = np.zeros(wanted.size, dtype=bool)
    if wanted.size:
        place = np.minimum(np.searchsorted(wanted, values), wanted.size - 1)
        found[place[wanted[place] == values]] = True
    return found
