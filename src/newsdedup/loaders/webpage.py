"""HTML: pages and the pieces of pages that content repositories hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from newsdedup.loaders.frontmatter import split_front_matter
from newsdedup.loaders.htmltext import paragraphs
from newsdedup.loaders.htmltree import Element, parse
from newsdedup.loaders.mainpart import main_part
from newsdedup.loaders.plaintext import MAX_TITLE_CHARS, TextParts
from newsdedup.loaders.templates import without_templates

_CHARSET: Final = re.compile(rb"""<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]{1,40})""", re.IGNORECASE)
_HEAD_BYTES = 4096  # browsers look at 1,024


def declared_charset(data: bytes) -> str:
    """The name of the encoding that a page states, "" when it states none."""
    found = _CHARSET.search(data, 0, _HEAD_BYTES)
    return found[1].decode("ascii", "ignore") if found else ""


def split_html(text: str) -> TextParts:
    """Title, body and fields of a page; front matter above it wins over what the page states."""
    stated, page = split_front_matter(text.lstrip())
    root = parse(page if page is text else without_templates(page))
    head = _head(root)
    part, leaves_out = main_part(root)
    blocks = paragraphs(part, leaves_out)
    title = stated.title or head.title
    if len(blocks) > 1 and blocks[0] in (title, head.heading):
        del blocks[0]
    return TextParts(
        title=title if title and len(title) <= MAX_TITLE_CHARS else None,
        text="\n\n".join(blocks),
        published=stated.published or head.published,
        source=stated.source or head.source,
        url=stated.url or head.url,
        lang=stated.lang or head.lang,
        canonical=stated.canonical or head.canonical,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What a page states of itself, in its head and elsewhere; None for what it does not state."""

    title: str | None
    heading: str | None
    published: str | None
    source: str | None
    url: str | None
    lang: str | None
    canonical: str | None


def _head(root: Element) -> _Head:
    meta: dict[str, str] = {}
    texts: dict[str, str] = {}
    canonical = time = None
    linked: list[dict[str, Any]] = []
    for element in root.walk():
        tag = element.tag
        if tag == "meta":
            attributes = element.attributes
            for key in ("property", "name", "itemprop"):
                if value := attributes.get("content"):
                    meta.setdefault(attributes.get(key, "").lower(), value)
        elif tag == "link" and canonical is None and "canonical" in element.attributes.get("rel", "").lower().split():
            canonical = element.attributes.get("href")
        elif tag == "time" and time is None:
            time = element.attributes.get("datetime")
        elif tag in ("h1", "title") and tag not in texts:
            texts[tag] = element.text()
        elif tag == "script" and "ld+json" in element.attributes.get("type", "").lower():
            linked += _linked_data("".join(map(str, element.children)))
    heading = texts.get("h1") or None
    return _Head(
        title=meta.get("og:title") or heading or texts.get("title") or None,
        heading=heading,
        published=meta.get("article:published_time")
        or meta.get("datepublished")
        or _first_string(each.get("datePublished") for each in linked)
        or time
        or None,
        source=meta.get("og:site_name") or _first_string(_publisher(each) for each in linked),
        url=meta.get("og:url"),
        lang=root.attributes.get("lang") or None,
        canonical=canonical or None,
    )


def _linked_data(script: str) -> list[dict[str, Any]]:
    """The objects at the top of a JSON-LD script and in its graph."""
    try:
        data = json.loads(script)
    except (ValueError, RecursionError):
        return []
    top = data if isinstance(data, list) else [data]
    found = [each for each in top if isinstance(each, dict)]
    for each in found[:]:
        graph = each.get("@graph")
        found += [inner for inner in graph if isinstance(inner, dict)] if isinstance(graph, list) else []
    return found


def _publisher(thing: dict[str, Any]) -> object:
    publisher = thing.get("publisher")
    publisher = publisher[0] if isinstance(publisher, list) and publisher else publisher
    return publisher.get("name") if isinstance(publisher, dict) else None


def _first_string(values: Iterable[object]) -> str | None:
    return next((value.strip() for value in values if isinstance(value, str) and value.strip()), None)
