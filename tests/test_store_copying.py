"""A backup is a store, as the other was at one moment."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from newsdedup.errors import StoreError, StoreLockedError
from newsdedup.store import copying
from newsdedup.store.checking import verify
from newsdedup.store.copying import backup
from newsdedup.store.nouns import MatchRow
from newsdedup.store.reader import Reader
from newsdedup.store.rows import ROW
from newsdedup.store.writer import Writer
from store_sets import NOW, PARAMETERS, article, batch, entries_of, numbered, row_set

KILLED = """
import os, signal, sys
from pathlib import Path
from newsdedup.store.copying import backup

rename, left = Path.rename, int(sys.argv[3])

def renamed(self, target):
    global left
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    found = rename(self, target)
    if not left and sys.argv[3] == "2":
        os.kill(os.getpid(), signal.SIGKILL)
    return found

Path.rename = renamed
backup(sys.argv[1], sys.argv[2])
"""


def opened(path: Path) -> Writer:
    return Writer.open(path, PARAMETERS, now=NOW, lock_timeout_seconds=0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "news.store"
    with opened(path) as writer:
        for start in range(0, 15, 3):
            pair = MatchRow(left=0, right=start + 2, verdict="copy", score=1.0, pair=b"{}", told=None)
            writer.add(batch(numbered(start, start + 3), matches=[pair]))
        writer.merge()
    return path


def test_a_backup_is_a_store_of_its_own(path: Path) -> None:
    target = path.with_name("copy.store")
    with (path.with_name("news.store-index") / "rows-00000").open("ab") as rows:
        rows.write(b"x" * 100_000)  # what another run is writing just then
    size = backup(path, target)
    assert (target.with_name("copy.store-index") / "rows-00000").stat().st_size == 15 * ROW.itemsize
    made = [target, *target.with_name("copy.store-index").iterdir()]
    assert size == sum(each.stat().st_size for each in made)
    assert sorted(each.name for each in path.parent.iterdir() if "copy" in each.name) == [
        "copy.store",
        "copy.store-index",
    ]
    assert verify(target) == []
    with opened(target) as writer:
        writer.add(batch(numbered(15, 18)))
        assert writer.articles([0, 16]) == [article(0), article(16)]
        assert (writer.rows([4, 17]) == row_set([4, 17])).all()
        asked = entries_of(row_set(range(18)), range(18))
        assert set(writer.holders(asked.kinds, asked.keys, most=9)[1].tolist()) == set(range(18))
        assert len(writer.all_matches()) == 5
    with Reader.open(path, None) as reader:
        assert len(reader) == 15


def test_a_backup_is_made_while_the_store_is_written_to(path: Path, tmp_path: Path) -> None:
    done = threading.Event()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            with opened(path) as writer:
                while not done.is_set():
                    first = writer.next_number
                    pair = MatchRow(left=0, right=first + 2, verdict="copy", score=1.0, pair=b"{}", told=None)
                    writer.add(batch(numbered(first, first + 3), matches=[pair]))
                    writer.merge()
        except BaseException as error:  # told below
            failures.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(6):
            target = tmp_path / f"copy{number}.store"
            backup(path, target)
            assert verify(target) == []
            with Reader.open(target, PARAMETERS) as reader:
                assert len(reader) == reader.next_number == 3 * len(reader.all_matches())
    finally:
        done.set()
        thread.join()
    assert failures == []
    assert verify(path) == []


@pytest.mark.parametrize(
    "name", ["news.store", "news.store-wal", "news.store.lock", "news.store-index/copy", "there", "no/copy"]
)
def test_a_target_that_is_there_or_of_the_store_is_refused(path: Path, name: str) -> None:
    (path.parent / "there").write_text("mine", encoding="utf-8")
    before = sorted(path.parent.rglob("*"))
    with pytest.raises(StoreError, match=r"belongs to the store|is there already|folder is not there"):
        backup(path, path.parent / name)
    assert sorted(path.parent.rglob("*")) == before
    assert (path.parent / "there").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("left", ["copy.store-index", "copy.store-wal"])
def test_what_is_left_of_another_store_is_not_overwritten(path: Path, left: str) -> None:
    path.with_name(left).mkdir()
    with pytest.raises(StoreError, match=f"{left} is there already"):
        backup(path, path.with_name("copy.store"))


@pytest.mark.parametrize("renamed", range(3))
def test_a_backup_that_was_killed_keeps_none_from_being_made(path: Path, renamed: int) -> None:
    target = path.with_name("copy.store")
    with subprocess.Popen([sys.executable, "-c", KILLED, str(path), str(target), str(renamed)]) as child:
        assert child.wait() == -9
    if renamed < 2:
        assert not target.exists()
        backup(path, target)
    assert verify(target) == []
    with pytest.raises(StoreError, match=r"copy\.store is there already"):
        backup(path, target)
    assert verify(target) == []
    assert sorted(each.name for each in path.parent.iterdir() if "copy" in each.name) == [
        "copy.store",
        "copy.store-index",
        "copy.store-shm",  # of those that verified it
        "copy.store-wal",
    ]


def test_two_backups_to_one_name_are_not_made_at_a_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = path.with_name("copy.store")

    def second(*_: object) -> None:
        with pytest.raises(StoreLockedError, match=r"copy\.store: another run"):
            backup(path, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(copying, "_copy", second)
    with pytest.raises(KeyboardInterrupt):
        backup(path, target)
    assert not [each for each in path.parent.iterdir() if "copy" in each.name]


def test_a_backup_that_fails_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(path.parent.rglob("*"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"copy\.store: no room on the disk"):
        backup(path, path.with_name("copy.store"))
    assert [each for each in sorted(path.parent.rglob("*")) if not each.name.endswith(("-wal", "-shm"))] == before
