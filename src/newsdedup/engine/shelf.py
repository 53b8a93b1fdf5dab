"""The articles of one run, by number: ids and sources in memory, everything else as records that are read again.

A million articles are 3 GB of text, and each is needed two or three times: for its sketch, and for the few that are
compared and shown. Records stand in memory while they are few, else in a file that goes with the run; worker
processes get the name of the file and places in it, never texts.
"""

from __future__ import annotations

import json
import tempfile
import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from io import SEEK_END
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol

import numpy as np
import orjson
from numpy.typing import NDArray

from newsdedup.article import Article
from newsdedup.errors import InputError, NewsdedupError, StoreError

IN_MEMORY_BYTES = 64 << 20
"""Records beyond this are written to a file, unless a shelf is told otherwise."""

_RECENT = 4096  # articles kept as objects, for the pairs of one cluster


@dataclass(frozen=True, slots=True)
class Records:
    """Articles that stand in a file.

    Attributes:
        path: File of the records.
        bounds: First byte of each and one past its last, shape (articles, 2).
        checksums: uint32, CRC of each, shape (articles,); None for a file of this run.
    """

    path: str
    bounds: NDArray[np.int64]
    checksums: NDArray[np.uint32] | None = None

    def where(self, places: NDArray[np.int64]) -> Records:
        """Some of them, in the order given."""
        checksums = None if self.checksums is None else self.checksums[places]
        return Records(self.path, self.bounds[places], checksums)

    def articles(self) -> list[Article]:
        """The articles, in the order of the bounds."""
        with Path(self.path).open("rb", buffering=0) as file:
            return [unpacked(self.read(file, place)) for place in range(len(self.bounds))]

    def read(self, file: BinaryIO, place: int) -> bytes:
        """One record of the open file.

        Raises:
            StoreError: It is not as it was written.
        """
        data = _read(file, *self.bounds[place].tolist())
        if self.checksums is not None and zlib.crc32(data) != self.checksums[place]:
            raise StoreError(f"{self.path}: damaged; make it again with newsdedup index")
        return data


@dataclass(frozen=True, slots=True)
class Drawers:
    """Some articles of a shelf as a worker process gets them.

    Attributes:
        parts: Records of each file that holds some of them.
        places: Where each article stands among those of all parts, shape (articles,).
    """

    parts: tuple[Records, ...]
    places: NDArray[np.int64]

    def articles(self) -> list[Article]:
        """The articles, in their order."""
        found = [article for part in self.parts for article in part.articles()]
        return [found[place] for place in self.places.tolist()]


