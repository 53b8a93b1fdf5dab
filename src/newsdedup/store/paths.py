"""The files of a store, and where a store must not stand: on a network file system."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from newsdedup.printable import printable_path

INDEX = "-index"
"""What the name of the folder of rows and postings ends in, after that of the store."""

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fuse.ceph-fuse", "fuse.cephfs", "fuse.davfs2",
        "fuse.gcsfuse", "fuse.glusterfs", "fuse.goofys", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "glusterfs",
        "gfs2", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "smb2", "smb3", "smbfs", "virtiofs",
    }
)  # fmt: skip
_ESCAPE = re.compile(r"\\([0-7]{3})")
_FIELDS_BEFORE_OPTIONS = 6  # id, parent, device, root, mount point, mount options; then optional ones until a dash


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFiles:
    """The paths of one store, links resolved: two names of one store have one lock.

    Attributes:
        name: Of the store as it was given, for messages.
        main: SQLite: articles, matches, runs; what the store is known by.
        wal: What SQLite has not yet put into `main`; part of the store.
        shm: Shared between the processes that have `main` open; holds nothing that lasts.
        lock: Locked by the one that writes; never removed, since two could then hold two locks of one name.
        new: The main file of a store while it is made.
        index: Folder of the rows and the postings.
        leads_nowhere: Whether the path that was given is a link to what is not there, or to itself.
    """

    name: str
    main: Path
    wal: Path
    shm: Path
    lock: Path
    new: Path
    index: Path
    leads_nowhere: bool

    def __iter__(self) -> Iterator[Path]:
        yield from (self.main, self.wal, self.shm, self.lock, self.new, self.index)

    def generation(self, number: int) -> Path:
        """The folder of the rows and postings of one generation; each migration makes a further one."""
        return self.index / f"g{number}" if number else self.index


def store_files(path: Path | str) -> StoreFiles:
    """The files of the store that goes by this path."""
    given = Path(path)
    try:
        main = given.resolve()
    except (OSError, RuntimeError):  # links that lead in a circle
        main = given.absolute()
    return StoreFiles(
        name=printable_path(str(path)),
        main=main,
        wal=main.with_name(f"{main.name}-wal"),
        shm=main.with_name(f"{main.name}-shm"),
        lock=main.with_name(f"{main.name}.lock"),
        new=main.with_name(f"{main.name}.new"),
        index=main.with_name(f"{main.name}{INDEX}"),
        leads_nowhere=given.is_symlink() and not main.exists(),
    )


def belongs_to_store(path: Path | str, store: Path | str) -> bool:
    """Whether the path is a file of the store or lies in its folder, under whatever name or link."""
    asked, files = Path(path).resolve(), store_files(store)
    index = files.index.resolve()
    return asked in files or asked == index or asked.is_relative_to(index)


def network_file_system(path: str, mounts: str) -> str | None:
    """The type of the network file system that a path lies on; None for a local or unknown one.

    Args:
        path: Absolute, links resolved.
        mounts: In the form of /proc/self/mountinfo.
    """
    asked = PurePosixPath(path)
    found, depth = "", -1
    for line in mounts.splitlines():
        fields = line.split(" ")
        if "-" not in fields[_FIELDS_BEFORE_OPTIONS:-1]:
            continue
        kind = fields[fields.index("-", _FIELDS_BEFORE_OPTIONS) + 1]
        point = PurePosixPath(_ESCAPE.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        # of two mounts at one point the later one hides the other
        if asked.is_relative_to(point) and len(point.parts) >= depth:
            found, depth = kind, len(point.parts)
    return found if found in _NETWORK else None


def network_under(path: Path) -> str | None:
    """The type of the network file system that a folder lies on; None also where the system does not say."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    return network_file_system(str(path.resolve()), mounts)
