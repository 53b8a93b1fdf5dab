"""Where in a page the article is, and what stands around and within it that is not its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from newsdedup.loaders.htmltext import Leaves, silent
from newsdedup.loaders.htmltree import Element

_FURNITURE: Final = re.compile(
    r"(?:^|[\s_-])(?:comments?|disqus|related|recirc\w*|recommend\w*|shar(?:e|ing)\w*|social\w*|promo\w*|newsletter\w*|"
    r"subscri\w*|signup|sidebar|widget\w*|advert\w*|ads?|sponsor\w*|cookies?|consent|breadcrumbs?|trending|popular|"
    r"most-?read|tags|taglist|author-?(?:bio|info|box)|bio|byline|caption|credits?|gallery|footer|nav\w*|menu|"
    r"outbrain|taboola|teasers?|more-?(?:on|from|stories)|read-?(?:more|next)|also-?read|toolbar|"
    r"pagination|copyright|login|modal|popup|screen-reader-text|sr-only|visually-hidden)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HIDDEN: Final = re.compile(r"display\s{0,9}:\s{0,9}none", re.IGNORECASE)
_NAMED: Final = frozenset("div section ul ol p dl table li h2 h3 h4 h5 h6 blockquote center a".split())
_GROUPS: Final = frozenset("div section ul ol dl table".split())
_PARTS: Final = frozenset("article main div section td center li dd".split())
_MAX_LINKED = 0.5  # share of characters in links: lists of other stories have .7 to 1, prose below .2
_LEAST_PROSE = 40  # characters between two tags; shorter ones are labels
_MIN_MARKED = 0.3  # share of the prose of the page: a smaller `<article>` is a teaser
_MIN_DENSEST = 0.5  # share of the prose of the page that one element must hold to be the article
_MAX_FURNITURE = 0.5  # share of the words of the page: nothing that holds more is furniture


@dataclass(slots=True)
class _Size:
    """Characters below an element: all, those in links, those in texts of some length."""

    text: int = 0
    linked: int = 0
    prose: int = 0


class _Page:
    def __init__(self, root: Element) -> None:
        self._sizes: dict[int, _Size] = {}
        self._root = root
        order = list(root.walk())
        for element in reversed(order):  # children before their parents
            self._sizes[id(element)] = self._measured(element)

    def size(self, element: Element) -> _Size:
        return self._sizes[id(element)]

    def _measured(self, element: Element) -> _Size:
        size = _Size()
        if silent(element):
            return size
        for child in element.children:
            if isinstance(child, str):
                length = len(child.strip())
                size.text += length
                size.prose += length if length >= _LEAST_PROSE else 0
            else:
                inner = self._sizes[id(child)]
                size.text += inner.text
                size.linked += inner.linked
                size.prose += inner.prose
        if element.tag == "a":
            size.linked, size.prose = size.text, 0
        return size

    def leaves_out(self, element: Element) -> bool:
        """Whether an element is chrome by what it is, is called or holds."""
        if silent(element):
            return True
        if element.tag not in _NAMED:
            return False
        size, whole = self.size(element), self.size(self._root)
        if size.prose > _MAX_FURNITURE * whole.prose or size.text > _MAX_FURNITURE * whole.text:
            return False
        if element.written and _is_furniture(element):
            return True
        return element.tag in _GROUPS and size.linked > _MAX_LINKED * size.text

    def densest(self) -> Element:
        """The smallest element with most of the prose; the page itself where no element has."""
        wanted = _MIN_DENSEST * self.size(self._root).prose
        best = self._root
        for element in self._root.walk():  # the one nested deepest comes last
            if element.tag in _PARTS and wanted < self.size(element).prose and not self.leaves_out(element):
                best = element
        return best


def _is_furniture(element: Element) -> bool:
    attributes = element.attributes
    if "hidden" in attributes or _HIDDEN.search(attributes.get("style", "")):
        return True
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    return bool(_FURNITURE.search(_CAMEL.sub("-", names)))


def main_part(root: Element) -> tuple[Element, Leaves]:
    """The element that holds the article, and what to leave out of it."""
    page = _Page(root)
    whole = page.size(root)
    marked = [
        [each for each in root.walk() if each.attributes.get("itemprop", "").lower() == "articlebody"],
        [each for each in root.walk() if each.tag == "article"],
        [each for each in root.walk() if each.tag == "main"],
    ]
    for elements in marked:
        best = max(elements, key=lambda each: page.size(each).text, default=None)
        if best is not None and page.size(best).prose > _MIN_MARKED * whole.prose:
            return best, page.leaves_out
    return page.densest(), page.leaves_out
