"""What the README promises: its commands give its output, its example runs, its options exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from newsdedup.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)


def run(*command: str, code: int = 0) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NEWSDEDUP_")}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    assert done.returncode == code, done.stderr
    return done.stdout


@pytest.mark.parametrize("block", blocks("console"))
def test_commands_print_what_the_readme_shows(block: str) -> None:
    first, shown = block.split("\n", 1)
    assert first.startswith("$ newsdedup ")
    code = 1 if first.startswith("$ newsdedup check ") else 0
    assert run(sys.executable, "-m", "newsdedup", *first.split()[2:], code=code) == shown


def test_an_ingest_prints_what_the_readme_shows(tmp_path: Path) -> None:
    (block,) = blocks("shell-session")
    for part in block.split("$ newsdedup ")[1:]:
        command, shown = part.split("\n", 1)
        words = [str(tmp_path / word) if word == "news.db" else word for word in command.split()]
        printed = run(sys.executable, "-m", "newsdedup", *words)
        assert _without_measures(printed) == _without_measures(shown)


def _without_measures(text: str) -> str:
    """The text less bytes and seconds."""
    return re.sub(r"[0-9.]+ (MB|s)\b", r"N \1", text)


def test_there_is_a_command_and_an_example_to_check() -> None:
    assert len(blocks("console")) == 2
    assert len(blocks("python")) == 1


def test_the_library_example_runs() -> None:
    lines = run(sys.executable, "-c", blocks("python")[0]).splitlines()
    assert lines[0] == "000_879c634248b507b8.txt 001_0d285b02f7b2ae24.txt rewrite 1.0 left"
    assert lines[1] == "keep 000_879c634248b507b8.txt of 2"
    assert "expressed a shared interest" in lines[2]
    assert lines[3] == "True [<Verdict.REWRITE: 'rewrite'>]"


def test_every_command_is_documented() -> None:
    for command in COMMANDS:
        assert f"`newsdedup {command} " in README


def test_every_option_the_readme_names_exists() -> None:
    help_text = "".join(run(sys.executable, "-m", "newsdedup", each, "--help") for each in ("scan", "check", "ingest"))
    named = set(re.findall(r"`(--[a-z-]+)", README))
    assert named
    assert not {option for option in named if option not in help_text}


def test_the_extract_of_compare_is_real() -> None:
    shown = run(sys.executable, "-m", "newsdedup", "compare", *sorted(str(path) for path in (ROOT / "seeds").iterdir()))
    folded = re.sub(r"\s+", " ", shown)
    for block in blocks("text"):
        for paragraph in block.strip().split("\n\n"):
            for line in re.split(r"\n(?! {20})", paragraph):
                assert re.sub(r"\s+", " ", line).strip() in folded
