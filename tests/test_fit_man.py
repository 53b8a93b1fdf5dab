"""The manual pages: what stands in docs/man is what the commands make now, and their examples can be typed."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType

import click
import pytest

from newsdedup.cli.main import COMMANDS, cli
from newsdedup.cli.messages import as_text
from newsdedup.config.keys import KEYS

ROOT = Path(__file__).resolve().parent.parent


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_man", ROOT / "docs" / "make_man.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKER = maker()
PAGES: dict[str, str] = dict(MAKER.pages())


def test_the_committed_pages_are_what_the_commands_make() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "man").iterdir()}
    assert committed == PAGES, "run: python docs/make_man.py"


def test_there_is_a_page_for_every_command() -> None:
    assert set(PAGES) == {"newsdedup.1", *(f"newsdedup-{command}.1" for command in COMMANDS)}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_has_every_section(name: str) -> None:
    sections = re.findall(r"^\.SH (.*)$", PAGES[name], re.MULTILINE)
    wanted = "NAME SYNOPSIS DESCRIPTION OPTIONS EXIT_STATUS ENVIRONMENT EXAMPLES SEE_ALSO".split()
    if name == "newsdedup.1":
        wanted[3:3], wanted[6:6] = ["COMMANDS"], []
        wanted.insert(wanted.index("EXAMPLES"), "FILES")
    assert [section.replace(" ", "_") for section in sections] == wanted


def test_the_page_of_the_program_names_every_setting() -> None:
    for key in KEYS:
        assert f"\\fBNEWSDEDUP_{key.name.upper()}\\fR" in PAGES["newsdedup.1"]


def test_a_page_names_every_option() -> None:
    scan = PAGES["newsdedup-scan.1"]
    for option in ("\\-\\-min\\-score", "\\-o", "\\-\\-no\\-strict", "\\-\\-help"):
        assert f"\\fB{option}\\fR" in scan


@pytest.mark.parametrize(
    "command",
    [command for examples in MAKER.EXAMPLES.values() for _, command in examples if not command.startswith("eval")],
)
def test_an_example_can_be_typed(command: str) -> None:
    program, *words = shlex.split(command)
    assert program == "newsdedup"
    typed: click.Command = cli
    context = click.Context(cli)
    while isinstance(typed, click.Group):
        below = typed.get_command(context, words[0])
        assert below is not None, words[0]
        typed, words = below, words[1:]
    with as_text():  # --log-format is for the time within
        typed.make_context(typed.name, list(words))  # raises UsageError for an option that is not there


def test_text_is_shown_letter_for_letter() -> None:
    shown = MAKER._escaped("it's -o \\ `x` ~/a ^b")
    assert shown == "it\\(aqs \\-o \\e \\(gax\\(ga \\(ti/a \\(hab"
    assert MAKER._escaped(".SH is no request") == "\\&.SH is no request"


def test_the_wheel_installs_the_pages() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        data_files = tomllib.load(file)["tool"]["setuptools"]["data-files"]
    assert [path for pattern in data_files["share/man/man1"] for path in ROOT.glob(pattern)]


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="allowed-skip: no mandoc on this machine")
def test_a_linter_finds_nothing_but_the_date_that_is_left_out() -> None:
    found = subprocess.run(
        ["mandoc", "-Tlint", "-Wwarning", *sorted(map(str, (ROOT / "docs" / "man").iterdir()))],
        capture_output=True,
        encoding="utf-8",
        check=False,
    ).stdout.splitlines()
    assert not [line for line in found if "missing date" not in line]
