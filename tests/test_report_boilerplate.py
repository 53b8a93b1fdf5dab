"""What was set aside as boilerplate, in every format: counted, listed on demand, and as data."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from newsdedup.report.comparison import comparison_document, comparison_lines, comparison_text
from newsdedup.report.comparison_terminal import comparison_terminal
from newsdedup.report.json_document import document_lines
from newsdedup.report.jsonl import result_lines
from newsdedup.report.plain import Style
from newsdedup.report.terminal import terminal_lines
from newsdedup.report.text import text_lines
from newsdedup.result import Boilerplate
from test_report_samples import COMPARISON, NOTHING, RESULT

PASSAGES = (
    Boilerplate(source=None, text="All rights with the author", articles=3),
    Boilerplate(source="Gazette", text="日本語 [bold]\x1b[2J", articles=1200),
    Boilerplate(source="Gazette", text="The Gazette belongs to its readers", articles=1),
)
WITH = replace(RESULT, boilerplate=PASSAGES)
VERBOSE = Style(verbose=True)

OBJECTS = [
    {"type": "boilerplate", "source": None, "articles": 3, "text": "All rights with the author"},
    {"type": "boilerplate", "source": "Gazette", "articles": 1200, "text": "日本語 [bold]\x1b[2J"},
    {"type": "boilerplate", "source": "Gazette", "articles": 1, "text": "The Gazette belongs to its readers"},
]


def test_result_lines_have_one_object_a_passage_behind_the_clusters() -> None:
    found = [json.loads(line) for line in result_lines(WITH)]
    kinds = [each["type"] for each in found]
    assert kinds == [
        *("run", *["pair"] * 3, *["cluster"] * 2, *["boilerplate"] * 3, *["skipped"] * 2, "note", "summary")
    ]
    assert [each for each in found if each["type"] == "boilerplate"] == OBJECTS
    assert all(list(each) == ["type", "source", "articles", "text"] for each in found if each in OBJECTS)
    assert [each for each in found if each not in OBJECTS] == [json.loads(line) for line in result_lines(RESULT)]


def test_document_holds_the_same_objects() -> None:
    assert json.loads("\n".join(document_lines(WITH)))["boilerplate"] == OBJECTS
    assert json.loads("\n".join(document_lines(RESULT)))["boilerplate"] == []


def test_text_counts_the_passages_and_lists_them_on_demand() -> None:
    counted = "set aside as boilerplate: 3 passages of 2 outlets"
    plain, verbose = list(text_lines(WITH, Style())), list(text_lines(WITH, VERBOSE))
    place = plain.index(f"{counted} (-v lists them)")
    assert plain[:place] + plain[place + 1 :] == list(text_lines(RESULT, Style()))
    place = verbose.index(counted)
    assert verbose[place + 1 : place + 4] == [
        "    -, 3 articles: All rights with the author",
        "    Gazette, 1,200 articles: 日本語 [bold]\\x1b[2J",
        "    Gazette, 1 article: The Gazette belongs to its readers",
    ]
    assert verbose[:place] + verbose[place + 4 :] == list(text_lines(RESULT, VERBOSE))


def test_one_is_one() -> None:
    one = replace(NOTHING, boilerplate=PASSAGES[:1])
    assert "set aside as boilerplate: 1 passage of 1 outlet (-v lists them)" in list(text_lines(one, Style()))


@pytest.mark.parametrize("verbose", [False, True])
def test_terminal_says_the_same(verbose: bool) -> None:
    style = Style(verbose=verbose, width=120)
    shown = [line.rstrip() for line in terminal_lines(WITH, style)]
    told = [line for line in text_lines(WITH, style) if line not in list(text_lines(RESULT, style))]
    assert len(told) == (4 if verbose else 1)
    place = shown.index(told[0])
    assert shown[place : place + len(told)] == told


def test_findings_only_leaves_it_out() -> None:
    style = Style(findings_only=True)
    assert list(text_lines(WITH, style)) == list(text_lines(RESULT, style))


def test_compare_lists_it_beside_the_page_chrome() -> None:
    aside = (*COMPARISON.set_aside, (COMPARISON.pair.left, "boilerplate", "The Gazette belongs to [all]\x1b[2J"))
    found = replace(COMPARISON, set_aside=aside)
    told = list(comparison_text(found, Style()))
    place = told.index("set aside: page chrome, boilerplate")
    assert told[place + 1 : place + 4] == [
        *(f"  {name}  {kind}: {line}" for name, kind, line in COMPARISON.set_aside),
        f"  {COMPARISON.pair.left}  boilerplate: The Gazette belongs to [all]\\x1b[2J",
    ]
    shown = "\n".join(comparison_terminal(found, Style(width=120)))
    assert "set aside: page chrome, boilerplate" in shown
    assert "boilerplate: The Gazette belongs to [all]\\x1b[2J" in shown
    expected = {"type": "set_aside", "article": aside[-1][0], "kind": "boilerplate", "line": aside[-1][2]}
    assert json.loads("\n".join(comparison_document(found)))["set_aside"][-1] == expected
    assert expected in [json.loads(line) for line in comparison_lines(found)]
    nothing = list(comparison_text(replace(COMPARISON, set_aside=()), Style()))
    assert "set aside: page chrome, boilerplate" not in nothing
