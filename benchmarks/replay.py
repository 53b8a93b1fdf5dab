#!/usr/bin/env python3
"""newsroom ingested in 30 batches by time of publication, beside one scan of all of it with the same window.

The end must be the same: pairs with every number and all evidence, clusters but for their ids. Each pair must have been
told once, when its later article came. Then the same batches come again: nothing may change and nothing may be told.

Exit code 1 on any difference; the differences are printed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from newsdedup.api import find_duplicates
from newsdedup.article import Article
from newsdedup.config import Config
from newsdedup.loaders import load_articles
from newsdedup.result import Cluster, Pair, Result
from newsdedup.stores import ingest_articles, report_store

from _common import REPOSITORY

NEWSROOM = REPOSITORY / "benchmarks" / "newsroom" / "docs.jsonl.gz"
CLUSTER_FACTS = ("canonical", "members", "verdicts", "tellings", "related", "first")
SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What one pass of all batches came to.

    Attributes:
        told: How often each pair was told.
        new: Articles that the store did not have.
    """

    told: Counter[tuple[str, str]]
    clusters: int
    new: int
    versions: int
    end: Result


def by_time(articles: Sequence[Article]) -> list[Article]:
    return sorted(articles, key=lambda article: (moment(article), article.id))


def moment(article: Article) -> datetime:
    assert article.published, f"{article.id} says no time"
    return datetime.fromisoformat(article.published)


def in_batches(articles: Sequence[Article], count: int) -> list[list[Article]]:
    cuts = [len(articles) * number // count for number in range(count + 1)]
    return [list(articles[first:end]) for first, end in pairwise(cuts)]


def replay(batches: Sequence[Sequence[Article]], store: Path, config: Config, *, real_time: bool) -> Replayed:
    """All batches ingested one after the other, each at the time of its last article or at the time that it is."""
    told: Counter[tuple[str, str]] = Counter()
    clusters = new = versions = 0
    for batch in batches:
        now = time.time() if real_time else moment(batch[-1]).timestamp()
        with ingest_articles(batch, store, config, now=now) as ingested:
            ingested.told()
        result = ingested.result
        assert result.figures is not None, "an ingest has figures"
        told.update((pair.left, pair.right) for pair in result.pairs)
        clusters += len(result.clusters)
        new += result.figures.new
        versions += result.figures.versions
    return Replayed(told=told, clusters=clusters, new=new, versions=versions, end=report_store(store, config))


def differences(wanted: Result, found: Result) -> Iterator[str]:
    """A line for each pair and cluster that differs."""
    yield from pair_differences(
        {(pair.left, pair.right): pair for pair in wanted.pairs},
        {(pair.left, pair.right): pair for pair in found.pairs},
    )
    theirs, ours = clusters_of(wanted), clusters_of(found)
    for members in sorted(theirs.keys() | ours.keys()):
        if members not in ours:
            yield f"cluster {', '.join(members)}: not in the store"
        elif members not in theirs:
            yield f"cluster {', '.join(members)}: only in the store"
        else:
            for name in CLUSTER_FACTS:
                one, other = getattr(theirs[members], name), getattr(ours[members], name)
                if one != other:
                    yield f"cluster {members[0]}: {name} is {one} in the scan, {other} in the store"


def pair_differences(wanted: Mapping[tuple[str, str], Pair], found: Mapping[tuple[str, str], Pair]) -> Iterator[str]:
    for key in sorted(wanted.keys() | found.keys()):
        name = " and ".join(key)
        if key not in found:
            yield f"{name}: {wanted[key].verdict} in the scan, not in the store"
        elif key not in wanted:
            yield f"{name}: {found[key].verdict} in the store, not in the scan"
        else:
            for field in fields(Pair):
                one, other = getattr(wanted[key], field.name), getattr(found[key], field.name)
                if one != other:
                    yield f"{name}: {field.name} is {one} in the scan, {other} in the store"


def clusters_of(result: Result) -> dict[tuple[str, ...], Cluster]:
    return {cluster.members: cluster for cluster in result.clusters}


def telling_faults(first: Replayed, scanned: Result) -> Iterator[str]:
    for (left, right), times in sorted(first.told.items()):
        if times > 1:
            yield f"{left} and {right}: told {times} times"
    for pair in scanned.pairs:
        if (pair.left, pair.right) not in first.told:
            yield f"{pair.left} and {pair.right}: never told"


def repeat_faults(first: Replayed, second: Replayed) -> Iterator[str]:
    if second.new or second.versions:
        yield f"{second.new} new articles and {second.versions} versions"
    if second.told or second.clusters:
        yield f"{second.told.total()} pairs and {second.clusters} clusters told again"
    yield from differences(first.end, second.end)


def show(title: str, faults: Sequence[str]) -> None:
    print(f"{title}: {'the same' if not faults else f'{len(faults)} differences'}")
    for line in faults[:SHOWN]:
        print(f"  {line[:300]}")
    if len(faults) > SHOWN:
        print(f"  and {len(faults) - SHOWN} more")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--batches", type=int, default=30, metavar="N")
    parser.add_argument("--window", type=float, default=14.0, metavar="DAYS")
    parser.add_argument("--real-time", action="store_true", help="ingest at the time that it is, not of the batch")
    parser.add_argument("--set", type=Path, default=NEWSROOM, metavar="FILE", help="dated articles; default: newsroom")
    options = parser.parse_args(arguments)
    config = Config(window_days=options.window)
    articles = by_time([loaded for loaded in load_articles(options.set) if isinstance(loaded, Article)])
    batches = in_batches(articles, options.batches)
    scanned = find_duplicates(articles, config)
    with tempfile.TemporaryDirectory(prefix="newsdedup-replay-") as folder:
        store = Path(folder) / "store.db"
        first = replay(batches, store, config, real_time=options.real_time)
        second = replay(batches, store, config, real_time=options.real_time)
    print(f"{len(articles)} articles in {len(batches)} batches, window {options.window:g} days")
    print(f"scan: {len(scanned.pairs)} pairs, {len(scanned.clusters)} clusters")
    print(f"store: {len(first.end.pairs)} pairs, {len(first.end.clusters)} clusters, {first.versions} versions")
    faults = {
        "pairs and clusters at the end": list(differences(scanned, first.end)),
        "what was told": list(telling_faults(first, scanned)),
        "the same batches again": list(repeat_faults(first, second)),
    }
    for title, found in faults.items():
        show(title, found)
    return 1 if any(faults.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
