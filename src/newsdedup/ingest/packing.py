"""The sentences of an article as bytes, for the store."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newsdedup.sketch.sentences import Sentences

_SENTENCE = np.dtype([("key", "<u8"), ("number", "<u2"), ("content", "<u2")])
_MOST = 0xFFFF


def packed_sentences(sentences: Sentences, first: int, articles: int) -> list[bytes]:
    """The sentences of consecutive articles, one piece each; those beyond the 65,535th of an article are left out.

    Args:
        first: Number of the first article.
        articles: How many there are.
    """
    bounds = np.searchsorted(sentences.article, np.arange(first, first + articles + 1))
    packed = np.empty(sentences.key.size, dtype=_SENTENCE)
    packed["key"] = sentences.key
    packed["number"] = np.minimum(sentences.number, _MOST)
    packed["content"] = np.minimum(sentences.content, _MOST)
    pieces: list[bytes] = []
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        piece = packed[begin:end]
        pieces.append(piece[sentences.number[begin:end] <= _MOST].tobytes())
    return pieces


def unpacked_sentences(pieces: Sequence[bytes]) -> Sentences:
    """The sentences of articles numbered as their pieces stand.

    Raises:
        ValueError: A piece is cut short.
    """
    counts = [len(piece) // _SENTENCE.itemsize for piece in pieces]
    if sum(counts) * _SENTENCE.itemsize != sum(map(len, pieces)):
        raise ValueError("the sentences of an article are cut short")
    whole: NDArray[np.void] = np.frombuffer(b"".join(pieces), dtype=_SENTENCE)
    return Sentences(
        key=whole["key"].copy(),
        article=np.repeat(np.arange(len(pieces), dtype=np.int32), counts),
        number=whole["number"].astype(np.int32),
        content=whole["content"].astype(np.int32),
    )
