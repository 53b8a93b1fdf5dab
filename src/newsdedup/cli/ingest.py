"""`newsdedup ingest`: what is new is added to a store and held against all that it has."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsdedup.cli.messages import LogFormat, for_programs, log_as, say
from newsdedup.cli.options import (
    finding_options,
    input_options,
    kept_files,
    loaded,
    output_options_of,
    refuse_quiet_and_verbose,
    run_settings,
)
from newsdedup.cli.output import (
    Outputs,
    deliver,
    planned_outputs,
    refuse_other_formats,
    refuse_overwriting,
    writable,
    write_whole,
)
from newsdedup.cli.progress import work
from newsdedup.cli.scan import EXIT_SKIPPED, tell_skipped
from newsdedup.cli.store_options import lock_timeout_option, refuse_writing_into, seconds_of
from newsdedup.config import Config
from newsdedup.errors import ConfigError
from newsdedup.report.formats import FORMATS, TERMINAL
from newsdedup.report.plain import figures_line
from newsdedup.result import CLOCK_AHEAD, RunFigures
from newsdedup.store.paths import belongs_to_store, store_files

if TYPE_CHECKING:
    from newsdedup.ingest.runs import Ingested

_KEPT_TEXTS = ("none", "normalised", "full")  # of store.nouns.KeepText, which loads numpy


def _log_as(context: click.Context, parameter: click.Parameter, value: LogFormat) -> LogFormat:
    log_as(value)
    return value


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--store", "store_file", metavar="FILE", required=True, help="The store; made if it is not there.")
@click.option(
    "--keep-text",
    type=click.Choice(_KEPT_TEXTS),
    help="What a new store keeps of the texts; default: full. A store that is there keeps what it did.",
)
@lock_timeout_option
@click.option(
    "--metrics",
    "metrics_file",
    metavar="FILE",
    help="Write the figures of the run for Prometheus, as node_exporter's textfile collector reads them.",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    is_eager=True,
    expose_value=False,
    callback=_log_as,
    help="Messages on standard error; json: an object a line. Default: text.",
)
@output_options_of("ingest")
@finding_options
@input_options
def ingest(
    *,
    paths: tuple[str, ...],
    store_file: str,
    keep_text: str | None,
    lock_timeout: str,
    metrics_file: str | None,
    form: str | None,
    sinks: tuple[str, ...],
    quiet: bool,
    verbose: bool,
    color: bool | None,
    config_file: str | None,
    map_: tuple[str, ...],
    **overrides: object,
) -> int:
    """Add articles to a store, and report only what is new: for a job that runs every few minutes.

    PATH is a file, a folder (with all below it), or - for standard input. An article that the store has is not added
    again; another text under the same address is a new version of it. Rewrites are looked for among articles published
    within --window (14d unless you say otherwise), copies in the whole store. What a run has reported is not reported
    again; what could not be delivered comes with the next run.

    Exit codes: 0 done, whatever was found, 2 usage, configuration, an input that is not there or a report that could
    not be written, 3 done but inputs were skipped and --strict was given, 4 a store that cannot be used, 75 another
    run is writing to the store.
    """
    refuse_quiet_and_verbose(quiet, verbose)
    found = run_settings(config_file, map_, **overrides)
    config, kept = found.for_ingest(), kept_files(found)
    lock_timeout_seconds = seconds_of(lock_timeout, "--lock-timeout", unit="s", zero=True)
    outputs = planned_outputs(
        form, sinks, paths, command="ingest", kept=kept, quiet=quiet, verbose=verbose, color=color
    )
    refuse_other_formats(outputs, "ingest")
    store = _store(store_file, paths, kept)
    refuse_writing_into(store, [sink.path for sink in outputs.files], "-o")
    metrics = _metrics_target(metrics_file, store, paths, kept, outputs)
    with ExitStack() as held:
        ingested = _ingested(
            held,
            paths,
            store,
            config,
            keep_text=keep_text,
            lock_timeout_seconds=lock_timeout_seconds,
            quiet=quiet,
        )
        result = ingested.result
        assert result.figures is not None  # noqa: S101  # an ingest has them
        told = for_programs() or not quiet
        if told:
            tell_skipped(result.skipped, outputs)
        in_words = not quiet and not for_programs() and _is_text(outputs)
        if not in_words:
            _tell_clock(result.notes, store)
        deliver(outputs, lambda form, style: form.renderer("ingest")(result, style), whole=True)
        ingested.told()
        if metrics is not None:
            _write_metrics(metrics, result.figures, store)
    if told and not in_words:
        say(figures_line(result.figures), figures=asdict(result.figures))
    return EXIT_SKIPPED if config.strict and result.skipped else 0


def _tell_clock(notes: Sequence[str], store: Path) -> None:
    """Says that the store is ahead of the machine, which nobody may overlook: articles are kept for too long."""
    for note in notes:
        if note.startswith(CLOCK_AHEAD):
            out = f"newsdedup store expire {store} --keep TIME --set-clock puts it right"
            say(f"{note}; {out}", level="warning")


def _store(name: str, paths: Sequence[str], kept: Mapping[str, Path]) -> Path:
    """The store, which is no input, no report and nothing that steers the run."""
    store = writable(name, "--store")
    for path in paths:
        if path != "-" and belongs_to_store(path, store):
            raise ConfigError(f"--store: {path} is an input and belongs to the store {store}; leave it out")
    refuse_overwriting(store, "--store", paths, kept)
    return store


def _metrics_target(
    name: str | None, store: Path, paths: Sequence[str], kept: Mapping[str, Path], outputs: Outputs
) -> Path | None:
    if name is None:
        return None
    path = writable(name, "--metrics")
    refuse_overwriting(path, "--metrics", paths, kept)
    refuse_writing_into(store, [path], "--metrics")
    if path.resolve() in [sink.path.resolve() for sink in outputs.files]:
        raise ConfigError(f"--metrics: {path} gets a report of -o; give each its own file")
    return path


def _ingested(
    held: ExitStack,
    paths: Sequence[str],
    store: Path,
    config: Config,
    *,
    keep_text: str | None,
    lock_timeout_seconds: float,
    quiet: bool,
) -> Ingested:
    """What the run found; the store stays locked until `held` is left, so that what is told is told once."""
    from newsdedup.process import long_run  # noqa: PLC0415
    from newsdedup.store.nouns import KeepText  # noqa: PLC0415  # numpy
    from newsdedup.stores import ingest_articles  # noqa: PLC0415  # numpy and the language models

    long_run()
    own = tuple(os.path.realpath(file) for file in store_files(store))
    articles = loaded(paths, config, equal_ids="all", left_out=own)
    with work(quiet=quiet or for_programs()) as progress:
        return held.enter_context(
            ingest_articles(
                articles,
                store,
                config,
                keep_text=None if keep_text is None else KeepText(keep_text),
                lock_timeout_seconds=lock_timeout_seconds,
                progress=progress,
            )
        )


def _write_metrics(path: Path, figures: RunFigures, store: Path) -> None:
    from newsdedup.report.metrics import metrics_lines  # noqa: PLC0415

    write_whole(path, metrics_lines(figures, str(store.absolute()), now=time.time()))


def _is_text(outputs: Outputs) -> bool:
    """Whether standard output has said what the run did, in words."""
    return outputs.stdout in (TERMINAL, FORMATS["text"])
