"""Merging segments: small neighbours become one, so that few are asked however many batches there were."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newsdedup.store.layout import MOST_SPAN, NUMBER_BITS, SMALL_BELOW
from newsdedup.store.segment import Segment
from newsdedup.store.segment_writing import Listed, write_pieces
from newsdedup.text.hashing import distinct

MOST_ARTICLES = 1 << 18
"""Articles of a segment made of several."""

MERGED_AT = 4
"""Segments of one size class that become one; the next class begins at so many times the articles."""

MOST_SEGMENTS = 16
"""Segments that are not full, beyond which sizes are looked at less closely."""

_PIECE = 1 << 21
"""Entries that are merged at once, about: 16 MB as packed numbers."""

_MASKED = 1 << 18

Alive = Callable[[NDArray[np.int64]], NDArray[np.bool_]]
"""Which of some numbers, sorted, there still are articles of."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Neighbouring segments that are one, or will be."""

    members: tuple[Listed, ...]
    articles: int

    @property
    def size_class(self) -> int:
        """Logarithm of the articles to the base MERGED_AT."""
        return (max(1, self.articles).bit_length() - 1) // 2

    @property
    def full(self) -> bool:
        """Whether another of its size would make it too large."""
        return self.articles > MOST_ARTICLES // 2


def merge_plan(listed: Sequence[Listed]) -> list[tuple[Listed, ...]]:
    """Which segments become one, in number order.

    Four of one size class become one as soon as nothing larger stands between them; smaller ones between them come
    along. What is merged is of a higher class than any of its parts, or full, so that an article is written again at
    most once a class. Where batches of very different sizes leave more than MOST_SEGMENTS all the same, those four
    neighbours become one of which the largest is the smallest part.

    Returns:
        Groups of two and more; nothing more is to be merged once each has become one.
    """
    groups = [_Group((each,), each.articles) for each in sorted(listed, key=lambda each: each.first)]
    while (found := _next_of_class(groups) or _next_of_many(groups)) is not None:
        groups[found] = [_whole(groups[found])]
    return [group.members for group in groups if len(group.members) > 1]


def _next_of_class(groups: Sequence[_Group]) -> slice | None:
    """The first groups of the lowest class that may become one."""
    classes = [-1 if group.full else group.size_class for group in groups]
    for size_class in sorted(set(classes)):
        run: list[int] = []  # groups of the class, nothing larger between them
        for place, group in enumerate(groups):
            if group.full or classes[place] > size_class:
                run = []
            elif classes[place] == size_class:
                run.append(place)
                if len(run) == MERGED_AT:
                    found = _fitting(groups, run[0], place + 1)
                    if found.stop - found.start > 1:
                        return found
                    run = run[1:]
    return None


def _next_of_many(groups: Sequence[_Group]) -> slice | None:
    """Where too many are not full: the four neighbours that are most alike in size."""
    if sum(not group.full for group in groups) <= MOST_SEGMENTS:
        return None
    found: list[tuple[float, int]] = []
    for first in range(len(groups) - MERGED_AT + 1):
        window = groups[first : first + MERGED_AT]
        if not any(group.full for group in window) and _fits(_whole(window)):
            largest = max(group.articles for group in window)
            found.append((largest / max(1, _whole(window).articles), first))
    if not found:
        return None
    _, first = min(found)
    return slice(first, first + MERGED_AT)


def _fitting(groups: Sequence[_Group], first: int, end: int) -> slice:
    """The groups from `first` on, up to `end`, that fit into one segment."""
    while end - first > 1 and not _fits(_whole(groups[first:end])):
        end -= 1
    return slice(first, end)


def _whole(groups: Sequence[_Group]) -> _Group:
    members = tuple(member for group in groups for member in group.members)
    return _Group(members, sum(group.articles for group in groups))


def _fits(group: _Group) -> bool:
    return group.articles <= MOST_ARTICLES and group.members[-1].end - group.members[0].first <= MOST_SPAN


