"""A progress bar on standard error, only where a person looks at it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from newsdedup.report.plain import visible

Progress = Callable[[str, int, int], None]
"""progress(stage, done, total); total 0 means unknown."""


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Progress | None]:
    """A function that shows how far a stage is; None when nobody looks. The bar is removed at the end."""
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
        bars.TimeElapsedColumn(),
    )
    with bars.Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        tasks: dict[str, bars.TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = shown.add_task(visible(stage), total=total or None)
            shown.update(tasks[stage], completed=done, total=total or None)

        yield report
