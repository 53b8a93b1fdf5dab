"""JUnit XML: every new article a test case, as test reports are read."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest

from newsdedup.gate.allow import AllowRule
from newsdedup.gate.check import Check
from newsdedup.gate.findings import decide
from newsdedup.report.junit import junit_lines
from newsdedup.result import Verdict
from test_gate_samples import checked, pair, policy, shown_check


def suite(check: Check) -> Element:
    root = fromstring("\n".join(junit_lines(check)).encode())  # noqa: S314 - our own output
    assert root.tag == "testsuites"
    (found,) = root
    assert found.tag == "testsuite"
    cases = found.findall("testcase")
    for name, tag in (("tests", None), ("failures", "failure"), ("skipped", "skipped")):
        counted = len(cases) if tag is None else sum(case.find(tag) is not None for case in cases)
        assert int(found.attrib[name]) == int(root.attrib[name]) == counted
    return found


def test_every_new_article_is_a_case() -> None:
    found = suite(shown_check())
    cases = {case.attrib["name"]: case for case in found.findall("testcase")}
    assert list(cases) == ["drafts/a.md", "drafts/clean.md", "drafts/d.md", "drafts/w.md", "drafts/x.md"]
    assert {case.attrib["classname"] for case in cases.values()} == {"newsdedup"}
    assert {name: [child.tag for child in case] for name, case in cases.items()} == {
        "drafts/a.md": ["failure"],
        "drafts/clean.md": [],
        "drafts/d.md": ["system-out"],
        "drafts/w.md": ["skipped", "system-out"],
        "drafts/x.md": ["skipped", "system-out"],
    }
    failure = cases["drafts/a.md"][0]
    assert failure.attrib["type"] == "excerpt"
    assert failure.attrib["message"].startswith("drafts/a.md: shares passages with archive/e.md")
    assert [line.partition(" archive")[0] for line in (failure.text or "").split("\n")] == [
        "drafts/a.md: shares passages with",
        "drafts/a.md: rewrites",
    ]
    assert "allowed: licensed wire copy, until 2027-01-31" in cases["drafts/w.md"][0].attrib["message"]


def test_the_suite_tells_what_was_skipped_and_noted() -> None:
    told = suite(shown_check()).findtext("system-out")
    assert told is not None
    assert told.split("\n") == [
        "skipped drafts/z.bin: binary",
        "note: a note of the run",
        'note: allow rule 2 ("gone") expired on 2026-01-31',
        "5 new articles against 200: 2 findings, 1 note, 2 suppressed. A score is evidence, not an accusation.",
    ]


def test_an_article_with_one_finding_suppressed_and_one_below_passes() -> None:
    found = checked(pair("drafts/a.md", "archive/1.md"), pair("drafts/a.md", "archive/2.md", Verdict.RELATED))
    check = decide(found, policy(allow=(AllowRule(reason="ours", verdicts=(Verdict.COPY,)),)))
    (case,) = suite(check).findall("testcase")
    assert [child.tag for child in case] == ["system-out"]


@pytest.mark.parametrize("name", ['<a href="x">&amp;', "]]>", "a\x00\x0b\ufffe\uffff\udcff", "a\nb\tc", "“ü” 日本 😀"])
def test_names_are_escaped_and_stay_readable(name: str) -> None:
    check = decide(checked(pair(name, "archive/b.md")), policy())
    (case,) = suite(check).findall("testcase")
    shown = case.attrib["name"]
    assert shown == name or not name.isprintable()
    assert shown.isprintable() or "\N{REPLACEMENT CHARACTER}" in shown
    assert (case[0].text or "").startswith(shown)


def test_a_check_of_nothing_is_a_valid_report() -> None:
    assert suite(decide(checked(), policy())).attrib["tests"] == "0"
