#!/usr/bin/env python3
"""Holds the pairs one runner reported against the texts: `peers_score.py FOLDER PAIRS.jsonl`, one line of JSON.

FOLDER is what `speed_corpus.py` wrote. A process of its own, as `speed_corpus.py` is: `peers.py` has to stay small.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from speed_corpus import jaccard, shingles

from _common import REPORTED, read_lines

NEAR_COPY_JACCARD = 0.65
"""0.7 less a little more than one standard deviation of an estimate from 128 permutations, .041 at .7."""
DERIVED_JACCARD = 0.5
DERIVED_CONTAINMENT = 0.5


def reported_pairs(path: Path) -> set[tuple[str, str]]:
    """(left, right) ids, sorted; the verdict of a newsdedup line has to be one that says derived."""
    return {
        (min(line["left"], line["right"]), max(line["left"], line["right"]))
        for line in read_lines(path)
        if line.get("type") == "pair" and line.get("verdict", "copy") in REPORTED
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("pairs", type=Path)
    options = parser.parse_args(arguments)
    pairs = reported_pairs(options.pairs)
    with (options.folder / "planted.tsv").open(encoding="utf-8", newline="") as lines:
        planted = {(row["left"], row["right"]) for row in csv.DictReader(lines, delimiter="\t")}
    wanted = {article_id for pair in pairs for article_id in pair}
    texts = {
        line["id"]: shingles(line["text"])
        for line in read_lines(options.folder / "corpus.jsonl")
        if line["id"] in wanted
    }
    near_copies = derived = 0
    for pair in pairs:
        left, right = (texts[article_id] for article_id in pair)
        similarity = jaccard(left, right)
        near_copies += similarity >= NEAR_COPY_JACCARD
        contained = len(left & right) / max(1, min(len(left), len(right)))
        derived += pair in planted or similarity >= DERIVED_JACCARD or contained >= DERIVED_CONTAINMENT
    said = {
        "pairs": len(pairs),
        "planted": len(planted),
        "planted_found": len(planted & pairs),
        "near_copies": near_copies,
        "derived": derived,
    }
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
