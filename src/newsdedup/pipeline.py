"""The pipeline: articles in, verified pairs and clusters out. Every command runs this one.

text table -> exact duplicates collapsed -> sketches -> candidates -> gate -> features -> verdict -> evidence
-> clusters
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article, Skipped
from newsdedup.cluster import make_clusters
from newsdedup.errors import InputError
from newsdedup.judge import COPIES_SHOWN, Judge, words_of
from newsdedup.result import REPORTED, Boilerplate, Comparison, Pair, Result, Verdict
from newsdedup.sketch.boilerplate import Place, Recurring, cut_boilerplate, find_boilerplate, source_numbers
from newsdedup.sketch.candidates import PASSAGE_STORIES, PASSAGES_AT_LEAST, VIEWS, Candidates, find_candidates
from newsdedup.sketch.lsh import Pairs, unpack
from newsdedup.text.table import MAX_CHARACTERS, ArticleTable, keep_tokens, normalized_body, slice_table
from newsdedup.verify.direction import parse_time
from newsdedup.verify.features import Features, pair_features
from newsdedup.verify.model import MIN_LENGTH, Model, default_model, margins
from newsdedup.verify.verdict import FORM_LIKE, is_template
from newsdedup.workers import Engine

Progress = Callable[[str, int, int], None]

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
        jobs: Worker processes; the result is the same for any number.
        model: What scores pairs; None for the model that ships.
    """

    views: frozenset[str] = frozenset(VIEWS)
    min_score: float = 0.7
    reported: frozenset[Verdict] = frozenset(REPORTED)
    bucket_cap: int = 200
    window_days: float | None = None
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
    """
    started = time.monotonic()
    tell: Progress = progress or (lambda stage, done, total: None)
    articles: list[Article] = []
    skipped: list[Skipped] = []
    for item in inputs:
        if isinstance(item, Skipped):
            skipped.append(item)
        else:
            articles.append(item)
            if len(articles) % 512 == 0:
                tell("reading", len(articles), 0)
    articles.sort(key=lambda article: article.id)
    for first, second in pairwise(articles):
        if first.id == second.id:
            places = f"{first.origin or 'one article'} and {second.origin or 'another'}"
            raise InputError(f'two articles have the id "{first.id}" ({places}); give each its own id')
    with Engine(parameters.jobs) as engine:
        table, sketches = engine.read(articles, parameters.views, tell)
        sources, names = source_numbers([article.source for article in articles])
        standing = find_boilerplate(table, sources, names)
        table, sketches = cut_boilerplate(table, sketches, standing)
        groups = exact_groups(table)
        members = np.array([group[0] for group in groups], dtype=np.int64)
        days = _days(articles) if parameters.window_days is not None else None
        tell("candidates", 0, 0)
        candidates = find_candidates(sketches, members, parameters.bucket_cap, days, parameters.window_days)
        del sketches
        features = engine.compare(table, candidates.pairs, candidates.passages >= PASSAGES_AT_LEAST, tell)
    model = parameters.model or default_model()
    judged = Judge(articles, table, parameters.reported, parameters.min_score, model)
    judged.forms = _forms(candidates.pairs, features, groups)
    found = judged.identical(groups)
    left, right = unpack(candidates.pairs)
    shared = candidates.passages.tolist() if "passages" in parameters.views else None
    found += judged.decide_all(left.tolist(), right.tolist(), features, shared)
    if days is not None and parameters.window_days is not None:
        window = parameters.window_days
        found = [
            pair
            for pair in found
            if pair.judgement.verdict is not Verdict.REWRITE or not abs(days[pair.left] - days[pair.right]) > window
        ]
    pairs: list[Pair] = []
    for pair in found:
        pairs.append(judged.pair(pair))
        if len(pairs) % 64 == 0:
            tell("evidence", len(pairs), len(found))
    pairs.sort(key=lambda pair: (pair.left, pair.right))
    ranks = {article.id: judged.rank(number) for number, article in enumerate(articles)}
    return Result(
        version=version,
        inputs=len(articles) + len(skipped),
        articles=len(articles),
        pairs=tuple(pairs),
        clusters=make_clusters(pairs, ranks.__getitem__, judged.verdicts),
        boilerplate=_listed(standing.recurring, names, articles),
        skipped=tuple(sorted(skipped, key=lambda item: (item.input, item.reason, item.detail))),
        notes=_notes(articles, table, candidates, groups),
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
    with Engine(1) as engine:
        table, _ = engine.read([*articles, *others], frozenset(), lambda stage, done, total: None)
    standing: list[tuple[str, str, str]] = []
    if others:
        sources, names = source_numbers([article.source for article in (*articles, *others)])
        mask = find_boilerplate(table, sources, names)
        standing = [
            (articles[each.row].id, "boilerplate", _words(articles[each.row], each))
            for each in mask.sentences(slice_table(table, 0, 2))
        ]
        table = keep_tokens(table, mask.kept)
    model = parameters.model or default_model()
    judged = Judge(articles, slice_table(table, 0, 2), frozenset(Verdict), 0.0, model)  # whatever its score
    numbers = pair_features(judged.profiles[0], judged.profiles[1])
    pair = judged.pair(judged.decide(0, 1, numbers)[0])
    readings = judged.readings(0, 1)
    shown: dict[str, float] = {name: float(getattr(numbers, name)) for name in Features.__slots__}
    shown |= {f"margin_{name}": value for name, value in sorted(margins(numbers, judged.model).items())}
    cuts = [
        (article.id, cut.kind, cut.text)
        for number, article in enumerate(articles)
        for cut in judged.normalized(number).cuts
    ]
    return Comparison(
        pair=pair,
        left_sentences=readings[0].sentences,
        right_sentences=readings[1].sentences,
        set_aside=tuple(cuts + standing),
        numbers=shown,
    )


def _words(article: Article, place: Place) -> str:
    """A place in the normalised text of an article, on one line, cut to a readable length."""
    words = " ".join(normalized_body(article).text[place.start : place.end].split())
    return words if len(words) <= _SHOWN_CHARACTERS else f"{words[: _SHOWN_CHARACTERS - 1]}…"


def _listed(
    recurring: Sequence[Recurring], names: Sequence[str | None], articles: Sequence[Article]
) -> tuple[Boilerplate, ...]:
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
            out.append(_boilerplate(passage, names, articles))
        passage = replace(each, start=passage.start) if passage is not None and joined else each
    if passage is not None:
        out.append(_boilerplate(passage, names, articles))
    return tuple(out)


def _boilerplate(passage: Recurring, names: Sequence[str | None], articles: Sequence[Article]) -> Boilerplate:
    text = _words(articles[passage.row], passage)
    return Boilerplate(source=names[passage.source], text=text, articles=passage.articles)


def _forms(pairs: Pairs, features: Sequence[Features | None], groups: Sequence[Sequence[int]]) -> frozenset[int]:
    """Articles that tell like FORM_LIKE others of the run with which they share few facts, and their exact copies."""
    alike = np.fromiter((numbers is not None and is_template(numbers) for numbers in features), bool, len(features))
    articles, counts = np.unique(np.concatenate(unpack(pairs[alike])), return_counts=True)
    forms = set(articles[counts >= FORM_LIKE].tolist())
    return frozenset(member for group in groups if group[0] in forms for member in group)


def exact_groups(table: ArticleTable) -> list[list[int]]:
    """Articles with the same words in the same order, as sorted groups; articles without words are in none.

    The keys only propose: the words themselves are compared.
    """
    by_key: defaultdict[int, list[int]] = defaultdict(list)
    for number, key in enumerate(table.content_key.tolist()):
        if table.token_offsets[number + 1] > table.token_offsets[number]:
            by_key[key].append(number)
    groups: list[list[int]] = []
    for same_key in by_key.values():
        rest = same_key
        while rest:
            words = words_of(table, rest[0])
            same = [number for number in rest if np.array_equal(words, words_of(table, number))]
            groups.append(same)
            rest = [number for number in rest if number not in set(same)]
    return sorted(groups)


def _days(articles: Sequence[Article]) -> NDArray[np.float64]:
    times = [parse_time(article.published)[0] for article in articles]
    return np.array([np.nan if moment is None else moment.timestamp() / 86_400 for moment in times])


def _notes(
    articles: Sequence[Article], table: ArticleTable, candidates: Candidates, groups: list[list[int]]
) -> tuple[str, ...]:
    notes = [
        f"{count} over-full bucket{'s' if count > 1 else ''} in the {view} view paired with anchors only"
        for view, count in candidates.capped.items()
        if count and view != "passages"
    ]
    short = int(((table.content_lengths < MIN_LENGTH) & (np.diff(table.token_offsets) > 0)).sum())
    if short:
        verb = "s are" if short > 1 else " is"
        notes.append(f"{short} article{verb} under {MIN_LENGTH} content words: too short to be called a rewrite")
    cut = sum(len(article.text) > MAX_CHARACTERS for article in articles)
    if cut:
        notes.append(f"{cut} article{'s' if cut > 1 else ''} compared by the first {MAX_CHARACTERS:,} characters only")
    if candidates.boilerplate:
        notes.append(
            f"passages that more than {PASSAGE_STORIES} stories hold were set aside as boilerplate: "
            "excerpts through them alone are not reported"
        )
    empty = int((np.diff(table.token_offsets) == 0).sum())
    if empty:
        notes.append(f"{empty} article{'s' if empty > 1 else ''} without a word: compared with nothing")
    large = sum(len(group) > COPIES_SHOWN for group in groups)
    if large:
        notes.append(
            f"{large} group{'s' if large > 1 else ''} of more than {COPIES_SHOWN} identical texts: "
            "each paired with the first only"
        )
    return tuple(sorted(notes))
