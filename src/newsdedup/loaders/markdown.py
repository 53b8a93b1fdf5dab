"""Markdown: text with a marked title, a body with markup and, often, a block of fields on top."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from newsdedup.loaders.frontmatter import split_front_matter
from newsdedup.loaders.htmltext import paragraphs
from newsdedup.loaders.htmltree import parse
from newsdedup.loaders.plaintext import MAX_TITLE_CHARS, TextParts, split_title
from newsdedup.loaders.prefix import cut_prefix
from newsdedup.loaders.templates import without_templates

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)")
_HEADING_END = re.compile(r"[ \t]#+\Z")
_UNDERLINE = re.compile(r"(?:={2,}|-{2,})[ \t]*(?:\n|\Z)")

# Anything that may be markup. A text without it is spared the parser: 0.6 ms for 3 kB, and 60 ms once for loading it.
# Single characters are looked for first (1 us for 2 kB), patterns only where one of them stands.
_SIGNS: Final = "*`~<\\][&_{|"
_SIGN: Final = re.compile(f"[{re.escape(_SIGNS)}]")
_INLINE: Final = re.compile(
    r"[*`~<\\]|\]\(|\]\[|\]:|\[\^|&[#a-zA-Z][a-zA-Z0-9]{1,30};|(?<![^\W_])_|_(?![^\W_])|\{[{%:#]|\|[ \t]*(?:\n|\Z)"
)
_LINE_START: Final = re.compile(
    r"\n(?:[ ]{0,3}(?:[>|]|--|=+[ \t]*(?=\n|\Z)|(?:[-+]|#{1,6}|\d{1,9}[.)])(?=\s|\Z))|[ ]{4}|[ ]{0,3}\t)"
)
_MAX_CHARS = 1_000_000  # 5 s of parsing; a longer text keeps its markup
_FOOTNOTE: Final = re.compile(r"\[\^[^\]\s\[]{1,50}\]:?")
_SILENT_LEAD: Final = re.compile(r"(?:!\[[^\]\n]*\]\([^)\n]*\)|<!--(?:[^-]|-(?!->))*+-->)[ \t]*(?:\n\s*|\Z)")
_NO_TITLE: Final = re.compile(r"[>|<]|[-+*][ \t]|\d{1,9}[.)][ \t]|```|~~~")


def split_markdown(text: str) -> TextParts:
    """Title, body and fields; what the front matter states wins over what the body shows."""
    stated, body = split_front_matter(text.lstrip())
    prefix = cut_prefix(without_templates(body).strip())
    shown, rest = _split_heading(prefix.rest)
    own = stated.title in (None, shown)  # else the first line is the body's own
    return TextParts(
        title=stated.title or shown,
        text=rest if own else plain_text(prefix.rest),
        published=stated.published or prefix.published,
        source=stated.source,
        url=stated.url,
        lang=stated.lang,
        canonical=stated.canonical,
    )


def plain_text(markdown: str) -> str:
    """The words of a text in Markdown, paragraphs with blank lines between them; without markup, the text itself.

    Links keep their text; images, HTML tags and comments go; quotes with a name behind them come out between quotation
    marks; lines of lists and tables come out as lines, code only where no language is named.
    """
    if not _is_marked_up(markdown):
        return markdown
    rendered: str = _parser().render(_FOOTNOTE.sub("", markdown))
    return "\n\n".join(paragraphs(parse(rendered)))


def _plain_line(markdown: str) -> str:
    """The words of one line, in which no lists or quotes begin."""
    if not _is_marked_up(markdown):
        return markdown
    rendered: str = _parser().renderInline(_FOOTNOTE.sub("", markdown))
    return " ".join(paragraphs(parse(rendered)))


def _is_marked_up(markdown: str) -> bool:
    if len(markdown) > _MAX_CHARS:
        return False
    if any(sign in markdown for sign in _SIGNS) and any(
        _INLINE.match(markdown, found.start()) for found in _SIGN.finditer(markdown)
    ):
        return True
    return "  \n" in markdown or _LINE_START.search(f"\n{markdown}") is not None


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415  # 60 ms, and plain texts do without

    return MarkdownIt("commonmark", {"breaks": True}).enable(["table", "strikethrough"])


def _split_heading(text: str) -> tuple[str | None, str]:
    """Title and body; a first line marked as a heading is the title, another one as in plain text."""
    if rule := _UNDERLINE.match(text):  # across the page, nothing stands above it
        text = text[rule.end() :].lstrip()
    while lead := _SILENT_LEAD.match(text):
        text = text[lead.end() :]
    first, _, rest = text.partition("\n")
    underline = _UNDERLINE.match(rest)
    if not underline and not _HEADING.match(first):
        plain = plain_text(text)
        return (None, plain) if _NO_TITLE.match(text) else split_title(plain)
    title = _plain_line(_HEADING_END.sub("", _HEADING.sub("", first.strip(), count=1)).strip())
    body = plain_text((rest[underline.end() :] if underline else rest).strip())
    return (title, body) if body and len(title) <= MAX_TITLE_CHARS else (None, f"{title}\n\n{body}".strip())
