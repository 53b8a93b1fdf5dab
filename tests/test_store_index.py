"""The index file: what goes in comes out, and what is not as it was written is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from conftest import Newsroom
from newsdedup.engine.known import Known
from newsdedup.errors import StoreError
from newsdedup.pipeline import check, know
from newsdedup.result import Pair
from newsdedup.run import Holding, Parameters
from newsdedup.store.fingerprint import difference, fingerprint
from newsdedup.store.index_file import index_bytes, is_index, open_index

FINGERPRINT = fingerprint(Parameters().views, None)


def write(path: Path, newsroom: Newsroom, names: tuple[str, ...], **parameters: object) -> Path:
    steered = Parameters(**parameters)  # type: ignore[arg-type]
    with know([newsroom.articles[name] for name in names], steered) as (known, _), path.open("wb") as file:
        file.writelines(index_bytes(known, fingerprint(steered.views, None), "0"))
    return path


@pytest.fixture
def index(tmp_path: Path, newsroom: Newsroom) -> Path:
    return write(tmp_path / "a.idx", newsroom, tuple(name for name in newsroom.articles if name.endswith("-orig")))


def found(known: Known, newsroom: Newsroom) -> tuple[Pair, ...]:
    new = [newsroom.articles[name] for name in ("k01-spun", "k02-syndicated", "k03-excerpt")]
    return check(new, Holding(known=known), Parameters(), version="0").result.pairs


class TestAnIndex:
    def test_holds_what_was_known(self, index: Path, newsroom: Newsroom) -> None:
        originals = [article for name, article in newsroom.articles.items() if name.endswith("-orig")]
        read = open_index(str(index), FINGERPRINT)
        with know(originals, Parameters()) as (known, _):
            assert (read.ids, read.sources) == (known.ids, known.sources)
            for mine, theirs in zip(_arrays(read), _arrays(known), strict=True):
                np.testing.assert_array_equal(mine, theirs)
                assert mine.dtype == theirs.dtype
            assert read.records.articles() == known.records.articles()
            assert found(read, newsroom) == found(known, newsroom)
            assert len(found(read, newsroom)) == 3

    def test_has_the_same_bytes_whatever_the_order_of_the_articles(self, index: Path, newsroom: Newsroom) -> None:
        names = tuple(name for name in newsroom.articles if name.endswith("-orig"))
        again = write(index.with_name("b.idx"), newsroom, names[::-1])
        assert again.read_bytes() == index.read_bytes()

    def test_may_be_empty(self, tmp_path: Path, newsroom: Newsroom) -> None:
        known = open_index(str(write(tmp_path / "none.idx", newsroom, ())), FINGERPRINT)
        assert len(known) == 0
        assert found(known, newsroom) == ()

    def test_of_one_view_holds_that_view_alone(self, tmp_path: Path, newsroom: Newsroom) -> None:
        views = frozenset({"copy"})
        path = write(tmp_path / "copy.idx", newsroom, ("k02-orig",), views=views)
        known = open_index(str(path), fingerprint(views, None))
        assert known.reading.sketches.terms is None
        new = [newsroom.articles["k02-syndicated"]]
        assert len(check(new, Holding(known=known), Parameters(views=views), version="0").result.pairs) == 1

    def test_is_known_by_its_first_line(self, index: Path, tmp_path: Path) -> None:
        assert is_index(str(index))
        assert not is_index(str(tmp_path / "no such file"))
        (tmp_path / "a.txt").write_text("newsdedup found nothing", encoding="utf-8")
        assert not is_index(str(tmp_path / "a.txt"))


def _arrays(known: Known) -> list[NDArray[np.generic]]:
    columns, sentences, sketches = known.reading.columns, known.reading.sentences, known.reading.sketches
    own: list[NDArray[np.generic]] = [
        known.url_keys,
        known.days,
        known.lengths,
        known.boilerplate,
        known.stories,
        known.likenesses,
    ]
    own += [columns.tokens, columns.content, columns.sentences, columns.chrome, columns.content_key]
    own += [sentences.key, sentences.article, sentences.number, sentences.content]
    views = (sketches.copy, sketches.terms, sketches.facts, sketches.passages, sketches.passage_quoted)
    return [*own, *(each for each in (*views, sketches.passage_offsets) if each is not None)]


class TestAnIndexIsRefused:
    def test_when_its_parameters_differ_and_says_how(self, index: Path) -> None:
        for ours, told in (
            (fingerprint(frozenset({"copy"}), None), "views: copy,facts,passages,terms there, copy here"),
            (fingerprint(Parameters().views, "de"), "lang: found per article there, de here"),
            (FINGERPRINT | {"signature": "9"}, "signature: 1 there, 9 here"),
        ):
            with pytest.raises(StoreError, match="made with other parameters") as caught:
                open_index(str(index), ours)
            assert told in str(caught.value)
            assert "newsdedup index" in str(caught.value)
            assert caught.value.exit_code == 4

    @pytest.mark.parametrize(
        ("spoil", "told"),
        [
            (lambda data: data[:-1], "cut short"),
            (lambda data: data + b"x", "cut short or overwritten"),
            (lambda data: data[:400], "damaged"),
            (lambda data: data[:40], "damaged"),
            (lambda data: b"", "not an index file"),
            (lambda data: b"PK\3\4" + data, "not an index file"),
            (lambda data: data.replace(b"index 1\n", b"index 2\n", 1), "of another version (2)"),
            (lambda data: data[:5000] + bytes([data[5000] ^ 1]) + data[5001:], "damaged"),
            (lambda data: data.replace(b'"dtype":"uint32"', b'"dtype":"object"', 1), "damaged"),
            (lambda data: data.replace(b'"int64"', b'"uint8"', 1), "cut short"),
        ],
        ids=["cut", "longer", "head", "stub", "empty", "foreign", "newer", "flipped", "objects", "shape"],
    )
    def test_when_it_is_not_as_it_was_written(self, index: Path, spoil: Callable[[bytes], bytes], told: str) -> None:
        data = index.read_bytes()
        spoiled = spoil(data)
        assert spoiled != data
        index.write_bytes(spoiled)
        with pytest.raises(StoreError) as caught:
            open_index(str(index), FINGERPRINT)
        assert told in str(caught.value)
        assert str(index) in str(caught.value)

    def test_when_any_byte_of_its_arrays_is_another(self, index: Path) -> None:
        data = bytearray(index.read_bytes())
        known = open_index(str(index), FINGERPRINT)
        end = int(known.records.bounds[0, 0])
        for place in range(4096, end - 64, end // 40):
            data[place] ^= 0x10
            index.write_bytes(bytes(data))
            with pytest.raises(StoreError):
                open_index(str(index), FINGERPRINT)
            data[place] ^= 0x10

    def test_when_an_article_that_is_compared_is_another(self, index: Path, newsroom: Newsroom) -> None:
        known = open_index(str(index), FINGERPRINT)
        places = known.records.bounds[known.ids.index("k01-orig")].tolist()
        data = bytearray(index.read_bytes())
        for place in (places[0], places[1] - 100):
            data[place] ^= 1
            index.write_bytes(bytes(data))
            with pytest.raises(StoreError, match="damaged"):
                found(open_index(str(index), FINGERPRINT), newsroom)
            data[place] ^= 1

    def test_when_there_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="cannot be read"):
            open_index(str(tmp_path / "none.idx"), FINGERPRINT)


def test_equal_fingerprints_do_not_differ() -> None:
    assert difference(FINGERPRINT, dict(reversed(FINGERPRINT.items()))) == ""
    assert difference({}, {"views": "copy"}) == "views: nothing there, copy here"
    assert difference({"old": "1"}, {}) == "old: 1 there, nothing here"
