"""`newsdedup config`: what is printed and written, exit codes, one-line errors."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from newsdedup.cli.main import run
from newsdedup.config import KEYS, PRESETS, Config, load_settings
from newsdedup.config.schema import schema_text
from newsdedup.config.written import init_yaml, preset_yaml

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("NEWSDEDUP_")]:
        monkeypatch.delenv(name)
    return tmp_path


def refused(captured: Captured, *arguments: str) -> str:
    assert run(["config", *arguments]) == 2
    said = captured.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err.removeprefix("newsdedup: error: ").rstrip("\n")


def rows(text: str) -> dict[str, list[str]]:
    """The table of `config show`: setting -> value and origin."""
    table = text.partition("\n\n")[0].splitlines()[1:]
    return {line.split("  ")[0]: [cell.strip() for cell in line.split("  ") if cell.strip()][1:] for line in table}


# show


def test_without_anything_set_all_are_defaults(capsys: Captured) -> None:
    assert run(["config", "show"]) == 0
    out, err = capsys.readouterr()
    found = rows(out)
    assert [*found] == [key.name for key in KEYS]
    assert {origin for _, origin in found.values()} == {"default"}
    assert found["views"][0] == "[copy, terms, facts, passages]"
    assert out.endswith("\n\nfile: none\n")
    assert err == ""


def test_each_value_is_shown_with_its_origin(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    (here / ".git").mkdir()
    (here / "deep").mkdir()
    rules = "allow:\n- {reason: ours, new: 'a b', expires: 2027-01-31}\n- {reason: r, verdicts: copy}\n"
    (here / "newsdedup.yaml").write_text(f"window: 36h\nlang: 'no'\n{rules}", encoding="utf-8")
    monkeypatch.chdir(here / "deep")
    monkeypatch.setenv("NEWSDEDUP_JOBS", "3")
    assert run(["config", "show", "--preset", "strict-ci"]) == 0
    out = capsys.readouterr().out
    found = rows(out)
    assert found["preset"] == ["strict-ci", "command line"]
    assert found["window"] == ["1.5d", "../newsdedup.yaml line 1"]
    assert found["lang"] == ['"no"', "../newsdedup.yaml line 2"]
    assert found["jobs"] == ["3", "environment NEWSDEDUP_JOBS"]
    assert found["min_score"] == ["0.6", "preset strict-ci"]
    assert found["all"] == ["false", "default"]
    assert found["allow"] == ["2 rules:", "../newsdedup.yaml line 4"]
    assert '  {reason: ours, new: "a b", expires: "2027-01-31"}\n' in out
    assert "  {reason: r, verdicts: [copy]}\n" in out
    assert out.endswith("\n\nfile: ../newsdedup.yaml\n")


def test_json_has_values_and_origins(here: Path, capsys: Captured) -> None:
    text = "[tool.newsdedup]\nwindow = 2\nbaseline = 'b.json'\nallow = [{reason = 'r', new = 'a'}]\n"
    (here / "pyproject.toml").write_text(text, encoding="utf-8")
    assert run(["config", "show", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [*found] == ["type", "file", "not_read", "settings"]
    assert (found["type"], found["file"], found["not_read"]) == ("config", "pyproject.toml [tool.newsdedup]", [])
    assert [*found["settings"]] == [key.name for key in KEYS]
    origin = "pyproject.toml [tool.newsdedup]"
    assert found["settings"]["window"] == {"value": "2d", "from": origin}
    assert found["settings"]["baseline"] == {"value": str(here / "b.json"), "from": origin}
    assert found["settings"]["allow"] == {"value": [{"reason": "r", "new": "a"}], "from": origin}
    assert found["settings"]["map"] == {"value": {}, "from": "default"}


def test_a_table_that_is_not_read_is_said(here: Path, capsys: Captured) -> None:
    (here / "pyproject.toml").write_text("[tool.newsdedup]\njobs = 2\n", encoding="utf-8")
    (here / "newsdedup.yaml").write_text("all: true\n", encoding="utf-8")
    run(["config", "show"])
    told = "pyproject.toml [tool.newsdedup] in the same folder is not read: newsdedup.yaml goes before it\n"
    assert capsys.readouterr().out.endswith(f"\nfile: newsdedup.yaml\n{told}")
    run(["config", "show", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["not_read"] == ["pyproject.toml [tool.newsdedup]"]
    run(["config", "show", "--config", "newsdedup.yaml"])
    assert capsys.readouterr().out.endswith("\nfile: newsdedup.yaml\n"), "nothing goes before what was named"
    run(["config", "show", "--config", "pyproject.toml"])
    assert capsys.readouterr().out.endswith("\nfile: pyproject.toml [tool.newsdedup]\n")


def test_what_a_file_holds_cannot_speak_to_the_terminal(here: Path, capsys: Captured) -> None:
    (here / "newsdedup.yaml").write_text(
        'model: "a\\e[2J\\u202eb"\nallow: [{reason: "\\x9b1m", new: a}]\n', encoding="utf-8"
    )
    assert run(["config", "show"]) == 0
    out = capsys.readouterr().out
    assert not {"\x1b", "\u202e", "\x9b"} & {*out}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["show", "--preset", "wires"], "command line: --preset is wires; allowed: one of wire, local-news,"),
        (["show", "--config", "nix.yaml"], "nix.yaml: no such file"),
        (["show", "--format", "xml"], "Invalid value for '--format'"),
        (["presets", "wires"], "no preset wires; did you mean wire?"),
        (["presets", "zzzz"], "no preset zzzz; known: wire, local-news, press-releases, short-items, strict-ci"),
        (["init", "--preset", "short"], "no preset short; did you mean short-items?"),
        (["init", "-o", "no/such.yaml"], "-o: no folder no; make it first"),
        (["init", "-o", "-"], "-o: - is no YAML file; give a name such as newsdedup.yaml"),
        (["shw"], "No such command 'shw'"),
    ],
)
def test_a_mistake_gets_one_line_and_exit_2(here: Path, capsys: Captured, arguments: list[str], told: str) -> None:
    assert refused(capsys, *arguments).startswith(told)
    assert [*here.iterdir()] == []


def test_no_command_shows_the_help_and_exits_2(capsys: Captured) -> None:
    assert run(["config"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.startswith("Usage: newsdedup config")) == ("", True)


# init


def test_a_file_to_start_from_is_written(here: Path, capsys: Captured) -> None:
    assert run(["config", "init"]) == 0
    assert capsys.readouterr() == ("", "newsdedup: wrote newsdedup.yaml\n")
    assert (here / "newsdedup.yaml").read_text(encoding="utf-8") == init_yaml(None)
    assert run(["config", "init", "--preset", "wire", "-o", "wire.yml"]) == 0
    assert (here / "wire.yml").read_text(encoding="utf-8") == init_yaml("wire")
    assert load_settings(Path("wire.yml"), {}, {}, here).config == Config(window_days=3)


def test_a_file_that_is_there_stays_unless_forced(here: Path, capsys: Captured) -> None:
    (here / "newsdedup.yaml").write_text("jobs: 2\n", encoding="utf-8")
    told = "newsdedup.yaml is there; -o names another file, --force replaces it with all that is set in it"
    assert refused(capsys, "init") == told
    assert (here / "newsdedup.yaml").read_text(encoding="utf-8") == "jobs: 2\n"
    assert run(["config", "init", "--force"]) == 0
    assert (here / "newsdedup.yaml").read_text(encoding="utf-8") == init_yaml(None)


def test_init_says_what_is_not_read_any_more(here: Path, capsys: Captured) -> None:
    (here / "pyproject.toml").write_text("[tool.newsdedup]\njobs = 2\n", encoding="utf-8")
    assert run(["config", "init"]) == 0
    told = "newsdedup: pyproject.toml [tool.newsdedup] is not read any more: newsdedup.yaml goes before it\n"
    assert capsys.readouterr().err == f"newsdedup: wrote newsdedup.yaml\n{told}"


# presets, schema


def test_presets_are_listed_and_printed(capsys: Captured) -> None:
    assert run(["config", "presets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines] == [*PRESETS]
    assert all(line.endswith(preset.purpose) for line, preset in zip(lines, PRESETS.values(), strict=True))
    for name in PRESETS:
        assert run(["config", "presets", name]) == 0
        assert capsys.readouterr().out == preset_yaml(name)


def test_the_schema_is_printed(capsys: Captured) -> None:
    assert run(["config", "schema"]) == 0
    assert capsys.readouterr().out == schema_text()


# --preset elsewhere


@pytest.mark.parametrize("command", [["scan", "x"], ["compare", "x", "y"], ["eval", "x"], ["tune", "x"]])
def test_commands_that_read_settings_take_a_preset(capsys: Captured, command: list[str]) -> None:
    assert run([*command, "--preset", "wires"]) == 2
    assert capsys.readouterr().err.startswith("newsdedup: error: command line: --preset is wires; allowed: ")
