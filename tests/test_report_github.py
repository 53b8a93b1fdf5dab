"""Workflow commands: what GitHub Actions shows, as its runner reads it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from newsdedup.article import Skipped
from newsdedup.gate.check import Check
from newsdedup.gate.findings import decide
from newsdedup.report.github import github_lines
from newsdedup.result import Verdict
from test_gate_samples import checked, pair, policy, shown_check
from test_report_text import assert_no_command


def read(line: str) -> tuple[str, dict[str, str], str] | None:
    """Kind, properties and message of a line that is a command, as the runner takes it apart."""
    found = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
    if not found:
        assert not line.lstrip().startswith("::")
        return None
    properties = dict(each.split("=", 1) for each in found[2].split(","))
    for name, value in properties.items():
        for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            value = value.replace(escape, char)  # noqa: PLW2901 - as the runner does
        properties[name] = value
    return found[1], properties, found[3].replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def test_findings_are_these_commands() -> None:
    assert list(github_lines(shown_check())) == [
        "::error file=drafts/a.md,line=7,endLine=19,title=newsdedup excerpt::drafts/a.md: shares passages with "
        "archive/e.md (score .80): 2 passages with 4 of its 12 sentences",
        "::error file=drafts/a.md,line=1,endLine=1,title=newsdedup rewrite::drafts/a.md: rewrites archive/b.md, and "
        "1 more (score .97): 10 of 12 sentences, 3 quotes altered, 1 fact changed",
        "::notice file=drafts/d.md,line=1,endLine=1,title=newsdedup related::drafts/d.md: reports the same event as "
        "archive/b.md (score .20): 10 of 12 sentences, 50 %25 of the names and numbers",
        "::notice file=drafts/x.md,line=1,endLine=1,title=newsdedup identical::drafts/x.md: has the same text as "
        "archive/x.md (score 1.00) [suppressed, baseline]",
        "::notice file=drafts/w.md,line=1,endLine=1,title=newsdedup copy::drafts/w.md: copies archive/w.md "
        "(score .99): 10 of 12 sentences [allowed: licensed wire copy, until 2027-01-31]",
        "skipped: drafts/z.bin: binary",
        "note: a note of the run",
        'note: allow rule 2 ("gone") expired on 2026-01-31',
        "::notice title=newsdedup::5 new articles against 200: 2 findings, 1 note, 2 suppressed. A score is evidence, "
        "not an accusation.",
    ]


def test_what_is_below_the_gate_is_a_warning() -> None:
    check = decide(checked(pair("drafts/a.md", "archive/b.md", Verdict.REWRITE)), policy(fail_on=Verdict.COPY))
    assert next(github_lines(check)).startswith("::warning file=drafts/a.md,")


@pytest.mark.parametrize(
    "name", ["a,b=c:d%0A,title=x.md", "%25.md", "a::error::b.md", "drafts/\n::error::x.md", "##[error]x.md"]
)
def test_names_cannot_break_out_of_their_place(name: str) -> None:
    check = decide(checked(pair(name, "archive/b.md")), policy())
    found = read(next(github_lines(check)))
    assert found is not None
    kind, properties, message = found
    assert (kind, list(properties)) == ("error", ["file", "line", "endLine", "title"])
    assert properties["file"] == name
    assert message.startswith(name.replace("\n", "\\n").replace("##[", "#\\x23["))


@pytest.mark.parametrize("name", ["##[error]x", "::error::x", "  ::error::x", "a ##[add-mask]e"])
def test_names_in_lines_of_the_log_are_no_commands(name: str) -> None:
    found = checked(
        *(pair(f"{name}{number:02}", "archive/a.md") for number in range(12)),
        skipped=(Skipped(input=name, reason=name),),
        notes=(name,),
    )
    plain = [line for line in github_lines(decide(found, policy())) if not line.startswith("::")]
    assert len(plain) == 4
    for line in plain:
        assert_no_command(line)


def test_files_are_named_from_the_top_of_the_checkout() -> None:
    check = replace(decide(checked(pair("drafts/a.md", "archive/b.md")), policy()), folder="site")
    line = next(github_lines(check))
    assert line.startswith("::error file=site/drafts/a.md,")
    assert "::drafts/a.md: copies archive/b.md " in line


def many(errors: int, warnings: int) -> Check:
    """Findings of one strength more with each number."""
    return decide(
        checked(
            *(pair(f"drafts/{n:02}.md", "archive/a.md", score=0.5 + n / 100, sentences=[1]) for n in range(errors)),
            *(pair(f"drafts/w{n:02}.md", "archive/a.md", Verdict.REWRITE, sentences=[1]) for n in range(warnings)),
        ),
        policy(fail_on=Verdict.COPY),
    )


def test_the_strongest_are_shown_and_the_rest_stands_in_the_log() -> None:
    lines = list(github_lines(many(13, 11)))
    commands = [found for found in map(read, lines) if found]
    kinds = [kind for kind, _, _ in commands]
    assert (kinds.count("error"), kinds.count("warning"), kinds.count("notice")) == (10, 10, 1)
    assert [properties["file"] for _, properties, _ in commands[:2]] == ["drafts/12.md", "drafts/11.md"]
    plain = [line for line in lines if not read(line)]
    assert [line.partition(": copies")[0] for line in plain[:3]] == [f"error: drafts/{n:02}.md" for n in (2, 1, 0)]
    assert plain[3:] == ["warning: drafts/w10.md: rewrites archive/a.md (score .97): 1 of 12 sentences"]
    assert lines[-1].endswith("GitHub shows 10 annotations of a kind: 4 more findings in the log.")


def test_ten_of_a_kind_need_no_word_about_more() -> None:
    lines = list(github_lines(many(10, 10)))
    assert all(read(line) for line in lines)
    assert "more" not in lines[-1]


def test_the_last_notice_is_among_the_ten() -> None:
    found = checked(*(pair(f"drafts/{n:02}.md", "archive/a.md", Verdict.RELATED) for n in range(12)))
    lines = list(github_lines(decide(found, policy())))
    assert sum(line.startswith("::notice ") for line in lines) == 10
    assert "3 more findings" in lines[-1]
