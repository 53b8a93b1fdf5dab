"""The register of the ids already used."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

from newsdedup.article import Article, Skipped

_CHECKSUM_BYTES = 4
_ENDS = 200  # characters of a text: the whole of it would cost more to look at than to read
_SAME_TEXT = "the same text, as far as its length, beginning and end tell"


@dataclass(slots=True)
class UsedIds:
    """The ids given so far in one run; the first article to use an id keeps it.

    Keeps id -> checksum of length and ends of the text + place as one bytes object, about 70 bytes an article besides
    the id.
    """

    _seen: dict[str, bytes] = field(default_factory=dict)

    def admit(self, article: Article) -> Article | Skipped:
        """The article itself when its id is new, else the `duplicate-id` that names both places."""
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
