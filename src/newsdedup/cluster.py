"""Clusters: articles tied together by verified pairs, and who else tells the event.

Not every reported pair ties. A roundup carries two stories and a house template is filled with many, and a chain
through either would make one cluster of all of them: 136 bond notices of one agency hung together by pairs, of which
each looked like a rewrite. Two rules keep them apart, both applied strongest pair first:

- **The same part.** Matches that cover only a part of an article tie it only when they are about the same part. The
  first one decides; a match of nearly the whole article ties in any case and vouches for no other.
- **No contradiction.** Two groups are joined only when more pairs between them are reported than are templates, which
  say: the same wording, another event.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from newsdedup.result import REPORTED, Cluster, Pair, Verdict

NEARLY_WHOLE = 0.85
"""Share of an article's sentences from the first to the last aligned one, from which a match is about all of it."""

SAME_PART = 1 / 3
"""Overlap of two parts of an article, as a share of the shorter one, from which they are the same part."""

_NO_PARTS = 4  # sentences under which an article has no parts
_TRIMMED = 10  # of so many aligned sentences one is left out at each end: a stray one would stretch the part
_DAY = 86_400.0  # seconds

TYING = frozenset(REPORTED) - {Verdict.EXCERPT}
"""Verdicts by which a pair may tie its articles."""

STRENGTH = {verdict: place for place, verdict in enumerate(Verdict)}
"""Place of each verdict among all; smaller is stronger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """What decides which member of a cluster is kept, and what is known of its extent.

    Attributes:
        published: Seconds since 1970, UTC; the start of the day when only that is known, None when nothing is.
        day_only: The time of day is not known: `published` stands for the whole day.
        length: Words compared.
        sentences: Sentences compared; 0 when unknown.
    """

    published: float | None
    length: int
    day_only: bool = False
    sentences: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The verdict on two articles, whether or not their pair is reported."""

    left: str
    right: str
    verdict: Verdict


def make_clusters(
    pairs: Iterable[Pair], rank: Callable[[str], Rank], compared: Iterable[Compared] = ()
) -> tuple[Cluster, ...]:
    """Clusters over the reported pairs, whatever their order.

    An excerpt ties nobody, and of the other pairs those that the rules above let through.

    Args:
        rank: Of an article id.
        compared: Verdicts on all pairs compared. `template` keeps groups apart, `related` is another telling of the
            event unless as many templates, or one derived verdict, reported or not, say that it is none.

    Returns:
        Clusters of two or more, sorted by canonical id.
    """
    pairs = sorted(pairs, key=_by_strength)
    known = {(each.left, each.right): each.verdict for each in compared}
    known |= {(pair.left, pair.right): pair.verdict for pair in pairs if pair.verdict in REPORTED}
    templates = [sides for sides, verdict in known.items() if verdict is Verdict.TEMPLATE]
    groups = _tied([pair for pair in pairs if pair.verdict in TYING], templates, rank)
    inside: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        group = groups.find(pair.left)
        if pair.verdict in TYING and group == groups.find(pair.right):
            inside[group].append(pair)
    found = [_describe(groups.members[group], ties, rank) for group, ties in inside.items()]
    related = _related(found, known)
    return tuple(
        Cluster(
            id=blake2b(each.canonical.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest(),
            canonical=each.canonical,
            members=tuple(sorted(each.members)),
            verdicts=each.verdicts,
            tellings=1 + len(related[each.canonical]),
            related=related[each.canonical],
            first=each.first,
            reasons=each.reasons,
        )
        for each in sorted(found, key=lambda each: each.canonical)
    )


def _by_strength(pair: Pair) -> tuple[int, float, int, str, str]:
    return STRENGTH[pair.verdict], -pair.score, -len(pair.evidence.sentences), pair.left, pair.right


@dataclass(slots=True)
class _Groups:
    """Groups of articles that only grow together, and the votes between them.

    Attributes:
        parent: An article of the same group, or itself; a group goes by the article at the end of the way.
        members: Of each group.
        votes: Of two groups on being joined: reported pairs less templates.
    """

    parent: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    votes: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, member: str) -> None:
        """Makes a group of one, if the article is in none."""
        if member not in self.parent:
            self.parent[member] = member
            self.members[member] = [member]
            self.votes[member] = Counter()

    def find(self, member: str) -> str:
        """The group of an article; the article itself when it is in none."""
        group = member
        while (above := self.parent.get(group, group)) != group:
            group = above
        while (above := self.parent.get(member, member)) != group:
            self.parent[member] = group
            member = above
        return group

    def vote(self, left: str, right: str, weight: int) -> None:
        """Counts a pair of articles, each still a group of one."""
        self.votes[left][right] += weight
        self.votes[right][left] += weight

    def join(self, left: str, right: str) -> None:
        """Makes two groups one; the smaller is moved, so that nothing moves more often than log2 of all there is."""
        small, large = sorted((left, right), key=lambda group: len(self.votes[group]) + len(self.members[group]))
        self.parent[small] = large
        self.members[large] += self.members.pop(small)
        for other, weight in self.votes.pop(small).items():
            del self.votes[other][small]
            if other != large:
                self.votes[large][other] += weight
                self.votes[other][large] += weight


