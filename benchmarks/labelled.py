"""Labelled sets as the fit and the candidate count need them: articles, gold pairs, table."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from newsdedup.article import Article
from newsdedup.loaders import load_articles

from _common import BenchmarkError, set_folder

POSITIVE = frozenset({"copy", "revision", "excerpt", "rewrite"})
"""Labels that must be reported."""

LABELLED = ("newsroom", "onestop", "detectrl", "clough", "basil", "wikinews")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """One labelled pair by article numbers, left id below right id."""

    left: int
    right: int
    label: str
    detail: str


def load_set(name: str) -> tuple[list[Article], list[Gold]]:
    """Articles of a set sorted by id, and its labelled pairs.

    Raises:
        BenchmarkError: The set is not there.
    """
    folder = set_folder(name)
    if not (folder / "docs.jsonl.gz").exists():
        raise BenchmarkError(f"set {name} not found at {folder}; set NEWSDEDUP_BENCH to the folder that holds it")
    articles = [item for item in load_articles(folder / "docs.jsonl.gz") if isinstance(item, Article)]
    articles.sort(key=lambda article: article.id)
    number = {article.id: place for place, article in enumerate(articles)}
    with (folder / "pairs.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    gold = [
        Gold(
            left=min(number[row["left"]], number[row["right"]]),
            right=max(number[row["left"]], number[row["right"]]),
            label=row["label"],
            detail=row["detail"],
        )
        for row in rows
    ]
    return articles, gold


def present(names: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """(sets that are there, sets that are left out)."""
    there = [name for name in names if (set_folder(name) / "docs.jsonl.gz").exists()]
    return there, [name for name in names if name not in there]
