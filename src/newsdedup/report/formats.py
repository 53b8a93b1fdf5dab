"""The formats by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from newsdedup.errors import ConfigError
from newsdedup.report.comparison import comparison_document, comparison_lines, comparison_text
from newsdedup.report.comparison_terminal import comparison_terminal
from newsdedup.report.json_document import document_lines
from newsdedup.report.jsonl import result_lines
from newsdedup.report.plain import Style
from newsdedup.report.terminal import terminal_lines
from newsdedup.report.text import text_lines
from newsdedup.result import Comparison, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How one format renders what a command found; the lines come without line ends."""

    result: Callable[[Result, Style], Iterator[str]]
    comparison: Callable[[Comparison, Style], Iterator[str]]


FORMATS: Mapping[str, Format] = {
    "text": Format(result=text_lines, comparison=comparison_text),
    "jsonl": Format(
        result=lambda result, style: result_lines(result),
        comparison=lambda comparison, style: comparison_lines(comparison),
    ),
    "json": Format(
        result=lambda result, style: document_lines(result),
        comparison=lambda comparison, style: comparison_document(comparison),
    ),
}

TERMINAL = Format(result=terminal_lines, comparison=comparison_terminal)
"""What `text` becomes on a terminal."""


def named_format(name: str) -> Format:
    """The format of that name.

    Raises:
        ConfigError: This version has no such format.
    """
    if name not in FORMATS:
        raise ConfigError(f"no format {name or '(empty)'} in this version; available: {', '.join(FORMATS)}")
    return FORMATS[name]
