"""A segment: the entries of neighbouring articles, sorted in one file that never changes; read where it is asked."""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from newsdedup.errors import StoreError
from newsdedup.store.disk import damaged, mapped, store_of, unreadable, way_out
from newsdedup.store.entries import BAND_KEY_BITS, KINDS
from newsdedup.store.layout import (
    LAYOUTS,
    LENGTH_BYTES,
    MAGIC,
    MOST_HEADER_BYTES,
    NUMBER_BITS,
    SCHEMA,
    padded,
)
from newsdedup.store.segment_writing import Listed, checksum_of


class SegmentMissingError(StoreError):
    """A listed segment is not there: damage, or a writer has merged it since it was listed; then list again."""


class Segment:
    """One segment, open to be read.

    Attributes:
        listed: What is kept of it.
        entries: How many it holds.
    """

    def __init__(self, path: Path, listed: Listed) -> None:
        """Opens a segment; its checksum is not looked at (see `problem`).

        Raises:
            SegmentMissingError: There is no such file.
            StoreError: It is not what was listed.
        """
        self.listed = listed
        self._path = path
        whole, header, body = _opened(path, listed)
        self._whole = whole
        try:
            self._layout = LAYOUTS[header["layout"]]
            self.entries = int(header["entries"])
            bounds = header["first"], header["end"], header["articles"]
        except (KeyError, TypeError, ValueError):
            raise damaged(path, "its header cannot be read") from None
        if (header.get("kinds"), header.get("band_key_bits")) != (KINDS, BAND_KEY_BITS):
            raise _other_version(path, "its keys are of other bands")
        cells_at, remainders_at, low_at, high_at, end = (body + start for start in self._layout.starts(self.entries))
        if bounds != (listed.first, listed.end, listed.articles) or end != whole.size:
            raise damaged(path, "it is not the file that was listed")
        size = np.dtype(self._layout.remainder).itemsize
        self._starts = whole[cells_at : cells_at + 4 * (self._layout.cells + 1)].view("<u4")
        self._remainders = whole[remainders_at : remainders_at + size * self.entries].view(f"<u{size}")
        self._low = whole[low_at : low_at + 2 * self.entries].view("<u2")
        self._high = whole[high_at : high_at + self.entries]
        ends = int(self._starts[0]), int(self._starts[-1])
        if ends != (0, self.entries) or (self._starts[1:] < self._starts[:-1]).any():
            raise damaged(path, "its directory is overwritten")

    def holders(
        self,
        kinds: NDArray[np.uint8],
        keys: NDArray[np.uint32],
        *,
        most: NDArray[np.int64],
        but: NDArray[np.int64],
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Who holds each of some keys.

        Args:
            most: Holders of each query, at most: those with the largest numbers.
            but: Numbers left out, sorted.

        Returns:
            `(queries, numbers)`; the numbers of each query stand in order.
        """
        if not self.entries:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        first, end = self._runs(kinds, keys)
        held = np.flatnonzero(end > first)
        but = but[slice(*np.searchsorted(but, (self.listed.first, self.listed.end)).tolist())]
        which, numbers = self._largest(first[held], end[held], most[held], but)
        return held[which], numbers

    def pieces(self, bounds: NDArray[np.uint64]) -> list[int]:
        """Where entries not below each of some packed (kind, key) begin: `kind << 32 | key`, sorted."""
        if not self.entries:
            return [0] * bounds.size
        kinds, keys = (bounds >> np.uint64(32)).astype(np.uint8), bounds.astype(np.uint32)
        cells, wanted = self._layout.places(kinds, keys)
        starts = self._starts.take(cells).astype(np.int64)
        found: list[int] = self._lower(starts, self._starts.take(cells + 1) - starts, wanted).tolist()
        return found

    def packed(self, first: int, end: int) -> NDArray[np.uint64]:
        """Some of the entries as packed numbers, sorted."""
        if first >= end:
            return np.zeros(0, dtype=np.uint64)
        ends = np.array((first, end - 1), dtype=self._starts.dtype)  # of one type: the starts are not to be copied
        low, high = np.searchsorted(self._starts, ends, side="right").tolist()
        bounds = np.clip(self._starts[low - 1 : high + 1].astype(np.int64), first, end)
        whole = np.repeat(self._layout.prefixes[low - 1 : high], np.diff(bounds))
        rest = self._remainders[first:end].astype(np.uint64)
        rest <<= np.uint64(NUMBER_BITS)
        whole |= rest
        whole |= self._relative(slice(first, end)).astype(np.uint64)
        return whole

    def numbers(self, first: int, end: int) -> NDArray[np.int64]:
        """Numbers of some of the entries, counted from the first of the segment."""
        return self._relative(slice(first, end))

    def refuse_damage(self) -> None:
        """Reads all of the file; a merge may have removed it since it was opened.

        Raises:
            StoreError: It is not, byte for byte, what was written.
        """
        try:
            handle = os.open(self._path, os.O_RDONLY)
            try:
                found = checksum_of(handle)
            finally:
                os.close(handle)
        except FileNotFoundError:
            found = zlib.crc32(self._whole.data)
        except OSError as error:
            raise unreadable(self._path, error) from None
        if found != self.listed.checksum:
            raise damaged(self._path, "its bytes are not those that were written")

    def _runs(self, kinds: NDArray[np.uint8], keys: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The entries of each key, `first` to before `end`."""
        cells, wanted = self._layout.places(kinds, keys)
        starts = self._starts.take(cells).astype(np.int64)
        ends = self._starts.take(cells + 1).astype(np.int64)
        first = self._lower(starts, ends - starts, wanted)
        end = first.copy()
        held = np.flatnonzero((first < ends) & (self._remainders.take(first, mode="clip") == wanted))
        first_held = first[held]
        end[held] = self._lower(first_held, ends[held] - first_held, wanted[held], beyond=True)
        return first, end

    def _lower(
        self,
        starts: NDArray[np.int64],
        counts: NDArray[np.int64],
        wanted: NDArray[np.generic],
        *,
        beyond: bool = False,
    ) -> NDArray[np.int64]:
        """The first entry in each range that is not below what is wanted, or is above it; all ranges at once.

        A binary search without branches: each step halves every range, those of one entry stay as they are.
        """
        below = np.less_equal if beyond else np.less
        base, count = starts.copy(), counts.astype(np.int64)
        for _ in range(max(0, int(count.max(initial=0)) - 1).bit_length()):
            half = count >> 1
            found = self._remainders.take(base + (half - 1), mode="clip")
            base += half * below(found, wanted)
            count -= half
        base += (count > 0) & below(self._remainders.take(base, mode="clip"), wanted)
        return base

    def _largest(
        self, first: NDArray[np.int64], end: NDArray[np.int64], most: NDArray[np.int64], but: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The largest numbers of each run of entries that are not left out."""
        count = end - first
        pieces = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))]
        asked, length = np.arange(first.size), most
        while asked.size:
            # From the end of the run; further back where too many of them are left out.
            taken = np.minimum(count[asked], length)
            which = np.repeat(np.arange(asked.size), taken)
            places = np.arange(which.size) + np.repeat(end[asked] - np.cumsum(taken), taken)
            numbers = self._relative(places) + self.listed.first
            if numbers.size and int(numbers.max()) >= self.listed.end:
                raise damaged(self._path, "its numbers are overwritten")
            if but.size:
                stays = but[np.minimum(np.searchsorted(but, numbers), but.size - 1)] != numbers
                which, numbers = which[stays], numbers[stays]
            found = np.bincount(which, minlength=asked.size)
            done = (found >= most[asked]) | (taken == count[asked])
            from_end = np.cumsum(found)[which] - np.arange(which.size)
            stays = done[which] & (from_end <= most[asked][which])
            pieces.append((asked[which[stays]], numbers[stays]))
            asked, length = asked[~done], taken[~done] * 8
        which, numbers = (np.concatenate(column) for column in zip(*pieces, strict=True))
        return which, numbers

    def _relative(self, places: NDArray[np.int64] | slice) -> NDArray[np.int64]:
        numbers = self._high[places].astype(np.int64)
        numbers <<= 16
        numbers |= self._low[places]
        return numbers


def _opened(path: Path, listed: Listed) -> tuple[NDArray[np.uint8], Mapping[str, Any], int]:
    """The bytes of a segment, its header, and where its body begins."""
    try:
        handle = os.open(path, os.O_RDONLY)
        try:
            whole = mapped(handle)
        finally:
            os.close(handle)
    except FileNotFoundError:
        raise SegmentMissingError(f"{path}: is not there; {way_out(path)}") from None
    except OSError as error:
        raise unreadable(path, error) from None
    start = whole[: len(MAGIC) + 20].tobytes()
    line, newline, _ = start.partition(b"\n")
    if not line.startswith(MAGIC) or not newline:
        raise damaged(path, "not a postings file, or its beginning is overwritten")
    if line != MAGIC + str(SCHEMA).encode():
        raise _other_version(path, f"of another version ({line[len(MAGIC) :].decode('ascii', 'replace')})")
    if whole.size != listed.bytes:
        raise damaged(path, f"cut short or overwritten, it has {whole.size} bytes of {listed.bytes}")
    at = len(line) + 1
    length = int.from_bytes(whole[at : at + LENGTH_BYTES].tobytes(), "little")
    at += LENGTH_BYTES
    try:
        header = orjson.loads(whole[at : at + min(length, MOST_HEADER_BYTES)].tobytes())
    except orjson.JSONDecodeError:
        header = None
    if not isinstance(header, dict):
        raise damaged(path, "its header cannot be read")
    return whole, header, padded(at + length)


def _other_version(path: Path, why: str) -> StoreError:
    return StoreError(
        f"{path}: {why}; run newsdedup store migrate {store_of(path)}, or the version of newsdedup that wrote it"
    )
