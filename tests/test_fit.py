"""What other tools read: the hooks of pre-commit, the example jobs, the image."""

from __future__ import annotations

import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsdedup.cli.main import cli
from newsdedup.loaders.kinds import FORMATS

ROOT = Path(__file__).resolve().parent.parent
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def read(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def parses(words: list[str]) -> bool:
    """Whether a command line is one that newsdedup takes; raises click's own error where it is not."""
    import click  # noqa: PLC0415

    program, name, *rest = words
    assert program == "newsdedup"
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    command.make_context(name, rest)
    return True


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_runs_a_command_line_that_exists(hook: dict[str, Any]) -> None:
    files = ["a.md"] if hook.get("pass_filenames", True) else []
    assert parses([*shlex.split(hook["entry"]), *hook.get("args", []), *files])


def test_hooks_look_at_the_files_that_a_check_reads() -> None:
    for hook in HOOKS:
        for suffix in FORMATS:
            assert re.search(hook["files"], f"content/a{suffix}")
            assert re.search(hook["files"], f"content/a{suffix.upper()}.gz")
        for other in ("a.png", "md", "a.md.orig", "script.py"):
            assert not re.search(hook["files"], other)


def test_the_hook_for_the_repository_is_run_once() -> None:
    hook = next(hook for hook in HOOKS if hook["id"] == "newsdedup-repo")
    assert hook["pass_filenames"] is False
    assert hook["require_serial"] is True


def test_the_example_workflow_uses_the_action_as_it_is() -> None:
    job = read("examples/github-workflow.yml")["jobs"]["articles"]
    action = read("action.yml")
    uses = next(step for step in job["steps"] if "newsdedup@" in step.get("uses", ""))
    assert set(uses["with"]) <= set(action["inputs"])
    for output in re.findall(r"steps\.newsdedup\.outputs\.([a-z-]+)", str(job)):
        assert output in action["outputs"]
    checkout = next(step for step in job["steps"] if step["uses"].startswith("actions/checkout@"))
    assert checkout["with"]["fetch-depth"] == 0


def test_the_gitlab_job_keeps_the_reports_that_it_writes() -> None:
    job = read("examples/gitlab-ci.yml")["articles"]
    check = shlex.split(next(line for line in job["script"] if line.startswith("check()")))[2:-1]
    check[-1] = check[-1].removesuffix(";")
    assert parses(check)
    written = dict(word.split("=") for before, word in itertools.pairwise(check) if before == "-o")
    reports = job["artifacts"]["reports"]
    assert written == {"gitlab": reports["codequality"], "junit": reports["junit"]}
    assert job["variables"]["GATE_INDEX"] in job["cache"]["paths"]
    assert not [name for name in job["variables"] if name.startswith("NEWSDEDUP_")]


@pytest.mark.skipif(shutil.which("bash") is None, reason="allowed-skip: no bash on this machine")
def test_the_gitlab_job_makes_an_index_again_that_does_not_fit(tmp_path: Path) -> None:
    job = read("examples/gitlab-ci.yml")["articles"]
    story, rewrite = sorted((ROOT / "seeds").glob("*.txt"))
    for source, target in ((story, "archive/a.md"), (rewrite, "drafts/b.md")):
        (tmp_path / target).parent.mkdir()
        shutil.copyfile(source, tmp_path / target)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "start"]):
        subprocess.run([*git, *words], cwd=tmp_path, check=True)
    program = tmp_path / "bin" / "newsdedup"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m newsdedup "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    variables = {name: value for name, value in os.environ.items() if not name.startswith("NEWSDEDUP_")} | {
        name: value for name, value in job["variables"].items() if name.startswith("GATE_")
    }
    variables["PATH"] = f"{program.parent}{os.pathsep}{variables['PATH']}"
    wrote = []
    for views in ("copy,terms,facts", "copy,terms,facts", "copy,terms"):  # as an upgrade or a setting changes the index
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", "\n".join(job["script"])],
            cwd=tmp_path,
            env=variables | {"NEWSDEDUP_VIEWS": views},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 1, done.stderr
        assert "drafts/b.md: rewrites archive/a.md" in done.stdout
        assert (tmp_path / "gl-code-quality-report.json").is_file()
        wrote.append("wrote .gate/" in done.stderr)
    assert wrote == [True, False, True]
    (index,) = (tmp_path / ".gate").iterdir()
    assert index.suffix == ".index"


def test_the_image_runs_as_a_user_without_rights() -> None:
    last = DOCKERFILE.split("\nFROM ")[-1]
    user = re.search(r"^USER (\d+):(\d+)$", last, re.MULTILINE)
    assert user is not None
    assert user[1] != "0"
    assert last.index("USER ") > last.index("RUN ")
    assert 'ENTRYPOINT ["newsdedup"]' in last


def test_the_image_is_of_this_version() -> None:
    from newsdedup import __version__  # noqa: PLC0415

    assert f"ARG VERSION={__version__}\n" in DOCKERFILE
