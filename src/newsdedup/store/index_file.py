"""The index file: known articles read once and kept, so that a check of one article against many takes seconds.

A line that says what it is, the length of the header in 8 bytes, the header (JSON), arrays, and the articles as they
stand on a shelf. Everything but the articles is checked when the file is opened; an article is read when it is
compared.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from newsdedup.engine.known import Known
from newsdedup.engine.reading import Reading
from newsdedup.engine.shelf import Records
from newsdedup.errors import StoreError
from newsdedup.sketch.minhash import NUM_PERM
from newsdedup.sketch.sentences import Sentences
from newsdedup.sketch.views import Sketches
from newsdedup.store.fingerprint import difference
from newsdedup.text.table import ArticleColumns

SCHEMA = 1
"""Of the file; a change is said in the CHANGELOG."""

_MAGIC = b"newsdedup index "
_LENGTH_BYTES = 8
_MOST_HEADER_BYTES = 1 << 20
_ALIGNED = 64
_COPIED_BYTES = 1 << 20
_PARTS: Mapping[str, type[ArticleColumns] | type[Sentences] | type[Sketches]] = {
    "columns": ArticleColumns,
    "sentences": Sentences,
    "sketches": Sketches,
}
_OWN = ("url_keys", "days", "lengths", "boilerplate", "stories", "likenesses")
_DTYPES = frozenset({"uint64", "int64", "float64", "int32", "uint32", "uint8", "bool"})


def is_index(path: str) -> bool:
    """Whether a file is an index file, of any version."""
    try:
        with Path(path).open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def index_bytes(known: Known, parameters: Mapping[str, str], version: str) -> Iterator[bytes]:
    """The file, in pieces.

    Args:
        parameters: The fingerprint of what the signatures depend on.
        version: Of newsdedup.
    """
    bounds = known.records.bounds
    sizes = np.diff(bounds, axis=1).ravel()
    names = np.frombuffer(_dumped([known.ids, known.sources]), dtype=np.uint8)
    arrays = {"names": names, "ends": np.cumsum(sizes), "checksums": _checksums(known.records), **_arrays(known)}
    places: dict[str, dict[str, object]] = {}
    start = 0
    for name, array in arrays.items():
        places[name] = {
            "dtype": str(array.dtype), "shape": array.shape, "start": start, "crc32": _checksum(array)
        }  # fmt: skip
        start += _padded(array.nbytes)
    header = orjson.dumps(
        {
            "version": version,
            "parameters": dict(parameters),
            "articles": len(known),
            "arrays": places,
            "records": int(sizes.sum()),
        }
    )
    head = _MAGIC + str(SCHEMA).encode() + b"\n" + len(header).to_bytes(_LENGTH_BYTES, "little") + header
    yield head.ljust(_padded(len(head)), b"\n")
    for array in arrays.values():
        yield np.ascontiguousarray(array).tobytes().ljust(_padded(array.nbytes), b"\0")
    with Path(known.records.path).open("rb") as file:
        for first, end in bounds.tolist():
            file.seek(first)
            for part in range(first, end, _COPIED_BYTES):
                yield file.read(min(_COPIED_BYTES, end - part))


def open_index(path: str, parameters: Mapping[str, str]) -> Known:
    """The known articles of an index file.

    Args:
        path: The file; it must stay as it is while the articles are used.
        parameters: The fingerprint that it must have.

    Raises:
        StoreError: It is none, damaged, of another version, or was made with other parameters.
    """
    try:
        with Path(path).open("rb") as file:
            line = file.readline(len(_MAGIC) + 20)
            if not line.startswith(_MAGIC) or not line.endswith(b"\n"):
                raise StoreError(f"{path}: not an index file; make one with newsdedup index")
            if line != _MAGIC + str(SCHEMA).encode() + b"\n":
                raise _again(path, f"is of another version ({line[len(_MAGIC) : -1].decode('ascii', 'replace')})")
            length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
            if length > _MOST_HEADER_BYTES:
                raise _damaged(path)
            data = file.read(length)
            size = Path(path).stat().st_size
        header = orjson.loads(data)
        first = _padded(len(line) + _LENGTH_BYTES + length)
        differs = difference(header["parameters"], parameters)
        if differs:
            raise _again(path, f"was made with other parameters ({differs})")
        return _known(path, header, first, size)
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(path) from error


def _checksums(records: Records) -> NDArray[np.uint32]:
    with Path(records.path).open("rb", buffering=0) as file:
        found = (zlib.crc32(records.read(file, place)) for place in range(len(records.bounds)))
        return np.fromiter(found, dtype=np.uint32, count=len(records.bounds))


def _again(path: str, why: str) -> StoreError:
    return StoreError(f"{path} {why}; make it again with newsdedup index, or run with the parameters it was made with")


def _damaged(path: str) -> StoreError:
    return StoreError(f"{path}: damaged; make it again with newsdedup index")


def _known(path: str, header: Mapping[str, Any], first: int, size: int) -> Known:
    """The articles behind a header; raises ValueError where the file is not what the header says."""
    count, places = int(header["articles"]), header["arrays"]
    records = first + sum(_padded(_nbytes(place)) for place in places.values())
    if size != records + int(header["records"]):
        raise StoreError(f"{path}: cut short or overwritten; make it again with newsdedup index")
    whole = np.memmap(path, dtype=np.uint8, mode="r")
    arrays = {name: _array(whole, first, place) for name, place in places.items()}
    ids, sources = _loaded(arrays["names"].tobytes())
    ends = arrays["ends"]
    parts = {
        name: kind(**{field.name: arrays.get(f"{name}.{field.name}") for field in fields(kind)})  # type: ignore[arg-type]
        for name, kind in _PARTS.items()
    }
    known = Known(
        ids=ids,
        sources=sources,
        reading=Reading(**parts),  # type: ignore[arg-type]
        records=Records(path, np.stack((np.append(0, ends)[:-1], ends), axis=1) + records, arrays["checksums"]),
        **{name: arrays[name] for name in _OWN},
    )
    _refuse_unfit(known, count)
    return known


def _refuse_unfit(known: Known, count: int) -> None:
    """Raises ValueError unless every array has the shape and the range that the stages rely on."""
    columns, sentences, sketches = known.reading.columns, known.reading.sentences, known.reading.sketches
    each: list[NDArray[Any]] = [
        known.url_keys,
        known.days,
        known.lengths,
        known.stories,
        known.likenesses,
        known.records.bounds,
    ]
    each += [getattr(columns, field.name) for field in fields(columns)]
    signatures = [view for view in (sketches.copy, sketches.terms, sketches.facts) if view is not None]
    offsets, values = sketches.passage_offsets, sketches.passages
    fits = (
        len(known.ids) == len(known.sources) == count
        and all(known.ids[place] < known.ids[place + 1] for place in range(count - 1))
        and all(array.shape[:1] == (count,) for array in [*each, *signatures])
        and all(view.shape[1:] == (NUM_PERM,) for view in signatures)
        and len({getattr(sentences, field.name).shape for field in fields(sentences)}) == 1
        and _rising(sentences.article, 0, count - 1)
        and _rising(known.records.bounds.ravel(), 0, None)
        and bool(((known.stories >= 0) & (known.stories < count)).all())
    )
    if offsets is not None and values is not None:
        fits = fits and offsets.shape == (count + 1,) and _rising(offsets, 0, values.size)
        fits = fits and sketches.passage_quoted is not None and sketches.passage_quoted.shape == values.shape
    if not fits:
        raise ValueError


def _rising(values: NDArray[Any], least: int, most: int | None) -> bool:
    if not values.size:
        return True
    return bool(values[0] >= least and (most is None or values[-1] <= most) and (np.diff(values) >= 0).all())


def _arrays(known: Known) -> dict[str, NDArray[Any]]:
    """Everything but ids, sources and articles, by name."""
    found: dict[str, NDArray[Any]] = {name: getattr(known, name) for name in _OWN}
    for name, kind in _PARTS.items():
        part = getattr(known.reading, name)
        columns = {f"{name}.{field.name}": getattr(part, field.name) for field in fields(kind)}
        found |= {each: column for each, column in columns.items() if column is not None}
    return found


def _array(whole: NDArray[np.uint8], first: int, place: Mapping[str, Any]) -> NDArray[Any]:
    start, size = first + int(place["start"]), _nbytes(place)
    data = whole[start : start + size]
    if data.size != size or _checksum(data) != place["crc32"]:
        raise ValueError
    found: NDArray[Any] = np.asarray(data).view(place["dtype"]).reshape(place["shape"])
    return found


def _checksum(array: NDArray[Any]) -> int:
    return zlib.crc32(np.ascontiguousarray(array).data) if array.size else 0


def _nbytes(place: Mapping[str, Any]) -> int:
    cells = math.prod(int(side) for side in place["shape"])
    if cells < 0 or place["dtype"] not in _DTYPES:
        raise ValueError
    return cells * int(np.dtype(place["dtype"]).itemsize)


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


def _dumped(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # a lone surrogate, from the name of a file
        return json.dumps(value).encode("ascii")


def _loaded(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data)
