"""The rules of `allow`: what they hold, and every way in which one is refused, with its place."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from newsdedup.config import Config, load_settings
from newsdedup.errors import ConfigError
from newsdedup.gate.allow import AllowRule
from newsdedup.result import Verdict

WHOLE = """\
jobs: 1
allow:
  - reason: printed under contract
    new: drafts/*.md
    against: partner/**
    source: Harbour Press Agency
    verdicts: [revision, copy]
    expires: 2027-01-31
  - {reason: " ours ", source: us}
"""


def from_yaml(tmp_path: Path, text: str) -> Config:
    (tmp_path / "newsdedup.yaml").write_text(text, encoding="utf-8")
    return load_settings(None, {}, {}, tmp_path).config


def test_rules_know_where_their_patterns_count_from(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    inner = tmp_path / "site" / "deep"
    inner.mkdir(parents=True)
    text = "allow:\n  - {reason: r, new: site/**}\n"
    (tmp_path / "newsdedup.yaml").write_text(text, encoding="utf-8")
    for cwd, folder in ((tmp_path, ""), (inner, "site/deep")):
        assert load_settings(None, {}, {}, cwd).config.allow == (AllowRule(reason="r", new="site/**", folder=folder),)
    (inner / "other.yaml").write_text(text, encoding="utf-8")
    config = load_settings(inner / "other.yaml", {}, {}, tmp_path).config
    assert [rule.folder for rule in config.allow] == ["../.."]
    assert Config(allow=config.allow).allow == config.allow


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        from_yaml(tmp_path, text)
    return str(caught.value)


def test_rules_are_read(tmp_path: Path) -> None:
    assert from_yaml(tmp_path, WHOLE).allow == (
        AllowRule(
            reason="printed under contract",
            new="drafts/*.md",
            against="partner/**",
            source="Harbour Press Agency",
            verdicts=(Verdict.COPY, Verdict.REVISION),  # strongest first
            expires=date(2027, 1, 31),
        ),
        AllowRule(reason="ours", source="us"),
    )


@pytest.mark.parametrize("written", ["2027-01-31", "'2027-01-31'", '" 2027-01-31 "'])
def test_a_date_may_be_a_date_or_a_text(tmp_path: Path, written: str) -> None:
    rule = from_yaml(tmp_path, f"allow:\n- reason: r\n  new: a\n  expires: {written}\n").allow[0]
    assert rule.expires == date(2027, 1, 31)
    assert not isinstance(rule.expires, datetime)


def test_one_verdict_needs_no_list(tmp_path: Path) -> None:
    assert from_yaml(tmp_path, "allow: [{reason: r, verdicts: rewrite}]").allow[0].verdicts == (Verdict.REWRITE,)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("- reason: r\n  agains: x", "line 4: allow rule 2: unknown field agains; did you mean against?"),
        (
            "- reason: r\n  zzz: x",
            "line 4: allow rule 2: unknown field zzz; known: reason, new, against, source, verdicts, expires",
        ),
        (
            "- new: x",
            "line 3: allow rule 2 has no reason; needed: a reason, and one or more of new, against, source, verdicts",
        ),
        ("- reason: ''\n  new: x", "line 3: allow rule 2: reason is empty; allowed: a text that is not empty"),
        ("- reason: '  '\n  new: x", "line 3: allow rule 2: reason is "),
        ("- reason: 7\n  new: x", "line 3: allow rule 2: reason is 7; allowed: a text"),
        (
            "- reason: r",
            "line 3: allow rule 2 would allow everything; name one or more of new, against, source, verdicts",
        ),
        ("- reason: r\n  expires: 2027-01-31", "line 3: allow rule 2 would allow everything"),
        # an empty value is a forgotten one: taken for "every" it would allow more than was meant
        ("- reason: r\n  new:", "line 4: allow rule 2: new is empty; allowed: a pattern for the new article"),
        ("- reason: r\n  against: ''", "line 4: allow rule 2: against is empty; allowed: a pattern"),
        ("- reason: r\n  source: [a]", "line 4: allow rule 2: source is a; allowed: the outlet of the known article"),
        ("- reason: r\n  verdicts: []", "line 4: allow rule 2: verdicts is empty; allowed: one or more of"),
        ("- reason: r\n  verdicts: [copy, theft]", "line 4: allow rule 2: verdicts is copy, theft; allowed: "),
        ("- reason: r\n  verdicts: template", "line 4: allow rule 2: verdicts is template; allowed: "),
        ("- reason: r\n  new: x\n  expires: 2027-02-30", "line 5: allow rule 2: expires is 2027-02-30; allowed: "),
        ("- reason: r\n  new: x\n  expires: 20270131", "line 5: allow rule 2: expires is 20270131; allowed: a date"),
        ("- reason: r\n  new: x\n  expires: '20270131'", "line 5: allow rule 2: expires is 20270131; allowed: a date"),
        ("- reason: r\n  new: x\n  expires: 2027-01-31 10:00:00", "line 5: allow rule 2: expires is 2027-01-31 10"),
        ("- reason: r\n  new: x\n  expires: soon", "line 5: allow rule 2: expires is soon; allowed: a date such as"),
        ("- reason: r\n  reason: s\n  new: x", "line 4: reason is given twice; keep one"),
        ("- drafts/*", "line 3: allow rule 2 is drafts/*; allowed: fields and values, with a reason"),
        ("-", "line 3: allow rule 2 is empty; allowed: fields and values"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_refused_with_line_number_field_and_what_is_allowed(
    tmp_path: Path, rule: str, told: str
) -> None:
    said = refusal(tmp_path, f"allow:\n- {{reason: right, new: a}}\n{rule}\n")
    assert said.startswith(f"newsdedup.yaml {told}")
    assert len(said) < 300


def test_rules_stand_in_files_only(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(None, {"NEWSDEDUP_ALLOW": "[]"}, {}, tmp_path)
    assert str(caught.value) == (
        "environment: NEWSDEDUP_ALLOW cannot be given here: "
        "it is a list of rules, each with a reason and what it allows; write it in newsdedup.yaml"
    )
    with pytest.raises(ConfigError, match=r"^command line: --allow cannot be given here: it is "):
        load_settings(None, {}, {"allow": "x"}, tmp_path)


def test_rules_that_a_program_makes_are_checked_too() -> None:
    rule = AllowRule(reason="r", new="a", verdicts=(Verdict.COPY,), expires=date(2027, 1, 31))
    assert Config(allow=(rule,)).allow == (rule,)
    with pytest.raises(ConfigError, match=r"^Config: allow rule 1 would allow everything"):
        Config(allow=(AllowRule(reason="r"),))
    with pytest.raises(ConfigError, match=r"^Config: allow rule 2: reason is empty"):
        Config(allow=(rule, AllowRule(reason="", new="a")))


def test_hundreds_of_rules_are_fine(tmp_path: Path) -> None:
    rule = "- reason: r\n  new: a\n  against: b\n  verdicts: [copy, revision]\n  expires: 2027-01-31\n"
    assert len(from_yaml(tmp_path, "allow:\n" + rule * 600).allow) == 600
