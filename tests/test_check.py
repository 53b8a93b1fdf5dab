"""New articles against known ones: what a scan of them all would say of the new ones, and nothing of the others."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from conftest import MakeArticle, Newsroom
from newsdedup.article import Article, Skipped
from newsdedup.engine import workers
from newsdedup.errors import InputError
from newsdedup.pipeline import check, know, scan
from newsdedup.result import Checked, Pair, Verdict
from newsdedup.run import Holding, Parameters

EVERYTHING = frozenset(Verdict) - {Verdict.DISTINCT}


def checked(
    new: Sequence[Article | Skipped], known: Sequence[Article], *, left_out: Sequence[int] = (), **parameters: object
) -> Checked:
    steered = Parameters(**parameters)  # type: ignore[arg-type]
    with know(known, steered) as (read, _):
        holding = Holding(known=read, left_out=np.array(left_out, dtype=np.int64))
        return check(new, holding, steered, version="0")


def scanned(articles: Sequence[Article], new: Sequence[Article], **parameters: object) -> dict[tuple[str, str], Pair]:
    """Pairs of a scan of them all that have a new side."""
    result = scan(articles, Parameters(**parameters), version="0")  # type: ignore[arg-type]
    ids = {article.id for article in new}
    return {(pair.left, pair.right): pair for pair in result.pairs if {pair.left, pair.right} & ids}


def by_ids(found: Checked) -> dict[tuple[str, str], Pair]:
    return {(pair.left, pair.right): pair for pair in found.result.pairs}


def split(newsroom: Newsroom, seed: int) -> tuple[list[Article], list[Article]]:
    """(new, known) articles: a quarter is new."""
    articles = list(newsroom.articles.values())
    chosen = random.Random(seed).sample(articles, len(articles) // 4)  # noqa: S311 - test data
    return chosen, [article for article in articles if article not in chosen]


class TestACheckSaysWhatAScanSays:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_of_the_pairs_with_a_new_article(self, newsroom: Newsroom, seed: int) -> None:
        new, known = split(newsroom, seed)
        expected = scanned([*new, *known], new, reported=EVERYTHING)
        assert len(expected) > 100
        assert by_ids(checked(new, known, reported=EVERYTHING)) == expected

    def test_within_a_window(self, newsroom: Newsroom) -> None:
        new, known = split(newsroom, 3)
        expected = scanned([*new, *known], new, window_days=0.5)
        assert by_ids(checked(new, known, window_days=0.5)) == expected
        assert expected != scanned([*new, *known], new)

    def test_with_several_jobs(self, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
        new, known = split(newsroom, 4)
        expected = checked(new, known)
        monkeypatch.setattr(workers, "_SMALL", 16)
        found = checked(new, known, jobs=2)
        assert found.result.pairs == expected.result.pairs
        assert (found.texts, found.sentences) == (expected.texts, expected.sentences)

    def test_of_identical_texts_and_what_else_their_copies_match(self, newsroom: Newsroom) -> None:
        story, rewrite = newsroom.articles["k01-orig"], newsroom.articles["k01-spun"]
        copies = [replace(story, id=f"copy-{number}") for number in range(4)]
        new, known = [copies[0], copies[3]], [*copies[1:3], rewrite]
        expected = scanned([*new, *known], new)
        assert len(expected) == 7
        assert by_ids(checked(new, known)) == expected

    def test_of_a_passage_that_many_known_copies_of_one_story_hold(self, newsroom: Newsroom) -> None:
        source, excerpt = newsroom.articles["k01-orig"], newsroom.articles["k01-excerpt"]
        known = [replace(source, id=f"known-{n}", text=f"{source.text}\n\nSeen in town {n}.") for n in range(6)]
        expected = scanned([excerpt, *known], [excerpt])
        assert {pair.verdict for pair in expected.values()} == {Verdict.EXCERPT}
        assert by_ids(checked([excerpt], known)) == expected


class TestNewArticlesDoNotHideEachOther:
    def test_where_many_take_one_passage_from_a_known_article(
        self, newsroom: Newsroom, make_article: MakeArticle
    ) -> None:
        source = newsroom.articles["k01-orig"]
        taken = "\n\n".join(source.text.split("\n\n")[2:7])
        new = [
            make_article(f"{newsroom.articles[f'k{number:02}-orig'].text}\n\n{taken}", id=f"new-{number}", source=name)
            for number in range(2, 11)
            for name in [f"Paper {number % 2}"]
        ]
        alone = by_ids(checked(new[:1], [source]))
        assert [pair.verdict for pair in alone.values()] == [Verdict.EXCERPT]
        for count in (3, 4, 9):
            found = by_ids(checked(new[:count], [source]))
            assert {("k01-orig", each.id) for each in new[:count]} <= found.keys()

    def test_where_they_alone_share_furniture_it_is_set_aside(
        self, newsroom: Newsroom, make_article: MakeArticle
    ) -> None:
        furniture = "\n\n".join(newsroom.articles["a01-orig"].text.split("\n\n")[2:7])
        new = [
            make_article(f"{newsroom.articles[f'k{number:02}-orig'].text}\n\n{furniture}", id=f"new-{number}")
            for number in range(2, 10)
        ]
        assert by_ids(checked(new, [newsroom.articles["k01-orig"]])) == {}

    @pytest.mark.parametrize("copies", [2, 7, 12])
    def test_where_a_known_text_has_many_copies_each_is_named(self, newsroom: Newsroom, copies: int) -> None:
        story, spun = newsroom.articles["k01-orig"], newsroom.articles["k01-spun"]
        known = [replace(story, id=f"known-{number:02}") for number in range(copies)]
        for new in (replace(story, id="a"), replace(spun, id="a")):
            assert set(by_ids(checked([new], known))) == {("a", each.id) for each in known}

    @pytest.mark.parametrize("copies", [1, 5, 6, 7, 9])
    def test_a_further_copy_is_a_further_pair(self, newsroom: Newsroom, copies: int) -> None:
        story, spun = newsroom.articles["k01-orig"], newsroom.articles["k01-spun"]

        def counted(count: int, copied: Article) -> Counter[Verdict]:
            new = [replace(copied, id=f"new-{number:02}") for number in range(count)]
            return Counter(pair.verdict for pair in by_ids(checked(new, [story])).values())

        for copied, verdict in ((spun, Verdict.REWRITE), (story, Verdict.IDENTICAL)):
            assert counted(copies + 1, copied)[verdict] > counted(copies, copied)[verdict]


class TestKnownArticles:
    def test_are_not_held_against_each_other(self, newsroom: Newsroom) -> None:
        new, known = split(newsroom, 5)
        ids = {article.id for article in new}
        pairs = checked(new, known, reported=EVERYTHING).result.pairs
        assert all({pair.left, pair.right} & ids for pair in pairs)

    def test_that_are_left_out_match_nothing(self, newsroom: Newsroom) -> None:
        story, spun = newsroom.articles["k01-orig"], newsroom.articles["k01-spun"]
        others = [newsroom.articles[name] for name in ("k02-orig", "k03-orig")]
        assert len(checked([spun], [*others, story]).result.pairs) == 1
        found = checked([spun], [*others, story], left_out=[0])
        assert found.result.pairs == ()
        assert found.known == 2

    def test_teach_what_recurs_and_new_ones_may_add_to_it(self, make_article: MakeArticle, newsroom: Newsroom) -> None:
        footer = "The Lower Wend Courier is run by its readers and asks every one of them for two crowns in the month"
        names = [f"k0{number}-orig" for number in range(1, 9)]
        told = [newsroom.articles[name].text for name in names]
        articles = [make_article(f"{text}\n\n{footer}.", source="Courier") for text in told]
        for known in (articles[:5], articles[:2]):
            new = [article for article in articles if article not in known]
            found = checked(new, known, reported=EVERYTHING)
            assert [(each.source, each.text, each.articles) for each in found.result.boilerplate] == [
                ("Courier", footer, 8)
            ]
            assert footer not in found.sentences.get(new[0].id, ())

    def test_may_be_none(self, newsroom: Newsroom) -> None:
        new = [newsroom.articles[name] for name in ("k01-orig", "k01-spun", "k02-orig")]
        expected = scan(new, Parameters(), version="0")
        for found in (check(new, None, Parameters(), version="0"), checked(new, [])):
            assert found.result.pairs == expected.pairs
            assert (found.new, found.known) == (("k01-orig", "k01-spun", "k02-orig"), 0)


class TestWhatIsHandedOver:
    def test_holds_the_articles_of_the_pairs_and_their_sentences(self, newsroom: Newsroom) -> None:
        story, spun = newsroom.articles["k01-orig"], newsroom.articles["k01-spun"]
        found = checked([spun, newsroom.articles["k02-orig"]], [story])
        (pair,) = found.result.pairs
        assert found.texts == {"k01-orig": story, "k01-spun": spun}
        aligned = pair.evidence.sentences
        left, right = found.sentences[pair.left], found.sentences[pair.right]
        assert max(each.left for each in aligned) <= len(left)
        assert max(each.right for each in aligned) <= len(right)
        assert all(sentence in " ".join(story.text.split()) for sentence in (left[aligned[0].left - 1],))

    def test_counts_new_and_known_and_keeps_what_was_skipped(self, newsroom: Newsroom) -> None:
        skipped = Skipped(input="x.bin", reason="binary")
        found = checked([newsroom.articles["k01-orig"], skipped], [newsroom.articles["k02-orig"]])
        assert (found.result.articles, found.result.inputs, found.result.skipped) == (2, 3, (skipped,))

    def test_new_articles_need_ids_of_their_own(self, newsroom: Newsroom) -> None:
        story = newsroom.articles["k01-orig"]
        with pytest.raises(InputError, match="two articles have the id"):
            checked([story, story], [newsroom.articles["k02-orig"]])