def _tied(pairs: Sequence[Pair], templates: Iterable[tuple[str, str]], rank: Callable[[str], Rank]) -> _Groups:
    """The groups that tying pairs, strongest first, make of their articles."""
    groups = _Groups()
    for pair in pairs:
        groups.add(pair.left)
        groups.add(pair.right)
        groups.vote(pair.left, pair.right, 1)
    for left, right in templates:
        if left in groups.parent and right in groups.parent:
            groups.vote(left, right, -1)
    parts: dict[str, range] = {}  # of each article, by which it is tied
    for pair in pairs:
        left, right = groups.find(pair.left), groups.find(pair.right)
        if left != right and groups.votes[left][right] <= 0:
            continue
        ends = {
            pair.left: _part([each.left for each in pair.evidence.sentences], rank(pair.left)),
            pair.right: _part([each.right for each in pair.evidence.sentences], rank(pair.right)),
        }
        if all(_same_part(part, parts.get(member)) for member, part in ends.items()):
            for member, part in ends.items():
                if part is not None:
                    parts.setdefault(member, part)
            if left != right:
                groups.join(left, right)
    return groups


def _part(aligned: list[int], rank: Rank) -> range | None:
    """The sentences from the first to the last one that has a counterpart; None for nearly the whole article."""
    numbers = sorted(aligned)
    sentences = max(rank.sentences, numbers[-1]) if numbers else 0
    if sentences < _NO_PARTS:
        return None
    stray = len(numbers) // _TRIMMED
    part = range(numbers[stray], numbers[-1 - stray] + 1)
    # Were it not for the trimming, the part would be longer by as much as was trimmed.
    whole = len(part) * len(numbers) >= NEARLY_WHOLE * sentences * (len(numbers) - 2 * stray)
    return None if whole else part


def _same_part(one: range | None, other: range | None) -> bool:
    """Whether two matches of an article are about the same part of it; one about all of it goes with every other."""
    if one is None or other is None:
        return True
    return min(one.stop, other.stop) - max(one.start, other.start) >= SAME_PART * min(len(one), len(other))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """What is said of the members of one cluster among themselves."""

    members: Sequence[str]
    canonical: str
    verdicts: Mapping[str, int]
    first: str | None
    reasons: tuple[str, ...]


def _describe(members: Sequence[str], pairs: Sequence[Pair], rank: Callable[[str], Rank]) -> _Group:
    ranks = {member: rank(member) for member in members}
    possible = _possibly_first(ranks)
    canonical, kept_for = _canonical(ranks, possible)
    first, first_for = _first(ranks, possible, pairs)
    counts = Counter(pair.verdict for pair in pairs)
    return _Group(
        members=members,
        canonical=canonical,
        verdicts={str(verdict): counts[verdict] for verdict in Verdict if counts[verdict]},
        first=first,
        reasons=(f"canonical: {kept_for}", *([f"first: {first_for}"] if first else [])),
    )


