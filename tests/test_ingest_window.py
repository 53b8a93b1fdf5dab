"""How far apart articles may be: rewrites within the window, copies over the whole store, and what has no time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from conftest import Newsroom
from ingest_sets import CONFIG, DAY, NOW, Kept, sides
from newsdedup import Config
from newsdedup.article import Article
from newsdedup.ingest.clock import can_be_true
from newsdedup.stores import ingest_articles


def moment(days: float) -> str:
    """A time of publication, so many days after the first run."""
    return (datetime.fromtimestamp(NOW, UTC) + timedelta(days=days)).isoformat()


@pytest.fixture
def story(newsroom: Newsroom) -> dict[str, Article]:
    names = ("orig", "syndicated", "spun", "paraphrase")
    return {name: replace(newsroom.articles[f"k01-{name}"], id=name) for name in names}


def dated(article: Article, days: float | None) -> Article:
    return replace(article, published=None if days is None else moment(days))


WORDS = replace(CONFIG, views=("terms", "facts"))
"""The views that the window bounds, alone."""


@pytest.mark.parametrize("config", [CONFIG, WORDS], ids=["all views", "words"])
@pytest.mark.parametrize(("apart", "told"), [(13, True), (15, False)])
def test_a_rewrite_is_told_within_the_window(
    kept: Kept, story: dict[str, Article], config: Config, apart: float, told: bool
) -> None:
    kept.config = config
    kept.run([dated(story["orig"], 0)])
    result = kept.run([dated(story["spun"], apart)], now=NOW + apart * DAY)
    assert bool(result.pairs) is told


def test_so_it_is_where_both_come_at_once(kept: Kept, story: dict[str, Article]) -> None:
    result = kept.run([dated(story["orig"], -30), dated(story["spun"], 0), dated(story["paraphrase"], -20)])
    assert sides(result) == [("orig", "paraphrase")]


def test_a_copy_is_told_over_the_whole_store(kept: Kept, story: dict[str, Article]) -> None:
    kept.run([dated(story["orig"], 0)])
    result = kept.run([dated(story["syndicated"], 900)], now=NOW + 900 * DAY)
    assert sides(result) == [("orig", "syndicated")]


def test_without_a_window_a_rewrite_is_told_at_any_distance(kept: Kept, story: dict[str, Article]) -> None:
    kept.config = replace(CONFIG, window_days=None)
    kept.run([dated(story["orig"], 0)])
    result = kept.run([dated(story["spun"], 900)], now=NOW + 900 * DAY)
    assert sides(result) == [("orig", "spun")]


def test_without_settings_the_window_is_of_14_days(kept: Kept, story: dict[str, Article]) -> None:
    with ingest_articles([dated(story["orig"], 0)], kept.path, now=NOW) as ingested:
        assert ingested.result.parameters["window_days"] == 14.0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (None, None),
        (None, 0.0),  # one of the two is enough to not know their distance
        (0.0, None),
        (400.0, None),  # a day that is still to come is not believed
        (-20_000.0, None),  # nor one before 1990
    ],
)
def test_where_a_time_is_not_known_it_is_when_they_were_first_seen(
    kept: Kept, story: dict[str, Article], first: float | None, second: float | None
) -> None:
    kept.config = WORDS
    spun = dated(story["spun"], second)
    kept.run([dated(story["orig"], first)])
    result = kept.run([spun], now=NOW + 13 * DAY)
    assert sides(result) == [("orig", "spun")]
    late = replace(spun, id="late", url="https://late.example/", text=story["paraphrase"].text)
    assert ("late", "orig") not in sides(kept.run([late], now=NOW + 15 * DAY))


def test_so_it_is_where_they_are_near_by_what_the_window_does_not_bound(kept: Kept, story: dict[str, Article]) -> None:
    kept.run([dated(story["orig"], None)])
    assert kept.run([dated(story["spun"], None)], now=NOW + 15 * DAY).pairs == ()


def test_an_undated_copy_is_told_however_long_the_other_has_been_here(kept: Kept, story: dict[str, Article]) -> None:
    kept.run([dated(story["orig"], None)])
    result = kept.run([dated(story["syndicated"], None)], now=NOW + 300 * DAY)
    assert sides(result) == [("orig", "syndicated")]


def test_being_seen_again_does_not_make_an_article_younger(kept: Kept, story: dict[str, Article]) -> None:
    kept.run([dated(story["orig"], None)])
    kept.run([dated(story["orig"], None)], now=NOW + 15 * DAY)
    assert kept.run([dated(story["spun"], None)], now=NOW + 16 * DAY).pairs == ()


def test_old_news_that_comes_late_is_held_against_its_own_time(kept: Kept, story: dict[str, Article]) -> None:
    kept.run([dated(story["orig"], -500)])
    result = kept.run([dated(story["spun"], -495), dated(story["paraphrase"], 100)], now=NOW + 100 * DAY)
    assert sides(result) == [("orig", "spun")]


def test_a_time_of_publication_is_believed_from_1990_to_tomorrow() -> None:
    said = ["1989-12-31", "1990-01-01", moment(0.5), moment(1.5), None, "soon"]
    assert [can_be_true(each, NOW) for each in said] == [False, True, True, False, True, True]


def test_a_time_that_cannot_be_true_tells_nobody_who_was_first(kept: Kept, story: dict[str, Article]) -> None:
    never_set = replace(story["syndicated"], published="1970-01-01T00:00:00Z", text=f"{story['orig'].text}\n\nDone.")
    result = kept.run([dated(story["orig"], -1), never_set, dated(story["spun"], 400)])
    assert result.notes == ("2 articles state a time of publication that cannot be true: taken as not stated",)
    assert not any("published first" in reason for reason in result.clusters[0].reasons)
    assert not any("earlier" in reason for pair in result.pairs for reason in pair.reasons)
    published = kept.asked(lambda reader: [each.published for each in reader.articles(range(3))])
    assert sorted(published, key=str) == [moment(-1), None, None]
    again = kept.run([never_set, dated(story["paraphrase"], 400)])
    assert again.notes == ("1 article states a time of publication that cannot be true: taken as not stated",)


# The clock, and what is let go.


def test_a_clock_that_is_set_back_expires_nothing_early(kept: Kept, story: dict[str, Article]) -> None:
    kept.run([dated(story["orig"], None)], now=NOW)
    kept.run([dated(story["paraphrase"], None)], now=NOW - 50 * DAY)
    stored = kept.stored()
    assert {each.first_seen for each in stored.values()} == {NOW}
    assert kept.expire(10, now=NOW - 50 * DAY) == 0
    runs = kept.asked(lambda reader: reader.runs())
    assert [(run.started, run.wall) for run in runs] == [(NOW, NOW), (NOW, NOW - 50 * DAY)]


def test_a_clock_that_was_ahead_makes_no_article_old(kept: Kept, story: dict[str, Article]) -> None:
    kept.run([dated(story["orig"], 0)], now=NOW + 400 * DAY)
    result = kept.run([dated(story["spun"], 1)], now=NOW + DAY)
    assert sides(result) == [("orig", "spun")]
    assert kept.stored()["spun"].first_seen == NOW + 400 * DAY


def test_what_expired_and_comes_again_is_new_and_told(kept: Kept, story: dict[str, Article]) -> None:
    both = [dated(story["orig"], None), dated(story["syndicated"], None)]
    first = kept.run(both, now=NOW)
    kept.run(both[1:], now=NOW + 20 * DAY)
    assert kept.expire(10, now=NOW + 20 * DAY) == 1
    again = kept.run(both, now=NOW + 21 * DAY)
    assert again.figures is not None
    assert (again.figures.new, again.figures.repeated) == (1, 1)
    assert again.pairs == first.pairs
    assert again.clusters[0].members == first.clusters[0].members


def test_when_a_version_expires_the_one_before_is_current_again(kept: Kept, story: dict[str, Article]) -> None:
    first = dated(replace(story["orig"], url="https://one.example/"), None)
    second = replace(first, id="second", text=f"{first.text}\n\nThe ministry did not reply on Friday.")
    kept.run([second], now=NOW)
    kept.run([first], now=NOW + DAY)
    kept.run([second], now=NOW + 2 * DAY)
    kept.run([dated(story["paraphrase"], None)], now=NOW + 30 * DAY)
    assert kept.current() == ["paraphrase", "second"]
    # `first` was met last, then it goes; `second` was met before.
    kept.run([first], now=NOW + 3 * DAY)
    assert kept.current() == ["orig", "paraphrase"]


def test_when_the_first_version_expires_the_others_stay_one_article(kept: Kept, story: dict[str, Article]) -> None:
    first = dated(replace(story["orig"], url="https://one.example/"), None)
    second = replace(first, id="second", text=f"{first.text}\n\nThe ministry did not reply on Friday.")
    third = replace(first, id="third", text=f"{second.text}\n\nIts spokesman was not to be reached.")
    kept.run([first], now=NOW)
    kept.run([second, dated(story["syndicated"], None)], now=NOW + 20 * DAY)
    kept.run([third], now=NOW + 21 * DAY)
    before = kept.report()
    assert [cluster.members for cluster in before.clusters] == [("orig", "syndicated")]
    assert kept.expire(10, now=NOW + 21 * DAY) == 1
    stored = kept.stored()
    assert stored["third"].root == stored["second"].root == stored["second"].number
    after = kept.report()
    assert [cluster.members for cluster in after.clusters] == [("second", "syndicated")]
    assert after.clusters[0].id == before.clusters[0].id
    assert kept.run([dated(story["spun"], None)], now=NOW + 22 * DAY).clusters[0].id == before.clusters[0].id
