"""Writing a segment: sorted entries come in pieces and are on the disk, whole, when it is done."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from newsdedup.store.disk import sync_folder, unwritable
from newsdedup.store.entries import BAND_KEY_BITS, KINDS, PASSAGE, Entries
from newsdedup.store.layout import (
    LARGE,
    LENGTH_BYTES,
    MAGIC,
    MOST_SPAN,
    SCHEMA,
    SMALL,
    SMALL_BELOW,
    Layout,
    packed,
    padded,
    unpacked,
)
from newsdedup.text.hashing import begins

_PIECE = 1 << 20
_MOST_ENTRIES = (1 << 32) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What is kept of one segment beside its file.

    Attributes:
        name: Of the file.
        first: The first number that it may hold.
        end: One past the last.
        articles: How many it was made of.
        latest_day: The latest time of any of them, in days; -inf where there is none.
        bytes: Size of the file.
        checksum: CRC-32 of the file.
    """

    name: str
    first: int
    end: int
    articles: int
    latest_day: float
    bytes: int
    checksum: int


def write_segment(
    path: Path,
    entries: Entries,
    *,
    first: int,
    end: int,
    articles: int,
    latest_day: float,
    small_below: int = SMALL_BELOW,
) -> Listed:
    """Writes entries as one segment, in the place of any file there; it is on the disk when this returns.

    Args:
        entries: Of articles with numbers from `first` to before `end`.
        articles: How many articles they are.
        latest_day: The latest time of these articles in days.
        small_below: Articles from which the segment is laid out as a large one.

    Raises:
        StoreError: The disk is full or refuses; there is no file then.
    """
    if end - first > MOST_SPAN or len(entries) > _MOST_ENTRIES:
        raise ValueError(f"{len(entries)} entries of {end - first} numbers are too many for one segment")
    numbers = entries.numbers - first
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < end - first:
        raise ValueError("an entry has a number that is not of the segment")
    wide = entries.keys[entries.kinds < PASSAGE] >> np.uint32(BAND_KEY_BITS)
    if (entries.kinds >= KINDS).any() or wide.any():
        raise ValueError("an entry has an unknown kind, or a key with more bits than keys of its kind have")
    whole = packed(entries.kinds, entries.keys, numbers)
    whole.sort()
    distinct = begins(whole)
    if not distinct.all():
        whole = whole[distinct]
    pieces = (whole[start : start + _PIECE] for start in range(0, whole.size, _PIECE))
    listed = Listed(name=path.name, first=first, end=end, articles=articles, latest_day=latest_day, bytes=0, checksum=0)
    return write_pieces(path, pieces, whole.size, listed, small_below=small_below)


def write_pieces(
    path: Path, pieces: Iterable[NDArray[np.uint64]], entries: int, about: Listed, *, small_below: int
) -> Listed:
    """Writes packed entries as one segment.

    Args:
        pieces: Sorted and distinct, each behind the other.
        entries: How many there are in all pieces.
        about: What is kept of it; its size and checksum are not looked at.
    """
    layout = SMALL if about.articles < small_below else LARGE
    header = orjson.dumps(
        {
            "layout": layout.name,
            "kinds": KINDS,
            "band_key_bits": BAND_KEY_BITS,
            "first": about.first,
            "end": about.end,
            "articles": about.articles,
            "entries": entries,
        }
    )
    head = MAGIC + str(SCHEMA).encode() + b"\n" + len(header).to_bytes(LENGTH_BYTES, "little") + header
    try:
        path.unlink(missing_ok=True)  # not emptied: somebody may still be reading it
        with path.open("xb+") as file:
            handle = file.fileno()
            _put(handle, head.ljust(padded(len(head)), b"\n"), 0)
            size = _put_body(handle, layout, pieces, entries, padded(len(head)))
            checksum = checksum_of(handle)
            os.fsync(handle)
        sync_folder(path.parent)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise unwritable(path, error) from None
    return Listed(
        name=path.name,
        first=about.first,
        end=about.end,
        articles=about.articles,
        latest_day=about.latest_day,
        bytes=size,
        checksum=checksum,
    )


def checksum_of(handle: int) -> int:
    """CRC-32 of an open file."""
    found = at = 0
    while data := os.pread(handle, _PIECE, at):
        found, at = zlib.crc32(data, found), at + len(data)
    return found


def _put_body(handle: int, layout: Layout, pieces: Iterable[NDArray[np.uint64]], entries: int, body: int) -> int:
    """Writes the four arrays, and the size of the file."""
    cells_at, remainders_at, low_at, high_at, end = (body + start for start in layout.starts(entries))
    sizes = np.zeros(layout.cells, dtype=np.int64)
    done = 0
    for piece in pieces:
        kinds, keys, numbers = unpacked(piece)
        cells, remainders = layout.places(kinds, keys)
        begin = int(cells[0]) if cells.size else 0
        counts = np.bincount(cells - begin)
        sizes[begin : begin + counts.size] += counts
        _put(handle, remainders.data, remainders_at + done * remainders.itemsize)
        _put(handle, numbers.astype("<u2").data, low_at + done * 2)
        _put(handle, (numbers >> np.uint32(16)).astype(np.uint8).data, high_at + done)
        done += piece.size
    if done != entries:
        raise ValueError(f"{done} entries came of {entries}")
    ends = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(sizes)))
    _put(handle, ends.astype("<u4").data, cells_at)
    os.ftruncate(handle, end)
    return end


def _put(handle: int, data: bytes | memoryview, at: int) -> None:
    rest = memoryview(data).cast("B") if len(data) else memoryview(b"")
    while rest:
        written = os.pwrite(handle, rest, at)
        rest, at = rest[written:], at + written
