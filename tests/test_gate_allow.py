"""What a configuration allows."""

from __future__ import annotations

from datetime import date

import pytest

from newsdedup.gate.allow import AllowRule, fits_pattern
from newsdedup.gate.findings import decide
from newsdedup.result import Verdict
from test_gate_samples import TODAY, article, checked, pair, policy


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("drafts/a.md", "drafts/a.md", True),
        ("./drafts/a.md", "drafts/a.md", True),
        ("drafts/*.md", "drafts/a.md", True),
        ("drafts/*.md", "drafts/wire/a.md", False),  # one folder
        ("*.md", "drafts/a.md", False),
        ("*", "a.md", True),
        ("**", "drafts/wire/a.md", True),
        ("drafts/**", "drafts/wire/a.md", True),
        ("drafts/**", "drafts", False),
        ("**/a.md", "a.md", True),
        ("**/a.md", "drafts/wire/a.md", True),
        ("drafts/**/a.md", "drafts/a.md", True),
        ("drafts/**/x/**/a.md", "drafts/1/x/2/3/a.md", True),
        ("drafts/**/x/**/a.md", "drafts/1/2/3/a.md", False),
        ("drafts/?.md", "drafts/a.md", True),
        ("drafts/?.md", "drafts/ab.md", False),
        ("drafts/[ab].md", "drafts/b.md", True),
        ("drafts/[!ab].md", "drafts/b.md", False),
        ("drafts/A.md", "drafts/a.md", False),  # case is kept
        ("feeds/*.jsonl#*", "feeds/a.jsonl#17", True),
        ("", "a.md", False),
        ("*" * 50 + "b", "a" * 5_000, False),  # and quickly
        ("**/" * 50 + "b", "a/" * 500, False),
    ],
)
def test_patterns(pattern: str, name: str, fits: bool) -> None:
    assert fits_pattern(name, pattern) is fits


@pytest.mark.parametrize(
    ("id_", "folder", "pattern", "fits"),
    [
        ("drafts/a.md", "", "drafts/*", True),
        ("drafts/a.md", "site", "site/drafts/*", True),
        ("drafts/a.md", "site", "drafts/*", False),
        ("../drafts/a.md", "site", "drafts/*", True),
        ("../drafts/a.md", "..", "../../drafts/*", True),
        ("feeds/a.jsonl#7", "site", "site/feeds/*", True),
        ("wire-7", "site", "wire-*", True),  # an id of its own is no path
        ("/srv/a.md", "site", "/srv/*", True),
    ],
)
def test_patterns_for_files_count_from_the_folder_of_the_configuration(
    id_: str, folder: str, pattern: str, fits: bool
) -> None:
    origin = "feeds/a.jsonl" if id_.endswith("7") else id_
    found = checked(pair(id_, "archive/b.md"), articles=[article(id_, origin=origin)])
    check = decide(found, policy(allow=(AllowRule(reason="r", new=pattern, folder=folder),)))
    assert check.failed is not fits


FOUND = checked(
    pair("drafts/a.md", "archive/wire/b.md"),
    articles=[article("archive/wire/b.md", source="Harbour Press Agency")],
)


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        (AllowRule(reason="r"), True),
        (AllowRule(reason="r", new="drafts/*", against="archive/wire/**"), True),
        (AllowRule(reason="r", new="archive/**"), False),
        (AllowRule(reason="r", against="drafts/*"), False),
        (AllowRule(reason="r", new="drafts/*", against="archive/*"), False),
        (AllowRule(reason="r", source="harbour press AGENCY "), True),
        (AllowRule(reason="r", source="Harbour"), False),
        (AllowRule(reason="r", verdicts=(Verdict.IDENTICAL, Verdict.COPY)), True),
        (AllowRule(reason="r", verdicts=(Verdict.REWRITE,)), False),
        (AllowRule(reason="r", expires=TODAY), True),
        (AllowRule(reason="r", expires=date(2026, 11, 21)), False),
    ],
)
def test_a_match_is_allowed_when_everything_that_the_rule_names_fits(rule: AllowRule, allowed: bool) -> None:
    check = decide(FOUND, policy(allow=(rule,)))
    assert check.failed is not allowed
    assert check.findings[0].suppressed is allowed


def test_the_first_rule_that_fits_gives_the_reason_and_how_long_it_holds() -> None:
    rules = (
        AllowRule(reason="elsewhere", new="x"),
        AllowRule(reason="licensed", expires=date(2027, 1, 31)),
        AllowRule(reason="late"),
    )
    suppression = decide(FOUND, policy(allow=rules)).findings[0].lead.suppression
    assert suppression is not None
    assert (suppression.kind, suppression.reason) == ("allowed", "licensed, until 2027-01-31")


def test_an_expired_rule_is_told_and_one_that_fits_nothing_is_not() -> None:
    rules = (AllowRule(reason="unused", new="x"), AllowRule(reason="licensed", expires=date(2026, 1, 31)))
    check = decide(FOUND, policy(allow=rules))
    assert check.notes == ('allow rule 2 ("licensed") expired on 2026-01-31',)
    assert check.failed


def test_a_known_article_without_an_outlet_fits_no_rule_that_names_one() -> None:
    found = checked(pair("drafts/a.md", "archive/b.md"))
    assert decide(found, policy(allow=(AllowRule(reason="r", source=""),))).failed
