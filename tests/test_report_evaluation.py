"""An evaluation as text and as JSON: every line of a set made by hand, and what -q, -v and --list change."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from newsdedup import __version__
from newsdedup.article import Article
from newsdedup.gold.evaluate import Evaluation
from newsdedup.gold.load import Gold, LabelledPair
from newsdedup.gold.rates import Recall
from newsdedup.report.evaluation import MOST_LISTED, evaluation_document, evaluation_text
from newsdedup.report.plain import CAVEAT, Style
from newsdedup.result import SCHEMA, Verdict
from newsdedup.run import Parameters
from test_gold_evaluate import GOLD, found, judged

TEXT = """\
hand: 7 articles, 5 wanted pairs, 4 hard negatives, 1 ignored
reported: identical, copy, revision, excerpt or rewrite, with a score of 0.7 or more

wanted   kind  reported  of  recall  not compared  verdict agrees
copy     all          2   3   0.667             1           0.500
copy     feed         0   1   0.000             1               -
copy     wire         2   2   1.000             0           0.500
rewrite  spun         0   2   0.000             1               -

not wanted   reported  of  per 1,000
independent         1   2     500.00
followup            0   1       0.00
template            0   1       0.00
distinct            2  11     181.82

precision 0.400  recall 0.400  F1 0.400  verdict agrees 0.500

labels and verdicts, reported or not
label        identical  copy  revision  excerpt  rewrite  related  template  distinct  not compared
copy                 0     1         1        0        0        0         0         0             1
rewrite              0     0         0        0        1        0         0         0             1
independent          0     0         0        0        1        1         0         0             0
followup             0     0         0        0        0        0         0         0             1
template             0     0         0        0        0        0         0         0             1

recall when the score alone decides
false reports allowed  of hard negatives  per 1,000  found  of  recall  score above
                    0                  4       0.00      2   5   0.400        0.750
                    1                  4     250.00      3   5   0.600        0.200

reliability of the score (the share wanted depends on the labels that the set has)
score         pairs  mean score  share wanted
0.00 to 0.10      0           -             -
0.10 to 0.30      1       0.200         0.000
0.30 to 0.50      0           -             -
0.50 to 0.70      1       0.650         1.000
0.70 to 0.80      1       0.750         0.000
0.80 to 0.90      0           -             -
0.90 to 0.97      1       0.900         1.000
0.97 to 1.00      1       1.000         1.000
Brier score 0.147, expected calibration error 0.280; 5 wanted or hard pairs that were compared

missed: 3
label    kind          verdict       score  facts  telling  left  right
copy     feed          not compared   0.85   0.60     0.40  a     d
rewrite  spun J3=0.4   not compared   0.85   0.60     0.40  a     f
rewrite  spun J3=0.01  rewrite        0.65   0.60     0.40  a     e

false reports: 3
label        kind        verdict  score  facts  telling  left  right
distinct     not listed  rewrite   0.95   0.60     0.40  c     d
distinct     -           excerpt   0.80   0.60     0.40  b     g
independent  -           rewrite   0.75   0.60     0.40  b     c

