"""`newsdedup check`: does something new repeat something known?"""

from __future__ import annotations

import os
from pathlib import Path

import click

from newsdedup.cli.gate import checked, gate_options, gate_settings, sides
from newsdedup.cli.options import kept_files, output_options_of, refuse_quiet_and_verbose
from newsdedup.cli.output import deliver, planned_outputs, refuse_other_formats
from newsdedup.cli.scan import EXIT_SKIPPED
from newsdedup.loaders import reads

EXIT_FINDINGS = 1


class _Check(click.Command):
    """Takes an article for an article, whatever its name begins with: pre-commit hands over names behind options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, where the name of a file that is there is no option."""
        return super().parse_args(ctx, [_no_option(word) for word in args])


def _no_option(word: str) -> str:
    is_file = word.startswith("-") and reads(word) and Path(word).is_file()
    return os.path.join(os.curdir, word) if is_file else word  # noqa: PTH118  # pathlib drops the dot


@click.command(cls=_Check)
@click.argument("paths", metavar="NEW...", nargs=-1)
@output_options_of("check")
@gate_options
def check(
    *,
    paths: tuple[str, ...],
    against: tuple[str, ...],
    changed_since: str | None,
    form: str | None,
    sinks: tuple[str, ...],
    quiet: bool,
    verbose: bool,
    color: bool | None,
    config_file: str | None,
    map_: tuple[str, ...],
    **overrides: object,
) -> int:
    """Refuse new articles that copy or rewrite what is already there, or each other.

    NEW is a file, a folder (with all below it), or - for standard input. Known articles are never held against each
    other. With --changed-since and without --against, NEW is what has changed, and what has not is known.

    Exit codes: 0 nothing found, 1 something at or above --fail-on found, 2 usage, configuration or an input that is
    not there, 3 nothing found but inputs were skipped and --strict was given, 4 an index that cannot be used.
    """
    refuse_quiet_and_verbose(quiet, verbose)
    steered = gate_settings(config_file, map_, **overrides)
    config = steered.config
    both = sides(paths, against, changed_since)
    kept = kept_files(steered)
    outputs = planned_outputs(
        form, sinks, both.named, command="check", kept=kept, quiet=quiet, verbose=verbose, color=color
    )
    refuse_other_formats(outputs, "check")
    found = checked(both, config, outputs, quiet=quiet)
    deliver(outputs, lambda form, style: form.renderer("check")(found, style))
    if found.failed:
        return EXIT_FINDINGS
    return EXIT_SKIPPED if config.strict and found.checked.result.skipped else 0
