"""JSON lines: one record a line, read as a stream, so that a file may be larger than the memory."""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from newsdedup import kernel
from newsdedup.article import Article, Skipped
from newsdedup.loaders.decode import mostly_lost, refuse_binary
from newsdedup.loaders.files import BLOCK_BYTES, too_large
from newsdedup.loaders.language import language_code
from newsdedup.loaders.params import FIELDS, LoaderParams
from newsdedup.loaders.prefix import cut_prefix
from newsdedup.loaders.refused import READ_ERRORS, RefusedError, unreadable
from newsdedup.printable import printable, printable_path

_MAX_EXACT = 2.0**53  # orjson reads a longer integer than 64 bits as a float; from here on digits are lost


def read_jsonl(stream: io.BufferedReader, file_id: str, path: str, params: LoaderParams) -> Iterator[Article | Skipped]:
    """An article, or the reason why not, for every line that is not blank.

    Memory is bounded by `params.max_bytes`, the longest line. What stops the stream (damaged compression) is one
    Skipped for the rest of the file; what was read so far is kept.

    Args:
        stream: UTF-8, at its beginning.
        file_id: For the ids of records without one (`FILE#LINE`).
        path: Becomes `Article.origin`.
        params: Field names, caps, language.
    """
    fields, place = _fields(params), printable_path(path)
    number = 0
    try:
        if stream.peek(len(codecs.BOM_UTF8)).startswith(codecs.BOM_UTF8):
            stream.read(len(codecs.BOM_UTF8))
        head = stream.peek(BLOCK_BYTES)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise RefusedError("undecodable", "JSON lines must be UTF-8; save the file as UTF-8")
        refuse_binary(head)
        while line := stream.readline(params.max_bytes + 1):
            number += 1
            if len(line) > params.max_bytes and not line.endswith(b"\n"):
                yield _skipped(f"{file_id}#{number}", f"{place} line {number}", too_large(params.max_bytes))
                while (more := stream.readline(BLOCK_BYTES)) and not more.endswith(b"\n"):
                    pass
                continue
            try:
                record = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                if line.strip():
                    detail = f"not JSON, {error.msg} at column {error.colno}; correct or delete the line"
                    refusal = RefusedError("bad-json", detail)
                    yield _skipped(f"{file_id}#{number}", f"{place} line {number}", refusal)
                continue
            try:
                if _may_repeat(line, fields.text_key, fields.id_key):
                    _refuse_repeated_keys(line, fields)
                yield _article(record, fields, file_id, path, number)
            except RefusedError as refusal:
                yield _skipped(f"{file_id}#{number}", f"{place} line {number}", refusal)
    except RefusedError as refusal:
        yield _skipped(file_id, f"{place} after line {number}" if number else place, refusal)
    except READ_ERRORS as error:
        yield _skipped(file_id, f"{place} after line {number}", unreadable(error))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fields:
    """The record's name of each field, and the two keys that must not repeat as they stand in the line."""

    id: str
    title: str
    text: str
    published: str
    source: str
    url: str
    lang: str
    canonical: str
    forced_lang: str | None
    text_key: bytes
    id_key: bytes


def _fields(params: LoaderParams) -> _Fields:
    names = {name: params.field_map.get(name, name) for name in FIELDS}
    return _Fields(
        **names,
        forced_lang=params.lang,
        text_key=orjson.dumps(names["text"]),
        id_key=orjson.dumps(names["id"]),
    )


def _article(record: object, fields: _Fields, file_id: str, path: str, number: int) -> Article:
    """The article in a record.

    Raises:
        RefusedError: `no-text`, `empty`, `undecodable`, or `bad-json` for an id too long for a number.
    """
    if not isinstance(record, dict):
        raise RefusedError("no-text", "not an object; each line must hold one {...} record")
    get = record.get
    text = get(fields.text)
    if not isinstance(text, str):
        what = f'no "{fields.text}" field' if text is None else f'the "{fields.text}" field is not a string'
        raise RefusedError("no-text", f"{what}; map it with --map text=FIELD")
    published = _string(get(fields.published))
    if published is None:
        prefix = cut_prefix(text)
        published, text = prefix.published, prefix.rest
    if not text or text.isspace():
        raise RefusedError("empty", f'the "{fields.text}" field holds no text')
    if mostly_lost(text):
        raise RefusedError("undecodable", "the text is damaged; it was decoded wrongly before it was written")
    if "\0" in text:
        text = text.replace("\0", " ")
    source, url = get(fields.source), get(fields.url)
    return Article(
        id=_record_id(get(fields.id)) or f"{file_id}#{number}",
        text=text,
        title=_string(get(fields.title)),
        published=published,
        source=None if source is None else _string(source),
        url=None if url is None else _string(url),
        lang=fields.forced_lang or language_code(get(fields.lang)),
        canonical=_string(get(fields.canonical)),
        origin=path,
        line=number,
    )


def _string(value: object) -> str | None:
    """The field as a string; numbers are written out, anything else and white space is None."""
    if value.__class__ is str:
        value = str(value).strip()
        return (value.replace("\0", " ") if "\0" in value else value) or None
    return str(value) if value.__class__ in (int, float) else None


def _record_id(value: object) -> str | None:
    if value.__class__ is float and abs(float(str(value))) >= _MAX_EXACT:
        raise RefusedError("bad-json", "the id is a number with too many digits to be read exactly; put it in quotes")
    given = _string(value)
    return printable(given) if given else None


def _may_repeat(line: bytes, key: bytes, other: bytes) -> bool:
    if kernel.compiled is not None:  # a tenth of the time
        return bool(kernel.compiled.repeats_key(line, key, other))
    return line.count(key) > 1 or line.count(other) > 1


def _refuse_repeated_keys(line: bytes, fields: _Fields) -> None:
    """A record that states its id or text twice; the parser would take the last one in silence.

    Called for the few lines in which a key could repeat; ten times slower than orjson.
    """

    def count(pairs: list[tuple[str, object]]) -> list[str]:
        return [key for key, _ in pairs]  # of the innermost object first, so the outermost is what json returns

    try:
        keys = json.loads(line, object_pairs_hook=count)
    except (ValueError, RecursionError) as error:
        raise RefusedError("bad-json", "nested too deep, or a number with too many digits") from error
    for name in (fields.text, fields.id):
        if isinstance(keys, list) and keys.count(name) > 1:
            raise RefusedError("bad-json", f'more than one "{name}" field; keep one')


def _skipped(name: str, place: str, refusal: RefusedError) -> Skipped:
    return Skipped(input=name, reason=refusal.reason, detail=f"{place}: {refusal.detail}")