def _read(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    data = file.read(end - start)
    while len(data) < end - start:  # an unbuffered read may stop early
        more = file.read(end - start - len(data))
        if not more:
            raise NewsdedupError(f"{file.name}: cut short during the run; see that nothing cleans it up or rewrites it")
        data += more
    return data


class Standing(Protocol):
    """Articles that stand in a file, with what a shelf knows of them."""

    @property
    def ids(self) -> Sequence[str]:
        """Of the articles."""

    @property
    def sources(self) -> Sequence[str | None]:
        """Of the articles."""

    @property
    def url_keys(self) -> NDArray[np.uint64]:
        """Of the articles."""

    @property
    def records(self) -> Records:
        """The articles."""


class Shelf:
    """Articles by number, from 0 in the order they were added, or by id once `sort` was called.

    Articles that are known already may stand in front of them; they keep their numbers.

    Attributes:
        known: How many they are.
        ids: Of the articles.
        sources: Of the articles; equal names are one object.
        url_keys: Hash of each address, else of the original that the article names; 0 where both are unknown.
        memory_bytes: Records beyond this are written to a file.
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.sources: list[str | None] = []
        self.url_keys = array("Q")
        self.memory_bytes = IN_MEMORY_BYTES
        self._names: dict[str, str] = {}
        self._held: list[bytes] = []  # the records, while there is no file
        self._held_bytes = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._file: BinaryIO | None = None
        self.known = 0
        self._known_records: Records | None = None
        self._known_file: BinaryIO | None = None
        self._bounds = array("q")  # first byte of each record in the file, one past its last, the next one's first, ...
        self.article = lru_cache(maxsize=_RECENT)(self._article)

    @classmethod
    def of(cls, articles: Iterable[Article]) -> Shelf:
        """A shelf with these articles, numbered in the order given."""
        shelf = cls()
        for article in articles:
            shelf.add(article)
        return shelf

    def __enter__(self) -> Shelf:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def stand_behind(self, known: Standing) -> None:
        """Puts articles that are known already in front of all others; they are read where they stand."""
        self.known, self._known_records = len(known.ids), known.records
        self.ids, self.sources = [*known.ids, *self.ids], [*known.sources, *self.sources]
        self.url_keys = array("Q", known.url_keys.astype(np.uint64).tobytes()) + self.url_keys
        self.article.cache_clear()
        self._known_file = Path(known.records.path).open("rb", buffering=0)  # noqa: SIM115  # held open until `close`

    def close(self) -> None:
        """Removes the file, if there is one."""
        if self._known_file is not None:
            self._known_file.close()
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, article: Article) -> None:
        """Puts an article behind the others.

        Raises:
            NewsdedupError: There is no room for the temporary file.
        """
        data = packed(article)
        self.ids.append(article.id)
        source = article.source
        self.sources.append(self._names.setdefault(source, source) if source is not None else None)
        place = article.url or article.canonical
        self.url_keys.append(_key(place) if place else 0)
        if self._file is not None:
            self._append(self._file, data)
            return
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes > self.memory_bytes:
            self._spill()

    def sort(self) -> NDArray[np.int64]:
        """Numbers the articles that were added by id; returns the old place of each among them.

        Raises:
            InputError: Two articles have one id.
        """
        order = sorted(range(self.known, len(self)), key=self.ids.__getitem__)
        for first, second in pairwise(order):
            if self.ids[first] == self.ids[second]:
                places = f"{self._article(first).place or 'one article'} and {self._article(second).place or 'another'}"
                raise InputError(f'two articles have the id "{self.ids[first]}" ({places}); give each its own id')
        first = self.known
        self.ids[first:] = [self.ids[each] for each in order]
        self.sources[first:] = [self.sources[each] for each in order]
        self.url_keys[first:] = array("Q", (self.url_keys[each] for each in order))
        order = [each - first for each in order]
        self._held = [self._held[each] for each in order] if self._file is None else []
        bounds = self._bounds
        self._bounds = array("q", (bounds[2 * each + side] for each in order for side in (0, 1)) if bounds else ())
        self.article.cache_clear()
        return np.array(order, dtype=np.int64)

    def articles(self, numbers: Iterable[int]) -> list[Article]:
        """Some articles, in the order given."""
        return [self._article(number) for number in numbers]

    def records(self, numbers: NDArray[np.int64]) -> Drawers:
        """Some articles for a worker process, in the order given."""
        parts: list[Records] = []
        known, added = numbers[numbers < self.known], numbers[numbers >= self.known]
        if known.size and self._known_records is not None:
            parts.append(self._known_records.where(known))
        if added.size:
            parts.append(self.in_file().where(added - self.known))
        is_added = numbers >= self.known
        places = np.where(is_added, known.size + np.cumsum(is_added), np.cumsum(~is_added)) - 1
        return Drawers(tuple(parts), places)

    def in_file(self) -> Records:
        """The articles that were added, as the records of the file they stand in while the shelf is open."""
        if self._file is None:
            self._spill()
        return Records(str(self._path), np.frombuffer(self._bounds, dtype=np.int64).reshape(-1, 2))

    def _record(self, number: int) -> bytes:
        if self._known_file is not None and self._known_records is not None and number < self.known:
            return self._known_records.read(self._known_file, number)
        place = number - self.known
        if self._file is None:
            return self._held[place]
        return _read(self._file, self._bounds[2 * place], self._bounds[2 * place + 1])

    def _article(self, number: int) -> Article:
        return unpacked(self._record(number))

    @property
    def _path(self) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="newsdedup-")
        return Path(self._folder.name) / "articles"

    def _spill(self) -> None:
        try:
            self._file = file = self._path.open("x+b", buffering=0)
        except OSError as error:
            raise NewsdedupError(f"no temporary file: {error.strerror}; set TMPDIR to a folder with room") from error
        for data in self._held:
            self._append(file, data)
        self._held = []

    def _append(self, file: BinaryIO, data: bytes) -> None:
        try:
            start = file.seek(0, SEEK_END)
            written = file.write(data)
            while written < len(data):  # an unbuffered write may stop early
                written += file.write(data[written:])
        except OSError as error:
            raise NewsdedupError(
                f"temporary file {self._path}: {error.strerror}; set TMPDIR to a folder with room"
            ) from error
        self._bounds.extend((start, start + len(data)))


def _key(url: str) -> int:
    return int.from_bytes(blake2b(url.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def packed(article: Article) -> bytes:
    """One record: everything but the text as a line of JSON, then the text."""
    head: tuple[str | int | None, ...] = (
        article.id, article.title, article.published, article.source, article.url, article.lang, article.canonical,
        article.origin, article.line,
    )  # fmt: skip
    try:
        line = orjson.dumps(head)
    except TypeError:  # a lone surrogate, from the name of a file
        line = json.dumps(head).encode("ascii")
    return line + b"\n" + article.text.encode("utf-8", "surrogatepass")


def unpacked(data: bytes) -> Article:
    end = data.index(b"\n")
    try:
        head: Sequence[Any] = orjson.loads(data[:end])
    except orjson.JSONDecodeError:
        head = json.loads(data[:end])
    return Article(
        id=head[0],
        title=head[1],
        published=head[2],
        source=head[3],
        url=head[4],
        lang=head[5],
        canonical=head[6],
        origin=head[7],
        line=head[8],
        text=data[end + 1 :].decode("utf-8", "surrogatepass"),
    )
