"""The command line over a stand-in for the engine: exact output, exit codes, one-line errors, report files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest

from cli_engine import Engine, joined, stand_in
from newsdedup import __version__
from newsdedup.article import Skipped
from newsdedup.cli import output
from newsdedup.cli.main import run
from newsdedup.config import Config
from newsdedup.errors import NewsdedupError
from newsdedup.report.json_document import document_lines
from newsdedup.report.jsonl import result_lines
from newsdedup.report.plain import Style
from newsdedup.report.text import text_lines
from newsdedup.result import Verdict
from test_report_samples import NOTHING, RESULT

SKIP_MESSAGES = (
    "newsdedup: skipped empty.txt: empty\n"
    "newsdedup: skipped z.bin: a NUL byte at offset 3 (binary)\n"
)  # fmt: skip


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    return stand_in(monkeypatch, tmp_path)


# scan: what goes where


def test_scan_writes_text_to_a_pipe(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "news"]) == 0
    assert capsys.readouterr() == (joined(text_lines(RESULT, Style())), SKIP_MESSAGES)
    assert engine.paths == ("news",)
    assert engine.config == Config()


def test_scan_writes_jsonl(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "news", "--format", "jsonl"]) == 0
    assert capsys.readouterr() == (joined(result_lines(RESULT)), SKIP_MESSAGES)


def test_scan_writes_json(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "news", "--format=json", "-q"]) == 0
    assert capsys.readouterr() == (joined(document_lines(RESULT)), "")


def test_verbose_text_has_reasons(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    run(["scan", "news", "-v"])
    assert capsys.readouterr().out == joined(text_lines(RESULT, Style(verbose=True)))


def test_quiet_leaves_nothing_but_findings(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "news", "-q"]) == 0
    assert capsys.readouterr() == (joined(text_lines(RESULT, Style(findings_only=True))), "")
    engine.result = NOTHING
    assert run(["scan", "news", "-q"]) == 0
    assert capsys.readouterr() == ("", "")


def test_color_brings_the_terminal_table_to_a_pipe(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    run(["scan", "news", "--color"])
    assert "\x1b[" in capsys.readouterr().out
    run(["scan", "news", "--no-color"])
    assert "\x1b" not in capsys.readouterr().out


def test_several_reports_in_one_run(engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "news", "-o", "jsonl=a.jsonl", "--output", "json=b.json", "-o", "text=c.txt"]) == 0
    assert (tmp_path / "a.jsonl").read_text(encoding="utf-8") == joined(result_lines(RESULT))
    assert (tmp_path / "b.json").read_text(encoding="utf-8") == joined(document_lines(RESULT))
    assert (tmp_path / "c.txt").read_text(encoding="utf-8") == joined(text_lines(RESULT, Style()))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "b.json", "c.txt"]
    assert capsys.readouterr().out == joined(text_lines(RESULT, Style()))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["-q"], ""),
        (["-q", "--format", "jsonl"], joined(result_lines(RESULT))),
        (["-q", "--format", "text"], joined(text_lines(RESULT, Style(findings_only=True)))),
    ],
)
def test_quiet_with_files_leaves_only_what_was_named(
    engine: Engine, capsys: pytest.CaptureFixture[str], options: list[str], expected: str
) -> None:
    run(["scan", "news", "-o", "jsonl=a.jsonl", *options])
    assert capsys.readouterr().out == expected


def test_many_skipped_inputs_are_counted_and_listed_on_demand(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    skipped = tuple(Skipped(input=f"{number}.bin", reason="binary") for number in range(6))
    engine.result = replace(RESULT, skipped=(*skipped, Skipped(input="e", reason="empty")))
    run(["scan", "news"])
    assert capsys.readouterr().err == "newsdedup: skipped 7 inputs: 6 binary, 1 empty; -v lists them\n"
    run(["scan", "news", "-v"])
    assert len(capsys.readouterr().err.splitlines()) == 7


# scan: settings


def test_options_become_settings(engine: Engine) -> None:
    options = "--views copy,terms --min-verdict copy --min-score 0.7 --all --window 36h --jobs 3 --max-bytes 99"
    memory = ["--max-memory", "1G"]
    assert (
        run(["scan", "news", *options.split(), *memory, "--lang", "de", "--map", "text=body", "--map", "id=guid"]) == 0
    )
    assert engine.config == Config(
        views=("copy", "terms"),
        min_verdict=Verdict.COPY,
        min_score=0.7,
        report_all=True,
        window_days=1.5,
        jobs=3,
        max_bytes=99,
        max_memory=1 << 30,
        lang="de",
        field_map={"id": "guid", "text": "body"},
    )
    assert vars(engine.params) == {
        "max_bytes": 99,
        "field_map": {"id": "guid", "text": "body"},
        "lang": "de",
        "ids": "relative",
        "equal_ids": "first",
        "left_out": (),
    }


def test_options_go_before_environment_before_file(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "newsdedup.yaml").write_text("min_score: 0.1\njobs: 2\nall: true\n", encoding="utf-8")
    monkeypatch.setenv("NEWSDEDUP_JOBS", "3")
    monkeypatch.setenv("NEWSDEDUP_MIN_SCORE", "0.2")
    assert run(["scan", "news", "--min-score", "0.3", "--no-all"]) == 0
    assert engine.config == Config(min_score=0.3, jobs=3, report_all=False)


def test_a_named_file_is_read(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text("jobs: 7\n", encoding="utf-8")
    assert run(["scan", "news", "--config", "my.yaml"]) == 0
    assert engine.config == Config(jobs=7)


def test_strict_exits_3_when_inputs_were_skipped(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "news", "--strict"]) == 3
    assert capsys.readouterr().out == joined(text_lines(RESULT, Style())), "the report is whole all the same"
    engine.result = NOTHING
    assert run(["scan", "news", "--strict"]) == 0


# errors: one line, and the exit code


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["scan"], "Missing argument 'PATH...'; see newsdedup scan --help"),
        (["scann", "x"], "No such command 'scann'"),
        (["scan", "x", "--bogus"], "No such option"),
        (["scan", "x", "--min-score", "2"], "command line: --min-score is 2; allowed: a number from 0 to 1"),
        (["scan", "x", "--min-verdict", "theft"], "command line: --min-verdict is theft; allowed: one of identical,"),
        (["scan", "x", "--map", "body"], "command line: --map is body; allowed: FIELD=NAME with FIELD one of id,"),
        (["scan", "x", "--config", "nix.yaml"], "nix.yaml: no such file"),
        (["scan", "x", "--format", "csv"], "no format csv in this version; available: text, jsonl, json"),
        (["scan", "x", "-o", "html=a.html"], "no format html in this version; available: text, jsonl, json"),
        (["scan", "x", "-o", "a.json"], "-o: a.json is not FORMAT=FILE; standard output gets --format FORMAT"),
        (["scan", "x", "-o", "json=-"], "-o: json=- is not FORMAT=FILE; standard output gets --format FORMAT"),
        (["scan", "x", "-o", "json=."], "-o: . is a folder; give a file name in it"),
        (["scan", "x", "-o", "json=no/such/a"], "-o: no folder no/such; make it first"),
        (["scan", "x", "-o", "json=a", "-o", "text=./a"], "-o: two reports for a; give each its own file"),
        (["scan", "x", "-o", "json=x"], "-o: x is an input; give another name"),
        (
            ["scan", ".", "-o", "json=x.txt"],
            "-o: x.txt would be read as an article; ",
        ),
        (["scan", "x", "-q", "-v"], "-q and -v exclude each other; give one"),
        (["scan", "nix"], "nix: no such file or folder"),
        (["compare", "nix", "x"], "nix: no such file or folder"),
        (["compare", "x"], "Missing argument 'RIGHT'"),
    ],
)
def test_a_mistake_gets_one_line_and_exit_2(
    engine: Engine, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"newsdedup: error: {told}")
    assert err.count("\n") == 1
    assert engine.config is None, "refused before any work"


def test_unknown_variable_is_refused(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSDEDUP_MIN_SCOR", "1")
    assert run(["scan", "x"]) == 2
    assert "did you mean NEWSDEDUP_MIN_SCORE?" in capsys.readouterr().err


class LockedError(NewsdedupError):
    exit_code = 75


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (NewsdedupError("a.jsonl line 3: no text"), 2, "newsdedup: error: a.jsonl line 3: no text\n"),
        (LockedError("locked"), 75, "newsdedup: error: locked\n"),
        (NewsdedupError("a\x1b[2Jb\nc"), 2, "newsdedup: error: a\\x1b[2Jb\\nc\n"),
        (KeyboardInterrupt(), 130, "newsdedup: interrupted\n"),
        (click.Abort(), 130, "newsdedup: interrupted\n"),
        (
            ZeroDivisionError("division by zero"),
            70,
            "newsdedup: internal error: ZeroDivisionError: division by zero; "
            "run with NEWSDEDUP_DEBUG=1 for the traceback\n",
        ),
        (
            AssertionError(),
            70,
            "newsdedup: internal error: AssertionError; run with NEWSDEDUP_DEBUG=1 for the traceback\n",
        ),
        (BrokenPipeError(32, "Broken pipe"), 2, "newsdedup: error: a worker process ended early: Broken pipe\n"),
    ],
)
def test_every_ending_has_its_code_and_one_line(
    engine: Engine, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, told: str
) -> None:
    engine.error = error
    assert run(["scan", "x"]) == code
    assert capsys.readouterr() == ("", told)


def test_debug_shows_the_traceback(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSDEDUP_DEBUG", "1")
    engine.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        run(["scan", "x"])


# report files


def test_a_report_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    def lines() -> Iterator[str]:
        yield "half"
        raise KeyboardInterrupt

    target = tmp_path / "a.json"
    target.write_text("whole", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        output.write_whole(target, lines())
    assert target.read_text(encoding="utf-8") == "whole"
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_report_keeps_the_mode_of_the_file_it_replaces(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    output.write_whole(target, iter(["new"]))
    assert (target.read_text(encoding="utf-8"), target.stat().st_mode & 0o777) == ("new\n", 0o640)


def test_a_report_through_a_link_replaces_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old", encoding="utf-8")
    (tmp_path / "link.json").symlink_to("real.json")
    output.write_whole(tmp_path / "link.json", iter(["new"]))
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text(encoding="utf-8") == "new\n"


def test_a_full_disk_is_one_line(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    assert run(["scan", "x", "-q", "-o", "json=/dev/full"]) == 2
    assert capsys.readouterr().err == "newsdedup: error: /dev/full: cannot be written: No space left on device\n"


# help


def test_help_lists_the_commands_and_only_the_formats_there_are(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.index("\n  scan ") < shown.index("\n  compare ")
    assert run(["scan", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "text|jsonl|json" in shown
    assert not any(name in shown for name in ("csv", "html", "sarif"))


def test_no_command_shows_the_help_and_exits_2(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    out, err = capsys.readouterr()
    assert (out, err.startswith("Usage: newsdedup")) == ("", True)


def test_version(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"newsdedup {__version__}\n"
