"""`newsdedup report`: what a store has to tell of a day, of a run, or of all it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from newsdedup.cli.options import (
    config_options,
    kept_files,
    output_options_of,
    refuse_quiet_and_verbose,
    reporting_options,
    run_settings,
)
from newsdedup.cli.output import deliver, planned_outputs, refuse_other_formats
from newsdedup.cli.store_options import refuse_writing_into, seconds_of
from newsdedup.errors import ConfigError, InputError


@click.command()
@click.argument("store", metavar="STORE")
@click.option("--since", metavar="TIME", help="What the runs of this last time reported: 1d, 6h, 30m.")
@click.option("--run", "run", metavar="last|N", help="What one run reported.")
@output_options_of("report")
@reporting_options
@config_options
def report(
    *,
    store: str,
    since: str | None,
    run: str | None,
    form: str | None,
    sinks: tuple[str, ...],
    quiet: bool,
    verbose: bool,
    color: bool | None,
    config_file: str | None,
    **overrides: object,
) -> None:
    """Report again what a store holds: of the last day, of a run, or everything.

    STORE is what newsdedup ingest wrote; it is only read, also while a run writes to it. Clusters are shown as they are
    now, with the members that joined in the time asked for.
    """
    refuse_quiet_and_verbose(quiet, verbose)
    found = run_settings(config_file, (), **overrides)
    if since is not None and run is not None:
        raise ConfigError("--since and --run exclude each other; give one")
    since_seconds = None if since is None else seconds_of(since, "--since", unit="d")
    number = None if run is None else _run(run)
    path = _store(store)
    outputs = planned_outputs(
        form, sinks, [store], command="report", kept=kept_files(found), quiet=quiet, verbose=verbose, color=color
    )
    refuse_other_formats(outputs, "report")
    refuse_writing_into(path, [sink.path for sink in outputs.files], "-o")
    from newsdedup.stores import report_store  # noqa: PLC0415  # numpy

    result = report_store(path, found.config, since_seconds=since_seconds, run=number)
    deliver(outputs, lambda form, style: form.renderer("report")(result, style))


def _run(text: str) -> int | Literal["last"]:
    if text == "last":
        return "last"
    if not (text.isascii() and text.isdecimal() and len(text) < 19 and int(text) > 0):
        raise ConfigError(f"command line: --run is {text or 'empty'}; allowed: last, or the number of a run, from 1")
    return int(text)


def _store(name: str) -> Path:
    """The store; results that a scan wrote are told apart here, in the words of one who has some.

    Whatever else is no store is for the store to say.

    Raises:
        InputError: The file holds JSON.
    """
    path = Path(name)
    try:
        with path.open("rb") as file:
            start = file.read(1)
    except OSError:
        return path
    if start == b"{":
        raise InputError(
            f"{name}: holds results, not a store; name the FILE of newsdedup ingest --store (kept results cannot be "
            "reported again in this version)"
        )
    return path
