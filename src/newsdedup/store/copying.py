"""Copying a store while others may write to it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import BinaryIO

from newsdedup.errors import StoreError
from newsdedup.store.database import damaged, refusals, sync
from newsdedup.store.disk import make_folder
from newsdedup.store.lock import WriterLock
from newsdedup.store.paths import StoreFiles, belongs_to_store, store_files
from newsdedup.store.reader import Reader, index_bytes, main_bytes
from newsdedup.store.rows import ROW, ROWS_A_FILE

_TRIES = 5
_COPIED_BYTES = 1 << 20


def backup(path: Path | str, target: Path | str) -> int:
    """Copies a store as it is at one moment to a new one.

    The copy is made beside the target and takes its name when it is whole.

    Returns:
        Bytes of the copy.

    Raises:
        StoreError: The store cannot be used, the target is there or lies in the store, or the disk is full.
    """
    source, made = store_files(path), store_files(target)
    if belongs_to_store(made.main, source.main):
        raise StoreError(f"{made.name}: belongs to the store {source.name}; name another file for the copy")
    if not made.main.parent.is_dir():
        raise StoreError(f"{made.name}: its folder is not there; make it first: mkdir -p {made.main.parent}")
    folder = made.main.with_name(f".{made.main.name}.backup")
    beside = store_files(folder / made.main.name)
    if not folder.is_dir():
        _refuse_what_is_there(made)
    with refusals(made):
        folder.mkdir(exist_ok=True)
        lock = WriterLock(beside.lock, made.name, 0)
    try:
        with refusals(made):
            _remove_unfinished(made, beside)
        _refuse_what_is_there(made)
        with refusals(made):
            _copy(path, source, beside)
            size = main_bytes(beside) + index_bytes(beside)
            beside.index.rename(made.index)
            sync(made.main.parent)
            beside.main.rename(made.main)
            sync(made.main.parent)
    finally:
        with suppress(OSError):  # what was raised first is what matters
            _remove_unfinished(made, beside)
            shutil.rmtree(folder)
        lock.close()
    return size


def _refuse_what_is_there(made: StoreFiles) -> None:
    there = [each for each in made if each.exists() or each.is_symlink()]
    if there:
        raise StoreError(f"{made.name}: {there[0].name} is there already; name a new file, or remove it first")


def _remove_unfinished(made: StoreFiles, beside: StoreFiles) -> None:
    """Removes what is left of a backup to the same name that was ended: the index goes to its place before the main."""
    if beside.main.exists() and not beside.index.exists() and not made.main.exists() and made.index.is_dir():
        shutil.rmtree(made.index)
    beside.main.unlink(missing_ok=True)  # first: while it is there and its index is not, that is in its place
    if beside.index.exists():
        shutil.rmtree(beside.index)


def _copy(path: Path | str, source: StoreFiles, beside: StoreFiles) -> None:
    for left in range(_TRIES - 1, -1, -1):
        with ExitStack() as stack:
            store = stack.enter_context(Reader.open(path, None))
            folder = beside.generation(store.segments.generation)
            names = [each.name for each in store.segments.listed()]
            lengths = _row_lengths(store)
            try:  # open at once: a merge may remove them, but not from under us
                found = {
                    name: stack.enter_context((store.segments.folder / name).open("rb")) for name in (*names, *lengths)
                }
            except FileNotFoundError as error:
                if left:
                    continue
                raise damaged(source.name, f"{Path(error.filename).name} is not there") from None
            make_folder(folder)
            for name, file in found.items():
                _put(file, folder / name, lengths.get(name))
            sync(folder)
            store.database.copy(beside.main)
            _tidy(beside.main, store.segments.generation)
            return


def _row_lengths(store: Reader) -> dict[str, int]:
    """By name of each row file that holds an article the bytes up to the last one."""
    sql = "SELECT max(number) FROM articles WHERE number >= ? AND number < ?"
    found = {}
    for first in range(0, store.next_number, ROWS_A_FILE):
        last = store.database.value(sql, (first, first + ROWS_A_FILE))
        if last is not None:
            found[f"rows-{first // ROWS_A_FILE:05d}"] = (last - first + 1) * ROW.itemsize
    return found


def _put(file: BinaryIO, target: Path, length: int | None) -> None:
    """Copies a file, or its first bytes: what follows them may be being written."""
    with target.open("xb") as copy:
        if length is None:
            shutil.copyfileobj(file, copy, _COPIED_BYTES)
        else:
            while length > 0 and (data := file.read(min(length, _COPIED_BYTES))):
                copy.write(data)
                length -= len(data)
    sync(target)


def _tidy(main: Path, generation: int) -> None:
    """Takes out of the copy what a migration had begun, and sees to it that it is on the disk."""
    with closing(sqlite3.connect(main)) as connection:
        connection.execute("DELETE FROM segments WHERE generation <> ?", (generation,))
        connection.execute("DELETE FROM rebuilt")
        connection.execute("DELETE FROM rebuilt_recurring")
        connection.execute("DELETE FROM meta WHERE key LIKE 'migrating%'")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    sync(main)
