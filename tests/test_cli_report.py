"""`newsdedup report` over a stand-in: what is asked of a store, and what is no store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cli_engine import joined
from cli_store import StandIn, stand_in
from newsdedup.config import Config
from newsdedup.errors import StoreError
from newsdedup.report.jsonl import result_lines
from newsdedup.report.plain import Style
from newsdedup.report.text import text_lines
from newsdedup.result import Verdict
from test_report_samples import INGESTED

TOLD = replace(INGESTED, figures=None)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> StandIn:
    made = stand_in(monkeypatch, tmp_path, capsys)
    Path("news.db").write_bytes(b"SQLite format 3\0")
    made.answer = TOLD
    return made


@pytest.mark.parametrize(
    ("words", "since_seconds", "run"),
    [
        ((), None, None),
        (("--since", "1d"), 86_400.0, None),
        (("--since", "30m"), 1_800.0, None),
        (("--since", "2"), 172_800.0, None),
        (("--run", "last"), None, "last"),
        (("--run", "12"), None, 12),
    ],
)
def test_asks_for_the_time_or_the_run(
    store: StandIn, words: tuple[str, ...], since_seconds: float | None, run: int | str | None
) -> None:
    assert store.run("report", "news.db", *words) == (0, joined(text_lines(TOLD, Style())), "")
    assert store.asked == {"arguments": (Path("news.db"), Config()), "since_seconds": since_seconds, "run": run}


def test_has_the_formats_of_a_scan(store: StandIn) -> None:
    assert store.run("report", "news.db", "--format", "jsonl", "-o", "text=day.log", "--min-score", "0.9") == (
        0,
        joined(result_lines(TOLD)),
        "",
    )
    assert Path("day.log").read_text(encoding="utf-8") == joined(text_lines(TOLD, Style()))
    assert store.asked["arguments"][1] == Config(min_score=0.9)


def test_reports_down_to_the_verdict_that_is_asked_for(store: StandIn) -> None:
    store.run("report", "news.db", "--min-verdict", "copy", "--all")
    assert store.asked["arguments"][1] == Config(min_verdict=Verdict.COPY, report_all=True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("news.db", "--since", "1d", "--run", "last"), "--since and --run exclude each other; give one"),
        (
            ("news.db", "--since", "0"),
            "command line: --since is 0; allowed: a time above 0 such as 30s, 5m, 36h, 90d, ",
        ),
        (("news.db", "--since", "yesterday"), "command line: --since is yesterday; allowed: a time above 0 such as"),
        (("news.db", "--run", "0"), "command line: --run is 0; allowed: last, or the number of a run, from 1"),
        (("news.db", "--run", "first"), "command line: --run is first; allowed: last, or the number of a run, from 1"),
        (("news.db", "--run", "٣"), "command line: --run is ٣; allowed: last, or the number of a run, from 1"),
        (("news.db", "-o", "text=news.db"), "-o: news.db is an input; give another name"),
        (("news.db", "-o", "text=news.db-shm"), "-o: news.db-shm belongs to the store news.db; "),
        (("news.db", "--format", "sarif"), "report has no format sarif; check has; available: text, jsonl, json"),
        (("found.jsonl",), "found.jsonl: holds results, not a store; name the FILE of newsdedup ingest --store (kept "),
    ],
)
def test_refuses_in_one_line(store: StandIn, words: tuple[str, ...], told: str) -> None:
    Path("found.jsonl").write_text('{"type":"run"}\n', encoding="utf-8")
    code, out, err = store.run("report", *words)
    assert (code, out, store.events) == (2, "", [])
    assert err.startswith(f"newsdedup: error: {told}")
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", ["nix.db", "news", "empty", "other.db"])
def test_leaves_it_to_the_store_to_say_what_is_none(store: StandIn, name: str) -> None:
    Path("empty").touch()
    Path("other.db").write_bytes(b"SQLite format 3\0")
    store.error = StoreError(f"{name}: no store")
    assert store.run("report", name) == (4, "", f"newsdedup: error: {name}: no store\n")
    assert store.events == ["report_store"]
