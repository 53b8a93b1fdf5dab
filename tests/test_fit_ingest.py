"""docs/ingest.md, the README's part on it, the units and the crontab: every command can be typed, every name exists."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click
import pytest
import yaml

from newsdedup.cli.ingest import ingest
from newsdedup.cli.main import COMMANDS, cli
from newsdedup.cli.messages import as_text
from newsdedup.report.metrics import metrics_lines
from newsdedup.report.plain import figures_line
from test_report_samples import FIGURES

ROOT = Path(__file__).resolve().parent.parent
CONFIGS = ROOT / "configs"
PAGE = (ROOT / "docs" / "ingest.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
UNITS = sorted(path for path in CONFIGS.iterdir() if path.suffix in (".service", ".timer"))


def unit(path: Path) -> configparser.ConfigParser:
    found = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    found.optionxform = str  # type: ignore[assignment,method-assign] # names keep their capitals
    found.read_string(path.read_text(encoding="utf-8"))
    return found


def commands() -> Iterator[str]:
    """Every command line of the page, of the README, of the crontab and of the units."""
    for text in (PAGE, README):
        for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
            yield from (line for line in block.splitlines() if line.startswith("newsdedup "))
        yield from (
            found for found in re.findall(r"`(newsdedup (?:ingest|report|store) [^`]*)`", text) if _whole(found)
        )
    for line in (CONFIGS / "crontab").read_text(encoding="utf-8").splitlines():
        if "newsdedup " in line and not line.startswith("#"):
            yield re.sub(r"^.*? && (newsdedup [^|&]*).*$", r"\1", line).replace("$(date +\\%F)", "2027-01-31")
    for path in UNITS:
        if path.suffix == ".service":
            yield unit(path)["Service"]["ExecStart"].removeprefix("/opt/newsdedup/bin/")


def _whole(command: str) -> bool:
    """Whether it is a command that is typed so, and no pattern of one."""
    return "news.db" in command


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_a_command_can_be_typed(command: str) -> None:
    program, *words = shlex.split(command, comments=True)
    assert program == "newsdedup"
    typed: click.Command = cli
    context = click.Context(cli)
    while isinstance(typed, click.Group):
        below = typed.get_command(context, words[0])
        assert below is not None, words[0]
        typed, words = below, words[1:]
    with as_text():  # --log-format is for the time within
        typed.make_context(typed.name, list(words))  # raises UsageError for an option that is not there


def test_there_are_commands_to_type() -> None:
    assert len(set(commands())) > 12
    assert {"ingest", "report", "store"} <= set(COMMANDS)


def test_every_option_that_the_page_names_is_one() -> None:
    known = {option for parameter in ingest.params for option in (*parameter.opts, *parameter.secondary_opts)}
    known |= {"--keep", "--sample", "--since", "--run", "--force", "--set-clock"}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", re.sub(r"```sh\n.*?```", "", PAGE, flags=re.DOTALL)))
    assert named <= known
    assert len(named) > 10


def test_the_crontab_makes_the_folder_of_backups_and_drops_old_ones(tmp_path: Path) -> None:
    [line] = [line for line in (CONFIGS / "crontab").read_text(encoding="utf-8").splitlines() if "store backup" in line]
    command = line.partition("/var/lib/newsdedup && ")[2].replace("\\%", "%").replace("newsdedup store backup", "echo")
    run = partial(
        subprocess.run, ["sh", "-c", command], cwd=tmp_path, check=True, capture_output=True, encoding="utf-8"
    )
    run()
    for name, days in (("news-old.db", 30), ("news-old.db-index", 30), ("news-new.db", 2), ("other", 30)):
        path = tmp_path / "backup" / name
        if name.endswith("-index"):
            (path / "news-inner").mkdir(parents=True)
        else:
            path.touch()
        for each in (path, *path.rglob("*")):
            os.utime(each, (time.time() - days * 86_400,) * 2)
    assert run().stderr == ""
    assert sorted(path.name for path in (tmp_path / "backup").iterdir()) == ["news-new.db", "other"]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: str(path.name))
def test_a_unit_is_whole(path: Path) -> None:
    found = unit(path)
    assert found["Unit"]["Description"]
    if path.suffix == ".timer":
        assert path.with_suffix(".service") in UNITS
        assert (found["Timer"]["Persistent"], found["Install"]["WantedBy"]) == ("true", "timers.target")
    else:
        assert found["Service"]["Type"] == "oneshot"
        assert found["Service"]["SuccessExitStatus"] == "75"  # another run is writing


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="allowed-skip: no systemd on this machine")
def test_systemd_finds_nothing_to_say(tmp_path: Path) -> None:
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace("/opt/newsdedup/bin/newsdedup", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "newsdedup" in line]
    assert (done.returncode, ours) == (0, [])


def test_every_metric_is_named_and_every_alert_watches_one() -> None:
    metrics = {line.split()[2] for line in metrics_lines(FIGURES, "s", now=0.0) if line.startswith("# TYPE")}
    assert set(re.findall(r"`(newsdedup_\w+)`", PAGE)) == metrics
    groups = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0])["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert rules
    for rule in rules:
        assert set(re.findall(r"newsdedup_\w+", rule["expr"])) <= metrics, rule["alert"]


def test_the_summary_line_of_the_page_is_the_one_that_is_printed() -> None:
    assert f"```text\n{figures_line(FIGURES)}\n```" in PAGE


def test_the_readme_links_to_the_page_and_the_page_names_files_that_are_there() -> None:
    assert "(docs/ingest.md)" in README
    for name in re.findall(r"configs/[\w.-]+", PAGE):
        assert (ROOT / name).is_file(), name
