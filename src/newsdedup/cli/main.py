"""The console entry point: which commands there are, and what every kind of ending exits with."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from newsdedup import __version__
from newsdedup.cli.messages import as_text, say
from newsdedup.cli.output import discard_stdout
from newsdedup.errors import ConfigError, NewsdedupError
from newsdedup.process import one_thread

EXIT_USAGE = 2
EXIT_INTERNAL = 70  # EX_SOFTWARE of sysexits.h
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells say it
EXIT_TERMINATED = 143  # 128 + SIGTERM
DEBUG_VARIABLE = "NEWSDEDUP_DEBUG"
_COMPLETION_VARIABLE = "_NEWSDEDUP_COMPLETE"

COMMANDS: Mapping[str, str] = {
    "scan": "newsdedup.cli.scan",
    "compare": "newsdedup.cli.compare",
    "check": "newsdedup.cli.check",
    "index": "newsdedup.cli.index",
    "baseline": "newsdedup.cli.baseline",
    "ingest": "newsdedup.cli.ingest",
    "report": "newsdedup.cli.report",
    "store": "newsdedup.cli.store",
    "eval": "newsdedup.cli.eval",
    "tune": "newsdedup.cli.tune",
    "config": "newsdedup.cli.config",
    "completion": "newsdedup.cli.completion",
}
"""Command -> the module that holds it under the same name; imported when it is asked for."""


class _Terminated(BaseException):
    """SIGTERM came."""


class CommandGroup(click.Group):
    """Imports a command only when it is run or shown."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """None when there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name]), cmd_name)
        return command


@click.group(
    cls=CommandGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="newsdedup", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Find articles that tell the same story in the same way: copies, revisions, excerpts and rewrites.

    A score is evidence, not an accusation.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(EXIT_USAGE)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line and exits; whatever happens, a user sees one line and not a traceback.

    Exits with 0 done, 1 findings (check), 2 usage, configuration or unusable input, 3 inputs were skipped and
    `--strict`, 4 an index or a store that cannot be used, 70 internal error, 75 a store that another run writes, 130
    interrupted, 143 terminated. With NEWSDEDUP_DEBUG set an unexpected error is raised as it is.
    """
    one_thread()
    if _COMPLETION_VARIABLE in os.environ:
        from newsdedup.cli.completion import answer  # noqa: PLC0415  # asked for by a shell, never by a person

        sys.exit(answer(cli, os.environ[_COMPLETION_VARIABLE]))
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """One run of the command line; the exit code."""
    with as_text():
        return _run(arguments)


def _run(arguments: Sequence[str]) -> int:  # noqa: PLR0911  # one return for each kind of ending
    try:
        with _sigterm_raises():
            code = _invoke(arguments)
            if sys.stdout is not None:
                sys.stdout.flush()
            return code
    except click.UsageError as error:
        help_at = f"; see {error.ctx.command_path} --help" if error.ctx else ""
        say(f"{error.format_message().rstrip('.')}{help_at}", level="error")
        return EXIT_USAGE
    except NewsdedupError as error:
        say(str(error), level="error")
        return error.exit_code
    except BrokenPipeError:  # click's own output, such as a help page
        discard_stdout()
        return 0
    except (KeyboardInterrupt, click.Abort):
        say("interrupted", level="warning")
        return EXIT_INTERRUPTED
    except _Terminated:
        say("terminated", level="warning")
        return EXIT_TERMINATED
    except Exception as error:
        if os.environ.get(DEBUG_VARIABLE):
            raise
        told = f"{type(error).__name__}: {error}".rstrip(": ")
        say(f"internal error: {told}; run with {DEBUG_VARIABLE}=1 for the traceback", level="critical")
        return EXIT_INTERNAL


def _invoke(arguments: Sequence[str]) -> int:
    # not cli.main(): it turns an interrupt into Abort and prints an empty line first
    try:
        with cli.make_context("newsdedup", list(arguments)) as context:
            code = cli.invoke(context)
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except FileNotFoundError:
        if _has_working_folder():
            raise
        raise ConfigError("the working directory is gone; change to one that is there") from None
    return code if isinstance(code, int) else 0


def _has_working_folder() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return False
    return True


@contextmanager
def _sigterm_raises() -> Iterator[None]:
    """SIGTERM becomes an exception, so that half-written files are removed."""

    def terminate(number: int, frame: FrameType | None) -> None:
        raise _Terminated

    try:
        before = signal.signal(signal.SIGTERM, terminate)
    except ValueError:  # not the main thread: signals are the host program's
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


if __name__ == "__main__":
    main()
