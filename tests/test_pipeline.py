"""The whole way from articles to pairs and clusters."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from multiprocessing import active_children

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import MakeArticle, Newsroom
from newsdedup.article import Article, Skipped
from newsdedup.engine import tiles, workers
from newsdedup.errors import InputError, NewsdedupError
from newsdedup.pipeline import compare, scan
from newsdedup.report.jsonl import result_lines
from newsdedup.result import Result, Verdict
from newsdedup.run import Parameters
from newsdedup.text.vocabulary import vocabulary

STORY = (
    "Mayor Anna Bell opened the Harlow bridge on 12 May 2024 after four years of work by 300 local builders. "
    "The council of Marlow had asked for another ferry across the river Wend since the old one sank in 1987. "
    "Critics led by Peter Quill called the plan a waste of 48 million crowns that schools in Thorne needed more. "
    "Judge Olive Stern of Brackley heard the case for eleven weeks before she threw it out last October. "
    "Builders from Castle Dray laid the last of its 214 granite blocks on Thursday night under bright lamps. "
    "Ines Moreau, who designed all seven arches, dropped a silver crown from her grandmother into the water."
)


def run(articles: Sequence[Article | Skipped], **parameters: object) -> Result:
    """The result without its running time."""
    return replace(scan(articles, Parameters(**parameters), version="0"), seconds=0.0)  # type: ignore[arg-type]


def as_bytes(result: Result) -> bytes:
    return "".join(result_lines(result)).encode()


def found(result: Result) -> dict[tuple[str, str], str]:
    return {(pair.left, pair.right): str(pair.verdict) for pair in result.pairs}


class TestSameInputSameBytes:
    def test_whatever_the_order_of_the_inputs(self, newsroom: Newsroom) -> None:
        inputs: list[Article | Skipped] = [
            *(article for name, article in newsroom.articles.items() if name < "a12"),
            *(Skipped(input=f"{n}.bin", reason="binary") for n in range(5)),
        ]
        expected = as_bytes(run(inputs))
        assert expected.count(b'"type":"pair"') > 100
        for seed in (1, 2):
            shuffled = inputs[:]
            random.Random(seed).shuffle(shuffled)  # noqa: S311 - test data
            assert as_bytes(run(shuffled)) == expected

    def test_whatever_the_number_of_jobs(self, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
        articles = list(newsroom.articles.values())[:60]
        expected = as_bytes(run(articles))
        assert as_bytes(run(articles, jobs=2)) == expected  # small: no worker is started
        monkeypatch.setattr(workers, "_SMALL", 1)
        monkeypatch.setattr(workers, "BATCH_ARTICLES", 16)
        monkeypatch.setattr(workers, "BATCH_PAIRS", 40)
        sent: list[str] = []
        whole = workers.Engine._submitted

        def counted(engine: workers.Engine, work: Callable[..., object], tasks: Iterable[tuple[object, ...]]) -> object:
            sent.append(work.__name__)
            return whole(engine, work, tasks)

        monkeypatch.setattr(workers.Engine, "_submitted", counted)
        assert as_bytes(run(articles, jobs=2)) == expected
        assert sent == ["_read_records", "_at_desk", "_at_desk"]  # reading, comparing, evidence

    @pytest.mark.parametrize("stage", ["reading", "comparing", "evidence"])
    def test_an_interrupt_leaves_no_worker_behind(
        self, stage: str, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workers, "_SMALL", 1)
        monkeypatch.setattr(workers, "BATCH_ARTICLES", 8)

        def interrupted(told: str, done: int, total: int) -> None:
            if told == stage and done:
                assert len(active_children()) == 2
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            scan(list(newsroom.articles.values())[:60], Parameters(jobs=2), version="0", progress=interrupted)
        assert active_children() == []

    def test_wherever_batches_end(self, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
        articles = list(newsroom.articles.values())[:70]
        expected = as_bytes(run(articles))
        for batch_articles, batch_pairs in ((1, 1), (7, 13), (69, 1000)):
            monkeypatch.setattr(workers, "BATCH_ARTICLES", batch_articles)
            monkeypatch.setattr(workers, "BATCH_PAIRS", batch_pairs)
            assert as_bytes(run(articles)) == expected

    def test_whatever_fits_into_memory(self, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
        articles = list(newsroom.articles.values())[:70]
        expected = as_bytes(run(articles))
        monkeypatch.setattr(tiles, "_STEP_PAIRS", 3)
        monkeypatch.setattr(workers, "_KEPT_SHARE", 1e9)
        for most in (1, 640_000):
            assert as_bytes(run(articles, max_memory=most)) == expected

    def test_a_run_that_does_not_fit_says_what_it_needs(self, newsroom: Newsroom) -> None:
        with pytest.raises(NewsdedupError, match=r"^max_memory 0 MB is used up after 8 articles, .*--max-memory"):
            run(list(newsroom.articles.values())[:8], max_memory=20_000)

    def test_whatever_was_read_before(self, newsroom: Newsroom) -> None:
        articles = list(newsroom.articles.values())[:20]
        expected = as_bytes(run(articles))
        vocabulary.cache_clear()
        assert as_bytes(run(articles)) == expected

    def test_a_pair_does_not_depend_on_the_company(self, newsroom: Newsroom) -> None:
        everything = {(pair.left, pair.right): pair for pair in run(list(newsroom.articles.values())).pairs}
        for left, right in list(everything)[::25]:
            [alone] = run([newsroom.articles[left], newsroom.articles[right]]).pairs
            assert alone == everything[left, right]


class TestIdenticalTexts:
    @pytest.mark.parametrize(("count", "pairs"), [(1, 0), (2, 1), (4, 6), (6, 15), (7, 6), (50, 49)])
    def test_make_one_cluster_with_pairs_in_line_with_their_number(
        self, count: int, pairs: int, make_article: MakeArticle
    ) -> None:
        result = run([make_article(STORY, id=f"{n:03}") for n in range(count)])
        assert len(result.pairs) == pairs
        assert {pair.verdict for pair in result.pairs} <= {Verdict.IDENTICAL}
        assert {pair.score for pair in result.pairs} <= {1.0}
        members = tuple(f"{n:03}" for n in range(count))
        assert [cluster.members for cluster in result.clusters] == ([members] if count > 1 else [])
        assert any("identical" in note for note in result.notes) == (count > 6)

    def test_are_each_paired_with_a_rewrite_of_them(self, seeds: list[Article]) -> None:
        left, right = seeds
        result = run([left, replace(left, id="zz"), right])
        assert found(result) == {
            (left.id, "zz"): "identical",
            (left.id, right.id): "rewrite",
            (right.id, "zz"): "rewrite",
        }
        assert len(result.clusters) == 1
        one = next(pair for pair in result.pairs if pair.right == right.id)
        two = next(pair for pair in result.pairs if pair.left == right.id)
        assert two.containment == one.containment[::-1]
        assert two.score == one.score

    def test_white_space_and_the_form_of_marks_do_not_matter(self, make_article: MakeArticle) -> None:
        told = STORY + ' "It stands," said Bell.'
        other = told.replace(". ", ".\n\n").replace('"', "\u201d")
        assert found(run([make_article(told, id="a"), make_article(other, id="b")])) == {("a", "b"): "identical"}

    def test_the_same_words_with_other_marks_are_a_copy(self, make_article: MakeArticle) -> None:
        result = run([make_article(STORY, id="a"), make_article(STORY.replace(",", ""), id="b")])
        assert found(result) == {("a", "b"): "copy"}

    def test_all_of_it_quoted(self, make_article: MakeArticle) -> None:
        result = run([make_article(f'"{STORY}"', id="a"), make_article(f'"{STORY.replace(",", "")}"', id="b")])
        assert found(result) == {("a", "b"): "copy"}


class TestShortTexts:
    @pytest.mark.parametrize("text", ["", " \n", "...", "?! --", "\u200b\ufeff", "\x00"])
    def test_without_words_are_never_duplicates(self, text: str, make_article: MakeArticle) -> None:
        result = run([make_article(text) for _ in range(3)])
        assert (result.articles, result.pairs, result.clusters) == (3, (), ())
        assert compare(make_article(text), make_article(text), Parameters()).pair.verdict is Verdict.DISTINCT

    def test_of_one_word_match_exactly_or_not_at_all(self, make_article: MakeArticle) -> None:
        texts = {"a": "Bridge", "b": "Bridge", "c": "Harlow", "d": "Bridges", "e": "12", "f": "12", "g": "13"}
        result = run([make_article(text, id=name) for name, text in texts.items()], min_score=0.01)
        assert found(result) == {("a", "b"): "identical", ("e", "f"): "identical"}

    @given(st.lists(st.sampled_from(["", "word", "Word", "two words", "12", "...", "Anna Bell met Quill in Harlow"])))
    @settings(derandomize=True, deadline=None, max_examples=40)
    def test_are_paired_only_when_the_same(self, texts: list[str]) -> None:
        result = run([Article(id=f"{n:02}", text=text) for n, text in enumerate(texts)])
        for pair in result.pairs:
            assert texts[int(pair.left)].lower() == texts[int(pair.right)].lower() != ""
        same = {(a, b) for a in range(len(texts)) for b in range(a) if texts[a] == texts[b] and texts[a].strip(".")}
        if len(texts) <= 6:
            assert len(same) <= len(result.pairs)

    def test_are_no_rewrites_of_each_other(self, make_article: MakeArticle) -> None:
        first = STORY.split(". ", maxsplit=1)[0] + "."
        other = (
            "On 12 May 2024, Mayor Anna Bell inaugurated the Harlow bridge, built by 300 local builders in four years."
        )
        result = run([make_article(first, id="a"), make_article(other, id="b")], min_score=0.3)
        assert Verdict.REWRITE not in {pair.verdict for pair in result.pairs}
        assert any("too short" in note for note in result.notes)


class TestParameters:
    def test_one_id_twice_is_an_error_that_names_both_places(self, make_article: MakeArticle) -> None:
        articles = [
            make_article("One.", id="x", origin="feeds/a.jsonl", line=3),
            make_article("Two.", id="y"),
            make_article("Three.", id="x", origin="feeds/b.jsonl", line=7),
        ]
        with pytest.raises(InputError) as caught:
            run(articles)
        for words in ('"x"', "feeds/a.jsonl line 3", "feeds/b.jsonl line 7"):
            assert words in str(caught.value)

    def test_a_rewrite_outside_the_window_is_not_looked_for(self, seeds: list[Article]) -> None:
        dates = ("2021-11-23", "2021-12-23")
        left, right = (replace(seed, published=date) for seed, date in zip(seeds, dates, strict=True))
        for window, reported in ((None, 1), (31.0, 1), (30.0, 1), (29.0, 0)):
            result = run([left, right], window_days=window, views=frozenset({"terms", "facts"}))
            assert len(result.pairs) == reported
        undated = replace(left, published=None)
        assert len(run([undated, right], window_days=1.0).pairs) == 1

    def test_copies_are_looked_for_at_any_distance(self, make_article: MakeArticle) -> None:
        old, new = make_article(STORY, published="1999-01-01"), make_article(STORY[:-9], published="2024-05-12")
        assert len(run([old, new], window_days=1.0, views=frozenset({"copy"})).pairs) == 1

    def test_the_copy_view_alone_finds_copies_and_no_free_rewrite(
        self, seeds: list[Article], newsroom: Newsroom
    ) -> None:
        roles = ("orig", "syndicated", "paraphrase", "sibling")
        articles = [newsroom.articles[f"a05-{role}"] for role in roles]
        copies = found(run([*seeds, *articles], views=frozenset({"copy"})))
        # The seeds share 17 % of their 3-shingles: within reach of its 64 bands.
        assert set(copies) - {(seeds[0].id, seeds[1].id)} == {("a05-orig", "a05-syndicated")}
        assert {("a05-orig", "a05-paraphrase"), (seeds[0].id, seeds[1].id)} <= set(found(run([*seeds, *articles])))

    def test_only_the_verdicts_asked_for_are_reported(self, newsroom: Newsroom) -> None:
        articles = [article for name, article in newsroom.articles.items() if name < "a06"]
        whole = run(articles, reported=frozenset(Verdict))
        for chosen in ({Verdict.COPY}, {Verdict.REWRITE, Verdict.TEMPLATE}):
            expected = tuple(pair for pair in whole.pairs if pair.verdict in chosen)
            assert run(articles, reported=frozenset(chosen)).pairs == expected
            assert expected

    def test_pairs_have_their_sides_in_order(self, newsroom: Newsroom) -> None:
        result = run(list(newsroom.articles.values())[:80])
        keys = [(pair.left, pair.right) for pair in result.pairs]
        assert keys == sorted(set(keys))
        assert all(left < right for left, right in keys)

    def test_everything_is_counted(self, make_article: MakeArticle) -> None:
        skipped = [Skipped(input="b", reason="binary"), Skipped(input="a", reason="empty")]
        result = run([skipped[0], make_article(STORY), skipped[1]])
        assert (result.inputs, result.articles) == (3, 1)
        assert result.skipped == (skipped[1], skipped[0])
        assert run([]).inputs == 0

    def test_progress_is_told_and_changes_nothing(self, seeds: list[Article]) -> None:
        told: list[str] = []
        result = scan(seeds, Parameters(), version="0", progress=lambda stage, done, total: told.append(stage))
        assert [*dict.fromkeys(told)] == ["reading", "boilerplate", "candidates", "comparing", "evidence", "clusters"]
        assert as_bytes(replace(result, seconds=0.0)) == as_bytes(run(seeds))


class TestHostileTexts:
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("bridge " * 150_000, id="one-word-repeated"),
            pytest.param("!?., -- ..." * 20_000, id="punctuation"),
            pytest.param("Yes. No. Maybe. Bridge. Harlow. " * 1000, id="one-word-sentences"),
            pytest.param("x" * 300_000, id="one-endless-word"),
            pytest.param('"' * 50_000, id="quotation-marks"),
            pytest.param('"Yes, we did it all" ' * 5000, id="one-quote-repeated"),
            pytest.param("\ud800\udfff\x00\u202e word " * 1000, id="broken-characters"),
            pytest.param("7 " * 50_000, id="numbers"),
            pytest.param("漢字かな" * 20_000, id="no-spaces"),
        ],
    )
    def test_neither_crash_nor_match_a_story(self, text: str, make_article: MakeArticle) -> None:
        odd = make_article(text, id="odd")
        result = run([odd, make_article(STORY, id="story"), make_article(text + " Harlow bridge.", id="odd-2")])
        assert not [pair for pair in result.pairs if "story" in (pair.left, pair.right)]
        assert compare(odd, make_article(STORY, id="story"), Parameters()).pair.verdict is Verdict.DISTINCT

    def test_ids_are_data(self, make_article: MakeArticle) -> None:
        ids = ["../../etc/passwd", "日本語/記事", "\U0001f600", "a\nb", "é", "e\u0301"]
        result = run([make_article(STORY, id=name) for name in ids])
        assert [cluster.members for cluster in result.clusters] == [tuple(sorted(ids))]
        assert len(result.pairs) == 15

    def test_any_stated_language_is_taken(self, make_article: MakeArticle) -> None:
        for lang in ("zz", "en-GB", "", "DE"):
            result = run([make_article(STORY, id="a", lang=lang), make_article(STORY[:-40], id="b", lang=lang)])
            assert found(result) == {("a", "b"): "revision"} or found(result) == {("a", "b"): "copy"}


def test_a_text_that_is_cut_is_said(make_article: MakeArticle) -> None:
    long = make_article("Words without end. " * 60_000)
    assert "1 article compared by the first 1,000,000 characters only" in run([long, make_article(STORY)]).notes
    assert not any("characters only" in note for note in run([make_article(STORY)]).notes)


def test_min_score_filters_and_changes_no_verdict(newsroom: Newsroom) -> None:
    articles = list(newsroom.articles.values())
    low, high = (run(articles, min_score=score).pairs for score in (0.5, 0.95))
    assert set(high) == {pair for pair in low if pair.score >= 0.95}
    assert 0 < len(high) < len(low)


def test_the_window_holds_for_rewrites_found_through_any_view(seeds: list[Article]) -> None:
    far = [replace(seeds[0], published="2021-01-01"), replace(seeds[1], published="Sat, 01 Jan 2022 10:00:00 GMT")]
    assert len(run(far).pairs) == 1
    assert run(far, window_days=14.0).pairs == ()
    assert len(run(far, window_days=400.0).pairs) == 1


def test_one_changed_name_in_a_short_item_is_no_copy(make_article: MakeArticle) -> None:
    pair = [make_article("The cat sat on the mat in Paris."), make_article("The cat sat on the mat in London.")]
    assert run(pair).pairs == ()


HERE, THERE = "https://here.example/1", "https://there.example/2"
ADDRESSES = [
    # url and canonical of one, url and canonical of the other, verdict
    ((HERE, None), (HERE, None), "revision"),
    ((HERE, None), (THERE, None), "copy"),
    ((None, HERE), (None, HERE), "revision"),  # a page that states nothing but where it belongs
    ((None, HERE), (None, THERE), "copy"),
    ((HERE, None), (None, HERE), "copy"),  # the second names the first as its original
    ((HERE, None), (THERE, HERE), "copy"),
    ((HERE, THERE), (HERE, THERE), "revision"),
    ((None, None), (None, None), "copy"),
]


@pytest.mark.parametrize(("one", "other", "verdict"), ADDRESSES)
def test_versions_at_one_address_are_revisions_and_declared_copies_are_not(
    newsroom: Newsroom, one: tuple[str | None, str | None], other: tuple[str | None, str | None], verdict: str
) -> None:
    pair = newsroom.labelled("copy")[0]
    articles = [
        replace(newsroom.articles[key], source=None, url=url, canonical=canonical)
        for key, (url, canonical) in ((pair.left, one), (pair.right, other))
    ]
    assert list(found(run(articles)).values()) == [verdict]


def test_articles_without_a_word_are_said(make_article: MakeArticle) -> None:
    assert "2 articles without a word: compared with nothing" in run([make_article("!!!"), make_article("...")]).notes


def test_passages_set_aside_are_said(newsroom: Newsroom, make_article: MakeArticle) -> None:
    passage = newsroom.articles["a01-orig"].text[:1200]
    stories = [article.text for key, article in newsroom.articles.items() if key.endswith("-followup")][:5]
    articles = [make_article(f"{story}\n\n{passage}", source=f"Outlet {n}") for n, story in enumerate(stories)]
    assert any("set aside as boilerplate" in note for note in run(articles).notes)