distinct: labelled so, or not listed at all
not compared: no candidate, dropped at the gate, or outside the window
numbers of a missed pair that was not compared: those of a direct comparison
skipped 1 record: 1 empty
note: a note
A score is evidence, not an accusation.
"""

DOCUMENT = """\
{"type":"evaluation",
"schema":@SCHEMA@,
"version":"@VERSION@",
"name":"hand",
"articles":7,
"skipped":1,
"wanted":5,
"hard":4,
"ignored":1,
"parameters":{"views":["copy"]},
"reports":["identical","copy","revision","excerpt","rewrite"],
"min_score":0.7,
"precision":0.4,
"recall":0.4,
"f1":0.4,
"verdict_agreement":0.5,
"true_reports":2,
"false_reports":3,
"recall_by":[
{"label":"copy","detail":"feed","wanted":1,"compared":0,"reported":0,"agreeing":0,"recall":0.0},
{"label":"copy","detail":"wire","wanted":2,"compared":2,"reported":2,"agreeing":1,"recall":1.0},
{"label":"rewrite","detail":"spun","wanted":2,"compared":1,"reported":0,"agreeing":0,"recall":0.0}
],
"false_by":[
{"label":"independent","reported":1,"pairs":2},
{"label":"followup","reported":0,"pairs":1},
{"label":"template","reported":0,"pairs":1},
{"label":"distinct","reported":2,"pairs":11}
],
@VERDICTS@"recall_at":[
{"allowed":0,"hard":4,"score_above":0.75,"false":0,"found":2,"wanted":5,"recall":0.4},
{"allowed":1,"hard":4,"score_above":0.2,"false":1,"found":3,"wanted":5,"recall":0.6}
],
@CALIBRATION@"missed":[
{"left":"a","right":"d","label":"copy","detail":"feed","compared":false,"verdict":"rewrite","score":0.85,"facts":0.6,"telling":0.4},
{"left":"a","right":"f","label":"rewrite","detail":"spun J3=0.4","compared":false,"verdict":"rewrite","score":0.85,"facts":0.6,"telling":0.4},
{"left":"a","right":"e","label":"rewrite","detail":"spun J3=0.01","compared":true,"verdict":"rewrite","score":0.65,"facts":0.6,"telling":0.4}
],
"false":[
{"left":"c","right":"d","label":"distinct","detail":"not listed","compared":true,"verdict":"rewrite","score":0.95,"facts":0.6,"telling":0.4},
{"left":"b","right":"g","label":"distinct","detail":"","compared":true,"verdict":"excerpt","score":0.8,"facts":0.6,"telling":0.4},
{"left":"b","right":"c","label":"independent","detail":"","compared":true,"verdict":"rewrite","score":0.75,"facts":0.6,"telling":0.4}
],
"skipped_inputs":[
{"type":"skipped","input":"x","reason":"empty"}
],
"notes":[
{"type":"note","message":"a note"}
]
}
"""  # noqa: E501  # a value a line is what is promised


def text(evaluation: Evaluation, style: Style | None = None, most: int = MOST_LISTED) -> list[str]:
    return list(evaluation_text(evaluation, style or Style(), most))


def document(evaluation: Evaluation) -> dict[str, Any]:
    made: dict[str, Any] = json.loads("\n".join(evaluation_document(evaluation)))
    return made


# text


def test_the_whole_text() -> None:
    assert "\n".join(text(judged())) + "\n" == TEXT


def test_the_text_of_a_set_without_labels() -> None:
    lines = text(judged(gold=replace(GOLD, pairs=()), pairs=()))
    assert "nothing is wanted: no pair has a label that must be reported" in lines
    assert "precision -  recall -  F1 -  verdict agrees -" in lines
    assert "labels and verdicts, reported or not" not in lines
    assert "recall when the score alone decides" not in lines, "nothing to rank against"
    assert "Brier score -, expected calibration error -; 0 wanted or hard pairs that were compared" in lines
    assert "numbers of a missed pair that was not compared: those of a direct comparison" not in lines


def test_a_ranking_that_needs_no_bar_says_so() -> None:
    pairs = tuple(each for each in GOLD.pairs if each.label != "independent") + GOLD.pairs[6:7]
    lines = text(judged(gold=replace(GOLD, pairs=pairs)))
    assert "                    1                  3     333.33      3   5   0.600          any" in lines


def test_quiet_leaves_recall_false_reports_and_totals() -> None:
    lines = text(judged(), Style(findings_only=True))
    whole = TEXT.splitlines()
    assert lines == whole[3 : whole.index("labels and verdicts, reported or not") - 1]
    assert lines[-1].startswith("precision ")


@pytest.mark.parametrize(
    ("style", "most", "shown", "told"),
    [
        (Style(), 3, 3, None),
        (Style(), 2, 2, "and 1 more (-v lists all)"),
        (Style(verbose=True), 2, 3, None),
    ],
)
def test_as_many_errors_are_listed_as_asked_for(style: Style, most: int, shown: int, told: str | None) -> None:
    lines = text(judged(), style, most)
    for title in ("missed: 3", "false reports: 3"):
        part = lines[lines.index(title) + 1 :]
        part = part[: part.index("")]
        assert part[0].startswith("label ")
        assert [line for line in part if line.startswith("and ")] == ([told] if told else [])
        assert len(part) == shown + 1 + (told is not None)


def test_errors_can_be_counted_only() -> None:
    lines = text(judged(), most=0)
    assert "missed: 3 (-v lists them)" in lines
    assert "false reports: 3 (-v lists them)" in lines
    assert not any(line.endswith("more (-v lists all)") for line in lines)
    assert not any(line.startswith("label  ") and "telling" in line for line in lines)
    assert "numbers of a missed pair that was not compared: those of a direct comparison" not in lines


def test_a_label_of_one_kind_has_one_line_and_no_kind_is_a_dash() -> None:
    pairs = (LabelledPair(left=0, right=1, label="copy", detail=""),)
    lines = text(judged(gold=replace(GOLD, pairs=pairs)))
    assert next(line for line in lines if line.startswith("copy ")).split() == "copy - 1 1 1.000 0 1.000".split()
    assert not any(line.startswith("copy     all") for line in lines)


@pytest.mark.parametrize(
    ("reported", "shown"), [(0, "0.000"), (1000, "0.500"), (1334, "0.667"), (1999, "0.999"), (2000, "1.000")]
)
def test_a_share_below_all_never_reads_as_1(reported: int, shown: str) -> None:
    row = Recall(label="copy", detail="", wanted=2000, compared=2000, reported=reported, agreeing=0)
    line = next(line for line in text(replace(judged(), recalls=(row,))) if line.startswith("copy "))
    assert line.split()[:5] == ["copy", "-", f"{reported:,}", "2,000", shown]


@pytest.mark.parametrize(
    ("parameters", "line"),
    [
        (
            Parameters(reported=frozenset({Verdict.COPY}), min_score=0.825),
            "reported: copy, with a score of 0.825 or more",
        ),
        (
            Parameters(reported=frozenset({Verdict.COPY, Verdict.IDENTICAL, Verdict.RELATED})),
            "reported: identical or copy, with a score of 0.7 or more",
        ),
        (Parameters(reported=frozenset({Verdict.RELATED})), "reported: nothing, with a score of 0.7 or more"),
    ],
)
def test_the_text_says_what_counts_as_reported(parameters: Parameters, line: str) -> None:
    assert text(judged(parameters))[1] == line


def test_hostile_names_are_shown_harmless() -> None:
    gold = Gold(
        name="set\x1b[31m",
        articles=(Article(id="a\x1b", text=""), Article(id="b\n", text="")),
        pairs=(LabelledPair(left=0, right=1, label="rewrite", detail="k\x07"),),
    )
    pairs = [found("a\x1b", "b\n", "related", 0.2)]
    lines = text(judged(gold=gold, pairs=pairs))
    assert not any(char in line for line in lines for char in "\x1b\n\x07")
    assert any(line.endswith("a\\x1b  b\\n") for line in lines)


def test_columns_stay_in_line_beside_wide_characters() -> None:
    pairs = (
        LabelledPair(left=0, right=1, label="copy", detail="通信社"),
        LabelledPair(left=0, right=2, label="copy", detail="wires"),
    )
    lines = text(judged(gold=replace(GOLD, pairs=pairs)))
    first, second = (next(line for line in lines if f"copy    {kind}" in line) for kind in ("通信社", "wires"))
    assert first.index("1.000") + 3 == second.index("1.000"), "three characters fill six columns"


def test_the_text_fits_100_columns_but_for_long_names_and_notes() -> None:
    assert max(map(len, TEXT.splitlines())) <= 100


# JSON


def test_the_whole_document() -> None:
    made = "\n".join(evaluation_document(judged())) + "\n"
    verdicts = made.index('"verdicts":'), made.index('"recall_at"')
    calibration = made.index('"calibration":'), made.index('"missed"')
    cut = f"{made[: verdicts[0]]}@VERDICTS@{made[verdicts[1] : calibration[0]]}@CALIBRATION@{made[calibration[1] :]}"
    assert cut == DOCUMENT.replace("@SCHEMA@", str(SCHEMA)).replace("@VERSION@", __version__)


def test_verdicts_and_calibration_in_the_document() -> None:
    made = document(judged())
    assert list(made["verdicts"]) == ["copy", "rewrite", "independent", "followup", "template"]
    assert made["verdicts"]["rewrite"] == {
        "identical": 0, "copy": 0, "revision": 0, "excerpt": 0, "rewrite": 1, "related": 0, "template": 0,
        "distinct": 0, "not compared": 1,
    }  # fmt: skip
    assert made["calibration"] == {
        "pairs": 5,
        "brier": 0.147,  # (0 + 0.1^2 + 0.35^2 + 0.75^2 + 0.2^2) / 5
        "expected_error": 0.28,  # (0.1 + 0.35 + 0.75 + 0.2) / 5
        "bins": [
            [0.0, 0.1, 0, None, None],
            [0.1, 0.3, 1, 0.2, 0.0],
            [0.3, 0.5, 0, None, None],
            [0.5, 0.7, 1, 0.65, 1.0],
            [0.7, 0.8, 1, 0.75, 0.0],
            [0.8, 0.9, 0, None, None],
            [0.9, 0.97, 1, 0.9, 1.0],
            [0.97, 1.0, 1, 1.0, 1.0],
        ],
    }


def test_the_document_of_a_set_without_labels_has_nulls() -> None:
    made = document(judged(gold=replace(GOLD, pairs=(), skipped=()), pairs=()))
    assert (made["type"], made["schema"]) == ("evaluation", SCHEMA)
    assert [made[name] for name in ("precision", "recall", "f1", "verdict_agreement")] == [None] * 4
    assert made["recall_at"][0]["score_above"] is None
    assert made["recall_at"][0]["recall"] is None
    assert (made["missed"], made["false"], made["skipped_inputs"], made["verdicts"]) == ([], [], [], {})


def test_a_pair_without_numbers_has_nulls() -> None:
    unmeasured = replace(judged().missed[0], verdict=None, score=None, facts=None, telling=None)
    made = document(replace(judged(), outcomes=(unmeasured,)))["missed"][0]
    assert [made[name] for name in ("verdict", "score", "facts", "telling")] == [None] * 4
    assert "-      -        -" in "\n".join(text(replace(judged(), outcomes=(unmeasured,))))


def test_the_text_ends_with_the_caveat() -> None:
    assert text(judged())[-1] == CAVEAT
