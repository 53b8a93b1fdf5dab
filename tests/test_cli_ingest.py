"""`newsdedup ingest` over a stand-in for the store: what goes where, in which order, and what is refused."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from cli_desk import Desk
from cli_engine import joined
from cli_store import StandIn, stand_in
from conftest import REPOSITORY
from newsdedup.article import Article
from newsdedup.errors import InputError, NewsdedupError, StoreError
from newsdedup.report.json_document import document_lines
from newsdedup.report.jsonl import result_lines
from newsdedup.report.plain import Style
from newsdedup.report.text import text_lines
from newsdedup.result import CLOCK_AHEAD
from newsdedup.store.nouns import KeepText
from test_report_samples import INGESTED

BASE = ("ingest", "news", "--store", "news.db")
FINAL = "run 12: 40 new, 2 new versions, 58 seen before, 3 pairs, 1 skipped; store: 10,240 articles, 33.1 MB; 1.2 s"
SKIPPED = "newsdedup: skipped empty.txt: empty\n"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> StandIn:
    return stand_in(monkeypatch, tmp_path, capsys)


def logged(err: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in err.splitlines()]


class TestReports:
    def test_text_ends_with_what_the_run_did_and_nothing_is_said_twice(self, store: StandIn) -> None:
        assert store.run(*BASE) == (0, joined(text_lines(INGESTED, Style())), SKIPPED)
        assert [article.id for article in store.read if isinstance(article, Article)] == ["a.txt"]

    @pytest.mark.parametrize(("form", "lines"), [("jsonl", result_lines), ("json", document_lines)])
    def test_data_on_standard_output_leaves_the_last_line_to_standard_error(
        self, store: StandIn, form: str, lines: Any
    ) -> None:
        found = store.run(*BASE, "--format", form)
        assert found == (0, joined(lines(INGESTED)), f"{SKIPPED}newsdedup: {FINAL}\n")

    def test_quiet_text_is_the_findings_alone(self, store: StandIn) -> None:
        assert store.run(*BASE, "-q") == (0, joined(text_lines(INGESTED, Style(findings_only=True))), "")
        store.result = replace(INGESTED, pairs=(), clusters=())
        assert store.run(*BASE, "-q") == (0, "", "")

    def test_several_files_in_one_run(self, store: StandIn) -> None:
        assert store.run(*BASE, "-q", "-o", "jsonl=new.jsonl", "-o", "text=new.log") == (0, "", "")
        assert Path("new.jsonl").read_text(encoding="utf-8") == joined(result_lines(INGESTED))
        assert Path("new.log").read_text(encoding="utf-8") == joined(text_lines(INGESTED, Style()))

    @pytest.mark.parametrize("words", [("--format", "csv"), ("-o", "csv=new.csv")])
    def test_a_format_that_is_none_is_told_with_those_of_the_command(
        self, store: StandIn, words: tuple[str, str]
    ) -> None:
        told = "newsdedup: error: no format csv in this version; available: text, jsonl, json\n"
        assert store.run(*BASE, *words) == (2, "", told)

    def test_formats_of_the_gate_are_refused_before_any_work(self, store: StandIn) -> None:
        code, _, err = store.run(*BASE, "-o", "sarif=x.sarif")
        assert (code, store.events) == (2, [])
        assert err == "newsdedup: error: ingest has no format sarif; check has; available: text, jsonl, json\n"


class TestOrder:
    def test_a_report_is_delivered_before_it_is_told_and_told_before_the_metrics(self, store: StandIn) -> None:
        seen: list[tuple[bool, bool]] = []
        store.at_told = lambda: seen.append((Path("new.jsonl").exists(), Path("m.prom").exists()))
        store.run(*BASE, "-o", "jsonl=new.jsonl", "--metrics", "m.prom")
        assert seen == [(True, False)]
        assert Path("m.prom").exists()
        assert store.events == ["locked", "told", "free"]

    def test_what_could_not_be_delivered_is_not_told(self, store: StandIn) -> None:
        if not Path("/dev/full").exists():
            pytest.skip("allowed-skip: no /dev/full on this system")
        code, _, err = store.run(*BASE, "-q", "-o", "jsonl=/dev/full", "--metrics", "m.prom")
        assert (code, store.events) == (2, ["locked", "free"])
        assert err == "newsdedup: error: /dev/full: cannot be written: No space left on device\n"
        assert not Path("m.prom").exists()

    def test_a_reader_that_leaves_before_the_end_was_not_told(
        self, store: StandIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        with io.TextIOWrapper(os.fdopen(os.dup(1), "wb"), encoding="utf-8") as nowhere:
            pipe = io.TextIOWrapper(io.BufferedWriter(io.FileIO(writing, "wb", closefd=False)), encoding="utf-8")
            monkeypatch.setattr(sys, "stdout", pipe)
            code = store.run(*BASE)[0]
            monkeypatch.setattr(sys, "stdout", nowhere)
        os.close(writing)
        assert (code, store.events) == (2, ["locked", "free"])

    def test_a_standard_output_that_is_closed_was_not_told(
        self, store: StandIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stdout", None)
        code, _, err = store.run(*BASE)
        assert (code, store.events) == (2, ["locked", "free"])
        assert err == f"{SKIPPED}newsdedup: error: standard output: it is closed; the next run says it again\n"
        assert store.run(*BASE, "-q", "-o", "jsonl=new.jsonl")[0] == 0  # nothing goes there

    def test_metrics_are_of_the_last_success(self, store: StandIn) -> None:
        Path("m.prom").write_text("old\n", encoding="utf-8")

        def fail() -> None:
            raise StoreError("news.db: disk full")

        store.at_told = fail
        code, _, err = store.run(*BASE, "--metrics", "m.prom", "--format", "jsonl")
        assert (code, Path("m.prom").read_text(encoding="utf-8")) == (4, "old\n")
        assert FINAL not in err


class TestMetrics:
    def test_the_figures_of_the_run_with_the_absolute_path_of_the_store(self, store: StandIn) -> None:
        assert store.run(*BASE, "--metrics", "m.prom")[0] == 0
        text = Path("m.prom").read_text(encoding="utf-8")
        found = {each.name: each.samples[0] for each in text_string_to_metric_families(text)}
        assert found["newsdedup_run_new_articles"].value == 40
        assert found["newsdedup_last_success_timestamp_seconds"].value > 1_700_000_000
        assert found["newsdedup_store_bytes"].labels == {"store": str(store.folder / "news.db")}
        assert sorted(each.name for each in store.folder.iterdir()) == ["m.prom", "news"]  # nothing half-written


class TestLogs:
    def test_every_message_is_an_object_and_the_last_one_has_the_figures(self, store: StandIn) -> None:
        code, out, err = store.run(*BASE, "--log-format", "json")
        assert (code, out) == (0, joined(text_lines(INGESTED, Style())))
        first, last = logged(err)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first.pop("time"))
        assert first == {"level": "warning", "message": "skipped empty.txt: empty"}
        assert (last.pop("level"), last.pop("message"), len(last.pop("time"))) == ("info", FINAL, 24)
        assert last == {
            **{"run": 12, "read": 100, "new": 40, "versions": 2, "repeated": 58, "matched": 3, "skipped": 1},
            **{"seconds": 1.234, "store_articles": 10_240, "store_bytes": 33_100_000},
        }

    def test_programs_are_told_the_same_with_q(self, store: StandIn) -> None:
        loud, quiet = (logged(store.run(*BASE, *more, "--log-format", "json")[2]) for more in ((), ("-q",)))
        assert [line["message"] for line in quiet] == ["skipped empty.txt: empty", FINAL]
        assert [sorted(line) for line in quiet] == [sorted(line) for line in loud]

    def test_a_store_that_is_ahead_of_the_machine_is_told_with_q_too(self, store: StandIn) -> None:
        note = f"{CLOCK_AHEAD} at 2031-01-01"
        store.result = replace(INGESTED, skipped=(), notes=("a bucket was full", note))
        told = f"{note}; newsdedup store expire news.db --keep TIME --set-clock puts it right"
        assert store.run(*BASE, "-q")[2] == f"newsdedup: {told}\n"
        assert store.run(*BASE)[2] == ""  # the text on standard output has it
        assert store.run(*BASE, "--format", "jsonl")[2] == f"newsdedup: {told}\nnewsdedup: {FINAL}\n"
        first, _ = logged(store.run(*BASE, "-q", "--log-format", "json")[2])
        assert (first["level"], first["message"]) == ("warning", told)

    @pytest.mark.parametrize(
        ("error", "code", "level", "message"),
        [
            (StoreError("news.db: damaged"), 4, "error", "news.db: damaged"),
            (KeyboardInterrupt(), 130, "warning", "interrupted"),
            (ZeroDivisionError("x"), 70, "critical", "internal error: ZeroDivisionError: x; run with NEWSDEDUP_DEBUG=1 "
             "for the traceback"),
        ],
    )  # fmt: skip
    def test_so_is_an_error(self, store: StandIn, error: BaseException, code: int, level: str, message: str) -> None:
        store.error = error
        found, _, err = store.run(*BASE, "--log-format", "json")
        assert [(line["level"], line["message"]) for line in logged(err)] == [(level, message)]
        assert found == code

    def test_so_is_a_refusal_of_an_option(self, store: StandIn) -> None:
        for more in (("--keep-text", "some"), ("--lock-timeout", "soon"), ("--min-score", "7")):
            code, _, err = store.run(*BASE, *more, "--log-format", "json")
            assert (code, [line["level"] for line in logged(err)]) == (2, ["error"]), more

    def test_the_next_run_of_a_program_speaks_to_people_again(self, store: StandIn) -> None:
        store.run(*BASE, "--log-format", "json")
        store.error = StoreError("news.db: damaged")
        assert store.run("store", "verify", "news.db")[2] == "newsdedup: error: news.db: damaged\n"

    def test_a_message_stays_one_line_of_harmless_characters(self, store: StandIn) -> None:
        store.error = NewsdedupError("a\nb\x1b[31m \udcff é")
        err = store.run(*BASE, "--log-format", "json")[2]
        assert err.isascii()
        assert [line["message"] for line in logged(err)] == ["a\\nb\\x1b[31m \\udcff é"]


class TestSettings:
    @pytest.mark.parametrize(
        ("more", "days"),
        [((), 14.0), (("--window", "3d"), 3.0), (("--window", "none"), None), (("--preset", "local-news"), 30.0)],
    )
    def test_a_window_of_14_days_unless_somebody_said_otherwise(
        self, store: StandIn, more: tuple[str, ...], days: float | None
    ) -> None:
        assert store.run(*BASE, *more)[0] == 0
        assert store.config is not None
        assert store.config.window_days == days

    def test_a_configuration_can_say_that_there_is_none(self, store: StandIn) -> None:
        Path("newsdedup.yaml").write_text("window: null\n", encoding="utf-8")
        store.run(*BASE)
        assert store.config is not None
        assert store.config.window_days is None

    @pytest.mark.parametrize(("more", "kept"), [((), None), (("--keep-text", "normalised"), KeepText.NORMALISED)])
    def test_a_store_keeps_the_text_that_it_is_told_to(
        self, store: StandIn, more: tuple[str, ...], kept: KeepText | None
    ) -> None:
        store.run(*BASE, *more)
        assert store.asked["keep_text"] is kept

    @pytest.mark.parametrize(("written", "seconds"), [("0", 0), ("2.5", 2.5), ("30s", 30), ("5m", 300), ("1h", 3600)])
    def test_a_run_waits_as_long_as_it_is_told_to(self, store: StandIn, written: str, seconds: float) -> None:
        store.run(*BASE, "--lock-timeout", written)
        assert store.asked["lock_timeout_seconds"] == seconds

    @pytest.mark.parametrize("written", ["nan", "inf", "-1", "-1s", "soon", "", "1w", "1e9"])
    def test_no_time_is_refused(self, store: StandIn, written: str) -> None:
        code, _, err = store.run(*BASE, "--lock-timeout", written)
        assert (code, store.events) == (2, [])
        told = (
            f"newsdedup: error: command line: --lock-timeout is {written or 'empty'}; allowed: a time 0 or more such "
        )
        assert err.startswith(told)

    def test_articles_of_one_id_are_all_read_and_the_store_is_not(self, store: StandIn) -> None:
        store.run("ingest", "news", "--store", "news/news.db")
        assert store.params is not None
        assert store.params.equal_ids == "all"
        own = {str(store.folder / "news" / f"news.db{end}") for end in ("", "-wal", "-shm", ".lock", "-index")}
        assert own <= set(store.params.left_out)


class TestRefusals:
    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("news", "--store", "news.db", "-o", "jsonl=news.db"), "-o: news.db belongs to the store news.db; "),
            (("news", "--store", "news.db", "-o", "text=news.db-wal"), "-o: news.db-wal belongs to the store"),
            (("news", "--store", "news.db", "--metrics", "news.db.lock"), "--metrics: news.db.lock belongs to"),
            (("news", "--store", "news.db", "-o", "text=news/a.txt"), "-o: news/a.txt would be read as an article; "),
            (("news/a.txt", "--store", "news.db", "--metrics", "news/a.txt"), "--metrics: news/a.txt is an input; "),
            (("news", "--store", "news.db", "--metrics", "x", "-o", "text=x"), "--metrics: x gets a report of -o; "),
            (("news", "--store", "news/a.txt"), "--store: news/a.txt would be read as an article; "),
            (("news.db", "--store", "news.db"), "--store: news.db is an input and belongs to the store news.db; "),
            (("news", "news.db-index", "--store", "news.db"), "--store: news.db-index is an input and belongs to the"),
            (("news", "--store", "news"), "--store: news is a folder; "),
            (("news", "--store", "nix/news.db"), "--store: no folder nix; "),
            (("news", "--store", "news.db", "--metrics", "nix/m"), "--metrics: no folder nix; "),
            (("news", "--store", "c.yaml", "--config", "c.yaml"), "--store: c.yaml is the configuration of this run; "),
            (("news", "--store", "news.db", "-q", "-v"), "-q and -v exclude each other"),
            (("news",), "Missing option '--store'; see newsdedup ingest --help"),
        ],
    )
    def test_one_line_and_nothing_is_touched(self, store: StandIn, words: tuple[str, ...], told: str) -> None:
        Path("c.yaml").write_text("jobs: 1\n", encoding="utf-8")
        code, out, err = store.run("ingest", *words)
        assert (code, out, store.events) == (2, "", [])
        assert err.startswith(f"newsdedup: error: {told}")
        assert err.count("\n") == 1
        assert sorted(each.name for each in store.folder.iterdir()) == ["c.yaml", "news"]

    def test_standard_input_and_a_store_called_dash_are_two_things(self, store: StandIn) -> None:
        assert store.run("ingest", "-", "--store", "./-")[0] == 0


class _LockedError(StoreError):
    exit_code = 75


class TestEndings:
    @pytest.mark.parametrize(
        ("error", "code"), [(InputError("nix: no such file"), 2), (StoreError("x"), 4), (_LockedError("x"), 75)]
    )
    def test_an_error_says_what_kind_it_is(self, store: StandIn, error: NewsdedupError, code: int) -> None:
        store.error = error
        assert store.run(*BASE) == (code, "", f"newsdedup: error: {error}\n")

    def test_strict_counts_skipped_inputs_when_all_is_done(self, store: StandIn) -> None:
        assert store.run(*BASE, "--strict")[0] == 3
        assert store.events == ["locked", "told", "free"]
        store.result = replace(INGESTED, skipped=())
        assert store.run(*BASE, "--strict")[0] == 0

    def test_sigterm_frees_the_store_and_tells_nothing(self, store: StandIn) -> None:
        store.meanwhile = lambda: os.kill(os.getpid(), signal.SIGTERM)
        assert store.run(*BASE) == (143, "", "newsdedup: terminated\n")
        assert store.events == ["locked", "free"]


class TestARealStore:
    def test_the_same_feed_twice_is_told_once_and_reported_as_often_as_asked(self, desk: Desk) -> None:
        command = ("ingest", str(REPOSITORY / "seeds"), "--store", "news.db", "--window", "none", "--metrics", "m.prom")
        code, out, err = desk.run(*command)
        assert (code, err) == (0, "")
        assert out.splitlines()[1].startswith("rewrite ")
        assert re.search(r"^cluster \w+ \(new\): 2 articles; 1 rewrite$", out, re.MULTILINE)
        assert re.search(r"^run 1: 2 new, 0 seen before, 1 pair; store: 2 articles, ", out, re.MULTILINE)
        told = out.splitlines()[:2]
        code, out, _ = desk.run(*command)
        assert re.fullmatch(r"run 2: 0 new, 2 seen before, 0 pairs; store: 2 articles, .* not an accusation\.\n", out)
        assert 'newsdedup_run_repeated_articles{store="' in Path("m.prom").read_text(encoding="utf-8")
        for words, shown in (((), told), (("--run", "1"), told), (("--since", "1d"), told), (("--run", "last"), None)):
            code, out, err = desk.run("report", "news.db", *words)
            assert (code, err, out.splitlines()[:2] == told) == (0, "", shown is not None), words

    def test_a_store_in_the_folder_of_the_feeds_is_no_input(self, desk: Desk) -> None:
        for run in ("1: 6 new", "2: 0 new, 6 seen before"):
            code, out, err = desk.run("ingest", "archive", "--store", "archive/news.db", "--strict")
            assert (code, err) == (0, "")
            assert f"run {run}" in out


@pytest.fixture(autouse=True)
def _no_signal_is_left() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    assert signal.getsignal(signal.SIGTERM) is before
