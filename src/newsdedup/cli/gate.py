"""What `check` and `baseline` have in common: which articles are new, which are known, and the check of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newsdedup.cli.changed import Changes, changes_since, files_in
from newsdedup.cli.options import finding_options, input_options, loaded, run_settings
from newsdedup.cli.output import Outputs
from newsdedup.cli.paths import Reach, Reached, as_seen, reached, seen_from
from newsdedup.cli.progress import work
from newsdedup.cli.scan import tell_skipped
from newsdedup.config import Config, Settings
from newsdedup.errors import ConfigError, InputError
from newsdedup.printable import printable_path
from newsdedup.report.plain import reasons_tally, tally

if TYPE_CHECKING:
    from newsdedup.gate.check import Check

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--against",
        metavar="PATH",
        multiple=True,
        help="Known articles: files, folders, or a file that newsdedup index wrote; may be given several times.",
    ),
    click.option(
        "--changed-since",
        metavar="REV",
        help="Of NEW only what has changed since this revision of the git checkout; the rest of NEW is known.",
    ),
    click.option(
        "--fail-on",
        metavar="VERDICT",
        help="Weakest verdict that fails: identical, copy, revision, excerpt, rewrite (default) or related.",
    ),
    click.option("--baseline", metavar="FILE", help="Findings that are known and do not fail."),
    click.option(
        "--allow-declared/--no-allow-declared",
        default=None,
        help="An article may copy the one that it names as its source.",
    ),
)


def gate_options(command: Command) -> Command:
    """--against, --changed-since, --fail-on, --baseline, --allow-declared, and those of a scan."""
    command = finding_options(input_options(command))
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def gate_settings(config_file: str | None, map_: tuple[str, ...], **overrides: object) -> Settings:
    """The settings of this run; a baseline that a configuration names is named as seen from the working directory."""
    found = run_settings(config_file, map_, **overrides)
    baseline = found.config.baseline
    if baseline is None or not baseline.is_absolute():
        return found
    seen = Path(seen_from(str(Path.cwd()), str(baseline)))
    return replace(found, config=replace(found.config, baseline=seen))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What is held against what.

    Attributes:
        named: Everything that was named, as it was.
        new: PATHs of new articles.
        known: PATHs of known ones.
        index: A file that holds known ones; then `known` is empty.
        gone: Files that are known no more.
        notes: For the report.
    """

    named: tuple[str, ...]
    new: tuple[str, ...]
    known: tuple[str, ...] = ()
    index: str | None = None
    gone: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def sides(paths: Sequence[str], against: Sequence[str], changed_since: str | None) -> Sides:
    """What is new and what is known.

    Raises:
        ConfigError: Nothing is named, standard input twice, or an index beside other known articles.
        InputError: Something that is named is not there.
    """
    if not paths and changed_since is None:
        raise ConfigError("no NEW articles; name files or folders, or give --changed-since REV")
    if "-" in paths and "-" in against:
        raise ConfigError("- is both NEW and --against; standard input can be read only once")
    new, known = tuple(map(as_seen, paths)), tuple(map(as_seen, against))
    index = _index_among(known)
    both = Sides(named=(*paths, *against), new=new, known=known if index is None else (), index=index)
    return both if changed_since is None else _changed(both, changed_since)


def _index_among(against: Sequence[str]) -> str | None:
    for path in against:
        if path != "-" and Path(path).is_file():
            from newsdedup.store.index_file import is_index  # noqa: PLC0415  # numpy

            if is_index(path):
                if len(against) > 1:
                    raise ConfigError(f"--against: {path} is an index, which stands alone; index all of it together")
                return path
    return None


def _changed(both: Sides, since: str) -> Sides:
    """Of the new ones what has changed; where nothing is known, the rest of them is."""
    new = both.new or (".",)
    for path in new:
        if path == "-" or not Path(path).exists():
            raise InputError(f"{path} does not exist; --changed-since looks for changed files in files and folders")
    changes = changes_since(since)
    for path in new:
        if not Path(path).resolve().is_relative_to(changes.root):
            raise InputError(f"--changed-since: {path} lies outside of this checkout; name files and folders in it")
    reach = Reach.of(new)
    files, gone = _new_and_gone(changes, reach, Reach.of(both.known))
    chosen = reached(files, reach)
    rest = Reached(files=(), skipped=())
    if not both.known and both.index is None:
        rest = reached(set(files_in(changes.root)) - files, reach)
    seen = partial(seen_from, str(Path.cwd()))
    return replace(
        both,
        named=both.named or new,
        new=tuple(map(seen, chosen.files)),
        known=(*both.known, *map(seen, rest.files)),
        gone=tuple(sorted(printable_path(seen(path)) for path in gone)),
        notes=(
            *_note("not read among the changed files", chosen),
            *_note("not read where the known articles are", rest),
        ),
    )


def _new_and_gone(changes: Changes, new: Reach, known: Reach) -> tuple[set[str], set[str]]:
    """What counts as new and as gone; an article that only moved counts as neither, but one that moved in is new."""
    moved_in = {name: old for name, old in changes.moved.items() if "" not in (*new.skips(old), *known.skips(old))}
    return changes.files | moved_in.keys(), changes.gone | set(moved_in.values())


def _note(what: str, found: Reached) -> tuple[str, ...]:
    return (f"{what}: {tally(reasons_tally(found.skipped))}",) if found.skipped else ()


def checked(sides: Sides, config: Config, outputs: Outputs, *, quiet: bool) -> Check:
    """The check of the new articles, with the lines of what was found."""
    from newsdedup.api import check_articles  # noqa: PLC0415  # numpy and the language models
    from newsdedup.gate.regions import with_regions  # noqa: PLC0415
    from newsdedup.process import long_run  # noqa: PLC0415

    long_run()
    known = loaded(sides.known, config, ids="path") if sides.known else None
    with work(quiet=quiet) as progress:
        check = check_articles(
            loaded(sides.new, config, ids="path"),
            Path(sides.index) if sides.index else known,
            config,
            gone=sides.gone,
            progress=progress,
        )
    if not quiet:
        tell_skipped(check.checked.result.skipped, outputs)
    check = replace(check, notes=(*check.notes, *sides.notes), folder=_folder())
    return with_regions(check, partial(_text_of, config.max_bytes))


def _folder() -> str:
    """The working directory as seen from the top of the checkout, from which CI names files; "" there and outside.

    Without `.git`, as in a container without git, what GitHub and GitLab say is the top.
    """
    here = Path.cwd().resolve()
    tops = [folder for folder in (here, *here.parents) if (folder / ".git").exists()]
    told = (os.environ.get(name) for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"))
    tops += [Path(name).resolve() for name in told if name]
    top = next((folder for folder in tops if here.is_relative_to(folder)), here)
    seen = here.relative_to(top).as_posix()
    return "" if seen == "." else seen


def _text_of(max_bytes: int, path: str) -> str | None:
    """What a file of an article holds now; None where it cannot be read any more."""
    from newsdedup.loaders import read_text  # noqa: PLC0415

    return read_text(path, max_bytes)
