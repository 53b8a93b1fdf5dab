"""PATHs to articles: which reader gets which input, and every id once."""

from __future__ import annotations

import codecs
import io
import os
import stat
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path, PurePath
from typing import BinaryIO, Final

from newsdedup.article import STDIN_ORIGIN, Article, Skipped
from newsdedup.errors import InputError
from newsdedup.loaders import files
from newsdedup.loaders.decode import decode
from newsdedup.loaders.feed import read_feed
from newsdedup.loaders.feedhead import feed_kind, no_feed
from newsdedup.loaders.ids import UsedIds
from newsdedup.loaders.inflate import inflated
from newsdedup.loaders.jsonlines import read_jsonl
from newsdedup.loaders.kinds import BY_CONTENT, FORMATS, GZIP, Format, format_of, may_be_feed
from newsdedup.loaders.language import language_code
from newsdedup.loaders.markdown import split_markdown
from newsdedup.loaders.params import LoaderParams
from newsdedup.loaders.plaintext import TextParts, split_text
from newsdedup.loaders.refused import READ_ERRORS, RefusedError, unreadable
from newsdedup.loaders.walk import Found, walk
from newsdedup.loaders.webpage import declared_charset, split_html
from newsdedup.printable import printable_path

_UNKNOWN_TYPE: Final = (
    f"its name does not end in {', '.join((*FORMATS, *BY_CONTENT))} or one of these with {GZIP}; "
    "name the file itself as a PATH to have its contents looked at"
)
_STDIN: Final = "-"
_DEFAULTS: Final = LoaderParams()


def load_articles(
    *paths: str | os.PathLike[str], params: LoaderParams = _DEFAULTS, stdin: BinaryIO | None = None
) -> Iterator[Article | Skipped]:
    """Read files, folders (recursively) and standard input.

    Articles come out in a fixed order: the PATHs as given, the files of a folder by relative path, the records of a
    file by line, the entries of a feed as they stand. No id comes out twice: the first article keeps it, the next is a
    `duplicate-id`; with ids by `path` one with another text goes by `FILE#ID`, and with `equal_ids="all"` ids are left
    as they are. A file that several PATHs reach is read once. Nothing is held in memory but
    the article at hand and about 100 bytes for each id used.

    Args:
        paths: A `-` is standard input.
        params: Caps, field names, language.
        stdin: What `-` reads; None is the standard input of the process.

    Returns:
        An article, or the reason why there is none, for everything found.

    Raises:
        InputError: A PATH does not exist, or `-` is given twice; at once, before anything is read.
    """
    given = [os.fsdecode(path) for path in paths]
    for path in given:
        _check(path)
    if given.count(_STDIN) > 1:
        raise InputError("- is given more than once; standard input can be read only once")
    return _load(given, params, stdin)


def _check(path: str) -> None:
    if not path:
        raise InputError("a PATH is empty; use . for the current folder, or - to read stdin")
    try:
        if path != _STDIN:
            Path(path).stat()
    except PermissionError:
        return  # reported as unreadable when its turn comes
    except (OSError, ValueError) as error:  # ValueError: a NUL in it
        why = "is a symlink that leads nowhere" if "\0" not in path and Path(path).is_symlink() else "does not exist"
        raise InputError(f"{printable_path(path)} {why}; check the path, or use - to read stdin") from error


def _load(paths: list[str], params: LoaderParams, stdin: BinaryIO | None) -> Iterator[Article | Skipped]:
    used = UsedIds(tells_apart=params.ids == "path")
    once = _Once() if _overlap(paths) else None
    for path in paths:
        for item in _read_path(path, params, stdin, once):
            yield used.admit(item) if isinstance(item, Article) and params.equal_ids == "first" else item


def _read_path(
    path: str, params: LoaderParams, stdin: BinaryIO | None, once: _Once | None
) -> Iterator[Article | Skipped]:
    if path == _STDIN:
        yield from _read_stdin(params, sys.stdin.buffer if stdin is None else stdin)
        return
    if params.left_out and files.lies_in(files.real_path(path), params.left_out):
        return
    name = printable_path(str(PurePath(path)))
    try:
        mode = Path(path).stat().st_mode
    except OSError as error:
        yield _skipped(name, name, unreadable(error))
        return
    if stat.S_ISDIR(mode):
        below = os.path.join(str(PurePath(path)), "")  # noqa: PTH118  # with the slash; none after the root
        for entry in walk(path, below if params.ids == "path" and PurePath(path).parts else "", params.left_out):
            if isinstance(entry, Skipped):
                yield entry
            elif format_of(entry.path) is None and not may_be_feed(entry.path):
                yield _skipped(entry.id, printable_path(entry.path), RefusedError("unknown-type", _UNKNOWN_TYPE))
            else:
                yield from _read_file(entry, params, once, nofollow=True)
    elif stat.S_ISREG(mode):
        yield from _read_file(Found(id=name, path=path), params, once, nofollow=False)
    else:
        yield _skipped(name, name, RefusedError("not-a-file", files.NOT_A_FILE_DETAIL))


