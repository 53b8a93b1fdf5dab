"""Clusters that live: they grow with every run, and keep their ids.

A cluster is made of the matches that the store holds, as a scan makes it of those that it found, so it is the same
however the articles came. What is kept is who belongs together and under which id; the rest is made when it is asked
for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from newsdedup.cluster import STRENGTH, TYING, Compared, Rank, make_clusters
from newsdedup.ingest.pairs import tie_of
from newsdedup.result import REPORTED, Cluster, Pair, Verdict
from newsdedup.store.nouns import ClusterRow
from newsdedup.store.reader import Reader
from newsdedup.store.told import Tie
from newsdedup.store.writer import Writer
from newsdedup.verify.direction import parse_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Living:
    """A cluster and the articles that are in it.

    Attributes:
        cluster: Its members go by the ids of their roots; its id is the one that a scan would give.
        roots: Numbers of the members' roots, in the order of the members.
    """

    cluster: Cluster
    roots: tuple[int, ...]


class Around:
    """The articles that hang together with some, and what is known of them; versions of one article are one.

    Args:
        roots: Of the articles that are asked about.
    """

    def __init__(self, store: Reader, roots: Iterable[int]) -> None:
        self._store = store
        self._versions: dict[int, list[int]] = {}
        self._root: dict[int, int] = {}
        self._matches: dict[tuple[int, int], Tie] = {}
        self._living: list[Living] | None = None
        inner = self._tied(roots)
        numbers = self._numbers(inner)
        compared = store.compared_of(numbers)
        self._learn_roots([side for each in compared for side in (each.left, each.right)])
        # Who else tells the event goes by the cluster that it is in.
        everyone = inner | self._tied(self._root[side] for each in compared for side in (each.left, each.right))
        self._compared = {
            (each.left, each.right): each.verdict
            for each in store.compared_of(self._numbers(everyone))
            if self._root.get(each.left) in everyone and self._root.get(each.right) in everyone
        }
        self._inner = inner
        self._ids = store.ids_of(sorted(everyone))
        self._of_id = {name: root for root, name in self._ids.items()}

    @property
    def roots(self) -> frozenset[int]:
        """All that hang together with those that were asked about, these included."""
        return frozenset(self._inner)

    def _numbers(self, roots: Iterable[int]) -> list[int]:
        """All versions of some articles."""
        return sorted(number for root in roots for number in self._versions.get(root, ()))

    def _learn_roots(self, numbers: Iterable[int]) -> None:
        unknown = sorted(set(numbers) - self._root.keys())
        self._root |= {each.number: each.root for each in self._store.stored(unknown)}

    def _tied(self, roots: Iterable[int]) -> set[int]:
        """Everyone that a chain of matches ties to some articles, these included."""
        found: set[int] = set()
        coming = set(roots)
        while coming:
            found |= coming
            self._versions |= self._store.versions_of(sorted(coming))
            matches = self._store.ties_of(self._numbers(coming))
            self._matches |= {(each.left, each.right): each for each in matches}
            self._learn_roots([side for each in matches for side in (each.left, each.right)])
            tying = (each for each in matches if each.verdict in TYING)
            coming = {self._root[side] for each in tying for side in (each.left, each.right)} - found
        return found

    def clusters(self) -> list[Living]:
        """The clusters of those asked about, by their canonical ids; made once."""
        if self._living is None:
            self._living = self._made()
        return self._living

    def _made(self) -> list[Living]:
        pairs = self._pairs()
        compared = [
            Compared(left=left, right=right, verdict=verdict)
            for (left, right), verdict in sorted(self._compared_ids().items())
        ]
        ranks = self._ranks({side for pair in pairs for side in (pair.left, pair.right)})
        living = []
        for cluster in make_clusters(pairs, ranks.__getitem__, compared):
            roots = tuple(self._of_id[member] for member in cluster.members)
            if self._inner.issuperset(roots):
                living.append(Living(cluster=cluster, roots=roots))
        return living

    def _pairs(self) -> list[Pair]:
        """The matches by the ids of the roots; of several between two articles the strongest."""
        strongest: dict[tuple[int, int], tuple[tuple[int, float, int, int], Tie]] = {}
        for (left, right), match in sorted(self._matches.items()):
            one, other = sorted((self._root[left], self._root[right]))
            if one == other or one not in self._ids or other not in self._ids or match.verdict not in REPORTED:
                continue
            order = (STRENGTH[Verdict(match.verdict)], -match.score, left, right)
            if (one, other) not in strongest or order < strongest[one, other][0]:
                strongest[one, other] = (order, match)
        ties = [match for _, match in strongest.values()]
        texts = self._store.ids_of(sorted({side for match in ties for side in (match.left, match.right)}))
        names = {name: self._ids[self._root[side]] for side, name in texts.items()}
        return [tie_of(data, names) for data in self._store.pairs_of(ties)]

    def _compared_ids(self) -> dict[tuple[str, str], Verdict]:
        found: dict[tuple[str, str], Verdict] = {}
        for (left, right), verdict in sorted(self._compared.items()):
            one, other = sorted((self._ids[self._root[left]], self._ids[self._root[right]]))
            if one != other:
                found[one, other] = Verdict(verdict)
        return found

    def _ranks(self, ids: Iterable[str]) -> dict[str, Rank]:
        """Of each article by its current text."""
        names = sorted(ids)
        texts = [self._current(self._of_id[name]) for name in names]
        articles, rows = self._store.articles(texts), self._store.rows(texts)
        ranks: dict[str, Rank] = {}
        for name, article, row in zip(names, articles, rows, strict=True):
            published, day_only = parse_time(article.published)
            ranks[name] = Rank(
                published=published.timestamp() if published else None,
                day_only=day_only,
                length=int(row["tokens"]),
                sentences=int(row["sentences"]),
            )
        return ranks

    def _current(self, root: int) -> int:
        versions = self._versions[root]
        if len(versions) == 1:
            return versions[0]
        return next(each.number for each in self._store.stored(versions) if each.current)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Which id each group goes by.

    Attributes:
        ids: In the order of the groups; None where the group is a new cluster.
        absorbed: Id of a cluster that is no more -> the one that most of it went to.
    """

    ids: tuple[str | None, ...]
    absorbed: Mapping[str, str]


