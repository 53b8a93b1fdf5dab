"""`newsdedup scan`: pairs and clusters in files and folders."""

from __future__ import annotations

import click

from newsdedup.article import Skipped
from newsdedup.cli.messages import say
from newsdedup.cli.options import (
    finding_options,
    input_options,
    kept_files,
    loaded,
    output_options,
    refuse_quiet_and_verbose,
    run_settings,
)
from newsdedup.cli.output import Outputs, deliver, planned_outputs, refuse_other_formats
from newsdedup.cli.progress import Profile, work
from newsdedup.config import Config
from newsdedup.report.plain import count, reasons_tally, skipped_text, tally
from newsdedup.result import Result

EXIT_SKIPPED = 3
_FEW = 5  # skipped inputs that are listed without being asked for


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@output_options
@finding_options
@input_options
@click.option("--profile", "profiled", is_flag=True, help="Say on standard error what each stage took.")
def scan(
    *,
    paths: tuple[str, ...],
    form: str | None,
    sinks: tuple[str, ...],
    quiet: bool,
    verbose: bool,
    color: bool | None,
    config_file: str | None,
    map_: tuple[str, ...],
    profiled: bool,
    **overrides: object,
) -> int:
    """Find copied and rewritten articles in files and folders.

    PATH is a file, a folder (with all below it), or - for standard input. Findings go to standard output; exit
    code 0 says that the scan is done, whatever it found.
    """
    refuse_quiet_and_verbose(quiet, verbose)
    found = run_settings(config_file, map_, **overrides)
    config, kept = found.config, kept_files(found)
    outputs = planned_outputs(form, sinks, paths, command="scan", kept=kept, quiet=quiet, verbose=verbose, color=color)
    refuse_other_formats(outputs, "scan")
    profile = Profile("start") if profiled else None
    result = _found(paths, config, profile, quiet=quiet)
    if not quiet:
        tell_skipped(result.skipped, outputs)
    if profile is not None:
        profile.begin("writing")
    deliver(outputs, lambda form, style: form.renderer("scan")(result, style))
    if profile is not None:
        profile.begin("end")
        for line in profile.lines(result.articles):
            say(line)
    return EXIT_SKIPPED if config.strict and result.skipped else 0


def _found(paths: tuple[str, ...], config: Config, profile: Profile | None, *, quiet: bool) -> Result:
    from newsdedup.api import find_duplicates  # noqa: PLC0415  # numpy and the language models
    from newsdedup.process import long_run  # noqa: PLC0415

    long_run()
    with work(quiet=quiet) as progress:
        told = profile.along(progress) if profile is not None else progress
        return find_duplicates(loaded(paths, config), config, progress=told)


def tell_skipped(skipped: tuple[Skipped, ...], outputs: Outputs) -> None:
    """Names the skipped inputs when they are few or asked for, else counts them."""
    if len(skipped) <= _FEW or outputs.style.verbose:
        for each in skipped:
            say(f"skipped {skipped_text(each)}", level="warning")
    else:
        reasons = tally(reasons_tally(each.reason for each in skipped))
        say(f"skipped {count(len(skipped), 'input')}: {reasons}; -v lists them", level="warning")
