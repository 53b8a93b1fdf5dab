"""Plain text for pipes and files: one finding, one line."""

from __future__ import annotations

from collections.abc import Iterator

from newsdedup.report.plain import (
    CAVEAT,
    Style,
    boilerplate_lines,
    cells,
    closing,
    cluster_reasons,
    cluster_title,
    count,
    member_mark,
    padded,
    reasons_tally,
    short,
    shown_members,
    tally,
    visible,
)
from newsdedup.result import Cluster, Pair, Result

_MAX_COLUMN = 60  # the left column is as wide as the longest id up to here; a longer id pushes the right one


def text_lines(result: Result, style: Style) -> Iterator[str]:
    """The columns verdict, score, facts, telling, source, left, right; then clusters, skipped, notes, counts.

    The order of the columns is stable, ids are never cut, `source` is `left`, `right` or `-`. With
    `style.verbose` the reasons follow their finding, indented by four spaces. Of an ingest the clusters are findings,
    too: they say who joined a story.
    """
    widths = (cells(visible(pair.left)) for pair in result.pairs)
    wide = max((width for width in widths if width <= _MAX_COLUMN), default=len("left"))
    if result.pairs and not style.findings_only:
        yield f"verdict    score  facts  telling  source  {padded('left', wide)}  right"
    for pair in result.pairs:
        yield _pair_line(pair, wide)
        if style.verbose:
            yield from (f"    {visible(reason)}" for reason in pair.reasons)
    if style.findings_only and result.figures is None:
        return
    if result.clusters:
        yield ""
    for cluster in result.clusters:
        yield from _cluster_lines(cluster, style)
    if style.findings_only:
        return
    if result.pairs or result.clusters:
        yield ""
    yield from tail_lines(result, style)


def tail_lines(result: Result, style: Style) -> Iterator[str]:
    """What was set aside, skipped inputs by reason, notes, and the closing line."""
    yield from boilerplate_lines(result, style)
    if result.skipped:
        reasons = tally(reasons_tally(each.reason for each in result.skipped))
        yield f"skipped {count(len(result.skipped), 'input')}: {reasons}"
    yield from (f"note: {visible(note)}" for note in result.notes)
    yield f"{closing(result, timed=False)}. {CAVEAT}"


def _pair_line(pair: Pair, wide: int) -> str:
    numbers = f"{short(pair.score):>5}  {short(pair.facts):>5}  {short(pair.telling):>7}"
    names = f"{padded(visible(pair.left), wide)}  {visible(pair.right)}"
    return f"{pair.verdict:<9}  {numbers}  {pair.source or '-':<6}  {names}"


def _cluster_lines(cluster: Cluster, style: Style) -> Iterator[str]:
    yield cluster_title(cluster)
    members, left_out = shown_members(cluster, style)
    for member in members:
        yield f"  {member_mark(cluster, member)}{visible(member)}"
    if left_out:
        yield f"        and {left_out:,} more (-v lists all)"
    if style.verbose:
        yield from (f"    {reason}" for reason in cluster_reasons(cluster))
