"""What `--profile` says, and that it says nothing unasked."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from newsdedup.cli.main import run
from newsdedup.cli.progress import Profile

STAGES = ["start", "reading", "boilerplate", "candidates", "comparing", "evidence", "clusters", "writing", "all"]
SEEDS = str(Path(__file__).resolve().parent.parent / "seeds")


class Clock:
    """Seconds of wall and CPU time that pass as the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 100.0
        monkeypatch.setattr(time, "perf_counter", lambda: self.seconds)
        monkeypatch.setattr(time, "process_time", lambda: self.seconds / 2)


def test_a_stage_lasts_until_the_next_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    profile = Profile("start")
    passed: list[tuple[str, int, int]] = []
    report = profile.along(lambda *told: passed.append(told))
    for passes, told in ((3.0, ("reading", 0, 0)), (1.0, ("reading", 10, 0)), (4.0, ("comparing", 0, 7))):
        clock.seconds += passes
        report(*told)
    clock.seconds += 2.0
    profile.begin("end")
    assert [(cost.stage, cost.seconds, cost.cpu_seconds) for cost in profile.costs] == [
        ("start", 3.0, 1.5),
        ("reading", 5.0, 2.5),
        ("comparing", 2.0, 1.0),
    ]
    assert passed == [("reading", 0, 0), ("reading", 10, 0), ("comparing", 0, 7)]
    lines = [line.split() for line in profile.lines(20)]
    assert [line[:4] for line in lines[1:5]] == [
        ["start", "3.00", "1.50", "30%"],
        ["reading", "5.00", "2.50", "50%"],
        ["comparing", "2.00", "1.00", "20%"],
        ["all", "10.00", "5.00", "100%"],
    ]


def test_profile_names_every_stage_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", SEEDS, "--format", "jsonl"]) == 0
    plain = capsys.readouterr()
    assert plain.err == ""
    assert run(["scan", SEEDS, "--format", "jsonl", "--profile"]) == 0
    said = capsys.readouterr()
    without_seconds = [re.sub(r'"seconds":[\d.]+', "", text) for text in (said.out, plain.out)]
    assert without_seconds[0] == without_seconds[1]
    assert json.loads(said.out.splitlines()[0])["type"] == "run"
    rows = [line.removeprefix("newsdedup: ").split()[0] for line in said.err.splitlines()]
    assert [row for row in rows if row in STAGES] == STAGES
