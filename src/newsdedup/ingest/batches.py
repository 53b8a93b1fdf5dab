"""One batch of articles through the pipeline and into the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.cluster import Compared
from newsdedup.engine.shelf import Shelf
from newsdedup.engine.workers import Progress
from newsdedup.ingest.clock import can_be_true
from newsdedup.ingest.columns import rows_of, sentence_entries, sketch_entries, sketches_of
from newsdedup.ingest.keys import Keys, corrections, keys_of
from newsdedup.ingest.near import StoreIndex
from newsdedup.ingest.packing import packed_sentences
from newsdedup.ingest.pairs import pair_bytes
from newsdedup.ingest.replaced import copies_of_replaced
from newsdedup.ingest.unkept import pair_of_same_words, same_words
from newsdedup.ingest.versions import Placed, Standing, Told, news, outdone, version_roots
from newsdedup.judge import COPIES_SHOWN
from newsdedup.remarks import Remarks
from newsdedup.result import REPORTED, Boilerplate, Pair, Verdict
from newsdedup.run import Intake, Parameters, Run, engine_for
from newsdedup.sketch.views import Sketches
from newsdedup.store.entries import joined
from newsdedup.store.nouns import Arrival, Batch, ComparedRow, KeepText, MatchRow
from newsdedup.store.rows import DAY, ROW
from newsdedup.store.writer import Writer
from newsdedup.text.table import normalized_body


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """The articles of a batch, told apart by what the store has.

    Attributes:
        new: Under ids of their own, with their keys.
        met: Identity of each article, in the order met.
        known: Number of each identity that the store has.
        untimely: New articles whose time of publication cannot be true; they are without one.
    """

    new: Mapping[str, tuple[Article, Keys]]
    met: Sequence[bytes]
    known: Mapping[bytes, int]
    untimely: int

    @property
    def repeated(self) -> int:
        """Articles that are there already, in the store or before them in the batch."""
        return len(self.met) - len(self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of a batch.

    Attributes:
        new: Articles that were not there.
        versions: New texts of articles that were.
        repeated: Articles that were there already.
    """

    new: int = 0
    versions: int = 0
    repeated: int = 0
    remarks: Remarks = field(default_factory=Remarks)
    boilerplate: tuple[Boilerplate, ...] = ()


def told_apart(store: Writer, articles: Sequence[Article]) -> Sorted:
    """Which articles are new. Of one text at one place the first of a batch counts."""
    keys = [keys_of(article) for article in articles]
    known = store.by_identity([each.identity for each in keys])
    fresh: dict[bytes, tuple[Article, Keys]] = {}
    for article, each in zip(articles, keys, strict=True):
        if each.identity not in known:
            fresh.setdefault(each.identity, (article, each))
    untimely = [key for key, (article, _) in fresh.items() if not can_be_true(article.published, store.time)]
    fresh |= {key: (replace(fresh[key][0], published=None), fresh[key][1]) for key in untimely}
    taken = set(store.numbers_of([article.id for article, _ in fresh.values()]))
    new: dict[str, tuple[Article, Keys]] = {}
    last: dict[str, int] = {}
    for article, each in fresh.values():
        name = article.id
        while name in taken or name in new or (name != article.id and store.numbers_of([name])):
            last[article.id] = (last.get(article.id) or store.last_copy(article.id)) + 1
            name = f"{article.id}~{last[article.id]}"
        new[name] = (replace(article, id=name), each)
    return Sorted(new=new, met=[each.identity for each in keys], known=known, untimely=len(untimely))


def ingest_batch(
    store: Writer, run_number: int, articles: Sequence[Article], parameters: Parameters, progress: Progress | None
) -> Written:
    """Finds what is new and what it repeats, and writes both in one transaction."""
    batch = told_apart(store, articles)
    if not batch.new or _brings_back(store, batch):
        # What is new is held against the texts that are current now.
        store.add(_sightings(store, run_number, batch))
    if not batch.new:
        return Written(repeated=batch.repeated)
    with (
        StoreIndex(
            store,
            views=parameters.views,
            window_days=parameters.window_days,
            today=store.time / DAY,
        ) as index,
        Shelf() as shelf,
        engine_for(shelf, parameters, progress) as engine,
    ):
        run = Run(shelf, engine, parameters, index)
        intake = Intake(article for article, _ in batch.new.values())
        run.read(intake)
        made = _Made(store, run_number, batch, run, index)
        run.decide()
        written = made.batch(run.explained())
        store.add(written)
        fresh = {each.number for each in written.arrivals}
        versions = sum(number in fresh and number != root for number, root in written.versions.items())
        return Written(
            new=len(fresh) - versions,
            versions=versions,
            repeated=batch.repeated,
            remarks=run.remarks(intake)
            + Remarks(
                unkept=index.unkept.size - made.same_words.known.size, repeating=made.repeating, untimely=batch.untimely
            ),
            boilerplate=run.set_aside(),
        )


