"""The formats by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from newsdedup.errors import ConfigError
from newsdedup.gate.check import Check
from newsdedup.report.plain import Style
from newsdedup.result import Comparison, Result

Command = Literal["scan", "compare", "check", "ingest", "report"]
_COMMANDS: tuple[Command, ...] = ("scan", "compare", "check", "ingest", "report")
_RESULTS = frozenset({"scan", "ingest", "report"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How one format renders what a command found; the lines come without line ends.

    Attributes:
        result: Of a scan, an ingest or a store; None where the format has none.
        comparison: None where it has none of one pair.
    """

    result: Callable[[Result, Style], Iterator[str]] | None = None
    comparison: Callable[[Comparison, Style], Iterator[str]] | None = None
    check: Callable[[Check, Style], Iterator[str]]

    def renderer(self, command: Command) -> Callable[..., Iterator[str]]:
        """What renders the findings of a command.

        Raises:
            ConfigError: The format has no such report.
        """
        render = _report(self, command)
        if render is None:
            name = next(name for name, each in FORMATS.items() if each is self)
            others = [each for each in _COMMANDS if _report(self, each) is not None]
            has = f"{', '.join(others)} {'has' if len(others) == 1 else 'have'}"
            raise ConfigError(f"{command} has no format {name}; {has}; available: {', '.join(format_names(command))}")
        return render


def _report(form: Format, command: Command) -> Callable[..., Iterator[str]] | None:
    if command in _RESULTS:
        return form.result
    return form.comparison if command == "compare" else form.check


def _late(module: str, name: str) -> Callable[..., Iterator[str]]:
    """A function of a module that is loaded when it is first called: `--help` waits for no renderer."""

    def call(*arguments: object) -> Iterator[str]:
        lines: Iterator[str] = getattr(import_module(f"newsdedup.report.{module}"), name)(*arguments)
        return lines

    return call


def _unstyled(render: Callable[..., Iterator[str]]) -> Callable[..., Iterator[str]]:
    return lambda shown, style: render(shown)


FORMATS: Mapping[str, Format] = {
    "text": Format(
        result=_late("text", "text_lines"),
        comparison=_late("comparison", "comparison_text"),
        check=_late("findings_text", "findings_text"),
    ),
    "jsonl": Format(
        result=_unstyled(_late("jsonl", "result_lines")),
        comparison=_unstyled(_late("comparison", "comparison_lines")),
        check=_unstyled(_late("findings_json", "findings_lines")),
    ),
    "json": Format(
        result=_unstyled(_late("json_document", "document_lines")),
        comparison=_unstyled(_late("comparison", "comparison_document")),
        check=_unstyled(_late("findings_json", "findings_document")),
    ),
    "sarif": Format(check=_unstyled(_late("sarif", "sarif_lines"))),
    "github": Format(check=_unstyled(_late("github", "github_lines"))),
    "gitlab": Format(check=_unstyled(_late("gitlab", "gitlab_lines"))),
    "junit": Format(check=_unstyled(_late("junit", "junit_lines"))),
}

TERMINAL = Format(
    result=_late("terminal", "terminal_lines"),
    comparison=_late("comparison_terminal", "comparison_terminal"),
    check=_late("findings_text", "findings_text"),
)
"""What `text` becomes on a terminal."""


def named_format(name: str, command: Command | None = None) -> Format:
    """The format of that name.

    Args:
        command: Whose formats are told where there is none of that name; None for all.

    Raises:
        ConfigError: This version has no such format.
    """
    if name not in FORMATS:
        names = FORMATS if command is None else format_names(command)
        raise ConfigError(f"no format {name or '(empty)'} in this version; available: {', '.join(names)}")
    return FORMATS[name]


def format_names(command: Command) -> tuple[str, ...]:
    """The formats that have a report of a command."""
    return tuple(name for name, form in FORMATS.items() if _report(form, command) is not None)
