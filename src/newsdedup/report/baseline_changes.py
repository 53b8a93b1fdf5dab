"""What differs between two baselines, a line an entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsdedup.gate.baseline import Baseline, BaselineChange
from newsdedup.report.plain import count, visible


def change_lines(changes: Sequence[BaselineChange]) -> Iterator[str]:
    """`+ rewrite  archive/b.md  drafts/a.md` for what came, `-` for what went; a number where it is not one pair."""
    for change in changes:
        more = change.after - change.before
        number = f"{abs(more)} x " if abs(more) > 1 else ""
        names = change.entry.names[-1] if change.entry.names else ("?", "?")
        yield f"{'+' if more > 0 else '-'} {change.entry.rule:<9}  {number}{'  '.join(map(visible, names))}"


def change_counts(changes: Sequence[BaselineChange], after: Baseline) -> str:
    """`14 findings, 2 came, 1 went`."""
    came = sum(max(0, change.after - change.before) for change in changes)
    went = sum(max(0, change.before - change.after) for change in changes)
    return f"{count(sum(entry.count for entry in after.entries.values()), 'finding')}, {came} came, {went} went"
