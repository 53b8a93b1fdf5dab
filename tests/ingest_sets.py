"""A store of one test, that articles are given to run after run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from newsdedup import Config
from newsdedup.article import Article, Skipped
from newsdedup.result import Cluster, Pair, Result
from newsdedup.store.nouns import ClusterRow, MatchRow, Stored
from newsdedup.store.reader import Reader
from newsdedup.stores import expire_store, ingest_articles, report_store, verify_store

DAY = 86_400.0
NOW = 1_900_000_000.0
"""Seconds since 1970: the spring of 2030, when all of the newsroom was published."""

CONFIG = Config(window_days=14)

Sides = tuple[str, str]


@dataclass
class Kept:
    """A store, and the runs it has had."""

    path: Path
    config: Config = CONFIG

    def run(
        self, articles: Iterable[Article | Skipped], *, now: float = NOW, tell: bool = True, **other: Any
    ) -> Result:
        """What one run says; it is delivered unless `tell` is False."""
        config = other.pop("config", self.config)
        with ingest_articles(articles, self.path, config, now=now, **other) as ingested:
            if tell:
                ingested.told()
            return ingested.result

    def report(self, **asked: Any) -> Result:
        return report_store(self.path, self.config, **asked)

    def expire(self, keep_days: float, *, now: float = NOW, force: bool = True) -> int:
        return expire_store(self.path, keep_days, now=now, force=force).articles

    def problems(self) -> tuple[str, ...]:
        return verify_store(self.path) if self.path.exists() else ()

    def asked(self, question: Callable[[Reader], Any]) -> Any:
        """What a reader of the store answers."""
        with Reader.open(self.path, None) as reader:
            return question(reader)

    def stored(self) -> dict[str, Stored]:
        """What is known of each article, by id."""
        found = self.asked(lambda reader: reader.stored(range(reader.next_number)))
        return {each.id: each for each in found}

    def current(self) -> list[str]:
        """Ids of the texts that are the current ones of their articles, sorted."""
        return sorted(each.id for each in self.stored().values() if each.current)

    def matches(self) -> list[MatchRow]:
        found: list[MatchRow] = self.asked(lambda reader: reader.all_matches())
        return found

    def cluster_rows(self) -> list[ClusterRow]:
        """All clusters that there are or were."""
        names = self.asked(lambda reader: reader.database.column("SELECT id FROM clusters ORDER BY id"))
        found: list[ClusterRow] = self.asked(lambda reader: reader.cluster_rows(names))
        return found

    def content(self) -> dict[str, list[Any]]:
        """All rows of the tables that say what was found."""
        found: dict[str, list[Any]] = self.asked(_tables)
        return found


def _tables(reader: Reader) -> dict[str, list[Any]]:
    names = ("articles", "matches", "compared", "members", "clusters", "recurring", "outlets")
    return {name: sorted(reader.database.rows(f"SELECT * FROM {name}"), key=repr) for name in names}  # noqa: S608


def sides(result: Result) -> list[Sides]:
    """Ids of the pairs of a result."""
    return [(pair.left, pair.right) for pair in result.pairs]


def verdicts(result: Result) -> dict[Sides, str]:
    return {(pair.left, pair.right): str(pair.verdict) for pair in result.pairs}


def as_scanned(clusters: Sequence[Cluster]) -> list[Cluster]:
    """Clusters without what only a store says of them."""
    return [replace(each, id="", joined=None, absorbed=None) for each in clusters]


def by_sides(pairs: Iterable[Pair]) -> dict[Sides, Pair]:
    return {(pair.left, pair.right): pair for pair in pairs}


def in_parts(articles: Sequence[Article], parts: int) -> list[Sequence[Article]]:
    """Consecutive articles, in so many parts of about one size."""
    bounds = [len(articles) * part // parts for part in range(parts + 1)]
    return [articles[first:end] for first, end in pairwise(bounds)]


def by_time(articles: Iterable[Article]) -> list[Article]:
    return sorted(articles, key=lambda article: (article.published or "", article.id))