def _possibly_first(ranks: Mapping[str, Rank]) -> list[str]:
    """The articles that may have been published first, for all that is known of the times; sorted."""
    times = [(known.published, known.day_only) for known in ranks.values() if known.published is not None]
    if len(times) < len(ranks):
        return sorted(ranks)
    by_time = min((time for time, day_only in times if not day_only), default=float("inf"))
    by_day = min((time + _DAY for time, day_only in times if day_only), default=float("inf"))
    starts = ((member, known.published) for member, known in ranks.items())
    return sorted(member for member, time in starts if time is not None and time <= by_time and time < by_day)


def _canonical(ranks: Mapping[str, Rank], possible: Sequence[str]) -> tuple[str, str]:
    """The member kept and the reason: published first, else the most complete, else the smallest id."""
    canonical = min(possible, key=lambda member: (-ranks[member].length, member))
    kept = ranks[canonical]
    if len(possible) == 1:
        return canonical, _published_first(ranks, kept)
    same = sum(ranks[member].length == kept.length for member in possible)
    reason = f"most complete ({kept.length:,} words)"
    if same > 1:
        reason = f"smallest id of the {same} most complete ({kept.length:,} words each)"
    dated = sum(known.published is not None for known in ranks.values())
    if 0 < dated < len(ranks):
        return canonical, f"{reason}; not all times are known"
    return canonical, f"{reason}; {len(possible)} may be the first published" if dated else reason


def _first(ranks: Mapping[str, Rank], possible: Sequence[str], pairs: Sequence[Pair]) -> tuple[str | None, str]:
    """The likely first publisher and the reason; `(None, "")` when nothing tells.

    Where the times do not tell, the one likely source of at least half of the other members that is derived from none.
    """
    if len(possible) == 1:
        return possible[0], _published_first(ranks, ranks[possible[0]])
    sides = Counter[str]()
    sources = Counter[str]()
    derived: set[str] = set()
    for pair in pairs:
        sides.update((pair.left, pair.right))
        if pair.source is not None:
            source, other = (pair.left, pair.right) if pair.source == "left" else (pair.right, pair.left)
            sources[source] += 1
            derived.add(other)
    likely = sorted((-sources[member], member) for member in possible if member not in derived)
    alone = len(likely) == 1 or (len(likely) > 1 and likely[0][0] < likely[1][0])
    if not alone or -2 * likely[0][0] < len(ranks) - 1:
        return None, ""
    count, first = -likely[0][0], likely[0][1]
    return first, f"the source side in {count} of {sides[first]} pair{'s' if sides[first] > 1 else ''}"


def _published_first(ranks: Mapping[str, Rank], first: Rank) -> str:
    """`published first of 4, at 2021-11-23T10:00Z`."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=first.published or 0.0)
    if first.day_only:
        return f"published first of {len(ranks)}, on {moment.date()}"
    spec = "minutes" if not (moment.second or moment.microsecond) else "seconds"
    return f"published first of {len(ranks)}, at {moment.isoformat(timespec=spec).replace('+00:00', 'Z')}"


def _related(groups: Sequence[_Group], known: Mapping[tuple[str, str], Verdict]) -> dict[str, tuple[str, ...]]:
    """For each cluster the canonical ids of those that tell the same event without deriving from it, sorted.

    Both go by their canonical id; an article that is in no cluster goes by its own. A template speaks against one event
    here as it does there.
    """
    canonical = {member: group.canonical for group in groups for member in group.members}
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    derived: defaultdict[str, set[str]] = defaultdict(set)
    for (left, right), verdict in known.items():
        one, other = canonical.get(left, left), canonical.get(right, right)
        if verdict in REPORTED:  # a cluster derives from itself, and so is not among its own related ones
            derived[one].add(other)
            derived[other].add(one)
        elif verdict in (Verdict.RELATED, Verdict.TEMPLATE):
            weight = 1 if verdict is Verdict.RELATED else -1
            votes[one][other] += weight
            votes[other][one] += weight
    return {
        name: tuple(sorted(other for other, vote in votes[name].items() if vote > 0 and other not in derived[name]))
        for name in (group.canonical for group in groups)
    }
