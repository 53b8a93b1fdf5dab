"""The short form of `benchmarks/store_failures.py`, and the long one: `--failure-rounds N`."""

from __future__ import annotations

import subprocess
import sys

from conftest import REPOSITORY


def test_an_ingest_that_is_killed_crowded_or_starved_loses_and_tears_nothing(failure_rounds: int) -> None:
    fewer = max(1, failure_rounds // 2)
    counts = {"kills": failure_rounds, "meetings": fewer, "disks": fewer}
    # the disk is filled by a limit of file sizes, which needs no root
    options = ["--articles", 30, "--no-refusals", "--no-mount"]
    for kind, rounds in counts.items():
        options += [f"--{kind}", rounds]
    command = [sys.executable, "benchmarks/store_failures.py", *map(str, options)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=False)
    last = done.stdout.splitlines()[-1:]
    assert (done.returncode, last) == (0, [f"{sum(counts.values())} rounds: 0 lost, 0 torn"]), done.stdout + done.stderr
