"""Reading a labelled set: order, forms of the two files, and one clear line for each mistake."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from newsdedup.errors import InputError
from newsdedup.gold.load import DERIVED, HARD, LABELS, Gold, load_gold
from newsdedup.loaders import LoaderParams
from newsdedup.result import REPORTED, Verdict

HEADER = "left\tright\tlabel\tdetail"


def write_set(folder: Path, ids: Sequence[str], rows: Sequence[str], *, packed: bool = False) -> Path:
    """A labelled set with one article for each id, and the lines of its pairs.tsv."""
    folder.mkdir(exist_ok=True)
    lines = "".join(json.dumps({"id": each, "text": f"The mayor spoke of {each}."}) + "\n" for each in ids)
    if packed:
        with gzip.open(folder / "docs.jsonl.gz", "wt", encoding="utf-8") as stream:
            stream.write(lines)
    else:
        (folder / "docs.jsonl").write_text(lines, encoding="utf-8")
    (folder / "pairs.tsv").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return folder


def labels(gold: Gold) -> list[tuple[str, str, str, str]]:
    return [(gold.articles[each.left].id, gold.articles[each.right].id, each.label, each.detail) for each in gold.pairs]


@pytest.mark.parametrize("packed", [False, True])
def test_articles_and_pairs_come_sorted_whatever_the_order_of_the_files(tmp_path: Path, packed: bool) -> None:
    rows = [HEADER, "c\ta\tcopy\twire", "b\ta\trewrite\tspun", "b\tc\tignore\t"]
    gold = load_gold(write_set(tmp_path / "wire", ["c", "a", "b"], rows, packed=packed))
    assert gold.name == "wire"
    assert [article.id for article in gold.articles] == ["a", "b", "c"]
    assert labels(gold) == [("a", "b", "rewrite", "spun"), ("a", "c", "copy", "wire"), ("b", "c", "ignore", "")]
    assert gold.skipped == ()


def test_the_packed_articles_go_before_the_plain_ones(tmp_path: Path) -> None:
    write_set(tmp_path, ["old"], [HEADER])
    write_set(tmp_path, ["new"], [HEADER], packed=True)
    assert [article.id for article in load_gold(tmp_path).articles] == ["new"]


def test_the_folder_may_be_named_by_a_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_set(tmp_path / "wire", ["a"], [HEADER]))
    assert load_gold(Path()).name == "wire"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(["left\tright\tlabel", "a\tb\tcopy"], [("a", "b", "copy", "")], id="no detail column"),
        pytest.param(["label\tnote\tright\tleft", "copy\tx\ta\tb"], [("a", "b", "copy", "")], id="other order, more"),
        pytest.param([HEADER, "a\tb\tcopy"], [("a", "b", "copy", "")], id="a detail cell is missing"),
        pytest.param(["\ufeff" + HEADER, "a\tb\tcopy\tx"], [("a", "b", "copy", "x")], id="byte order mark"),
        pytest.param([HEADER + "\r", "a\tb\tcopy\tx\r"], [("a", "b", "copy", "x")], id="Windows line ends"),
        pytest.param([HEADER, 'a\tb\tcopy\t"x'], [("a", "b", "copy", '"x')], id="a quotation mark is no quoting"),
        pytest.param([HEADER, "", "a\tb\tcopy\tx"], [("a", "b", "copy", "x")], id="an empty line"),
        pytest.param([HEADER, "a\tb\tcopy\tx", "b\ta\tcopy\ty"], [("a", "b", "copy", "x")], id="twice: the first"),
        pytest.param([HEADER], [], id="nothing labelled"),
    ],
)
def test_forms_of_the_table(tmp_path: Path, rows: list[str], expected: list[tuple[str, str, str, str]]) -> None:
    assert labels(load_gold(write_set(tmp_path, ["a", "b"], rows))) == expected


@pytest.mark.parametrize("label", sorted(LABELS))
def test_every_label_is_read(tmp_path: Path, label: str) -> None:
    assert labels(load_gold(write_set(tmp_path, ["a", "b"], [HEADER, f"a\tb\t{label}\t"]))) == [("a", "b", label, "")]


def test_the_labels_that_must_be_reported_are_the_verdicts_that_are() -> None:
    assert set(map(str, REPORTED)) == DERIVED
    assert not DERIVED & HARD
    assert {"distinct", "ignore"} == LABELS - DERIVED - HARD
    assert set(map(str, Verdict)) - LABELS == set()


def test_records_that_cannot_be_read_are_passed_on(tmp_path: Path) -> None:
    write_set(tmp_path, ["a", "b"], [HEADER, "a\tb\tcopy\t"])
    with (tmp_path / "docs.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"id": "c"}\n{"id": \n')
    gold = load_gold(tmp_path)
    assert [article.id for article in gold.articles] == ["a", "b"]
    assert sorted(each.reason for each in gold.skipped) == ["bad-json", "no-text"]


def test_articles_are_read_as_the_parameters_say(tmp_path: Path) -> None:
    write_set(tmp_path, [], [HEADER, "a\tb\tcopy\t"])
    lines = [json.dumps({"guid": each, "body": "Der Bürgermeister sprach.", "lang": "de"}) for each in "ab"]
    (tmp_path / "docs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    gold = load_gold(tmp_path, LoaderParams(field_map={"id": "guid", "text": "body"}, lang="nl"))
    assert [(article.id, article.lang) for article in gold.articles] == [("a", "nl"), ("b", "nl")]


NO_DOCS = "{folder}: no docs.jsonl or docs.jsonl.gz; a labelled set is a folder with both it and pairs.tsv"
NO_PAIRS = "{folder}: no pairs.tsv; it lists pairs as left, right, label, detail, tab-separated"


@pytest.mark.parametrize(("lost", "told"), [("docs.jsonl", NO_DOCS), ("pairs.tsv", NO_PAIRS)])
def test_a_missing_file_is_named(tmp_path: Path, lost: str, told: str) -> None:
    (write_set(tmp_path, ["a"], [HEADER]) / lost).unlink()
    with pytest.raises(InputError) as caught:
        load_gold(tmp_path)
    assert str(caught.value) == told.format(folder=tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere: no docs\.jsonl"):
        load_gold(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], ' line 1: no column "label"; write left, right, label, detail'),
        (["left\tlabel", "a\tcopy"], ' line 1: no column "right"; write left, right, label, detail'),
        ([HEADER.replace("\t", ",")], ' line 1: no column "label"; write left, right, label, detail'),
        (
            [HEADER, "a\tb\tcopy\t", "a\tc\tcopied\t"],
            ' line 3: unknown label "copied"; known are copy, distinct, ',
        ),
        ([HEADER, "a\tb"], ' line 2: unknown label ""; known are copy, distinct, '),
        ([HEADER, "a\tnix\tcopy\t"], ' line 2: "nix": no article has that id'),
        ([HEADER, "nix\ta\tcopy\t"], ' line 2: "nix": no article has that id'),
        ([HEADER, "\ta\tcopy\t"], ' line 2: "": no article has that id'),
        ([HEADER, "a\ta\tcopy\t"], ' line 2: "a" is paired with itself'),
        (
            [HEADER, "a\tb\tcopy\t", "b\ta\tindependent\t"],
            " line 3: b and a are labelled copy above and independent here; keep one",
        ),
    ],
)
def test_a_mistake_in_the_table_is_named_with_its_line(tmp_path: Path, rows: list[str], told: str) -> None:
    write_set(tmp_path, ["a", "b", "c"], rows)
    with pytest.raises(InputError) as caught:
        load_gold(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'pairs.tsv'}{told}")


def test_a_table_that_is_no_utf_8_is_refused(tmp_path: Path) -> None:
    write_set(tmp_path, ["a", "b"], [])
    (tmp_path / "pairs.tsv").write_bytes(f"{HEADER}\na\tb\tcopy\tgenä".encode("latin-1"))
    with pytest.raises(InputError) as caught:
        load_gold(tmp_path)
    assert str(caught.value) == f"{tmp_path / 'pairs.tsv'}: not UTF-8 text; save it as UTF-8"


def test_a_table_with_a_huge_field_is_refused(tmp_path: Path) -> None:
    write_set(tmp_path, ["a", "b"], [HEADER, f"a\tb\tcopy\t{'x' * 140_000}"])
    with pytest.raises(InputError):
        load_gold(tmp_path)


def test_a_labelled_article_that_was_skipped_is_said_to_be(tmp_path: Path) -> None:
    write_set(tmp_path, ["a", "b"], [HEADER, "a\tc\tcopy\t"])
    with (tmp_path / "docs.jsonl").open("a", encoding="utf-8") as lines:
        lines.write('{"id": "c", "text": ""}\n')
    with pytest.raises(InputError, match='"c": no article has that id; 1 records could not be read'):
        load_gold(tmp_path)
