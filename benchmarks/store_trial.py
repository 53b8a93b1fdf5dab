"""What `store_failures.py` tries a store with: articles in batches, runs that are cut off, what is held afterwards.

A store is written through the command line alone, as cron does it, and looked into through the library, which is
quicker. What it holds is compared as sets, without run numbers and the ids of clusters.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from newsdedup.errors import StoreError
from newsdedup.stores import report_store, verify_store

from _common import REPOSITORY, BenchmarkError, read_lines

STORE = "store.db"
DONE, UNUSABLE, LOCKED, TERMINATED = 0, 4, 75, 143
CLUSTER_FACTS = ("canonical", "members", "verdicts", "tellings", "related", "first")
LONGEST_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended; a code as a shell shows it, 128 and the signal for one that a signal ended."""

    code: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """What is wrong with it as a refusal: "" when it is one clear line."""
        lines = self.err.splitlines()
        if "Traceback" in self.err:
            return f"a traceback: {lines[-1]}"
        return "" if len(lines) == 1 and len(lines[0]) > len(STORE) else f"{len(lines)} lines: {self.err[:300]!r}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a store holds: pairs with all numbers and evidence, and clusters, as texts that are equal for equal ones."""

    ids: frozenset[str]
    pairs: frozenset[str]
    clusters: frozenset[str]

    def differences(self, other: Held) -> list[str]:
        """What the other lacks, and what it has beyond this."""
        out = []
        for name in ("ids", "pairs", "clusters"):
            mine, theirs = getattr(self, name), getattr(other, name)
            out += [f"{name} lack {each[:200]}" for each in sorted(mine - theirs)[:3]]
            out += [f"{name} have {each[:200]} too" for each in sorted(theirs - mine)[:3]]
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What delivered reports told; a report without its last line was not delivered and told nothing."""

    delivered: bool
    pairs: tuple[tuple[str, str], ...]
    joined: tuple[str, ...]


def said(out: str) -> Said:
    """What a report in JSON lines told."""
    lines = out.splitlines(keepends=True)
    objects = [json.loads(line) for line in lines if line.endswith("\n")]
    if not objects or objects[-1]["type"] != "summary" or not lines[-1].endswith("\n"):
        return Said(delivered=False, pairs=(), joined=())
    return Said(
        delivered=True,
        pairs=tuple((each["left"], each["right"]) for each in objects if each["type"] == "pair"),
        joined=tuple(name for each in objects if each["type"] == "cluster" for name in each.get("joined", ())),
    )


def newsroom_batches(count: int, articles: int | None = None) -> list[list[dict[str, object]]]:
    """The articles of newsroom by time of publication, in batches of nearly one size.

    Args:
        articles: How many of them, the latest; None takes all.
    """
    every = sorted(
        read_lines(REPOSITORY / "benchmarks" / "newsroom" / "docs.jsonl.gz"),
        key=lambda article: (datetime.fromisoformat(article["published"]), article["id"]),
    )
    taken = every[-articles:] if articles else every
    cuts = [len(taken) * number // count for number in range(count + 1)]
    return [taken[first:end] for first, end in zip(cuts, cuts[1:], strict=False)]  # noqa: RUF007 - as long as it reads


def write_batch(file: Path, batch: Sequence[dict[str, object]]) -> Path:
    """The articles as a JSONL file."""
    lines = (json.dumps(article, ensure_ascii=False) + "\n" for article in batch)
    file.write_text("".join(lines), encoding="utf-8", newline="\n")
    return file


def newsdedup(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "newsdedup", *map(str, arguments)]


def environment() -> dict[str, str]:
    """Without the variables that would configure newsdedup."""
    return {name: value for name, value in os.environ.items() if not name.startswith("NEWSDEDUP_")}


class Run:
    """One command under way, its output in files, so that what was written before a kill can be read."""

    def __init__(self, command: Sequence[str], folder: Path, *, most_file_bytes: int | None = None) -> None:
        """Starts it.

        Args:
            folder: Where its output goes.
            most_file_bytes: The size at which a file cannot grow any more, as on a full disk.
        """

        def limited() -> None:
            if most_file_bytes is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most_file_bytes, most_file_bytes))

        self._folder = folder
        self.started = time.monotonic()
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=environment(),
                cwd=folder,
                preexec_fn=limited,  # noqa: PLW1509 - this process has one thread
            )

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def end(self, number: signal.Signals | None = None) -> Ended:
        """Sends the signal, if any, and waits."""
        if number is not None and self.running:
            self.process.send_signal(number)
        try:
            code = self.process.wait(LONGEST_SECONDS)
        except BaseException as error:
            self.process.kill()
            self.process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                raise BenchmarkError(f"hung for {LONGEST_SECONDS:g} s: {' '.join(map(str, error.cmd))}") from None
            raise
        return Ended(
            code=128 - code if code < 0 else code,
            out=(self._folder / "out").read_text(encoding="utf-8"),
            err=(self._folder / "err").read_text(encoding="utf-8", errors="replace"),
        )


@dataclass(frozen=True)
class Trial:
    """One store with articles in it, a file of further ones, and what becomes of both when nothing disturbs it.

    Attributes:
        folder: Of this trial; the store as it is before is in `base`, or not there when it is to be made.
        new: The articles that the runs add.
    """

    folder: Path
    base: Path
    new: Path

    def ingest(self, store: Path, *options: object) -> list[str]:
        return newsdedup("ingest", self.new, "--store", store, "--format", "jsonl", "-q", *options)

    def fresh(self, place: Path | None = None) -> Path:
        """A store as it was before, in a folder of its own."""
        work = place or self.folder / "work"
        if place is None:
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
        if self.base.is_dir():
            shutil.copytree(self.base, work, dirs_exist_ok=True)
        return work / STORE

    @cached_property
    def before(self) -> Held:
        return held(self.base / STORE)

    @cached_property
    def usual(self) -> Usual:
        """One run that nothing disturbs."""
        store = self.fresh()
        run = Run(self.ingest(store), self.folder)
        peak, peak_file, changes, watched_before = 0, 0, 0, watched(store)
        while run.running:
            sizes = file_sizes(store.parent)
            peak, peak_file = max(peak, sum(sizes)), max([peak_file, *sizes])
            watched_now = watched(store)
            changes += watched_now != watched_before
            watched_before = watched_now
            time.sleep(0.0005)
        seconds = time.monotonic() - run.started
        ended = run.end()
        if ended.code != DONE:
            raise BenchmarkError(f"an undisturbed ingest ended with {ended.code}: {ended.err.strip()}")
        return Usual(
            seconds=seconds,
            changes=changes,
            said=said(ended.out),
            after=held(store),
            base_bytes=sum(file_sizes(self.base)),
            base_file_bytes=max([0, *file_sizes(self.base)]),
            peak_bytes=peak,
            peak_file_bytes=peak_file,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """An undisturbed run: how long it takes, what it says, what is held after it, and the room it needs.

    Attributes:
        changes: How often its files were seen to change.
    """

    seconds: float
    changes: int
    said: Said
    after: Held
    base_bytes: int
    base_file_bytes: int
    peak_bytes: int
    peak_file_bytes: int


def file_sizes(folder: Path) -> list[int]:
    """Of all files below a folder that are there at the moment."""
    out = []
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                out.append(Path(place, name).stat().st_size)
            except OSError:
                continue
    return out


def called(command: Sequence[str], folder: Path) -> Ended:
    return Run(command, folder).end()


def held(store: Path) -> Held:
    """Everything that the store holds."""
    if not store.exists():
        return Held(ids=frozenset(), pairs=frozenset(), clusters=frozenset())
    found = report_store(store)
    return Held(
        ids=ids_of(store),
        pairs=frozenset(map(repr, found.pairs)),
        clusters=frozenset(
            ", ".join(f"{name}={getattr(cluster, name)!r}" for name in CLUSTER_FACTS) for cluster in found.clusters
        ),
    )


def ids_of(store: Path) -> frozenset[str]:
    """The ids of all articles that a store has committed; none when it is not there or not made yet."""
    if not store.exists():
        return frozenset()
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as database:
        if not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'articles'").fetchall():
            return frozenset()
        return frozenset(str(name) for (name,) in database.execute("SELECT id FROM articles"))


def unsound(store: Path) -> list[str]:
    """What is wrong with a store; one that was never made is sound."""
    if not store.exists():
        return []
    try:
        return [f"verify says: {problem}" for problem in verify_store(store)[:3]]
    except StoreError as error:
        return [f"verify refuses it: {error}"]


def wait_for_moment(run: Run, store: Path, usual: Usual, rng: random.Random, *, at_commit: bool) -> None:
    """Returns when the run is to be cut off.

    Args:
        at_commit: Not at any time between its start and its usual end, but within a few hundredths of a second after
            one of the changes that the files of the store undergo: a run reads and compares for most of its time.
    """
    wanted = rng.uniform(0.0, 1.05 * usual.seconds)
    changes, least, after = 0, rng.randint(1, max(1, usual.changes)), rng.uniform(0.0, 0.03)
    before = watched(store)
    while run.running:
        if not at_commit:
            time.sleep(0.002)
            if time.monotonic() - run.started >= wanted:
                return
            continue
        now = watched(store)
        changes += now != before
        before = now
        if changes >= least:
            time.sleep(after)
            return
        time.sleep(0.0005)


def watched(store: Path) -> tuple[int, ...]:
    """Sizes and times of what changes when a batch is committed."""
    out = []
    for path in (store, store.with_name(f"{store.name}-wal"), store.with_name(f"{store.name}-index")):
        try:
            found = path.stat()
            out += [found.st_size, found.st_mtime_ns]
        except OSError:
            out.append(-1)
    return tuple(out)


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Callable[[], None]]:
    """A file system of so many bytes mounted at the folder; gives what makes room on it.

    Raises:
        BenchmarkError: This user may not mount.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchmarkError(f"cannot mount a tmpfs: {done.stderr.strip()}")

    def grow() -> None:
        subprocess.run(["mount", "-o", "remount,size=1g", str(folder)], check=True, capture_output=True)

    try:
        yield grow
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


def can_mount(folder: Path) -> bool:
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    try:
        with small_disk(folder, 1 << 20):
            return True
    except BenchmarkError:
        return False
