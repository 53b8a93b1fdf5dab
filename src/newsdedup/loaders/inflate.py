"""Gzip data, inflated in steps and never past a cap."""

from __future__ import annotations

import gzip
import io
import os
from typing import BinaryIO

from newsdedup.loaders.files import BLOCK_BYTES
from newsdedup.loaders.refused import RefusedError

MAX_RATIO = 300
"""News inflates about 3:1, a feed of one article repeated about 100:1, a bomb of zeros 1,028:1."""


class _Capped(io.RawIOBase):
    """The inflated bytes of a gzip stream; reading past the cap raises."""

    def __init__(self, source: BinaryIO, max_inflated_bytes: int) -> None:
        super().__init__()
        self._gzip = gzip.GzipFile(fileobj=source, mode="rb")
        self._left = max_inflated_bytes

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # typeshed's Buffer has no len()
        """One step; `read1` hands out what was inflated before a damaged place, `read` would lose it."""
        data = self._gzip.read1(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise RefusedError(
                "too-large", f"inflates to more than {MAX_RATIO} times its size; if you trust it, gunzip it first"
            )
        buffer[: len(data)] = data
        return len(data)


def inflated(file: BinaryIO, max_bytes: int) -> io.BufferedReader:
    """A stream of what the gzip file holds (all its members).

    It may inflate to MAX_RATIO times its size, and in any case to `max_bytes`; what is read past that raises
    RefusedError `too-large`, damaged data one of READ_ERRORS. At most a block is held in memory.
    """
    size = os.fstat(file.fileno()).st_size
    return io.BufferedReader(_Capped(file, max(max_bytes + 1, MAX_RATIO * size)), BLOCK_BYTES)
