"""What each setting is called, what it allows and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from newsdedup.config import allow, values
from newsdedup.config.entries import Place
from newsdedup.config.presets import PRESETS
from newsdedup.config.values import FINDINGS, RECORD_FIELDS, VIEWS, PartError
from newsdedup.errors import ConfigError
from newsdedup.result import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One setting: what it is called, what it allows, and how it is read.

    Attributes:
        name: In YAML; `--min-score` and `NEWSDEDUP_MIN_SCORE` are made from it.
        attribute: In `Config`.
        allowed: The allowed values in words.
        comment: The lines above it in the generated file.
        parse: Value as written (text from flags and environment, YAML types from a file) -> value of `Config`;
            raises ValueError.
        only_in_files: A value that no variable and no option can hold.
    """

    name: str
    attribute: str
    allowed: str
    comment: str
    parse: Callable[[object], object]
    only_in_files: bool = False


def _key(name: str, allowed: str, comment: str, parse: Callable[[object], object], *, attribute: str = "") -> Key:
    return Key(name=name, attribute=attribute or name, allowed=allowed, comment=comment, parse=parse)


INGEST_WINDOW_DAYS = 14.0
"""Of an ingest for which no `window` is set: held against years of articles, everything is like something."""

PRESET_KEY = _key(
    "preset",
    f"one of {', '.join(PRESETS)}, or null",
    "Settings to start from, for one kind of work; what is set beside it goes first. List: newsdedup config presets.",
    values.preset,
)
"""Chooses what the other settings start from; no value of a `Config`, which holds what came of it."""

VALUE_KEYS: tuple[Key, ...] = (
    _key("views", f"one or more of {', '.join(VIEWS)}", "Ways of looking for candidates.", values.views),
    _key(
        "lang",
        "an ISO 639-1 code such as en, or null",
        "Language of every article (en, de, es, ...); null: as the record states, else found from the text.",
        values.lang,
    ),
    _key(
        "min_verdict",
        f"one of {', '.join(Verdict)}",
        f"Weakest verdict that is reported; strongest first: {', '.join(Verdict)}.",
        values.verdict,
    ),
    _key(
        "min_score",
        "a number from 0 to 1",
        "Lowest score that is reported: the probability that one text derives from the other.",
        values.share,
    ),
    _key(
        "all",
        "true or false",
        "Report weaker relations (related, template) too.",
        values.switch,
        attribute="report_all",
    ),
    _key(
        "window",
        "a time above 0 such as 14d, 36h or a number of days, or null (none)",
        "Look for rewrites only among articles published at most this far apart (14d, 36h, or days); null: all.\n"
        f"Where nothing is set, newsdedup ingest looks {INGEST_WINDOW_DAYS:g}d far.",
        values.window,
        attribute="window_days",
    ),
    _key(
        "bucket_cap",
        "a whole number from 2 to 1000000",
        "Articles of one bucket that are paired with each other; beyond it each is paired with two of them only.",
        values.whole(2, 1_000_000),
    ),
    _key(
        "max_bytes",
        "a whole number from 1 to 1000000000000",
        "Larger inputs are skipped as too-large; counted after unpacking.",
        values.whole(1, 10**12),
    ),
    _key(
        "map",
        f"FIELD=NAME with FIELD one of {', '.join(RECORD_FIELDS)}, each once",
        "Names that records use for our fields, such as {text: body, published: date}.",
        values.field_map,
        attribute="field_map",
    ),
    _key(
        "model",
        "a file name, or null",
        "File with a fitted model, from newsdedup tune; null: the one that ships. Counts from this file's folder.",
        values.file,
    ),
    _key(
        "max_memory",
        "a number of bytes such as 500M or 4G, from 100M",
        "Memory that the main process may take, about: beyond their share texts and tables wait in temporary files.",
        values.memory,
    ),
    _key("jobs", "a whole number from 1 to 1024", "Worker processes; the result is the same.", values.whole(1, 1024)),
    _key("strict", "true or false", "Exit 3 when inputs were skipped.", values.switch),
    _key(
        "fail_on",
        f"one of {', '.join(FINDINGS)}",
        f"Weakest verdict that fails a check; strongest first: {', '.join(FINDINGS)}.",
        values.finding,
    ),
    _key(
        "baseline",
        "a file name, or null",
        "File with the findings that a check knows already, from newsdedup baseline. Counts from this file's folder.",
        values.file,
    ),
    Key(
        name="allow",
        attribute="allow",
        allowed="a list of rules, each with a reason and what it allows",
        comment="Findings that a check may have: rules, each with a reason and one or more of new and against\n"
        "(patterns for files, seen from this file's folder, or for ids of records), source (outlet of the known\n"
        "article) and verdicts; expires is its last day. For example:\n"
        '  - {reason: printed under contract, against: "partner/**", verdicts: [copy, revision], expires: 2027-01-31}',
        parse=allow.rules,
        only_in_files=True,
    ),
    _key(
        "allow_declared",
        "true or false",
        "A check allows a copy of the very source that the article names (canonical, source, originally published).",
        values.switch,
    ),
)

KEYS: tuple[Key, ...] = (PRESET_KEY, *VALUE_KEYS)
"""Everything that can be set, in the order of the generated file."""


def parsed(key: Key, value: object, *, place: Place, label: str) -> object:
    """A value read as its key says.

    Args:
        place: Where it was written, for the message.
        label: What it is called there.

    Raises:
        ConfigError: It is not allowed.
    """
    try:
        return key.parse(value)
    except PartError as error:
        raise ConfigError(f"{place.at(error.trail)}: {label} {error.told}") from None
    except ValueError:
        shown = str(value) if isinstance(value, str | int | float | None) else ", ".join(map(str, _flat(value)))
        if value is None:
            shown = "empty"
        shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
        raise ConfigError(f"{place.at()}: {label} is {shown or 'empty'}; allowed: {key.allowed}") from None


def _flat(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return (f"{ours}={theirs}" for ours, theirs in value.items())
    return value if isinstance(value, list | tuple) else (value,)
