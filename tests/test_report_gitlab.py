"""GitLab code quality: the fields that a merge request reads."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from newsdedup.gate.check import Check
from newsdedup.gate.findings import decide
from newsdedup.report.gitlab import gitlab_lines
from newsdedup.result import Verdict
from test_gate_samples import article, checked, pair, policy, shown_check


def issues(check: Check) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads("\n".join(gitlab_lines(check)))
    return found


def test_findings_are_these_issues() -> None:
    found = issues(shown_check())
    assert [
        (issue["check_name"], issue["severity"], issue["location"]["path"], issue["location"]["lines"])
        for issue in found
    ] == [
        ("excerpt", "major", "drafts/a.md", {"begin": 7, "end": 19}),
        ("rewrite", "major", "drafts/a.md", {"begin": 1, "end": 1}),
        ("related", "info", "drafts/d.md", {"begin": 1, "end": 1}),
        ("copy", "info", "drafts/w.md", {"begin": 1, "end": 1}),
        ("identical", "info", "drafts/x.md", {"begin": 1, "end": 1}),
    ]
    assert all(set(issue) == {"description", "check_name", "fingerprint", "severity", "location"} for issue in found)
    assert found[0]["description"].startswith("drafts/a.md: shares passages with archive/e.md (score .80)")
    assert found[4]["description"].startswith("[suppressed, baseline] drafts/x.md: has the same text")


def test_what_is_below_the_gate_is_minor() -> None:
    check = decide(checked(pair("drafts/a.md", "archive/b.md", Verdict.REWRITE)), policy(fail_on=Verdict.COPY))
    assert [issue["severity"] for issue in issues(check)] == ["minor"]


def test_every_issue_has_a_fingerprint_of_its_own_that_stays_when_files_move() -> None:
    def prints(*names: str) -> list[str]:
        texts = [article(name, "The same words.") for name in names]
        found = checked(*(pair(name, "archive/b.md") for name in names), articles=texts)
        return sorted(issue["fingerprint"] for issue in issues(decide(found, policy())))

    assert len(set(prints("drafts/a.md", "drafts/b.md"))) == 2
    assert prints("drafts/a.md", "drafts/b.md") == prints("moved/x.md", "moved/y.md")


@pytest.mark.parametrize(
    ("origin", "folder", "path"),
    [
        ("drafts/a.md", "", "drafts/a.md"),
        ("drafts/a.md", "site", "site/drafts/a.md"),
        ("../drafts/a.md", "site/deep", "site/drafts/a.md"),
        ("/elsewhere/a.md", "site", "/elsewhere/a.md"),
        ("drafts/a\nb.md", "", "drafts/a\nb.md"),
    ],
)
def test_files_are_named_from_the_top_of_the_checkout(origin: str, folder: str, path: str) -> None:
    found = checked(pair("a", "archive/b.md"), articles=[article("a", origin=origin)])
    (issue,) = issues(replace(decide(found, policy()), folder=folder))
    assert issue["location"]["path"] == path


def test_nothing_found_is_an_empty_list() -> None:
    assert issues(decide(checked(), policy())) == []
