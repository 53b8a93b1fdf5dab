"""Whatever ends a run, what was acknowledged is there and nothing is torn."""

from __future__ import annotations

import errno
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsdedup.errors import StoreError
from newsdedup.store import database
from newsdedup.store.checking import verify
from newsdedup.store.database import Database
from newsdedup.store.nouns import MatchRow
from newsdedup.store.paths import store_files
from newsdedup.store.reader import Reader
from newsdedup.store.writer import Writer
from store_sets import NOW, PARAMETERS, article, batch, numbered

CHILD = """
import resource, signal, sys
import numpy as np
from store_sets import NOW, PARAMETERS, arrival, batch
from newsdedup.errors import StoreError
from newsdedup.store.nouns import MatchRow
from newsdedup.store.writer import Writer

def ended(number, frame):
    raise SystemExit(143)

signal.signal(signal.SIGTERM, ended)
path, limit, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    with Writer.open(path, PARAMETERS, now=NOW, lock_timeout_seconds=5) as writer:
        for _ in range(400):
            first = writer.next_number
            noise = np.random.default_rng(first).bytes(size)
            pair = MatchRow(left=0, right=first + 2, verdict="copy", score=1.0, pair=b"{}", told=None)
            writer.add(batch([arrival(first + each, sentences=noise) for each in range(3)], matches=[pair]))
            print(first + 3, flush=True)
            writer.merge()
except StoreError as error:
    print(error, flush=True)
    sys.exit(4)
"""


def child(path: Path, *, limit: int = 0, size: int = 10) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(limit), str(size)],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)},
    )


def assert_whole(path: Path, least: int) -> int:
    """The store is sound and holds at least so many articles, and batches in whole; returns how many."""
    assert verify(path) == []
    with Reader.open(path, PARAMETERS) as reader:
        count = len(reader)
        assert count >= least
        assert count == reader.next_number == 3 * len(reader.all_matches())
        assert reader.articles([0, count - 1]) == [article(0), article(count - 1)]
    return count


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_is_ended_at_any_moment_loses_nothing_acknowledged(path: Path, ending: signal.Signals) -> None:
    chance = random.Random(ending)  # noqa: S311 - not for secrets
    count = 0
    for _ in range(2):
        with child(path) as process:
            assert process.stdout is not None
            for _ in range(chance.randrange(1, 12)):
                acknowledged = int(process.stdout.readline())
            time.sleep(chance.uniform(0, 0.02))
            process.send_signal(ending)
            acknowledged = max([acknowledged, *map(int, process.stdout.read().split())])
        assert process.returncode == (-9 if ending is signal.SIGKILL else 143)
        assert acknowledged > count
        count = assert_whole(path, acknowledged)
        assert count - acknowledged in (0, 3)
    left = [each.name for each in path.with_name("news.store-index").iterdir()]
    with Writer.open(path, PARAMETERS, now=NOW, lock_timeout_seconds=0) as writer:
        listed = [each.name for each in writer.segments.listed()]
    kept = sorted(each.name for each in path.with_name("news.store-index").iterdir())
    assert kept == sorted([*listed, "rows-00000"])
    assert set(kept) <= set(left)


@pytest.mark.parametrize(
    ("limit", "size"),
    [pytest.param(400_000, 10, id="many small articles"), pytest.param(400_000, 20_000, id="few large ones")],
)
def test_a_full_disk_stops_a_run_and_loses_nothing(path: Path, limit: int, size: int) -> None:
    with child(path, limit=limit, size=size) as process:
        assert process.stdout is not None
        *acknowledged, told = process.stdout.read().splitlines()
    assert process.returncode == 4
    assert "news.store" in told
    assert "nothing of this batch was added" in told
    assert "run again" in told
    assert_whole(path, int(acknowledged[-1]))
    with child(path) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) == int(acknowledged[-1]) + 3
        process.kill()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with one batch of three."""
    path = tmp_path / "news.store"
    with Writer.open(path, PARAMETERS, now=NOW, lock_timeout_seconds=0) as writer:
        writer.add(of_three(0))
    return path


READING = """
import resource, sys
from newsdedup.errors import StoreError
from newsdedup.store.info import info
from newsdedup.store.paths import store_files
from newsdedup.store.reader import Reader

resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    with Reader.open(sys.argv[1], None) as reader:
        print(len(reader.articles([0, 2])), info(sys.argv[1], 0.0).articles)
except StoreError as error:
    print(error)
