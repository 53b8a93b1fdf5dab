"""RSS and Atom: a document that may be hostile, checked and brought down to the elements that an article is made of.

What it returns has no DTD, no nesting and no long attributes, so that the reader of fields behind it, which was written
for friendly feeds and in places takes a time that grows with the square of depth, tags or attributes, is safe on it.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.saxutils import escape, quoteattr

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from newsdedup.loaders.feedhead import is_feed_root, read_prolog
from newsdedup.loaders.feedrepair import repaired
from newsdedup.loaders.refused import RefusedError

if TYPE_CHECKING:
    from xml.sax.xmlreader import AttributesNSImpl

MAX_ENTRIES: Final = 100_000
"""Entries behind these many are not read, and said to be; the longest feeds in use have some thousands."""
_MAX_ELEMENTS: Final = 1_000_000  # 3 s; a feed of 20 MB with its texts in XHTML has 600,000
_MAX_HEAD_FIELDS: Final = 100
_MAX_FIELDS: Final = 1_000  # of one entry
_MAX_ATTRIBUTE: Final = 2_000  # characters
_MAX_LENGTH: Final = {"title": 10_000, "dc:title": 10_000, "link": 4_000, "guid": 4_000, "id": 4_000}
_MAX_SHORT: Final = 200  # characters of any other field but the texts: dates, names, languages

_BASE: Final = frozenset(
    """
    http://backend.userland.com/rss http://backend.userland.com/rss2 http://blogs.law.harvard.edu/tech/rss
    http://purl.org/rss/1.0/ http://my.netscape.com/rdf/simple/0.9/ http://purl.org/atom/ns#
    http://www.w3.org/2005/atom http://www.w3.org/1999/02/22-rdf-syntax-ns#
    """.split()
)
_PREFIXES: Final = {
    **dict.fromkeys(_BASE, ""),
    "": "",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://www.w3.org/xml/1998/namespace": "xml:",
}
_TEXTS: Final = frozenset("description summary content content:encoded xhtml:body body fullitem dc:description".split())
_ENTRY: Final = _TEXTS | frozenset(
    """
    title link guid id dc:title dc:publisher dcterms:publisher dc:language language feedburner:origlink
    pubdate published issued created updated modified dc:date dcterms:issued dcterms:created dcterms:modified
    """.split()
)
_HEAD: Final = frozenset("title link language dc:title dc:language dc:publisher dcterms:publisher".split())
_SOURCE: Final = frozenset(("title", "link", "id"))
_EMITTED: Final = {"dc:publisher": "dcterms:publisher"}  # taken for a mail address where it goes by its own name
_BARE: Final = frozenset(("feedburner:origlink", "dc:publisher", "dcterms:publisher"))  # attributes would hide the text
_ATTRIBUTES: Final = frozenset("xml:base xml:lang href url rel type ispermalink mode about version".split())
_TYPES: Final = frozenset("text html xhtml text/plain text/html application/xhtml+xml".split())


@dataclass(slots=True)
class FlatFeed:
    """A feed as small documents of one level.

    Attributes:
        root: The name of the first element, in lower case: `rss`, `feed` or `rdf`.
        opening: Its attributes, as they are written out.
        head: What the feed says of itself, one element after the other.
        entries: Each as one element, in the order of the feed.
        problem: Why nothing behind the last entry was read; None when all was.
    """

    root: str
    opening: str = ""
    head: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    problem: RefusedError | None = None


def flat_feed(text: str) -> FlatFeed:
    """Check a document and take out what an article is made of; in linear time.

    XML that is not well-formed is repaired (feedrepair); where that does not help, the entries before the broken place
    are what there is.

    Raises:
        RefusedError: `unsafe-xml` for a document type declaration, whatever it says; `unknown-type` for no feed.
    """
    prolog = read_prolog(text)
    if prolog.has_dtd:
        raise _unsafe()
    if not is_feed_root(prolog.root):
        raise RefusedError("unknown-type", f"no feed: its first element is <{prolog.root}>")
    body, line = text[prolog.start :], text.count("\n", 0, prolog.start)
    root = prolog.root.rpartition(":")[2].lower()
    flat, well_formed = _read(body, root, line)
    return flat if well_formed else _read(repaired(body), root, line)[0]


def _unsafe() -> RefusedError:
    return RefusedError(
        "unsafe-xml", "a feed with a document type declaration, which may hide entities; delete its <!DOCTYPE ...>"
    )


class _EnoughError(Exception):
    """Too much of something; what was read so far is kept."""


def _read(body: str, root: str, lines_before: int) -> tuple[FlatFeed, bool]:
    reader = _Reader(root)
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(reader)
    flat, well_formed = reader.flat, True
    try:
        parser.feed(body.encode())
        parser.close()
    except DefusedXmlException as error:
        raise _unsafe() from error
    except SAXParseException as error:
        well_formed = False
        line = (error.getLineNumber() or 1) + lines_before
        detail = f"not well-formed XML, {error.getMessage()} at line {line}; the rest was not read, correct the feed"
        flat.problem = RefusedError("bad-xml", detail)
    except _EnoughError as error:
        flat.problem = RefusedError("too-large", f"{error}; the rest was not read, split the feed")
    return flat, well_formed


@dataclass(slots=True)
class _Field:
    """One element of a feed or an entry while it is read: its text, and the same with the markup that stands in it."""

    name: str
    attributes: dict[str, str]
    plain: list[str] = field(default_factory=list)
    marked: list[str] | None = None

    def written(self) -> str:
        """The element with nothing but text in it, "" where it is left out."""
        content = "".join(self.plain if self.marked is None else self.marked)
        if self.name not in _TEXTS and len(content) > _MAX_LENGTH.get(self.name, _MAX_SHORT):
            return ""
        if self.marked is not None:
            self.attributes["type"] = "html"
        elif self.name != "link" and (stated := self.attributes.get("type", "text")) not in _TYPES:
            if not stated.startswith("text/"):
                return ""  # a picture, a recording: nothing to read
            self.attributes["type"] = "text"
        return _element(self.name, self.attributes, escape(content))


class _Reader(ContentHandler):
    """Writes the elements it knows, where it knows them; of all others the depth only."""

    def __init__(self, root: str) -> None:
        super().__init__()
        self.flat = FlatFeed(root=root)
        self._elements = 0
        self._unknown = 0  # how deep in an element that is passed over
        self._inside: list[str] = []  # containers that are open, by name
        self._own = ""  # namespace of the first element, whatever it is
        self._entry: list[str] | None = None
        self._entry_attributes: dict[str, str] = {}
        self._source: _Field | None = None
        self._source_fields: list[str] = []
        self._field: _Field | None = None
        self._depth = 0  # of markup in the field

    def startElementNS(  # noqa: N802  # the name of the interface
        self, name: tuple[str | None, str], qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        """One start tag."""
        self._elements += 1
        if self._elements > _MAX_ELEMENTS:
            raise _EnoughError(f"more than {_MAX_ELEMENTS:,} elements in a feed")
        if self._unknown:
            self._unknown += 1
        elif self._field is not None:
            self._start_markup(self._field, name[1], attrs)
        else:
            if not self._inside:
                self._own = (name[0] or "").lower()
            known = name[1].lower() if (name[0] or "").lower() == self._own else _known(name)
            if not self._start_known(known, attrs):
                self._unknown = 1

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802
        """One end tag."""
        if self._unknown:
            self._unknown -= 1
        elif self._field is not None:
            if self._depth:
                self._depth -= 1
                if self._field.marked is not None:
                    self._field.marked.append(f"</{name[1]}>")
            else:
                self._end_field(self._field.written())
                self._field = None
        elif self._source is not None:
            self._end_source(self._source)
        elif self._entry is not None:
            self.flat.entries.append(_element("item", self._entry_attributes, "".join(self._entry)))
            self._entry = None
        else:
            self._inside.pop()

    def characters(self, content: str) -> None:
        """Text between two tags."""
        if self._unknown:
            return
        if self._field is not None:
            if self._field.marked is None:
                self._field.plain.append(content)
            else:
                self._field.marked.append(html.escape(content, quote=False))
        elif self._source is not None:
            self._source.plain.append(content)

    def _start_known(self, name: str, attrs: AttributesNSImpl) -> bool:
        """Open an element; False for one that does not belong where it stands."""
        if self._source is not None:
            fields, known = self._source_fields, _SOURCE
        elif self._entry is not None:
            if name == "source":
                self._source, self._source_fields = _Field(name, _short(attrs)), []
                return True
            fields, known = self._entry, _ENTRY
        elif not self._inside:
            self._inside.append(name)
            self.flat.opening += _attributes(_short(attrs))
            return True
        elif name in ("item", "entry"):
            if len(self.flat.entries) >= MAX_ENTRIES:
                raise _EnoughError(f"more than {MAX_ENTRIES:,} entries in a feed")
            self._entry, self._entry_attributes = [], _short(attrs)
            return True
        elif name == "channel" and len(self._inside) == 1:
            self._inside.append(name)
            kept = {key: value for key, value in _short(attrs).items() if key.startswith("xml:")}
            self.flat.opening += "".join(
                _attributes({key: value}) for key, value in kept.items() if f" {key}=" not in self.flat.opening
            )
            return True
        else:
            fields, known = self.flat.head, _HEAD
        limit = _MAX_HEAD_FIELDS if fields is self.flat.head else _MAX_FIELDS
        if name not in known or len(fields) >= limit:
            return False
        self._field, self._depth = _Field(name, {} if name in _BARE else _short(attrs)), 0
        return True

    def _start_markup(self, where: _Field, name: str, attrs: AttributesNSImpl) -> None:
        if where.marked is None:
            where.marked = [html.escape("".join(where.plain), quote=False)]
        self._depth += 1
        written = "".join(f" {key[1]}={quoteattr(value)}" for key, value in attrs.items())
        where.marked.append(f"<{name}{written}>")

    def _end_field(self, written: str) -> None:
        if self._source is not None:
            self._source_fields.append(written)
        elif self._entry is not None:
            self._entry.append(written)
        else:
            self.flat.head.append(written)

    def _end_source(self, source: _Field) -> None:
        text = escape("".join(source.plain).strip()[: _MAX_LENGTH["title"]])
        written = _element("source", source.attributes, "".join(self._source_fields) or text)
        self._source = None
        if self._entry is not None:
            self._entry.append(written)


def _known(name: tuple[str | None, str]) -> str:
    """The name by which an element is known, "" for one of another vocabulary."""
    prefix = _PREFIXES.get((name[0] or "").lower())
    return "" if prefix is None else prefix + name[1].lower()


def _short(attrs: AttributesNSImpl) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in attrs.items():
        name = _known(key)
        if name in _ATTRIBUTES and len(value) <= _MAX_ATTRIBUTE:
            found[name] = value.strip().lower() if name in ("rel", "type", "ispermalink") else value
    return found


def _element(name: str, attributes: Mapping[str, str], content: str) -> str:
    name = _EMITTED.get(name, name)
    return f"<{name}{_attributes(attributes)}>{content}</{name}>"


def _attributes(attributes: Mapping[str, str]) -> str:
    return "".join(f" {_ABOUT.get(name, name)}={quoteattr(value)}" for name, value in attributes.items())


_ABOUT: Final = {"about": "rdf:about", "ispermalink": "isPermaLink"}
