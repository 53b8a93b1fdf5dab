"""What a finding is known by: its verdict and the words of its two articles, never names, lines or times."""

from __future__ import annotations

import re
from hashlib import blake2b

from newsdedup.article import Article
from newsdedup.result import Verdict
from newsdedup.text.table import normalized_body

_WORD = re.compile(r"[^\W_]+")


def content_hash(article: Article) -> str:
    """128 bits, in hex, of the words that are compared: page chrome cut, case folded, without what stands between.

    Two articles that are `identical` have the same. Moving a file, its front matter, white space, emphasis and
    page chrome do not change it.
    """
    words = _WORD.findall(normalized_body(article).text.casefold())
    return _digest(" ".join(words))


def match_fingerprint(verdict: Verdict, hashes: tuple[str, str]) -> str:
    """128 bits, in hex, of a verdict and two content hashes in whichever order."""
    return _digest("\n".join((str(verdict), *sorted(hashes))))


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
