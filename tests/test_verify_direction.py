"""Which side is likelier the source, and what it is told from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from conftest import MakeArticle, Newsroom
from newsdedup.api import compare_articles
from newsdedup.result import Verdict
from newsdedup.text.normalize import normalize
from newsdedup.verify import direction
from newsdedup.verify.direction import likely_source, parse_time


def says(
    published: str | None = None, *, derived: str = "", length: int = 100, has_correction: bool = False
) -> direction.Testimony:
    time, day_only = parse_time(published)
    return direction.Testimony(
        published=time, day_only=day_only, derived=derived, length=length, has_correction=has_correction
    )


@pytest.mark.parametrize(
    ("published", "time", "day_only"),
    [
        ("2021-11-23", datetime(2021, 11, 23, tzinfo=UTC), True),
        (" 2021-11-23 ", datetime(2021, 11, 23, tzinfo=UTC), True),
        ("2021-11-23T17:42:00-03:00", datetime(2021, 11, 23, 20, 42, tzinfo=UTC), False),
        ("2021-11-23T17:42:00Z", datetime(2021, 11, 23, 17, 42, tzinfo=UTC), False),
        ("2021-11-23 17:42", datetime(2021, 11, 23, 17, 42, tzinfo=UTC), False),
        ("20211123", datetime(2021, 11, 23, tzinfo=UTC), True),
        ("on 2021-11-23 in Berlin", datetime(2021, 11, 23, tzinfo=UTC), True),
        ("2021-13-45", None, False),
        ("yesterday", None, False),
        ("", None, False),
        (None, None, False),
        ("0001-01-01T00:00:00+14:00", None, False),  # before the first day that there is
        ("9999-12-31T23:59:59-14:00", None, False),
    ],
)
def test_parse_time(published: str | None, time: datetime | None, day_only: bool) -> None:
    assert parse_time(published) == (time, day_only)


def take(
    published: str | None = None, *, length: int = 100, place: str | None = None, **numbers: int
) -> direction.Testimony:
    return replace(says(published, length=length), takes=numbers, place=(place, None))


CASES = [
    (says("2021-11-23T10:00"), says("2021-11-23T11:00"), "left", "first"),
    (says("2021-11-23T10:00+00:00"), says("2021-11-23T10:30+02:00"), "right", "first"),
    (says("2021-11-22"), says("2021-11-23"), "left", "first"),
    # Only the day is known of one side: the hour of the other tells nothing within that day.
    (says("2021-11-23"), says("2021-11-23T11:00"), None, ""),
    (says("2021-11-23"), says("2021-11-24T00:30"), "left", "first"),
    (says("2021-11-23", length=300), says("2021-11-23T11:00"), "left", "complete"),
    # Time comes before everything else.
    (says("2021-11-24", length=500), says("2021-11-23", derived="This is a condensed version."), "right", "first"),
    # One date, or none that can be read, tells nothing.
    (says("2021-11-22"), says(None), None, ""),
    (says("soon"), says("2021-11-23", length=300), "right", "complete"),
    (says(derived="This is a condensed version."), says(length=50), "right", "condensed version"),
    (says(), says(derived="This story was originally published by AP."), "left", "originally published"),
    (says(derived="a"), says(derived="b"), None, ""),
    (says(has_correction=True, length=300), says(), "right", "correction"),
    (says(has_correction=True), says(has_correction=True), None, ""),
    (says(length=109), says(length=100), "left", "complete"),
    (says(length=108), says(length=100), None, ""),
    (says(length=0), says(length=0), None, ""),
    # The higher take is the later version, whatever is longer or corrected, and whatever stands beside it.
    (take(update=1, length=100), take(update=2, length=300), "left", "the right one is a later version (update 2)"),
    (take(lead=3), replace(take(lead=2), has_correction=True), "right", "left one is a later version (lead 3)"),
    (take(update=1, lead=5), take(update=2, lead=4), "right", "lead 5"),  # of two families the first by name
    # Times come before it; without times, or with one, it tells.
    (take("2021-11-24", update=1), take("2021-11-23", update=2), "right", "first"),
    (take("2021-11-23", update=1), take("2021-11-23T10:00", update=2), "left", "update 2"),
    # Numbers of two families are not compared, and no number is none of another family.
    (take(update=1), take(lead=2), None, ""),
    (take(update=2), take(update=2), None, ""),
    # A text without a take is the first version where publisher or address is the same.
    (take(), take(update=1), None, ""),
    (take(place="reuters"), take(update=1, place="reuters"), "left", "update 1"),
    (take(place="reuters"), take(update=1, place="ap"), None, ""),
]


@pytest.mark.parametrize(("left", "right", "side", "words"), CASES)
def test_likely_source(left: direction.Testimony, right: direction.Testimony, side: str | None, words: str) -> None:
    found, reason = likely_source(left, right)
    assert found == side
    assert words in reason
    assert bool(reason) == (side is not None)
    swapped, _ = likely_source(right, left)
    assert swapped == {"left": "right", "right": "left", None: None}[side]


@pytest.mark.parametrize(
    ("line", "derived"),
    [
        ("This is a condensed version of the information.", True),
        ("The Associated Press contributed to this report.", True),
        ("This story was originally published by the Harbour Press Agency.", True),
        (
            "For more reporting from the Associated Press, see below.",
            False,
        ),  # says where to read on, not whence it came
        ("Anna Bell closed the bridge again on Friday.", False),
    ],
)
def test_testimony_reads_what_the_page_says_of_itself(line: str, derived: bool, make_article: MakeArticle) -> None:
    article = make_article(f"Anna Bell opened the bridge on Monday.\n\nIt cost 48 million dollars.\n\n{line}")
    found = direction.testimony(article, normalize(article.text), 12)
    assert bool(found.derived) == derived
    assert not found.has_correction
    assert found.length == 12


def test_testimony_reads_a_correction(make_article: MakeArticle) -> None:
    article = make_article("Anna Bell opened it.\n\nCorrection: an earlier version gave the wrong day.")
    assert direction.testimony(article, normalize(article.text), 4).has_correction


def test_length_does_not_tell_the_source_of_an_excerpt() -> None:
    short = direction.Testimony(published=None, day_only=False, derived="", has_correction=False, length=100)
    long = replace(short, length=300)
    assert likely_source(short, long)[0] == "right"
    assert likely_source(short, long, by_length=False) == (None, "")


CREDITED = says(length=50), says(length=300, derived="This is a condensed version.")


@pytest.mark.parametrize(
    ("credited", "side", "reason"),
    [
        (("Harbor Times", ""), "right", 'the left one credits "Harbor Times"'),
        (("", "HPA"), "left", 'the right one credits "HPA"'),
        (("HPA", "Harbor Times"), "left", "the right one says of itself"),  # each the other: nothing is told
        (("", ""), "left", "the right one says of itself"),
    ],
)
def test_a_credit_comes_before_everything_but_the_time(credited: tuple[str, str], side: str, reason: str) -> None:
    found = likely_source(*CREDITED, credited=credited)
    assert found[0] == side
    assert found[1].startswith(reason)
    of_an_excerpt = likely_source(*CREDITED, by_length=False, credited=credited)
    assert of_an_excerpt == ((side, reason) if "credits" in reason else (None, ""))
    dated = replace(CREDITED[0], published=NOON), replace(CREDITED[1], published=NOON - timedelta(days=1))
    assert likely_source(*dated, credited=("", "HPA")) == ("right", "the right one was published first")


NOON = datetime(2021, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "text", "numbers"),
    [
        ("UPDATE 2-Celtair cuts jobs", "Bell said so.", {"update": 2}),
        (None, "UPDATE 3-Celtair cuts jobs\n\nBell said so.", {"update": 3}),
        ("WRAPUP 12-Celtair cuts jobs", "Bell said so.", {"wrap-up": 12}),
        (None, "BC-EU--Britain,1st Ld-Writethru,0650\n\nBell said so.", {"lead": 1}),
        ("(LEAD) Celtair cuts jobs", "Bell said so.", {"lead": 1}),
        ("(3rd LD) Celtair cuts jobs", "Bell said so.", {"lead": 3}),
        ("Zugunglück (Zusammenfassung 1630)", "Bell said so.", {"summary of the hour": 1630}),
        (None, "(2. Zusammenfassung)\n\nBell said so.", {"summary": 2}),
        ("Celtair (2ª ampliación)", "Bell said so.", {"extension": 2}),
        ("Celtair (ampliación)", "Bell said so.", {"extension": 1}),
        ("Lead pipes found in 300 homes", "UPDATE 2 of the software failed.", {}),
        ("Update: lead grows", "The 2nd half began.\n\nThey had a lead of 3.", {}),
        (None, "", {}),
    ],
)
def test_testimony_reads_the_take(
    title: str | None, text: str, numbers: dict[str, int], make_article: MakeArticle
) -> None:
    article = make_article(text, title=title, source="Reuters", url="https://a.example/1")
    found = direction.testimony(article, normalize(article.text), 4)
    assert dict(found.takes) == numbers
    assert found.place == ("reuters", "https://a.example/1")


def test_the_source_of_an_excerpt_is_whom_it_credits(make_article: MakeArticle, newsroom: Newsroom) -> None:
    told = newsroom.articles["a03-orig"].text
    passage = " ".join(told.split()[:170])
    column = f"Readers asked about the game. Here is what the Harbor Times reported.\n\n{passage}\n\nSo much for it."
    first = make_article(told, id="b", source="The Harbor Times")
    for second, source in (
        (make_article(column, id="a", source="Fathom"), "right"),
        (make_article(column.replace("Harbor", "Evening"), id="a", source="Fathom"), None),
        (make_article(column, id="a"), "right"),
    ):
        pair = compare_articles(second, first).pair
        assert pair.verdict is Verdict.EXCERPT
        assert pair.source == source
        assert any("credits" in reason for reason in pair.reasons) == (source is not None)


def test_a_later_take_is_a_later_version(make_article: MakeArticle, newsroom: Newsroom) -> None:
    told = newsroom.articles["a03-orig"].text
    first = make_article(told, id="b", title="UPDATE 1-Harrowmere win")
    later = make_article(f"UPDATE 2-Harrowmere win\n\n(Adds details)\n\n{told}", id="a")
    pair = compare_articles(later, first).pair
    assert pair.source == "right"
    assert "likely source: the left one is a later version (update 2)" in pair.reasons


def test_mail_dates_are_read() -> None:
    assert parse_time("Fri, 01 Jan 2021 10:00:00 GMT")[0] == parse_time("2021-01-01T10:00:00+00:00")[0]
    assert parse_time("last Friday") == (None, False)