class _Made:
    """What is written of a batch; made once its articles are read, since a decided run forgets their sketches.

    Attributes:
        same_words: New articles and known ones whose texts are not kept.
        repeating: New articles that repeat nothing but a text that was replaced.
    """

    def __init__(self, store: Writer, run_number: int, batch: Sorted, run: Run, index: StoreIndex) -> None:
        reading = run.reading
        if reading is None:
            raise ValueError("the run has decided already")
        self._store = store
        self._run_number = run_number
        self._batch = batch
        self._run = run
        self._index = index
        self._known = known = run.shelf.known
        self._own = np.arange(known, len(run.shelf))
        self._numbers = np.concatenate((index.numbers, store.next_number + np.arange(self._own.size)))
        self._number_of = dict(zip(run.shelf.ids, self._numbers.tolist(), strict=True))
        sketches = sketches_of(reading.sketches, known, len(run.shelf))
        self._recurring = np.setdiff1d(run.mask.keys, index.recurring)
        sentences = reading.sentences.where(np.flatnonzero(reading.sentences.article >= known))
        self._entries = joined(
            [
                sketch_entries(sketches, self._numbers[known:]),
                sentence_entries(sentences, self._numbers, run.mask.keys),
            ]
        )
        self._rows = self._made_rows(sketches)
        found = same_words(self._rows, index.unkept, store.rows(index.unkept))
        self.same_words = found.no_more_than(COPIES_SHOWN)
        self._repeating = copies_of_replaced(
            store, self._entries, self._rows, first=store.next_number, replaced=index.gone
        )
        self.repeating = 0
        self._same_stored = store.stored(self.same_words.known)
        self._sentences = packed_sentences(reading.sentences, known, self._own.size)

    def _made_rows(self, sketches: Sketches) -> NDArray[np.void]:
        run, own = self._run, self._own
        days = run.publication_days() if run.days is None else run.days
        url_keys = np.array(run.shelf.url_keys, dtype=np.uint64)
        return rows_of(
            sketches,
            run.columns.take(own),
            days=days[own],
            url_keys=url_keys[own],
            lengths=run.lengths[own],
            seen=self._store.time / DAY,
        )

    def batch(self, pairs: Sequence[Pair]) -> Batch:
        """Everything that is written.

        Args:
            pairs: Those of `run.found`.
        """
        run, store, batch, known = self._run, self._store, self._batch, self._known
        numbers = self._numbers.tolist()
        own = run.shelf.articles(self._own.tolist())
        by_identity = dict(batch.known)
        for article in own:
            by_identity[batch.new[article.id][1].identity] = self._number_of[article.id]
        met = [by_identity[identity] for identity in batch.met]
        pairs = [*pairs, *self._pairs_of_same_words(own)]
        verdicts = self._verdicts(run.judge.verdicts)
        roots = self._version_roots(met, verdicts)
        stories = self._stories()
        likenesses = run.likenesses.tolist()
        keep = store.keep_text
        arrivals = [
            Arrival(
                article=kept_article(article, keep),
                number=numbers[place],
                identity=batch.new[article.id][1].identity,
                place=batch.new[article.id][1].place,
                root=numbers[place],
                story=stories[place],
                likenesses=likenesses[place],
                sentences=sentences,
            )
            for place, article, sentences in zip(range(known, len(numbers)), own, self._sentences, strict=True)
        ]
        stored = self._index.stored
        matches = self._matches(pairs, roots, met)
        return Batch(
            run=self._run_number,
            time=store.time,
            arrivals=arrivals,
            rows=self._rows,
            entries=self._entries,
            seen_again=[number for number in met if number < store.next_number],
            met=met,
            matches=matches,
            compared=self._compared(verdicts, matches),
            recurring=self._recurring,
            stories={old.story: stories[place] for place, old in enumerate(stored) if stories[place] != old.story},
            likenesses={
                old.number: likenesses[place] for place, old in enumerate(stored) if likenesses[place] != old.likenesses
            },
            versions=roots,
        )

    @staticmethod
    def _compared(verdicts: Mapping[tuple[int, int], Verdict], matches: Sequence[MatchRow]) -> list[ComparedRow]:
        """What bears on the clusters and is no match: other tellings, templates, and copies that score too low."""
        matched = {(match.left, match.right) for match in matches if match.verdict in REPORTED}
        return [
            ComparedRow(left=left, right=right, verdict=str(verdict))
            for (left, right), verdict in sorted(verdicts.items())
            if (left, right) not in matched
        ]

    def _verdicts(self, compared: Sequence[Compared]) -> dict[tuple[int, int], Verdict]:
        """The verdicts on pairs of numbers, the smaller one first."""
        found: dict[tuple[int, int], Verdict] = {}
        for each in compared:
            sides = sorted(self._number_of[side] for side in (each.left, each.right))
            found[sides[0], sides[1]] = each.verdict
        first = self._store.next_number
        for new, number in zip(self.same_words.new.tolist(), self.same_words.numbers.tolist(), strict=True):
            found[number, first + new] = Verdict.IDENTICAL
        return found

    def _pairs_of_same_words(self, own: Sequence[Article]) -> list[Pair]:
        """Pairs of new articles with those that have their words and whose texts are not kept."""
        numbers = self.same_words.known
        known = dict(zip(numbers.tolist(), self._store.articles(numbers), strict=True))
        self._number_of |= {article.id: number for number, article in known.items()}
        sides = zip(self.same_words.new.tolist(), self.same_words.numbers.tolist(), strict=True)
        return [pair_of_same_words(own[new], known[number], int(self._rows["tokens"][new])) for new, number in sides]

    def _version_roots(self, met: Sequence[int], verdicts: Mapping[tuple[int, int], Verdict]) -> dict[int, int]:
        places = {each.identity: each.place for _, each in self._batch.new.values()}
        arrivals: dict[int, Placed] = {}
        for identity, number in zip(self._batch.met, met, strict=True):
            place = places.get(identity)
            if place is not None:
                arrivals.setdefault(number, Placed(number=number, place=place, root=number))
        asked = sorted({each.place for each in arrivals.values()})
        kept = [
            Placed(number=each.number, place=place, root=each.root)
            for place, texts in self._store.at_places(asked).items()
            for each in texts
        ]
        return version_roots(list(arrivals.values()), kept, verdicts)

    def _stories(self) -> list[int]:
        """Number of the story of each article in the store, shape (articles,)."""
        linked = self._run.stories()
        stories = np.array([each.story for each in self._index.stored], dtype=np.int64)
        stories = np.concatenate((stories, self._numbers[self._known :]))
        same = {each.number: each.story for each in self._same_stored}
        for new, number in zip(self.same_words.new.tolist(), self.same_words.numbers.tolist(), strict=True):
            stories[self._known + new] = min(stories[self._known + new], same[number])
        least = np.full(linked.size, np.iinfo(np.int64).max)
        np.minimum.at(least, linked, stories)
        found: list[int] = least[linked].tolist()
        return found

    def _count_repeating(self, standing: Standing, matched: Collection[tuple[int, int]]) -> None:
        roots = {each.number: each.root for each in self._store.stored(self._repeating.replaced)}
        sides = zip(self._repeating.new.tolist(), self._repeating.replaced.tolist(), strict=True)
        found = ((new, standing.roots(new, roots[replaced])) for new, replaced in sides)
        self.repeating = len({new for new, (one, other) in found if one != other and (one, other) not in matched})

    def _matches(self, pairs: Sequence[Pair], roots: Mapping[int, int], met: Sequence[int]) -> list[MatchRow]:
        sides = [(self._number_of[pair.left], self._number_of[pair.right]) for pair in pairs]
        standing = Standing(self._store, [*self._index.stored, *self._same_stored], roots, met)
        asked = [
            Told(
                roots=standing.roots(*each),
                verdict=pair.verdict,
                replaced=sum(map(standing.is_replaced, each)),
            )
            for pair, each in zip(pairs, sides, strict=True)
        ]
        self._count_repeating(standing, {each.roots for each in asked})
        before = standing.told_before(asked)
        told = news(asked, (each.told for each in before))
        rows = outdone(before, [pair for pair, is_news in zip(asked, told, strict=True) if is_news])
        for pair, each, version, is_news in zip(pairs, sides, asked, told, strict=True):
            shown = as_version(pair) if version.roots[0] == version.roots[1] else pair
            rows.append(
                MatchRow(
                    left=min(each),
                    right=max(each),
                    verdict=str(shown.verdict),
                    score=shown.score,
                    pair=pair_bytes(shown),
                    told=None if is_news else 0,
                )
            )
        return rows


