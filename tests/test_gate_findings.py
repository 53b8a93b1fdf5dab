"""What makes a finding, which of them fail, and that they stay the same wherever the files stand."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from conftest import Newsroom
from newsdedup import Article, Config, find_duplicates
from newsdedup.gate.allow import AllowRule
from newsdedup.gate.baseline import baseline_of
from newsdedup.gate.check import Check
from newsdedup.gate.findings import decide
from newsdedup.gate.fingerprint import content_hash, match_fingerprint
from newsdedup.result import Checked, Verdict
from newsdedup.text.table import make_table, normalized_body
from newsdedup.verify.reading import Reading
from test_gate_samples import article, checked, pair, policy

DERIVED = {"identical", "copy", "revision", "excerpt", "rewrite"}


def others(check: Check) -> list[list[str]]:
    """The ids of the other articles, finding by finding."""
    return [[match.other.id for match in finding.matches] for finding in check.findings]


def test_every_pair_is_one_match() -> None:
    found = checked(
        pair("drafts/a.md", "archive/b.md"),
        pair("drafts/a.md", "archive/c.md", Verdict.EXCERPT, passages=[(1, 2)]),
        pair("drafts/a.md", "drafts/b.md", Verdict.RELATED),
    )
    matches = list(decide(found, policy()).matches)
    assert sorted((match.pair.left, match.pair.right) for match in matches) == [
        (each.left, each.right) for each in found.result.pairs
    ]
    assert [match.known for match in matches] == [True, True, False]


def test_a_match_is_about_the_new_article() -> None:
    check = decide(checked(pair("drafts/a.md", "archive/z.md"), pair("drafts/b.md", "zz.md")), policy())
    assert check.findings[0].lead.article.id == "drafts/a.md"
    known = decide(checked(pair("archive/a.md", "drafts/a.md", source="drafts/a.md")), policy())
    assert known.findings[0].lead.article.id == "drafts/a.md", "however likely it is the source"


@pytest.mark.parametrize(
    ("source", "about"), [(None, "drafts/b.md"), ("drafts/a.md", "drafts/b.md"), ("drafts/b.md", "drafts/a.md")]
)
def test_of_two_new_articles_the_one_that_is_not_the_source_is_told(source: str | None, about: str) -> None:
    check = decide(checked(pair("drafts/a.md", "drafts/b.md", source=source)), policy())
    assert [finding.lead.article.id for finding in check.findings] == [about]


def test_a_copy_of_a_story_that_many_hold_is_one_finding_told_by_the_strongest() -> None:
    found = checked(
        *(pair("drafts/a.md", f"archive/{number:02}.md", score=0.9 + number / 1000) for number in range(30)),
        pair("drafts/a.md", "archive/rewritten.md", Verdict.REWRITE, score=1.0),
        pair("drafts/a.md", "archive/same.md", Verdict.IDENTICAL, score=1.0, sentences=()),
    )
    check = decide(found, policy())
    assert len(check.findings) == 1
    assert others(check)[0][:3] == ["archive/same.md", "archive/29.md", "archive/28.md"]
    assert others(check)[0][-1] == "archive/rewritten.md"


def test_two_stories_put_together_in_one_article_are_two_findings() -> None:
    found = checked(
        pair("drafts/a.md", "archive/one.md", Verdict.REWRITE, sentences=range(1, 7)),
        pair("drafts/a.md", "archive/two.md", Verdict.REWRITE, sentences=range(7, 13)),
        pair("drafts/a.md", "archive/three.md", Verdict.REWRITE, sentences=range(2, 7)),
    )
    assert others(decide(found, policy())) == [["archive/one.md", "archive/three.md"], ["archive/two.md"]]


def test_excerpts_are_one_finding_for_each_passage() -> None:
    found = checked(
        pair("drafts/a.md", "archive/1.md", Verdict.EXCERPT, passages=[(1, 3)]),
        pair("drafts/a.md", "archive/2.md", Verdict.EXCERPT, passages=[(1, 3)]),
        pair("drafts/a.md", "archive/3.md", Verdict.EXCERPT, passages=[(6, 9)]),
        pair("drafts/a.md", "archive/4.md", Verdict.COPY),
    )
    assert others(decide(found, policy())) == [["archive/4.md"], ["archive/1.md", "archive/2.md"], ["archive/3.md"]]


def test_related_articles_and_forms_stand_apart_from_what_derives() -> None:
    found = checked(
        pair("drafts/a.md", "archive/1.md", Verdict.REWRITE),
        pair("drafts/a.md", "archive/2.md", Verdict.RELATED),
        pair("drafts/a.md", "archive/3.md", Verdict.RELATED),
        pair("drafts/a.md", "archive/4.md", Verdict.TEMPLATE),
    )
    assert others(decide(found, policy())) == [["archive/1.md"], ["archive/2.md", "archive/3.md"], ["archive/4.md"]]


def test_of_two_others_about_as_likely_the_known_one_is_told() -> None:
    found = checked(
        pair("drafts/b.md", "drafts/a.md", Verdict.REWRITE, score=0.99),
        pair("drafts/b.md", "archive/a.md", Verdict.REWRITE, score=0.95),
        pair("drafts/c.md", "drafts/a.md", Verdict.REWRITE, score=0.99),
        pair("drafts/c.md", "archive/a.md", Verdict.REWRITE, score=0.75),
    )
    assert [names[0] for names in others(decide(found, policy()))] == ["archive/a.md", "drafts/a.md"]


@pytest.mark.parametrize("fail_on", [*list(Verdict)[:6]])
def test_a_finding_fails_at_the_verdict_asked_for_and_above(fail_on: Verdict) -> None:
    order = ["identical", "copy", "revision", "excerpt", "rewrite", "related", "template"]
    found = checked(*(pair(f"drafts/{verdict}.md", "archive/a.md", Verdict(verdict)) for verdict in order))
    check = decide(found, policy(fail_on=fail_on))
    failing = {str(finding.lead.pair.verdict) for finding in check.findings if finding.fails}
    assert failing == set(order[: order.index(fail_on) + 1])
    assert len(check.findings) == 7, "what is weaker is shown"
    assert check.failed


def test_nothing_found_does_not_fail() -> None:
    check = decide(checked(new=["drafts/a.md"]), policy())
    assert (check.findings, check.failed) == ((), False)


def test_a_suppressed_match_is_shown_last_and_does_not_fail() -> None:
    found = checked(
        pair("drafts/a.md", "archive/1.md", Verdict.COPY),
        pair("drafts/a.md", "archive/2.md", Verdict.REWRITE),
        pair("drafts/b.md", "archive/1.md", Verdict.COPY),
    )
    check = decide(found, policy(allow=(AllowRule(reason="ours", against="archive/1.md"),)))
    assert others(check) == [["archive/2.md", "archive/1.md"], ["archive/1.md"]]
    assert [(finding.fails, finding.suppressed) for finding in check.findings] == [(True, False), (False, True)]
    weaker = decide(found, policy(fail_on=Verdict.COPY, allow=(AllowRule(reason="ours", against="archive/1.md"),)))
    assert not weaker.failed, "what is left is weaker than what fails"


def test_findings_are_sorted_by_article_and_strength() -> None:
    found = checked(
        pair("drafts/b.md", "archive/1.md", Verdict.COPY),
        pair("drafts/a.md", "archive/1.md", Verdict.RELATED),
        pair("drafts/a.md", "archive/2.md", Verdict.EXCERPT, passages=[(1, 2)]),
    )
    told = [(finding.lead.article.id, str(finding.lead.pair.verdict)) for finding in decide(found, policy()).findings]
    assert told == [("drafts/a.md", "excerpt"), ("drafts/a.md", "related"), ("drafts/b.md", "copy")]


STORY = "The council met on Tuesday. It voted 7 to 2 for the bridge.\n\nMayor Ana Ruiz said work starts in May."


@pytest.mark.parametrize(
    "text",
    [
        STORY.replace(" ", "  ").replace("\n\n", "\r\n"),
        STORY.replace("Ana", "“Ana”"),
        STORY.upper(),
        "By Ana Smith\n\n" + STORY,
        STORY + "\n\nSubscribe to our newsletter",
        STORY.replace("bridge", "_bridge_"),
    ],
)
def test_white_space_case_marks_and_page_chrome_do_not_change_the_content_hash(text: str) -> None:
    assert content_hash(article("b", text, title="Other", source="x")) == content_hash(article("a", STORY))


@pytest.mark.parametrize("text", [STORY.replace("7", "8"), STORY.replace("council ", ""), STORY + " Indeed."])
def test_another_word_changes_the_content_hash(text: str) -> None:
    assert content_hash(article("a", text)) != content_hash(article("a", STORY))


def test_a_fingerprint_is_of_the_verdict_and_both_texts_in_any_order() -> None:
    one, other = content_hash(article("a")), content_hash(article("b"))
    prints = {
        match_fingerprint(Verdict.COPY, (one, other)),
        match_fingerprint(Verdict.COPY, (other, one)),
        match_fingerprint(Verdict.REWRITE, (one, other)),
        match_fingerprint(Verdict.COPY, (one, one)),
    }
    assert len(prints) == 3
    assert all(len(each) == 32 and int(each, 16) >= 0 for each in prints)


def test_matches_with_one_fingerprint_are_numbered() -> None:
    texts = [article(name, "The same words here.") for name in ("drafts/a.md", "drafts/b.md", "archive/c.md")]
    found = checked(pair("drafts/a.md", "archive/c.md"), pair("drafts/b.md", "archive/c.md"), articles=texts)
    matches = list(decide(found, policy()).matches)
    assert len({match.fingerprint for match in matches}) == 1
    assert [match.ordinal for match in matches] == [1, 2]


# newsroom


def newsroom_check(articles: list[Article], new: set[str]) -> Checked:
    """What the pipeline of a check hands over, made from a scan of everything."""
    result = find_duplicates(articles, Config(report_all=True))
    pairs = tuple(each for each in result.pairs if each.left in new or each.right in new)
    ids = {id_ for each in pairs for id_ in (each.left, each.right)}
    texts = {each.id: each for each in articles if each.id in ids}
    return Checked(
        result=replace(result, pairs=pairs),
        new=tuple(sorted(new)),
        known=len(articles) - len(new),
        texts=texts,
        sentences={
            id_: Reading(make_table([texts[id_]]), 0, normalized_body(texts[id_]).text).sentences for id_ in sorted(ids)
        },
    )


def packs(newsroom: Newsroom, names: tuple[str, ...]) -> list[Article]:
    return [each for each in newsroom.articles.values() if each.id.split("-")[0] in names]


@pytest.fixture(scope="module")
def english(newsroom: Newsroom) -> Checked:
    articles = [each for each in newsroom.articles.values() if each.lang == "en"]
    return newsroom_check(articles, {each.id for each in articles if not each.id.endswith("-orig")})


def test_the_gate_fails_and_passes_newsroom_as_labelled(newsroom: Newsroom, english: Checked) -> None:
    check = decide(english, policy())
    failed = {finding.lead.article.id for finding in check.failing}
    caught = {
        match.article.id for finding in check.failing for match in finding.matches if match.other.id.endswith("-orig")
    }
    derived: set[str] = set()
    clean: set[str] = set()
    for each in newsroom.pairs:
        names = {each.left, each.right}
        orig = {name for name in names if name.endswith("-orig")}
        if orig and names <= {*english.new, *orig}:
            (derived if each.label in DERIVED else clean).update(names - orig)
    assert len(derived) > 100
    assert len(derived - caught) <= 3, "72 rewrites, 2 of which the scan misses"
    tellers = {name for name in clean if name.endswith(("-independent", "-followup", "-sibling"))}
    assert len(tellers) > 60
    assert not tellers & failed


def test_renaming_and_another_order_give_the_same_findings(newsroom: Newsroom) -> None:
    articles = packs(newsroom, ("a01", "a02", "k01"))
    names = {each.id: f"moved/{number:02}.md" for number, each in enumerate(articles)}
    random.Random(7).shuffle(articles)  # noqa: S311 - any order will do
    moved = [replace(each, id=names[each.id], origin="elsewhere") for each in articles]
    new = {each.id for each in articles if not each.id.endswith("-orig")}
    before = decide(newsroom_check(sorted(articles, key=lambda each: each.id), new), policy())
    after = decide(newsroom_check(moved, {names[id_] for id_ in new}), policy())
    both = [
        sorted((match.fingerprint, match.ordinal, str(match.pair.verdict)) for match in each.matches)
        for each in (before, after)
    ]
    assert len(both[0]) > 20
    assert both[0] == both[1]
    again = decide(newsroom_check(articles, new), policy())
    assert again.findings == before.findings
    assert before.failed
    held = decide(after.checked, policy(baseline=baseline_of(before)))
    assert not held.failed, "a baseline made before the files were moved"
    assert len(held.suppressed) == len(before.failing)
