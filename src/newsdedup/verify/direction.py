"""Which of two articles is likelier the source: by its time, by whom it credits, by what it says, by its length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from newsdedup.article import Article
from newsdedup.text.normalize import NormalizedText
from newsdedup.text.versions import takes

Side = Literal["left", "right"]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TAKE_HINT = re.compile(r"[\d(]")  # in every take: a tenth of the time of the patterns, and most titles have neither
_DERIVED_KINDS = frozenset({"trailer"})
_CREDIT_WORDS = re.compile(
    r"contributed to this|originally (?:published|appeared)|first (?:published|appeared)|material from|"
    r"republished|reprinted|was shared by|all rights reserved",
    re.IGNORECASE,
)
_MUCH_LONGER = 1.08  # longer by this factor is more complete


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """What one article says of its own origin.

    Attributes:
        published: UTC; None when unknown or unreadable.
        day_only: The time of day is not given.
        derived: The text says that it is condensed, rewritten or taken over, in these words; "" when it does not.
        length: Words compared.
        has_correction: It carries a correction note.
        takes: Number of the take by family (`update`, `lead`), as its header or its title has it.
        place: Publisher and address, in which versions of one story succeed each other; None where unknown.
    """

    published: datetime | None
    day_only: bool
    derived: str
    length: int
    has_correction: bool
    takes: Mapping[str, int] = field(default_factory=dict)
    place: tuple[str | None, str | None] = (None, None)


def parse_time(published: str | None) -> tuple[datetime | None, bool]:
    """UTC time of an ISO 8601 string or a mail date, and whether only the day is given; without a zone, UTC."""
    if not published:
        return None, False
    text = published.strip()
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        match = _DATE.search(text)
        if match:
            return parse_time(match[0]) if match[0] != text else (None, False)
        try:
            time = parsedate_to_datetime(text)  # `Fri, 01 Jan 2021 10:00:00 GMT`, as feeds have it
        except (ValueError, TypeError):
            return None, False
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time
    try:
        return time.astimezone(UTC), len(text) <= len("2021-11-23")
    except (OverflowError, ValueError):
        return None, False


def testimony(article: Article, text: NormalizedText, length: int) -> Testimony:
    """What the article, its page chrome included, says of its origin."""
    published, day_only = parse_time(article.published)
    derived = ""
    for cut in text.cuts:
        if cut.kind in _DERIVED_KINDS or (cut.kind == "credit" and _CREDIT_WORDS.search(cut.text)):
            derived = cut.text
            break
    header = "\n".join((article.title or "", *(cut.text for cut in text.cuts if cut.kind == "slug")))
    return Testimony(
        published=published,
        day_only=day_only,
        derived=derived,
        length=length,
        has_correction=any(cut.kind == "correction" for cut in text.cuts),
        takes=takes(header) if _TAKE_HINT.search(header) else {},
        place=(article.source.casefold() if article.source else None, article.url or None),
    )


def likely_source(
    left: Testimony, right: Testimony, *, by_length: bool = True, credited: tuple[str, str] = ("", "")
) -> tuple[Side | None, str]:
    """The likelier source and the reason in words; `(None, "")` when nothing tells.

    Args:
        by_length: Whether what a text says of itself and completeness tell: not of an excerpt, whose source may itself
            be condensed, and shorter.
        credited: The name by which the left text credits the outlet of the right one, and the other way round; ""
            where it does not.
    """
    return next(_clues(left, right, credited, by_length), (None, ""))


def _clues(
    left: Testimony, right: Testimony, credited: tuple[str, str], by_length: bool
) -> Iterator[tuple[Side | None, str]]:
    """Likelier sources and why, the strongest clue first."""
    if left.published and right.published:
        days = left.day_only or right.day_only
        first, second = (left.published.date(), right.published.date()) if days else (left.published, right.published)
        if first != second:
            side: Side = "left" if first < second else "right"
            yield side, f"the {side} one was published first"
    if bool(credited[0]) != bool(credited[1]):
        side = "left" if credited[1] else "right"
        yield side, f'the {_other(side)} one credits "{credited[0] or credited[1]}"'
    yield from _earlier_take(left, right)
    if by_length and bool(left.derived) != bool(right.derived):  # what an excerpt is of need not be what it says
        side = "left" if right.derived else "right"
        words = (right if side == "left" else left).derived
        yield side, f'the {_other(side)} one says of itself "{words[:80]}"'
    if left.has_correction != right.has_correction:
        yield "left" if right.has_correction else "right", "the other one carries a correction note"
    if by_length and max(left.length, right.length) > min(left.length, right.length) * _MUCH_LONGER:
        side = "left" if left.length > right.length else "right"
        yield side, f"the {side} one is more complete"


def _other(side: Side) -> Side:
    return "right" if side == "left" else "left"


def _earlier_take(left: Testimony, right: Testimony) -> Iterator[tuple[Side, str]]:
    """The version with the lower take; none when they have no family in common.

    A text without a take is the first version where the publisher or the address is the same; elsewhere its header may
    have been cut off.
    """
    same_place = any(one is not None and one == other for one, other in zip(left.place, right.place, strict=True))
    for family in sorted(left.takes.keys() | right.takes.keys()):
        numbers = left.takes.get(family, 0), right.takes.get(family, 0)
        if numbers[0] != numbers[1] and (same_place or all(numbers)):
            side: Side = "left" if numbers[0] < numbers[1] else "right"
            yield side, f"the {_other(side)} one is a later version ({family} {max(numbers)})"
