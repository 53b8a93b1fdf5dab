"""Boilerplate learned from the run: sentences that recur across one outlet's stories, whatever they are about.

An author's note, a teaser list, "The station is a service of ..." say nothing of a story; two articles that share them
share an outlet. No list of phrases could know them; the outlet's other articles do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from newsdedup.sketch.minhash import NUM_PERM, estimate_agreement
from newsdedup.sketch.partners import SAME_STORY
from newsdedup.sketch.sentences import NOTHING_RECURS, BoilerplateMask, Recurring, Sentences, source_key
from newsdedup.sketch.views import sketch
from newsdedup.text.hashing import begins
from newsdedup.text.table import ArticleTable

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

SAMPLE = 16
"""Holders of a sentence that are compared with each other."""

_LEAST_OWN = 36  # content stems by which stories are told apart; an article with fewer is taken whole
_LEAST_LEFT = 60  # content stems: where fewer would be left, the article is a form that was filled in


Tables = Callable[[NDArray[np.int64]], ArticleTable]
"""The table of some articles by their numbers in the run, nothing cut."""


def source_numbers(names: Sequence[str | None]) -> tuple[NDArray[np.int64], list[str | None]]:
    """Number of each article's outlet, case aside, and the outlets' names; all articles of unknown source are one."""
    first: dict[str, str | None] = {}
    keys = [source_key(name) for name in names]
    for key, name in zip(keys, names, strict=True):
        first.setdefault(key, name or None)
    order = {key: number for number, key in enumerate(sorted(first))}
    return np.array([order[key] for key in keys], dtype=np.int64), [first[key] for key in order]


def find_boilerplate(
    sentences: Sentences,
    lengths: NDArray[np.int64],
    sources: NDArray[np.int64],
    names: Sequence[str | None],
    *,
    tables: Tables,
    copy: NDArray[np.uint32] | None = None,
    before: Learned | None = None,
) -> BoilerplateMask:
    """The sentences that recur in at least max(LEAST_STORIES, LEAST_SHARE) of an outlet's articles, in so many stories.

    An article of which little would be left stays whole: a form that was filled in (earnings, weather) is told from its
    like by what was filled in.

    Args:
        lengths: Content stems of each article of the run, shape (articles,).
        sources: Number of the outlet of each article, from 0.
        names: Of the outlets; None for the articles whose source is unknown.
        tables: For the few articles that have to be looked at again.
        copy: Signatures of the copy view, if they are there, shape (articles, NUM_PERM).
        before: Where some articles were learned from already: what recurred among them does, and of the rest only what
            a new one holds is looked at; only what is cut from new ones is listed as recurring.
    """
    asked = sentences if before is None else before.left_to_ask(sentences)
    keys = _recurring_keys(asked, sources, names, tables=tables, copy=copy, before=before)
    if before is not None:
        keys = np.union1d(before.keys, keys).astype(np.uint64)
    if not keys.size:
        return NOTHING_RECURS
    common = _among(sentences.key, keys)
    common = _enough_left(sentences, common, lengths)
    found = _chosen(sentences, common)
    listed = common if before is None else before.held_by_new(sentences, common)
    return BoilerplateMask(
        article=found.article,
        number=found.number,
        keys=keys,
        recurring=_recurring(sentences, listed, sources, tables),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What is known of articles that were learned from and are not at hand: a store shows the near ones only.

    Attributes:
        keys: uint64, sentences that some of them hold, sorted, shape (keys,).
        holders: int64, how many of them hold each, shape (keys,).
        outlets: How many of them each outlet has, by `source_key`.
    """

    keys: NDArray[np.uint64]
    holders: NDArray[np.int64]
    outlets: Mapping[str, int]

    def holding(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """How many of them hold each of some sentences."""
        if not self.keys.size:
            return np.zeros(keys.size, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.keys, keys), self.keys.size - 1)
        return np.where(self.keys[places] == keys, self.holders[places], 0)

    def articles(self, names: Sequence[str | None]) -> NDArray[np.int64]:
        """How many of them each of some outlets has."""
        return np.array([self.outlets.get(source_key(name), 0) for name in names], dtype=np.int64)


