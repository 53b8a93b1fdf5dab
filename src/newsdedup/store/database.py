"""The main file of a store: connecting to it, and refusing what is none.

Every error of SQLite and of the disk leaves here as one line that names the store and the way out.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from newsdedup.errors import StoreError
from newsdedup.store.paths import StoreFiles, network_under
from newsdedup.store.schema import APPLICATION_ID, SCHEMA, make

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
_BUSY_MILLISECONDS = 10_000
_CACHE_KIBIBYTES = 32_768
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_READ_ONLY = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_PRIMARY = 0xFF  # the lower byte of an extended error code is what went wrong, the upper where
_OUT_OF_ROOM = "no room on the disk"
_MAKE_ROOM = "make room and run again"
_NO_SHARED = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
_LEAST_FREE_BYTES = 1 << 16  # two of the pieces in which SQLite shares memory

_NOT_WRITABLE = "cannot be written; give this account the right to write it and its folder"
_HELD = "another program holds it; see that only newsdedup writes to it, and run again"
_TOLD = {
    sqlite3.SQLITE_READONLY: _NOT_WRITABLE,
    sqlite3.SQLITE_PERM: _NOT_WRITABLE,
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; its last run may not have ended and its folder cannot be written: run "
    "once with an account that may write there",
}
"""What to say of SQLite's error codes."""


class DiskError(StoreError):
    """The disk is full, or refuses.

    Attributes:
        what: The store and what is wrong.
        way_out: What helps.
    """

    def __init__(self, what: str, way_out: str) -> None:
        super().__init__(f"{what}; {way_out}")
        self.what = what
        self.way_out = way_out

    def of_batch(self) -> StoreError:
        """The same, where a batch was being written."""
        return StoreError(f"{self.what}; nothing of this batch was added; {self.way_out}")


