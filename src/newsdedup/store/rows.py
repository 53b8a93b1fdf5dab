"""Rows: what is known of every article in the same few bytes, found by the article's number alone.

Row n of the store stands at place n mod ROWS_A_FILE of file n // ROWS_A_FILE. Rows are written before the transaction
that makes them known, so what a killed run left behind the last known number is overwritten by the next.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newsdedup.sketch.minhash import NUM_PERM
from newsdedup.store.disk import damaged, mapped, sync_folder, unreadable, unwritable
from newsdedup.text.hashing import begins

ROW = np.dtype(
    [
        ("copy", "<u4", (NUM_PERM,)),
        ("terms", "<u4", (NUM_PERM,)),
        ("facts", "<u4", (NUM_PERM,)),
        ("day", "<f8"),
        ("seen", "<f8"),
        ("url_key", "<u8"),
        ("content_key", "<u8"),
        ("tokens", "<i4"),
        ("content", "<i4"),
        ("sentences", "<i4"),
        ("length", "<i4"),
        ("chrome", "u1"),
    ],
    align=True,
)
"""One article: its signatures (zeros for a view that is not kept); the time of
publication in days, NaN where it is unknown, and that of its first sight; keys of its URL and
of its text; tokens, content stems, sentences; content stems before boilerplate was cut; whether page chrome was cut.
Padded to a multiple of 8 bytes."""

ROWS_A_FILE = 1 << 16

DAY = 86_400.0
"""Seconds: rows count in days, tables in seconds."""

_PLAIN = np.dtype((np.void, ROW.itemsize))  # taken as one piece of memory, not field by field


def window_days(rows: NDArray[np.void]) -> NDArray[np.float64]:
    """The day of each article by which it is told from dated ones: of publication, else of its first sight."""
    days: NDArray[np.float64] = np.where(np.isnan(rows["day"]), rows["seen"], rows["day"])
    return days


def row_files(numbers: NDArray[np.int64]) -> frozenset[str]:
    """Names of the files that hold some articles, in any order."""
    if not numbers.size:
        return frozenset()
    files = np.bincount(numbers // ROWS_A_FILE)
    return frozenset(map(_name, np.flatnonzero(files).tolist()))


def _name(file: int) -> str:
    return f"rows-{file:05d}"


@dataclass(frozen=True, slots=True)
class _Map:
    """One file as it was when mapped; another inode or a larger size is another state of it."""

    inode: int
    size: int
    rows: NDArray[np.void]


class Rows:
    """The rows of all articles, in the files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._maps: dict[int, _Map] = {}

    def write(self, numbers: NDArray[np.int64], rows: NDArray[np.void]) -> None:
        """Writes rows at numbers; they are on the disk when this returns.

        Args:
            numbers: Rising, shape of `rows`.
            rows: Of dtype ROW.

        Raises:
            StoreError: The disk is full or refuses; rows of other numbers stay as they were.
        """
        if numbers.shape != rows.shape or (np.diff(numbers) <= 0).any():
            raise ValueError("the numbers do not rise, or are not one for each row")
        clean = np.zeros(rows.shape, dtype=ROW)  # so that what stands between the fields is the same in every run
        for name in ROW.names or ():
            clean[name] = rows[name]
        files = numbers // ROWS_A_FILE
        bounds = [*np.flatnonzero(begins(files)).tolist(), numbers.size]
        new = False
        for first, end in pairwise(bounds):
            path = self._folder / _name(int(files[first]))
            try:
                new |= _write(path, numbers[first:end] % ROWS_A_FILE, clean[first:end])
            except OSError as error:
                raise unwritable(path, error) from None
        if new:
            sync_folder(self._folder)

    def hold(self, names: Iterable[str]) -> bool:
        """Maps files, so that their rows can be read though a writer removes them; returns whether all are there."""
        there = True
        for name in sorted(names):
            try:
                self._maps[int(name.rpartition("-")[2])] = _mapped(self._folder / name)
            except FileNotFoundError:
                there = False
            except OSError:  # told when a row is asked for
                continue
        return there

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.void]:
        """Rows of some articles, dtype ROW, in the order given; a number may be asked twice.

        Raises:
            StoreError: A file is missing or cut short.
        """
        found = np.empty(numbers.size, dtype=ROW)
        if not numbers.size:
            return found
        plain = found.view(_PLAIN)
        files, places = np.divmod(numbers, ROWS_A_FILE)
        for file in np.flatnonzero(np.bincount(files)).tolist():
            asked = np.flatnonzero(files == file)
            wanted = places[asked]
            plain[asked] = self._file(file, int(wanted.max()) + 1).take(wanted)
        return found

    def column(self, name: str, numbers: NDArray[np.int64]) -> NDArray[np.generic]:
        """One field of the rows of some articles, in the order given; of each a few bytes are read, not all.

        Raises:
            StoreError: A file is missing or cut short.
        """
        found = np.empty(numbers.size, dtype=ROW[name])
        files, places = np.divmod(numbers, ROWS_A_FILE)
        for file in np.flatnonzero(np.bincount(files)).tolist():
            asked = np.flatnonzero(files == file)
            wanted = places[asked]
            found[asked] = self._file(file, int(wanted.max()) + 1).view(ROW)[name][wanted]
        return found

    def _file(self, file: int, least: int) -> NDArray[np.void]:
        """A file, mapped again when it has grown or was made anew; it has `least` rows at least."""
        path = self._folder / _name(file)
        known = self._maps.get(file)
        try:
            now = path.stat()
            if known is None or known.inode != now.st_ino or known.size != now.st_size:
                known = self._maps[file] = _mapped(path)
        except FileNotFoundError as error:
            if known is None:  # else a writer has removed it, but not from under us
                raise unreadable(path, error) from None
        except OSError as error:
            raise unreadable(path, error) from None
        if len(known.rows) < least:
            raise damaged(path, f"cut short, it has {len(known.rows)} rows of at least {least}")
        return known.rows


def _mapped(path: Path) -> _Map:
    handle = os.open(path, os.O_RDONLY)
    try:
        whole, inode = mapped(handle), os.fstat(handle).st_ino
    finally:
        os.close(handle)
    rows = whole[: whole.size // ROW.itemsize * ROW.itemsize].view(_PLAIN)
    return _Map(inode, whole.size, rows)


def _write(path: Path, places: NDArray[np.int64], rows: NDArray[np.void]) -> bool:
    """Writes rows into one file, and whether it is a new one."""
    new = not path.exists()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        bounds = [*np.flatnonzero(begins(places - np.arange(places.size))).tolist(), places.size]
        for first, end in pairwise(bounds):
            data = memoryview(rows[first:end].view(np.uint8).data)
            at = int(places[first]) * ROW.itemsize
            while data:
                written = os.pwrite(handle, data, at)
                data, at = data[written:], at + written
        os.fsync(handle)
    finally:
        os.close(handle)
    return new