NOTHING_ELSEWHERE = Elsewhere(keys=np.zeros(0, dtype=np.uint64), holders=np.zeros(0, dtype=np.int64), outlets={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What was learned from articles to which new ones have come.

    Attributes:
        keys: uint64, keys of the sentences that recur among them, sorted.
        fresh: Which articles are new, shape (articles,).
        lengths: Content stems of each article before anything was cut, shape (articles,).
        vouching: Whether new articles count as witnesses for each other that a sentence recurs.
        elsewhere: What is known of articles that are not at hand.
    """

    keys: NDArray[np.uint64]
    fresh: NDArray[np.bool_]
    lengths: NDArray[np.int64]
    vouching: bool = True
    elsewhere: Elsewhere = field(default_factory=lambda: NOTHING_ELSEWHERE)

    def left_to_ask(self, sentences: Sentences) -> Sentences:
        """The sentences that a new article holds, wherever they stand, less those that are known to recur.

        Where new ones do not vouch, it is those that a known article holds, too, and one new article stands for all:
        what many new ones took from one known article, of whichever outlet, stays that article's.
        """
        held = np.setdiff1d(sentences.key[self.fresh[sentences.article]], self.keys)
        places = _among(sentences.key, held)
        if self.vouching:
            return sentences.where(places)
        keys, articles = sentences.key[places], sentences.article[places]
        fresh = self.fresh[articles]
        known = np.isin(keys, keys[~fresh])
        first = np.full(held.size, np.iinfo(articles.dtype).max, dtype=articles.dtype)
        number = np.searchsorted(held, keys)
        np.minimum.at(first, number[fresh], articles[fresh])
        return sentences.where(places[known & (~fresh | (articles == first[number]))])

    def held_by_new(self, sentences: Sentences, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of some sentences, wherever they stand, that a new article holds."""
        keys = sentences.key[places]
        return places[np.isin(keys, keys[self.fresh[sentences.article[places]]])]


def _recurring_keys(
    sentences: Sentences,
    sources: NDArray[np.int64],
    names: Sequence[str | None],
    *,
    tables: Tables,
    copy: NDArray[np.uint32] | None,
    before: Learned | None,
) -> NDArray[np.uint64]:
    """Keys of the sentences that recur, sorted."""
    elsewhere = NOTHING_ELSEWHERE if before is None else before.elsewhere
    holders = _Holders.of(sentences)
    outlet = sources[holders.article[holders.first]]
    articles = np.bincount(sources, minlength=len(names)) + elsewhere.articles(names)
    enough = enough_holders(names, articles)[outlet]
    total = holders.count + elsewhere.holding(holders.key)
    asked = np.flatnonzero(total >= enough)
    if not asked.size:
        return holders.key[:0]
    suspects = _chosen(sentences, _among(sentences.key, holders.key[asked]))
    stories = _stories(_Samples(suspects, tables, copy), holders, asked, total)
    found: NDArray[np.uint64] = holders.key[asked[stories >= enough[asked]]]
    return found


def enough_holders(names: Sequence[str | None], articles: NDArray[np.int64]) -> NDArray[np.float64]:
    """Articles of each outlet that must hold a sentence, in as many stories, before it is boilerplate.

    Args:
        names: Of the outlets; None for the articles whose source is unknown.
        articles: How many each has.
    """
    least = np.array([LEAST_STORIES_UNKNOWN if name is None else LEAST_STORIES for name in names])
    enough: NDArray[np.float64] = np.maximum(least, np.ceil(LEAST_SHARE * articles))
    return enough


def _among(keys: NDArray[np.uint64], chosen: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Places of the keys that stand in the sorted `chosen`."""
    if not chosen.size:
        return np.zeros(0, dtype=np.int64)
    # Most keys are ruled out by their upper bits, looked up in a table that stays in cache; part by part, since there
    # are twenty sentences for each article of the run.
    shift = np.uint64(64 - min(24, max(12, chosen.size.bit_length() + 4)))
    seen = np.zeros(1 << (64 - int(shift)), dtype=bool)
    seen[chosen >> shift] = True
    pieces = [np.zeros(0, dtype=np.int64)]
    for start in range(0, keys.size, _PART):
        part = keys[start : start + _PART]
        places = np.flatnonzero(seen[part >> shift])
        values = part[places]
        same = chosen[np.minimum(np.searchsorted(chosen, values), chosen.size - 1)] == values
        pieces.append(places[same] + start)
    return np.concatenate(pieces)


_PART = 1 << 20


def mask_of(sentences: Sentences, lengths: NDArray[np.int64], keys: NDArray[np.uint64]) -> BoilerplateMask:
    """Where sentences stand that are known to recur; an article of which little would be left stays whole.

    Args:
        lengths: Content stems of each article, shape (articles,).
        keys: Sorted.
    """
    return _chosen(sentences, _enough_left(sentences, _among(sentences.key, keys), lengths))


def _enough_left(sentences: Sentences, places: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of some sentences of whose article enough is left without all of them."""
    left = lengths[sentences.article[places]] - _lost(sentences, places, lengths.size)
    return places[left >= _LEAST_LEFT]


def _chosen(sentences: Sentences, places: NDArray[np.int64]) -> BoilerplateMask:
    return BoilerplateMask(article=sentences.article[places], number=sentences.number[places])


def _lost(sentences: Sentences, places: NDArray[np.int64], articles: int) -> NDArray[np.float64]:
    """Content tokens that the article of each of these sentences loses with all of them."""
    article = sentences.article[places]
    return np.asarray(np.bincount(article, sentences.content[places], minlength=articles)[article], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Holders:
    """Articles that hold each sentence that more than one holds; sorted by key, then article.

    `article[first[i]:first[i] + count[i]]` are the articles that hold `key[i]`, each once.
    """

    key: NDArray[np.uint64]
    first: NDArray[np.int64]
    count: NDArray[np.int64]
    article: NDArray[np.int32]

    @classmethod
    def of(cls, sentences: Sentences) -> _Holders:
        places = _repeated(sentences.key)
        keys, article = sentences.key[places], sentences.article[places]
        order = np.argsort(keys, kind="stable")  # articles come in order already
        sorted_keys, holders = keys[order], article[order]
        new = begins(sorted_keys) | begins(holders)
        sorted_keys, holders = sorted_keys[new], holders[new]
        first = np.flatnonzero(begins(sorted_keys))
        count = np.diff(np.append(first, sorted_keys.size))
        shared = count > 1
        return cls(sorted_keys[first[shared]], first[shared], count[shared], holders)


def _repeated(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Places of the keys that stand there more than once.

    Nine sentences in ten stand in one article only. Values alone are sorted twenty times faster than places.
    """
    values = np.sort(keys)
    values = values[1:][values[1:] == values[:-1]]
    return _among(keys, values[begins(values)])


def _stories(
    samples: _Samples, holders: _Holders, asked: NDArray[np.int64], total: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Stories that hold each sentence, estimated by a sample spread over its holders at hand.

    Args:
        total: Of all holders, those that are not at hand as well.
    """
    size = np.minimum(holders.count[asked], SAMPLE)
    steps = np.arange(SAMPLE)
    places = np.minimum(
        steps * holders.count[asked][:, None] // np.maximum(size, 1)[:, None], holders.count[asked][:, None] - 1
    )
    sample = holders.article[holders.first[asked][:, None] + places]
    rows, back = np.unique(sample, return_inverse=True)
    back = back.reshape(sample.shape)
    copy, terms = samples.signatures(rows.astype(np.int64))
    fresh = steps < size[:, None]
    for later in range(1, SAMPLE):
        for earlier in range(later):
            both = np.flatnonzero(fresh[:, later] & (earlier < size))
            if both.size:
                a, b = back[both, earlier], back[both, later]
                same = estimate_agreement(copy, a, b) >= SAME_STORY
                same |= estimate_agreement(terms, a, b) >= SAME_STORY_TERMS
                fresh[both[same], later] = False
    # The first of a sample always is a story of its own: it stands for one, and not for a share of the holders, else
    # 600 versions of one text would count as 37 stories.
    share = (fresh.sum(axis=1) - 1) / np.maximum(size - 1, 1)
    stories: NDArray[np.float64] = 1 + share * (total[asked] - 1)
    return stories


@dataclass(frozen=True, slots=True)
class _Samples:
    """Signatures of some articles: copy of the whole text, terms of what is its own as far as that is enough.

    Versions of one text are told by the whole, since one may differ by a paragraph; rewrites by what is their own,
    since a long form that articles share must not make one story of them.
    """

    suspects: BoilerplateMask
    tables: Tables
    copy: NDArray[np.uint32] | None

    def signatures(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """(copy, terms), each of shape (rows, NUM_PERM)."""
        parts = [self._batch(rows[start : start + _BATCH]) for start in range(0, rows.size, _BATCH)]
        copy = np.concatenate([part[0] for part in parts]) if self.copy is None else self.copy[rows]
        return copy, np.concatenate([part[1] for part in parts])

    def _batch(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        table, mask = self.tables(rows), self.suspects.of(rows)
        little = mask.cut(table).content_lengths < _LEAST_OWN
        whole = little[mask.article]
        own = BoilerplateMask(article=mask.article[~whole], number=mask.number[~whole]).cut(table)
        copy = _NO_ROWS if self.copy is not None else _signatures(table, "copy")
        return copy, _signatures(own, "terms")


def _signatures(table: ArticleTable, view: str) -> NDArray[np.uint32]:
    found: NDArray[np.uint32] = getattr(sketch(table, frozenset((view,))), view)
    return found


_BATCH = 256  # articles looked at again at a time
_NO_ROWS = np.zeros((0, NUM_PERM), dtype=np.uint32)


def _recurring(
    sentences: Sentences, common: NDArray[np.int64], sources: NDArray[np.int64], tables: Tables
) -> tuple[Recurring, ...]:
    article = sentences.article[common]
    _, first, number = np.unique(sentences.key[common], return_index=True, return_inverse=True)
    held = np.unique(np.stack((number, article)), axis=1)
    counts = dict(zip(first.tolist(), np.bincount(held[0], minlength=first.size).tolist(), strict=True))
    first.sort()
    rows, places = np.unique(article[first]), _chosen(sentences, common[first])
    local = BoilerplateMask(article=np.searchsorted(rows, places.article).astype(np.int32), number=places.number)
    found = zip(first.tolist(), local.places(tables(rows.astype(np.int64))), strict=True)
    out = [
        Recurring(
            source=int(sources[article[place]]),
            row=int(article[place]),
            start=each.start,
            end=each.end,
            articles=counts[place],
        )
        for place, each in found
    ]
    return tuple(sorted(out, key=lambda each: (each.source, each.row, each.start)))