class Database:
    """A connection to the main file of a store."""

    def __init__(self, files: StoreFiles, uri: str) -> None:
        self.files = files
        with refusals(files):
            self._connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_BUSY_MILLISECONDS / 1000)

    def close(self) -> None:
        """Ends what transaction there is."""
        with refusals(self.files):
            self._connection.close()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query."""
        with refusals(self.files):
            return self._connection.execute(sql, values).fetchall()

    def column(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """The first column of all rows of a query."""
        return [row[0] for row in self.rows(sql, values)]

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first column of the first row; None when there is no row."""
        found = self.rows(sql, values)
        return found[0][0] if found else None

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Runs a statement; returns how many rows it changed."""
        with refusals(self.files):
            return self._connection.execute(sql, values).rowcount

    def many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """Runs a statement once for each row of values."""
        with refusals(self.files):
            self._connection.executemany(sql, values)

    def vacuum(self, pages: int) -> None:
        """Gives so many free pages back; `run` would end after one, as the statement has rows without columns."""
        with refusals(self.files):
            self._connection.executescript(f"PRAGMA incremental_vacuum({pages})")

    def copy(self, target: Path) -> None:
        """Writes what this connection sees, within its transaction, to a new file."""
        with refusals(self.files), closing(sqlite3.connect(target)) as other:
            self._connection.backup(other)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything within is written, or nothing is, whatever is raised."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # SQLite itself rolls back on a full disk
                with refusals(self.files):
                    self._connection.rollback()
            raise

    def meta(self, key: str) -> Any:
        """A value of `meta`; None when it has none."""
        return self.value("SELECT value FROM meta WHERE key = ?", (key,))

    def put_meta(self, key: str, value: str | int | float | None) -> None:
        """Sets a value of `meta`, or removes it."""
        if value is None:
            self.run("DELETE FROM meta WHERE key = ?", (key,))
        else:
            self.run("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (key, value))


def numbers_json(numbers: Iterable[int]) -> tuple[str]:
    """Numbers as the one value that `json_each(?)` asks for; SQLite binds no lists."""
    return (json.dumps([int(number) for number in numbers]),)


def as_kept(name: str | None) -> str | bytes | None:
    """A name as SQLite takes it: one that is no valid Unicode (from the name of a file) as bytes."""
    if name is None or name.isascii():
        return name
    try:
        name.encode()
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogatepass")
    return name


def as_given(name: str | bytes | None) -> str | None:
    """The name that was kept."""
    return name.decode("utf-8", "surrogatepass") if isinstance(name, bytes) else name


@contextmanager
def refusals(files: StoreFiles) -> Iterator[None]:
    """Turns errors of SQLite and of the disk into a StoreError of one line."""
    try:
        yield
    except sqlite3.Error as error:
        raise _refusal(files, error) from error
    except OSError as error:
        raise _disk_refusal(files, error) from error
    except StoreError as error:
        cause = error.__context__
        if isinstance(cause, OSError) and cause.errno in _FULL:  # from rows or postings
            raise _disk_refusal(files, cause) from cause
        raise


def open_to_read(files: StoreFiles) -> Database:
    """The store for a reader, which never writes to it, not even what another left in the WAL."""
    _refuse_unfit(files)
    uri = f"file:{quote(str(files.main))}?mode=ro"
    database = Database(files, uri)
    try:
        try:
            _prepare(database)
        except StoreError as error:
            # A folder that cannot be written, or a full disk, has no room for what readers of a WAL share with others.
            if _code(error.__cause__) not in _NO_SHARED or _size(files.wal):
                raise
            database.close()
            database = Database(files, f"{uri}&immutable=1")
            _prepare(database)
        database.run("PRAGMA query_only = ON")
    except BaseException:
        database.close()
        raise
    return database


def open_to_write(files: StoreFiles) -> Database:
    """The store for the one writer, which holds its lock."""
    _refuse_unfit(files)
    if not os.access(files.main, os.W_OK):
        raise StoreError(f"{files.name}: cannot be written; give this account the right to, or use another store")
    database = Database(files, f"file:{quote(str(files.main))}?mode=rw")
    try:
        _prepare(database)
        database.run("PRAGMA synchronous = FULL")
    except BaseException:
        database.close()
        raise
    return database


def make_store(files: StoreFiles, meta: dict[str, str | int | float]) -> None:
    """Makes an empty store; it is there at once or not at all."""
    left = [each.name for each in (files.wal, files.index) if (_size(each) if each is files.wal else _filled(each))]
    if left:
        raise StoreError(
            f"{files.name}: not there, but {' and '.join(left)} of it; put it back from a backup, or remove them to "
            "begin anew"
        )
    with refusals(files):
        files.new.unlink(missing_ok=True)
        try:
            with closing(sqlite3.connect(files.new, isolation_level=None)) as connection:
                make(connection, meta)
            files.index.mkdir(exist_ok=True)
            sync(files.new)
            files.new.replace(files.main)
            sync(files.main.parent)
        finally:
            files.new.unlink(missing_ok=True)


def refuse_place(files: StoreFiles) -> None:
    """Raises StoreError where no store can stand; nothing was touched then."""
    if files.leads_nowhere:
        raise StoreError(f"{files.name}: a link to what is not there; name the file itself, or remove the link")
    folder = files.main.parent
    if not folder.is_dir():
        raise StoreError(f"{files.name}: its folder is not there; make it first: mkdir -p {folder}")
    if files.main.is_dir():
        raise StoreError(f"{files.name}: a folder; name a file, such as {files.name.rstrip('/')}/news.store")
    for each in (files.main, files.lock, files.new):
        if not _fits(each, Path.is_file):
            raise StoreError(
                f"{files.name}: {'' if each is files.main else f'its {each.name} is '}no regular file but a device, a "
                "pipe, a socket, a folder or a link to nothing; name another file"
            )
    if not _fits(files.index, Path.is_dir):
        raise StoreError(
            f"{files.name}: {files.index.name} is not the folder that a store has of this name; name another file, or "
            "move it away"
        )
    kind = network_under(folder)
    if kind:
        raise StoreError(
            f"{files.name}: on a network file system ({kind}), where locks and shared memory cannot be relied on; "
            "put the store on a local disk"
        )


def _fits(path: Path, kind: Callable[[Path], bool]) -> bool:
    """Whether a path is of some kind, or free."""
    return kind(path) or not (path.exists() or path.is_symlink())


def sync(path: Path) -> None:
    """Sees to it that a file, or the names in a folder, outlast a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _prepare(database: Database) -> None:
    database.run("PRAGMA trusted_schema = OFF")
    database.run("PRAGMA foreign_keys = ON")
    database.run("PRAGMA mmap_size = 0")  # a file cut short under a mapping ends the process
    database.run(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
    schema = int(database.value("PRAGMA user_version"))
    name = database.files.name
    if schema < SCHEMA:
        raise StoreError(f"{name}: of an older schema ({schema}, now {SCHEMA}); run newsdedup store migrate {name}")
    if schema > SCHEMA:
        raise StoreError(f"{name}: of a newer schema ({schema}, here {SCHEMA}); a newer newsdedup is needed")


def _refuse_unfit(files: StoreFiles) -> None:
    """Raises StoreError unless the head of the main file is that of a whole store."""
    name = files.name
    refuse_place(files)
    try:
        with files.main.open("rb") as file:
            head = file.read(_HEADER_BYTES)
        size = _size(files.main)
    except FileNotFoundError:
        raise StoreError(f"{name}: no such store; newsdedup ingest PATH --store {name} makes one") from None
    except OSError as error:
        raise _disk_refusal(files, error) from error
    other = "give another FILE; newsdedup ingest makes a store where there is no file"
    if not head.startswith(_MAGIC):
        raise StoreError(f"{name}: not a store, or its beginning is overwritten; {other}, or put back a backup")
    if len(head) < _HEADER_BYTES:
        raise _cut(name)
    if int.from_bytes(head[68:72]) != APPLICATION_ID:
        raise StoreError(f"{name}: an SQLite file, but not a store of newsdedup; {other}")
    page_bytes = int.from_bytes(head[16:18])  # 1 stands for 65536, a size that a store has not
    pages = int.from_bytes(head[28:32])
    # What a checkpoint has not finished is still in the WAL, so that the main file may be shorter than it says.
    if size < page_bytes * pages and not _size(files.wal):
        raise _cut(name)


def _refusal(files: StoreFiles, error: sqlite3.Error) -> StoreError:
    name, code = files.name, _code(error)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(name)
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_full(files)):
        return DiskError(f"{name}: {_OUT_OF_ROOM}", _MAKE_ROOM)
    if code == sqlite3.SQLITE_IOERR:
        what = f"{name}: the disk could not be read or written"
        return DiskError(what, "see that it has room and is sound, and run again")
    told = _TOLD.get(code or 0, f"{error}; newsdedup store verify {name} tells whether it is sound")
    return StoreError(f"{name}: {told}")


