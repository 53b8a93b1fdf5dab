"""What `compare` shows: words that changed inside sentences, every sentence once, all numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsdedup.report.comparison import comparison_document, comparison_lines, comparison_text, named_numbers
from newsdedup.report.comparison_terminal import comparison_terminal
from newsdedup.report.diff import marked, rows, word_diff
from newsdedup.report.jsonl import pair_object
from newsdedup.report.plain import Style, cells
from newsdedup.result import AlignedSentence, Comparison, Evidence
from test_report_samples import COMPARISON, LEFT, LEFT_SENTENCES, QUOTES, REWRITE, RIGHT_SENTENCES

WORDS = st.lists(st.sampled_from(["the", "Tu-95MS", "20,000", "said", ",", "“", '"', "日本", "don't"]), max_size=12)


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        ("He said it.", "He said it.", "He said it."),
        ("He said so today.", "He told us so today.", "He [-said-]{+told us+} so today."),
        ("two Tu-95MS bombers flew", "three Tu-95MS bombers flew", "[-two-]{+three+} Tu-95MS bombers flew"),
        (
            "some 20,000 people came",
            "some 21,000 people came",
            "some [-20,000-]{+21,000+} people came",  # words, no characters
        ),
        ("“We don’t know,” he said", '"We don\'t know," he said', "“We don’t know,” he said"),  # typography
        ("one, two, three went", "one; two, three went", "one[-,-]{+;+} two, three went"),
        ("Xi said, Putin came here", "Wei told, Putin came here", "[-Xi said-]{+Wei told+}, Putin came here"),
        ("批准路线图", "批准了路线图", "批准{+了+}路线图"),  # no spaces between words: by character
        ("in der Früh", "in der Frühe", "in der [-Früh-]{+Frühe+}"),
        ("", "new", "{+new+}"),
        ("old", "", "[-old-]"),
        ("", "", ""),
        ("entirely other words here", "nothing like it", "[-entirely other words here-]{+nothing like it+}"),
    ],
)
def test_changed_words_are_marked(left: str, right: str, shown: str) -> None:
    assert marked(word_diff(left, right)) == shown


def test_a_lone_mark_between_changes_joins_them() -> None:
    shown = marked(word_diff("Xi, Wei and others went home", "Li, Putin and others went home"))
    assert shown == "[-Xi, Wei-]{+Li, Putin+} and others went home"


@given(WORDS, WORDS)
def test_each_side_can_be_read_back(left: list[str], right: list[str]) -> None:
    segments = word_diff(" ".join(left), " ".join(right))
    same = str.maketrans({"“": '"', " ": ""})
    for skip, words in (("+", left), ("-", right)):
        read = "".join(segment.text for segment in segments if segment.kind != skip)
        assert read.translate(same) == "".join(words).translate(same)
    assert all(segment.text for segment in segments)


def test_a_text_against_itself_has_no_change() -> None:
    text = " ".join(LEFT_SENTENCES)
    assert {segment.kind for segment in word_diff(text, text)} == {"="}


def test_huge_sentences_are_shown_as_replaced() -> None:
    segments = word_diff("a b " * 5_000, "b a " * 5_000)
    assert [segment.kind for segment in segments] == ["-", "+"]


def test_rows_hold_every_sentence_once_in_its_place() -> None:
    found = [(row.left, row.right, row.similarity) for row in rows(COMPARISON)]
    assert found == [
        ((), (1,), None),
        ((1,), (2,), 0.81),
        ((2,), (3,), 0.74),
        ((3,), (4, 5), 0.6666666),  # split by the rewriter
        ((), (6,), None),
        ((4,), (), None),
    ]


@settings(max_examples=100)
@given(
    st.integers(0, 6),
    st.integers(0, 6),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=8, unique=True),
)
@example(lefts=2, rights=2, aligned=[(1, 2), (2, 1), (2, 2)])  # the last joins two groups
def test_no_sentence_is_lost_or_shown_twice(lefts: int, rights: int, aligned: list[tuple[int, int]]) -> None:
    sentences = tuple(AlignedSentence(left=left, right=right, similarity=0.5) for left, right in sorted(aligned))
    comparison = Comparison(
        pair=replace(REWRITE, evidence=Evidence(sentences=sentences)),
        left_sentences=tuple(f"left {number}" for number in range(1, lefts + 1)),
        right_sentences=tuple(f"right {number}" for number in range(1, rights + 1)),
    )
    found = list(rows(comparison))
    assert sorted(number for row in found for number in row.left) == list(range(1, lefts + 1))
    assert sorted(number for row in found for number in row.right) == list(range(1, rights + 1))
    for row in found:
        assert (row.similarity is None) == (not row.left or not row.right)


def test_text_of_a_comparison_is_these_lines() -> None:
    assert list(comparison_text(COMPARISON, Style())) == [
        "rewrite  score 0.98  facts 0.93  telling 0.58",
        "left   000_879c634248b507b8.txt  (likely source)",
        "right  001_0d285b02f7b2ae24.txt",
        "",
        "reasons",
        "  41 of 44 names and numbers of the shorter text stand in the other, told in the same order",
        "  left is likelier the source: it is the more complete text",
        "",
        "numbers",
        "  score                      0.980",
        "  facts                      0.930",
        "  telling                    0.582",
        "  jaccard                    0.121",
        "  containment_left_in_right  0.310",
        "  containment_right_in_left  0.180",
        "  shared_rare_terms          12.000",
        "  lcs_of_stems               0.610",
        "",
        "altered quotes",
        f"  left   {QUOTES[0]}",
        f"  right  {QUOTES[1]}",
        "",
        "changed (left -> right)",
        "  10 -> ten",
        "  Crimea Peninsula -> -",
        "",
        "shared facts",
        "  Shoigu, Wei Fenghe, 2025",
        "",
        "set aside: page chrome, boilerplate",
        "  000_879c634248b507b8.txt  comments: Comments / 28",
        "  001_0d285b02f7b2ae24.txt  date: date 2021-11-23",
        "",
        "sentences ([-only left-] {+only right+})",
        "  = 1        only right  {+Here is the news.+}",
        "  1 = 2      0.81        Russia and China [-approved of-]{+established+} a roadmap on Tuesday.",
        '  2 = 3      0.74        The two countries "[-expressed-]{+indicated+} a [-shared interest-]'
        "{+common desire+} in [-stepping-]{+boosting+} up strategic military exercises and "
        '[-joint-]{+cooperative+} patrols."',
        "  3 = 4+5    0.66        [-In August,-] Shoigu visited China {+in August+} to [-attend-]"
        "{+participate in+} joint war games[-, which-]{+. It+} marked the first time.",
        "  = 6        only right  {+This is a condensed version of the information.+}",
        "  4          only left   [-They were the latest in a series of war games.-]",
        "",
        "A score is evidence, not an accusation.",
    ]


def test_long_lists_of_facts_are_counted_unless_verbose() -> None:
    facts = tuple(f"fact{number}" for number in range(30))
    many = replace(COMPARISON, pair=replace(REWRITE, evidence=Evidence(shared_facts=facts)))
    assert any(line.endswith("fact19, and 10 more (-v lists all)") for line in comparison_text(many, Style()))
    assert any(line.endswith("fact29") for line in comparison_text(many, Style(verbose=True)))


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("color", [False, True])
def test_terminal_marks_words_and_fits(width: int, color: bool) -> None:
    found = list(comparison_terminal(COMPARISON, Style(width=width, color=color)))
    if color:
        assert any("\x1b[9;31mjoint\x1b[0m" in line for line in found)
        assert any("\x1b[32mcooperative\x1b[0m" in line for line in found)
    else:
        assert "{+cooperative+}" in " ".join(found)
        assert max(map(cells, found)) <= width
    assert any("source" in line and LEFT in line for line in found)


def test_empty_sections_are_left_out() -> None:
    bare = Comparison(pair=replace(REWRITE, reasons=(), evidence=Evidence()), left_sentences=(), right_sentences=())
    for lines in (comparison_text(bare, Style()), comparison_terminal(bare, Style())):
        shown = "\n".join(lines)
        assert "numbers" in shown
        for title in ("reasons", "altered quotes", "changed (", "shared facts", "set aside"):
            assert title not in shown


def test_numbers_name_each_feature_once() -> None:
    assert named_numbers(COMPARISON)["facts"] == 0.93
    assert list(named_numbers(COMPARISON))[-2:] == ["shared_rare_terms", "lcs_of_stems"]


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in comparison_lines(COMPARISON)]


def test_lines_hold_head_pair_chrome_and_alignment() -> None:
    found = lines()
    assert [line["type"] for line in found] == ["comparison", "pair", *["set_aside"] * 2, *["alignment"] * 6]
    assert list(found[0]) == ["type", "schema", "left_sentences", "right_sentences", "numbers"]
    assert (found[0]["schema"], found[0]["left_sentences"], found[0]["right_sentences"]) == (
        1,
        len(LEFT_SENTENCES),
        len(RIGHT_SENTENCES),
    )
    assert found[1] == pair_object(REWRITE)
    assert found[2] == {"type": "set_aside", "article": LEFT, "kind": "comments", "line": "Comments / 28"}
    assert found[5]["words"] == [
        ["=", "Russia and China"],
        ["-", "approved of"],
        ["+", "established"],
        ["=", "a roadmap on Tuesday."],
    ]


def test_document_holds_the_same_objects() -> None:
    document = json.loads("\n".join(comparison_document(COMPARISON)))
    assert list(document) == ["comparison", "pair", "set_aside", "alignment"]
    assert [document["comparison"], document["pair"], *document["set_aside"], *document["alignment"]] == lines()