def merged(segments: Sequence[Segment], alive: Alive | None, path: Path, *, small_below: int = SMALL_BELOW) -> Listed:
    """Writes neighbouring segments as one, in a memory that does not grow with them.

    Args:
        segments: In number order.
        alive: Which numbers stay; None for all.
        path: The file; it is on the disk when this returns.
        small_below: Articles from which the segment is laid out as a large one.

    Returns:
        What is to be listed; no articles when none is left.

    Raises:
        StoreError: One of them is damaged, or the disk is full or refuses; there is no file then.
    """
    first, end = segments[0].listed.first, segments[-1].listed.end
    if end - first > MOST_SPAN or any(left.listed.end > right.listed.first for left, right in pairwise(segments)):
        raise ValueError("the segments do not stand beside each other, or too far apart")
    for segment in segments:  # what is damaged would go by a new checksum as if it were not
        segment.refuse_damage()
    articles = sum(segment.listed.articles for segment in segments)
    entries = sum(segment.entries for segment in segments)
    kept: NDArray[np.bool_] | None = None
    if alive is not None:
        kept = _mask(alive, first, end)
        articles = min(articles, int(np.count_nonzero(kept)))
        entries = _kept_entries(segments, kept)
    about = Listed(
        name=path.name,
        first=first,
        end=end,
        articles=articles,
        latest_day=max(segment.listed.latest_day for segment in segments),
        bytes=0,
        checksum=0,
    )
    return write_pieces(path, _pieces(segments, kept), entries, about, small_below=small_below)


def _mask(alive: Alive, first: int, end: int) -> NDArray[np.bool_]:
    """Which numbers stay, counted from `first`."""
    parts = (np.arange(start, min(end, start + _MASKED), dtype=np.int64) for start in range(first, end, _MASKED))
    return np.concatenate([np.zeros(0, dtype=bool), *(alive(numbers) for numbers in parts)])


def _kept_entries(segments: Sequence[Segment], kept: NDArray[np.bool_]) -> int:
    first, count = segments[0].listed.first, 0
    for segment in segments:
        mine = kept[segment.listed.first - first : segment.listed.end - first]
        for start in range(0, segment.entries, _PIECE):
            numbers = segment.numbers(start, min(segment.entries, start + _PIECE))
            count += int(np.count_nonzero(mine[numbers]))
    return count


def _pieces(segments: Sequence[Segment], kept: NDArray[np.bool_] | None) -> Iterator[NDArray[np.uint64]]:
    """Their entries, packed, sorted, in pieces that hold all entries of a key."""
    bounds = _bounds(segments)
    places = [[*segment.pieces(bounds), segment.entries] for segment in segments]
    first = segments[0].listed.first
    for part in range(len(places[0])):
        found = [np.zeros(0, dtype=np.uint64)]
        for segment, ends in zip(segments, places, strict=True):
            start = ends[part - 1] if part else 0
            whole = segment.packed(start, ends[part])
            # Numbers are counted from another first; they have bits to spare, and do not run over into the key.
            whole += np.uint64(segment.listed.first - first)
            found.append(whole)
        piece = np.concatenate(found)
        if kept is not None:
            numbers = (piece & np.uint64(MOST_SPAN - 1)).astype(np.int64)
            piece = piece[kept[numbers]]
        piece.sort(kind="stable")  # sorted runs, which it only merges: a tenth of the time
        yield piece


def _bounds(segments: Sequence[Segment]) -> NDArray[np.uint64]:
    """Some of their (kind, key), `kind << 32 | key`, between any two of which there are few enough entries."""
    step = max(1, _PIECE // len(segments))
    found = [
        segment.packed(place, place + 1) >> np.uint64(NUMBER_BITS)
        for segment in segments
        for place in range(step, segment.entries, step)
    ]
    return distinct(np.concatenate((np.zeros(0, dtype=np.uint64), *found)))
