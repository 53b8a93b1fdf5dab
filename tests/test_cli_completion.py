"""Shell completion: what is offered where, in the words of each shell; a real bash is asked too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from newsdedup.cli.completion import VALUES, VARIABLE, values_of
from newsdedup.cli.main import cli
from newsdedup.config import VIEWS
from newsdedup.report.formats import format_names
from newsdedup.result import Verdict

MADE_UP = ("0..1", "N", "SIZE", "TIME", "CODE", "SHARE")
"""Beginnings of metavars of values that a person makes up: nothing to complete."""


def asked(shell: str, words: str, word: int) -> list[str]:
    """The lines of an answer; `words` is what the shell's function hands over."""
    environment = os.environ | {"COMP_WORDS": words, "COMP_CWORD": str(word), VARIABLE: f"{shell}_complete"}
    return answered(environment)


def asked_by_fish(line: str, token: str) -> list[str]:
    return answered(os.environ | {"COMP_WORDS": line, "COMP_CWORD": token, VARIABLE: "fish_complete"})


def answered(environment: dict[str, str]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "newsdedup"], env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert not done.stderr
    return done.stdout.splitlines()


def plain(*values: str) -> list[str]:
    return [f"plain,{value}" for value in values]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("newsdedup scan --format js", plain("jsonl", "json")),
        ("newsdedup scan --format = js", plain("jsonl", "json")),  # bash cuts words at "="
        ("newsdedup scan --format=js", plain("--format=jsonl", "--format=json")),  # COMP_WORDBREAKS without "="
        ("newsdedup scan -o jsonl", plain("jsonl=")),
        ("newsdedup scan -o jsonl = ou", ["file,ou"]),
        ("newsdedup scan --views t", plain("terms")),
        ("newsdedup scan --views terms,c", plain("terms,copy")),
        ("newsdedup scan --views terms,t", []),  # each once
        ("newsdedup scan --min-verdict re", plain("revision", "rewrite", "related")),
        ("newsdedup scan --map te", plain("text=")),
        ("newsdedup scan --map text = bo", []),
        ("newsdedup scan --config new", ["file,new"]),
        ("newsdedup scan dra", ["file,dra"]),
        ("newsdedup compare a.txt b", ["file,b"]),
        ("newsdedup scan --min-score 0", []),
        ("newsdedup scan --preset wi", plain("wire")),
        ("newsdedup config s", plain("schema", "show")),
        ("newsdedup config show --format j", plain("json")),
        ("newsdedup completion z", plain("zsh")),
        ("newsdedup nothing --format js", []),
    ],
)
def test_bash_is_offered_what_fits(words: str, offered: list[str]) -> None:
    assert [line for line in asked("bash", words, len(words.split()) - 1) if line] == offered


def test_an_empty_word_is_offered_everything() -> None:
    assert asked("bash", "newsdedup scan --format", 3) == plain(*format_names("scan"))
    assert asked("bash", "newsdedup scan --views", 3) == plain(*VIEWS)
    assert asked("bash", "newsdedup scan --min-verdict", 3) == plain(*Verdict)
    assert asked("bash", "newsdedup scan", 2) == ["file,"]


def test_commands_and_options_come_with_their_help_in_zsh() -> None:
    lines = asked("zsh", "newsdedup\nsca", 1)
    assert lines[:2] == ["plain", "scan"]
    assert lines[2].startswith("Find copied and rewritten")
    assert asked("zsh", "newsdedup\nscan\n--format=jsonl", 2) == ["plain", "jsonl", "_"]


def test_fish_gets_the_whole_word_back() -> None:
    assert asked_by_fish("newsdedup scan --format=jsonl", "--format=jsonl") == plain("--format=jsonl")
    assert asked_by_fish("newsdedup scan --format jsonl", "jsonl") == plain("jsonl")
    assert asked_by_fish("newsdedup scan -o jsonl=o", "jsonl=o") == ["file,o"]


def test_no_option_is_forgotten() -> None:
    """A parameter that takes a value is in the table, is a file, has a choice of its own, or is made up."""
    forgotten = [
        f"{name} {parameter.name}"
        for name, command in every_command("newsdedup", cli)
        for parameter in command.params
        if not (isinstance(parameter, click.Option) and (parameter.is_flag or parameter.count))
        and values_of(command, parameter) is None
        and not isinstance(parameter.type, click.Choice)
        and not (parameter.metavar or "").startswith(MADE_UP)
    ]
    assert not forgotten


def test_the_table_holds_no_parameter_that_is_not_there() -> None:
    names = {parameter.name for _, command in every_command("newsdedup", cli) for parameter in command.params}
    assert set(VALUES) <= names


def every_command(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None
            yield from every_command(f"{name} {below}", found)


def test_revisions_are_those_of_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert VALUES["changed_since"]("") == []
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "start"], ["tag", "v1"]):
        subprocess.run([*git, *words], check=True)
    assert [item.value for item in VALUES["changed_since"]("")] == ["HEAD", "main", "v1"]
    assert [item.value for item in VALUES["changed_since"]("m")] == ["main"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_sound_for_its_shell(shell: str) -> None:
    script = printed(shell)
    assert f"{VARIABLE}={shell}_complete" in script
    if shutil.which(shell) is None:
        pytest.skip(f"allowed-skip: no {shell} on this machine")
    subprocess.run([shell, "-n"], input=script, encoding="utf-8", check=True)


def printed(shell: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "newsdedup", "completion", shell], capture_output=True, encoding="utf-8", check=True
    ).stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="allowed-skip: no bash on this machine")
@pytest.mark.parametrize(
    ("words", "reply"),
    [
        (["newsdedup", "scan", "--format", "js"], ["jsonl", "json"]),
        (["newsdedup", "scan", "--format", "=", "js"], ["jsonl", "json"]),
        (["newsdedup", "scan", "my draft.md", "--views", "copy,te"], ["copy,terms"]),
        (["newsdedup", "scan", "--window", ""], []),
    ],
)
def test_a_real_bash_gets_its_reply(words: list[str], reply: list[str], tmp_path: Path) -> None:
    program = tmp_path / "newsdedup"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m newsdedup "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    script = (
        'eval "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }; _newsdedup_completion newsdedup'
    )
    script += '; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(
        ["bash", "-c", script, "bash", printed("bash"), *(word.replace(" ", "\\ ") for word in words)],
        env=os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert [line for line in done.stdout.splitlines() if line] == reply


def test_completing_loads_no_arrays() -> None:
    environment = os.environ | {"COMP_WORDS": "newsdedup scan --format", "COMP_CWORD": "3", VARIABLE: "bash_complete"}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "newsdedup"],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "newsdedup.cli.completion" in loaded
    assert not loaded & {"numpy", "rich", "py3langid"}
