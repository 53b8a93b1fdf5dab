"""Articles with the same words in the same order: one of them stands for all when candidates are looked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from newsdedup.engine.shelf import Shelf
from newsdedup.text.table import ArticleColumns, ArticleTable

_BATCH = 256  # articles whose words are looked at again at a time


def exact_groups(
    shelf: Shelf,
    columns: ArticleColumns,
    tables: Callable[[NDArray[np.int64]], ArticleTable],
    fresh: NDArray[np.bool_] | None = None,
) -> list[list[int]]:
    """Groups of two and more articles with the same words, each sorted, in the order of their first members.

    The keys only propose: texts, and where they differ the words themselves, are compared. Articles without words are
    in none.

    Args:
        tables: Of some articles, boilerplate cut.
        fresh: Articles of which each group must have one, shape (articles,); None for all groups.
    """
    groups: list[list[int]] = []
    for same_key in _same_keys(columns):
        if fresh is not None and not fresh[same_key].any():
            continue
        rest = same_key
        while rest.size > 1:
            same = _same_words(shelf, rest, tables)
            if same.sum() > 1:
                groups.append(rest[same].tolist())
            rest = rest[~same]
    return sorted(groups)


def _same_keys(columns: ArticleColumns) -> Iterator[NDArray[np.int64]]:
    worded = np.flatnonzero(columns.tokens)
    order = worded[np.argsort(columns.content_key[worded], kind="stable")]
    keys = columns.content_key[order]
    bounds = np.flatnonzero(np.diff(keys)) + 1
    firsts, ends = np.append(0, bounds), np.append(bounds, keys.size)
    for which in np.flatnonzero(ends - firsts > 1).tolist():
        yield order[firsts[which] : ends[which]]


def _same_words(
    shelf: Shelf, numbers: NDArray[np.int64], tables: Callable[[NDArray[np.int64]], ArticleTable]
) -> NDArray[np.bool_]:
    """Which articles have the words of the first one, shape of `numbers`."""
    first = shelf.article(int(numbers[0]))
    said = (first.text, first.lang)
    same = np.fromiter(
        ((article.text, article.lang) == said for article in map(shelf.article, numbers.tolist())), bool, numbers.size
    )
    asked = np.flatnonzero(~same)
    for start in range(0, asked.size, _BATCH):
        batch = asked[start : start + _BATCH]
        table = tables(np.append(numbers[0], numbers[batch]))
        words = table.surface[: table.token_offsets[1]]
        rows = pairwise(table.token_offsets[1:].tolist())
        same[batch] = [np.array_equal(words, table.surface[begin:end]) for begin, end in rows]
    return same


def representatives(columns: ArticleColumns, groups: list[list[int]]) -> NDArray[np.int64]:
    """Articles with words, the first of each group for all of it, sorted."""
    stands = columns.tokens > 0
    stands[[member for group in groups for member in group[1:]]] = False
    return np.flatnonzero(stands)
