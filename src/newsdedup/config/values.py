"""How one value of a setting is read, as text or YAML writes it; a ValueError says that it is not allowed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from newsdedup.config.presets import PRESETS
from newsdedup.result import REPORTED, Verdict

VIEWS = ("copy", "terms", "facts", "passages")
RECORD_FIELDS = ("id", "title", "text", "published", "source", "url", "lang", "canonical")

FINDINGS = (*REPORTED, Verdict.RELATED)
"""What a check can find, strongest first; `template` and `distinct` are no findings."""

Trail = tuple[int | str, ...]
"""The way to a part of a value: indexes and field names."""


class PartError(ValueError):
    """A part of a value is not allowed.

    Attributes:
        trail: Where it stands in the value.
        told: What is wrong with it and what is allowed.
    """

    def __init__(self, told: str, trail: Trail = ()) -> None:
        super().__init__(told)
        self.trail = trail
        self.told = told


def preset(value: object) -> str | None:
    """Name of a preset, or None."""
    if value is None:
        return None
    if not isinstance(value, str) or value.strip() not in PRESETS:
        raise ValueError
    return value.strip()


def views(value: object) -> tuple[str, ...]:
    """Names of VIEWS, in their order."""
    names = [name.strip() for name in value.split(",")] if isinstance(value, str) else _strings(value)
    if not names or not set(names) <= set(VIEWS):
        raise ValueError
    return tuple(view for view in VIEWS if view in names)


def _strings(value: object) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise ValueError
    return list(value)


def lang(value: object) -> str | None:
    """A language code in lower case, or None."""
    if value is None:
        return None
    if value is False:
        return "no"  # YAML 1.1 reads a bare `no` as false; here it can only mean Norwegian
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z]{2,3}", value):
        raise ValueError
    return value.lower()


def verdict(value: object) -> Verdict:
    """One of the verdicts."""
    return Verdict(value) if isinstance(value, str) else _refuse()


def _refuse() -> Verdict:
    raise ValueError


def finding(value: object) -> Verdict:
    """One of FINDINGS."""
    found = verdict(value)
    return found if found in FINDINGS else _refuse()


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError
    try:
        found = float(value)
    except OverflowError:
        raise ValueError from None
    if not math.isfinite(found):
        raise ValueError
    return found


def share(value: object) -> float:
    """A number from 0 to 1."""
    found = _number(value)
    if not 0 <= found <= 1:
        raise ValueError
    return found + 0.0  # -0.0 becomes 0.0


def switch(value: object) -> bool:
    """True or false."""
    if isinstance(value, bool):
        return value
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if not isinstance(value, str) or value.strip().lower() not in words:
        raise ValueError
    return words[value.strip().lower()]


NO_WINDOW = "none"
"""What a variable or an option says where a file has null."""

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def _amount(value: str, units: str) -> tuple[float, str]:
    """A number of 0 or more and the letter of its unit; "" where none is written."""
    match = re.fullmatch(rf"\s*([0-9.]{{1,20}})\s*([{units}]?)\s*", value, re.ASCII)
    if match is None:
        raise ValueError
    return _number(match[1]), match[2]


def window(value: object) -> float | None:
    """Days above 0, or None."""
    if value is None or (isinstance(value, str) and value.strip() == NO_WINDOW):
        return None
    if isinstance(value, str):
        amount, unit = _amount(value, "dh")
        days = amount * (1 / 24 if unit == "h" else 1.0)
    else:
        days = _number(value)
    if days <= 0:
        raise ValueError
    return days


def duration(value: str, *, unit: Literal["s", "d"]) -> float:
    """Seconds, 0 or more: `30s`, `5m`, `36h`, `90d`.

    Args:
        unit: Of a number without one.
    """
    amount, written = _amount(value, "smhd")
    return amount * _SECONDS[written or unit]


def whole(low: int, high: int) -> Callable[[object], int]:
    """A reader of whole numbers in a range."""

    def parse(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ValueError
        found = int(value)
        if not low <= found <= high:
            raise ValueError
        return found

    return parse


LEAST_MEMORY = 100 << 20


def memory(value: object) -> int:
    """Bytes, at least LEAST_MEMORY; `500M` and `4G` count in powers of 1,024."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError
    match = re.fullmatch(r"\s*([0-9]{1,15})\s*([KMGT]?)i?B?\s*", str(value), re.ASCII | re.IGNORECASE)
    if match is None:
        raise ValueError
    found = int(match[1]) << (10 * " KMGT".index(match[2].upper() or " "))
    if found < LEAST_MEMORY:
        raise ValueError
    return found


def field_map(value: object) -> dict[str, str]:
    """Record field -> the input's name for it."""
    if isinstance(value, Mapping):
        pairs = list(value.items())
    else:
        parts = value.split(",") if isinstance(value, str) else _strings(value)
        cut = [part.strip().partition("=") for part in parts]
        pairs = [(ours, theirs) for ours, _, theirs in cut]
    names: dict[str, str] = {}
    for ours, theirs in pairs:
        if ours not in RECORD_FIELDS or ours in names or not isinstance(theirs, str) or not theirs:
            raise ValueError
        names[ours] = theirs
    return {ours: names[ours] for ours in RECORD_FIELDS if ours in names}


def file(value: object) -> Path | None:
    """A path, or None."""
    if value is None or isinstance(value, Path):
        return value
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError
    return Path(value)
