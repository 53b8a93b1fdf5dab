"""What a store tells: the news of a run, what runs told before, or all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from newsdedup.ingest.clusters import Around
from newsdedup.ingest.pairs import pair_of
from newsdedup.result import Cluster, Pair, Verdict
from newsdedup.store.nouns import MatchRow
from newsdedup.store.reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is told.

    Attributes:
        matches: Of the store.
        joined: Roots of articles that are told as members of their cluster, sorted.
    """

    matches: Sequence[MatchRow]
    joined: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is told, for a result.

    Attributes:
        pairs: Sorted by (left, right).
        clusters: Those that a pair or a member is told of, by canonical id.
    """

    pairs: tuple[Pair, ...]
    clusters: tuple[Cluster, ...]


def untold(store: Reader) -> Scope:
    """What no run has told."""
    return Scope(matches=store.untold(), joined=store.members_untold())


def told_by(store: Reader, runs: Iterable[int]) -> Scope:
    """What some runs told."""
    numbers = sorted(runs)
    return Scope(matches=store.told_by(numbers), joined=store.members_told_by(numbers))


def everything(store: Reader) -> Scope:
    """All but what never was news."""
    matches = [match for match in store.all_matches() if match.told != 0]
    return Scope(matches=matches, joined=store.all_members())


def news_of(store: Reader, scope: Scope, reported: frozenset[Verdict], min_score: float) -> News:
    """The pairs and clusters of a scope.

    Args:
        reported: Verdicts that are told.
        min_score: Score below which derived pairs are not.
    """
    sides = sorted({side for match in scope.matches for side in (match.left, match.right)})
    roots = {each.number: each.root for each in store.stored(sides)}
    pairs = [pair_of(match.pair) for match in scope.matches]
    chosen = [
        pair
        for pair in pairs
        if pair.verdict in reported and (pair.score >= min_score or pair.verdict in (Verdict.RELATED, Verdict.TEMPLATE))
    ]
    joined = set(scope.joined)
    around = Around(store, joined | set(roots.values()))
    ties = {tuple(sorted((roots[match.left], roots[match.right]))) for match in scope.matches}
    clusters = [
        _told(store, each.cluster, each.roots, joined)
        for each in around.clusters()
        if not joined.isdisjoint(each.roots) or any(set(tie) <= set(each.roots) for tie in ties)
    ]
    return News(
        pairs=tuple(sorted(chosen, key=lambda pair: (pair.left, pair.right))),
        clusters=tuple(sorted(clusters, key=lambda cluster: cluster.canonical)),
    )


def _told(store: Reader, cluster: Cluster, roots: Sequence[int], joined: set[int]) -> Cluster:
    """The cluster under the id that it has in the store."""
    names = sorted(set(store.clusters_of(roots).values()))
    name = names[0] if len(names) == 1 else cluster.id
    return replace(
        cluster,
        id=name,
        joined=tuple(member for member, root in zip(cluster.members, roots, strict=True) if root in joined),
        absorbed=tuple(store.absorbed_by(name)),
    )
