"""JSON Feed, versions 1 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping

import orjson

from newsdedup.loaders.feedentry import Body, FeedEntry, absolute, plain_line
from newsdedup.loaders.refused import RefusedError

MAX_ENTRIES = 100_000
"""As of feeds in XML."""
_NOT_AN_ENTRY = FeedEntry(
    id=None, url=None, title=None, published=None, source=None, lang=None, canonical=None, bodies=()
)


def json_entries(data: bytes) -> Iterator[FeedEntry]:
    """The entries of a feed, in its order; what stands for one and is no object has no fields.

    Raises:
        RefusedError: `bad-json`; behind the last entry that is read, `too-large`.
    """
    try:
        feed = orjson.loads(data.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError as error:
        detail = f"not JSON, {error.msg} at line {error.lineno} column {error.colno}; correct the feed"
        raise RefusedError("bad-json", detail) from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise RefusedError("bad-json", 'a JSON Feed without a list of "items"; correct the feed')
    home = absolute(_string(feed, "home_page_url") or _string(feed, "feed_url"), "")
    for item in items[:MAX_ENTRIES]:
        yield _entry(item, feed, home) if isinstance(item, dict) else _NOT_AN_ENTRY
    if len(items) > MAX_ENTRIES:
        detail = f"more than {MAX_ENTRIES:,} entries in a feed; the rest was not read, split the feed"
        raise RefusedError("too-large", detail)


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
        return value.replace("\0", " ").strip() or None
    return str(value) if value.__class__ in (int, float) else None
