"""A stand-in for the engine, for tests of the command line."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from newsdedup.article import Article, Skipped
from newsdedup.config import Config
from newsdedup.errors import InputError
from newsdedup.loaders import reads
from newsdedup.result import Comparison, Result
from test_report_samples import COMPARISON, RESULT


@dataclass
class Engine:
    """What the stand-in was asked, and what it answers."""

    result: Result = RESULT
    error: BaseException | None = None
    files: Mapping[str, tuple[Article | Skipped, ...]] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    params: Any = None
    config: Config | None = None
    compared: tuple[Article, ...] = ()
    among: list[object] = field(default_factory=list)

    def find_duplicates(self, articles: Iterator[object], config: Config, *, progress: object = None) -> Result:
        assert list(articles) is not None
        assert progress is None, "no progress where nobody looks"
        self.config = config
        if self.error is not None:
            raise self.error
        return self.result

    def compare_articles(
        self, left: Article, right: Article, config: Config, *, among: Iterable[object] = ()
    ) -> Comparison:
        self.compared, self.config, self.among = (left, right), config, list(among)
        return COMPARISON

    def load_articles(self, *paths: str, params: object, stdin: object = None) -> Iterator[object]:
        self.paths, self.params = paths, params
        for path in paths:
            if path == "nix":
                raise InputError("nix: no such file or folder")
            yield from self.files.get(path, ())


def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    """The engine behind the commands for one test, which runs in an empty folder and sees no settings."""
    made = Engine()
    api: Any = types.ModuleType("newsdedup.api")
    api.find_duplicates, api.compare_articles = made.find_duplicates, made.compare_articles
    loaders: Any = types.ModuleType("newsdedup.loaders")
    loaders.load_articles, loaders.LoaderParams = made.load_articles, types.SimpleNamespace
    loaders.reads = reads
    monkeypatch.setitem(sys.modules, "newsdedup.api", api)
    monkeypatch.setitem(sys.modules, "newsdedup.loaders", loaders)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("NEWSDEDUP_")]:
        monkeypatch.delenv(name)
    return made


def joined(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
