"""Which files have changed since a revision of the git checkout that the command runs in."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsdedup.errors import InputError
from newsdedup.report.plain import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What has changed, all as paths seen from the working directory, sorted.

    Attributes:
        files: Files that are there and are new or have another text; a file that was only moved is not among them.
        gone: Files that were deleted, or stand elsewhere now.
    """

    files: tuple[str, ...]
    gone: tuple[str, ...]


def changes_since(revision: str) -> Changes:
    """What differs between the working tree, untracked files included, and where the branch left the revision.

    Raises:
        InputError: There is no git, no checkout, or no such revision.
    """
    if shutil.which("git") is None:
        raise InputError("--changed-since: git is not installed; install it, or name the new files")
    top = _git("rev-parse", "--show-toplevel", failure="--changed-since: not in a git checkout; name the new files")
    root = os.fsdecode(top).removesuffix("\n")
    unknown = (
        f"--changed-since: no revision {visible(revision)} in this checkout; fetch it first (a CI job may have to ask "
        "for the whole history, fetch-depth: 0)"
    )
    commit = _line(
        _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", failure=unknown)
    )
    base = (
        _line(_git("merge-base", commit, "HEAD")) or commit
    )  # commits that came to the other branch since are not ours
    failure = f"--changed-since: git cannot compare with {visible(revision)}"
    listed = _git("diff", "--name-status", "-z", "-M", "--no-ext-diff", base, "--", failure=failure)
    files: set[str] = set()
    gone: set[str] = set()
    for status, old, new in _statuses(listed):
        if status == "R":
            gone.add(old)
        if status == "D":
            gone.add(new)
        else:
            files.add(new)
    untracked = _git("-C", root, "ls-files", "--others", "--exclude-standard", "-z", failure=failure)
    files.update(name for name in map(os.fsdecode, untracked.split(b"\0")) if name)
    seen = _SeenFrom(root)
    return Changes(files=seen.all(files), gone=seen.all(gone))


def _statuses(listed: bytes) -> Iterator[tuple[str, str, str]]:
    """(status, old name, new name) of each change but those of files that were moved as they are."""
    parts = iter(map(os.fsdecode, listed.split(b"\0")))
    for status in parts:
        if not status:
            return
        old = next(parts)
        new = next(parts) if status[0] in "RC" else old
        if status == "R100":
            yield "D", old, old
        elif status[0] == "C":
            yield "A", new, new
        else:
            yield status[0], old, new


@dataclass(frozen=True, slots=True)
class _SeenFrom:
    """Names in a checkout as paths from the working directory."""

    root: str

    def all(self, names: set[str]) -> tuple[str, ...]:
        here = os.path.realpath(os.curdir)
        return tuple(sorted(Path(os.path.relpath(Path(self.root) / name, here)).as_posix() for name in names))


def within(path: str, folders: Sequence[str]) -> bool:
    """Whether a path is, or lies in, one of others; all as seen from the working directory."""
    parts = _parts(path)
    return any(parts[: len(outer)] == outer for outer in map(_parts, folders))


def _parts(path: str) -> tuple[str, ...]:
    return Path(os.path.abspath(path)).parts  # noqa: PTH100  # links stay as they are named


def _line(output: bytes) -> str:
    return os.fsdecode(output).strip()


def _git(*arguments: str, failure: str = "") -> bytes:
    """What git prints; "" where it fails and no message says what that means."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    done = subprocess.run(["git", *arguments], capture_output=True, check=False, env=environment)  # noqa: S603, S607
    if done.returncode == 0:
        return done.stdout
    if not failure:
        return b""
    why = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0].removeprefix("fatal: ")
    raise InputError(f"{failure}{f' ({visible(why)})' if why and 'not a git repository' not in why else ''}")
