"""Every setting of a run as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from newsdedup.config.entries import Place
from newsdedup.config.keys import VALUE_KEYS, parsed
from newsdedup.config.values import VIEWS
from newsdedup.gate.allow import AllowRule
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
        window_days: Rewrites are looked for only among articles published at most this many days apart; None means
            all. The key is `window`. An ingest takes 14 where none was set; see `Settings.for_ingest`.
        bucket_cap: Articles in one bucket that are paired with each other; beyond it each is paired with two only.
        max_bytes: Larger inputs are skipped; counted after unpacking.
        field_map: Record field -> the name that the input uses for it; the key is `map`.
        model: File with a fitted model, as `newsdedup tune` writes it; None means the one that ships.
        max_memory: Bytes that the main process may take, about; a run that needs more stops.
        jobs: Worker processes; the result does not depend on it.
        strict: Exit 3 when inputs were skipped.
        fail_on: Weakest verdict that fails a check: `identical` to `related`.
        baseline: File with the findings that a check knows already; None means there are none.
        allow: What a check may find all the same.
        allow_declared: A check allows a copy of the very source that the article names.
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
    fail_on: Verdict = Verdict.REWRITE
    baseline: Path | None = None
    allow: tuple[AllowRule, ...] = ()
    allow_declared: bool = False

    def __post_init__(self) -> None:
        """A Config that exists is a valid one, also when a program makes it."""
        for key in VALUE_KEYS:
            value = getattr(self, key.attribute)
            found = parsed(key, value, place=Place(name="Config"), label=key.attribute)
            object.__setattr__(self, key.attribute, found)
