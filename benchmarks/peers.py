#!/usr/bin/env python3
"""Speed, memory, recall and precision of newsdedup beside the packages that find near-copies, in one run.

Each peer is installed in an environment of its own, once. For each size a corpus with planted near-duplicates is made
from a fixed seed; every runner reads that file in a process of its own and writes its pairs. The runners take turns,
and who begins changes from round to round, so that a busy machine slows all of them alike. CPU is user plus system
time of the process and the children it waited for; a ratio is the median over the rounds of the ratio in one round.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from peers_environments import NOT_RUN, PEERS, default_folder, ready_python
from peers_score import DERIVED_CONTAINMENT, DERIVED_JACCARD, NEAR_COPY_JACCARD, reported_pairs

from _common import (
    REPOSITORY,
    BenchmarkError,
    ChildCost,
    Limits,
    read_lines,
    run_measured,
    scan_command,
    set_folder,
    table,
    write_json,
)

HERE = Path(__file__).resolve().parent
BASE = "gaoya"
ONE_THREAD = {"RAYON_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""All on one core: CPU-seconds are compared, and threads that wait for each other would count against a peer."""
START_RUNS = 5
DERIVED_LABELS = ("copy", "revision", "excerpt", "rewrite")


@dataclass(slots=True, kw_only=True)
class Runner:
    """One way to do the job; a runner that failed once is not run again, on no size.

    Attributes:
        command: The command line for a corpus file.
    """

    name: str
    label: str
    command: Callable[[Path], list[str]]
    failure: str = ""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What one runner did with one corpus."""

    runner: str
    articles: int
    costs: list[ChildCost] = field(default_factory=list)
    score: Mapping[str, int] = field(default_factory=dict)
    ratio: float | None = None

    @property
    def cpu_seconds(self) -> float:
        return statistics.median(cost.cpu_seconds for cost in self.costs)

    @property
    def wall_seconds(self) -> float:
        return statistics.median(cost.wall_seconds for cost in self.costs)

    @property
    def peak_memory_mb(self) -> float:
        return max(cost.peak_memory_mb for cost in self.costs)

    def as_json(self) -> dict[str, object]:
        return {
            "runner": self.runner,
            "articles": self.articles,
            "articles_per_cpu_second": self.articles / self.cpu_seconds,
            "cpu_seconds": self.cpu_seconds,
            "wall_seconds": self.wall_seconds,
            "peak_memory_mb": self.peak_memory_mb,
            "ratio_to_gaoya": self.ratio,
            "rounds": [asdict(cost) for cost in self.costs],
            **self.score,
        }


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def all_runners(environments: Path, chosen: Sequence[str]) -> tuple[list[Runner], list[str]]:
    """(runners, one line for each that is left out)."""
    runners = [
        Runner(name="newsdedup", label="newsdedup, all views", command=scan_command),
        Runner(
            name="newsdedup-copy",
            label="newsdedup --views copy",
            command=lambda corpus: scan_command(corpus, "--views", "copy"),
        ),
    ]
    left_out = [f"{name}: {reason}" for name, reason in NOT_RUN.items()]
    known = [runner.name for runner in runners] + [peer.run for peer in PEERS]
    if unknown := sorted(set(chosen) - set(known)):
        raise BenchmarkError(f"no tool {', '.join(unknown)}; there are {', '.join(known)}")
    for peer in PEERS:
        if chosen and peer.run not in chosen:
            continue
        try:
            python = ready_python(peer.environment, environments)
        except BenchmarkError as error:
            left_out.append(f"{peer.label}: could not be installed: {error}")
            continue
        start = [str(python), str(HERE / "peers_run.py"), peer.run]
        runners.append(
            Runner(name=peer.run, label=peer.label, command=lambda corpus, start=start: [*start, str(corpus)])
        )
    return [runner for runner in runners if not chosen or runner.name in chosen], left_out


def run_size(runners: Sequence[Runner], articles: int, folder: Path, rounds: int, limits: Limits) -> dict[str, Outcome]:
    """Runs every runner once a round over the corpus in `folder` and scores the pairs of its last round."""
    outcomes = {runner.name: Outcome(runner=runner.name, articles=articles) for runner in runners}
    corpus = folder / "corpus.jsonl"
    for number in range(rounds):
        first = number % len(runners)
        for runner in (*runners[first:], *runners[:first]):
            if runner.failure:
                continue
            try:
                cost = run_measured(
                    runner.command(corpus), folder / f"{runner.name}.jsonl", limits=limits, variables=ONE_THREAD
                )
            except BenchmarkError as error:
                runner.failure = f"at {articles:,} articles: {error}"
                say(f"FAILED {runner.label}: {runner.failure}")
                continue
            outcomes[runner.name].costs.append(cost)
            say(f"{articles:,} articles, round {number + 1}: {runner.label}: {cost.cpu_seconds:.2f} CPU-s")
    done = {name: outcome for name, outcome in outcomes.items() if len(outcome.costs) == rounds}
    base = done.get(BASE)
    for name, outcome in done.items():
        if base:
            both = zip(base.costs, outcome.costs, strict=True)
            outcome.ratio = statistics.median(theirs.cpu_seconds / ours.cpu_seconds for theirs, ours in both)
        scored = folder / "score.json"
        scorer = [sys.executable, str(HERE / "peers_score.py"), str(folder), str(folder / f"{name}.jsonl")]
        run_measured(scorer, scored)
        outcome.score = json.loads(scored.read_text(encoding="utf-8"))
    return done


def share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def size_table(outcomes: Mapping[str, Outcome], labels: Mapping[str, str]) -> str:
    rows = [
        [
            *("tool", "articles/CPU-s", "x gaoya", "CPU s", "wall s", "peak MB"),
            *("pairs", "recall", "near-copies", "derived"),
        ]
    ]
    for name, outcome in outcomes.items():
        score = outcome.score
        rows.append(
            [
                labels[name],
                f"{outcome.articles / outcome.cpu_seconds:,.0f}",
                "-" if outcome.ratio is None else f"{outcome.ratio:.2f}",
                f"{outcome.cpu_seconds:.2f}",
                f"{outcome.wall_seconds:.2f}",
                f"{outcome.peak_memory_mb:.0f}",
                f"{score['pairs']:,}",
                share(score["planted_found"], score["planted"]),
                share(score["near_copies"], score["pairs"]),
                share(score["derived"], score["pairs"]),
            ]
        )
    return table(rows)


def make_corpus(articles: int, options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Makes the corpus in `folder` and returns what `speed_corpus.py` says of it."""
    made = folder / "made.json"
    maker = [sys.executable, str(HERE / "speed_corpus.py"), str(articles), str(folder), "--seed", str(options.seed)]
    if options.articles_of:
        maker += ["--articles-of", options.articles_of]
    bench = {name: os.environ[name] for name in ("NEWSDEDUP_BENCH",) if name in os.environ}
    if bench:  # the maker starts in another folder than the one a relative path counts from
        bench["NEWSDEDUP_BENCH"] = str(Path(bench["NEWSDEDUP_BENCH"]).resolve())
    run_measured(maker, made, variables=bench)
    return json.loads(made.read_text(encoding="utf-8"))


