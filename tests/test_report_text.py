"""What people read of a scan: plain text and the terminal table."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdedup.article import Skipped
from newsdedup.report.comparison import comparison_text
from newsdedup.report.comparison_terminal import comparison_terminal
from newsdedup.report.plain import Style, cells, short, shortened, visible
from newsdedup.report.terminal import terminal_lines
from newsdedup.report.text import text_lines
from newsdedup.result import Cluster, Evidence
from test_report_samples import COMPARISON, FIGURES, INGESTED, LEFT, LONG, NOTHING, RESULT, REWRITE, RIGHT

PLAIN = Style()
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)
NASTY = st.sampled_from(["##[error]x", "::error::x", " \x85::x", "###[x", ":"]) | st.text(
    st.sampled_from("a#: \x1b[31m\x00\x07\n\r\t\x85\x9b\u202e\u2066\u2028\u200f\ufeff\udc80日́"), max_size=20
)
BIDI = set(map(chr, [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]))


def test_text_of_a_scan_is_these_lines() -> None:
    small = replace(RESULT, pairs=RESULT.pairs[:2], clusters=RESULT.clusters[:1])
    assert list(text_lines(small, PLAIN)) == [
        "verdict    score  facts  telling  source  left                      right",
        "rewrite     0.98   0.93     0.58  left    000_879c634248b507b8.txt  001_0d285b02f7b2ae24.txt",
        "excerpt     0.71   0.50     0.00  -       a [bold]note[/bold].txt   b.txt",
        "",
        "cluster 3f2a9c01: 2 articles; 1 rewrite; 3 independent tellings",
        "  keep  000_879c634248b507b8.txt",
        "  first 001_0d285b02f7b2ae24.txt",
        "",
        "skipped 2 inputs: 1 binary, 1 empty",
        "note: one bucket held more than 200 articles",
        "6 articles, 2 pairs, 1 cluster. A score is evidence, not an accusation.",
    ]


def test_verbose_adds_the_reasons_and_all_members() -> None:
    found = list(text_lines(RESULT, Style(verbose=True)))
    assert found[2:4] == [f"    {reason}" for reason in REWRITE.reasons]
    assert "        m13.txt" in found
    assert not any("more" in line.split() and "-v" in line for line in found)
    assert "        and 4 more (-v lists all)" in list(text_lines(RESULT, PLAIN))
    start = found.index("cluster 3f2a9c01: 2 articles; 1 rewrite; 3 independent tellings")
    assert found[start + 3 : start + 6] == [
        "    canonical: most complete (412 words)",
        "    first: the source side in 1 of 1 pair",
        "    independent reports: elsewhere.txt, m05.txt",
    ]
    assert not any("canonical:" in line for line in text_lines(RESULT, PLAIN))


def test_a_single_telling_goes_without_saying() -> None:
    assert "cluster 77aa0102: 14 articles; 12 copy, 1 rewrite" in list(text_lines(RESULT, PLAIN))


def test_the_kept_article_that_is_also_first_is_marked_once() -> None:
    both = replace(RESULT, clusters=(replace(RESULT.clusters[0], first=LEFT),))
    for lines in (text_lines, terminal_lines):
        shown = [line for line in lines(both, PLAIN) if line.startswith(("  keep", "  first"))]
        assert shown == [f"  keep  {LEFT}"]


def test_terminal_says_the_same_of_clusters_as_plain_text() -> None:
    for style in (Style(width=100), Style(width=100, verbose=True)):
        plain, table = list(text_lines(RESULT, style)), list(terminal_lines(RESULT, style))
        for cluster in ("cluster 3f2a9c01", "cluster 77aa0102"):
            parts = []
            for lines in (plain, table):
                start = next(place for place, line in enumerate(lines) if line.startswith(cluster))
                parts.append(lines[start : start + 6 if cluster.endswith("01") and style.verbose else start + 3])
            assert parts[0] == parts[1]


def test_findings_only_is_one_line_a_finding() -> None:
    found = list(text_lines(RESULT, Style(findings_only=True)))
    assert [line.split()[0] for line in found] == ["rewrite", "excerpt", "copy"]
    assert list(text_lines(NOTHING, Style(findings_only=True))) == []


def test_findings_of_an_ingest_are_its_clusters_too() -> None:
    whole = list(text_lines(INGESTED, PLAIN))
    end = next(place for place, line in enumerate(whole) if line.startswith("skipped "))
    assert list(text_lines(INGESTED, Style(findings_only=True))) == whole[1 : end - 1]
    assert any(line.startswith("cluster ") for line in whole[1:end])
    shown = "\n".join(terminal_lines(INGESTED, Style(findings_only=True)))
    assert (shown.count("cluster "), "skipped" in shown, "note:" in shown) == (len(INGESTED.clusters), False, False)


def test_nothing_found_is_said() -> None:
    expected = ["2 articles, 0 pairs, 0 clusters. A score is evidence, not an accusation."]
    assert list(text_lines(NOTHING, PLAIN)) == expected


def test_ids_are_never_cut_in_plain_text() -> None:
    assert any(LONG in line for line in text_lines(RESULT, PLAIN))


def test_plain_text_does_not_depend_on_the_time_it_took() -> None:
    assert list(text_lines(RESULT, PLAIN)) == list(text_lines(replace(RESULT, seconds=9.9), PLAIN))


@pytest.mark.parametrize("width", [60, 80, 100, 200])
@pytest.mark.parametrize("verbose", [False, True])
def test_terminal_lines_fit_and_the_source_is_marked(width: int, verbose: bool) -> None:
    found = list(terminal_lines(RESULT, Style(width=width, verbose=verbose)))
    assert max(map(cells, found)) <= width
    assert sum("←" in line for line in found) == 2
    assert any(LEFT[:2] in line and "←" in line for line in found)
    assert not any(RIGHT in line and "←" in line for line in found)


def test_terminal_shows_brackets_as_they_are() -> None:
    assert any("a [bold]note[/bold].txt" in line for line in terminal_lines(RESULT, Style(width=100, color=True)))


def test_terminal_has_colours_only_when_asked() -> None:
    assert any("\x1b[" in line for line in terminal_lines(RESULT, Style(color=True)))
    assert not any("\x1b" in line for line in terminal_lines(RESULT, Style(color=False)))


def test_terminal_shows_all_of_many_findings() -> None:
    many = replace(RESULT, pairs=RESULT.pairs[:2] * 101)
    found = list(terminal_lines(many, Style(width=100)))
    assert sum(line.startswith("rewrite") for line in found) == 101
    assert sum(line.startswith("verdict") for line in found) == 1
    rows = [line for line in found if line.startswith("excerpt")]
    assert len(set(rows)) == 1, "the columns of every chunk stand at the same place"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x85\x9b", "\\x85\\x9b"),
        ("exe.\u202etxt", "exe.\\u202etxt"),
        ("\udcff", "\\udcff"),
        ("\U000e0041", "\\U000e0041"),
        ("a ##[error]b", "a #\\x23[error]b"),
        ("###[set-env name=x]", "##\\x23[set-env name=x]"),
        ("##vso[task.complete]", "#\\x23vso[task.complete]"),
        ("::error::b", "\\x3a:error::b"),
        ("\u3000::error::b", "\u3000\\x3a:error::b"),
        ("## [a] std::vector", "## [a] std::vector"),
        ("Zürich — “日本” 👩‍👩‍👧 नमस्ते", "Zürich — “日本” 👩‍👩‍👧 नमस्ते"),  # joiners are part of words
    ],
)
def test_control_characters_are_shown_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


def assert_harmless(line: str) -> None:
    for char in line:
        assert unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp"), ascii(line)
        assert char not in BIDI, ascii(line)


def assert_no_command(line: str) -> None:
    """Nothing that GitHub's runner takes for a command: `##[` anywhere, `::` at the start, white space aside."""
    assert "##[" not in line, ascii(line)
    assert not line.lstrip().startswith("::"), ascii(line)


