"""What was written, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from newsdedup.config.values import Trail


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value was written.

    Attributes:
        name: `newsdedup.yaml`, `environment`, ...
        lines: Line of the value, under (), and of its parts; empty where lines are not known.
    """

    name: str
    lines: Mapping[Trail, int] = field(default_factory=dict)

    def at(self, trail: Trail = ()) -> str:
        """The place of a part of the value, or of the smallest part around it whose line is known."""
        while trail and trail not in self.lines:
            trail = trail[:-1]
        return f"{self.name} line {self.lines[trail]}" if trail in self.lines else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One setting as a file has it; `value` is made of what YAML and TOML know, and not checked."""

    name: str
    value: object
    place: Place
