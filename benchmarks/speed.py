#!/usr/bin/env python3
"""Articles per CPU-second and peak memory of `newsdedup scan`, beside datasketch doing near-copies only.

Each runner reads the same JSONL file in a process of its own and writes its pairs; the runners take turns, and who
begins changes from round to round, so that a busy machine slows all of them alike. CPU is user plus system time of
the process and the children it waited for. The ratio to datasketch is the median over the rounds of the ratio inside
one round.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from statistics import median

from _common import (
    REPORTED,
    BenchmarkError,
    ChildCost,
    read_lines,
    run_measured,
    scan_command,
    set_folder,
    table,
    write_json,
)

HERE = Path(__file__).resolve().parent
BASE = "datasketch"


@dataclass(slots=True, kw_only=True)
class Runner:
    """One way to do the job: its command and what its rounds cost so far."""

    name: str
    command: Sequence[str]
    costs: list[ChildCost] = field(default_factory=list)
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one runner did: medians over its rounds, pairs of its last one."""

    name: str
    cpu_seconds: float
    wall_seconds: float
    articles_per_cpu_second: float
    peak_memory_mb: float
    pairs: int
    planted_found: int
    ratio_to_datasketch: float | None


def has_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def runners_for(corpus: Path) -> tuple[list[Runner], list[str]]:
    """(runners, one line for each that is left out)."""
    peer = [sys.executable, str(HERE / "speed_datasketch.py"), str(corpus)]
    runners = [
        Runner(name="newsdedup, all views", command=scan_command(corpus)),
        Runner(name="newsdedup --views copy", command=scan_command(corpus, "--views", "copy")),
        Runner(name=BASE, command=peer),
    ]
    if has_module("xxhash"):
        runners.append(Runner(name=f"{BASE} + xxh32", command=[*peer, "--hash", "xxh32"]))
        return runners, []
    return runners, [f"{BASE} + xxh32 is left out: pip install xxhash"]


def found_pairs(results: Path) -> tuple[int, set[tuple[str, str]]]:
    """(pairs, their ids); the verdict of a newsdedup line has to be one that says copied."""
    pairs = {
        (min(line["left"], line["right"]), max(line["left"], line["right"]))
        for line in read_lines(results)
        if line.get("type") == "pair" and line.get("verdict", "copy") in REPORTED
    }
    return len(pairs), pairs


def read_planted(path: Path) -> set[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["left"], row["right"]) for row in csv.DictReader(file, delimiter="\t")}


def run_rounds(runners: Sequence[Runner], rounds: int, folder: Path) -> None:
    """Runs every runner once a round; one that failed is not run again."""
    for number in range(rounds):
        first = number % len(runners)
        for runner in (*runners[first:], *runners[:first]):
            if runner.failure:
                continue
            try:
                cost = run_measured(runner.command, folder / f"{runners.index(runner)}.jsonl")
            except BenchmarkError as error:
                runner.failure = str(error)
                continue
            runner.costs.append(cost)
            print(f"round {number + 1}: {runner.name}: {cost.cpu_seconds:.2f} CPU-s", file=sys.stderr)


def make_rows(runners: Sequence[Runner], articles: int, planted: set[tuple[str, str]], folder: Path) -> list[Row]:
    """One row for each runner that did not fail."""
    base = next(runner for runner in runners if runner.name == BASE)
    rows = []
    for position, runner in enumerate(runners):
        if runner.failure:
            continue
        pairs, ids = found_pairs(folder / f"{position}.jsonl")
        cpu_seconds = median(cost.cpu_seconds for cost in runner.costs)
        ratio = None
        if not base.failure:
            both = zip(base.costs, runner.costs, strict=True)
            ratio = median(theirs.cpu_seconds / ours.cpu_seconds for theirs, ours in both)
        rows.append(
            Row(
                name=runner.name,
                cpu_seconds=cpu_seconds,
                wall_seconds=median(cost.wall_seconds for cost in runner.costs),
                articles_per_cpu_second=articles / cpu_seconds,
                peak_memory_mb=max(cost.peak_memory_mb for cost in runner.costs),
                pairs=pairs,
                planted_found=len(planted & ids),
                ratio_to_datasketch=ratio,
            )
        )
    return rows


