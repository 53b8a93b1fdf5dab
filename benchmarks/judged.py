#!/usr/bin/env python3
"""Pairs of unlabelled sets that people have read and judged: how many of what is reported is right.

usage: judged.py                     scores judged.tsv: precision by set and verdict
       judged.py --draw 100          draws that many reported pairs that are not verbatim and prints them as a new sheet

`judged.tsv` holds ids and judgements, never text: set, left, right, verdict, score as reported when it was read, and

    yes      one text derives from the other, or both from one text, and the verdict says how
    kind     so it does, but another verdict would say better how
    no       two texts of their own: another event, another telling, a form filled in twice

Drawing scans the sets (NEWSDEDUP_BENCH) with the defaults; the same seed draws the same pairs from the same results.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from _common import BenchmarkError, run_measured, scan_command, set_folder, table

SHEET = Path(__file__).resolve().parent / "judged.tsv"
SETS = ("reuters", "allsides")
NOT_VERBATIM = ("revision", "excerpt", "rewrite")
COLUMNS = ("set", "left", "right", "verdict", "score", "judgement")
JUDGEMENTS = ("yes", "kind", "no")


def reported(name: str, folder: Path) -> list[dict[str, str]]:
    """Reported pairs of a set, scanned now."""
    results = folder / f"{name}.jsonl"
    run_measured(scan_command(set_folder(name) / "docs.jsonl.gz"), results)
    with results.open(encoding="utf-8") as lines:
        pairs = [line for line in map(json.loads, lines) if line["type"] == "pair"]
    return [
        {
            "set": name,
            "left": pair["left"],
            "right": pair["right"],
            "verdict": pair["verdict"],
            "score": f"{pair['score']:.3f}",
        }
        for pair in pairs
    ]


def draw(count: int, seed: int) -> int:
    """Prints a sheet without judgements, and how many pairs were reported by verdict on standard error."""
    pairs: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory(prefix="newsdedup-judged-") as folder:
        for name in SETS:
            if not (set_folder(name) / "docs.jsonl.gz").is_file():
                raise BenchmarkError(
                    f"{set_folder(name)}: not there; set NEWSDEDUP_BENCH to the folder that has the sets"
                )
            found = reported(name, Path(folder))
            counts = Counter(pair["verdict"] for pair in found)
            print(f"{name}: {', '.join(f'{counts[each]} {each}' for each in sorted(counts))}", file=sys.stderr)
            pairs += [pair for pair in found if pair["verdict"] in NOT_VERBATIM]
    pairs.sort(key=lambda pair: (pair["set"], pair["left"], pair["right"]))
    chosen = random.Random(seed).sample(pairs, min(count, len(pairs)))  # noqa: S311  # a sample, not a secret
    writer = csv.DictWriter(sys.stdout, COLUMNS, delimiter="\t", lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(sorted(chosen, key=lambda pair: (pair["set"], pair["left"], pair["right"])))
    return 0


def interval(right: int, read: int) -> str:
    """The 95 % interval of a share (Wilson 1927)."""
    z = 1.96
    share = right / read
    middle = (share + z * z / (2 * read)) / (1 + z * z / read)
    half = z * math.sqrt(share * (1 - share) / read + z * z / (4 * read * read)) / (1 + z * z / read)
    return f"{middle - half:.2f} to {middle + half:.2f}"


def score() -> int:
    """Prints the precision of every group of the sheet."""
    with SHEET.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    for number, row in enumerate(rows, start=2):
        if row["judgement"] not in JUDGEMENTS:
            raise BenchmarkError(f"{SHEET.name} line {number}: judgement is {row['judgement'] or 'empty'}")
    lines = [["set", "verdict", "read", "yes", "kind", "no", "derived", "95 % interval"]]
    groups = [(name, verdict) for name in (*SETS, "all") for verdict in (*NOT_VERBATIM, "all")]
    for name, verdict in groups:
        chosen = [row for row in rows if name in (row["set"], "all") and verdict in (row["verdict"], "all")]
        if chosen:
            counts = Counter(row["judgement"] for row in chosen)
            derived = counts["yes"] + counts["kind"]
            cells = [str(counts[each]) for each in JUDGEMENTS]
            share = f"{derived / len(chosen):.2f}"
            lines.append([name, verdict, str(len(chosen)), *cells, share, interval(derived, len(chosen))])
    print(table(lines, left=2))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--draw", type=int, metavar="N", help="print a new sheet of N pairs")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    return draw(options.draw, options.seed) if options.draw else score()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchmarkError as error:
        print(f"judged: {error}", file=sys.stderr)
        sys.exit(2)
