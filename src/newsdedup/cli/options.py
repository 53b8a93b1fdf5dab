"""Options that several commands share; their values are checked in `config`, in one place for all sources."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from newsdedup.article import Article, Skipped
from newsdedup.config import PRESETS, VIEWS, Config, Settings, load_settings
from newsdedup.errors import ConfigError
from newsdedup.report.formats import Command as Reported
from newsdedup.report.formats import format_names
from newsdedup.result import Verdict

Command = TypeVar("Command", bound=Callable[..., Any])

_OUTPUT = (
    click.option(
        "-o",
        "--output",
        "sinks",
        metavar="FORMAT=FILE",
        multiple=True,
        help="Write a report to a file; may be given several times.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="No messages, no progress; text holds nothing but findings."),
    click.option("-v", "--verbose", is_flag=True, help="All reasons, members, facts and skipped inputs."),
    click.option("--color/--no-color", default=None, help="Default: colours on a terminal, unless NO_COLOR is set."),
)

_CONFIG = (
    click.option(
        "--config",
        "config_file",
        metavar="FILE",
        help="Settings; default: the nearest newsdedup.yaml, or pyproject.toml with [tool.newsdedup].",
    ),
    click.option("--preset", metavar="NAME", help=f"Settings to start from: {', '.join(PRESETS)}."),
)

_INPUT = (
    *_CONFIG,
    click.option("--lang", metavar="CODE", help="Language of every article, such as en; default: found from the text."),
    click.option(
        "--map",
        "map_",
        metavar="FIELD=NAME",
        multiple=True,
        help="Name that records use for a field, such as text=body; may be given several times.",
    ),
    click.option("--max-bytes", metavar="N", help="Skip larger inputs; default: 20000000."),
)

_MODEL = (
    click.option("--model", metavar="FILE", help="A model that newsdedup tune wrote; default: the one that ships."),
)

_REPORTING = (
    click.option(
        "--min-verdict",
        metavar="VERDICT",
        help=f"Weakest verdict reported; default: rewrite. Strongest first: {', '.join(Verdict)}.",
    ),
    click.option("--min-score", metavar="0..1", help="Lowest score reported; default: 0.7."),
    click.option("--all/--no-all", "report_all", default=None, help="Report related and template pairs too."),
)

_FINDING = (
    click.option("--views", metavar="NAMES", help=f"Ways of looking for candidates; default: {','.join(VIEWS)}."),
    *_REPORTING,
    click.option(
        "--window",
        metavar="TIME",
        help="Look for rewrites only among articles published at most this far apart: 14d, 36h, none.",
    ),
    *_MODEL,
    click.option("--max-memory", metavar="SIZE", help="Memory that the run may take, about; default: 4G."),
    click.option("--jobs", metavar="N", help="Worker processes; the result is the same."),
    click.option("--strict/--no-strict", default=None, help="Exit 3 when inputs were skipped."),
)


def output_options(command: Command) -> Command:
    """--format, -o, -q, -v, --color."""
    return output_options_of("scan")(command)


def output_options_of(reported: Reported) -> Callable[[Command], Command]:
    """The same with the formats that a command has."""
    names = "|".join(format_names(reported))
    form = click.option("--format", "form", metavar=names, help="What goes to standard output; default: text.")
    return lambda command: _with((form, *_OUTPUT), command)


def config_options(command: Command) -> Command:
    """--config and --preset alone."""
    return _with(_CONFIG, command)


def input_options(command: Command) -> Command:
    """--config, --preset, --lang, --map, --max-bytes."""
    return _with(_INPUT, command)


def reporting_options(command: Command) -> Command:
    """--min-verdict, --min-score, --all."""
    return _with(_REPORTING, command)


def finding_options(command: Command) -> Command:
    """--views, --min-verdict, --min-score, --all, --window, --model, --max-memory, --jobs, --strict."""
    return _with(_FINDING, command)


def model_option(command: Command) -> Command:
    """--model alone, for a command that looks for nothing."""
    return _with(_MODEL, command)


def _with(options: tuple[Callable[[Command], Command], ...], command: Command) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def settings(config_file: str | None, map_: tuple[str, ...], **overrides: object) -> Config:
    """The Config of this run, from the options as they were written.

    Raises:
        ConfigError: A value out of range, wherever it was given.
    """
    return run_settings(config_file, map_, **overrides).config


def run_settings(config_file: str | None, map_: tuple[str, ...], **overrides: object) -> Settings:
    """The same with the file that they were read from."""
    overrides["map"] = map_ or None
    overrides["all"] = overrides.pop("report_all", None)
    return settings_with_origins(config_file, **overrides)


def kept_files(found: Settings) -> dict[str, Path]:
    """What steers a run and must not be overwritten by it: name of the setting -> file."""
    files = {
        "configuration": found.file.path if found.file else None,
        "baseline": found.config.baseline,
        "model": found.config.model,
    }
    return {name: file for name, file in files.items() if file is not None}


def settings_with_origins(config_file: str | None, **overrides: object) -> Settings:
    """The settings, each with where it came from; overrides go by the names of the keys.

    Raises:
        ConfigError: A value out of range, wherever it was given.
    """
    return load_settings(Path(config_file) if config_file else None, os.environ, overrides, Path.cwd())


def refuse_quiet_and_verbose(quiet: bool, verbose: bool) -> None:
    """-q and -v ask for opposite things."""
    if quiet and verbose:
        raise ConfigError("-q and -v exclude each other; give one")


def loaded(
    paths: Sequence[str],
    config: Config,
    *,
    ids: Literal["relative", "path"] = "relative",
    equal_ids: Literal["first", "all"] = "first",
    left_out: tuple[str, ...] = (),
) -> Iterator[Article | Skipped]:
    """What the PATHs hold, read as the configuration says.

    Args:
        ids: Of files in a folder: relative to the folder, or as seen from the working directory.
        equal_ids: Of articles with one id, whether the first or all are read.
        left_out: Real paths of files and folders that are no input.
    """
    from newsdedup.loaders import LoaderParams, load_articles  # noqa: PLC0415  # compression, charset tables

    params = LoaderParams(
        max_bytes=config.max_bytes,
        field_map=config.field_map,
        lang=config.lang,
        ids=ids,
        equal_ids=equal_ids,
        left_out=left_out,
    )
    return load_articles(*paths, params=params, stdin=getattr(sys.stdin, "buffer", None))
