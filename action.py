"""The two steps of action.yml: `install` into an environment of its own, and `check` with the action's inputs.

Standard library alone: `install` runs before anything is installed. What the inputs say arrives in INPUT_* variables.
"""

from __future__ import annotations

import html
import json
import os
import shlex
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from pathlib import Path

MOST_LINES = 500
"""Lines of the report in the job's summary; GitHub shows a megabyte of it."""

OPTIONS: Mapping[str, str] = {
    "INPUT_CHANGED_SINCE": "--changed-since",
    "INPUT_FAIL_ON": "--fail-on",
    "INPUT_BASELINE": "--baseline",
    "INPUT_CONFIG": "--config",
    "INPUT_PRESET": "--preset",
}


class InputError(Exception):
    """An input that cannot be read."""


def main() -> int:
    """Runs the step named on the command line; its exit code."""
    step = sys.argv[1]
    room = Path(os.environ["RUNNER_TEMP"]) / "newsdedup"
    try:
        return install(room) if step == "install" else check(room)
    except InputError as error:
        print(f"::error title=newsdedup::{error}")
        return 2


def install(room: Path) -> int:
    """Puts the newsdedup that stands beside this file into an environment below `room`."""
    venv.create(room / "venv", with_pip=True, clear=True)
    quiet = ["-q", "--disable-pip-version-check", "--no-input"]
    source = str(Path(__file__).resolve().parent)
    return subprocess.run([program(room, "python"), "-m", "pip", "install", *quiet, source], check=False).returncode


def check(room: Path) -> int:
    """Runs `newsdedup check`, writes outputs and summary; the exit code of the check."""
    report, text = room / "newsdedup.sarif", room / "newsdedup.log"
    for file in (report, text):
        file.unlink(missing_ok=True)
    command = [program(room, "newsdedup"), *arguments(os.environ, report, text)]
    code = subprocess.run(command, check=False).returncode
    ran = report.is_file()
    outputs = {
        "exit-code": str(code),
        "findings": str(failing(report)) if ran else "",
        "sarif": str(report) if ran else "",
    }
    append("GITHUB_OUTPUT", (f"{name}={value}" for name, value in outputs.items()))
    append("GITHUB_STEP_SUMMARY", summary(code, text.read_text(encoding="utf-8").splitlines() if ran else None))
    return code


def arguments(environ: Mapping[str, str], report: Path, text: Path) -> Iterator[str]:
    """The words behind `newsdedup`; paths last and behind `--`, so that none is taken for an option."""
    yield from ("check", "--format", "github", "-o", f"sarif={report}", "-o", f"text={text}")
    for name, option in OPTIONS.items():
        value = environ.get(name, "").strip()
        if value:
            yield f"{option}={value}"
    yield from (f"--against={path}" for path in lines(environ, "INPUT_AGAINST"))
    try:
        yield from shlex.split(environ.get("INPUT_ARGS", ""))
    except ValueError as error:
        raise InputError(f"input args: {error}; write it as in a shell") from None
    yield "--"
    yield from lines(environ, "INPUT_PATHS")


def lines(environ: Mapping[str, str], name: str) -> list[str]:
    """The lines of an input that are not empty, without white space around them."""
    return [line.strip() for line in environ.get(name, "").splitlines() if line.strip()]


def program(room: Path, name: str) -> str:
    """A program of the environment, wherever the platform puts it."""
    folder, suffix = ("Scripts", ".exe") if sys.platform == "win32" else ("bin", "")
    return str(room / "venv" / folder / f"{name}{suffix}")


def failing(report: Path) -> int:
    """How many results of a SARIF report fail the check: errors that nothing suppresses."""
    runs = json.loads(report.read_text(encoding="utf-8"))["runs"]
    found = [result for run in runs for result in run["results"]]
    return sum(result["level"] == "error" and not result.get("suppressions") for result in found)


def summary(code: int, report: list[str] | None) -> Iterator[str]:
    """Markdown for the job's page; what articles say stands escaped between tags, so that it is only text.

    Args:
        code: Exit code of the check.
        report: Lines of its text report; None when it did not come to one.
    """
    yield "### newsdedup"
    yield ""
    if report is None:
        yield f"The check ended with exit code {code}; the log says why."
        return
    yield "<pre>"
    yield from (html.escape(line) for line in report[:MOST_LINES])
    if len(report) > MOST_LINES:
        yield f"... and {len(report) - MOST_LINES} more lines"
    yield "</pre>"


def append(variable: str, said: Iterator[str]) -> None:
    """Adds lines to the file that a variable of GitHub names."""
    if os.environ.get(variable):
        with Path(os.environ[variable]).open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in said)


if __name__ == "__main__":
    sys.exit(main())
