"""What a configuration allows: findings that are shown as suppressed, with the reason that was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from newsdedup.result import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowRule:
    """One entry of `allow`; a match is allowed when everything that the rule names fits.

    Attributes:
        reason: Why, for a person; never empty.
        new: Pattern (`*`, `**`, `?`, `[...]`) for the id of the new article; None fits every one.
        against: The same for the id of the article that it matches.
        source: Outlet of the article that it matches, case aside; None fits every one.
        verdicts: Empty for all.
        expires: Last day on which the rule holds; None for ever.
    """

    reason: str
    new: str | None = None
    against: str | None = None
    source: str | None = None
    verdicts: tuple[Verdict, ...] = ()
    expires: date | None = None
