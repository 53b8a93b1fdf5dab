"""JSON Feed, versions 1 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import orjson

from newsdedup.loaders.feedentry import Body, FeedEntry, absolute, plain_line
from newsdedup.loaders.refused import RefusedError

MAX_ENTRIES = 100_000
"""As of feeds in XML."""
_NOT_AN_ENTRY = FeedEntry(
    id=None, url=None, title=None, published=None, source=None, lang=None, canonical=None, bodies=()
)


_HALVES = re.compile("[\ud800-\udfff]")
_MOST_DIGITS = 20
_DAMAGED = "half of a character, or a number that is none, in the entry; correct the feed"


class _NoNumber:
    """Stands where a number is that nothing can hold."""


def json_entries(data: bytes) -> Iterator[FeedEntry]:
    """The entries of a feed, in its order; what stands for one and is no object has no fields.

    Raises:
        RefusedError: `bad-json`; behind the last entry that is read, `too-large`.
    """
    data, whole = data.removeprefix(codecs.BOM_UTF8), True
    try:
        feed = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        feed, whole = _loaded(data), False
        if feed is None:
            detail = f"not JSON, {error.msg} at line {error.lineno} column {error.colno}; correct the feed"
            raise RefusedError("bad-json", detail) from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise RefusedError("bad-json", 'a JSON Feed without a list of "items"; correct the feed')
    home = absolute(_string(feed, "home_page_url") or _string(feed, "feed_url"), "")
    for item in items[:MAX_ENTRIES]:
        entry = _entry(item, feed, home) if isinstance(item, dict) else _NOT_AN_ENTRY
        yield entry if whole or _sound(item) else replace(entry, problem=RefusedError("bad-json", _DAMAGED))
    if len(items) > MAX_ENTRIES:
        detail = f"more than {MAX_ENTRIES:,} entries in a feed; the rest was not read, split the feed"
        raise RefusedError("too-large", detail)


def _loaded(data: bytes) -> object:
    """What one entry of is damaged, so that orjson reads none of it; None where it is no JSON, or too deep."""
    try:
        return json.loads(data.decode(), parse_int=_whole, parse_float=_number, parse_constant=lambda _: _NoNumber())
    except (ValueError, RecursionError):
        return None


def _whole(digits: str) -> object:
    """As orjson has it: what has more than 64 bits is no whole number."""
    if len(digits) <= _MOST_DIGITS and -(2**63) <= (value := int(digits)) < 2**64:
        return value
    return _number(digits)


def _number(digits: str) -> object:
    value = float(digits)
    return value if math.isfinite(value) else _NoNumber()


def _sound(item: object) -> bool:
    """Whether nothing in an entry is damaged."""
    try:
        orjson.dumps(item)
    except TypeError:
        return False
    return True


def _entry(item: Mapping[str, object], feed: Mapping[str, object], home: str) -> FeedEntry:
    title, source = _string(item, "title"), _string(feed, "title")
    bodies = [("content_html", True), ("content_text", False), ("summary", False)]
    return FeedEntry(
        id=_string(item, "id"),
        url=absolute(_string(item, "url"), home) or None,
        title=(plain_line(title) or None) if title else None,
        published=_string(item, "date_published") or _string(item, "date_modified"),
        source=(plain_line(source) or None) if source else None,
        lang=_string(item, "language") or _string(feed, "language"),
        canonical=None,
        bodies=tuple(Body(text=text, is_html=html) for name, html in bodies if (text := _string(item, name))),
    )


def _string(thing: Mapping[str, object], name: str) -> str | None:
    """A field as a string; a number is written out, as ids may be numbers; anything else is None."""
    value = thing.get(name)
    if isinstance(value, str):
        return _HALVES.sub("\ufffd", value.replace("\0", " ")).strip() or None
    return str(value) if value.__class__ in (int, float) else None
