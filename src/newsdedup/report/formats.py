"""The formats by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module

from newsdedup.errors import ConfigError
from newsdedup.report.plain import Style
from newsdedup.result import Comparison, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How one format renders what a command found; the lines come without line ends."""

    result: Callable[[Result, Style], Iterator[str]]
    comparison: Callable[[Comparison, Style], Iterator[str]]


def _late(module: str, name: str) -> Callable[..., Iterator[str]]:
    """A function of a module that is loaded when it is first called: `--help` waits for no renderer."""

    def call(*arguments: object) -> Iterator[str]:
        lines: Iterator[str] = getattr(import_module(f"newsdedup.report.{module}"), name)(*arguments)
        return lines

    return call


def _unstyled(render: Callable[..., Iterator[str]]) -> Callable[..., Iterator[str]]:
    return lambda shown, style: render(shown)


FORMATS: Mapping[str, Format] = {
    "text": Format(result=_late("text", "text_lines"), comparison=_late("comparison", "comparison_text")),
    "jsonl": Format(
        result=_unstyled(_late("jsonl", "result_lines")),
        comparison=_unstyled(_late("comparison", "comparison_lines")),
    ),
    "json": Format(
        result=_unstyled(_late("json_document", "document_lines")),
        comparison=_unstyled(_late("comparison", "comparison_document")),
    ),
}

TERMINAL = Format(
    result=_late("terminal", "terminal_lines"), comparison=_late("comparison_terminal", "comparison_terminal")
)
"""What `text` becomes on a terminal."""


def named_format(name: str) -> Format:
    """The format of that name.

    Raises:
        ConfigError: This version has no such format.
    """
    if name not in FORMATS:
        raise ConfigError(f"no format {name or '(empty)'} in this version; available: {', '.join(FORMATS)}")
    return FORMATS[name]
