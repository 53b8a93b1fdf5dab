"""Whether an article declares the one that it copies as its source."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsdedup.addresses import address_key, host_of, same_address
from newsdedup.article import Article
from newsdedup.verify.credits import outlet_names

_MAX_LINE = 240  # characters of a line that may say where a story was first published, as for other credit lines
_ORIGINALLY = re.compile(
    r"(?:^|\b(?:story|article|report|piece|post|column|version)\b[^.\n]{0,60}?\b)"
    r"(?:originally|first) (?:published|appeared|posted|ran)\b(.*)",
    re.IGNORECASE,
)
_MARKS = re.compile(r"\]\(<?|[*_\[\]()<>\"“”]")  # Markdown's emphasis and links
_ADDRESS = re.compile(r"(?:https?://|www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?", re.IGNORECASE)


def declared_source(new: Article, other: Article) -> str:
    """How the new article says that it is taken from exactly that other one; "" when it does not.

    The other one must be the original as far as it tells: neither a `canonical` elsewhere nor a line that says that it
    was first published elsewhere. Then the new article declares it

    1. by `canonical`, when that is the other's `url`, `canonical` or id (addresses compared without scheme, `www.`,
       slash at the end, fragment, `utm_...`), or the name of its outlet;
    2. by a line such as "This story was originally published by X", when X is the other's outlet, its site or its page;
    3. by `source`, when both have the same one, case aside.

    What names another place undoes the rest: a `canonical` that is neither the other's nor the article's own `url`
    leaves 2 and 3 without effect, a line that names somebody else leaves 3 so.
    """
    if not _is_original(other):
        return ""
    named = (new.canonical or "").strip()
    if _names_page(named, other):
        return "its canonical is that article"
    if named and _outlet_named(named, other):
        return f'it gives "{named}" as the place where it was published first'
    return "" if _elsewhere(new) else _declared_in_words(new, other)


def _declared_in_words(new: Article, other: Article) -> str:
    lines = tuple(_origins(new))
    if any(_names(line, other) for line in lines):
        return "it says where it was originally published"
    if not lines and _outlet(new) and _outlet(new) == _outlet(other):
        return f'it gives "{(new.source or "").strip()}" as its source'
    return ""


def _names_page(address: str | None, article: Article) -> bool:
    return any(same_address(address, each) for each in (article.url, article.canonical, article.id))


def _outlet_named(name: str, article: Article) -> bool:
    names = {article.source or "", *outlet_names(article.source or "")}
    return name.strip().casefold() in {each.strip().casefold() for each in names if each.strip()}


def _elsewhere(article: Article) -> bool:
    """Whether `canonical` is given and is not the article's own address."""
    return bool(address_key(article.canonical)) and not same_address(article.canonical, article.url)


def _is_original(article: Article) -> bool:
    elsewhere = article.url is not None and _elsewhere(article)
    return not elsewhere and all(_names(line, article) for line in _origins(article))


def _outlet(article: Article) -> str:
    return (article.source or "").strip().casefold()


def _origins(article: Article) -> Iterator[str]:
    """What stands behind `originally published` in each line that says so, without marks."""
    for line in article.text.splitlines():
        if len(line) <= _MAX_LINE and (found := _ORIGINALLY.search(_MARKS.sub(" ", line).strip())):
            yield " ".join(found[1].split())


def _names(words: str, article: Article) -> bool:
    """Whether `by X`, `at X`, `in X` or `on X` in some words is the article's outlet, its site or its page."""
    addresses = [found[0].rstrip(".,;:!?") for found in _ADDRESS.finditer(words)]
    pages = [address for address in addresses if "/" in address_key(address)]
    if pages:  # a page is meant, not whatever the outlet has
        return any(_names_page(page, article) for page in pages)
    if any(host_of(address) == host_of(article.url or article.canonical) for address in addresses):
        return True
    for name in outlet_names(article.source or ""):
        # A capital behind it makes it the start of a longer name: `by the Harbor Times Weekly`.
        spelled = r"\s+".join(map(re.escape, name.split()))
        if re.search(rf"\b(?i:by|at|in|on) (?i:(?:the |l')?{spelled})(?![\w-]|\.\w| (?!On |In |At )[A-ZÀ-Þ])", words):
            return True
    return False
