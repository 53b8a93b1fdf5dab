"""Files of the store that hold arrays: mapped to be read, and on the disk for good once written."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newsdedup.errors import StoreError
from newsdedup.printable import printable_path
from newsdedup.store.paths import INDEX


def store_of(path: Path) -> str:
    """The store that a file of its index belongs to, for messages; "FILE" for a file that lies in no index."""
    for folder in path.parents:
        if folder.name.endswith(INDEX):
            return printable_path(str(folder.with_name(folder.name.removesuffix(INDEX))))
    return "FILE"


def way_out(path: Path) -> str:
    """What helps where a file of the index is damaged."""
    name = store_of(path)
    return f"see newsdedup store verify {name}, then restore a backup or rebuild it with newsdedup store migrate {name}"


def damaged(path: Path, why: str) -> StoreError:
    """The error for a file that is not what was written."""
    return StoreError(f"{path}: {why}; {way_out(path)}")


def unreadable(path: Path, error: OSError) -> StoreError:
    """The error for a file that the system does not let be read."""
    return StoreError(f"{path}: cannot be read: {error.strerror}; {way_out(path)}")


def unwritable(path: Path, error: OSError) -> StoreError:
    """The error for a file that the system does not let be written."""
    return StoreError(f"{path}: cannot be written: {error.strerror}; see to that and run again, nothing kept is lost")


def mapped(file: int) -> NDArray[np.uint8]:
    """The bytes of an open file as they are now, read when they are looked at; the file may be closed at once."""
    size = os.fstat(file).st_size
    if not size:  # the system maps no empty file
        return np.zeros(0, dtype=np.uint8)
    return np.frombuffer(mmap.mmap(file, size, access=mmap.ACCESS_READ), dtype=np.uint8)


def sync_folder(folder: Path) -> None:
    """Makes sure that files new in a folder, or gone from it, are so after a power cut too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Makes a folder, with those above it, that is there after a power cut too; one that is there stays."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)
