"""Matches, clusters and runs, as they are read: what has been told and what has not."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson

from newsdedup.store.database import Database, damaged, numbers_json
from newsdedup.store.nouns import ClusterRow, ComparedRow, MatchRow, RunRow

_MATCH = 'SELECT "left", "right", verdict, score, pair, told FROM matches'
_RUN = "SELECT number, started, wall, ended, figures FROM runs"
_TIE = 'SELECT "left", "right", verdict, score FROM matches'
_ORDER = ' ORDER BY "left", "right"'
_ASKED = "(SELECT value FROM json_each(?))"
_AT_ONCE = 256  # articles whose matches are taken from SQLite together


class Tie(NamedTuple):
    """A match without what was found; a large cluster has very many of them.

    Attributes:
        left: Number of an article, below `right`.
    """

    left: int
    right: int
    verdict: str
    score: float


class Told:
    """The part of a reader that reads what was found."""

    database: Database

    def all_matches(self) -> list[MatchRow]:
        """All of them, as every list of matches by their numbers."""
        return self._matches(_MATCH + _ORDER)

    def untold(self) -> list[MatchRow]:
        """Matches that no run has told."""
        return self._matches(f"{_MATCH} WHERE told IS NULL{_ORDER}")

    def told_by(self, runs: Iterable[int]) -> list[MatchRow]:
        """Matches that some runs told."""
        return self._matches(f"{_MATCH} WHERE told IN {_ASKED}{_ORDER}", numbers_json(runs))

    def matches_of(self, numbers: Iterable[int]) -> list[MatchRow]:
        """Matches that have one of the articles, or two."""
        asked = numbers_json(numbers)
        sql = f'{_MATCH} WHERE "left" IN {_ASKED} UNION {_MATCH} WHERE "right" IN {_ASKED}{_ORDER}'
        return self._matches(sql, asked * 2)

    def ties_of(self, numbers: Iterable[int]) -> list[Tie]:
        """The matches that have one of the articles, or two, without what was found: a tenth of the time."""
        asked = numbers_json(numbers)
        sql = f'{_TIE} WHERE "left" IN {_ASKED} UNION {_TIE} WHERE "right" IN {_ASKED}{_ORDER}'
        return [Tie(*row) for row in self.database.rows(sql, asked * 2)]

    def pairs_of(self, ties: Collection[Tie]) -> Iterator[bytes]:
        """What was found of some matches, JSON, by their numbers; never many at once in memory."""
        wanted = {(tie.left, tie.right) for tie in ties}
        lefts = sorted({left for left, _ in wanted})
        sql = f'SELECT "left", "right", pair FROM matches WHERE "left" IN {_ASKED}{_ORDER}'  # noqa: S608 - constants
        for start in range(0, len(lefts), _AT_ONCE):
            for left, right, pair in self.database.rows(sql, numbers_json(lefts[start : start + _AT_ONCE])):
                if (left, right) in wanted:
                    yield self._unpacked(left, right, pair)

    def compared_of(self, numbers: Iterable[int]) -> list[ComparedRow]:
        """What was compared with one of the articles and is no match."""
        one = 'SELECT "left", "right", verdict FROM compared WHERE "left" IN (SELECT value FROM json_each(?))'
        other = 'SELECT "left", "right", verdict FROM compared WHERE "right" IN (SELECT value FROM json_each(?))'
        rows = self.database.rows(f"{one} UNION {other}{_ORDER}", numbers_json(numbers) * 2)
        return [ComparedRow(left=left, right=right, verdict=verdict) for left, right, verdict in rows]

    def clusters_of(self, numbers: Iterable[int]) -> dict[int, str]:
        """By root the cluster it is in, for those that are in one."""
        sql = "SELECT article, cluster FROM members WHERE article IN (SELECT value FROM json_each(?)) ORDER BY article"
        return dict(self.database.rows(sql, numbers_json(numbers)))

    def members_of(self, cluster_ids: Iterable[str]) -> dict[str, list[int]]:
        """By id of a cluster its roots, sorted; [] for a cluster that has none or is not there."""
        sql = "SELECT article FROM members WHERE cluster = ? ORDER BY article"
        return {each: self.database.column(sql, (each,)) for each in cluster_ids}

    def member_told(self, roots: Iterable[int]) -> dict[int, int | None]:
        """By root the run that told it as a member of its cluster, None for none; those in no cluster are left out."""
        sql = "SELECT article, told FROM members WHERE article IN (SELECT value FROM json_each(?)) ORDER BY article"
        return dict(self.database.rows(sql, numbers_json(roots)))

    def members_told_by(self, runs: Iterable[int]) -> list[int]:
        """Roots that some runs told as members of their cluster, sorted."""
        sql = "SELECT article FROM members WHERE told IN (SELECT value FROM json_each(?)) ORDER BY article"
        return self.database.column(sql, numbers_json(runs))

    def members_untold(self) -> list[int]:
        """Roots that no run has told as members of their cluster, sorted."""
        return self.database.column("SELECT article FROM members WHERE told IS NULL ORDER BY article")

    def all_members(self) -> list[int]:
        """Roots that are in a cluster, sorted."""
        return self.database.column("SELECT article FROM members ORDER BY article")

    def absorbed(self, runs: Collection[int] | None) -> dict[str, list[str]]:
        """By id of a cluster the ids of those that became part of it and were told so by some runs, sorted.

        What became part of one that became part of another is part of the last.

        Args:
            runs: Their numbers; None for what no run has told.
        """
        where, values = _told_by(runs)
        sql = (
            f"WITH RECURSIVE way (id, into_) AS (SELECT id, absorbed_into FROM clusters "  # noqa: S608 - constants
            f"WHERE absorbed_into IS NOT NULL AND {where} UNION SELECT way.id, absorbed_into "
            "FROM way JOIN clusters ON clusters.id = into_ WHERE absorbed_into IS NOT NULL) "
            "SELECT into_, way.id FROM way JOIN clusters ON clusters.id = into_ WHERE absorbed_into IS NULL ORDER BY 2"
        )
        found: dict[str, list[str]] = {}
        for into, name in self.database.rows(sql, values):
            found.setdefault(into, []).append(name)
        return found

    def clusters_told_by(self, runs: Collection[int] | None) -> list[str]:
        """Ids of the clusters that some runs were the first to tell, sorted; None for what no run has told."""
        where, values = _told_by(runs)
        sql = f"SELECT id FROM clusters WHERE absorbed_into IS NULL AND {where} ORDER BY id"  # noqa: S608 - constants
        return self.database.column(sql, values)

    def tied_since(self, first: int) -> list[int]:
        """Roots of the articles from a number on that have a match or are versions of an older one, sorted.

        With those whose clusters an expiry has yet to make anew.
        """
        sql = (
            "SELECT DISTINCT root FROM articles WHERE number >= ? AND (root <> number "
            'OR number IN (SELECT "left" FROM matches WHERE "left" >= ?) '
            'OR number IN (SELECT "right" FROM matches WHERE "right" >= ?)) ORDER BY root'
        )
        return sorted({*self.database.column(sql, (first, first, first)), *self.to_renew()})

    def to_renew(self) -> list[int]:
        """Roots of what is left of clusters that lost members to an expiry and were not made anew since, sorted."""
        return self.database.column(
            "SELECT DISTINCT articles.root FROM to_renew JOIN articles ON number = to_renew.root ORDER BY 1"
        )

    def cluster_rows(self, ids: Iterable[str]) -> list[ClusterRow]:
        """Those that are there, in the order given."""
        sql = "SELECT id, born, absorbed_into, told FROM clusters WHERE id = ?"
        return [_cluster(row) for each in ids for row in self.database.rows(sql, (each,))]

    def runs(self) -> list[RunRow]:
        """All runs, by number; after years they are many."""
        return [_run(row) for row in self.database.rows(f"{_RUN} ORDER BY number")]

    def runs_count(self) -> int:
        """How many runs there were."""
        return int(self.database.value("SELECT count(*) FROM runs"))

    def last_run(self) -> RunRow | None:
        """The run of the largest number."""
        rows = self.database.rows(f"{_RUN} WHERE number = (SELECT max(number) FROM runs)")  # noqa: S608 - a constant
        return _run(rows[0]) if rows else None

    def has_run(self, number: int) -> bool:
        """Whether there was a run of this number."""
        return bool(self.database.rows("SELECT 1 FROM runs WHERE number = ?", (number,)))

    def run_numbers_since(self, wall_from: float, wall_to: float) -> list[int]:
        """Numbers of the runs that began between two times by the clock of their machine, both included; sorted."""
        sql = "SELECT number FROM runs WHERE wall >= ? AND wall <= ? ORDER BY number"
        return self.database.column(sql, (wall_from, wall_to))

    def _matches(self, sql: str, values: Sequence[Any] = ()) -> list[MatchRow]:
        return [self._match(row) for row in self.database.rows(sql, values)]

    def _match(self, row: Sequence[Any]) -> MatchRow:
        left, right, verdict, score, pair, told = row
        data = self._unpacked(left, right, pair)
        return MatchRow(left=left, right=right, verdict=verdict, score=score, pair=data, told=told)

    def _unpacked(self, left: int, right: int, pair: bytes) -> bytes:
        try:
            return zlib.decompress(pair)
        except zlib.error:
            raise damaged(self.database.files.name, f"the match of articles {left} and {right}") from None


def _told_by(runs: Collection[int] | None) -> tuple[str, Sequence[Any]]:
    """A condition, and its values."""
    return ("told IS NULL", ()) if runs is None else (f"told IN {_ASKED}", numbers_json(runs))


def _cluster(row: Sequence[Any]) -> ClusterRow:
    return ClusterRow(id=row[0], born=row[1], absorbed_into=row[2], told=row[3])


def _run(row: Sequence[Any]) -> RunRow:
    number, started, wall, ended, figures = row
    return RunRow(number=number, started=started, wall=wall, ended=ended, figures=orjson.loads(figures))
