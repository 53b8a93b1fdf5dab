"""Broken XML of feeds made well-formed where what was meant is plain; what is not stays broken."""

from __future__ import annotations

import html
import re
from html.entities import html5
from typing import Final

_NOT_XML: Final = dict.fromkeys(
    [*(c for c in range(0x20) if chr(c) not in "\t\n\r"), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
)
_AMPERSAND: Final = re.compile(r"&(?:#[xX]?[0-9a-fA-F]{1,8};|[A-Za-z][A-Za-z0-9]{1,31};)?")
_KEPT: Final = frozenset(("&lt;", "&gt;", "&amp;", "&quot;", "&apos;"))
_TEXTS: Final = re.compile(r"<(title|description|summary|content|content:encoded)((?:\s[^<>]*)?)(?<!/)>")
_XHTML: Final = re.compile(r"type\s{0,9}=\s{0,9}[\"']?(?:xhtml|application/xhtml)", re.IGNORECASE)
_ROOT: Final = re.compile(r"<[\w:]{1,100}")
_PREFIXES: Final = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "georss": "http://www.georss.org/georss",
}


def repaired(text: str) -> str:
    """The document with what feeds most often get wrong put right; in linear time, line by line as it was.

    Entities of HTML become their characters, lone ampersands and markup that stands unescaped in a text are escaped,
    characters that XML forbids go, well-known prefixes are declared. A document type declaration cannot come of it.

    Args:
        text: From the first element on.
    """
    text = _without_cdata(text.translate(_NOT_XML))
    return _declared(_escaped_markup(_AMPERSAND.sub(_reference, text)))


def _without_cdata(text: str) -> str:
    """CDATA sections as escaped text; one that does not end goes on to the end of the document."""
    first, *sections = text.split("<![CDATA[")
    parts = [first]
    for section in sections:
        inside, end, behind = section.partition("]]>")
        parts += (html.escape(inside, quote=False), behind) if end else (html.escape(section, quote=False),)
    return "".join(parts)


def _reference(found: re.Match[str]) -> str:
    reference = found[0]
    if reference in _KEPT:
        return reference
    if reference.startswith("&#"):
        character = html.unescape(reference).translate(_NOT_XML)
        return html.escape(character) if character != reference else "&amp;" + reference[1:]
    character = html5.get(reference[1:], "")
    return html.escape(character) if character else "&amp;" + reference[1:]


def _escaped_markup(text: str) -> str:
    """Texts with tags in them, which may not match, with the tags as text; XHTML of Atom stays."""
    parts: list[str] = []
    at, unclosed = 0, set[str]()
    while found := _TEXTS.search(text, at):
        parts.append(text[at : found.end()])
        at = found.end()
        name = found[1]
        end = -1 if name in unclosed else text.find(f"</{name}>", at)
        if end < 0:
            unclosed.add(name)  # looked for once only
        elif not _XHTML.search(found[2]):
            parts.append(text[at:end].replace("<", "&lt;"))
            at = end
    return "".join((*parts, text[at:]))


def _declared(text: str) -> str:
    root = text[: text.find(">") + 1]
    missing = [f' xmlns:{name}="{uri}"' for name, uri in _PREFIXES.items() if f"xmlns:{name}" not in root]
    return _ROOT.sub(lambda found: found[0] + "".join(missing), text, count=1)
