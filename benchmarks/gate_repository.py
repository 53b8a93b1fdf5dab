"""A scratch repository of articles for `gate.py`: newsroom as an archive and drafts, in Markdown with front matter."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from _common import REPORTED, BenchmarkError, read_lines, set_folder

DRAFTS = 40
KINDS = ("syndicated", "revision", "excerpt", "spun", "paraphrase", "condensed", "independent", "followup", "sibling")
"""Of the articles of a newsroom pack, all but the original."""

ARCHIVE, BRANCH = "archive", "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One draft, and what its labels say of it.

    Attributes:
        kind: What it is to its original, with the language: `spun en`.
        label: Of the pair with its original.
        must_fail: Whether it is labelled as derived from an article of the archive, or from another draft.
    """

    id: str
    kind: str
    label: str
    must_fail: bool

    @property
    def path(self) -> str:
        """Where it stands in the repository."""
        return f"drafts/{self.id}.md"


def chosen_drafts() -> tuple[Draft, ...]:
    """The 40 drafts, by id: packs and kinds taken in turn, so that each kind comes four or five times."""
    pairs = _labelled()
    packs = sorted({left.partition("-")[0] for left, _, _, _ in pairs})
    ids = sorted(f"{packs[number % len(packs)]}-{KINDS[number % len(KINDS)]}" for number in range(DRAFTS))
    derived = {
        article for left, right, label, _ in pairs if label in REPORTED for article in (left, right) if article in ids
    }
    own = {}
    for left, right, label, detail in pairs:
        if "-orig" in left + right:
            own[right if left.endswith("-orig") else left] = (label, detail)
    return tuple(
        Draft(id=id_, kind=own[id_][1].partition("+")[0], label=own[id_][0], must_fail=id_ in derived) for id_ in ids
    )


def _labelled() -> list[tuple[str, str, str, str]]:
    with (set_folder("newsroom") / "pairs.tsv").open(encoding="utf-8", newline="") as lines:
        return [
            (row["left"], row["right"], row["label"], row["detail"]) for row in csv.DictReader(lines, delimiter="\t")
        ]


def make_repository(folder: Path, drafts: Sequence[Draft]) -> int:
    """Commits the archive on `main` and the drafts on the branch `drafts`, which is checked out.

    Returns:
        How many articles the archive holds.
    """
    git(folder, "init", "-q", "-b", BRANCH)
    held = {draft.id: draft.path for draft in drafts}
    known: list[Mapping[str, str]] = []
    new: list[Mapping[str, str]] = []
    for article in read_lines(set_folder("newsroom") / "docs.jsonl.gz"):
        (new if article["id"] in held else known).append(article)
    for article in known:
        write_article(folder / ARCHIVE / article["published"][:4] / f"{article['id']}.md", article)
    commit(folder, "archive")
    git(folder, "checkout", "-q", "-b", "drafts")
    for article in new:
        write_article(folder / held[article["id"]], article)
    commit(folder, "drafts")
    return len(known)


def write_article(path: Path, article: Mapping[str, str]) -> None:
    """Markdown with front matter; JSON strings are YAML strings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fields = {"title": article["title"], "date": article["published"], "source": article["source"]}
    front = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items())
    path.write_text(f"---\n{front}---\n\n{article['text']}\n", encoding="utf-8")


def commit(folder: Path, message: str) -> None:
    """Everything that changed below `folder`."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


def git(folder: Path, *words: str) -> None:
    """One git command, without anybody's configuration.

    Raises:
        BenchmarkError: There is no git, or it failed.
    """
    who = ("-c", "user.name=gate", "-c", "user.email=gate@example.org", "-c", "commit.gpgsign=false")
    try:
        done = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, encoding="utf-8", check=False)
    except OSError as error:
        raise BenchmarkError(f"git could not be started: {error}") from error
    if done.returncode:
        raise BenchmarkError(f"git {words[0]}: {done.stderr.strip()}")