def _disk_refusal(files: StoreFiles, error: OSError) -> StoreError:
    if error.errno in _FULL:
        return DiskError(f"{files.name}: {_OUT_OF_ROOM}", _MAKE_ROOM)
    if error.errno in _READ_ONLY:
        where = Path(error.filename).name if isinstance(error.filename, str) else "one of its files"
        return StoreError(
            f"{files.name}: {where} cannot be opened or written ({error.strerror}); give this account the right to"
        )
    where = f" of {error.filename}" if isinstance(error.filename, str) else ""
    return StoreError(f"{files.name}: {error.strerror or error}{where}; newsdedup store verify {files.name} tells more")


def damaged(name: str, what: str = "") -> StoreError:
    """What to say of a store that is not as it was written."""
    told = f" ({what})" if what else ""
    return StoreError(
        f"{name}: damaged{told}; newsdedup store verify {name} tells what is; put back a backup of it, or make it anew"
    )


def _cut(name: str) -> StoreError:
    return StoreError(f"{name}: cut short; put back a backup of it and its -index folder, or make it anew")


def _code(error: BaseException | None) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & _PRIMARY


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _is_full(files: StoreFiles) -> bool:
    """Whether there is no room left beside the main file; SQLite tells it as any other error of the disk."""
    try:
        return shutil.disk_usage(files.main.parent).free < _LEAST_FREE_BYTES
    except OSError:
        return False


def _filled(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())