def assigned(groups: Sequence[Sequence[int]], old: Mapping[int, str], born: Mapping[str, int]) -> Assigned:
    """The ids of groups whose members were in clusters before.

    A cluster stays with the group that has most of its members; a group that several clusters stay with goes by the
    oldest of them.

    Args:
        groups: Members of each.
        old: Member -> the cluster that it was in.
        born: Cluster -> the run that made it.
    """
    held: dict[str, Counter[int]] = {}
    for place, group in enumerate(groups):
        for member in group:
            if member in old:
                held.setdefault(old[member], Counter())[place] += 1
    staying: dict[int, list[str]] = {}
    for name in sorted(held, key=lambda name: (born[name], name)):
        place = min(held[name], key=lambda place: (-held[name][place], place))
        staying.setdefault(place, []).append(name)
    ids = tuple(staying[place][0] if place in staying else None for place in range(len(groups)))
    absorbed = {name: names[0] for names in staying.values() for name in names[1:]}
    return Assigned(ids=ids, absorbed=absorbed)


def renew_clusters(store: Writer, run: int, roots: Iterable[int]) -> None:
    """As `renew_around`, of some articles."""
    renew_around(store, run, Around(store, roots))


def renew_around(store: Writer, run: int, around: Around) -> None:
    """Makes the clusters anew that some articles are in or were, in one transaction.

    Args:
        run: Number of the run that new clusters are born in.
        around: The articles.
    """
    living = around.clusters()
    old = store.clusters_of(sorted(around.roots))
    born = {row.id: row.born for row in store.cluster_rows(sorted(set(old.values())))}
    found = assigned([each.roots for each in living], old, born)
    members: dict[int, str] = {}
    made: list[ClusterRow] = []
    taken: set[str] = set()
    for each, kept in zip(living, found.ids, strict=True):
        name = kept
        if name is None:
            name = _free_id(store, each.cluster, taken)
            taken.add(name)
            made.append(ClusterRow(id=name, born=run, absorbed_into=None, told=None))
        members |= dict.fromkeys(each.roots, name)
    left = sorted(set(old) - set(members))
    moved = {root: name for root, name in members.items() if old.get(root) != name}
    store.put_clusters(made=made, absorbed=found.absorbed, members=moved, left=left)


def _free_id(store: Reader, cluster: Cluster, taken: set[str]) -> str:
    """The id that a scan would give, unless another cluster of the store goes or went by it."""
    name, copies = cluster.id, 1
    while name in taken or store.cluster_rows([name]):
        copies += 1
        said = f"{cluster.canonical}\0{copies}".encode("utf-8", "surrogatepass")
        name = blake2b(said, digest_size=8).hexdigest()
    return name
