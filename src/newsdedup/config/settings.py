"""Every setting of a run as plain values, and what each is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from newsdedup.config import values
from newsdedup.config.values import RECORD_FIELDS, VIEWS
from newsdedup.errors import ConfigError
from newsdedup.result import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of one run; a value out of range raises ConfigError.

    Attributes:
        views: Ways of looking for candidates; `copy` alone is the classic near-copy scan.
        lang: ISO 639-1 code of every article; None means "as stated, else found from the text".
        min_verdict: Weakest verdict that is reported.
        min_score: Lowest score that is reported, 0..1.
        report_all: Report weaker relations (related, template) too; the key is `all`.
        window_days: Only articles published at most this many days apart are compared; None means all. The key
            is `window`.
        bucket_cap: Articles in one bucket that are paired with each other; beyond it each is paired with two only.
        max_bytes: Larger inputs are skipped; counted after unpacking.
        field_map: Record field -> the name that the input uses for it; the key is `map`.
        model: File with a fitted model, as `newsdedup tune` writes it; None means the one that ships.
        max_memory: Bytes that the main process may take, about; a run that needs more stops.
        jobs: Worker processes; the result does not depend on it.
        strict: Exit 3 when inputs were skipped.
    """

    views: tuple[str, ...] = VIEWS
    lang: str | None = None
    min_verdict: Verdict = Verdict.REWRITE
    min_score: float = 0.7
    report_all: bool = False
    window_days: float | None = None
    bucket_cap: int = 200
    max_bytes: int = 20_000_000
    field_map: Mapping[str, str] = field(default_factory=dict)
    model: Path | None = None
    max_memory: int = 4 << 30
    jobs: int = 1
    strict: bool = False

    def __post_init__(self) -> None:
        """A Config that exists is a valid one, also when a program makes it."""
        for key in KEYS:
            value = getattr(self, key.attribute)
            object.__setattr__(self, key.attribute, parsed(key, value, place="Config", label=key.attribute))


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One setting: what it is called, what it allows, and how it is read.

    Attributes:
        name: In YAML; `--min-score` and `NEWSDEDUP_MIN_SCORE` are made from it.
        attribute: In `Config`.
        allowed: The allowed values in words.
        comment: The line above it in the generated file.
        parse: Value as written (text from flags and environment, YAML types from a file) -> value of `Config`;
            raises ValueError.
    """

    name: str
    attribute: str
    allowed: str
    comment: str
    parse: Callable[[object], object]


def _key(name: str, allowed: str, comment: str, parse: Callable[[object], object], *, attribute: str = "") -> Key:
    return Key(name=name, attribute=attribute or name, allowed=allowed, comment=comment, parse=parse)


KEYS: tuple[Key, ...] = (
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
        "a time above 0 such as 14d, 36h or a number of days, or null",
        "Look for rewrites only among articles published at most this far apart (14d, 36h, or days); null: all.",
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
)


def parsed(key: Key, value: object, *, place: str, label: str) -> object:
    """A value read as its key says.

    Args:
        place: Where it was written, for the message.
        label: What it is called there.

    Raises:
        ConfigError: It is not allowed.
    """
    try:
        return key.parse(value)
    except ValueError:
        shown = str(value) if isinstance(value, str | int | float | None) else ", ".join(map(str, _flat(value)))
        if value is None:
            shown = "empty"
        shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
        raise ConfigError(f"{place}: {label} is {shown or 'empty'}; allowed: {key.allowed}") from None


def _flat(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return (f"{ours}={theirs}" for ours, theirs in value.items())
    return value if isinstance(value, list | tuple) else (value,)
