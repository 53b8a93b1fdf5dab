"""SARIF 2.1.0: the shape that the standard gives, and what code hosts read from it.

The standard's own schema is not in this repository. `SHAPES` says of every object that we write which properties it may
have and of which kind, as section 3 of the standard has them, and nothing else may stand there.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest

from newsdedup.article import Skipped
from newsdedup.gate.allow import AllowRule
from newsdedup.gate.check import Check
from newsdedup.gate.findings import decide
from newsdedup.report.sarif import sarif_lines
from newsdedup.result import Verdict
from test_gate_samples import article, checked, pair, policy, shown_check

LEVELS = ("none", "note", "warning", "error")
SHAPES: dict[str, dict[str, Any]] = {
    "log": {"$schema": str, "version": ("2.1.0",), "runs": ["run"]},
    "run": {
        "tool": "tool",
        "invocations": ["invocation"],
        "originalUriBaseIds": {"": "artifactLocation"},
        "columnKind": ("utf16CodeUnits", "unicodeCodePoints"),
        "results": ["result"],
    },
    "tool": {"driver": "toolComponent"},
    "toolComponent": {"name": str, "version": str, "rules": ["reportingDescriptor"]},
    "reportingDescriptor": {
        "id": str,
        "name": str,
        "shortDescription": "message",
        "fullDescription": "message",
        "help": "message",
        "defaultConfiguration": "reportingConfiguration",
    },
    "reportingConfiguration": {"level": LEVELS},
    "invocation": {"executionSuccessful": bool, "toolExecutionNotifications": ["notification"]},
    "notification": {"level": LEVELS, "message": "message"},
    "message": {"text": str},
    "result": {
        "ruleId": str,
        "ruleIndex": int,
        "level": LEVELS,
        "message": "message",
        "locations": ["location"],
        "relatedLocations": ["location"],
        "partialFingerprints": {"": str},
        "rank": float,
        "suppressions": ["suppression"],
        "baselineState": ("new", "unchanged", "updated", "absent"),
    },
    "location": {"id": int, "physicalLocation": "physicalLocation", "message": "message"},
    "physicalLocation": {"artifactLocation": "artifactLocation", "region": "region"},
    "artifactLocation": {"uri": str, "uriBaseId": str, "description": "message"},
    "region": {"startLine": int, "endLine": int},
    "suppression": {
        "kind": ("inSource", "external"),
        "status": ("accepted", "underReview", "rejected"),
        "justification": str,
    },
}
REQUIRED = {
    "log": {"version", "runs"},
    "run": {"tool"},
    "tool": {"driver"},
    "toolComponent": {"name"},
    "reportingDescriptor": {"id"},
    "invocation": {"executionSuccessful"},
    "notification": {"message"},
    "result": {"message"},
    "suppression": {"kind"},
}


def faults(value: object, kind: Any, where: str = "") -> list[str]:  # noqa: PLR0911 - one for each kind of kind
    """What of a value is not as its kind has it."""
    if isinstance(kind, str):
        if not isinstance(value, dict):
            return [f"{where} is no {kind}"]
        shape = SHAPES[kind]
        found = [f"{where}.{name} is unknown" for name in value.keys() - shape.keys()]
        found += [f"{where}.{name} is missing" for name in REQUIRED.get(kind, set()) - value.keys()]
        for name in value.keys() & shape.keys():
            found += faults(value[name], shape[name], f"{where}.{name}")
        return found
    if isinstance(kind, list):
        if not isinstance(value, list):
            return [f"{where} is no list"]
        return [fault for place, each in enumerate(value) for fault in faults(each, kind[0], f"{where}[{place}]")]
    if isinstance(kind, dict):
        if not isinstance(value, dict):
            return [f"{where} is no map"]
        return [fault for name, each in value.items() for fault in faults(each, kind[""], f"{where}.{name}")]
    if isinstance(kind, tuple):
        return [] if value in kind else [f"{where} is {value!r}"]
    fits = type(value) is kind or (kind is float and type(value) is int)
    return [] if fits else [f"{where} is no {kind.__name__}"]


def log(check: Check) -> dict[str, Any]:
    document: dict[str, Any] = json.loads("\n".join(sarif_lines(check)))
    return document


def results(check: Check) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = log(check)["runs"][0]["results"]
    return found


@pytest.mark.parametrize("check", [shown_check(), decide(checked(), policy())], ids=["findings", "none"])
def test_the_log_has_the_shape_of_the_standard(check: Check) -> None:
    document = log(check)
    assert faults(document, "log") == []
    assert len(document["runs"]) == 1
    run = document["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) == 7
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert all(1 <= line["startLine"] <= line["endLine"] for line in regions(run["results"]))
    assert all(0 <= result["rank"] <= 100 for result in run["results"])


def regions(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    places = [place for result in found for place in (*result["locations"], *result["relatedLocations"])]
    return [place["physicalLocation"]["region"] for place in places]


@pytest.mark.parametrize("broken", ["typo", "kind", "missing"])
def test_the_checker_of_the_shape_can_fail(broken: str) -> None:
    document = log(shown_check())
    result = document["runs"][0]["results"][0]
    if broken == "typo":
        result["relatedLocation"] = []
    elif broken == "kind":
        result["level"] = "fatal"
    else:
        del result["message"]
    assert len(faults(document, "log")) == 1


def test_a_result_points_at_the_lines_and_at_the_others() -> None:
    result = results(shown_check())[0]
    assert result["ruleId"] == "excerpt"
    assert result["level"] == "error"
    place = result["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "drafts/a.md", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 7, "endLine": 19},
    }
    others = [
        (
            each["id"],
            each["physicalLocation"]["artifactLocation"]["uri"],
            each["physicalLocation"]["region"]["startLine"],
        )
        for each in result["relatedLocations"]
    ]
    assert others == [(1, "archive/e.md", 3)]
    both = results(shown_check())[1]["relatedLocations"]
    assert [each["physicalLocation"]["artifactLocation"]["uri"] for each in both] == ["archive/b.md", "archive/c.md"]


def test_what_is_suppressed_is_marked_and_not_dropped() -> None:
    found = results(shown_check())
    assert [result.get("suppressions") for result in found] == [
        None,
        None,
        None,
        [
            {
                "kind": "external",
                "status": "accepted",
                "justification": "allowed: licensed wire copy, until 2027-01-31",
            }
        ],
        [{"kind": "external", "status": "accepted", "justification": "suppressed, baseline"}],
    ]
    assert [result["baselineState"] for result in found] == ["new", "new", "new", "new", "unchanged"]
    assert [result["level"] for result in found] == ["error", "error", "note", "note", "note"]


def test_without_a_baseline_nothing_is_said_of_one() -> None:
    assert "baselineState" not in results(decide(checked(pair("drafts/a.md", "archive/b.md")), policy()))[0]


def test_a_finding_with_one_match_allowed_is_not_suppressed() -> None:
    found = checked(pair("drafts/a.md", "archive/1.md"), pair("drafts/a.md", "archive/2.md"))
    check = decide(found, policy(allow=(AllowRule(reason="ours", against="archive/1.md"),)))
    (result,) = results(check)
    assert "suppressions" not in result
    assert result["relatedLocations"][1]["message"]["text"].endswith("[allowed: ours]")


def test_rules_have_the_level_at_which_they_fail() -> None:
    check = decide(checked(), policy(fail_on=Verdict.REVISION))
    rules = log(check)["runs"][0]["tool"]["driver"]["rules"]
    assert {rule["id"]: rule["defaultConfiguration"]["level"] for rule in rules} == {
        "identical": "error",
        "copy": "error",
        "revision": "error",
        "excerpt": "warning",
        "rewrite": "warning",
        "related": "note",
        "template": "note",
    }


def test_two_copies_of_one_text_have_fingerprints_of_their_own_wherever_they_stand() -> None:
    def prints(*names: str) -> list[str]:
        texts = [article(name, "The same words.") for name in names]
        found = checked(*(pair(name, "archive/b.md") for name in names), articles=texts)
        return sorted(result["partialFingerprints"]["newsdedup/v1"] for result in results(decide(found, policy())))

    # what is known is made up from its name, and the same in both
    assert len(set(prints("drafts/a.md", "drafts/b.md"))) == 2
    assert prints("drafts/a.md", "drafts/b.md") == prints("moved/x.md", "moved/y.md")


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("drafts/ä b#1?.md", "drafts/%C3%A4%20b%231%3F.md"),
        ("a:b.md", "a%3Ab.md"),
        ("100%.md", "100%25.md"),
        ("bad\udcff.md", "bad%FF.md"),
        ("lone\ud800.md", "lone%5Cud800.md"),
        ("a\n\\x1b##[b.md", "a%0A%5Cx1b%23%23%5Bb.md"),
    ],
)
def test_names_are_percent_encoded(name: str, uri: str) -> None:
    (result,) = results(decide(checked(pair(name, "archive/b.md")), policy()))
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri, "uriBaseId": "%SRCROOT%"}
    if name.isprintable():
        assert unquote(uri) == name


def test_files_are_named_from_the_top_of_the_checkout() -> None:
    (result,) = results(replace(decide(checked(pair("a.md", "../archive/b.md")), policy()), folder="drafts"))
    places = [result["locations"][0], result["relatedLocations"][0]]
    assert {place["physicalLocation"]["artifactLocation"]["uri"] for place in places} == {"drafts/a.md", "archive/b.md"}


def test_a_file_elsewhere_has_its_whole_address() -> None:
    far = article("drafts/a.md", origin="/srv/news/a b.md")
    (result,) = results(decide(checked(pair("drafts/a.md", "archive/b.md"), articles=[far]), policy()))
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///srv/news/a%20b.md"}


def test_braces_and_links_in_names_are_text() -> None:
    names = ("drafts/{0}.md", "drafts/[slug].md", "drafts/[a](1).md")
    texts = [
        results(decide(checked(pair(name, "archive/b.md")), policy()))[0]["message"]["text"].partition(": ")[0]
        for name in names
    ]
    assert texts == ["drafts/{{0}}.md", "drafts/[slug].md", "drafts/\\[a\\](1).md"]


def test_skipped_inputs_and_notes_are_notifications() -> None:
    run = log(shown_check())["runs"][0]
    assert run["invocations"] == [
        {
            "executionSuccessful": True,
            "toolExecutionNotifications": [
                {"level": "warning", "message": {"text": "drafts/z.bin: binary"}},
                {"level": "note", "message": {"text": "a note of the run"}},
                {"level": "note", "message": {"text": 'allow rule 2 ("gone") expired on 2026-01-31'}},
            ],
        }
    ]


def test_a_result_is_one_line() -> None:
    lines = list(sarif_lines(shown_check()))
    assert sum('"ruleIndex"' in line for line in lines) == 5
    many = replace(shown_check(), findings=shown_check().findings * 3)
    assert len(list(sarif_lines(many))) == len(lines) + 10


def test_a_skipped_input_with_braces_is_text() -> None:
    check = decide(checked(skipped=(Skipped(input="{x}", reason="binary"),)), policy())
    notes = log(check)["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert notes[0]["message"]["text"] == "{{x}}: binary"