@settings(max_examples=60, deadline=None)
@given(NASTY | ANY_TEXT, NASTY)
def test_no_control_reaches_the_reader(name: str, other: str) -> None:
    evidence = Evidence(
        sentences=REWRITE.evidence.sentences,
        altered_quotes=((name, other),),
        changed_facts=((name, None), (other, name)),
        shared_facts=(name, other),
    )
    pair = replace(REWRITE, left=name, right=other, reasons=(other, name), evidence=evidence)
    scan = replace(
        RESULT,
        pairs=(pair,),
        clusters=(
            Cluster(
                id=name,
                canonical=other,
                members=(name, other),
                verdicts={name: 1},
                tellings=2,
                related=(name,),
                first=name,
                reasons=(other, name),
            ),
        ),
        skipped=(Skipped(input=name, reason=other, detail=name),),
        notes=(name, other),
    )
    close = replace(
        COMPARISON,
        pair=pair,
        left_sentences=(name, other),
        right_sentences=(other, name),
        set_aside=((name, other, name),),
        numbers={name: 1.0},
    )
    for style in (Style(width=60), Style(verbose=True, width=100)):
        for lines in (text_lines(scan, style), comparison_text(close, style)):
            for line in lines:
                assert_harmless(line)
                assert_no_command(line)
        for lines in (terminal_lines(scan, style), comparison_terminal(close, style)):
            for line in lines:
                assert_harmless(line)
    for line in [*terminal_lines(scan, Style(color=True)), *comparison_terminal(close, Style(color=True))]:
        assert_harmless(re.sub(r"\x1b\[[0-9;]*m", "", line))


