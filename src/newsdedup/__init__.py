"""newsdedup finds news articles that tell the same story in the same way, and shows the evidence.

>>> from newsdedup import Config, find_duplicates, load_articles
>>> result = find_duplicates(load_articles("seeds/"), Config())

Names are loaded when first used, so that `newsdedup --help` does not wait for numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from newsdedup.version import __version__

if TYPE_CHECKING:
    from newsdedup.api import check_articles as check_articles
    from newsdedup.api import compare_articles as compare_articles
    from newsdedup.api import find_duplicates as find_duplicates
    from newsdedup.article import Article as Article
    from newsdedup.article import Skipped as Skipped
    from newsdedup.config import Config as Config
    from newsdedup.errors import NewsdedupError as NewsdedupError
    from newsdedup.gate.check import Check as Check
    from newsdedup.gate.check import Finding as Finding
    from newsdedup.loaders import load_articles as load_articles
    from newsdedup.result import Cluster as Cluster
    from newsdedup.result import Comparison as Comparison
    from newsdedup.result import Evidence as Evidence
    from newsdedup.result import Pair as Pair
    from newsdedup.result import Result as Result
    from newsdedup.result import Verdict as Verdict

_HOMES = {
    "check_articles": "api",
    "compare_articles": "api",
    "find_duplicates": "api",
    "Article": "article",
    "Skipped": "article",
    "Config": "config",
    "NewsdedupError": "errors",
    "Check": "gate.check",
    "Finding": "gate.check",
    "load_articles": "loaders",
    "Cluster": "result",
    "Comparison": "result",
    "Evidence": "result",
    "Pair": "result",
    "Result": "result",
    "Verdict": "result",
}

__all__ = [*_HOMES, "__version__"]  # noqa: PLE0604 - names are strings, listed above


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(f"newsdedup.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'newsdedup' has no attribute {name!r}")
