"""What is told, and when: once, after it was delivered, and again when it was not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from conftest import Newsroom
from ingest_sets import DAY, NOW, Kept, by_time, in_parts, sides
from newsdedup import Config
from newsdedup.article import Article
from newsdedup.errors import InputError, StoreError
from newsdedup.result import Verdict
from newsdedup.stores import ingest_articles


@pytest.fixture
def story(newsroom: Newsroom) -> list[Article]:
    """One story as four outlets tell it, without time."""
    names = ("orig", "syndicated", "spun", "paraphrase")
    return [replace(newsroom.articles[f"k01-{name}"], id=name, published=None) for name in names]


def test_what_was_not_delivered_is_told_by_the_next_run(kept: Kept, story: list[Article]) -> None:
    lost = kept.run(story[:2], tell=False)
    assert sides(lost) == [("orig", "syndicated")]
    again = kept.run(story[:2])
    assert (again.pairs, again.clusters) == (lost.pairs, lost.clusters)
    assert again.figures is not None
    assert (again.figures.new, again.figures.matched) == (0, 1)
    assert kept.run(story[:2]).pairs == ()
    assert kept.report(run=1).pairs == ()  # the second run told it
    assert kept.report(run=2).pairs == lost.pairs


def test_what_was_delivered_is_never_told_again(kept: Kept, story: list[Article]) -> None:
    assert kept.run(story[:2]).clusters
    later = kept.run(story[2:3])
    assert all("spun" in pair for pair in sides(later))
    nothing = kept.run([])
    assert (nothing.pairs, nothing.clusters) == ((), ())


def test_what_comes_beside_what_was_not_delivered_is_told_with_it(kept: Kept, story: list[Article]) -> None:
    kept.run(story[:2], tell=False)
    kept.run(story[2:3], tell=False)
    result = kept.run(story[3:])
    assert result.pairs == kept.report().pairs
    assert [cluster.joined for cluster in result.clusters] == [result.clusters[0].members]


def test_what_a_run_does_not_show_is_told_by_the_next_that_does(kept: Kept, story: list[Article]) -> None:
    lost = kept.run(story[:3], tell=False)
    assert {str(pair.verdict) for pair in lost.pairs} == {"copy", "rewrite"}
    copies = kept.run([], config=replace(kept.config, min_verdict=Verdict.COPY))
    assert {str(pair.verdict) for pair in copies.pairs} == {"copy"}
    assert [cluster.joined for cluster in copies.clusters] == [cluster.members for cluster in lost.clusters]
    assert kept.run([], config=replace(kept.config, min_verdict=Verdict.COPY)).clusters == ()
    high = kept.run([], config=replace(kept.config, min_score=1.0))
    assert (high.pairs, high.clusters) == ((), ())
    rest = kept.run([])
    assert sorted([*sides(copies), *sides(rest)]) == sides(lost)
    assert [cluster.joined for cluster in rest.clusters] == [()]
    assert kept.run([]).pairs == ()


def test_a_run_that_was_killed_after_its_first_batch_is_made_good_by_the_next(
    kept: Kept, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = by_time(newsroom.articles.values())[:60]
    other = Kept(kept.path.with_name("other.db"))
    whole = other.run(articles)
    assert len(whole.clusters) > 2
    monkeypatch.setattr("newsdedup.ingest.runs.BATCH_ARTICLES", 25)

    def killed(articles: list[Article]) -> Iterator[Article]:
        yield from articles[:50]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept.run(killed(articles))
    stored = kept.stored()
    assert len(stored) == 50  # two batches were written, and no cluster made
    assert kept.asked(lambda reader: reader.all_members()) == []
    result = kept.run(articles[40:])
    assert result.pairs == whole.pairs
    assert result.clusters == whole.clusters
    assert [each.joined for each in result.clusters] == [each.members for each in result.clusters]
    members = kept.asked(lambda reader: reader.all_members())
    assert len(members) == sum(len(each.members) for each in result.clusters)
    runs = kept.asked(lambda reader: reader.runs())
    assert [(run.number, run.ended is None) for run in runs] == [(1, True), (2, False)]


def test_a_run_with_nothing_new_makes_good_a_killed_one(
    kept: Kept, story: list[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("newsdedup.ingest.runs.renew_around", killed)
        kept.run(story[:2])
    result = kept.run([])
    assert sides(result) == [("orig", "syndicated")]
    assert [cluster.members for cluster in result.clusters] == [("orig", "syndicated")]


# Reports.


def test_a_report_says_what_a_run_told(kept: Kept, newsroom: Newsroom) -> None:
    results = [kept.run(part) for part in in_parts(by_time(newsroom.articles.values())[:120], 4)]
    for number, result in enumerate(results, start=1):
        report = kept.report(run=number)
        assert report.pairs == result.pairs
        assert [(each.id, each.joined) for each in report.clusters] == [
            (each.id, each.joined) for each in result.clusters
        ]
    assert kept.report(run="last").pairs == results[-1].pairs
    everything = kept.report()
    assert len(everything.pairs) == sum(len(result.pairs) for result in results)
    assert {each.joined for each in everything.clusters} == {()}


def test_the_last_run_of_nothing_new_has_an_empty_report(kept: Kept, story: list[Article]) -> None:
    kept.run(story)
    kept.run(story)
    report = kept.report(run="last")
    assert (report.pairs, report.clusters) == ((), ())
    assert kept.report(run=1).pairs


def test_a_report_of_some_time_goes_by_the_clock_of_the_machine(kept: Kept, story: list[Article]) -> None:
    kept.run(story[:2], now=NOW)
    kept.run(story[2:], now=NOW + 5 * DAY)
    everything = kept.report().pairs
    last = kept.report(run=2).pairs
    assert kept.report(since_seconds=DAY, now=NOW + 5 * DAY).pairs == last
    assert kept.report(since_seconds=6 * DAY, now=NOW + 5 * DAY).pairs == everything
    assert kept.report(since_seconds=DAY, now=NOW + 7 * DAY).pairs == ()
    # The second run's clock had leapt ahead: nobody knows when it was.
    assert kept.report(since_seconds=DAY, now=NOW).pairs == kept.report(run=1).pairs


def test_a_store_without_such_a_run_says_so(kept: Kept, story: list[Article]) -> None:
    kept.run(story)
    with pytest.raises(InputError, match="no run 7; newsdedup store info"):
        kept.report(run=7)


def test_versions_are_in_a_report_once(kept: Kept, story: list[Article]) -> None:
    kept.run([replace(story[0], id="orig-2", text=story[0].text + "\n\nThe minister is to speak on Monday at noon.")])
    kept.run([story[0]])
    kept.run(story[1:2])
    report = kept.report()
    assert len(report.pairs) == len(set(sides(report))) == 2
    assert [cluster.members for cluster in report.clusters] == [("orig-2", "syndicated")]


def test_a_report_shows_as_much_as_is_asked_for(kept: Kept, story: list[Article]) -> None:
    kept.run(story)
    kept.config = Config(min_verdict=Verdict.COPY)
    assert {str(pair.verdict) for pair in kept.report().pairs} == {"copy"}


# Runs.


def test_a_run_that_reads_nothing_is_a_run(kept: Kept) -> None:
    results = [kept.run([]), kept.run([])]
    figures = [result.figures for result in results]
    assert [(each.run, each.read, each.new, each.store_articles) for each in figures if each] == [
        (1, 0, 0, 0),
        (2, 0, 0, 0),
    ]
    assert kept.report(run="last").pairs == ()


def test_the_figures_of_a_run_stand_in_the_store(kept: Kept, story: list[Article]) -> None:
    kept.run(story[:3])
    result = kept.run(story)
    figures = result.figures
    assert figures is not None
    assert (figures.read, figures.new, figures.repeated, figures.matched) == (4, 1, 3, len(result.pairs))
    row = kept.asked(lambda reader: reader.runs())[-1]
    assert row.figures["new"] == 1
    assert row.figures["matched"] == len(result.pairs)
    assert (result.inputs, result.articles) == (4, 1)


def test_notes_of_several_batches_add_up(kept: Kept, story: list[Article], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsdedup.ingest.runs.BATCH_ARTICLES", 1)
    short = [Article(id=f"s{number}", text=f"{number} men went to sea and came back at dawn.") for number in range(3)]
    assert kept.run(short).notes == ("3 articles are under 36 content words: too short to be called a rewrite",)


def test_only_one_at_a_time_writes(kept: Kept, story: list[Article]) -> None:
    with (
        ingest_articles(story[:1], kept.path, kept.config, now=NOW),
        pytest.raises(StoreError, match="another"),
    ):
        kept.run(story[1:])
    assert len(kept.stored()) == 1


def test_a_pair_that_was_not_delivered_is_told_as_what_it_became(kept: Kept, story: list[Article]) -> None:
    kept.run([story[0]])
    assert [str(pair.verdict) for pair in kept.run([story[2]], tell=False).pairs] == ["rewrite"]
    copy = replace(story[2], id="spun-2", text=story[0].text)
    result = kept.run([copy])
    assert ("orig", "spun-2") in sides(result)
    assert ("orig", "spun") not in sides(result)
    assert kept.report().pairs == result.pairs
