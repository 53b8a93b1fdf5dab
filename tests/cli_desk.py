"""A folder in which commands of the gate run, over articles of newsroom."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import Newsroom
from newsdedup.cli.main import run

COPY, REWRITE, EXCERPT, OWN = "k01-syndicated", "k02-spun", "k03-excerpt", "k04-independent"
GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder with an archive of originals, in which commands run."""

    folder: Path
    newsroom: Newsroom
    capsys: pytest.CaptureFixture[str]

    def put(self, path: str, name: str, behind: str = "") -> Path:
        article = self.newsroom.articles[name]
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"---\nsource: {article.source}\n---\n# {article.title}\n\n{article.text}{behind}\n", "utf-8")
        return target

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """(exit code, standard output, standard error)."""
        code = run(arguments)
        return code, *self.capsys.readouterr()

    def fingerprints(self, *arguments: str) -> list[str]:
        """Of all pairs found, sorted."""
        _, out, _ = self.run("check", *arguments, "--format", "jsonl", "-q")
        findings = [line for line in map(json.loads, out.splitlines()) if line["type"] == "finding"]
        return sorted(each["fingerprint"] for finding in findings for each in [finding, *finding["also"]])

    def git(self, *arguments: str) -> None:
        subprocess.run([*GIT, *arguments], cwd=self.folder, check=True, capture_output=True)


def heads(out: str) -> list[str]:
    """What each finding says, its numbers left out."""
    return [line.partition(" (score")[0] for line in out.splitlines() if " (score " in line]
