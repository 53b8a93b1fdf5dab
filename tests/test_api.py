"""The library's functions, as a program calls them."""

from __future__ import annotations

from dataclasses import replace

import pytest

import newsdedup
from conftest import MakeArticle, Newsroom
from newsdedup import Article, Config, check_articles, compare_articles, find_duplicates
from newsdedup.api import reported_verdicts
from newsdedup.result import REPORTED, Comparison, Verdict


class TestFindDuplicates:
    def test_the_seeds_are_a_rewrite_of_the_first(self, seeds: list[Article]) -> None:
        result = find_duplicates(seeds)
        [pair] = result.pairs
        assert (pair.left, pair.right) == (seeds[0].id, seeds[1].id)
        assert pair.verdict is Verdict.REWRITE
        assert pair.score >= 0.9
        assert pair.source == "left"
        assert 0.8 <= pair.facts <= 1.0
        assert 0.5 <= pair.telling <= 1.0
        assert pair.jaccard == pytest.approx(0.15, abs=0.03)  # exact 3-shingles: a classic scan sees nothing here
        assert pair.reasons
        [cluster] = result.clusters
        assert cluster.canonical == seeds[0].id
        assert cluster.members == (seeds[0].id, seeds[1].id)
        assert result.version == newsdedup.__version__

    def test_takes_any_iterable_and_says_what_steered_it(self, seeds: list[Article]) -> None:
        config = Config(min_score=0.8, window_days=14.0, jobs=2)
        result = find_duplicates(iter(seeds), config)
        assert (result.parameters["min_score"], result.parameters["window_days"]) == (0.8, 14.0)
        assert "jobs" not in result.parameters

    def test_min_score_drops_what_is_below(self, newsroom: Newsroom) -> None:
        articles = [article for name, article in newsroom.articles.items() if name < "a08"]
        low, high = (find_duplicates(articles, Config(min_score=score)).pairs for score in (0.5, 0.97))
        assert {(pair.left, pair.right) for pair in high} == {
            (pair.left, pair.right) for pair in low if pair.score >= 0.97
        }
        assert 0 < len(high) < len(low)
        assert all(pair.score >= 0.5 for pair in low)

    def test_all_adds_related_and_template(self, newsroom: Newsroom) -> None:
        articles = [article for name, article in newsroom.articles.items() if name < "a12"]
        usual, everything = (find_duplicates(articles, Config(report_all=value)) for value in (False, True))
        added = set(everything.pairs) - set(usual.pairs)
        assert set(usual.pairs) < set(everything.pairs)
        assert {pair.verdict for pair in added} == {Verdict.RELATED, Verdict.TEMPLATE}
        assert usual.clusters == everything.clusters  # no cluster over what is not derived
        assert all(pair.source is None for pair in added)

    def test_numbers_are_within_their_bounds(self, newsroom: Newsroom) -> None:
        for pair in find_duplicates(newsroom.articles.values(), Config(report_all=True)).pairs:
            assert all(0.0 <= value <= 1.0 for value in (pair.score, pair.facts, pair.telling, pair.jaccard))
            assert all(0.0 <= value <= 1.0 for value in pair.containment)


@pytest.mark.parametrize(
    ("config", "verdicts"),
    [
        (Config(), set(REPORTED)),
        (Config(min_verdict=Verdict.IDENTICAL), {Verdict.IDENTICAL}),
        (Config(min_verdict=Verdict.REVISION), {Verdict.IDENTICAL, Verdict.COPY, Verdict.REVISION}),
        (Config(min_verdict=Verdict.RELATED), {*REPORTED, Verdict.RELATED}),
        (Config(report_all=True), {*REPORTED, Verdict.RELATED, Verdict.TEMPLATE}),
        (Config(min_verdict=Verdict.DISTINCT), set(Verdict)),
    ],
)
def test_reported_verdicts(config: Config, verdicts: set[Verdict]) -> None:
    assert reported_verdicts(config) == verdicts


class TestCompareArticles:
    def test_gives_what_a_scan_gives(self, seeds: list[Article]) -> None:
        [pair] = find_duplicates(seeds).pairs
        assert compare_articles(seeds[0], seeds[1]).pair == pair

    def test_swaps_the_sides_when_the_ids_sort_the_other_way(self, seeds: list[Article]) -> None:
        assert compare_articles(seeds[1], seeds[0]) == compare_articles(seeds[0], seeds[1])

    def test_turned_names_turn_every_side(self, seeds: list[Article]) -> None:
        first, second = seeds
        straight = compare_articles(replace(first, id="a"), replace(second, id="b"))
        turned = compare_articles(replace(first, id="b"), replace(second, id="a"))
        assert turned.left_sentences == straight.right_sentences
        assert turned.pair.containment == straight.pair.containment[::-1]
        assert turned.pair.score == pytest.approx(straight.pair.score, abs=1e-5)
        assert turned.pair.verdict == straight.pair.verdict
        assert (straight.pair.source, turned.pair.source) == ("left", "right")
        assert {(a.right, a.left) for a in turned.pair.evidence.sentences} == {
            (a.left, a.right) for a in straight.pair.evidence.sentences
        }

    def test_tells_what_was_set_aside(self, seeds: list[Article]) -> None:
        kinds = {(name, kind) for name, kind, _ in compare_articles(seeds[0], seeds[1]).set_aside}
        assert (seeds[0].id, "comments") in kinds
        assert (seeds[1].id, "trailer") in kinds

    def test_one_article_with_itself(self, make_article: MakeArticle) -> None:
        article = make_article("Anna Bell opened the Harlow bridge.", id="x")
        found: Comparison = compare_articles(article, article)
        assert found.pair.verdict is Verdict.IDENTICAL
        assert (found.pair.left, found.pair.right) == ("x", "x (2)")

    def test_unrelated_articles_get_a_verdict_too(self, newsroom: Newsroom) -> None:
        found = compare_articles(newsroom.articles["a01-orig"], newsroom.articles["a09-orig"])
        assert found.pair.verdict is Verdict.DISTINCT
        assert found.pair.score < 0.1
        assert {"margin_copy", "margin_telling", "lcs", "facts_both"} <= set(found.numbers)


class TestCheckArticles:
    def test_takes_articles_made_in_memory_for_two_whatever_their_ids(self, newsroom: Newsroom) -> None:
        story, spun = (replace(newsroom.articles[name], id="1") for name in ("k02-orig", "k02-spun"))
        found = check_articles([spun], against=[story])
        (finding,) = found.findings
        assert (finding.lead.article.id, finding.lead.other.id) == ("new#1", "1")
        assert finding.lead.pair.verdict is Verdict.REWRITE

    def test_takes_a_file_for_the_newer_version_of_the_known_one_of_its_name(self, newsroom: Newsroom) -> None:
        old, new = (replace(newsroom.articles[name], id="a.md", origin="a.md") for name in ("k01-orig", "k01-revision"))
        found = check_articles([new], against=[old])
        assert found.findings == ()
        assert found.notes == ("1 known article not held against: among the new ones, or gone",)

    def test_leaves_out_what_is_gone_by_its_file_alone(self, newsroom: Newsroom) -> None:
        record = replace(newsroom.articles["k02-orig"], id="a.md", origin="feed.jsonl", line=1)
        spun = newsroom.articles["k02-spun"]
        assert check_articles([spun], against=[record], gone=["a.md"]).failed
        file = replace(record, origin="a.md", line=None)
        assert not check_articles([spun], against=[file], gone=["a.md"]).failed
