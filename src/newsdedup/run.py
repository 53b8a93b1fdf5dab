"""One run of the pipeline, stage by stage; what the commands have in common."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article, Skipped
from newsdedup.cluster import Rank, make_clusters
from newsdedup.engine.known import Known
from newsdedup.engine.reading import Reading
from newsdedup.engine.shelf import Shelf
from newsdedup.engine.twins import exact_groups, representatives
from newsdedup.engine.witness import Found
from newsdedup.engine.workers import MAX_MEMORY, Engine, Progress
from newsdedup.judge import Judge
from newsdedup.remarks import Remarks, listed, remarks_of
from newsdedup.result import REPORTED, Boilerplate, Pair, Result, Verdict
from newsdedup.sketch.boilerplate import NOTHING_ELSEWHERE, Elsewhere, Learned
from newsdedup.sketch.candidates import PASSAGES_AT_LEAST, VIEWS, Beside, find_candidates
from newsdedup.sketch.lsh import pack, unpack
from newsdedup.text.table import MAX_CHARACTERS, ArticleColumns
from newsdedup.verify.direction import parse_time
from newsdedup.verify.features import FeatureTable
from newsdedup.verify.model import MIN_LENGTH, Model, default_model
from newsdedup.verify.verdict import FORM_LIKE, is_template


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What steers a run.

    Attributes:
        views: Of `copy`, `terms`, `facts`, `passages`.
        min_score: Score below which derived pairs are not reported, 0..1; below 0.5 no pair is called derived.
        reported: Verdicts to report.
        bucket_cap: Members above which a bucket is paired as a star.
        window_days: Rewrites are looked for among articles published at most this far apart, when both times are
            known; copies over everything. None for any distance.
        max_memory: Bytes that the run may take, about; the result is the same for any number.
        jobs: Worker processes; the result is the same for any number.
        model: What scores pairs; None for the model that ships.
    """

    views: frozenset[str] = frozenset(VIEWS)
    min_score: float = 0.7
    reported: frozenset[Verdict] = frozenset(REPORTED)
    bucket_cap: int = 200
    window_days: float | None = None
    max_memory: int = MAX_MEMORY
    jobs: int = 1
    model: Model | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Known articles that new ones are held against: all of them, or those that are near.

    Attributes:
        known: The articles.
        left_out: int64, numbers of those that are compared with nothing, since they are among the new ones as well.
        elsewhere: What boilerplate is learned by from articles that are not at hand.
        common: uint32, passage values that are boilerplate, sorted, as `sketch.candidates.Beside` takes them.
        long_here: Which known articles have been here for longer than the window, shape (articles,): where a time of
            publication is unknown, it is when articles came that tells their distance. None where that is unknown.
    """

    known: Known
    left_out: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    elsewhere: Elsewhere = NOTHING_ELSEWHERE
    common: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, dtype=np.uint32))
    long_here: NDArray[np.bool_] | None = None

    def near(self, reading: Reading, shelf: Shelf) -> Holding:
        """All of them: they are held in memory."""
        return self


class Index(Protocol):
    """Answers which known articles are near new ones; `Holding` does in memory, `ingest.near.StoreIndex` on disk."""

    def near(self, reading: Reading, shelf: Shelf) -> Holding:
        """Known articles that every new one is to be held against, no fewer than those it could match.

        Args:
            reading: Of the new articles, boilerplate not cut.
            shelf: The new articles alone.
        """


@dataclass(slots=True)
class Intake:
    """What comes in: articles are passed on, the rest is kept.

    Attributes:
        too_long: Articles longer than MAX_CHARACTERS.
    """

    inputs: Iterable[Article | Skipped]
    skipped: list[Skipped] = field(default_factory=list)
    too_long: int = 0

    def articles(self) -> Iterator[Article]:
        """The articles, as they come."""
        for item in self.inputs:
            if isinstance(item, Skipped):
                self.skipped.append(item)
            else:
                self.too_long += len(item.text) > MAX_CHARACTERS
                yield item

    @property
    def sorted_skipped(self) -> tuple[Skipped, ...]:
        """The inputs that could not be read, each once, though it may be reached as a new one and as a known one."""
        return tuple(sorted(set(self.skipped), key=lambda item: (item.input, item.reason, item.detail)))


def engine_for(shelf: Shelf, parameters: Parameters, progress: Progress | None) -> Engine:
    """An engine as the parameters say."""
    return Engine(shelf, jobs=parameters.jobs, max_memory=parameters.max_memory, tell=progress)


class Run:
    """One run: what is known of its articles, stage by stage.

    Attributes:
        columns: Of all articles, boilerplate cut.
        found: Pairs to be reported, in the order of their ids.
        likenesses: int32, how many other texts each article tells like without sharing their facts, shape (articles,).
    """

    def __init__(
        self,
        shelf: Shelf,
        engine: Engine,
        parameters: Parameters,
        index: Index | None = None,
        judge: type[Judge] = Judge,
    ) -> None:
        self._judge = judge
        self.shelf = shelf
        self.engine = engine
        self.parameters = parameters
        self.index = index
        self.holding: Holding | None = None

    def read(self, intake: Intake) -> None:
        """Reads the articles, learns what recurs among them, and finds the pairs that are to be compared."""
        shelf, engine, parameters = self.shelf, self.engine, self.parameters
        reading = engine.read(intake.articles(), parameters.views)
        if self.index is not None:
            engine.tell("known articles", 0, 0)
            self.holding = self.index.near(reading, shelf)
            engine.stand_behind(self.holding.known)
        self.fresh = None if self.holding is None else np.arange(len(shelf)) >= shelf.known
        engine.tell("boilerplate", 0, 0)
        before = None
        self.lengths = reading.columns.content
        if self.holding is not None and self.fresh is not None:
            known = self.holding.known
            self.lengths = np.concatenate((known.lengths, self.lengths))
            reading = known.beside(reading)
            reading.columns.tokens[self.holding.left_out] = 0  # articles without words are compared with nothing
            before = Learned(
                keys=known.boilerplate,
                fresh=self.fresh,
                lengths=self.lengths,
                vouching=self._judge.vouching,
                elsewhere=self.holding.elsewhere,
            )
        self.mask, self.outlets = engine.learn(reading, before)
        self.lengths = self.lengths.copy()  # `cut` changes the columns where they stand
        reading = engine.cut(self.mask, reading, parameters.views)
        self.columns = reading.columns
        self.groups = exact_groups(shelf, self.columns, engine.cut_tables, self.fresh)
        self.days = self.publication_days() if parameters.window_days is not None else None
        engine.tell("candidates", 0, 0)
        self.candidates = find_candidates(
            reading.sketches,
            representatives(self.columns, self.groups),
            parameters.bucket_cap,
            self.days,
            parameters.window_days,
            brief=self.columns.content < MIN_LENGTH,
            beside=self._beside(),
        )
        self.reading: Reading | None = reading

    def _beside(self) -> Beside | None:
        """Which articles are new, and the stories of the others; the first of a group stands for all of it."""
        if self.holding is None or self.fresh is None:
            return None
        fresh = self.fresh.copy()
        for group in self.groups:
            fresh[group[0]] |= self.fresh[group].any()
        stories = np.concatenate((self.holding.known.stories, np.flatnonzero(self.fresh)))
        return Beside(fresh=fresh, stories=stories, common=self.holding.common, vouching=self._judge.vouching)

    def decide(self) -> None:
        """Compares the candidates and decides which pairs are reported."""
        self.reading = None
        model = self.parameters.model or default_model()
        self.judge = judge = self._judge(
            self.shelf,
            self.columns,
            self.groups,
            reported=self.parameters.reported,
            min_score=self.parameters.min_score,
            model=model,
            fresh=self.fresh,
        )
        firsts = np.array([group[0] for group in self.groups], dtype=np.int64)
        itself = self.engine.compare(pack(firsts, firsts), np.ones(firsts.size, dtype=bool), self.columns)
        found = judge.identical([itself.features(place) for place in range(firsts.size)])
        features = self.compared()
        self.likenesses = self._likenesses(features)
        judge.forms = frozenset(np.flatnonzero(self.likenesses >= FORM_LIKE).tolist())
        passages = self.candidates.passages if "passages" in self.parameters.views else None
        found += judge.decide_all(self.candidates.pairs, features, passages)
        ids = self.shelf.ids
        self.found = sorted(filter(self._within, found), key=lambda each: (ids[each.left], ids[each.right]))

    def compared(self) -> FeatureTable:
        """Features of the candidates."""
        candidates = self.candidates
        return self.engine.compare(candidates.pairs, candidates.passages >= PASSAGES_AT_LEAST, self.columns)

    def _likenesses(self, features: FeatureTable) -> NDArray[np.int32]:
        """How many other texts each article tells like without sharing their facts, as forms do, shape (articles,)."""
        alike = features.passed & is_template(*map(features.column, ("order", "lcs", "facts_weight")))
        pairs, first = self.candidates.pairs[alike], self.shelf.known
        if first and not self._judge.vouching:
            pairs = pairs[unpack(pairs)[0] < first]
        counts = np.bincount(np.concatenate(unpack(pairs)), minlength=len(self.shelf))
        if self.holding is not None:
            new = counts[:first] if self._judge.vouching else np.minimum(counts[:first], 1)
            counts[:first] = self.holding.known.likenesses + new
        for group in self.groups:
            counts[group] = counts[group].max()
        return counts.astype(np.int32)

    def known(self) -> Known:
        """What is kept of the articles for later runs."""
        shelf, reading = self.shelf, self.reading
        if reading is None:
            raise ValueError("the candidates were decided on; what was read is gone")
        self.reading = None
        return Known(
            ids=shelf.ids,
            sources=shelf.sources,
            url_keys=np.array(shelf.url_keys, dtype=np.uint64),
            days=self.publication_days() if self.days is None else self.days,
            lengths=self.lengths,
            reading=reading,
            boilerplate=self.mask.keys,
            stories=self.stories(),
            likenesses=self._likenesses(self.compared()),
            records=shelf.in_file(),
        )

    def stories(self) -> NDArray[np.int64]:
        """Number of an article of the same story for each article, shape (articles,): near-copies have one number."""
        stories = np.where(self.candidates.stories < 0, np.arange(len(self.shelf)), self.candidates.stories)
        for group in self.groups:
            stories[group] = stories[group[0]]
        return stories

    def explained(self) -> list[Pair]:
        """The pairs found, with their evidence."""
        return self.engine.explain(self.found, self.columns)

    def result(
        self,
        intake: Intake,
        pairs: list[Pair],
        version: str,
        shown: Mapping[str, object] | None,
        started: float,
    ) -> Result:
        """What is reported."""
        shelf, skipped = self.shelf, intake.sorted_skipped
        self.engine.tell("clusters", 0, 0)
        return Result(
            version=version,
            inputs=len(shelf) + len(skipped),
            articles=len(shelf),
            pairs=tuple(pairs),
            clusters=make_clusters(pairs, _ranks(shelf, self.columns, self.found), self.judge.verdicts),
            boilerplate=self.set_aside(),
            skipped=skipped,
            notes=self.remarks(intake).lines(),
            parameters=dict(shown or {}),
            seconds=round(time.monotonic() - started, 3),
        )

    def set_aside(self) -> tuple[Boilerplate, ...]:
        """The passages that were cut from new articles."""
        return listed(self.mask.recurring, self.outlets, self.shelf)

    def remarks(self, intake: Intake) -> Remarks:
        """What a reader of the results should know."""
        own = self.columns.take(np.arange(self.shelf.known, len(self.shelf)))
        return remarks_of(intake.too_long, own, self.candidates, self.judge.starred)

    def publication_days(self) -> NDArray[np.float64]:
        """Time of publication of each article in days, NaN where it is unknown."""
        shelf = self.shelf
        own = days_of(shelf.articles(range(shelf.known, len(shelf))))
        return own if self.holding is None else np.concatenate((self.holding.known.days, own))

    def _within(self, pair: Found) -> bool:
        """Whether the pair is to be reported whatever its distance in time, or is near enough."""
        window = self.parameters.window_days
        if window is None or self.days is None or pair.judgement.verdict is not Verdict.REWRITE:
            return True
        distance = abs(self.days[pair.left] - self.days[pair.right])
        if np.isnan(distance) and self.holding is not None and self.holding.long_here is not None:
            long_here = self.holding.long_here
            return not any(side < long_here.size and long_here[side] for side in (pair.left, pair.right))
        return not distance > window


def days_of(articles: Iterable[Article]) -> NDArray[np.float64]:
    """Time of publication of each article in days since 1970, NaN where it is unknown."""
    times = (parse_time(article.published)[0] for article in articles)
    return np.array([np.nan if moment is None else moment.timestamp() / 86_400 for moment in times])


def _ranks(shelf: Shelf, columns: ArticleColumns, found: Sequence[Found]) -> Callable[[str], Rank]:
    numbers = {shelf.ids[number]: number for pair in found for number in (pair.left, pair.right)}

    def rank(name: str) -> Rank:
        number = numbers[name]
        published, day_only = parse_time(shelf.article(number).published)
        return Rank(
            published=published.timestamp() if published else None,
            day_only=day_only,
            length=int(columns.tokens[number]),
            sentences=int(columns.sentences[number]),
        )

    return lru_cache(maxsize=None)(rank)
