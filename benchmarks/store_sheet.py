"""The figures of `store.py`: a line of JSON each as they come, and one table at the end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from _common import ChildCost, table

OURS = "newsdedup"
BANDS, PICKLED = "sqlite-bands", "datasketch-pickle"

NEW_CPU, BESIDE_TEXT, OPEN, GROWTH = "100 new, CPU", "bytes an article beside the text", "open to write", "growth"
TARGETS: Mapping[str, float] = {NEW_CPU: 2.0, BESIDE_TEXT: 4096.0, OPEN: 0.1, GROWTH: 1.5}
"""Figure -> the most it may be, of a million articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number.

    Attributes:
        target: The most it may be; None when nothing is promised.
    """

    store: str
    articles: int
    name: str
    value: float
    unit: str
    target: float | None = None

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.value <= self.target


@dataclass(slots=True, kw_only=True)
class Sheet:
    """What has been measured so far, printed as it comes."""

    figures: list[Figure] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    file: Path | None = None

    def put(self, store: str, articles: int, name: str, value: float, unit: str) -> None:
        target = TARGETS.get(name) if store == OURS else None
        figure = Figure(store=store, articles=articles, name=name, value=value, unit=unit, target=target)
        self.figures.append(figure)
        line = json.dumps({**asdict(figure), "met": figure.met})
        print(line, flush=True)
        if self.file:
            with self.file.open("a", encoding="utf-8") as out:
                out.write(line + "\n")

    def cost(self, store: str, articles: int, name: str, cost: ChildCost) -> None:
        self.put(store, articles, f"{name}, CPU", cost.cpu_seconds, "s")
        self.put(store, articles, f"{name}, wall", cost.wall_seconds, "s")

    def value(self, store: str, articles: int, name: str) -> float | None:
        found = [
            each.value for each in self.figures if (each.store, each.articles, each.name) == (store, articles, name)
        ]
        return found[-1] if found else None

    def shown(self) -> str:
        columns = list(dict.fromkeys((each.articles, each.store) for each in self.figures))
        names = list(dict.fromkeys(each.name for each in self.figures))
        rows = [["figure", *(f"{store} {articles:,}" for articles, store in columns), "target", "met"]]
        for name in names:
            alike = [each for each in self.figures if each.name == name]
            cells = [shown(self.value(store, articles, name), alike[0].unit) for articles, store in columns]
            judged = [each for each in alike if each.target is not None]
            target = f"<= {shown(judged[-1].target, judged[-1].unit)}" if judged else ""
            # What is promised is promised of the largest store.
            rows.append([name, *cells, target, {True: "yes", False: "NO"}[bool(judged[-1].met)] if judged else ""])
        return table(rows)


def shown(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    if unit == "bytes":
        return f"{value / 1e6:,.1f} MB" if value >= 1e6 else f"{value:,.0f} B"
    return f"{value:,.0f}" if unit in ("articles", "articles/s", "MB") else f"{value:.3g} {unit}".strip()
