"""`newsdedup store`: what is in a store, whether it is sound, and what keeps it so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from newsdedup.cli.main import EXIT_USAGE
from newsdedup.cli.messages import say
from newsdedup.cli.output import write_stdout
from newsdedup.cli.progress import work
from newsdedup.cli.store_options import lock_timeout_option, quiet_option, seconds_of
from newsdedup.config import VIEWS, command_line_value
from newsdedup.errors import StoreError
from newsdedup.report.plain import count, megabytes, visible

_SECONDS_PER_DAY = 86_400
_NO_LANGUAGE = "none"
"""What --lang says where a store knows no language of every article."""


@click.group(invoke_without_command=True)
@click.pass_context
def store(context: click.Context) -> None:
    """Look after a store: what is in it, whether it is sound, what goes, other parameters, a backup."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(EXIT_USAGE)


@store.command()
@click.argument("file", metavar="FILE")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Default: text.")
def info(*, file: str, form: str) -> None:
    """What is in a store: articles, runs, parameters, size; while a run writes to it, too."""
    from newsdedup.report.store_info import info_json, info_text  # noqa: PLC0415
    from newsdedup.stores import store_info  # noqa: PLC0415  # numpy

    write_stdout((info_json if form == "json" else info_text)(store_info(Path(file))))


@store.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--sample", type=click.IntRange(min=0), metavar="N", default=1000, help="Articles made anew; default: 1000."
)
def verify(*, file: str, sample: int) -> int:
    """Say what is wrong with a store, a problem a line, or that it is sound.

    The database's own check runs over all of it, every file is held against what was written down of it, and the
    signatures of a sample of articles are made anew from their texts. Exit code 4 when something is wrong.
    """
    from newsdedup.stores import verify_store  # noqa: PLC0415  # numpy and the language models

    problems = verify_store(Path(file), sample=sample)
    write_stdout(map(visible, problems or ["sound"]))
    return StoreError.exit_code if problems else 0


@store.command()
@click.argument("file", metavar="FILE")
@click.option("--keep", metavar="TIME", required=True, help="What was seen in this time stays: 90d, 36h.")
@click.option("--force", is_flag=True, help="Also when more than half of the articles would go.")
@click.option("--set-clock", is_flag=True, help="Times in the store that lie ahead of this machine's clock become now.")
@lock_timeout_option
@quiet_option
def expire(*, file: str, keep: str, force: bool, set_clock: bool, lock_timeout: str, quiet: bool) -> None:
    """Drop the articles that were last seen longer ago than --keep, with all that is known of them.

    Time is the store's own, which never goes back: a clock that is set back expires nothing early. After a clock that
    ran ahead, --set-clock puts the store right. An expiry that was cut off goes on where it was.
    """
    keep_days = seconds_of(keep, "--keep", unit="d") / _SECONDS_PER_DAY
    waiting = seconds_of(lock_timeout, "--lock-timeout", unit="s", zero=True)
    from newsdedup.stores import expire_store  # noqa: PLC0415  # numpy

    with work(quiet=quiet) as progress:
        gone = expire_store(
            Path(file),
            keep_days,
            lock_timeout_seconds=waiting,
            force=force,
            set_clock=set_clock,
            progress=progress,
        )
    if not quiet:
        freed = f"{megabytes(gone.bytes_freed)} freed"
        say(f"expired {count(gone.articles, 'article')} of {file}: {gone.left:,} left, {freed}")


@store.command()
@click.argument("file", metavar="FILE")
@click.option("--views", metavar="NAMES", help=f"Some of {','.join(VIEWS)}; default: as they are.")
@click.option("--lang", metavar="CODE", help="Language of all articles, or none: found for each; default: as it is.")
@lock_timeout_option
@quiet_option
def migrate(
    *,
    file: str,
    views: str | None,
    lang: str | None,
    lock_timeout: str,
    quiet: bool,
) -> None:
    """Make the signatures of a store anew, for other --views, another --lang or another version of newsdedup.

    Only the options given change anything: what is not given stays as the store has it, whatever a configuration says.
    Everything is built beside the old and takes its place in one step; a migration that was cut off leaves the old as
    it was. It needs the texts: a store with --keep-text none cannot be migrated.
    """
    waiting = seconds_of(lock_timeout, "--lock-timeout", unit="s", zero=True)
    wanted = None if views is None else frozenset(command_line_value("views", views))
    spoken = "keep" if lang is None else None if lang == _NO_LANGUAGE else command_line_value("lang", lang)
    from newsdedup.process import long_run  # noqa: PLC0415
    from newsdedup.stores import migrate_store  # noqa: PLC0415  # numpy and the language models

    long_run()
    with work(quiet=quiet) as progress:
        done = migrate_store(Path(file), views=wanted, lang=spoken, lock_timeout_seconds=waiting, progress=progress)
    if not quiet:
        changed = _changed(done.from_, done.to)
        say(f"migrated {count(done.articles, 'article')} of {file}: {changed or 'the parameters are as they were'}")


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return ", ".join(f"{name} {before.get(name, 'none')} -> {after.get(name, 'none')}" for name in names)


@store.command()
@click.argument("file", metavar="FILE")
@click.argument("target", metavar="TARGET")
@quiet_option
def backup(*, file: str, target: str, quiet: bool) -> None:
    """Copy a store as it is at one moment, while a run may write to it; TARGET is a store of its own.

    TARGET must not be there yet. To restore, put its files back under the old name.
    """
    from newsdedup.stores import backup_store  # noqa: PLC0415  # numpy

    size = backup_store(Path(file), Path(target))
    if not quiet:
        say(f"backed up {file} to {target}: {megabytes(size)}")
