"""Names of files: one for each, however it was reached, and which of them the PATHs of a run would read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

from newsdedup.loaders import reads
from newsdedup.loaders.kinds import may_be_feed


def as_seen(path: str) -> str:
    """A PATH under the one name that its file has: links resolved, as seen from the working directory.

    What is not there, or has no name (a pipe), stays as it is.
    """
    if path == "-" or not Path(path).exists():
        return path
    real = os.path.realpath(path)
    return seen_from(str(Path.cwd()), real) if Path(real).exists() else path


def seen_from(here: str, real: str) -> str:
    """A real path as seen from a folder; as it is where the two have nothing but the root in common."""
    top = PurePath(here).parts[:2]
    if PurePath(real).parts[: len(top)] != top:
        return real
    seen = os.path.relpath(real, here)
    return seen if seen != "-" else os.path.join(os.curdir, seen)  # noqa: PTH118  # pathlib drops the dot


def within(path: str, folders: Iterable[str]) -> bool:
    """Whether a path is, or lies in, one of others; all as seen from the working directory."""
    parts = _parts(path)
    return any(parts[: len(outer)] == outer for outer in map(_parts, folders))


def _parts(path: str) -> tuple[str, ...]:
    return Path(os.path.abspath(path)).parts  # noqa: PTH100  # links stay as they are named


@dataclass(frozen=True, slots=True)
class Reach:
    """What PATHs reach: files, and folders with all below them.

    Attributes:
        paths: The parts of the real paths.
    """

    paths: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, paths: Iterable[str]) -> Reach:
        """From PATHs as they are named."""
        return cls(frozenset(PurePath(os.path.realpath(path)).parts for path in paths))

    def skips(self, file: str) -> list[str]:
        """For each PATH that reaches a file the reason why it is skipped, by its name alone; "" where it may be read.

        Args:
            file: A real path; nothing need be there.
        """
        parts = PurePath(file).parts
        return [_skipped(parts[end:]) for end in range(1, len(parts) + 1) if parts[:end] in self.paths]


def _skipped(below: tuple[str, ...]) -> str:
    if any(part.startswith(".") for part in below):
        return "hidden"
    return "" if not below or reads(below[-1]) or may_be_feed(below[-1]) else "unknown-type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Files that a run would read, and why it would not read the others that its PATHs reach.

    Attributes:
        files: Real paths, sorted.
        skipped: A reason for each of the others.
    """

    files: tuple[str, ...]
    skipped: tuple[str, ...]


def reached(files: Iterable[str], reach: Reach) -> Reached:
    """Those of the files that are there and within reach; a file or a link in a folder is treated as a walk does."""
    read: list[str] = []
    skipped: list[str] = []
    for file in sorted(files):
        reasons = reach.skips(file)
        kind = _kind(file) if reasons else None
        if kind is None:
            continue
        reason = kind or min(reasons)  # "" is the least
        if reason:
            skipped.append(reason)
        else:
            read.append(file)
    return Reached(files=tuple(read), skipped=tuple(skipped))


def _kind(file: str) -> str | None:
    """Why what stands there is not read, "" for a regular file; None where nothing is."""
    try:
        mode = Path(file).lstat().st_mode
    except OSError:
        return None
    if stat.S_ISREG(mode):
        return ""
    return "symlink" if stat.S_ISLNK(mode) else "not-a-file"
