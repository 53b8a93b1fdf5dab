"""The articles of a store that are near new ones: the index on disk.

Everything that could be a match is brought into memory, with what the pipeline knows of it, and nothing else: the
pipeline then finds among these what it would find among all. An article is near when

- it shares a band with a new one and their signatures do not rule the pair out,
- it shares passages with a new one that are not boilerplate,
- it holds a sentence of a new one that may be boilerplate; a sample of its holders decides.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from newsdedup.engine.known import Known
from newsdedup.engine.reading import BATCH_ARTICLES, Reading, read_again
from newsdedup.engine.shelf import Records, Shelf
from newsdedup.ingest.columns import sentence_keys
from newsdedup.ingest.packing import unpacked_sentences
from newsdedup.run import Holding, days_of
from newsdedup.sketch.boilerplate import SAMPLE, Elsewhere, enough_holders, mask_of, source_numbers
from newsdedup.sketch.candidates import KEEP_BOTH, KEEP_COPY, KEEP_TERMS, PASSAGE_STORIES
from newsdedup.sketch.lsh import MANY_HOLDERS
from newsdedup.sketch.minhash import NUM_PERM
from newsdedup.sketch.sentences import Sentences, source_key
from newsdedup.sketch.views import Sketches, join_sketches
from newsdedup.store.entries import BAND_KINDS, PASSAGE, QUOTED, SENTENCE, band_entries
from newsdedup.store.nouns import KeepText, Stored
from newsdedup.store.reader import Reader
from newsdedup.text.hashing import begins, distinct
from newsdedup.text.table import ArticleColumns, make_table
from newsdedup.verify.model import MIN_LENGTH

MOST_HOLDERS = 200
"""Articles of one bucket, or of one passage, that are looked at: the newest."""

_MOST_OF_SENTENCE = 1024  # holders of one sentence that are counted
_OWNERS = 512  # new articles whose buckets are looked at together: each has 190, of up to MOST_HOLDERS
_PAIRS = 1 << 15  # pairs whose signatures are held against each other at a time
_LEAST = (ceil(KEEP_COPY * NUM_PERM), ceil(KEEP_TERMS * NUM_PERM), ceil(KEEP_BOTH * NUM_PERM))


@dataclass(frozen=True, slots=True)
class _Hits:
    """New articles and the articles of the store that hold something of theirs; both shape (hits,).

    Attributes:
        asked: Which question was answered: what it was of is for the caller to know.
        numbers: Of articles of the store.
    """

    asked: NDArray[np.int64]
    numbers: NDArray[np.int64]


class StoreIndex:
    """An index over a store as it is when the index is made.

    Args:
        views: That are looked through.
        window_days: Articles further apart are no candidates but by their copy view; None for any distance.
        today: Day that it is, counted from 1970.

    Attributes:
        numbers: int64, of the articles that were near last, sorted: those of the holding, in its order.
        stored: What the store knows of them.
        recurring: uint64, keys of the sentences that are boilerplate, sorted.
        unkept: int64, numbers of near articles that could not be had, since their texts are not kept, sorted.
    """

    def __init__(self, store: Reader, *, views: frozenset[str], window_days: float | None, today: float) -> None:
        self._store = store
        self._views = views
        self._window_days = window_days
        self._today = today
        self._folder = tempfile.TemporaryDirectory(prefix="newsdedup-")
        self.numbers = np.zeros(0, dtype=np.int64)
        self.stored: list[Stored] = []
        self.recurring = store.recurring()
        self.unkept = self.numbers
        self._outlets: dict[str, int] = {}
        for name, articles in store.outlets().items():
            key = source_key(name)
            self._outlets[key] = self._outlets.get(key, 0) + articles

    def __enter__(self) -> StoreIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def near(self, reading: Reading, shelf: Shelf) -> Holding:
        """See `run.Index`."""
        gone = self._store.superseded()
        holders = self._sentence_holders(reading.sentences, shelf, gone)
        sketches = [(reading.sketches, reading.columns, np.arange(len(shelf)))]
        sketches += self._cut(reading, shelf)
        found = [holders.sampled]
        days = self._days(shelf)
        for part, columns, owners in sketches:
            for start in range(0, owners.size, _OWNERS):
                rows = slice(start, start + _OWNERS)
                found.append(self._by_bands(_signatures(part, rows), columns.content[rows], days[owners[rows]], gone))
        passages = self._by_passages(sketches, gone)
        numbers = distinct(np.concatenate([*found, passages.numbers]))
        stored = self._store.stored(numbers.tolist())
        if self._store.keep_text is KeepText.NONE:
            self.unkept = np.array([each.number for each in stored], dtype=np.int64)
            stored = []
        self.stored = stored
        self.numbers = np.array([each.number for each in stored], dtype=np.int64)
        return Holding(
            known=self._known(passages),
            elsewhere=holders.elsewhere(self.numbers, self._outlets_elsewhere()),
            common=passages.common,
            long_here=self._long_here(),
        )

    def _long_here(self) -> NDArray[np.bool_] | None:
        if self._window_days is None:
            return None
        long_here: NDArray[np.bool_] = self._today - self._store.days(self.numbers)[1] > self._window_days
        return long_here

    def _days(self, shelf: Shelf) -> NDArray[np.float64]:
        return days_of(shelf.articles(range(len(shelf))), self._today)

    def _outlets_elsewhere(self) -> dict[str, int]:
        """How many articles each outlet has beside those at hand, no more than as many as are counted."""
        at_hand: dict[str, int] = {}
        for each in self.stored:
            key = source_key(each.source)
            at_hand[key] = at_hand.get(key, 0) + 1
        return {
            name: min(count - at_hand.get(name, 0), 100 * _MOST_OF_SENTENCE) for name, count in self._outlets.items()
        }

    def _sentence_holders(self, sentences: Sentences, shelf: Shelf, gone: NDArray[np.int64]) -> _SentenceHolders:
        """Who holds the sentences of new articles that are not known to be boilerplate."""
        keys, first = np.unique(sentences.key, return_index=True)
        new = ~np.isin(keys, self.recurring)
        keys, first = keys[new], first[new]
        asked, numbers = self._store.holders(
            np.full(keys.size, SENTENCE, dtype=np.uint8),
            sentence_keys(keys),
            most=_MOST_OF_SENTENCE,
            but=gone,
        )
        held = np.bincount(asked, minlength=keys.size)
        order = np.argsort(sentences.key, kind="stable")  # articles come in order already
        held_keys = sentences.key[order]
        held_keys = held_keys[begins(held_keys) | begins(sentences.article[order])]
        among_new = np.searchsorted(held_keys, keys, side="right") - np.searchsorted(held_keys, keys)
        sources, names = source_numbers(shelf.sources)
        articles = np.bincount(sources, minlength=len(names)) + np.array(
            [self._outlets.get(source_key(name), 0) for name in names], dtype=np.int64
        )
        enough = enough_holders(names, np.minimum(articles, 100 * _MOST_OF_SENTENCE))
        suspect = (held > 0) & (held + among_new >= enough[sources[sentences.article[first]]])
        return _SentenceHolders(keys=keys, hits=_Hits(asked, numbers), suspect=suspect)

    def _cut(self, reading: Reading, shelf: Shelf) -> list[tuple[Sketches, ArticleColumns, NDArray[np.int64]]]:
        """Sketches of those new articles that hold known boilerplate, without it."""
        mask = mask_of(reading.sentences, reading.columns.content, self.recurring)
        parts: list[tuple[ArticleColumns, Sketches]] = []
        for start in range(0, mask.rows.size, BATCH_ARTICLES):
            rows = mask.rows[start : start + BATCH_ARTICLES]
            table = mask.of(rows).cut(make_table(shelf.articles(rows.tolist())))
            parts.append(read_again(table, self._views))
        if not parts:
            return []
        columns = ArticleColumns.join([part[0] for part in parts])
        return [(join_sketches([part[1] for part in parts]), columns, mask.rows)]

    def _by_bands(
        self,
        sketches: Sketches,
        content: NDArray[np.int64],
        days: NDArray[np.float64],
        gone: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """Articles of the store that share a band with a new one, and whose signatures do not rule the pair out.

        Args:
            content: Content stems of the new articles.
            days: Times of publication of the new articles.
        """
        entries = band_entries(sketches, np.arange(content.size))
        copy = entries.kinds < BAND_KINDS["copy"].stop
        found = [np.zeros(0, dtype=np.int64)]
        window, dated = self._window_days, ~np.isnan(days[entries.numbers])
        for chosen, windowed in ((copy, False), (~copy & dated, True), (~copy & ~dated, True)):
            if not chosen.any():
                continue
            earliest = None
            if windowed and window is not None and dated[chosen][0]:
                earliest = min(float(np.nanmin(days)), self._today) - window
            asked, numbers = self._store.holders(
                entries.kinds[chosen], entries.keys[chosen], most=MOST_HOLDERS, latest_day_from=earliest, but=gone
            )
            new = entries.numbers[chosen][asked]
            pairs = distinct(numbers * content.size + new)
            known, new = np.divmod(pairs, content.size)
            if windowed and window is not None:
                near = self._apart(known, days[new]) <= window
                known, new = known[near], new[near]
            for start in range(0, known.size, _PAIRS):
                part = slice(start, start + _PAIRS)
                found.append(self._kept(sketches, content, known[part], new[part]))
        return distinct(np.concatenate(found))

    def _apart(self, known: NDArray[np.int64], days: NDArray[np.float64]) -> NDArray[np.float64]:
        """Days between articles of the store and new ones: between their publications, else between their arrivals.

        Args:
            days: Of the new ones.
        """
        day, seen = self._store.days(known)
        apart = np.abs(day - days)
        return np.where(np.isnan(apart), self._today - seen, apart)

    def _kept(
        self,
        sketches: Sketches,
        content: NDArray[np.int64],
        known: NDArray[np.int64],
        new: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """Those of `known` that stay, as `sketch.lsh.PairFilter` keeps pairs; sorted with its places in `new`."""
        first = begins(known)
        rows, places = self._store.rows(known[first]), np.cumsum(first) - 1
        agreeing = [np.zeros(known.size, dtype=np.int64)] * 3
        for number, view in enumerate(("copy", "terms", "facts")):
            signatures: NDArray[np.uint32] | None = getattr(sketches, view)
            if signatures is not None:
                agreeing[number] = np.count_nonzero(signatures[new] == rows[view][places], axis=1)
        copy, terms, facts = agreeing
        kept = (terms >= _LEAST[1]) | (terms + facts >= _LEAST[2])
        kept &= (content[new] >= MIN_LENGTH) | (rows["content"][places] >= MIN_LENGTH)
        kept |= copy >= _LEAST[0]
        return known[kept]

    def _by_passages(
        self, sketches: list[tuple[Sketches, ArticleColumns, NDArray[np.int64]]], gone: NDArray[np.int64]
    ) -> _Passages:
        """Who holds the passages of new articles; those that too many stories hold are boilerplate."""
        values = distinct(
            np.concatenate([part.passages for part, _, _ in sketches if part.passages is not None] or [_NO_VALUES])
        )
        both = np.repeat(np.array([PASSAGE, QUOTED], dtype=np.uint8), values.size)
        asked, numbers = self._store.holders(both, np.tile(values, 2), most=MOST_HOLDERS, but=gone)
        value, quoted = asked % max(values.size, 1), asked >= values.size
        order = np.lexsort((numbers, value))
        value, numbers, quoted = value[order], numbers[order], quoted[order]
        stories = self._stories(numbers)
        there = stories >= 0  # the others are not kept any more
        value, numbers, quoted, stories = value[there], numbers[there], quoted[there], stories[there]
        by_story = np.lexsort((-numbers, stories, value))
        stands = np.empty(value.size, dtype=bool)  # the newest of each story
        stands[by_story] = begins(value[by_story]) | begins(stories[by_story])
        common = np.bincount(value[stands], minlength=values.size) > PASSAGE_STORIES
        # Where many copies hold a value, one of each story stands for them.
        many = np.bincount(value, minlength=values.size) > MANY_HOLDERS
        kept = ~common[value] & (~many[value] | stands)
        return _Passages(values=values[value[kept]], numbers=numbers[kept], quoted=quoted[kept], common=values[common])

    def _stories(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """The story of each article, -1 for one that is not there."""
        asked = distinct(numbers)
        stories = np.full(asked.size, -1, dtype=np.int64)
        stored = self._store.stored(asked.tolist())
        stories[np.searchsorted(asked, [each.number for each in stored])] = [each.story for each in stored]
        return stories[np.searchsorted(asked, numbers)]

    def _known(self, passages: _Passages) -> Known:
        """What the pipeline is to know of the near articles."""
        numbers = self.numbers.tolist()
        rows = self._store.rows(self.numbers)
        sentences = unpacked_sentences(self._store.sentences(numbers))
        places: dict[int, int] = {}
        stories = [places.setdefault(each.story, place) for place, each in enumerate(self.stored)]
        return Known(
            ids=[each.id for each in self.stored],
            sources=[each.source for each in self.stored],
            url_keys=rows["url_key"].astype(np.uint64),
            days=rows["day"].astype(np.float64),
            lengths=rows["length"].astype(np.int64),
            reading=Reading(
                columns=ArticleColumns(
                    tokens=rows["tokens"].astype(np.int64),
                    content=rows["content"].astype(np.int64),
                    sentences=rows["sentences"].astype(np.int32),
                    chrome=rows["chrome"].astype(np.uint8),
                    content_key=rows["content_key"].astype(np.uint64),
                ),
                sentences=sentences,
                sketches=passages.sketches(self.numbers, rows, self._views),
            ),
            boilerplate=self.recurring,
            stories=np.array(stories, dtype=np.int64),
            likenesses=np.array([each.likenesses for each in self.stored], dtype=np.int32),
            records=self._records(numbers),
        )

    def _records(self, numbers: list[int]) -> Records:
        """The near articles in a file of this run, from which worker processes read them, too."""
        path = Path(self._folder.name) / "near"
        path.unlink(missing_ok=True)
        ends = [0]
        with path.open("xb") as file:
            for record in self._store.packed(numbers):
                file.write(record)
                ends.append(ends[-1] + len(record))
        bounds = np.array(ends, dtype=np.int64)
        return Records(str(path), np.stack((bounds[:-1], bounds[1:]), axis=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _SentenceHolders:
    """Who holds sentences of new articles.

    Attributes:
        keys: Of the sentences, sorted.
        hits: `asked` are places in `keys`.
        suspect: Whether a sentence may be boilerplate, by the number of those who hold it, shape of `keys`.
    """

    keys: NDArray[np.uint64]
    hits: _Hits
    suspect: NDArray[np.bool_]

    @property
    def sampled(self) -> NDArray[np.int64]:
        """Some holders of each suspect sentence, spread over all of them."""
        chosen = self.suspect[self.hits.asked]
        asked, numbers = self.hits.asked[chosen], self.hits.numbers[chosen]
        held = np.bincount(asked, minlength=self.keys.size)
        place = np.arange(asked.size) - np.repeat(np.cumsum(held) - held, held)
        size = np.minimum(held, SAMPLE)[asked]
        # The k-th of n holders is the first one of a sample of m where k * m // n is larger than it is for k - 1.
        step = place * size // held[asked]
        sampled: NDArray[np.int64] = numbers[(place == 0) | (step > (place - 1) * size // held[asked])]
        return sampled

    def elsewhere(self, at_hand: NDArray[np.int64], outlets: dict[str, int]) -> Elsewhere:
        """What is known of the holders that are not at hand."""
        away = ~np.isin(self.hits.numbers, at_hand) & self.suspect[self.hits.asked]
        held = np.bincount(self.hits.asked[away], minlength=self.keys.size)
        return Elsewhere(keys=self.keys[held > 0], holders=held[held > 0], outlets=outlets)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passages:
    """Who holds passages of new articles; the first three of shape (holdings,).

    Attributes:
        values: uint32.
        numbers: Of articles of the store.
        quoted: Whether the passage stands between quotation marks only.
        common: uint32, values that are boilerplate, sorted.
    """

    values: NDArray[np.uint32]
    numbers: NDArray[np.int64]
    quoted: NDArray[np.bool_]
    common: NDArray[np.uint32]

    def sketches(self, at_hand: NDArray[np.int64], rows: NDArray[np.void], views: frozenset[str]) -> Sketches:
        """The sketches of the articles at hand; of their passages those that a new article holds."""
        signatures = {view: _view(rows, view) if view in views else None for view in ("copy", "terms", "facts")}
        if "passages" not in views:
            return Sketches(**signatures, passages=None, passage_quoted=None, passage_offsets=None)
        order = np.lexsort((self.values, self.numbers))
        order = order[np.isin(self.numbers[order], at_hand)]
        return Sketches(
            **signatures,
            passages=self.values[order],
            passage_quoted=self.quoted[order],
            passage_offsets=np.append(0, np.searchsorted(self.numbers[order], at_hand, side="right")).astype(np.int64),
        )


def _signatures(sketches: Sketches, rows: slice) -> Sketches:
    """The signatures of some articles, without their passages."""
    return Sketches(
        copy=None if sketches.copy is None else sketches.copy[rows],
        terms=None if sketches.terms is None else sketches.terms[rows],
        facts=None if sketches.facts is None else sketches.facts[rows],
        passages=None,
        passage_quoted=None,
        passage_offsets=None,
    )


def _view(rows: NDArray[np.void], view: str) -> NDArray[np.uint32]:
    return np.ascontiguousarray(rows[view], dtype=np.uint32)


_NO_VALUES = np.zeros(0, dtype=np.uint32)