"""


def read_where_nothing_can_be_written(path: Path) -> str:
    found = subprocess.run(
        [sys.executable, "-c", READING, str(path)], capture_output=True, encoding="utf-8", check=True
    )
    return found.stdout.strip()


def test_a_store_is_read_on_a_full_disk(path: Path) -> None:
    assert read_where_nothing_can_be_written(path) == "2 3"


def test_where_it_cannot_be_read_on_a_full_disk_there_is_no_word_of_a_batch(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.with_name("news.store-wal").write_bytes(b"left by a run that was killed")
    assert read_where_nothing_can_be_written(path) == (
        f"{path}: the disk could not be read or written; see that it has room and is sound, and run again"
    )
    monkeypatch.setattr(database, "_is_full", lambda files: True)
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    told = r"news\.store: no room on the disk; make room and run again$"
    with pytest.raises(StoreError, match=told), database.refusals(store_files(path)):
        raise error


def of_three(first: int) -> Any:
    pair = MatchRow(left=0, right=first + 2, verdict="copy", score=1.0, pair=b"{}", told=None)
    return batch(numbered(first, first + 3), matches=[pair])


def failing(place: int, error: BaseException, real: Callable[..., Any]) -> Callable[..., Any]:
    """A function that raises at its call of that place, once."""
    calls = iter(range(10_000))

    def call(*values: Any, **named: Any) -> Any:
        if next(calls) == place:
            raise error
        return real(*values, **named)

    return call


@pytest.mark.parametrize(
    ("step", "error", "told"),
    [
        (
            (os, "pwrite"),
            OSError(errno.ENOSPC, "No space left on device"),
            "no room on the disk; nothing of this",
        ),
        ((os, "fsync"), OSError(errno.EDQUOT, "Disk quota exceeded"), "no room on the disk; nothing of this"),
        ((os, "fsync"), OSError(errno.EIO, "Input/output error"), "Input/output error"),
        ((Database, "run"), KeyboardInterrupt(), ""),
        ((Database, "many"), KeyboardInterrupt(), ""),
        ((Path, "open"), KeyboardInterrupt(), ""),
    ],
)
def test_an_error_at_any_step_of_a_batch_leaves_the_store_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: tuple[object, str], error: BaseException, told: str
) -> None:
    owner, name = step
    for place in range(100):
        with Writer.open(path, PARAMETERS, now=NOW, lock_timeout_seconds=0) as writer:
            first = writer.next_number
            files = sorted(path.with_name("news.store-index").iterdir())
            with monkeypatch.context() as patch:
                patch.setattr(owner, name, failing(place, error, getattr(owner, name)))
                try:
                    writer.add(of_three(first))
                except (StoreError, KeyboardInterrupt) as raised:
                    assert told in str(raised)
                    assert "\n" not in str(raised)
                else:
                    break
            if len(writer) == first:  # else the signal came after the transaction
                assert sorted(path.with_name("news.store-index").iterdir()) == files
        assert_whole(path, first)
    assert place > 0
    assert place < 99


def test_an_error_while_merging_leaves_the_store_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Writer.open(path, PARAMETERS, now=NOW, lock_timeout_seconds=0) as writer:
        for first in (3, 6, 9):
            writer.add(of_three(first))
    for owner, name in ((os, "pwrite"), (os, "fsync"), (Database, "run"), (Path, "unlink")):
        for place in range(100):
            with (
                Writer.open(path, PARAMETERS, now=NOW, lock_timeout_seconds=0) as writer,
                monkeypatch.context() as patch,
            ):
                patch.setattr(owner, name, failing(place, KeyboardInterrupt(), getattr(owner, name)))
                try:
                    writer.merge()
                except KeyboardInterrupt:
                    pass
                else:
                    break
            assert_whole(path, 12)


@pytest.mark.parametrize("place", range(4))
def test_a_store_whose_making_was_ended_is_made_at_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    path = tmp_path / "news.store"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing(place % 3, KeyboardInterrupt(), os.fsync))
        patch.setattr(Path, "replace", failing(place % 2, KeyboardInterrupt(), Path.replace))
        try:
            Writer.open(path, PARAMETERS, now=NOW, lock_timeout_seconds=0).close()
        except KeyboardInterrupt:
            assert not path.with_name("news.store.new").exists()
    with Writer.open(path, PARAMETERS, now=NOW, lock_timeout_seconds=0) as writer:
        writer.add(of_three(0))
    assert_whole(path, 3)
