"""Feeds: RSS, Atom and JSON Feed, one article an entry."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from newsdedup.article import Article, Skipped
from newsdedup.loaders.decode import decode, mostly_lost
from newsdedup.loaders.feedentry import Body, FeedEntry
from newsdedup.loaders.feedhead import feed_kind, no_feed, with_mark
from newsdedup.loaders.files import BLOCK_BYTES
from newsdedup.loaders.htmltext import paragraphs
from newsdedup.loaders.htmltree import parse
from newsdedup.loaders.language import language_code
from newsdedup.loaders.mainpart import main_part
from newsdedup.loaders.params import LoaderParams
from newsdedup.loaders.plaintext import MAX_TITLE_CHARS
from newsdedup.loaders.refused import RefusedError
from newsdedup.printable import printable, printable_path

_ENCODING: Final = re.compile(rb"""\s{0,99}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})""")
_TAG: Final = re.compile(r"<[A-Za-z/!]")


def read_feed(data: bytes, file_id: str, path: str, params: LoaderParams) -> Iterator[Article | Skipped]:
    """An article, or the reason why not, for every entry.

    What cannot be read behind some entry is one Skipped for the rest of the feed; what was read so far is kept.

    Args:
        data: The whole file.
        file_id: For the ids of entries that have neither a guid nor a link (`FILE#NUMBER`).
        path: Becomes `Article.origin`; its number in the feed becomes `Article.line`.
        params: The language, if it is given.
    """
    place, number = printable_path(path), 0
    try:
        for number, entry in enumerate(_entries(data), 1):  # said below where the feed breaks off
            name = f"{file_id}#{number}"
            try:
                yield _article(entry, name, path, number, params)
            except RefusedError as refusal:
                shown = printable(entry.id or entry.url or name)
                yield Skipped(input=shown, reason=refusal.reason, detail=f"{place} entry {number}: {refusal.detail}")
    except RefusedError as refusal:
        where = f"{place} after entry {number}" if number else place
        yield Skipped(input=file_id, reason=refusal.reason, detail=f"{where}: {refusal.detail}")


def _entries(data: bytes) -> Iterator[FeedEntry]:
    head = data[:BLOCK_BYTES]
    kind = feed_kind(head)
    if kind is None:
        raise RefusedError("unknown-type", no_feed(head))
    if kind == "json":
        from newsdedup.loaders.jsonfeed import json_entries  # noqa: PLC0415  # as below

        yield from json_entries(data)
        return

    from newsdedup.loaders.feedfields import xml_entries  # noqa: PLC0415  # 50 ms that only feeds need
    from newsdedup.loaders.feedxml import flat_feed  # noqa: PLC0415

    stated = _ENCODING.match(head)
    flat = flat_feed(decode(with_mark(data), stated[1].decode("ascii", "ignore") if stated else ""))
    yield from xml_entries(flat)
    if flat.problem:
        raise flat.problem


def _article(entry: FeedEntry, name: str, path: str, number: int, params: LoaderParams) -> Article:
    if entry.problem is not None:
        raise entry.problem
    text = next(filter(None, map(_text, entry.bodies)), "")
    if not text:
        raise RefusedError("no-text", "neither content nor summary" if not entry.bodies else "no words in its content")
    if mostly_lost(text):
        raise RefusedError("undecodable", "the text is damaged; it was decoded wrongly before it was written")
    given = entry.id or entry.url
    return Article(
        id=printable(given) if given else name,
        text=text,
        title=entry.title if entry.title and len(entry.title) <= MAX_TITLE_CHARS else None,
        published=entry.published,
        source=entry.source,
        url=entry.url,
        lang=params.lang or language_code(entry.lang),
        canonical=entry.canonical,
        origin=path,
        line=number,
    )


def _text(body: Body) -> str:
    """The words of an entry in paragraphs. Text without a tag keeps its lines, in HTML, too."""
    if not body.is_html or not _TAG.search(body.text):
        text = html.unescape(body.text) if body.is_html else body.text
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").strip()
    root = parse(body.text)
    # All of it: unlike a page, an entry is the article, and its lead may stand beside what holds most of the text.
    return "\n\n".join(paragraphs(root, main_part(root)[1]) or paragraphs(root))
