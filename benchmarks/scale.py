#!/usr/bin/env python3
"""What more articles and more processes cost: `newsdedup scan` of growing corpora, with one job, two, and without the
compiled kernel.

Corpora are those of `peers.py`. Results of all runs over one corpus must be the same but for `seconds`; exit code 1
when they are not, 2 when a run failed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from peers import sizes_of

from _common import BenchmarkError, ChildCost, run_measured, scan_command, table, write_json

HERE = Path(__file__).resolve().parent

WAYS: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "one": ((), {}),
    "two": (("--jobs", "2"), {}),
    "numpy": ((), {"NEWSDEDUP_KERNEL": "numpy"}),
}
"""Way (one job, two jobs, one job without the kernel) -> options and environment variables."""


def digest(results: Path) -> str:
    """Of the lines of a scan without its seconds."""
    found = hashlib.sha256()
    with results.open("rb") as lines:
        for line in lines:
            found.update(line.split(b'"seconds":')[0] if line.startswith(b'{"type":"summary"') else line)
    return found.hexdigest()


def measure(corpus: Path, ways: Sequence[str], folder: Path) -> tuple[dict[str, ChildCost], bool]:
    """(cost of each way, whether all gave the same lines)."""
    costs: dict[str, ChildCost] = {}
    digests: set[str] = set()
    for way in ways:
        options, variables = WAYS[way]
        results = folder / "results.jsonl"
        costs[way] = run_measured(scan_command(corpus, *options), results, variables=variables)
        digests.add(digest(results))
        print(f"{corpus.parent.name} articles, {way}: {costs[way].wall_seconds:.1f} s", file=sys.stderr, flush=True)
    return costs, len(digests) == 1


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--sizes", type=sizes_of, default=[10_000, 100_000], help="default: 10k,100k")
    parser.add_argument("--ways", type=lambda text: text.split(","), default=list(WAYS), help=f"of {', '.join(WAYS)}")
    parser.add_argument("--seed", type=int, default=1, help="of the corpora")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the outcome as JSON too")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.ways) - set(WAYS)):
        parser.error(f"no way {', '.join(unknown)}; there are {', '.join(WAYS)}")
    rows = [["articles", "way", "wall s", "CPU s", "us CPU/article", "peak MB", "x one", "growth"]]
    outcome: list[dict[str, object]] = []
    same = True
    before: dict[str, tuple[int, float]] = {}
    try:
        with tempfile.TemporaryDirectory(prefix="newsdedup-scale-") as name:
            for size in options.sizes:
                folder = Path(name) / f"{size}"
                folder.mkdir()
                maker = [
                    sys.executable,
                    str(HERE / "speed_corpus.py"),
                    str(size),
                    str(folder),
                    "--seed",
                    str(options.seed),
                ]
                run_measured(maker, folder / "made.json")
                costs, alike = measure(folder / "corpus.jsonl", options.ways, Path(name))
                same &= alike
                (folder / "corpus.jsonl").unlink()
                for way, cost in costs.items():
                    faster = f"{costs['one'].wall_seconds / cost.wall_seconds:.2f}" if "one" in costs else "-"
                    growth = "-"
                    if way in before:
                        growth = f"x{cost.wall_seconds / before[way][1]:.1f} for x{size / before[way][0]:g}"
                    before[way] = size, cost.wall_seconds
                    each = f"{cost.cpu_seconds / size * 1e6:.0f}"
                    numbers = [
                        f"{cost.wall_seconds:.1f}",
                        f"{cost.cpu_seconds:.1f}",
                        each,
                        f"{cost.peak_memory_mb:.0f}",
                    ]
                    rows.append([f"{size:,}", way, *numbers, faster, growth])
                    outcome.append({"articles": size, "way": way, "same": alike, **cost_of(cost)})
    except BenchmarkError as error:
        print(f"scale: {error}", file=sys.stderr)
        return 2
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f} at the end; peak memory is the largest process\n")
    print(table(rows, left=2))
    print("\nresults are the same in every way" if same else "\nRESULTS DIFFER between the ways")
    if options.json:
        write_json(options.json, {"runs": outcome})
    return 0 if same else 1


def cost_of(cost: ChildCost) -> dict[str, float]:
    """The figures of a run by name."""
    return {
        "wall_seconds": cost.wall_seconds,
        "cpu_seconds": cost.cpu_seconds,
        "peak_memory_mb": cost.peak_memory_mb,
    }


if __name__ == "__main__":
    sys.exit(main())
