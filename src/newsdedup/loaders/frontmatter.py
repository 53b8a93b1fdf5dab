"""The block of fields on top of a file in a content repository: YAML between `---`, TOML between `+++`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

_MAX_CHARS = 64_000
_CLOSING: Final = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
}
_NULL_TAG = "tag:yaml.org,2002:null"

# Hugo, Jekyll, Eleventy, Astro and schema.org; keys in lower case, the best first.
_PUBLISHED = ("published", "pubdate", "publishdate", "datepublished", "date")
_SOURCE = ("source", "publisher")
_CANONICAL = ("canonical", "canonical_url", "canonicalurl", "original_url")
_ORIGINALLY = "originally_published"
_URL = ("url", "permalink")
_LANG = ("lang", "language")
_NAMES = ("name", "title")  # of a source that is a mapping
_ADDRESSES = ("url", "href", "link")
_PARAMS = "params"  # where Hugo has the fields that it does not know itself
_MAX_DEPTH = 5  # of the block, its params, a list, a mapping in it, a string

Fields = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """What the front matter states, as written; None for what it does not state."""

    title: str | None = None
    published: str | None = None
    source: str | None = None
    url: str | None = None
    lang: str | None = None
    canonical: str | None = None


NOTHING: Final = FrontMatter()


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """The fields of a leading block and the rest of the text.

    Dates stay as written, `no` is Norwegian. A block that is broken, too long or without fields is body text.
    """
    opening, _, _ = text.partition("\n")
    fence = opening.rstrip()
    if fence not in _CLOSING:
        return NOTHING, text
    closing = _CLOSING[fence].search(text, len(opening) + 1, _MAX_CHARS)
    if closing is None:
        return NOTHING, text
    block = text[len(opening) : closing.start()]
    fields = _yaml_fields(block) if fence == "---" else _toml_fields(block)
    return (NOTHING, text) if fields is None else (_stated(fields), text[closing.end() :])


def is_address(value: str | None) -> bool:
    """Whether a stated source or original is an address, not a name."""
    return value is not None and value.startswith(("https://", "http://"))


def _stated(fields: Fields) -> FrontMatter:
    source, source_url = _named(fields, _SOURCE)
    original, original_url = _named(fields, (_ORIGINALLY,))
    # A source that is an address of its own page is the original; the front page of an outlet is nobody's original.
    addresses = (_first(fields, _CANONICAL), original_url, _page(source_url))
    return FrontMatter(
        title=_first(fields, ("title",)),
        published=_first(fields, _PUBLISHED),
        source=source or _host(source_url),
        url=_first(fields, _URL),
        lang=_first(fields, _LANG),
        canonical=next(filter(None, addresses), None) or original,
    )


def _first(fields: Fields, keys: Iterable[str]) -> str | None:
    """The first of some fields that states something."""
    return next(filter(None, (_scalar(fields.get(key)) for key in keys)), None)


def _named(fields: Fields, keys: Iterable[str]) -> tuple[str | None, str | None]:
    """Name and address in the first of some fields that states either: a string, a mapping, or a list of them."""
    for key in keys:
        value = _head(fields.get(key))
        inner = _lower(value) if isinstance(value, dict) else {}
        name = _first(inner, _NAMES) or _scalar(value)
        address = _first(inner, _ADDRESSES)
        if is_address(name):
            name, address = None, address or name
        if name or address:
            return name, address
    return None, None


def _page(address: str | None) -> str | None:
    return address if address and _split(address)[1].strip("/") else None


def _host(address: str | None) -> str | None:
    return (_split(address)[0].removeprefix("www.") or None) if address else None


def _split(address: str) -> tuple[str, str]:
    """Host and what follows it."""
    try:
        parts = urlsplit(address)
        return parts.hostname or "", parts.path + parts.query
    except ValueError:  # [ in the place of the host
        return "", ""


def _yaml_fields(block: str) -> Fields | None:
    import yaml  # noqa: PLC0415  # 15 ms, and most runs never need it

    try:
        # The node graph is enough: nothing is constructed, so tags, aliases and huge numbers cost nothing.
        root = yaml.compose(block, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    fields = _plain(root, _MAX_DEPTH, {})
    return _with_params(fields) if isinstance(fields, dict) else None


def _plain(node: Any, depth: int, made: dict[tuple[int, int], object]) -> object:
    """Strings as written, mappings with keys in lower case, of a list the first; None for null and what lies deeper.

    Args:
        node: Of the graph, which may hold itself; None for no node.
        depth: Levels that are still looked into.
        made: What was made of each node at each depth, so that aliases cost nothing.
    """
    key = id(node), depth
    if node is None or depth == 0:
        return None
    if key not in made:
        if node.id == "scalar":
            made[key] = None if node.tag == _NULL_TAG else str(node.value)
        elif node.id == "sequence":
            made[key] = [_plain(item, depth - 1, made) for item in node.value[:1]]
        else:
            made[key] = {
                str(name.value).lower(): _plain(value, depth - 1, made)
                for name, value in node.value
                if name.id == "scalar"
            }
    return made[key]


def _toml_fields(block: str) -> Fields | None:
    try:
        return _with_params(_lower(tomllib.loads(block)))
    except (ValueError, RecursionError):  # a number may have too many digits
        return None


def _with_params(fields: Fields) -> Fields:
    inner = fields.get(_PARAMS)
    return {**_lower(inner), **fields} if isinstance(inner, dict) else fields


def _lower(fields: Fields) -> Fields:
    return {str(key).lower(): value for key, value in fields.items()}


def _head(value: object) -> object:
    """The first of a list, anything else as it is."""
    return next(iter(value), None) if isinstance(value, list) else value


def _scalar(value: object) -> str | None:
    """A string, number or date as written; the first of a list; None for anything else."""
    value = _head(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return str(value)
        except ValueError:  # hexadecimal, with more digits than Python writes out
            return None
    return (value.strip() or None) if isinstance(value, str) else None
