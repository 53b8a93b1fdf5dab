"""Postings: which articles of the store hold which keys, in segments that stand beside each other in number order."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newsdedup.store.disk import damaged, sync_folder
from newsdedup.store.entries import PASSAGE, QUOTED, SENTENCE, Entries, band_entries, joined
from newsdedup.store.merging import merge_plan, merged
from newsdedup.store.segment import Segment, SegmentMissingError
from newsdedup.store.segment_writing import Listed, write_segment

__all__ = [
    "PASSAGE",
    "QUOTED",
    "SENTENCE",
    "Entries",
    "Listed",
    "Postings",
    "Segment",
    "SegmentMissingError",
    "band_entries",
    "joined",
    "merge_plan",
    "merged",
    "remove_unlisted",
    "write_segment",
]

_OWN_FILES = re.compile(r"(?:rows|postings)-[0-9]+")


class Postings:
    """All segments of a store, open to be read.

    Attributes:
        segments: In number order.
    """

    def __init__(self, folder: Path, listed: Sequence[Listed], *, before: Postings | None = None) -> None:
        """Opens the segments listed.

        Args:
            before: Postings of the same folder; what they have open is not opened again.

        Raises:
            SegmentMissingError: One is not there.
            StoreError: One is not what was listed.
        """
        known: dict[Listed, Segment] = {} if before is None else {each.listed: each for each in before.segments}
        ordered = sorted(listed, key=lambda each: each.first)
        self.segments: tuple[Segment, ...] = tuple(
            known.get(each) or Segment(folder / each.name, each) for each in ordered
        )
        for left, right in pairwise(ordered):
            if left.end > right.first:
                raise damaged(folder / right.name, f"it holds numbers of {left.name}")

    def holders(
        self,
        kinds: NDArray[np.uint8],
        keys: NDArray[np.uint32],
        *,
        most: int,
        latest_day_from: float | None = None,
        but: NDArray[np.int64] | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Who holds each of some keys.

        Args:
            kinds: Of each query.
            keys: Of each query; a query may be asked twice.
            most: Holders of each query, at most: those with the largest numbers stay.
            latest_day_from: Segments all of whose articles are earlier are not asked; for kinds that a window bounds.
            but: Numbers left out before they are counted, sorted.

        Returns:
            `(queries, numbers)`: the place of each query among those given, and who holds it; sorted by both.

        Raises:
            StoreError: A segment is damaged.
        """
        if but is None:
            but = np.zeros(0, dtype=np.int64)
        # Sorted, so that what is read stands behind each other; the newest first, which leave the older less to do.
        order = np.argsort(kinds.astype(np.uint64) << np.uint64(32) | keys)
        kinds, keys = kinds[order], keys[order]
        wanted = np.full(order.size, most, dtype=np.int64)
        pieces = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))]
        for segment in reversed(self.segments):
            if latest_day_from is not None and segment.listed.latest_day < latest_day_from:
                continue
            asked = np.flatnonzero(wanted > 0)
            which, numbers = segment.holders(kinds[asked], keys[asked], most=wanted[asked], but=but)
            which = asked[which]
            wanted -= np.bincount(which, minlength=wanted.size)
            pieces.append((order[which], numbers))
        queries, numbers = (np.concatenate(column) for column in zip(*reversed(pieces), strict=True))
        by_query = np.argsort(queries, kind="stable")  # the numbers of each stand in order
        return queries[by_query], numbers[by_query]


def remove_unlisted(folder: Path, segments: Collection[str], row_files: Collection[str]) -> tuple[str, ...]:
    """Removes files of the index that are not needed: what a killed run left, what was merged, what has expired.

    Only for the one writer, and only after the transaction that took them off the list.

    Args:
        segments: Names of the segments listed.
        row_files: Names of the row files that hold an article (see `rows.row_files`).

    Returns:
        The names of the files removed, sorted.
    """
    kept = {*segments, *row_files}
    gone = sorted(path for path in folder.iterdir() if _OWN_FILES.fullmatch(path.name) and path.name not in kept)
    for path in gone:
        path.unlink(missing_ok=True)
    if gone:
        sync_folder(folder)
    return tuple(path.name for path in gone)
