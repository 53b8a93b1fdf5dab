"""Hostile and broken input: every one gets its reason code, nothing hangs, nothing is lost in silence."""

from __future__ import annotations

import gzip
import io
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdedup.article import Article, Skipped
from newsdedup.loaders import LoaderParams, load_articles
from newsdedup.loaders import files as loader_files
from newsdedup.printable import printable, printable_path

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
SMALL = LoaderParams(max_bytes=1000)
GOOD = b'{"id": "%d", "text": "Body %d."}\n'


def told(items: Iterable[Article | Skipped]) -> list[str]:
    return [item.id if isinstance(item, Article) else f"{item.input} ({item.reason})" for item in items]


def skipped(items: Iterable[Article | Skipped]) -> Skipped:
    [item] = items
    assert isinstance(item, Skipped)
    return item


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Fail instead of hanging."""

    def give_up(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


CONTENTS = [
    # name, bytes, reason
    ("nul.txt", b"Text with a \0 in it", "binary"),
    ("one-nul.txt", b"x" * 900 + b"\0", "binary"),
    ("utf16-without-mark.txt", "Title\n\nBody".encode("utf-16-le"), "binary"),
    ("png.txt", b"\x89PNG\r\n\x1a\nxxxx", "binary"),
    ("jpeg.md", b"\xff\xd8\xff\xe0xxxx", "binary"),
    ("pdf.txt", b"%PDF-1.7 text", "binary"),
    ("zip.txt", b"PK\x03\x04xxxx", "binary"),
    ("gzip.txt", gzip.compress(b"Body"), "binary"),
    ("gzip.jsonl", gzip.compress(GOOD % (1, 1)), "binary"),
    ("controls.txt", bytes(range(1, 9)) * 9 + b"text", "binary"),
    ("random.txt", random.Random(1).randbytes(900).replace(b"\0", b""), "binary"),  # noqa: S311  # not for security
    ("lost.txt", ("\ufffd" * 6 + "x" * 94).encode(), "undecodable"),
    ("lost-utf16.txt", b"\xff\xfe" + b"\x00\xd8" * 10 + "text".encode("utf-16-le"), "undecodable"),
    ("utf16.jsonl", '{"text": "x"}'.encode("utf-16"), "undecodable"),
    ("nothing.txt", b"", "empty"),
    ("white.txt", " \n\t\u00a0\u3000".encode(), "empty"),
    ("mark.txt", b"\xef\xbb\xbf", "empty"),
    ("prefix.txt", b"Comments / 0 date 2021-11-23 ", "empty"),
    ("front.md", b"---\ntitle: x\n---\n", "empty"),
    ("large.txt", b"x" * 1001, "too-large"),
    ("large.md.gz", gzip.compress(b"x" * 1001), "too-large"),
    ("not-gzip.txt.gz", b"Body", "unreadable"),
    ("not-gzip.jsonl.gz", GOOD % (1, 1), "unreadable"),
    ("cut.txt.gz", gzip.compress(b"Body text")[:-6], "unreadable"),
]


@pytest.mark.parametrize(("name", "data", "reason"), CONTENTS)
def test_bad_contents(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    path = write(tmp_path / name, data)
    item = skipped(load_articles(tmp_path, params=SMALL))
    assert (item.input, item.reason) == (name, reason)
    assert item.detail.startswith(f"{path}: ") or item.detail.startswith(f"{path} after line 0: ")
    assert "\n" not in item.detail


FINE = [
    ("cap.txt", b"x" * 1000),
    ("cap.txt.gz", gzip.compress(b"x" * 1000)),
    ("lost.txt", ("\ufffd" * 5 + "x" * 95).encode()),
    ("formfeed.txt", b"Title\f\n\nBody with a bell \x07" + b"x" * 100),
    ("nul-utf16.txt", "Title\n\nBody \0".encode("utf-16")),
]


@pytest.mark.parametrize(("name", "data"), FINE)
def test_odd_contents_that_are_text(tmp_path: Path, name: str, data: bytes) -> None:
    write(tmp_path / name, data)
    [item] = load_articles(tmp_path, params=SMALL)
    assert isinstance(item, Article)
    assert "\0" not in item.text


LINES = [
    # line, reason, part of the detail
    (b"{", "bad-json", "not JSON"),
    (b'{"text": "caf\xe9"}', "bad-json", "UTF-8"),
    (b'{"text": "\\ud800"}', "bad-json", "surrogate"),
    (b'{"text": NaN}', "bad-json", "not JSON"),
    (b'{"text": "x", "n": ' + b"9" * 5000 + b"}", "bad-json", "infinity"),
    (b'{"text": "x", "id": ' + b"9" * 30 + b"}", "bad-json", "put it in quotes"),
    (b'{"text": "x", "n": ' + b"[" * 5000 + b"]" * 5000 + b"}", "bad-json", "depth"),
    (b'{"text": "x", "text": "y"}', "bad-json", 'more than one "text" field'),
    (b'{"id": 5, "text": "x", "id" : 6}', "bad-json", 'more than one "id" field'),
    (b'{"text":"x","text":1,"n":' + b"[" * 1000 + b"]" * 1000 + b"}", "bad-json", "nested too deep"),
    (b'{"title": "x"}', "no-text", 'a.jsonl line 2: no "text" field; map it with --map text=FIELD'),
    (b'{"id": "n", "text": 3}', "no-text", 'the "text" field is not a string'),
    (b'["text"]', "no-text", "not an object"),
    (b'"text"', "no-text", "not an object"),
    (b"null", "no-text", "not an object"),
    (b'{"text": " \\n\\u00a0"}', "empty", "holds no text"),
    (b'{"text": ""}', "empty", "holds no text"),
    (b'{"text": "date 2021-11-23 "}', "empty", "holds no text"),
    (b'{"text": "\\ufffd\\ufffd text"}', "undecodable", "damaged"),
    (b'{"text": "' + b"x" * 70_000 + b'"}', "too-large", "--max-bytes"),
    (b'{"text": "' + b"x" * 1_000_000 + b'"}', "too-large", "--max-bytes"),
]


@pytest.mark.parametrize(("line", "reason", "detail"), LINES)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_bad_line_is_skipped_and_the_next_one_is_read(
    tmp_path: Path, line: bytes, reason: str, detail: str, end: bytes
) -> None:
    path = write(tmp_path / "a.jsonl", end.join([GOOD.strip() % (1, 1), line, b" ", GOOD.strip() % (3, 3)]))
    first, bad, last = load_articles(tmp_path, params=LoaderParams(max_bytes=20_000))
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert (first.id, last.id, last.place) == ("1", "3", f"{path} line 4")
    assert isinstance(bad, Skipped)
    assert (bad.input, bad.reason) == ("a.jsonl#2", reason)
    assert bad.detail.startswith(f"{path} line 2: ")
    assert detail in bad.detail


def test_keys_inside_strings_and_inner_objects_do_not_repeat(tmp_path: Path) -> None:
    record = b'{"id": "text", "text": "the \\"text\\": \\"id\\"", "inner": {"text": 1, "id": 2, "text": 3}}\n'
    write(tmp_path / "a.jsonl", record)
    assert told(load_articles(tmp_path)) == ["text"]


def test_longest_line_is_counted_without_its_end(tmp_path: Path) -> None:
    line = b'{"text": "' + b"x" * 988 + b'"}'
    assert len(line) == 1000
    write(tmp_path / "a.jsonl", line + b"\n" + line.replace(b"xx", b"xxx", 1) + b"\n" + line)
    assert told(load_articles(tmp_path, params=SMALL)) == ["a.jsonl#1", "a.jsonl#2 (too-large)", "a.jsonl#3"]


@settings(max_examples=150, deadline=None)
@given(
    data=st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([b"\n", b"{", b'"text":"x"', b"}", b"[", b","])))
)
def test_no_bytes_make_the_readers_fail(data: list[bytes]) -> None:
    for form in ("auto", "txt", "jsonl"):
        for item in load_articles("-", stdin=io.BytesIO(b"".join(data)), params=LoaderParams(stdin_format=form)):
            if isinstance(item, Article):
                assert item.text.strip()
                assert "\0" not in item.text
                f"{item.id}{item.title}{item.text}{item.published}".encode()
            else:
                assert item.reason
                f"{item.input}{item.detail}".encode()


def test_text_without_nul_whatever_json_escapes(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", b'{"id": "a\\u0000b", "title": "c\\u0000d", "text": "e\\u0000f"}\n')
    [item] = load_articles(tmp_path)
    assert isinstance(item, Article)
    assert (item.title, item.text) == ("c d", "e f")
    assert "\0" not in item.id


def test_huge_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(1 << 40)
    monkeypatch.setattr(loader_files, "read_capped", lambda *_: pytest.fail("it was read"))
    assert told(load_articles(tmp_path)) == ["a.txt (too-large)"]


def test_file_that_grew_after_it_was_measured_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.txt", b"Body.")
    real = os.fstat

    def measure_then_grow(fd: int) -> os.stat_result:
        status = real(fd)
        path.write_bytes(b"x" * 5000)
        return status

    monkeypatch.setattr(os, "fstat", measure_then_grow)
    item = skipped(load_articles(path, params=SMALL))
    assert (item.reason, "more than 1,000 bytes" in item.detail) == ("too-large", True)


def test_file_written_to_while_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.txt", b"Body.")
    real, writes = loader_files.read_capped, [b" One.", b" Two."]

    def read_and_append(stream: BinaryIO, max_bytes: int) -> bytes:
        data = real(stream, max_bytes)
        if writes:
            with path.open("ab") as file:
                file.write(writes.pop())
        return data

    monkeypatch.setattr(loader_files, "read_capped", read_and_append)
    assert told(load_articles(tmp_path)) == ["a.txt (changing)"]
    writes.append(b" Three.")  # once only: the second attempt reads it whole
    [item] = load_articles(tmp_path)
    assert isinstance(item, Article)
    assert item.text == "Body. Two. One. Three."


BOMB = """
import re, sys
from pathlib import Path
from newsdedup.loaders import load_articles
items = list(load_articles(sys.argv[1]))
# Not ru_maxrss, which begins at the peak of the process that started this one.
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))[1]
print([getattr(item, "reason", "article") for item in items], peak)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="allowed-skip: reads /proc")
@pytest.mark.parametrize("name", ["bomb.txt.gz", "bomb.jsonl.gz"])
def test_gzip_bomb_is_too_large_in_bounded_memory(tmp_path: Path, name: str) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = b" " * (1 << 20)
    data = b"".join([packer.compress(zeros) for _ in range(300)]) + packer.flush()
    assert len(data) < 320_000
    write(tmp_path / name, data)
    with at_most(60):
        done = subprocess.run(
            [sys.executable, "-c", BOMB, str(tmp_path)],
            capture_output=True,
            encoding="utf-8",
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    reasons, _, peak_kilobytes = done.stdout.strip().rpartition(" ")
    assert reasons == ("['too-large']" if "txt" in name else "['too-large', 'too-large']")
    assert int(peak_kilobytes) < 160_000  # 20 MB cap, twice for the buffer that grows, and the interpreter


def test_small_compressed_file_cannot_pass_the_cap(tmp_path: Path) -> None:
    bomb = gzip.compress(b"\n" * 1_000_000)
    assert len(bomb) < 1100
    write(tmp_path / "a.jsonl.gz", bomb)
    item = skipped(load_articles(tmp_path, params=SMALL))
    assert (item.input, item.reason) == ("a.jsonl.gz", "too-large")
    assert "300 times its size" in item.detail


def test_feed_of_one_article_repeated_is_no_bomb(tmp_path: Path) -> None:
    body = "".join(chr(97 + random.Random(i).randrange(26)) for i in range(3000))  # noqa: S311  # not for security
    data = gzip.compress(b"".join(b'{"id": %d, "text": "%s"}\n' % (i, body.encode()) for i in range(3000)))
    write(tmp_path / "a.jsonl.gz", data)
    assert len(told(load_articles(tmp_path, params=LoaderParams(max_bytes=10_000)))) == 3000


@pytest.mark.parametrize("damage", ["cut", "flipped", "trailing"])
def test_damaged_gzip_keeps_what_was_read_before(tmp_path: Path, damage: str) -> None:
    rng = random.Random(7)  # noqa: S311  # not for security
    plain = b"".join(b'{"id": "%d", "text": "%s"}\n' % (i, rng.randbytes(400).hex().encode()) for i in range(1000))
    data = bytearray(gzip.compress(plain))
    if damage == "cut":
        del data[len(data) // 2 :]
    elif damage == "flipped":
        data[len(data) // 2 : len(data) // 2 + 40] = b"\xff" * 40
    else:
        data += b"garbage after the end"
    write(tmp_path / "a.jsonl.gz", bytes(data))
    items = list(load_articles(tmp_path))
    assert told(items)[-1] == "a.jsonl.gz (unreadable)"
    before = [item for item in items if isinstance(item, Article)]
    assert len(before) == 1000 if damage == "trailing" else 300 < len(before) < 600
    assert isinstance(items[-1], Skipped)
    assert f"after line {len(items) - 1}: " in items[-1].detail


def test_empty_gzip_files_and_several_members(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl.gz", gzip.compress(GOOD % (1, 1)) + gzip.compress(GOOD % (2, 2)))
    write(tmp_path / "b.txt.gz", gzip.compress(b""))
    assert told(load_articles(tmp_path)) == ["1", "2", "b.txt.gz (empty)"]


def test_fifo_socket_and_device_do_not_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "a.txt")
    monkeypatch.chdir(tmp_path)  # a socket's name may have 108 bytes only
    with at_most(5), socket.socket(socket.AF_UNIX) as server:
        server.bind("b.txt")
        assert told(load_articles(".")) == ["a.txt (not-a-file)", "b.txt (not-a-file)"]
        assert told(load_articles("a.txt", "b.txt", "/dev/null")) == [
            "a.txt (not-a-file)",
            "b.txt (not-a-file)",
            "/dev/null (not-a-file)",
        ]


@pytest.mark.parametrize("swap", ["fifo", "socket", "symlink", "folder", "nothing"])
def test_file_swapped_after_it_was_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swap: str) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("f/a.txt"), b"Body.")
    write(Path("f/b.txt"), b"Body.")
    items = load_articles("f")
    assert isinstance(next(items), Article)
    path = Path("f/b.txt")
    path.unlink()
    with at_most(5), socket.socket(socket.AF_UNIX) as server:
        if swap == "fifo":
            os.mkfifo(path)
        elif swap == "socket":
            server.bind(str(path))
        elif swap == "symlink":
            path.symlink_to("a.txt")
        elif swap == "folder":
            path.mkdir()
        reason = {"symlink": "symlink", "nothing": "unreadable"}.get(swap, "not-a-file")
        assert told(items) == [f"b.txt ({reason})"]


def test_symlinks_in_a_folder_are_named_and_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", b"Body.")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    assert told(load_articles(tmp_path)) == ["a.txt", "b.txt (symlink)", "loop (symlink)", "self.txt (symlink)"]


def test_hidden_names_are_one_line_each(tmp_path: Path) -> None:
    write(tmp_path / ".git" / "a.txt", b"Body.")
    write(tmp_path / ".hidden.txt", b"Body.")
    write(tmp_path / "a.txt", b"Body.")
    assert told(load_articles(tmp_path)) == [".git (hidden)", ".hidden.txt (hidden)", "a.txt"]
    assert told(load_articles(tmp_path / ".git")) == ["a.txt"]


def test_tree_3000_deep_is_read_to_its_end(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(3000):
            os.mkdir("d", dir_fd=here)
            deeper = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = deeper
        file = os.open("a.txt", os.O_WRONLY | os.O_CREAT, dir_fd=here)
        os.write(file, b"Body.")
        os.close(file)
    finally:
        os.close(here)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, limit[1]))
    try:
        assert told(load_articles(tmp_path)) == ["d/" * 3000 + "a.txt"]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limit)
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)


