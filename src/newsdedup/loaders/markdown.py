"""Markdown: plain text with a marked title and, often, a block of fields on top."""

from __future__ import annotations

import re

from newsdedup.loaders.plaintext import MAX_TITLE_CHARS, TextParts, split_title
from newsdedup.loaders.prefix import cut_prefix

_MAX_FRONT_CHARS = 64_000
_HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)")
_HEADING_END = re.compile(r"[ \t]#+\Z")
_UNDERLINE = re.compile(r"(?:={2,}|-{2,})[ \t]*(?:\n|\Z)")
_FENCE_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_NULL_TAG = "tag:yaml.org,2002:null"


def split_markdown(text: str) -> TextParts:
    """Title, body and fields; what the front matter states wins over what the body shows.

    Front matter that is broken, too long or not a block of fields is body text.
    """
    fields, body = _front_matter(text.lstrip())
    prefix = cut_prefix(body.strip())
    shown, rest = _split_heading(prefix.rest)
    stated = fields.get("title")
    return TextParts(
        title=stated or shown,
        text=rest if stated in (None, shown) else prefix.rest,  # the first line is the body's own
        published=fields.get("published") or fields.get("date") or prefix.published,
        source=fields.get("source"),
        url=fields.get("url") or fields.get("canonical"),
        lang=fields.get("lang"),
    )


def _split_heading(text: str) -> tuple[str | None, str]:
    """Title and body; a first line marked as a heading is the title, another one as in plain text."""
    if rule := _UNDERLINE.match(text):  # across the page, nothing stands above it
        text = text[rule.end() :].lstrip()
    first, _, rest = text.partition("\n")
    underline = _UNDERLINE.match(rest)
    if not underline and not _HEADING.match(first):
        return split_title(text)
    title = _HEADING_END.sub("", _HEADING.sub("", first.strip(), count=1)).strip()
    body = (rest[underline.end() :] if underline else rest).strip()
    return (title, body) if body and len(title) <= MAX_TITLE_CHARS else (None, f"{title}\n\n{body}".strip())


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The scalar fields of a leading `---` block as written (dates stay strings, `no` is Norwegian), and the rest."""
    opening, _, _ = text.partition("\n")
    if opening.rstrip() != "---":
        return {}, text
    closing = _FENCE_END.search(text, len(opening) + 1, _MAX_FRONT_CHARS)
    if closing is None:
        return {}, text
    import yaml  # noqa: PLC0415  # 15 ms, and most runs never need it

    try:
        # The node graph is enough: nothing is constructed, so tags, aliases and huge numbers cost nothing.
        root = yaml.compose(text[len(opening) : closing.start()], Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, text
    if not isinstance(root, yaml.MappingNode):
        return {}, text
    fields = {
        key.value.lower(): value.value.strip()
        for key, value in root.value
        if isinstance(key, yaml.ScalarNode) and isinstance(value, yaml.ScalarNode) and value.tag != _NULL_TAG
    }
    return {key: value for key, value in fields.items() if value}, text[closing.end() :]
