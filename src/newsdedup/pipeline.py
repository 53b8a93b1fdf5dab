"""The pipeline: articles in, verified pairs and clusters out. Every command runs this one.

text table -> exact duplicates collapsed -> sketches -> candidates -> gate -> features -> verdict -> evidence
-> clusters
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article, Skipped
from newsdedup.cluster import Rank, make_clusters
from newsdedup.errors import InputError
from newsdedup.result import REPORTED, Comparison, Evidence, Pair, Result, Verdict
from newsdedup.sketch.candidates import PASSAGES_AT_LEAST, VIEWS, Candidates, find_candidates
from newsdedup.sketch.lsh import unpack
from newsdedup.text.normalize import NormalizedText, normalize_characters
from newsdedup.text.table import HAS_CORRECTION, MAX_CHARACTERS, ArticleTable, normalized_body
from newsdedup.verify.direction import Testimony, likely_source, parse_time, testimony
from newsdedup.verify.evidence import Reading, gather, passages, read_closely
from newsdedup.verify.features import Features, pair_features
from newsdedup.verify.model import MIN_LENGTH, Model, default_model, margins
from newsdedup.verify.profile import Profiles
from newsdedup.verify.reasons import reasons
from newsdedup.verify.verdict import Circumstances, Judgement, judge
from newsdedup.workers import Engine

Progress = Callable[[str, int, int], None]

_COPIES_SHOWN = 6
"""Identical texts up to this many are paired each with each; above it, each with the first only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What steers a run.

    Attributes:
        views: Of `copy`, `terms`, `facts`, `passages`.
        min_score: Score below which a pair is not called derived, 0..1.
        reported: Verdicts to report.
        bucket_cap: Members above which a bucket is paired as a star.
        window_days: Largest distance in publication for the terms and facts views; None for any.
        jobs: Worker processes; the result is the same for any number.
    """

    views: frozenset[str] = frozenset(VIEWS)
    min_score: float = 0.7
    reported: frozenset[Verdict] = frozenset(REPORTED)
    bucket_cap: int = 200
    window_days: float | None = None
    jobs: int = 1


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
        groups = exact_groups(table)
        members = np.array([group[0] for group in groups], dtype=np.int64)
        days = _days(articles) if parameters.window_days is not None else None
        tell("candidates", 0, 0)
        candidates = find_candidates(sketches, members, parameters.bucket_cap, days, parameters.window_days)
        del sketches
        features = engine.compare(table, candidates.pairs, candidates.passages >= PASSAGES_AT_LEAST, tell)
    judged = _Judge(articles, table, parameters)
    found = judged.identical(groups)
    left, right = unpack(candidates.pairs)
    rows = zip(left.tolist(), right.tolist(), features, candidates.passages.tolist(), strict=True)
    for a, b, numbers, shared in rows:
        if numbers is not None:
            counted = replace(numbers, passages=shared) if "passages" in parameters.views else numbers
            found += judged.decide(a, b, counted)
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
        clusters=make_clusters(pairs, ranks.__getitem__),
        skipped=tuple(sorted(skipped, key=lambda item: (item.input, item.reason, item.detail))),
        notes=_notes(articles, table, candidates, groups),
        parameters=dict(shown or {}),
        seconds=round(time.monotonic() - started, 3),
    )


def compare(left: Article, right: Article, parameters: Parameters) -> Comparison:
    """One pair looked at closely, whatever its verdict; the sides are swapped when their ids sort the other way."""
    if right.id < left.id:
        left, right = right, left
    if left.id == right.id:
        right = replace(right, id=f"{right.id} (2)")
    articles = [left, right]
    with Engine(1) as engine:
        table, _ = engine.read(articles, frozenset(), lambda stage, done, total: None)
    judged = _Judge(articles, table, replace(parameters, reported=frozenset(Verdict)))
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
        set_aside=tuple(cuts),
        numbers=shown,
    )


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
            words = _words(table, rest[0])
            same = [number for number in rest if np.array_equal(words, _words(table, number))]
            groups.append(same)
            rest = [number for number in rest if number not in set(same)]
    return sorted(groups)


def _words(table: ArticleTable, number: int) -> NDArray[np.uint32]:
    return table.surface[table.token_offsets[number] : table.token_offsets[number + 1]]


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
    large = sum(len(group) > _COPIES_SHOWN for group in groups)
    if large:
        notes.append(
            f"{large} group{'s' if large > 1 else ''} of more than {_COPIES_SHOWN} identical texts: "
            "each paired with the first only"
        )
    return tuple(sorted(notes))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A pair to be reported, by article numbers."""

    left: int
    right: int
    numbers: Features
    judgement: Judgement


