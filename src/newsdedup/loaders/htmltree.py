"""HTML to a small tree of the elements that matter for text, in time linear in its length whatever it holds.

The parsers of lexbor and libxml2 take a time that grows with the square of nesting or of attributes (400 kB of `<div>`
6 s, 700 kB of attributes in one tag 9 s), and inputs here may be hostile. Inline elements are left out of the tree,
nesting ends at MAX_DEPTH; end tags that may be left out are put in as browsers do.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

MAX_DEPTH = 80
"""What lies deeper hangs on the element at this depth, so that recursion over the tree is safe."""
MAX_ELEMENTS = 300_000
"""Tags behind these many elements are passed over; the longest of 181 news pages has 3,000."""

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
# Up to the end of a tag; a `>` between quotation marks behind `=` does not end it.
_TAG_END = re.compile(r"""(?:[^"'>=]++|=\s*+"[^"]*"|=\s*+'[^']*'|=(?!\s*+["'])|["'])*+>""")
_ATTRIBUTE = re.compile(r"""([^\s/>="']+)(?:\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?""")

RAW: Final = frozenset("script style textarea title iframe noembed noframes xmp".split())
"""Elements that hold text and no tags."""
_RAW_END: Final = {tag: re.compile(rf"</{tag}(?=[\s/>])", re.IGNORECASE) for tag in RAW}
_VOID: Final = frozenset("br hr meta link".split())
_INLINE: Final = frozenset("a cite code q".split())
_CLOSES_P: Final = frozenset(
    "address article aside blockquote center details dialog dir div dl dt dd fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre section summary table ul".split()
)
_CELLS: Final = frozenset("table caption tbody thead tfoot tr td th".split())
_OTHERS: Final = frozenset(
    "html head body button select object template svg math video audio canvas noscript time".split()
)
_KNOWN: Final = _CLOSES_P | _CELLS | _INLINE | _VOID | _OTHERS | RAW
_BARRIERS: Final = frozenset("html table td th caption button object template".split())
_SIBLINGS: Final = {  # tag -> whose end it implies, and within what
    "li": (("li",), ("ul", "ol", "menu", "dir")),
    **dict.fromkeys(("dt", "dd"), (("dt", "dd"), ("dl",))),
    **dict.fromkeys(("td", "th"), (("td", "th"), ("table",))),
    "tr": (("tr",), ("table",)),
    **dict.fromkeys(("tbody", "thead", "tfoot"), (("tbody", "thead", "tfoot", "caption"), ("table",))),
}


_NO_ATTRIBUTES: Final[Mapping[str, str]] = {}


@dataclass(eq=False, slots=True)
class Element:
    """One element; texts among its children, and its attributes, are as written, with character references."""

    tag: str
    written: str = ""
    children: list[Element | str] = field(default_factory=list)

    @property
    def attributes(self) -> Mapping[str, str]:
        """Values by name in lower case, the first of equal names; "" for one without a value."""
        if not self.written:
            return _NO_ATTRIBUTES
        found: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(self.written):
            found.setdefault(name.lower(), html.unescape("".join(values)).strip())
        return found

    def walk(self) -> Iterator[Element]:
        """Itself and every element below it, in document order."""
        pending = [self]
        while pending:
            element = pending.pop()
            yield element
            pending.extend(child for child in reversed(element.children) if isinstance(child, Element))

    def text(self) -> str:
        """Every text below it, on one line."""
        parts: list[str] = []
        pending: list[Element | str] = [self]
        while pending:
            item = pending.pop()
            if isinstance(item, str):
                parts.append(item)
            else:
                pending.extend(reversed(item.children))
                parts.append("" if item.tag in _INLINE else " ")
        return " ".join(html.unescape("".join(parts)).split())


def parse(text: str) -> Element:
    """The tree of a page or of a piece of one; any text makes one."""
    return _Builder(text).root


class _Builder:
    def __init__(self, text: str) -> None:
        self.root = Element("html")
        self._stack = [self.root]
        self._open: dict[str, list[int]] = {"html": [0]}  # where in the stack elements of a name are
        self._barriers = [0]
        self._blocks = [0]
        self._quotes_broken = False
        self._count = 0
        self._build(text)

    def _build(self, text: str) -> None:
        at = 0
        while (start := text.find("<", at)) >= 0:
            if start > at:
                self._stack[-1].children.append(text[at:start])
            tag = _TAG.match(text, start)
            if tag is None:
                at = self._not_a_tag(text, start)
                continue
            name = tag[2].lower()
            end = self._tag_end(text, tag.end())
            if tag[1]:
                self._close(name)
            elif name in _KNOWN:
                if name in RAW:
                    closing = _RAW_END[name].search(text, end)
                    last = closing.start() if closing else len(text)
                    self._stack[-1].children.append(Element(name, text[tag.end() : end - 1], [text[end:last]]))
                    end = last
                else:
                    self._start(name, text[tag.end() : end - 1])
            at = end
        self._stack[-1].children.append(text[at:])

    def _not_a_tag(self, text: str, start: int) -> int:
        """Where a comment, a declaration or a lone `<` ends."""
        if text.startswith("<!--", start):
            end = text.find("-->", start + 2)  # `<!-->` is a whole comment
            return len(text) if end < 0 else end + 3
        if text[start + 1 : start + 2] in ("!", "?", "/"):
            end = text.find(">", start)
            return len(text) if end < 0 else end + 1
        self._stack[-1].children.append("&lt;")
        return start + 1

    def _tag_end(self, text: str, at: int) -> int:
        if not self._quotes_broken:
            if found := _TAG_END.match(text, at):
                return found.end()
            self._quotes_broken = True  # looked for once only, which would take the square of the length else
        end = text.find(">", at)
        return len(text) + 1 if end < 0 else end + 1

    def _start(self, name: str, attributes: str) -> None:
        if name in ("html", "body"):
            self.root.written += f" {attributes}" if name == "html" else ""
            return
        if name in _CLOSES_P:
            self._imply_end(("p",), ())
        if name in _SIBLINGS:
            self._imply_end(*_SIBLINGS[name])
        if name == "a":
            self._close("a")
        self._count += 1
        if self._count > MAX_ELEMENTS:
            return
        element = Element(name, attributes)
        self._stack[-1].children.append(element)
        if name in _VOID or len(self._stack) >= MAX_DEPTH:
            return
        place = len(self._stack)
        self._stack.append(element)
        self._open.setdefault(name, []).append(place)
        if name in _BARRIERS:
            self._barriers.append(place)
        if name not in _INLINE:
            self._blocks.append(place)

    def _last(self, names: tuple[str, ...]) -> int:
        """Place of the innermost open element with one of the names, -1 if there is none."""
        return max((places[-1] for name in names if (places := self._open.get(name))), default=-1)

    def _imply_end(self, names: tuple[str, ...], within: tuple[str, ...]) -> None:
        place = self._last(names)
        # A cell is a barrier to all but the cells of its own table.
        barrier = self._last(within) if within == ("table",) else max(self._barriers[-1], self._last(within))
        if place > barrier:
            self._pop(place)

    def _close(self, name: str) -> None:
        place = self._last((name,))
        if place < 1:
            return
        if name in _INLINE:
            barrier = self._blocks[-1]
        elif name in _CELLS:
            barrier = self._last(("table",)) - 1
        else:
            barrier = -1 if name in _BARRIERS else self._barriers[-1]
        if place > barrier:
            self._pop(place)

    def _pop(self, place: int) -> None:
        while len(self._stack) > place:
            self._open[self._stack.pop().tag].pop()
        for places in (self._barriers, self._blocks):
            while places[-1] >= place:
                places.pop()
