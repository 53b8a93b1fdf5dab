"""A check for people and, as JSON, for other programs; and that every format copes with hostile names."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdedup.article import Skipped
from newsdedup.errors import ConfigError
from newsdedup.gate.allow import AllowRule
from newsdedup.gate.check import Check
from newsdedup.gate.findings import decide
from newsdedup.report.findings_text import findings_text
from newsdedup.report.findings_words import bare_score
from newsdedup.report.formats import FORMATS, TERMINAL, format_names, named_format
from newsdedup.report.jsonl import pair_object
from newsdedup.report.plain import Style
from newsdedup.result import Verdict
from test_gate_samples import article, checked, pair, policy, shown_check
from test_report_text import ANY_TEXT, NASTY, assert_harmless, assert_no_command

PLAIN = Style()
COUNTS = "5 new articles against 200: 2 findings, 1 note, 2 suppressed"


def test_text_of_a_check_is_these_lines() -> None:
    assert list(findings_text(shown_check(), PLAIN)) == [
        "drafts/a.md: shares passages with archive/e.md (score .80): 2 passages with 4 of its 12 sentences",
        "drafts/a.md: rewrites archive/b.md, and 1 more (score .97): 10 of 12 sentences, 3 quotes altered, "
        "1 fact changed",
        "drafts/d.md: reports the same event as archive/b.md (score .20): 10 of 12 sentences, "
        "50 % of the names and numbers [note]",
        "drafts/w.md: copies archive/w.md (score .99): 10 of 12 sentences "
        "[allowed: licensed wire copy, until 2027-01-31]",
        "drafts/x.md: has the same text as archive/x.md (score 1.00) [suppressed, baseline]",
        "skipped 1 input: 1 binary",
        "note: a note of the run",
        'note: allow rule 2 ("gone") expired on 2026-01-31',
        f"{COUNTS}. A score is evidence, not an accusation.",
        "Fails at rewrite or stronger. Change the article, allow the pair (allow: in newsdedup.yaml), or accept what "
        "is there (newsdedup baseline update).",
    ]


def test_without_a_baseline_the_way_out_is_to_make_one() -> None:
    check = decide(checked(pair("drafts/a.md", "archive/b.md")), policy())
    assert list(findings_text(check, PLAIN))[-1].endswith("accept what is there (newsdedup baseline create).")


def test_verbose_lists_quotes_facts_and_the_other_matches() -> None:
    lines = list(findings_text(shown_check(), Style(verbose=True)))
    assert lines[2:7] == [
        '    quote: "left 0" there, "right 0" here',
        '    quote: "left 1" there, "right 1" here',
        '    quote: "left 2" there, "right 2" here',
        "    changed: 14 there, 17 here",
        "    also rewrites archive/c.md (score .91): 10 of 12 sentences, 1 quote altered",
    ]


def test_findings_only_is_one_line_a_finding() -> None:
    lines = list(findings_text(shown_check(), Style(findings_only=True)))
    assert lines == list(findings_text(shown_check(), PLAIN))[:5]


def test_nothing_found_is_said_without_a_way_out() -> None:
    check = decide(checked(new=["drafts/a.md"], known=0), policy())
    assert list(findings_text(check, PLAIN)) == ["1 new article: 0 findings. A score is evidence, not an accusation."]


@pytest.mark.parametrize(
    ("verdict", "verb", "as_source"),
    [
        (Verdict.IDENTICAL, "has the same text as", "has the same text as"),
        (Verdict.COPY, "copies", "is copied by"),
        (Verdict.REVISION, "is another version of", "is an earlier version of"),
        (Verdict.EXCERPT, "shares passages with", "shares passages with"),
        (Verdict.REWRITE, "rewrites", "is rewritten by"),
        (Verdict.RELATED, "reports the same event as", "reports the same event as"),
        (Verdict.TEMPLATE, "fills in the same form as", "fills in the same form as"),
    ],
)
def test_the_relation_is_named_from_the_new_article(verdict: Verdict, verb: str, as_source: str) -> None:
    days = [article("drafts/a.md", published="2026-11-01"), article("archive/b.md", published="2026-11-02T08:00")]
    for source, words in ((None, verb), ("archive/b.md", verb), ("drafts/a.md", as_source)):
        check = decide(checked(pair("drafts/a.md", "archive/b.md", verdict, source=source), articles=days), policy())
        assert next(findings_text(check, PLAIN)).startswith(f"drafts/a.md: {words} archive/b.md (score .97)")


@pytest.mark.parametrize(
    ("new", "known", "verb"),
    [
        (None, None, "rewrites"),
        (None, "2026-11-02", "rewrites"),
        ("2026-11-01", None, "rewrites"),
        ("some day", "2026-11-02", "rewrites"),
        ("2026-11-02", "2026-11-01", "rewrites"),
        ("2026-11-02", "2026-11-02T08:00", "rewrites"),  # the same day, as far as it is told
        ("2026-11-02T07:00", "2026-11-02T08:00", "is rewritten by"),
    ],
)
def test_a_known_article_was_there_first_unless_times_say_otherwise(
    new: str | None, known: str | None, verb: str
) -> None:
    articles = [article("drafts/a.md", published=new), article("archive/b.md", published=known)]
    found = checked(pair("drafts/a.md", "archive/b.md", Verdict.REWRITE, source="drafts/a.md"), articles=articles)
    assert next(findings_text(decide(found, policy()), PLAIN)).startswith(f"drafts/a.md: {verb} archive/b.md")


def test_of_two_new_articles_the_likelier_source_is_told_as_such() -> None:
    found = checked(pair("drafts/a.md", "b.md", Verdict.REWRITE, source="drafts/a.md"))
    assert next(findings_text(decide(found, policy()), PLAIN)).startswith("b.md: rewrites drafts/a.md")


def test_what_the_evidence_lists_in_part_is_at_least_so_many() -> None:
    twelve = pair("drafts/a.md", "archive/b.md", Verdict.REWRITE, quotes=12, facts=(("1", "2"),) * 11)
    line = next(findings_text(decide(checked(twelve), policy()), PLAIN))
    assert line.endswith("12 or more quotes altered, 11 facts changed")
    version = pair("drafts/a.md", "archive/b.md", Verdict.REVISION, facts=(("1", "2"),) * 24)
    assert next(findings_text(decide(checked(version), policy()), PLAIN)).endswith("24 or more changes")


def test_sentences_are_counted_of_the_shorter_article() -> None:
    found = checked(pair("drafts/a.md", "archive/b.md", sentences=[1, 2]))
    short = replace(found, sentences={**found.sentences, "archive/b.md": ("One.", "Two.", "Three.")})
    assert next(findings_text(decide(short, policy()), PLAIN)).endswith(": 2 of 3 sentences")


@pytest.mark.parametrize(
    ("score", "shown"), [(0.97, ".97"), (0.9999, ".99"), (1.0, "1.00"), (0.0, ".00"), (0.5, ".50"), (0.291, ".29")]
)
def test_scores_are_cut_and_have_no_leading_zero(score: float, shown: str) -> None:
    assert bare_score(score) == shown


def test_terminal_colours_only_when_asked() -> None:
    check = shown_check()
    assert list(TERMINAL.check(check, PLAIN)) == list(findings_text(check, PLAIN))
    painted = list(TERMINAL.check(check, Style(color=True)))
    assert painted[0].startswith("\x1b[31mdrafts/a.md")
    assert [re.sub(r"\x1b\[\d+m", "", line) for line in painted] == list(findings_text(check, PLAIN))


# JSON


def test_json_lines_hold_the_whole_finding() -> None:
    check = shown_check()
    lines = [json.loads(line) for line in FORMATS["jsonl"].check(check, PLAIN)]
    kinds = [line["type"] for line in lines]
    assert kinds == ["run", *["finding"] * 5, "skipped", "note", "note", "summary"]
    lead = check.findings[1].lead
    whole = pair_object(lead.pair)
    finding = lines[2]
    assert finding.pop("pair") == json.loads(json.dumps(whole))
    assert finding == {
        "type": "finding",
        "rule": "rewrite",
        "new": "drafts/a.md",
        "against": "archive/b.md",
        "known": True,
        "score": 0.97,
        "fails": True,
        "suppressed": None,
        "fingerprint": lead.fingerprint,
        "message": "rewrites archive/b.md, and 1 more (score .97): 10 of 12 sentences, 3 quotes altered, "
        "1 fact changed",
        "file": "drafts/a.md",
        "line": 1,
        "end_line": 1,
        "also": [
            {
                "rule": "rewrite",
                "against": "archive/c.md",
                "known": True,
                "score": 0.91,
                "fingerprint": check.findings[1].matches[1].fingerprint,
                "suppressed": None,
            }
        ],
    }
    assert (lines[1]["line"], lines[1]["end_line"]) == (7, 19)
    assert lines[4]["suppressed"] == {"kind": "allowed", "reason": "licensed wire copy, until 2027-01-31"}
    assert lines[-1] == {
        "type": "summary",
        "new": 5,
        "known": 200,
        "fail_on": "rewrite",
        "failed": True,
        "findings": 5,
        "failing": 2,
        "below": 1,
        "suppressed": 2,
        "skipped": 1,
        "seconds": 1.5,
    }


def test_json_holds_the_objects_of_the_lines() -> None:
    check = shown_check()
    lines = [json.loads(line) for line in FORMATS["jsonl"].check(check, PLAIN)]
    document = json.loads("\n".join(FORMATS["json"].check(check, PLAIN)))
    assert list(document) == ["run", "findings", "skipped", "notes", "summary"]
    parts = [document["run"], *document["findings"], *document["skipped"], *document["notes"], document["summary"]]
    assert parts == lines


def test_a_record_is_shown_by_its_file_and_line() -> None:
    record = article("id-17", origin="feeds/a.jsonl", line=17)
    check = decide(checked(pair("id-17", "archive/b.md"), articles=[record]), policy())
    finding = json.loads(list(FORMATS["jsonl"].check(check, PLAIN))[1])
    assert (finding["file"], finding["line"], finding["end_line"]) == ("feeds/a.jsonl", 17, 17)


# every format


def test_formats_stand_in_a_stable_order_and_refuse_what_they_lack() -> None:
    assert list(FORMATS) == ["text", "jsonl", "json", "sarif", "github", "gitlab", "junit"]
    assert format_names("check") == tuple(FORMATS)
    assert format_names("scan") == format_names("compare") == ("text", "jsonl", "json")
    with pytest.raises(ConfigError, match=r"^scan has no format sarif; check has; available: text, jsonl, json$"):
        FORMATS["sarif"].renderer("scan")
    with pytest.raises(ConfigError, match=r"^no format csv in this version; available: text, jsonl, json$"):
        named_format("csv", "scan")
    for name in FORMATS:
        assert list(FORMATS[name].renderer("check")(shown_check(), PLAIN))


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_check_gives_the_same_lines(name: str) -> None:
    one, again = (list(FORMATS[name].check(shown_check(), PLAIN)) for _ in range(2))
    assert one == again
    assert not any("\n" in line for line in one)


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_changes_with_the_time_it_took_but_by_its_seconds(name: str) -> None:
    check = shown_check()
    found = replace(check.checked, result=replace(check.checked.result, seconds=9.0))
    late = list(FORMATS[name].check(replace(check, checked=found), PLAIN))
    assert [line.replace('"seconds":9.0', '"seconds":1.5') for line in late] == list(FORMATS[name].check(check, PLAIN))


def hostile(new: str, other: str, words: str) -> Check:
    """A check whose names, outlets, quotes, reasons and notes are all hostile."""
    left, right = sorted((new, other) if new != other else (new, f"b{other}"))
    one = replace(pair(left, right, Verdict.REWRITE, facts=((words, None),)), source="right", reasons=(words,))
    evidence = replace(one.evidence, altered_quotes=((words, new),))
    found = checked(
        replace(one, evidence=evidence),
        articles=[article(left, source=words), article(right, source=words, canonical=words)],
        skipped=(Skipped(input=new, reason=words, detail=other),),
        notes=(words,),
    )
    rule = AllowRule(reason=words or "-", new=left) if "1" in words else AllowRule(reason=words or "-", new="none")
    return decide(found, policy(allow=(rule,), allow_declared=True))


@settings(max_examples=80, deadline=None)
@given(NASTY | ANY_TEXT, NASTY | ANY_TEXT, NASTY | ANY_TEXT | st.just("::error::1"))
def test_hostile_names_stay_data_in_every_format(new: str, other: str, words: str) -> None:
    check = hostile(new, other, words)
    for style in (PLAIN, Style(verbose=True)):
        for line in findings_text(check, style):
            assert_harmless(line)
    for line in FORMATS["github"].check(check, PLAIN):
        assert_harmless(line)
    for name in FORMATS:
        for line in FORMATS[name].check(check, PLAIN):
            if name != "github" or not re.match("::(error|warning|notice) ", line):
                assert_no_command(line)
    for name in ("json", "sarif", "gitlab"):
        json.loads("\n".join(FORMATS[name].check(check, PLAIN)).encode())
    for line in FORMATS["jsonl"].check(check, PLAIN):
        json.loads(line.encode())
    fromstring("\n".join(FORMATS["junit"].check(check, PLAIN)))  # noqa: S314 - our own output
