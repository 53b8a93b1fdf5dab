"""Block quotes: words that somebody is named for are a quote, and come out between quotation marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_DASH = r"(?:[—–―]|--)"
_MAX_NAME_CHARS = 200
_MAX_LINE_CHARS = 100  # of a name that stands in a paragraph of its own behind the quote
_LINE = re.compile(rf"\s*{_DASH}\s*(?=\S)")
# Behind the words in the same line: a dash after the end of a sentence or a closing mark, then a name.
_TAIL = re.compile(rf"(?<=[.!?…,”’»\"'])\s+{_DASH}\s*(?P<name>[^\W\d_a-zß-öø-ÿ][^.!?\n]{{1,80}})\s*\Z")
_CLOSING_OF = {"“": "”", "„": "“”", "‟": "”", "«": "»", "»": "«", '"': '"', "「": "」", "『": "』"}
# Within a quote the marks are single ones: two of the same kind would end it for who counts marks.
_INNER = str.maketrans('“„‟«”»"', "‘‘‘‘’’’")
_SINGLES = re.compile("([‘’'])[‘’']+")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockQuote:
    """The paragraphs of a block quote, and whom it names for them; "" when nobody."""

    paragraphs: tuple[str, ...]
    name: str = ""


def block_quote(paragraphs: Sequence[str], name: str = "") -> BlockQuote:
    """Takes the name off the end of a block quote.

    Args:
        paragraphs: The text; lines within a paragraph end with a newline.
        name: What the markup says (`<cite>`), without which a last line or a tail behind a dash is looked for.
    """
    kept = [each.strip() for each in paragraphs if each.strip()]
    given = name.strip()
    words, last = kept, ""
    if kept:
        head, _, line = kept[-1].rpartition("\n")
        if _LINE.match(line) and len(line) <= _MAX_NAME_CHARS:  # also before a `<cite>`: `— Jane Doe, <cite>The Times`
            words, last = [*kept[:-1], head.strip()], line
        elif not given and (tail := _TAIL.search(kept[-1])):
            words, last = [*kept[:-1], kept[-1][: tail.start()]], tail["name"]
    quote = tuple(filter(None, words))
    if not quote:
        return BlockQuote(paragraphs=(*kept, *([given] if given else ())))
    return BlockQuote(paragraphs=quote, name=_bare(f"{last} {given}"))


def is_name_line(paragraph: str) -> bool:
    """Whether the paragraph behind a block quote names who said it, and is not the next thing that is told."""
    line = paragraph.strip()
    found = _LINE.match(line)
    if not found or "\n" in line or len(line) > _MAX_LINE_CHARS:
        return False
    return line[found.end()].isupper() and line[-1] not in '.!?…"”'


def as_paragraphs(quote: BlockQuote) -> list[str]:
    """What stands for a block quote in plain text.

    With a name, each paragraph is one line that begins with a quotation mark, the last one ends with one, and a line
    with the name follows. Without one, the paragraphs as they are.
    """
    if not quote.name:
        return list(quote.paragraphs)
    lines = [" ".join(each.split()) for each in quote.paragraphs]
    if not _is_marked(lines):
        lines = [f"“{_SINGLES.sub(_one, each.translate(_INNER))}" for each in _unwrapped(lines)]
        lines[-1] += "”"
    lines[-1] += f"\n— {' '.join(quote.name.split())}"
    return lines


def _one(found: re.Match[str]) -> str:
    return found[1]


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether every paragraph opens with a mark, and the last one ends with its closing mark."""
    opening = lines[0][0]
    closing = _CLOSING_OF.get(opening, "")
    last = lines[-1].rstrip(".,")
    return bool(closing) and len(last) > 1 and last[-1] in closing and all(line[0] == opening for line in lines)


def _is_marked(lines: Sequence[str]) -> bool:
    """Whether the marks are there and need no other ones: what they hold opens none before it closes them."""
    if not _is_wrapped(lines):
        return False
    closing = _CLOSING_OF[lines[0][0]]
    firsts = (next((char for char in line[1:] if char in closing or char in _CLOSING_OF), "") for line in lines)
    return all(not first or first in closing for first in firsts)


def _unwrapped(lines: list[str]) -> list[str]:
    """The paragraphs without the marks around them, if there are any."""
    if not _is_wrapped(lines):
        return lines
    inner = [line[1:] for line in lines]
    end = inner[-1].rstrip(".,")
    inner[-1] = end[:-1] + inner[-1][len(end) :]
    return inner


def _bare(name: str) -> str:
    """A name without the dash before it."""
    return _LINE.sub("", name.strip(), count=1).strip()
