"""`newsdedup compare` over a stand-in for the engine: which articles, among which others, and why not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli_engine import Engine, joined, stand_in
from newsdedup.article import Article, Skipped
from newsdedup.cli.main import run
from newsdedup.config import Config
from newsdedup.loaders import LoaderParams
from newsdedup.report.comparison import comparison_lines, comparison_text
from newsdedup.report.plain import Style
from test_report_samples import COMPARISON


def article(name: str, text: str = "Some text.") -> Article:
    return Article(id=name, text=text)


@pytest.fixture
def two_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    engine = stand_in(monkeypatch, tmp_path)
    for name in ("a.txt", "b.txt", "feed.jsonl", "c#1.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    engine.files = {
        "a.txt": (article("a.txt"),),
        "b.txt": (article("b.txt"),),
        "c#1.txt": (article("c#1.txt"),),
        "feed.jsonl": (
            Skipped(input="feed.jsonl#1", reason="bad-json", detail="line 1: not JSON"),
            article("story-1"),
            article("feed.jsonl#3"),
        ),
    }
    return engine


@pytest.mark.parametrize(
    ("form", "render"),
    [
        ("text", lambda: comparison_text(COMPARISON, Style())),
        ("jsonl", lambda: comparison_lines(COMPARISON)),
    ],
)
def test_compare_writes(
    two_files: Engine, capsys: pytest.CaptureFixture[str], form: str, render: Callable[[], Iterator[str]]
) -> None:
    assert run(["compare", "a.txt", "b.txt", "--format", form, "-o", "json=c.json", "--lang", "en"]) == 0
    assert capsys.readouterr() == (joined(render()), "")
    assert json.loads(Path("c.json").read_text(encoding="utf-8"))["pair"]["verdict"] == "rewrite"
    assert [each.id for each in two_files.compared] == ["a.txt", "b.txt"]
    assert two_files.config == Config(lang="en")


@pytest.mark.parametrize(
    ("left", "right", "ids"),
    [
        ("feed.jsonl#story-1", "a.txt", ["story-1", "a.txt"]),
        ("feed.jsonl#story-1", "feed.jsonl#3", ["story-1", "feed.jsonl#3"]),
        ("c#1.txt", "a.txt", ["c#1.txt", "a.txt"]),  # a file whose name holds a #
    ],
)
def test_compare_finds_records(two_files: Engine, left: str, right: str, ids: list[str]) -> None:
    assert run(["compare", left, right]) == 0
    assert [each.id for each in two_files.compared] == ids


def test_compare_tells_two_articles_of_one_id_apart(two_files: Engine, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "a.txt").write_text("x", encoding="utf-8")
    two_files.files = {**two_files.files, "old/a.txt": (article("a.txt", "Other text."),)}
    assert run(["compare", "old/a.txt", "a.txt"]) == 0
    assert [each.id for each in two_files.compared] == ["old/a.txt", "a.txt"]


@pytest.mark.parametrize(
    ("left", "right", "told"),
    [
        ("feed.jsonl", "a.txt", "feed.jsonl holds several articles; name one with feed.jsonl#story-1"),
        (".", "a.txt", ". is a folder; name a file in it"),
        ("feed.jsonl#story-2", "a.txt", "feed.jsonl has no article story-2; it has story-1"),
        ("feed.jsonl#zzz", "a.txt", "feed.jsonl has no article zzz; it has story-1, feed.jsonl#3"),
        ("feed.jsonl#1", "a.txt", "cannot compare feed.jsonl#1: bad-json (line 1: not JSON)"),
        ("bad.bin", "a.txt", "cannot compare bad.bin: binary (a NUL byte)"),
        ("a.txt", "a.txt", "a.txt and a.txt are the same article; name two"),
    ],
)
def test_compare_says_why_it_cannot(
    two_files: Engine, capsys: pytest.CaptureFixture[str], left: str, right: str, told: str
) -> None:
    bad = Skipped(input="bad.bin", reason="binary", detail="a NUL byte")
    two_files.files = {**two_files.files, "bad.bin": (bad,)}
    assert run(["compare", left, right]) == 2
    assert capsys.readouterr() == ("", f"newsdedup: error: {told}\n")


def test_compare_learns_from_nothing_unasked(two_files: Engine) -> None:
    assert run(["compare", "a.txt", "b.txt"]) == 0
    assert two_files.among == []
    assert two_files.paths == ("b.txt",), "the last that was read"


def test_compare_learns_from_the_articles_it_is_given(two_files: Engine) -> None:
    arguments = ["--among", "feed.jsonl", "--among", "b.txt", "--lang", "de", "--max-bytes", "99", "--map", "text=body"]
    assert run(["compare", "a.txt", "b.txt", *arguments]) == 0
    assert two_files.paths == ("feed.jsonl", "b.txt")
    assert two_files.among == [*two_files.files["feed.jsonl"], *two_files.files["b.txt"]]  # skipped records and all
    assert [each.id for each in two_files.compared] == ["a.txt", "b.txt"]
    assert LoaderParams(**vars(two_files.params)) == LoaderParams(max_bytes=99, field_map={"text": "body"}, lang="de")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--among", "nix"], "nix: no such file or folder"),
        (["--among", "b.txt", "--among", "nix"], "nix: no such file or folder"),
        (["--among"], "Option '--among' requires an argument"),
        (["--among", "old.json", "-o", "json=old.json"], "-o: old.json is an input; give another name"),
    ],
)
def test_compare_refuses_others_that_it_cannot_read(
    two_files: Engine, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert run(["compare", "a.txt", "b.txt", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"newsdedup: error: {told}")
    assert err.count("\n") == 1
    assert not Path("old.json").exists()