def as_version(pair: Pair) -> Pair:
    """The pair of two texts of one article."""
    if pair.verdict is Verdict.IDENTICAL:
        return pair
    reasons = ("two texts of one article, found at one place", *pair.reasons)
    return replace(pair, verdict=Verdict.REVISION, reasons=reasons)


def kept_article(article: Article, keep: KeepText) -> Article:
    """The article with as much of its text as is kept; its corrections, by which it is known again, are."""
    if keep is KeepText.FULL:
        return article
    if keep is KeepText.NONE:
        return replace(article, text="")
    body = normalized_body(article)
    return replace(article, text="\n\n".join((*corrections(body), body.text)))


def _brings_back(store: Writer, batch: Sorted) -> bool:
    """Whether a text was met again that another version had replaced."""
    return not all(each.current for each in store.stored(sorted(batch.known.values())))


def _sightings(store: Writer, run_number: int, batch: Sorted) -> Batch:
    """What is known of a batch, written on its own."""
    met = [batch.known[identity] for identity in batch.met if identity in batch.known]
    return Batch(
        run=run_number,
        time=store.time,
        arrivals=(),
        rows=np.zeros(0, dtype=ROW),
        entries=joined([]),
        seen_again=met,
        met=met,
        matches=(),
        compared=(),
        recurring=np.zeros(0, dtype=np.uint64),
        stories={},
        likenesses={},
        versions={},
    )
