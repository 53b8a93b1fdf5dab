"""What the benchmark commands share: where the sets are, how a child process is measured, a plain table."""

from __future__ import annotations

import contextlib
import gzip
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent

REPORTED = frozenset({"identical", "copy", "revision", "excerpt", "rewrite"})
"""The verdicts that say one text derives from the other; `related` and `template` are no reports."""


class BenchmarkError(Exception):
    """Something a person has to put right before a benchmark can run; printed as one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildCost:
    """What one child process, with the children it waited for, used.

    Attributes:
        peak_memory_mb: Largest resident size of any one of the processes, in MiB; workers do not add up.
    """

    cpu_seconds: float
    wall_seconds: float
    peak_memory_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a child process may use before it is ended.

    Attributes:
        megabytes: Resident MiB of it and its children together; not watched where there is no /proc.
    """

    wall_seconds: float
    megabytes: float


class Watch:
    """Ends a child's process group when it goes over its limits, and says which one it was."""

    def __init__(self, pid: int, limits: Limits) -> None:
        self._pid, self._limits = pid, limits
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.broken = ""
        self._thread.start()

    def _run(self) -> None:
        latest = time.monotonic() + self._limits.wall_seconds
        while not self._ended.wait(0.2):
            if time.monotonic() > latest:
                self.broken = f"went over {self._limits.wall_seconds:g} s"
            elif resident_mb(self._pid) > self._limits.megabytes:
                self.broken = f"went over {self._limits.megabytes:g} MB"
            if self.broken:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._pid, signal.SIGKILL)
                return

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()


def resident_mb(pid: int) -> float:
    """Resident MiB of a process and all below it; 0 where there is no /proc, and when it has just ended."""
    total, waiting = 0.0, [pid]
    while waiting:
        process = Path("/proc") / str(waiting.pop())
        try:
            pages = int((process / "statm").read_text(encoding="ascii").split()[1])
            waiting += map(int, (process / "task" / process.name / "children").read_text(encoding="ascii").split())
        except (OSError, IndexError):
            continue
        total += pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return total


def bench_folder() -> Path:
    """The folder of third-party sets: `NEWSDEDUP_BENCH`, else `../shared/bench` beside the repository.

    A relative `NEWSDEDUP_BENCH` counts from the current folder. The folder need not exist.
    """
    named = os.environ.get("NEWSDEDUP_BENCH")
    return Path(named).resolve() if named else (REPOSITORY / ".." / "shared" / "bench").resolve()


def set_folder(name: str) -> Path:
    """The folder of one set; `newsroom` is committed, every other set stands below `bench_folder()`."""
    return REPOSITORY / "benchmarks" / "newsroom" if name == "newsroom" else bench_folder() / name


def scan_command(articles: Path, *options: str) -> list[str]:
    """The command line `newsdedup scan ARTICLES --format jsonl`, run by this very Python."""
    if importlib.util.find_spec("newsdedup") is None:
        message = f'newsdedup is not installed for {sys.executable}; run: pip install -e "{REPOSITORY}"'
        raise BenchmarkError(message)
    return [sys.executable, "-m", "newsdedup", "scan", str(articles), "--format", "jsonl", *options]


def run_measured(
    command: Sequence[str],
    stdout: Path,
    *,
    limits: Limits | None = None,
    variables: Mapping[str, str] | None = None,
) -> ChildCost:
    """Runs `command` with its standard output in the file `stdout`, and says what it cost.

    The `NEWSDEDUP_*` variables are kept from the child and it starts in the repository's root, so that the
    defaults are measured and not somebody's configuration; `variables` are added.

    Raises:
        BenchmarkError: The command could not be started, went over its limits or did not end with exit code 0.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSDEDUP_")}
    environment |= variables or {}
    with stdout.open("wb") as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=environment,
                cwd=REPOSITORY,
                start_new_session=limits is not None,  # a group of its own, so that its children end with it
            )
        except OSError as error:
            raise BenchmarkError(f"{command[0]} could not be started: {error}") from error
        watch = Watch(child.pid, limits) if limits else None
        try:
            # wait4, not getrusage(RUSAGE_CHILDREN): that one sums over all children and never forgets a peak.
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            child.kill()
            child.wait()
            raise
        finally:
            if watch:
                watch.stop()
        wall_seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if watch and watch.broken:
            raise BenchmarkError(f"{watch.broken} and was ended: {' '.join(command)}")
        if child.returncode != 0:
            err.seek(0)
            last_lines = err.read().decode("utf-8", "replace").strip().splitlines()[-5:]
            said = " | ".join(last_lines) or "it said nothing"
            raise BenchmarkError(f"exit code {child.returncode} from: {' '.join(command)}: {said}")
    kilobytes = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss  # macOS counts in bytes
    return ChildCost(
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        wall_seconds=wall_seconds,
        peak_memory_mb=kilobytes / 1024,
    )


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a `.jsonl` or `.jsonl.gz` file, in file order.

    Raises:
        BenchmarkError: A line is not a JSON object.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                value = json.loads(line)
            except json.JSONDecodeError as error:
                raise BenchmarkError(f"{path} line {number}: not JSON: {error}") from error
            if not isinstance(value, dict):
                raise BenchmarkError(f"{path} line {number}: not a JSON object")
            yield value


def write_json(path: Path, value: Mapping[str, object]) -> None:
    """Writes `value` as one indented JSON document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def table(rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Rows as aligned columns, the first row as head with a rule below it; the first `left` columns flush left."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]

    def line(row: Sequence[str]) -> str:
        cells = (
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        return "  ".join(cells).rstrip()

    head, *body = (line(row) for row in rows)
    return "\n".join((head, "  ".join("-" * width for width in widths), *body))
