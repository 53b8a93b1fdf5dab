"""`newsdedup eval` over a small labelled set: real runs, report files, the plot, one-line errors, exit codes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from newsdedup.cli.main import run
from newsdedup.errors import InputError
from newsdedup.gold.load import Gold
from newsdedup.result import SCHEMA
from test_gold_evaluate import newsroom_folder

Captured = pytest.CaptureFixture[str]

KEYS = [
    "type", "schema", "version", "name", "articles", "skipped", "wanted", "hard", "ignored", "parameters", "reports",
    "min_score", "precision", "recall", "f1", "verdict_agreement", "true_reports", "false_reports", "recall_by",
    "false_by", "verdicts", "recall_at", "calibration", "missed", "false", "skipped_inputs", "notes",
]  # fmt: skip


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return newsroom_folder(tmp_path_factory.mktemp("made") / "stories", ("a01", "k10"))


@pytest.fixture(autouse=True)
def here(made_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the labelled set `stories` of two newsroom stories, 20 articles."""
    shutil.copytree(made_once, tmp_path / "stories")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("NEWSDEDUP_")]:
        monkeypatch.delenv(name)
    return tmp_path


def add_record(folder: Path, line: str) -> None:
    with (folder / "docs.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(f"{line}\n")


def document(text: str) -> Mapping[str, Any]:
    made: Mapping[str, Any] = json.loads(text)
    return made


def refuse_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes reading and scanning fail: what comes after is an error that was found before any work."""

    def worked(*arguments: object, **options: object) -> None:
        raise AssertionError("worked")

    monkeypatch.setattr("newsdedup.gold.load.load_gold", worked)
    monkeypatch.setattr("newsdedup.gold.evaluate.evaluate", worked)


# what goes where


def test_text_goes_to_standard_output(capsys: Captured) -> None:
    assert run(["eval", "stories"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == "stories: 20 articles, 12 wanted pairs, 48 hard negatives, 30 ignored"
    assert lines[1] == "reported: identical, copy, revision, excerpt or rewrite, with a score of 0.7 or more"
    assert any(line.startswith("precision 1.000  recall 0.9") for line in lines)
    assert any(line.startswith("rewrite  paraphrase en  related") and "k10-orig" in line for line in lines)
    assert err == ""


def test_json_is_one_document_and_the_same_twice(capsys: Captured) -> None:
    assert run(["eval", "stories", "--format", "json"]) == 0
    first = capsys.readouterr().out
    made = document(first)
    assert list(made) == KEYS
    assert (made["type"], made["schema"], made["name"], made["articles"]) == ("evaluation", SCHEMA, "stories", 20)
    assert (made["wanted"], made["hard"], made["ignored"], made["false_reports"]) == (12, 48, 30, 0)
    assert [each["right"] for each in made["missed"]] == ["k10-paraphrase"]
    run(["eval", "stories/", "--format", "json", "--jobs", "2"])
    assert capsys.readouterr().out == first, "for any --jobs"


def test_several_reports_in_one_run(here: Path, capsys: Captured) -> None:
    assert run(["eval", "stories", "-o", "json=a.json", "-o", "text=stories/a.txt"]) == 0
    out = capsys.readouterr().out
    assert (here / "stories" / "a.txt").read_text(encoding="utf-8") == out, "only the two files of the set are read"
    assert list(document((here / "a.json").read_text(encoding="utf-8"))) == KEYS


def test_quiet_and_verbose(here: Path, capsys: Captured) -> None:
    add_record(here / "stories", '{"id": "x", "text": ""}')
    assert run(["eval", "stories", "-q"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0].startswith("wanted ")
    assert out.splitlines()[-1].startswith("precision ")
    assert err == ""
    run(["eval", "stories", "--list", "0"])
    assert "missed: 1 (-v lists them)" in capsys.readouterr().out
    run(["eval", "stories", "--list", "0", "-v"])
    assert "k10-paraphrase" in capsys.readouterr().out
    run(["eval", "stories", "-q", "-o", "json=a.json"])
    assert capsys.readouterr().out == ""


# what counts


def test_options_decide_what_counts_as_reported(capsys: Captured) -> None:
    run(["eval", "stories", "--format", "json", "--min-verdict", "revision", "--min-score", "0.9", "--views", "copy"])
    made = document(capsys.readouterr().out)
    assert (made["reports"], made["min_score"]) == (["identical", "copy", "revision"], 0.9)
    assert (made["parameters"]["min_verdict"], made["parameters"]["views"]) == ("revision", ["copy"])
    reported = {row["label"]: row["reported"] for row in made["recall_by"]}
    assert reported["copy"] == reported["revision"] == 2
    assert reported["rewrite"] == 0
    assert any(not each["compared"] for each in made["missed"])


def test_related_pairs_do_not_count_as_reported(capsys: Captured) -> None:
    run(["eval", "stories", "--format", "json", "--all", "--min-verdict", "related"])
    made = document(capsys.readouterr().out)
    assert made["reports"] == ["identical", "copy", "revision", "excerpt", "rewrite"]
    assert made["false_reports"] == 0
    assert made["verdicts"]["independent"]["related"] > 0, "though the scan found some"


def test_settings_come_from_the_file(here: Path, capsys: Captured) -> None:
    (here / "newsdedup.yaml").write_text("min_score: 0.95\n", encoding="utf-8")
    run(["eval", "stories", "--format", "json"])
    assert document(capsys.readouterr().out)["min_score"] == 0.95


def test_records_are_read_as_the_settings_say(here: Path, capsys: Captured) -> None:
    docs = here / "stories" / "docs.jsonl"
    docs.write_text(docs.read_text(encoding="utf-8").replace('"text":', '"body":'), encoding="utf-8")
    assert run(["eval", "stories"]) == 2
    capsys.readouterr()
    assert run(["eval", "stories", "--map", "text=body", "--lang", "en", "--format", "json"]) == 0
    made = document(capsys.readouterr().out)
    assert (made["true_reports"], made["parameters"]["lang"]) == (11, "en")


def test_the_language_is_given_to_every_article(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    langs: set[str | None] = set()

    def evaluate(gold: Gold, *arguments: object, **options: object) -> None:
        langs.update(article.lang for article in gold.articles)
        raise InputError("enough")

    monkeypatch.setattr("newsdedup.gold.evaluate.evaluate", evaluate)
    assert run(["eval", "stories", "--lang", "nl"]) == 2
    assert capsys.readouterr().err == "newsdedup: error: enough\n"
    assert langs == {"nl"}


# records that cannot be read


def test_skipped_records_are_named_and_counted(here: Path, capsys: Captured) -> None:
    add_record(here / "stories", '{"id": "x", "text": ""}')
    assert run(["eval", "stories"]) == 0
    out, err = capsys.readouterr()
    assert err.startswith("newsdedup: skipped ")
    assert "skipped 1 record: 1 " in out
    assert run(["eval", "stories", "--strict"]) == 3
    assert "precision " in capsys.readouterr().out, "the report is whole all the same"


def test_strict_without_skipped_records_exits_0() -> None:
    assert run(["eval", "stories", "--strict", "-q"]) == 0


# the plot


@pytest.mark.parametrize(("name", "magic"), [("map.png", b"\x89PNG\r\n\x1a\n"), ("map.SVG", b"<?xml ")])
def test_a_plot_is_made_and_is_the_same_twice(here: Path, capsys: Captured, name: str, magic: bytes) -> None:
    assert run(["eval", "stories", "--plot", name, "--format", "json"]) == 0
    first = (here / name).read_bytes()
    assert first.startswith(magic)
    with_plot = capsys.readouterr().out
    assert run(["eval", "stories", "--plot", f"./{name}", "--format", "json"]) == 0
    assert (here / name).read_bytes() == first
    capsys.readouterr()
    run(["eval", "stories", "--format", "json"])
    assert capsys.readouterr().out == with_plot, "a plot changes no number"
    assert sorted(path.name for path in here.iterdir()) == [name, "stories"]


def test_a_plot_shows_every_labelled_pair(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from newsdedup.gold import plot  # noqa: PLC0415

    drawn: list[Any] = []

    def plot_bytes(evaluation: object, kind: str) -> bytes:
        drawn.append(evaluation)
        return kind.encode()

    monkeypatch.setattr(plot, "plot_bytes", plot_bytes)
    assert run(["eval", "stories", "--plot", "map.png", "-q"]) == 0
    assert len(drawn[0].outcomes) == 60
    assert all(each.score is not None for each in drawn[0].outcomes)
    assert (here / "map.png").read_bytes() == b"png"


def test_without_matplotlib_a_plot_is_refused_before_any_work(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    refuse_work(monkeypatch)
    for module in ["matplotlib", *(name for name in sys.modules if name.startswith("matplotlib."))]:
        monkeypatch.setitem(sys.modules, module, None)
    assert run(["eval", "stories", "--plot", "map.png"]) == 2
    told = "newsdedup: error: --plot needs matplotlib, and it is not installed; run: pip install 'newsdedup[plot]'\n"
    assert capsys.readouterr() == ("", told)
    assert not (here / "map.png").exists()


def test_without_matplotlib_everything_else_works(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ["matplotlib", *(name for name in sys.modules if name.startswith("matplotlib."))]:
        monkeypatch.setitem(sys.modules, module, None)
    assert run(["eval", "stories", "-q"]) == 0


# mistakes


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["eval"], "Missing argument 'GOLD'; see newsdedup eval --help"),
        (["eval", "stories", "--list", "-1"], "Invalid value for '--list': -1 is not in the range x>=0"),
        (["eval", "stories", "--list", "many"], "Invalid value for '--list': 'many' is not a valid integer"),
        (["eval", "stories", "--min-score", "2"], "command line: --min-score is 2; allowed: a number from 0 to 1"),
        (["eval", "stories", "--format", "jsonl"], "eval has no format jsonl; available: text, json\n"),
        (["eval", "stories", "-o", "jsonl=a"], "eval has no format jsonl; available: text, json\n"),
        (["eval", "stories", "--format", "doc"], "no format doc in this version; available: text, "),
        (["eval", "stories", "-o", "json=stories/pairs.tsv"], "-o: stories/pairs.tsv is an input; give another name"),
        (["eval", "stories", "-o", "json=stories/docs.jsonl"], "-o: stories/docs.jsonl is an input; give another name"),
        (["eval", "stories", "--plot", "a.jpg"], "--plot: a.jpg ends neither in .png nor in .svg; name the kind"),
        (["eval", "stories", "--plot", "no/a.png"], "--plot: no folder no; make it first\n"),
        (["eval", "stories", "--plot", "stories"], "--plot: stories is a folder; give a file name in it\n"),
        (
            ["eval", "stories", "-o", "json=a.svg", "--plot", "./a.svg"],
            "--plot: ./a.svg is another report or an input; give the plot its own file\n",
        ),
        (["eval", "stories", "-q", "-v"], "-q and -v exclude each other; give one\n"),
    ],
)
def test_a_mistake_gets_one_line_and_exit_2_before_any_work(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, arguments: list[str], told: str
) -> None:
    refuse_work(monkeypatch)
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"newsdedup: error: {told}")
    assert err.count("\n") == 1


def test_a_plot_does_not_overwrite_the_set_through_a_link(here: Path, capsys: Captured) -> None:
    (here / "map.png").symlink_to(here / "stories" / "pairs.tsv")
    assert run(["eval", "stories", "--plot", "map.png"]) == 2
    assert "map.png is another report or an input" in capsys.readouterr().err


def test_a_set_that_cannot_be_used_gets_one_line_and_exit_2(here: Path, capsys: Captured) -> None:
    assert run(["eval", "nowhere"]) == 2
    assert capsys.readouterr().err.startswith("newsdedup: error: nowhere: no docs.jsonl or docs.jsonl.gz; ")
    (here / "stories" / "pairs.tsv").write_text("left\tright\tlabel\na01-orig\tnix\tcopy\n", encoding="utf-8")
    assert run(["eval", "stories", "-o", "json=a.json"]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", 'newsdedup: error: stories/pairs.tsv line 2: "nix": no article has that id\n')
    assert not (here / "a.json").exists()


# imports


def test_help_imports_neither_numpy_nor_matplotlib() -> None:
    code = (
        "import sys\n"
        "from newsdedup.cli.main import run\n"
        "assert run(['--help']) == 0\n"
        "assert run(['eval', '--help']) == 0\n"
        "roots = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not roots & {'numpy', 'matplotlib', 'yaml', 'rich', 'rapidfuzz'}, roots\n"
    )
    command = [sys.executable, "-X", "warn_default_encoding", "-W", "error::EncodingWarning", "-c", code]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert re.search(r"eval +Hold what a scan reports against pairs", done.stdout)
    for option in ("--plot FILE", "--list N", "--format ", "--min-score", "--jobs", "--lang", "--strict"):
        assert option in done.stdout
