"""What goes into a store and comes out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.store.postings import Entries


class KeepText(StrEnum):
    """What a store keeps of the texts."""

    NONE = "none"
    NORMALISED = "normalised"
    FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What is known of one article of the store.

    Attributes:
        number: Of the article; later ones are larger, none is used twice.
        root: Number of the first version of this article that is still kept; its own for an article of one version.
        current: Whether it is the version of its root that was met last.
        story: Number of its story: near-copies have one.
        likenesses: Of it among the other articles.
        first_seen: Seconds since 1970.
        last_seen: Seconds since 1970.
    """

    number: int
    id: str
    source: str | None
    root: int
    current: bool
    story: int
    likenesses: int
    first_seen: float
    last_seen: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One new article, as it is written.

    Attributes:
        article: Its id free in the store, its text as it is to be kept.
        number: The next free one, and on from there.
        identity: 16 bytes; no other article of the store has them.
        place: 16 bytes; None where the article has no place of its own.
        root: Number of the first version; its own for an article of one version.
        sentences: As `ingest` packs them.
    """

    article: Article
    number: int
    identity: bytes
    place: bytes | None
    root: int
    story: int
    likenesses: int
    sentences: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRow:
    """One match.

    Attributes:
        left: Number of an article, below `right`.
        pair: JSON.
        told: Number of the run that told it; None when none has, 0 when it is no news.
    """

    left: int
    right: int
    verdict: str
    score: float
    pair: bytes
    told: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow:
    """Two articles that were compared and are no match, and why."""

    left: int
    right: int
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """One cluster.

    Attributes:
        born: Number of the run that found it.
        absorbed_into: Id of the cluster that it became part of.
        told: Number of the run that told it first; None when none has.
    """

    id: str
    born: int
    absorbed_into: str | None
    told: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run.

    Attributes:
        started: Seconds since 1970 by the store's clock, which never goes back.
        wall: Seconds since 1970 as the machine had it.
        ended: By the machine; None when the run was ended from outside, or is not over.
    """

    number: int
    started: float
    wall: float
    ended: float | None
    figures: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is written in one transaction.

    Attributes:
        run: Its number.
        time: Effective seconds since 1970.
        arrivals: Numbered `next_number` and on.
        rows: One for each arrival, in their order.
        seen_again: Numbers of articles met again, in the order met; may repeat.
        met: Numbers of all articles met, in the order met; the version of a root met last is its current one.
        recurring: New keys of sentences that are boilerplate.
        stories: What an old story became; what it became is not itself one that became another.
        likenesses: New values, by number, of articles kept before.
        versions: By number of an article, arrival or older, the root it turned out to be a version of.
    """

    run: int
    time: float
    arrivals: Sequence[Arrival]
    rows: NDArray[np.void]
    entries: Entries
    seen_again: Sequence[int]
    met: Sequence[int]
    matches: Sequence[MatchRow]
    compared: Sequence[ComparedRow]
    recurring: NDArray[np.uint64]
    stories: Mapping[int, int]
    likenesses: Mapping[int, int]
    versions: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What the store derives from some articles, made anew; everything in the order of the articles.

    Attributes:
        rows: One for each.
        entries: Of all of them; `numbers` are places among the articles given, from 0.
        sentences: As `ingest` packs them.
        identities: 16 bytes each.
        places: 16 bytes each, or None.
        articles: With the text as it is to be kept from now on; None leaves it as it is.
        recurring: Keys of boilerplate among them, all of which replace those of the store; None leaves those.
    """

    rows: NDArray[np.void]
    entries: Entries
    sentences: Sequence[bytes]
    identities: Sequence[bytes]
    places: Sequence[bytes | None]
    articles: Sequence[Article] | None = None
    recurring: NDArray[np.uint64] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """A store at a glance.

    Attributes:
        path: As given.
        schema: Of the main file.
        version: Of the newsdedup that made it.
        articles: With all versions.
        superseded: Versions that are not the current one.
        created: Seconds since 1970, as all times here; None for `oldest` and `newest` of an empty store.
        oldest: When the first article that is left was first seen.
        newest: When the article seen last was.
        text_bytes: Of the main file.
        index_bytes: Of rows and postings.
        segments: Files of postings.
        runs: All of them.
        last_run: The one of the largest number.
        ahead_days: How far the store's clock is ahead of this machine's; 0 when it is not.
    """

    path: str
    schema: int
    version: str
    keep_text: KeepText
    parameters: Mapping[str, str]
    created: float
    articles: int
    superseded: int
    matches: int
    clusters: int
    outlets: int
    runs: int
    last_run: RunRow | None
    oldest: float | None
    newest: float | None
    text_bytes: int
    index_bytes: int
    segments: int
    ahead_days: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """What an expiry did.

    Attributes:
        articles: How many went.
        left: How many are left.
        touched: Roots of what is left of clusters that lost members, to this one or to one that was cut off; sorted.
    """

    articles: int
    left: int
    bytes_freed: int
    touched: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What a migration did.

    Attributes:
        articles: How many were made anew; 0 when the store was as asked.
        from_: The parameters it had, `keep_text` among them.
        to: Those it has.
    """

    articles: int
    from_: Mapping[str, str]
    to: Mapping[str, str]
