"""action.yml: its steps run as GitHub runs them, as scripts with the inputs in the environment."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in ACTION["runs"]["steps"]}
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="allowed-skip: no bash on this machine")


class Job:
    """A runner's folders, a checkout with a rewrite among the drafts, and newsdedup installed by a stand-in."""

    def __init__(self, folder: Path) -> None:
        self.temp, self.checkout = folder / "runner temp", folder / "check out"
        self.output, self.summary = folder / "output", folder / "summary"
        story, rewrite = sorted((ROOT / "seeds").glob("*.txt"))
        for source, target in ((story, "archive/story.md"), (rewrite, "drafts/again.md")):
            (self.checkout / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, self.checkout / target)
        (self.checkout / "drafts/own.md").write_text(
            "# Frogs\n\nThe council counted frogs by the pond on Monday.\n", "utf-8"
        )
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
        for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "start"]):
            subprocess.run([*git, *words], cwd=self.checkout, check=True)
        program = self.temp / "newsdedup" / "venv" / "bin" / "newsdedup"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m newsdedup "$@"\n', encoding="utf-8")
        program.chmod(0o755)

    def check(self, **inputs: str) -> subprocess.CompletedProcess[str]:
        """The step "Check articles" with these inputs; the others have their defaults."""
        unknown = set(inputs) - set(ACTION["inputs"])
        assert not unknown
        given = {name: inputs.get(name, declared["default"]) for name, declared in ACTION["inputs"].items()}
        return self.run(STEPS["Check articles"], given)

    def run(self, step: Mapping[str, Any], inputs: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        values = {f"inputs.{name}": value for name, value in inputs.items()}
        values["steps.python.outputs.python-path"] = sys.executable
        variables = {name: EXPRESSION.sub(lambda found: values[found[1]], text) for name, text in step["env"].items()}
        script = self.temp / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSDEDUP_")} | {
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
        }
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],  # as GitHub documents `shell: bash`
            cwd=self.checkout / inputs.get("working-directory", "."),
            env=environment | variables,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.output.read_text(encoding="utf-8").splitlines())


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def test_a_rewrite_fails_the_step_and_is_reported_everywhere(job: Job) -> None:
    done = job.check(paths="drafts", against="archive")
    assert done.returncode == 1, done.stderr
    assert "::error " in done.stdout
    assert "file=drafts/again.md" in done.stdout
    assert job.outputs["exit-code"] == "1"
    assert job.outputs["findings"] == "1"
    report = json.loads(Path(job.outputs["sarif"]).read_text(encoding="utf-8"))
    assert report["runs"][0]["results"][0]["ruleId"] == "rewrite"
    assert "drafts/again.md: rewrites archive/story.md" in job.summary.read_text(encoding="utf-8")


def test_an_article_of_its_own_passes(job: Job) -> None:
    done = job.check(paths="drafts/own.md", against="archive\n")
    assert done.returncode == 0, done.stderr
    assert job.outputs["findings"] == "0"


def test_every_input_reaches_the_check(job: Job) -> None:
    assert job.check(paths="drafts", against="archive", **{"fail-on": "copy"}).returncode == 0
    assert job.check(paths="drafts", against="archive", args="--min-score 1 --lang 'en'").returncode == 0
    (job.checkout / "mine.yaml").write_text("min_score: 1\n", encoding="utf-8")
    assert job.check(paths="drafts", against="archive", config="mine.yaml").returncode == 0
    for name in ("baseline", "changed-since", "preset", "config"):
        refused = job.check(paths="drafts", against="archive", **{name: "not-there"})
        assert refused.returncode == 2, name
        assert "not-there" in refused.stderr


def test_several_paths_stand_on_lines_and_may_hold_spaces(job: Job) -> None:
    (job.checkout / "drafts").rename(job.checkout / "my drafts")
    assert job.check(paths="  my drafts/own.md\n\nmy drafts/again.md\n", against="archive").returncode == 1
    assert job.check(paths="my drafts/own.md", against="archive\nmy drafts/again.md").returncode == 0


def test_findings_count_from_the_working_directory(job: Job) -> None:
    done = job.check(paths="again.md", against="../archive", **{"working-directory": "drafts"})
    assert done.returncode == 1
    assert "again.md: rewrites ../archive/story.md" in job.summary.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text", ["$(touch pwned)", "`touch pwned`", "; touch pwned #", '"; touch pwned; "', "--help", "-q"]
)
def test_no_input_runs_or_turns_into_an_option(job: Job, text: str) -> None:
    for name in ("paths", "against", "changed-since", "fail-on", "baseline", "config", "preset"):
        done = job.check(**{"paths": "drafts", "against": "archive", name: text})
        assert done.returncode == 2, name
        assert job.outputs["sarif"] == ""
    job.check(paths="drafts", against="archive", args=text)
    assert not [*job.checkout.rglob("pwned"), *job.temp.rglob("pwned")]


def test_a_usage_error_is_told_in_the_summary(job: Job) -> None:
    done = job.check(paths="nowhere", against="archive")
    assert done.returncode == 2
    assert job.outputs == {"exit-code": "2", "findings": "", "sarif": ""}
    assert "exit code 2" in job.summary.read_text(encoding="utf-8")


def test_an_open_quote_in_args_is_an_error_of_one_line(job: Job) -> None:
    done = job.check(paths="drafts", args="--lang 'en")
    assert done.returncode == 2
    assert done.stdout.startswith("::error title=newsdedup::input args: ")


def test_what_a_file_is_called_is_only_text_in_the_summary(job: Job) -> None:
    (job.checkout / "drafts/again.md").rename(job.checkout / "drafts/<img src=x>`[a](b).md")
    assert job.check(paths="drafts", against="archive").returncode == 1
    summary = job.summary.read_text(encoding="utf-8")
    assert "&lt;img src=x&gt;" in summary
    assert "<img" not in summary


def test_the_first_step_installs_with_the_python_that_was_set_up(job: Job, tmp_path: Path) -> None:
    recorder = tmp_path / "python"
    recorder.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    recorder.chmod(0o755)
    step = STEPS["Install newsdedup"] | {"env": {"PYTHON": str(recorder)}}
    assert job.run(step, {}).stdout.splitlines() == [str(ROOT / "action.py"), "install"]


def test_inputs_are_no_part_of_a_script() -> None:
    for step in STEPS.values():
        assert "${{" not in step.get("run", "")


def test_every_input_and_output_is_used() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for name in ACTION["inputs"]:
        assert re.search(rf"\binputs\.{name}\b(?!-)", text), name
    for declared in ACTION["outputs"].values():
        assert EXPRESSION.fullmatch(declared["value"])
