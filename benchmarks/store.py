#!/usr/bin/env python3
"""What a store costs with 100,000 and with a million articles in it, beside two other ways to keep near-copies.

Articles are those of `store_corpus.py`. Measured are: the build in ten runs; 100 new articles ingested, matched and
committed as a process of its own, the first time after the build and five times more; one article; bytes on disk;
opening; a backup; expiry of a tenth. Each figure is printed as one line of JSON as soon as it is known, the table and
the targets last.

Exit code 1 when near-copies that any store must find were not found or the store is not sound, and with --check when
a target is missed; 2 when a step failed.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import signal
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

from store_corpus import EXPIRED_SHARE, FIRST_DAY, LATE_HOURS, NEW_COPIES, NEW_SETS, YEAR_DAYS
from store_sheet import BANDS, BESIDE_TEXT, GROWTH, NEW_CPU, OPEN, OURS, PICKLED, Sheet

from _common import BenchmarkError, ChildCost, Limits, read_lines, run_measured

HERE = Path(__file__).resolve().parent
STORE = "store.db"

MIN_FOUND_SHARE = 0.9  # of near-copies of Jaccard .7 to 1, nine in ten is what a scan finds of them


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def newsdedup(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "newsdedup", *map(str, arguments)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One size: its corpus and where its stores are.

    Attributes:
        reuse: Whether a corpus and stores that are there in whole are taken as they are.
    """

    articles: int
    folder: Path
    seed: int
    reuse: bool
    sheet: Sheet

    @property
    def corpus(self) -> Path:
        return self.folder / "corpus"

    def step(self, name: str, command: Sequence[str], limits: Limits | None = None) -> tuple[ChildCost, Any]:
        """(cost, what the step printed last as JSON)."""
        out = self.folder / "step.out"
        say(f"{self.articles:,} articles: {name}")
        cost = run_measured(command, out, limits=limits)
        lines = out.read_text(encoding="utf-8").splitlines()
        return cost, json.loads(lines[-1]) if lines and lines[-1].startswith("{") else None

    @contextmanager
    def made_whole(self, name: str) -> Iterator[Path | None]:
        """A folder to fill that gets its name when it is whole; None when it is there and may be reused."""
        whole, part = self.folder / name, self.folder / f"{name}.part"
        if self.reuse and whole.is_dir():
            yield None
            return
        shutil.rmtree(whole, ignore_errors=True)
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        yield part
        part.rename(whole)

    def make_corpus(self) -> None:
        with self.made_whole("corpus") as folder:
            if folder is not None:
                command = [sys.executable, str(HERE / "store_corpus.py"), str(self.articles), str(folder)]
                cost, said = self.step("corpus", [*command, "--seed", str(self.seed)])
                say(f"  {said}, {cost.cpu_seconds:.0f} s of CPU")
        with (self.corpus / "queries.jsonl").open("rb") as lines:
            (self.corpus / "one.jsonl").write_bytes(lines.readline())

    def built(self, name: str, command: Sequence[str], limits: Limits | None = None) -> Any:
        """Builds a store unless it is there to be reused, and puts its cost; what the step printed.

        Args:
            command: Without its last two parts, the store and the articles.
        """
        with self.made_whole(f"built-{name}") as folder:
            if folder is not None:
                cost, said = self.step(
                    f"build of {name}", [*command, str(folder / STORE), str(self.corpus / "corpus.jsonl")], limits
                )
                (folder / "built.json").write_text(json.dumps({"cost": asdict(cost), "said": said}), encoding="utf-8")
        # Out of the folder whose bytes are counted.
        kept, beside = self.folder / f"built-{name}" / "built.json", self.folder / f"built-{name}.json"
        if kept.exists():
            kept.replace(beside)
        before = json.loads(beside.read_text(encoding="utf-8"))
        cost = ChildCost(**before["cost"])
        self.sheet.cost(name, self.articles, "build", cost)
        self.sheet.put(
            name, self.articles, "build, articles per CPU second", self.articles / cost.cpu_seconds, "articles/s"
        )
        self.sheet.put(name, self.articles, "build, peak memory", cost.peak_memory_mb, "MB")
        return before["said"]

    def working_copy(self, name: str) -> Path:
        """The store to be changed; the one that was built stays as it is."""
        work = self.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(self.folder / f"built-{name}", work)
        return work / STORE

    def planted(self, file: str) -> dict[str, str]:
        """Copy -> original."""
        with (self.corpus / file).open(encoding="utf-8", newline="") as rows:
            return {row["copy"]: row["original"] for row in csv.DictReader(rows, delimiter="\t")}

    def put_new(self, name: str, costs: Sequence[ChildCost], found: int) -> None:
        """The figures of sets of 100 new articles, the first of them straight after the build."""
        self.sheet.cost(name, self.articles, "100 new, first time", costs[0])
        self.sheet.put(name, self.articles, NEW_CPU, statistics.median(each.cpu_seconds for each in costs[1:]), "s")
        wall = statistics.median(each.wall_seconds for each in costs[1:])
        self.sheet.put(name, self.articles, "100 new, wall", wall, "s")
        share = found / (NEW_COPIES * len(costs))
        self.sheet.put(name, self.articles, "near-copies among the new found", share, "")
        if name == OURS and share < MIN_FOUND_SHARE:
            self.sheet.broken.append(
                f"{self.articles:,} articles: {found} of {NEW_COPIES * len(costs)} near-copies found"
            )


