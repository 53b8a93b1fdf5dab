"""How far a run is, for a person who looks at it, and what each stage cost, for one who asks."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from newsdedup.errors import NewsdedupError
from newsdedup.report.plain import visible

Progress = Callable[[str, int, int], None]
"""progress(stage, done, total); total 0 means unknown."""


@contextmanager
def work(*, quiet: bool) -> Iterator[Progress | None]:
    """Stands around what the engine does; gives a function that shows how far it is, or None when nobody looks.

    Raises:
        NewsdedupError: A worker process ended early.
    """
    try:
        with progress_bar(quiet=quiet) as progress:
            yield progress
    except BrokenPipeError as error:  # not our standard output: nothing is written there meanwhile
        raise NewsdedupError(f"a worker process ended early: {error.strerror}") from error


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Progress | None]:
    """A function that shows how far each stage is, how fast and for how long; None when nobody looks.

    The bars are removed at the end. Nothing is written where standard error is a log.
    """
    if quiet or sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich import progress as bars  # noqa: PLC0415  # costs 60 ms
    from rich.console import Console  # noqa: PLC0415

    columns = (
        bars.SpinnerColumn("line"),
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[rate]}", markup=False),
        bars.TimeElapsedColumn(),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        tasks: dict[str, bars.TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                for task in tasks.values():  # a stage that another follows is done, also when its end was not known
                    count = shown.tasks[task].completed
                    shown.update(task, completed=count, total=count)
                tasks[stage] = shown.add_task(visible(stage), total=total or None, rate="")
            task = tasks[stage]
            speed = shown.tasks[task].finished_speed or shown.tasks[task].speed
            shown.update(task, completed=done, total=total or None, rate=f"{speed:,.0f}/s" if speed else "")

        yield report


@dataclass(frozen=True, slots=True)
class StageCost:
    """What one stage took.

    Attributes:
        stage: Its name.
        seconds: Wall time.
        cpu_seconds: Of this process; worker processes are counted when they end.
        peak_mb: Largest resident size of this process up to the end of the stage, in MiB; None where unknown.
    """

    stage: str
    seconds: float
    cpu_seconds: float
    peak_mb: float | None


class Profile:
    """Takes the time of the stages as they are told; the first one begins when it is made."""

    def __init__(self, first: str) -> None:
        self.costs: list[StageCost] = []
        self._stage = first
        self._started = self._now()

    def begin(self, stage: str) -> None:
        """Ends the stage before."""
        now = self._now()
        if stage != self._stage:
            self.costs.append(StageCost(self._stage, now[0] - self._started[0], now[1] - self._started[1], _peak_mb()))
            self._stage, self._started = stage, now

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.perf_counter(), time.process_time()

    def along(self, progress: Progress | None) -> Progress:
        """A progress function that takes the time and passes on what it is told."""

        def report(stage: str, done: int, total: int) -> None:
            self.begin(stage)
            if progress is not None:
                progress(stage, done, total)

        return report

    def lines(self, articles: int) -> Iterator[str]:
        """A table for a person: stages in order, their time, their share of it and the memory; then the sums."""
        seconds = sum(cost.seconds for cost in self.costs)
        cpu = sum(cost.cpu_seconds for cost in self.costs)
        yield f"{'stage':<12} {'seconds':>9} {'CPU s':>9} {'share':>6} {'peak MB':>8}"
        for cost in self.costs:
            yield _line(cost, cost.seconds / seconds if seconds else 0.0)
        yield _line(StageCost("all", seconds, cpu, _peak_mb()), 1.0)
        workers, largest = _workers()
        if workers:
            yield f"{'workers':<12} {'':>9} {workers:>9.2f} {'':>6} {largest or 0:>8.0f} (all; MB of the largest)"
        if articles and cpu + workers:
            yield f"{articles / (cpu + workers):,.0f} articles per CPU-second, {articles / seconds:,.0f} per second"


def _line(cost: StageCost, share: float) -> str:
    peak = "-" if cost.peak_mb is None else f"{cost.peak_mb:.0f}"
    return f"{cost.stage:<12} {cost.seconds:>9.2f} {cost.cpu_seconds:>9.2f} {share:>6.0%} {peak:>8}"


def _peak_mb() -> float | None:
    try:
        import resource  # noqa: PLC0415  # not on Windows
    except ImportError:
        return None
    return _mebibytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _workers() -> tuple[float, float | None]:
    """(CPU seconds of the processes that have ended, MiB of the largest)."""
    try:
        import resource  # noqa: PLC0415  # not on Windows
    except ImportError:
        return 0.0, None
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime, _mebibytes(usage.ru_maxrss)


def _mebibytes(size: int) -> float:
    return size / 2**20 if sys.platform == "darwin" else size / 2**10  # macOS counts in bytes, others in KiB
