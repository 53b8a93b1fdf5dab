"""The text below an element of a page, in paragraphs."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from typing import Final

from newsdedup.loaders.htmltree import RAW, Element
from newsdedup.loaders.quotes import as_paragraphs, block_quote, is_name_line

_SILENT: Final = RAW | frozenset(
    "head noscript template svg math object video audio canvas button select nav header footer aside form figure "
    "figcaption dialog menu".split()
)
_BREAKING: Final = frozenset("nav header footer aside form figure table dialog menu iframe video hr".split())
_INLINE: Final = frozenset("a cite code time".split())
_ITEMS: Final = frozenset("li dt dd".split())
_LOOSE: Final = frozenset("p div section blockquote table article".split())
_LANGUAGE = re.compile(r"(?:^|\s)(?:lang(?:uage)?-|highlight\b|sourceCode\b)")
_BLANK_LINES = re.compile(r"\n{2,}")

Leaves = Callable[[Element], bool]
"""Whether an element is left out."""


def silent(element: Element) -> bool:
    """Whether an element never holds the words of the article."""
    return element.tag in _SILENT


def paragraphs(element: Element, leaves_out: Leaves = silent) -> list[str]:
    """The text in and below an element; lines of a list, of a table or of verse end with one newline."""
    flow = _Flow(leaves_out)
    flow.read(element.children)
    return flow.blocks


class _Flow:
    """Paragraphs as they come; the text since the last one ended waits in `_line`."""

    def __init__(self, leaves_out: Leaves) -> None:
        self.blocks: list[str] = []
        self._leaves_out = leaves_out
        self._line: list[str] = []
        self._nameless: tuple[int, list[str]] | None = None  # the last block quote: where it stands, what it says

    def read(self, children: Iterable[Element | str]) -> None:
        self._inside(children)
        self._end()

    def _inside(self, children: Iterable[Element | str]) -> None:
        for child in children:
            if isinstance(child, str):
                self._line.append(html.unescape(child).replace("\n", " "))
            else:
                self._element(child)

    def _element(self, element: Element) -> None:
        tag = element.tag
        if tag == "figure" and (quote := _first(element, "blockquote")):
            self._end()
            caption = _first(element, "figcaption")
            self._quote(quote, caption.text() if caption else "")
        elif self._leaves_out(element):
            if tag in _BREAKING:
                self._end()
        elif tag == "br":
            self._line.append("\n")
        elif tag == "q":
            self._line.append("“")
            self._inside(element.children)
            self._line.append("”")
        elif tag in _INLINE:
            self._inside(element.children)
        else:
            self._end()
            self._block(element)

    def _block(self, element: Element) -> None:
        tag = element.tag
        if tag == "blockquote":
            self._quote(element, "")
        elif tag in ("ul", "ol", "dl"):
            self._lines([self._below(item) for item in _items(element)])
        elif tag == "tr":
            self._row([self._cell(cell) for cell in _items(element)])
        elif tag == "table":
            self._lines([self._below(row) for row in _rows(element)])
        elif tag == "pre":
            if not any(_LANGUAGE.search(each.attributes.get("class", "")) for each in element.walk()):
                self.blocks += filter(None, ["\n".join(map(str.rstrip, _verbatim(element).splitlines())).strip("\n")])
        else:
            self.read(element.children)

    def _below(self, item: Element | str) -> list[str]:
        flow = _Flow(self._leaves_out)
        if isinstance(item, str) or item.tag not in _ITEMS:
            flow.read([item])
            return flow.blocks
        flow.read(item.children)
        inner = {child.tag for child in item.children if isinstance(child, Element)}
        return flow.blocks if inner & _LOOSE else ["\n".join(flow.blocks)]  # an item with a list in it

    def _cell(self, cell: Element | str) -> list[str]:
        if isinstance(cell, str) or cell.tag not in ("td", "th"):  # what stands in a row and is no cell: a script
            return self._below(cell)
        return paragraphs(cell, self._leaves_out)

    def _lines(self, items: list[list[str]]) -> None:
        """Items of a list or rows of a table: a line each, or paragraphs where one has several."""
        if all(len(item) <= 1 for item in items):
            self.blocks += filter(None, ["\n".join(item[0] for item in items if item)])
        else:
            self.blocks += [block for item in items for block in item]

    def _row(self, cells: list[list[str]]) -> None:
        if all(len(cell) <= 1 and "\n" not in "".join(cell) for cell in cells):
            self.blocks += filter(None, ["\t".join(cell[0] for cell in cells if cell)])
        else:
            self.blocks += [block for cell in cells for block in cell]

    def _quote(self, element: Element, name: str) -> None:
        name = name or _cut_name(element)
        found = block_quote(paragraphs(element, self._leaves_out), name)
        blocks = as_paragraphs(found)
        if not found.name:
            self._nameless = len(self.blocks) + len(blocks), blocks
        self.blocks += blocks

    def _end(self) -> None:
        if not self._line:
            return
        lines = "".join(self._line).split("\n")
        self._line = []
        text = _BLANK_LINES.sub("\n\n", "\n".join(" ".join(line.split()) for line in lines)).strip()
        if not text:
            return
        if self._nameless and self._nameless[0] == len(self.blocks) and self._nameless[1] and is_name_line(text):
            quote = self._nameless[1]
            self.blocks[len(self.blocks) - len(quote) :] = as_paragraphs(block_quote(quote, text))
        else:
            self.blocks.append(text)
        self._nameless = None


def _verbatim(item: Element | str) -> str:
    """The text with its lines and spaces, as `<pre>` shows it."""
    if isinstance(item, str):
        return html.unescape(item)
    if item.tag == "br":
        return "\n"
    return "" if silent(item) else "".join(map(_verbatim, item.children))


def _items(element: Element) -> list[Element | str]:
    return [each for each in element.children if not isinstance(each, str) or each.strip()]


def _rows(table: Element) -> list[Element | str]:
    rows: list[Element | str] = []
    for each in _items(table):
        rows += _items(each) if isinstance(each, Element) and each.tag in ("tbody", "thead", "tfoot") else [each]
    return rows


def _first(element: Element, tag: str) -> Element | None:
    return next((each for each in element.walk() if each.tag == tag), None)


def _cut_name(quote: Element) -> str:
    """Takes the `<cite>` or `<footer>` at the very end of a block quote out of it, and returns its text."""
    element = quote
    while True:
        place = next((at for at in reversed(range(len(element.children))) if not _blank(element.children[at])), -1)
        last = element.children[place] if place >= 0 else ""
        if isinstance(last, str) or last.tag == "blockquote":
            return ""
        if last.tag in ("cite", "footer"):
            del element.children[place]
            return last.text()
        element = last


def _blank(item: Element | str) -> bool:
    return not item.strip() if isinstance(item, str) else item.tag in ("script", "br")
