"""What the beginning of a file says about it being a feed."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final, Literal

FeedKind = Literal["xml", "json"]

_ROOTS: Final = frozenset({"rss", "feed", "rdf"})
_SPACE: Final = re.compile(r"[\s\ufeff]*")
_NAME: Final = re.compile(r"[A-Za-z_][\w.:-]{0,99}")
_FEED_ROOT: Final = re.compile(r"<(?:rss|feed|rdf:RDF)[\s>]")
_VERSION: Final = re.compile(r'"version"\s{0,20}:\s{0,20}"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version')
_NEXT_LINE: Final = re.compile(r"\}[ \t\r]*\n\s*\{")  # no comma between: two documents, a line each
# RSS 0.91 asks for this declaration. It names entities that HTML has, too, and is passed over, never fetched.
_NETSCAPE: Final = re.compile(
    r'<!DOCTYPE\s{1,9}rss\s{1,9}PUBLIC\s{1,9}"-//Netscape Communications//DTD RSS 0\.91//EN"'
    r'\s{0,9}"[^"<>\[\]]{0,200}"\s{0,9}>',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prolog:
    """What stands before the first element of an XML document.

    Attributes:
        root: Name of the first element, else of the one that the DTD is for; "" where there is none.
        start: Where the first element, or the DTD, starts.
        has_dtd: The document has a document type declaration (other than the one of RSS 0.91).
    """

    root: str
    start: int
    has_dtd: bool


def read_prolog(text: str) -> Prolog:
    """Find the first element, behind declaration, comments and processing instructions; takes linear time."""
    at = 0
    while True:
        at = _skipped_space(text, at)
        if text.startswith("<?", at):
            end, length = text.find("?>", at), 2
        elif text.startswith("<!--", at):
            end, length = text.find("-->", at + 4), 3
        elif found := _NETSCAPE.match(text, at):
            end, length = found.end(), 0
        elif text.startswith("<!", at):
            name = _NAME.match(text, _skipped_space(text, at + len("<!DOCTYPE")))
            return Prolog(root=name[0] if name else "", start=at, has_dtd=True)
        else:
            name = _NAME.match(text, at + 1) if text.startswith("<", at) else None
            return Prolog(root=name[0] if name else "", start=at, has_dtd=False)
        if end < 0:
            return Prolog(root="", start=len(text), has_dtd=False)
        at = end + length


def feed_kind(head: bytes) -> FeedKind | None:
    """The kind of feed that starts with these bytes; None for what is none.

    Args:
        head: As much as is at hand; a feed must show its first element, or its `version`, within it.
    """
    text = _characters(head)
    at = _skipped_space(text, 0)
    if text.startswith("{", at):
        return "json" if _VERSION.search(text) and not _NEXT_LINE.search(text) else None
    if not text.startswith("<", at):
        return None
    prolog = read_prolog(text)
    if is_feed_root(prolog.root) or (prolog.has_dtd and _FEED_ROOT.search(text, prolog.start)):
        return "xml"
    return None


def is_feed_root(name: str) -> bool:
    """Whether an element of this name, with any prefix, holds a feed."""
    return name.rpartition(":")[2].lower() in _ROOTS


def no_feed(head: bytes) -> str:
    """What a file is that is no feed, and what is read instead; one line for a person."""
    text = _characters(head)
    if text.startswith("{", _skipped_space(text, 0)):
        return (
            'JSON, but no JSON Feed: no "version": "https://jsonfeed.org/version/..." at its beginning; '
            "records a line each are read from .jsonl"
        )
    if root := read_prolog(text).root:
        return f"XML, but no feed: its first element is <{root}>; read are <rss>, <feed> and <rdf:RDF>"
    return "no feed: read are RSS, Atom and JSON Feed"


def with_mark(data: bytes) -> bytes:
    """The bytes of an XML document, with the byte order mark that UTF-16 may leave out where it starts with `<`."""
    marks = {b"<\0": codecs.BOM_UTF16_LE, b"\0<": codecs.BOM_UTF16_BE}
    return marks.get(data[:2], b"") + data


def _skipped_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _characters(head: bytes) -> str:
    head = with_mark(head)
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    return head.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
