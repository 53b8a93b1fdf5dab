"""The register of the ids already used."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import chain

from newsdedup.article import Article, Skipped

_CHECKSUM_BYTES = 4
_DIGEST_BYTES = 16
_ENDS = 200  # characters of a text: the whole of it would cost more to look at than to read
_SAME_TEXT = "the same text, as far as its length, beginning and end tell"


@dataclass(slots=True)
class UsedIds:
    """The ids given so far in one run; the first article to use an id keeps it.

    Keeps id -> checksum + place as one bytes object, about 70 bytes an article besides the id.

    Attributes:
        tells_apart: Give the next article a name of its own, unless it has the same text; then the checksum is of the
            whole text, else of its length, beginning and end.
    """

    tells_apart: bool = False
    _seen: dict[str, bytes] = field(default_factory=dict)

    def admit(self, article: Article) -> Article | Skipped:
        """The article, under its id or another name, else the `duplicate-id` that names both places."""
        if self.tells_apart:
            return self._told_apart(article)
        ends = f"{len(article.text)} {article.text[:_ENDS]} {article.text[-_ENDS:]}"
        entry = zlib.crc32(ends.encode()).to_bytes(_CHECKSUM_BYTES) + article.place.encode()
        first = self._seen.setdefault(article.id, entry)
        if first is entry:
            return article
        where = f"{article.place}: id {article.id!r} is already used by {first[_CHECKSUM_BYTES:].decode()}"
        if first[:_CHECKSUM_BYTES] == entry[:_CHECKSUM_BYTES]:
            return Skipped(input=article.id, reason="duplicate-id", detail=f"{where}, with {_SAME_TEXT}")
        return Skipped(
            input=article.id,
            reason="duplicate-id",
            detail=f"{where}, with another text; give each article an id of its own, "
            "or for folders name their common parent as the PATH",
        )

    def _told_apart(self, article: Article) -> Article | Skipped:
        entry = blake2b(article.text.encode(), digest_size=_DIGEST_BYTES).digest() + article.place.encode()
        for name in chain((article.id,), article.other_ids()):
            first = self._seen.setdefault(name, entry)
            if first is entry:
                return article if name == article.id else replace(article, id=name)
            if first[:_DIGEST_BYTES] == entry[:_DIGEST_BYTES]:
                used = f"id {article.id!r} is already used by {first[_DIGEST_BYTES:].decode()}"
                detail = f"{article.place}: {used}, with the same text"
                return Skipped(input=article.id, reason="duplicate-id", detail=detail)
        raise AssertionError  # names do not end
