"""Which side is likelier the source, and what it is told from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from conftest import MakeArticle
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


def test_mail_dates_are_read() -> None:
    assert parse_time("Fri, 01 Jan 2021 10:00:00 GMT")[0] == parse_time("2021-01-01T10:00:00+00:00")[0]
    assert parse_time("last Friday") == (None, False)