def measure_ours(bench: Bench) -> None:
    """All figures of newsdedup at one size."""
    sheet, size = bench.sheet, bench.articles
    said = bench.built(OURS, [sys.executable, str(HERE / "store_run.py"), "build"])
    reported = {frozenset(pair) for run in said["runs"] for pair in run["pairs"]}
    planted = bench.planted("planted.tsv")
    found = sum(frozenset(pair) in reported for pair in planted.items())
    sheet.put(OURS, size, "near-copies of the build found", found / max(1, len(planted)), "")
    rates = [run["articles"] / run["cpu_seconds"] for run in said["runs"]]
    sheet.put(OURS, size, "build, last tenth, articles per CPU second", rates[-1], "articles/s")
    store = bench.working_copy(OURS)
    put_bytes(bench, store)
    opened = bench.step("open", [sys.executable, str(HERE / "store_run.py"), "open", str(store)])[1]
    sheet.put(OURS, size, "open to read", statistics.median(opened["readers"]), "s")
    sheet.put(OURS, size, OPEN, statistics.median(opened["writers"]), "s")
    put_ingests(bench, store)
    copy = bench.folder / "backup"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    cost, _ = bench.step("backup", newsdedup("store", "backup", store, copy / STORE, "-q"))
    sheet.cost(OURS, size, "backup", cost)
    sheet.put(OURS, size, "backup, size", size_of(copy), "bytes")
    shutil.rmtree(copy)
    # Between the first run of the year and the second.
    cut = FIRST_DAY.timestamp() + YEAR_DAYS * 86400 * EXPIRED_SHARE * 1.5 + LATE_HOURS * 3600
    before, articles = size_of(store.parent), count_of(store)
    keep = f"{int(time.time() - cut)}s"
    cost, _ = bench.step("expiry", newsdedup("store", "expire", store, "--keep", keep, "--force", "-q"))
    sheet.cost(OURS, size, "expiry of a tenth", cost)
    sheet.put(OURS, size, "expiry of a tenth, articles", articles - count_of(store), "articles")
    sheet.put(OURS, size, "expiry of a tenth, freed", before - size_of(store.parent), "bytes")
    try:
        cost, _ = bench.step("verify", newsdedup("store", "verify", store))
        sheet.cost(OURS, size, "verify", cost)
    except BenchmarkError as error:
        said = (bench.folder / "step.out").read_text(encoding="utf-8").splitlines()[:3]
        sheet.broken.append(f"{size:,} articles: not sound after all that: {error}: {' | '.join(said)}")


