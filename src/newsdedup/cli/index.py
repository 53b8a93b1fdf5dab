"""`newsdedup index`: known articles read once, for many checks."""

from __future__ import annotations

import click

from newsdedup.cli.messages import say
from newsdedup.cli.options import (
    finding_options,
    input_options,
    kept_files,
    loaded,
    refuse_quiet_and_verbose,
    run_settings,
)
from newsdedup.cli.output import planned_outputs, refuse_overwriting, writable, write_bytes
from newsdedup.cli.paths import as_seen
from newsdedup.cli.progress import work
from newsdedup.cli.scan import EXIT_SKIPPED, tell_skipped
from newsdedup.report.plain import count


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "-o", "--output", "target", metavar="FILE", required=True, help="The index file; replaced if it is there."
)
@click.option("-q", "--quiet", is_flag=True, help="No messages, no progress.")
@click.option("-v", "--verbose", is_flag=True, help="All skipped inputs.")
@finding_options
@input_options
def index(
    *,
    paths: tuple[str, ...],
    target: str,
    quiet: bool,
    verbose: bool,
    config_file: str | None,
    map_: tuple[str, ...],
    **overrides: object,
) -> int:
    """Read known articles once, so that `newsdedup check --against FILE` takes seconds.

    PATH is a file, a folder (with all below it), or - for standard input. The file holds the articles, too; keep it
    where they may be kept. A check must look through the same --views and give the same --lang, and run in a folder
    from which the articles have the same names: a file of one name is taken for the newer version of the one in the
    index, and is not held against it.
    """
    refuse_quiet_and_verbose(quiet, verbose)
    found = run_settings(config_file, map_, **overrides)
    config, kept = found.config, kept_files(found)
    path = writable(target, "-o")
    refuse_overwriting(path, "-o", paths, kept)
    outputs = planned_outputs(None, (), paths, kept=kept, quiet=quiet, verbose=verbose, color=False)
    from newsdedup.api import index_articles  # noqa: PLC0415  # numpy and the language models
    from newsdedup.process import long_run  # noqa: PLC0415

    long_run()
    with work(quiet=quiet) as progress:
        articles = loaded(tuple(map(as_seen, paths)), config, ids="path")
        with index_articles(articles, config, progress=progress) as made:
            write_bytes(path, made.content)
    if not quiet:
        tell_skipped(made.skipped, outputs)
        say(f"wrote {path}: {count(made.articles, 'article')}, {path.stat().st_size / 1e6:,.1f} MB")
    return EXIT_SKIPPED if config.strict and made.skipped else 0
