"""A stand-in for the store behind the command line: it answers what a test says and writes down what it was asked."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from newsdedup.article import Article, Skipped
from newsdedup.cli.main import run
from newsdedup.config import Config
from newsdedup.loaders import LoaderParams, load_articles
from newsdedup.result import Result
from test_report_samples import INGESTED


def _nothing() -> None:
    """For a test that wants nothing done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an ingest gives."""

    result: Result
    told: Callable[[], None]


@dataclass
class StandIn:
    """What was asked, and what is answered.

    Attributes:
        events: What happened to the store, in order.
        error: Raised before anything is done.
        meanwhile: Called while the store is locked, before the answer.
        at_told: Called when the report is marked as told.
    """

    folder: Path
    capsys: pytest.CaptureFixture[str]
    result: Result = INGESTED
    error: BaseException | None = None
    meanwhile: Callable[[], None] = _nothing
    at_told: Callable[[], None] = _nothing
    events: list[str] = field(default_factory=list)
    read: list[Article | Skipped] = field(default_factory=list)
    params: LoaderParams | None = None
    config: Config | None = None
    asked: dict[str, Any] = field(default_factory=dict)
    answer: Any = None

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """(exit code, standard output, standard error)."""
        code = run(arguments)
        return code, *self.capsys.readouterr()

    @contextmanager
    def ingest_articles(
        self, articles: Iterable[Article | Skipped], store: str | os.PathLike[str], config: Config, **asked: Any
    ) -> Iterator[Answer]:
        """In the place of `stores.ingest_articles`."""
        if self.error is not None:
            raise self.error
        self.config, self.asked, self.read = config, {"store": store, **asked}, list(articles)
        self.events.append("locked")
        try:
            self.meanwhile()
            yield Answer(self.result, self._tell)
        finally:
            self.events.append("free")

    def _tell(self) -> None:
        self.at_told()
        self.events.append("told")

    def load_articles(self, *paths: str, params: LoaderParams, stdin: object = None) -> Iterator[Article | Skipped]:
        """In the place of `loaders.load_articles`."""
        self.params = params
        return load_articles(*paths, params=LoaderParams(max_bytes=params.max_bytes))

    def answering(self, name: str) -> Callable[..., Any]:
        """In the place of another function of `stores`: writes down the arguments and gives `answer`."""

        def call(*arguments: Any, **asked: Any) -> Any:
            self.events.append(name)
            self.asked = {"arguments": arguments, **asked}
            if self.error is not None:
                raise self.error
            return self.answer

        return call


def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> StandIn:
    """The store behind the commands for one test, which runs in an empty folder and sees no settings."""
    made = StandIn(tmp_path, capsys)
    stores: Any = types.ModuleType("newsdedup.stores")
    stores.ingest_articles = made.ingest_articles
    for name in ("report_store", "store_info", "verify_store", "expire_store", "migrate_store", "backup_store"):
        setattr(stores, name, made.answering(name))
    monkeypatch.setitem(sys.modules, "newsdedup.stores", stores)
    monkeypatch.setattr("newsdedup.loaders.load_articles", made.load_articles)
    monkeypatch.setattr("newsdedup.process.long_run", _nothing)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("NEWSDEDUP_")]:
        monkeypatch.delenv(name)
    Path("news").mkdir()
    Path("news/a.txt").write_text("One article.\n", encoding="utf-8")
    return made
