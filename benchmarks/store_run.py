#!/usr/bin/env python3
"""The steps of `store.py` that run inside newsdedup's own process: `store_run.py STEP STORE [FILE.jsonl]`.

Prints what it measured as one line of JSON. A script of its own so that each step starts with an empty memory.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path

from newsdedup.article import Article
from newsdedup.process import long_run, one_thread
from newsdedup.store.reader import Reader
from newsdedup.store.writer import Writer
from newsdedup.stores import ingest_articles
from store_corpus import FIRST_DAY, LATE_HOURS, YEAR_DAYS

RUNS_A_YEAR = 10  # the store is built in as many, each at its own time, so that a tenth can expire
OPENINGS = 7


def read(file: Path) -> Iterator[Article]:
    """The articles as the loader reads them, as a stream that can be cut."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            yield Article(**json.loads(line), origin=file.name, line=number)


def run_time(share: float) -> datetime:
    """When the part of the year that ends there is read: as soon as its last article is published."""
    return FIRST_DAY + timedelta(days=YEAR_DAYS * share, hours=LATE_HOURS)


def build(store: Path, corpus: Path) -> dict[str, object]:
    """The whole year in ten runs, each at its own time."""
    with corpus.open("rb") as lines:
        total = sum(1 for _ in lines)
    long_run()
    articles, runs = read(corpus), []
    cuts = [total * number // RUNS_A_YEAR for number in range(RUNS_A_YEAR + 1)]
    for number, (first, end) in enumerate(pairwise(cuts), 1):
        now = run_time(number / RUNS_A_YEAR).timestamp()
        started = time.process_time()
        with ingest_articles(islice(articles, end - first), store, now=now) as ingested:
            ingested.told()
        pairs = [[pair.left, pair.right] for pair in ingested.result.pairs]
        runs.append({"articles": end - first, "cpu_seconds": time.process_time() - started, "pairs": pairs})
        print(f"  {end:,} of {total:,} articles in {store}", file=sys.stderr, flush=True)
    return {"runs": runs}


def query(store: Path, queries: Path) -> dict[str, object]:
    """CPU seconds of each article ingested alone, in a process that has begun long ago; the first is left out."""
    long_run()
    seconds, found = [], {}
    for article in read(queries):
        started = time.process_time()
        with ingest_articles([article], store) as ingested:
            ingested.told()
        seconds.append(time.process_time() - started)
        found[article.id] = [each for pair in ingested.result.pairs for each in (pair.left, pair.right)]
    return {"seconds": seconds[1:], "found": found}


def opened(store: Path, _: Path) -> dict[str, object]:
    """Wall seconds from the file's name to a reader and to a writer."""
    readers, writers = [], []
    for _ in range(OPENINGS):
        started = time.perf_counter()
        reader = Reader.open(store, None)
        readers.append(time.perf_counter() - started)
        reader.close()
        started = time.perf_counter()
        writer = Writer.open(store, None, now=time.time(), lock_timeout_seconds=0)
        writers.append(time.perf_counter() - started)
        writer.close()
    return {"readers": readers, "writers": writers}


STEPS = {"build": build, "query": query, "open": opened}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("step", choices=sorted(STEPS))
    parser.add_argument("store", type=Path)
    parser.add_argument("articles", type=Path, nargs="?", default=Path())
    options = parser.parse_args(arguments)
    one_thread()
    print(json.dumps(STEPS[options.step](options.store, options.articles)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
