"""The pairs of a labelled set as columns of numbers, ready to be fitted and measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from newsdedup.engine.shelf import Shelf
from newsdedup.engine.workers import Engine, Progress
from newsdedup.gold.load import DERIVED, HARD, Gold
from newsdedup.sketch.candidates import VIEWS, find_candidates
from newsdedup.sketch.lsh import pack, unpack
from newsdedup.verify.features import Features
from newsdedup.verify.model import ROUTE_NAMES, Model, Route, margins

BUCKET_CAP = 200  # as a scan has it
_FAR = 1e6  # beyond any margin

Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairColumns:
    """Pairs of one or several labelled sets, one row each; every column has the shape (pairs,).

    Attributes:
        numbers: Column of every number of `Features`, by name.
        loss: By route, the margin that a pair loses whatever its weights say, 0 or more: short texts.
        cap: By route, the margin that a pair cannot exceed: the template guard; -inf where the route is closed.
        fixed: The larger margin of the two routes that are not fitted, plain copy and passages.
        derived: Labelled as derived: to be reported.
        hard: Labelled as one of HARD: alike, and not to be reported.
        listed: In the table of the set; the others are candidates that nobody labelled, which count as distinct.
        family: Name of the set.
        label: One of `gold.load.LABELS` without `ignore`.
        kind: The detail of the label, or the label itself where it has none.
        left: Article number within its set; the pair's smaller one.
        right: The larger one.
        left_group: Number of the group of articles that labelled pairs connect; unique over all sets.
        right_group: The same for the right article; of a listed pair it equals `left_group`.
    """

    numbers: Mapping[str, Scores]
    loss: Mapping[str, Scores]
    cap: Mapping[str, Scores]
    fixed: Scores
    derived: Mask
    hard: Mask
    listed: Mask
    family: NDArray[np.str_]
    label: NDArray[np.str_]
    kind: NDArray[np.str_]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    left_group: NDArray[np.int64]
    right_group: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.derived.size)

    @property
    def able(self) -> Mask:
        """Long enough, and near enough in length, to be called a rewrite: some fitted route is open."""
        return np.asarray(np.max([*self.cap.values()], axis=0) > -np.inf, dtype=bool)

    @property
    def fitted(self) -> Mask:
        """What the routes are fitted on: all but excerpts, which have a route of their own."""
        return np.asarray(self.able & (self.label != "excerpt"), dtype=bool)

    def matrix(self, names: Sequence[str]) -> Scores:
        """The named numbers side by side, shape (pairs, names)."""
        return np.stack([self.numbers[name] for name in names], axis=1)


def pair_columns(gold: Gold, *, jobs: int = 1, tell: Progress | None = None) -> PairColumns:
    """Every labelled pair of a set but `ignore`, and all its candidate pairs that are not listed, as distinct.

    The numbers are those of a scan of all articles of the set: boilerplate is cut, and passages that many stories hold
    do not count. Pairs that the scan would not compare are measured, too: no gate.

    Args:
        jobs: Worker processes; the result is the same.
        tell: Called with (stage, done, total); total 0 means unknown.

    Returns:
        Rows sorted by (left, right).
    """
    listed = {(pair.left, pair.right): (pair.label, pair.detail) for pair in gold.pairs}
    views = frozenset(VIEWS)
    with Shelf.of(gold.articles) as shelf, Engine(shelf, jobs=jobs, tell=tell) as engine:
        reading = engine.read_shelf(views)
        reading = engine.cut(engine.learn(reading)[0], reading, views)
        found = find_candidates(reading.sketches, np.arange(len(gold.articles)), BUCKET_CAP)
        left, right = unpack(found.pairs)
        labels = dict.fromkeys(zip(left.tolist(), right.tolist(), strict=True), ("distinct", "")) | listed
        pairs = sorted(pair for pair, (label, _) in labels.items() if label != "ignore")
        ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        packed = pack(ends[:, 0], ends[:, 1])
        rows = engine.compare(packed, np.ones(packed.size, dtype=bool), reading.columns)
    passages = dict(zip(found.pairs.tolist(), found.passages.tolist(), strict=True))
    known = [
        replace(row, passages=passages.get(pair, row.passages))
        for pair, row in zip(packed.tolist(), rows, strict=True)
        if row is not None
    ]
    limits = [_limits(row) for row in known]
    group = article_groups(gold)
    label = np.array([labels[pair][0] for pair in pairs], dtype=np.str_)
    return PairColumns(
        numbers={
            field.name: np.array([getattr(row, field.name) for row in known], dtype=np.float64)
            for field in fields(Features)
        },
        loss={name: np.array([each.loss[name] for each in limits], dtype=np.float64) for name in ROUTE_NAMES},
        cap={name: np.array([each.cap[name] for each in limits], dtype=np.float64) for name in ROUTE_NAMES},
        fixed=np.array([each.fixed for each in limits], dtype=np.float64),
        derived=np.isin(label, sorted(DERIVED)),
        hard=np.isin(label, sorted(HARD)),
        listed=np.array([pair in listed for pair in pairs], dtype=bool),
        family=np.full(len(pairs), gold.name),
        label=label,
        kind=np.array([labels[pair][1] or labels[pair][0] for pair in pairs], dtype=np.str_),
        left=ends[:, 0],
        right=ends[:, 1],
        left_group=group[ends[:, 0]],
        right_group=group[ends[:, 1]],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    """What `margins` does with a pair beside the weighted sums, by route."""

    loss: Mapping[str, float]
    cap: Mapping[str, float]
    fixed: float


def _probe(bias: float) -> Model:
    return Model(routes={name: Route(weights={}, bias=bias) for name in ROUTE_NAMES}, slope=1.0, offset=0.0)


def _limits(row: Features) -> _Limits:
    """Read off `margins` itself, with sums far below and far above everything, so that no rule stands in two places."""
    low, high = margins(row, _probe(-_FAR)), margins(row, _probe(_FAR))
    return _Limits(
        loss={name: -_FAR - low[name] if name in low else 0.0 for name in ROUTE_NAMES},
        cap={
            name: -np.inf if name not in high else np.inf if high[name] > _FAR / 2 else high[name]
            for name in ROUTE_NAMES
        },
        fixed=max(value for name, value in low.items() if name not in ROUTE_NAMES),
    )


def article_groups(gold: Gold) -> NDArray[np.int64]:
    """The group of every article: the smallest number among the articles that listed pairs connect it with.

    Pairs labelled `distinct` connect nothing; those labelled `ignore` do: two rewrites of one source are kin.
    """
    group = list(range(len(gold.articles)))

    def root(number: int) -> int:
        while group[number] != number:
            group[number] = group[group[number]]
            number = group[number]
        return number

    for pair in gold.pairs:
        if pair.label != "distinct":
            low, high = sorted((root(pair.left), root(pair.right)))
            group[high] = low
    return np.array([root(number) for number in range(len(group))], dtype=np.int64)


def join_columns(parts: Sequence[PairColumns]) -> PairColumns:
    """The pairs of several sets; groups of different sets stay apart."""
    columns: dict[str, NDArray[np.generic]] = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(PairColumns)
        if field.name not in ("numbers", "loss", "cap", "left_group", "right_group")
    }
    sizes = [int(max(part.left_group.max(initial=-1), part.right_group.max(initial=-1))) + 1 for part in parts]
    bases = np.cumsum([0, *sizes[:-1]])
    for name in ("left_group", "right_group"):
        columns[name] = np.concatenate([getattr(part, name) + base for part, base in zip(parts, bases, strict=True)])
    return PairColumns(
        numbers=_joined([part.numbers for part in parts]),
        loss=_joined([part.loss for part in parts]),
        cap=_joined([part.cap for part in parts]),
        **columns,  # type: ignore[arg-type]  # each column keeps its type
    )


def _joined(parts: Sequence[Mapping[str, Scores]]) -> dict[str, Scores]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
