#!/usr/bin/env python3
"""Prints the recall of candidates per label, and candidates per article per view, before and after the prefilter.

usage: candidates.py [SET ...]     default: every labelled set that is there; allsides is added for the counts
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict

import numpy as np

from newsdedup.article import Article
from newsdedup.engine.shelf import Shelf
from newsdedup.engine.workers import Engine
from newsdedup.loaders import load_articles
from newsdedup.sketch.candidates import (
    BANDS,
    KEEP_BOTH,
    KEEP_COPY,
    KEEP_TERMS,
    PASSAGE_STORIES,
    PASSAGES_AT_LEAST,
    VIEWS,
    find_candidates,
)
from newsdedup.sketch.lsh import Pairs, lsh_pairs, pack, shared_value_pairs
from newsdedup.sketch.views import Sketches

from _common import BenchmarkError, set_folder
from labelled import LABELLED, POSITIVE, load_set, present

BUCKET_CAP = 200


def by_view(sketches: Sketches, count: int) -> dict[str, Pairs]:
    """Candidate pairs of each view before the prefilter."""
    pairs = {view: lsh_pairs(getattr(sketches, view), *BANDS[view], BUCKET_CAP).pairs for view in BANDS}
    assert sketches.passages is not None
    assert sketches.passage_offsets is not None
    assert sketches.passage_quoted is not None
    shared, counts, _ = shared_value_pairs(
        sketches.passages, sketches.passage_offsets, np.arange(count), PASSAGE_STORIES, sketches.passage_quoted
    )
    pairs["passages"] = shared[counts >= PASSAGES_AT_LEAST]
    return pairs


def sketch_set(articles: list[Article]) -> Sketches:
    with Shelf.of(articles) as shelf, Engine(shelf) as engine:
        return engine.read_shelf(frozenset(VIEWS)).sketches


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sets", nargs="*", metavar="SET")
    names, left_out = present(tuple(parser.parse_args().sets) or LABELLED)
    print("views: " + ", ".join(f"{view} {rows} x {bands}" for view, (rows, bands) in BANDS.items()))
    print(f"prefilter: copy >= {KEEP_COPY} or terms >= {KEEP_TERMS} or terms + facts >= {KEEP_BOTH} (estimates)\n")
    header = f"{'set':10s}{'label:detail':28s}{'pairs':>6s}" + "".join(
        f"{view:>10s}" for view in (*VIEWS, "any", "kept")
    )
    print("recall of candidates\n" + header)
    counts: list[str] = []
    for name in names:
        articles, gold = load_set(name)
        sketches = sketch_set(articles)
        found = by_view(sketches, len(articles))
        kept = find_candidates(sketches, np.arange(len(articles)), BUCKET_CAP).pairs
        counts.append(count_line(name, len(articles), found, kept))
        rows: defaultdict[str, list[int]] = defaultdict(list)
        for pair in gold:
            if pair.label in POSITIVE:
                packed = int(pack(np.array([pair.left]), np.array([pair.right]))[0])
                rows[f"{pair.label}:{pair.detail}"].append(packed)
        for key in sorted(rows):
            wanted = np.array(rows[key], dtype=np.uint64)
            hits = [np.isin(wanted, found[view]) for view in VIEWS]
            shares = [hit.mean() for hit in (*hits, np.any(hits, axis=0), np.isin(wanted, kept))]
            print(f"{name:10s}{key[:27]:28s}{wanted.size:6d}" + "".join(f"{share:10.3f}" for share in shares))
    if (set_folder("allsides") / "docs.jsonl.gz").exists():
        path = set_folder("allsides") / "docs.jsonl.gz"
        articles = sorted((a for a in load_articles(path) if isinstance(a, Article)), key=lambda a: a.id)
        sketches = sketch_set(articles)
        kept = find_candidates(sketches, np.arange(len(articles)), BUCKET_CAP).pairs
        counts.append(count_line("allsides", len(articles), by_view(sketches, len(articles)), kept))
    else:
        left_out.append("allsides")
    print("\ncandidates per article")
    print(f"{'set':10s}{'articles':>34s}" + "".join(f"{view:>10s}" for view in (*VIEWS, "any", "kept")))
    print("\n".join(counts))
    if left_out:
        print(f"\nLEFT OUT, not found: {', '.join(left_out)} (NEWSDEDUP_BENCH names the folder that holds them)")
    return 0


def count_line(name: str, articles: int, found: dict[str, Pairs], kept: Pairs) -> str:
    union = np.unique(np.concatenate([found[view] for view in VIEWS]))
    sizes = [found[view].size for view in VIEWS] + [union.size, kept.size]
    return f"{name:10s}{articles:34d}" + "".join(f"{size / articles:10.2f}" for size in sizes)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchmarkError as error:
        print(f"candidates: {error}", file=sys.stderr)
        sys.exit(2)
