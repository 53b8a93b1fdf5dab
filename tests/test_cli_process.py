"""The command line as a process: imports, signals, pipes, terminals, encodings."""

from __future__ import annotations

import os
import pty
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# a stand-in for the engine, so that these tests say something about the command line alone
ENGINE = """
import os, sys, time, types
sys.path[:0] = [{src!r}, {tests!r}]
import test_report_samples as samples
from dataclasses import replace
def find_duplicates(articles, config, progress=None):
    for done in range(3):
        if progress: progress("reading", done, 0)
        if progress: progress("signatures", done, 3)
    if os.environ.get("FAKE_SLEEP"):
        print("ready", file=sys.stderr, flush=True)
        time.sleep(30)
    return replace(samples.RESULT, pairs=samples.RESULT.pairs * int(os.environ.get("FAKE_TIMES", "1")))
api = types.ModuleType("newsdedup.api")
api.find_duplicates = find_duplicates
loaders = types.ModuleType("newsdedup.loaders")
loaders.LoaderParams = types.SimpleNamespace
loaders.load_articles = lambda *paths, params, stdin: iter(())
loaders.reads = lambda path: False
sys.modules.update({{"newsdedup.api": api, "newsdedup.loaders": loaders}})
from newsdedup.cli.main import main
main()
""".format(src=str(ROOT / "src"), tests=str(ROOT / "tests"))

STRICT = ("-X", "warn_default_encoding", "-W", "error::EncodingWarning")


def command(*arguments: str) -> list[str]:
    return [sys.executable, *STRICT, "-c", ENGINE, *arguments]


