"""Clusters: articles tied together by verified pairs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b

from newsdedup.result import REPORTED, Cluster, Pair, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """What decides which member of a cluster is kept.

    Attributes:
        published: Seconds since 1970, UTC; None when unknown.
        length: Words compared.
    """

    published: float | None
    length: int


def make_clusters(pairs: Iterable[Pair], rank: Callable[[str], Rank]) -> tuple[Cluster, ...]:
    """Connected components over the reported pairs.

    An excerpt joins nobody: a roundup that carries passages of two stories does not make them one.

    Args:
        rank: Of an article id. The canonical member is the earliest published one, when the time of every member is
            known, else the most complete one; ties go to the longer text, then to the smaller id.

    Returns:
        Clusters of two or more, sorted by canonical id.
    """
    parent: dict[str, str] = {}

    def find(member: str) -> str:
        root = member
        while parent.setdefault(root, root) != root:
            root = parent[root]
        while parent[member] != root:
            parent[member], member = root, parent[member]
        return root

    joining = [pair for pair in pairs if pair.verdict in REPORTED and pair.verdict is not Verdict.EXCERPT]
    for pair in joining:
        left, right = sorted((find(pair.left), find(pair.right)))
        parent[right] = left
    members: defaultdict[str, list[str]] = defaultdict(list)
    for member in parent:
        members[find(member)].append(member)
    verdicts: defaultdict[str, Counter[Verdict]] = defaultdict(Counter)
    for pair in joining:
        verdicts[find(pair.left)][pair.verdict] += 1
    clusters = [_cluster(ids, verdicts[root], rank) for root, ids in members.items()]
    return tuple(sorted(clusters, key=lambda cluster: cluster.canonical))


def _cluster(ids: list[str], verdicts: Counter[Verdict], rank: Callable[[str], Rank]) -> Cluster:
    ranks = {member: rank(member) for member in ids}
    dated = all(known.published is not None for known in ranks.values())
    canonical = min(
        ids, key=lambda member: (ranks[member].published or 0.0 if dated else 0.0, -ranks[member].length, member)
    )
    return Cluster(
        id=blake2b(canonical.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest(),
        canonical=canonical,
        members=tuple(sorted(ids)),
        verdicts={str(verdict): verdicts[verdict] for verdict in Verdict if verdicts[verdict]},
    )
