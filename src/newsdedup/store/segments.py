"""The segments of a store: files that change never, listed in the main file, which alone says what counts."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newsdedup.errors import StoreError
from newsdedup.store.database import Database, refusals
from newsdedup.store.disk import make_folder
from newsdedup.store.postings import Entries, Listed, Postings, merge_plan, merged, remove_unlisted, write_segment
from newsdedup.store.rows import ROWS_A_FILE
from newsdedup.store.rows import row_files as files_of_rows


class Segments:
    """Those of one generation.

    Attributes:
        folder: Where they stand, with the rows.
        generation: 0 as a store was made, one more with each migration.
        postings: Open to be read; none are until `reopen`.
    """

    def __init__(self, database: Database, generation: int) -> None:
        self._database = database
        self.generation = generation
        self.folder = database.files.generation(generation)
        self.postings = Postings(self.folder, [])

    def listed(self) -> list[Listed]:
        """What is kept of each, in number order."""
        sql = (
            'SELECT name, first, "end", articles, latest_day, bytes, checksum FROM segments WHERE generation = ? '
            "ORDER BY first"
        )
        return [
            Listed(
                name=row[0],
                first=row[1],
                end=row[2],
                articles=row[3],
                latest_day=row[4],
                bytes=row[5],
                checksum=row[6],
            )
            for row in self._database.rows(sql, (self.generation,))
        ]

    def next_path(self) -> Path:
        """Of the next segment; no name is used twice, so that no reader takes a new one for an old."""
        return self.folder / f"postings-{int(self._database.meta('segments_made') or 0) + 1:08d}"

    def write(self, entries: Entries, numbers: NDArray[np.int64], days: NDArray[np.float64]) -> Listed:
        """Writes the entries of some articles, numbers rising; nothing is listed yet."""
        with refusals(self._database.files):
            return write_segment(
                self.next_path(),
                entries,
                first=int(numbers[0]),
                end=int(numbers[-1]) + 1,
                articles=numbers.size,
                latest_day=float(days.max()),
            )

    def put(self, listed: Listed) -> None:
        """Makes a segment known, within a transaction."""
        self._database.run(
            "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                listed.name, self.generation, listed.first, listed.end, listed.articles, listed.latest_day,
                listed.bytes, listed.checksum,
            ),
        )  # fmt: skip
        self._database.put_meta("segments_made", int(listed.name.rpartition("-")[2]))

    def reopen(self) -> None:
        """Opens what is listed now.

        Raises:
            SegmentMissingError: One is not there.
            StoreError: One is not what was listed.
        """
        self.postings = Postings(self.folder, self.listed(), before=self.postings)

    def merge(self) -> None:
        """Makes one of segments that stand beside each other, as many as are due."""
        while groups := merge_plan(self.listed()):
            for group in groups:
                self.rewrite(group)

    def rewrite(self, group: Sequence[Listed]) -> None:
        """Writes segments that stand beside each other as one, without the entries of articles that are gone."""
        names = {each.name for each in group}
        segments = [each for each in self.postings.segments if each.listed.name in names]
        path = self.next_path()
        try:
            is_old = group[0].first < int(self._database.meta("expired_to") or 0)
            with refusals(self._database.files):
                found = merged(segments, self.alive if is_old else None, path)
            with self._database.transaction():
                self.forget(names)
                if found.articles:
                    self.put(found)
        except BaseException:
            self.remove_unless_listed(path)
            raise
        self.reopen()
        self.remove(names if found.articles else {*names, found.name})

    def drop(self, listed: Listed) -> None:
        """Lets go of a segment whose articles are all gone."""
        with self._database.transaction():
            self.forget({listed.name})
        self.reopen()
        self.remove({listed.name})

    def forget(self, names: set[str]) -> None:
        """Takes segments off the list, within a transaction."""
        self._database.many("DELETE FROM segments WHERE name = ?", ((name,) for name in sorted(names)))

    def remove(self, names: set[str]) -> None:
        """Removes the files of segments that are not listed any more."""
        with refusals(self._database.files):
            for name in sorted(names):
                (self.folder / name).unlink(missing_ok=True)

    def remove_unless_listed(self, path: Path) -> None:
        """Removes what an error left of a segment; a signal may come when it is listed already, though."""
        with suppress(StoreError, OSError):  # what was raised first is what matters
            if not self._database.rows("SELECT 1 FROM segments WHERE name = ?", (path.name,)):
                path.unlink(missing_ok=True)

    def alive(self, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of some numbers, rising, there are articles of."""
        if not numbers.size:
            return np.zeros(0, dtype=np.bool_)
        sql = "SELECT number FROM articles WHERE number >= ? AND number <= ? ORDER BY number"
        there = np.array(self._database.column(sql, (int(numbers[0]), int(numbers[-1]))), dtype=np.int64)
        return np.isin(numbers, there, assume_unique=True)

    def remove_leftovers(self) -> None:
        """Removes files that belong to no article: what a killed run left, what was merged, what has expired."""
        files = self._database.files
        current = int(self._database.meta("generation") or 0)
        going_on = {self.generation, current, int(self._database.meta("migrating_to") or current)}
        with refusals(files):
            make_folder(self.folder)
            remove_unlisted(self.folder, [each.name for each in self.listed()], self.row_files())
            if 0 not in going_on:
                remove_unlisted(files.index, [], [])
            kept = {files.generation(each) for each in going_on}
            for folder in sorted(files.index.glob("g[0-9]*")):
                if folder not in kept:
                    shutil.rmtree(folder)

    def row_files(self) -> frozenset[str]:
        """Names of the row files that hold an article."""
        sql = "SELECT 1 FROM articles WHERE number >= ? AND number < ? LIMIT 1"
        firsts = range(0, int(self._database.meta("next_number")), ROWS_A_FILE)
        held = [first for first in firsts if self._database.rows(sql, (first, first + ROWS_A_FILE))]
        return files_of_rows(np.array(held, dtype=np.int64))
