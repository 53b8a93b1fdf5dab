"""The nouns that every floor shares: what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from newsdedup.article import Article, Skipped

SCHEMA = 1
"""Version of the result lines; a change is said in the CHANGELOG."""

CLOCK_AHEAD = "the store's clock has been"
"""How the note begins that a store is ahead of the machine; what is silent says this one all the same."""


class Verdict(StrEnum):
    """How two articles relate, strongest first."""

    IDENTICAL = "identical"
    COPY = "copy"
    REVISION = "revision"
    EXCERPT = "excerpt"
    REWRITE = "rewrite"
    RELATED = "related"
    TEMPLATE = "template"
    DISTINCT = "distinct"


REPORTED = (Verdict.IDENTICAL, Verdict.COPY, Verdict.REVISION, Verdict.EXCERPT, Verdict.REWRITE)
"""The verdicts that say one text derives from the other, strongest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedSentence:
    """Sentence number `left` of the left article tells what sentence number `right` of the right one tells.

    Numbers count from 1 in the article's normalised text (chrome cut); `similarity` is 0..1.
    """

    left: int
    right: int
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a person can check by eye.

    Attributes:
        sentences: Aligned sentences in the order of the left article.
        altered_quotes: (left quote, right quote) where the words between quotation marks differ.
        changed_facts: (left, right) names or numbers that stand in aligned sentences but differ; None on the
            side that lacks it. For copies and revisions also correction notes, and sentences added, cut (None on the
            other side) or rewritten, cut to 160 characters; at most 24 in all, names and numbers first.
        shared_facts: Names and numbers that stand in both, rarest first.
        passages: For excerpts: (first left, last left, first right, last right) sentence numbers of shared passages.
    """

    sentences: tuple[AlignedSentence, ...] = ()
    altered_quotes: tuple[tuple[str, str], ...] = ()
    changed_facts: tuple[tuple[str | None, str | None], ...] = ()
    shared_facts: tuple[str, ...] = ()
    passages: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two articles and how they relate; `left < right` as strings.

    Attributes:
        score: Calibrated probability, 0..1, that one text derives from the other or both from one text.
        facts: Share of the facts (names, numbers, rare terms) of the shorter text that stand in the other, 0..1.
        telling: How much of the narration is the same, 0..1.
        jaccard: Exact Jaccard of the word 3-shingle sets, 0..1.
        containment: (left in right, right in left), each 0..1, of word 3-shingles.
        source: Which is likelier the source, or None when nothing tells; the reason is in `reasons`.
        reasons: Short sentences for a person, most important first.
    """

    left: str
    right: str
    verdict: Verdict
    score: float
    facts: float
    telling: float
    jaccard: float
    containment: tuple[float, float]
    source: Literal["left", "right"] | None = None
    reasons: tuple[str, ...] = ()
    evidence: Evidence = field(default_factory=Evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Articles tied together by reported pairs.

    Attributes:
        id: Made from the canonical member's id, not from its place in the run.
        canonical: The member kept: earliest published, then most complete, then smallest id.
        members: Sorted ids, the canonical one included.
        verdicts: Number of pairs by verdict inside the cluster, strongest verdict first; excerpts, which tie nobody,
            are not counted.
        tellings: Independent tellings of the event that the run holds, as far as its pairs were compared: this cluster
            and each of `related`.
        related: Who else tells the event, none of them derived from a member: canonical ids of other clusters and ids
            of articles that are in none, sorted.
        first: The likely first publisher; None when nothing tells.
        reasons: Why `canonical` is kept and why `first` is thought so, short sentences for a person.
        joined: Of a store: sorted ids of the members that no report told before; all of them in a new cluster. None
            where no store is read.
        absorbed: Of a store: sorted ids of the clusters that became part of this one; None as for `joined`.
    """

    id: str
    canonical: str
    members: tuple[str, ...]
    verdicts: Mapping[str, int]
    tellings: int = 1
    related: tuple[str, ...] = ()
    first: str | None = None
    reasons: tuple[str, ...] = ()
    joined: tuple[str, ...] | None = None
    absorbed: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures:
    """What one ingest did, in numbers.

    Attributes:
        run: Number of the run in its store, from 1.
        read: Articles read from the inputs.
        new: Of those, the ones that the store did not have.
        versions: Further texts of articles that the store has, counted apart from `new`.
        repeated: Articles that the store has with that very text.
        matched: Pairs that it reports, those that a run before it could not deliver among them.
        skipped: Inputs that were not read.
        seconds: Wall time.
        store_articles: Articles in the store after the run, every version of one counted.
        store_bytes: What the store takes on disk after the run, its index included.
    """

    run: int
    read: int
    new: int
    versions: int
    repeated: int
    matched: int
    skipped: int
    seconds: float
    store_articles: int
    store_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Boilerplate:
    """A passage that recurs across one outlet's stories and was set aside: neither shared text nor facts.

    Attributes:
        source: The outlet; None for the articles whose source is unknown.
        text: The passage as its first article has it, cut to 200 characters.
        articles: Articles of the outlet that hold it.
    """

    source: str | None
    text: str
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one run found.

    Attributes:
        version: Version of newsdedup that made it.
        inputs: Articles read plus inputs skipped.
        articles: Articles compared.
        pairs: Sorted by (left, right).
        clusters: Sorted by canonical id.
        boilerplate: By outlet, then in the order of the articles.
        skipped: In input order, sorted by `input`.
        notes: One-line messages about the run (a capped bucket, text too short), sorted.
        parameters: What steered the run, JSON-ready.
        seconds: Wall time.
        figures: What an ingest did to its store; None for everything else.
    """

    version: str
    inputs: int
    articles: int
    pairs: tuple[Pair, ...]
    clusters: tuple[Cluster, ...]
    boilerplate: tuple[Boilerplate, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    parameters: Mapping[str, object] = field(default_factory=dict)
    seconds: float = 0.0
    figures: RunFigures | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One pair looked at closely: what `compare` prints.

    Attributes:
        pair: Verdict, numbers and evidence.
        left_sentences: The left article's normalised sentences; number n of the evidence is index n - 1.
        right_sentences: The same for the right article.
        set_aside: (article id, kind, line) of every line cut as page chrome and of every sentence that recurs across
            the outlet's other stories (kind `boilerplate`), each in text order, left article first.
        numbers: Every feature the verdict was made from, by name.
    """

    pair: Pair
    left_sentences: tuple[str, ...]
    right_sentences: tuple[str, ...]
    set_aside: tuple[tuple[str, str, str], ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found, before anything is decided on it.

    Attributes:
        result: Of the pairs with a new article on one side at least; `articles` counts new and known ones.
        new: Ids of the new articles, sorted.
        known: Articles that they were held against.
        known_ids: Their ids, sorted.
        texts: The articles that stand in a pair, by id.
        sentences: The normalised sentences of those articles, by id; number n of the evidence is index n - 1.
    """

    result: Result
    new: tuple[str, ...]
    known: int
    texts: Mapping[str, Article]
    sentences: Mapping[str, tuple[str, ...]]
    known_ids: tuple[str, ...] = ()
