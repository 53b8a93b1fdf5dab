"""Which times of publication can be true, by the clock of a store."""

from __future__ import annotations

from newsdedup.store.rows import DAY
from newsdedup.verify.direction import parse_time

_FIRST_SECOND = 631_152_000.0  # 1990: news on the web is younger, and a clock that was never set says 1970


def can_be_true(published: str | None, now: float) -> bool:
    """Whether an article may have been published then; True for none and for what cannot be read.

    Args:
        now: Seconds since 1970.
    """
    moment, _ = parse_time(published)
    return (
        moment is None or _FIRST_SECOND <= moment.timestamp() <= now + DAY
    )  # another clock may be ahead, its time zone among them
