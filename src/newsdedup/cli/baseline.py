"""`newsdedup baseline`: the findings that are there already and do not fail a check."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsdedup.cli.gate import Command, Sides, checked, gate_options, gate_settings, sides
from newsdedup.cli.messages import say
from newsdedup.cli.options import kept_files, refuse_quiet_and_verbose
from newsdedup.cli.output import Outputs, planned_outputs, refuse_overwriting, writable, write_stdout, write_whole
from newsdedup.cli.paths import within
from newsdedup.cli.scan import EXIT_SKIPPED
from newsdedup.config import Config
from newsdedup.errors import ConfigError

if TYPE_CHECKING:
    from newsdedup.gate.baseline import Baseline, Reach
    from newsdedup.gate.check import Check

BASELINE_NAME = "newsdedup-baseline.json"
"""The file that is written when no other is named."""

_ARGUMENTS = (
    click.argument("paths", metavar="NEW...", nargs=-1),
    click.option("-q", "--quiet", is_flag=True, help="No messages, no progress."),
    click.option("-v", "--verbose", is_flag=True, help="All skipped inputs."),
)


@click.group()
def baseline() -> None:
    """Keep the findings that are there already, so that a check fails on new ones only.

    The file is made to be committed: it holds hashes and names, no text, and its lines change only where findings do.
    """


def _arguments(command: Command) -> Command:
    command = gate_options(command)
    for argument in reversed(_ARGUMENTS):
        command = argument(command)
    return command


@baseline.command()
@_arguments
@click.option("--force", is_flag=True, help="Replace a baseline that is there, with the reasons written in it.")
def create(*, force: bool, **options: Any) -> int:
    """Write all that a check finds now to a new baseline."""
    from newsdedup.gate.baseline import Baseline  # noqa: PLC0415

    asked = _Asked.of(**options)
    if asked.path.exists() and not force:
        raise ConfigError(f"{asked.path} is there; newsdedup baseline update keeps its reasons, --force replaces it")
    return _write(asked, Baseline())


@baseline.command()
@_arguments
def update(**options: Any) -> int:
    """Write what a check finds now to the baseline that is there.

    Reasons written in it are kept, and so are findings between articles that this run did not compare.
    """
    from newsdedup.gate.baseline import read_baseline  # noqa: PLC0415

    asked = _Asked.of(**options)
    return _write(asked, read_baseline(asked.path))


@baseline.command()
@_arguments
def diff(**options: Any) -> int:
    """Show what a check finds beside the baseline, and what it does not find any more; nothing is written."""
    from newsdedup.gate.baseline import changes, read_baseline, updated  # noqa: PLC0415
    from newsdedup.report.baseline_changes import change_counts, change_lines  # noqa: PLC0415

    asked = _Asked.of(**options)
    before = read_baseline(asked.path)
    found = asked.checked()
    after = updated(before, found, asked.reach(found))
    differs = changes(before, after)
    write_stdout(change_lines(differs))
    asked.tell(f"{asked.path}: {change_counts(differs, after)}")
    return _code(asked, found)


def _write(asked: _Asked, before: Baseline) -> int:
    """Writes what is found now; the exit code."""
    from newsdedup.gate.baseline import baseline_lines, changes, updated  # noqa: PLC0415
    from newsdedup.report.baseline_changes import change_counts  # noqa: PLC0415

    found = asked.checked()
    after = updated(before, found, asked.reach(found))
    write_whole(asked.path, baseline_lines(after))
    asked.tell(f"wrote {asked.path}: {change_counts(changes(before, after), after)}")
    return _code(asked, found)


def _code(asked: _Asked, found: Check) -> int:
    return EXIT_SKIPPED if asked.config.strict and found.checked.result.skipped else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a baseline is made or looked at for."""

    config: Config
    path: Path
    sides: Sides
    outputs: Outputs
    quiet: bool
    whole: bool  # all below the PATHs is compared, and not what has changed

    @classmethod
    def of(
        cls,
        *,
        paths: tuple[str, ...],
        against: tuple[str, ...],
        changed_since: str | None,
        quiet: bool,
        verbose: bool,
        config_file: str | None,
        map_: tuple[str, ...],
        **overrides: object,
    ) -> _Asked:
        """From the options as they were written."""
        refuse_quiet_and_verbose(quiet, verbose)
        steered = gate_settings(config_file, map_, **overrides)
        config, kept = steered.config, kept_files(steered)
        both = sides(paths, against, changed_since)
        path = writable(str(config.baseline or BASELINE_NAME), "--baseline")
        kept.pop("baseline", None)  # the one file that is to be written
        refuse_overwriting(path, "--baseline", both.named, kept)
        return cls(
            config=replace(config, baseline=None),  # all that is found, and not what is left beside the baseline
            path=path,
            sides=both,
            outputs=planned_outputs(None, (), both.named, kept=kept, quiet=quiet, verbose=verbose, color=False),
            quiet=quiet,
            whole=changed_since is None,
        )

    def checked(self) -> Check:
        """The check that no baseline holds back."""
        return checked(self.sides, self.config, self.outputs, quiet=self.quiet)

    def reach(self, found: Check) -> Reach:
        """How far the check looked: all below the PATHs, but for what could not be read; what has changed, nowhere."""
        from newsdedup.gate.baseline import Reach  # noqa: PLC0415

        looked = (*self.sides.new, *self.sides.known) if self.whole else ()
        skipped = [each.input for each in found.checked.result.skipped]
        return Reach(
            covers=lambda name: within(name, looked) and not within(name, skipped),
            exists=os.path.exists,  # names may be too long for a Path
        )

    def tell(self, message: str) -> None:
        """A line for a person."""
        if not self.quiet:
            say(message)
