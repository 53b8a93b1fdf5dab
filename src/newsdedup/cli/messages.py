"""Messages on standard error: a line for a person, or a JSON object a line for a log that programs read."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

from newsdedup.report.plain import visible

LogFormat = Literal["text", "json"]
Level = Literal["info", "warning", "error", "critical"]

_FORM: ContextVar[LogFormat] = ContextVar("_FORM", default="text")  # errors are told after the command has ended


@contextmanager
def as_text() -> Iterator[None]:
    """Messages are for a person, until a command within says otherwise."""
    before = _FORM.set("text")
    try:
        yield
    finally:
        _FORM.reset(before)


def log_as(form: LogFormat) -> None:
    """What messages are from now on."""
    _FORM.set(form)


def for_programs() -> bool:
    """Whether messages are JSON, which no progress bar may stand between."""
    return _FORM.get() == "json"


def say(message: str, *, level: Level = "info", figures: Mapping[str, object] | None = None) -> None:
    """One line on standard error; a closed one is no reason to fail.

    Args:
        level: In a log; a person sees `error: ` before the message of an error.
        figures: Further members of the object in a log; a person has them in the message.
    """
    if sys.stderr is None:
        return
    if for_programs():
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"time": now, "level": level, "message": visible(message), **(figures or {})})
    else:
        line = f"newsdedup: {'error: ' if level == 'error' else ''}{visible(message)}"
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{line}\n")  # its error handler is backslashreplace
        sys.stderr.flush()
