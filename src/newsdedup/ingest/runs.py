"""One run: everything that came in, a batch at a time, and what is to be told of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice

from newsdedup.article import Article, Skipped
from newsdedup.engine.workers import Progress
from newsdedup.ingest.batches import ingest_batch
from newsdedup.ingest.clusters import Around, renew_around
from newsdedup.ingest.reports import News, news_of, untold
from newsdedup.remarks import Remarks
from newsdedup.result import CLOCK_AHEAD, Boilerplate, Result, RunFigures
from newsdedup.run import Intake, Parameters
from newsdedup.store.rows import DAY
from newsdedup.store.writer import Writer

BATCH_ARTICLES = 4096
"""Articles written in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What one run found, and what is to be told of it.

    Attributes:
        result: Pairs and clusters that were not told before, those of a run that was killed among them.
    """

    result: Result
    news: News
    store: Writer
    run: int

    def told(self) -> None:
        """Marks what the result says as told, so that no later run tells it again; call it once it is delivered."""
        self.news.told(self.store, self.run)


def ingest(
    inputs: Iterable[Article | Skipped],
    store: Writer,
    parameters: Parameters,
    *,
    wall: float,
    version: str,
    shown: Mapping[str, object],
    progress: Progress | None = None,
) -> Ingested:
    """Adds what is new to the store and finds what it repeats.

    Args:
        inputs: Articles, and inputs that could not be read; ids may come out twice.
        wall: Seconds since 1970 as the machine has it.
        version: Of newsdedup, for the result.
        shown: The parameters as the caller wants them in the result.
        progress: Called with (stage, done, total); total 0 means unknown.
    """
    started = time.monotonic()
    run = store.begin_run(wall)
    intake = Intake(inputs)
    read = new = versions = repeated = 0
    remarks = Remarks()
    boilerplate: dict[tuple[str | None, str], Boilerplate] = {}
    for batch in _batches(intake.articles()):
        written = ingest_batch(store, run, batch, parameters, progress)
        store.merge()
        read += len(batch)
        new, versions, repeated = new + written.new, versions + written.versions, repeated + written.repeated
        remarks += written.remarks
        boilerplate |= {(each.source, each.text): each for each in written.boilerplate}
    renewed = Around(store, store.tied_since(store.clustered))
    renew_around(store, run, renewed)
    found = news_of(store, untold(store), parameters.reported, parameters.min_score, renewed)
    skipped = intake.sorted_skipped
    notes = remarks.lines()
    seconds = round(time.monotonic() - started, 3)
    figures = RunFigures(
        run=run,
        read=read,
        new=new,
        versions=versions,
        repeated=repeated,
        matched=len(found.pairs),
        skipped=len(skipped),
        seconds=seconds,
        store_articles=len(store),
        store_bytes=store.bytes_on_disk(),
    )
    ahead = (store.time - wall) / DAY
    if ahead > 1:
        day = datetime.fromtimestamp(store.time, UTC).date()
        notes += (f"{CLOCK_AHEAD} at {day} and waits there: this machine's is {ahead:,.0f} days behind it",)
    store.end_run(run, wall + seconds, figures_kept(figures))
    result = Result(
        version=version,
        inputs=read + len(skipped),
        articles=new + versions,
        pairs=found.pairs,
        clusters=found.clusters,
        boilerplate=tuple(boilerplate[key] for key in sorted(boilerplate, key=lambda key: (key[0] or "", key[1]))),
        skipped=skipped,
        notes=tuple(sorted(notes)),
        parameters=dict(shown),
        seconds=seconds,
        figures=figures,
    )
    return Ingested(result=result, news=found, store=store, run=run)


def figures_kept(figures: RunFigures) -> dict[str, object]:
    """The figures of a run as its row in the store has them."""
    names = ("read", "new", "versions", "repeated", "matched", "skipped", "seconds")
    return {name: getattr(figures, name) for name in names}


def _batches(articles: Iterator[Article]) -> Iterator[list[Article]]:
    for first in articles:
        yield list(chain((first,), islice(articles, BATCH_ARTICLES - 1)))
