"""A check as JUnit XML: every new article is a test case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from newsdedup.gate.check import Check, Finding, file_of
from newsdedup.report.findings_words import closing_counts, finding_line
from newsdedup.report.plain import CAVEAT, skipped_text, visible

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_LOST = "\N{REPLACEMENT CHARACTER}"


def junit_lines(check: Check) -> Iterator[str]:
    """One suite: a failure for an article that fails, `skipped` for one whose findings are all suppressed.

    What does not fail is told in `system-out`. Files are named from the top of the checkout.
    """
    by_article: dict[str, list[Finding]] = {}
    for finding in check.findings:
        by_article.setdefault(finding.lead.article.id, []).append(finding)
    failed = {id_ for id_, findings in by_article.items() if any(each.fails for each in findings)}
    skipped = {id_ for id_, findings in by_article.items() if all(each.suppressed for each in findings)}
    counts = f'tests="{len(check.checked.new)}" failures="{len(failed)}" errors="0" skipped="{len(skipped)}"'
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="newsdedup" {counts}>'
    yield f'<testsuite name="newsdedup" {counts}>'
    for id_ in check.checked.new:
        yield from _written(_case(id_, by_article.get(id_, ()), check.folder))
    yield from _written(_text_element("system-out", _tail(check)))
    yield "</testsuite>"
    yield "</testsuites>"


def _case(id_: str, findings: Sequence[Finding], folder: str) -> Element:
    from xml.etree.ElementTree import Element  # noqa: PLC0415  # 10 ms, and --help waits for every import

    case = Element("testcase", {"classname": "newsdedup", "name": _harmless(id_)})
    if findings:
        case.set("file", _NOT_XML.sub(_LOST, file_of(findings[0].lead.article, folder)))
    failing = [finding for finding in findings if finding.fails]
    if failing:
        failure = _text_element("failure", [finding_line(finding) for finding in failing])
        failure.set("message", _harmless(finding_line(failing[0])))
        failure.set("type", str(failing[0].lead.pair.verdict))
        case.append(failure)
    elif findings and all(finding.suppressed for finding in findings):
        case.append(Element("skipped", {"message": _harmless(finding_line(findings[0]))}))
    rest = [finding_line(finding) for finding in findings if not finding.fails]
    if rest:
        case.append(_text_element("system-out", rest))
    return case


def _tail(check: Check) -> list[str]:
    skipped = [f"skipped {skipped_text(each)}" for each in check.checked.result.skipped]
    return [*skipped, *(f"note: {note}" for note in check.notes), f"{closing_counts(check)}. {CAVEAT}"]


def _text_element(tag: str, lines: Sequence[str]) -> Element:
    from xml.etree.ElementTree import Element  # noqa: PLC0415

    element = Element(tag)
    element.text = "\n".join(map(_harmless, lines))
    return element


def _written(element: Element) -> Iterator[str]:
    from xml.etree.ElementTree import tostring  # noqa: PLC0415

    written: str = tostring(element, encoding="unicode")
    yield from written.replace("##[", "##&#91;").split("\n")  # GitHub's runner takes it for a command


def _harmless(text: str) -> str:
    """Without what XML 1.0 cannot hold, escaped or not."""
    return _NOT_XML.sub(_LOST, visible(text))