def starting_costs(folder: Path) -> dict[str, float]:
    """CPU seconds of the commands that a person waits for, the median of a few runs."""
    python = scan_command(Path())[: -len(["scan", ".", "--format", "jsonl"])]
    seeds = sorted(str(path) for path in (REPOSITORY / "seeds").glob("*.txt"))[:2]
    commands = {
        "newsdedup --help": [*python, "--help"],
        "newsdedup compare of the seeds": [*python, "compare", *seeds],
    }
    return {
        name: statistics.median(run_measured(command, folder / "start.txt").cpu_seconds for _ in range(START_RUNS))
        for name, command in commands.items()
    }


def newsroom_found(
    runners: Sequence[Runner], folder: Path, limits: Limits
) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """(labelled pairs of newsroom by label, by runner how many of each label it reports).

    `false` is every label that must not be reported together.
    """
    corpus = folder / "corpus.jsonl"
    with corpus.open("w", encoding="utf-8", newline="\n") as out:
        for article in read_lines(set_folder("newsroom") / "docs.jsonl.gz"):
            out.write(json.dumps(article, ensure_ascii=False) + "\n")
    labels: dict[tuple[str, str], str] = {}
    with (set_folder("newsroom") / "pairs.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["label"] != "ignore":
                label = row["label"] if row["label"] in DERIVED_LABELS else "false"
                labels[min(row["left"], row["right"]), max(row["left"], row["right"])] = label
    kinds = (*DERIVED_LABELS, "false")
    found = {}
    for runner in runners:
        if runner.failure:
            continue
        results = folder / f"{runner.name}.jsonl"
        try:
            run_measured(runner.command(corpus), results, limits=limits, variables=ONE_THREAD)
        except BenchmarkError as error:
            runner.failure = f"on newsroom: {error}"
            continue
        hits = [labels[pair] for pair in reported_pairs(results) if pair in labels]
        found[runner.name] = {kind: hits.count(kind) for kind in kinds}
    wanted = list(labels.values())
    return {kind: wanted.count(kind) for kind in kinds}, found


def newsroom_table(wanted: Mapping[str, int], found: Mapping[str, Mapping[str, int]], labels: Mapping[str, str]) -> str:
    head = ["tool", *(f"{kind} of {count}" for kind, count in wanted.items())]
    return table([head, *([labels[name], *(str(count) for count in row.values())] for name, row in found.items())])


def machine() -> dict[str, object]:
    """Where the figures come from."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_1_minute": round(os.getloadavg()[0], 2),
    }


def run(options: argparse.Namespace) -> int:
    """Installs, makes, runs and prints; returns the exit code."""
    limits = Limits(wall_seconds=options.seconds, megabytes=options.megabytes)
    runners, left_out = all_runners(options.environments, options.tools)
    labels = {runner.name: runner.label for runner in runners}
    here = machine()
    print(f"{here['cores']} cores, load {here['load_1_minute']} at the start, Python {here['python']}; all on one core")
    print(f"times: median of {options.rounds} rounds in turn; on a shared machine compare the ratios, not the seconds")
    print("peers: near-copies, word 3-shingles, 128 permutations, estimated Jaccard >= 0.7 (text-dedup: unchecked)")
    print("recall: of the planted pairs, all of exact Jaccard >= 0.7; newsdedup: pairs with a derived verdict")
    print(
        f"precision: near-copies is the share of the pairs whose exact Jaccard is >= {NEAR_COPY_JACCARD}, derived the "
        f"share that is planted,\n  or has Jaccard >= {DERIVED_JACCARD} or containment of one in the other "
        f">= {DERIVED_CONTAINMENT}: what newsdedup claims of all views' pairs"
    )
    corpora, sizes = [], []
    for articles in options.sizes:
        with tempfile.TemporaryDirectory(prefix="newsdedup-peers-") as folder:
            facts = make_corpus(articles, options, Path(folder))
            outcomes = run_size(runners, facts["articles"], Path(folder), options.rounds, limits)
        corpora.append(facts)
        sizes.append(outcomes)
        print(
            f"\n{facts['articles']:,} articles, {facts['mean_words']:.0f} words each, {facts['megabytes']} MB, "
            f"{facts['planted']:,} planted near-duplicates: {facts['origin']}\n\n{size_table(outcomes, labels)}",
            flush=True,
        )
    with tempfile.TemporaryDirectory(prefix="newsdedup-peers-") as folder:
        wanted, found = newsroom_found(runners, Path(folder), limits)
        starting = starting_costs(Path(folder))
    print("\nlabelled pairs of newsroom, 240 articles, found (false: independent, follow-up, template)\n")
    print(newsroom_table(wanted, found, labels))
    print()
    for name, seconds in starting.items():
        print(f"{name}: {seconds:.2f} CPU-s")
    for line in left_out:
        print(f"LEFT OUT {line}")
    failed = {runner.label: runner.failure for runner in runners if runner.failure}
    for label, failure in failed.items():
        print(f"FAILED {label}: {failure}")
    results = [outcome.as_json() for outcomes in sizes for outcome in outcomes.values()]
    if options.json:
        outcome = {
            "machine": here,
            "rounds": options.rounds,
            "corpora": corpora,
            "labels": labels,
            "results": results,
            "newsroom": {"wanted": wanted, "found": found},
            "starting_cpu_seconds": starting,
            "left_out": left_out,
            "failed": failed,
        }
        write_json(options.json, outcome)
    if options.plot:
        from peers_plot import draw  # noqa: PLC0415 - matplotlib: only a plot needs it, and it is 60 MB

        draw(results, labels, options.plot)
    return 1 if failed else 0


def sizes_of(text: str) -> list[int]:
    """`10k,50k` as numbers."""
    try:
        numbers = [int(size[:-1]) * 1000 if size.endswith("k") else int(size) for size in text.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text}: sizes are numbers of articles such as 10k,50k") from error
    if min(numbers) < 100:
        raise argparse.ArgumentTypeError("a size is at least 100 articles")
    return sorted(numbers)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=sizes_of, default=[10_000, 50_000, 100_000], help="default: 10k,50k,100k")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, in turn (default: 3)")
    parser.add_argument("--tools", type=lambda text: text.split(","), default=[], help="only these, by comma")
    parser.add_argument("--seed", type=int, default=1, help="of the corpus")
    parser.add_argument("--articles-of", metavar="SET", help="take the articles of this set as they are")
    parser.add_argument(
        "--environments",
        type=Path,
        default=default_folder(),
        metavar="DIR",
        help="where the peers are installed (default: %(default)s)",
    )
    parser.add_argument("--seconds", type=float, default=1200, help="wall time after which a run is ended")
    parser.add_argument("--megabytes", type=float, default=6000, help="resident memory at which a run is ended")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the outcome as JSON too")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw time and memory against size (.png, .svg)")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    if options.plot and options.plot.suffix not in (".png", ".svg"):
        parser.error(f"--plot {options.plot}: the name must end in .png or .svg")
    if options.plot and importlib.util.find_spec("matplotlib") is None:
        parser.error("--plot needs matplotlib: pip install 'newsdedup[plot]'")
    try:
        return run(options)
    except BenchmarkError as error:
        print(f"peers: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
