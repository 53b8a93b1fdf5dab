"""Postings: who holds what is found as by looking through all entries, however the segments were written and merged."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from newsdedup.errors import StoreError
from newsdedup.sketch.candidates import BANDS
from newsdedup.sketch.lsh import band_columns, band_keys
from newsdedup.sketch.minhash import EMPTY, NUM_PERM
from newsdedup.sketch.views import Sketches
from newsdedup.store import merging
from newsdedup.store.entries import BAND_KEY_BITS, BAND_KINDS, KINDS
from newsdedup.store.layout import MOST_SPAN
from newsdedup.store.postings import (
    PASSAGE,
    QUOTED,
    SENTENCE,
    Entries,
    Listed,
    Postings,
    SegmentMissingError,
    band_entries,
    joined,
    merge_plan,
    merged,
    remove_unlisted,
    write_segment,
)

SMALL, LARGE = 1_000_000, 0
"""Articles below which a segment is laid out as a small one: all of them, and none."""

ASKED = np.array([0, 63, 64, 105, 106, 189, PASSAGE, QUOTED, SENTENCE], dtype=np.uint8)

Held = dict[tuple[int, int], list[int]]


def random_entries(seed: int, first: int, end: int, count: int = 2000) -> Entries:
    """Entries that share few kinds and fewer keys, among them the smallest, the largest, and close neighbours."""
    generator = np.random.default_rng(seed)
    kinds = generator.choice(ASKED, count)
    keys = generator.choice([0, 1, 255, 256, 65535, 65536, 65537, 1 << 20, (1 << 24) - 1], count).astype(np.uint32)
    spread = generator.random(count) < 0.5
    keys[spread] = generator.integers(0, 1 << 24, count)[spread]
    wide = (kinds >= PASSAGE) & (generator.random(count) < 0.3)
    keys[wide] = ~keys[wide]  # from 2**32 - 1 down
    return Entries(kinds=kinds, keys=keys, numbers=generator.integers(first, end, count))


def held(parts: Sequence[Entries]) -> Held:
    found: dict[tuple[int, int], set[int]] = {}
    for part in parts:
        for kind, key, number in zip(part.kinds.tolist(), part.keys.tolist(), part.numbers.tolist(), strict=True):
            found.setdefault((kind, key), set()).add(number)
    return {key: sorted(numbers) for key, numbers in found.items()}


def asked_of(parts: Sequence[Entries], seed: int = 1, count: int = 600) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    """Queries in any order: some that somebody holds, some of them twice, some that nobody does."""
    whole = joined(parts)
    generator = np.random.default_rng(seed)
    places = generator.integers(0, len(whole), count)
    kinds, keys = whole.kinds[places], whole.keys[places]
    other = generator.random(count) < 0.3
    keys[other] ^= np.uint32(1)
    return kinds, keys


def expected(
    held: Held, kinds: NDArray[np.uint8], keys: NDArray[np.uint32], most: int, but: Sequence[int] = ()
) -> list[tuple[int, int]]:
    found = []
    for query, asked in enumerate(zip(kinds.tolist(), keys.tolist(), strict=True)):
        numbers = [number for number in held.get(asked, []) if number not in set(but)]
        found += [(query, number) for number in numbers[max(0, len(numbers) - most) :]]
    return found


def rows_of(found: tuple[NDArray[np.int64], NDArray[np.int64]]) -> list[tuple[int, int]]:
    queries, numbers = found
    assert queries.dtype == numbers.dtype == np.int64
    return list(zip(queries.tolist(), numbers.tolist(), strict=True))


def write(folder: Path, number: int, entries: Entries, first: int, end: int, *, small_below: int = SMALL) -> Listed:
    return write_segment(
        folder / f"postings-{number:08d}",
        entries,
        first=first,
        end=end,
        articles=end - first,
        latest_day=float(number),
        small_below=small_below,
    )


BOUNDS = (1, 40, 41, 300, 1000)
"""Numbers where four segments of a store begin, and where the last ends; the second holds a single article."""


@pytest.fixture
def parts() -> list[Entries]:
    return [random_entries(place, first, end) for place, (first, end) in enumerate(pairwise(BOUNDS))]


def listed_in(folder: Path, parts: Sequence[Entries], small_below: int = SMALL) -> list[Listed]:
    folder.mkdir(exist_ok=True)
    return [
        write(folder, place + 1, part, first, end, small_below=small_below)
        for place, (part, (first, end)) in enumerate(zip(parts, pairwise(BOUNDS), strict=True))
    ]


class TestHolders:
    @pytest.mark.parametrize("small_below", [SMALL, LARGE, 100])
    @pytest.mark.parametrize("most", [1, 2, 7, 10_000])
    @pytest.mark.parametrize("left_out", [0.0, 0.1, 0.97])
    def test_are_those_of_all_entries(
        self, tmp_path: Path, parts: list[Entries], small_below: int, most: int, left_out: float
    ) -> None:
        postings = Postings(tmp_path, listed_in(tmp_path, parts, small_below))
        kinds, keys = asked_of(parts)
        but = np.flatnonzero(np.random.default_rng(2).random(BOUNDS[-1] + 50) < left_out)
        found = postings.holders(kinds, keys, most=most, but=but if left_out else None)
        assert rows_of(found) == expected(held(parts), kinds, keys, most, but.tolist())

    def test_are_asked_of_no_segment_that_is_too_old(self, tmp_path: Path, parts: list[Entries]) -> None:
        postings = Postings(tmp_path, listed_in(tmp_path, parts))
        kinds, keys = asked_of(parts)
        found = postings.holders(kinds, keys, most=5, latest_day_from=3.0)
        assert rows_of(found) == expected(held(parts[2:]), kinds, keys, 5)

    def test_of_a_key_that_all_hold_are_the_latest_that_are_not_left_out(self, tmp_path: Path) -> None:
        numbers = np.arange(10, 5000)
        entries = Entries(
            kinds=np.full(numbers.size, PASSAGE, dtype=np.uint8),
            keys=np.full(numbers.size, 77, dtype=np.uint32),
            numbers=numbers,
        )
        postings = Postings(tmp_path, [write(tmp_path, 1, entries, 10, 5000)])
        kinds, keys = np.array([PASSAGE, QUOTED], dtype=np.uint8), np.array([77, 77], dtype=np.uint32)
        found = postings.holders(kinds, keys, most=3, but=np.arange(40, 5000))
        assert rows_of(found) == [(0, 37), (0, 38), (0, 39)]

    def test_of_nothing_are_none(self, tmp_path: Path, parts: list[Entries]) -> None:
        none = joined([])
        postings = Postings(tmp_path, listed_in(tmp_path, parts))
        assert rows_of(postings.holders(none.kinds, none.keys, most=5)) == []
        kinds, keys = asked_of(parts)
        assert rows_of(Postings(tmp_path, []).holders(kinds, keys, most=5)) == []
        empty = write(tmp_path, 9, none, 1000, 1000)
        assert rows_of(Postings(tmp_path, [empty]).holders(kinds, keys, most=5)) == []

    def test_may_stand_as_far_apart_as_three_bytes_count(self, tmp_path: Path) -> None:
        first, end = 1 << 40, (1 << 40) + MOST_SPAN
        entries = Entries(
            kinds=np.zeros(3, dtype=np.uint8),
            keys=np.full(3, (1 << 24) - 1, dtype=np.uint32),
            numbers=np.array([end - 1, first, first + 65536]),
        )
        for number, small_below in enumerate((SMALL, LARGE)):
            listed = write_segment(
                tmp_path / f"postings-{number:08d}",
                entries,
                first=first,
                end=end,
                articles=3,
                latest_day=0.0,
                small_below=small_below,
            )
            found = Postings(tmp_path, [listed]).holders(entries.kinds[:1], entries.keys[:1], most=9)
            assert rows_of(found) == [(0, first), (0, first + 65536), (0, end - 1)]


class TestASegment:
    def test_has_the_same_bytes_whatever_the_order_of_its_entries(self, tmp_path: Path, parts: list[Entries]) -> None:
        part = parts[3]
        order = np.random.default_rng(4).permutation(len(part))
        shuffled = Entries(kinds=part.kinds[order], keys=part.keys[order], numbers=part.numbers[order])
        one = write(tmp_path, 1, part, 300, 1000)
        other = write(tmp_path, 2, joined([shuffled, part]), 300, 1000)
        assert (tmp_path / one.name).read_bytes() == (tmp_path / other.name).read_bytes()
        assert (one.bytes, one.checksum) == (other.bytes, other.checksum)

    def test_replaces_what_a_killed_run_left(self, tmp_path: Path, parts: list[Entries]) -> None:
        (tmp_path / "postings-00000001").write_bytes(b"torn" * 100_000)
        listed = write(tmp_path, 1, parts[0], 1, 40)
        assert (tmp_path / listed.name).stat().st_size == listed.bytes
        Postings(tmp_path, [listed]).segments[0].refuse_damage()

    @pytest.mark.parametrize(
        ("kind", "key", "number"),
        [
            (0, 0, 9),  # before the first number
            (0, 0, 20),  # the end itself
            (KINDS, 0, 10),  # no such kind
            (189, 1 << 24, 10),  # a band's key of 25 bits
        ],
    )
    def test_takes_no_entry_that_is_not_of_it(self, tmp_path: Path, kind: int, key: int, number: int) -> None:
        entries = Entries(
            kinds=np.array([kind], dtype=np.uint8), keys=np.array([key], dtype=np.uint32), numbers=np.array([number])
        )
        with pytest.raises(ValueError, match="an entry has"):
            write(tmp_path, 1, entries, 10, 20)
        assert list(tmp_path.iterdir()) == []

    def test_takes_no_more_numbers_than_three_bytes_count(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="too many"):
            write(tmp_path, 1, joined([]), 1, MOST_SPAN + 2)

    def test_that_cannot_be_written_is_said_and_not_there(
        self, tmp_path: Path, parts: list[Entries], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pwrite = os.pwrite

        def full(file: int, data: bytes, at: int) -> int:
            if at:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return pwrite(file, data, at)

        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(StoreError, match="postings-00000001: cannot be written: No space left on device; "):
            write(tmp_path, 1, parts[0], 1, 40)
        assert list(tmp_path.iterdir()) == []

    def test_is_written_whole_where_the_system_takes_a_part_at_a_time(
        self, tmp_path: Path, parts: list[Entries], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = write(tmp_path, 1, parts[3], 300, 1000)
        pwrite = os.pwrite
        monkeypatch.setattr(os, "pwrite", lambda file, data, at: pwrite(file, data[:999], at))
        assert write(tmp_path, 2, parts[3], 300, 1000).checksum == whole.checksum


def cut(data: bytes) -> bytes:
    return data[:-1]


def longer(data: bytes) -> bytes:
    return data + b"\0"


def of_nothing(_: bytes) -> bytes:
    return b""


def foreign(data: bytes) -> bytes:
    return b"SQLite format 3\0" + data[16:]


def other_schema(data: bytes) -> bytes:
    return data.replace(b"postings 1\n", b"postings 7\n", 1)


def other_bands(data: bytes) -> bytes:
    return data.replace(b'"kinds":193', b'"kinds":191', 1)


def other_numbers(data: bytes) -> bytes:
    return data.replace(b'"first":300', b'"first":301', 1)


def no_header(data: bytes) -> bytes:
    return data.replace(b'{"layout"', b'["layout"', 1)


def no_layout(data: bytes) -> bytes:
    return data.replace(b'"layout":"small"', b'"layout":"smell"', 1)


def directory(data: bytes) -> bytes:
    place = data.index(b"}") // 64 * 64 + 64 + 4 * 100
    return data[:place] + b"\xff\xff\xff\x7f" + data[place + 4 :]


class TestADamagedSegment:
    @pytest.mark.parametrize(
        ("damage", "said"),
        [
            (cut, "cut short"),
            (longer, "cut short or overwritten"),
            (of_nothing, "not a postings file"),
            (foreign, "not a postings file"),
            (other_schema, "of another version"),
            (other_bands, "of other bands"),
            (other_numbers, "not the file that was listed"),
            (no_header, "header"),
            (no_layout, "header"),
            (directory, "directory"),
        ],
    )
    def test_is_refused_in_one_line_with_the_way_out(
        self, tmp_path: Path, parts: list[Entries], damage: Callable[[bytes], bytes], said: str
    ) -> None:
        listed = write(tmp_path, 1, parts[3], 300, 1000)
        path = tmp_path / listed.name
        before = path.read_bytes()
        assert damage(before) != before
        path.write_bytes(damage(before))
        with pytest.raises(StoreError) as caught:
            Postings(tmp_path, [listed])
        assert str(caught.value).startswith(f"{path}: ")
        assert said in str(caught.value)
        assert "\n" not in str(caught.value)
        assert "newsdedup store migrate FILE" in str(caught.value)

    def test_that_is_gone_is_told_from_a_damaged_one(self, tmp_path: Path, parts: list[Entries]) -> None:
        listed = write(tmp_path, 1, parts[3], 300, 1000)
        (tmp_path / listed.name).unlink()
        with pytest.raises(SegmentMissingError, match=r"is not there; .*newsdedup store verify FILE"):
            Postings(tmp_path, [listed])

    def test_is_found_by_its_checksum(self, tmp_path: Path, parts: list[Entries]) -> None:
        listed = write(tmp_path, 1, parts[3], 300, 1000)
        path = tmp_path / listed.name
        (segment,) = Postings(tmp_path, [listed]).segments
        segment.refuse_damage()
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(bytes(data))
        with pytest.raises(StoreError, match=r"bytes are not those .*newsdedup store verify FILE"):
            segment.refuse_damage()
        with pytest.raises(StoreError, match="bytes are not those"):  # it would have a new checksum
            merged([segment], None, tmp_path / "postings-00000002")
        assert list(tmp_path.iterdir()) == [path]

    def test_gives_no_number_that_is_not_of_it(self, tmp_path: Path, parts: list[Entries]) -> None:
        listed = write(tmp_path, 1, parts[3], 300, 1000)
        path = tmp_path / listed.name
        data = path.read_bytes()
        count = len({*zip(parts[3].kinds.tolist(), parts[3].keys.tolist(), parts[3].numbers.tolist(), strict=True)})
        path.write_bytes(data[:-count] + b"\xff" * count)  # the third byte of every number
        with pytest.raises(StoreError, match="numbers are overwritten"):
            Postings(tmp_path, [listed]).holders(parts[3].kinds, parts[3].keys, most=9)

    def test_is_one_that_holds_numbers_of_another(self, tmp_path: Path, parts: list[Entries]) -> None:
        one, other = write(tmp_path, 1, parts[3], 300, 1000), write(tmp_path, 2, parts[3], 300, 1001)
        with pytest.raises(StoreError, match="postings-00000002: it holds numbers of postings-00000001"):
            Postings(tmp_path, [one, other])


class TestMerging:
    @pytest.fixture(params=[1 << 21, 50], ids=["at once", "in pieces"], autouse=True)
    def piece(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setattr(merging, "_PIECE", request.param)
        yield

    @pytest.mark.parametrize("before", [SMALL, LARGE, 100])
    @pytest.mark.parametrize("after", [SMALL, LARGE])
    def test_gives_what_writing_at_once_gives(
        self, tmp_path: Path, parts: list[Entries], before: int, after: int
    ) -> None:
        segments = Postings(tmp_path, listed_in(tmp_path, parts, before)).segments
        one = merged(segments, None, tmp_path / "postings-00000004a", small_below=after)
        other = write(tmp_path, 5, joined(parts), 1, 1000, small_below=after)
        assert (tmp_path / one.name).read_bytes() == (tmp_path / other.name).read_bytes()
        assert replace(one, name=other.name, latest_day=5.0) == other
        assert one.latest_day == 4.0

    @pytest.mark.parametrize("small_below", [SMALL, LARGE])
    def test_leaves_out_whoever_is_gone(self, tmp_path: Path, parts: list[Entries], small_below: int) -> None:
        segments = Postings(tmp_path, listed_in(tmp_path, parts, small_below)).segments
        alive = np.random.default_rng(3).random(1000) < 0.4
        one = merged(segments, lambda numbers: alive[numbers], tmp_path / "postings-00000006", small_below=small_below)
        whole = joined(parts)
        stays = alive[whole.numbers]
        left = Entries(kinds=whole.kinds[stays], keys=whole.keys[stays], numbers=whole.numbers[stays])
        kinds, keys = asked_of(parts)
        found = Postings(tmp_path, [one]).holders(kinds, keys, most=10_000)
        assert rows_of(found) == expected(held([left]), kinds, keys, 10_000)
        assert one.articles == np.count_nonzero(alive[1:])
        Postings(tmp_path, [one]).segments[0].refuse_damage()
        assert Postings(tmp_path, [one]).segments[0].entries == sum(map(len, held([left]).values()))

    def test_of_a_single_segment_rids_it_of_whoever_is_gone(self, tmp_path: Path, parts: list[Entries]) -> None:
        segments = Postings(tmp_path, listed_in(tmp_path, parts)).segments
        none = merged(segments[3:], lambda numbers: np.zeros(numbers.size, dtype=bool), tmp_path / "postings-00000006")
        assert none.articles == 0
        assert none.bytes < 2000
        kinds, keys = asked_of(parts)
        assert rows_of(Postings(tmp_path, [none]).holders(kinds, keys, most=1)) == []

    def test_may_leave_gaps_between_the_numbers(self, tmp_path: Path, parts: list[Entries]) -> None:
        listed = listed_in(tmp_path, parts)
        one = merged(Postings(tmp_path, [listed[0], listed[3]]).segments, None, tmp_path / "postings-00000006")
        kinds, keys = asked_of(parts)
        found = Postings(tmp_path, [one]).holders(kinds, keys, most=10)
        assert rows_of(found) == expected(held([parts[0], parts[3]]), kinds, keys, 10)

    def test_takes_segments_in_number_order_only(self, tmp_path: Path, parts: list[Entries]) -> None:
        segments = Postings(tmp_path, listed_in(tmp_path, parts)).segments
        with pytest.raises(ValueError, match="beside"):
            merged(segments[::-1], None, tmp_path / "postings-00000006")

    def test_leaves_those_who_read_the_old_segments_alone(self, tmp_path: Path, parts: list[Entries]) -> None:
        listed = listed_in(tmp_path, parts)
        reader = Postings(tmp_path, listed)
        one = merged(reader.segments[:3], None, tmp_path / "postings-00000005")
        now = [one, listed[3]]
        removed = remove_unlisted(tmp_path, [each.name for each in now], [])
        assert removed == tuple(each.name for each in listed[:3])
        writer = Postings(tmp_path, now, before=reader)
        assert writer.segments[1] is reader.segments[3]
        kinds, keys = asked_of(parts)
        np.testing.assert_array_equal(reader.holders(kinds, keys, most=4), writer.holders(kinds, keys, most=4))


def sized(*articles: int) -> list[Listed]:
    ends = np.cumsum(articles).tolist()
    return [
        Listed(name=f"{place}", first=end - size, end=end, articles=size, latest_day=0.0, bytes=0, checksum=0)
        for place, (size, end) in enumerate(zip(articles, ends, strict=True))
    ]


class TestAMergePlan:
    @pytest.mark.parametrize(
        ("articles", "groups"),
        [
            ([], []),
            ([100] * 3, []),
            ([100] * 4, ["0123"]),
            ([64, 255, 100, 200], ["0123"]),  # one class
            ([63, 255, 100, 200], []),  # two
            ([100, 100, 1000, 100, 100], []),  # a larger one stands between
            ([100, 1, 100, 100, 5, 100, 1], ["012345"]),  # smaller ones between come along
            ([6400, 1600, 400, 100, 100, 100], []),
            ([1600, 1600, 1600, 400, 400, 400, 100, 100, 100, 100], ["0123456789"]),  # one makes the next
            ([100] * 8, ["0123", "4567"]),
            ([65_536] * 4, ["0123"]),
            ([100_000] * 4, ["01"]),  # no more than fit into one
            ([140_000] * 5, []),
            ([1_000_000] * 5, []),
            ([0] * 4, ["0123"]),
        ],
    )
    def test_joins_four_neighbours_of_one_size(self, articles: list[int], groups: list[str]) -> None:
        assert ["".join(each.name for each in group) for group in merge_plan(sized(*articles))] == groups

    def test_does_not_depend_on_the_order_of_the_list(self) -> None:
        listed = sized(100, 100, 100, 100, 100, 4, 4, 4, 4)
        assert merge_plan(listed[::-1]) == merge_plan(listed)

    def test_joins_none_that_stand_too_far_apart(self) -> None:
        listed = [
            replace(each, first=place * (MOST_SPAN // 2), end=place * (MOST_SPAN // 2) + 10)
            for place, each in enumerate(sized(10, 10, 10, 10))
        ]
        assert [len(group) for group in merge_plan(listed)] == [2]

    @pytest.mark.parametrize("batches", ["even", "uneven", "wild"])
    def test_keeps_segments_few_and_rewriting_rare(self, batches: str) -> None:
        generator = np.random.default_rng(6)
        sizes = {
            "even": np.full(4000, 100),
            "uneven": generator.integers(1, 200, 4000),
            "wild": (2 ** generator.uniform(0, 13, 4000)).astype(np.int64),
        }[batches].tolist()
        listed: list[Listed] = []
        number = written = 0
        most = 0
        while number < 300_000:
            size = sizes.pop()
            listed.append(
                Listed(name="", first=number, end=number + size, articles=size, latest_day=0.0, bytes=0, checksum=0)
            )
            number += size
            for group in merge_plan(listed):
                whole = replace(group[0], end=group[-1].end, articles=sum(each.articles for each in group))
                listed = sorted([each for each in listed if each not in group] + [whole], key=lambda each: each.first)
                written += whole.articles
            assert all(left.end == right.first for left, right in pairwise(listed))
            assert merge_plan(listed) == []
            most = max(most, len(listed))
        assert max(each.articles for each in listed) <= 1 << 18
        assert most <= 25
        assert written <= 9 * number  # once a class


def signatures(generator: np.random.Generator, articles: int, empty: Sequence[int]) -> NDArray[np.uint32]:
    found = generator.integers(0, 50, (articles, NUM_PERM), dtype=np.uint32)
    found[list(empty)] = EMPTY
    return found


def sketches(
    copy: NDArray[np.uint32] | None, terms: NDArray[np.uint32] | None, facts: NDArray[np.uint32] | None
) -> Sketches:
    return Sketches(copy=copy, terms=terms, facts=facts, passages=None, passage_quoted=None, passage_offsets=None)


class TestBandEntries:
    def test_are_one_for_every_band_of_every_article_that_has_any(self) -> None:
        generator = np.random.default_rng(8)
        copy, terms, facts = (
            signatures(generator, 5, [1]),
            signatures(generator, 5, []),
            signatures(generator, 5, [1, 4]),
        )
        numbers = np.array([10, 20, 30, 40, 50])
        found = band_entries(sketches(copy, terms, facts), numbers)
        wanted = []
        for view, signed in (("copy", copy), ("terms", terms), ("facts", facts)):
            rows, bands = BANDS[view]
            for place in range(5):
                if signed[place, 0] == EMPTY:
                    continue
                keys = band_keys(signed, np.array([place]), band_columns(rows, bands))
                for kind, key in zip(BAND_KINDS[view], keys, strict=True):
                    wanted.append((kind, int(key[0]) >> (64 - BAND_KEY_BITS), int(numbers[place])))
        rows_found = zip(found.kinds.tolist(), found.keys.tolist(), found.numbers.tolist(), strict=True)
        assert sorted(rows_found) == sorted(wanted)
        assert [str(column.dtype) for column in (found.kinds, found.keys, found.numbers)] == [
            "uint8",
            "uint32",
            "int64",
        ]

    def test_of_a_view_that_is_not_kept_are_none(self) -> None:
        terms = signatures(np.random.default_rng(8), 3, [])
        found = band_entries(sketches(None, terms, None), np.arange(3))
        assert set(found.kinds.tolist()) == set(BAND_KINDS["terms"])
        assert len(band_entries(sketches(None, None, None), np.arange(0))) == 0

    def test_have_kinds_that_stay_what_they_are_on_disk(self) -> None:
        assert {"copy": range(64), "terms": range(64, 106), "facts": range(106, 190)} == BAND_KINDS
        assert (PASSAGE, QUOTED, SENTENCE, KINDS) == (190, 191, 192, 193)


class TestFilesOfTheIndex:
    def test_that_are_not_listed_are_removed_and_no_others(self, tmp_path: Path) -> None:
        for name in ("rows-00000", "rows-00001", "postings-00000001", "postings-00000002", "notes.txt", "rows-x"):
            (tmp_path / name).write_bytes(b"")
        assert remove_unlisted(tmp_path, ["postings-00000002"], {"rows-00001"}) == ("postings-00000001", "rows-00000")
        left = sorted(path.name for path in tmp_path.iterdir())
        assert left == ["notes.txt", "postings-00000002", "rows-00001", "rows-x"]
        assert remove_unlisted(tmp_path, left, left) == ()
