"""Opening and reading files that may be hostile: nothing blocks, nothing is followed by surprise, sizes are bounded."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

from newsdedup.loaders.refused import RefusedError

BLOCK_BYTES = 1 << 16
"""How much is read at once, and how far into a file its type is looked for."""

SYMLINK_DETAIL = "a symlink, not followed; name its target as a PATH"
NOT_A_FILE_DETAIL = "not a regular file; pipe it in and read it with -"

_PART_BYTES = 900  # with one more name (255) still below the shortest PATH_MAX, 1,024 on macOS; Linux has 4,096
_READ = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_READ |= getattr(os, "O_BINARY", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_DIRECTORY = getattr(os, "O_DIRECTORY", 0)


def too_large(max_bytes: int) -> RefusedError:
    """The refusal of an input above the cap."""
    return RefusedError("too-large", f"more than {max_bytes:,} bytes; raise the limit with --max-bytes")


def open_fd(path: str, extra_flags: int = 0) -> int:
    """`os.open` for reading, also for paths longer than the system takes at once (a 3,000-deep tree).

    Raises:
        OSError: As `os.open`.
    """
    try:
        return os.open(path, _READ | extra_flags)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG or os.open not in os.supports_dir_fd:
            raise
    parts = [b"" if path.startswith("/") else b"."]
    for name in os.fsencode(path).split(b"/"):
        if len(parts[-1]) + len(name) < _PART_BYTES:
            parts[-1] = parts[-1] + b"/" + name if name else parts[-1]
        else:
            parts.append(name)
    folder: int | None = None
    try:
        for part in parts[:-1]:
            deeper = os.open(part, _READ | _DIRECTORY, dir_fd=folder)
            if folder is not None:
                os.close(folder)
            folder = deeper
        return os.open(parts[-1], _READ | extra_flags, dir_fd=folder)
    finally:
        if folder is not None:
            os.close(folder)


def open_folder(path: str, *, nofollow: bool) -> int:
    """A descriptor of a folder; with `nofollow`, a symlink in its place is an OSError."""
    return open_fd(path, _DIRECTORY | (_NOFOLLOW if nofollow else 0))


def open_file(path: str, *, nofollow: bool) -> io.BufferedReader:
    """A regular file, open for reading; a FIFO, socket or device is refused without waiting for it.

    Args:
        path: The file.
        nofollow: Refuse a symlink (a file found by walking a folder); else follow it (a PATH the user named).

    Raises:
        RefusedError: `not-a-file`, or `symlink` when one took the place of the file since it was listed.
        OSError: It cannot be opened.
    """
    try:
        fd = open_fd(path, _NOFOLLOW if nofollow else 0)
    except OSError as error:
        if error.errno == errno.ELOOP and nofollow:
            raise RefusedError("symlink", SYMLINK_DETAIL) from error
        if error.errno == errno.ENXIO:  # a socket, or a device without a driver
            raise RefusedError("not-a-file", NOT_A_FILE_DETAIL) from error
        raise
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise RefusedError("not-a-file", NOT_A_FILE_DETAIL)
        return io.BufferedReader(io.FileIO(fd), BLOCK_BYTES)
    except BaseException:
        os.close(fd)
        raise


def read_capped(stream: BinaryIO, max_bytes: int) -> bytes:
    """Everything in the stream.

    Raises:
        RefusedError: `too-large`, when it holds more than `max_bytes`.
    """
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise too_large(max_bytes)
    return data


def read_steady(file: BinaryIO, max_bytes: int) -> bytes:
    """Everything in a regular file that nobody changed meanwhile; one more attempt if somebody did.

    Raises:
        RefusedError: `too-large` or `changing`.
    """
    for _ in range(2):
        before = os.fstat(file.fileno())
        if before.st_size > max_bytes:
            raise too_large(max_bytes)
        file.seek(0)
        data = read_capped(file, max_bytes)
        after = os.fstat(file.fileno())
        if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size):
            return data
    raise RefusedError("changing", "written to while it was read; try again when it is complete")


class Borrowed(io.RawIOBase):
    """Somebody else's stream (standard input) under a buffer of ours; closing the buffer leaves the stream open."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self._source = source

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # typeshed's Buffer has no len()
        """Fill the buffer; fewer bytes only at the end."""
        data = self._source.read(len(buffer)) or b""
        buffer[: len(data)] = data
        return len(data)


def real_path(path: str) -> str:
    """The path with every symlink resolved; a loop or a forbidden folder leaves it as it is."""
    try:
        return str(Path(path).resolve())
    except (OSError, RuntimeError):
        return path


def lies_in(path: str, places: Collection[str]) -> bool:
    """Whether a real path is one of some real paths, or below one of them."""
    return any(place in places for place in (path, *map(str, Path(path).parents)))
