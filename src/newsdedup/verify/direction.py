"""Which of two articles is likelier the source: by publication, by what a text says of itself, by completeness."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from newsdedup.article import Article
from newsdedup.text.normalize import NormalizedText

Side = Literal["left", "right"]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DERIVED_KINDS = frozenset({"trailer"})
_CREDIT_WORDS = re.compile(
    r"contributed to this|originally (?:published|appeared)|first (?:published|appeared)|material from|"
    r"all rights reserved",
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
    """

    published: datetime | None
    day_only: bool
    derived: str
    length: int
    has_correction: bool


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
    return Testimony(
        published=published,
        day_only=day_only,
        derived=derived,
        length=length,
        has_correction=any(cut.kind == "correction" for cut in text.cuts),
    )


def likely_source(left: Testimony, right: Testimony, *, by_length: bool = True) -> tuple[Side | None, str]:
    """The likelier source and the reason in words; `(None, "")` when nothing tells.

    Args:
        by_length: Whether the more complete text is the likelier source when nothing else tells.
    """
    if left.published and right.published:
        days = left.day_only or right.day_only
        first, second = (left.published.date(), right.published.date()) if days else (left.published, right.published)
        if first != second:
            side: Side = "left" if first < second else "right"
            return side, f"the {side} one was published first"
    if bool(left.derived) != bool(right.derived):
        side = "left" if right.derived else "right"
        other = "right" if side == "left" else "left"
        words = (right if side == "left" else left).derived
        return side, f'the {other} one says of itself "{words[:80]}"'
    if left.has_correction != right.has_correction:
        side = "left" if right.has_correction else "right"
        return side, "the other one carries a correction note"
    if by_length and left.length > right.length * _MUCH_LONGER:
        return "left", "the left one is more complete"
    if by_length and right.length > left.length * _MUCH_LONGER:
        return "right", "the right one is more complete"
    return None, ""
