"""Articles as the store keeps them: the record of a shelf, compressed, with a checksum."""

from __future__ import annotations

import zlib

from newsdedup.article import Article
from newsdedup.engine.shelf import packed, unpacked
from newsdedup.store.database import damaged

_CHECKSUM_BYTES = 4
_LEVEL, _WINDOW_BITS, _MEMORY_LEVEL = 6, 13, 6
"""The usual window and memory, 15 and 8, take twice the time, most of it for setting them up: texts are of 3 KB."""


def compressed(data: bytes) -> bytes:
    """As zlib writes it."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW_BITS, _MEMORY_LEVEL)
    return packer.compress(data) + packer.flush()


def record_of(article: Article) -> bytes:
    """The record of one article."""
    data = packed(article)
    return zlib.crc32(data).to_bytes(_CHECKSUM_BYTES, "little") + compressed(data)


def packed_of(record: bytes, number: int, name: str) -> bytes:
    """The record of a shelf.

    Args:
        number: Of the article, for messages, as `name` of the store is.

    Raises:
        StoreError: It is not as it was written.
    """
    try:
        data = zlib.decompress(record[_CHECKSUM_BYTES:])
    except zlib.error:
        data = b""
    if zlib.crc32(data) != int.from_bytes(record[:_CHECKSUM_BYTES], "little") or not data:
        raise damaged(name, f"the record of article {number}")
    return data


def article_of(record: bytes, number: int, name: str) -> Article:
    """The article of a record.

    Raises:
        StoreError: It is not as it was written.
    """
    return unpacked(packed_of(record, number, name))