class _Judge:
    """Turns the numbers of pairs into reported pairs; keeps what is known of each article close at hand."""

    def __init__(self, articles: Sequence[Article], table: ArticleTable, parameters: Parameters) -> None:
        self.articles = articles
        self.table = table
        self.parameters = parameters
        self.model: Model = default_model()
        self.groups: dict[int, list[int]] = {}
        self.profiles = Profiles(table)
        self.normalized = lru_cache(maxsize=256)(self._normalized)
        self.testimony = lru_cache(maxsize=65_536)(self._testimony)
        self.reading = lru_cache(maxsize=256)(self._reading)

    def _normalized(self, number: int) -> NormalizedText:
        return normalized_body(self.articles[number])

    def _length(self, number: int) -> int:
        return int(self.table.token_offsets[number + 1] - self.table.token_offsets[number])

    def _testimony(self, number: int) -> Testimony:
        return testimony(self.articles[number], self.normalized(number), self._length(number))

    def _reading(self, number: int) -> Reading:
        return read_closely(self.table, number, self.normalized(number).text)

    def readings(self, left: int, right: int) -> tuple[Reading, Reading]:
        """Both articles read closely."""
        return self.reading(left), self.reading(right)

    def rank(self, number: int) -> Rank:
        """What decides whether the article is the canonical one of its cluster."""
        published, _ = parse_time(self.articles[number].published)
        return Rank(published=published.timestamp() if published else None, length=self._length(number))

    def identical(self, groups: Sequence[Sequence[int]]) -> list[_Found]:
        """Pairs to report within groups of the same words; the groups are kept for `decide`."""
        out: list[_Found] = []
        for group in groups:
            if len(group) < 2:
                continue
            self.groups[group[0]] = list(group)
            profile = self.profiles[group[0]]
            numbers = pair_features(profile, profile)
            each = combinations(group, 2) if len(group) <= _COPIES_SHOWN else ((group[0], b) for b in group[1:])
            for a, b in each:
                out += self._found(a, b, numbers)
        return out

    def decide(self, left: int, right: int, numbers: Features) -> list[_Found]:
        """The pair if it is to be reported, and the same for identical copies of either side when they are few."""
        lefts, rights = self.groups.get(left, [left]), self.groups.get(right, [right])
        return [
            found
            for a in (lefts if len(lefts) <= _COPIES_SHOWN else [left])
            for b in (rights if len(rights) <= _COPIES_SHOWN else [right])
            for found in self._found(a, b, numbers)
        ]

    def _found(self, left: int, right: int, numbers: Features) -> list[_Found]:
        if right < left:  # articles are sorted by id, and so are the sides of a pair
            left, right, numbers = right, left, numbers.swapped()
        judgement = self._judgement(left, right, numbers)
        if judgement.verdict not in self.parameters.reported:
            return []
        return [_Found(left=left, right=right, numbers=numbers, judgement=judgement)]

    def _judgement(self, left: int, right: int, numbers: Features) -> Judgement:
        a, b = self.articles[left], self.articles[right]
        circumstances = Circumstances(
            same_source=(a.source.casefold() == b.source.casefold()) if a.source and b.source else None,
            same_url=bool(a.url) and a.url == b.url,
            correction=bool((self.table.chrome[left] ^ self.table.chrome[right]) & HAS_CORRECTION),
            identical=self._length(left) > 0
            and np.array_equal(_words(self.table, left), _words(self.table, right))
            and _same_characters(a.text, b.text),
        )
        return judge(numbers, self.model, circumstances, self.parameters.min_score)

    def pair(self, found: _Found) -> Pair:
        """One pair with reasons and evidence."""
        left, right, numbers, judgement = found.left, found.right, found.numbers, found.judgement
        evidence = Evidence()
        sentences = (int(self.table.sentences[left]), int(self.table.sentences[right]))
        if judgement.verdict not in (Verdict.IDENTICAL, Verdict.DISTINCT):
            profiles = self.profiles[left], self.profiles[right]
            readings = self.readings(left, right)
            shared = (
                passages(*profiles, *(reading.token_sentences for reading in readings))
                if judgement.verdict is Verdict.EXCERPT
                else ()
            )
            evidence = gather(*profiles, readings, shared)
        source, direction = likely_source(self.testimony(left), self.testimony(right))
        derived = judgement.verdict in REPORTED
        return Pair(
            left=self.articles[left].id,
            right=self.articles[right].id,
            verdict=judgement.verdict,
            score=judgement.score,
            facts=judgement.facts,
            telling=judgement.telling,
            jaccard=numbers.jaccard,
            containment=(numbers.contained_left, numbers.contained_right),
            source=source if derived else None,
            reasons=reasons(judgement, numbers, evidence, sentences, direction if derived else ""),
            evidence=evidence,
        )


def _same_characters(left: str, right: str) -> bool:
    """Whether two texts are the same but for white space and the form of characters, page chrome included."""
    if left == right:
        return True
    return normalize_characters(left).split() == normalize_characters(right).split()