def environment(**variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSDEDUP_", "NO_COLOR"))}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "TERM": "xterm-256color", **variables}


def on_a_terminal(*arguments: str, columns: int = 100, **variables: str) -> tuple[int, str]:
    """(exit code, all that the terminal got) of a run whose three standard files are one terminal."""
    ours, theirs = pty.openpty()
    env = environment(COLUMNS=str(columns), **variables)
    with subprocess.Popen(command(*arguments), stdin=theirs, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                read = os.read(ours, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not read:
                break
            shown += read
        code = process.wait(timeout=20)
    os.close(ours)
    return code, shown.decode("utf-8")


@pytest.mark.parametrize("arguments", [["--help"], ["scan", "--help"], ["compare", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from newsdedup.cli.main import run\n"
        f"assert run({arguments!r}) == 0\n"
        "roots = {name.partition('.')[0] for name in sys.modules}\n"
        "heavy = {'numpy', 'rich', 'html', 'lxml', 'yaml', 'rapidfuzz', 'datasketch', 'wordfreq', 'py3langid'}\n"
        "assert 'click' in roots\n"
        "print(sorted(roots & heavy), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, check=True, timeout=20)
    assert done.stderr == b"[]\n"


def test_a_plain_run_is_clean_of_warnings_and_keeps_utf8() -> None:
    env = environment(LC_ALL="C", PYTHONIOENCODING="ascii")
    done = subprocess.run(command("scan", "x"), env=env, capture_output=True, check=True, timeout=20)
    assert "日本語の記事/二つ.txt" in done.stdout.decode("utf-8")
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("form", ["text", "jsonl", "json"])
def test_a_reader_that_leaves_is_no_error(form: str) -> None:
    env = environment(FAKE_TIMES="2000")
    arguments = command("scan", "x", "-q", "--format", form)
    with subprocess.Popen(arguments, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=20) == 0


def test_a_full_disk_behind_standard_output_is_one_line() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full on this system")
    with full.open("wb") as stdout:
        done = subprocess.run(
            command("scan", "x", "-q"),
            env=environment(),
            stdout=stdout,
            stderr=subprocess.PIPE,
            check=False,
            timeout=20,
        )
    assert done.stderr == b"newsdedup: error: standard output: cannot be written: No space left on device\n"
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("number", "code", "told"),
    [(signal.SIGINT, 130, b"newsdedup: interrupted\n"), (signal.SIGTERM, 143, b"newsdedup: terminated\n")],
)
def test_a_signal_ends_the_run_with_one_line(number: signal.Signals, code: int, told: bytes, tmp_path: Path) -> None:
    arguments = command("scan", "x", "-o", f"json={tmp_path / 'a.json'}")
    env = environment(FAKE_SLEEP="1")
    with subprocess.Popen(arguments, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"ready\n"
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (code, b"", told)
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_gets_the_table_in_colours_and_a_bar_that_goes_away() -> None:
    code, shown = on_a_terminal("scan", "x")
    assert code == 0
    assert "← likely source" in shown
    assert "\x1b[1;33mrewrite" in shown
    assert "signatures" in shown, "the bar was there"
    assert "signatures" not in shown.rpartition("\x1b[2K")[2], "and its line was cleared"


def test_no_color_is_kept_to() -> None:
    for shown in (
        on_a_terminal("scan", "x", "-q", NO_COLOR="1")[1],
        on_a_terminal("scan", "x", "-q", "--no-color")[1],
    ):
        assert "← likely source" in shown
        assert "\x1b[" not in shown


@pytest.mark.parametrize(
    ("columns", "variables"), [(50, {}), (100, {"TERM": "dumb"}), (100, {"PYTHONIOENCODING": "latin-1"})]
)
def test_a_terminal_that_cannot_show_the_table_gets_plain_text(columns: int, variables: dict[str, str]) -> None:
    _, shown = on_a_terminal("scan", "x", "-q", columns=columns, **variables)
    assert shown.startswith("rewrite     0.98   0.93     0.58  left ")


def through_a_shell(line: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """A line for the shell, in which `$PROGRAM` is the command."""
    program = folder / "newsdedup"
    program.write_text(f'#!/bin/sh\nexec {shlex.join(command())} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    env = environment(PROGRAM=str(program))
    return subprocess.run(["sh", "-c", line], cwd=folder, env=env, capture_output=True, check=False, timeout=20)


@pytest.mark.parametrize(
    ("name", "redirection"),
    [
        ("/dev/stdout", ">> log"),
        ("/dev/stderr", "2>> log"),
        ("/dev/fd/3", "3>> log"),
        ("/proc/self/fd/3", "3>> log"),
        ("link", ">> log"),
    ],
)
def test_a_report_for_what_the_shell_has_opened_is_added_to_it(name: str, redirection: str, tmp_path: Path) -> None:
    log, link = tmp_path / "log", tmp_path / "link"
    log.write_text("kept\n", encoding="utf-8")
    link.symlink_to("/dev/stdout")
    node = log.stat().st_ino
    done = through_a_shell(f'"$PROGRAM" scan x -q -o text={name} {redirection}', tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert log.stat().st_ino == node
    kept, *report = log.read_text(encoding="utf-8").splitlines()
    assert kept == "kept"
    assert report[0].startswith("verdict ")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link", "log", "newsdedup"]


def test_a_report_and_standard_output_in_one_file_stand_behind_each_other(tmp_path: Path) -> None:
    done = through_a_shell('"$PROGRAM" scan x -q -o text=/dev/stdout --format jsonl > log', tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert (lines[0][:8], lines[-1][:17]) == ("verdict ", '{"type":"summary"')


def test_a_report_goes_into_a_pipe(tmp_path: Path) -> None:
    done = through_a_shell('"$PROGRAM" scan x -q -o text=/dev/stdout | cat', tmp_path)
    assert (done.stdout[:8], done.stderr) == (b"verdict ", b"")


def test_a_report_for_what_is_not_open_is_refused(tmp_path: Path) -> None:
    done = through_a_shell('"$PROGRAM" scan x -q -o text=/dev/fd/9', tmp_path)
    assert (done.returncode, done.stderr) == (2, b"newsdedup: error: -o: /dev/fd/9 is not open; give a file name\n")


def test_a_working_directory_that_is_gone_is_one_line(tmp_path: Path) -> None:
    line = 'mkdir gone && cd gone && rmdir ../gone && "$PROGRAM"'
    for words in ("scan x", "config show", "ingest x --store news.db"):
        done = through_a_shell(f"{line} {words}", tmp_path)
        assert (done.returncode, done.stdout) == (2, b""), words
        ours = [line for line in done.stderr.splitlines() if not line.startswith(b"sh: ")]
        assert ours == [b"newsdedup: error: the working directory is gone; change to one that is there"], words
    assert through_a_shell(f"{line} --version", tmp_path).returncode == 0
