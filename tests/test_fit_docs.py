"""docs/ci.md: its commands are run, in its order, and print what it shows; its hooks are hooks that there are."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from newsdedup.cli.main import cli

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
OWN = """# City counts its frogs

The council counted frogs by the pond on Monday. Volunteers found forty-one, three more than last spring, and blame the
mild winter. "They were loud enough to find with eyes closed," said Ada Holm, who keeps the list. The pond was dredged
two years ago after neighbours complained of the smell. Schools may visit on Thursdays, with rubber boots and a permit.
"""
RUN = re.compile(r"```(console|yaml|sh)\n(.*?)```", re.DOTALL)


FILES = {"yaml": "newsdedup.yaml", "sh": "gate.sh"}


def steps() -> list[tuple[str, str]]:
    """("yaml", text of newsdedup.yaml), ("sh", text of gate.sh) and (command, what it prints), in the page's order."""
    found = []
    for kind, block in RUN.findall(PAGE):
        if kind == "console":
            for part in re.split(r"^(?=\$ )", block, flags=re.MULTILINE)[1:]:
                command, _, shown = part.partition("\n")
                found.append((command.removeprefix("$ "), shown))
        elif block.startswith("# gate.sh") or (kind == "yaml" and not block.startswith("repos:")):
            found.append((kind, block))
    return found


def repository(folder: Path) -> None:
    """The three articles of the page: the archive on `main`, the drafts on a branch."""
    story, rewrite = sorted((ROOT / "seeds").glob("*.txt"))
    for name in ("archive", "drafts"):
        (folder / name).mkdir(parents=True)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    shutil.copyfile(story, folder / "archive" / "summit.md")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "archive"], ["checkout", "-q", "-b", "drafts"]):
        subprocess.run([*git, *words], cwd=folder, check=True)
    shutil.copyfile(rewrite, folder / "drafts" / "summit.md")
    (folder / "drafts" / "frogs.md").write_text(OWN, encoding="utf-8")
    for words in (["add", "."], ["commit", "-q", "-m", "drafts"]):
        subprocess.run([*git, *words], cwd=folder, check=True)


def typed(command: str, folder: Path, programs: Path) -> str:
    """What a terminal would show: standard output and standard error."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSDEDUP_")}
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment | {"PATH": f"{programs}{os.pathsep}{environment['PATH']}", "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=120,
    ).stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="allowed-skip: no bash on this machine")
def test_the_commands_print_what_the_page_shows(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "newsdedup"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m newsdedup "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    folder = tmp_path / "repository"
    repository(folder)
    shown: list[tuple[str, str]] = []
    for command, wanted in steps():
        if command in FILES:
            (folder / FILES[command]).write_text(wanted, encoding="utf-8")
            shown.append((command, wanted))
        else:
            shown.append((command, typed(command, folder, programs)))
    assert shown == steps()


def test_the_page_has_commands_to_run() -> None:
    assert len([command for command, _ in steps() if "newsdedup " in command]) > 10


def hooks() -> list[dict[str, Any]]:
    blocks = [block for kind, block in RUN.findall(PAGE) if kind == "yaml" and block.startswith("repos:")]
    return [hook for block in blocks for repo in yaml.safe_load(block)["repos"] for hook in repo["hooks"]]


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
def test_a_hook_of_the_page_can_be_used_as_it_is(hook: dict[str, Any]) -> None:
    offered = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    entry = next(shlex.split(each["entry"]) for each in offered if each["id"] == hook["id"])
    command = cli.get_command(click.Context(cli), entry[1])
    assert command is not None
    command.make_context("check", [*entry[2:], *hook["args"], "drafts/a.md"])


def test_the_files_that_the_page_links_to_are_there() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE)
    assert links
    for link in links:
        assert (ROOT / "docs" / link).is_file(), link
