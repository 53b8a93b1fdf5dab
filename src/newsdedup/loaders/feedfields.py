"""The fields of feeds and their entries: dates, links, names and texts as feedparser reads them."""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final

import feedparser

from newsdedup.loaders.feedentry import Body, FeedEntry, absolute, plain_line
from newsdedup.loaders.feedxml import FlatFeed
from newsdedup.loaders.refused import RefusedError

_BATCH: Final = 500  # entries that are held as what feedparser makes of them, 10 kB each
_NAMESPACES: Final = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)
_FRAMES: Final = {  # what stands before the head, between it and the entries, behind them
    "rss": ("<rss {}><channel>", "", "</channel></rss>"),
    "feed": ('<feed xmlns="http://www.w3.org/2005/Atom" {}>', "", "</feed>"),
    "rdf": ('<rdf:RDF xmlns="http://purl.org/rss/1.0/" {}><channel>', "</channel>", "</rdf:RDF>"),
}
_COARSE: Final = re.compile(r"\d{4}(?:-\d\d)?")  # a year, a month: no day is made up for them


def xml_entries(flat: FlatFeed) -> Iterator[FeedEntry]:
    """The entries of a feed, in its order.

    Raises:
        RefusedError: `bad-xml`, should feedparser not get along with one.
    """
    if not flat.entries:  # and perhaps no root: the document may have broken off in its first tag
        return
    before, between, behind = _FRAMES[flat.root]
    start = "".join((before.format(_NAMESPACES + flat.opening), *flat.head, between))
    for first in range(0, len(flat.entries), _BATCH):
        batch = flat.entries[first : first + _BATCH]
        found = _parsed("".join((start, *batch, behind)))
        if len(found.entries) != len(batch):
            raise RefusedError("bad-xml", f"the entries from {first + 1} on cannot be told apart; correct the feed")
        for entry in found.entries:
            yield _entry(entry, found.feed)


def _parsed(document: str) -> Any:  # feedparser has no types
    # From a stream: of a string feedparser would ask whether it is an address or the name of a file. Markup is left
    # as it is, what reads it here takes no harm from it, and the sanitiser takes ten times as long as the rest.
    stream = BytesIO(f"<?xml version='1.0' encoding='utf-8'?>\n{document}".encode())
    try:
        return feedparser.parse(stream, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # whatever a hostile feed makes it raise is no reason to end a run
        raise RefusedError("bad-xml", f"feedparser cannot read the entries ({error!r}); correct the feed") from error


def _entry(entry: dict[str, Any], feed: dict[str, Any]) -> FeedEntry:
    contents = _list(entry, "content")
    details = [*contents, _detail(entry, "title_detail"), _detail(entry, "summary_detail")]
    inner = next((each["language"] for each in details if each.get("language")), None)
    links = _list(entry, "links")
    base = absolute(_stated(feed, "link"), "")
    return FeedEntry(
        id=_stated(entry, "id"),
        url=absolute(_stated(entry, "feedburner_origlink"), base) or _link(entry, links, base),
        title=_title(entry),
        published=_published(entry),
        source=_source(entry, feed),
        lang=_stated(entry, "language") or inner or _stated(feed, "language"),
        canonical=next((each.get("href") or None for each in links if each.get("rel") == "canonical"), None),
        bodies=(*map(_body, contents), *_summary(entry)),
    )


def _stated(thing: Any, name: str) -> str | None:
    """A text of feedparser's, None for an empty one; its own lookup would take one date for another, and warn."""
    value = dict.get(thing, name)
    return (value.strip() or None) if isinstance(value, str) else None


def _detail(thing: Any, name: str) -> Mapping[str, Any]:
    """What feedparser says of a text (its type, its language), or holds of a source."""
    value = dict.get(thing, name)
    return value if isinstance(value, Mapping) else {}


def _list(thing: Any, name: str) -> list[Mapping[str, Any]]:
    value = dict.get(thing, name)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _link(entry: dict[str, Any], links: Sequence[Mapping[str, Any]], base: str) -> str | None:
    """The address of the entry; a guid serves as one where it is an address."""
    if not links:
        return absolute(_stated(entry, "link"), "") or None
    alternate = next((each.get("href") for each in links if each.get("rel") == "alternate" and each.get("href")), None)
    return absolute(_stated(entry, "link") or alternate, base) or None


def _title(entry: dict[str, Any]) -> str | None:
    title = _stated(entry, "title")
    if title and _is_html(_detail(entry, "title_detail")):
        title = plain_line(title)
    return (" ".join(title.split()) or None) if title else None


def _is_html(detail: Mapping[str, Any]) -> bool:
    return detail.get("type") in ("text/html", "application/xhtml+xml")


def _body(detail: Mapping[str, Any]) -> Body:
    return Body(text=detail.get("value") or "", is_html=_is_html(detail))


def _summary(entry: dict[str, Any]) -> Iterator[Body]:
    if summary := _stated(entry, "summary"):
        yield Body(text=summary, is_html=_is_html(_detail(entry, "summary_detail") or {"type": "text/html"}))


def _source(entry: dict[str, Any], feed: dict[str, Any]) -> str | None:
    """Who published an entry: as its `<source>` says, its publisher, the feed's, else the title of the feed.

    A feed that gathers from many outlets and does not name them lends its own title, too: it is where the article was
    seen, nothing in the feed tells such a feed from an outlet's own, and who is not named cannot be guessed.
    """
    name = _stated(_detail(entry, "source"), "title") or _stated(entry, "dcterms_publisher")
    name = name or _stated(feed, "dcterms_publisher") or _stated(feed, "title")
    return (plain_line(name) or None) if name else None


def _published(entry: dict[str, Any]) -> str | None:
    for name in ("published", "created", "updated"):  # dc:date is among the last
        if stated := _stated(entry, name):
            return iso_time(stated, dict.get(entry, f"{name}_parsed"))
    return None


def iso_time(stated: str, parsed: Any) -> str:
    """A date in ISO 8601: as stated where it is that already, else as it was parsed (UTC), else as stated.

    Args:
        parsed: Year to second in UTC, as a time tuple; None where the date could not be read.
    """
    try:
        datetime.fromisoformat(stated)
    except ValueError:
        if parsed is None or _COARSE.fullmatch(stated):
            return stated
    else:
        return stated
    try:
        time = datetime.fromtimestamp(timegm(parsed), UTC)
    except (ValueError, OverflowError):  # the year 10000
        return stated
    return time.strftime("%Y-%m-%dT%H:%M:%SZ") if ":" in stated else time.date().isoformat()