@pytest.mark.skipif(ROOT, reason="allowed-skip: root may read everything")
def test_forbidden_file_and_folder(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", b"Body.").chmod(0)
    write(tmp_path / "b" / "c.txt", b"Body.").parent.chmod(0)
    try:
        assert told(load_articles(tmp_path)) == ["a.txt (unreadable)", "b (unreadable)"]
        assert told(load_articles(tmp_path / "b" / "c.txt")) == [f"{tmp_path}/b/c.txt (unreadable)"]
    finally:
        (tmp_path / "b").chmod(0o700)


def test_open_that_is_refused_gives_the_systems_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.txt", b"Body.")
    write(tmp_path / "b" / "c.txt", b"Body.")
    write(tmp_path / "d.txt", b"Body.")
    real = os.open

    def refuse(path: str, flags: int, *, dir_fd: int | None = None) -> int:
        if path.endswith(("a.txt", "/b")):
            raise PermissionError(13, "Permission denied")
        return real(path, flags, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refuse)
    items = list(load_articles(tmp_path))
    assert told(items) == ["a.txt (unreadable)", "b (unreadable)", "d.txt"]
    assert isinstance(items[0], Skipped)
    assert items[0].detail == f"{tmp_path}/a.txt: Permission denied"


def test_names_become_ids_that_can_be_printed(tmp_path: Path) -> None:
    names = [b"a\xff.txt", b"b\n.txt", "c\u202etxt.txt".encode(), "d\u200cé.txt".encode(), b"e\x1b[2J.txt", b"f\\x.txt"]
    for name in names:
        write(tmp_path / os.fsdecode(name), b"Body " + name.hex().encode())
    assert told(load_articles(tmp_path)) == [
        "a\\xff.txt",
        "b\\n.txt",
        "c\\u202etxt.txt",
        "d\u200cé.txt",
        "e\\x1b[2J.txt",
        "f\\x.txt",
    ]
    read = [item for item in load_articles(tmp_path) if isinstance(item, Article)]
    assert sorted(os.fsencode(item.origin.removeprefix(f"{tmp_path}/")) for item in read) == sorted(names)
    assert [item.place.removeprefix(f"{tmp_path}/") for item in read] == [item.id for item in read]


@given(text=st.text(st.characters(), max_size=20), raw=st.binary(max_size=20).filter(lambda raw: b"\0" not in raw))
def test_printable_text_has_no_controls_and_can_be_encoded(text: str, raw: bytes) -> None:
    for shown in (printable(text + "\ud800\x85\u2028"), printable_path(os.fsdecode(raw))):
        shown.encode()
        assert len((shown + ".").splitlines()) == 1
        assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in shown)


YAML = [
    "a: &a [x, x]\n"
    + "".join(f"{c}: &{c} [*{p}, *{p}, *{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
    "title: !!python/object/apply:os.system ['exit 1']\n",
    "title: " + "[" * 20_000 + "\n",
    "n: " + "9" * 20_000 + "\n",
    "? [a]\n: b\n",
    "- " * 10_000 + "\n",
    "a: " * 1000 + "\n",
    "title: *unknown\n",
]


@pytest.mark.parametrize("front", YAML)
def test_hostile_front_matter_does_no_harm(tmp_path: Path, front: str) -> None:
    write(tmp_path / "a.md", f"---\n{front}---\n\nBody one.\n\nBody two.".encode())
    with at_most(10):
        [item] = load_articles(tmp_path)
    assert isinstance(item, Article)
    assert item.text.endswith("Body two.")
    assert item.url is None
