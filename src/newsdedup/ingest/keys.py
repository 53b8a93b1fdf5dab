"""What makes an article the same one as before: where it was found, and what it says."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from hashlib import blake2b

from newsdedup.addresses import address_key
from newsdedup.article import Article
from newsdedup.sketch.sentences import source_key
from newsdedup.text.normalize import NormalizedText
from newsdedup.text.table import normalized_body

_KEY_BYTES = 16
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Two hashes of an article, each 16 bytes.

    Attributes:
        place: The same for all texts of one article; None where its source gives it no name of its own.
        identity: The same for one text of one article.
    """

    place: bytes | None
    identity: bytes


def keys_of(article: Article) -> Keys:
    """The keys of an article: its place is its address, else its name at its source, else its file.

    Of an article without a place, such as a line of a file without id, the text alone tells that it was there before:
    a line put in front of the others must not make new articles of them. A correction or a retraction makes another
    text, though no word of the story has changed; its numbers do not, since "updated at 10:05" stands among them.
    """
    place = _place(article)
    key = None if place is None else _hash(place)
    body = normalized_body(article)
    notes = (_DIGITS.sub("0", note) for note in corrections(body))
    text = "\0".join(" ".join(part.split()) for part in (body.text, *notes))
    return Keys(place=key, identity=_hash("text", place or f"source\0{source_key(article.source)}", text))


def corrections(text: NormalizedText) -> list[str]:
    """The notes of what was wrong, which are cut from the story, in text order."""
    return [cut.text for cut in text.cuts if cut.kind == "correction"]


def _place(article: Article) -> str | None:
    address = address_key(article.url)
    if address:
        return f"address\0{address}"
    if article.names_itself:
        return f"name\0{source_key(article.source)}\0{article.id}"
    if article.file is not None and article.line is None:
        return f"file\0{os.path.realpath(article.origin)}"
    return None


def _hash(*parts: str) -> bytes:
    return blake2b("\0\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).digest()
