"""Texts of one article: what makes one a version, which is the current one, and what is told of them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from conftest import Newsroom
from ingest_sets import NOW, Kept, sides, verdicts
from newsdedup import Config
from newsdedup.article import Article
from newsdedup.ingest.versions import Placed, Told, news, version_roots
from newsdedup.result import Verdict
from newsdedup.store.nouns import KeepText
from newsdedup.stores import migrate_store

URL = "https://example.org/one"
CONSENT = (
    "Before you continue. We and our partners store and read information on your device, such as cookies, and process "
    "personal data for ads that suit you, to measure them, and to learn about our readers. Choose Agree to go on "
    "to the article, or Options to say no to each of the purposes one by one. You may change your mind at any time in "
    "the privacy centre at the foot of each page, where the list of our 843 partners is kept as well."
)


def at(article: Article, name: str, url: str = URL, source: str | None = None) -> Article:
    return replace(article, id=name, url=url, published=None, source=source or article.source)


@pytest.fixture
def texts(newsroom: Newsroom) -> dict[str, Article]:
    """Two versions of one article, a copy of it, a text on another matter."""
    known = newsroom.articles
    return {
        "first": at(known["a01-orig"], "first"),
        "second": at(known["a01-revision"], "second"),
        "copy": at(known["a01-syndicated"], "copy", "https://other.example/copy"),
        "other": at(known["k04-orig"], "other"),
    }


def test_a_new_text_at_the_same_place_is_a_version_and_a_revision(kept: Kept, texts: dict[str, Article]) -> None:
    kept.run([texts["first"]])
    result = kept.run([texts["second"]])
    assert result.figures is not None
    assert (result.figures.new, result.figures.versions) == (0, 1)
    assert verdicts(result) == {("first", "second"): "revision"}
    assert result.pairs[0].reasons[0] == "two texts of one article, found at one place"
    stored = kept.stored()
    assert stored["second"].root == stored["first"].number
    assert kept.current() == ["second"]
    assert result.clusters == ()  # an article is no cluster of its own versions


@pytest.mark.parametrize("keep_text", list(KeepText))
def test_a_correction_makes_a_version(kept: Kept, texts: dict[str, Article], keep_text: KeepText) -> None:
    first, note = texts["first"], "Correction: an earlier text gave a wrong number of ships."
    corrected = replace(first, id="corrected", text=f"{note}\n\n{first.text}")
    kept.run([first], keep_text=keep_text)
    result = kept.run([corrected])
    assert result.figures is not None
    assert (result.figures.new, result.figures.versions) == (0, 1)
    assert sides(result) == [("corrected", "first")]
    assert kept.current() == ["corrected"]
    if keep_text is not KeepText.NONE:
        migrate_store(kept.path, views=frozenset(["copy"]), now=NOW)
        kept.config = Config(views=("copy",))
    again = kept.run([first, corrected])
    assert again.figures is not None
    assert (again.figures.repeated, again.pairs) == (2, ())


def test_a_text_that_comes_back_says_nothing_and_is_the_current_one(kept: Kept, texts: dict[str, Article]) -> None:
    first, second = texts["first"], texts["second"]
    told = [kept.run([each]) for each in (first, second, first, second, first)]
    assert [len(result.pairs) for result in told] == [0, 1, 0, 0, 0]
    assert kept.current() == ["first"]
    result = kept.run([texts["copy"]])
    assert sides(result) == [("copy", "first")]  # it is held against the current text
    kept.run([second])
    assert kept.current() == ["copy", "second"]


def test_a_text_that_comes_back_beside_its_copy_is_the_one_that_it_is_held_against(
    kept: Kept, texts: dict[str, Article]
) -> None:
    kept.run([texts["first"]])
    kept.run([texts["second"]])
    assert sides(kept.run([texts["first"], texts["copy"]])) == [("copy", "first")]
    assert kept.current() == ["copy", "first"]


def test_several_versions_in_one_batch_end_with_the_one_met_last(kept: Kept, texts: dict[str, Article]) -> None:
    result = kept.run([texts["second"], texts["first"], texts["copy"]])
    assert result.figures is not None
    assert (result.figures.new, result.figures.versions) == (2, 1)
    assert kept.current() == ["copy", "first"]
    assert len([each for each in sides(result) if "copy" in each]) == 1  # one pair of two articles
    assert ("copy", "first") in sides(result)
    assert ("first", "second") in sides(result)


def test_a_copy_that_comes_beside_two_versions_is_told_with_the_one_met_last(
    kept: Kept, texts: dict[str, Article]
) -> None:
    second = replace(texts["first"], id="second", text=f"{texts['first'].text}\n\nThe ministry did not reply.")
    result = kept.run([texts["first"], second, texts["copy"]])
    assert verdicts(result) == {("copy", "second"): "copy", ("first", "second"): "revision"}
    assert {row.verdict for row in kept.matches() if row.told == 0} == {"copy"}  # the other one is no weaker


def test_three_versions_in_three_runs_have_one_root(kept: Kept, newsroom: Newsroom, texts: dict[str, Article]) -> None:
    third = replace(
        texts["second"], id="third", text=texts["second"].text + "\n\nThe ministry did not reply by Sunday."
    )
    for each in (texts["first"], texts["second"], third):
        kept.run([each])
    stored = kept.stored()
    assert {each.root for each in stored.values()} == {stored["first"].number}
    assert kept.current() == ["third"]
    assert sides(kept.run([texts["copy"]])) == [("copy", "third")]


def test_a_pair_of_articles_is_told_once_however_many_versions(kept: Kept, texts: dict[str, Article]) -> None:
    kept.run([texts["first"]])
    assert len(kept.run([texts["copy"]]).pairs) == 1
    result = kept.run([texts["second"]])
    assert sides(result) == [("first", "second")]  # copy and second are one pair with copy and first, which was told
    silent = [match for match in kept.matches() if match.told == 0]
    assert len(silent) == 1
    assert sides(kept.report()) == [("copy", "first"), ("first", "second")]


def test_a_pair_is_told_again_when_it_is_stronger(kept: Kept, newsroom: Newsroom, texts: dict[str, Article]) -> None:
    spun = at(newsroom.articles["a01-spun"], "spun", "https://other.example/x")
    kept.run([texts["first"]])
    assert verdicts(kept.run([spun])) == {("first", "spun"): "rewrite"}
    result = kept.run([replace(spun, id="spun-2", text=texts["first"].text)])
    told = {each: verdict for each, verdict in verdicts(result).items() if "first" in each}
    assert told == {("first", "spun-2"): "identical"}


def test_a_copy_of_an_old_text_is_told_with_the_current_one(kept: Kept, texts: dict[str, Article]) -> None:
    kept.run([texts["first"]])
    kept.run([texts["second"]])
    result = kept.run([replace(texts["first"], id="late", url="https://other.example/late", source="Another")])
    assert sides(result) == [("late", "second")]
    assert result.notes == ()


def test_a_copy_of_an_old_text_that_is_unlike_the_current_one_is_said_in_a_note(kept: Kept, newsroom: Newsroom) -> None:
    one, two = (newsroom.articles[f"k0{number}-orig"] for number in (1, 4))
    kept.run([at(one, "one", source="Wire")])
    kept.run([Article(id="both", text=f"{one.text}\n\n{two.text}", source="Wire", url=URL)])
    kept.run([at(two, "two", source="Wire")])
    assert kept.current() == ["two"]
    late = [at(one, f"late-{number}", f"https://other.example/{number}", source=f"P{number}") for number in (1, 2)]
    result = kept.run([*late, at(two, "other", "https://other.example/3", source="P3")])
    assert sides(result) == [("late-1", "late-2"), ("other", "two")]
    assert result.notes == ("2 articles repeat an earlier text of a known one, which is compared by its current text",)


def test_unlike_texts_at_one_place_stay_articles_of_their_own(kept: Kept, texts: dict[str, Article]) -> None:
    consent = replace(texts["first"], id="consent", text=CONSENT, title=None)
    kept.run([texts["first"]])
    result = kept.run([consent])
    assert result.figures is not None
    assert (result.figures.new, result.figures.versions) == (1, 0)
    assert kept.current() == ["consent", "first"]
    assert sides(kept.run([texts["copy"]])) == [("copy", "first")]
    page = Article(id="page", text=CONSENT, source="Elsewhere", url="https://other.example/page")
    assert verdicts(kept.run([page])) == {("consent", "page"): "identical"}
    assert kept.run([texts["second"]]).figures.versions == 1  # type: ignore[union-attr] # of the article, not of the page
    assert kept.current() == ["consent", "copy", "page", "second"]


def test_entries_of_a_feed_with_one_link_for_all_are_each_found_later(kept: Kept, newsroom: Newsroom) -> None:
    known = newsroom.articles
    entries = [at(known[f"k0{number}-orig"], f"guid-{number}", "https://example.org/") for number in (1, 2, 3)]
    kept.run(entries)
    assert kept.current() == ["guid-1", "guid-2", "guid-3"]
    copies = [
        at(known[f"k0{number}-syndicated"], f"copy-{number}", f"https://x.example/{number}") for number in (1, 2, 3)
    ]
    assert sides(kept.run(copies)) == [(f"copy-{number}", f"guid-{number}") for number in (1, 2, 3)]


def test_a_third_text_that_is_like_two_unlike_ones_joins_them(kept: Kept, newsroom: Newsroom) -> None:
    one, two = (newsroom.articles[f"k0{number}-orig"] for number in (1, 4))
    both = Article(id="both", text=f"{one.text}\n\n{two.text}", source="Wire", url=URL)
    kept.run([at(one, "one", source="Wire")])
    kept.run([at(two, "two", source="Wire")])
    assert kept.current() == ["one", "two"]
    kept.run([both])
    stored = kept.stored()
    assert {each.root for each in stored.values()} == {stored["one"].number}
    assert kept.current() == ["both"]


def test_what_two_articles_have_in_common_is_no_news_once_they_turn_out_to_be_one(
    kept: Kept, newsroom: Newsroom
) -> None:
    """A copy of each of two unlike texts was told; when these become one article, its copies are not told again."""
    one, two = (newsroom.articles[f"k0{number}-orig"] for number in (1, 4))
    kept.run([at(one, "one", source="Wire"), at(two, "two", source="Wire")])
    copies = [
        replace(newsroom.articles[f"k0{number}-syndicated"], id=f"copy-{number}", published=None) for number in (1, 4)
    ]
    assert len(kept.run(copies).pairs) == 2
    told = kept.run([Article(id="both", text=f"{one.text}\n\n{two.text}", source="Wire", url=URL)])
    assert sides(told) == [("both", "one"), ("both", "two")]


# The rules themselves.

A, B = b"a" * 16, b"b" * 16


def placed(number: int, place: bytes = A, root: int | None = None) -> Placed:
    return Placed(number=number, place=place, root=number if root is None else root)


def test_like_texts_at_one_place_have_the_eldest_root() -> None:
    verdicts_ = {(1, 5): Verdict.REVISION, (5, 6): Verdict.COPY}
    assert version_roots([placed(5), placed(6)], [placed(1)], verdicts_) == {5: 1, 6: 1}


def test_like_texts_at_two_places_are_two_articles() -> None:
    assert version_roots([placed(5, B)], [placed(1)], {(1, 5): Verdict.IDENTICAL}) == {}


@pytest.mark.parametrize("verdict", [Verdict.RELATED, Verdict.TEMPLATE, None])
def test_unlike_texts_at_one_place_are_two_articles(verdict: Verdict | None) -> None:
    assert version_roots([placed(5)], [placed(1)], {} if verdict is None else {(1, 5): verdict}) == {}


def test_all_versions_of_two_articles_are_joined_by_a_text_like_both() -> None:
    kept_ = [placed(1), placed(2, root=1), placed(3), placed(4, root=3)]
    found = version_roots([placed(9)], kept_, {(2, 9): Verdict.REVISION, (4, 9): Verdict.COPY})
    assert found == {9: 1, 3: 1, 4: 1}


def test_versions_are_those_of_a_search_through_all_texts() -> None:
    chance = random.Random(7)  # noqa: S311 - the same every time
    for _ in range(300):
        kept_ = [placed(number, chance.choice((A, B)), root=number) for number in range(6)]
        same = [each.number for each in kept_ if each.place == A]
        kept_ = [replace(each, root=min(same)) if each.number in same[:2] else each for each in kept_]
        arrivals = [placed(number, chance.choice((A, B))) for number in range(6, 14)]
        chance.shuffle(arrivals)
        pairs = [(one, other) for other in range(14) for one in range(other) if chance.random() < 0.15]
        given = {pair: chance.choice((Verdict.COPY, Verdict.RELATED)) for pair in pairs}
        assert version_roots(arrivals, kept_, given) == searched(arrivals, kept_, given)


def searched(arrivals: list[Placed], kept_: list[Placed], given: Mapping[tuple[int, int], Verdict]) -> dict[int, int]:
    """What `version_roots` says, every text looked at for every arrival."""
    before = {each.number: each.root for each in (*kept_, *arrivals)}
    roots = {each.number: each.root for each in kept_}
    place = {each.number: each.place for each in (*kept_, *arrivals)}
    for each in arrivals:
        alike = {
            roots[other]
            for other in roots
            if place[other] == each.place
            and given.get((min(other, each.number), max(other, each.number))) is Verdict.COPY
        }
        root = min(alike, default=each.number)
        roots = {number: root if old in alike else old for number, old in roots.items()} | {each.number: root}
    return {number: root for number, root in roots.items() if root != before[number]}


def pair_of(left: int, right: int, verdict: Verdict, replaced: int = 0) -> Told:
    return Told(roots=(left, right), verdict=verdict, replaced=replaced)


def test_of_two_articles_the_first_pair_is_news_and_then_only_a_stronger_one() -> None:
    before = [pair_of(1, 2, Verdict.REWRITE)]
    weaker, same, stronger = Verdict.EXCERPT, Verdict.REWRITE, Verdict.COPY
    assert news([pair_of(1, 3, weaker)], before) == [True]
    assert news([pair_of(1, 2, same)], before) == [False]
    assert news([pair_of(1, 2, stronger)], before) == [True]


def test_of_pairs_that_come_at_once_that_of_the_current_texts_is_news() -> None:
    asked = [pair_of(1, 2, Verdict.COPY, replaced=1), pair_of(1, 2, Verdict.COPY)]
    assert news(asked, []) == [False, True]


def test_of_pairs_that_come_at_once_the_strongest_alone_is_news() -> None:
    asked = [pair_of(1, 2, Verdict.REWRITE), pair_of(1, 2, Verdict.COPY, replaced=1), pair_of(1, 2, Verdict.EXCERPT)]
    assert news(asked, []) == [False, True, False]


def test_a_link_between_two_versions_is_always_news() -> None:
    before = [pair_of(1, 1, Verdict.REVISION)]
    assert news([pair_of(1, 1, Verdict.REVISION)] * 2, before) == [True, True]