@given(ANY_TEXT, st.integers(8, 60))
def test_shortened_text_fits_and_keeps_both_ends(text: str, width: int) -> None:
    text = visible(text)
    cut = shortened(text, width)
    assert cells(cut) <= width
    assert cut == text or cut.partition("…")[0] in text


@pytest.mark.parametrize(
    ("value", "shown"), [(0.98, "0.98"), (0.9996, "0.99"), (1.0, "1.00"), (-0.0, "0.00"), (float("nan"), "0.00")]
)
def test_short_numbers_never_claim_certainty(value: float, shown: str) -> None:
    assert short(value) == shown


def test_text_of_an_ingest_marks_what_is_new() -> None:
    lines = list(text_lines(INGESTED, PLAIN))
    start = lines.index("cluster 3f2a9c01 (new): 2 articles; 1 rewrite; 3 independent tellings")
    assert lines[start + 1 :] == [
        "  keep  000_879c634248b507b8.txt",
        "  first 001_0d285b02f7b2ae24.txt",
        "cluster 77aa0102: 14 articles; 12 copy, 1 rewrite; 2 new; took in 0a0a0a0a, 1b1b1b1b",
        "  keep  new  m05.txt",
        "        new  m12.txt",  # before the others, or nobody would see it
        *(f"             m{number:02}.txt" for number in (0, 1, 2, 3, 4, 6, 7, 8)),
        "        and 4 more (-v lists all)",
        "",
        "skipped 1 input: 1 empty",
        "note: one bucket held more than 200 articles",
        "run 12: 40 new, 2 new versions, 58 seen before, 3 pairs, 1 skipped; store: 10,240 articles, 33.1 MB; 1.2 s. "
        "A score is evidence, not an accusation.",
    ]


def test_an_ingest_that_found_nothing_says_so_in_one_line() -> None:
    figures = replace(FIGURES, new=1, versions=0, repeated=0, matched=0, skipped=0, store_articles=1, store_bytes=4096)
    assert list(text_lines(replace(NOTHING, figures=figures), PLAIN)) == [
        "run 12: 1 new, 0 seen before, 0 pairs; store: 1 article, 0.0 MB; 1.2 s. "
        "A score is evidence, not an accusation."
    ]
    assert list(text_lines(replace(NOTHING, figures=figures), Style(findings_only=True))) == []


@pytest.mark.parametrize("width", [60, 80, 200])
def test_an_ingest_fits_a_terminal(width: int) -> None:
    long = replace(INGESTED.clusters[1], members=(LONG, *INGESTED.clusters[1].members), joined=(LONG,))
    lines = list(terminal_lines(replace(INGESTED, clusters=(INGESTED.clusters[0], long)), Style(width=width)))
    assert max(map(cells, lines)) <= width
    assert any(line.startswith("        new  ") and line.endswith("0001.html") for line in lines)
    assert "run 12: 40 new" in "\n".join(lines)
