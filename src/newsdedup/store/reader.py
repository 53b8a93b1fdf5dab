"""Reading a store: its articles, their rows, who holds which key, and what was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.errors import StoreError
from newsdedup.store.database import Database, as_given, as_kept, damaged, numbers_json, open_to_read, refusals
from newsdedup.store.fingerprint import difference
from newsdedup.store.nouns import KeepText, Stored
from newsdedup.store.paths import StoreFiles, store_files
from newsdedup.store.postings import SegmentMissingError
from newsdedup.store.records import article_of, packed_of
from newsdedup.store.rows import Rows
from newsdedup.store.segments import Segments
from newsdedup.store.told import Told
from newsdedup.text.hashing import distinct

_TRIES = 5
_AT_ONCE = 4096  # records that are taken from SQLite together

_STORED = "SELECT number, id, source, root, current, story, likenesses, first_seen, last_seen FROM articles "
_RECORDS = "SELECT number, record FROM records WHERE number IN (SELECT value FROM json_each(?))"
_SENTENCES = "SELECT number, sentences FROM records WHERE number IN (SELECT value FROM json_each(?))"

_COUNT = re.compile("[1-9][0-9]{0,17}")

_Key = TypeVar("_Key", str, bytes)


class Reader(Told):
    """A store as it was when it was opened; others may write to it meanwhile.

    Attributes:
        path: As given.
        parameters: The fingerprint of what the store was made with.
        keep_text: What it keeps of texts.
        database: For the rest of this room alone, as `segments` is.
    """

    def __init__(self, path: Path, files: StoreFiles, database: Database) -> None:
        """Takes over the database; `open` is the way to make one."""
        self.path = path
        self._files = files
        self.database = database
        self.parameters: Mapping[str, str] = _parameters(files, database)
        self.keep_text = _keep_text(files, database)
        self._expired_to = int(database.meta("expired_to") or 0)
        self.segments = Segments(database, int(database.meta("generation") or 0))
        self._rows = Rows(self.segments.folder)

    @classmethod
    def open(cls, path: Path | str, parameters: Mapping[str, str] | None, *, index: bool = True) -> Self:
        """Opens a store for reading.

        Args:
            parameters: The fingerprint that it must have; None takes any.
            index: Whether its segments are opened; they may be damaged.

        Raises:
            StoreError: It is none, damaged, of another schema, or was made with other parameters.
        """
        files = store_files(path)
        for left in range(_TRIES - 1, -1, -1):
            database = open_to_read(files)
            try:
                database.run("BEGIN")
                found = cls(Path(path), files, database)
                found._refuse_others(parameters)
                if index:
                    found.segments.reopen()
                held = found._rows.hold(found.segments.row_files())
            except SegmentMissingError:
                database.close()
                if not left:  # else a writer merged it after it was listed to us
                    raise
                continue
            except BaseException:
                database.close()
                raise
            if held or not left:  # else one has expired since, or is lost, which is said when a row is asked for
                return found
            database.close()
        raise AssertionError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the store."""
        self.database.close()

    @property
    def next_number(self) -> int:
        """The number of the next article."""
        return int(self.database.meta("next_number"))

    @property
    def clock(self) -> float:
        """Seconds since 1970: the latest time that the store has recorded."""
        return float(self.database.meta("clock"))

    @property
    def clustered(self) -> int:
        """Number of the first article that came after the clusters were last made anew."""
        return int(self.database.meta("clustered") or 0)

    def __len__(self) -> int:
        """How many articles there are, with all versions."""
        return int(self.database.value("SELECT count(*) FROM articles"))

    def bytes_on_disk(self) -> int:
        """Of all files of the store."""
        with refusals(self._files):
            return main_bytes(self._files) + index_bytes(self._files)

    def stored(self, numbers: Sequence[int] | NDArray[np.int64]) -> list[Stored]:
        """What is known of some articles: of those that are there, in the order given."""
        asked = _ints(numbers)
        sql = _STORED + "WHERE number IN (SELECT value FROM json_each(?))"  # noqa: S608 - two constants
        rows = {row[0]: row for row in self.database.rows(sql, numbers_json(asked))}
        return [_stored(rows[number]) for number in asked if number in rows]

    def stories(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """The story of each article, in the order given; -1 for one that is not there."""
        asked = distinct(numbers)
        sql = "SELECT number, story FROM articles WHERE number IN (SELECT value FROM json_each(?))"
        found = np.array(self.database.rows(sql, numbers_json(asked.tolist())), dtype=np.int64).reshape(-1, 2)
        stories = np.full(asked.size, -1, dtype=np.int64)
        stories[np.searchsorted(asked, found[:, 0])] = found[:, 1]
        return stories[np.searchsorted(asked, numbers)]

    def numbers_of(self, ids: Iterable[str]) -> dict[str, int]:
        """By id the number, for ids that are in the store."""
        return self._each("SELECT number FROM articles WHERE id = ?", ids, as_kept)

    def last_copy(self, name: str) -> int:
        """The largest n of the ids `NAME~n` that are in the store; 1 where there is none."""
        start = f"{name}~"
        bounds = as_kept(start), as_kept(f"{start}:")  # a colon comes next to the digits
        ids = self.database.column("SELECT id FROM articles WHERE id >= ? AND id < ?", bounds)
        ends = (str(as_given(each)).removeprefix(start) for each in ids)
        return max((int(end) for end in ends if _COUNT.fullmatch(end)), default=1)

    def by_identity(self, identities: Iterable[bytes]) -> dict[bytes, int]:
        """By identity the number, for identities that are in the store."""
        return self._each("SELECT number FROM articles WHERE identity = ?", identities, bytes)

    def ids_of(self, numbers: Sequence[int] | NDArray[np.int64]) -> dict[int, str]:
        """By number the id, for those that are there."""
        asked = numbers_json(_ints(numbers))
        sql = "SELECT number, id FROM articles WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number"
        return {number: str(as_given(name)) for number, name in self.database.rows(sql, asked)}

    def at_places(self, places: Iterable[bytes]) -> dict[bytes, list[Stored]]:
        """By place the articles that have it, in number order, for places that are in the store."""
        sql = _STORED + "WHERE place = ? ORDER BY number"
        found = {place: [_stored(row) for row in self.database.rows(sql, (place,))] for place in places}
        return {place: articles for place, articles in found.items() if articles}

    def articles(self, numbers: Sequence[int] | NDArray[np.int64]) -> list[Article]:
        """Some articles, in the order given; the text is "" where it is not kept.

        Raises:
            StoreError: One is not there, or not as it was written.
        """
        name = self._files.name
        return [article_of(data, number, name) for number, data in self._records(_RECORDS, numbers)]

    def packed(self, numbers: Sequence[int] | NDArray[np.int64]) -> list[bytes]:
        """Some articles as records of a shelf, in the order given.

        Raises:
            StoreError: One is not there, or not as it was written.
        """
        return [packed_of(data, number, self._files.name) for number, data in self._records(_RECORDS, numbers)]

    def sentences(self, numbers: Sequence[int] | NDArray[np.int64]) -> list[bytes]:
        """What arrived as `sentences` of some articles, in the order given.

        Raises:
            StoreError: One is not there.
        """
        return [data for _, data in self._records(_SENTENCES, numbers)]

    def rows(self, numbers: Sequence[int] | NDArray[np.int64]) -> NDArray[np.void]:
        """The rows of some articles, in the order given."""
        return self._rows.take(np.asarray(numbers, dtype=np.int64))

    def days(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(day of publication, NaN where it is unknown; day of first sight) of some articles, in the order given."""
        day, seen = (self._rows.column(name, numbers).astype(np.float64) for name in ("day", "seen"))
        return day, seen

    def holders(
        self,
        kinds: NDArray[np.uint8],
        keys: NDArray[np.uint32],
        *,
        most: int,
        latest_day_from: float | None = None,
        but: NDArray[np.int64] | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Who holds each of some keys; articles that have expired do not.

        Args:
            kinds: Of each query.
            keys: Of each query.
            most: Holders of each query, at most: those with the largest numbers stay.
            latest_day_from: Segments all of whose articles are earlier are not asked.
            but: Numbers left out, sorted.

        Returns:
            `(queries, numbers)`: the place of each query among those given, and who holds it; sorted by both.
        """
        queries, numbers = self.segments.postings.holders(
            kinds, keys, most=most, latest_day_from=latest_day_from, but=but
        )
        if not self._expired_to or not numbers.size:
            return queries, numbers
        asked = distinct(numbers[numbers < self._expired_to])
        sql = "SELECT number FROM articles WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number"
        there = np.array(self.database.column(sql, numbers_json(asked.tolist())), dtype=np.int64)
        alive = (numbers >= self._expired_to) | np.isin(numbers, there)
        return queries[alive], numbers[alive]

    def superseded(self) -> NDArray[np.int64]:
        """Numbers of versions that are not the current one of their article, sorted."""
        sql = "SELECT number FROM articles WHERE current = 0 ORDER BY number"
        return np.array(self.database.column(sql), dtype=np.int64)

    def versions_of(self, roots: Iterable[int]) -> dict[int, list[int]]:
        """By root the numbers of its versions, itself first, in number order; [] for one that is not there."""
        return versions_of(self.database, roots)

    def recurring(self) -> NDArray[np.uint64]:
        """Keys of sentences that are boilerplate, sorted."""
        return recurring_of(self.database)

    def outlets(self) -> dict[str, int]:
        """Articles of each outlet, by name; "" for all whose source is unknown."""
        found = ((str(as_given(name)), count) for name, count in self.database.rows("SELECT * FROM outlets"))
        return dict(sorted(found))

    def _refuse_others(self, parameters: Mapping[str, str] | None) -> None:
        differs = "" if parameters is None else difference(self.parameters, parameters)
        if differs:
            name = self._files.name
            raise StoreError(
                f"{name}: made with other parameters ({differs}); run newsdedup store migrate {name} with the same "
                "--views and --lang, or run with those it was made with"
            )

    def _records(self, sql: str, numbers: Sequence[int] | NDArray[np.int64]) -> Iterable[tuple[int, bytes]]:
        """(number, what is asked of it) in the order given; never many at once in memory twice."""
        asked = _ints(numbers)
        for start in range(0, len(asked), _AT_ONCE):
            part = asked[start : start + _AT_ONCE]
            found = dict(self.database.rows(sql, numbers_json(part)))
            for number in part:
                if number not in found:
                    raise damaged(self._files.name, f"there is no article {number}")
                yield number, found[number]

    def _each(self, sql: str, keys: Iterable[_Key], kept: Callable[[_Key], object]) -> dict[_Key, int]:
        found = ((key, self.database.value(sql, (kept(key),))) for key in keys)
        return {key: number for key, number in found if number is not None}


def versions_of(database: Database, roots: Iterable[int]) -> dict[int, list[int]]:
    """As the reader has it."""
    found: dict[int, list[int]] = {root: [] for root in roots}
    asked = numbers_json(found)
    sql = "SELECT root, number FROM articles WHERE {} IN (SELECT value FROM json_each(?)) AND root {} number"
    for column, same in (("number", "="), ("root", "<>")):  # each half has an index of its own
        for root, number in database.rows(f"{sql.format(column, same)} ORDER BY number", asked):
            found[root].append(number)
    return {root: sorted(numbers) for root, numbers in found.items()}


def recurring_of(database: Database, table: str = "recurring") -> NDArray[np.uint64]:
    """Keys of sentences that are boilerplate, sorted; SQLite has them signed."""
    keys = np.array(database.column(f"SELECT key FROM {table}"), dtype=np.int64)  # noqa: S608
    return np.sort(keys.view(np.uint64))


def main_bytes(files: StoreFiles) -> int:
    """Of the main file with what is not yet put into it."""
    return sum(each.stat().st_size for each in (files.main, files.wal) if each.exists())


def index_bytes(files: StoreFiles) -> int:
    """Of rows and postings."""
    found = 0
    for each in files.index.rglob("*"):
        try:
            found += each.stat().st_size if each.is_file() else 0
        except FileNotFoundError:  # merged just now
            continue
    return found


def _parameters(files: StoreFiles, database: Database) -> dict[str, str]:
    try:
        found = orjson.loads(database.meta("parameters"))
        return {str(name): str(value) for name, value in found.items()}
    except (TypeError, ValueError, AttributeError):
        raise damaged(files.name, "its parameters cannot be read") from None


def _keep_text(files: StoreFiles, database: Database) -> KeepText:
    try:
        return KeepText(database.meta("keep_text"))
    except ValueError:
        raise damaged(files.name, "what it keeps of texts cannot be read") from None


def _stored(row: Sequence[Any]) -> Stored:
    return Stored(
        number=row[0],
        id=str(as_given(row[1])),
        source=as_given(row[2]),
        root=row[3],
        current=bool(row[4]),
        story=row[5],
        likenesses=row[6],
        first_seen=row[7],
        last_seen=row[8],
    )


def _ints(numbers: Sequence[int] | NDArray[np.int64]) -> list[int]:
    return numbers.tolist() if isinstance(numbers, np.ndarray) else [int(number) for number in numbers]
