"""What a store tells: the news of a run, what runs told before, or all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from newsdedup.ingest.clusters import Around
from newsdedup.ingest.pairs import pair_of
from newsdedup.result import Cluster, Pair, Verdict
from newsdedup.store.nouns import MatchRow
from newsdedup.store.reader import Reader
from newsdedup.store.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is told.

    Attributes:
        matches: Of the store.
        members: Roots of articles whose clusters are told.
        joined: Those of them that are told as new members.
        absorbed: By id of a cluster those that became part of it.
    """

    matches: Sequence[MatchRow]
    members: Collection[int]
    joined: Collection[int]
    absorbed: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is told, for a result.

    Attributes:
        pairs: Sorted by (left, right).
        clusters: Those that a pair or a member is told of, by canonical id.
        matches: Numbers of the two articles of each pair, the smaller one first.
        joined: Roots of the articles that joined the clusters.
    """

    pairs: tuple[Pair, ...]
    clusters: tuple[Cluster, ...]
    matches: tuple[tuple[int, int], ...]
    joined: tuple[int, ...]

    def told(self, store: Writer, run: int) -> None:
        """Marks all this as told by a run, and nothing else: what it leaves out comes with a run that shows it."""
        clusters = [name for each in self.clusters for name in (each.id, *(each.absorbed or ()))]
        store.tell(run, matches=self.matches, members=self.joined, clusters=clusters)


def untold(store: Reader) -> Scope:
    """What no run has told."""
    return _scope(store, store.untold(), store.members_untold(), None)


def told_by(store: Reader, runs: Iterable[int]) -> Scope:
    """What some runs told."""
    numbers = sorted(runs)
    return _scope(store, store.told_by(numbers), store.members_told_by(numbers), numbers)


def _scope(store: Reader, matches: Sequence[MatchRow], joined: Collection[int], runs: Sequence[int] | None) -> Scope:
    """A cluster is told where someone joined it, where it is new, as part of one that fell apart is, or took in one."""
    absorbed = store.absorbed(runs)
    changed = store.members_of(sorted({*absorbed, *store.clusters_told_by(runs)}))
    members = {*joined, *(root for roots in changed.values() for root in roots)}
    return Scope(matches=matches, members=members, joined=joined, absorbed=absorbed)


def everything(store: Reader) -> Scope:
    """All but what never was news."""
    matches = [match for match in store.all_matches() if match.told != 0]
    return Scope(matches=matches, members=store.all_members(), joined=(), absorbed={})


def news_of(
    store: Reader, scope: Scope, reported: frozenset[Verdict], min_score: float, renewed: Around | None = None
) -> News:
    """The pairs and clusters of a scope.

    Args:
        reported: Verdicts that are told.
        min_score: Score below which derived pairs are not.
        renewed: Clusters that were made just now, so that large ones are not made twice.
    """
    unscored = (Verdict.RELATED, Verdict.TEMPLATE)
    chosen = [
        match
        for match in scope.matches
        if match.verdict in reported and (match.score >= min_score or match.verdict in unscored)
    ]
    sides = sorted({side for match in chosen for side in (match.left, match.right)})
    roots = {each.number: each.root for each in store.stored(sides)}
    members, joined = set(scope.members), set(scope.joined)
    ties = {frozenset((roots[match.left], roots[match.right])) for match in chosen}
    clusters = []
    told: list[int] = []
    asked = members | set(roots.values())
    made = [] if renewed is None else renewed.clusters()
    rest = Around(store, asked if renewed is None else asked - renewed.roots).clusters()
    for each in (*made, *rest):
        inside = frozenset(each.roots)
        if not members.isdisjoint(inside) or any(tie <= inside for tie in ties):
            names = sorted(set(store.clusters_of(each.roots).values()))
            name = names[0] if len(names) == 1 else each.cluster.id
            told += sorted(joined & inside)
            clusters.append(
                replace(
                    each.cluster,
                    id=name,
                    joined=tuple(
                        member for member, root in zip(each.cluster.members, each.roots, strict=True) if root in joined
                    ),
                    absorbed=tuple(scope.absorbed.get(name, ())),
                )
            )
    return News(
        pairs=tuple(sorted((pair_of(match.pair) for match in chosen), key=lambda pair: (pair.left, pair.right))),
        clusters=tuple(sorted(clusters, key=lambda cluster: cluster.canonical)),
        matches=tuple((match.left, match.right) for match in chosen),
        joined=tuple(told),
    )
