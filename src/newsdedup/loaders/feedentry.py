"""One entry of a feed, whatever the format; and what all formats need to read its fields."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from newsdedup.loaders.htmltree import parse
from newsdedup.loaders.refused import RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A text of an entry, as it is written in the feed; in HTML or plain."""

    text: str
    is_html: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry, its fields as the feed states them; None for what it does not state.

    Attributes:
        id: Its guid.
        url: An address with a scheme; a relative one was resolved.
        title: Text, without markup.
        published: ISO 8601 where the date could be read, else as stated.
        source: Who published it, as the entry says, else the feed.
        lang: As stated, of the entry, else of the feed.
        canonical: The link with `rel="canonical"`.
        bodies: What it has for a text: the whole one where there is one, then the summary.
        problem: Why it cannot be used; None where it can, as far as this goes.
    """

    id: str | None
    url: str | None
    title: str | None
    published: str | None
    source: str | None
    lang: str | None
    canonical: str | None
    bodies: tuple[Body, ...]
    problem: RefusedError | None = None


def absolute(stated: str | None, base: str) -> str:
    """The address, resolved; "" where it has no scheme then: `/news/1` of two outlets would be one place."""
    if not stated or any(map(str.isspace, stated)):
        return ""
    try:
        url = urljoin(base, stated) if base else stated
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def plain_line(text: str) -> str:
    """A name or a title on one line, without the markup that may be in it."""
    return parse(text).text() if "<" in text or "&" in text else " ".join(text.split())