def say_rows(rows: Sequence[Row], planted: int) -> None:
    head = ["runner", "CPU s", "wall s", "articles/CPU-s", "peak MB", "pairs", "planted found", "x datasketch"]
    lines = [head]
    for row in rows:
        recall = f"{row.planted_found / planted:.3f}" if planted else "-"
        ratio = "-" if row.ratio_to_datasketch is None else f"{row.ratio_to_datasketch:.2f}"
        numbers = [f"{row.cpu_seconds:.2f}", f"{row.wall_seconds:.2f}", f"{row.articles_per_cpu_second:,.0f}"]
        lines.append([row.name, *numbers, f"{row.peak_memory_mb:.0f}", f"{row.pairs:,}", recall, ratio])
    print(table(lines))


def machine() -> dict[str, object]:
    """Where the figures come from."""
    modules = ("newsdedup", "datasketch", "numpy", "xxhash")
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_1_minute": round(os.getloadavg()[0], 2),
        "versions": {name: metadata.version(name) for name in modules if has_module(name) and _is_installed(name)},
    }


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def run(options: argparse.Namespace, folder: Path) -> int:
    """Makes the corpus, runs the rounds, prints the table; returns the exit code."""
    made = folder / "made.json"
    maker = [sys.executable, str(HERE / "speed_corpus.py"), str(options.articles), str(folder)]
    real = set_folder("allsides") / "docs.jsonl.gz"
    run_measured([*maker, "--seed", str(options.seed), "--real", str(real)], made)
    corpus_facts = json.loads(made.read_text(encoding="utf-8"))
    runners, left_out = runners_for(folder / "corpus.jsonl")
    here = machine()
    print(
        f"{corpus_facts['articles']:,} articles, {corpus_facts['mean_words']:.0f} words on average, "
        f"{corpus_facts['megabytes']} MB: {corpus_facts['origin']}"
    )
    print(f"{corpus_facts['planted']:,} planted near-duplicates (a sentence dropped, one word in fifty changed)")
    print(f"{here['cores']} cores, load {here['load_1_minute']} at the start, Python {here['python']}")
    run_rounds(runners, options.rounds, folder)
    planted = read_planted(folder / "planted.tsv")
    rows = make_rows(runners, corpus_facts["articles"], planted, folder)
    print()
    if rows:
        say_rows(rows, len(planted))
    print(
        f"\nmedian of {options.rounds} rounds in turn; peak memory is the largest process. Times drift on a shared "
        "machine: compare the ratios, not the seconds.\nPairs differ in kind: datasketch reports near-copies, "
        "newsdedup verified pairs with verdict and evidence."
    )
    for line in left_out:
        print(line)
    failed = [runner for runner in runners if runner.failure]
    for runner in failed:
        print(f"FAILED {runner.name}: {runner.failure}")
    if options.json:
        outcome = {
            "corpus": corpus_facts,
            "machine": here,
            "rounds": options.rounds,
            "left_out": left_out,
            "failed": {runner.name: runner.failure for runner in failed},
            "runners": [
                {
                    "name": row.name,
                    "cpu_seconds": row.cpu_seconds,
                    "wall_seconds": row.wall_seconds,
                    "articles_per_cpu_second": row.articles_per_cpu_second,
                    "peak_memory_mb": row.peak_memory_mb,
                    "pairs": row.pairs,
                    "planted_recall": row.planted_found / len(planted) if planted else None,
                    "ratio_to_datasketch": row.ratio_to_datasketch,
                    "rounds_cpu_seconds": [
                        cost.cpu_seconds for runner in runners if runner.name == row.name for cost in runner.costs
                    ],
                }
                for row in rows
            ],
        }
        write_json(options.json, outcome)
    return 1 if failed else 0


def at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("articles", type=at_least_one, nargs="?", default=10_000, metavar="N", help="default: 10000")
    parser.add_argument("--rounds", type=at_least_one, default=3, help="runs of each, in turn (default: 3)")
    parser.add_argument("--seed", type=int, default=1, help="which articles are drawn and how they are edited")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the outcome as JSON too")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="newsdedup-speed-") as folder:
            return run(options, Path(folder))
    except BenchmarkError as error:
        print(f"speed: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
