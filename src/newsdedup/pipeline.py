"""The pipeline: articles in, verified pairs and clusters out. Every command runs this one.

text -> sentences and sketches -> boilerplate cut -> exact duplicates collapsed -> candidates -> gate -> features
-> verdict -> evidence -> clusters
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article, Skipped
from newsdedup.cluster import Rank, make_clusters
from newsdedup.engine.desk import Desk
from newsdedup.engine.shelf import Shelf
from newsdedup.engine.twins import exact_groups, representatives
from newsdedup.engine.witness import Found
from newsdedup.engine.workers import MAX_MEMORY, Engine, Progress
from newsdedup.judge import COPIES_SHOWN, Judge
from newsdedup.result import REPORTED, Boilerplate, Comparison, Result, Verdict
from newsdedup.sketch.candidates import PASSAGE_STORIES, PASSAGES_AT_LEAST, VIEWS, Candidates, find_candidates
from newsdedup.sketch.lsh import Pairs, pack, unpack
from newsdedup.sketch.partners import CROWD
from newsdedup.sketch.sentences import Place, Recurring
from newsdedup.text.table import MAX_CHARACTERS, ArticleColumns, normalized_body
from newsdedup.verify.direction import parse_time
from newsdedup.verify.features import Features, FeatureTable, pair_features
from newsdedup.verify.model import MIN_LENGTH, Model, default_model, margins
from newsdedup.verify.verdict import FORM_LIKE, is_template

_SHOWN_CHARACTERS = 200
_SIDE_BY_SIDE = 4  # characters between two sentences of one passage


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
    intake = _Intake(inputs)
    tell = progress or _tell_nobody
    with Shelf() as shelf, Engine(shelf, jobs=parameters.jobs, max_memory=parameters.max_memory, tell=tell) as engine:
        reading = engine.read(intake.articles(), parameters.views)
        tell("boilerplate", 0, 0)
        mask, names = engine.learn(reading)
        reading = engine.cut(mask, reading, parameters.views)
        columns = reading.columns
        groups = exact_groups(shelf, columns, engine.cut_tables)
        days = _days(shelf) if parameters.window_days is not None else None
        tell("candidates", 0, 0)
        members, brief = representatives(columns, groups), columns.content < MIN_LENGTH
        candidates = find_candidates(
            reading.sketches, members, parameters.bucket_cap, days, parameters.window_days, brief=brief
        )
        del reading
        model = parameters.model or default_model()
        judge = Judge(shelf, columns, groups, reported=parameters.reported, min_score=parameters.min_score, model=model)
        found = _found(engine, judge, candidates, parameters)
        if days is not None and parameters.window_days is not None:
            found = [each for each in found if _within(each, days, parameters.window_days)]
        found.sort(key=lambda each: (each.left, each.right))
        pairs = engine.explain(found, columns)
        tell("clusters", 0, 0)
        return Result(
            version=version,
            inputs=len(shelf) + len(intake.skipped),
            articles=len(shelf),
            pairs=tuple(pairs),
            clusters=make_clusters(pairs, _ranks(shelf, columns, found), judge.verdicts),
            boilerplate=_listed(mask.recurring, names, shelf),
            skipped=tuple(sorted(intake.skipped, key=lambda item: (item.input, item.reason, item.detail))),
            notes=_notes(intake, columns, candidates, groups),
            parameters=dict(shown or {}),
            seconds=round(time.monotonic() - started, 3),
        )


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
            (articles[each.row].id, "boilerplate", _words(articles[each.row], each)) for each in mask.places(whole)
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


def _tell_nobody(stage: str, done: int, total: int) -> None:
    """Progress that nobody asked for."""


@dataclass(slots=True)
class _Intake:
    """What comes in: articles are passed on, the rest is kept.

    Attributes:
        cut: Articles longer than MAX_CHARACTERS.
    """

    inputs: Iterable[Article | Skipped]
    skipped: list[Skipped] = field(default_factory=list)
    cut: int = 0

    def articles(self) -> Iterator[Article]:
        for item in self.inputs:
            if isinstance(item, Skipped):
                self.skipped.append(item)
            else:
                self.cut += len(item.text) > MAX_CHARACTERS
                yield item


def _found(engine: Engine, judge: Judge, candidates: Candidates, parameters: Parameters) -> list[Found]:
    """The pairs to be reported: copies of one text, and the candidates that the judge lets through."""
    firsts = np.array([group[0] for group in judge.groups], dtype=np.int64)
    itself = engine.compare(pack(firsts, firsts), np.ones(firsts.size, dtype=bool), judge.columns)
    found = judge.identical([itself.features(place) for place in range(firsts.size)])
    pairs, passages = candidates.pairs, candidates.passages
    features = engine.compare(pairs, passages >= PASSAGES_AT_LEAST, judge.columns)
    judge.forms = _forms(pairs, features, judge.groups)
    return found + judge.decide_all(pairs, features, passages if "passages" in parameters.views else None)


def _within(pair: Found, days: NDArray[np.float64], window: float) -> bool:
    """Whether the pair is to be reported whatever its distance in time, or is near enough."""
    return pair.judgement.verdict is not Verdict.REWRITE or not abs(days[pair.left] - days[pair.right]) > window


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


def _words(article: Article, place: Place) -> str:
    """A place in the normalised text of an article, on one line, cut to a readable length."""
    words = " ".join(normalized_body(article).text[place.start : place.end].split())
    return words if len(words) <= _SHOWN_CHARACTERS else f"{words[: _SHOWN_CHARACTERS - 1]}…"


def _listed(recurring: Sequence[Recurring], names: Sequence[str | None], shelf: Shelf) -> tuple[Boilerplate, ...]:
    """What was set aside, for a person: sentences that stand side by side in as many articles are one passage."""
    out: list[Boilerplate] = []
    passage: Recurring | None = None
    for each in recurring:
        joined = (
            passage is not None
            and (passage.source, passage.row, passage.articles) == (each.source, each.row, each.articles)
            and each.start - passage.end <= _SIDE_BY_SIDE
        )
        if passage is not None and not joined:
            out.append(_boilerplate(passage, names, shelf))
        passage = replace(each, start=passage.start) if passage is not None and joined else each
    if passage is not None:
        out.append(_boilerplate(passage, names, shelf))
    return tuple(out)


def _boilerplate(passage: Recurring, names: Sequence[str | None], shelf: Shelf) -> Boilerplate:
    text = _words(shelf.article(passage.row), passage)
    return Boilerplate(source=names[passage.source], text=text, articles=passage.articles)


def _forms(pairs: Pairs, features: FeatureTable, groups: Sequence[Sequence[int]]) -> frozenset[int]:
    """Articles that tell like FORM_LIKE others of the run with which they share few facts, and their exact copies."""
    alike = features.passed & is_template(*map(features.column, ("order", "lcs", "facts_weight")))
    articles, counts = np.unique(np.concatenate(unpack(pairs[alike])), return_counts=True)
    forms = set(articles[counts >= FORM_LIKE].tolist())
    return frozenset(forms | {member for group in groups if group[0] in forms for member in group})


def _days(shelf: Shelf) -> NDArray[np.float64]:
    times = [parse_time(shelf.article(number).published)[0] for number in range(len(shelf))]
    return np.array([np.nan if moment is None else moment.timestamp() / 86_400 for moment in times])


def _notes(
    intake: _Intake, columns: ArticleColumns, candidates: Candidates, groups: Sequence[Sequence[int]]
) -> tuple[str, ...]:
    notes = [
        f"{count} over-full bucket{'s' if count > 1 else ''} in the {view} view paired with anchors only"
        for view, count in candidates.capped.items()
        if count and view != "passages"
    ]
    short = int(((columns.content < MIN_LENGTH) & (columns.tokens > 0)).sum())
    if short:
        verb = "s are" if short > 1 else " is"
        notes.append(f"{short} article{verb} under {MIN_LENGTH} content words: too short to be called a rewrite")
    if intake.cut:
        notes.append(
            f"{intake.cut} article{'s' if intake.cut > 1 else ''} compared by the first {MAX_CHARACTERS:,} characters "
            "only"
        )
    if candidates.boilerplate:
        notes.append(
            f"passages that more than {PASSAGE_STORIES} stories hold were set aside as boilerplate: "
            "excerpts through them alone are not reported"
        )
    if candidates.crowded:
        notes.append(
            f"{candidates.crowded} articles with more than {CROWD} near-copies each: paired with the closest and the "
            "first of them only"
        )
    if candidates.thinned:
        notes.append(f"{candidates.thinned} articles have too many candidates: compared with those most like them only")
    empty = int((columns.tokens == 0).sum())
    if empty:
        notes.append(f"{empty} article{'s' if empty > 1 else ''} without a word: compared with nothing")
    large = sum(len(group) > COPIES_SHOWN for group in groups)
    if large:
        notes.append(
            f"{large} group{'s' if large > 1 else ''} of more than {COPIES_SHOWN} identical texts: "
            "each paired with the first only"
        )
    return tuple(sorted(notes))
