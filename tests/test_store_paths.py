"""Which files are a store's, and where it must not stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsdedup.errors import StoreError
from newsdedup.store import database
from newsdedup.store.paths import belongs_to_store, network_file_system, store_files
from newsdedup.store.writer import Writer
from store_sets import NOW, PARAMETERS

MOUNTS = r"""22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
23 22 0:5 / /proc rw - proc proc rw
30 22 0:40 / /mnt/my\040news rw,relatime shared:9 master:2 - nfs4 server:/a rw,vers=4.2
31 22 0:41 / /mnt/win rw - cifs //server/share rw
32 22 0:42 / /home/u/ssh rw,nosuid - fuse.sshfs u@host: rw
33 31 8:1 / /mnt/win/local rw - xfs /dev/sda1 rw
34 22 0:43 / /over rw - nfs server:/b rw
35 34 8:2 / /over rw - btrfs /dev/sdb rw
36 22 0:44 / /vm rw - 9p share rw
a line of something else
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/data/news.store", None),
        ("/mnt/my news", "nfs4"),
        ("/mnt/my news/a/b", "nfs4"),
        ("/mnt/my newspapers", None),
        ("/mnt/win/x", "cifs"),
        ("/mnt/win/local/x", None),  # a local disk mounted within a network one
        ("/home/u/ssh", "fuse.sshfs"),
        ("/over/x", None),  # mounted over the network one
        ("/vm/x", "9p"),
    ],
)
def test_a_network_file_system_is_known_by_its_mount(path: str, kind: str | None) -> None:
    assert network_file_system(path, MOUNTS) == kind


def test_an_unknown_table_of_mounts_names_none() -> None:
    assert network_file_system("/a", "") is None


def test_a_store_on_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "network_under", lambda folder: "nfs4")
    with pytest.raises(StoreError, match=r"network file system \(nfs4\).*local disk"):
        Writer.open(tmp_path / "a", PARAMETERS, now=NOW, lock_timeout_seconds=0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "belongs"),
    [
        ("news.store", True),
        ("news.store-wal", True),
        ("news.store-shm", True),
        ("news.store.lock", True),
        ("news.store-index", True),
        ("news.store-index/rows-00000", True),
        ("sub/../news.store", True),
        ("link", True),
        ("linked/rows", True),
        ("news.store2", False),
        ("news.store-index2/rows", False),
        ("out.jsonl", False),
    ],
)
def test_a_path_belongs_to_the_store_under_any_name(tmp_path: Path, name: str, belongs: bool) -> None:
    (tmp_path / "link").symlink_to("news.store")
    (tmp_path / "linked").symlink_to("news.store-index")
    assert belongs_to_store(tmp_path / name, tmp_path / "news.store") is belongs
    assert belongs_to_store(tmp_path / name, tmp_path / "link") is belongs


def test_two_names_of_one_store_have_one_lock(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("news.store")
    assert store_files(tmp_path / "link").lock == store_files(tmp_path / "news.store").lock
