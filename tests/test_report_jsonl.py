"""Result lines and the JSON document: keys, order, numbers, characters."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from newsdedup.report.json_document import document_lines
from newsdedup.report.jsonl import result_lines
from newsdedup.report.plain import rounded
from test_report_samples import INGESTED, NOTHING, RESULT, REWRITE

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))  # lone surrogates too


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in result_lines(RESULT)]


def test_lines_stand_in_the_order_of_the_contract() -> None:
    kinds = [line["type"] for line in lines()]
    assert kinds == ["run", *["pair"] * 3, *["cluster"] * 2, *["skipped"] * 2, "note", "summary"]


def test_keys_stand_in_the_order_of_the_contract() -> None:
    by_type = {line["type"]: line for line in lines()}
    pair = lines()[1]
    assert list(by_type["run"]) == ["type", "schema", "version", "inputs", "articles", "skipped", "parameters"]
    assert list(pair) == [
        *("type", "left", "right", "verdict", "score", "facts", "telling", "jaccard", "containment"),
        *("source", "reasons", "evidence"),
    ]
    assert list(pair["evidence"]) == ["sentences", "altered_quotes", "changed_facts", "shared_facts"]
    assert list(by_type["cluster"]) == [
        *("type", "id", "canonical", "members", "verdicts", "tellings", "related", "first", "reasons"),
    ]
    assert list(by_type["skipped"]) == ["type", "input", "reason", "detail"]
    assert list(by_type["note"]) == ["type", "message"]
    assert list(by_type["summary"]) == ["type", "articles", "pairs", "clusters", "skipped", "seconds"]


def test_a_pair_line_is_these_bytes() -> None:
    assert next(line for line in result_lines(RESULT) if '"excerpt"' in line) == (
        '{"type":"pair","left":"a [bold]note[/bold].txt","right":"b.txt","verdict":"excerpt","score":0.71,'
        '"facts":0.5,"telling":0.0,"jaccard":0.0,"containment":[0.9,0.1],"source":null,"reasons":[],'
        '"evidence":{"sentences":[],"altered_quotes":[],"changed_facts":[],"shared_facts":[]}}'
    )


def test_a_cluster_says_who_else_tells_it_and_who_was_first() -> None:
    told, untold = (line for line in lines() if line["type"] == "cluster")
    assert told["tellings"] == 3
    assert told["related"] == ["elsewhere.txt", "m05.txt"]
    assert told["first"] == "001_0d285b02f7b2ae24.txt"
    assert told["reasons"] == ["canonical: most complete (412 words)", "first: the source side in 1 of 1 pair"]
    assert [untold[name] for name in ("tellings", "related", "first", "reasons")] == [1, [], None, []]


def test_evidence_keeps_its_shape() -> None:
    evidence = lines()[1]["evidence"]
    assert evidence["sentences"] == [[1, 2, 0.81], [2, 3, 0.74], [3, 4, 0.667], [3, 5, 0.5]]
    assert evidence["altered_quotes"] == [list(quotes) for quotes in REWRITE.evidence.altered_quotes]
    assert evidence["changed_facts"] == [["10", "ten"], ["Crimea Peninsula", None]]
    assert evidence["shared_facts"] == ["Shoigu", "Wei Fenghe", "2025"]


def test_passages_and_details_stand_only_where_there_are_some() -> None:
    _, rewrite, _, copy, *rest = lines()
    assert "passages" not in rewrite["evidence"]
    assert copy["evidence"]["passages"] == [[1, 4, 2, 5]]
    empty, binary = (line for line in rest if line["type"] == "skipped")
    assert "detail" not in empty
    assert binary["detail"] == "z.bin: a NUL byte at offset 3"


def test_characters_beyond_ascii_are_kept() -> None:
    assert any("日本語の記事" in line for line in result_lines(RESULT))


def test_document_holds_the_same_objects() -> None:
    document = json.loads("\n".join(document_lines(RESULT)))
    assert list(document) == ["run", "pairs", "clusters", "boilerplate", "skipped", "notes", "summary"]
    parts = (document[name] for name in ("pairs", "clusters", "boilerplate", "skipped", "notes"))
    assert [document["run"], *(each for part in parts for each in part), document["summary"]] == lines()


def test_document_of_nothing_is_a_document() -> None:
    document = json.loads("\n".join(document_lines(NOTHING)))
    assert (document["pairs"], document["notes"]) == ([], [])


@given(st.floats())
def test_numbers_have_three_decimals_and_are_numbers(value: float) -> None:
    shown = json.loads(json.dumps(rounded(value), allow_nan=False))
    assert shown == round(shown, 3)
    assert not str(shown).startswith("-0.0") or shown < 0


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_becomes_one_line_of_utf8_json(name: str, reason: str) -> None:
    odd = replace(RESULT, pairs=(replace(REWRITE, left=name, reasons=(reason,)),), parameters={name: [reason]})
    for line in result_lines(odd):
        assert "\n" not in line
        line.encode()
        json.loads(line)
    json.loads("\n".join(document_lines(odd)))


def test_lone_surrogates_are_told_apart() -> None:
    names = ("a\udc80", "a\udc81")
    shown = {
        json.loads(list(result_lines(replace(RESULT, pairs=(replace(REWRITE, left=name),))))[1])["left"]
        for name in names
    }
    assert shown == {"a\\udc80", "a\\udc81"}


def test_the_summary_of_an_ingest_says_what_it_did() -> None:
    summary = json.loads(list(result_lines(INGESTED))[-1])
    assert summary == {
        **{"type": "summary", "articles": 6, "pairs": 3, "clusters": 2, "skipped": 1, "seconds": 0.412},
        **{"run": 12, "new": 40, "versions": 2, "repeated": 58, "store_articles": 10240, "store_bytes": 33100000},
    }


def test_a_cluster_of_an_ingest_says_how_it_has_grown() -> None:
    found = [json.loads(line) for line in result_lines(INGESTED)]
    new, grown = (line for line in found if line["type"] == "cluster")
    assert (new["joined"], new["absorbed"]) == (new["members"], [])
    assert (grown["joined"], grown["absorbed"]) == (["m05.txt", "m12.txt"], ["0a0a0a0a", "1b1b1b1b"])
    still = replace(INGESTED, clusters=tuple(replace(each, joined=(), absorbed=()) for each in RESULT.clusters))
    assert [
        (line["joined"], line["absorbed"]) for line in map(json.loads, result_lines(still)) if "joined" in line
    ] == [
        ([], []),
        ([], []),
    ]


def test_a_store_that_is_reported_says_so_of_the_clusters_that_have_grown() -> None:
    told = replace(INGESTED, figures=None, clusters=(INGESTED.clusters[0], RESULT.clusters[1]))
    assert [("joined" in line) for line in map(json.loads, result_lines(told)) if line["type"] == "cluster"] == [
        True,
        False,
    ]


def test_the_document_of_an_ingest_holds_the_same_objects() -> None:
    document = json.loads("\n".join(document_lines(INGESTED)))
    flat = [json.loads(line) for line in result_lines(INGESTED)]
    assert document["summary"] == flat[-1]
    assert document["clusters"] == [line for line in flat if line["type"] == "cluster"]
