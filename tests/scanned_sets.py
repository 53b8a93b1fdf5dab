"""The labelled sets in benchmarks/, scanned: what was to be reported, what was, and what should not have been."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conftest import REPOSITORY
from newsdedup import find_duplicates
from newsdedup.article import Article
from newsdedup.gold.load import DERIVED, LabelledPair, load_gold
from newsdedup.result import Pair

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One labelled set and the pairs that a scan of it reports.

    Attributes:
        labels: Listed pairs by ids; a pair that is not listed is distinct.
        langs: Language of each article.
        reported: Reported pairs by ids.
    """

    labels: Mapping[Key, LabelledPair]
    langs: Mapping[str, str | None]
    reported: Mapping[Key, Pair]

    def wanted(self, label: str, detail: str = "", lang: str | None = None) -> list[Key]:
        """Pairs of a label, whose detail begins so, in a language."""
        return [
            key
            for key, pair in self.labels.items()
            if pair.label == label and pair.detail.startswith(detail) and lang in (None, self.langs[key[0]])
        ]

    def missed(self, keys: list[Key]) -> list[Key]:
        return [key for key in keys if key not in self.reported]

    def false(self) -> list[Key]:
        """Reported pairs that neither are derived nor to be ignored."""
        allowed = DERIVED | {"ignore"}
        return [key for key in self.reported if key not in self.labels or self.labels[key].label not in allowed]

    def agreeing(self, label: str) -> float:
        """Share of the reported pairs of a label that are called by it."""
        found = [self.reported[key] for key in self.wanted(label) if key in self.reported]
        return sum(str(pair.verdict) == label for pair in found) / len(found)


def scan_set(name: str, lang: str | None = None, change: Callable[[Article], Article] | None = None) -> Scanned:
    """Scans a set, or its articles in one language, each changed first."""
    gold = load_gold(REPOSITORY / "benchmarks" / name)
    assert not gold.skipped
    articles = [article for article in gold.articles if lang in (None, article.lang)]
    names = {article.id for article in articles}
    ids = [article.id for article in gold.articles]
    keys = {(ids[pair.left], ids[pair.right]): pair for pair in gold.pairs}
    changed = articles if change is None else [change(article) for article in articles]
    return Scanned(
        labels={key: pair for key, pair in keys.items() if names.issuperset(key)},
        langs={article.id: article.lang for article in articles},
        reported={(pair.left, pair.right): pair for pair in find_duplicates(changed).pairs},
    )
