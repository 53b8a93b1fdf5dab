"""Evidence for a person: aligned sentences, altered quotes, shared and changed facts, verbatim passages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from newsdedup.result import AlignedSentence, Evidence
from newsdedup.text.table import NUMBER_FACT, ArticleTable
from newsdedup.verify.align import free, monotone, positions, similarities
from newsdedup.verify.profile import RUN, Profile

_QUOTE = re.compile(r'"([^"\n]*)"?')  # of any length: a short one left out would pair its end with the next start
_QUOTE_CHARACTERS = range(12, 601)
_MIN_QUOTE_WORDS = 4
_SAME_QUOTE = 97.0  # rapidfuzz ratio, 0..100: above it a quote is unaltered but for punctuation
_ALTERED_QUOTE = 45.0  # below it two quotes are two quotes
_MAX_ITEMS = 12  # of each kind of evidence but sentences; enough to judge by, short enough to read
_CLOSERS = "\"')]}"
_STOPS = ".!?\u2026\u3002\uff01\uff1f"


@dataclass(frozen=True, slots=True)
class Reading:
    """One article read closely: where its sentences stand, and its facts as words.

    Attributes:
        text: The normalised text.
        bounds: (start, end, start of the next) of each sentence, shape (sentences, 3).
        fact_roots: Root of each mention of a fact, in order, shape (mentions,); the other columns alike.
        fact_numbers: The fact is a number.
        fact_sentences: Number of its sentence, from 0.
        fact_weights: Its idf.
        fact_spans: First character and one past the last, shape (mentions, 2).
        fact_places: Its token number.
        roots: Sorted roots of all content words, repeats kept: what a fact of the other side is looked up in.
        word_roots: Roots of the content words in order, shape (content words,).
        word_places: Token number of each content word, from 0.
        quotes: Words between quotation marks, in order.
        notes: Correction notes that were set aside, in order.
        surface: Hash of each lower-case token, shape (tokens,).
        token_spans: First character and one past the last, shape (tokens, 2).
        token_sentences: Number of the sentence of each token, from 0, shape (tokens,).
    """

    text: str
    bounds: NDArray[np.int32]
    fact_roots: NDArray[np.uint32]
    fact_numbers: NDArray[np.bool_]
    fact_sentences: NDArray[np.int32]
    fact_weights: NDArray[np.float32]
    fact_spans: NDArray[np.int32]
    fact_places: NDArray[np.int32]
    roots: NDArray[np.uint32]
    word_roots: NDArray[np.uint32]
    word_places: NDArray[np.int32]
    quotes: tuple[str, ...]
    notes: tuple[str, ...]
    surface: NDArray[np.uint32]
    token_spans: NDArray[np.int32]
    token_sentences: NDArray[np.int32]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Texts of the sentences, in order; number n of the evidence is index n - 1. Made anew at every call."""
        return tuple(map(self.sentence, range(len(self.bounds))))

    def sentence(self, number: int) -> str:
        """Text of one sentence, counted from 0."""
        return _sentence_text(self.text, *self.bounds[number].tolist())

    def words(self, mention: int) -> str:
        """A mention of a fact as it stands in the text."""
        start, end = self.fact_spans[mention].tolist()
        return self.text[start:end]


def read_closely(table: ArticleTable, row: int, text: str, notes: tuple[str, ...] = ()) -> Reading:
    """Sentences, facts and quotes of article `row`, whose normalised text is `text`."""
    tokens = slice(int(table.token_offsets[row]), int(table.token_offsets[row + 1]))
    content = slice(int(table.content_offsets[row]), int(table.content_offsets[row + 1]))
    start, end = table.start[tokens], table.start[tokens] + table.width[tokens]
    firsts = np.flatnonzero(table.opening[tokens])
    lasts = np.append(firsts[1:], start.size)[: firsts.size] - 1
    mentions = table.fact[content] != 0
    places = table.position[content][mentions]
    quotes = tuple(
        match[1].strip()
        for match in _QUOTE.finditer(text)
        if len(match[1]) in _QUOTE_CHARACTERS and len(match[1].split()) >= _MIN_QUOTE_WORDS
    )
    return Reading(
        text=text,
        bounds=np.stack((start[firsts], end[lasts], np.append(start[firsts][1:], len(text))[: firsts.size]), axis=1),
        fact_roots=table.root[content][mentions],
        fact_numbers=table.fact[content][mentions] == NUMBER_FACT,
        fact_sentences=table.sentence[content][mentions],
        fact_weights=table.weight[content][mentions],
        fact_spans=np.stack((start[places], end[places]), axis=1),
        fact_places=places,
        roots=np.sort(table.root[content]),
        word_roots=table.root[content],
        word_places=table.position[content],
        quotes=quotes,
        notes=notes,
        surface=table.surface[tokens],
        token_spans=np.stack((start, end), axis=1),
        token_sentences=np.cumsum(table.opening[tokens], dtype=np.int32) - 1,
    )


def _sentence_text(text: str, start: int, end: int, limit: int) -> str:
    """The sentence with its closing punctuation and, where it opens with one, its quotation mark."""
    if start and text[start - 1] in "\"'([":
        start -= 1
    while end < limit and text[end] in _STOPS + _CLOSERS + "%,;:":
        if text[end] == '"' and end + 1 < limit and text[end + 1].isalnum():
            break
        end += 1
    return re.sub(r"\s+", " ", text[start:end]).strip()


def aligned_sentences(left: Profile, right: Profile) -> tuple[AlignedSentence, ...]:
    """The best alignment that keeps order, and the mutual best matches that it leaves out, in the order of the left."""
    similarity = similarities(left, right)
    _, pairs = monotone(similarity, left.sentence_weights)
    used_left, used_right = {row for row, _ in pairs}, {column for _, column in pairs}
    extra = [(row, column) for row, column in free(similarity) if row not in used_left and column not in used_right]
    return tuple(
        AlignedSentence(left=row + 1, right=column + 1, similarity=round(float(similarity[row, column]), 3))
        for row, column in sorted(pairs + extra)
    )


