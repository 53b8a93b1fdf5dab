"""What `check` and `baseline` have in common: which articles are new, which are known, and the check of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newsdedup.article import Article, Skipped
from newsdedup.cli.changed import Changes, changes_since, within
from newsdedup.cli.options import finding_options, input_options, loaded
from newsdedup.cli.output import Outputs
from newsdedup.cli.progress import progress_bar
from newsdedup.cli.scan import tell_skipped
from newsdedup.config import Config
from newsdedup.errors import ConfigError, InputError, NewsdedupError
from newsdedup.loaders import reads

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What is held against what.

    Attributes:
        new: PATHs of new articles.
        known: PATHs of known ones.
        index: A file that holds known ones; then `known` is empty.
        changed: Files of `known` that are new.
        gone: Files that are known no more.
        notes: For the report.
    """

    new: tuple[str, ...]
    known: tuple[str, ...] = ()
    index: str | None = None
    changed: frozenset[str] = frozenset()
    gone: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[str, ...]:
        """Everything that is read."""
        return (*self.new, *self.known, *([self.index] if self.index else []))


def sides(paths: Sequence[str], against: Sequence[str], changed_since: str | None) -> Sides:
    """What is new and what is known.

    Raises:
        ConfigError: Nothing is named, or an index beside other known articles.
        InputError: Something that is named is not there.
    """
    if not paths and changed_since is None:
        raise ConfigError("check: no NEW articles; name files or folders, or give --changed-since REV")
    new, known = tuple(map(as_seen, paths)), tuple(map(as_seen, against))
    index = _index_among(known)
    if index is not None:
        known = ()
    if changed_since is None:
        return Sides(new=new, known=known, index=index)
    changes = changes_since(changed_since)
    new = new or (".",)
    for path in new:
        if path == "-" or not Path(path).exists():
            raise InputError(f"{path} does not exist; --changed-since looks for changed files in files and folders")
    chosen, notes = _changed(changes, new)
    changed = frozenset(changes.files)
    return Sides(
        new=chosen, known=known if against else new, index=index, changed=changed, gone=changes.gone, notes=notes
    )


def _index_among(against: Sequence[str]) -> str | None:
    for path in against:
        if path != "-" and Path(path).is_file():
            from newsdedup.store.index_file import is_index  # noqa: PLC0415  # numpy

            if is_index(path):
                if len(against) > 1:
                    raise ConfigError(f"--against: {path} is an index, which stands alone; index all of it together")
                return path
    return None


def _changed(changes: Changes, new: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The changed files that may be articles, and a note on the others."""
    inside = [path for path in changes.files if within(path, new)]
    chosen = tuple(path for path in inside if reads(path) and not Path(path).is_symlink())
    others = len(inside) - len(chosen)
    if not others:
        return chosen, ()
    return chosen, (f"{others} changed file{'s' if others > 1 else ''} of no type that is read: not looked at",)


def as_seen(path: str) -> str:
    """A path in the working directory as seen from there, so that one article has one id however it is named."""
    if path == "-" or not path:
        return path
    whole, here = os.path.abspath(path), os.path.abspath(os.curdir)  # noqa: PTH100  # links stay as they are named
    return os.path.relpath(whole, here) if within(whole, [here]) else path


def checked(sides: Sides, config: Config, outputs: Outputs, *, quiet: bool) -> Check:
    """The check of the new articles, with the lines of what was found."""
    from newsdedup.api import check_articles  # noqa: PLC0415  # numpy and the language models
    from newsdedup.gate.regions import with_regions  # noqa: PLC0415
    from newsdedup.process import long_run  # noqa: PLC0415

    long_run()
    known = _unchanged(loaded(sides.known, config, ids="path"), sides.changed) if sides.known else None
    try:
        with progress_bar(quiet=quiet) as progress:
            check = check_articles(
                loaded(sides.new, config, ids="path") if sides.new else (),
                Path(sides.index) if sides.index else known,
                config,
                gone=sides.gone,
                progress=progress,
            )
    except BrokenPipeError as error:  # not our standard output: that one ends the run in silence
        raise NewsdedupError(f"a worker process ended early: {error.strerror}") from error
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


def _unchanged(items: Iterable[Article | Skipped], changed: frozenset[str]) -> Iterator[Article | Skipped]:
    for item in items:
        file = item.input if isinstance(item, Skipped) else PurePath(item.origin).as_posix()
        if file not in changed:
            yield item


def _text_of(max_bytes: int, path: str) -> str | None:
    """What a file of an article holds now; None where it cannot be read any more."""
    from newsdedup.loaders import read_text  # noqa: PLC0415

    return read_text(path, max_bytes)
