"""The pipeline: articles in, verified pairs and clusters out. Every command runs this one.

text -> sentences and sketches -> boilerplate cut -> exact duplicates collapsed -> candidates -> gate -> features
-> verdict -> evidence -> clusters

`scan` pairs all articles with each other; `check` pairs new ones with each other and with known ones, which `know` has
read before; `compare` looks at one pair.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from newsdedup.article import Article, Skipped
from newsdedup.engine.desk import Desk
from newsdedup.engine.known import Known
from newsdedup.engine.shelf import Shelf
from newsdedup.engine.twins import exact_groups
from newsdedup.engine.workers import Engine, Progress
from newsdedup.judge import GateJudge, Judge
from newsdedup.remarks import words_at
from newsdedup.result import Checked, Comparison, Result, Verdict
from newsdedup.run import Holding, Intake, Parameters, Run, engine_for
from newsdedup.text.table import ArticleColumns
from newsdedup.verify.features import Features, pair_features
from newsdedup.verify.model import default_model, margins


def scan(
    inputs: Iterable[Article | Skipped],
    parameters: Parameters,
    *,
    version: str,
    shown: Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> Result:
    """Pairs and clusters among all articles.

    Args:
        inputs: Articles, and inputs that could not be read, in any order; ids must differ.
        version: Of newsdedup, for the result.
        shown: The parameters as the caller wants them in the result.
        progress: Called with (stage, done, total); total 0 means unknown.

    Raises:
        InputError: Two articles have one id.
        NewsdedupError: What is known of the articles does not fit into `max_memory`.
    """
    started = time.monotonic()
    intake = Intake(inputs)
    with Shelf() as shelf, engine_for(shelf, parameters, progress) as engine:
        run = Run(shelf, engine, parameters)
        run.read(intake)
        run.decide()
        return run.result(intake, run.explained(), version, shown, started)


def check(
    inputs: Iterable[Article | Skipped],
    holding: Holding | None,
    parameters: Parameters,
    *,
    version: str,
    shown: Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> Checked:
    """Pairs of new articles with known ones and with each other, as a scan of them all would report them.

    Boilerplate is what recurs among the known ones, one of the new ones counted; where nothing is known, among the new.

    Args:
        inputs: New articles, and inputs that could not be read, in any order; no id may be one of the known ones.
        holding: None where nothing is known.
        version: Of newsdedup, for the result.
        shown: The parameters as the caller wants them in the result.
        progress: Called with (stage, done, total); total 0 means unknown.

    Raises:
        InputError: Two new articles have one id.
        NewsdedupError: What is known of the articles does not fit into `max_memory`.
    """
    started = time.monotonic()
    intake = Intake(inputs)
    with Shelf() as shelf, engine_for(shelf, parameters, progress) as engine:
        run = Run(shelf, engine, parameters, holding, GateJudge)
        run.read(intake)
        run.decide()
        pairs = run.explained()
        rows = np.unique([side for each in run.found for side in (each.left, each.right)]).astype(np.int64)
        left_out = frozenset(() if holding is None else holding.left_out.tolist())
        known = tuple(id_ for row, id_ in enumerate(shelf.ids[: shelf.known]) if row not in left_out)
        return Checked(
            result=run.result(intake, pairs, version, shown, started),
            new=tuple(shelf.ids[shelf.known :]),
            known=len(known),
            texts={article.id: article for article in shelf.articles(rows.tolist())},
            sentences={shelf.ids[row]: said for row, said in zip(rows.tolist(), engine.sentences(rows), strict=True)},
            known_ids=known,
        )


@contextmanager
def know(
    inputs: Iterable[Article | Skipped], parameters: Parameters, *, progress: Progress | None = None
) -> Iterator[tuple[Known, tuple[Skipped, ...]]]:
    """Reads articles that new ones are to be held against, and compares them with each other where that says more.

    What is given holds as long as the context: the articles stand in a temporary file. The second part are the inputs
    that could not be read.
    """
    intake = Intake(inputs)
    with Shelf() as shelf:
        with engine_for(shelf, parameters, progress) as engine:
            run = Run(shelf, engine, parameters)
            run.read(intake)
            known = run.known()
        yield known, intake.sorted_skipped


def compare(left: Article, right: Article, parameters: Parameters, among: Sequence[Article] = ()) -> Comparison:
    """One pair looked at closely, whatever its verdict; the sides are swapped when their ids sort the other way.

    Args:
        among: Other articles, from which boilerplate is learned as in a scan of them all.
    """
    if right.id < left.id:
        left, right = right, left
    others = [article for article in among if article.id not in (left.id, right.id)]
    if left.id == right.id:
        right = replace(right, id=f"{right.id} (2)")
    articles = [left, right]
    both = np.arange(2)
    with Shelf.of([*articles, *others]) as shelf, Engine(shelf) as engine:
        if others:
            engine.mask, _ = engine.learn(engine.read_shelf(frozenset()))
        whole = engine.tables(both)
        mask = engine.mask.of(both)
        table = mask.cut(whole)
        desk, columns = Desk(articles.__getitem__, table), ArticleColumns.of(table)
        standing = [
            (articles[each.row].id, "boilerplate", words_at(articles[each.row], each)) for each in mask.places(whole)
        ]
        groups = exact_groups(shelf, columns, engine.cut_tables)
        model = parameters.model or default_model()
        judge = Judge(shelf, columns, groups, reported=frozenset(Verdict), min_score=0.0, model=model)
        numbers = pair_features(desk.profiles[0], desk.profiles[1])
        pair = desk.witness.pair(judge.decide(0, 1, numbers)[0])
    readings = desk.witness.readings(0, 1)
    shown: dict[str, float] = {name: float(getattr(numbers, name)) for name in Features.__slots__}
    shown |= {f"margin_{name}": value for name, value in sorted(margins(numbers, model).items())}
    cuts = [
        (article.id, cut.kind, cut.text)
        for number, article in enumerate(articles)
        for cut in desk.witness.normalized(number).cuts
    ]
    return Comparison(
        pair=pair,
        left_sentences=readings[0].sentences,
        right_sentences=readings[1].sentences,
        set_aside=tuple(cuts + standing),
        numbers=shown,
    )
