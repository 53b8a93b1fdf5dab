"""Boilerplate learned from the run: sentences that recur across one outlet's stories, whatever they are about.

An author's note, a teaser list, "The station is a service of ..." say nothing of a story; two articles that share them
share an outlet. No list of phrases could know them; the outlet's other articles do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsdedup.sketch.candidates import SAME_STORY
from newsdedup.sketch.minhash import estimate_agreement
from newsdedup.sketch.views import Sketches, sketch
from newsdedup.text.hashing import mix64, run_hashes
from newsdedup.text.table import NUMBER_FACT, ArticleTable, keep_tokens, row_places, take_articles

LEAST_STORIES = 3
"""Stories of one outlet that hold a sentence before it is boilerplate, and ..."""

LEAST_STORIES_UNKNOWN = 8
"""The same among articles whose source is unknown: they may come from many outlets, and a passage that three of them
hold may have been taken."""

LEAST_SHARE = 0.01
"""... share of the outlet's articles."""

SAME_STORY_TERMS = 0.2
"""Estimated agreement in `terms` from which two articles tell one story, as SAME_STORY is in `copy`: versions, copies
and rewrites of a story share its sentences, too, and count once. Articles of one outlet on two stories agree by less
than .12 in `terms`."""

_SAMPLE = 16  # holders of a sentence that are compared with each other
_DIGITS = 0.25  # share of numbers up to which a sentence is known again with other numbers in it
_LEAST_TOKENS = 3
_LEAST_OWN = 36  # content stems by which stories are told apart; an article with fewer is taken whole
_LEAST_LEFT = 60  # content stems: where fewer would be left, the article is a form that was filled in


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a sentence stands: its article, its first character in the normalised text, one past the last."""

    row: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring(Place):
    """One sentence that was set aside, by the first place where it stands.

    Attributes:
        source: Number of the outlet.
        articles: Articles of the outlet that hold it.
    """

    source: int
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoilerplateMask:
    """What recurs.

    Attributes:
        kept: bool, shape (tokens,): tokens of the table that are the story's own.
        rows: Articles that lose something, sorted.
        recurring: Each sentence once, in the order of outlet, first article and place.
    """

    kept: NDArray[np.bool_]
    rows: NDArray[np.int64]
    recurring: tuple[Recurring, ...]

    def sentences(self, table: ArticleTable) -> list[Place]:
        """Every sentence set aside in the first articles of the table that was looked at, in order."""
        starts = np.flatnonzero(table.opening)
        ends = np.append(starts[1:], table.surface.size)[: starts.size]
        cut = ~self.kept[starts]
        rows = np.searchsorted(table.token_offsets, starts, side="right") - 1
        return [
            Place(row=row, start=int(table.start[start]), end=_end(table, end))
            for row, start, end in zip(rows[cut].tolist(), starts[cut].tolist(), ends[cut].tolist(), strict=True)
        ]


def _end(table: ArticleTable, token: int) -> int:
    """One past the last character of the token before `token`."""
    return int(table.start[token - 1]) + int(table.width[token - 1])


def source_numbers(names: Sequence[str | None]) -> tuple[NDArray[np.int64], list[str | None]]:
    """Number of each article's outlet, case aside, and the outlets' names; all articles of unknown source are one."""
    first: dict[str, str | None] = {}
    for name in names:
        first.setdefault((name or "").casefold(), name or None)
    order = {key: number for number, key in enumerate(sorted(first))}
    return np.array([order[(name or "").casefold()] for name in names], dtype=np.int64), [first[key] for key in order]


def find_boilerplate(table: ArticleTable, sources: NDArray[np.int64], names: Sequence[str | None]) -> BoilerplateMask:
    """The sentences that recur in at least max(LEAST_STORIES, LEAST_SHARE) of an outlet's articles, in so many stories.

    Numbers are masked, so that a date does not make a line new. An article of which little would be left stays whole: a
    form that was filled in (earnings, weather) is told from its like by what was filled in.

    Args:
        sources: Number of the outlet of each article, from 0.
        names: Of the outlets; None for the articles whose source is unknown.
    """
    sentences = _Sentences.of(table, sources)
    holders = _Holders.of(sentences.key, sentences.article)
    outlet = sources[holders.article[holders.first]]
    least = np.array([LEAST_STORIES_UNKNOWN if name is None else LEAST_STORIES for name in names])
    enough = np.maximum(least, np.ceil(LEAST_SHARE * np.bincount(sources, minlength=least.size)))[outlet]
    asked = np.flatnonzero(holders.count >= enough)
    if not asked.size:
        return BoilerplateMask(
            kept=np.ones(table.surface.size, dtype=bool), rows=np.zeros(0, dtype=np.int64), recurring=()
        )
    own = _outside(table, sentences, np.isin(sentences.key, holders.key[asked]))
    stories = _stories(table, own, holders, asked)
    asked = asked[stories * holders.count[asked] >= enough[asked]]
    common = np.isin(sentences.key, holders.key[asked])
    lost = np.bincount(sentences.article, np.where(common, sentences.content, 0), minlength=len(table))
    common &= (table.content_lengths - lost >= _LEAST_LEFT)[sentences.article]
    return BoilerplateMask(
        kept=_outside(table, sentences, common),
        rows=np.unique(sentences.article[common]),
        recurring=_recurring(table, sentences, common, sources),
    )


def cut_boilerplate(table: ArticleTable, sketches: Sketches, found: BoilerplateMask) -> tuple[ArticleTable, Sketches]:
    """Table and sketches without what recurs."""
    if not found.rows.size:
        return table, sketches
    views = frozenset(view for view in ("copy", "terms", "facts", "passages") if getattr(sketches, view) is not None)
    table = keep_tokens(table, found.kept)
    return table, replace_sketches(sketches, found.rows, sketch(take_articles(table, found.rows), views))


def replace_sketches(sketches: Sketches, rows: NDArray[np.int64], new: Sketches) -> Sketches:
    """The sketches with those of some articles replaced."""
    signatures: dict[str, NDArray[np.uint32] | None] = {}
    for view in ("copy", "terms", "facts"):
        old: NDArray[np.uint32] | None = getattr(sketches, view)
        if old is not None:
            old = old.copy()
            old[rows] = getattr(new, view)
        signatures[view] = old
    offsets, new_offsets = sketches.passage_offsets, new.passage_offsets
    if offsets is None or new_offsets is None:
        return Sketches(**signatures, passages=None, passage_quoted=None, passage_offsets=None)
    counts = np.diff(offsets)
    is_new = np.zeros(counts.size, dtype=bool)
    is_new[rows] = True
    article = np.concatenate(
        (np.repeat(np.flatnonzero(~is_new), counts[~is_new]), np.repeat(rows, np.diff(new_offsets)))
    )
    order = np.argsort(article, kind="stable")
    stale = np.repeat(is_new, counts)
    passages, quoted = (
        np.concatenate((getattr(sketches, name)[~stale], getattr(new, name)))[order]
        for name in ("passages", "passage_quoted")
    )
    counts[rows] = np.diff(new_offsets)
    moved = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
    return Sketches(**signatures, passages=passages, passage_quoted=quoted, passage_offsets=moved)


def _outside(table: ArticleTable, sentences: _Sentences, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each token, whether it stands in none of the sentences chosen."""
    steps = np.zeros(table.surface.size + 1, dtype=np.int8)
    steps[sentences.start[chosen]] += 1
    steps[sentences.end[chosen]] -= 1
    outside: NDArray[np.bool_] = np.cumsum(steps[:-1], dtype=np.int8) == 0
    return outside