def put_bytes(bench: Bench, store: Path) -> None:
    total = size_of(store.parent)
    with closing(sqlite3.connect(store)) as database:
        # Whichever table has the column: the benchmark is not to depend on how the store is laid out.
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        holding = [
            name for name in tables if "record" in [row[1] for row in database.execute(f"PRAGMA table_info({name})")]
        ]
        (kept,) = database.execute(f"SELECT sum(length(record)) FROM {holding[0]}").fetchone()  # noqa: S608 - see above
    bench.sheet.put(OURS, bench.articles, "bytes an article", total / bench.articles, "bytes")
    bench.sheet.put(OURS, bench.articles, BESIDE_TEXT, (total - kept) / bench.articles, "bytes")
    for kind in ("rows", "postings"):
        part = sum(file.stat().st_size for file in store.parent.rglob(f"{kind}-*"))
        bench.sheet.put(OURS, bench.articles, f"of it {kind}", part / bench.articles, "bytes")


def count_of(store: Path) -> int:
    with closing(sqlite3.connect(store)) as database:
        return int(database.execute("SELECT count(*) FROM articles").fetchone()[0])


def put_ingests(bench: Bench, store: Path) -> None:
    planted = bench.planted("new-planted.tsv")
    costs, found = [], 0

    def ingested(file: str) -> tuple[ChildCost, int]:
        command = newsdedup("ingest", bench.corpus / file, "--store", store, "--format", "jsonl", "-q")
        cost, _ = bench.step(f"ingest of {file}", command)
        pairs = [line for line in read_lines(bench.folder / "step.out") if line["type"] == "pair"]
        told = {(pair["left"], pair["right"]) for pair in pairs} | {(pair["right"], pair["left"]) for pair in pairs}
        return cost, len(told & set(planted.items()))

    for number in range(NEW_SETS):
        cost, hits = ingested(f"new-{number}.jsonl")
        costs.append(cost)
        found += hits
    bench.put_new(OURS, costs, found)
    cost, _ = ingested("one.jsonl")
    bench.sheet.cost(OURS, bench.articles, "one article, a process", cost)
    command = [sys.executable, str(HERE / "store_run.py"), "query", str(store), str(bench.corpus / "queries.jsonl")]
    asked = bench.step("one by one", command)[1]
    bench.sheet.put(
        OURS, bench.articles, "one article, inside a process, CPU", statistics.median(asked["seconds"]), "s"
    )


def measure_peer(bench: Bench, name: str, limits: Limits) -> None:
    """The figures of another way to keep near-copies: copies only, no text, nothing checked."""
    script = [sys.executable, str(HERE / "store_peers.py"), name]
    sheet, size = bench.sheet, bench.articles
    said = bench.built(name, [*script, "build"], limits)
    sheet.put(name, size, "build, of it signing, CPU", said["signing_cpu_seconds"], "s")
    store = bench.working_copy(name)
    sheet.put(name, size, "bytes an article", size_of(store.parent) / size, "bytes")
    sheet.put(name, size, BESIDE_TEXT, size_of(store.parent) / size, "bytes")
    opened = bench.step(f"open {name}", [*script, "open", str(store)])[1]["seconds"]
    sheet.put(name, size, OPEN, statistics.median(opened), "s")
    planted = bench.planted("new-planted.tsv")
    costs, found = [], 0
    for number in range(NEW_SETS):
        new = bench.corpus / f"new-{number}.jsonl"
        cost, answer = bench.step(f"ingest of {new.name} by {name}", [*script, "ingest", str(store), str(new)])
        costs.append(cost)
        found += sum(planted.get(copy) in originals for copy, originals in answer["found"].items())
    bench.put_new(name, costs, found)
    cost, _ = bench.step(f"one by {name}", [*script, "ingest", str(store), str(bench.corpus / "one.jsonl")])
    sheet.cost(name, size, "one article, a process", cost)
    asked = bench.step(f"queries by {name}", [*script, "query", str(store), str(bench.corpus / "queries.jsonl")])[1]
    sheet.put(name, size, "one article, inside a process, CPU", statistics.median(asked["seconds"]), "s")


