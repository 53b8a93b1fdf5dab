"""Fixtures that every test file shares."""

from __future__ import annotations

import csv
import gzip
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from newsdedup import kernel
from newsdedup.article import Article

if TYPE_CHECKING:
    from cli_desk import Desk
    from ingest_sets import Kept

REPOSITORY = Path(__file__).resolve().parent.parent


class MakeArticle(Protocol):
    """Makes an Article from a text; without an `id` it gets `article-1`, `article-2`, ... in the order of making."""

    def __call__(
        self,
        text: str,
        *,
        id: str | None = None,  # noqa: A002 - the field is named so
        title: str | None = None,
        published: str | None = None,
        source: str | None = None,
        url: str | None = None,
        lang: str | None = None,
        origin: str = "",
        line: int | None = None,
        canonical: str | None = None,
    ) -> Article: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--failure-rounds",
        type=int,
        default=2,
        metavar="N",
        help="how often an ingest is killed, crowded and starved; default: 2",
    )


@pytest.fixture(scope="session")
def failure_rounds(request: pytest.FixtureRequest) -> int:
    """Rounds of each kind in the tests of failures; a number and no mark, since CI refuses what is deselected."""
    return int(request.config.getoption("--failure-rounds"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPair:
    """What newsroom says of two articles; `left` and `right` as in its table, which is not sorted."""

    left: str
    right: str
    label: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """The committed labelled set: articles by id, in file order, and every labelled pair."""

    articles: Mapping[str, Article]
    pairs: tuple[LabelledPair, ...]

    def labelled(self, label: str, detail: str | None = None) -> tuple[LabelledPair, ...]:
        """The pairs with this label, and with this detail (`spun en`) when one is given."""
        return tuple(pair for pair in self.pairs if pair.label == label and detail in (None, pair.detail))


@pytest.fixture(scope="module", params=["compiled", "numpy"])
def each_kernel(request: pytest.FixtureRequest) -> Iterator[None]:
    """Runs the tests of a module twice: by the compiled kernel, where there is one, and by its twin in numpy."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "numpy":
            patch.setattr(kernel, "compiled", None)
        elif kernel.compiled is None:
            pytest.skip("the kernel is not compiled here")
        yield


@pytest.fixture
def make_article() -> MakeArticle:
    numbers = itertools.count(1)

    def make(
        text: str,
        *,
        id: str | None = None,  # noqa: A002 - the field is named so
        title: str | None = None,
        published: str | None = None,
        source: str | None = None,
        url: str | None = None,
        lang: str | None = None,
        origin: str = "",
        line: int | None = None,
        canonical: str | None = None,
    ) -> Article:
        return Article(
            id=f"article-{next(numbers)}" if id is None else id,
            text=text,
            title=title,
            published=published,
            source=source,
            url=url,
            lang=lang,
            origin=origin,
            line=line,
            canonical=canonical,
        )

    return make


@pytest.fixture(scope="session")
def seeds() -> list[Article]:
    """The two seed articles, read as `newsdedup scan seeds/` reads them, in the order of their ids."""
    from newsdedup.loaders import load_articles  # noqa: PLC0415 - tests of lower floors run without the loaders

    return sorted(
        (loaded for loaded in load_articles(REPOSITORY / "seeds") if isinstance(loaded, Article)),
        key=lambda article: article.id,
    )


def _newsroom_articles() -> Iterator[Article]:
    path = REPOSITORY / "benchmarks" / "newsroom" / "docs.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            yield Article(
                id=fields["id"],
                text=fields["text"],
                title=fields.get("title"),
                published=fields.get("published"),
                source=fields.get("source"),
                url=fields.get("url"),
                lang=fields.get("lang"),
            )


@pytest.fixture(scope="session")
def newsroom() -> Newsroom:
    with (REPOSITORY / "benchmarks" / "newsroom" / "pairs.tsv").open(encoding="utf-8", newline="") as table:
        pairs = tuple(
            LabelledPair(left=row["left"], right=row["right"], label=row["label"], detail=row["detail"])
            for row in csv.DictReader(table, delimiter="\t")
        )
    return Newsroom(articles={article.id: article for article in _newsroom_articles()}, pairs=pairs)


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """A folder with an archive of six originals, in which the test runs."""
    from cli_desk import Desk  # noqa: PLC0415 - it imports from here

    monkeypatch.chdir(tmp_path)
    made = Desk(tmp_path, newsroom, capsys)
    for number in range(1, 7):
        made.put(f"archive/b{number}.md", f"k0{number}-orig")
    return made


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """A store that is not there yet; whatever a test does with it, it is sound in the end."""
    from ingest_sets import Kept  # noqa: PLC0415 - tests of lower floors run without it

    made = Kept(tmp_path / "news.db")
    yield made
    assert made.problems() == ()
