"""Sentences and pairs as bytes: what comes out is what went in."""

from __future__ import annotations

import numpy as np
import pytest

from conftest import Newsroom
from newsdedup import find_duplicates
from newsdedup.ingest.packing import packed_sentences, unpacked_sentences
from newsdedup.ingest.pairs import pair_bytes, pair_of
from newsdedup.result import AlignedSentence, Evidence, Pair, Verdict
from newsdedup.sketch.sentences import Sentences


def sentences(*said: tuple[int, int, int, int]) -> Sentences:
    """From (key, article, number, content)."""
    columns = np.array(said, dtype=np.uint64).reshape(-1, 4)
    return Sentences(
        key=columns[:, 0].copy(),
        article=columns[:, 1].astype(np.int32),
        number=columns[:, 2].astype(np.int32),
        content=columns[:, 3].astype(np.int32),
    )


def as_lists(said: Sentences) -> list[list[int]]:
    return [column.tolist() for column in (said.key, said.article, said.number, said.content)]


def test_sentences_come_out_as_they_went_in() -> None:
    given = sentences((2**64 - 1, 0, 0, 5), (7, 0, 1, 0), (9, 2, 0, 3))
    pieces = packed_sentences(given, 0, 3)
    assert [len(piece) for piece in pieces] == [24, 0, 12]
    assert as_lists(unpacked_sentences(pieces)) == as_lists(given)


def test_those_of_the_articles_from_one_on_are_packed() -> None:
    given = sentences((1, 0, 0, 5), (2, 1, 0, 6), (3, 2, 0, 7))
    assert as_lists(unpacked_sentences(packed_sentences(given, 1, 2))) == as_lists(
        sentences((2, 0, 0, 6), (3, 1, 0, 7))
    )


def test_sentences_beyond_what_can_be_counted_are_left_out() -> None:
    given = sentences((1, 0, 65_535, 90_000), (2, 0, 65_536, 1))
    assert as_lists(unpacked_sentences(packed_sentences(given, 0, 1))) == as_lists(sentences((1, 0, 65_535, 65_535)))


@pytest.mark.parametrize("pieces", [[b"x" * 13], [b"x" * 6, b"x" * 6]])
def test_what_is_cut_short_is_refused(pieces: list[bytes]) -> None:
    with pytest.raises(ValueError, match="cut short"):
        unpacked_sentences(pieces)


def test_every_pair_comes_out_as_it_went_in(newsroom: Newsroom) -> None:
    articles = [article for name, article in newsroom.articles.items() if name[:3] in ("k01", "a02", "k05")]
    pairs = find_duplicates(articles).pairs
    assert len({pair.verdict for pair in pairs}) > 3
    assert [pair_of(pair_bytes(pair)) for pair in pairs] == list(pairs)


def test_a_pair_of_everything_comes_out_as_it_went_in() -> None:
    pair = Pair(
        left="a\ud800", right="b", verdict=Verdict.EXCERPT, score=0.1 + 0.2, facts=1 / 3, telling=0.0, jaccard=1.0,
        containment=(0.25, 1e-300), source="right", reasons=("one", "two \udfff"),
        evidence=Evidence(
            sentences=(AlignedSentence(left=1, right=2, similarity=0.7),),
            altered_quotes=(("“so”", "“so so”"),),
            changed_facts=((None, "12"), ("13", None)),
            shared_facts=("Oslo",),
            passages=((1, 2, 3, 4),),
        ),
    )  # fmt: skip
    assert pair_of(pair_bytes(pair)) == pair


@pytest.mark.parametrize("data", [b"{}", b"[]", b"x", b'{"evidence": 1}'])
def test_what_is_no_pair_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        pair_of(data)