@dataclass(frozen=True, slots=True)
class _Holders:
    """Articles that hold each sentence that more than one holds; sorted by key, then article.

    `article[first[i]:first[i] + count[i]]` are the articles that hold `key[i]`, each once.
    """

    key: NDArray[np.uint64]
    first: NDArray[np.int64]
    count: NDArray[np.int64]
    article: NDArray[np.int64]

    @classmethod
    def of(cls, keys: NDArray[np.uint64], article: NDArray[np.int64]) -> _Holders:
        order = np.argsort(keys, kind="stable")  # articles come in order already
        sorted_keys, holders = keys[order], article[order]
        new = np.append(True, (sorted_keys[1:] != sorted_keys[:-1]) | (holders[1:] != holders[:-1]))[: keys.size]
        sorted_keys, holders = sorted_keys[new], holders[new]
        first = np.flatnonzero(np.append(True, sorted_keys[1:] != sorted_keys[:-1])[: sorted_keys.size])
        count = np.diff(np.append(first, sorted_keys.size))
        shared = count > 1
        return cls(sorted_keys[first[shared]], first[shared], count[shared], holders)


@dataclass(frozen=True, slots=True)
class _Sentences:
    """Sentences of at least _LEAST_TOKENS tokens, in order; all shape (sentences,).

    `key` is the same for the same words of one outlet; `start` and `end` count tokens from the start of the table;
    `content` counts content tokens.
    """

    key: NDArray[np.uint64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    article: NDArray[np.int64]
    content: NDArray[np.int64]

    @classmethod
    def of(cls, table: ArticleTable, sources: NDArray[np.int64]) -> _Sentences:
        starts = np.flatnonzero(table.opening)
        ends = np.append(starts[1:], table.surface.size)[: starts.size]
        long = ends - starts >= _LEAST_TOKENS
        starts, ends = starts[long], ends[long]
        article = np.searchsorted(table.token_offsets, starts, side="right") - 1
        content = np.repeat(table.token_offsets[:-1], np.diff(table.content_offsets)) + table.position
        # Numbers are masked in sentences that hold few of them.
        numbers = content[table.fact == NUMBER_FACT]
        sentence = np.searchsorted(starts, numbers, side="right") - 1
        numbers, sentence = numbers[sentence >= 0], sentence[sentence >= 0]
        inside = numbers < ends[sentence]
        numbers, sentence = numbers[inside], sentence[inside]
        few = np.bincount(sentence, minlength=starts.size) <= _DIGITS * (ends - starts)
        masked = table.surface.copy()
        masked[numbers[few[sentence]]] = 0
        return cls(
            key=mix64(run_hashes(masked, starts, ends) + sources[article].astype(np.uint64)),
            start=starts,
            end=ends,
            article=article,
            content=np.searchsorted(content, ends) - np.searchsorted(content, starts),
        )


def _stories(
    table: ArticleTable, own: NDArray[np.bool_], holders: _Holders, asked: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Share of the holders of each sentence that tell a story of their own, by a sample spread over the holders.

    Args:
        own: bool, shape (tokens,): tokens outside the sentences asked for.
    """
    size = np.minimum(holders.count[asked], _SAMPLE)
    steps = np.arange(_SAMPLE)
    places = np.minimum(
        steps * holders.count[asked][:, None] // np.maximum(size, 1)[:, None], holders.count[asked][:, None] - 1
    )
    sample = holders.article[holders.first[asked][:, None] + places]
    rows, back = np.unique(sample, return_inverse=True)
    back = back.reshape(sample.shape)
    copy, terms = _signatures(table, own, rows)
    fresh = steps < size[:, None]
    for later in range(1, _SAMPLE):
        for earlier in range(later):
            both = np.flatnonzero(fresh[:, later] & (earlier < size))
            if both.size:
                a, b = back[both, earlier], back[both, later]
                same = estimate_agreement(copy, a, b) >= SAME_STORY
                same |= estimate_agreement(terms, a, b) >= SAME_STORY_TERMS
                fresh[both[same], later] = False
    share: NDArray[np.float64] = fresh.sum(axis=1) / size
    return share


def _signatures(
    table: ArticleTable, own: NDArray[np.bool_], rows: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Signatures of some articles: copy of the whole text, terms of what is its own as far as that is enough.

    Versions of one text are told by the whole, since one may differ by a paragraph; rewrites by what is their own,
    since a long form that articles share must not make one story of them.
    """
    part = take_articles(table, rows)
    kept = own[row_places(table.token_offsets, rows)[0]]
    little = np.repeat(keep_tokens(part, kept).content_lengths < _LEAST_OWN, np.diff(part.token_offsets))
    copy = sketch(part, frozenset(("copy",))).copy
    terms = sketch(keep_tokens(part, kept | little), frozenset(("terms",))).terms
    empty = np.zeros((rows.size, 0), dtype=np.uint32)
    return (empty if copy is None else copy), (empty if terms is None else terms)


def _recurring(
    table: ArticleTable, sentences: _Sentences, common: NDArray[np.bool_], sources: NDArray[np.int64]
) -> tuple[Recurring, ...]:
    places = np.flatnonzero(common)
    article = sentences.article[places]
    _, first, number = np.unique(sentences.key[places], return_index=True, return_inverse=True)
    held = np.unique(np.stack((number, article)), axis=1)
    counts = np.bincount(held[0], minlength=first.size)
    out: list[Recurring] = []
    for place, count in zip(places[first].tolist(), counts.tolist(), strict=True):
        row = int(sentences.article[place])
        start, end = int(table.start[sentences.start[place]]), _end(table, int(sentences.end[place]))
        out.append(Recurring(source=int(sources[row]), row=row, start=start, end=end, articles=count))
    return tuple(sorted(out, key=lambda each: (each.source, each.row, each.start)))
