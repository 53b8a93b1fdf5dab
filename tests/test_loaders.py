"""What the loaders read, and what they make of it."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsdedup.article import Article, Skipped
from newsdedup.errors import ConfigError, InputError
from newsdedup.loaders import LoaderParams, load_articles, reads
from newsdedup.loaders.decode import decode
from newsdedup.loaders.language import language_code
from newsdedup.loaders.prefix import cut_prefix

REPOSITORY = Path(__file__).parents[1]


def articles(items: Iterable[Article | Skipped]) -> list[Article]:
    """All articles; a skipped input fails the test."""
    found = list(items)
    assert [item for item in found if isinstance(item, Skipped)] == []
    return [item for item in found if isinstance(item, Article)]


def only(items: Iterable[Article | Skipped]) -> Article:
    [article] = articles(items)
    return article


def ids(items: Iterable[Article | Skipped]) -> list[str]:
    return [item.id if isinstance(item, Article) else f"{item.input} ({item.reason})" for item in items]


def write(path: Path, data: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def lines(*records: object) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_seeds_have_their_titles_and_the_scraped_date_is_no_longer_text() -> None:
    left, right = articles(load_articles(REPOSITORY / "seeds"))
    assert left.title == "U.S. Bomber Flights Prompt Russia, China to Announce Military Cooperation"
    assert left.text.startswith("Russia and China approved of a roadmap")
    assert left.published is None
    assert right.title == "Russian and Chinese military cooperation is prompted by US bomber flights."
    assert right.text.startswith("According to the Associated Press")
    assert right.published == "2021-11-23"
    assert right.id == "001_0d285b02f7b2ae24.txt"
    assert right.origin.endswith("seeds/001_0d285b02f7b2ae24.txt")


def test_newsroom_is_read_from_gzip() -> None:
    found = articles(load_articles(REPOSITORY / "benchmarks" / "newsroom" / "docs.jsonl.gz"))
    assert len(found) == 240
    assert {article.lang for article in found} <= {"en", "de", "es", "fr", None}
    assert all(article.title for article in found[:5])


PREFIXES = [
    # text, published, rest
    ("date 2021-11-23 Russian and Chinese", "2021-11-23", "Russian and Chinese"),
    (" date 2021-11-23 Russian", "2021-11-23", "Russian"),
    ("Comments / 0 date 2021-11-23 Russian", "2021-11-23", "Russian"),
    ("Comments / 28\nRussian", None, "Russian"),
    ("date 2021-11-23 Comments / 0 Russian", "2021-11-23", "Russian"),
    ("Published: 2021-11-23\n\nRussian", "2021-11-23", "Russian"),
    ("Published on 2021-11-23 - Russian", "2021-11-23", "Russian"),
    ("POSTED 2021-11-23T10:30:00Z Russian", "2021-11-23T10:30:00Z", "Russian"),
    ("Date: 2021-11-23 10:30 Russian", "2021-11-23 10:30", "Russian"),
    ("2021-11-23 - Russian", "2021-11-23", "Russian"),
    ("2021-11-23 — Russian", "2021-11-23", "Russian"),
    ("2021-11-23. Russian", "2021-11-23", "Russian"),
    ("2021-11-23: Russian", "2021-11-23", "Russian"),
    ("2021-11-23 - 25 people", "2021-11-23", "25 people"),
    ("2024-10-31\n\nOttawa, October 30: Canada", "2024-10-31", "Ottawa, October 30: Canada"),
    # what only looks like one stays
    ("2021-11-23 was a Tuesday", None, None),
    ("2021-11-23, the day of the vote", None, None),
    ("2021-11-23 - 2021-11-30: the week in pictures", None, None),
    ("date 2021-13-45 Russian", None, None),
    ("date of birth 2021-11-23", None, None),
    ("Dates 2021-11-23 Russian", None, None),
    ("Published authors met", None, None),
    ("20 people died", None, None),
    ("2021-11-234 Russian", None, None),
    ("date 2021-11-234 Russian", None, None),
    ("Comments / none Russian", None, None),
    ("Comments on the vote", None, None),
    ("Russian date 2021-11-23", None, None),
    ("", None, None),
    (" \n ", None, None),
    (" " * 500 + "date 2021-11-23 Russian", None, None),  # beyond what is looked at
]


@pytest.mark.parametrize(("text", "published", "rest"), PREFIXES)
def test_scraped_prefix(text: str, published: str | None, rest: str | None) -> None:
    cut = cut_prefix(text)
    assert (cut.published, cut.rest) == (published, text if rest is None else rest)


@pytest.mark.parametrize(
    "unit", ["date ", "2021-11-23 ", "Comments / ", "Comments / 1 ", "2021-11-23 - ", "date : ", "-"]
)
def test_prefix_takes_no_longer_for_long_text(unit: str) -> None:
    started = time.perf_counter()
    cut_prefix(unit * 200_000)
    assert time.perf_counter() - started < 0.2


TITLES = [
    # file, title, text
    ("Title\n\nBody one.\n\nBody two.\n", "Title", "Body one.\n\nBody two."),
    ("\n\n  Title \nBody.", "Title", "Body."),
    ("Title\r\n\r\nBody.\r\nMore.", "Title", "Body.\nMore."),
    ("Only one line.", None, "Only one line."),
    ("\n Only one line. \n\n", None, "Only one line."),
    ("x" * 301 + "\n\nBody.", None, "x" * 301 + "\n\nBody."),
    ("x" * 300 + "\n\nBody.", "x" * 300, "Body."),
    ("The first line runs on\ninto the second one.", None, "The first line runs on\ninto the second one."),
    (f"{'Aa ' * 24}\n{'Bb ' * 23}\n{'Cc ' * 24}\nEnd.\n\nMore.", None, None),  # a paragraph wrapped at one width
    (f"Title\n{'Bb ' * 23}\n{'Cc ' * 24}\nEnd.", "Title", None),
    ("date 2021-11-23 Title\n\nBody.", "Title", "Body."),
]


@pytest.mark.parametrize(("data", "title", "text"), TITLES)
def test_title_of_a_text_file(tmp_path: Path, data: str, title: str | None, text: str | None) -> None:
    article = only(load_articles(write(tmp_path / "a.txt", data)))
    assert article.title == title
    if text is not None:
        assert article.text == text


MARKDOWN = [
    ("# Title\n\nBody.", "Title", "Body."),
    ("### C# in the news ##\nBody.", "C# in the news", "Body."),
    ("Title\n=====\n\nBody.", "Title", "Body."),
    ("# A marked title\nruns on in lower case", "A marked title", "runs on in lower case"),
    ("#hashtag in a line\n\nBody.", "#hashtag in a line", "Body."),
    ("# Only a heading", None, "Only a heading"),
    ("---\ntitle: Stated\n---\n\nBody one.\n\nBody two.", "Stated", "Body one.\n\nBody two."),
    ("---\ntitle: Stated\n---\n# Stated\n\nBody.", "Stated", "Body."),
    ("---\ntitle: Stated\n---\n# Another\n\nBody.", "Stated", "Another\n\nBody."),
    ("---\ntitle: [broken\n---\n\nBody.", "title: [broken", "Body."),
    ("---\n- a list\n---\n\nBody.", "- a list", "Body."),
    ("---\n\nBody after a rule.", None, "Body after a rule."),
    ("---\ntitle: null\n---\n# Shown\n\nBody.", "Shown", "Body."),
    ("---\ntitle:\n---\n# Shown\n\nBody.", "Shown", "Body."),
]


@pytest.mark.parametrize(("data", "title", "text"), MARKDOWN)
def test_title_of_a_markdown_file(tmp_path: Path, data: str, title: str | None, text: str | None) -> None:
    article = only(load_articles(write(tmp_path / "a.md", data)))
    assert article.title == title
    if text is not None:
        assert article.text == text


def test_front_matter_states_every_field_as_written(tmp_path: Path) -> None:
    front = (
        "---\nTitle: 'A: b'\ndate: 2021-11-23\nsource: AP\ncanonical: https://example.org/a\nlang: no\ntags: [x]\n---\n"
    )
    article = only(load_articles(write(tmp_path / "a.markdown", f"{front}Body one.\n\nBody two.")))
    assert article == Article(
        id=article.id,
        text="Body one.\n\nBody two.",
        title="A: b",
        published="2021-11-23",
        source="AP",
        canonical="https://example.org/a",
        lang="no",
        origin=article.origin,
    )


def test_front_matter_wins_over_a_date_in_the_body(tmp_path: Path) -> None:
    path = write(tmp_path / "a.md", "---\ndate: 2021-01-01\n---\ndate 2021-11-23 Title\n\nBody.")
    article = only(load_articles(path))
    assert (article.title, article.text, article.published) == ("Title", "Body.", "2021-01-01")


def test_folder_is_read_in_the_order_of_relative_paths(tmp_path: Path) -> None:
    names = ["b.txt", "a/z.txt", "a/b/c.txt", "a.txt", "a-b/x.md", "a b.txt", "B.TXT"]
    for name in names:
        write(tmp_path / name, f"Title {name}\n\nBody.")
    assert ids(load_articles(tmp_path)) == sorted(names)


def test_id_of_a_file_is_the_path_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "drafts" / "a.md", "# Title\n\nBody.")
    monkeypatch.chdir(tmp_path)
    assert ids(load_articles("drafts/a.md")) == ["drafts/a.md"]
    assert ids(load_articles("./drafts//a.md")) == ["drafts/a.md"]
    assert ids(load_articles("drafts")) == ["a.md"]
    assert ids(load_articles(".")) == ["drafts/a.md"]


def test_id_of_a_file_may_be_its_path_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "drafts" / "in" / "a.md", "# Title\n\nBody.")
    write(tmp_path / "drafts" / "b.jsonl", lines({"text": "x"}, {"text": "y", "id": "own"}))
    write(tmp_path / "drafts" / "c.bin", "x")
    monkeypatch.chdir(tmp_path)
    by_path = LoaderParams(ids="path")
    expected = ["drafts/b.jsonl#1", "own", "drafts/c.bin (unknown-type)", "drafts/in/a.md"]
    for given_path in ("drafts", "./drafts/", "."):
        assert ids(load_articles(given_path, params=by_path)) == expected
    assert ids(load_articles("drafts/in/a.md", params=by_path)) == ["drafts/in/a.md"]
    assert ids(load_articles(tmp_path / "drafts", params=by_path))[-1] == f"{tmp_path.as_posix()}/drafts/in/a.md"
    monkeypatch.chdir("drafts/in")
    assert ids(load_articles("..", params=by_path))[-1] == "../in/a.md"
    for params in (by_path, LoaderParams()):
        assert only(load_articles(".", params=params)).origin == "./a.md"


@pytest.mark.parametrize("name", ["a.txt", "b/a.HTML", "a.htm.gz", "x.y.md", "a.jsonl.gz", "a.markdown"])
def test_what_is_read_is_told_by_its_name(tmp_path: Path, name: str) -> None:
    assert reads(name)
    assert reads(Path(name))
    data = lines({"text": "Body."}) if "json" in name else b"Body."
    write(tmp_path / name, gzip.compress(data) if name.endswith("gz") else data)
    assert len(articles(load_articles(tmp_path))) == 1


@pytest.mark.parametrize("name", ["a.bin", "a", "txt", ".txt", "md/a", "a.gz", "a.txt.bz2", "a.txt/", ""])
def test_what_is_not_read_is_told_by_its_name(name: str) -> None:
    assert not reads(name)


def test_asking_what_is_read_loads_no_reader() -> None:
    code = (
        "import sys; from newsdedup.loaders import reads; reads('a.md'); "
        "print([m for m in ('orjson', 'yaml', 'numpy', 'newsdedup.loaders.load') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"


def test_record_fields_become_article_fields(tmp_path: Path) -> None:
    record = {
        "id": "n-1",
        "title": " Title ",
        "text": "Body \n",
        "published": "2021-11-23",
        "source": "AP",
        "url": "https://example.org",
        "lang": "EN-us",
        "other": {"text": "x"},
    }
    path = write(tmp_path / "a.jsonl", lines(record))
    assert only(load_articles(path)) == Article(
        id="n-1",
        title="Title",
        text="Body \n",
        published="2021-11-23",
        source="AP",
        url="https://example.org",
        lang="en",
        origin=str(path),
        line=1,
    )


ID_CASES = [
    ("n", "n"),
    (7, "7"),
    (1.5, "1.5"),
    (2**63, str(2**63)),
    ("", None),
    (" ", None),
    (None, None),
    (True, None),
]


@pytest.mark.parametrize(("given_id", "expected"), [*ID_CASES, ([1], None), ("a\nb", "a\\nb"), ("../x", "../x")])
def test_id_of_a_record(tmp_path: Path, given_id: object, expected: str | None) -> None:
    write(tmp_path / "feeds" / "a.jsonl", b"\n" + lines({"id": given_id, "text": "Body."}))
    assert ids(load_articles(tmp_path)) == [expected or "feeds/a.jsonl#2"]


def test_record_fields_of_the_wrong_type_are_unknown(tmp_path: Path) -> None:
    record = {"text": "Body.", "title": ["x"], "published": 1637625600, "source": {}, "url": False, "lang": 3}
    article = only(load_articles(write(tmp_path / "a.jsonl", lines(record))))
    assert (article.title, article.published, article.source, article.url, article.lang) == (
        None,
        "1637625600",
        None,
        None,
        None,
    )


def test_record_without_a_date_gets_the_scraped_one(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        lines(
            {"text": "date 2025-07-09 Argentina \n and"},
            {"text": "date 2025-07-09 Argentina", "published": "2025-07-10"},
            {"text": "Argentina on 2025-07-09"},
        ),
    )
    assert [(a.published, a.text) for a in articles(load_articles(path))] == [
        ("2025-07-09", "Argentina \n and"),
        ("2025-07-10", "date 2025-07-09 Argentina"),
        (None, "Argentina on 2025-07-09"),
    ]


def test_field_map_reads_other_names(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", lines({"body": "Body.", "text": "no", "guid": 4}))
    article = only(load_articles(path, params=LoaderParams(field_map={"text": "body", "id": "guid"})))
    assert (article.id, article.text) == ("4", "Body.")


def test_field_map_with_an_unknown_field_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'text'"):
        LoaderParams(field_map={"txt": "body"})
    with pytest.raises(ConfigError, match="1 or more"):
        LoaderParams(max_bytes=0)


def test_given_language_overrides_the_stated_one(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", lines({"text": "Body.", "lang": "en"}))
    write(tmp_path / "b.txt", "Body.")
    assert [a.lang for a in articles(load_articles(tmp_path, params=LoaderParams(lang="de")))] == ["de", "de"]


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("en", "en"),
        ("PT-br", "pt"),
        ("zh_Hans", "zh"),
        (" de ", "de"),
        ("English", None),
        ("eng", None),
        ("", None),
        (1, None),
    ],
)
def test_language_code(stated: object, code: str | None) -> None:
    assert language_code(stated) == code


STDIN = [
    # data, ids
    (b'{"id": "x", "text": "Body."}\n{"text": "More."}', ["x", "-#2"]),
    (b'\n  \xef\xbb\xbf{"no": "bom here"}\n', ["-"]),
    (b'\xef\xbb\xbf {"id": "x", "text": "Body."}', ["x"]),
    (b"Title\n\nBody {", ["-"]),
    (b" \n", ["- (empty)"]),
    (b"", ["- (empty)"]),
    (b"\x89PNG\r\n\x1a\n", ["- (binary)"]),
]


@pytest.mark.parametrize(("data", "expected"), STDIN)
def test_stdin_is_told_by_its_first_character(data: bytes, expected: list[str]) -> None:
    assert ids(load_articles("-", stdin=io.BytesIO(data))) == expected


def test_stdin_format_can_be_forced() -> None:
    data = b'{"id": "x", "text": "Body."}'
    assert ids(load_articles("-", stdin=io.BytesIO(data), params=LoaderParams(stdin_format="txt"))) == ["-"]
    forced = list(load_articles("-", stdin=io.BytesIO(b"Body."), params=LoaderParams(stdin_format="jsonl")))
    assert ids(forced) == ["-#1 (bad-json)"]
    assert isinstance(forced[0], Skipped)
    assert forced[0].detail.startswith("standard input line 1: not JSON")


def test_stdin_stays_open() -> None:
    stdin = io.BytesIO(b"Title\n\nBody.")
    only(load_articles("-", stdin=stdin))
    assert not stdin.closed


def test_stdin_twice_is_refused() -> None:
    with pytest.raises(InputError, match="only once"):
        load_articles("-", "-", stdin=io.BytesIO(b""))


@pytest.mark.parametrize("name", ["a.text", "a.TXT", "a.txt.gz", "a.md.gz", "a.jsonl", "a.ndjson", "a.jsonl.gz"])
def test_suffix_tells_the_format(tmp_path: Path, name: str) -> None:
    data = lines({"title": "Title", "text": "Body."}) if "json" in name else b"Title\n\nBody."
    write(tmp_path / name, gzip.compress(data) if name.endswith("gz") else data)
    article = only(load_articles(tmp_path))
    assert (article.title, article.text) == ("Title", "Body.")


def test_unknown_suffix_is_skipped_in_a_folder_and_looked_into_when_named(tmp_path: Path) -> None:
    text = write(tmp_path / "a.story", "Title\n\nBody.")
    record = write(tmp_path / "b", lines({"id": "x", "text": "Body of b."}))
    packed = write(tmp_path / "c.gz", gzip.compress(b"Title\n\nBody."))
    assert ids(load_articles(tmp_path)) == ["a.story (unknown-type)", "b (unknown-type)", "c.gz (unknown-type)"]
    assert ids(load_articles(text, record, packed)) == [text.as_posix(), "x", f"{packed.as_posix()} (binary)"]


def test_missing_path_is_one_line_with_a_way_out_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.txt does not exist; check the path") as caught:
        load_articles(tmp_path, tmp_path / "nowhere.txt")
    assert "\n" not in str(caught.value)
    for path, message in (("", "a PATH is empty"), ("a\0b", "does not exist")):
        with pytest.raises(InputError, match=message):
            load_articles(path)


def test_symlink_given_as_a_path_is_followed(tmp_path: Path) -> None:
    write(tmp_path / "real" / "a.txt", "Body.")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert ids(load_articles(tmp_path / "link")) == ["a.txt"]
    (tmp_path / "broken").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match="leads nowhere"):
        load_articles(tmp_path / "broken")


def test_id_used_twice_keeps_the_first_and_names_both_places(tmp_path: Path) -> None:
    for folder, body in (("a", "Body."), ("b", "Body."), ("c", "Other.")):
        write(tmp_path / folder / "x.txt", body)
    first, same, other = load_articles(tmp_path / "a", tmp_path / "b", tmp_path / "c")
    assert isinstance(first, Article)
    assert isinstance(same, Skipped)
    assert isinstance(other, Skipped)
    assert (same.input, same.reason, other.input, other.reason) == ("x.txt", "duplicate-id", "x.txt", "duplicate-id")
    assert f"{tmp_path}/b/x.txt" in same.detail
    assert f"{tmp_path}/a/x.txt, with the same text" in same.detail
    assert f"{tmp_path}/a/x.txt, with another text; give each" in other.detail


def test_in_a_check_only_the_very_same_text_is_left_out_for_its_id() -> None:
    texts = ["a" * 300 + middle + "b" * 300 for middle in "xyxz"]
    data = "".join(f'{{"id": "7", "text": "{text}"}}\n' for text in texts).encode()
    read = load_articles("-", stdin=io.BytesIO(data), params=LoaderParams(ids="path"))
    assert ids(read) == ["7", "-#7", "7 (duplicate-id)", "-#7#4"]
    assert ids(load_articles("-", stdin=io.BytesIO(data))) == ["7", *["7 (duplicate-id)"] * 3]


def test_a_file_that_two_paths_reach_by_one_name_is_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-dash.txt").write_text("words", encoding="utf-8")
    for paths in ((".", "./-dash.txt"), ("./-dash.txt", "./-dash.txt")):
        _, again = load_articles(*paths)
        assert isinstance(again, Skipped)
        assert again.detail.endswith("-dash.txt: two PATHs lead to it, and it is read already"), paths
    _, again = load_articles(".", tmp_path / "-dash.txt")
    assert isinstance(again, Skipped)
    assert again.detail.endswith("-dash.txt: the same file as ./-dash.txt, which is read already")


def test_file_reached_by_two_paths_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "f" / "a.txt", "Body.")
    write(tmp_path / "f-2" / "b.txt", "Body.")
    again = ["a.txt (duplicate-id)"]
    assert ids(load_articles(tmp_path / "f", path)) == ["a.txt", f"{path.as_posix()} (duplicate-id)"]
    assert ids(load_articles(path, tmp_path / "f-2", tmp_path / "f")) == [path.as_posix(), "b.txt", *again]
    assert ids(load_articles(tmp_path / "f", tmp_path / "f")) == ["a.txt", *again]


def test_hard_linked_copies_are_two_articles(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "Body.")
    os.link(path, tmp_path / "b.txt")
    assert ids(load_articles(tmp_path)) == ["a.txt", "b.txt"]


UNICODE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=60).filter(
    lambda text: text.strip() != "" and "\ufeff" not in text and "\ufffd" not in text
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=UNICODE, encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_unicode_round_trip(text: str, encoding: str) -> None:
    body = f"The body, in full: {text}."
    article = only(load_articles("-", stdin=io.BytesIO(body.encode(encoding)), params=LoaderParams(stdin_format="txt")))
    assert article.text == body


FRENCH = (
    "Le gouvernement a annoncé mardi une série de mesures destinées à réduire le déficit budgétaire, après des mois "
    "de débats. Les économies porteraient sur la sécurité sociale, a déclaré le ministre, très prudent.\n"
)
SPANISH = (
    "El Gobierno anunció el martes que subirá el salario mínimo. La decisión, según el ministro, beneficiará a más "
    "de un millón de españoles; no habrá más retrasos, añadió.\n"
)
QUOTES = "The minister said “we can’t wait any longer” on Tuesday; the deal — worth £3 million — comes next week.\n"
CZECH = (
    "Vláda v úterý oznámila, že zvýší minimální mzdu. Podle ministra rozhodnutí pomůže více než milionu pracovníků, "
    "žádné další odklady nebudou.\n"
)
POLISH = "Rząd ogłosił we wtorek, że płaca minimalna wzrośnie. Żadnych dalszych opóźnień już nie będzie, mówią.\n"
RUSSIAN = (
    "Министр обороны России во вторник провёл переговоры с министром обороны Китая. Стороны подписали дорожную карту "
    "развития военного сотрудничества на ближайшие годы.\n"
)
JAPANESE = "ロシアと中国の国防相は火曜日、ビデオ会議で会談し、軍事協力を強化する行程表に署名した。共同演習も増やす。\n"
CHINESE = "俄罗斯国防部长星期二与中国国防部长举行视频会谈，双方签署了加强军事合作的路线图，并同意增加联合巡逻。\n"
TAIWANESE = "俄羅斯國防部長星期二與中國國防部長舉行視訊會談，雙方簽署了加強軍事合作的路線圖，並同意增加聯合巡邏。\n"
LEGACY = [
    ("latin-1", FRENCH),
    ("latin-1", SPANISH),
    ("cp1252", QUOTES),
    ("cp1252", FRENCH),
    ("cp1250", CZECH),
    ("cp1250", POLISH),
    ("iso8859-2", POLISH),
    ("cp1251", RUSSIAN),
    ("koi8-r", RUSSIAN),
    ("shift_jis", JAPANESE),
    ("euc_jp", JAPANESE),
    ("gb18030", CHINESE),
    ("big5", TAIWANESE),
]


@settings(max_examples=60, deadline=None)
@given(case=st.sampled_from(LEGACY), times=st.integers(2, 12))
def test_legacy_encodings_are_detected(case: tuple[str, str], times: int) -> None:
    encoding, sentence = case
    text = (sentence * times).strip()
    article = only(load_articles("-", stdin=io.BytesIO(text.encode(encoding)), params=LoaderParams(stdin_format="txt")))
    assert f"{article.title or ''}\n{article.text}".strip() == text


def test_articles_in_cp1252_keep_their_few_accents() -> None:
    tried = 0
    for article in articles(load_articles(REPOSITORY / "benchmarks" / "newsroom" / "docs.jsonl.gz")):
        for text in (article.text, article.text[:300]):
            if text.isascii() or (data := text.encode("cp1252", "ignore")).decode("cp1252") != text:
                continue
            tried += 1
            assert decode(data) == text, article.id
    assert tried > 150


@pytest.mark.parametrize("lead", ["", "x"])  # the sample must not end in the middle of a character
def test_legacy_text_longer_than_the_sample_is_decoded_whole(tmp_path: Path, lead: str) -> None:
    text = lead + (JAPANESE * 1500).strip()
    assert len(text.encode("shift_jis")) > 2 * 65536
    article = only(load_articles(write(tmp_path / "a.txt", text.encode("shift_jis"))))
    assert f"{article.title or ''}\n{article.text}".strip() == text


def test_utf8_with_a_damaged_byte_stays_utf8(tmp_path: Path) -> None:
    data = ("Title\n\n" + FRENCH * 3).encode() + b"\xc3 end"
    assert only(load_articles(write(tmp_path / "a.txt", data))).text == (FRENCH * 3) + "\ufffd end"