def put_growth(sheet: Sheet, sizes: Sequence[int]) -> None:
    """How much more 100 new articles cost the largest store than the smallest."""
    for name in dict.fromkeys(each.store for each in sheet.figures):
        first, last = (sheet.value(name, size, NEW_CPU) for size in (sizes[0], sizes[-1]))
        if first and last and len(sizes) > 1:
            sheet.put(name, sizes[-1], GROWTH, last / first, "x")


def measure(options: argparse.Namespace, folder: Path, sheet: Sheet) -> None:
    for size in options.articles:
        (folder / str(size)).mkdir(parents=True, exist_ok=True)
        bench = Bench(articles=size, folder=folder / str(size), seed=options.seed, reuse=options.reuse, sheet=sheet)
        bench.make_corpus()
        if OURS in options.stores:
            measure_ours(bench)
        for name in (BANDS, PICKLED):
            if name not in options.stores:
                continue
            if name == PICKLED and size > options.peers_articles:
                sheet.left_out.append(f"{name} at {size:,}: more than --peers-articles {options.peers_articles:,}")
                continue
            try:
                limits = Limits(wall_seconds=options.peers_seconds, megabytes=options.peers_megabytes)
                measure_peer(bench, name, limits)
            except BenchmarkError as error:
                sheet.left_out.append(f"{name} at {size:,}: {error}")
    put_growth(sheet, options.articles)


def counts_of(text: str) -> list[int]:
    """`100000,1000000` as numbers, smallest first."""
    return sorted({int(part.replace("_", "")) for part in text.split(",")})


def stop(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--articles", type=counts_of, metavar="N,N", help="default: 100000,1000000")
    parser.add_argument("--quick", action="store_true", help="2,000 and 20,000 articles")
    every = [OURS, BANDS, PICKLED]
    parser.add_argument("--stores", type=lambda text: text.split(","), default=every, help=f"of {', '.join(every)}")
    parser.add_argument("--peers-articles", type=int, default=100_000, metavar="N", help="the most for datasketch")
    parser.add_argument("--peers-seconds", type=float, default=1800, help="after which a peer's build is ended")
    parser.add_argument("--peers-megabytes", type=float, default=8000, help="memory at which it is ended")
    parser.add_argument("--folder", type=Path, help="keep corpora and stores here; default: a temporary folder")
    parser.add_argument("--reuse", action="store_true", help="take corpora and stores that are in --folder as they are")
    parser.add_argument("--seed", type=int, default=1, help="of the corpora")
    parser.add_argument("--check", action="store_true", help="exit code 1 when a target is missed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="append the lines of JSON to FILE too")
    options = parser.parse_args(arguments)
    options.articles = options.articles or ([2_000, 20_000] if options.quick else [100_000, 1_000_000])
    if options.reuse and options.folder is None:
        parser.error("--reuse needs --folder")
    if unknown := sorted(set(options.stores) - set(every)):
        parser.error(f"no store {', '.join(unknown)}; there are {', '.join(every)}")
    signal.signal(signal.SIGTERM, stop)
    sheet, ended = Sheet(file=options.json), ""
    try:
        with ExitStack() as held:
            folder = options.folder or Path(held.enter_context(tempfile.TemporaryDirectory(prefix="newsdedup-store-")))
            measure(options, folder.resolve(), sheet)
    except BenchmarkError as error:
        ended = str(error)
    except KeyboardInterrupt:
        ended = "interrupted; this is what was measured"
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f} at the end\n")
    if sheet.figures:
        print(sheet.shown())
        print(f"\n{BANDS} and {PICKLED} find copies only, check none of them, and keep no text and no matches.")
    for line in sheet.left_out:
        print(f"LEFT OUT: {line}")
    for line in sheet.broken:
        print(f"BROKEN: {line}")
    if ended:
        print(f"store: {ended}", file=sys.stderr)
        return 2
    missed = any(each.met is False for each in sheet.figures if each.articles == options.articles[-1])
    return 1 if sheet.broken or (options.check and missed) else 0


if __name__ == "__main__":
    sys.exit(main())
