"""`newsdedup check`: does something new repeat something known?"""

from __future__ import annotations

import click

from newsdedup.cli.gate import checked, gate_options, sides
from newsdedup.cli.options import output_options_of, refuse_quiet_and_verbose, settings
from newsdedup.cli.output import deliver, planned_outputs, refuse_other_formats
from newsdedup.cli.scan import EXIT_SKIPPED

EXIT_FINDINGS = 1


@click.command()
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

    Exit codes: 0 nothing found, 1 something at or above --fail-on found, 3 nothing found but inputs were skipped and
    --strict was given.
    """
    refuse_quiet_and_verbose(quiet, verbose)
    config = settings(config_file, map_, **overrides)
    both = sides(paths, against, changed_since)
    outputs = planned_outputs(form, sinks, both.inputs, quiet=quiet, verbose=verbose, color=color)
    refuse_other_formats(outputs, "check")
    found = checked(both, config, outputs, quiet=quiet)
    deliver(outputs, lambda form, style: form.renderer("check")(found, style))
    if found.failed:
        return EXIT_FINDINGS
    return EXIT_SKIPPED if config.strict and found.checked.result.skipped else 0
