"""Options of the commands that work on a store, and what no report may overwrite there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from newsdedup.config.values import duration
from newsdedup.errors import ConfigError
from newsdedup.store.paths import belongs_to_store

Command = TypeVar("Command", bound=Callable[..., Any])


def lock_timeout_option(command: Command) -> Command:
    """--lock-timeout."""
    return click.option(
        "--lock-timeout",
        metavar="TIME",
        default="0",
        help="Wait for another run to end: 30s, 5m; default: not at all, exit 75.",
    )(command)


def quiet_option(command: Command) -> Command:
    """-q alone."""
    return click.option("-q", "--quiet", is_flag=True, help="No messages, no progress.")(command)


def seconds_of(text: str, option: str, *, unit: Literal["s", "d"], zero: bool = False) -> float:
    """The time that an option gives, in seconds.

    Args:
        unit: Of a number without one.
        zero: Whether no time at all is allowed.

    Raises:
        ConfigError: It is no time.
    """
    try:
        found = duration(text, unit=unit)
        if found > 0 or zero:
            return found
    except ValueError:
        pass
    without = {"s": "seconds", "d": "days"}[unit]
    least = "0 or more" if zero else "above 0"
    raise ConfigError(
        f"command line: {option} is {text or 'empty'}; allowed: a time {least} such as 30s, 5m, 36h, 90d, or a number "
        f"of {without}"
    )


def refuse_writing_into(store: Path, targets: Iterable[Path], option: str) -> None:
    """Refuses report files that are part of a store.

    Raises:
        ConfigError: One is.
    """
    for target in targets:
        if belongs_to_store(target, store):
            raise ConfigError(f"{option}: {target} belongs to the store {store}; give another name or place")