def _read_file(
    found: Found, params: LoaderParams, once: _Once | None, *, nofollow: bool
) -> Iterator[Article | Skipped]:
    place = printable_path(found.path)
    known, by_content = format_of(found.path), may_be_feed(found.path)
    try:
        with files.open_file(found.path, nofollow=nofollow) as file:
            if once is not None:
                once.admit(file, place)
            packed = (known is not None or by_content) and found.path.lower().endswith(GZIP)
            stream = inflated(file, params.max_bytes) if packed else file
            form = known or ("feed" if packed else _sniff(stream))  # gzip may hand out a few bytes at first
            if by_content and form != "feed":
                raise RefusedError("unknown-type", no_feed(stream.peek(files.BLOCK_BYTES)))
            if form == "jsonl":
                yield from read_jsonl(stream, found.id, found.path, params)
            else:
                read = files.read_capped if packed else files.read_steady
                yield from _read_whole(read(stream, params.max_bytes), form, found.id, found.path, params)
    except RefusedError as refusal:
        yield _skipped(found.id, place, refusal)
    except READ_ERRORS as error:
        yield _skipped(found.id, place, unreadable(error))


def _read_stdin(params: LoaderParams, source: BinaryIO) -> Iterator[Article | Skipped]:
    stream: io.BufferedReader = io.BufferedReader(files.Borrowed(source), files.BLOCK_BYTES)
    try:
        form = _sniff(stream) if params.stdin_format == "auto" else params.stdin_format
        if form == "jsonl":
            yield from read_jsonl(stream, _STDIN, STDIN_ORIGIN, params)
        else:
            yield from _read_whole(files.read_capped(stream, params.max_bytes), form, _STDIN, STDIN_ORIGIN, params)
    except RefusedError as refusal:
        yield _skipped(_STDIN, STDIN_ORIGIN, refusal)
    except READ_ERRORS as error:
        yield _skipped(_STDIN, STDIN_ORIGIN, unreadable(error))


def _read_whole(data: bytes, form: Format, name: str, path: str, params: LoaderParams) -> Iterator[Article | Skipped]:
    if form == "feed":
        yield from read_feed(data, name, path, params)
    else:
        yield _text_article(data, form, name, path, params)


def _text_article(data: bytes, form: Format, name: str, path: str, params: LoaderParams) -> Article:
    parts = _text_parts(data, form)
    if not parts.text.strip():
        raise RefusedError("empty", "no text in it")
    return Article(
        id=name,
        text=parts.text,
        title=parts.title,
        published=parts.published,
        source=parts.source,
        url=parts.url,
        lang=params.lang or language_code(parts.lang),
        canonical=parts.canonical,
        origin=path,
    )


def _text_parts(data: bytes, form: Format) -> TextParts:
    if form == "html":
        return split_html(decode(data, declared_charset(data)))
    text = decode(data)
    return split_markdown(text) if form == "md" else split_text(text)


def _sniff(stream: io.BufferedReader) -> Format:
    head = stream.peek(files.BLOCK_BYTES)
    if feed_kind(head):
        return "feed"
    head = head.removeprefix(codecs.BOM_UTF8)
    return "jsonl" if head.lstrip().startswith(b"{") else "txt"


def _overlap(paths: list[str]) -> bool:
    """Whether one PATH is, or lies in, another one."""
    real = sorted(PurePath(files.real_path(path)).parts for path in paths if path != _STDIN)
    return any(inner[: len(outer)] == outer for outer, inner in pairwise(real))


class _Once:
    """The files read so far, by device and inode; kept only when the PATHs overlap."""

    def __init__(self) -> None:
        self._places: dict[tuple[int, int], str] = {}

    def admit(self, file: BinaryIO, place: str) -> None:
        """Take note of a file.

        Raises:
            RefusedError: `duplicate-id`, when it was read before.
        """
        status = os.fstat(file.fileno())
        node = (status.st_dev, status.st_ino)
        first = self._places.get(node)
        if first is None:
            self._places[node] = place
        else:
            why = f"the same file as {first}, which" if first != place else "two PATHs lead to it, and it"
            raise RefusedError("duplicate-id", f"{why} is read already")


def _skipped(name: str, place: str, refusal: RefusedError) -> Skipped:
    return Skipped(input=name, reason=refusal.reason, detail=f"{place}: {refusal.detail}")
