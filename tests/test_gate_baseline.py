"""The baseline: what was there before does not fail, one more of it does, and moving files changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from newsdedup.errors import InputError
from newsdedup.gate.allow import AllowRule
from newsdedup.gate.baseline import (
    Baseline,
    BaselineEntry,
    Reach,
    baseline_lines,
    baseline_of,
    changes,
    read_baseline,
    updated,
)
from newsdedup.gate.findings import decide
from newsdedup.result import Checked, Verdict
from test_gate_samples import article, checked, pair, policy

STORY, COPY = "The council met on Tuesday.", "On Tuesday the council met."


def copies(*names: str, known: str = "archive/b.md", verdict: Verdict = Verdict.COPY) -> Checked:
    """So many new articles of one text that copy a known one."""
    articles = [article(known, STORY), *(article(name, COPY) for name in names)]
    return checked(*(pair(name, known, verdict) for name in names), articles=articles)


EVERYWHERE = Reach(covers=lambda _: True, exists=lambda _: True)
NOWHERE = Reach(covers=lambda _: False, exists=lambda _: True)
MOVED = Reach(covers=lambda _: False, exists=lambda name: not name.startswith("drafts"))


def made(found: Checked, before: Baseline | None = None, reach: Reach = EVERYWHERE) -> Baseline:
    return updated(before or Baseline(), decide(found, policy(baseline=before)), reach)


def names(baseline: Baseline) -> list[tuple[int, list[str]]]:
    """Count and new articles of each entry."""
    return [
        (each.count, [name for names in each.names for name in names if not name.startswith("archive")])
        for each in baseline.entries.values()
    ]


def failing(found: Checked, baseline: Baseline) -> list[str]:
    return [finding.lead.article.id for finding in decide(found, policy(baseline=baseline)).failing]


def written(tmp_path: Path, baseline: Baseline) -> Path:
    path = tmp_path / "baseline.json"
    path.write_text("\n".join(baseline_lines(baseline)) + "\n", encoding="utf-8")
    return path


def test_what_was_there_is_shown_as_suppressed_and_does_not_fail() -> None:
    found = copies("drafts/a.md")
    check = decide(found, policy(baseline=made(found)))
    assert not check.failed
    assert [finding.suppressed for finding in check.findings] == [True]
    suppression = check.findings[0].lead.suppression
    assert suppression is not None
    assert suppression.kind == "baseline"
    assert check.against_baseline


def test_a_further_copy_of_a_known_pair_fails() -> None:
    baseline = made(copies("drafts/a.md", "drafts/c.md"))
    assert [entry.count for entry in baseline.entries.values()] == [2]
    assert failing(copies("drafts/a.md", "drafts/c.md"), baseline) == []
    assert failing(copies("drafts/a.md", "drafts/b.md", "drafts/c.md"), baseline) == ["drafts/b.md"]


def test_moved_and_renamed_files_are_still_in_the_baseline() -> None:
    baseline = made(copies("drafts/a.md", "drafts/c.md"))
    assert failing(copies("2026/x.md", "2026/y.md", known="archive/old/b.md"), baseline) == []
    assert failing(copies("2026/x.md", "2026/y.md", "2026/z.md"), baseline) == ["2026/z.md"]
    assert failing(copies("2026/x.md", "a.md", "drafts/c.md"), baseline) == ["a.md"], "named, then in order"


def test_an_edited_text_or_another_verdict_is_new() -> None:
    baseline = made(copies("drafts/a.md"))
    edited = copies("drafts/a.md")
    texts = dict(edited.texts) | {"drafts/a.md": article("drafts/a.md", COPY + " More.")}
    assert failing(replace(edited, texts=texts), baseline) == ["drafts/a.md"]
    assert failing(copies("drafts/a.md", verdict=Verdict.REWRITE), baseline) == ["drafts/a.md"]


def test_only_what_fails_goes_in() -> None:
    found = checked(pair("drafts/a.md", "archive/b.md", Verdict.RELATED), pair("drafts/c.md", "archive/b.md"))
    assert [entry.names for entry in made(found).entries.values()] == [(("archive/b.md", "drafts/c.md"),)]
    allowed = decide(found, policy(allow=(AllowRule(reason="r"),)))
    assert baseline_of(allowed) == Baseline(), "it comes back when the rule goes"


def test_an_allowed_match_leaves_the_place_to_one_that_needs_it() -> None:
    baseline = made(copies("drafts/c.md"))
    rules = (AllowRule(reason="r", new="2026/a.md"),)
    check = decide(copies("2026/a.md", "2026/c.md"), policy(baseline=baseline, allow=rules))
    kinds = [finding.lead.suppression and finding.lead.suppression.kind for finding in check.findings]
    assert kinds == ["allowed", "baseline"]


def test_a_baseline_made_again_is_the_same_and_keeps_its_reasons() -> None:
    found = copies("drafts/a.md")
    first = made(found)
    (fingerprint, entry), *_ = first.entries.items()
    told = Baseline(entries={fingerprint: replace(entry, reason="agreed with the desk")})
    assert made(found, first) == first
    assert made(found, told) == told
    suppression = decide(found, policy(baseline=told)).findings[0].lead.suppression
    assert suppression is not None
    assert suppression.reason == "agreed with the desk"
    assert made(checked(), told) == Baseline()


class TestAnUpdate:
    """What was not looked at stays; see `updated`."""

    def told(self, *names: str) -> Baseline:
        entries = made(copies(*names)).entries
        return Baseline(entries={name: replace(entry, reason="agreed") for name, entry in entries.items()})

    def test_of_other_articles_takes_nothing_away(self) -> None:
        before = self.told("drafts/a.md", "drafts/c.md")
        other = checked(pair("drafts/z.md", "archive/z.md"), known_ids=["archive/b.md"])
        after = made(other, before, NOWHERE)
        assert before.entries.items() <= after.entries.items()
        assert len(after.entries) == 2

    def test_of_one_of_two_copies_keeps_the_other(self) -> None:
        before = self.told("drafts/a.md", "drafts/c.md")
        assert made(copies("drafts/a.md"), before, NOWHERE) == before
        assert names(made(copies("drafts/x.md"), before, NOWHERE)) == [
            (3, ["drafts/a.md", "drafts/c.md", "drafts/x.md"])
        ]

    @pytest.mark.parametrize(
        ("new", "known", "reach", "stays"),
        [
            (["drafts/a.md"], ["archive/b.md"], NOWHERE, False),  # compared, and not found
            (["drafts/a.md", "archive/b.md"], [], NOWHERE, False),
            (["drafts/a.md"], [], NOWHERE, True),  # held against something else
            (["drafts/z.md"], ["archive/b.md"], NOWHERE, True),
            (["drafts/z.md"], ["archive/b.md", "drafts/a.md"], NOWHERE, True),  # neither has changed
            (["drafts/z.md"], ["archive/b.md", "drafts/a.md"], EVERYWHERE, True),
            (["drafts/z.md"], ["archive/b.md"], EVERYWHERE, False),  # would have been found, and is not there
            (["drafts/z.md"], ["drafts/a.md"], EVERYWHERE, False),
        ],
    )
    def test_drops_a_pair_only_when_it_was_compared_or_would_have_been(
        self, new: list[str], known: list[str], reach: Reach, stays: bool
    ) -> None:
        before = self.told("drafts/a.md")
        assert made(checked(new=new, known_ids=known), before, reach) == (before if stays else Baseline())

    def test_counts_a_moved_copy_once(self) -> None:
        before = self.told("drafts/a.md", "drafts/c.md")
        assert names(made(copies("2026/a.md"), before, MOVED)) == [(2, ["2026/a.md", "drafts/c.md"])]
        moved = made(copies("2026/a.md", "2026/c.md"), before, MOVED)
        assert names(moved) == [(2, ["2026/a.md", "2026/c.md"])]
        assert [entry.reason for entry in moved.entries.values()] == ["agreed"]

    def test_keeps_a_count_without_names(self) -> None:
        before = Baseline(entries={key: replace(entry, count=3) for key, entry in self.told("a.md").entries.items()})
        assert names(made(copies("a.md"), before)) == [(3, ["a.md"])]


def test_two_sides_of_a_merge_are_one_baseline(tmp_path: Path) -> None:
    def line(*new: str, **fields: object) -> str:
        return json.dumps({**ENTRY, "count": len(new), "names": [["b", each] for each in new], **fields})

    sides = (line("a1", "a2", reason="ours") + ",", line("a1", "a3", reason="theirs"), line("a1"))
    path = tmp_path / "baseline.json"
    head = '{"type":"newsdedup-baseline","schema":1,"findings":[\n'
    for text in (",\n".join(each.rstrip(",") for each in sides), "\n".join(sides), "\n".join(sides) + ","):
        path.write_text(f"{head}{text}\n]}}\n", encoding="utf-8")  # with their commas right, missing or too many
        (entry,) = read_baseline(path).entries.values()
        assert (entry.count, entry.reason) == (2, "ours; theirs")
        assert [new for _, new in entry.names] == ["a1", "a2", "a3"]


def test_a_baseline_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = checked(*(pair(f"drafts/{name}.md", "archive/b.md") for name in ("é", "日本", 'x"\n', "\udcff")))
    baseline = made(found)
    entries = {
        name: replace(entry, reason="because" if place else "")
        for place, (name, entry) in enumerate(baseline.entries.items())
    }
    told = Baseline(entries=entries)
    assert read_baseline(written(tmp_path, told)) == told
    assert read_baseline(written(tmp_path, Baseline())) == Baseline()


def test_a_finding_is_one_line_and_adding_one_adds_one() -> None:
    few, more = (
        list(baseline_lines(made(checked(*(pair(f"drafts/{name}.md", "archive/b.md") for name in names)))))
        for names in ("abc", "abcd")
    )
    assert (len(few), len(more)) == (5, 6)
    stripped = [{line.rstrip(",") for line in lines} for lines in (few, more)]
    assert len(stripped[1] - stripped[0]) == 1
    assert not stripped[0] - stripped[1]
    prints = [json.loads(line.rstrip(","))["fingerprint"] for line in more[1:-1]]
    assert prints == sorted(prints)
    assert json.loads("\n".join(more))["schema"] == 1


def test_changes_are_what_came_went_or_was_multiplied() -> None:
    before = made(copies("drafts/a.md"))
    after = made(copies("drafts/a.md", "drafts/b.md"))
    other = made(checked(pair("drafts/z.md", "archive/z.md")))
    assert changes(before, before) == ()
    assert [(change.before, change.after) for change in changes(before, after)] == [(1, 2)]
    came_and_went = changes(before, other)
    assert [(change.entry.names[0][1], change.before, change.after) for change in came_and_went] == [
        ("drafts/a.md", 1, 0),
        ("drafts/z.md", 0, 1),
    ]


GOOD = '{"type":"newsdedup-baseline","schema":1,"findings":[%s]}'
ENTRY: dict[str, object] = {"fingerprint": "f", "rule": "copy", "count": 1, "names": [["a", "b"]], "hashes": ["x", "y"]}


def entry(**fields: object) -> str:
    return GOOD % json.dumps({name: value for name, value in {**ENTRY, **fields}.items() if value is not ...})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no valid JSON"),
        ("not JSON", "line 1: not a baseline, or damaged"),
        ("[" * 100_000, "no valid JSON"),
        ("[]", "not a baseline of newsdedup"),
        ('{"findings":[]}', "not a baseline of newsdedup"),
        (GOOD.replace("1", "2") % "", "schema 2; this version reads 1"),
        (GOOD.replace("[%s]", "{}"), '"findings" is no list'),
        (GOOD % "1", "finding 1 cannot be read"),
        (entry(count=0), "finding 1 cannot be read"),
        (entry(count=True), "finding 1 cannot be read"),
        (entry(count="1"), "finding 1 cannot be read"),
        (entry(rule="theft"), "finding 1 cannot be read"),
        (entry(rule=[]), "finding 1 cannot be read"),
        (entry(hashes=["x"]), "finding 1 cannot be read"),
        (entry(hashes=...), "finding 1 cannot be read"),
        (entry(names=[["a", 1]]), "finding 1 cannot be read"),
        (entry(reason=5), "finding 1 cannot be read"),
        (GOOD % ",".join([json.dumps(ENTRY), json.dumps({**ENTRY, "rule": "rewrite"})]), "finding 2 contradicts"),
        (GOOD.replace("[%s]}", "[\n%s\n]}") % '{"a":', "no valid JSON"),
        (GOOD % "\n<<<<<<< HEAD\n" + "\n=======\n>>>>>>> b\n", "line 2: a merge conflict"),
    ],
)
def test_a_file_that_is_no_baseline_is_one_line_with_a_way_out(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_baseline(path)
    said = str(raised.value)
    assert said.startswith(str(path))
    assert words in said
    assert "\n" not in said
    assert any(way in said for way in ("newsdedup baseline", "remove"))


def test_a_baseline_that_is_not_there_or_not_text_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such baseline; make one with"):
        read_baseline(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot be read"):
        read_baseline(tmp_path)
    (tmp_path / "b").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        read_baseline(tmp_path / "b")


def test_an_entry_without_names_or_reason_is_read(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text("\ufeff" + entry(names=..., reason=None), encoding="utf-8")  # an editor's mark in front
    expected = BaselineEntry(fingerprint="f", rule=Verdict.COPY, hashes=("x", "y"), count=1, names=())
    assert read_baseline(path) == Baseline(entries={"f": expected})
