"""The files of a folder and its folders, in one order everywhere, without recursion and without following links."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from newsdedup.article import Skipped
from newsdedup.loaders.files import NOT_A_FILE_DETAIL, SYMLINK_DETAIL, open_folder, real_path
from newsdedup.loaders.refused import unreadable
from newsdedup.printable import printable_path

_Kind = Literal["folder", "file", "symlink", "hidden", "special"]
_SKIPPED: dict[_Kind, tuple[str, str]] = {
    "symlink": ("symlink", SYMLINK_DETAIL),
    "hidden": ("hidden", "its name starts with a dot; name it as a PATH to read it"),
    "special": ("not-a-file", NOT_A_FILE_DETAIL),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A regular file (when it was listed).

    Attributes:
        id: Relative to the folder walked, with what was asked for before it, forward slashes, printable.
        path: To open it with.
    """

    id: str
    path: str


def walk(folder: str, below: str = "", left_out: tuple[str, ...] = ()) -> Iterator[Found | Skipped]:
    """Every entry below a folder, sorted by relative path as a string.

    Holds the names of the folders between the root and where it is, so memory grows with the largest folder and
    not with the tree. A hidden folder or a symlink is one Skipped; a folder that cannot be listed one `unreadable`.

    Args:
        folder: To open it with.
        below: What stands before the relative path in the ids (`drafts/`).
        left_out: Real paths of files and folders that are passed over in silence.
    """
    names = {os.path.basename(each) for each in left_out}  # noqa: PTH119  # to resolve no path but these
    pending: list[tuple[str, _Kind]] = [("", "folder")]
    while pending:
        relative, kind = pending.pop()
        path = os.path.join(folder, relative) if relative else folder  # noqa: PTH118  # names may be undecodable
        if os.path.basename(relative) in names and real_path(path) in left_out:  # noqa: PTH119
            continue
        if kind == "file":
            yield Found(id=printable_path(below + relative), path=path)
        elif kind == "folder":
            try:
                entries = _list(path, root=not relative)
            except OSError as error:
                shown = printable_path(below + relative if relative else folder)
                refusal = unreadable(error)
                yield Skipped(input=shown, reason=refusal.reason, detail=f"{printable_path(path)}: {refusal.detail}")
                continue
            pending.extend((os.path.join(relative, name), kind) for name, kind in entries)  # noqa: PTH118
        else:
            reason, detail = _SKIPPED[kind]
            yield Skipped(
                input=printable_path(below + relative), reason=reason, detail=f"{printable_path(path)}: {detail}"
            )


def _list(path: str, *, root: bool) -> list[tuple[str, _Kind]]:
    """Names and kinds in one folder, last first; only the root may be a symlink itself."""
    if os.scandir not in os.supports_fd:  # Windows
        with os.scandir(path) as entries:
            return _sorted(entries)
    fd = open_folder(path, nofollow=not root)
    try:
        with os.scandir(fd) as entries:
            return _sorted(entries)
    finally:
        os.close(fd)


def _sorted(entries: Iterator[os.DirEntry[str]]) -> list[tuple[str, _Kind]]:
    named = [(entry.name, _kind(entry)) for entry in entries]
    # A folder sorts as "name/", so that depth first is the order of the relative paths as strings.
    named.sort(key=lambda item: item[0] + "/" if item[1] == "folder" else item[0], reverse=True)
    return named


def _kind(entry: os.DirEntry[str]) -> _Kind:
    if entry.name.startswith("."):
        return "hidden"
    if entry.is_symlink():
        return "symlink"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "special"
