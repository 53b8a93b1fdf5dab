"""Plain text: the first line is the title, unless it is not one."""

from __future__ import annotations

from dataclasses import dataclass

from newsdedup.loaders.prefix import cut_prefix

MAX_TITLE_CHARS = 300
_MAX_WRAPPED_CHARS = 100  # longest line of text wrapped by hand
_WRAPPED_SPREAD_CHARS = 20  # such lines end within one long word of each other


@dataclass(frozen=True, slots=True, kw_only=True)
class TextParts:
    """A text file taken apart; None for what it does not state."""

    title: str | None
    text: str
    published: str | None
    source: str | None = None
    url: str | None = None
    lang: str | None = None
    canonical: str | None = None


def split_text(text: str) -> TextParts:
    """Title, body and date of a plain text with newlines as line ends."""
    prefix = cut_prefix(text.strip())
    title, body = split_title(prefix.rest)
    return TextParts(title=title, text=body, published=prefix.published)


def split_title(text: str) -> tuple[str | None, str]:
    """Title and body of a stripped text with newlines as line ends.

    The first line is the title, except when nothing follows it, when it has more than MAX_TITLE_CHARS characters,
    and when it is the beginning of a paragraph wrapped over several lines; then the title is None and the body
    the whole text.
    """
    title, _, rest = text.partition("\n")
    body = rest.strip()
    if not body or len(title) > MAX_TITLE_CHARS or _is_wrapped(title, rest):
        return None, text
    return title.strip(), body


def _is_wrapped(first: str, rest: str) -> bool:
    """Whether the first line runs on into the second: lower case follows, or three lines or more of one width."""
    if rest[:1].islower():
        return True
    paragraph = [first, *rest[: 20 * _MAX_WRAPPED_CHARS].split("\n\n", 1)[0].split("\n")]
    full = [len(line.rstrip()) for line in paragraph[:-1]]
    return (
        len(full) >= 2 and max(full) <= _MAX_WRAPPED_CHARS and min(full) >= max(max(full) - _WRAPPED_SPREAD_CHARS, 40)
    )
