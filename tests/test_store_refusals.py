"""What is no store, or cannot be used, is refused in one line that names the way out."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from newsdedup.errors import StoreError
from newsdedup.store.nouns import KeepText
from newsdedup.store.reader import Reader
from newsdedup.store.writer import Writer
from store_sets import NOW, PARAMETERS, article, batch, numbered


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with two articles, in a folder whose name is none for a URI."""
    odd = tmp_path / "100% odd? #1"
    odd.mkdir()
    with Writer.open(odd / "news.store", PARAMETERS, now=NOW, lock_timeout_seconds=0) as writer:
        writer.add(batch(numbered(0, 400)))
    return odd / "news.store"


def write(path: Path, **other: object) -> None:
    values = {"parameters": PARAMETERS, "keep_text": None} | other
    Writer.open(path, values["parameters"], values["keep_text"], now=NOW, lock_timeout_seconds=0).close()  # type: ignore[arg-type]


def read(path: Path) -> None:
    with Reader.open(path, PARAMETERS) as reader:
        reader.articles(range(400))


def changed(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def set_bytes(place: int, data: bytes) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(place)
            file.write(data)

    return spoil


def foreign(path: Path) -> None:
    path.unlink()
    changed(path, "CREATE TABLE articles (a)")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def spoil_pages(path: Path) -> None:
    set_bytes(8192 + 200, os.urandom(8) * 1000 * (path.stat().st_size // 8192 - 2))(path)


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "a text file": (lambda path: path.write_text("news\n" * 50, encoding="utf-8"), "not a store"),
    "an overwritten beginning": (set_bytes(0, b"\0" * 16), "not a store, or its beginning is overwritten"),
    "a foreign SQLite file": (foreign, "an SQLite file, but not a store"),
    "an older schema": (lambda path: changed(path, "PRAGMA user_version = 0"), "older schema.*store migrate"),
    "a newer schema": (lambda path: changed(path, "PRAGMA user_version = 2"), "newer schema.*newer newsdedup"),
    "a cut file": (half, "cut short.*backup"),
    "a stub": (lambda path: os.truncate(path, 50), "cut short"),
    "overwritten pages": (spoil_pages, "damaged.*store verify.*backup"),
    "no parameters": (lambda path: changed(path, "UPDATE meta SET value = 'x' WHERE key = 'parameters'"), "damaged"),
    "no keep_text": (lambda path: changed(path, "DELETE FROM meta WHERE key = 'keep_text'"), "damaged"),
    "no postings": (
        lambda path: next(path.parent.rglob("postings-*")).unlink(),
        "postings-00000001.*store verify",
    ),
    "cut postings": (lambda path: half(next(path.parent.rglob("postings-*"))), "postings-00000001"),
    "no index": (lambda path: shutil.rmtree(path.with_name("news.store-index")), "postings-00000001"),
    "a folder": (folder, "a folder; name a file"),
    "no folder": (lambda path: shutil.rmtree(path.parent), "its folder is not there"),
}  # fmt: skip


@pytest.mark.parametrize("label", SPOILT)
@pytest.mark.parametrize("use", [read, write])
def test_what_is_no_sound_store_is_refused(path: Path, label: str, use: Callable[[Path], None]) -> None:
    spoil, told = SPOILT[label]
    spoil(path)
    with pytest.raises(StoreError, match=told) as caught:
        use(path)
    assert caught.value.exit_code == 4
    assert "\n" not in str(caught.value)
    assert "news.store" in str(caught.value)


def test_a_sound_store_is_taken_under_any_name(path: Path) -> None:
    read(path)
    write(path)
    (path.parent.parent / "link").symlink_to(path)
    read(path.parent.parent / "link")


def test_other_parameters_are_refused_with_the_difference(path: Path) -> None:
    other = {**PARAMETERS, "views": "copy,terms"}
    for use in (lambda: write(path, parameters=other), lambda: Reader.open(path, other)):
        with pytest.raises(StoreError, match=r"views: copy there, copy,terms here.*store migrate .*--views") as caught:
            use()
        assert str(path) in str(caught.value)
    Reader.open(path, None).close()


def test_another_keep_text_is_refused(path: Path) -> None:
    write(path, keep_text=KeepText.FULL)
    with pytest.raises(StoreError, match="keeps texts as --keep-text full, not none"):
        write(path, keep_text=KeepText.NONE)


def test_a_store_that_is_not_there_is_made_by_a_writer_with_parameters_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.store"
    with pytest.raises(StoreError, match=r"no such store.*newsdedup ingest"):
        Reader.open(path, None)
    with pytest.raises(StoreError, match="no such store"):
        write(path, parameters=None)
    assert list(tmp_path.iterdir()) == []
    write(path, keep_text=KeepText.NONE)
    with Reader.open(path, PARAMETERS) as reader:
        assert (reader.keep_text, len(reader)) == (KeepText.NONE, 0)


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    path = tmp_path / "new.store"
    path.touch()
    write(path)
    read_back = Reader.open(path, PARAMETERS)
    read_back.close()


def test_what_is_left_of_a_store_is_not_built_upon(path: Path) -> None:
    path.unlink()
    with pytest.raises(StoreError, match=r"not there, but news\.store-index of it; put it back from a backup"):
        write(path)


def test_a_damaged_record_is_named(path: Path) -> None:
    changed(path, "UPDATE records SET record = zeroblob(60) WHERE number = 3")
    with Reader.open(path, None) as reader:
        assert reader.articles([2]) == [article(2)]
        for take in (reader.articles, reader.packed):
            with pytest.raises(StoreError, match=r"record of article 3.*store verify.*backup"):
                take([3])
        with pytest.raises(StoreError, match="no article 999"):
            reader.articles([999])


@pytest.mark.skipif(os.geteuid() == 0, reason="allowed-skip: root writes everywhere")
def test_a_store_that_may_not_be_written_is_refused(path: Path) -> None:
    path.chmod(0o444)
    with pytest.raises(StoreError, match="cannot be written"):
        write(path)
    path.chmod(0o644)
    path.parent.chmod(0o555)
    try:
        read(path)
        path.with_name("news.store.lock").chmod(0o444)
        with pytest.raises(StoreError, match=r"news\.store\.lock cannot be opened or written"):
            write(path)
    finally:
        path.parent.chmod(0o755)


def pipe(path: Path) -> None:
    os.mkfifo(path)


UNFIT: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "a pipe": ("x", pipe, "no regular file"),
    "a link to nothing": ("x", lambda path: path.symlink_to("nothing"), "a link to what is not there"),
    "a link to itself": ("x", lambda path: path.symlink_to(path), "a link to what is not there"),
    "a folder for a lock": ("x.lock", Path.mkdir, r"its x\.lock is no regular file"),
    "a link to nothing for a lock": ("x.lock", lambda path: path.symlink_to("nothing"), r"its x\.lock is no regular"),
    "a folder for what is being made": ("x.new", Path.mkdir, r"its x\.new is no regular file"),
    "a file for the index": ("x-index", Path.touch, "x-index is not the folder"),
    "a link to nothing for the index": ("x-index", lambda path: path.symlink_to("nothing"), "x-index is not the"),
}


@pytest.mark.parametrize("label", UNFIT)
def test_what_can_be_no_file_of_a_store_is_left_as_it_is(tmp_path: Path, label: str) -> None:
    name, made, told = UNFIT[label]
    made(tmp_path / name)
    before = (tmp_path / name).lstat()
    for use in (write, read):
        with pytest.raises(StoreError, match=told):
            use(tmp_path / "x")
    assert list(tmp_path.iterdir()) == [tmp_path / name]
    after = (tmp_path / name).lstat()
    assert (after.st_ino, after.st_mode, after.st_mtime_ns) == (before.st_ino, before.st_mode, before.st_mtime_ns)
