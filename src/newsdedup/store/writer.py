"""Writing to a store: one process at a time, a batch in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import orjson

from newsdedup.errors import StoreError
from newsdedup.store.batches import write_batch
from newsdedup.store.clusters import put_clusters
from newsdedup.store.database import DiskError, make_store, open_to_write, refusals, refuse_place
from newsdedup.store.lock import WriterLock
from newsdedup.store.nouns import Batch, ClusterRow, KeepText
from newsdedup.store.paths import StoreFiles, store_files
from newsdedup.store.reader import Reader
from newsdedup.store.rows import window_days
from newsdedup.version import __version__

_ORJSON = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_SORT_KEYS


class Writer(Reader):
    """A store and its lock.

    Attributes:
        time: Seconds since 1970: now, but never before what the store has recorded.
    """

    time: float
    _lock: WriterLock

    @classmethod
    def open(  # type: ignore[override]  # a writer asks for more
        cls,
        path: Path | str,
        parameters: Mapping[str, str] | None,
        keep_text: KeepText | None = None,
        *,
        now: float,
        lock_timeout_seconds: float,
    ) -> Self:
        """Opens a store for writing, and makes it when there is none.

        Args:
            parameters: The fingerprint that it must have; None takes any, and makes no store.
            keep_text: None is as the store has it, and FULL for a new one.
            now: Seconds since 1970.
            lock_timeout_seconds: How long to wait for another writer; 0 not at all.

        Raises:
            StoreLockedError: Another process writes to it.
            StoreError: It is no store, damaged, of another schema, cannot be written, or was made with other
                parameters or another `keep_text`.
            ValueError: The time is negative or no number.
        """
        found = cls.take(path, parameters, keep_text, now=now, lock_timeout_seconds=lock_timeout_seconds)
        try:
            found.segments.reopen()
        except BaseException:
            found.close()
            raise
        return found

    @classmethod
    def take(
        cls,
        path: Path | str,
        parameters: Mapping[str, str] | None,
        keep_text: KeepText | None = None,
        *,
        now: float,
        lock_timeout_seconds: float,
    ) -> Self:
        """As `open`, but the index stays closed: it may be damaged, and is about to be made anew."""
        files = store_files(path)
        refuse_place(files)
        if parameters is None and not files.main.exists():
            raise StoreError(f"{files.name}: no such store; newsdedup ingest PATH --store {files.name} makes one")
        with refusals(files):
            lock = WriterLock(files.lock, files.name, lock_timeout_seconds)
        try:
            if parameters is not None and (not files.main.exists() or not files.main.stat().st_size):
                _make(files, parameters, keep_text or KeepText.FULL, now)
            database = open_to_write(files)
            try:
                found = cls(Path(path), files, database)
                found._refuse_others(parameters)
                found._refuse_other_text(keep_text)
                found.time = max(now, float(database.meta("clock")))
                found.segments.remove_leftovers()
            except BaseException:
                database.close()
                raise
        except BaseException:
            lock.close()
            raise
        found._lock = lock
        return found

    def close(self) -> None:
        """Lets go of the store; what was not written in whole is not there."""
        try:
            super().close()
        finally:
            self._lock.close()

    def begin_run(self, wall: float) -> int:
        """Notes that a run began.

        Args:
            wall: Seconds since 1970, as the machine has it.

        Returns:
            Its number, from 1.
        """
        with self.database.transaction():
            number = int(self.database.value("SELECT coalesce(max(number), 0) + 1 FROM runs"))
            self.database.run("INSERT INTO runs VALUES (?, ?, ?, NULL, '{}')", (number, self.time, wall))
            self.database.put_meta("clock", self.time)
        return number

    def end_run(self, run: int, ended: float, figures: Mapping[str, object]) -> None:
        """Notes that a run ended.

        Args:
            ended: Seconds since 1970, as the machine has it.
            figures: What it did, as JSON takes it.
        """
        text = orjson.dumps(dict(figures), option=_ORJSON).decode()
        self.database.run("UPDATE runs SET ended = ?, figures = ? WHERE number = ?", (ended, text, run))

    def add(self, batch: Batch) -> None:
        """Writes a batch: all of it, or nothing when anything is raised.

        Rows and postings are on the disk before the transaction that makes them known; what a killed run left of them
        is overwritten, and removed when the next writer opens the store.

        Raises:
            StoreError: The disk is full or refuses.
            ValueError: The numbers are not the next ones, or the rows not one each.
        """
        first = self.next_number
        numbers = np.arange(first, first + len(batch.arrivals), dtype=np.int64)
        if [each.number for each in batch.arrivals] != numbers.tolist() or batch.rows.shape != numbers.shape:
            raise ValueError(f"the arrivals are not numbered from {first}, or have not one row each")
        path = self.segments.next_path()
        try:
            listed = None
            if numbers.size:
                with refusals(self._files):
                    self._rows.write(numbers, batch.rows)
                listed = self.segments.write(batch.entries, numbers, window_days(batch.rows))
            with self.database.transaction():
                write_batch(self.database, batch)
                if listed is not None:
                    self.segments.put(listed)
                self.database.put_meta("next_number", first + numbers.size)
                self.database.put_meta("clock", max(self.time, batch.time))
        except BaseException as error:
            self.segments.remove_unless_listed(path)
            if isinstance(error, DiskError):
                raise error.of_batch() from error
            raise
        self.segments.reopen()

    def put_clusters(
        self,
        *,
        made: Sequence[ClusterRow],
        absorbed: Mapping[str, str],
        members: Mapping[int, str],
        left: Sequence[int],
    ) -> None:
        """Writes what became of clusters, in one transaction.

        Args:
            made: New ones, or new values of old ones.
            absorbed: By id the id of the cluster that it became part of.
            members: By root the cluster it is in; who is in one for the first time is not told.
            left: Roots that are in no cluster any more.
        """
        with self.database.transaction():
            put_clusters(self.database, made=made, absorbed=absorbed, members=members, left=left)
            self.database.put_meta("clustered", self.next_number)

    def tell(
        self, run: int, *, matches: Iterable[tuple[int, int]], members: Iterable[int], clusters: Iterable[str]
    ) -> None:
        """Notes what a run told; what was told before stays as it was.

        Args:
            matches: Numbers of the two articles of each, the smaller one first.
            members: Roots of the articles.
            clusters: Ids, those of absorbed ones among them.
        """
        with self.database.transaction():
            self.database.many(
                'UPDATE matches SET told = ? WHERE "left" = ? AND "right" = ? AND told IS NULL',
                ((run, left, right) for left, right in matches),
            )
            self.database.many(
                "UPDATE members SET told = ? WHERE article = ? AND told IS NULL", ((run, root) for root in members)
            )
            self.database.many(
                "UPDATE clusters SET told = ? WHERE id = ? AND told IS NULL", ((run, each) for each in clusters)
            )

    def merge(self) -> None:
        """Makes one of segments that stand beside each other, as many as are due; after a batch."""
        self.segments.merge()

    def _refuse_other_text(self, keep_text: KeepText | None) -> None:
        if keep_text is not None and keep_text is not self.keep_text:
            name = self._files.name
            raise StoreError(
                f"{name}: keeps texts as --keep-text {self.keep_text}, not {keep_text}; run without the option, or "
                f"give the articles to a new store"
            )


def _make(files: StoreFiles, parameters: Mapping[str, str], keep_text: KeepText, now: float) -> None:
    make_store(
        files,
        {
            "parameters": orjson.dumps(dict(parameters)).decode(),
            "keep_text": keep_text.value,
            "created": now,
            "clock": now,
            "next_number": 0,
            "sightings": 0,
            "version": __version__,
        },
    )
