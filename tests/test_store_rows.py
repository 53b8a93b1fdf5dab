"""Rows: what is written at a number is read at that number, and a file that is not whole is refused."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from newsdedup.errors import StoreError
from newsdedup.store.rows import ROW, ROWS_A_FILE, Rows, row_files


def made(numbers: NDArray[np.int64], salt: int = 0) -> NDArray[np.void]:
    """Rows whose every field follows from the number."""
    rows = np.zeros(numbers.size, dtype=ROW)
    for place, name in enumerate(ROW.names or ()):
        values = numbers * 7 + place + salt
        shape = rows[name].shape
        rows[name] = (values[:, None] + np.arange(shape[1]) if len(shape) > 1 else values) % 251
    return rows


def whole(*parts: list[int]) -> NDArray[np.int64]:
    return np.array([number for part in parts for number in part], dtype=np.int64)


class TestRows:
    def test_are_read_in_the_order_asked_and_as_often(self, tmp_path: Path) -> None:
        numbers = whole([1, 2, 3], [10, 11], [ROWS_A_FILE - 1, ROWS_A_FILE, ROWS_A_FILE + 5], [3 * ROWS_A_FILE])
        Rows(tmp_path).write(numbers, made(numbers))
        asked = np.random.default_rng(5).choice(numbers, 50)
        found = Rows(tmp_path).take(asked)
        assert found.dtype == ROW
        np.testing.assert_array_equal(found, made(asked))

    def test_none_are_none(self, tmp_path: Path) -> None:
        nothing = whole()
        Rows(tmp_path).write(nothing, made(nothing))
        assert Rows(tmp_path).take(nothing).shape == (0,)
        assert list(tmp_path.iterdir()) == []

    def test_appended_since_are_seen_by_who_has_the_file_open(self, tmp_path: Path) -> None:
        reader, writer = Rows(tmp_path), Rows(tmp_path)
        writer.write(whole([1, 2]), made(whole([1, 2])))
        np.testing.assert_array_equal(reader.take(whole([2])), made(whole([2])))
        writer.write(whole([3]), made(whole([3])))
        np.testing.assert_array_equal(reader.take(whole([3, 1])), made(whole([3, 1])))

    def test_of_a_file_made_anew_are_not_those_of_the_old_one(self, tmp_path: Path) -> None:
        reader = Rows(tmp_path)
        reader.write(whole([1, 2]), made(whole([1, 2])))
        reader.take(whole([2]))
        kept = (tmp_path / "rows-00000").rename(tmp_path / "old")  # kept, so that its inode is not given again
        Rows(tmp_path).write(whole([1, 2]), made(whole([1, 2]), salt=9))
        np.testing.assert_array_equal(reader.take(whole([2])), made(whole([2]), salt=9))
        assert kept.exists()

    def test_left_by_a_killed_run_are_overwritten(self, tmp_path: Path) -> None:
        rows = Rows(tmp_path)
        rows.write(whole([1, 2, 3]), made(whole([1, 2, 3]), salt=100))
        rows.write(whole([2]), made(whole([2])))
        np.testing.assert_array_equal(rows.take(whole([2])), made(whole([2])))
        np.testing.assert_array_equal(rows.take(whole([1, 3])), made(whole([1, 3]), salt=100))

    def test_have_the_same_bytes_whatever_stood_between_the_fields(self, tmp_path: Path) -> None:
        numbers = whole([0, 1])
        dirty = np.full(2 * ROW.itemsize, 0xFF, dtype=np.uint8).view(ROW)
        for name in ROW.names or ():
            dirty[name] = made(numbers)[name]
        (tmp_path / "a").mkdir()
        (tmp_path / "b").mkdir()
        Rows(tmp_path / "a").write(numbers, made(numbers))
        Rows(tmp_path / "b").write(numbers, dirty)
        assert (tmp_path / "a/rows-00000").read_bytes() == (tmp_path / "b/rows-00000").read_bytes()

    def test_take_a_multiple_of_eight_bytes(self) -> None:
        assert ROW.itemsize % 8 == 0
        assert ROW.itemsize < 1600

    @pytest.mark.parametrize("numbers", [whole([2, 1]), whole([1, 1]), whole([1])])
    def test_of_numbers_that_do_not_rise_or_fit_are_not_written(
        self, tmp_path: Path, numbers: NDArray[np.int64]
    ) -> None:
        with pytest.raises(ValueError, match="numbers"):
            Rows(tmp_path).write(numbers, made(whole([1, 2])))


class TestAFileOfRows:
    def test_holds_so_many_numbers(self) -> None:
        assert row_files(whole([0, ROWS_A_FILE - 1])) == {"rows-00000"}
        assert row_files(whole([5 * ROWS_A_FILE, 1, 5 * ROWS_A_FILE + 1])) == {"rows-00000", "rows-00005"}
        assert row_files(whole()) == frozenset()

    def test_that_is_cut_short_is_refused_in_one_line(self, tmp_path: Path) -> None:
        rows, path = Rows(tmp_path), tmp_path / "rows-00000"
        rows.write(whole([0, 1, 2]), made(whole([0, 1, 2])))
        os.truncate(path, 3 * ROW.itemsize - 1)
        np.testing.assert_array_equal(rows.take(whole([0, 1])), made(whole([0, 1])))
        with pytest.raises(StoreError) as caught:
            rows.take(whole([1, 2]))
        assert_tells(caught.value, path, "cut short")

    def test_that_is_missing_is_refused_in_one_line(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError) as caught:
            Rows(tmp_path).take(whole([ROWS_A_FILE]))
        assert_tells(caught.value, tmp_path / "rows-00001", "No such file")

    def test_that_cannot_be_written_is_said_in_one_line(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(*_: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(StoreError, match=r"rows-00000: cannot be written: No space left on device; .*run again"):
            Rows(tmp_path).write(whole([1]), made(whole([1])))

    def test_is_written_whole_where_the_system_takes_a_part_at_a_time(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pwrite = os.pwrite
        monkeypatch.setattr(os, "pwrite", lambda file, data, at: pwrite(file, data[:1000], at))
        Rows(tmp_path).write(whole([1, 2, 4]), made(whole([1, 2, 4])))
        np.testing.assert_array_equal(Rows(tmp_path).take(whole([1, 2, 4])), made(whole([1, 2, 4])))


def assert_tells(error: StoreError, path: Path, why: str) -> None:
    """One line that names the file, what is wrong and the ways out."""
    said = str(error)
    assert said.startswith(f"{path}: ")
    assert why in said
    assert "\n" not in said
    assert "newsdedup store verify FILE" in said
    assert "newsdedup store migrate FILE" in said