def altered_quotes(left: Sequence[str], right: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Quotes of the left text that stand in the right one in other words, in the order of the left.

    A quote that stands in both, whole or cut short, is not altered and answers for no other.
    """
    bare_left, bare_right = [_bare(quote) for quote in left], [_bare(quote) for quote in right]
    open_left, open_right = _not_within(bare_left, bare_right), _not_within(bare_right, bare_left)
    taken = {j for j in open_right if any(quote in bare_right[j] for quote in bare_left)}
    out: list[tuple[str, str]] = []
    for i in open_left:
        ranked = sorted((-fuzz.token_sort_ratio(bare_left[i], bare_right[j]), j) for j in open_right if j not in taken)
        if ranked and -ranked[0][0] >= _ALTERED_QUOTE and bare_right[ranked[0][1]] not in bare_left[i]:
            place = ranked[0][1]
            if fuzz.ratio(bare_left[i], bare_right[place]) < _SAME_QUOTE:
                taken.add(place)
                out.append((left[i], right[place]))
    return tuple(out[:_MAX_ITEMS])


def _not_within(quotes: Sequence[str], others: Sequence[str]) -> list[int]:
    """Places of the quotes that stand in none of the others, whole or as a part."""
    whole, joined = set(others), "\n".join(others)
    return [place for place, quote in enumerate(quotes) if quote not in whole and quote not in joined]


def _bare(quote: str) -> str:
    return re.sub(r"\W+", " ", quote).strip().lower()


def shared_facts(left: Reading, right: Reading) -> tuple[str, ...]:
    """Facts that stand in both, as the left text has them, rarest first, each once."""
    roots, first = np.unique(left.fact_roots, return_index=True)
    found, _ = positions(roots, np.sort(right.fact_roots))
    first = first[found]
    rarest = first[np.lexsort((left.fact_spans[first, 0], -left.fact_weights[first]))]
    return tuple(left.words(mention) for mention in rarest[:_MAX_ITEMS].tolist())


def changed_facts(
    left: Reading, right: Reading, sentences: Sequence[AlignedSentence]
) -> tuple[tuple[str | None, str | None], ...]:
    """Numbers and names that differ between aligned sentences and stand nowhere in the other text.

    A number or name on each side makes one change; a number on one side only is one, too, with None for the other. A
    name left out is no change.
    """
    left_own, right_own = _own_by_sentence(left, right.roots), _own_by_sentence(right, left.roots)
    out: dict[tuple[str | None, str | None], None] = {}
    for aligned in sentences:
        for number in (True, False):
            mine = left_own.get((aligned.left - 1, number), [])
            theirs = right_own.get((aligned.right - 1, number), [])
            for a, b in zip_longest(mine, theirs) if number else zip(mine, theirs, strict=False):
                out[None if a is None else left.words(a), None if b is None else right.words(b)] = None
        if len(out) >= _MAX_ITEMS:
            break
    return tuple(out)[:_MAX_ITEMS]


def _own_by_sentence(reading: Reading, others: NDArray[np.uint32]) -> dict[tuple[int, bool], list[int]]:
    """Mentions of facts that do not stand in the other text, by sentence and by whether they are numbers."""
    found, _ = positions(reading.fact_roots, others)
    mentions = np.flatnonzero(~found)
    own: dict[tuple[int, bool], list[int]] = {}
    keys = zip(reading.fact_sentences[mentions].tolist(), reading.fact_numbers[mentions].tolist(), strict=True)
    for key, mention in zip(keys, mentions.tolist(), strict=True):
        own.setdefault(key, []).append(mention)
    return own


def passages(
    left: Profile, right: Profile, left_sentences: NDArray[np.int32], right_sentences: NDArray[np.int32]
) -> tuple[tuple[int, int, int, int], ...]:
    """Shared verbatim passages as sentence numbers: (first left, last left, first right, last right).

    Args:
        left_sentences: Sentence number of each token of the left article, from 0.
        right_sentences: The same for the right article.
    """
    left_runs, right_runs = left.runs.tolist(), right.runs.tolist()
    places = {value: place for place, value in reversed(list(enumerate(right_runs)))}
    out: list[tuple[int, int, int, int]] = []
    done = 0
    for start in np.flatnonzero(positions(left.runs, right.sorted_runs)[0]).tolist():
        if start < done:
            continue
        begin = places[left_runs[start]]
        # As far as both sides go on alike: two passages side by side in one text may stand apart in the other.
        length = 1
        while left_runs[start + length : start + length + 1] == right_runs[begin + length : begin + length + 1] != []:
            length += 1
        out.append(
            (
                int(left_sentences[start]) + 1,
                int(left_sentences[start + length + RUN - 2]) + 1,
                int(right_sentences[begin]) + 1,
                int(right_sentences[begin + length + RUN - 2]) + 1,
            )
        )
        done = start + length
    return tuple(dict.fromkeys(out))[:_MAX_ITEMS]


def gather(
    left: Profile,
    right: Profile,
    readings: tuple[Reading, Reading],
    shared_passages: tuple[tuple[int, int, int, int], ...] = (),
) -> Evidence:
    """All evidence of one pair."""
    sentences = aligned_sentences(left, right)
    return Evidence(
        sentences=sentences,
        altered_quotes=altered_quotes(readings[0].quotes, readings[1].quotes),
        changed_facts=changed_facts(*readings, sentences),
        shared_facts=shared_facts(*readings),
        passages=shared_passages,
    )
