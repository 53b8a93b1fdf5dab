"""How the rules of `allow` are read: each a mapping with a reason and something that it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from newsdedup.config.nearest import nearest
from newsdedup.config.values import FINDINGS, PartError, Trail, finding
from newsdedup.gate.allow import AllowRule
from newsdedup.result import Verdict

NARROWING = ("new", "against", "source", "verdicts")
"""Fields that say what a rule allows; with none of them it would allow everything."""

FIELDS = ("reason", *NARROWING, "expires")

DATE_PATTERN = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

_NEEDED = f"a reason, and one or more of {', '.join(NARROWING)}"
_ALLOWED: Mapping[str, str] = {
    "reason": "a text that is not empty",
    "new": "a pattern for the new article, such as drafts/*.md",
    "against": "a pattern for the known article, such as archive/**",
    "source": "the outlet of the known article",
    "verdicts": f"one or more of {', '.join(FINDINGS)}",
    "expires": "a date such as 2027-01-31",
}


def rules(value: object) -> tuple[AllowRule, ...]:
    """The rules, from a list of mappings or of rules.

    Raises:
        PartError: A rule, or a field of it, is not allowed.
        ValueError: It is no list.
    """
    if not isinstance(value, list | tuple):
        raise ValueError
    return tuple(_rule(rule, number) for number, rule in enumerate(value))


def _rule(rule: object, number: int) -> AllowRule:
    who = f"rule {number + 1}"
    fields = _written(rule) if isinstance(rule, AllowRule) else rule
    if not isinstance(fields, Mapping):
        raise PartError(f"{who} is {_shown(fields)}; allowed: fields and values, with {_NEEDED}", (number,))
    for name in fields:
        if name not in FIELDS:
            raise PartError(f"{who}: unknown field {_shown(name)}; {nearest(str(name), FIELDS)}", (number, name))
    if "reason" not in fields:
        raise PartError(f"{who} has no reason; needed: {_NEEDED}", (number,))
    read = {name: _read(name, fields[name], who, (number, name)) for name in FIELDS if name in fields}
    if not any(name in read for name in NARROWING):
        told = f"{who} would allow everything; name one or more of {', '.join(NARROWING)}"
        raise PartError(told, (number,))
    return AllowRule(**read, folder=rule.folder if isinstance(rule, AllowRule) else "")  # type: ignore[arg-type]  # each value comes from the reader of its own field


def _written(rule: AllowRule) -> dict[str, object]:
    """The fields that are set; an empty tuple of verdicts means all, and names nothing."""
    values = {name: getattr(rule, name) for name in FIELDS}
    return {name: value for name, value in values.items() if value is not None and value != ()}


def _read(name: str, value: object, who: str, trail: Trail) -> object:
    try:
        return _READERS[name](value)
    except ValueError:
        raise PartError(f"{who}: {name} is {_shown(value)}; allowed: {_ALLOWED[name]}", trail) from None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value.strip()


def _verdicts(value: object) -> tuple[Verdict, ...]:
    names = value if isinstance(value, list | tuple) else [value]
    found = {finding(name) for name in names}
    if not found:
        raise ValueError
    return tuple(verdict for verdict in FINDINGS if verdict in found)


def _date(value: object) -> date:
    # strings too: TOML and JSON people quote dates; fromisoformat alone would take 20270131 and 2027-W05
    if isinstance(value, str) and re.fullmatch(DATE_PATTERN, value.strip(), re.ASCII):
        return date.fromisoformat(value.strip())
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError
    return value


_READERS: Mapping[str, Callable[[object], object]] = {
    "reason": _text,
    "new": _text,
    "against": _text,
    "source": _text,
    "verdicts": _verdicts,
    "expires": _date,
}


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    text = "empty" if value is None or value == "" else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
