"""Whether a store is sound: everything that is kept twice is compared."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.errors import StoreError
from newsdedup.store.database import Database, as_given, numbers_json, open_to_read
from newsdedup.store.nouns import KeepText
from newsdedup.store.paths import store_files
from newsdedup.store.reader import Reader
from newsdedup.store.rows import ROWS_A_FILE
from newsdedup.store.segment import Segment

Unlike = Callable[[list[Article], NDArray[np.void]], NDArray[np.bool_]]
"""Which articles have rows that their texts do not give."""

_NAMED = 5  # cases of one fault that are named
_ENTRIES_AT_ONCE = 1 << 21

_QUERIES = (
    ("articles without a record", "SELECT number FROM articles WHERE number NOT IN (SELECT number FROM records)"),
    (
        "articles whose first version is not there",
        "SELECT a.number FROM articles a LEFT JOIN articles r ON r.number = a.root WHERE r.root IS NOT a.root",
    ),
    (
        "articles that have not one current version",
        "SELECT root FROM articles GROUP BY root HAVING sum(current) <> 1",
    ),
    (
        "members of clusters that are not the first version",
        "SELECT article FROM members JOIN articles ON number = article WHERE root <> number",
    ),
    ("clusters of fewer than two members", "SELECT cluster FROM members GROUP BY cluster HAVING count(*) < 2"),
    ("clusters with members that are part of another", "SELECT DISTINCT cluster FROM members "
     "JOIN clusters ON id = cluster WHERE absorbed_into IS NOT NULL"),
    ("matches of an article with itself or the wrong way round",
     'SELECT "left" || \' and \' || "right" FROM matches WHERE "left" >= "right"'),
    (
        "outlets whose articles are miscounted",
        "SELECT name FROM (SELECT name, articles FROM outlets UNION ALL SELECT coalesce(source, ''), -count(*) "
        "FROM articles GROUP BY 1) GROUP BY name HAVING sum(articles) <> 0",
    ),
    (
        "articles numbered beyond the next number",
        "SELECT number FROM articles WHERE number >= (SELECT value FROM meta WHERE key = 'next_number')",
    ),
)  # fmt: skip


def verify(path: Path | str, *, sample: int = 1000, unlike: Unlike | None = None) -> list[str]:
    """What is wrong with a store, a line each; [] for a sound one.

    Args:
        sample: Articles whose records are read, and whose rows are held against them, spread evenly.
        unlike: Tells of their rows; None leaves them unchecked, as does a store that does not keep the texts in full.

    Raises:
        StoreError: The store cannot be opened.
    """
    with closing(open_to_read(store_files(path))) as database:
        problems = [*_table_problems(database)]
    try:
        with _opened(path) as store:
            problems += _problems_beside(store, sample, unlike)
    except StoreError as error:
        problems.append(str(error))
    return list(dict.fromkeys(problems))  # one damage may be met on several ways


def _opened(path: Path | str) -> Reader:
    """The store, without its segments where one cannot be opened: each is looked at by itself then."""
    try:
        return Reader.open(path, None)
    except StoreError:
        return Reader.open(path, None, index=False)


def _problems_beside(store: Reader, sample: int, unlike: Unlike | None) -> Iterator[str]:
    """What is wrong with rows, postings and records; damage to one keeps none of the others from being looked at."""
    for part in (index_problems(store), _sample_problems(store, sample, unlike)):
        try:
            yield from part
        except StoreError as error:
            yield str(error)


def index_problems(store: Reader) -> Iterator[str]:
    """What is wrong with rows and postings."""
    yield from _segment_problems(store)
    yield from _row_problems(store)


def _table_problems(database: Database) -> Iterator[str]:
    name = database.files.name
    try:
        for line in database.column("PRAGMA integrity_check"):
            if line != "ok":
                yield f"{name}: {' '.join(str(line).split())}"
        foreign = database.rows("PRAGMA foreign_key_check")
        if foreign:
            tables = ", ".join(sorted({row[0] for row in foreign}))
            yield f"{name}: {len(foreign)} rows of {tables} name what is not there"
        for fault, sql in _QUERIES:
            yield from _told(name, fault, database.column(sql))
        for key in ("clock", "created", "next_number", "sightings"):
            value = database.meta(key)
            if not isinstance(value, int | float) or not math.isfinite(value):
                yield f"{name}: its {key} is no number: {value}"
    except StoreError as error:
        yield str(error)


def _segment_problems(store: Reader) -> Iterator[str]:
    """Every segment against its checksum and against the articles it should hold."""
    name = store.database.files.name
    expired_to = int(store.database.meta("expired_to") or 0)
    covered = 0
    opened = {each.listed: each for each in store.segments.postings.segments}
    for listed in store.segments.listed():
        where = f"{name}: {listed.name}"
        sql = "SELECT number FROM articles WHERE number >= ? AND number < ? ORDER BY number"
        numbers = np.array(store.database.column(sql, (listed.first, listed.end)), dtype=np.int64) - listed.first
        covered += numbers.size
        try:
            segment = opened.get(listed) or Segment(store.segments.folder / listed.name, listed)
            segment.refuse_damage()
        except StoreError as error:
            yield str(error)
            continue
        stray = _holding(segment)
        stray[numbers] = False
        stray[: max(0, expired_to - listed.first)] = False
        if stray.any():
            yield f"{where} holds entries of {np.count_nonzero(stray)} articles that are not there"
        if numbers.size > listed.articles or (numbers.size < listed.articles and listed.first >= expired_to):
            yield f"{where} was made of {listed.articles} articles, of which {numbers.size} are there"
    if covered != len(store):
        yield f"{name}: {len(store) - covered} articles stand in no segment"


def _holding(segment: Segment) -> NDArray[np.bool_]:
    """Which numbers have entries, counted from the first of the segment."""
    found = np.zeros(segment.listed.end - segment.listed.first, dtype=np.bool_)
    for start in range(0, segment.entries, _ENTRIES_AT_ONCE):
        found[segment.numbers(start, min(segment.entries, start + _ENTRIES_AT_ONCE))] = True
    return found


def _row_problems(store: Reader) -> Iterator[str]:
    """Whether every file of rows reaches to its last article."""
    sql = "SELECT max(number) FROM articles WHERE number >= ? AND number < ?"
    for first in range(0, store.next_number, ROWS_A_FILE):
        last = store.database.value(sql, (first, first + ROWS_A_FILE))
        if last is None:
            continue
        try:
            store.rows([last])
        except StoreError as error:
            yield str(error)


def _sample_problems(store: Reader, sample: int, unlike: Unlike | None) -> Iterator[str]:
    name = store.database.files.name
    numbers = store.database.column("SELECT number FROM articles ORDER BY number")
    places = np.unique(np.linspace(0, len(numbers) - 1, min(sample, len(numbers)), dtype=np.int64))
    asked = [numbers[place] for place in places.tolist()]
    articles: dict[int, Article] = {}
    for number in asked:
        try:
            articles[number] = store.articles([number])[0]
        except StoreError as error:
            yield str(error)
    ids = store.ids_of(asked)
    yield from _told(name, "articles whose record has another id", [
        number for number, article in articles.items() if article.id != ids[number]
    ])  # fmt: skip
    yield from _match_problems(store, asked)
    if unlike is None or store.keep_text is not KeepText.FULL or not articles:
        return
    others = unlike(list(articles.values()), store.rows(list(articles)))
    yield from _told(name, "articles with other signatures than their text has", [
        number for number, other in zip(articles, others.tolist(), strict=True) if other
    ])  # fmt: skip


def _match_problems(store: Reader, numbers: Sequence[int]) -> Iterator[str]:
    """Whether the matches of some articles can be read."""
    sql = 'SELECT "left" FROM matches WHERE "left" IN (SELECT value FROM json_each(?)) ORDER BY 1'
    for number in store.database.column(sql, numbers_json(numbers)):
        try:
            for row in store.matches_of([number]):
                json.loads(row.pair)  # takes a lone surrogate, as a text may hold one
        except StoreError as error:
            yield str(error)
        except ValueError:
            yield f"{store.database.files.name}: a match of article {number} cannot be read"


def _told(name: str, fault: str, cases: Sequence[Any]) -> Iterator[str]:
    if cases:
        named = ", ".join(str(as_given(each) if isinstance(each, bytes) else each) for each in cases[:_NAMED])
        yield f"{name}: {len(cases)} {fault}: {named}{', ...' if len(cases) > _NAMED else ''}"
