"""One writer at a time, over processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from newsdedup.errors import StoreLockedError
from newsdedup.store.lock import WriterLock
from newsdedup.store.writer import Writer
from store_sets import NOW, PARAMETERS, batch, numbered

HOLDER = """
import sys, time
from pathlib import Path
from newsdedup.store.lock import WriterLock
lock = WriterLock(Path(sys.argv[1]), "news.store", 0)
print("held", flush=True)
sys.stdin.read()
"""


def held(path: Path) -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    return child


class TestTheLock:
    def test_of_another_process_is_told_with_its_number(self, tmp_path: Path) -> None:
        with held(tmp_path / "lock") as child:
            for seconds in (0.0, 0.06):
                with pytest.raises(StoreLockedError, match=rf"process {child.pid}\).*--lock-timeout TIME ") as caught:
                    WriterLock(tmp_path / "lock", "news.store", seconds)
                assert caught.value.exit_code == 75
            child.kill()

    def test_is_free_when_its_holder_was_killed_and_the_file_stays(self, tmp_path: Path) -> None:
        with held(tmp_path / "lock") as child:
            child.kill()
        inode = (tmp_path / "lock").stat().st_ino
        WriterLock(tmp_path / "lock", "news.store", 0).close()
        assert (tmp_path / "lock").stat().st_ino == inode

    def test_is_waited_for(self, tmp_path: Path) -> None:
        first = WriterLock(tmp_path / "lock", "news.store", 0)
        threading.Timer(0.1, first.close).start()
        WriterLock(tmp_path / "lock", "news.store", 60).close()

    def test_is_not_inherited(self, tmp_path: Path) -> None:
        lock = WriterLock(tmp_path / "lock", "news.store", 0)
        assert not os.get_inheritable(lock._descriptor)
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False) as child:
            lock.close()
            WriterLock(tmp_path / "lock", "news.store", 60).close()  # the child lets go of it while it starts
            child.kill()

    @pytest.mark.parametrize("seconds", [-1.0, float("nan")])
    def test_is_not_waited_for_less_than_nothing(self, tmp_path: Path, seconds: float) -> None:
        with pytest.raises(ValueError, match="lock_timeout_seconds"):
            WriterLock(tmp_path / "lock", "news.store", seconds)


def test_a_store_has_one_writer_and_any_readers(tmp_path: Path) -> None:
    path = tmp_path / "news.store"
    with Writer.open(path, PARAMETERS, now=NOW, lock_timeout_seconds=0) as writer:
        with pytest.raises(StoreLockedError, match=r"news\.store: another run"):
            Writer.open(path, PARAMETERS, now=NOW, lock_timeout_seconds=0)
        writer.add(batch(numbered(0, 1)))
    with Writer.open(path, PARAMETERS, now=NOW, lock_timeout_seconds=0) as writer:
        assert len(writer) == 1


def test_a_store_that_is_refused_is_not_left_locked(tmp_path: Path) -> None:
    path = tmp_path / "news.store"
    path.write_bytes(b"something else")
    for _ in range(2):
        with pytest.raises(Exception, match="not a store"):
            Writer.open(path, PARAMETERS, now=NOW, lock_timeout_seconds=0)
