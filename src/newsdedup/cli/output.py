"""Where bytes leave the program: standard output and report files."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsdedup.errors import ConfigError, NewsdedupError
from newsdedup.loaders import reads
from newsdedup.report.formats import TERMINAL, Command, Format, named_format
from newsdedup.report.plain import Style
from newsdedup.report.terminal import MIN_WIDTH

_DESCRIPTORS = re.compile(r"/proc/[^/]+/(?:task/[^/]+/)?fd|/dev(?:/fd)?")
_MOST_LINKS = 40  # as the system has it

Render = Callable[[Format, Style], Iterator[str]]
"""Result and kind of report bound already: `lambda form, style: form.renderer("scan")(result, style)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """One `-o FORMAT=FILE`."""

    format: Format
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Where the reports go.

    Attributes:
        stdout: None when nothing goes there.
        files: Written before standard output, each whole or not at all.
        style: Of every report.
    """

    stdout: Format | None
    files: tuple[Sink, ...]
    style: Style


def planned_outputs(
    form: str | None,
    sinks: Sequence[str],
    inputs: Sequence[str],
    *,
    command: Command | None = None,
    kept: Mapping[str, Path],
    quiet: bool,
    verbose: bool,
    color: bool | None,
) -> Outputs:
    """Decides where everything goes, before any work is done.

    Standard output gets `form`, by default text; with `quiet` and files nothing but a `form` that was named.

    Args:
        form: The value of --format; None when not given.
        sinks: The values of -o.
        inputs: The PATHs, which no report may overwrite.
        command: Whose formats are told where one is not known; None for all.
        kept: What steers the run, which no report may overwrite either; see `options.kept_files`.
        quiet: Findings only; silences standard output when there are files and no `form`.
        verbose: All reasons, members and facts.
        color: --color or --no-color; None decides by the terminal and NO_COLOR.

    Raises:
        ConfigError: An unknown format, a target that cannot be written, or two reports for one file.
    """
    files = tuple(_sink(text, command) for text in sinks)
    targets = [sink.path.resolve() for sink in files]
    for sink, target in zip(files, targets, strict=True):
        if targets.count(target) > 1:
            raise ConfigError(f"-o: two reports for {sink.path}; give each its own file")
        refuse_overwriting(sink.path, "-o", inputs, kept)
    terminal = _is_terminal() if color is None else color or _is_terminal()
    width = shutil.get_terminal_size().columns
    terminal = terminal and width >= MIN_WIDTH
    style = Style(
        verbose=verbose,
        findings_only=quiet,
        width=width,
        color=(terminal and not os.environ.get("NO_COLOR")) if color is None else color,
    )
    if form is None:
        stdout = None if quiet and files else TERMINAL if terminal else named_format("text")
    else:
        stdout = TERMINAL if form == "text" and terminal else named_format(form, command)
    return Outputs(stdout=stdout, files=files, style=style)


def refuse_overwriting(path: Path, option: str, inputs: Sequence[str], kept: Mapping[str, Path]) -> None:
    """Refuses a target that the run reads, or that would be read as an article the next time.

    Raises:
        ConfigError: It is an input, is or would be an article in a folder that is one, or steers the run.
    """
    target = path.resolve()
    named = [Path(each).resolve() for each in inputs if each != "-"]
    if target in named:
        raise ConfigError(f"{option}: {path} is an input; give another name")
    if reads(target) and any(target.is_relative_to(each) for each in named if each.is_dir()):
        raise ConfigError(f"{option}: {path} would be read as an article; give another name or place")
    for what, file in kept.items():
        if target == file.resolve():
            raise ConfigError(f"{option}: {path} is the {what} of this run; give another name")


def refuse_other_formats(outputs: Outputs, command: Command) -> None:
    """Refuses what was planned for a format that has no report of this command, before any work is done.

    Raises:
        ConfigError: It has none.
    """
    for form in (outputs.stdout, *(sink.format for sink in outputs.files)):
        if form is not None:
            form.renderer(command)


def _is_terminal() -> bool:
    """Whether standard output is a terminal that shows our characters."""
    if sys.stdout is None or not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return False
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def _sink(text: str, command: Command | None) -> Sink:
    name, separator, target = text.partition("=")
    if not separator or not target or target == "-":
        raise ConfigError(f"-o: {text or '(empty)'} is not FORMAT=FILE; standard output gets --format FORMAT")
    path = writable(target, "-o")
    return Sink(format=named_format(name, command), path=path)


def writable(target: str, option: str) -> Path:
    """The file that an option names.

    Raises:
        ConfigError: It is a folder, or would stand in one that is not there.
    """
    path = Path(target)
    if path.is_dir():
        raise ConfigError(f"{option}: {target} is a folder; give a file name in it")
    if not path.absolute().parent.is_dir():
        raise ConfigError(f"{option}: no folder {path.parent}; make it first")
    if _stream_of(path) is not None and not path.exists():
        raise ConfigError(f"{option}: {target} is not open; give a file name")
    return path


def deliver(outputs: Outputs, render: Render, *, whole: bool = False) -> None:
    """Writes every report: files first, then standard output.

    Args:
        whole: A reader of standard output that leaves before the end, or that is not there, has not got the report.

    Raises:
        NewsdedupError: A file or standard output cannot be written; a report that was there before stays.
    """
    plain = Style(verbose=outputs.style.verbose)
    for sink in outputs.files:
        write_whole(sink.path, render(sink.format, plain))
    if outputs.stdout is not None:
        write_stdout(render(outputs.stdout, outputs.style), whole=whole)


def write_whole(path: Path, lines: Iterable[str]) -> None:
    """Writes lines as UTF-8; see `write_bytes`."""
    write_bytes(path, map(_encoded, lines))


def write_bytes(path: Path, chunks: Iterable[bytes]) -> None:
    """Writes a file beside and renames it, so that a half-written report never replaces a whole one.

    A link is followed; a device or pipe is written as it is, and so is what /dev/stdout and its like stand for: what
    is in a file that the shell has opened stays.
    """
    target = path.resolve()
    try:
        open_already = _stream_of(path)
        if open_already is not None:
            with os.fdopen(_opened(open_already), "wb") as stream:
                stream.writelines(chunks)
            return
        mode = target.stat().st_mode if target.exists() else None
        if mode is not None and not stat.S_ISREG(mode):
            with target.open("wb") as stream:
                stream.writelines(chunks)
            return
        beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.tmp")
        try:
            with beside.open("xb") as stream:
                stream.writelines(chunks)
                stream.flush()
                os.fsync(stream.fileno())
            if mode is not None:
                beside.chmod(stat.S_IMODE(mode))
            beside.replace(target)
            _keep_name(target.parent)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
    except OSError as error:
        raise NewsdedupError(f"{path}: cannot be written: {error.strerror}") from None


def _stream_of(path: Path) -> Path | None:
    """What a path leads to in /dev, /dev/fd or /proc/*/fd, links before it followed; None where it leads elsewhere."""
    for _ in range(_MOST_LINKS):
        here = path.absolute().parent.resolve() / path.name
        within = _DESCRIPTORS.fullmatch(str(here.parent))
        if within and (within[0] != "/dev" or not here.is_symlink()):
            return here
        if not here.is_symlink():
            return None
        path = here.parent / here.readlink()
    return None


def _opened(stream: Path) -> int:
    """A descriptor to write to; of one of our own a second one, which goes on where that one stands in its file."""
    if stream.parent == Path(f"/proc/{os.getpid()}/fd"):
        return os.dup(int(stream.name))
    return os.open(stream, os.O_WRONLY | os.O_APPEND)


def _keep_name(folder: Path) -> None:
    """Makes a new name in a folder survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _encoded(line: str) -> bytes:
    return line.encode("utf-8", "backslashreplace") + b"\n"


def write_stdout(lines: Iterable[str], *, whole: bool = False) -> None:
    """UTF-8, whatever the locale says: the data formats are UTF-8, and text is read by the same programs.

    A reader that has left, as `head` does, is no error and changes no exit code, unless it was to take the `whole`;
    nor is a standard output that was closed from the start.
    """
    if sys.stdout is None:
        if whole:
            raise NewsdedupError("standard output: it is closed; the next run says it again")
        return
    try:
        sys.stdout.flush()
        for line in lines:
            sys.stdout.buffer.write(_encoded(line))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        discard_stdout()
        if whole:
            raise NewsdedupError(
                "standard output: its reader left before the end; the next run says it again"
            ) from None
    except OSError as error:
        discard_stdout()
        raise NewsdedupError(f"standard output: cannot be written: {error.strerror}") from None


def discard_stdout() -> None:
    """Points standard output at nothing, so that the flush at exit has nothing to complain about."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
