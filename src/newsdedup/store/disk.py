"""Files of the store that hold arrays: mapped to be read, and on the disk for good once written."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newsdedup.errors import StoreError

WAY_OUT = "see newsdedup store verify FILE, then restore a backup or rebuild it with newsdedup store migrate FILE"


def damaged(path: Path, why: str) -> StoreError:
    """The error for a file that is not what was written."""
    return StoreError(f"{path}: {why}; {WAY_OUT}")


def unreadable(path: Path, error: OSError) -> StoreError:
    """The error for a file that the system does not let be read."""
    return StoreError(f"{path}: cannot be read: {error.strerror}; {WAY_OUT}")


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
